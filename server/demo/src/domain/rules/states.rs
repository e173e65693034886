//! The life of documents: `ChangeState`, `MakeVoid`, `Complete` (entities.md §8). What stands in the way of sales orders is in
//! [`super::checks`].

use uuid::Uuid;

use super::{amounts, checks, invoicing};
use crate::domain::fault::Fault;
use crate::domain::language::Language;
use crate::domain::schema::DOCUMENT_STATE;
use crate::domain::store::{Database, Row};
use crate::domain::value::{Reference, Value};
use crate::domain::write::Writer;

const ORDERS: &str = "Crm_Sales_SalesOrders";
const CHANGES: &str = "General_Documents_DocumentStateChanges";
/// Longest reason for making a document void (entities.md §6.1).
const REASON: usize = 254;
pub(crate) const PLANNED: i64 = 10;
pub(crate) const RELEASED: i64 = 30;
const COMPLETED: i64 = 40;

/// The number of a document's state.
pub(crate) fn number(order: &Row) -> i64 {
    match order.get("State") {
        Value::Member(state) => DOCUMENT_STATE.number(state).unwrap_or_default(),
        _ => 0,
    }
}

/// Released documents and those above refuse edits, void ones too (entities.md §8.1).
pub(crate) fn editable(order: &Row) -> Result<(), Fault> {
    if order.get("Void").is_true() {
        return Err(Fault::Validation(
            "The document is void and cannot be changed.".to_owned(),
        ));
    }
    if number(order) >= RELEASED {
        return Err(Fault::Validation(
            "The document is released. Use adjustment documents to change it.".to_owned(),
        ));
    }
    Ok(())
}

/// `ChangeState {newState, userStatus?}`.
pub(crate) fn change(
    writer: &mut Writer<'_>,
    id: Uuid,
    new_state: &str,
    status: Option<Reference>,
) -> Result<(), Fault> {
    let order = writer.row(ORDERS, id)?;
    if order.get("Void").is_true() {
        return Err(Fault::Validation(
            "The document is void; its state cannot be changed.".to_owned(),
        ));
    }
    let refused = || {
        Fault::Validation(format!(
            "The state of the document cannot be changed to {new_state}."
        ))
    };
    let state = DOCUMENT_STATE
        .member(new_state)
        .filter(|state| *state != "Adjustment")
        .ok_or_else(refused)?;
    let (from, to) = (
        number(&order),
        DOCUMENT_STATE.number(state).unwrap_or_default(),
    );
    // Back only one step, and never out of Released.
    if to < from && !matches!((from, to), (10, 0) | (20, 10) | (40, 30) | (50, 40)) {
        return Err(refused());
    }
    if let Some(status) = status {
        let row = writer.database.row(status.set, status.id);
        let fits = row.is_some_and(|row| {
            *row.get("State") == Value::Member(state)
                && row.get("DocumentType").id() == order.get("DocumentType").id()
        });
        if !fits {
            return Err(Fault::Validation(format!(
                "The user status is not defined for state {state} of this document type."
            )));
        }
    }
    if from != to {
        may_leave(writer.database, &order)?;
    }
    amounts::recalculate(writer, id)?;
    let order = writer.row(ORDERS, id)?;
    checks::before_state(writer.database, &order, from, to)?;
    writer.put(ORDERS, id, "State", Value::Member(state))?;
    writer.put(
        ORDERS,
        id,
        "UserStatus",
        status.map_or(Value::Null, Value::Reference),
    )?;
    let now = Value::Time(writer.now);
    if to >= RELEASED && from < RELEASED {
        writer.put(ORDERS, id, "ReleaseTime", now.clone())?;
    }
    if to >= COMPLETED && from < COMPLETED {
        writer.put(ORDERS, id, "CompleteTime", now)?;
    }
    writer.put(ORDERS, id, "ReadOnly", Value::Bool(to >= RELEASED))?;
    history(writer, id, state, status)?;
    if to >= COMPLETED && from < COMPLETED {
        invoicing::invoice(writer, id)?;
    }
    Ok(())
}

/// A document leaves a state only by its exit status, where its type has one for this state (entities.md §8.2).
fn may_leave(database: &Database, order: &Row) -> Result<(), Fault> {
    let kind = order.get("DocumentType").id().unwrap_or_default();
    let statuses = database.children(
        "Systems_Documents_DocumentTypeUserStatuses",
        "DocumentType",
        kind,
    );
    let exits: Vec<_> = statuses
        .into_iter()
        .filter(|status| {
            status.get("State") == order.get("State")
                && status.get("IsExitStatus").is_true()
                && status.get("Active").is_true()
        })
        .collect();
    let Some(first) = exits.first() else {
        return Ok(());
    };
    let own = order.get("UserStatus").id();
    if exits.iter().any(|status| Some(status.id) == own) {
        return Ok(());
    }
    Err(Fault::Validation(format!(
        "The document can leave its state only with user status '{}'.",
        database.display(first, Language::English)
    )))
}

/// An edit of a planned document makes it one that a person planned (entities.md §8.1).
pub(crate) fn edited(writer: &mut Writer<'_>, order: Uuid) -> Result<(), Fault> {
    if number(&writer.row(ORDERS, order)?) != PLANNED {
        return Ok(());
    }
    writer.put(ORDERS, order, "State", Value::Member("FirmPlanned"))?;
    writer.put(ORDERS, order, "UserStatus", Value::Null)?;
    history(writer, order, "FirmPlanned", None)
}

/// `Complete {completion}`: the document, and as asked its released or all of its sub-documents.
/// Unverified: sub-documents are completed one level down, whatever their own rules say.
pub(crate) fn complete(
    writer: &mut Writer<'_>,
    id: Uuid,
    completion: Option<&str>,
) -> Result<(), Fault> {
    let least = match completion {
        None | Some("OnlyDocument") => None,
        Some("WithReleasedChildren") => Some(RELEASED),
        Some("WithAllChildren") => Some(0),
        Some(other) => {
            return Err(Fault::Operation(format!("Unknown completion '{other}'.")));
        }
    };
    change(writer, id, "Completed", None)?;
    let order = writer.row(ORDERS, id)?;
    for (set, sub) in sub_documents(writer.database, &order) {
        let state = number(&writer.row(set, sub)?);
        if least.is_some_and(|least| (least..COMPLETED).contains(&state)) {
            writer.put(set, sub, "State", Value::Member("Completed"))?;
        }
    }
    Ok(())
}

/// What `MakeVoid` does with sub-documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VoidType {
    /// Refuses while there are any.
    Document,
    /// Takes along those that are not released.
    WithSubDocuments,
    /// Takes all of them along.
    WithReleasedSubDocuments,
}

impl VoidType {
    pub(crate) fn named(name: Option<&str>) -> Result<Self, Fault> {
        match name {
            None | Some("VoidDocument") => Ok(Self::Document),
            Some("VoidWithSubDocuments") => Ok(Self::WithSubDocuments),
            Some("VoidWithReleasedSubDocuments") => Ok(Self::WithReleasedSubDocuments),
            Some(other) => Err(Fault::Operation(format!("Unknown void type '{other}'."))),
        }
    }
}

/// `MakeVoid {reason, voidType}`: a flag beside the state, for ever.
/// Unverified: that a document with sub-documents needs the void type that takes them along.
pub(crate) fn make_void(
    writer: &mut Writer<'_>,
    set: &'static str,
    id: Uuid,
    reason: &str,
    kind: VoidType,
) -> Result<(), Fault> {
    let document = writer.row(set, id)?;
    let refused = |text: &str| Err(Fault::Validation(text.to_owned()));
    if reason.trim().is_empty() {
        return refused("The reason for making the document void is required.");
    }
    if reason.chars().count() > REASON {
        return refused("The reason for making the document void is too long.");
    }
    if document.get("Void").is_true() {
        return refused("The document is void already.");
    }
    for (set, sub) in sub_documents(writer.database, &document) {
        let released = number(&writer.row(set, sub)?) >= RELEASED;
        match kind {
            VoidType::Document => return refused("The document has sub-documents."),
            VoidType::WithSubDocuments if released => {
                return refused("The document has released sub-documents.");
            }
            _ => make_void(writer, set, sub, reason, kind)?,
        }
    }
    writer.put(set, id, "Void", Value::Bool(true))?;
    writer.put(set, id, "VoidReason", Value::Text(reason.to_owned()))?;
    if set != ORDERS {
        return Ok(());
    }
    let state = match document.get("State") {
        Value::Member(state) => state,
        _ => "New",
    };
    history(writer, id, state, None)
}

/// The documents made from this one that are not void.
fn sub_documents(database: &Database, document: &Row) -> Vec<(&'static str, Uuid)> {
    database
        .rows("General_Documents_Documents")
        .into_iter()
        .filter(|other| {
            other.get("Parent").id() == Some(document.id) && !other.get("Void").is_true()
        })
        .map(|other| (other.entity.set, other.id))
        .collect()
}

fn history(
    writer: &mut Writer<'_>,
    id: Uuid,
    state: &'static str,
    status: Option<Reference>,
) -> Result<(), Fault> {
    let order = writer.row(ORDERS, id)?;
    let row = writer.insert(CHANGES)?;
    for (name, value) in [
        ("Document", Value::Reference(order.reference())),
        ("NewState", Value::Member(state)),
        ("UpdateTime", Value::Time(writer.now)),
        ("Void", order.get("Void").clone()),
        ("UserStatus", status.map_or(Value::Null, Value::Reference)),
        ("SystemInitiated", Value::Bool(false)),
    ] {
        writer.put(CHANGES, row, name, value)?;
    }
    Ok(())
}
