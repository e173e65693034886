//! Which row a nested object means, and what happens to it: `@erpnet.action` and `@erpnet.findBy` (domain-api.md §11.2).
//!
//! Without an action an object that has nothing but a key is looked up, and one that has more is *merged*: the row found is
//! changed, or a new one made.

use std::str::FromStr;

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::Writer;
use crate::domain::fault::Fault;
use crate::domain::language::Language;
use crate::domain::query::parse_reference;
use crate::domain::schema::Entity;
use crate::domain::store::Row;
use crate::domain::value::{Reference, Value};

/// What is to be done with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Create,
    Update,
    Delete,
    Find,
    FindOrNull,
    FindOrCreate,
    FindSingle,
    FindSingleOrNull,
    Merge,
}

impl Action {
    /// The action an object names, if it names one.
    pub(crate) fn of(object: &Map<String, Json>) -> Result<Option<Self>, Fault> {
        let Some(name) = object.get("@erpnet.action") else {
            return Ok(None);
        };
        let action = match name.as_str() {
            Some("create") => Self::Create,
            Some("update") => Self::Update,
            Some("delete") => Self::Delete,
            Some("find") => Self::Find,
            Some("findOrNull") => Self::FindOrNull,
            Some("findOrCreate") => Self::FindOrCreate,
            Some("findSingle") => Self::FindSingle,
            Some("findSingleOrNull") => Self::FindSingleOrNull,
            Some("merge") => Self::Merge,
            _ => return Err(Fault::Operation(format!("Unknown action {name}."))),
        };
        Ok(Some(action))
    }
}

/// What an object came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Created(Reference),
    Found(Reference),
    Nothing,
}

impl Outcome {
    pub(super) const fn reference(self) -> Option<Reference> {
        match self {
            Self::Created(reference) | Self::Found(reference) => Some(reference),
            Self::Nothing => None,
        }
    }
}

/// By what a row is looked up: the first of these that is present counts.
enum Criterion<'a> {
    Link(Reference),
    External(&'a str, Option<&'a str>),
    Id(Uuid),
    Code(&'static str, &'a str),
    Name(&'static str, &'a str),
    DisplayText(&'a str),
}

/// Attributes that play the part of `Code`, and of `Name`. Unverified: that these do.
const CODES: &[&str] = &[
    "Code",
    "PartNumber",
    "Number",
    "PartyCode",
    "CurrencySign",
    "AmountTypeCode",
    "ProductCodeField",
    "DocumentNo",
];
const NAMES: &[&str] = &["Name", "PartyName", "TypeName", "AmountTypeName"];

fn first_of(of: &Entity, names: &[&'static str]) -> Option<&'static str> {
    names
        .iter()
        .copied()
        .find(|name| of.attribute(name).is_some())
}

/// A text, or the first of a text in several languages.
fn words(json: Option<&Json>) -> Option<&str> {
    let json = json?;
    json.as_str()
        .or_else(|| json.as_object()?.values().next().and_then(Json::as_str))
}

impl Writer<'_> {
    /// Does what an object wants; `default` is done where it names no action.
    pub(crate) fn mean(
        &mut self,
        of: &'static Entity,
        object: &Map<String, Json>,
        default: Option<Action>,
    ) -> Result<Outcome, Fault> {
        let data = self.data(of, object)?;
        let implied = if data.is_empty() {
            Action::Find
        } else {
            Action::Merge
        };
        let action = Action::of(object)?.or(default).unwrap_or(implied);
        if action == Action::Create {
            return self.made(of, object);
        }
        let found = self.found(of, object)?;
        let missing = || Fault::Operation(format!("Cannot find the object of '{}'.", of.set));
        let single = matches!(action, Action::FindSingle | Action::FindSingleOrNull);
        if single && found.len() > 1 {
            return Err(Fault::Operation(format!(
                "More than one object of '{}' was found.",
                of.set
            )));
        }
        let Some(row) = found.into_iter().next() else {
            return match action {
                Action::FindOrNull | Action::FindSingleOrNull => Ok(Outcome::Nothing),
                Action::FindOrCreate | Action::Merge => self.made(of, object),
                _ => Err(missing()),
            };
        };
        match action {
            Action::Update | Action::Merge => self.update(row.entity, row.id, &data)?,
            Action::Delete => {
                self.delete(row.entity, row.id)?;
                return Ok(Outcome::Nothing);
            }
            _ => {}
        }
        Ok(Outcome::Found(row.reference()))
    }

    fn made(&mut self, of: &'static Entity, object: &Map<String, Json>) -> Result<Outcome, Fault> {
        let id = self.create(of, object, None)?;
        Ok(Outcome::Created(Reference { set: of.set, id }))
    }

    /// What an object says besides the key by which it is found.
    fn data(
        &self,
        of: &'static Entity,
        object: &Map<String, Json>,
    ) -> Result<Map<String, Json>, Fault> {
        let separate = object.contains_key("@erpnet.findBy");
        let keys: &[&str] = match self.criterion(of, object)? {
            Some(Criterion::External(..)) if !separate => &["ExternalId", "ExternalSystem"],
            Some(Criterion::Code(name, _) | Criterion::Name(name, _)) if !separate => &[name],
            Some(Criterion::DisplayText(_)) if !separate => &["DisplayText"],
            _ => &[],
        };
        let data = object.iter().filter(|(name, _)| {
            !name.starts_with('@')
                && *name != "Id"
                && *name != of.key()
                && !keys.contains(&name.as_str())
        });
        Ok(data
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect())
    }

    fn criterion<'a>(
        &self,
        of: &'static Entity,
        object: &'a Map<String, Json>,
    ) -> Result<Option<Criterion<'a>>, Fault> {
        if let Some(link) = object.get("@odata.id") {
            let link = link
                .as_str()
                .and_then(|link| parse_reference(self.version, link));
            return link.map(|link| Some(Criterion::Link(link))).ok_or_else(|| {
                Fault::Operation(format!("Cannot find the object of '{}'.", of.set))
            });
        }
        let given = match object.get("@erpnet.findBy") {
            Some(Json::Object(given)) => given,
            Some(_) => {
                return Err(Fault::Operation(
                    "@erpnet.findBy must be an object.".to_owned(),
                ));
            }
            None => object,
        };
        let separate = object.contains_key("@erpnet.findBy");
        let text = |name: &str| words(given.get(name)).filter(|text| !text.is_empty());
        let named = |names: &[&'static str], common: &str| {
            let attribute = first_of(of, names)?;
            let asked = if separate { common } else { attribute };
            text(asked).map(|text| (attribute, text))
        };
        if let Some(id) = text("ExternalId") {
            return Ok(Some(Criterion::External(id, text("ExternalSystem"))));
        }
        if let Some(id) = text("Id").or_else(|| text(of.key())) {
            let id = Uuid::from_str(id)
                .map_err(|_| Fault::Operation(format!("'{id}' is not an id.")))?;
            return Ok(Some(Criterion::Id(id)));
        }
        let code = named(CODES, "Code").map(|(name, text)| Criterion::Code(name, text));
        let name = || named(NAMES, "Name").map(|(name, text)| Criterion::Name(name, text));
        let display = || text("DisplayText").map(Criterion::DisplayText);
        Ok(code.or_else(name).or_else(display))
    }

    /// The rows an object may mean.
    fn found(&self, of: &'static Entity, object: &Map<String, Json>) -> Result<Vec<Row>, Fault> {
        let Some(criterion) = self.criterion(of, object)? else {
            return Ok(Vec::new());
        };
        let by_id = |set: &str, id: Uuid| {
            let row = self.database.row(set, id);
            row.map(|row| Row::clone(row)).into_iter().collect()
        };
        match criterion {
            Criterion::Link(link) => {
                let rows: Vec<Row> = by_id(link.set, link.id);
                let wrong = rows
                    .iter()
                    .any(|row| row.entity.set != of.set && row.entity.base != Some(of.set));
                if rows.is_empty() || wrong {
                    return Err(Fault::Operation(format!(
                        "Cannot find object {} in '{}'.",
                        link.link(),
                        of.set
                    )));
                }
                Ok(rows)
            }
            Criterion::Id(id) => Ok(by_id(of.set, id)),
            criterion => {
                let rows = self.database.rows(of.set);
                let rows = rows.into_iter().filter(|row| self.fits(row, &criterion));
                Ok(rows.map(|row| Row::clone(row)).collect())
            }
        }
    }

    fn fits(&self, row: &Row, criterion: &Criterion<'_>) -> bool {
        let same = |name: &str, wanted: &str| {
            row.get(name)
                .text()
                .is_some_and(|text| text.to_lowercase() == wanted.to_lowercase())
        };
        match criterion {
            Criterion::External(id, system) => {
                same("ExternalId", id) && system.is_none_or(|system| same("ExternalSystem", system))
            }
            Criterion::Code(name, code) => same(name, code),
            // Without regard to case, and as a part of it.
            Criterion::Name(name, part) => {
                let part = part.to_lowercase();
                match row.get(name) {
                    Value::Text(text) => text.to_lowercase().contains(&part),
                    Value::Ml(ml) => {
                        ml.0.iter()
                            .any(|(_, text)| text.to_lowercase().contains(&part))
                    }
                    _ => false,
                }
            }
            Criterion::DisplayText(text) => self.database.display(row, Language::English) == *text,
            Criterion::Link(link) => link.id == row.id,
            Criterion::Id(id) => *id == row.id,
        }
    }

    /// The row of a child list an object means; without a key it is a new one (§11.1).
    pub(super) fn child(
        &mut self,
        child: &'static Entity,
        object: &Map<String, Json>,
        owner: (&'static str, Reference),
    ) -> Result<(), Fault> {
        let keyed = object.contains_key("@odata.id") || object.contains_key("Id");
        let default = if keyed {
            Action::Update
        } else {
            Action::Create
        };
        let action = Action::of(object)?.unwrap_or(default);
        if action == Action::Create {
            return self.create(child, object, Some(owner)).map(|_| ());
        }
        let (attribute, owner) = owner;
        let found = self.found(child, object)?;
        let own = found
            .into_iter()
            .find(|row| row.get(attribute).id() == Some(owner.id));
        match (own, action) {
            (Some(row), Action::Update | Action::Merge) => {
                let data = self.data(child, object)?;
                self.update(child, row.id, &data)
            }
            (Some(row), Action::Delete) => self.delete(child, row.id),
            (Some(_), _) | (None, Action::FindOrNull | Action::FindSingleOrNull) => Ok(()),
            (None, Action::Merge | Action::FindOrCreate) => self
                .create(child, object, Some((attribute, owner)))
                .map(|_| ()),
            (None, _) => Err(Fault::Operation(format!(
                "Cannot find the object in '{}' of {}.",
                child.set,
                owner.link()
            ))),
        }
    }

    /// A reference from an object that means a row.
    pub(super) fn meant_reference(
        &mut self,
        target: &'static Entity,
        object: &Map<String, Json>,
    ) -> Result<Value, Fault> {
        if Action::of(object)? == Some(Action::Delete) {
            return Err(Fault::Operation(
                "Action \"delete\" is not supported for a reference.".to_owned(),
            ));
        }
        let outcome = self.mean(target, object, None)?;
        Ok(outcome.reference().map_or(Value::Null, Value::Reference))
    }
}
