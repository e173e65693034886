//! What the copy consists of: three parts that come on their own clocks.
//!
//! Products and price rows lie behind shared pointers: records, indexes and every snapshot hold the same ones, so that a large
//! catalogue is in memory once and a round costs what it changes.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use erp::{PriceKinds, RowId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use vitrina::{
    catalog::source::{Group, Product},
    ids::{ChannelId, CompanyId, CustomerId, LocationId, ProductId, TargetGroupId},
    money::Currency,
    pricing::{
        book::PriceBook,
        rows::{DiscountRow, PriceList, PriceRow},
    },
    quantity::Unit,
};

/// Who sells, as far as pages and prices depend on it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seller {
    /// The company's name.
    pub name: String,
    /// The currency of orders; without one, rows in any currency are shown.
    pub currency: Option<Currency>,
    /// The company.
    pub company: Option<CompanyId>,
    /// Its location on orders, unless the customer has one of its own.
    pub location: Option<LocationId>,
    /// The shop's channel.
    pub channel: Option<ChannelId>,
}

/// What products hang on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Structure {
    /// Who sells.
    pub seller: Seller,
    /// Every group in use.
    pub groups: Vec<Group>,
    /// Every unit.
    pub units: Vec<Unit>,
}

/// Groups, units and products.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogueRecords {
    /// What products hang on.
    pub structure: Arc<Structure>,
    /// Every product that is published.
    pub products: BTreeMap<ProductId, Arc<Product>>,
    /// The instance's time up to which all changes are known: where the next round goes on.
    pub watermark: Option<OffsetDateTime>,
}

/// What a round found out about products.
#[derive(Debug, Default)]
pub struct ProductChanges {
    /// New ones, and changed ones as they are now.
    pub now: Vec<Product>,
    /// Those that are shown no more.
    pub gone: Vec<ProductId>,
}

impl CatalogueRecords {
    /// Applies what has truly changed, and tells which products that are. Doing it twice changes nothing more.
    pub fn apply(&mut self, changes: ProductChanges) -> Vec<ProductId> {
        let mut changed = Vec::new();
        for product in changes.now {
            let id = product.id;
            if self
                .products
                .get(&id)
                .is_none_or(|known| **known != product)
            {
                self.products.insert(id, Arc::new(product));
                changed.push(id);
            }
        }
        for id in changes.gone {
            if self.products.remove(&id).is_some() {
                changed.push(id);
            }
        }
        changed
    }
}

/// Price rows, discounts and price lists.
#[derive(Debug, Clone, Default)]
pub struct PriceRecords {
    /// Ranks of price types.
    pub kinds: PriceKinds,
    /// Every price row in use; those that cannot be read are none.
    pub prices: BTreeMap<RowId, Option<Arc<PriceRow>>>,
    /// Every discount in use; those that cannot be read are none.
    pub discounts: BTreeMap<RowId, Option<Arc<DiscountRow>>>,
    /// Every active price list.
    pub lists: Vec<PriceList>,
    /// Who is in the target groups that rows name.
    pub members: BTreeMap<TargetGroupId, BTreeSet<CustomerId>>,
    /// The instance's time up to which all changes are known.
    pub watermark: Option<OffsetDateTime>,
}

impl PriceRecords {
    /// The target groups that rows name.
    pub fn target_groups(&self) -> BTreeSet<TargetGroupId> {
        let prices = self.prices.values().flatten().map(|row| row.conditions);
        let discounts = self.discounts.values().flatten().map(|row| row.conditions);
        prices
            .chain(discounts)
            .filter_map(|conditions| conditions.target_group)
            .collect()
    }

    /// The rows in the form in which prices are found.
    pub fn book(&self) -> PriceBook {
        PriceBook::shared(
            self.prices.values().flatten().cloned(),
            self.discounts.values().flatten().cloned(),
            self.lists.iter().copied(),
        )
        .with_members(
            self.members
                .iter()
                .map(|(group, members)| (*group, members.iter().copied().collect()))
                .collect(),
        )
    }
}

/// What may still be promised, in base units; several levels of one product were added up.
pub type StockLevels = HashMap<ProductId, Decimal>;
