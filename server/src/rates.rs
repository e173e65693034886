//! How often one source or one person may do what costs (reference/security.md §11). Counted in this process; what a fleet must
//! count together (attempts that wait, orders) is counted in the ledger.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use erp::world::Clock;
use governor::{Quota, RateLimiter, middleware::NoOpMiddleware, state::keyed::HashMapStateStore};
use vitrina::visitor::PersonId;

use crate::layers::source::Source;

/// Quotes a minute and person: a quote opens a transaction of the instance, of which there is one at a time.
const QUOTES: u32 = 60;
/// Words of the identity provider a minute and source (B5): a whole company may be signed out at once, and verifying one takes
/// less than a page does.
const LOGOUTS: u32 = 1_200;

type Limiter<K> = RateLimiter<K, HashMapStateStore<K>, Ticking, NoOpMiddleware<Duration>>;

/// The counters.
pub struct Rates {
    sign_ins: Limiter<String>,
    hand_overs: Limiter<String>,
    logouts: Limiter<String>,
    quotes: Limiter<PersonId>,
}

impl Rates {
    /// Nobody has done anything yet.
    pub fn new(sign_ins: NonZeroU32, clock: &Arc<dyn Clock>) -> Self {
        let ticking = || Ticking(Arc::clone(clock));
        Self {
            sign_ins: Limiter::hashmap_with_clock(Quota::per_minute(sign_ins), ticking()),
            hand_overs: Limiter::hashmap_with_clock(Quota::per_minute(sign_ins), ticking()),
            logouts: Limiter::hashmap_with_clock(a_minute(LOGOUTS), ticking()),
            quotes: Limiter::hashmap_with_clock(a_minute(QUOTES), ticking()),
        }
    }

    /// Whether another sign-in may begin there.
    pub fn may_begin(&self, source: &Source) -> bool {
        passes(&self.sign_ins, source.network())
    }

    /// Whether another hand-over to a frame may begin there. As many as sign-ins, and counted beside them: each serves one, and
    /// without a limit one source would fill the table of them all.
    pub fn may_hand_over(&self, source: &Source) -> bool {
        passes(&self.hand_overs, source.network())
    }

    /// Whether another logout token is looked at from there.
    pub fn may_log_out(&self, source: &Source) -> bool {
        passes(&self.logouts, source.network())
    }

    /// Whether the person may have another quote.
    pub fn may_quote(&self, person: &PersonId) -> bool {
        passes(&self.quotes, Some(person.clone()))
    }

    /// Forgets whoever has done nothing lately.
    pub fn forget(&self) {
        self.sign_ins.retain_recent();
        self.hand_overs.retain_recent();
        self.logouts.retain_recent();
        self.quotes.retain_recent();
    }
}

/// A source that nobody knows is not held against anybody: only a request without a connection has none.
fn passes<K: Clone + Eq + std::hash::Hash>(limiter: &Limiter<K>, key: Option<K>) -> bool {
    key.is_none_or(|key| limiter.check_key(&key).is_ok())
}

fn a_minute(times: u32) -> Quota {
    Quota::per_minute(NonZeroU32::new(times).unwrap_or(NonZeroU32::MIN))
}

/// The portal's clock, as the limiters want it: time since it was started, so that a wall clock that jumps changes nothing (M5).
#[derive(Clone)]
struct Ticking(Arc<dyn Clock>);

impl governor::clock::Clock for Ticking {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}
