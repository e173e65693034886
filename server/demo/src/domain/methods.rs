//! Methods and functions bound to one row (entities.md §8.3, domain-api.md §11.4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::fault::Fault;
use super::language::Language;
use super::printout;
use super::query::parse_reference;
use super::rules::amounts;
use super::rules::states::{self, VoidType};
use super::schema::Entity;
use super::store::{Database, Row};
use super::value::{Reference, Value};
use super::version::Version;
use super::write::Writer;

const ORDERS: &str = "Crm_Sales_SalesOrders";
const INVOICES: &str = "Crm_Invoicing_Invoices";

/// What a method answers.
pub(crate) enum Outcome {
    Nothing,
    /// A value with the type it is announced with.
    Value(&'static str, Json),
}

/// `POST Set(id)/Method`.
pub(crate) fn call(
    writer: &mut Writer<'_>,
    of: &'static Entity,
    id: Uuid,
    method: &str,
    body: &Map<String, Json>,
    language: Language,
) -> Result<Outcome, Fault> {
    let row = writer.row(of.set, id)?;
    let text = |name: &str| body.get(name).and_then(Json::as_str);
    let done = |()| Outcome::Nothing;
    match (of.set, method) {
        (ORDERS, "ChangeState") => {
            let state = text("newState")
                .ok_or_else(|| Fault::Operation("Parameter 'newState' is required.".to_owned()))?;
            let status = reference(writer.version, body, "userStatus");
            states::change(writer, id, state, status).map(done)
        }
        (ORDERS | INVOICES, "MakeVoid") => {
            let kind = VoidType::named(text("voidType"))?;
            let reason = text("reason").unwrap_or_default();
            states::make_void(writer, of.set, id, reason, kind).map(done)
        }
        (ORDERS, "Complete") => states::complete(writer, id, text("completion")).map(done),
        (ORDERS, "Recalculate") => {
            states::editable(&row)?;
            amounts::recalculate(writer, id).map(done)
        }
        (ORDERS | INVOICES, "GetPrintout") => {
            if let Some(chosen) = reference(writer.version, body, "printout") {
                // Unverified: the types of documents here have no printouts of their own to choose from.
                return Err(Fault::Operation(format!(
                    "Cannot find object {}.",
                    chosen.link()
                )));
            }
            let file = printout::print(writer.database, &row, text("fileFormat"), language)?;
            Ok(Outcome::Value("Edm.String", STANDARD.encode(file).into()))
        }
        (_, "GetOrCreateExtensibleDataObject") => extensible(writer, &row),
        _ => Err(Fault::NotFound),
    }
}

/// `GET Set(id)/Function(…)`; `None` when there is no such function.
pub(crate) fn function(
    database: &Database,
    of: &'static Entity,
    id: Uuid,
    function: &str,
) -> Option<Result<Outcome, Fault>> {
    let (name, parameters) = function.split_once('(').unwrap_or((function, ""));
    if !matches!(of.set, ORDERS | INVOICES) || name != "GetAllParentDocuments" {
        return None;
    }
    let itself = parameters
        .trim_end_matches(')')
        .split(',')
        .any(|parameter| parameter.trim().eq_ignore_ascii_case("includeSelf=true"));
    let Some(row) = database.row(of.set, id) else {
        return Some(Err(Fault::NotFound));
    };
    let mut links = Vec::new();
    if itself {
        links.push(row.reference().json());
    }
    let mut at = row;
    // A document that is its own parent must not keep anybody busy for ever.
    for _ in 0..32 {
        match database.follow(at.get("Parent")) {
            Some(parent) => at = parent,
            None => break,
        }
        links.push(at.reference().json());
    }
    Some(Ok(Outcome::Value(
        "Collection(Erp.General_Documents_Document)",
        links.into(),
    )))
}

/// A reference among the parameters: a link, or an object with one.
fn reference(version: Version, body: &Map<String, Json>, name: &str) -> Option<Reference> {
    let value = body.get(name)?;
    value
        .as_str()
        .or_else(|| value.get("@odata.id")?.as_str())
        .and_then(|link| parse_reference(version, link))
}

/// The row that files hang on, made when somebody first asks. Unverified: that it answers the link.
fn extensible(writer: &mut Writer<'_>, row: &Row) -> Result<Outcome, Fault> {
    const SET: &str = "Systems_Core_ExtensibleDataObjects";
    let key = row.id.to_string();
    let known = writer
        .database
        .find(SET, "EntityItemId", &key)
        .map(|row| row.id);
    let id = if let Some(id) = known {
        id
    } else {
        let id = writer.insert(SET)?;
        let table = Value::Text(row.entity.table.to_owned());
        writer.put(SET, id, "EntityName", table)?;
        writer.put(SET, id, "EntityItemId", Value::Text(key))?;
        id
    };
    let link = Reference { set: SET, id }.json();
    Ok(Outcome::Value(
        "Erp.Systems_Core_ExtensibleDataObject",
        link,
    ))
}

impl Outcome {
    /// Sample 39: the value beside its context.
    pub(crate) fn json(self, root: &str) -> Option<Json> {
        match self {
            Self::Nothing => None,
            Self::Value(kind, value) => {
                Some(json!({ "@odata.context": format!("{root}$metadata#{kind}"), "value": value }))
            }
        }
    }
}
