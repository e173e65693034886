//! How the mirror is filled and refreshed: everything once, then each part on its own clock (domain-api.md §13).
//!
//! | module | holds |
//! | --- | --- |
//! | `products` | the first pull, which goes on where it was cut off; changes by their time; the sweep for what is gone |
//! | `prices` | price rows and discounts by their time of change, and a count for what is gone |
//! | `stock` | what shoppers look at, and a slow pass over everything |
//!
//! A round builds a new snapshot beside the old one and swaps it in; one that finds nothing new costs a few calls and builds
//! nothing. A part that fails keeps its former self and is asked for again shortly. No part takes more than a fifth of the time,
//! however large it is.

mod prices;
mod products;
mod stock;

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, atomic::Ordering},
    time::Duration,
};

use erp::ReadError;
use time::{Date, OffsetDateTime};
use vitrina::{ids::ProductId, pricing::book::PriceBook};

use self::{prices::PricePull, stock::Stock};
use super::{
    Mirror,
    catalogue::{self, Catalogue},
    kept::{self, First, Unkept},
    records::{CatalogueRecords, PriceRecords, StockLevels, Structure},
    snapshot::{Parts, Snapshot},
    store::{Part, StoreError},
};

/// How far before the last round a round begins again. What is known already costs next to nothing.
const OVERLAP: time::Duration = time::Duration::minutes(10);
/// An unchanged catalogue is kept again this often, so that a restart knows how fresh it is.
const KEEP_AGAIN: Duration = Duration::from_mins(10);
/// After a round that took long, nothing happens for so many times as long.
const REST: u32 = 4;

/// Why a part could not be refreshed. For operators.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The instance did not give it.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The index could not be built.
    #[error("the search index cannot be built: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// Building it was aborted.
    #[error("indexing was aborted")]
    Aborted,
}

impl PullError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Read(error) => error.kind(),
            Self::Index(_) | Self::Aborted => "index",
        }
    }
}

/// What the next round starts from.
#[derive(Default)]
pub(super) struct State {
    catalogue: Option<CatalogueRecords>,
    /// When the instance's products were last compared one by one.
    swept: Option<Swept>,
    /// Products that cannot be read, by the change since which they cannot.
    odd: HashMap<ProductId, Option<OffsetDateTime>>,
    prices: Option<PriceRecords>,
    /// A pull of all prices that did not reach its end: it goes on from here.
    price_pull: Option<PricePull>,
    /// The structure by whose units the price rows were read.
    priced_units: Option<Arc<Structure>>,
    stock: Stock,
    /// A first pull that did not reach its end: it goes on from here.
    first: Option<First>,
    /// Products of which the snapshot does not know what the records know.
    unindexed: Option<Vec<ProductId>>,
    unkept_products: Unkept,
    unkept_prices: Unkept,
    unkept_stock: bool,
    kept_at: Option<Duration>,
    kept_stock_at: Option<Duration>,
    due: [Duration; 4],
}

struct Swept {
    count: u64,
    day: Date,
    at: Duration,
}

#[derive(Debug, Clone, Copy)]
enum Task {
    Sweep,
    Products,
    Prices,
    Stock,
}

impl Task {
    const ALL: [Self; 4] = [Self::Sweep, Self::Products, Self::Prices, Self::Stock];

    fn name(self) -> &'static str {
        match self {
            Self::Sweep => "structure",
            Self::Products => "products",
            Self::Prices => "prices",
            Self::Stock => "stock",
        }
    }
}

impl Mirror {
    /// Does whatever is due; tells how long nothing will be.
    pub async fn round(&self) -> Duration {
        let mut state = self.state.lock().await;
        let rounds = self.settings.rounds;
        if state.catalogue.is_none() {
            match self.pull_everything(&mut state).await {
                Ok(()) => {
                    let now = self.clock.elapsed();
                    let stock_at_once = Duration::ZERO;
                    state.due = [rounds.sweep, rounds.products, rounds.prices, stock_at_once]
                        .map(|pause| now + pause);
                }
                Err(error) => {
                    self.told("products", &error);
                    self.keep_report().await;
                    return rounds.retry;
                }
            }
        }
        let mut any = false;
        for task in Task::ALL {
            let started = self.clock.elapsed();
            if state
                .due
                .get(task as usize)
                .is_some_and(|due| *due > started)
            {
                continue;
            }
            any = true;
            let outcome = self.refresh(&mut state, task).await;
            let took = self.clock.elapsed().saturating_sub(started);
            let pause = match outcome {
                Ok(records) => {
                    self.findings
                        .fresh(task.name(), records, self.clock.now(), took);
                    let pause = self.pause_after(&state, task).max(took * REST);
                    // Half of the promised time is a round's pause; see `Rounds::with_prices_within`.
                    let promised = rounds.prices * 2;
                    if matches!(task, Task::Products | Task::Prices) && pause + took > promised {
                        tracing::warn!(
                            part = task.name(),
                            ?took,
                            ?promised,
                            "prices change later than VITRINA_PRICES_WITHIN_MINUTES says: the instance takes too long"
                        );
                    }
                    pause
                }
                Err(error) => {
                    self.told(task.name(), &error);
                    rounds.retry
                }
            };
            if let Some(due) = state.due.get_mut(task as usize) {
                *due = self.clock.elapsed() + pause;
            }
        }
        self.keep(&mut state).await;
        if any {
            self.keep_report().await;
        }
        let now = self.clock.elapsed();
        let next = state.due.iter().min().copied().unwrap_or(now);
        next.saturating_sub(now).max(Duration::from_millis(50))
    }

    fn pause_after(&self, state: &State, task: Task) -> Duration {
        let rounds = self.settings.rounds;
        match task {
            Task::Sweep => rounds.sweep,
            Task::Products => rounds.products,
            Task::Prices => rounds.prices,
            // The first pass goes on until everything is known once.
            Task::Stock if state.stock.first_pass_goes_on() => Duration::ZERO,
            Task::Stock => rounds.stock,
        }
    }

    fn told(&self, part: &'static str, error: &PullError) {
        tracing::warn!(part, kind = error.kind(), %error, "the copy could not be refreshed");
        self.findings.trouble(part, error.to_string());
    }

    /// Refreshes everything now, and tells the first failure: for start-up checks and tests.
    pub async fn pull(&self) -> Result<(), PullError> {
        let mut state = self.state.lock().await;
        if state.catalogue.is_none() {
            self.pull_everything(&mut state).await?;
        }
        for task in Task::ALL {
            self.refresh(&mut state, task).await?;
        }
        while state.stock.first_pass_goes_on() {
            self.refresh(&mut state, Task::Stock).await?;
        }
        self.keep(&mut state).await;
        Ok(())
    }

    /// Refreshes a part; tells how many records it has.
    async fn refresh(&self, state: &mut State, task: Task) -> Result<usize, PullError> {
        match task {
            Task::Sweep => self.sweep(state).await,
            Task::Products => self.pull_changes(state).await,
            Task::Prices => self.pull_prices(state).await,
            Task::Stock => self.pull_stock(state).await,
        }
    }

    pub(super) async fn open_kept(&self) -> Result<(), StoreError> {
        let mut state = self.state.lock().await;
        let Some(kept) = kept::open_catalogue(&self.store).await? else {
            state.first = First::open(&self.store).await?;
            if let Some(first) = &state.first {
                let products = first.products.len();
                tracing::info!(products, "the first pull goes on where it was cut off");
                self.findings.first_pull(Some(products));
            }
            return Ok(());
        };
        let prices = kept::open_prices(&self.store).await?;
        let levels = kept::open_stock(&self.store).await?.unwrap_or_default();
        let catalogue = match self.index(&kept.records, Vec::new(), None).await {
            Ok(catalogue) => catalogue,
            Err(error) => {
                tracing::warn!(%error, "the kept copy cannot be indexed");
                return Ok(());
            }
        };
        self.fresh
            .store(kept.taken.unix_timestamp(), Ordering::Relaxed);
        state.catalogue = Some(kept.records);
        let book = prices.as_ref().map(PriceRecords::book).unwrap_or_default();
        state.prices = prices;
        state.stock = Stock::known(levels);
        let parts = Parts {
            catalogue: Arc::new(catalogue),
            prices: Arc::new(book),
            stock: state.stock.levels(),
        };
        self.swap(parts, kept.taken).await;
        Ok(())
    }

    /// Indexing takes a while: not on a thread that answers requests.
    async fn index(
        &self,
        records: &CatalogueRecords,
        changed: Vec<ProductId>,
        former: Option<Arc<Catalogue>>,
    ) -> Result<Catalogue, PullError> {
        let parts = catalogue::Parts {
            structure: Arc::clone(&records.structure),
            products: records.products.values().cloned().collect(),
            changed,
            former,
        };
        let languages = self.settings.languages.clone();
        let search = Arc::clone(&self.search);
        let catalogue = tokio::task::spawn_blocking(move || {
            let mut search = search.lock().unwrap_or_else(PoisonError::into_inner);
            Catalogue::new(parts, &languages, &mut search)
        })
        .await
        .map_err(|_| PullError::Aborted)??;
        for (what, sort) in [("group in use", "group"), ("product in use", "product")] {
            let odd = catalogue.odd.iter().filter(|odd| odd.what == sort);
            self.findings.only(what, odd.cloned().map(Into::into));
        }
        Ok(catalogue)
    }

    async fn swap_parts(
        &self,
        catalogue: Option<Arc<Catalogue>>,
        prices: Option<Arc<PriceBook>>,
        stock: Option<Arc<StockLevels>>,
    ) {
        if let Some(now) = self.snapshot() {
            let had = now.parts();
            let parts = Parts {
                catalogue: catalogue.unwrap_or(had.catalogue),
                prices: prices.unwrap_or(had.prices),
                stock: stock.unwrap_or(had.stock),
            };
            self.swap(parts, self.clock.now()).await;
        }
    }

    async fn swap(&self, parts: Parts, taken: OffsetDateTime) {
        let edition = self.edition.load(Ordering::Acquire) + 1;
        let former = self.snapshot();
        let looked_at = Arc::clone(&self.looked_at);
        let today = self.clock.now().date();
        let built = tokio::task::spawn_blocking(move || {
            let snapshot = Snapshot::new(edition, taken, parts, looked_at, former.as_deref());
            // The first guest does not wait for what every guest is shown.
            let sheet = snapshot.sheet(&snapshot.buyer(None, today));
            snapshot.reduced(&sheet);
            snapshot
        });
        match built.await {
            Ok(snapshot) => {
                self.current.store(Some(Arc::new(snapshot)));
                self.edition.fetch_add(1, Ordering::AcqRel);
                self.changed.notify_one();
            }
            Err(error) => tracing::error!(%error, "a snapshot could not be built"),
        }
    }

    /// Keeps what differs from what is kept. A copy that cannot be kept is told to operators; the shop goes on with the one in
    /// memory.
    async fn keep(&self, state: &mut State) {
        let now = self.clock.elapsed();
        let again =
            |last: Option<Duration>| last.is_none_or(|last| now.saturating_sub(last) >= KEEP_AGAIN);
        let time = self.clock.now();
        if let Some(records) = &state.catalogue
            && (!state.unkept_products.is_empty() || again(state.kept_at))
        {
            match kept::keep_catalogue(&self.store, records, &state.unkept_products, time).await {
                Ok(()) => {
                    state.unkept_products = Unkept::default();
                    state.kept_at = Some(now);
                }
                Err(error) => tracing::error!(%error, "the catalogue cannot be kept"),
            }
        }
        if let Some(records) = &state.prices
            && !state.unkept_prices.is_empty()
        {
            match kept::keep_prices(&self.store, records, &state.unkept_prices, time).await {
                Ok(()) => state.unkept_prices = Unkept::default(),
                Err(error) => tracing::error!(%error, "the prices cannot be kept"),
            }
        }
        if state.unkept_stock && again(state.kept_stock_at) {
            match kept::keep_stock(&self.store, &state.stock.levels(), time).await {
                Ok(()) => {
                    state.unkept_stock = false;
                    state.kept_stock_at = Some(now);
                }
                Err(error) => tracing::error!(%error, "the stock cannot be kept"),
            }
        }
    }

    async fn keep_report(&self) {
        let kept = self
            .store
            .keep(Part::Report, self.clock.now(), &self.report())
            .await;
        if let Err(error) = kept {
            tracing::error!(%error, "the report on the copy cannot be kept");
        }
    }
}
