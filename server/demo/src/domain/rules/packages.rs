//! Promotional packages: goods that are cheaper together (entities.md §2.2).

use rust_decimal::Decimal;
use uuid::Uuid;

use super::pricing::{Discounts, Price, round};
use super::units;
use crate::domain::store::{Database, Row};
use crate::domain::value::{Value, day};

/// Whether a package may be sold with this order. The filter expressions in XML are not imitated.
pub(crate) fn valid(database: &Database, order: &Row, package: &Row) -> bool {
    let date = order.get("DocumentDate").time().map(day);
    let bound = |name: &str| package.get(name).time().map(day);
    let condition = |name: &str, of_order: &str| {
        let wanted = package.get(name);
        *wanted == Value::Null || wanted.id() == order.get(of_order).id()
    };
    let group = package.get("ValidForTargetGroup").id();
    let member = group.is_none_or(|group| {
        database
            .children("Crm_Marketing_TargetGroupMembers", "TargetGroup", group)
            .iter()
            .any(|member| member.get("Customer").id() == order.get("Customer").id())
    });
    package.get("Active").is_true()
        && bound("ValidFromDate").is_none_or(|from| date.is_some_and(|date| from <= date))
        && bound("ValidToDate").is_none_or(|to| date.is_some_and(|date| date <= to))
        && condition("ValidForCustomer", "Customer")
        && condition("ValidForShipToCustomer", "ShipToCustomer")
        && condition("ValidForDistributionChannel", "DistributionChannel")
        && condition("ValidForPriceList", "PriceList")
        && member
}

/// The product of a package's line and its quantity in base units.
pub(crate) fn quantity(database: &Database, line: &Row) -> Option<(Uuid, Decimal)> {
    let product = database.follow(line.get("Product"))?;
    Some((
        product.id,
        units::in_base(database, product, line.get("Quantity"))?,
    ))
}

/// What belonging to a package makes of the price of an order's line and of its standard discount.
///
/// Unverified: a package's own price is for the unit of its line; `Add` adds to the standard discount, `Replace` takes its
/// place, `MarkDown` cascades with it; the levels stay as they were found.
pub(crate) fn adjust(
    database: &Database,
    package: &Value,
    product: &Row,
    unit: &Row,
    (mut price, mut discounts): (Price, Discounts),
) -> (Price, Discounts) {
    let line = package.id().and_then(|package| {
        database
            .children(
                "Crm_Pricing_PromotionalPackageLines",
                "PromotionalPackage",
                package,
            )
            .into_iter()
            .find(|line| line.get("Product").id() == Some(product.id))
    });
    let Some(line) = line else {
        return (price, discounts);
    };
    if let Some(own) = line.get("UnitPrice").number() {
        let per = units::in_base(database, product, line.get("Quantity"))
            .zip(line.get("Quantity").number())
            .and_then(|(base, quantity)| base.checked_div(quantity))
            .and_then(|of_line| units::base_factor(database, product, unit)?.checked_div(of_line));
        price = Price {
            unit_price: round(own * per.unwrap_or(Decimal::ONE), 5),
            row: None,
        };
    }
    if let Some(percent) = line.get("StandardDiscountPercentAdjust").number() {
        let standard = match line.get("StandardDiscountAdjustOrReplace") {
            Value::Member("Replace") => percent,
            Value::Member("MarkDown") => {
                Decimal::ONE - (Decimal::ONE - discounts.standard) * (Decimal::ONE - percent)
            }
            _ => discounts.standard + percent,
        };
        discounts.standard = round(standard, 6);
    }
    (price, discounts)
}
