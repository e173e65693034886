//! The Domain API: the OData dialect of ERP.net, its rules and its limits (domain-api.md, entities.md).

pub(crate) mod api;
pub(crate) mod fault;
pub(crate) mod limits;
pub(crate) mod metadata;
pub(crate) mod query;
pub(crate) mod read;
pub(crate) mod rules;
pub(crate) mod schema;
pub(crate) mod store;
pub(crate) mod value;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use store::Database;

/// Everything the API remembers.
pub(crate) struct Domain {
    data: Mutex<Data>,
    pub(crate) sessions: limits::Sessions,
}

/// Rows and open transactions, changed under one lock.
#[derive(Default)]
pub(crate) struct Data {
    pub(crate) database: Database,
}

impl Domain {
    pub(crate) fn new(database: Database, limits: limits::Limits) -> Self {
        Self {
            data: Mutex::new(Data { database }),
            sessions: limits::Sessions::new(limits),
        }
    }

    pub(crate) fn data(&self) -> MutexGuard<'_, Data> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What must survive `POST /demo/reset` is nothing: the rows are sown again.
pub(crate) type Counts = HashMap<String, u64>;
