//! Groups, units and products.

use std::{collections::HashSet, sync::Arc, time::Duration};

use erp::{Cursor, ProductStamp, Pull, ReadError, error::Fault, http::HttpError};
use time::OffsetDateTime;
use vitrina::{catalog::source::Product, ids::ProductId};

use super::{Mirror, OVERLAP, PullError, State, Swept};
use crate::mirror::{
    kept::{First, Unkept},
    records::{CatalogueRecords, PriceRecords, ProductChanges, Seller, Structure},
    report::OddRecord,
    snapshot::Parts,
};

/// So many products of a first pull are read before they are kept.
const BATCH: usize = 5_000;
/// More changed products than this are read with all others, page by page.
const MANY: usize = 5_000;
/// Instances tell whole seconds, and so does the header by which clocks are compared.
const RESOLUTION: time::Duration = time::Duration::seconds(2);
/// All products are compared one by one at least this often, though their number has not changed.
const WHOLE: Duration = Duration::from_hours(6);

impl Mirror {
    /// The first pull. Prices come before the shop opens, so that nothing is "on request" for a minute.
    pub(super) async fn pull_everything(&self, state: &mut State) -> Result<(), PullError> {
        let begun = self.clock.elapsed();
        let structure = Arc::new(self.structure().await?);
        let first = self.all_products(state).await?;
        if state.prices.is_none() {
            let prices = self.all_prices(state).await.inspect_err(|_| {
                // Every product was read: only prices are missing.
                state.first = Some(first.clone());
            })?;
            state.unkept_prices = Unkept::everything();
            state.prices = Some(prices);
        }
        let now = self.clock.now();
        let started = first.started.unwrap_or(now);
        let mut records = CatalogueRecords {
            structure,
            products: std::collections::BTreeMap::new(),
            watermark: Some(started),
        };
        // `$skip` over changing data may repeat rows (domain-api.md §5).
        records.apply(ProductChanges {
            now: first.products,
            gone: Vec::new(),
        });
        let catalogue = Arc::new(self.index(&records, Vec::new(), None).await?);
        let book = state.prices.as_ref().map(PriceRecords::book);
        self.fresh.store(
            started.unix_timestamp(),
            std::sync::atomic::Ordering::Relaxed,
        );
        let parts = Parts {
            catalogue,
            prices: Arc::new(book.unwrap_or_default()),
            stock: state.stock.levels(),
        };
        self.swap(parts, now).await;
        self.findings.first_pull(None);
        let took = self.clock.elapsed().saturating_sub(begun);
        self.findings
            .fresh("products", records.products.len(), now, took);
        tracing::info!(
            products = records.products.len(),
            groups = records.structure.groups.len(),
            prices = state.prices.as_ref().map(|prices| prices.prices.len()),
            ?took,
            "the copy is filled"
        );
        state.swept = Some(Swept {
            count: first.read,
            day: now.date(),
            at: self.clock.elapsed(),
        });
        state.catalogue = Some(records);
        state.unkept_products = Unkept::everything();
        self.keep(state).await;
        self.forget_first().await;
        Ok(())
    }

    async fn structure(&self) -> Result<Structure, PullError> {
        let version = self.instance.learn().await?;
        self.findings
            .version(version.map(|version| version.to_string()));
        let facts = self.instance.seller().await?;
        Ok(Structure {
            seller: Seller {
                name: facts.name.get(self.fallback(), self.fallback()).to_owned(),
                currency: facts.currency,
                company: Some(facts.company),
                location: facts.location,
                channel: facts.channel,
            },
            groups: self.only("group", self.instance.groups().await?),
            units: self.only("unit", self.instance.units().await?),
        })
    }

    /// The rows that could be read; the others are listed for operators (D7).
    pub(super) fn only<T>(&self, what: &'static str, pull: Pull<T>) -> Vec<T> {
        self.findings
            .only(what, pull.left_out.into_iter().map(OddRecord::from));
        pull.rows
    }

    /// Every product; goes on where a former attempt was cut off, also one of a former life of the process.
    async fn all_products(&self, state: &mut State) -> Result<First, PullError> {
        let mut first = state.first.take().unwrap_or_default();
        if first.started.is_none() {
            first.started = Some(self.instance.now_there());
            self.findings.only("product", []);
        }
        if first.complete() {
            return Ok(first);
        }
        loop {
            match self.instance.products(&first.at).await {
                Ok(page) => {
                    self.leave_out(state, &page.rows, &[]);
                    first.read += page.read;
                    first.products.extend(page.rows.rows);
                    let Some(next) = page.next else {
                        first.end();
                        return Ok(first);
                    };
                    first.at = next;
                    self.findings.first_pull(Some(first.products.len()));
                    if first.unkept() >= BATCH {
                        self.keep_first(state, &mut first).await;
                    }
                }
                Err(error) => {
                    if let Some(at) = elsewhere(&first, &error) {
                        tracing::info!(%error, "the pull of products goes on in another way");
                        first.at = at;
                        continue;
                    }
                    if is_refused(&error) && !first.at.at_start() {
                        self.forget_first().await;
                    } else {
                        self.keep_first(state, &mut first).await;
                        state.first = Some(first);
                    }
                    return Err(error.into());
                }
            }
        }
    }

    async fn forget_first(&self) {
        if let Err(error) = self.store.forget_batches().await {
            tracing::warn!(%error, "what a first pull kept on its way cannot be deleted");
        }
    }

    /// Only while there is no copy: later, what is kept is the copy.
    async fn keep_first(&self, state: &State, first: &mut First) {
        if state.catalogue.is_some() || first.unkept() == 0 {
            return;
        }
        if let Err(error) = first.keep(&self.store, self.clock.now()).await {
            tracing::error!(%error, "the first pull cannot be kept on its way");
        }
    }

    /// Groups, units, the seller; and, where the number of products tells that some have come or gone, which.
    pub(super) async fn sweep(&self, state: &mut State) -> Result<usize, PullError> {
        let structure = self.structure().await?;
        let restructured = state
            .catalogue
            .as_ref()
            .is_some_and(|records| *records.structure != structure);
        if restructured && let Some(records) = &mut state.catalogue {
            records.structure = Arc::new(structure);
            state.unkept_products.note_head();
            state.unindexed.get_or_insert_default();
        }
        let count = self.instance.product_count().await?;
        let (day, now) = (self.clock.now().date(), self.clock.elapsed());
        // Validities begin and end with days, without a change of anything.
        let known = state.swept.as_ref().is_some_and(|swept| {
            swept.count == count && swept.day == day && now.saturating_sub(swept.at) < WHOLE
        });
        if !known {
            let stamps = self.instance.product_stamps(None).await?;
            self.follow(state, &stamps, true).await?;
            state.swept = Some(Swept {
                count,
                day,
                at: now,
            });
        }
        self.reindex(state).await?;
        Ok(state
            .catalogue
            .as_ref()
            .map_or(0, |records| records.structure.groups.len()))
    }

    /// What has changed since the last round.
    pub(super) async fn pull_changes(&self, state: &mut State) -> Result<usize, PullError> {
        let begun = self.instance.now_there();
        let watermark = state
            .catalogue
            .as_ref()
            .and_then(|records| records.watermark)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let stamps = self
            .instance
            .product_stamps(Some(watermark - OVERLAP))
            .await?;
        self.follow(state, &stamps, false).await?;
        // Only a round that reached its end moves the mark.
        if let Some(records) = &mut state.catalogue {
            records.watermark = Some(watermark.max(begun));
        }
        self.reindex(state).await?;
        self.fresh.store(
            self.clock.now().unix_timestamp(),
            std::sync::atomic::Ordering::Relaxed,
        );
        Ok(state
            .catalogue
            .as_ref()
            .map_or(0, |records| records.products.len()))
    }

    /// Makes the records what the stamps say. `all` of them: what has none is gone.
    async fn follow(
        &self,
        state: &mut State,
        stamps: &[ProductStamp],
        all: bool,
    ) -> Result<(), PullError> {
        let Some(records) = &state.catalogue else {
            return Ok(());
        };
        // Before 26.2 a stamp does not tell of what belongs to a product.
        let whole = all && !self.instance.tells_every_change();
        // What changed about when it was last read may have changed again within the resolution of the stamp.
        let edge = records.watermark.map(|watermark| watermark - RESOLUTION);
        let mut gone: Vec<ProductId> = Vec::new();
        let mut wanted: Vec<ProductStamp> = Vec::new();
        for stamp in stamps {
            let known = records.products.get(&stamp.id);
            let odd = state.odd.get(&stamp.id);
            if !stamp.shown {
                if known.is_some() {
                    gone.push(stamp.id);
                }
            } else if whole
                || (known.is_none_or(|known| {
                    known.changed != stamp.changed || stamp.changed.max(edge) == stamp.changed
                }) && odd != Some(&stamp.changed))
            {
                wanted.push(*stamp);
            }
        }
        if all {
            let shown: HashSet<ProductId> = stamps
                .iter()
                .filter(|stamp| stamp.shown)
                .map(|stamp| stamp.id)
                .collect();
            gone.extend(records.products.keys().filter(|id| !shown.contains(id)));
            state.odd.retain(|id, _| shown.contains(id));
        }
        let now = if wanted.len() > MANY {
            self.all_products(state).await?.products
        } else {
            let ids: Vec<ProductId> = wanted.iter().map(|stamp| stamp.id).collect();
            let pull = self.instance.products_by_id(&ids).await?;
            self.leave_out(state, &pull, &wanted);
            let found: HashSet<ProductId> = pull.rows.iter().map(|product| product.id).collect();
            gone.extend(ids.into_iter().filter(|id| !found.contains(id)));
            pull.rows
        };
        apply(state, ProductChanges { now, gone });
        Ok(())
    }

    /// Lists what cannot be read, and remembers since when.
    fn leave_out(&self, state: &mut State, pull: &Pull<Product>, stamps: &[ProductStamp]) {
        for product in &pull.rows {
            state.odd.remove(&product.id);
        }
        for left in &pull.left_out {
            if let Some(id) = left.id.map(ProductId) {
                let stamp = stamps.iter().find(|stamp| stamp.id == id);
                state.odd.insert(id, stamp.and_then(|stamp| stamp.changed));
            }
        }
        let read = pull.rows.iter().map(|product| product.id.0);
        let asked = stamps.iter().map(|stamp| stamp.id.0);
        let odd = pull.left_out.iter().cloned().map(OddRecord::from);
        self.findings.among("product", read.chain(asked), odd);
    }

    /// Builds the catalogue anew where the records know more than the snapshot.
    async fn reindex(&self, state: &mut State) -> Result<(), PullError> {
        let (Some(records), Some(changed)) = (&state.catalogue, state.unindexed.clone()) else {
            return Ok(());
        };
        let former = self.snapshot().map(|snapshot| snapshot.catalogue.clone());
        let catalogue = self.index(records, changed, former).await?;
        state.unindexed = None;
        self.swap_parts(Some(Arc::new(catalogue)), None, None).await;
        Ok(())
    }
}

fn apply(state: &mut State, changes: ProductChanges) {
    let Some(records) = &mut state.catalogue else {
        return;
    };
    let changed = records.apply(changes);
    if !changed.is_empty() {
        state.unkept_products.note(changed.iter().map(|id| id.0));
        state.unindexed.get_or_insert_default().extend(changed);
    }
}

/// Another way to the same place, if that may help: smaller pages where one is too much, and the place by its number where the
/// instance's own link leads nowhere.
fn elsewhere(first: &First, error: &ReadError) -> Option<Cursor> {
    let too_much = matches!(
        error,
        ReadError::Fault(Fault::Http {
            error: HttpError::Timeout | HttpError::TooLarge,
            ..
        })
    );
    if too_much {
        return first.at.smaller();
    }
    let nowhere = is_refused(error) || matches!(error, ReadError::Fault(Fault::Unreadable { .. }));
    nowhere.then(|| first.at.by_place()).flatten()
}

/// Whether the instance knows a page no more.
fn is_refused(error: &ReadError) -> bool {
    matches!(
        error,
        ReadError::Fault(Fault::Business { .. } | Fault::Missing { .. })
    )
}
