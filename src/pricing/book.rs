//! All price rows, discounts and price lists together, and the price of a product for a buyer.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use rust_decimal::{Decimal, RoundingStrategy};
use time::Date;

use super::{
    rows::{Conditions, DiscountLevel, DiscountRow, PriceList, PriceRow, QuantityRange},
    units::{Units, in_base},
};
use crate::{
    catalog::{
        source::Product,
        view::{Break, Price},
    },
    ids::{
        ChannelId, CompanyId, CustomerId, CustomerTypeId, GroupId, LocationId, PriceListId,
        ProductId, TargetGroupId, UnitId,
    },
    money::{Currency, Money},
};

/// Decimal places of a unit price in the instance (entities.md §6.2).
const PRICE_PLACES: u32 = 5;
/// Decimal places of quantities (entities.md §1.6), and of a line's discount (§6.2).
const QUANTITY_PLACES: u32 = 3;
const DISCOUNT_PLACES: u32 = 6;
/// The smallest step of a quantity in the instance.
const STEP: Decimal = Decimal::from_parts(1, 0, 0, false, 3);

/// For whom and on which day a price is asked: what the conditions of rows are compared with. Two equal buyers get equal prices.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Buyer {
    /// The customer; none for a guest.
    pub customer: Option<CustomerId>,
    /// The customer that is delivered to: the same, where it may stand as such.
    pub ship_to: Option<CustomerId>,
    /// Its price list.
    pub price_list: Option<PriceListId>,
    /// Its kind.
    pub customer_type: Option<CustomerTypeId>,
    /// The channel that orders of this shop carry.
    pub channel: Option<ChannelId>,
    /// The seller.
    pub company: Option<CompanyId>,
    /// The seller's location on the order.
    pub location: Option<LocationId>,
    /// The order's currency; none takes rows in any.
    pub currency: Option<Currency>,
    /// The required delivery date, else the order's date.
    pub day: Date,
}

/// A product with what its price depends on.
#[derive(Clone, Copy)]
pub struct Goods<'a> {
    /// The product.
    pub product: &'a Product,
    /// Its group and every group above that.
    pub groups: &'a [GroupId],
    /// All units.
    pub units: &'a Units,
}

impl Goods<'_> {
    fn in_base(&self, unit: UnitId) -> Option<Decimal> {
        in_base(self.product, unit, self.units)
    }

    /// A bound of a row in base units.
    ///
    /// Unverified: a bound without a unit counts in base units.
    fn bound(&self, bound: (Decimal, Option<UnitId>)) -> Option<Decimal> {
        let factor = match bound.1 {
            Some(unit) => self.in_base(unit)?,
            None => Decimal::ONE,
        };
        bound.0.checked_mul(factor)
    }

    /// Whether so many base units lie in the range; a bound in a unit that does not convert fits nothing.
    fn within(&self, range: &QuantityRange, base: Decimal) -> bool {
        let fits = |bound: Option<(Decimal, Option<UnitId>)>,
                    test: fn(Decimal, Decimal) -> bool| {
            bound.is_none_or(|bound| self.bound(bound).is_some_and(|bound| test(base, bound)))
        };
        fits(range.min, |base, min| base >= min) && fits(range.max, |base, max| base <= max)
    }
}

/// What one of a unit costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitPrice {
    /// Before discounts.
    pub before: Money,
    /// All discounts together, as a fraction from zero to one.
    pub discount: Decimal,
    /// After discounts.
    pub each: Money,
}

impl UnitPrice {
    /// What so many cost: rounded as the instance rounds a line (entities.md §6.2).
    pub fn amount(&self, quantity: Decimal) -> Option<Money> {
        let gross = quantity.checked_mul(self.before.amount)?;
        let net = gross.checked_mul(Decimal::ONE - self.discount)?;
        Some(Money::new(net, self.before.currency.clone()).rounded())
    }
}

/// Every price row, discount and price list.
#[derive(Debug, Clone, Default)]
pub struct PriceBook {
    prices: HashMap<ProductId, Vec<Arc<PriceRow>>>,
    by_product: HashMap<ProductId, Vec<Arc<DiscountRow>>>,
    by_group: HashMap<GroupId, Vec<Arc<DiscountRow>>>,
    general: Vec<Arc<DiscountRow>>,
    lists: HashMap<PriceListId, PriceList>,
    members: HashMap<TargetGroupId, HashSet<CustomerId>>,
    customers: HashSet<CustomerId>,
}

impl PriceBook {
    /// Puts the rows where they are found quickly.
    pub fn new(
        prices: impl IntoIterator<Item = PriceRow>,
        discounts: impl IntoIterator<Item = DiscountRow>,
        lists: impl IntoIterator<Item = PriceList>,
    ) -> Self {
        Self::shared(
            prices.into_iter().map(Arc::new),
            discounts.into_iter().map(Arc::new),
            lists,
        )
    }

    /// The same of rows that somebody else keeps too: a large shop has them in memory once.
    pub fn shared(
        prices: impl IntoIterator<Item = Arc<PriceRow>>,
        discounts: impl IntoIterator<Item = Arc<DiscountRow>>,
        lists: impl IntoIterator<Item = PriceList>,
    ) -> Self {
        let mut book = Self::default();
        for row in prices {
            book.name(&row.conditions);
            book.prices.entry(row.product).or_default().push(row);
        }
        for row in discounts {
            book.name(&row.conditions);
            match (row.product, row.group) {
                (Some(product), _) => book.by_product.entry(product).or_default().push(row),
                (None, Some(group)) => book.by_group.entry(group).or_default().push(row),
                (None, None) => book.general.push(row),
            }
        }
        book.lists = lists.into_iter().map(|list| (list.id, list)).collect();
        book
    }

    /// The same with the customers that are in each target group; without them rows for a target group match nobody.
    #[must_use]
    pub fn with_members(mut self, members: HashMap<TargetGroupId, HashSet<CustomerId>>) -> Self {
        self.customers.extend(members.values().flatten());
        self.members = members;
        self
    }

    /// Whether the buyer fits every condition that is set.
    fn meets(&self, buyer: &Buyer, conditions: &Conditions) -> bool {
        fn fits<T: PartialEq>(condition: Option<T>, is: Option<T>) -> bool {
            condition.is_none() || condition == is
        }
        fits(conditions.price_list, buyer.price_list)
            && fits(conditions.customer, buyer.customer)
            && fits(conditions.ship_to, buyer.ship_to)
            && fits(conditions.customer_type, buyer.customer_type)
            && fits(conditions.channel, buyer.channel)
            && fits(conditions.company, buyer.company)
            && fits(conditions.location, buyer.location)
            && conditions.target_group.is_none_or(|group| {
                let members = self.members.get(&group);
                members
                    .zip(buyer.customer)
                    .is_some_and(|(members, customer)| members.contains(&customer))
            })
            // Unverified: orders of this shop belong to no campaign.
            && conditions.campaign.is_none()
    }

    fn name(&mut self, conditions: &Conditions) {
        self.customers.extend(conditions.customer);
        self.customers.extend(conditions.ship_to);
    }

    /// The same buyer, without the customer if no row names it: buyers of one price list then are equal and share prices.
    #[must_use]
    pub fn essential(&self, buyer: Buyer) -> Buyer {
        Buyer {
            customer: buyer.customer.filter(|id| self.customers.contains(id)),
            ship_to: buyer.ship_to.filter(|id| self.customers.contains(id)),
            ..buyer
        }
    }

    /// Whether any discount may take something off the product's price, for whomever.
    pub fn may_reduce(&self, goods: Goods<'_>) -> bool {
        !self.general.is_empty()
            || self.by_product.contains_key(&goods.product.id)
            || goods
                .groups
                .iter()
                .any(|group| self.by_group.contains_key(group))
    }

    /// What one of `unit` costs if `quantity` of it are ordered; none if it must be asked for.
    pub fn unit_price(
        &self,
        goods: Goods<'_>,
        buyer: &Buyer,
        unit: UnitId,
        quantity: Decimal,
    ) -> Option<UnitPrice> {
        let factor = goods.in_base(unit)?;
        // The instance compares bounds with the line's quantity as it keeps it.
        let base = round(quantity.checked_mul(factor)?, QUANTITY_PLACES);
        let (per_base, currency) = match self.row(goods, buyer, base) {
            // A negative price is a slip: what the order will cost is asked for, and no other row is passed off as its price.
            Some((each, _)) if each < Decimal::ZERO => return None,
            Some(row) => row,
            None => standard(goods, buyer)?,
        };
        let before = to_price(per_base.checked_mul(factor)?);
        let discount = self.discount(goods, buyer, base);
        let each = to_price(before.checked_mul(Decimal::ONE - discount)?);
        Some(UnitPrice {
            before: Money::new(before, currency.clone()),
            discount,
            each: Money::new(each, currency),
        })
    }

    /// The price of the selling unit as pages show it, with its breaks; `least` is what is ordered at least, in selling units.
    pub fn price(&self, goods: Goods<'_>, buyer: &Buyer, least: Decimal) -> Option<Price> {
        let unit = goods.product.unit;
        let at = |quantity| self.unit_price(goods, buyer, unit, quantity);
        let first = at(least)?;
        let mut lowest = first.each.amount;
        let mut breaks = Vec::new();
        for from in self.thresholds(goods, buyer, least) {
            let Some(price) = at(from) else { continue };
            if price.each.amount < lowest && price.each.currency == first.each.currency {
                lowest = price.each.amount;
                breaks.push(Break {
                    from,
                    each: price.each,
                });
            }
        }
        let before = (first.each != first.before).then_some(first.before);
        Some(Price {
            each: first.each,
            before,
            breaks,
        })
    }

    /// Quantities of the selling unit above `least` at which another row may apply, rising.
    fn thresholds(&self, goods: Goods<'_>, buyer: &Buyer, least: Decimal) -> Vec<Decimal> {
        let Some(factor) = goods.in_base(goods.product.unit) else {
            return Vec::new();
        };
        let whole = goods
            .units
            .get(goods.product.unit)
            .is_some_and(|unit| !unit.divisible);
        let prices = self.prices.get(&goods.product.id).into_iter().flatten();
        let ranges = prices
            .filter(|row| self.meets(buyer, &row.conditions) && row.validity.covers(buyer.day))
            .map(|row| row.range)
            .chain(self.discounts(goods, buyer).map(|row| row.range));
        let mut found: Vec<Decimal> = ranges
            .flat_map(|range| {
                let above = range
                    .max
                    .and_then(|max| goods.bound(max))
                    .map(|max| max + STEP);
                [range.min.and_then(|min| goods.bound(min)), above]
            })
            .flatten()
            .filter_map(|base| base.checked_div(factor))
            .map(|quantity| {
                if whole {
                    quantity.ceil()
                } else {
                    quantity.round_dp_with_strategy(3, RoundingStrategy::AwayFromZero)
                }
            })
            .map(|quantity| quantity.normalize())
            .filter(|quantity| *quantity > least)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The price of one base unit by the row that wins (entities.md §2.1): the lowest ordinal, then the highest priority, then
    /// the latest first day.
    ///
    /// Unverified: rows without a type come last, rows without a first day before none with one, and where rows are still
    /// equal the lower price is shown.
    fn row(&self, goods: Goods<'_>, buyer: &Buyer, base: Decimal) -> Option<(Decimal, Currency)> {
        self.prices
            .get(&goods.product.id)?
            .iter()
            .filter(|row| {
                self.meets(buyer, &row.conditions)
                    && row.validity.covers(buyer.day)
                    && buyer
                        .currency
                        .as_ref()
                        .is_none_or(|own| *own == row.price.currency)
                    && goods.within(&row.range, base)
            })
            .filter_map(|row| {
                let lot = row.per.checked_mul(goods.in_base(row.unit)?)?;
                (lot > Decimal::ZERO)
                    .then(|| row.price.amount.checked_div(lot))
                    .flatten()
                    .map(|each| (row, each))
            })
            .min_by_key(|(row, each)| {
                (
                    row.ordinal.is_none(),
                    row.ordinal,
                    Reverse(row.priority),
                    Reverse(row.validity.from),
                    *each,
                )
            })
            .map(|(row, each)| (each, row.price.currency.clone()))
    }

    /// Discounts that fit in everything but the quantity.
    fn discounts<'s>(
        &'s self,
        goods: Goods<'s>,
        buyer: &'s Buyer,
    ) -> impl Iterator<Item = &'s Arc<DiscountRow>> {
        let highest = buyer
            .price_list
            .and_then(|id| self.lists.get(&id))
            .filter(|list| list.validity.covers(buyer.day))
            .map_or(DiscountLevel::One, |list| list.applies_level);
        let own = self.by_product.get(&goods.product.id).into_iter().flatten();
        let of_groups = goods
            .groups
            .iter()
            .filter_map(|group| self.by_group.get(group))
            .flatten();
        own.chain(of_groups)
            .chain(&self.general)
            .filter(move |row| {
                row.level <= highest
                    && self.meets(buyer, &row.conditions)
                    && row.validity.covers(buyer.day)
                    && row.group.is_none_or(|group| goods.groups.contains(&group))
                    && (Decimal::ZERO..=Decimal::ONE).contains(&row.fraction)
            })
    }

    /// All discounts together (entities.md §2.2): one of each level, cascading.
    fn discount(&self, goods: Goods<'_>, buyer: &Buyer, base: Decimal) -> Decimal {
        let mut best: [Option<&DiscountRow>; 3] = [None; 3];
        for row in self.discounts(goods, buyer) {
            if !goods.within(&row.range, base) {
                continue;
            }
            let rank = |row: &DiscountRow| (row.priority, row.validity.from, row.fraction);
            if let Some(slot) = best.get_mut(row.level as usize)
                && slot.is_none_or(|now| rank(row) > rank(now))
            {
                *slot = Some(row);
            }
        }
        let left = best.into_iter().flatten().fold(Decimal::ONE, |left, row| {
            left * (Decimal::ONE - row.fraction)
        });
        round(Decimal::ONE - left, DISCOUNT_PLACES)
    }
}

/// The price of one base unit without any row.
fn standard(goods: Goods<'_>, buyer: &Buyer) -> Option<(Decimal, Currency)> {
    let standard = goods.product.standard_price.as_ref()?;
    let fits = buyer
        .currency
        .as_ref()
        .is_none_or(|own| *own == standard.per_lot.currency);
    // The instance's default is zero, which means "no standard price" and not "free".
    (fits && standard.lot > Decimal::ZERO && standard.per_lot.amount > Decimal::ZERO)
        .then(|| standard.per_lot.amount.checked_div(standard.lot))
        .flatten()
        .map(|each| (each, standard.per_lot.currency.clone()))
}

fn to_price(amount: Decimal) -> Decimal {
    round(amount, PRICE_PLACES)
}

/// Halves away from zero, as the instance rounds.
fn round(number: Decimal, places: u32) -> Decimal {
    number
        .round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
        .normalize()
}

#[cfg(test)]
mod tests;
