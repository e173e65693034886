//! The one gate to the instance (architecture.md §1): so many calls at once and a minute, one open transaction, waiters by
//! priority, each with a deadline, never more than a bounded number of them.
//!
//! A [`Unit`] is the right to work: for one call, or for a whole front-end transaction, whose calls follow one another under
//! it, so that no other transaction can begin in between. With one call at once, nothing else runs meanwhile either.
//!
//! When the instance says that it is too much (429, 503), the gate is [shut](Gate::shut) for a while: for everybody, because the
//! limit is the session's and not the call's. Whoever cannot wait so long is told at once.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock as GovernorClock, Reference},
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed},
};
use tokio::sync::oneshot;

use crate::{config::GateLimits, world::Clock};

/// Who goes first. The order of the variants is the order of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// An order is being placed or looked for.
    Placing,
    /// A quote somebody looks at.
    Quoting,
    /// Accesses, addresses, orders of a person.
    Account,
    /// Stock levels.
    Stock,
    /// The copy of the catalogue.
    Mirror,
}

/// Why nobody was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GateError {
    /// Too many wait already.
    #[error("too many wait for the instance")]
    Full,
    /// The turn did not come before the deadline.
    #[error("the turn did not come in time")]
    Deadline,
    /// The instance asked for a pause that is longer than this caller can wait.
    #[error("the instance has asked for a pause")]
    Shut,
}

/// What a waiter needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// One call.
    Call,
    /// The only open transaction, and the calls in it.
    Transaction,
    /// The next call of a unit that is already in: it only waits for the minute's share.
    Next,
}

/// At most this many wait; beyond, the least urgent is told at once.
const MOST_WAITING: usize = 256;
/// Every so many grants go to whoever waits longest, so that the least urgent is late but not starved.
const LONGEST_FIRST_EVERY: u32 = 8;

struct Waiter {
    priority: Priority,
    arrival: u64,
    need: Need,
    turn: oneshot::Sender<Result<Grant, GateError>>,
}

struct State {
    free_calls: u32,
    transaction_free: bool,
    waiting: Vec<Waiter>,
    arrivals: u64,
    grants: u32,
    /// Nobody goes before then: the instance asked for a pause.
    shut_until: Duration,
    timer_runs: bool,
}

/// Adapts our clock, so that a test's clock rules the minute's share too.
#[derive(Clone)]
struct Elapsed(Arc<dyn Clock>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Moment(Duration);

impl Reference for Moment {
    fn duration_since(&self, earlier: Self) -> governor::nanos::Nanos {
        self.0.saturating_sub(earlier.0).into()
    }

    fn saturating_sub(&self, duration: governor::nanos::Nanos) -> Self {
        Self(self.0.saturating_sub(duration.into()))
    }
}

impl std::ops::Add<governor::nanos::Nanos> for Moment {
    type Output = Self;

    fn add(self, other: governor::nanos::Nanos) -> Self {
        Self(self.0 + Duration::from(other))
    }
}

impl GovernorClock for Elapsed {
    type Instant = Moment;

    fn now(&self) -> Moment {
        Moment(self.0.elapsed())
    }
}

type Share = RateLimiter<NotKeyed, InMemoryState, Elapsed, NoOpMiddleware<Moment>>;

/// The gate.
pub(crate) struct Gate {
    me: Weak<Self>,
    state: Mutex<State>,
    share: Share,
    clock: Arc<dyn Clock>,
}

impl Gate {
    pub(crate) fn new(limits: GateLimits, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new_cyclic(|me| Self {
            me: me.clone(),
            state: Mutex::new(State {
                free_calls: limits.at_once.max(1),
                transaction_free: true,
                waiting: Vec::new(),
                arrivals: 0,
                grants: 0,
                shut_until: Duration::ZERO,
                timer_runs: false,
            }),
            share: RateLimiter::direct_with_clock(quota(limits.a_minute), Elapsed(clock.clone())),
            clock,
        })
    }

    /// Waits for the right to make one call.
    pub(crate) async fn call(
        &self,
        priority: Priority,
        deadline: Option<Duration>,
    ) -> Result<Unit, GateError> {
        self.enter(priority, Need::Call, deadline).await
    }

    /// Waits for the right to open the one transaction and to make its first call.
    pub(crate) async fn transaction(
        &self,
        priority: Priority,
        deadline: Option<Duration>,
    ) -> Result<Unit, GateError> {
        self.enter(priority, Need::Transaction, deadline).await
    }

    async fn enter(
        &self,
        priority: Priority,
        need: Need,
        deadline: Option<Duration>,
    ) -> Result<Unit, GateError> {
        if deadline.is_some_and(|deadline| self.is_shut_beyond(deadline)) {
            return Err(GateError::Shut);
        }
        let (turn, wait) = oneshot::channel();
        {
            let mut state = self.lock();
            state.waiting.retain(|waiter| !waiter.turn.is_closed());
            if state.waiting.len() >= MOST_WAITING && need != Need::Next {
                let least = state
                    .waiting
                    .iter()
                    .enumerate()
                    .filter(|(_, waiter)| waiter.need != Need::Next)
                    .max_by_key(|(_, waiter)| (waiter.priority, waiter.arrival))
                    .map(|(at, waiter)| (at, waiter.priority));
                match least {
                    Some((at, least)) if least > priority => {
                        // The receiver may be gone, which is as well.
                        let _ = state
                            .waiting
                            .swap_remove(at)
                            .turn
                            .send(Err(GateError::Full));
                    }
                    _ => return Err(GateError::Full),
                }
            }
            let arrival = state.arrivals;
            state.arrivals += 1;
            state.waiting.push(Waiter {
                priority,
                arrival,
                need,
                turn,
            });
        }
        self.pump();
        let granted = async { wait.await.unwrap_or(Err(GateError::Full)) };
        let grant = match deadline {
            None => granted.await?,
            Some(deadline) => {
                tokio::select! {
                    biased;
                    grant = granted => grant?,
                    () = self.clock.sleep(deadline) => return Err(GateError::Deadline),
                }
            }
        };
        Ok(Unit {
            grant: Arc::new(grant),
            alone: Arc::default(),
            priority,
            first: true,
        })
    }

    /// Lets nobody in for so long, those inside included. A pause that is running already is never shortened.
    pub(crate) fn shut(&self, pause: Duration) {
        let mut state = self.lock();
        state.shut_until = state.shut_until.max(self.clock.elapsed() + pause);
    }

    /// How long nobody is let in yet; none if the gate is open.
    pub(crate) fn shut_for(&self) -> Option<Duration> {
        let until = self.lock().shut_until;
        Some(until.saturating_sub(self.clock.elapsed())).filter(|left| !left.is_zero())
    }

    /// Whether whoever can wait so long need not begin to.
    pub(crate) fn is_shut_beyond(&self, deadline: Duration) -> bool {
        self.shut_for().is_some_and(|left| left >= deadline)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole at every unlock, so a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets in whoever may go now.
    fn pump(&self) {
        while let Some((waiter, grant)) = self.pick() {
            // Outside of the lock: a grant that nobody takes is dropped here and comes back by `release`.
            let _ = waiter.turn.send(Ok(grant));
        }
    }

    fn pick(&self) -> Option<(Waiter, Grant)> {
        let mut state = self.lock();
        state.waiting.retain(|waiter| !waiter.turn.is_closed());
        let pause = state.shut_until.saturating_sub(self.clock.elapsed());
        if !pause.is_zero() {
            if !state.waiting.is_empty() {
                self.pump_after(&mut state, pause);
            }
            return None;
        }
        let longest_first = state.grants % LONGEST_FIRST_EVERY == LONGEST_FIRST_EVERY - 1;
        let next = state
            .waiting
            .iter()
            .enumerate()
            .filter(|(_, waiter)| match waiter.need {
                Need::Call => state.free_calls > 0,
                Need::Transaction => state.free_calls > 0 && state.transaction_free,
                Need::Next => true,
            })
            .min_by_key(|(_, waiter)| {
                let inside = waiter.need != Need::Next;
                if longest_first {
                    (inside, None, waiter.arrival)
                } else {
                    (inside, Some(waiter.priority), waiter.arrival)
                }
            })
            .map(|(at, _)| at)?;
        if let Err(not_yet) = self.share.check() {
            let pause = not_yet.wait_time_from(GovernorClock::now(&Elapsed(self.clock.clone())));
            self.pump_after(&mut state, pause);
            return None;
        }
        let waiter = state.waiting.swap_remove(next);
        match waiter.need {
            Need::Call => state.free_calls -= 1,
            Need::Transaction => {
                state.free_calls -= 1;
                state.transaction_free = false;
            }
            Need::Next => {}
        }
        if waiter.need != Need::Next {
            state.grants = state.grants.wrapping_add(1);
        }
        let grant = Grant {
            gate: self.me.clone(),
            need: waiter.need,
        };
        Some((waiter, grant))
    }

    fn pump_after(&self, state: &mut State, pause: Duration) {
        if std::mem::replace(&mut state.timer_runs, true) {
            return;
        }
        let gate = self.me.clone();
        let sleep = self.clock.sleep(pause.max(Duration::from_millis(1)));
        tokio::spawn(async move {
            sleep.await;
            if let Some(gate) = gate.upgrade() {
                gate.lock().timer_runs = false;
                gate.pump();
            }
        });
    }

    fn release(&self, need: Need) {
        {
            let mut state = self.lock();
            match need {
                Need::Call => state.free_calls += 1,
                Need::Transaction => {
                    state.free_calls += 1;
                    state.transaction_free = true;
                }
                Need::Next => {}
            }
        }
        self.pump();
    }

    /// How many wait, for tests and health.
    pub(crate) fn waiting(&self) -> usize {
        let mut state = self.lock();
        state.waiting.retain(|waiter| !waiter.turn.is_closed());
        state.waiting.len()
    }
}

/// Never more than `a_minute` in *any* sixty seconds: a full burst and all that grows back in a minute add up to it, less a
/// fiftieth, because the instance counts when a call arrives and not when it was let go.
fn quota(a_minute: u32) -> Quota {
    let burst = NonZeroU32::new(a_minute / 5).unwrap_or(NonZeroU32::MIN);
    let spare = a_minute / 50;
    let refill = a_minute.saturating_sub(burst.get() + spare).max(1);
    Quota::with_period(Duration::from_mins(1) / refill)
        .unwrap_or(Quota::per_minute(NonZeroU32::MIN))
        .allow_burst(burst)
}

struct Grant {
    gate: Weak<Gate>,
    need: Need,
}

impl Drop for Grant {
    fn drop(&mut self) {
        if let Some(gate) = self.gate.upgrade() {
            gate.release(self.need);
        }
    }
}

/// The right to work; given back when it is dropped and no call of it is on its way any more.
pub(crate) struct Unit {
    grant: Arc<Grant>,
    /// One call of a unit at a time, whoever waits for its answer.
    alone: Arc<tokio::sync::Mutex<()>>,
    priority: Priority,
    first: bool,
}

/// A call on its way. It keeps the unit's place, also when whoever asked has gone: the instance works on it all the same.
pub(crate) struct OnItsWay {
    _alone: tokio::sync::OwnedMutexGuard<()>,
    _grant: Arc<Grant>,
}

impl Unit {
    /// Waits for the minute's share of the next call. The first call's share came with the unit.
    pub(crate) async fn next_call(&mut self) -> Result<(), GateError> {
        if std::mem::take(&mut self.first) {
            return Ok(());
        }
        match self.grant.gate.upgrade() {
            Some(gate) => gate
                .enter(self.priority, Need::Next, None)
                .await
                .map(|_| ()),
            None => Err(GateError::Full),
        }
    }

    /// To be held by a call for as long as it is on its way; waits for the call before it.
    pub(crate) async fn set_off(&self) -> OnItsWay {
        OnItsWay {
            _alone: Arc::clone(&self.alone).lock_owned().await,
            _grant: Arc::clone(&self.grant),
        }
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
