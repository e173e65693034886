//! Sessions and their limits (domain-api.md §10, identity.md §8): one request at a time with a short queue, so many a minute.
//!
//! A session is opened by the first call with a token, if a licence slot is free, and holds the slot. It ends after 20 idle
//! minutes, and after an hour at the latest; the next call with the same token opens another one.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::{Duration, OffsetDateTime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::fault::Fault;

/// What one session is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// `SessionRpm`: requests within a minute.
    pub requests_per_minute: usize,
    /// `SessionConcurrentRequests`: requests at a time.
    pub requests_at_once: usize,
    /// Requests that may wait for their turn.
    pub queue: usize,
    /// `SessionConcurrentTransactions`: open API transactions.
    pub transactions: usize,
    /// Licence slots of the instance: sessions at a time, those of the office among them. This one is not per session.
    pub licences: usize,
}

impl Default for Limits {
    /// The documented defaults, and ten licence slots.
    fn default() -> Self {
        Self {
            requests_per_minute: 600,
            requests_at_once: 1,
            queue: 5,
            transactions: 1,
            licences: 10,
        }
    }
}

/// A session ends when nobody called for so long.
const IDLE: Duration = Duration::minutes(20);
/// A service session ends then at the latest.
const LONGEST: Duration = Duration::hours(1);

struct Session {
    /// Tells a session from the one that replaced it.
    number: u64,
    opened: OffsetDateTime,
    used: OffsetDateTime,
    recent: VecDeque<OffsetDateTime>,
    turns: Arc<Semaphore>,
    /// Running and waiting requests.
    present: Arc<()>,
}

impl Session {
    fn lives(&self, now: OffsetDateTime) -> bool {
        now - self.used < IDLE && now - self.opened < LONGEST
    }
}

/// How many seconds to stay away when no slot is free. Unverified: no number is documented.
const PATIENCE: u32 = 30;

/// What was counted of sessions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Sessions that were opened.
    pub(crate) opened: u64,
    /// The most that were open at the same time.
    pub(crate) most: usize,
    /// Calls refused by a limit of their session.
    pub(crate) refused: u64,
    /// Calls refused as no licence slot was free.
    pub(crate) without_licence: u64,
}

#[derive(Default)]
struct State {
    /// By token.
    open: HashMap<String, Session>,
    /// Number of the last session.
    last: u64,
    /// Licence slots taken by the office.
    taken: usize,
    tally: Tally,
}

/// All sessions.
pub(crate) struct Sessions {
    pub(crate) limits: Limits,
    /// Whether a missing slot is 503 with `Retry-After`, as from version 27.1 on, or 500.
    patient: bool,
    state: Mutex<State>,
}

/// A request that was let in; dropping it lets the next one in.
pub(crate) struct Turn {
    /// The session's number.
    pub(crate) session: u64,
    _permit: OwnedSemaphorePermit,
    _present: Arc<()>,
}

impl Sessions {
    pub(crate) fn new(limits: Limits, patient: bool) -> Self {
        Self {
            limits,
            patient,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How this version says that no licence slot is free.
    pub(crate) fn no_licence(&self) -> Fault {
        Fault::NoLicence(self.patient.then_some(PATIENCE))
    }

    /// Ends all sessions, as a restart of the site does.
    pub(crate) fn end_all(&self) {
        self.state().open.clear();
    }

    /// The office takes so many slots; sessions that are open stay.
    pub(crate) fn take_licences(&self, taken: usize) {
        self.state().taken = taken;
    }

    /// Slots taken by the office.
    pub(crate) fn taken(&self) -> usize {
        self.state().taken
    }

    /// Sessions that are open now.
    pub(crate) fn open(&self, now: OffsetDateTime) -> usize {
        let state = self.state();
        state
            .open
            .values()
            .filter(|session| session.lives(now))
            .count()
    }

    pub(crate) fn tally(&self) -> Tally {
        self.state().tally
    }

    /// Counts from zero; sessions stay open.
    pub(crate) fn reset_tally(&self) {
        let mut state = self.state();
        state.tally = Tally {
            most: state.open.len(),
            ..Tally::default()
        };
    }

    /// Lets a request of the token `jti` in when it is its turn.
    pub(crate) async fn enter(&self, jti: &str, now: OffsetDateTime) -> Result<Turn, Fault> {
        let (session, turns, present) = self.arrive(jti, now)?;
        let permit = turns
            .acquire_owned()
            .await
            .map_err(|_| Fault::Unavailable)?;
        Ok(Turn {
            session,
            _permit: permit,
            _present: present,
        })
    }

    fn arrive(
        &self,
        jti: &str,
        now: OffsetDateTime,
    ) -> Result<(u64, Arc<Semaphore>, Arc<()>), Fault> {
        let mut guard = self.state();
        let state = &mut *guard;
        state.open.retain(|_, session| session.lives(now));
        let sessions = state.open.len();
        let session = match state.open.entry(jti.to_owned()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(_) if sessions + state.taken >= self.limits.licences => {
                state.tally.without_licence += 1;
                return Err(self.no_licence());
            }
            Entry::Vacant(new) => {
                state.last += 1;
                state.tally.opened += 1;
                state.tally.most = state.tally.most.max(sessions + 1);
                new.insert(Session {
                    number: state.last,
                    opened: now,
                    used: now,
                    recent: VecDeque::new(),
                    turns: Arc::new(Semaphore::new(self.limits.requests_at_once)),
                    present: Arc::new(()),
                })
            }
        };
        session.used = now;
        while session
            .recent
            .front()
            .is_some_and(|first| now - *first >= Duration::MINUTE)
        {
            session.recent.pop_front();
        }
        let present = Arc::strong_count(&session.present) - 1;
        if session.recent.len() >= self.limits.requests_per_minute
            || present >= self.limits.requests_at_once + self.limits.queue
        {
            state.tally.refused += 1;
            return Err(Fault::TooMany);
        }
        session.recent.push_back(now);
        Ok((
            session.number,
            Arc::clone(&session.turns),
            Arc::clone(&session.present),
        ))
    }

    /// Whether the session of this number is still open.
    pub(crate) fn is_open(&self, number: u64, now: OffsetDateTime) -> bool {
        let state = self.state();
        state
            .open
            .values()
            .any(|session| session.number == number && session.lives(now))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-23 12:00 UTC);

    #[tokio::test]
    async fn one_runs_five_wait_the_seventh_is_refused() {
        let sessions = Sessions::new(Limits::default(), true);
        let running = sessions.enter("a", NOON).await.unwrap();
        let waiting: Vec<_> = (0..5)
            .map(|_| sessions.arrive("a", NOON).unwrap())
            .collect();
        assert!(matches!(
            sessions.enter("a", NOON).await,
            Err(Fault::TooMany)
        ));
        assert!(
            sessions.enter("b", NOON).await.is_ok(),
            "another session has its own limits"
        );
        drop(running);
        assert!(sessions.arrive("a", NOON).is_ok(), "there is room again");
        drop(waiting);
    }

    #[tokio::test]
    async fn the_minute_slides() {
        let sessions = Sessions::new(
            Limits {
                requests_per_minute: 2,
                ..Limits::default()
            },
            true,
        );
        assert!(sessions.enter("a", NOON).await.is_ok());
        assert!(
            sessions
                .enter("a", NOON + Duration::seconds(30))
                .await
                .is_ok()
        );
        assert!(matches!(
            sessions.enter("a", NOON + Duration::seconds(59)).await,
            Err(Fault::TooMany)
        ));
        assert!(
            sessions
                .enter("a", NOON + Duration::seconds(60))
                .await
                .is_ok()
        );
    }

    #[tokio::test]
    async fn sessions_end_when_idle_and_after_an_hour() {
        let sessions = Sessions::new(Limits::default(), true);
        let first = sessions.enter("a", NOON).await.unwrap().session;
        assert_eq!(
            sessions
                .enter("a", NOON + Duration::minutes(19))
                .await
                .unwrap()
                .session,
            first
        );
        assert!(!sessions.is_open(first, NOON + Duration::minutes(39)));
        assert_ne!(
            sessions
                .enter("a", NOON + Duration::minutes(39))
                .await
                .unwrap()
                .session,
            first
        );
        let second = sessions.enter("b", NOON).await.unwrap().session;
        for minute in 1..60 {
            assert_eq!(
                sessions
                    .enter("b", NOON + Duration::minutes(minute))
                    .await
                    .unwrap()
                    .session,
                second
            );
        }
        assert_ne!(
            sessions
                .enter("b", NOON + Duration::minutes(60))
                .await
                .unwrap()
                .session,
            second
        );
    }

    #[tokio::test]
    async fn a_session_takes_a_slot_until_it_ends() {
        let limits = Limits {
            licences: 2,
            ..Limits::default()
        };
        let sessions = Sessions::new(limits, true);
        sessions.take_licences(1);
        assert!(sessions.enter("a", NOON).await.is_ok());
        let refused = sessions.enter("b", NOON).await.err();
        assert_eq!(refused, Some(Fault::NoLicence(Some(PATIENCE))));
        sessions.take_licences(2);
        assert!(
            sessions.enter("a", NOON).await.is_ok(),
            "an open session keeps its slot"
        );
        sessions.end_all();
        assert!(
            sessions.enter("a", NOON).await.is_err(),
            "a new one has none"
        );
        sessions.take_licences(1);
        assert!(sessions.enter("b", NOON).await.is_ok());
        assert!(
            sessions
                .enter("a", NOON + Duration::minutes(20))
                .await
                .is_ok(),
            "the idle session gave its slot back"
        );
        let tally = sessions.tally();
        assert_eq!((tally.opened, tally.most, tally.without_licence), (3, 1, 2));
        let older = Sessions::new(
            Limits {
                licences: 0,
                ..limits
            },
            false,
        );
        assert_eq!(
            older.enter("a", NOON).await.err(),
            Some(Fault::NoLicence(None)),
            "before version 27.1"
        );
    }
}
