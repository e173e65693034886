//! The catalogue, for the mirror: groups, units, products.
//!
//! Products are read in three ways: all of them, page by page; by id; and as *stamps*, which tell in a few bytes each what there
//! is and when it last changed, so that a round in which nothing happened costs one call.

use std::{
    collections::{HashMap, HashSet},
    ops::ControlFlow,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use url::Url;
use uuid::Uuid;
use vitrina::{
    catalog::source::{Group, Product},
    ids::{ChannelId, CompanyId, ProductId},
    quantity::Unit,
};

use crate::{
    Instance,
    api::{Turn, unreadable},
    error::{Fault, ReadError},
    gate::Priority,
    odata::query::{Condition, Query, sets},
    translate::{self, Publishing, Units},
    wire::{Expanded, Reference, catalogue as wire, reference},
};

/// What a list gave: the rows that could be read, and those that could not (D7).
#[derive(Debug, Clone)]
pub struct Pull<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// What was left out, for operators.
    pub left_out: Vec<LeftOut>,
}

impl<T> Default for Pull<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            left_out: Vec::new(),
        }
    }
}

impl<T> Pull<T> {
    pub(crate) fn append(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.left_out.extend(other.left_out);
    }
}

/// A row that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// What sort of row, such as `product`.
    pub what: &'static str,
    /// Its record, if it told.
    pub id: Option<Uuid>,
    /// What staff call it: an article number or a code, as far as the row has one.
    pub name: Option<String>,
    /// Why.
    pub why: &'static str,
}

/// A page of products.
#[derive(Debug, Clone)]
pub struct ProductPage {
    /// The products.
    pub rows: Pull<Product>,
    /// How many products the instance gave, those that are not shown among them.
    pub read: u64,
    /// Where to go on; none at the end.
    pub next: Option<Cursor>,
}

/// Where a pull of a long list goes on. Opaque; it may be kept, and is checked again when it is used (D4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The instance's own link, where it gave one and the size of pages has not been changed since.
    address: Option<String>,
    /// Rows before this place.
    before: usize,
    /// Rows asked for at a time.
    size: usize,
}

impl Default for Cursor {
    fn default() -> Self {
        Self {
            address: None,
            before: 0,
            size: PAGE,
        }
    }
}

impl Cursor {
    /// The same place with smaller pages: for an instance that does not finish a page in time or within the size of an answer.
    /// None if pages cannot be smaller.
    #[must_use]
    pub fn smaller(&self) -> Option<Self> {
        (self.size > SMALLEST_PAGE).then(|| Self {
            address: None,
            before: self.before,
            size: (self.size / 2).max(SMALLEST_PAGE),
        })
    }

    /// The same place by its number, without the instance's link to it. None if there is no link.
    #[must_use]
    pub fn by_place(&self) -> Option<Self> {
        self.address.as_ref()?;
        Some(Self {
            address: None,
            ..self.clone()
        })
    }

    /// Whether it is the beginning.
    pub fn at_start(&self) -> bool {
        self.before == 0
    }
}

/// A product as far as it tells whether our copy of it is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProductStamp {
    /// The product.
    pub id: ProductId,
    /// When it last changed.
    pub changed: Option<OffsetDateTime>,
    /// Whether the shop shows it.
    pub shown: bool,
}

/// Rows of a page, of products with their children; what is too much for the instance is asked for in smaller pages.
pub(crate) const PAGE: usize = 1000;
const SMALLEST_PAGE: usize = 25;
/// Ids in one `in (…)`, so that addresses stay around 2 kB (domain-api.md §14).
pub(crate) const IDS: usize = 50;

const PRODUCT: &str = "Id,PartNumber,Name,ShortName,Description,CatalogDescriptionHtml,IsFeatured,ProductGroup,ProductType,\
MeasurementUnit,BaseMeasurementCategory,StandardPricePerLot,StandardLotSizeBase,MinimalSalesQuantityBase,GuaranteePeriodDays,\
AggregateLastUpdateTimeUtc";
const PRODUCT_CHILDREN: &str = "ProductType($select=IsStocked,IsShipped,IsFixedAsset),\
Pictures($select=Id,PictureNo,IsDefault,PictureSizeClass,LastUpdateTime),\
Variants($select=Id,Code,Name),\
Codes($select=ProductCodeField,Active),\
Dimensions($select=SourceQuantity,DestQuantity,SourceQuantityUnit,DestQuantityUnit),\
Relations($select=ToProduct,FromDate,ToDate,RelationType;$expand=RelationType($select=SystemType)),\
DistributionChannels($select=DistributionChannel,IsActive,FromDate,ToDate)";
/// Before 26.2: the row's own time of change, and no relations.
const OLD_PRODUCT: &str = "Id,PartNumber,Name,ShortName,Description,CatalogDescriptionHtml,IsFeatured,ProductGroup,ProductType,\
MeasurementUnit,BaseMeasurementCategory,StandardPricePerLot,StandardLotSizeBase,MinimalSalesQuantityBase,GuaranteePeriodDays,\
UpdateTime";
const OLD_PRODUCT_CHILDREN: &str = "ProductType($select=IsStocked,IsShipped,IsFixedAsset),\
Pictures($select=Id,PictureNo,IsDefault,PictureSizeClass,LastUpdateTime),\
Variants($select=Id,Code,Name),\
Codes($select=ProductCodeField,Active),\
Dimensions($select=SourceQuantity,DestQuantity,SourceQuantityUnit,DestQuantityUnit),\
DistributionChannels($select=DistributionChannel,IsActive,FromDate,ToDate)";
const STAMP: &str =
    "Id,Active,ShowInCatalog,EnterpriseCompany,ProductType,AggregateLastUpdateTimeUtc";
const OLD_STAMP: &str = "Id,Active,ShowInCatalog,EnterpriseCompany,ProductType,UpdateTime";
const STAMP_CHILDREN: &str = "ProductType($select=IsFixedAsset),\
DistributionChannels($select=DistributionChannel,IsActive,FromDate,ToDate)";

impl Instance {
    /// Every active group.
    pub async fn groups(&self) -> Result<Pull<Group>, ReadError> {
        let query = group_query(self.side().await?.facts.company);
        let rows = self.mirror_rows(&query).await?;
        Ok(translate::pull("group", rows, translate::group))
    }

    /// Every unit.
    pub async fn units(&self) -> Result<Pull<Unit>, ReadError> {
        let pull = translate::units(self.mirror_rows(&unit_query()).await?);
        *self.inner.units.write().await = std::sync::Arc::new(Units::of(&pull.rows));
        Ok(pull)
    }

    /// A page of the products the shop shows, with all that belongs to them, from a place on.
    pub async fn products(&self, at: &Cursor) -> Result<ProductPage, ReadError> {
        let publishing = self.publishing().await?;
        let query = published(self.whole_products().top(at.size), &publishing);
        let (rows, next) = self.page_at(Priority::Mirror, &query, at).await?;
        Ok(ProductPage {
            read: rows.len() as u64,
            rows: translate_products(rows, &publishing),
            next,
        })
    }

    /// A page from a place on, and the place behind it.
    pub(crate) async fn page_at(
        &self,
        priority: Priority,
        query: &Query,
        at: &Cursor,
    ) -> Result<(Vec<serde_json::Value>, Option<Cursor>), ReadError> {
        let root = self.inner.api.root().await?;
        let first = query.address(&root);
        let address = match &at.address {
            Some(address) => Url::parse(address)
                .ok()
                .filter(|address| {
                    address.origin() == first.origin() && address.path() == first.path()
                })
                .ok_or_else(|| unreadable(query.set.0, "a cursor of another list"))?,
            None => query.clone().skip(at.before).address(&root),
        };
        let mut seen = HashSet::from([address.as_str().to_owned()]);
        let page = self
            .inner
            .api
            .page(priority, query, &first, &address, at.before, &mut seen)
            .await?;
        let before = at.before + page.rows.len();
        let next = page.next.map(|next| Cursor {
            address: Some(next.into()),
            before,
            size: at.size,
        });
        Ok((page.rows, next))
    }

    /// These products, as far as the shop shows them. A product that is not among the rows nor among those left out is gone.
    pub async fn products_by_id(&self, products: &[ProductId]) -> Result<Pull<Product>, ReadError> {
        let publishing = self.publishing().await?;
        let mut found = Pull::default();
        for products in products.chunks(IDS) {
            let query = published(self.whole_products().top(IDS), &publishing)
                .only(Condition::ids(products.iter().map(|product| product.0)));
            found.append(translate_products(
                self.mirror_rows(&query).await?,
                &publishing,
            ));
        }
        Ok(found)
    }

    /// Every product of the instance, shown or not, that has changed `since` an instant, the latest change first; or, without
    /// an instant, every product that may be shown.
    ///
    /// The instance may cut times to the day (domain-api.md §4): reading stops at the first row that is older.
    pub async fn product_stamps(
        &self,
        since: Option<OffsetDateTime>,
    ) -> Result<Vec<ProductStamp>, ReadError> {
        let publishing = self.publishing().await?;
        let query = self.stamp_query(since, &publishing);
        let ordered = since.filter(|_| self.newest_first().is_some());
        let mut stamps: HashMap<ProductId, ProductStamp> = HashMap::new();
        self.inner
            .api
            .each_page(Priority::Mirror, &query, |rows| {
                for row in rows {
                    let Some(id) = reference(&row) else { continue };
                    let Ok(row) = serde_json::from_value::<StampRow>(row) else {
                        continue;
                    };
                    let stamp = row.stamp(ProductId(id), &publishing);
                    if ordered.is_some_and(|since| stamp.changed.is_some_and(|at| at < since)) {
                        return ControlFlow::Break(());
                    }
                    stamps.insert(stamp.id, stamp);
                }
                ControlFlow::Continue(())
            })
            .await?;
        Ok(stamps.into_values().collect())
    }

    /// Those of the products that the shop does not show, as the instance has them at this moment: the copy of the catalogue
    /// learns of it later (K8).
    pub async fn not_shown(
        &self,
        products: &[ProductId],
        deadline: Duration,
    ) -> Result<Vec<ProductId>, ReadError> {
        let turn = Turn::within(Priority::Placing, deadline);
        let publishing = self.publishing().await?;
        let mut found = HashSet::new();
        for products in products.chunks(IDS) {
            let query = shown_query(products, &publishing);
            for row in self.inner.api.rows(turn, &query).await? {
                let Some(id) = reference(&row) else { continue };
                let row = serde_json::from_value::<StampRow>(row);
                if row.is_ok_and(|row| row.stamp(ProductId(id), &publishing).shown) {
                    found.insert(ProductId(id));
                }
            }
        }
        Ok(products
            .iter()
            .copied()
            .filter(|product| !found.contains(product))
            .collect())
    }

    /// How many products the instance counts among which the shown ones are.
    pub async fn product_count(&self) -> Result<u64, ReadError> {
        let publishing = self.publishing().await?;
        let query = published(Query::list(sets::PRODUCTS, "Id"), &publishing);
        Ok(self.inner.api.count(Priority::Mirror, &query).await?)
    }

    /// Whether the time of change of a product tells of all that belongs to it; before 26.2 it tells of the row alone.
    pub fn tells_every_change(&self) -> bool {
        self.tells_changes()
    }

    fn stamp_query(&self, since: Option<OffsetDateTime>, publishing: &Publishing) -> Query {
        let select = if self.tells_changes() {
            STAMP
        } else {
            OLD_STAMP
        };
        let query = Query::list(sets::PRODUCTS, select)
            .expand(STAMP_CHILDREN)
            .top(PAGE)
            .without_nulls();
        match since {
            None => published(query, publishing),
            Some(since) => {
                let query = query.only(Condition::from_instant(self.changed_attribute(), since));
                match self.newest_first() {
                    Some(order) => query.order_by(order),
                    None => query,
                }
            }
        }
    }

    /// One of each question of this file.
    pub(crate) fn catalogue_questions(&self, publishing: &Publishing) -> Vec<Query> {
        vec![
            group_query(publishing.company),
            unit_query(),
            published(self.whole_products(), publishing),
            self.stamp_query(None, publishing),
            self.stamp_query(Some(self.inner.clock.now()), publishing),
            shown_query(&[ProductId(Uuid::nil())], publishing),
        ]
    }

    fn whole_products(&self) -> Query {
        let (select, children) = if self.tells_changes() {
            (PRODUCT, PRODUCT_CHILDREN)
        } else {
            (OLD_PRODUCT, OLD_PRODUCT_CHILDREN)
        };
        Query::list(sets::PRODUCTS, select)
            .expand(children)
            .without_nulls()
    }

    fn changed_attribute(&self) -> &'static str {
        if self.tells_changes() {
            "AggregateLastUpdateTimeUtc"
        } else {
            "UpdateTime"
        }
    }

    /// `UpdateTime` cannot be ordered by (entities.md §1.1).
    pub(crate) fn newest_first(&self) -> Option<&'static str> {
        self.tells_changes()
            .then_some("AggregateLastUpdateTimeUtc desc")
    }

    pub(crate) async fn mirror_rows(&self, query: &Query) -> Result<Vec<serde_json::Value>, Fault> {
        self.inner
            .api
            .rows(Turn::patient(Priority::Mirror), query)
            .await
    }

    async fn publishing(&self) -> Result<Publishing, ReadError> {
        let facts = &self.side().await?.facts;
        Ok(self.publishing_for(facts.company, facts.channel))
    }

    pub(crate) fn publishing_for(
        &self,
        company: CompanyId,
        channel: Option<ChannelId>,
    ) -> Publishing {
        Publishing {
            channel,
            company,
            today: self.inner.clock.now().date(),
        }
    }

    /// Units by code and id, read once and again by every [`Instance::units`].
    pub(crate) async fn known_units(&self, turn: Turn) -> Result<std::sync::Arc<Units>, ReadError> {
        let known = self.inner.units.read().await.clone();
        if !known.is_empty() {
            return Ok(known);
        }
        self.inner
            .api
            .in_time(turn, async { self.units().await })
            .await?;
        Ok(self.inner.units.read().await.clone())
    }
}

fn group_query(company: CompanyId) -> Query {
    Query::list(
        sets::GROUPS,
        "Id,Code,FullPath,Name,ParentGroup,PictureLastUpdateTime,EnterpriseCompany",
    )
    .only(Condition::flag("Active", true))
    .only(Condition::refers_or_null(
        "EnterpriseCompany",
        sets::COMPANIES,
        company.0,
    ))
    .order_by("FullPath")
    .top(PAGE)
}

fn unit_query() -> Query {
    Query::list(
        sets::UNITS,
        "Id,Code,Name,MeasurementCategory,Multiplier,Divisor,SystemUnit",
    )
    .top(PAGE)
}

fn shown_query(products: &[ProductId], publishing: &Publishing) -> Query {
    published(Query::list(sets::PRODUCTS, OLD_STAMP), publishing)
        .expand(STAMP_CHILDREN)
        .only(Condition::ids(products.iter().map(|product| product.0)))
        .without_nulls()
        .top(PAGE)
}

/// Only what may be shown.
fn published(query: Query, publishing: &Publishing) -> Query {
    let query = query
        .only(Condition::flag("Active", true))
        .only(Condition::refers_or_null(
            "EnterpriseCompany",
            sets::COMPANIES,
            publishing.company.0,
        ));
    // With a channel, its links decide, row by row; without one, the flag does.
    match publishing.channel {
        Some(_) => query,
        None => query.only(Condition::flag("ShowInCatalog", true)),
    }
}

fn translate_products(rows: Vec<serde_json::Value>, publishing: &Publishing) -> Pull<Product> {
    translate::pull("product", rows, |id, row: wire::ProductRow| {
        translate::product(id, row, publishing)
    })
}

/// As much of a product as decides whether it is shown.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StampRow {
    active: Option<bool>,
    show_in_catalog: Option<bool>,
    enterprise_company: Option<Reference>,
    product_type: Option<Expanded<wire::ProductTypeRow>>,
    aggregate_last_update_time_utc: Option<String>,
    update_time: Option<String>,
    #[serde(default)]
    distribution_channels: Vec<wire::ProductChannelRow>,
}

impl StampRow {
    fn stamp(self, id: ProductId, publishing: &Publishing) -> ProductStamp {
        let kind = self
            .product_type
            .as_ref()
            .and_then(|kind| kind.row.as_ref());
        let ours = self
            .enterprise_company
            .is_none_or(|company| CompanyId(company.0) == publishing.company);
        let published = publishing.channel.is_some() || self.show_in_catalog == Some(true);
        ProductStamp {
            id,
            changed: translate::instant(
                self.aggregate_last_update_time_utc
                    .as_ref()
                    .or(self.update_time.as_ref()),
            ),
            shown: self.active == Some(true)
                && ours
                && published
                && publishing.shows(kind, &self.distribution_channels),
        }
    }
}
