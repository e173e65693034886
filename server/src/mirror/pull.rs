//! How the mirror is filled and refreshed: everything once, then each part on its own clock (domain-api.md §13).
//!
//! Products come by their last change, with an overlap, so that a row that changed while a page was read is read again;
//! merging is idempotent. Deletions and withdrawals do not show in that way: a sweep of ids finds them. A round builds a new
//! snapshot beside the old one and swaps it in. A part that fails keeps its former self and is asked for again shortly.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use erp::{Cursor, Pull, ReadError};
use rust_decimal::Decimal;
use time::OffsetDateTime;
use vitrina::{catalog::source::Product, ids::ProductId, pricing::book::PriceBook};

use super::{
    Mirror,
    catalogue::Catalogue,
    records::{CatalogueRecords, PriceRecords, Seller, StockRecords},
    snapshot::{Snapshot, price_book, stock_map},
    store::{Part, StoreError},
};

/// How far before the last change a round begins again.
const OVERLAP: time::Duration = time::Duration::minutes(5);
/// An unchanged part is kept again this often, so that a restart knows how fresh it is.
const KEEP_AGAIN: Duration = Duration::from_mins(10);

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

/// What the next round starts from.
#[derive(Default)]
pub(super) struct State {
    catalogue: Option<CatalogueRecords>,
    prices: Option<PriceRecords>,
    stock: Option<StockRecords>,
    /// A full pull that did not reach its end: it goes on from here.
    halfway: Option<(Vec<Product>, Option<Cursor>)>,
    due: [Duration; 4],
    kept: [Option<Duration>; 3],
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
}

impl Mirror {
    /// Does whatever is due; tells how long nothing will be.
    pub async fn round(&self) -> Duration {
        let mut state = self.state.lock().await;
        for task in Task::ALL {
            let now = self.clock.elapsed();
            if state.due.get(task as usize).is_some_and(|due| *due > now) {
                continue;
            }
            let rounds = self.settings.rounds;
            let pause = match self.refresh(&mut state, task).await {
                Ok(()) => match task {
                    Task::Sweep => rounds.sweep,
                    Task::Products => rounds.products,
                    Task::Prices => rounds.prices,
                    Task::Stock => rounds.stock,
                },
                Err(error) => {
                    let kind = match &error {
                        PullError::Read(error) => error.kind(),
                        PullError::Index(_) | PullError::Aborted => "index",
                    };
                    tracing::warn!(?task, kind, %error, "the copy could not be refreshed");
                    rounds.retry
                }
            };
            if let Some(due) = state.due.get_mut(task as usize) {
                *due = self.clock.elapsed() + pause;
            }
        }
        let now = self.clock.elapsed();
        let next = state.due.iter().min().copied().unwrap_or(now);
        next.saturating_sub(now).max(Duration::from_millis(50))
    }

    /// Refreshes everything now, and tells the first failure: for start-up checks and tests.
    pub async fn pull(&self) -> Result<(), PullError> {
        let mut state = self.state.lock().await;
        for task in Task::ALL {
            self.refresh(&mut state, task).await?;
        }
        Ok(())
    }

    pub(super) async fn open_kept(&self) -> Result<(), StoreError> {
        let mut state = self.state.lock().await;
        let Some(catalogue) = self.store.load::<CatalogueRecords>(Part::Catalogue).await? else {
            return Ok(());
        };
        let prices = self.store.load::<PriceRecords>(Part::Prices).await?;
        let stock = self.store.load::<StockRecords>(Part::Stock).await?;
        let indexed = match self.index(&catalogue.records).await {
            Ok(indexed) => indexed,
            Err(error) => {
                tracing::warn!(%error, "the kept copy cannot be indexed");
                return Ok(());
            }
        };
        self.fresh
            .store(catalogue.taken.unix_timestamp(), Ordering::Relaxed);
        state.catalogue = Some(catalogue.records);
        state.prices = prices.map(|kept| kept.records);
        state.stock = stock.map(|kept| kept.records);
        let book = state.prices.as_ref().map(price_book).unwrap_or_default();
        let levels = state.stock.as_ref().map(stock_map).unwrap_or_default();
        self.swap(
            Arc::new(indexed),
            Arc::new(book),
            Arc::new(levels),
            catalogue.taken,
        );
        Ok(())
    }

    async fn refresh(&self, state: &mut State, task: Task) -> Result<(), PullError> {
        if state.catalogue.is_none() {
            self.pull_everything(state).await?;
        }
        match task {
            Task::Sweep => self.sweep(state).await,
            Task::Products => self.pull_changes(state).await,
            Task::Prices => self.pull_prices(state).await,
            Task::Stock => self.pull_stock(state).await,
        }
    }

    /// The first pull. Prices come before the shop opens, so that nothing is "on request" for a minute.
    async fn pull_everything(&self, state: &mut State) -> Result<(), PullError> {
        let mut records = self.structure().await?;
        records.products = self.all_products(state).await?;
        let prices = self.price_records().await?;
        let book = Arc::new(price_book(&prices));
        let indexed = Arc::new(self.index(&records).await?);
        let now = self.clock.now();
        self.fresh.store(now.unix_timestamp(), Ordering::Relaxed);
        self.swap(indexed, book, Arc::default(), now);
        self.keep(state, Part::Catalogue, &records, true).await;
        self.keep(state, Part::Prices, &prices, true).await;
        tracing::info!(
            products = records.products.len(),
            groups = records.groups.len(),
            prices = prices.prices.len(),
            "the copy is filled"
        );
        state.catalogue = Some(records);
        state.prices = Some(prices);
        Ok(())
    }

    async fn structure(&self) -> Result<CatalogueRecords, PullError> {
        let facts = self.instance.seller().await?;
        Ok(CatalogueRecords {
            seller: Seller {
                name: facts.name.get(self.fallback(), self.fallback()).to_owned(),
                currency: facts.currency,
                company: Some(facts.company),
                location: facts.location,
                channel: facts.channel,
            },
            groups: told(self.instance.groups().await?),
            units: told(self.instance.units().await?),
            products: Vec::new(),
        })
    }

    /// Every product; goes on where a former attempt was cut off.
    async fn all_products(&self, state: &mut State) -> Result<Vec<Product>, PullError> {
        let (mut products, mut after) = state.halfway.take().unwrap_or_default();
        loop {
            let page = match self.instance.products(after.clone(), None).await {
                Ok(page) => page,
                // The instance answered and does not know the place any more: from the start.
                Err(error) if after.is_some() && products_lost(&error) => {
                    return Err(error.into());
                }
                Err(error) => {
                    state.halfway = after.is_some().then_some((products, after));
                    return Err(error.into());
                }
            };
            products.extend(told(page.rows));
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        // `$skip` over changing data may repeat rows (domain-api.md §5).
        let mut records = CatalogueRecords::default();
        records.merge(products);
        Ok(records.products)
    }

    /// Groups, units, the seller, and which products are gone or new.
    async fn sweep(&self, state: &mut State) -> Result<(), PullError> {
        let mut next = self.structure().await?;
        let shown: HashSet<ProductId> = self.instance.product_ids().await?.into_iter().collect();
        let Some(now) = &state.catalogue else {
            return Ok(());
        };
        let known: HashSet<ProductId> = now.products.iter().map(|product| product.id).collect();
        next.products = now
            .products
            .iter()
            .filter(|product| shown.contains(&product.id))
            .cloned()
            .collect();
        // Published again without a change of its own, such as a channel link that begins today.
        if !shown.is_subset(&known) {
            next.merge(self.all_products(state).await?);
        }
        self.replace_catalogue(state, next).await
    }

    async fn pull_changes(&self, state: &mut State) -> Result<(), PullError> {
        let Some(now) = state.catalogue.clone() else {
            return Ok(());
        };
        let mut next = now.clone();
        match now.watermark() {
            Some(watermark) => {
                let mut after = None;
                loop {
                    let page = self
                        .instance
                        .products(after, Some(watermark - OVERLAP))
                        .await?;
                    next.merge(told(page.rows));
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                }
            }
            // An instance that tells no times is read as a whole (domain-api.md §13).
            None => next.products = self.all_products(state).await?,
        }
        self.replace_catalogue(state, next).await?;
        self.fresh
            .store(self.clock.now().unix_timestamp(), Ordering::Relaxed);
        Ok(())
    }

    async fn replace_catalogue(
        &self,
        state: &mut State,
        next: CatalogueRecords,
    ) -> Result<(), PullError> {
        let changed = state.catalogue.as_ref() != Some(&next);
        if changed {
            let indexed = Arc::new(self.index(&next).await?);
            self.swap_parts(Some(indexed), None, None);
        }
        self.keep(state, Part::Catalogue, &next, changed).await;
        state.catalogue = Some(next);
        Ok(())
    }

    async fn pull_prices(&self, state: &mut State) -> Result<(), PullError> {
        let next = self.price_records().await?;
        let changed = state.prices.as_ref() != Some(&next);
        if changed {
            self.swap_parts(None, Some(Arc::new(price_book(&next))), None);
        }
        self.keep(state, Part::Prices, &next, changed).await;
        state.prices = Some(next);
        Ok(())
    }

    async fn price_records(&self) -> Result<PriceRecords, PullError> {
        Ok(PriceRecords {
            prices: told(self.instance.prices().await?),
            discounts: told(self.instance.discounts().await?),
            lists: told(self.instance.price_lists().await?),
        })
    }

    async fn pull_stock(&self, state: &mut State) -> Result<(), PullError> {
        let stocked: Vec<ProductId> = state
            .catalogue
            .iter()
            .flat_map(|records| &records.products)
            .filter(|product| product.stocked)
            .map(|product| product.id)
            .collect();
        let next = StockRecords {
            levels: self.instance.stock(&stocked).await?,
        };
        let changed = state.stock.as_ref() != Some(&next);
        if changed {
            self.swap_parts(None, None, Some(Arc::new(stock_map(&next))));
        }
        self.keep(state, Part::Stock, &next, changed).await;
        state.stock = Some(next);
        Ok(())
    }

    /// Indexing takes a while: not on a thread that answers requests.
    async fn index(&self, records: &CatalogueRecords) -> Result<Catalogue, PullError> {
        let records = records.clone();
        let languages = self.settings.languages.clone();
        let indexed = tokio::task::spawn_blocking(move || Catalogue::new(&records, &languages))
            .await
            .map_err(|_| PullError::Aborted)??;
        if indexed.left_out > 0 {
            tracing::warn!(
                products = indexed.left_out,
                "products whose unit is unknown are left out"
            );
        }
        Ok(indexed)
    }

    fn swap_parts(
        &self,
        catalogue: Option<Arc<Catalogue>>,
        prices: Option<Arc<PriceBook>>,
        stock: Option<Arc<HashMap<ProductId, Decimal>>>,
    ) {
        if let Some(now) = self.snapshot() {
            let (had_catalogue, had_prices, had_stock) = now.parts();
            self.swap(
                catalogue.unwrap_or(had_catalogue),
                prices.unwrap_or(had_prices),
                stock.unwrap_or(had_stock),
                self.clock.now(),
            );
        }
    }

    fn swap(
        &self,
        catalogue: Arc<Catalogue>,
        prices: Arc<PriceBook>,
        stock: Arc<HashMap<ProductId, Decimal>>,
        taken: OffsetDateTime,
    ) {
        let edition = self.edition.fetch_add(1, Ordering::AcqRel) + 1;
        let snapshot = Snapshot::new(edition, taken, catalogue, prices, stock);
        self.current.store(Some(Arc::new(snapshot)));
        self.changed.notify_one();
    }

    /// A copy that cannot be kept is told to operators; the shop goes on with the one in memory.
    async fn keep<T: serde::Serialize>(
        &self,
        state: &mut State,
        part: Part,
        records: &T,
        changed: bool,
    ) {
        let now = self.clock.elapsed();
        let Some(last) = state.kept.get_mut(part as usize) else {
            return;
        };
        if !changed && last.is_some_and(|last| now.saturating_sub(last) < KEEP_AGAIN) {
            return;
        }
        *last = Some(now);
        if let Err(error) = self.store.keep(part, self.clock.now(), records).await {
            tracing::error!(?part, %error, "the copy cannot be kept");
        }
    }
}

/// Whether a page was refused by the instance itself, so that its cursor is of no more use.
fn products_lost(error: &ReadError) -> bool {
    matches!(
        error.kind(),
        "business" | "status" | "missing" | "unreadable"
    )
}

/// The rows that could be read; the others are told to operators (D7).
fn told<T>(pull: Pull<T>) -> Vec<T> {
    for left in &pull.left_out {
        tracing::warn!(
            what = left.what,
            why = left.why,
            "a row of the instance is left out"
        );
    }
    pull.rows
}
