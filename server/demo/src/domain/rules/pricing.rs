//! Which price and which discounts a line gets (entities.md §2.1, §2.2).

use std::cmp::Reverse;

use rust_decimal::{Decimal, RoundingStrategy};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{totals, units};
use crate::domain::schema::PRIORITY;
use crate::domain::store::{Database, Row};
use crate::domain::value::{Reference, Value, day};

/// What decides on the price of a line.
pub(crate) struct Ask<'a> {
    pub(crate) database: &'a Database,
    pub(crate) order: &'a Row,
    pub(crate) product: &'a Row,
    /// Unit of the line.
    pub(crate) unit: &'a Row,
    /// Quantity in base units.
    pub(crate) base: Decimal,
    /// The line's required delivery date, else the document's date.
    pub(crate) date: OffsetDateTime,
}

/// The price of one unit of the line and the row it came from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Price {
    pub(crate) unit_price: Decimal,
    pub(crate) row: Option<Reference>,
}

/// Discounts as fractions, by level, and all of them together.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Discounts {
    pub(crate) levels: [Decimal; 3],
    pub(crate) standard: Decimal,
}

/// Rounds half away from zero, as people do with money.
pub(crate) fn round(number: Decimal, places: u32) -> Decimal {
    number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

impl Ask<'_> {
    /// The chosen row's price, else the standard price; zero if there is neither.
    pub(crate) fn price(&self) -> Price {
        let factor =
            units::base_factor(self.database, self.product, self.unit).unwrap_or(Decimal::ONE);
        let mut rows: Vec<&Row> = self
            .database
            .children("Crm_Pricing_ProductPrices", "Product", self.product.id)
            .into_iter()
            .map(AsRef::as_ref)
            .filter(|row| {
                self.fits(
                    row,
                    &[
                        "PriceList",
                        "Customer",
                        "ShipToCustomer",
                        "DistributionChannel",
                        "EnterpriseCompany",
                        "EnterpriseCompanyLocation",
                    ],
                )
            })
            // Unverified: a price in another currency than the order's is left out, not converted.
            .filter(|row| row.get("Currency").id() == self.order.get("DocumentCurrency").id())
            .collect();
        rows.sort_by_key(|row| {
            // Unverified: rows without a price type come after all that have one.
            let rank = self
                .database
                .follow(row.get("PriceType"))
                .and_then(|kind| kind.get("OrdinalPos").number());
            (
                rank.is_none(),
                rank,
                Reverse(priority(row)),
                Reverse(row.get("FromDate").time()),
                row.id,
            )
        });
        for row in rows {
            let quantity = row.get("PriceQuantity");
            let price = row.get("Price").number();
            let per_base = units::in_base(self.database, self.product, quantity)
                .and_then(|base| price?.checked_div(base));
            if let Some(per_base) = per_base {
                return Price {
                    unit_price: round(per_base * factor, 5),
                    row: Some(row.reference()),
                };
            }
        }
        let lot = self.product.get("StandardLotSizeBase").number();
        // Unverified: nor is the standard price converted; in another currency there is none.
        let sign = totals::currency(self.database, self.order);
        let price = match self.product.get("StandardPricePerLot") {
            Value::Amount(price, own) if *own == sign => Some(*price),
            _ => None,
        };
        let per_base = price
            .zip(lot)
            .and_then(|(price, lot)| price.checked_div(lot))
            .unwrap_or_default();
        Price {
            unit_price: round(per_base * factor, 5),
            row: None,
        }
    }

    /// One discount per level: the highest priority, then the latest start; the levels cascade.
    pub(crate) fn discounts(&self) -> Discounts {
        // Unverified: a list that is switched off or not valid on the date lets no further levels in. Its price rows still
        // match an order that names it, since to match is all that is documented of their conditions.
        let list = self
            .database
            .follow(self.order.get("PriceList"))
            .filter(|list| self.in_force(list));
        let allowed = match list.map(|list| list.get("AutoApplyDiscountLevel")) {
            Some(Value::Member("Two")) => 2,
            Some(Value::Member("Three")) => 3,
            _ => 1,
        };
        let mut discounts = Discounts::default();
        let mut rest = Decimal::ONE;
        for ((found, level), number) in discounts
            .levels
            .iter_mut()
            .zip(["One", "Two", "Three"])
            .zip(1..)
        {
            if number > allowed {
                break;
            }
            let best = self
                .database
                .rows("Crm_Pricing_LineDiscounts")
                .into_iter()
                .filter(|row| {
                    *row.get("DiscountLevel") == Value::Member(level) && self.discount_fits(row)
                })
                .min_by_key(|row| {
                    (
                        Reverse(priority(row)),
                        Reverse(row.get("FromDate").time()),
                        row.id,
                    )
                });
            *found = best
                .and_then(|row| row.get("DiscountPercent").number())
                .unwrap_or_default();
            rest *= Decimal::ONE - *found;
        }
        discounts.standard = round(Decimal::ONE - rest, 6);
        discounts
    }

    fn discount_fits(&self, row: &Row) -> bool {
        let product = row.get("Product").id();
        if product.is_some_and(|product| product != self.product.id) {
            return false;
        }
        if let Some(group) = row.get("ProductGroup").id() {
            // The group and all groups below it.
            let mut own = self.database.follow(self.product.get("ProductGroup"));
            // A group that is its own parent must not keep anybody busy for ever.
            for _ in 0..32 {
                match own {
                    Some(found) if found.id == group => break,
                    Some(found) => own = self.database.follow(found.get("ParentGroup")),
                    None => return false,
                }
            }
        }
        let customer_type = self
            .database
            .follow(self.order.get("Customer"))
            .and_then(|customer| customer.get("CustomerType").id());
        if row
            .get("CustomerType")
            .id()
            .is_some_and(|kind| Some(kind) != customer_type)
        {
            return false;
        }
        self.fits(
            row,
            &[
                "PriceList",
                "Customer",
                "DistributionChannel",
                "EnterpriseCompany",
                "EnterpriseCompanyLocation",
            ],
        )
    }

    /// Active, valid on the date, within the quantities, and every condition that is set equals the order's.
    fn fits(&self, row: &Row, conditions: &[&str]) -> bool {
        let bound = |name: &str| units::in_base(self.database, self.product, row.get(name));
        let unmeasurable = |name: &str| *row.get(name) != Value::Null && bound(name).is_none();
        self.in_force(row)
            && conditions.iter().all(|name| {
                *row.get(name) == Value::Null || row.get(name).id() == self.order.get(name).id()
            })
            && row
                .get("TargetGroup")
                .id()
                .is_none_or(|group| self.is_member(group))
            // Unverified: orders name no campaign, so that a row of a campaign never matches one.
            && *row.get("Campaign") == Value::Null
            && !unmeasurable("MinQuantity")
            && !unmeasurable("MaxQuantity")
            && bound("MinQuantity").is_none_or(|least| least <= self.base)
            && bound("MaxQuantity").is_none_or(|most| self.base <= most)
    }

    /// Active and valid on the date.
    fn in_force(&self, row: &Row) -> bool {
        row.get("IsActive").is_true()
            && row
                .get("FromDate")
                .time()
                .is_none_or(|from| day(from) <= self.date)
            && row
                .get("ThruDate")
                .time()
                .is_none_or(|thru| self.date <= day(thru))
    }

    /// Whether the order's customer is in this target group.
    fn is_member(&self, group: Uuid) -> bool {
        let customer = self.order.get("Customer").id();
        self.database
            .follow(&Value::Reference(Reference {
                set: "Crm_Marketing_TargetGroups",
                id: group,
            }))
            .is_some_and(|group| group.get("IsActive").is_true())
            && self
                .database
                .children("Crm_Marketing_TargetGroupMembers", "TargetGroup", group)
                .iter()
                .any(|member| member.get("Customer").id() == customer)
    }
}

fn priority(row: &Row) -> Option<i64> {
    match row.get("Priority") {
        Value::Member(name) => PRIORITY.number(name),
        _ => None,
    }
}
