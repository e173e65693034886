//! From JSON to the values of attributes (domain-api.md §7, §11.1).

use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};

use super::Writer;
use crate::domain::fault::Fault;
use crate::domain::query::parse_reference;
use crate::domain::schema::{Attribute, Kind, entity};
use crate::domain::store::Row;
use crate::domain::value::{Ml, Reference, Value, day, parse_time};

impl Writer<'_> {
    pub(super) fn value(&mut self, attribute: &Attribute, json: &Json) -> Result<Value, Fault> {
        if json.is_null() {
            return Ok(Value::Null);
        }
        let wrong =
            || Fault::Operation(format!("Cannot convert the value of '{}'.", attribute.name));
        let value = match attribute.kind {
            Kind::Text(most) => {
                let text = json.as_str().ok_or_else(wrong)?;
                fits(attribute, text, most)?;
                Value::Text(text.to_owned())
            }
            Kind::Ml(most) => {
                let texts = json
                    .as_object()
                    .ok_or_else(wrong)?
                    .iter()
                    .map(|(language, text)| {
                        let text = text.as_str().ok_or_else(wrong)?;
                        fits(attribute, text, most)?;
                        Ok((language.to_uppercase(), text.to_owned()))
                    });
                // Written as a whole: languages that were not sent are gone (§7).
                Value::Ml(Ml(texts.collect::<Result<_, Fault>>()?))
            }
            Kind::Bool => Value::Bool(json.as_bool().ok_or_else(wrong)?),
            Kind::Int => Value::Int(json.as_i64().ok_or_else(wrong)?),
            Kind::Decimal => Value::Decimal(decimal(json).ok_or_else(wrong)?),
            Kind::Date => Value::Time(day(json.as_str().and_then(parse_time).ok_or_else(wrong)?)),
            Kind::DateTime => Value::Time(json.as_str().and_then(parse_time).ok_or_else(wrong)?),
            Kind::Member(of) => Value::Member(
                json.as_str()
                    .and_then(|name| of.member(name))
                    .ok_or_else(wrong)?,
            ),
            Kind::Amount => {
                let (value, sign) = complex(json, "Currency").ok_or_else(wrong)?;
                Value::Amount(value, sign)
            }
            Kind::Quantity => {
                let (value, sign) = complex(json, "Unit").ok_or_else(wrong)?;
                // Quantities have three decimal places (entities.md §1.6).
                Value::Quantity(value.round_dp(3), sign)
            }
            Kind::Reference(_) => self.reference(attribute, json)?,
            Kind::Id | Kind::Bytes | Kind::Children { .. } => return Err(wrong()),
        };
        Ok(value)
    }

    /// `{"@odata.id": "Set(guid)"}`, or the bare link of `@odata.bind`. Further members are merged into the row that is
    /// found: the dangerous default of §11.2.
    pub(super) fn reference(&mut self, attribute: &Attribute, json: &Json) -> Result<Value, Fault> {
        let Kind::Reference(set) = attribute.kind else {
            return Err(Fault::Operation(format!(
                "'{}' is not a reference.",
                attribute.name
            )));
        };
        let link = json
            .as_str()
            .or_else(|| json.get("@odata.id").and_then(Json::as_str));
        let reference = link.and_then(parse_reference);
        let reference = reference.ok_or_else(|| {
            Fault::Operation(format!("Cannot find the object of '{}'.", attribute.name))
        })?;
        let Some(target) = entity(set) else {
            // Of the sets that are not served only the name is checked.
            return if reference.set == set {
                Ok(Value::Reference(reference))
            } else {
                Err(wrong_set(attribute, reference))
            };
        };
        let row = self
            .database
            .row(reference.set, reference.id)
            .map(|row| Row::clone(row));
        let row = row
            .ok_or_else(|| Fault::Operation(format!("Cannot find object {}.", reference.link())))?;
        if row.entity.set != target.set && row.entity.base != Some(target.set) {
            return Err(wrong_set(attribute, reference));
        }
        if let Some(object) = json.as_object() {
            let data: Map<String, Json> = object
                .iter()
                .filter(|(name, _)| !name.starts_with('@') && *name != "Id")
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            if !data.is_empty() {
                self.update(row.entity, row.id, &data)?;
            }
        }
        Ok(Value::Reference(row.reference()))
    }
}

fn wrong_set(attribute: &Attribute, reference: Reference) -> Fault {
    Fault::Operation(format!(
        "Object {} cannot be used for '{}'.",
        reference.link(),
        attribute.name
    ))
}

/// Lengths are enforced, and the error is as ugly as the real one is said to be (§7). Unverified: its text.
fn fits(attribute: &Attribute, text: &str, most: usize) -> Result<(), Fault> {
    if most == 0 || text.chars().count() <= most {
        return Ok(());
    }
    Err(Fault::Validation(format!(
        "An error occurred while saving data to the database\r\nString or binary data would be truncated in column '{}'.",
        attribute.name
    )))
}

/// Decimals are numbers, in some samples strings (§1).
fn decimal(json: &Json) -> Option<Decimal> {
    match json {
        Json::Number(number) => {
            let text = number.to_string();
            Decimal::from_str(&text)
                .ok()
                .or_else(|| Decimal::from_scientific(&text).ok())
        }
        Json::String(text) => Decimal::from_str(text).ok(),
        _ => None,
    }
}

fn complex(json: &Json, sign: &str) -> Option<(Decimal, String)> {
    let object = json.as_object()?;
    Some((
        decimal(object.get("Value")?)?,
        object.get(sign)?.as_str()?.to_owned(),
    ))
}
