//! The query options of a read (domain-api.md §3), parsed and checked against the schema.

pub(crate) mod apply;
mod condition;
mod interval;
mod literal;
mod selection;

pub(crate) use condition::{Condition, matches};
pub(crate) use literal::parse_reference;
pub(crate) use selection::{Expansion, Selection};

use super::fault::Fault;
use super::schema::{Attribute, Entity, entity, needs_security_scope};
use super::version::Version;

/// An entity as one version of the server shows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Served {
    pub(crate) entity: &'static Entity,
    pub(crate) version: Version,
}

impl Served {
    /// What this version calls the set.
    fn set(self) -> &'static str {
        self.version.set(self.entity.set)
    }

    /// The attribute of this name. Parties call their key otherwise (§2).
    fn attribute(self, name: &str) -> Result<&'static Attribute, Fault> {
        let key = self.entity.key();
        let inside = match name {
            "Id" if key != "Id" => return Err(unknown(self, name)),
            name if name == key => "Id",
            name => name,
        };
        self.entity
            .attribute(inside)
            .filter(|attribute| self.version.shows(attribute))
            .ok_or_else(|| unknown(self, name))
    }

    /// The entity behind a reference or a child list, if its rows may be read.
    fn target(self, set: &str) -> Option<Self> {
        let entity = entity(set)
            .filter(|entity| self.version.has(entity.set) && !needs_security_scope(entity.set))?;
        Some(Self { entity, ..self })
    }
}

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
    /// `expandgroup`: references of grouped results that are expanded.
    pub(crate) group_expansions: Vec<Expansion>,
    pub(crate) skip_nulls: bool,
    /// Everything except `$skip` and `$skiptoken`, as it was given: the link to the next page repeats it.
    pub(crate) given: Vec<(String, String)>,
}

impl Query {
    /// Reads the raw query string.
    pub(crate) fn parse(of: Served, raw: &str) -> Result<Self, Fault> {
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
                "$filter" => query.conditions = condition::parse(of, &value)?,
                "$select" => select = Some(value.to_string()),
                "$expand" => expand = Some(value.to_string()),
                "$orderby" => query.order = order(of, &value)?,
                "$top" => query.top = Some(number()?),
                "$skip" => query.skip = number()?,
                "$skiptoken" => query.skip_token = Some(value.to_string()),
                "$count" => query.count = truth(&value)?,
                "$search" => query.search = Some(search(&value)?),
                "expandgroup" => {
                    // Unverified: it is written as `$expand` is.
                    query.group_expansions =
                        Selection::parse(of, None, Some(value.as_ref()))?.expansions;
                }
                "$apply" => query.apply = Some(apply::parse(of, &value)?),
                "options" => {
                    query.skip_nulls = value.split(',').any(|option| option.trim() == "skipnulls");
                }
                // The language is heard elsewhere; the context is accepted, and without effect on what is served here (§8).
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
        query.selection = Selection::parse(of, select.as_deref(), expand.as_deref())?;
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

/// `$search`: a quoted text, or one word (§3).
fn search(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if let Some(quoted) = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
    {
        return Ok(quoted.to_owned());
    }
    if !text.is_empty() && text.chars().all(char::is_alphanumeric) {
        return Ok(text.to_owned());
    }
    // Unverified: the text of this error.
    Err(Fault::unsupported(format!(
        "Syntax error at '{text}' in $search; quote the text."
    )))
}

/// `$orderby`: only attributes the model marks as orderable.
pub(crate) fn order(of: Served, text: &str) -> Result<Order, Fault> {
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
            let attribute = of.attribute(name)?;
            if attribute.orderable {
                Ok((attribute, direction))
            } else {
                Err(Fault::unsupported(format!(
                    "Ordering by attribute '{name}' of entity '{}' is not supported.",
                    of.set()
                )))
            }
        })
        .collect()
}

/// A name the model does not have. Unverified: the text of this error.
fn unknown(of: Served, name: &str) -> Fault {
    Fault::unsupported(format!(
        "Could not find a property named '{name}' on type 'Erp.{}'.",
        of.version.kind(of.entity)
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
