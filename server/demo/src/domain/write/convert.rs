//! From JSON to the values of attributes (domain-api.md §7, §11.1).

use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::IgnoredAny;
use serde_json::{Map, Value as Json};

use super::Writer;
use crate::domain::fault::Fault;
use crate::domain::query::parse_reference;
use crate::domain::schema::{
    ADDITIONAL_DATA, Attribute, CustomProperty, Kind, entity, needs_security_scope,
};
use crate::domain::value::{Ml, Value, day, parse_time};
use crate::seed::custom_value;

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
                if attribute.name == ADDITIONAL_DATA {
                    return document(text);
                }
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
            Kind::Custom(property) => custom(property, json)?,
            Kind::Reference(_) => self.reference(attribute, json)?,
            Kind::Id | Kind::Bytes | Kind::Children { .. } => return Err(wrong()),
        };
        Ok(value)
    }

    /// `{"@odata.id": "Set(guid)"}`, or an object that means a row in another way (§11.2).
    fn reference(&mut self, attribute: &Attribute, json: &Json) -> Result<Value, Fault> {
        let (Kind::Reference(set), Some(object)) = (attribute.kind, json.as_object()) else {
            return Err(Fault::Operation(format!(
                "Cannot convert the value of '{}'.",
                attribute.name
            )));
        };
        if needs_security_scope(set) {
            // Users are referred to, but nobody here may look one up.
            let link = json.get("@odata.id").and_then(Json::as_str);
            let link = link.and_then(|link| parse_reference(self.version, link));
            let link = link.filter(|link| link.set == set && object.len() == 1);
            return link.map(Value::Reference).ok_or(Fault::Forbidden);
        }
        let target = entity(set).ok_or(Fault::NotFound)?;
        self.meant_reference(target, object)
    }

    /// The bare link of `@odata.bind`.
    pub(super) fn bound(&mut self, attribute: &Attribute, json: &Json) -> Result<Value, Fault> {
        match json {
            Json::Null => Ok(Value::Null),
            Json::String(link) => {
                let mut object = Map::new();
                object.insert("@odata.id".to_owned(), Json::from(link.as_str()));
                self.reference(attribute, &Json::Object(object))
            }
            _ => Err(Fault::Operation(format!(
                "Cannot convert the value of '{}'.",
                attribute.name
            ))),
        }
    }
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

/// `AdditionalDataJson`: an empty text clears it, any other must be a JSON document (§7). Unverified: the text of the error.
fn document(text: &str) -> Result<Value, Fault> {
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| {
        Fault::Operation(format!(
            "'{ADDITIONAL_DATA}' is not a JSON document: {error}"
        ))
    })?;
    Ok(Value::Text(text.to_owned()))
}

/// `{"Value": "blue"}`; id and description come from the allowed values. Unverified: a value that is not allowed is refused.
fn custom(property: &CustomProperty, json: &Json) -> Result<Value, Fault> {
    let value = json.get("Value").and_then(Json::as_str).ok_or_else(|| {
        Fault::Operation(format!(
            "Cannot convert the value of custom property '{}'.",
            property.code
        ))
    })?;
    custom_value(property, value).ok_or_else(|| {
        Fault::Operation(format!(
            "'{value}' is not an allowed value of custom property '{}'.",
            property.code
        ))
    })
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
