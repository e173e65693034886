//! Reading: records and lists, page by page within bounds, repeated where that is safe, equal reads asked once.

use std::{collections::HashSet, ops::ControlFlow, sync::Arc};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared, WeakShared},
};
use serde_json::Value;
use url::Url;

use super::{Api, REPEATS, Request, Turn, is_long, json, lock, rows_of, unreadable};
use crate::{
    error::Fault,
    gate::Priority,
    http::HttpError,
    odata::{
        link,
        query::{Query, Set, resource},
    },
};

/// A page of a list.
pub(crate) struct Page {
    pub(crate) rows: Vec<Value>,
    pub(crate) next: Option<Url>,
}

pub(super) type Read = Shared<BoxFuture<'static, Result<Arc<Value>, Fault>>>;
pub(super) type WeakRead = WeakShared<BoxFuture<'static, Result<Arc<Value>, Fault>>>;

/// Pages of one list that is kept in memory as it came, and rows of all of them (D3).
const MOST_PAGES: usize = 50;
const MOST_ROWS: usize = 200_000;
/// Pages of a list that is handed on page by page: two million rows, more than a shop can show.
const MOST_PASSING_PAGES: usize = 4_000;

impl Api {
    /// One record, or one page of a list, as it came.
    pub(crate) async fn read(&self, turn: Turn, query: &Query) -> Result<Arc<Value>, Fault> {
        let what = query.set.0;
        let api = self.clone();
        let query = query.clone();
        self.in_time(turn, async move {
            let address = query.address(&api.root().await?);
            api.read_address(turn.priority, what, address).await
        })
        .await
    }

    /// Every row of a list, page by page within bounds (D3, D4).
    pub(crate) async fn rows(&self, turn: Turn, query: &Query) -> Result<Vec<Value>, Fault> {
        self.in_time(turn, async {
            let first = query.address(&self.root().await?);
            let mut seen = HashSet::new();
            let mut rows = Vec::new();
            let mut address = first.clone();
            for _ in 0..MOST_PAGES {
                let page = self
                    .page(
                        turn.priority,
                        query,
                        &first,
                        &address,
                        rows.len(),
                        &mut seen,
                    )
                    .await?;
                rows.extend(page.rows);
                if rows.len() > MOST_ROWS {
                    return Err(unreadable(query.set.0, "more rows than the shop takes"));
                }
                match page.next {
                    Some(next) => address = next,
                    None => return Ok(rows),
                }
            }
            Err(unreadable(query.set.0, "more pages than the shop takes"))
        })
        .await
    }

    /// Hands every page of a list to `take` until it has enough: however long the list, one page lies in memory.
    pub(crate) async fn each_page(
        &self,
        priority: Priority,
        query: &Query,
        mut take: impl FnMut(Vec<Value>) -> ControlFlow<()>,
    ) -> Result<(), Fault> {
        let first = query.address(&self.root().await?);
        let mut seen = HashSet::new();
        let mut before = 0;
        let mut address = first.clone();
        for _ in 0..MOST_PASSING_PAGES {
            let page = self
                .page(priority, query, &first, &address, before, &mut seen)
                .await?;
            before += page.rows.len();
            if take(page.rows).is_break() {
                return Ok(());
            }
            match page.next {
                Some(next) => address = next,
                None => return Ok(()),
            }
        }
        Err(unreadable(query.set.0, "more pages than the shop takes"))
    }

    /// What a function without parameters answers.
    pub(crate) async fn function(&self, name: &'static str) -> Result<Value, Fault> {
        let address = resource(&self.root().await?, Set(name), None, "");
        self.fetch(Priority::Account, name, address).await
    }

    /// How many rows a list has.
    pub(crate) async fn count(&self, priority: Priority, query: &Query) -> Result<u64, Fault> {
        let what = query.set.0;
        let address = query.count_address(&self.root().await?);
        let answer = self.fetch(priority, what, address).await?;
        answer
            .as_u64()
            .ok_or_else(|| unreadable(what, "a count that is no number"))
    }

    /// One page of a list, and the address of the next one. `before` rows came in the pages before it.
    pub(crate) async fn page(
        &self,
        priority: Priority,
        query: &Query,
        first: &Url,
        address: &Url,
        before: usize,
        seen: &mut HashSet<String>,
    ) -> Result<Page, Fault> {
        let what = query.set.0;
        let answer = self.read_address(priority, what, address.clone()).await?;
        let rows = rows_of(&answer).ok_or_else(|| unreadable(what, "a list without value"))?;
        let next = match answer.get("@odata.nextLink").and_then(Value::as_str) {
            Some(text) => Some(
                link::next(first, address, text, seen)
                    .map_err(|bad| unreadable(what, bad.why()))?,
            ),
            // Servers before 26.2 give no link, nor do views: a full page may have another one after it.
            None if query.page_size().is_some_and(|size| rows.len() == size) => {
                let mut query = query.clone();
                query = query.skip(before + rows.len());
                Some(query.address(&self.root().await?))
            }
            None => None,
        };
        Ok(Page { rows, next })
    }

    async fn read_address(
        &self,
        priority: Priority,
        what: &'static str,
        address: Url,
    ) -> Result<Arc<Value>, Fault> {
        // Looking for an order must see what is there now, and the mirror asks nothing twice.
        if !matches!(
            priority,
            Priority::Quoting | Priority::Account | Priority::Stock
        ) {
            return self.fetch(priority, what, address).await.map(Arc::new);
        }
        let key = (priority, address.as_str().to_owned());
        let read: Read = {
            let mut reads = lock(&self.inner.reads);
            reads.retain(|_, read| read.upgrade().is_some_and(|read| read.peek().is_none()));
            if let Some(read) = reads.get(&key).and_then(WeakShared::upgrade) {
                read
            } else {
                let api = self.clone();
                let read = async move { api.fetch(priority, what, address).await.map(Arc::new) }
                    .boxed()
                    .shared();
                if let Some(weak) = read.downgrade() {
                    reads.insert(key, weak);
                }
                read
            }
        };
        read.await
    }

    async fn fetch(
        &self,
        priority: Priority,
        what: &'static str,
        address: Url,
    ) -> Result<Value, Fault> {
        let mut attempt = 0;
        loop {
            let mut unit = self.inner.gate.call(priority, None).await?;
            let outcome = self
                .call(&mut unit, &Request::get(what, address.clone()))
                .await;
            drop(unit);
            let fault = match outcome {
                Ok(answer) => return json(what, &answer),
                Err(fault) => fault,
            };
            // D5: only what is safe, and only if it can help. After a 503 the gate itself makes everybody wait.
            let pause = match &fault {
                Fault::Http {
                    error: HttpError::Connect | HttpError::Cut,
                    ..
                }
                | Fault::Status { status: 502, .. } => Some(self.pause(attempt)),
                Fault::Unavailable { retry_after, .. } if !is_long(*retry_after) => None,
                _ => return Err(fault),
            };
            if attempt == REPEATS {
                return Err(fault);
            }
            attempt += 1;
            if let Some(pause) = pause {
                self.inner.clock.sleep(pause).await;
            }
        }
    }
}
