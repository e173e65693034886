//! The Domain API: the OData dialect of ERP.net, its rules and its limits (domain-api.md, entities.md).

pub(crate) mod api;
mod batch;
pub(crate) mod fault;
mod functions;
pub(crate) mod language;
pub(crate) mod limits;
pub(crate) mod metadata;
mod methods;
mod multipart;
pub(crate) mod printout;
pub(crate) mod query;
pub(crate) mod read;
pub(crate) mod rules;
pub(crate) mod schema;
pub(crate) mod store;
pub(crate) mod transaction;
pub(crate) mod value;
pub(crate) mod version;
mod views;
pub(crate) mod write;
mod writes;

use std::sync::{Mutex, MutexGuard, PoisonError};

use store::Database;

/// Everything the API remembers.
pub(crate) struct Domain {
    data: Mutex<Data>,
    pub(crate) sessions: limits::Sessions,
}

/// Rows and open transactions, changed under one lock.
pub(crate) struct Data {
    pub(crate) database: Database,
    pub(crate) transactions: transaction::Transactions,
    pub(crate) tally: transaction::Tally,
    pub(crate) numbers: write::Numbers,
    /// The version that is played.
    pub(crate) version: version::Version,
}

impl Data {
    pub(crate) fn new(database: Database, version: version::Version) -> Self {
        Self {
            database,
            version,
            transactions: transaction::Transactions::new(),
            tally: transaction::Tally::default(),
            numbers: write::Numbers::default(),
        }
    }
}

impl Domain {
    pub(crate) fn new(
        database: Database,
        sessions: limits::Sessions,
        version: version::Version,
    ) -> Self {
        Self {
            data: Mutex::new(Data::new(database, version)),
            sessions,
        }
    }

    pub(crate) fn data(&self) -> MutexGuard<'_, Data> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
