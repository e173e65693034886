//! Counters of Domain API calls: how many, of what, how many at once, how many within a minute.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use time::{Duration, OffsetDateTime};

/// What was counted so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Calls {
    /// All Domain API calls, refused ones too.
    pub total: u64,
    /// By method and set: `GET General_Products_Products`, `POST Crm_Sales_SalesOrders(id)/ChangeState`.
    pub by_subject: BTreeMap<String, u64>,
    /// By the status of the answer, lost ones too.
    pub by_status: BTreeMap<u16, u64>,
    /// Requests to the token endpoint.
    pub token_requests: u64,
    /// The most calls that were inside at the same time, waiting ones too.
    pub most_at_once: usize,
    /// The most calls within any 60 seconds.
    pub most_in_a_minute: usize,
}

#[derive(Debug, Default)]
struct State {
    calls: Calls,
    now: usize,
    recent: VecDeque<OffsetDateTime>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Counters(Arc<Mutex<State>>);

/// A call that is inside; dropping it ends it.
pub(crate) struct Counted(Arc<Mutex<State>>);

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Counters {
    pub(crate) fn arrived(&self, subject: &str, now: OffsetDateTime) -> Counted {
        let mut state = lock(&self.0);
        state.calls.total += 1;
        *state
            .calls
            .by_subject
            .entry(subject.to_owned())
            .or_default() += 1;
        state.now += 1;
        state.calls.most_at_once = state.calls.most_at_once.max(state.now);
        state.recent.push_back(now);
        while state
            .recent
            .front()
            .is_some_and(|first| now - *first >= Duration::MINUTE)
        {
            state.recent.pop_front();
        }
        state.calls.most_in_a_minute = state.calls.most_in_a_minute.max(state.recent.len());
        Counted(Arc::clone(&self.0))
    }

    pub(crate) fn read(&self) -> Calls {
        lock(&self.0).calls.clone()
    }

    pub(crate) fn reset(&self) {
        let mut state = lock(&self.0);
        state.calls = Calls {
            most_at_once: state.now,
            ..Calls::default()
        };
        state.recent.clear();
    }
}

impl Counted {
    /// Ends the call with this answer.
    pub(crate) fn answered(self, status: StatusCode) {
        *lock(&self.0)
            .calls
            .by_status
            .entry(status.as_u16())
            .or_default() += 1;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        lock(&self.0).now -= 1;
    }
}
