//! Writing: rows from JSON, member by member in the order they were sent (domain-api.md §11.1).

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::fault::Fault;
use super::query::parse_reference;
use super::rules::{front_end, states, totals, units};
use super::schema::{Attribute, Entity, Insert, Kind, Shape, entity};
use super::store::{Database, Row};
use super::value::{Ml, Reference, Value, day, parse_time};
use crate::random::Random;
use crate::seed::initial;

/// Which rules fire while writing (§11.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Model {
    /// Back-end rules at commit only.
    Common,
    /// Front-end rules as well, at every attribute.
    FrontEnd,
}

/// What happened to a row since the beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    Insert(BTreeSet<&'static str>),
    Update(BTreeSet<&'static str>),
    Delete,
}

/// All changed rows.
pub(crate) type Changes = BTreeMap<(&'static str, Uuid), Change>;

/// Writes to one state of the database and remembers what changed.
pub(crate) struct Writer<'a> {
    pub(crate) database: &'a mut Database,
    pub(crate) changes: &'a mut Changes,
    pub(crate) model: Model,
    pub(crate) now: OffsetDateTime,
    pub(crate) random: &'a Random,
}

const ORDERS: &str = "Crm_Sales_SalesOrders";
const LINES: &str = "Crm_Sales_SalesOrderLines";

impl Writer<'_> {
    /// A copy of a row.
    pub(crate) fn row(&self, set: &str, id: Uuid) -> Result<Row, Fault> {
        self.database
            .row(set, id)
            .map(|row| Row::clone(row))
            .ok_or(Fault::NotFound)
    }

    /// A new row with the model's defaults.
    pub(crate) fn insert(&mut self, set: &str) -> Result<Uuid, Fault> {
        let of = entity(set)
            .filter(|of| of.shape != Shape::View)
            .ok_or(Fault::NotFound)?;
        let mut row = Row::new(of, self.random.id());
        let mut names = BTreeSet::new();
        for attribute in of.attributes() {
            if let Some(value) = initial(attribute.initial, self.now) {
                row.set(attribute.name, value);
                names.insert(attribute.name);
            }
        }
        if let Some(attribute) = of.attribute("ObjectVersion") {
            row.set(attribute.name, Value::Int(1));
        }
        let id = row.id;
        self.database.put(row);
        self.changes.insert((of.set, id), Change::Insert(names));
        Ok(id)
    }

    /// Sets one attribute without asking the front-end rules.
    pub(crate) fn put(
        &mut self,
        set: &'static str,
        id: Uuid,
        name: &str,
        value: Value,
    ) -> Result<(), Fault> {
        let mut row = self.row(set, id)?;
        let attribute = row
            .entity
            .attribute(name)
            .ok_or_else(|| no_property(row.entity, name))?;
        if *row.get(name) == value {
            return Ok(());
        }
        row.set(attribute.name, value);
        match self
            .changes
            .entry((row.entity.set, id))
            .or_insert_with(|| Change::Update(BTreeSet::new()))
        {
            Change::Insert(names) | Change::Update(names) => {
                names.insert(attribute.name);
            }
            Change::Delete => {}
        }
        self.database.put(row);
        Ok(())
    }

    /// `POST Set`, also for the rows of a deep insert.
    pub(crate) fn create(
        &mut self,
        of: &'static Entity,
        object: &Map<String, Json>,
        owner: Option<(&'static str, Reference)>,
    ) -> Result<Uuid, Fault> {
        let id = self.insert(of.set)?;
        if let Some((attribute, owner)) = owner {
            self.put(of.set, id, attribute, Value::Reference(owner))?;
        }
        if of.set == ORDERS {
            self.put(ORDERS, id, "EntityName", Value::Text(of.table.to_owned()))?;
            self.put(
                ORDERS,
                id,
                "MasterDocument",
                Value::Reference(Reference { set: ORDERS, id }),
            )?;
        }
        self.members(of, id, object, owner.is_none())?;
        if of.set == LINES && *self.row(LINES, id)?.get("LineNo") == Value::Null {
            self.number_line(id)?;
        }
        if of.set == "General_Contacts_PartyContactMechanisms" {
            let own = Reference {
                set: "General_Contacts_ContactMechanisms",
                id,
            };
            self.put(of.set, id, "ContactMechanism", Value::Reference(own))?;
        }
        Ok(id)
    }

    /// `PATCH Set(id)`.
    pub(crate) fn update(
        &mut self,
        of: &'static Entity,
        id: Uuid,
        object: &Map<String, Json>,
    ) -> Result<(), Fault> {
        let row = self.row(of.set, id)?;
        self.refuse_closed(&row)?;
        if let Some(sent) = object.get("ObjectVersion")
            && sent.as_i64()
                != row
                    .get("ObjectVersion")
                    .number()
                    .and_then(|version| i64::try_from(version).ok())
        {
            return Err(Fault::Operation(
                "The object was changed by another user.".to_owned(),
            ));
        }
        self.members(row.entity, id, object, true)
    }

    /// `DELETE Set(id)`, with the rows it owns.
    pub(crate) fn delete(&mut self, of: &'static Entity, id: Uuid) -> Result<(), Fault> {
        let row = self.row(of.set, id)?;
        self.refuse_closed(&row)?;
        if of.set == ORDERS && *row.get("DocumentNo") != Value::Null {
            return Err(Fault::Validation(
                "A document with a number cannot be deleted; make it void instead.".to_owned(),
            ));
        }
        for attribute in row.entity.attributes() {
            if let Kind::Children { set, owner } = attribute.kind
                && entity(set).is_some_and(|child| child.shape == Shape::Child(owner))
            {
                let children: Vec<Uuid> = self
                    .database
                    .children(set, owner, id)
                    .iter()
                    .map(|child| child.id)
                    .collect();
                for child in children {
                    self.remove(set, child);
                }
            }
        }
        self.remove(row.entity.set, id);
        Ok(())
    }

    fn remove(&mut self, set: &'static str, id: Uuid) {
        self.database.remove(set, id);
        if matches!(
            self.changes.insert((set, id), Change::Delete),
            Some(Change::Insert(_))
        ) {
            self.changes.remove(&(set, id));
        }
    }

    /// Orders that are released or void refuse edits, also of their lines.
    fn refuse_closed(&self, row: &Row) -> Result<(), Fault> {
        match row.entity.set {
            ORDERS => states::editable(row),
            LINES => self
                .database
                .follow(row.get("SalesOrder"))
                .map_or(Ok(()), |order| states::editable(order)),
            _ => Ok(()),
        }
    }

    /// Sets the members of an object in their order, because rules fire as they are set.
    fn members(
        &mut self,
        of: &'static Entity,
        id: Uuid,
        object: &Map<String, Json>,
        top: bool,
    ) -> Result<(), Fault> {
        for (member, value) in object {
            if let Some(action) = member.strip_prefix('@') {
                let created = action != "erpnet.action"
                    || matches!(value.as_str(), Some("create" | "update"));
                if !created && top {
                    return Err(Fault::Operation(format!(
                        "Action {value} is not supported here."
                    )));
                }
                continue;
            }
            let (name, bound) = member
                .strip_suffix("@odata.bind")
                .map_or((member.as_str(), false), |name| (name, true));
            if matches!(name, "Id" | "ObjectVersion") {
                continue;
            }
            let attribute = of.attribute(name).ok_or_else(|| no_property(of, name))?;
            if attribute.insert == Insert::ReadOnly {
                return Err(Fault::Operation(format!(
                    "Attribute '{name}' of '{}' is read-only.",
                    of.set
                )));
            }
            if let Kind::Children { set, owner } = attribute.kind {
                self.child_rows(Reference { set: of.set, id }, set, owner, value)?;
                continue;
            }
            let value = if bound {
                self.reference(attribute, value)?
            } else {
                self.value(attribute, value)?
            };
            self.check_sign(of.set, id, attribute, &value)?;
            self.put(of.set, id, name, value)?;
            if self.model == Model::FrontEnd {
                front_end::changed(self, of.set, id, name)?;
            }
        }
        Ok(())
    }

    /// Rows of a child list: with a link the row is changed, without one it is added (§11.1).
    fn child_rows(
        &mut self,
        owner: Reference,
        set: &'static str,
        attribute: &'static str,
        value: &Json,
    ) -> Result<(), Fault> {
        let child = entity(set).ok_or(Fault::NotFound)?;
        let rows = value
            .as_array()
            .ok_or_else(|| Fault::Operation("A child list must be an array.".to_owned()))?;
        for row in rows {
            let object = row
                .as_object()
                .ok_or_else(|| Fault::Operation("A child row must be an object.".to_owned()))?;
            let link = object
                .get("@odata.id")
                .and_then(Json::as_str)
                .and_then(parse_reference)
                .map(|reference| reference.id);
            let key = link.or_else(|| {
                object
                    .get("Id")
                    .and_then(Json::as_str)
                    .and_then(|id| Uuid::from_str(id).ok())
            });
            match key.filter(|id| self.database.row(set, *id).is_some()) {
                Some(id) => self.members(child, id, object, false)?,
                None => {
                    self.create(child, object, Some((attribute, owner)))?;
                }
            }
        }
        Ok(())
    }

    /// A line without a number gets the next ten.
    fn number_line(&mut self, id: Uuid) -> Result<(), Fault> {
        let order = self
            .row(LINES, id)?
            .get("SalesOrder")
            .id()
            .unwrap_or_default();
        let numbers = self.database.children(LINES, "SalesOrder", order);
        let last = numbers
            .iter()
            .filter_map(|line| line.get("LineNo").number())
            .max()
            .unwrap_or_default();
        let next = i64::try_from(last).unwrap_or_default() / 10 * 10 + 10;
        self.put(LINES, id, "LineNo", Value::Int(next))
    }

    /// Units and currencies inside of complex values (§11.1): a unit sets the line's unit, a currency must be the order's.
    fn check_sign(
        &mut self,
        set: &'static str,
        id: Uuid,
        attribute: &Attribute,
        value: &Value,
    ) -> Result<(), Fault> {
        match (set, attribute.name, value) {
            (LINES, "Quantity", Value::Quantity(_, code)) => {
                let unit = units::by_code(self.database, code).map(|unit| unit.reference());
                let unit = unit.ok_or_else(|| {
                    Fault::Operation(format!("Measurement unit '{code}' was not found."))
                })?;
                self.put(LINES, id, "QuantityUnit", Value::Reference(unit))
            }
            (LINES, "UnitPrice", Value::Amount(_, sign)) => {
                let line = self.row(LINES, id)?;
                let currency = self
                    .database
                    .follow(line.get("SalesOrder"))
                    .map(|order| totals::currency(self.database, order));
                match currency {
                    Some(currency) if currency == *sign => Ok(()),
                    _ => Err(Fault::Operation(format!(
                        "Currency '{sign}' does not match the currency of the document."
                    ))),
                }
            }
            _ => Ok(()),
        }
    }

    fn value(&mut self, attribute: &Attribute, json: &Json) -> Result<Value, Fault> {
        if json.is_null() {
            return Ok(Value::Null);
        }
        let wrong =
            || Fault::Operation(format!("Cannot convert the value of '{}'.", attribute.name));
        let value = match attribute.kind {
            Kind::Text(most) => {
                let text = json.as_str().ok_or_else(wrong)?;
                fits(attribute, text, most)?;
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
            Kind::Reference(_) => self.reference(attribute, json)?,
            Kind::Id | Kind::Bytes | Kind::Children { .. } => return Err(wrong()),
        };
        Ok(value)
    }

    /// `{"@odata.id": "Set(guid)"}`, or the bare link of `@odata.bind`. Further members are merged into the row that is
    /// found: the dangerous default of §11.2.
    fn reference(&mut self, attribute: &Attribute, json: &Json) -> Result<Value, Fault> {
        let Kind::Reference(set) = attribute.kind else {
            return Err(Fault::Operation(format!(
                "'{}' is not a reference.",
                attribute.name
            )));
        };
        let link = json
            .as_str()
            .or_else(|| json.get("@odata.id").and_then(Json::as_str));
        let reference = link.and_then(parse_reference);
        let reference = reference.ok_or_else(|| {
            Fault::Operation(format!("Cannot find the object of '{}'.", attribute.name))
        })?;
        let Some(target) = entity(set) else {
            // Of the sets that are not served only the name is checked.
            return if reference.set == set {
                Ok(Value::Reference(reference))
            } else {
                Err(wrong_set(attribute, reference))
            };
        };
        let row = self
            .database
            .row(reference.set, reference.id)
            .map(|row| Row::clone(row));
        let row = row
            .ok_or_else(|| Fault::Operation(format!("Cannot find object {}.", reference.link())))?;
        if row.entity.set != target.set && row.entity.base != Some(target.set) {
            return Err(wrong_set(attribute, reference));
        }
        if let Some(object) = json.as_object() {
            let data: Map<String, Json> = object
                .iter()
                .filter(|(name, _)| !name.starts_with('@') && *name != "Id")
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            if !data.is_empty() {
                self.update(row.entity, row.id, &data)?;
            }
        }
        Ok(Value::Reference(row.reference()))
    }

    /// Back-end rules before anything is saved: required attributes, numbers, versions.
    pub(crate) fn finish(&mut self, next_number: &mut u64) -> Result<(), Fault> {
        let changed: Vec<_> = self
            .changes
            .iter()
            .filter(|(_, change)| **change != Change::Delete)
            .map(|(key, change)| (*key, change.clone()))
            .collect();
        for ((set, id), change) in changed {
            let row = self.row(set, id)?;
            let missing = row.entity.attributes().find(|attribute| {
                attribute.insert == Insert::Required && *row.get(attribute.name) == Value::Null
            });
            if let Some(attribute) = missing {
                return Err(Fault::Validation(format!(
                    "An error occurred while saving data to the database\r\nThe attribute '{}' of '{set}' is required.",
                    attribute.name
                )));
            }
            self.unique(&row)?;
            if set == ORDERS && *row.get("DocumentNo") == Value::Null {
                *next_number += 1;
                self.put(
                    ORDERS,
                    id,
                    "DocumentNo",
                    Value::Text(format!("{next_number:010}")),
                )?;
            }
            self.touch(row.reference(), matches!(change, Change::Update(_)))?;
            if let Shape::Child(owner) = row.entity.shape
                && let Some(owner) = row.get(owner).reference()
            {
                self.touch(owner, true)?;
            }
        }
        Ok(())
    }

    /// Version and time of the row's aggregate; a change of a child is one of its root (§13).
    fn touch(&mut self, reference: Reference, again: bool) -> Result<(), Fault> {
        let Some(row) = self
            .database
            .row(reference.set, reference.id)
            .map(|row| Row::clone(row))
        else {
            return Ok(());
        };
        let set = row.entity.set;
        if again {
            let version = row
                .get("ObjectVersion")
                .number()
                .and_then(|version| i64::try_from(version).ok())
                .unwrap_or(1);
            self.put(set, row.id, "ObjectVersion", Value::Int(version + 1))?;
        }
        if row.entity.shape == Shape::Root {
            self.put(
                set,
                row.id,
                "AggregateLastUpdateTimeUtc",
                Value::Time(self.now),
            )?;
        }
        Ok(())
    }

    /// Article numbers are unique in the database (entities.md §1.1); `ExternalId` of orders is not (domain-api.md §11.8).
    fn unique(&self, row: &Row) -> Result<(), Fault> {
        let number = row.get("PartNumber");
        let twice = row.entity.set == "General_Products_Products"
            && self
                .database
                .rows(row.entity.set)
                .iter()
                .any(|other| other.id != row.id && other.get("PartNumber") == number);
        if twice {
            Err(Fault::Duplicate(row.entity.table))
        } else {
            Ok(())
        }
    }
}

fn no_property(of: &Entity, name: &str) -> Fault {
    Fault::Operation(format!(
        "The property '{name}' does not exist on type 'Erp.{}'.",
        of.kind
    ))
}

fn wrong_set(attribute: &Attribute, reference: Reference) -> Fault {
    Fault::Operation(format!(
        "Object {} cannot be used for '{}'.",
        reference.link(),
        attribute.name
    ))
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
