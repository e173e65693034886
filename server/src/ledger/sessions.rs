//! Session records, as a store for `tower-sessions`.
//!
//! `create` never overwrites, `save` never revives: a record that was deleted (signed out in another tab) stays deleted.

use std::{collections::HashMap, fmt, sync::Arc};

use async_trait::async_trait;
use erp::world::Clock;
use sqlx::Row;
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store,
};

use super::{Ledger, LedgerError, hashed};

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

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        let data = encoded(record)?;
        loop {
            let done = sqlx::query(
                "INSERT INTO sessions (id_hash, data, expires) VALUES ($1, $2, $3) \
                 ON CONFLICT (id_hash) DO NOTHING",
            )
            .bind(hashed(&record.id.to_string()))
            .bind(&data)
            .bind(record.expiry_date.unix_timestamp())
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
        sqlx::query("UPDATE sessions SET data = $1, expires = $2 WHERE id_hash = $3")
            .bind(encoded(record)?)
            .bind(record.expiry_date.unix_timestamp())
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
