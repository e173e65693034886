//! Authorised calls to the Domain API: through the gate, with the service token, repeated only where that is safe (T4, D5).
//! [`reads`] answers equal reads once; [`health`] slows down when the instance asks for it and rests while it fails (D6).
//!
//! A call that was begun goes on to its end in a task of its own, whether or not whoever asked still waits: the instance works on
//! it all the same, so its place at the gate must not be given away, and its outcome tells how the instance does.

mod health;
mod reads;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use futures::Stream;
use http::{HeaderMap, Method, header};
use secrecy::ExposeSecret;
use time::{OffsetDateTime, format_description::well_known::Rfc2822};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::task::TaskTracker;
use tracing::Instrument;
use url::Url;

pub use self::health::Condition;
use self::{health::Health, reads::WeakRead};
pub(crate) use crate::answer::{json, rows_of, unreadable};
use crate::{
    answer::{fault_of, judge},
    config::Config,
    error::Fault,
    gate::{Gate, GateError, Priority, Unit},
    http::{Answer, Http, HttpError},
    identity::Identity,
    odata::{names::Names, query::Root},
    service_token::{Holder, ServiceToken, TokenError},
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
    pub(crate) transaction: Option<InTransaction>,
    pub(crate) time: Duration,
}

/// A transaction lives in one session of the instance, and the session hangs on the token it was opened with: all calls of a
/// transaction go with that token, though a fresher one may have come meanwhile.
#[derive(Clone)]
pub(crate) struct InTransaction {
    pub(crate) id: String,
    pub(crate) token: ServiceToken,
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
    /// Transactions whose end was not heard.
    left_open: Mutex<Vec<InTransaction>>,
    /// Whether the answer to the last begin of a transaction was lost.
    begin_lost: AtomicBool,
    health: Mutex<Health>,
    condition: watch::Sender<Condition>,
    /// What goes on though whoever asked has gone.
    at_work: TaskTracker,
}

/// Whole answer of a read (D1).
pub(crate) const READ: Duration = Duration::from_secs(15);
/// Whole answer of a write: recalculating and committing take their time (domain-api.md §14).
pub(crate) const WRITE: Duration = Duration::from_mins(1);
/// Bodies stop here (D3).
const LIMIT: usize = 8 * 1024 * 1024;
/// D5: twice more.
const REPEATS: u32 = 2;
/// The longest `Retry-After` that a call waits for before it is repeated (D5).
const LONGEST_RETRY: Duration = Duration::from_secs(10);

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
                left_open: Mutex::default(),
                begin_lost: AtomicBool::new(false),
                health: Mutex::default(),
                condition: watch::Sender::default(),
                at_work: TaskTracker::new(),
            }),
        }
    }

    /// Does the work in a task of its own, so that it goes on though whoever asked has gone; [`Self::finish`] waits for it.
    pub(crate) fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.inner.at_work.spawn(work.in_current_span())
    }

    /// Waits until everything that was begun is done.
    pub(crate) async fn finish(&self) {
        self.inner.at_work.close();
        self.inner.at_work.wait().await;
    }

    /// Waits before a repeat.
    pub(crate) async fn sleep_before_repeat(&self, attempt: u32) {
        self.inner.clock.sleep(self.pause(attempt)).await;
    }

    pub(crate) fn sites(&self) -> &Sites {
        &self.inner.sites
    }

    pub(crate) fn random(&self) -> &dyn Random {
        self.inner.random.as_ref()
    }

    /// The service token, and nothing learnt from whether it can be had.
    pub(crate) async fn service_token(&self) -> Result<ServiceToken, TokenError> {
        self.inner.tokens.get().await
    }

    /// Whether the token in use may only read although more was asked for (T6).
    pub(crate) fn lacks_update(&self) -> bool {
        self.inner.tokens.lacks_update()
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
        self.find_root().await
    }

    async fn find_root(&self) -> Result<Root, Fault> {
        let started = self.inner.clock.elapsed();
        let found = self.inner.sites.addresses().await.map_err(Fault::Sites);
        if let Err(fault) = &found {
            self.note(Err(fault), self.since(started));
        }
        found.map(|addresses| Root {
            address: addresses.api,
            names: self.names(),
        })
    }

    /// The token in use, or a new one.
    pub(crate) async fn token(&self) -> Result<ServiceToken, Fault> {
        let started = self.inner.clock.elapsed();
        let token = self.inner.tokens.get().await.map_err(Fault::from);
        if let Err(fault) = &token {
            self.note(Err(fault), self.since(started));
        }
        token
    }

    /// A transaction whose end was not heard; each is told once.
    pub(crate) fn left_open(&self) -> Option<InTransaction> {
        lock(&self.inner.left_open).pop()
    }

    /// Remembers a transaction whose end was not heard.
    pub(crate) fn leave_open(&self, within: InTransaction) {
        lock(&self.inner.left_open).push(within);
    }

    /// Remembers whether the answer to the last begin was lost; tells whether it was so far.
    pub(crate) fn begin_was_lost(&self, lost: bool) -> bool {
        self.inner.begin_lost.swap(lost, Ordering::Relaxed)
    }

    /// Calls go with a new token from now on, and so in another session of the instance.
    pub(crate) fn leave_session(&self) {
        self.inner.tokens.forget();
    }

    fn since(&self, started: Duration) -> Duration {
        self.inner.clock.elapsed().saturating_sub(started)
    }

    /// 0.3 s, 0.6 s, and up to half as much again, so that several portals do not come back together.
    fn pause(&self, attempt: u32) -> Duration {
        let base = Duration::from_millis(300) * 2u32.pow(attempt);
        base + base.mul_f64(0.5 * self.inner.random.fraction())
    }

    /// One authorised call under a unit. Repeated once with a new token after a 401 (T4), unless a transaction hangs on it; and
    /// after a 429, which comes before anything is done, whatever the verb (decision 0023).
    pub(crate) async fn call(&self, unit: &mut Unit, request: &Request) -> Result<Answer, Fault> {
        self.call_with_token(unit, request)
            .await
            .map(|(answer, _)| answer)
    }

    /// The same, with the token that was accepted.
    pub(crate) async fn call_with_token(
        &self,
        unit: &mut Unit,
        request: &Request,
    ) -> Result<(Answer, ServiceToken), Fault> {
        let mut renewed = request.transaction.is_some();
        let mut refused = 0;
        loop {
            unit.next_call().await?;
            self.rested()?;
            let token = match &request.transaction {
                Some(within) => within.token.clone(),
                None => self.token().await?,
            };
            match self.send(unit, request, &token).await {
                Ok(answer) => return Ok((answer, token)),
                Err(Fault::Unauthorized { .. }) if !renewed => renewed = true,
                Err(Fault::TooMany { retry_after, .. })
                    if refused < REPEATS && !is_long(retry_after) =>
                {
                    refused += 1;
                }
                Err(fault) => return Err(fault),
            }
        }
    }

    /// Sends it, in a task of its own.
    async fn send(
        &self,
        unit: &Unit,
        request: &Request,
        token: &ServiceToken,
    ) -> Result<Answer, Fault> {
        let (what, method, time) = (request.what, request.method.clone(), request.time);
        let authorised = authorised(request, token)?;
        let on_its_way = unit.set_off().await;
        let (api, number) = (self.clone(), token.number);
        let task = async move {
            let started = api.inner.clock.elapsed();
            let answer = tokio::select! {
                biased;
                answer = api.inner.http.send(authorised, LIMIT, time) => answer,
                () = api.inner.clock.sleep(time) => Err(HttpError::Timeout),
            };
            let took = api.since(started);
            if let Ok(answer) = &answer {
                api.compare_clocks(&answer.headers);
            }
            let status = answer.as_ref().map_or(0, |answer| answer.status.as_u16());
            tracing::debug!(what, %method, status, ?took, "call");
            let outcome = answer
                .map_err(|error| Fault::Http { what, error })
                .and_then(|answer| judge(what, answer));
            if let Err(fault) = &outcome {
                tracing::warn!(what, %method, kind = fault.kind(), ?took, %fault, "a call failed");
            }
            if matches!(outcome, Err(Fault::Unauthorized { .. })) {
                api.inner.tokens.refused(number);
            }
            api.note(outcome.as_ref().map(|_| ()), took);
            drop(on_its_way);
            outcome
        };
        self.spawn(task)
            .await
            .unwrap_or_else(|_| Err(unreadable(what, "the call was aborted")))
    }

    /// One authorised call whose body is handed out piece by piece.
    pub(crate) async fn stream(
        &self,
        unit: &mut Unit,
        request: &Request,
    ) -> Result<impl Stream<Item = Result<bytes::Bytes, HttpError>> + use<>, Fault> {
        unit.next_call().await?;
        self.rested()?;
        let token = self.token().await?;
        let started = self.inner.clock.elapsed();
        let outcome = self
            .inner
            .http
            .stream(authorised(request, &token)?, request.time)
            .await
            .map_err(|error| Fault::Http {
                what: request.what,
                error,
            })
            .and_then(|(status, headers, chunks)| {
                if status.is_success() {
                    Ok(chunks)
                } else {
                    Err(fault_of(request.what, status, &headers, &[]))
                }
            });
        if matches!(outcome, Err(Fault::Unauthorized { .. })) {
            self.inner.tokens.refused(token.number);
        }
        self.note(outcome.as_ref().map(|_| ()), self.since(started));
        outcome
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
        if self.inner.gate.is_shut_beyond(deadline) {
            return Err(Fault::from(GateError::Shut).into());
        }
        tokio::select! {
            biased;
            outcome = work => outcome,
            () = self.inner.clock.sleep(deadline) => Err(Fault::from(GateError::Deadline).into()),
        }
    }
}

/// What is locked here is whole at every unlock, so a panic elsewhere does not spoil it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a call is not worth repeating after so long.
fn is_long(retry_after: Option<Duration>) -> bool {
    retry_after.is_some_and(|wait| wait > LONGEST_RETRY)
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
    if let Some(within) = &request.transaction {
        builder = builder.header("TransactionId", &within.id);
    }
    builder
        .body(request.body.clone().unwrap_or_default())
        .map_err(|_| unbuildable())
}
