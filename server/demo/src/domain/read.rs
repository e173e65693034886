//! Reading: rows that fulfil a query, as JSON (domain-api.md §2, §3, §5).

use std::cmp::Ordering;
use std::sync::Arc;

use form_urlencoded::Serializer;
use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::fault::Fault;
use super::language::Language;
use super::query::{Direction, Expansion, Order, Query, Selection, matches};
use super::rules::totals;
use super::schema::{Attribute, Entity, Kind, Shape, entity};
use super::store::{Database, Row};
use super::value::Value;
use super::version::Version;

/// A read against one state of the database.
pub(crate) struct Reader<'a> {
    pub(crate) database: &'a Database,
    /// Service root with a slash at the end.
    pub(crate) root: &'a str,
    pub(crate) version: Version,
    pub(crate) language: Language,
    pub(crate) skip_nulls: bool,
}

impl Reader<'_> {
    /// `GET Set`.
    pub(crate) fn collection(&self, of: &'static Entity, query: &Query) -> Result<Json, Fault> {
        let rows = self.found(of, query);
        if let Some(apply) = &query.apply {
            let mut answer = Map::new();
            answer.insert(
                "value".to_owned(),
                Json::Array(apply.run(self, &rows, &query.group_expansions)),
            );
            return Ok(Json::Object(answer));
        }
        let total = rows.len();
        let mut page: Vec<&Arc<Row>> = rows;
        if let Some(token) = &query.skip_token {
            let last = token
                .parse::<Uuid>()
                .map_err(|_| Fault::unsupported("Invalid $skiptoken."))?;
            page.retain(|row| row.id > last);
        }
        page = page.into_iter().skip(query.skip).collect();
        let more = query.top.is_some_and(|top| page.len() > top);
        if let Some(top) = query.top {
            page.truncate(top);
        }
        let mut answer = Map::new();
        let names: Vec<&str> = query
            .selection
            .named
            .iter()
            .map(|attribute| outside(of, attribute))
            .collect();
        let named = if names.is_empty() {
            String::new()
        } else {
            format!("({})", names.join(","))
        };
        answer.insert(
            "@odata.context".to_owned(),
            format!("{}$metadata#{}{named}", self.root, of.set).into(),
        );
        if query.count {
            answer.insert("@odata.count".to_owned(), total.into());
        }
        // Servers before 26.2 do not link their pages (§5).
        if more
            && self.version.at_least(26, 2)
            && let Some(link) = self.next_link(of, query, &page)
        {
            answer.insert("@odata.nextLink".to_owned(), link.into());
        }
        answer.insert(
            "value".to_owned(),
            page.iter()
                .map(|row| self.row(row, of, &query.selection))
                .collect(),
        );
        Ok(Json::Object(answer))
    }

    /// `GET Set/$count`.
    pub(crate) fn count(&self, of: &'static Entity, query: &Query) -> usize {
        self.found(of, query).len()
    }

    /// `GET Set(id)`.
    pub(crate) fn entity(
        &self,
        of: &'static Entity,
        id: Uuid,
        query: &Query,
    ) -> Result<Json, Fault> {
        let row = self.database.row(of.set, id).ok_or(Fault::NotFound)?;
        let mut answer = Map::new();
        answer.insert(
            "@odata.context".to_owned(),
            format!("{}$metadata#{}/$entity", self.root, of.set).into(),
        );
        if let Json::Object(object) = self.row(row, of, &query.selection) {
            answer.extend(object);
        }
        Ok(Json::Object(answer))
    }

    fn found(&self, of: &'static Entity, query: &Query) -> Vec<&Arc<Row>> {
        let mut rows = self.database.rows(of.set);
        rows.retain(|row| matches(self.database, self.language, row, &query.conditions));
        if let Some(text) = &query.search {
            let wanted = text.to_lowercase();
            rows.retain(|row| self.searched(of, row, &wanted));
        }
        sort(&mut rows, &query.order);
        rows
    }

    /// `$search`: the entity's search members, a party by its name, and the display text (§3).
    fn searched(&self, of: &Entity, row: &Row, wanted: &str) -> bool {
        let shown = || {
            let display = self.database.display(row, self.language);
            display.to_lowercase().contains(wanted)
        };
        of.search.iter().any(|name| match row.get(name) {
            Value::Text(text) => text.to_lowercase().contains(wanted),
            Value::Ml(ml) => {
                ml.0.iter()
                    .any(|(_, text)| text.to_lowercase().contains(wanted))
            }
            reference @ Value::Reference(_) => {
                self.database
                    .follow(reference)
                    .is_some_and(|party| match party.get("PartyName") {
                        Value::Ml(ml) => {
                            ml.0.iter()
                                .any(|(_, text)| text.to_lowercase().contains(wanted))
                        }
                        _ => false,
                    })
            }
            _ => false,
        }) || shown()
    }

    /// Absolute, and opaque to clients: by id for sets with ids and their natural order, else by number of rows (§5).
    fn next_link(&self, of: &Entity, query: &Query, page: &[&Arc<Row>]) -> Option<String> {
        let mut text = Serializer::new(String::new());
        text.extend_pairs(&query.given);
        if of.shape != Shape::View && query.order.is_empty() {
            text.append_pair("$skiptoken", &page.last()?.id.to_string());
        } else {
            text.append_pair("$skip", &(query.skip + page.len()).to_string());
        }
        Some(format!("{}{}?{}", self.root, of.set, text.finish()))
    }

    /// One row; `of` is the set it was asked from.
    pub(crate) fn row(&self, row: &Row, of: &Entity, selection: &Selection) -> Json {
        let mut object = Map::new();
        if row.entity.shape != Shape::View {
            if row.entity.set != of.set {
                object.insert(
                    "@odata.type".to_owned(),
                    format!("#Erp.{}", row.entity.kind).into(),
                );
            }
            object.insert("@odata.id".to_owned(), row.reference().link().into());
        }
        for attribute in row.entity.attributes() {
            let expansion = selection.expansion(attribute.name);
            if expansion.is_none() && !selection.holds(attribute) {
                continue;
            }
            if *row.get(attribute.name) == Value::Odd(None) {
                continue;
            }
            let value = match (attribute.kind, expansion) {
                (Kind::Children { set, owner }, expansion) => {
                    self.list(set, owner, row.id, expansion)
                }
                (Kind::Reference(set), Some(expansion)) => {
                    self.expanded(row.get(attribute.name), set, expansion)
                }
                (Kind::Id, _) => Json::from(row.id.to_string()),
                _ if attribute.calculated => self.calculated(row, attribute.name),
                _ => row.get(attribute.name).json(),
            };
            if !(self.skip_nulls && value.is_null()) {
                object.insert(outside(row.entity, attribute).to_owned(), value);
            }
        }
        Json::Object(object)
    }

    pub(crate) fn expanded(&self, value: &Value, set: &str, expansion: &Expansion) -> Json {
        let Some(reference) = value.reference() else {
            return Json::Null;
        };
        match self.database.follow(value) {
            Some(row) if !expansion.links_only => match entity(set) {
                Some(of) if of.set != row.entity.set => {
                    // Sample 19 shows expanded parties without a type.
                    let mut object = self.row(row, of, &expansion.selection);
                    if let Json::Object(members) = &mut object {
                        members.shift_remove("@odata.type");
                    }
                    object
                }
                _ => self.row(row, row.entity, &expansion.selection),
            },
            _ => reference.json(),
        }
    }

    /// A child list; named without `$expand` it holds links only. Unverified: so it reads in the documents.
    fn list(
        &self,
        set: &'static str,
        owner: &str,
        id: Uuid,
        expansion: Option<&Expansion>,
    ) -> Json {
        let mut rows = self.database.children(set, owner, id);
        let Some(expansion) = expansion else {
            return rows.iter().map(|row| row.reference().json()).collect();
        };
        rows.retain(|row| matches(self.database, self.language, row, &expansion.conditions));
        sort(&mut rows, &expansion.order);
        let rows = rows
            .into_iter()
            .skip(expansion.skip)
            .take(expansion.top.unwrap_or(usize::MAX));
        rows.map(|row| {
            if expansion.links_only {
                row.reference().json()
            } else {
                self.row(row, row.entity, &expansion.selection)
            }
        })
        .collect()
    }

    fn calculated(&self, row: &Row, name: &str) -> Json {
        match name {
            "DisplayText" => Json::from(self.database.display(row, self.language)),
            "TotalLineAmount" => totals::line_amount(self.database, row).json(),
            "AmountToPay" => totals::amount_to_pay(self.database, row).json(),
            "FullState" => totals::full_state(self.database, row, self.language).json(),
            _ => Json::Null,
        }
    }
}

/// The name of an attribute in answers: parties call their key otherwise (§2).
fn outside(of: &Entity, attribute: &Attribute) -> &'static str {
    if attribute.kind == Kind::Id {
        of.key()
    } else {
        attribute.name
    }
}

/// Sorts by the order given; ids decide between equals.
fn sort(rows: &mut [&Arc<Row>], order: &Order) {
    rows.sort_by(|left, right| {
        for (attribute, direction) in order {
            let found = compare(
                left.get(attribute.name),
                right.get(attribute.name),
                attribute.kind,
            );
            let found = if *direction == Direction::Descending {
                found.reverse()
            } else {
                found
            };
            if found != Ordering::Equal {
                return found;
            }
        }
        left.id.cmp(&right.id)
    });
}

/// Nulls first, as in the database below. Unverified.
fn compare(left: &Value, right: &Value, kind: Kind) -> Ordering {
    match (left, right) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::Text(left), Value::Text(right)) => left.to_lowercase().cmp(&right.to_lowercase()),
        (Value::Time(left), Value::Time(right)) => left.cmp(right),
        (Value::Member(left), Value::Member(right)) => match kind {
            Kind::Member(of) => of.number(left).cmp(&of.number(right)),
            _ => left.cmp(right),
        },
        (left, right) => left
            .number()
            .unwrap_or(Decimal::ZERO)
            .cmp(&right.number().unwrap_or(Decimal::ZERO)),
    }
}
