//! Whether the instance is worth asking (D6). Pure: instants and durations come in as values, nothing waits here.
//!
//! ```text
//! closed ── failures in a row weigh enough ──▶ open ── one probe at a time, and it fails ──┐
//!    ▲                                          ▲ │                                        │
//!    └────────────── any call that is answered ─┼─┘                                        │
//!                                               └──────────────── a longer rest ───────────┘
//! ```
//!
//! While it is open nobody is let through but the probe, so that an instance that is down costs a shopper nothing. The probe is
//! the client's own ([`crate::api`]), not a shopper's: nobody has to wait for it.

use std::time::Duration;

/// Failures in a row that open it, by weight.
const ENOUGH: u32 = 5;
/// A failure weighs one more for every so long that it kept somebody waiting: an instance that says nothing is given up sooner
/// than one that refuses at once. One alone is never enough: it may be the call's own fault.
const WAITED: Duration = Duration::from_secs(5);
/// The rest before the first probe; it doubles with each that fails, up to the longest.
const FIRST_REST: Duration = Duration::from_secs(2);
const LONGEST_REST: Duration = Duration::from_secs(15);

/// Closed while the instance answers, open while it is left alone.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    weight: u32,
    open: Option<Opened>,
    openings: u64,
}

#[derive(Debug, Clone, Copy)]
struct Opened {
    number: u64,
    at: Duration,
    probes: u32,
}

impl Breaker {
    /// Whether calls are kept back.
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whether it is still open from that opening.
    pub(crate) fn is_open_since(&self, opening: u64) -> bool {
        self.open.is_some_and(|open| open.number == opening)
    }

    /// A call was answered: it closes. Tells how long it was open, if it was.
    pub(crate) fn well(&mut self, now: Duration) -> Option<Duration> {
        self.weight = 0;
        self.open.take().map(|open| now.saturating_sub(open.at))
    }

    /// A call failed that took so long. Tells the number of the opening if that opened it.
    pub(crate) fn ill(&mut self, now: Duration, took: Duration) -> Option<u64> {
        let waited = u32::try_from(took.as_secs() / WAITED.as_secs()).unwrap_or(ENOUGH);
        self.weight += 1 + waited.min(ENOUGH - 2);
        if self.weight < ENOUGH || self.is_open() {
            return None;
        }
        self.openings += 1;
        self.open = Some(Opened {
            number: self.openings,
            at: now,
            probes: 0,
        });
        Some(self.openings)
    }

    /// How long to rest before the next probe.
    pub(crate) fn rest(&mut self) -> Duration {
        let probes = self.open.as_mut().map_or(0, |open| {
            open.probes += 1;
            open.probes - 1
        });
        FIRST_REST
            .saturating_mul(2u32.saturating_pow(probes))
            .min(LONGEST_REST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_hours(1);

    fn opened_after(took: Duration) -> u32 {
        let mut breaker = Breaker::default();
        (1..100)
            .find(|_| breaker.ill(NOW, took).is_some())
            .unwrap_or(0)
    }

    #[test]
    fn d6_it_opens_after_failures_in_a_row_and_sooner_if_they_kept_somebody_waiting() {
        for (took, failures) in [
            (Duration::ZERO, 5),
            (Duration::from_secs(3), 5),
            (Duration::from_secs(5), 3),
            (Duration::from_secs(15), 2),
            (Duration::from_mins(1), 2),
            (Duration::MAX, 2),
        ] {
            assert_eq!(opened_after(took), failures, "{took:?}");
        }
    }

    #[test]
    fn d6_an_answer_in_between_begins_the_count_anew() {
        let mut breaker = Breaker::default();
        for _ in 0..10 {
            for _ in 0..4 {
                assert_eq!(breaker.ill(NOW, Duration::ZERO), None);
            }
            assert_eq!(breaker.well(NOW), None);
        }
        assert!(!breaker.is_open());
    }

    #[test]
    fn d6_it_opens_once_rests_longer_each_time_and_closes_with_an_answer() {
        let mut breaker = Breaker::default();
        for opening in [None, Some(1), None] {
            assert_eq!(breaker.ill(NOW, Duration::from_mins(1)), opening);
        }
        let rests: Vec<_> = (0..6).map(|_| breaker.rest().as_secs()).collect();
        assert_eq!(rests, [2, 4, 8, 15, 15, 15]);
        assert!(breaker.is_open_since(1));
        let later = NOW + Duration::from_secs(40);
        assert_eq!(breaker.well(later), Some(Duration::from_secs(40)));
        assert!(!breaker.is_open());
        for opening in [None, Some(2)] {
            assert_eq!(breaker.ill(later, Duration::from_mins(1)), opening);
        }
        assert_eq!(breaker.rest(), FIRST_REST);
        assert!(
            !breaker.is_open_since(1),
            "the first opening's prober is done"
        );
    }
}
