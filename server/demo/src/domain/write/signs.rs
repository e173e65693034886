//! Units and currencies inside of complex values (domain-api.md §11.1).
//!
//! Where the reference stands in the same row, the code in the value sets it (since 26.2); where it stands elsewhere, the
//! code must be the one that is in effect. Who sends both must make them agree.

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{LINES, Writer};
use crate::domain::fault::Fault;
use crate::domain::rules::totals;
use crate::domain::schema::{Attribute, Entity};
use crate::domain::value::{Reference, Value};

const PRICES: &str = "Crm_Pricing_ProductPrices";
const DIMENSIONS: &str = "General_Products_ProductDimensions";
const UNITS: &str = "General_Products_MeasurementUnits";
const CURRENCIES: &str = "General_Currencies_Currencies";

/// Complex values with the reference of the same row: set, value, reference.
const SAME_ROW: &[(&str, &str, &str)] = &[
    (LINES, "Quantity", "QuantityUnit"),
    (PRICES, "Price", "Currency"),
    (PRICES, "PriceQuantity", "PriceQuantityMeasurementUnit"),
    (DIMENSIONS, "SourceQuantity", "SourceQuantityUnit"),
    (DIMENSIONS, "DestQuantity", "DestQuantityUnit"),
];

fn beside(set: &str, attribute: &str) -> Option<&'static str> {
    SAME_ROW
        .iter()
        .find(|(of, value, _)| *of == set && *value == attribute)
        .map(|(_, _, reference)| *reference)
}

impl Writer<'_> {
    /// The unit or currency behind the code in a value.
    fn signified(&self, value: &Value) -> Result<Option<Reference>, Fault> {
        let (set, attribute, code) = match value {
            Value::Quantity(_, code) => (UNITS, "Code", code),
            Value::Amount(_, sign) => (CURRENCIES, "CurrencySign", sign),
            _ => return Ok(None),
        };
        let row = self.database.find(set, attribute, code);
        row.map(|row| Some(row.reference()))
            .ok_or_else(|| match set {
                UNITS => Fault::Operation(format!("Measurement unit '{code}' was not found.")),
                _ => Fault::Operation(format!("Currency '{code}' was not found.")),
            })
    }

    /// Before a complex value is set.
    pub(super) fn check_sign(
        &mut self,
        set: &'static str,
        id: Uuid,
        attribute: &Attribute,
        value: &Value,
    ) -> Result<(), Fault> {
        if let Some(reference) = beside(set, attribute.name) {
            let Some(sign) = self.signified(value)? else {
                return Ok(());
            };
            if self.version.at_least(26, 2) {
                return self.put(set, id, reference, Value::Reference(sign));
            }
            let set_before = self.row(set, id)?.get(reference).id();
            return if set_before == Some(sign.id) {
                Ok(())
            } else {
                // Unverified: the text of this error.
                Err(Fault::Operation(format!(
                    "The unit or currency of '{}' does not match '{reference}'.",
                    attribute.name
                )))
            };
        }
        if let (LINES, "UnitPrice", Value::Amount(_, sign)) = (set, attribute.name, value) {
            let line = self.row(LINES, id)?;
            let currency = self
                .database
                .follow(line.get("SalesOrder"))
                .map(|order| totals::currency(self.database, order));
            if currency.as_ref() != Some(sign) {
                return Err(Fault::Operation(format!(
                    "Currency '{sign}' does not match the currency of the document."
                )));
            }
        }
        Ok(())
    }

    /// An object with both a code and a reference must mean the same by them.
    pub(super) fn agree(&mut self, of: &Entity, object: &Map<String, Json>) -> Result<(), Fault> {
        for (_, value, reference) in SAME_ROW.iter().filter(|(set, _, _)| *set == of.set) {
            let (Some(complex), Some(attribute)) = (object.get(*value), of.attribute(value)) else {
                continue;
            };
            let bound = object.get(&format!("{reference}@odata.bind"));
            let link = bound
                .or_else(|| object.get(*reference)?.get("@odata.id"))
                .and_then(Json::as_str)
                .and_then(|link| crate::domain::query::parse_reference(self.version, link));
            let complex = self.value(attribute, complex)?;
            if let (Some(link), Some(sign)) = (link, self.signified(&complex)?)
                && link.id != sign.id
            {
                return Err(Fault::Operation(format!(
                    "The unit or currency of '{value}' does not match '{reference}'."
                )));
            }
        }
        Ok(())
    }
}
