//! How often one source or one person may do what costs (reference/security.md §11). Counted in this process; what a fleet must
//! count together (attempts that wait, orders) is counted in the ledger.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use erp::world::Clock;
use governor::{Quota, RateLimiter, middleware::NoOpMiddleware, state::keyed::HashMapStateStore};
use vitrina::visitor::PersonId;

use crate::layers::source::{SHARES_OF_A_SITE, Source};

/// Quotes a minute and person: a quote opens a transaction of the instance, of which there is one at a time.
const QUOTES: u32 = 60;
/// Sessions that a person may end one by one in a minute: each is written down, also one that is not there (yet).
const SESSIONS_ENDED: u32 = 30;
/// Words of the identity provider a minute and source (B5): a whole company may be signed out at once, and verifying one takes
/// less than a page does.
const LOGOUTS: u32 = 1_200;

type Limiter<K> = RateLimiter<K, HashMapStateStore<K>, Ticking, NoOpMiddleware<Duration>>;

/// Counts by source, and beside that by site: who has a whole site is not as many sources as it has networks.
struct Sources {
    each: Limiter<String>,
    site: Limiter<String>,
}

impl Sources {
    fn new(times: u32, clock: &Arc<dyn Clock>) -> Self {
        let limiter = |times| {
            let clock = Ticking(Arc::clone(clock));
            Limiter::hashmap_with_clock(a_minute(times), clock)
        };
        Self {
            each: limiter(times),
            site: limiter(times.saturating_mul(SHARES_OF_A_SITE)),
        }
    }

    fn pass(&self, source: &Source) -> bool {
        // What is refused by itself is not held against the site.
        passes(&self.each, source.network()) && passes(&self.site, source.site())
    }

    fn forget(&self) {
        self.each.retain_recent();
        self.site.retain_recent();
    }
}

/// The counters.
pub struct Rates {
    sign_ins: Sources,
    hand_overs: Sources,
    logouts: Sources,
    quotes: Limiter<PersonId>,
    sessions_ended: Limiter<PersonId>,
}

impl Rates {
    /// Nobody has done anything yet.
    pub fn new(sign_ins: NonZeroU32, clock: &Arc<dyn Clock>) -> Self {
        let by_person = |times| {
            let clock = Ticking(Arc::clone(clock));
            Limiter::hashmap_with_clock(a_minute(times), clock)
        };
        Self {
            sign_ins: Sources::new(sign_ins.get(), clock),
            hand_overs: Sources::new(sign_ins.get(), clock),
            logouts: Sources::new(LOGOUTS, clock),
            quotes: by_person(QUOTES),
            sessions_ended: by_person(SESSIONS_ENDED),
        }
    }

    /// Whether another sign-in may begin there.
    pub fn may_begin(&self, source: &Source) -> bool {
        self.sign_ins.pass(source)
    }

    /// Whether another hand-over to a frame may begin there. As many as sign-ins, and counted beside them: each serves one, and
    /// without a limit one source would fill the table of them all.
    pub fn may_hand_over(&self, source: &Source) -> bool {
        self.hand_overs.pass(source)
    }

    /// Whether another logout token is looked at from there.
    pub fn may_log_out(&self, source: &Source) -> bool {
        self.logouts.pass(source)
    }

    /// Whether the person may have another quote.
    pub fn may_quote(&self, person: &PersonId) -> bool {
        passes(&self.quotes, Some(person.clone()))
    }

    /// Whether the person may end another session of theirs.
    pub fn may_end_session(&self, person: &PersonId) -> bool {
        passes(&self.sessions_ended, Some(person.clone()))
    }

    /// Forgets whoever has done nothing lately.
    pub fn forget(&self) {
        self.sign_ins.forget();
        self.hand_overs.forget();
        self.logouts.forget();
        self.quotes.retain_recent();
        self.sessions_ended.retain_recent();
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
