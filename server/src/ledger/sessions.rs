//! Session records, as a store for `tower-sessions`, and whose they are.
//!
//! `create` never overwrites, `save` never revives: a record that was deleted (signed out in another tab) stays deleted. A record
//! that holds an [`Entry`] under [`ENTRY`] is found by its person, login and session at the provider; which cookie leads to it
//! makes no difference.

use std::{collections::HashMap, fmt, sync::Arc};

use async_trait::async_trait;
use erp::world::Clock;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store,
};
use vitrina::{ids::SessionId, visitor::PersonId};

use super::{Ledger, LedgerError, hashed, sign_outs::person_hash};

/// Where a record holds its [`Entry`].
pub(crate) const ENTRY: &str = "entry";
/// The most sessions of a person that are listed, the latest first.
const MOST_LISTED: i64 = 50;

/// What the index tells of a person's session. Nothing in it leads into the session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Its public name, in lists.
    pub(crate) handle: String,
    /// Whose it is, to be recognised only; so the next two.
    pub(crate) person_hash: String,
    /// The login name it was begun under.
    pub(crate) login_hash: String,
    /// The session at the identity provider; empty if it told none.
    pub(crate) sid_hash: String,
    /// A coarse word for the device.
    pub(crate) device: String,
    /// When it began, in seconds since 1970.
    pub(crate) began: i64,
    /// The last request, give or take a minute.
    pub(crate) seen: i64,
    /// When it ends unless it is used.
    pub(crate) ends: i64,
}

/// A session in the list of a person's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its public name.
    pub id: SessionId,
    /// A coarse word for the device.
    pub device: String,
    /// When it began.
    pub began: OffsetDateTime,
    /// The last request, give or take a minute.
    pub seen: OffsetDateTime,
}

impl Ledger {
    /// The sessions of a person that are not over, the latest used first.
    pub async fn sessions_of(
        &self,
        person: &PersonId,
        now: OffsetDateTime,
    ) -> Result<Vec<Listed>, LedgerError> {
        let rows = sqlx::query(
            "SELECT handle, device, began, seen FROM sessions WHERE person_hash = $1 AND expires > $2 \
             ORDER BY seen DESC, began DESC, handle LIMIT $3",
        )
        .bind(person_hash(person))
        .bind(now.unix_timestamp())
        .bind(MOST_LISTED)
        .fetch_all(self.pool())
        .await?;
        rows.iter()
            .map(|row| {
                let instant = |column: &str| -> Result<OffsetDateTime, LedgerError> {
                    OffsetDateTime::from_unix_timestamp(row.try_get(column)?)
                        .map_err(|_| LedgerError::Unreadable)
                };
                let handle: String = row.try_get("handle")?;
                Ok(Listed {
                    id: handle.parse().map_err(|_| LedgerError::Unreadable)?,
                    device: row.try_get("device")?,
                    began: instant("began")?,
                    seen: instant("seen")?,
                })
            })
            .collect()
    }
}

/// Keeps session records in the ledger.
#[derive(Clone)]
pub struct Sessions {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
}

impl Sessions {
    /// A store over the ledger.
    pub fn new(ledger: Ledger, clock: Arc<dyn Clock>) -> Self {
        Self { ledger, clock }
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

fn database(error: sqlx::Error) -> session_store::Error {
    session_store::Error::Backend(LedgerError::Database(error).to_string())
}

fn encoded(record: &Record) -> session_store::Result<String> {
    // The values themselves are never part of the error.
    serde_json::to_string(&record.data)
        .map_err(|error| session_store::Error::Encode(format!("{:?}", error.classify())))
}

/// What the index tells of it, and when it ends: an entry knows of the idle time, the cookie does not.
fn indexed(record: &Record) -> (Entry, i64) {
    let entry: Option<Entry> = record
        .data
        .get(ENTRY)
        .and_then(|entry| Entry::deserialize(entry).ok());
    match entry {
        Some(entry) => {
            let ends = entry.ends;
            (entry, ends)
        }
        None => (Entry::default(), record.expiry_date.unix_timestamp()),
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        let data = encoded(record)?;
        let (entry, expires) = indexed(record);
        loop {
            let done = sqlx::query(
                "INSERT INTO sessions (id_hash, data, expires, handle, person_hash, login_hash, sid_hash, device, began, seen) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id_hash) DO NOTHING",
            )
            .bind(hashed(&record.id.to_string()))
            .bind(&data)
            .bind(expires)
            .bind(&entry.handle)
            .bind(&entry.person_hash)
            .bind(&entry.login_hash)
            .bind(&entry.sid_hash)
            .bind(&entry.device)
            .bind(entry.began)
            .bind(entry.seen)
            .execute(self.ledger.pool())
            .await
            .map_err(database)?;
            if done.rows_affected() == 1 {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let (entry, expires) = indexed(record);
        sqlx::query(
            "UPDATE sessions SET data = $1, expires = $2, handle = $3, person_hash = $4, login_hash = $5, sid_hash = $6, \
             device = $7, began = $8, seen = $9 WHERE id_hash = $10",
        )
        .bind(encoded(record)?)
        .bind(expires)
        .bind(&entry.handle)
        .bind(&entry.person_hash)
        .bind(&entry.login_hash)
        .bind(&entry.sid_hash)
        .bind(&entry.device)
        .bind(entry.began)
        .bind(entry.seen)
        .bind(hashed(&record.id.to_string()))
        .execute(self.ledger.pool())
        .await
        .map_err(database)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let row =
            sqlx::query("SELECT data, expires FROM sessions WHERE id_hash = $1 AND expires > $2")
                .bind(hashed(&id.to_string()))
                .bind(self.clock.now().unix_timestamp())
                .fetch_optional(self.ledger.pool())
                .await
                .map_err(database)?;
        let Some(row) = row else { return Ok(None) };
        let unreadable = || session_store::Error::Decode(LedgerError::Unreadable.to_string());
        let data: String = row.try_get("data").map_err(database)?;
        let expires: i64 = row.try_get("expires").map_err(database)?;
        let data: HashMap<String, serde_json::Value> =
            serde_json::from_str(&data).map_err(|_| unreadable())?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(expires).map_err(|_| unreadable())?;
        Ok(Some(Record {
            id: *id,
            data,
            expiry_date,
        }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        sqlx::query("DELETE FROM sessions WHERE id_hash = $1")
            .bind(hashed(&id.to_string()))
            .execute(self.ledger.pool())
            .await
            .map_err(database)?;
        Ok(())
    }
}
