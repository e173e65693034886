//! A call that changes rows: which of the writer's doings it means, and what it answers (domain-api.md §11.1).

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::api::{Answer, Call};
use super::fault::Fault;
use super::methods;
use super::query::{Query, Selection};
use super::read::Reader;
use super::schema::{Entity, Kind, entity};
use super::value::Reference;
use super::write::{Action, Outcome, Writer};

/// What a successful write answers.
pub(super) enum Done {
    Created(Reference),
    /// A row that was there already (`@erpnet.action`).
    Found(Reference),
    Called(methods::Outcome),
    Nothing,
}

impl Done {
    pub(super) const fn reference(&self) -> Option<Reference> {
        match self {
            Self::Created(reference) | Self::Found(reference) => Some(*reference),
            Self::Called(_) | Self::Nothing => None,
        }
    }

    pub(super) fn answer(self, reader: &Reader<'_>) -> Result<Answer, Fault> {
        // Unverified: status and selection of the answer to a creation (sample 33).
        let (status, reference) = match self {
            Self::Created(reference) => (StatusCode::CREATED, reference),
            Self::Found(reference) => (StatusCode::OK, reference),
            Self::Called(outcome) => {
                return Ok(outcome.json(reader.root).map_or(Answer::Empty, ok));
            }
            Self::Nothing => return Ok(Answer::Empty),
        };
        let of = entity(reference.set).ok_or(Fault::NotFound)?;
        let query = Query {
            selection: Selection::plain(),
            ..Query::default()
        };
        Ok(Answer::Json(
            status,
            reader.entity(of, reference.id, &query)?,
        ))
    }
}

pub(super) fn ok(value: Json) -> Answer {
    Answer::Json(StatusCode::OK, value)
}

pub(super) fn perform_write(
    writer: &mut Writer<'_>,
    of: &'static Entity,
    key: Option<Uuid>,
    rest: Option<&str>,
    call: &Call,
    body: &Map<String, Json>,
) -> Result<Done, Fault> {
    match (&call.method, key, rest) {
        (&Method::POST, None, None) => {
            let outcome = writer.mean(of, body, Some(Action::Create))?;
            Ok(match outcome {
                Outcome::Created(reference) => Done::Created(reference),
                Outcome::Found(reference) => Done::Found(reference),
                Outcome::Nothing => Done::Nothing,
            })
        }
        (&Method::PATCH, Some(id), None) => match Action::of(body)? {
            None | Some(Action::Update) => {
                writer.update(of, id, body)?;
                Ok(Done::Nothing)
            }
            Some(_) => Err(Fault::Operation("A PATCH can only update.".to_owned())),
        },
        (&Method::DELETE, Some(id), None) => writer.delete(of, id).map(|()| Done::Nothing),
        (&Method::POST, Some(id), Some(name)) => match of.attribute(name).map(|list| list.kind) {
            // `POST $1/Lines`: only in a batch are children added through their owner.
            Some(Kind::Children { set, owner }) if call.part => {
                let child = entity(set).ok_or(Fault::NotFound)?;
                let parent = writer.row(of.set, id)?.reference();
                let id = writer.create(child, body, Some((owner, parent)))?;
                Ok(Done::Created(Reference { set, id }))
            }
            _ => methods::call(writer, of, id, name, body, call.language).map(Done::Called),
        },
        _ => Err(Fault::Method),
    }
}
