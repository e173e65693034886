//! What a row holds, and how it travels as JSON (domain-api.md §7).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rust_decimal::Decimal;
use serde_json::{Map, Number, Value as Json, json};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, Time};
use uuid::Uuid;

use crate::pictures::Drawing;

/// A reference to a row of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) set: &'static str,
    pub(crate) id: Uuid,
}

impl Reference {
    /// `Set(guid)`, as it stands in `@odata.id`.
    pub(crate) fn link(self) -> String {
        format!("{}({})", self.set, self.id)
    }

    pub(crate) fn json(self) -> Json {
        json!({ "@odata.id": self.link() })
    }
}

/// A text in several languages, in the order in which they were written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Ml(pub(crate) Vec<(String, String)>);

impl Ml {
    /// English and Bulgarian, the languages of this instance.
    pub(crate) fn new(english: &str, bulgarian: &str) -> Self {
        Self(vec![
            ("EN".to_owned(), english.to_owned()),
            ("BG".to_owned(), bulgarian.to_owned()),
        ])
    }

    /// The text in this language (without regard to case), else the first one.
    pub(crate) fn text(&self, language: &str) -> &str {
        let wanted = self
            .0
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(language));
        wanted
            .or(self.0.first())
            .map(|(_, text)| text.as_str())
            .unwrap_or_default()
    }

    /// Always with all languages.
    fn json(&self) -> Json {
        let texts = self.0.iter();
        texts
            .map(|(key, text)| (key.clone(), Json::from(text.as_str())))
            .collect::<Map<_, _>>()
            .into()
    }
}

/// The value of one attribute.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Decimal(Decimal),
    Text(String),
    Ml(Ml),
    Time(OffsetDateTime),
    /// A member of an enumeration, by name.
    Member(&'static str),
    Reference(Reference),
    /// Value and currency sign.
    Amount(Decimal, String),
    /// Value and unit code.
    Quantity(Decimal, String),
    /// Bytes of a file.
    Bytes(Arc<[u8]>),
    /// The value of a custom property; with id and description where only certain values are allowed.
    Custom {
        value: String,
        id: Option<Uuid>,
        description: Option<Ml>,
    },
    /// Bytes of a picture that is drawn when somebody asks for it.
    Drawing(Drawing),
    /// Something the model does not allow, as it travels; `None` leaves the member out.
    Odd(Option<Json>),
}

/// Every missing value.
pub(crate) static NULL: Value = Value::Null;

impl Value {
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    pub(crate) fn reference(&self) -> Option<Reference> {
        match self {
            Self::Reference(reference) => Some(*reference),
            _ => None,
        }
    }

    pub(crate) fn id(&self) -> Option<Uuid> {
        self.reference().map(|reference| reference.id)
    }

    pub(crate) fn time(&self) -> Option<OffsetDateTime> {
        match self {
            Self::Time(time) => Some(*time),
            _ => None,
        }
    }

    /// The number of a number, an amount or a quantity.
    pub(crate) fn number(&self) -> Option<Decimal> {
        match self {
            Self::Decimal(number) | Self::Amount(number, _) | Self::Quantity(number, _) => {
                Some(*number)
            }
            Self::Int(number) => Some(Decimal::from(*number)),
            _ => None,
        }
    }

    /// The JSON form; drawings are drawn here.
    pub(crate) fn json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(truth) => Json::Bool(*truth),
            Self::Int(number) => Json::from(*number),
            Self::Decimal(number) => decimal_json(*number),
            Self::Text(text) => Json::from(text.as_str()),
            Self::Ml(ml) => ml.json(),
            Self::Time(time) => time_json(*time),
            Self::Member(name) => Json::from(*name),
            Self::Reference(reference) => reference.json(),
            Self::Amount(value, currency) => complex(*value, "Currency", currency),
            Self::Quantity(value, unit) => complex(*value, "Unit", unit),
            Self::Odd(odd) => odd.clone().unwrap_or(Json::Null),
            Self::Bytes(bytes) => Json::from(STANDARD.encode(bytes)),
            Self::Custom {
                value,
                id,
                description,
            } => json!({
                "Value": value,
                "ValueId": id.map(|id| id.to_string()),
                "Description": description.as_ref().map(Ml::json),
            }),
            Self::Drawing(drawing) => Json::from(STANDARD.encode(drawing.png())),
        }
    }
}

/// `IEEE754Compatible=false`: decimals are JSON numbers, here without trailing zeros.
pub(crate) fn decimal_json(number: Decimal) -> Json {
    number
        .normalize()
        .to_string()
        .parse::<Number>()
        .map_or(Json::Null, Json::Number)
}

fn complex(value: Decimal, member: &str, sign: &str) -> Json {
    let mut object = Map::new();
    object.insert("Value".to_owned(), decimal_json(value));
    object.insert(member.to_owned(), Json::from(sign));
    Json::Object(object)
}

fn time_json(time: OffsetDateTime) -> Json {
    let whole = time.replace_nanosecond(0).unwrap_or(time);
    whole.format(&Rfc3339).map_or(Json::Null, Json::from)
}

/// Midnight of the day: pure dates travel as instants too.
pub(crate) fn day(time: OffsetDateTime) -> OffsetDateTime {
    time.replace_time(Time::MIDNIGHT)
}

/// `2026-01-31`, `2026-01-31Z` or `2026-01-31T10:00:00Z`.
pub(crate) fn parse_time(text: &str) -> Option<OffsetDateTime> {
    if let Ok(time) = OffsetDateTime::parse(text, &Rfc3339) {
        return Some(time.to_offset(time::UtcOffset::UTC));
    }
    let date = text.strip_suffix('Z').unwrap_or(text);
    let date = time::Date::parse(
        date,
        time::macros::format_description!("[year]-[month]-[day]"),
    )
    .ok()?;
    Some(date.midnight().assume_utc())
}
