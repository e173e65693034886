//! The query options of a read (domain-api.md §3), parsed and checked against the schema.

pub(crate) mod apply;
mod condition;
mod literal;
mod selection;

pub(crate) use condition::{Condition, matches};
pub(crate) use literal::parse_reference;
pub(crate) use selection::{Expansion, Selection};

use super::fault::Fault;
use super::schema::{Attribute, Entity};

/// `$orderby`: attributes with their direction.
pub(crate) type Order = Vec<(&'static Attribute, Direction)>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

/// All options of one read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query {
    pub(crate) conditions: Vec<Condition>,
    pub(crate) selection: Selection,
    pub(crate) order: Order,
    pub(crate) top: Option<usize>,
    pub(crate) skip: usize,
    pub(crate) skip_token: Option<String>,
    pub(crate) count: bool,
    pub(crate) search: Option<String>,
    pub(crate) apply: Option<apply::Apply>,
    pub(crate) skip_nulls: bool,
    /// Everything except `$skip` and `$skiptoken`, as it was given: the link to the next page repeats it.
    pub(crate) given: Vec<(String, String)>,
}

impl Query {
    /// Reads the raw query string.
    pub(crate) fn parse(entity: &'static Entity, raw: &str) -> Result<Self, Fault> {
        let mut query = Self::default();
        let (mut select, mut expand) = (None, None);
        for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
            let number = || {
                value
                    .trim()
                    .parse::<usize>()
                    .map_err(|_| Fault::unsupported(format!("Invalid value '{value}' for {name}.")))
            };
            match name.as_ref() {
                "$filter" => query.conditions = condition::parse(entity, &value)?,
                "$select" => select = Some(value.to_string()),
                "$expand" => expand = Some(value.to_string()),
                "$orderby" => query.order = order(entity, &value)?,
                "$top" => query.top = Some(number()?),
                "$skip" => query.skip = number()?,
                "$skiptoken" => query.skip_token = Some(value.to_string()),
                "$count" => query.count = truth(&value)?,
                "$search" => query.search = Some(value.trim().trim_matches('"').to_owned()),
                "$apply" => query.apply = Some(apply::parse(entity, &value)?),
                "options" => {
                    query.skip_nulls = value.split(',').any(|option| option.trim() == "skipnulls");
                }
                // Language and context of the request: accepted, and without effect on what is served here (§8).
                "culture"
                | "tr"
                | "ErpContextParameters"
                | "CurrentEnterpriseCompanyId"
                | "CurrentEnterpriseCompanyLocationId"
                | "CurrentRoleId" => {}
                other if other.starts_with('$') => {
                    return Err(Fault::unsupported(format!(
                        "The query option '{other}' is not supported."
                    )));
                }
                _ => {}
            }
            if !matches!(name.as_ref(), "$skip" | "$skiptoken") {
                query.given.push((name.into_owned(), value.into_owned()));
            }
        }
        query.selection = Selection::parse(entity, select.as_deref(), expand.as_deref())?;
        if query.apply.is_some() && !query.order.is_empty() {
            return Err(Fault::unsupported(
                "$orderby is not supported together with $apply.",
            ));
        }
        Ok(query)
    }
}

fn truth(text: &str) -> Result<bool, Fault> {
    text.parse()
        .map_err(|_| Fault::unsupported(format!("'{text}' is neither true nor false.")))
}

/// `$orderby`: only attributes the model marks as orderable.
pub(crate) fn order(entity: &'static Entity, text: &str) -> Result<Order, Fault> {
    text.split(',')
        .map(|part| {
            let mut words = part.split_whitespace();
            let name = words.next().unwrap_or_default();
            let direction = match words.next() {
                None | Some("asc") => Direction::Ascending,
                Some("desc") => Direction::Descending,
                Some(other) => {
                    return Err(Fault::unsupported(format!(
                        "Invalid direction '{other}' in $orderby."
                    )));
                }
            };
            let attribute = entity
                .attribute(name)
                .ok_or_else(|| unknown(entity, name))?;
            if attribute.orderable {
                Ok((attribute, direction))
            } else {
                Err(Fault::unsupported(format!(
                    "Ordering by attribute '{name}' of entity '{}' is not supported.",
                    entity.set
                )))
            }
        })
        .collect()
}

/// A name the model does not have. Unverified: the text of this error.
pub(crate) fn unknown(entity: &Entity, name: &str) -> Fault {
    Fault::unsupported(format!(
        "Could not find a property named '{name}' on type 'Erp.{}'.",
        entity.kind
    ))
}

/// Splits at a separator that stands outside of parentheses and quotes.
pub(crate) fn split_outside(text: &str, separator: char) -> Vec<&str> {
    let (mut depth, mut quoted, mut start) = (0_usize, false, 0);
    let mut parts = Vec::new();
    for (at, letter) in text.char_indices() {
        match letter {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            other if other == separator && !quoted && depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + letter.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}
