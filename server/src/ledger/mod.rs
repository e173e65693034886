//! What must not be lost: sign-ins under way, sessions, carts, orders on their way.
//!
//! One SQLite file by default, PostgreSQL for a fleet of portals. The SQL is what both understand: `$1` for parameters, TEXT and
//! BIGINT for columns (instants are seconds since 1970). Every step that must happen once is one statement that compares and
//! sets. Two things are short transactions: joining two carts, and numbering a sign-out. Every statement has a time limit (M3).
//!
//! Deliberately absent: a fallback to memory. When the ledger is down the shop says so (M2).

pub mod attempts;
pub mod carts;
pub mod hand_overs;
pub mod orders;
pub mod sessions;
pub mod sign_outs;
mod timed;

use std::{fs::File, path::Path, path::PathBuf, time::Duration};

use sha2::{Digest, Sha256};
use sqlx::{
    AnyPool, Executor,
    any::AnyPoolOptions,
    migrate::{Migration, MigrationType, Migrator},
};
use time::OffsetDateTime;

use self::timed::Timed;
use crate::settings::LedgerAddress;

/// How long a question waits for a connection before it is a failure (M3).
const WAIT: Duration = Duration::from_secs(2);
/// Schema changes in order: number, name, SQL.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (
        1,
        "sign in",
        include_str!("../../migrations/0001_sign_in.sql"),
    ),
    (
        2,
        "carts and orders",
        include_str!("../../migrations/0002_carts_and_orders.sql"),
    ),
    (
        3,
        "sessions by person",
        include_str!("../../migrations/0003_sessions.sql"),
    ),
    (
        4,
        "frames",
        include_str!("../../migrations/0004_frames.sql"),
    ),
    (
        5,
        "numbers of sign-outs",
        include_str!("../../migrations/0005_sign_out_numbers.sql"),
    ),
    (6, "sites", include_str!("../../migrations/0006_sites.sql")),
    (
        7,
        "landings",
        include_str!("../../migrations/0007_landings.sql"),
    ),
];

/// The ledger. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Ledger {
    pool: AnyPool,
    /// The file of SQLite. Beside it one that a process at a time locks while it changes the schema; PostgreSQL has locks of its
    /// own.
    file: Option<PathBuf>,
    /// How long a guest's cart waits for its guest.
    guest_life: time::Duration,
}

/// Why the ledger did not do as asked. The text is for operators; it holds no stored value.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The database does not answer, or answers with an error.
    #[error("the ledger does not work: {0}")]
    Database(#[from] sqlx::Error),
    /// Its schema cannot be brought up to date.
    #[error("the ledger's schema cannot be brought up to date: {0}")]
    Schema(#[from] sqlx::migrate::MigrateError),
    /// Its folder or its lock file cannot be used.
    #[error("the ledger's folder {folder} cannot be used: {error}")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Too many wrote the same record at once.
    #[error("a record of the ledger changes too often")]
    Contended,
    /// Something stored cannot be read.
    #[error("a record of the ledger cannot be read")]
    Unreadable,
}

impl Ledger {
    /// A ledger at this address. Nothing is asked yet: the portal starts without its database (M2).
    pub fn new(address: &LedgerAddress) -> Result<Self, LedgerError> {
        sqlx::any::install_default_drivers();
        let options = AnyPoolOptions::new()
            .acquire_timeout(WAIT)
            .max_connections(16);
        let (options, url, file) = match address {
            LedgerAddress::Sqlite(file) => {
                let options = options.after_connect(|connection, _| {
                    Box::pin(async move {
                        // Readers never wait for a writer, writers wait for each other, and what was promised survives a power cut.
                        connection
                            .execute(
                                "PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000; \
                                 PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
                            )
                            .await?;
                        Ok(())
                    })
                });
                (options, sqlite_url(file)?, Some(file.clone()))
            }
            LedgerAddress::Postgres(address) => {
                use secrecy::ExposeSecret;
                let options = options.after_connect(|connection, _| {
                    Box::pin(async move {
                        // The server gives up when we have (M3): a portal that freezes with a row locked must not hold the others.
                        connection
                            .execute(
                                "SET statement_timeout = '6s'; SET lock_timeout = '3s'; \
                                 SET idle_in_transaction_session_timeout = '10s'",
                            )
                            .await?;
                        Ok(())
                    })
                });
                (options, address.expose_secret().to_owned(), None)
            }
        };
        Ok(Self {
            pool: options.connect_lazy(&url)?,
            file,
            guest_life: time::Duration::days(30),
        })
    }

    /// The same, where guests' carts wait so long.
    #[must_use]
    pub fn with_guest_life(self, guest_life: time::Duration) -> Self {
        Self { guest_life, ..self }
    }

    /// Brings the schema up to date, one portal at a time (M7).
    pub async fn migrate(&self) -> Result<(), LedgerError> {
        let _lock = self.lock().await?;
        let migrations = MIGRATIONS
            .iter()
            .map(|&(version, name, sql)| {
                Migration::new(
                    version,
                    name.into(),
                    MigrationType::Simple,
                    sql.into(),
                    false,
                )
            })
            .collect();
        let migrator = Migrator {
            migrations,
            ..Migrator::DEFAULT
        };
        migrator.run(&self.pool).await?;
        Ok(())
    }

    /// Whether it answers.
    pub async fn ping(&self) -> Result<(), LedgerError> {
        sqlx::query("SELECT 1").execute(self.pool()).await?;
        Ok(())
    }

    /// Ends all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    pub(crate) fn pool(&self) -> Timed<'_> {
        Timed(&self.pool)
    }

    /// The lock falls with the file handle, also when the process dies.
    async fn lock(&self) -> Result<Option<File>, LedgerError> {
        let Some(path) = self.file.clone() else {
            return Ok(None);
        };
        let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
        let locked = tokio::task::spawn_blocking(move || {
            let folder = path.parent().unwrap_or(Path::new("."));
            std::fs::create_dir_all(folder)?;
            let lock = File::create(path.with_extension("lock"))?;
            lock.lock()?;
            for_us_alone(&path)?;
            Ok(lock)
        })
        .await
        .map_err(std::io::Error::other)
        .flatten();
        match locked {
            Ok(file) => Ok(Some(file)),
            Err(error) => Err(LedgerError::Folder { folder, error }),
        }
    }
}

/// Makes the file, if there is none yet, so that nobody else on the machine reads it: sessions and what people typed stand there.
/// The files that SQLite puts beside it take after it. One that is there stays as its operator has it.
fn for_us_alone(file: &Path) -> std::io::Result<()> {
    let mut options = File::options();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(|_| ())
}

fn sqlite_url(file: &Path) -> Result<String, LedgerError> {
    let absolute = std::path::absolute(file).map_err(|error| LedgerError::Folder {
        folder: file.to_owned(),
        error,
    })?;
    let escaped =
        percent_encoding::utf8_percent_encode(&absolute.to_string_lossy(), PATH).to_string();
    Ok(format!("sqlite://{escaped}?mode=rwc"))
}

/// What may stand unescaped in the path of a database address.
const PATH: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.');

/// Milliseconds since 1970, where seconds are too coarse to tell what came first.
pub(crate) fn milliseconds(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// SHA-256 as base64url: how secrets that only need to be recognised are stored.
pub(crate) fn hashed(secret: &str) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}
