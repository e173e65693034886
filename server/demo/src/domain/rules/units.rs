//! Units and their conversion to the base unit of a product (entities.md §1.6).

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::domain::store::{Database, Row};
use crate::domain::value::Value;

/// How many base units of the product one of this unit is; `None` when the product cannot be measured in it.
///
/// A conversion of the product itself goes before the unit's own; it is computed from its two quantities, because the
/// documents disagree on the meaning of its multiplier and divisor.
pub(crate) fn base_factor(database: &Database, product: &Row, unit: &Row) -> Option<Decimal> {
    for dimension in database.children("General_Products_ProductDimensions", "Product", product.id)
    {
        let source = dimension.get("SourceQuantity").number()?;
        let dest = dimension.get("DestQuantity").number()?;
        if dimension.get("SourceQuantityUnit").id() == Some(unit.id) {
            let to = database.follow(dimension.get("DestQuantityUnit"))?;
            return own_factor(product, to).and_then(|factor| (dest * factor).checked_div(source));
        }
    }
    own_factor(product, unit)
}

/// The conversion within the category the product is measured in.
fn own_factor(product: &Row, unit: &Row) -> Option<Decimal> {
    if unit.get("MeasurementCategory").id() != product.get("BaseMeasurementCategory").id() {
        return None;
    }
    unit.get("Multiplier")
        .number()?
        .checked_div(unit.get("Divisor").number()?)
}

/// The unit of this code.
pub(crate) fn by_code<'a>(database: &'a Database, code: &str) -> Option<&'a Arc<Row>> {
    database.find("General_Products_MeasurementUnits", "Code", code)
}

/// A quantity of a value with a unit code, in base units of the product.
pub(crate) fn in_base(database: &Database, product: &Row, quantity: &Value) -> Option<Decimal> {
    let Value::Quantity(value, code) = quantity else {
        return None;
    };
    Some(value * base_factor(database, product, by_code(database, code)?)?)
}

/// Code of the product's base unit.
pub(crate) fn base_code(database: &Database, product: &Row) -> String {
    let category = product.get("BaseMeasurementCategory").id();
    database
        .rows("General_Products_MeasurementUnits")
        .into_iter()
        .find(|unit| {
            unit.get("IsDefaultUnit").is_true() && unit.get("MeasurementCategory").id() == category
        })
        .and_then(|unit| unit.get("Code").text().map(str::to_owned))
        .unwrap_or_default()
}
