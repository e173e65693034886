//! Sessions and their limits (domain-api.md §10, identity.md §8): one request at a time with a short queue, so many a minute.
//!
//! A session is opened by the first call with a token. It ends after 20 idle minutes, and after an hour at the latest; the
//! next call with the same token opens another one.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

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
}

impl Default for Limits {
    /// The documented defaults.
    fn default() -> Self {
        Self {
            requests_per_minute: 600,
            requests_at_once: 1,
            queue: 5,
            transactions: 1,
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

/// All sessions, by token.
pub(crate) struct Sessions {
    pub(crate) limits: Limits,
    open: Mutex<(u64, HashMap<String, Session>)>,
}

/// A request that was let in; dropping it lets the next one in.
pub(crate) struct Turn {
    /// The session's number.
    pub(crate) session: u64,
    _permit: OwnedSemaphorePermit,
    _present: Arc<()>,
}

impl Sessions {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            open: Mutex::new((0, HashMap::new())),
        }
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
        let mut guard = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, open) = &mut *guard;
        open.retain(|_, session| now - session.used < IDLE && now - session.opened < LONGEST);
        let session = open.entry(jti.to_owned()).or_insert_with(|| {
            *last += 1;
            Session {
                number: *last,
                opened: now,
                used: now,
                recent: VecDeque::new(),
                turns: Arc::new(Semaphore::new(self.limits.requests_at_once)),
                present: Arc::new(()),
            }
        });
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
        let guard = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        guard.1.values().any(|session| {
            session.number == number && now - session.used < IDLE && now - session.opened < LONGEST
        })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOON: OffsetDateTime = datetime!(2026-11-23 12:00 UTC);

    #[tokio::test]
    async fn one_runs_five_wait_the_seventh_is_refused() {
        let sessions = Sessions::new(Limits::default());
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
        let sessions = Sessions::new(Limits {
            requests_per_minute: 2,
            ..Limits::default()
        });
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
        let sessions = Sessions::new(Limits::default());
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
}
