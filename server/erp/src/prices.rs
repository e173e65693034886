//! Prices, discounts and price lists, for the mirror (entities.md §2). Whether a row fits an order is for [`vitrina::pricing`].
//!
//! Rows are roots of their own with times of change: a round reads what has changed since the last one. Removed rows do not show
//! in that way; a count tells that some are missing.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
};

use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;
use vitrina::{
    ids::{CustomerId, TargetGroupId},
    pricing::rows::{DiscountRow, PriceList, PriceRow},
};

use crate::{
    Instance,
    api::Turn,
    catalogue::{Cursor, IDS, LeftOut, PAGE, Pull},
    error::{Fault, ReadError},
    gate::Priority,
    odata::query::{Condition, Query, Set, sets},
    translate::{self, Why},
    wire::{catalogue as wire, reference},
};

/// The record of a price or discount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowId(pub Uuid);

/// A row as it is now.
#[derive(Debug, Clone)]
pub struct Change<T> {
    /// Its record.
    pub id: RowId,
    /// When it last changed, if the instance tells.
    pub changed: Option<OffsetDateTime>,
    /// What it is.
    pub row: Row<T>,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row<T> {
    /// It is in use.
    Used(T),
    /// It is in use and cannot be read.
    Odd,
    /// It is out of use.
    Unused,
}

/// Some rows of a list.
#[derive(Debug, Clone)]
pub struct Batch<T> {
    /// The rows.
    pub rows: Vec<Change<T>>,
    /// Those among them that cannot be read.
    pub left_out: Vec<LeftOut>,
    /// Where to go on; none at the end.
    pub next: Option<Cursor>,
}

/// The ranks of price types: what rows of prices name by reference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PriceKinds(BTreeMap<Uuid, i32>);

const CONDITIONS: &str = "Id,Product,Price,PriceQuantity,PriceQuantityMeasurementUnit,PriceType,FromDate,ThruDate,MinQuantity,MaxQuantity,\
PriceList,Customer,ShipToCustomer,DistributionChannel,TargetGroup,EnterpriseCompany,EnterpriseCompanyLocation,Campaign,Priority,IsActive";
const DISCOUNT: &str = "Id,DiscountPercent,DiscountLevel,Product,ProductGroup,FromDate,ThruDate,MinQuantity,MaxQuantity,\
PriceList,Customer,CustomerType,DistributionChannel,TargetGroup,EnterpriseCompany,EnterpriseCompanyLocation,Campaign,Priority,IsActive";
const CONDITIONS_WITH_CHANGES: &str = "Id,Product,Price,PriceQuantity,PriceQuantityMeasurementUnit,PriceType,FromDate,ThruDate,MinQuantity,MaxQuantity,\
PriceList,Customer,ShipToCustomer,DistributionChannel,TargetGroup,EnterpriseCompany,EnterpriseCompanyLocation,Campaign,Priority,IsActive,\
AggregateLastUpdateTimeUtc";
const DISCOUNT_WITH_CHANGES: &str = "Id,DiscountPercent,DiscountLevel,Product,ProductGroup,FromDate,ThruDate,MinQuantity,MaxQuantity,\
PriceList,Customer,CustomerType,DistributionChannel,TargetGroup,EnterpriseCompany,EnterpriseCompanyLocation,Campaign,Priority,IsActive,\
AggregateLastUpdateTimeUtc";

impl Instance {
    /// The rank of every price type.
    pub async fn price_kinds(&self) -> Result<PriceKinds, ReadError> {
        let kinds = self.mirror_rows(&kind_query()).await?.into_iter();
        Ok(PriceKinds(
            kinds
                .filter_map(|row| {
                    let id = reference(&row)?;
                    let row: wire::PriceTypeRow = serde_json::from_value(row).ok()?;
                    Some((id, row.ordinal_pos?.0.to_i32()?))
                })
                .collect(),
        ))
    }

    /// A page of the price rows in use.
    pub async fn prices(
        &self,
        at: &Cursor,
        kinds: &PriceKinds,
    ) -> Result<Batch<PriceRow>, ReadError> {
        let units = self.known_units(Turn::patient(Priority::Mirror)).await?;
        self.in_use(self.price_query(), at, "price", |row| {
            translate::price(row, &units, &kinds.0)
        })
        .await
    }

    /// Price rows changed since an instant, in use or not.
    pub async fn prices_since(
        &self,
        since: OffsetDateTime,
        kinds: &PriceKinds,
    ) -> Result<Batch<PriceRow>, ReadError> {
        let units = self.known_units(Turn::patient(Priority::Mirror)).await?;
        self.since(self.price_query(), since, "price", |row| {
            translate::price(row, &units, &kinds.0)
        })
        .await
    }

    /// A page of the discounts in use.
    pub async fn discounts(&self, at: &Cursor) -> Result<Batch<DiscountRow>, ReadError> {
        let units = self.known_units(Turn::patient(Priority::Mirror)).await?;
        self.in_use(self.discount_query(), at, "discount", |row| {
            translate::discount(row, &units)
        })
        .await
    }

    /// Discounts changed since an instant, in use or not.
    pub async fn discounts_since(
        &self,
        since: OffsetDateTime,
    ) -> Result<Batch<DiscountRow>, ReadError> {
        let units = self.known_units(Turn::patient(Priority::Mirror)).await?;
        self.since(self.discount_query(), since, "discount", |row| {
            translate::discount(row, &units)
        })
        .await
    }

    /// How many price rows and how many discounts are in use.
    pub async fn price_counts(&self) -> Result<(u64, u64), ReadError> {
        let count = async |set: Set| {
            let query = Query::list(set, "Id").only(Condition::flag("IsActive", true));
            self.inner.api.count(Priority::Mirror, &query).await
        };
        Ok((count(sets::PRICES).await?, count(sets::DISCOUNTS).await?))
    }

    /// Who is in these target groups, for groups in use. Read only where a price or a discount names one.
    ///
    /// Unverified: the attributes of target groups and of their members; an instance that knows others has members for nobody.
    pub async fn target_group_members(
        &self,
        groups: &BTreeSet<TargetGroupId>,
    ) -> Result<BTreeMap<TargetGroupId, BTreeSet<CustomerId>>, ReadError> {
        let mut members = BTreeMap::new();
        let groups: Vec<_> = groups.iter().map(|group| group.0).collect();
        for some in groups.chunks(IDS) {
            let rows = match self.mirror_rows(&target_group_query(some)).await {
                Ok(rows) => rows,
                Err(
                    fault @ (Fault::Business { .. }
                    | Fault::Missing { .. }
                    | Fault::Forbidden { .. }),
                ) => {
                    tracing::warn!(%fault, "nobody is known to be in a target group");
                    return Ok(members);
                }
                Err(fault) => return Err(fault.into()),
            };
            for row in rows {
                let Some(id) = reference(&row) else { continue };
                let Ok(row) = serde_json::from_value::<wire::TargetGroupRow>(row) else {
                    continue;
                };
                if row.is_active != Some(false) {
                    let customers = row.members.into_iter().filter_map(|member| member.customer);
                    members.insert(
                        TargetGroupId(id),
                        customers.map(|customer| CustomerId(customer.0)).collect(),
                    );
                }
            }
        }
        Ok(members)
    }

    /// Every active price list.
    pub async fn price_lists(&self) -> Result<Pull<PriceList>, ReadError> {
        let rows = self.mirror_rows(&price_list_query()).await?;
        Ok(translate::pull("price list", rows, |id, row| {
            Ok(Some(translate::price_list(id, row)))
        }))
    }

    /// One of each question of this file, but for target groups, which not every instance has.
    pub(crate) fn price_questions(&self) -> Vec<Query> {
        let mut questions = vec![
            kind_query(),
            price_list_query(),
            in_use(self.price_query()),
            in_use(self.discount_query()),
        ];
        if self.tells_every_change() {
            let now = self.inner.clock.now();
            questions.push(changed_since(self.price_query(), now));
            questions.push(changed_since(self.discount_query(), now));
        }
        questions
    }

    fn price_query(&self) -> Query {
        let select = if self.tells_every_change() {
            CONDITIONS_WITH_CHANGES
        } else {
            CONDITIONS
        };
        Query::list(sets::PRICES, select)
    }

    fn discount_query(&self) -> Query {
        let select = if self.tells_every_change() {
            DISCOUNT_WITH_CHANGES
        } else {
            DISCOUNT
        };
        Query::list(sets::DISCOUNTS, select)
    }

    async fn in_use<W: DeserializeOwned, T>(
        &self,
        query: Query,
        at: &Cursor,
        what: &'static str,
        translate: impl Fn(W) -> Result<Option<T>, Why>,
    ) -> Result<Batch<T>, ReadError> {
        let query = in_use(query);
        let (rows, next) = self.page_at(Priority::Mirror, &query, at).await?;
        let mut batch = Batch::of(rows, what, &translate);
        batch.next = next;
        Ok(batch)
    }

    /// The instance may cut times to the day: reading stops at the first row that is older.
    async fn since<W: DeserializeOwned, T>(
        &self,
        query: Query,
        since: OffsetDateTime,
        what: &'static str,
        translate: impl Fn(W) -> Result<Option<T>, Why>,
    ) -> Result<Batch<T>, ReadError> {
        let query = changed_since(query, since);
        let mut found = Batch::default();
        self.inner
            .api
            .each_page(Priority::Mirror, &query, |rows| {
                let mut batch = Batch::of(rows, what, &translate);
                let read = batch.rows.len();
                batch
                    .rows
                    .retain(|row| row.changed.is_none_or(|at| at >= since));
                let older = batch.rows.len() < read;
                found.rows.extend(batch.rows);
                found.left_out.extend(batch.left_out);
                if older {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })
            .await?;
        Ok(found)
    }
}

impl<T> Default for Batch<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            left_out: Vec::new(),
            next: None,
        }
    }
}

fn kind_query() -> Query {
    Query::list(sets::PRICE_TYPES, "Id,OrdinalPos").top(PAGE)
}

fn price_list_query() -> Query {
    Query::list(
        sets::PRICE_LISTS,
        "Id,FromDate,ThruDate,AutoApplyDiscountLevel",
    )
    .only(Condition::flag("IsActive", true))
    .top(PAGE)
}

pub(crate) fn target_group_query(groups: &[Uuid]) -> Query {
    Query::list(sets::TARGET_GROUPS, "Id,IsActive")
        .expand("Members($select=Customer)")
        .only(Condition::ids(groups.iter().copied()))
        .top(IDS)
}

fn in_use(query: Query) -> Query {
    query
        .only(Condition::flag("IsActive", true))
        .top(PAGE)
        .without_nulls()
}

fn changed_since(query: Query, since: OffsetDateTime) -> Query {
    query
        .only(Condition::from_instant("AggregateLastUpdateTimeUtc", since))
        .order_by("AggregateLastUpdateTimeUtc desc")
        .top(PAGE)
        .without_nulls()
}

impl<T> Batch<T> {
    fn of<W: DeserializeOwned>(
        rows: Vec<Value>,
        what: &'static str,
        translate: impl Fn(W) -> Result<Option<T>, Why>,
    ) -> Self {
        let mut batch = Self::default();
        for row in rows {
            let Some(id) = reference(&row) else {
                batch.left_out.push(LeftOut {
                    what,
                    id: None,
                    name: None,
                    why: "no id",
                });
                continue;
            };
            let text = |name| row.get(name).and_then(Value::as_str).map(str::to_owned);
            let changed = translate::instant(text("AggregateLastUpdateTimeUtc").as_ref());
            let in_use = row.get("IsActive").and_then(Value::as_bool) == Some(true);
            let translated = if in_use {
                serde_json::from_value(row)
                    .map_err(|_| translate::MISSHAPEN)
                    .and_then(&translate)
            } else {
                Ok(None)
            };
            let row = match translated {
                Ok(Some(row)) => Row::Used(row),
                Ok(None) => Row::Unused,
                Err(why) => {
                    batch.left_out.push(LeftOut {
                        what,
                        id: Some(id),
                        name: None,
                        why,
                    });
                    Row::Odd
                }
            };
            batch.rows.push(Change {
                id: RowId(id),
                changed,
                row,
            });
        }
        batch
    }
}
