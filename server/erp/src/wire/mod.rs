//! What comes over the wire: every member optional, every oddity the documents name tolerated. What it means is decided in
//! [`crate::translate`].

pub(crate) mod catalogue;
pub(crate) mod orders;
pub(crate) mod people;

use std::{collections::BTreeMap, str::FromStr};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::Value;
use uuid::Uuid;

use crate::odata::{names::Names, query::Set};

/// A decimal that travels as a number or as text (F15), and never through binary floating point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number(pub(crate) Decimal);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match Value::deserialize(deserializer)? {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text,
            _ => return Err(D::Error::custom("no number")),
        };
        parse(text.trim())
            .map(Self)
            .ok_or_else(|| D::Error::custom("no decimal number"))
    }
}

fn parse(text: &str) -> Option<Decimal> {
    if text.len() > 64 {
        return None;
    }
    Decimal::from_str(text)
        .or_else(|_| Decimal::from_scientific(text))
        .ok()
}

impl Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Arbitrary precision: the digits go out as they are.
        serde_json::Number::from_str(&self.0.normalize().to_string())
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

/// `{"Value": 12.5, "Currency": "EUR"}`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Amount {
    #[serde(rename = "Value")]
    pub(crate) value: Option<Number>,
    #[serde(rename = "Currency")]
    pub(crate) currency: Option<String>,
}

/// `{"Value": 2, "Unit": "pcs"}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Quantity {
    #[serde(rename = "Value")]
    pub(crate) value: Option<Number>,
    #[serde(rename = "Unit", skip_serializing_if = "Option::is_none")]
    pub(crate) unit: Option<String>,
}

/// Words by language; keys in any case. Some instances send one plain text instead.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Words {
    ByLanguage(BTreeMap<String, Option<String>>),
    Plain(String),
}

/// A reference: `{"@odata.id": "Set(guid)"}`, or a bare string in its place (domain-api.md §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reference(pub(crate) Uuid);

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        reference(&Value::deserialize(deserializer)?)
            .map(Self)
            .ok_or_else(|| D::Error::custom("no reference"))
    }
}

/// The id a record or a reference names: `@odata.id`, else `Id`, else a bare string.
pub(crate) fn reference(value: &Value) -> Option<Uuid> {
    match value {
        Value::String(text) => id_in(text),
        Value::Object(members) => members
            .get("@odata.id")
            .or_else(|| members.get("Id"))
            .or_else(|| members.get("PartyId"))
            .and_then(Value::as_str)
            .and_then(id_in),
        _ => None,
    }
}

/// The id in `Set(guid)`, in an absolute address ending so, or standing alone.
fn id_in(text: &str) -> Option<Uuid> {
    let text = match text.rsplit_once('(') {
        Some((_, rest)) => rest.strip_suffix(')')?,
        None => text,
    };
    Uuid::parse_str(text).ok()
}

/// A reference that was expanded: its id and what was asked for of it.
#[derive(Debug, Clone)]
pub(crate) struct Expanded<T> {
    pub(crate) id: Option<Uuid>,
    pub(crate) row: Option<T>,
}

impl<'de, T: serde::de::DeserializeOwned> Deserialize<'de> for Expanded<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(Self {
            id: reference(&value),
            // An unreadable part does not take the rest with it.
            row: serde_json::from_value(value).ok(),
        })
    }
}

/// A link in a request: `@odata.id` and nothing else, because more would change the record it names (domain-api.md §11.2).
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Link {
    #[serde(rename = "@odata.id")]
    id: String,
}

impl Link {
    pub(crate) fn to(names: &Names, set: Set, id: impl Into<Uuid>) -> Self {
        Self {
            id: names.link(set, id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f15_numbers_come_as_numbers_and_as_text_and_never_as_floats() {
        for (json, decimal) in [
            ("12.5", Some("12.5")),
            ("\"3.55\"", Some("3.55")),
            ("0.1", Some("0.1")),
            ("1e2", Some("100")),
            ("12345678901234.12345", Some("12345678901234.12345")),
            ("-2", Some("-2")),
            ("1e300", None),
            ("\"many\"", None),
            ("\"\"", None),
            ("true", None),
            ("{}", None),
        ] {
            let read = serde_json::from_str::<Number>(json)
                .ok()
                .map(|number| number.0.to_string());
            assert_eq!(read.as_deref(), decimal, "{json}");
        }
        assert_eq!(
            serde_json::to_string(&Number("1.50".parse().unwrap())).unwrap(),
            "1.5"
        );
    }

    #[test]
    fn references_come_as_objects_and_as_bare_text() {
        let id = Uuid::from_u128(1);
        for json in [
            r#"{"@odata.id":"General_Products_Products(00000000-0000-0000-0000-000000000001)"}"#,
            r#""General_Products_Products(00000000-0000-0000-0000-000000000001)""#,
            r#""00000000-0000-0000-0000-000000000001""#,
            r#"{"@odata.id":"https://e.net/api/domain/odata/X(00000000-0000-0000-0000-000000000001)"}"#,
            r#"{"Id":"00000000-0000-0000-0000-000000000001"}"#,
        ] {
            assert_eq!(
                serde_json::from_str::<Reference>(json).unwrap().0,
                id,
                "{json}"
            );
        }
        for json in [
            r#""X(nothing)""#,
            "{}",
            "7",
            r#""X(00000000-0000-0000-0000-000000000001""#,
        ] {
            assert!(serde_json::from_str::<Reference>(json).is_err(), "{json}");
        }
    }
}
