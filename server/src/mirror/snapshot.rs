//! The copy as readers see it: one immutable value that is swapped as a whole. Asking it costs microseconds and never waits.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use moka::sync::Cache;
use rust_decimal::Decimal;
use time::{Date, OffsetDateTime};
use vitrina::{
    catalog::{
        listing::Sort,
        view::{Availability, Price},
    },
    ids::ProductId,
    pricing::book::{Buyer, PriceBook, UnitPrice},
    visitor::Customer,
};

use super::{
    catalogue::{At, Catalogue, Entry},
    records::{PriceRecords, StockRecords},
};

/// Fewer than this many selling units are "few".
const FEW: Decimal = Decimal::from_parts(5, 0, 0, false, 0);
/// Buyers whose prices are kept at a time. A sheet holds sixteen bytes for each product and its price once asked for.
const SHEETS: u64 = 128;

/// The copy at one moment.
pub struct Snapshot {
    /// Rises with every change: finished pages are kept under it.
    pub edition: u64,
    /// When the instance was last found to have nothing newer.
    pub taken: OffsetDateTime,
    /// Groups, units and products.
    pub catalogue: Arc<Catalogue>,
    /// Price rows and discounts.
    pub prices: Arc<PriceBook>,
    stock: Arc<HashMap<ProductId, Decimal>>,
    sheets: Cache<Buyer, Arc<PriceSheet>>,
}

/// The prices of equal buyers, each worked out when it is first asked for.
pub struct PriceSheet {
    buyer: Buyer,
    tags: Box<[OnceLock<Option<Box<Price>>>]>,
    reduced: OnceLock<Vec<At>>,
}

impl Snapshot {
    /// A snapshot of these parts.
    pub fn new(
        edition: u64,
        taken: OffsetDateTime,
        catalogue: Arc<Catalogue>,
        prices: Arc<PriceBook>,
        stock: Arc<HashMap<ProductId, Decimal>>,
    ) -> Self {
        Self {
            edition,
            taken,
            catalogue,
            prices,
            stock,
            sheets: Cache::new(SHEETS),
        }
    }

    /// The parts, to build the next snapshot of.
    pub fn parts(
        &self,
    ) -> (
        Arc<Catalogue>,
        Arc<PriceBook>,
        Arc<HashMap<ProductId, Decimal>>,
    ) {
        (
            self.catalogue.clone(),
            self.prices.clone(),
            self.stock.clone(),
        )
    }

    /// What prices depend on for a customer, or for a guest.
    pub fn buyer(&self, customer: Option<&Customer>, day: Date) -> Buyer {
        let seller = &self.catalogue.seller;
        self.prices.essential(Buyer {
            customer: customer.map(|customer| customer.id),
            price_list: customer.and_then(|customer| customer.price_list),
            customer_type: customer.and_then(|customer| customer.kind),
            channel: seller.channel,
            company: seller.company,
            location: customer
                .and_then(|customer| customer.served_by)
                .or(seller.location),
            currency: seller.currency.clone(),
            day,
        })
    }

    /// The prices of a buyer.
    pub fn sheet(&self, buyer: &Buyer) -> Arc<PriceSheet> {
        self.sheets.get_with_by_ref(buyer, || {
            Arc::new(PriceSheet {
                buyer: buyer.clone(),
                tags: self
                    .catalogue
                    .products()
                    .iter()
                    .map(|_| OnceLock::new())
                    .collect(),
                reduced: OnceLock::new(),
            })
        })
    }

    /// The price of the product at a place; none if it must be asked for.
    pub fn price<'s>(&self, sheet: &'s PriceSheet, at: At) -> Option<&'s Price> {
        sheet
            .tags
            .get(at)?
            .get_or_init(|| {
                let entry = self.catalogue.at(at)?;
                self.prices
                    .price(self.catalogue.goods(entry), &sheet.buyer, entry.least)
                    .map(Box::new)
            })
            .as_deref()
    }

    /// What one of `unit` costs if `quantity` of it are ordered.
    pub fn unit_price(
        &self,
        sheet: &PriceSheet,
        entry: &Entry,
        unit: vitrina::ids::UnitId,
        quantity: Decimal,
    ) -> Option<UnitPrice> {
        self.prices
            .unit_price(self.catalogue.goods(entry), &sheet.buyer, unit, quantity)
    }

    /// Products that have come down in price for the buyer, by article number.
    pub fn reduced<'s>(&self, sheet: &'s PriceSheet) -> &'s [At] {
        sheet.reduced.get_or_init(|| {
            (0..self.catalogue.products().len())
                .filter(|&at| {
                    self.price(sheet, at)
                        .is_some_and(|price| price.before.is_some())
                })
                .collect()
        })
    }

    /// Puts products in order; those without a price come last however prices are sorted.
    pub fn sort(
        &self,
        found: &mut [At],
        sort: Sort,
        language: vitrina::text::Language,
        sheet: Option<&PriceSheet>,
    ) {
        match (sort, sheet) {
            (Sort::PriceUp | Sort::PriceDown, Some(sheet)) => {
                found.sort_by_cached_key(|&at| {
                    let amount = self.price(sheet, at).map(|price| price.each.amount);
                    let signed = if sort == Sort::PriceDown {
                        amount.map(|amount| -amount)
                    } else {
                        amount
                    };
                    (amount.is_none(), signed)
                });
            }
            _ => self.catalogue.sort(found, sort, language),
        }
    }

    /// Whether a product can be had, in its selling unit.
    pub fn availability(&self, entry: &Entry) -> Availability {
        if !entry.product.stocked {
            return Availability::NotStocked;
        }
        let Some(promise) = self.stock.get(&entry.product.id) else {
            return Availability::Unknown;
        };
        let divisible = self
            .catalogue
            .units
            .get(entry.product.unit)
            .is_some_and(|unit| unit.divisible);
        let Some(mut left) = promise.checked_div(entry.in_base) else {
            return Availability::Unknown;
        };
        if !divisible {
            left = left.floor();
        }
        if left <= Decimal::ZERO {
            Availability::Out
        } else if left < FEW {
            Availability::Few(left.normalize())
        } else {
            Availability::InStock
        }
    }
}

/// Price rows in the form in which prices are found.
pub fn price_book(records: &PriceRecords) -> PriceBook {
    PriceBook::new(
        records.prices.iter().cloned(),
        records.discounts.iter().cloned(),
        records.lists.iter().copied(),
    )
}

/// Levels by product; several levels of one product add up.
pub fn stock_map(records: &StockRecords) -> HashMap<ProductId, Decimal> {
    let mut stock = HashMap::with_capacity(records.levels.len());
    for level in &records.levels {
        *stock.entry(level.product).or_insert(Decimal::ZERO) += level.promise;
    }
    stock
}
