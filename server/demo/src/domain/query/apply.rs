//! `$apply`: `groupby` and `aggregate`, before them `compute` for intervals — nothing more (domain-api.md §6).

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};

use super::interval::Interval;
use super::{Expansion, Served, split_outside};
use crate::domain::fault::Fault;
use crate::domain::read::Reader;
use crate::domain::schema::{Attribute, Kind};
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

/// What rows are grouped by.
#[derive(Debug, Clone)]
struct Key {
    /// As it was written: a path, or the name of a computed value.
    name: String,
    /// References to follow first, then the attribute itself.
    path: Vec<&'static Attribute>,
    interval: Option<Interval>,
}

/// A grouping with its aggregates.
#[derive(Debug, Clone)]
pub(crate) struct Apply {
    keys: Vec<Key>,
    aggregates: Vec<(Option<&'static Attribute>, Method, String)>,
}

fn only() -> Fault {
    Fault::unsupported("Only compute, groupby and aggregate are supported in $apply.")
}

/// The arguments of a call by this name.
fn arguments<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.trim()
        .strip_prefix(name)?
        .trim_start()
        .strip_prefix('(')?
        .trim_end()
        .strip_suffix(')')
}

pub(super) fn parse(of: Served, text: &str) -> Result<Apply, Fault> {
    let steps = split_outside(text, '/');
    let (computed, step) = match steps.as_slice() {
        [step] => (Vec::new(), *step),
        [first, step] => (
            computed(of, arguments(first, "compute").ok_or_else(only)?)?,
            *step,
        ),
        _ => return Err(only()),
    };
    let mut apply = Apply {
        keys: Vec::new(),
        aggregates: Vec::new(),
    };
    let aggregate = match arguments(step, "groupby") {
        None => Some(step),
        Some(grouped) => {
            let parts = split_outside(grouped, ',');
            let keys = parts
                .first()
                .and_then(|keys| keys.trim().strip_prefix('(')?.strip_suffix(')'))
                .unwrap_or_default();
            for name in keys.split(',').map(str::trim) {
                let known = computed.iter().find(|key| key.name == name);
                apply.keys.push(match known {
                    Some(key) => key.clone(),
                    None => key(of, name)?,
                });
            }
            parts.get(1).map(|part| part.trim())
        }
    };
    if let Some(aggregate) = aggregate {
        for item in arguments(aggregate, "aggregate")
            .ok_or_else(only)?
            .split(',')
        {
            let aggregate = parse_aggregate(of, &apply, item)?;
            apply.aggregates.push(aggregate);
        }
    }
    Ok(apply)
}

/// `function(Path) as Name, …`
fn computed(of: Served, text: &str) -> Result<Vec<Key>, Fault> {
    split_outside(text, ',')
        .into_iter()
        .map(|item| {
            let (call, name) = item
                .rsplit_once(" as ")
                .ok_or_else(|| Fault::unsupported(format!("A name is missing in '{item}'.")))?;
            let (path, interval) = Interval::parse(call.trim())?;
            let path = follow(of, path)?;
            let fits = path
                .last()
                .is_some_and(|attribute| interval.is_of(attribute.kind));
            if fits {
                Ok(Key {
                    name: name.trim().to_owned(),
                    path,
                    interval: Some(interval),
                })
            } else {
                Err(Fault::unsupported(format!("'{call}' is not supported.")))
            }
        })
        .collect()
}

fn parse_aggregate(
    of: Served,
    apply: &Apply,
    item: &str,
) -> Result<(Option<&'static Attribute>, Method, String), Fault> {
    let words: Vec<&str> = item.split_whitespace().collect();
    match words.as_slice() {
        ["$count", "as", name] => Ok((None, Method::Count, (*name).to_owned())),
        [source, "with", method, "as", name] => {
            let attribute = of.attribute(source)?;
            let measure = matches!(
                attribute.kind,
                Kind::Amount | Kind::Quantity | Kind::Decimal | Kind::Int
            );
            let listed = matches!(attribute.kind, Kind::Children { .. });
            let method = match *method {
                "sum" if measure => Method::Sum,
                "min" if measure => Method::Min,
                "max" if measure => Method::Max,
                "countdistinct" if !listed => Method::CountDistinct,
                other => {
                    return Err(Fault::unsupported(format!(
                        "Aggregation method '{other}' is not supported for '{source}'."
                    )));
                }
            };
            let twice = apply
                .aggregates
                .iter()
                .any(|(known, _, _)| known.is_some_and(|known| known.name == attribute.name));
            if twice {
                return Err(Fault::unsupported(format!(
                    "Property '{source}' can be used only once."
                )));
            }
            Ok((Some(attribute), method, (*name).to_owned()))
        }
        _ => Err(Fault::unsupported(format!("Invalid aggregate '{item}'."))),
    }
}

fn key(of: Served, name: &str) -> Result<Key, Fault> {
    let path = follow(of, name)?;
    let groupable = path.last().is_some_and(|attribute| {
        matches!(
            attribute.kind,
            Kind::Reference(_)
                | Kind::Date
                | Kind::DateTime
                | Kind::Bool
                | Kind::Member(_)
                | Kind::Text(1..)
        )
    });
    if groupable {
        Ok(Key {
            name: name.to_owned(),
            path,
            interval: None,
        })
    } else {
        Err(Fault::unsupported(format!(
            "Grouping by '{name}' is not supported."
        )))
    }
}

/// The attributes of a path; it may lead over filterable references only.
fn follow(of: Served, path: &str) -> Result<Vec<&'static Attribute>, Fault> {
    let (first, rest) = path
        .split_once('/')
        .map_or((path, None), |(first, rest)| (first, Some(rest)));
    let attribute = of.attribute(first)?;
    let mut attributes = vec![attribute];
    if let Some(rest) = rest {
        let target = match attribute.kind {
            Kind::Reference(set) if attribute.path => of.target(set),
            _ => None,
        };
        let target = target.ok_or_else(|| {
            Fault::unsupported(format!(
                "Reference '{first}' of entity '{}' is not filterable.",
                of.set()
            ))
        })?;
        attributes.extend(follow(target, rest)?);
    }
    Ok(attributes)
}

impl Key {
    fn value(&self, database: &Database, row: &Row) -> Value {
        let value = reach(database, row, &self.path);
        match &self.interval {
            Some(interval) => interval.of(&value),
            None => value,
        }
    }

    /// As JSON; references may be expanded.
    fn json(&self, reader: &Reader<'_>, value: &Value, expansions: &[Expansion]) -> Json {
        let expansion = match self.path.as_slice() {
            [only] => expansions
                .iter()
                .find(|expansion| expansion.attribute.name == only.name),
            _ => None,
        };
        match (expansion, self.path.last().map(|last| last.kind)) {
            (Some(expansion), Some(Kind::Reference(set))) => reader.expanded(value, set, expansion),
            _ => value.json(),
        }
    }
}

impl Apply {
    /// Groups the rows; quantities in different units and amounts in different currencies stay apart.
    pub(crate) fn run(
        &self,
        reader: &Reader<'_>,
        rows: &[&Arc<Row>],
        expansions: &[Expansion],
    ) -> Vec<Json> {
        let mut groups: BTreeMap<String, (Vec<Value>, Vec<&Arc<Row>>)> = BTreeMap::new();
        for row in rows {
            let keys: Vec<Value> = self
                .keys
                .iter()
                .map(|key| key.value(reader.database, row))
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
                for (key, value) in self.keys.iter().zip(keys) {
                    let value = key.json(reader, &value, expansions);
                    place(&mut object, &key.name, value);
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
