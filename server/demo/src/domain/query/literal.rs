//! The literals of `$filter` (domain-api.md §4).

use std::str::FromStr;

use rust_decimal::Decimal;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::schema::{entity, needs_security_scope};
use crate::domain::value::{Reference, parse_time};

/// A literal as it was written, before it is known what it is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Number(Decimal),
    Text(String),
    Id(Uuid),
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

/// `Set(guid)`, also behind the service root.
pub(crate) fn parse_reference(text: &str) -> Option<Reference> {
    let link = text.rsplit('/').next()?;
    let (set, rest) = link.split_once('(')?;
    let id = Uuid::from_str(rest.strip_suffix(')')?).ok()?;
    if needs_security_scope(set) {
        // Users are referred to, but their set is not served.
        return Some(Reference {
            set: "Systems_Security_Users",
            id,
        });
    }
    let set = entity(set)
        .map(|entity| entity.set)
        .or_else(|| REFERRED.iter().copied().find(|known| *known == set))?;
    Some(Reference { set, id })
}

/// Sets that attributes refer to although the instance serves none of their rows.
const REFERRED: &[&str] = &[
    "Crm_Marketing_Campaigns",
    "Crm_Marketing_TargetGroups",
    "Crm_Pricing_PromotionalPackages",
    "Crm_SalesForce_SalesPersons",
    "Crm_Sales_CustomerTypes",
    "Finance_Payments_PaymentAccounts",
    "General_Contacts_ContactMechanismPurposes",
    "General_Contacts_ContactMechanisms",
    "General_Geography_AdministrativeRegions",
    "General_Geography_GeoPoints",
    "Logistics_Inventory_Lots",
    "Logistics_Inventory_SerialNumbers",
    "Logistics_Inventory_StoreBins",
];
