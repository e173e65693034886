//! `$apply`: `groupby` and `aggregate`, nothing more (domain-api.md §6).

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};

use super::{split_outside, unknown};
use crate::domain::fault::Fault;
use crate::domain::schema::{Attribute, Entity, Kind, entity as entity_of};
use crate::domain::store::{Database, Row};
use crate::domain::value::{Value, decimal_json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Sum,
    Min,
    Max,
    CountDistinct,
    Count,
}

/// A grouping with its aggregates.
#[derive(Debug, Clone)]
pub(crate) struct Apply {
    /// Paths of at most one reference and an attribute.
    keys: Vec<(String, Vec<&'static Attribute>)>,
    aggregates: Vec<(Option<&'static Attribute>, Method, String)>,
}

pub(super) fn parse(entity: &'static Entity, text: &str) -> Result<Apply, Fault> {
    let mut apply = Apply {
        keys: Vec::new(),
        aggregates: Vec::new(),
    };
    let inside = |text: &str, name: &str| -> Option<String> {
        Some(
            text.trim()
                .strip_prefix(name)?
                .trim_start()
                .strip_prefix('(')?
                .trim_end()
                .strip_suffix(')')?
                .to_owned(),
        )
    };
    let aggregate = if let Some(arguments) = inside(text, "groupby") {
        let parts = split_outside(&arguments, ',');
        let keys = parts
            .first()
            .and_then(|keys| keys.trim().strip_prefix('(')?.strip_suffix(')'))
            .unwrap_or_default();
        for path in keys.split(',').map(str::trim) {
            apply.keys.push((path.to_owned(), key(entity, path)?));
        }
        parts.get(1).map(|part| part.trim().to_owned())
    } else {
        Some(text.to_owned())
    };
    let Some(aggregate) = aggregate else {
        return Ok(apply);
    };
    let list = inside(&aggregate, "aggregate")
        .ok_or_else(|| Fault::unsupported("Only groupby and aggregate are supported in $apply."))?;
    for item in list.split(',') {
        let words: Vec<&str> = item.split_whitespace().collect();
        let (source, method, name) = match words.as_slice() {
            ["$count", "as", name] => (None, Method::Count, *name),
            [source, "with", method, "as", name] => {
                let attribute = entity
                    .attribute(source)
                    .ok_or_else(|| unknown(entity, source))?;
                let measure = matches!(
                    attribute.kind,
                    Kind::Amount | Kind::Quantity | Kind::Decimal | Kind::Int
                );
                let method = match *method {
                    "sum" if measure => Method::Sum,
                    "min" if measure => Method::Min,
                    "max" if measure => Method::Max,
                    "countdistinct" => Method::CountDistinct,
                    other => {
                        return Err(Fault::unsupported(format!(
                            "Aggregation method '{other}' is not supported for '{source}'."
                        )));
                    }
                };
                if apply
                    .aggregates
                    .iter()
                    .any(|(known, _, _)| known.is_some_and(|known| known.name == *source))
                {
                    return Err(Fault::unsupported(format!(
                        "Property '{source}' can be used only once."
                    )));
                }
                (Some(attribute), method, *name)
            }
            _ => return Err(Fault::unsupported(format!("Invalid aggregate '{item}'."))),
        };
        apply.aggregates.push((source, method, name.to_owned()));
    }
    Ok(apply)
}

fn key(entity: &'static Entity, path: &str) -> Result<Vec<&'static Attribute>, Fault> {
    let (first, rest) = path
        .split_once('/')
        .map_or((path, None), |(first, rest)| (first, Some(rest)));
    let attribute = entity
        .attribute(first)
        .ok_or_else(|| unknown(entity, first))?;
    let Some(rest) = rest else {
        let groupable = matches!(
            attribute.kind,
            Kind::Reference(_)
                | Kind::Date
                | Kind::DateTime
                | Kind::Bool
                | Kind::Member(_)
                | Kind::Text(1..)
        );
        return if groupable {
            Ok(vec![attribute])
        } else {
            Err(Fault::unsupported(format!(
                "Grouping by '{path}' is not supported."
            )))
        };
    };
    let target = match attribute.kind {
        Kind::Reference(set) if attribute.path => entity_of(set),
        _ => None,
    };
    let target = target.ok_or_else(|| {
        Fault::unsupported(format!(
            "Reference '{first}' of entity '{}' is not filterable.",
            entity.set
        ))
    })?;
    let mut path = vec![attribute];
    path.extend(key(target, rest)?);
    Ok(path)
}

impl Apply {
    /// Groups the rows; quantities in different units and amounts in different currencies stay apart.
    pub(crate) fn run(&self, database: &Database, rows: &[&Arc<Row>]) -> Vec<Json> {
        let mut groups: BTreeMap<String, (Vec<Json>, Vec<&Arc<Row>>)> = BTreeMap::new();
        for row in rows {
            let keys: Vec<Json> = self
                .keys
                .iter()
                .map(|(_, path)| reach(database, row, path).json())
                .collect();
            let signs: Vec<&str> = self
                .aggregates
                .iter()
                .filter_map(|(source, _, _)| sign(row.get(source.as_ref()?.name)))
                .collect();
            let group = groups
                .entry(format!("{keys:?}{signs:?}"))
                .or_insert_with(|| (keys, Vec::new()));
            group.1.push(row);
        }
        groups
            .into_values()
            .map(|(keys, rows)| {
                let mut object = Map::new();
                for ((path, _), value) in self.keys.iter().zip(keys) {
                    place(&mut object, path, value);
                }
                for (source, method, name) in &self.aggregates {
                    object.insert(name.clone(), aggregate(*source, *method, &rows));
                }
                Json::Object(object)
            })
            .collect()
    }
}

/// `Ref/Key` becomes a nested object.
fn place(object: &mut Map<String, Json>, path: &str, value: Json) {
    match path.split_once('/') {
        None => {
            object.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            if let Json::Object(inner) = object
                .entry(first)
                .or_insert_with(|| Json::Object(Map::new()))
            {
                place(inner, rest, value);
            }
        }
    }
}

fn reach(database: &Database, row: &Row, path: &[&'static Attribute]) -> Value {
    let Some((first, rest)) = path.split_first() else {
        return Value::Null;
    };
    if rest.is_empty() {
        return row.get(first.name).clone();
    }
    database
        .follow(row.get(first.name))
        .map_or(Value::Null, |next| reach(database, next, rest))
}

fn sign(value: &Value) -> Option<&str> {
    match value {
        Value::Amount(_, sign) | Value::Quantity(_, sign) => Some(sign),
        _ => None,
    }
}

fn aggregate(source: Option<&'static Attribute>, method: Method, rows: &[&Arc<Row>]) -> Json {
    let Some(source) = source else {
        return Json::from(rows.len());
    };
    let numbers = || rows.iter().filter_map(|row| row.get(source.name).number());
    let number = match method {
        Method::Count => return Json::from(rows.len()),
        Method::CountDistinct => {
            let mut seen: Vec<String> = rows
                .iter()
                .map(|row| row.get(source.name).json().to_string())
                .collect();
            seen.sort_unstable();
            seen.dedup();
            return Json::from(seen.len());
        }
        Method::Sum => Some(numbers().sum::<Decimal>()),
        Method::Min => numbers().min(),
        Method::Max => numbers().max(),
    };
    let Some(number) = number else {
        return Json::Null;
    };
    match rows.first().map(|row| row.get(source.name)) {
        Some(Value::Amount(_, sign)) => Value::Amount(number, sign.clone()).json(),
        Some(Value::Quantity(_, sign)) => Value::Quantity(number, sign.clone()).json(),
        _ => decimal_json(number),
    }
}
