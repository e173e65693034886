//! Authorised calls to the Domain API: through the gate, with the service token, repeated only where that is safe (T4, D5),
//! resting while the instance fails (D6), equal reads answered once.

use std::{
    collections::{HashMap, HashSet},
    ops::ControlFlow,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use futures::{
    FutureExt, Stream,
    future::{BoxFuture, Shared, WeakShared},
};
use http::{HeaderMap, Method, StatusCode, header};
use secrecy::ExposeSecret;
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc2822};
use url::Url;

use crate::{
    config::Config,
    error::Fault,
    gate::{Gate, GateError, Priority, Unit},
    http::{Answer, Http, HttpError},
    identity::Identity,
    odata::{
        fault, link,
        names::Names,
        query::{Query, Root, Set, resource},
    },
    service_token::{Holder, ServiceToken},
    sites::Sites,
    world::{Clock, Random},
};

/// Whose turn a call takes, and how long somebody waits for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) priority: Priority,
    pub(crate) deadline: Option<Duration>,
}

impl Turn {
    pub(crate) fn patient(priority: Priority) -> Self {
        Self {
            priority,
            deadline: None,
        }
    }

    pub(crate) fn within(priority: Priority, deadline: Duration) -> Self {
        Self {
            priority,
            deadline: Some(deadline),
        }
    }
}

/// A request, before it has a token.
pub(crate) struct Request {
    /// The set, for logs and errors.
    pub(crate) what: &'static str,
    pub(crate) method: Method,
    pub(crate) address: Url,
    pub(crate) body: Option<Vec<u8>>,
    /// The front-end transaction it belongs to.
    pub(crate) transaction: Option<String>,
    pub(crate) time: Duration,
}

impl Request {
    pub(crate) fn get(what: &'static str, address: Url) -> Self {
        Self {
            what,
            method: Method::GET,
            address,
            body: None,
            transaction: None,
            time: READ,
        }
    }

    pub(crate) fn post(what: &'static str, address: Url, body: Vec<u8>) -> Self {
        Self {
            what,
            method: Method::POST,
            address,
            body: Some(body),
            transaction: None,
            time: WRITE,
        }
    }
}

/// A page of a list.
pub(crate) struct Page {
    pub(crate) rows: Vec<Value>,
    pub(crate) next: Option<Url>,
}

type Read = Shared<BoxFuture<'static, Result<Arc<Value>, Fault>>>;
type WeakRead = WeakShared<BoxFuture<'static, Result<Arc<Value>, Fault>>>;

/// Authorised calls.
#[derive(Clone)]
pub(crate) struct Api {
    inner: Arc<Inner>,
}

struct Inner {
    http: Http,
    sites: Arc<Sites>,
    gate: Arc<Gate>,
    tokens: Arc<Holder>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    /// Reads under way, by whose turn and address.
    reads: Mutex<HashMap<(Priority, String), WeakRead>>,
    /// What the instance calls its sets; the present names until it was asked.
    names: RwLock<Arc<Names>>,
    /// By how many milliseconds the instance's clock is ahead of ours.
    ahead: AtomicI64,
    health: Mutex<Health>,
}

#[derive(Default)]
struct Health {
    failures: u32,
    rests_until: Option<Duration>,
}

/// Whole answer of a read (D1).
const READ: Duration = Duration::from_secs(15);
/// Whole answer of a write: recalculating and committing take their time (domain-api.md §14).
pub(crate) const WRITE: Duration = Duration::from_mins(1);
/// Bodies stop here (D3).
const LIMIT: usize = 8 * 1024 * 1024;
/// Pages of one list that is kept in memory as it came, and rows of all of them (D3).
const MOST_PAGES: usize = 50;
const MOST_ROWS: usize = 200_000;
/// Pages of a list that is handed on page by page: two million rows, more than a shop can show.
const MOST_PASSING_PAGES: usize = 4_000;
/// D5: twice more.
const REPEATS: u32 = 2;
/// The longest `Retry-After` that is waited for (D5).
const LONGEST_RETRY: Duration = Duration::from_secs(10);
/// D6: so many failures in a row, then so long a rest.
const FAILURES: u32 = 5;
const REST: Duration = Duration::from_secs(10);

impl Api {
    pub(crate) fn new(
        config: &Config,
        http: Http,
        sites: Arc<Sites>,
        identity: Identity,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                http,
                sites,
                gate: Gate::new(config.limits, clock.clone()),
                tokens: Holder::new(identity, clock.clone(), random.clone()),
                clock,
                random,
                reads: Mutex::default(),
                names: RwLock::default(),
                ahead: AtomicI64::new(0),
                health: Mutex::default(),
            }),
        }
    }

    /// Waits before a repeat.
    pub(crate) async fn sleep_before_repeat(&self, attempt: u32) {
        self.inner.clock.sleep(self.pause(attempt)).await;
    }

    pub(crate) fn gate(&self) -> &Arc<Gate> {
        &self.inner.gate
    }

    /// What the instance calls its sets, as far as is known.
    pub(crate) fn names(&self) -> Arc<Names> {
        let names = self.inner.names.read();
        names.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The instant by the instance's clock, and never later than by ours: what changed before it, the instance has answered of.
    ///
    /// Unverified: the time is that of the `Date` header, which no document names.
    pub(crate) fn now_there(&self) -> OffsetDateTime {
        let ahead = self.inner.ahead.load(Ordering::Relaxed).min(0);
        self.inner.clock.now() + time::Duration::milliseconds(ahead)
    }

    fn compare_clocks(&self, headers: &HeaderMap) {
        let told = headers
            .get(header::DATE)
            .and_then(|date| date.to_str().ok())
            .and_then(|date| OffsetDateTime::parse(date, &Rfc2822).ok());
        if let Some(there) = told {
            let ahead = (there - self.inner.clock.now()).whole_milliseconds();
            let ahead = i64::try_from(ahead).unwrap_or(0);
            self.inner.ahead.store(ahead, Ordering::Relaxed);
        }
    }

    /// Tells from now on what the instance calls its sets; true if that has changed.
    pub(crate) fn learn(&self, names: Names) -> bool {
        let mut known = self
            .inner
            .names
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let changed = **known != names;
        if changed {
            *known = Arc::new(names);
        }
        changed
    }

    /// The OData root.
    pub(crate) async fn root(&self) -> Result<Root, Fault> {
        self.rested()?;
        match self.inner.sites.addresses().await {
            Ok(addresses) => Ok(Root {
                address: addresses.api,
                names: self.names(),
            }),
            Err(why) => {
                self.note(false);
                Err(Fault::Sites(why))
            }
        }
    }

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
        if !matches!(priority, Priority::Account | Priority::Stock) {
            return self.fetch(priority, what, address).await.map(Arc::new);
        }
        let key = (priority, address.as_str().to_owned());
        let read: Read = {
            let mut reads = self
                .inner
                .reads
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
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
            // D5: only what is safe, and only if it can help.
            let pause = match &fault {
                Fault::Http {
                    error: HttpError::Connect | HttpError::Cut,
                    ..
                }
                | Fault::TooMany { .. }
                | Fault::Status { status: 502, .. } => self.pause(attempt),
                Fault::Unavailable { retry_after, .. } => match retry_after {
                    Some(wait) if *wait <= LONGEST_RETRY => *wait,
                    Some(_) => return Err(fault),
                    None => self.pause(attempt),
                },
                _ => return Err(fault),
            };
            if attempt == REPEATS {
                return Err(fault);
            }
            attempt += 1;
            self.inner.clock.sleep(pause).await;
        }
    }

    /// 0.3 s, 0.6 s, and up to half as much again, so that several portals do not come back together.
    fn pause(&self, attempt: u32) -> Duration {
        let base = Duration::from_millis(300) * 2u32.pow(attempt);
        base + base.mul_f64(0.5 * self.inner.random.fraction())
    }

    /// One authorised call under a unit. Repeated once with a new token after a 401 (T4), unless a transaction hangs on it.
    pub(crate) async fn call(&self, unit: &mut Unit, request: &Request) -> Result<Answer, Fault> {
        let mut repeated = request.transaction.is_some();
        loop {
            unit.next_call().await?;
            self.rested()?;
            let token = self.inner.tokens.get().await?;
            let started = self.inner.clock.elapsed();
            let outcome = self
                .inner
                .http
                .send(authorised(request, &token)?, LIMIT, request.time)
                .await;
            let took = self.inner.clock.elapsed().saturating_sub(started);
            let answer = match outcome {
                Ok(answer) => answer,
                Err(error) => {
                    self.note(false);
                    tracing::warn!(what = request.what, method = %request.method, ?took, %error, "no answer");
                    return Err(Fault::Http {
                        what: request.what,
                        error,
                    });
                }
            };
            self.compare_clocks(&answer.headers);
            tracing::debug!(what = request.what, method = %request.method, status = answer.status.as_u16(), ?took, "call");
            if answer.status == StatusCode::UNAUTHORIZED {
                self.inner.tokens.refused(token.number);
                if !repeated {
                    repeated = true;
                    continue;
                }
            }
            let verdict = judge(request.what, answer);
            if let Err(fault) = &verdict {
                tracing::warn!(what = request.what, kind = fault.kind(), %fault, "call failed");
            }
            let ill = matches!(&verdict, Err(Fault::Status { status, .. }) if *status >= 500);
            self.note(!ill);
            return verdict;
        }
    }

    /// One authorised call whose body is handed out piece by piece.
    pub(crate) async fn stream(
        &self,
        unit: &mut Unit,
        request: &Request,
    ) -> Result<impl Stream<Item = Result<bytes::Bytes, HttpError>> + use<>, Fault> {
        unit.next_call().await?;
        self.rested()?;
        let token = self.inner.tokens.get().await?;
        let (status, chunks) = self
            .inner
            .http
            .stream(authorised(request, &token)?, request.time)
            .await
            .map_err(|error| {
                self.note(false);
                Fault::Http {
                    what: request.what,
                    error,
                }
            })?;
        if status == StatusCode::UNAUTHORIZED {
            self.inner.tokens.refused(token.number);
        }
        if status.is_success() {
            self.note(true);
            Ok(chunks)
        } else {
            Err(fault_of(request.what, status, &HeaderMap::new(), &[]))
        }
    }

    /// The whole of it within the turn's deadline; what is dropped then cleans up after itself.
    pub(crate) async fn in_time<T, E: From<Fault>>(
        &self,
        turn: Turn,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let Some(deadline) = turn.deadline else {
            return work.await;
        };
        tokio::select! {
            biased;
            outcome = work => outcome,
            () = self.inner.clock.sleep(deadline) => Err(Fault::from(GateError::Deadline).into()),
        }
    }

    fn rested(&self) -> Result<(), Fault> {
        let health = self
            .inner
            .health
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match health.rests_until {
            Some(until) if self.inner.clock.elapsed() < until => Err(Fault::Resting),
            _ => Ok(()),
        }
    }

    fn note(&self, well: bool) {
        let mut health = self
            .inner
            .health
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if well {
            *health = Health::default();
            return;
        }
        health.failures += 1;
        if health.failures >= FAILURES {
            health.rests_until = Some(self.inner.clock.elapsed() + REST);
        }
    }
}

fn authorised(request: &Request, token: &ServiceToken) -> Result<http::Request<Vec<u8>>, Fault> {
    let unbuildable = || Fault::Http {
        what: request.what,
        error: HttpError::Unbuildable,
    };
    let bearer = format!("Bearer {}", token.value.expose_secret());
    let mut bearer = header::HeaderValue::from_str(&bearer).map_err(|_| unbuildable())?;
    bearer.set_sensitive(true);
    let mut builder = http::Request::builder()
        .method(request.method.clone())
        .uri(request.address.as_str())
        .header(header::AUTHORIZATION, bearer)
        .header(header::ACCEPT, "application/json");
    if request.body.is_some() {
        builder = builder.header(header::CONTENT_TYPE, "application/json");
    }
    if let Some(id) = &request.transaction {
        builder = builder.header("TransactionId", id);
    }
    builder
        .body(request.body.clone().unwrap_or_default())
        .map_err(|_| unbuildable())
}

fn judge(what: &'static str, answer: Answer) -> Result<Answer, Fault> {
    if answer.status.is_success() {
        Ok(answer)
    } else {
        Err(fault_of(what, answer.status, &answer.headers, &answer.body))
    }
}

fn fault_of(what: &'static str, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Fault {
    match status {
        StatusCode::UNAUTHORIZED => Fault::Unauthorized { what },
        StatusCode::FORBIDDEN => Fault::Forbidden { what },
        StatusCode::NOT_FOUND => Fault::Missing { what },
        StatusCode::TOO_MANY_REQUESTS => Fault::TooMany { what },
        StatusCode::SERVICE_UNAVAILABLE => Fault::Unavailable {
            what,
            retry_after: headers
                .get(header::RETRY_AFTER)
                .and_then(|value| value.to_str().ok())
                .and_then(|value| value.trim().parse().ok())
                .map(Duration::from_secs),
        },
        StatusCode::INTERNAL_SERVER_ERROR | StatusCode::BAD_REQUEST => match fault::read(body) {
            Some(business) => Fault::Business { what, business },
            None => Fault::Status {
                what,
                status: status.as_u16(),
            },
        },
        other => Fault::Status {
            what,
            status: other.as_u16(),
        },
    }
}

/// The rows of a list. A list without `value` is a fault (D7).
pub(crate) fn rows_of(answer: &Value) -> Option<Vec<Value>> {
    answer.get("value")?.as_array().cloned()
}

pub(crate) fn json(what: &'static str, answer: &Answer) -> Result<Value, Fault> {
    serde_json::from_slice(&answer.body).map_err(|_| unreadable(what, "no JSON"))
}

pub(crate) fn unreadable(what: &'static str, why: &'static str) -> Fault {
    Fault::Unreadable { what, why }
}
