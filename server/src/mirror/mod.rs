//! The mirror: our copy of everything a guest can see, so that a thousand shoppers cost the instance no call.
//!
//! | module | holds |
//! | --- | --- |
//! | [`records`] | what the copy consists of |
//! | [`store`], `kept` | where and how it is kept between two lives of the process |
//! | [`catalogue`], [`search`] | groups and products with every index, built off the request's path |
//! | [`snapshot`] | the copy as readers see it: immutable, swapped as a whole |
//! | `pull` | how it is filled and refreshed |
//! | [`report`] | what operators should know of it |
//! | [`pictures`] | pictures in our sizes |
//!
//! Deliberately absent: anything of a customer (D8). Prices for one are worked out from the copied rows, never copied.

pub mod catalogue;
mod html;
mod kept;
pub mod pictures;
mod pull;
pub mod records;
pub mod report;
pub mod search;
pub mod snapshot;
pub mod store;

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use erp::{Instance, world::Clock};
use object_store::ObjectStore;
use time::OffsetDateTime;
use tokio::sync::{Mutex, Notify};
use vitrina::text::Language;

pub use self::pull::PullError;
use self::{
    pictures::Pictures,
    pull::State,
    report::{Findings, Report},
    search::SearchStock,
    snapshot::{LookedAt, Snapshot},
    store::{Store, StoreError},
};

/// How often each part is asked for again.
#[derive(Debug, Clone, Copy)]
pub struct Rounds {
    /// Products that changed.
    pub products: Duration,
    /// Price rows and discounts.
    pub prices: Duration,
    /// What may be promised of the products that shoppers look at, and a piece of all others.
    pub stock: Duration,
    /// From one pass over the stock of everything to the next, where it does not fit into one round.
    pub whole_stock: Duration,
    /// Groups, units, the seller, and whether products have come or gone.
    pub sweep: Duration,
    /// Anything, after a failure.
    pub retry: Duration,
}

impl Rounds {
    /// The usual rounds, and shoppers see a price's change within this time. Half of it passes between two rounds: the other
    /// half is left for the round itself and for one that fails.
    pub fn with_prices_within(time: Duration) -> Self {
        let prices = time / 2;
        Self {
            // A product's own price is a part of the product.
            products: prices.min(Duration::from_mins(1)),
            prices,
            stock: Duration::from_mins(3),
            whole_stock: Duration::from_mins(30),
            sweep: Duration::from_mins(10),
            retry: prices.min(Duration::from_secs(15)),
        }
    }
}

/// What the mirror must be told.
#[derive(Debug, Clone)]
pub struct MirrorSettings {
    /// The shop's languages; the first is the fallback.
    pub languages: Vec<Language>,
    /// From which age of the copy on shoppers are told.
    pub stale_after: Duration,
    /// How often each part is asked for again.
    pub rounds: Rounds,
}

/// The copy, and what keeps it fresh.
pub struct Mirror {
    instance: Arc<Instance>,
    clock: Arc<dyn Clock>,
    store: Store,
    settings: MirrorSettings,
    pictures: Pictures,
    current: ArcSwapOption<Snapshot>,
    /// The search of the current snapshot, to be changed into that of the next.
    search: Arc<std::sync::Mutex<SearchStock>>,
    looked_at: Arc<LookedAt>,
    findings: Findings,
    edition: AtomicU64,
    /// When the instance was last found to have nothing newer: seconds since 1970, zero for never.
    fresh: AtomicI64,
    state: Mutex<State>,
    changed: Notify,
}

impl Mirror {
    /// An empty mirror of the instance, kept in `objects`. Nothing is asked yet.
    pub fn new(
        instance: Arc<Instance>,
        instance_name: &str,
        clock: Arc<dyn Clock>,
        objects: Arc<dyn ObjectStore>,
        settings: MirrorSettings,
    ) -> Self {
        let store = Store::new(objects, instance_name);
        Self {
            pictures: Pictures::new(Arc::clone(&instance), store.clone()),
            instance,
            clock,
            store,
            settings,
            current: ArcSwapOption::empty(),
            search: Arc::default(),
            looked_at: Arc::default(),
            findings: Findings::default(),
            edition: AtomicU64::new(0),
            fresh: AtomicI64::new(0),
            state: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// The copy as it is now; none before the first has arrived.
    pub fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.current.load_full()
    }

    /// Rises whenever a page could look different: finished pages are kept under it.
    pub fn edition(&self) -> u64 {
        self.edition.load(Ordering::Acquire)
    }

    /// What operators should know: how fresh each part is, and every record that is left out.
    pub fn report(&self) -> Report {
        self.findings.report()
    }

    /// The pictures.
    pub fn pictures(&self) -> &Pictures {
        &self.pictures
    }

    /// The shop's first language.
    pub fn fallback(&self) -> Language {
        self.settings
            .languages
            .first()
            .copied()
            .unwrap_or(Language::ENGLISH)
    }

    /// When the copy was last known to be fresh; none before there is one.
    pub fn fresh(&self) -> Option<OffsetDateTime> {
        self.snapshot()?;
        OffsetDateTime::from_unix_timestamp(self.fresh.load(Ordering::Relaxed)).ok()
    }

    /// The same, if that is longer ago than shoppers should not be told.
    pub fn stale_since(&self) -> Option<OffsetDateTime> {
        self.fresh()
            .filter(|fresh| self.clock.now() - *fresh > self.settings.stale_after)
    }

    /// Keeps the copy fresh for as long as it is polled, round after round.
    pub async fn run(self: Arc<Self>) {
        let rounds = async {
            loop {
                let pause = self.round().await;
                self.clock.sleep(pause).await;
            }
        };
        let pictures = async {
            loop {
                let change = self.changed.notified();
                self.fetch_pictures().await;
                change.await;
            }
        };
        tokio::join!(rounds, pictures);
    }

    /// Opens the shop with the copy that was kept, if there is one: at once, whether or not the instance answers.
    pub async fn open(&self) -> Result<(), StoreError> {
        self.pictures.open().await?;
        self.open_kept().await
    }

    /// Fetches the pictures that shoppers are likely to meet first, unless they are kept. All others are fetched when a browser
    /// first asks for them: a large catalogue has more pictures than anybody will ever look at.
    pub async fn fetch_pictures(&self) {
        let Some(snapshot) = self.snapshot() else {
            return;
        };
        let mut fetched = false;
        for &key in snapshot.catalogue.warm_pictures() {
            if self.pictures.has(key) {
                continue;
            }
            if let Some(owner) = snapshot.catalogue.picture_owner(key) {
                fetched |= self.pictures.ensure(key, owner).await;
            }
        }
        if fetched {
            // Pages now know how wide and high the pictures are.
            self.edition.fetch_add(1, Ordering::AcqRel);
        }
    }

    async fn within<F: Future>(&self, time: Duration, future: F) -> Option<F::Output> {
        pictures::within(self.clock.as_ref(), time, future).await
    }
}
