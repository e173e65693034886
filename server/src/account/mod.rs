//! Which customers a person may act for, remembered for a short while.
//!
//! Pages ask [`Accesses::of`], which is quick and may be a few minutes old; whatever binds anybody (checkout, choosing a
//! customer, signing in) asks [`Accesses::fresh`]. While the instance is away the last answer stands (M4). What comes of it is an
//! [`Acting`]: nothing is read or written for a customer without one.

mod acting;

use std::{sync::Arc, time::Duration};

use erp::{Instance, ReadError, world::Clock};
use moka::sync::Cache;
use vitrina::visitor::{Access, PersonId};

pub use self::acting::{Acting, Asked, MayOrder};

/// How long an answer is believed without asking again.
const BELIEVED: Duration = Duration::from_mins(5);
/// How long after a failure the instance is not asked again for a page.
const PAUSE: Duration = Duration::from_secs(10);
/// How long the last answer stands while the instance is away: the longest session.
const KEPT: Duration = Duration::from_hours(12);
/// The most people remembered.
const MOST: u64 = 10_000;
/// How long a page waits for the answer.
const PAGE_WAITS: Duration = Duration::from_secs(3);
/// How long an act that needs certainty waits.
const ACT_WAITS: Duration = Duration::from_secs(8);

/// The accesses of people.
#[derive(Clone)]
pub struct Accesses {
    instance: Arc<Instance>,
    clock: Arc<dyn Clock>,
    answers: Cache<PersonId, Answer>,
    failures: Cache<PersonId, (Duration, ReadError)>,
}

#[derive(Clone)]
struct Answer {
    at: Duration,
    accesses: Vec<Access>,
}

impl Accesses {
    /// Nothing is remembered yet.
    pub fn new(instance: Arc<Instance>, clock: Arc<dyn Clock>) -> Self {
        Self {
            instance,
            clock,
            answers: Cache::builder()
                .max_capacity(MOST)
                .time_to_live(KEPT)
                .build(),
            failures: Cache::builder()
                .max_capacity(MOST)
                .time_to_live(PAUSE)
                .build(),
        }
    }

    /// The customers the person may act for, as known in the last minutes.
    pub async fn of(&self, person: &PersonId) -> Result<Vec<Access>, ReadError> {
        let now = self.clock.elapsed();
        let kept = self.answers.get(person);
        if let Some(answer) = &kept
            && now.saturating_sub(answer.at) < BELIEVED
        {
            return Ok(answer.accesses.clone());
        }
        let failed = self
            .failures
            .get(person)
            .filter(|(at, _)| now.saturating_sub(*at) < PAUSE)
            .map(|(_, error)| error);
        let asked = match failed {
            Some(error) => Err(error),
            None => self.ask(person, PAGE_WAITS).await,
        };
        match (asked, kept) {
            (Err(_), Some(answer)) => Ok(answer.accesses),
            (asked, _) => asked,
        }
    }

    /// The same, asked now.
    pub async fn fresh(&self, person: &PersonId) -> Result<Vec<Access>, ReadError> {
        self.ask(person, ACT_WAITS).await
    }

    /// The same, asked now and answered so soon, or not at all.
    pub async fn fresh_within(
        &self,
        person: &PersonId,
        wait: Duration,
    ) -> Result<Vec<Access>, ReadError> {
        self.ask(person, wait.min(ACT_WAITS)).await
    }

    #[expect(clippy::disallowed_methods, reason = "this is the access check")]
    async fn ask(&self, person: &PersonId, wait: Duration) -> Result<Vec<Access>, ReadError> {
        let asked = self.instance.access(person, wait).await;
        let at = self.clock.elapsed();
        match &asked {
            Ok(accesses) => {
                self.failures.invalidate(person);
                let accesses = accesses.clone();
                self.answers.insert(person.clone(), Answer { at, accesses });
            }
            Err(error) => {
                tracing::warn!(
                    kind = error.kind(),
                    "the accesses of a person cannot be read"
                );
                self.failures.insert(person.clone(), (at, error.clone()));
            }
        }
        asked
    }
}
