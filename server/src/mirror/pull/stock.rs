//! What may be promised. The view it comes from tells no changes, so what shoppers were shown of late is asked for in every
//! round, and everything else in a slow pass that does a bounded piece a round, in whichever way takes fewer calls.

use std::{collections::HashSet, sync::Arc, time::Duration};

use erp::Cursor;
use rust_decimal::Decimal;
use vitrina::ids::ProductId;

use super::{Mirror, PullError, State};
use crate::mirror::records::StockLevels;

/// Calls of a pass in one round.
const PIECE: usize = 20;
/// Products in one call by id, and rows in one page, as the client asks for them.
const IDS: usize = 50;
const PAGE: u64 = 1000;

/// What is known of the stock.
#[derive(Default)]
pub(super) struct Stock {
    levels: Arc<StockLevels>,
    pass: Option<Pass>,
    /// When the last pass over everything ended.
    passed: Option<Duration>,
}

/// A pass over every stocked product.
enum Pass {
    /// By id: those still to be asked for.
    Listed(Vec<ProductId>),
    /// Over the rows of the view, the latest days first; the first row of a product counts.
    Paged {
        at: Cursor,
        wanted: HashSet<ProductId>,
    },
}

impl Stock {
    /// What a former life of the process knew.
    pub(super) fn known(levels: StockLevels) -> Self {
        Self {
            levels: Arc::new(levels),
            ..Self::default()
        }
    }

    pub(super) fn levels(&self) -> Arc<StockLevels> {
        Arc::clone(&self.levels)
    }

    /// Whether not everything is known once yet.
    pub(super) fn first_pass_goes_on(&self) -> bool {
        self.passed.is_none() && self.pass.is_some()
    }
}

impl Mirror {
    pub(super) async fn pull_stock(&self, state: &mut State) -> Result<usize, PullError> {
        if !self.instance.tells_stock().await? {
            return Ok(0);
        }
        let mut found = StockLevels::new();
        let looked_at = self.looked_at.take();
        for level in self.instance.stock(&looked_at).await? {
            found.insert(level.product, level.promise);
        }
        if state.stock.pass.is_none() && self.pass_is_due(state) {
            state.stock.pass = Some(self.begin_pass(state).await?);
        }
        if let Some(mut pass) = state.stock.pass.take() {
            let outcome = self.go_on(&mut pass, &mut found).await;
            match outcome {
                Ok(true) => state.stock.passed = Some(self.clock.elapsed()),
                Ok(false) => state.stock.pass = Some(pass),
                Err(error) => {
                    state.stock.pass = Some(pass);
                    self.adopt(state, found).await;
                    return Err(error);
                }
            }
        }
        self.adopt(state, found).await;
        Ok(state.stock.levels.len())
    }

    fn pass_is_due(&self, state: &State) -> bool {
        let Some(passed) = state.stock.passed else {
            return true;
        };
        // What one round can do is done in each.
        let small = stocked(state).count() <= PIECE * IDS;
        let since = self.clock.elapsed().saturating_sub(passed);
        small || since >= self.settings.rounds.whole_stock
    }

    async fn begin_pass(&self, state: &State) -> Result<Pass, PullError> {
        let wanted: Vec<ProductId> = stocked(state).collect();
        let calls = wanted.len().div_ceil(IDS) as u64;
        let paged =
            calls > PIECE as u64 && self.instance.stock_rows().await?.div_ceil(PAGE) < calls;
        Ok(if paged {
            Pass::Paged {
                at: Cursor::default(),
                wanted: wanted.into_iter().collect(),
            }
        } else {
            Pass::Listed(wanted)
        })
    }

    /// Does a piece of a pass; true at its end.
    async fn go_on(&self, pass: &mut Pass, found: &mut StockLevels) -> Result<bool, PullError> {
        for _ in 0..PIECE {
            match pass {
                Pass::Listed(left) => {
                    let from = left.len().saturating_sub(IDS);
                    let some = left.get(from..).unwrap_or_default();
                    for level in self.instance.stock(some).await? {
                        found.insert(level.product, level.promise);
                    }
                    left.truncate(from);
                    if left.is_empty() {
                        return Ok(true);
                    }
                }
                Pass::Paged { at, wanted } => {
                    let page = self.instance.stock_page(at).await?;
                    for row in page.rows {
                        if wanted.remove(&row.product) {
                            found.insert(row.product, row.promise);
                        }
                    }
                    let Some(next) = page.next.filter(|_| !wanted.is_empty()) else {
                        // A product without a row has nothing to promise.
                        let without = wanted.drain().map(|product| (product, Decimal::ZERO));
                        found.extend(without);
                        return Ok(true);
                    };
                    *at = next;
                }
            }
        }
        Ok(false)
    }

    /// Puts what was found into the levels, if it differs.
    async fn adopt(&self, state: &mut State, found: StockLevels) {
        let levels = &state.stock.levels;
        let changed = found
            .iter()
            .any(|(product, promise)| levels.get(product) != Some(promise));
        if !changed {
            return;
        }
        let mut next = StockLevels::clone(levels);
        next.extend(found);
        state.stock.levels = Arc::new(next);
        state.unkept_stock = true;
        self.swap_parts(None, None, Some(state.stock.levels()))
            .await;
    }
}

fn stocked(state: &State) -> impl Iterator<Item = ProductId> {
    state
        .catalogue
        .iter()
        .flat_map(|records| records.products.values())
        .filter(|product| product.stocked)
        .map(|product| product.id)
}
