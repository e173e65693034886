//! The pool with a time limit for each statement (M3): a store that answers slowly or not at all is a fault after some seconds,
//! not a request that hangs. Waiting for a connection has a limit of its own.

use std::{io, time::Duration};

use futures::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{
    Any, AnyPool, Either, Error, Execute, Executor, Transaction,
    any::{AnyQueryResult, AnyRow, AnyTypeInfo},
};
use tokio::time::{Instant, timeout, timeout_at};

/// How long a statement may take: longer than SQLite waits for another writer.
pub(super) const STATEMENT: Duration = Duration::from_secs(6);

/// The pool, as everything in this module asks it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timed<'p>(pub(super) &'p AnyPool);

impl<'p> Timed<'p> {
    /// Begins a transaction.
    pub(crate) async fn begin(self) -> Result<Transaction<'p, Any>, Error> {
        within(self.0.begin()).await
    }
}

/// The work, or the fault that it took too long.
pub(super) async fn within<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout(STATEMENT, work)
        .await
        .unwrap_or_else(|_| Err(late()))
}

fn late() -> Error {
    Error::Io(io::Error::new(
        io::ErrorKind::TimedOut,
        "the database did not answer in time",
    ))
}

impl<'p> Executor<'p> for Timed<'p> {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let until = Instant::now() + STATEMENT;
        let rows = Some(self.0.fetch_many(query));
        stream::unfold(rows, move |rows| async move {
            let mut rows = rows?;
            match timeout_at(until, rows.next()).await {
                Ok(row) => Some((row?, Some(rows))),
                Err(_) => Some((Err(late()), None)),
            }
        })
        .boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        within(self.0.fetch_optional(query)).boxed()
    }

    fn prepare_with<'e, 'q: 'e>(
        self,
        sql: &'q str,
        parameters: &'e [AnyTypeInfo],
    ) -> BoxFuture<'e, Result<<Any as sqlx::Database>::Statement<'q>, Error>>
    where
        'p: 'e,
    {
        within(self.0.prepare_with(sql, parameters)).boxed()
    }

    fn describe<'e, 'q: 'e>(self, sql: &'q str) -> BoxFuture<'e, Result<sqlx::Describe<Any>, Error>>
    where
        'p: 'e,
    {
        within(self.0.describe(sql)).boxed()
    }
}
