//! Writing: rows from JSON, member by member in the order they were sent (domain-api.md §11.1).

mod convert;
mod finish;
mod meant;
mod signs;

pub(crate) use meant::{Action, Outcome};

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};
use time::OffsetDateTime;
use uuid::Uuid;

pub(crate) use finish::Numbers;

use super::fault::Fault;
use super::rules::{front_end, states};
use super::schema::{ADDITIONAL_DATA, DOCUMENTS, Entity, Insert, Kind, Shape, entities, entity};
use super::store::{Database, Row};
use super::value::{Reference, Value};
use super::version::Version;
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
    /// The version that is played; links are written as it knows the sets.
    pub(crate) version: Version,
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
        if entities().any(|other| other.base == Some(of.set)) {
            // Unverified: the text of this error.
            return Err(Fault::Operation(format!(
                "Objects of '{set}' are created in the sets of its subtypes."
            )));
        }
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
        self.members(of, id, object)?;
        let row = self.row(of.set, id)?;
        if row.entity.set != ORDERS {
            self.refuse_closed(&row)?;
        }
        self.edited(&row)?;
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
        self.members(row.entity, id, object)?;
        self.edited(&row)
    }

    /// `DELETE Set(id)`, with the rows it owns.
    pub(crate) fn delete(&mut self, of: &'static Entity, id: Uuid) -> Result<(), Fault> {
        let row = self.row(of.set, id)?;
        self.refuse_closed(&row)?;
        if row.entity.base == Some(DOCUMENTS) && *row.get("DocumentNo") != Value::Null {
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
        self.edited(&row)
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

    /// Documents that are released or void refuse edits, also of the rows they own.
    fn refuse_closed(&self, row: &Row) -> Result<(), Fault> {
        self.document(row)
            .map_or(Ok(()), |document| states::editable(&document))
    }

    /// Tells the document of a row that somebody edited it.
    fn edited(&mut self, row: &Row) -> Result<(), Fault> {
        match self.document(row) {
            Some(document) if document.entity.set == ORDERS => states::edited(self, document.id),
            _ => Ok(()),
        }
    }

    /// The document that a row is or that owns it, as it is now.
    fn document(&self, row: &Row) -> Option<Row> {
        let found = match row.entity.shape {
            Shape::Child(owner) => self.database.follow(row.get(owner)),
            _ => self.database.row(row.entity.set, row.id),
        };
        found
            .filter(|row| row.entity.base == Some(DOCUMENTS))
            .map(|row| Row::clone(row))
    }

    /// Sets the members of an object in their order, because rules fire as they are set.
    fn members(
        &mut self,
        of: &'static Entity,
        id: Uuid,
        object: &Map<String, Json>,
    ) -> Result<(), Fault> {
        self.agree(of, object)?;
        for (member, value) in object {
            if member.starts_with('@') {
                continue;
            }
            let (name, bound) = member
                .strip_suffix("@odata.bind")
                .map_or((member.as_str(), false), |name| (name, true));
            if matches!(name, "Id" | "ObjectVersion") || name == of.key() {
                continue;
            }
            let attribute = of
                .attribute(name)
                .filter(|attribute| self.version.shows(attribute))
                .ok_or_else(|| no_property(of, name))?;
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
            // A null leaves the document of the applications as it is; an empty text clears it (§7).
            if name == ADDITIONAL_DATA && value.is_null() {
                continue;
            }
            let value = if bound {
                self.bound(attribute, value)?
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

    /// Rows of a child list: with a key the row is changed, without one it is added (§11.1).
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
            self.child(child, object, (attribute, owner))?;
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
}

fn no_property(of: &Entity, name: &str) -> Fault {
    Fault::Operation(format!(
        "The property '{name}' does not exist on type 'Erp.{}'.",
        of.kind
    ))
}
