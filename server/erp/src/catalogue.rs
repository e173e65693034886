//! The catalogue, for the mirror: groups, units, products, prices, discounts, price lists, stock.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use url::Url;
use vitrina::{
    catalog::source::{Group, Product, StockLevel},
    ids::ProductId,
    pricing::rows::{DiscountRow, PriceList, PriceRow},
    quantity::Unit,
};

use crate::{
    Instance,
    api::{Turn, unreadable},
    error::{Fault, OperatorError, ReadError},
    gate::Priority,
    odata::query::{Condition, Query, sets},
    translate::{self, Publishing, Units},
    wire::{catalogue as wire, reference},
};

/// What a list gave: the rows that could be read, and those that could not (D7).
#[derive(Debug, Clone)]
pub struct Pull<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// What was left out, for operators.
    pub left_out: Vec<LeftOut>,
}

/// A row that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Which row.
    pub what: String,
    /// Why.
    pub why: &'static str,
}

/// A page of products.
#[derive(Debug, Clone)]
pub struct ProductPage {
    /// The products.
    pub rows: Pull<Product>,
    /// Where to go on; none at the end.
    pub next: Option<Cursor>,
}

/// Where a pull of products goes on. Opaque; it may be kept, and is checked again when it is used (D4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    address: String,
    before: usize,
}

/// Rows of a page without children, and with them.
const PAGE: usize = 1000;
const PRODUCT_PAGE: usize = 200;
/// Ids in one `in (…)`, so that addresses stay around 2 kB (domain-api.md §14).
const IDS: usize = 50;

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
const CONDITIONS: &str = "Id,Product,Price,PriceQuantity,PriceQuantityMeasurementUnit,PriceType,FromDate,ThruDate,MinQuantity,MaxQuantity,\
PriceList,Customer,ShipToCustomer,DistributionChannel,TargetGroup,EnterpriseCompany,EnterpriseCompanyLocation,Campaign,Priority";
const DISCOUNT: &str = "Id,DiscountPercent,DiscountLevel,Product,ProductGroup,FromDate,ThruDate,MinQuantity,MaxQuantity,\
PriceList,Customer,CustomerType,DistributionChannel,TargetGroup,EnterpriseCompany,EnterpriseCompanyLocation,Campaign,Priority";

impl Instance {
    /// Every active group.
    pub async fn groups(&self) -> Result<Pull<Group>, ReadError> {
        let company = self.side().await?.facts.company;
        let query = Query::list(
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
        .top(PAGE);
        let rows = self.mirror_rows(&query).await?;
        Ok(translate::pull("group", rows, translate::group))
    }

    /// Every unit.
    pub async fn units(&self) -> Result<Pull<Unit>, ReadError> {
        let query = Query::list(
            sets::UNITS,
            "Id,Code,Name,MeasurementCategory,Multiplier,Divisor,SystemUnit",
        )
        .top(PAGE);
        let pull = translate::units(self.mirror_rows(&query).await?);
        *self.inner.units.write().await = std::sync::Arc::new(Units::of(&pull.rows));
        Ok(pull)
    }

    /// A page of the products the shop shows, with all that belongs to them: from the start, or from a cursor on; all of them,
    /// or those changed `since` an instant (which the instance may cut to the day, so more may come).
    pub async fn products(
        &self,
        after: Option<Cursor>,
        since: Option<OffsetDateTime>,
    ) -> Result<ProductPage, ReadError> {
        let publishing = self.publishing().await?;
        let mut query = self
            .published(PRODUCT, &publishing)
            .await?
            .expand(PRODUCT_CHILDREN)
            .top(PRODUCT_PAGE);
        if let Some(since) = since {
            query = query.only(Condition::from_instant("AggregateLastUpdateTimeUtc", since));
        }
        let first = query.address(&self.inner.api.root().await?);
        let (address, before) = match &after {
            None => (first.clone(), 0),
            Some(cursor) => {
                let address = Url::parse(&cursor.address)
                    .ok()
                    .filter(|address| {
                        address.origin() == first.origin() && address.path() == first.path()
                    })
                    .ok_or_else(|| unreadable(sets::PRODUCTS.0, "a cursor of another instance"))?;
                (address, cursor.before)
            }
        };
        let mut seen = HashSet::from([address.as_str().to_owned()]);
        let page = self
            .inner
            .api
            .page(
                Priority::Mirror,
                &query,
                &first,
                &address,
                before,
                &mut seen,
            )
            .await?;
        let before = before + page.rows.len();
        Ok(ProductPage {
            rows: translate::pull("product", page.rows, |id, row: wire::ProductRow| {
                translate::product(id, row, &publishing)
            }),
            next: page.next.map(|next| Cursor {
                address: next.into(),
                before,
            }),
        })
    }

    /// The ids of all products the shop shows: what is not among them is gone.
    pub async fn product_ids(&self) -> Result<Vec<ProductId>, ReadError> {
        let publishing = self.publishing().await?;
        let mut query = self
            .published("Id,ProductType", &publishing)
            .await?
            .top(PAGE);
        query = query.expand(
            "ProductType($select=IsFixedAsset),\
             DistributionChannels($select=DistributionChannel,IsActive,FromDate,ToDate)",
        );
        let rows = self.mirror_rows(&query).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                let id = reference(&row)?;
                let row: ShownRow = serde_json::from_value(row).ok()?;
                row.is_shown(&publishing).then_some(ProductId(id))
            })
            .collect())
    }

    /// Every active price row. Whether it fits an order is for [`vitrina::pricing`].
    pub async fn prices(&self) -> Result<Pull<PriceRow>, ReadError> {
        let units = self.known_units(Turn::patient(Priority::Mirror)).await?;
        let query = Query::list(sets::PRICES, CONDITIONS)
            .expand("PriceType($select=OrdinalPos)")
            .only(Condition::flag("IsActive", true))
            .top(PAGE);
        let rows = self.mirror_rows(&query).await?;
        Ok(translate::pull("price", rows, |_, row: wire::PriceRow| {
            translate::price(row, &units)
        }))
    }

    /// Every active discount.
    pub async fn discounts(&self) -> Result<Pull<DiscountRow>, ReadError> {
        let units = self.known_units(Turn::patient(Priority::Mirror)).await?;
        let query = Query::list(sets::DISCOUNTS, DISCOUNT)
            .only(Condition::flag("IsActive", true))
            .top(PAGE);
        let rows = self.mirror_rows(&query).await?;
        Ok(translate::pull(
            "discount",
            rows,
            |_, row: wire::DiscountRow| translate::discount(row, &units),
        ))
    }

    /// Every active price list.
    pub async fn price_lists(&self) -> Result<Pull<PriceList>, ReadError> {
        let query = Query::list(
            sets::PRICE_LISTS,
            "Id,FromDate,ThruDate,AutoApplyDiscountLevel",
        )
        .only(Condition::flag("IsActive", true))
        .top(PAGE);
        let rows = self.mirror_rows(&query).await?;
        Ok(translate::pull("price list", rows, |id, row| {
            Ok(Some(translate::price_list(id, row)))
        }))
    }

    /// What may be promised today of each product, from the shop's warehouse (entities.md §3.1). A product without a row has
    /// nothing to promise.
    pub async fn stock(&self, products: &[ProductId]) -> Result<Vec<StockLevel>, ReadError> {
        let side = self.side().await?;
        let store = side.store.ok_or(OperatorError::NoSuch {
            setting: "VITRINA_WAREHOUSE",
            what: "warehouse",
        })?;
        let today = self.inner.clock.now().date();
        let mut levels = Vec::with_capacity(products.len());
        for products in products.chunks(IDS) {
            let query = Query::list(sets::PROMISE, "Product,FromDate,ATPBase")
                .only(Condition::refers("Store", sets::STORES, store))
                .only(Condition::refers(
                    "EnterpriseCompany",
                    sets::COMPANIES,
                    side.facts.company.0,
                ))
                .only(Condition::refers_to_any(
                    "Product",
                    sets::PRODUCTS,
                    products.iter().map(|product| product.0),
                ))
                .only(Condition::up_to_day("FromDate", today))
                .order_by("FromDate desc")
                .top(PAGE);
            let rows = self
                .inner
                .api
                .rows(Turn::patient(Priority::Stock), &query)
                .await?;
            // The latest row of each product counts; the order of rows is checked, not trusted.
            let mut latest = HashMap::new();
            for row in rows {
                let Ok(row) = serde_json::from_value::<wire::PromiseRow>(row) else {
                    continue;
                };
                let (Some(product), Some(promise)) = (
                    row.product,
                    row.atp_base.and_then(|quantity| quantity.value),
                ) else {
                    continue;
                };
                let from = translate::day(row.from_date.as_ref());
                let best = latest
                    .entry(ProductId(product.0))
                    .or_insert((from, promise.0));
                if from > best.0 {
                    *best = (from, promise.0);
                }
            }
            levels.extend(products.iter().map(|product| {
                StockLevel {
                    product: *product,
                    promise: latest
                        .get(product)
                        .map_or(Decimal::ZERO, |(_, promise)| *promise),
                }
            }));
        }
        Ok(levels)
    }

    async fn mirror_rows(&self, query: &Query) -> Result<Vec<serde_json::Value>, Fault> {
        self.inner
            .api
            .rows(Turn::patient(Priority::Mirror), query)
            .await
    }

    async fn publishing(&self) -> Result<Publishing, ReadError> {
        Ok(Publishing {
            channel: self.side().await?.facts.channel,
            today: self.inner.clock.now().date(),
        })
    }

    async fn published(
        &self,
        select: &'static str,
        publishing: &Publishing,
    ) -> Result<Query, ReadError> {
        let company = self.side().await?.facts.company;
        let query = Query::list(sets::PRODUCTS, select)
            .only(Condition::flag("Active", true))
            .only(Condition::refers_or_null(
                "EnterpriseCompany",
                sets::COMPANIES,
                company.0,
            ));
        // With a channel, its links decide, row by row; without one, the flag does.
        Ok(match publishing.channel {
            Some(_) => query,
            None => query.only(Condition::flag("ShowInCatalog", true)),
        })
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

/// As much of a product as decides whether it is shown.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ShownRow {
    product_type: Option<crate::wire::Expanded<wire::ProductTypeRow>>,
    #[serde(default)]
    distribution_channels: Vec<wire::ProductChannelRow>,
}

impl ShownRow {
    fn is_shown(&self, publishing: &Publishing) -> bool {
        let kind = self
            .product_type
            .as_ref()
            .and_then(|kind| kind.row.as_ref());
        publishing.shows(kind, &self.distribution_channels)
    }
}
