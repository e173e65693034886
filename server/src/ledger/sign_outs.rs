//! Who was signed out, from wherever: what is under way meanwhile must not outlive it.
//!
//! A sign-out is written down first, then its sessions are deleted. Whoever makes a session writes it first, then asks whether
//! its person was signed out since. So of a sign-out and a sign-in at the same time one always sees the other, on whichever
//! portals they happen, and no lock is held (B3, B4).

use sqlx::Row;
use time::{Duration, OffsetDateTime};
use vitrina::{ids::SessionId, visitor::PersonId};

use super::{Ledger, LedgerError, hashed, milliseconds, sessions::Entry};

/// How long a sign-out is remembered: longer than anything that was begun before it.
const REMEMBERED: Duration = Duration::hours(1);
/// How long a logout token is remembered at least, and at most (B2).
const TOKEN_LIFE: (Duration, Duration) = (Duration::hours(1), Duration::days(2));

/// Which sessions a sign-out ends.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// This one, if it is this person's.
    One(SessionId, &'a PersonId),
    /// All of a person.
    Person(&'a PersonId),
    /// All that were begun under this login name (`sub`).
    Login(&'a str),
    /// All that belong to this session at the identity provider.
    AtProvider(&'a str),
}

impl Which<'_> {
    /// Its name among the sign-outs, the condition on sessions, and what is bound to it.
    fn terms(self) -> (String, &'static str, Vec<String>) {
        match self {
            Self::One(id, person) => (
                one(&id.to_string(), &person_hash(person)),
                "handle = $1 AND person_hash = $2",
                vec![id.to_string(), person_hash(person)],
            ),
            Self::Person(person) => {
                let hash = person_hash(person);
                (of_person(&hash), "person_hash = $1", vec![hash])
            }
            Self::Login(login) => {
                let hash = hashed(login);
                (of_login(&hash), "login_hash = $1", vec![hash])
            }
            Self::AtProvider(sid) => {
                let hash = hashed(sid);
                (at_provider(&hash), "sid_hash = $1", vec![hash])
            }
        }
    }
}

fn one(handle: &str, person_hash: &str) -> String {
    format!("one:{handle}:{person_hash}")
}

fn of_person(person_hash: &str) -> String {
    format!("person:{person_hash}")
}

fn of_login(login_hash: &str) -> String {
    format!("login:{login_hash}")
}

fn at_provider(sid_hash: &str) -> String {
    format!("sid:{sid_hash}")
}

/// How a person is recognised in the ledger's index.
pub(crate) fn person_hash(person: &PersonId) -> String {
    match person {
        PersonId::User(id) => hashed(&format!("user:{id}")),
        PersonId::Login(login) => hashed(&format!("login:{login}")),
    }
}

impl Ledger {
    /// Ends these sessions, and whatever would become one of them. Tells how many there were; none is not an error.
    pub async fn end_sessions(
        &self,
        which: Which<'_>,
        now: OffsetDateTime,
    ) -> Result<u64, LedgerError> {
        let (what, condition, bound) = which.terms();
        sqlx::query(
            "INSERT INTO sign_outs (what, at, expires) VALUES ($1, $2, $3) \
             ON CONFLICT (what) DO UPDATE SET expires = excluded.expires, \
             at = CASE WHEN sign_outs.at > excluded.at THEN sign_outs.at ELSE excluded.at END",
        )
        .bind(what)
        .bind(milliseconds(now))
        .bind((now + REMEMBERED).unix_timestamp())
        .execute(self.pool())
        .await?;
        let statement = format!("DELETE FROM sessions WHERE {condition}");
        let mut delete = sqlx::query(&statement);
        for value in bound {
            delete = delete.bind(value);
        }
        Ok(delete.execute(self.pool()).await?.rows_affected())
    }

    /// Whether the session with this entry was ended since then (milliseconds since 1970).
    pub(crate) async fn signed_out_since(
        &self,
        entry: &Entry,
        since: i64,
    ) -> Result<bool, LedgerError> {
        let found: i64 = sqlx::query(
            "SELECT COUNT(*) FROM sign_outs WHERE what = $1 OR what = $2 OR (at >= $3 AND (what = $4 OR what = $5))",
        )
        .bind(one(&entry.handle, &entry.person_hash))
        // An empty one belongs to nobody.
        .bind(at_provider(&entry.sid_hash))
        .bind(since)
        .bind(of_person(&entry.person_hash))
        .bind(of_login(&entry.login_hash))
        .fetch_one(self.pool())
        .await?
        .try_get(0)?;
        Ok(found > 0)
    }

    /// Notes a logout token by its `jti`; false if its sign-out was done before (B2). One that was noted and not done, because the
    /// ledger failed in between, may come again.
    pub async fn note_logout_token(
        &self,
        jti: &str,
        expires: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<bool, LedgerError> {
        let (least, most) = TOKEN_LIFE;
        let until = expires.clamp(now + least, now + most);
        let hash = hashed(jti);
        sqlx::query(
            "INSERT INTO logout_tokens (jti_hash, done, expires) VALUES ($1, 0, $2) \
             ON CONFLICT (jti_hash) DO NOTHING",
        )
        .bind(&hash)
        .bind(until.unix_timestamp())
        .execute(self.pool())
        .await?;
        let done: i64 = sqlx::query("SELECT done FROM logout_tokens WHERE jti_hash = $1")
            .bind(&hash)
            .fetch_one(self.pool())
            .await?
            .try_get(0)?;
        Ok(done == 0)
    }

    /// Says that a noted token's sign-out is done; false if another request with the same token was quicker.
    pub async fn settle_logout_token(&self, jti: &str) -> Result<bool, LedgerError> {
        let set = sqlx::query("UPDATE logout_tokens SET done = 1 WHERE jti_hash = $1 AND done = 0")
            .bind(hashed(jti))
            .execute(self.pool())
            .await?;
        Ok(set.rows_affected() == 1)
    }

    /// Deletes attempts, sessions, sign-outs and logout tokens that are over.
    pub async fn delete_expired(&self, now: OffsetDateTime) -> Result<u64, LedgerError> {
        let mut deleted = 0;
        for statement in [
            "DELETE FROM attempts WHERE expires <= $1",
            "DELETE FROM sessions WHERE expires <= $1",
            "DELETE FROM sign_outs WHERE expires <= $1",
            "DELETE FROM logout_tokens WHERE expires <= $1",
            "DELETE FROM hand_overs WHERE expires <= $1",
            "DELETE FROM framed_attempts WHERE expires <= $1",
        ] {
            deleted += sqlx::query(statement)
                .bind(now.unix_timestamp())
                .execute(self.pool())
                .await?
                .rows_affected();
        }
        Ok(deleted)
    }
}
