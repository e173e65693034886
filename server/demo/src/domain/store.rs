//! The rows in memory. A copy of the whole costs a few pointers, so that reads and transactions work on their own copy.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::language::Language;
use super::schema::{Entity, Kind, entity};
use super::value::{NULL, Reference, Value};

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) entity: &'static Entity,
    pub(crate) id: Uuid,
    values: BTreeMap<&'static str, Value>,
}

impl Row {
    pub(crate) fn new(entity: &'static Entity, id: Uuid) -> Self {
        Self {
            entity,
            id,
            values: BTreeMap::new(),
        }
    }

    /// The stored value; missing ones are null.
    pub(crate) fn get(&self, name: &str) -> &Value {
        self.values.get(name).unwrap_or(&NULL)
    }

    pub(crate) fn set(&mut self, name: &'static str, value: Value) {
        self.values.insert(name, value);
    }

    pub(crate) fn reference(&self) -> Reference {
        Reference {
            set: self.entity.set,
            id: self.id,
        }
    }
}

/// The rows that name another one, by that one.
type Owned = HashMap<Uuid, Vec<Uuid>>;

/// The rows of a set by id; and by an owner, once somebody has asked for its children.
#[derive(Debug, Default)]
struct Table {
    rows: BTreeMap<Uuid, Arc<Row>>,
    owned: Mutex<BTreeMap<String, Arc<Owned>>>,
}

impl Clone for Table {
    /// Who copies a table is about to change it.
    fn clone(&self) -> Self {
        Self {
            rows: self.rows.clone(),
            owned: Mutex::default(),
        }
    }
}

impl Table {
    fn values(&self) -> impl Iterator<Item = &Arc<Row>> {
        self.rows.values()
    }

    fn get(&self, id: &Uuid) -> Option<&Arc<Row>> {
        self.rows.get(id)
    }

    fn change(table: &mut Arc<Self>) -> &mut BTreeMap<Uuid, Arc<Row>> {
        let table = Arc::make_mut(table);
        table
            .owned
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        &mut table.rows
    }

    /// The rows by the row that an attribute names. Without it a large catalogue would be walked through for every product.
    fn owned_by(&self, owner: &str) -> Arc<Owned> {
        let mut known = self.owned.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(owned) = known.get(owner) {
            return Arc::clone(owned);
        }
        let mut owned = Owned::new();
        for row in self.rows.values() {
            if let Some(to) = row.get(owner).id() {
                owned.entry(to).or_default().push(row.id);
            }
        }
        let owned = Arc::new(owned);
        known.insert(owner.to_owned(), Arc::clone(&owned));
        owned
    }
}

/// All rows of all sets, by id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Database {
    tables: BTreeMap<&'static str, Arc<Table>>,
}

impl Database {
    /// The rows of a set in the order of their ids; a base set lists the rows of its subtypes.
    pub(crate) fn rows(&self, set: &str) -> Vec<&Arc<Row>> {
        let own = self
            .tables
            .get(set)
            .into_iter()
            .flat_map(|table| table.values());
        let below = self
            .tables
            .iter()
            .filter(|(name, _)| entity(name).is_some_and(|entity| entity.base == Some(set)))
            .flat_map(|(_, table)| table.values());
        let mut rows: Vec<_> = own.chain(below).collect();
        rows.sort_by_key(|row| row.id);
        rows
    }

    /// A row by set and id; a base set finds the rows of its subtypes.
    pub(crate) fn row(&self, set: &str, id: Uuid) -> Option<&Arc<Row>> {
        if let Some(row) = self.tables.get(set).and_then(|table| table.get(&id)) {
            return Some(row);
        }
        self.tables
            .iter()
            .filter(|(name, _)| entity(name).is_some_and(|entity| entity.base == Some(set)))
            .find_map(|(_, table)| table.get(&id))
    }

    /// The row behind a reference.
    pub(crate) fn follow(&self, value: &Value) -> Option<&Arc<Row>> {
        let reference = value.reference()?;
        self.row(reference.set, reference.id)
    }

    /// The rows of a child set whose owner attribute names this row.
    pub(crate) fn children(&self, set: &str, owner: &str, id: Uuid) -> Vec<&Arc<Row>> {
        let Some(table) = self.tables.get(set) else {
            return Vec::new();
        };
        let owned = table.owned_by(owner);
        let ids = owned.get(&id).into_iter().flatten();
        ids.filter_map(|id| table.get(id)).collect()
    }

    pub(crate) fn put(&mut self, row: Row) {
        let table = self.tables.entry(row.entity.set).or_default();
        Table::change(table).insert(row.id, Arc::new(row));
    }

    pub(crate) fn remove(&mut self, set: &str, id: Uuid) {
        if let Some(table) = self.tables.get_mut(set) {
            Table::change(table).remove(&id);
        }
    }

    /// The first row of a set with this text in an attribute.
    pub(crate) fn find(&self, set: &str, attribute: &str, text: &str) -> Option<&Arc<Row>> {
        self.tables
            .get(set)?
            .values()
            .find(|row| row.get(attribute).text() == Some(text))
    }

    /// `DisplayText`: the entity's speaking attribute.
    pub(crate) fn display(&self, row: &Row, language: Language) -> String {
        let attribute = row.entity.display;
        if row
            .entity
            .attribute(attribute)
            .is_some_and(|attribute| matches!(attribute.kind, Kind::Id))
        {
            return row.id.to_string();
        }
        match row.get(attribute) {
            Value::Text(text) => text.clone(),
            Value::Ml(ml) => ml.text(language.key()).to_owned(),
            Value::Member(name) => (*name).to_owned(),
            reference @ Value::Reference(_) => self
                .follow(reference)
                .map(|row| self.display(row, language))
                .unwrap_or_default(),
            _ => String::new(),
        }
    }
}
