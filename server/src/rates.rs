//! How often one source or one person may do what costs (reference/security.md §11). Counted in this process; what a fleet must
//! count together (attempts that wait, orders) is counted in the ledger.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use erp::world::Clock;
use governor::{Quota, RateLimiter, middleware::NoOpMiddleware, state::keyed::HashMapStateStore};
use vitrina::visitor::PersonId;

use crate::layers::source::{SHARES_OF_A_SITE, Source};

/// Quotes a minute and person: a quote opens a transaction of the instance, of which there is one at a time.
const QUOTES: u32 = 60;
/// Orders that a person may try to send in a minute, whatever comes of it: the ledger lets five through, and each may meet a price
/// that changed or a field that was mistyped. A try asks the instance, and takes its one transaction before all quotes.
const PLACINGS: u32 = 12;
/// What a person may ask live of their account in a minute: orders, an order, their customers.
const ACCOUNT_READS: u32 = 60;
/// How many of these at once: a dozen orders in as many tabs, and far fewer than may wait for the instance in all.
const ACCOUNT_READS_AT_ONCE: u32 = 30;
/// Guests a minute and source that put a first thing into a cart, which is written down for a month: a whole office may.
const NEW_CARTS: u32 = 120;
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
    new_carts: Sources,
    quotes: Limiter<PersonId>,
    placings: Limiter<PersonId>,
    account_reads: Limiter<PersonId>,
    sessions_ended: Limiter<PersonId>,
}

impl Rates {
    /// Nobody has done anything yet.
    pub fn new(sign_ins: NonZeroU32, clock: &Arc<dyn Clock>) -> Self {
        let by_person = |quota| {
            let clock = Ticking(Arc::clone(clock));
            Limiter::hashmap_with_clock(quota, clock)
        };
        let at_once = NonZeroU32::new(ACCOUNT_READS_AT_ONCE).unwrap_or(NonZeroU32::MIN);
        Self {
            sign_ins: Sources::new(sign_ins.get(), clock),
            hand_overs: Sources::new(sign_ins.get(), clock),
            logouts: Sources::new(LOGOUTS, clock),
            new_carts: Sources::new(NEW_CARTS, clock),
            quotes: by_person(a_minute(QUOTES)),
            placings: by_person(a_minute(PLACINGS)),
            account_reads: by_person(a_minute(ACCOUNT_READS).allow_burst(at_once)),
            sessions_ended: by_person(a_minute(SESSIONS_ENDED)),
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

    /// Whether the person may try to send another order.
    pub fn may_place(&self, person: &PersonId) -> bool {
        passes(&self.placings, Some(person.clone()))
    }

    /// Whether the person may ask the instance for another page of their account.
    pub fn may_read_account(&self, person: &PersonId) -> bool {
        passes(&self.account_reads, Some(person.clone()))
    }

    /// Whether another guest there gets a cart that is written down.
    pub fn may_have_cart(&self, source: &Source) -> bool {
        self.new_carts.pass(source)
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
        self.new_carts.forget();
        self.quotes.retain_recent();
        self.placings.retain_recent();
        self.account_reads.retain_recent();
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
