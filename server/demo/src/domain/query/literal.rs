//! The literals of `$filter` (domain-api.md §4).

use std::str::FromStr;

use rust_decimal::Decimal;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::schema::entity;
use crate::domain::value::{Reference, parse_time};
use crate::domain::version::Version;

/// A literal as it was written, before it is known what it is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Number(Decimal),
    Text(String),
    Id(Uuid),
    Reference(Reference),
    Time(OffsetDateTime),
}

/// A word that is neither quoted nor a name of an attribute.
pub(super) fn bare(word: &str) -> Option<Literal> {
    match word {
        "null" => return Some(Literal::Null),
        "true" => return Some(Literal::Bool(true)),
        "false" => return Some(Literal::Bool(false)),
        _ => {}
    }
    if let Ok(id) = Uuid::from_str(word) {
        return Some(Literal::Id(id));
    }
    if let Ok(number) = Decimal::from_str(word) {
        return Some(Literal::Number(number));
    }
    parse_time(word).map(Literal::Time)
}

/// `Set(guid)`, also behind the service root, by the name this version knows the set under.
pub(crate) fn parse_reference(version: Version, text: &str) -> Option<Reference> {
    let link = version.inward(text)?;
    let (set, rest) = link.split_once('(')?;
    let id = Uuid::from_str(rest.strip_suffix(')')?).ok()?;
    let set = entity(set)?.set;
    Some(Reference { set, id })
}
