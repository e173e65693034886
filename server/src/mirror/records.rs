//! What the copy consists of, as it is kept: three parts that come on their own clocks.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use vitrina::{
    catalog::source::{Group, Product, StockLevel},
    ids::{ChannelId, CompanyId, LocationId, ProductId},
    money::Currency,
    pricing::rows::{DiscountRow, PriceList, PriceRow},
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

/// Groups, units and products.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueRecords {
    /// Who sells.
    pub seller: Seller,
    /// Every group in use.
    pub groups: Vec<Group>,
    /// Every unit.
    pub units: Vec<Unit>,
    /// Every product that is published.
    pub products: Vec<Product>,
}

impl CatalogueRecords {
    /// The latest change of any product, by the instance's own clock: where the next round goes on.
    pub fn watermark(&self) -> Option<OffsetDateTime> {
        // One product without a time means that the instance does not tell times: only a full pull finds changes then.
        self.products
            .iter()
            .map(|product| product.changed)
            .min()
            .flatten()?;
        self.products
            .iter()
            .filter_map(|product| product.changed)
            .max()
    }

    /// Puts changed products in the place of their former selves; new ones are added. Doing it twice changes nothing more.
    pub fn merge(&mut self, changed: Vec<Product>) {
        let mut at: HashMap<ProductId, usize> = self
            .products
            .iter()
            .enumerate()
            .map(|(index, product)| (product.id, index))
            .collect();
        for product in changed {
            if let Some(slot) = at
                .get(&product.id)
                .and_then(|&index| self.products.get_mut(index))
            {
                *slot = product;
            } else {
                at.insert(product.id, self.products.len());
                self.products.push(product);
            }
        }
    }
}

/// Price rows, discounts and price lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRecords {
    /// Every active price row.
    pub prices: Vec<PriceRow>,
    /// Every active discount.
    pub discounts: Vec<DiscountRow>,
    /// Every active price list.
    pub lists: Vec<PriceList>,
}

/// What may still be promised.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockRecords {
    /// One level for each product that the instance told of.
    pub levels: Vec<StockLevel>,
}
