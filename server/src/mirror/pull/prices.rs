//! Price rows, discounts, price lists: by their times of change, so that a round without one costs a few small calls.

use std::{collections::BTreeMap, sync::Arc};

use erp::{Batch, Change, Cursor, PriceKinds, Row, RowId};
use time::OffsetDateTime;

use super::{Mirror, OVERLAP, PullError, State};
use crate::mirror::{
    kept::Unkept,
    records::{PriceRecords, Structure},
    report::OddRecord,
};

/// A pull of all rows that goes on.
#[derive(Debug, Clone)]
pub(super) struct PricePull {
    records: PriceRecords,
    started: OffsetDateTime,
    at: Stage,
}

#[derive(Debug, Clone)]
enum Stage {
    Prices(Cursor),
    Discounts(Cursor),
}

impl Mirror {
    /// Brings prices up to date within the time that the operator has set.
    pub(super) async fn pull_prices(&self, state: &mut State) -> Result<usize, PullError> {
        let begun = self.instance.now_there();
        let kinds = self.instance.price_kinds().await?;
        let lists = self.only("price list", self.instance.price_lists().await?);
        let units = units_of(state);
        let known = match &state.prices {
            // Ranks stand in the rows as they are kept, and before 26.2 rows do not tell when they changed.
            Some(records) if records.kinds == kinds && self.instance.tells_every_change() => {
                records.watermark.filter(|_| state.priced_units == units)
            }
            _ => None,
        };
        let mut changed = match known {
            Some(watermark) => {
                self.changed_prices(state, watermark - OVERLAP, &kinds)
                    .await?
            }
            None => self.replace_prices(state).await?,
        };
        state.priced_units = units;
        if known.is_some() && !self.all_counted(state).await? {
            changed |= self.replace_prices(state).await?;
        }
        let Some(records) = &mut state.prices else {
            return Ok(0);
        };
        if records.lists != lists {
            records.lists = lists;
            state.unkept_prices.note_head();
            changed = true;
        }
        if known.is_some() {
            records.watermark = records.watermark.max(Some(begun));
        }
        let groups = records.target_groups();
        if !groups.is_empty() || !records.members.is_empty() {
            let members = self.instance.target_group_members(&groups).await?;
            if records.members != members {
                records.members = members;
                state.unkept_prices.note_head();
                changed = true;
            }
        }
        let count = records.prices.len() + records.discounts.len();
        if changed {
            let records = records.clone();
            let book = tokio::task::spawn_blocking(move || records.book())
                .await
                .map_err(|_| PullError::Aborted)?;
            self.swap_parts(None, Some(Arc::new(book)), None).await;
        }
        Ok(count)
    }

    /// Rows changed since an instant.
    async fn changed_prices(
        &self,
        state: &mut State,
        since: OffsetDateTime,
        kinds: &PriceKinds,
    ) -> Result<bool, PullError> {
        let prices = self.instance.prices_since(since, kinds).await?;
        let discounts = self.instance.discounts_since(since).await?;
        self.among("price", &prices);
        self.among("discount", &discounts);
        let Some(records) = &mut state.prices else {
            return Ok(false);
        };
        let mut applied = Vec::new();
        apply(&mut records.prices, prices.rows, &mut applied);
        apply(&mut records.discounts, discounts.rows, &mut applied);
        state.unkept_prices.note(applied.iter().map(|id| id.0));
        Ok(!applied.is_empty())
    }

    /// Whether there are as many rows as we know: removed ones do not show in any other way.
    async fn all_counted(&self, state: &State) -> Result<bool, PullError> {
        let (prices, discounts) = self.instance.price_counts().await?;
        Ok(state.prices.as_ref().is_some_and(|records| {
            records.prices.len() as u64 == prices && records.discounts.len() as u64 == discounts
        }))
    }

    /// Reads all rows again; tells whether any differs.
    async fn replace_prices(&self, state: &mut State) -> Result<bool, PullError> {
        let next = self.all_prices(state).await?;
        let changed = state.prices.as_ref().is_none_or(|known| {
            known.prices != next.prices
                || known.discounts != next.discounts
                || known.kinds != next.kinds
                || known.lists != next.lists
                || known.members != next.members
        });
        if changed {
            state.unkept_prices = Unkept::everything();
        }
        state.prices = Some(next);
        Ok(changed)
    }

    /// Every row in use; goes on where a former attempt was cut off.
    pub(super) async fn all_prices(&self, state: &mut State) -> Result<PriceRecords, PullError> {
        let mut pull = if let Some(pull) = state.price_pull.take() {
            pull
        } else {
            self.findings.only("price", []);
            self.findings.only("discount", []);
            PricePull {
                started: self.instance.now_there(),
                records: PriceRecords {
                    kinds: self.instance.price_kinds().await?,
                    lists: self.only("price list", self.instance.price_lists().await?),
                    ..PriceRecords::default()
                },
                at: Stage::Prices(Cursor::default()),
            }
        };
        loop {
            match self.price_page(&mut pull).await {
                Ok(true) => {}
                Ok(false) => {
                    let groups = pull.records.target_groups();
                    pull.records.members = self.instance.target_group_members(&groups).await?;
                    pull.records.watermark = Some(pull.started);
                    return Ok(pull.records);
                }
                Err(error) => {
                    state.price_pull = Some(pull);
                    return Err(error);
                }
            }
        }
    }

    /// Reads one page; false at the end.
    async fn price_page(&self, pull: &mut PricePull) -> Result<bool, PullError> {
        let mut applied = Vec::new();
        match &pull.at {
            Stage::Prices(at) => {
                let batch = self.instance.prices(at, &pull.records.kinds).await?;
                self.among("price", &batch);
                apply(&mut pull.records.prices, batch.rows, &mut applied);
                pull.at = match batch.next {
                    Some(next) => Stage::Prices(next),
                    None => Stage::Discounts(Cursor::default()),
                };
                Ok(true)
            }
            Stage::Discounts(at) => {
                let batch = self.instance.discounts(at).await?;
                self.among("discount", &batch);
                apply(&mut pull.records.discounts, batch.rows, &mut applied);
                let more = batch.next.is_some();
                if let Some(next) = batch.next {
                    pull.at = Stage::Discounts(next);
                }
                Ok(more)
            }
        }
    }

    fn among<T>(&self, what: &'static str, batch: &Batch<T>) {
        let read = batch.rows.iter().map(|row| row.id.0);
        let odd = batch.left_out.iter().cloned().map(OddRecord::from);
        self.findings.among(what, read, odd);
    }
}

/// Bounds of rows name units by code: other units make other rows.
fn units_of(state: &State) -> Option<Arc<Structure>> {
    let records = state.catalogue.as_ref()?;
    match &state.priced_units {
        Some(known) if known.units == records.structure.units => Some(Arc::clone(known)),
        _ => Some(Arc::clone(&records.structure)),
    }
}

/// Makes the records what the rows say; notes those that differ.
fn apply<T: PartialEq>(
    records: &mut BTreeMap<RowId, Option<Arc<T>>>,
    rows: Vec<Change<T>>,
    applied: &mut Vec<RowId>,
) {
    for Change { id, row, .. } in rows {
        let differs = match (&row, records.get(&id)) {
            (Row::Used(row), Some(Some(known))) => **known != *row,
            (Row::Odd, Some(None)) | (Row::Unused, None) => false,
            _ => true,
        };
        if !differs {
            continue;
        }
        applied.push(id);
        match row {
            Row::Used(row) => records.insert(id, Some(Arc::new(row))),
            Row::Odd => records.insert(id, None),
            Row::Unused => records.remove(&id),
        };
    }
}
