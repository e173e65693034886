//! What may be promised (entities.md §3.1): of some products, or of all, page by page.
//!
//! The view has no times of change and no grouping that gives the latest row of each product. So products that shoppers look at
//! are asked for by id, and all others in a slow pass over the view, whichever of its two ways takes fewer calls.

use std::collections::HashMap;

use rust_decimal::Decimal;
use time::Date;
use uuid::Uuid;
use vitrina::{
    catalog::source::StockLevel,
    ids::{CompanyId, ProductId},
};

use crate::{
    Cursor, Instance,
    catalogue::{IDS, PAGE},
    error::{OperatorError, ReadError},
    gate::Priority,
    odata::query::{Condition, Query, sets},
    translate,
    wire::catalogue as wire,
};

/// A row of the view: what may be promised of a product from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// The product.
    pub product: ProductId,
    /// The day.
    pub from: Option<Date>,
    /// Base units; may be negative.
    pub promise: Decimal,
}

/// A page of the view up to today, the latest days first: the first row of a product counts.
#[derive(Debug, Clone)]
pub struct StockPage {
    /// The rows.
    pub rows: Vec<Promise>,
    /// Where to go on; none at the end.
    pub next: Option<Cursor>,
}

impl Instance {
    /// What may be promised today of each product, from the shop's warehouse. A product without a row has nothing to promise.
    pub async fn stock(&self, products: &[ProductId]) -> Result<Vec<StockLevel>, ReadError> {
        let mut levels = Vec::with_capacity(products.len());
        for products in products.chunks(IDS) {
            let query = self
                .promises()
                .await?
                .only(Condition::refers_to_any(
                    "Product",
                    sets::PRODUCTS,
                    products.iter().map(|product| product.0),
                ))
                .top(PAGE);
            let rows = self
                .inner
                .api
                .rows(crate::api::Turn::patient(Priority::Stock), &query)
                .await?;
            // The latest row of each product counts; the order of rows is checked, not trusted.
            let mut latest: HashMap<ProductId, Promise> = HashMap::new();
            for row in rows.into_iter().filter_map(promise) {
                let best = latest.entry(row.product).or_insert(row);
                if row.from > best.from {
                    *best = row;
                }
            }
            levels.extend(products.iter().map(|product| StockLevel {
                product: *product,
                promise: latest.get(product).map_or(Decimal::ZERO, |row| row.promise),
            }));
        }
        Ok(levels)
    }

    /// Whether it is known which warehouse's stock counts.
    pub async fn tells_stock(&self) -> Result<bool, ReadError> {
        Ok(self.side().await?.store.is_some())
    }

    /// How many rows a pass over all products reads.
    pub async fn stock_rows(&self) -> Result<u64, ReadError> {
        let query = self.promises().await?;
        Ok(self.inner.api.count(Priority::Stock, &query).await?)
    }

    /// A page of what may be promised today of any product.
    pub async fn stock_page(&self, at: &Cursor) -> Result<StockPage, ReadError> {
        let query = self.promises().await?.top(PAGE);
        let (rows, next) = self.page_at(Priority::Stock, &query, at).await?;
        Ok(StockPage {
            rows: rows.into_iter().filter_map(promise).collect(),
            next,
        })
    }

    async fn promises(&self) -> Result<Query, ReadError> {
        let side = self.side().await?;
        let store = side.store.ok_or(OperatorError::NoSuch {
            setting: "VITRINA_WAREHOUSE",
            what: "warehouse",
        })?;
        Ok(self.promise_query(store, side.facts.company))
    }

    pub(crate) fn promise_query(&self, store: Uuid, company: CompanyId) -> Query {
        let today = self.inner.clock.now().date();
        Query::list(sets::PROMISE, "Product,FromDate,ATPBase")
            .only(Condition::refers("Store", sets::STORES, store))
            .only(Condition::refers(
                "EnterpriseCompany",
                sets::COMPANIES,
                company.0,
            ))
            .only(Condition::up_to_day("FromDate", today))
            .order_by("FromDate desc")
    }
}

fn promise(row: serde_json::Value) -> Option<Promise> {
    let row: wire::PromiseRow = serde_json::from_value(row).ok()?;
    Some(Promise {
        product: ProductId(row.product?.0),
        from: translate::day(row.from_date.as_ref()),
        promise: row.atp_base?.value?.0,
    })
}
