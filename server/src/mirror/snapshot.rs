//! The copy as readers see it: one immutable value that is swapped as a whole. Asking it costs microseconds and never waits.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use moka::sync::Cache;
use rust_decimal::Decimal;
use time::{Date, Duration, OffsetDateTime};
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
    records::StockLevels,
};

/// Fewer than this many selling units are "few".
const FEW: Decimal = Decimal::from_parts(5, 0, 0, false, 0);
/// Buyers whose prices are kept at a time. A sheet holds sixteen bytes for each product and its price once asked for.
const SHEETS: u64 = 128;
/// As many reduced products are looked for as anybody is shown.
const REDUCED: usize = 48;
/// As many products are remembered as looked at between two rounds of stock.
const MOST_LOOKED_AT: usize = 1000;

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
    stock: Arc<StockLevels>,
    looked_at: Arc<LookedAt>,
    sheets: Cache<Buyer, Arc<PriceSheet>>,
}

/// The parts of a snapshot.
#[derive(Clone)]
pub struct Parts {
    /// Groups, units and products.
    pub catalogue: Arc<Catalogue>,
    /// Price rows and discounts.
    pub prices: Arc<PriceBook>,
    /// What may be promised.
    pub stock: Arc<StockLevels>,
}

/// The prices of equal buyers, each worked out when it is first asked for.
pub struct PriceSheet {
    buyer: Buyer,
    tags: Box<[OnceLock<Option<Box<Price>>>]>,
    reduced: OnceLock<Vec<At>>,
}

/// The stocked products that shoppers were shown of late: those whose stock is asked for first.
#[derive(Debug, Default)]
pub struct LookedAt(Mutex<HashSet<ProductId>>);

impl LookedAt {
    fn note(&self, product: ProductId) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() < MOST_LOOKED_AT {
            noted.insert(product);
        }
    }

    /// Takes all that were noted.
    pub(super) fn take(&self) -> Vec<ProductId> {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.drain().collect()
    }
}

impl Snapshot {
    /// A snapshot of these parts. Prices that were worked out for the former snapshot stay, unless they may have changed.
    pub(super) fn new(
        edition: u64,
        taken: OffsetDateTime,
        parts: Parts,
        looked_at: Arc<LookedAt>,
        former: Option<&Self>,
    ) -> Self {
        let Parts {
            catalogue,
            prices,
            stock,
        } = parts;
        let sheets = former
            .filter(|former| {
                Arc::ptr_eq(&former.catalogue, &catalogue) && Arc::ptr_eq(&former.prices, &prices)
            })
            .map_or_else(|| Cache::new(SHEETS), |former| former.sheets.clone());
        Self {
            edition,
            taken,
            catalogue,
            prices,
            stock,
            looked_at,
            sheets,
        }
    }

    /// The parts, to build the next snapshot of.
    pub fn parts(&self) -> Parts {
        Parts {
            catalogue: self.catalogue.clone(),
            prices: self.prices.clone(),
            stock: self.stock.clone(),
        }
    }

    /// What prices depend on for a customer, or for a guest, who order on this day: prices are those of the day of delivery by
    /// the customer's terms (entities.md §2.1).
    pub fn buyer(&self, customer: Option<&Customer>, day: Date) -> Buyer {
        let seller = &self.catalogue.seller;
        self.prices.essential(Buyer {
            customer: customer.map(|customer| customer.id),
            ship_to: customer
                .filter(|customer| customer.ships_to_itself)
                .map(|customer| customer.id),
            price_list: customer.and_then(|customer| customer.price_list),
            customer_type: customer.and_then(|customer| customer.kind),
            channel: seller.channel,
            company: seller.company,
            location: customer
                .and_then(|customer| customer.served_by)
                .or(seller.location),
            currency: customer
                .and_then(|customer| customer.currency.clone())
                .or_else(|| seller.currency.clone()),
            day: customer
                .and_then(|customer| {
                    day.checked_add(Duration::days(i64::from(customer.delivery_days)))
                })
                .unwrap_or(day),
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

    /// The first products by article number that have come down in price for the buyer.
    pub fn reduced<'s>(&self, sheet: &'s PriceSheet) -> &'s [At] {
        sheet.reduced.get_or_init(|| {
            self.catalogue
                .products()
                .iter()
                .enumerate()
                .filter(|(_, entry)| self.prices.may_reduce(self.catalogue.goods(entry)))
                .filter(|(at, _)| {
                    self.price(sheet, *at)
                        .is_some_and(|price| price.before.is_some())
                })
                .map(|(at, _)| at)
                .take(REDUCED)
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
        self.looked_at.note(entry.product.id);
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
