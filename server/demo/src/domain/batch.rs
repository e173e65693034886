//! `$batch`: several requests in one, as `multipart/mixed` (domain-api.md §11.6).
//!
//! Parts are done in their order, and each answers for itself; what stands in a changeset is done as a whole or not at all.
//! The JSON form of batches is not documented and not served.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::body::Bytes;
use axum::http::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::Value as Json;

use super::api::{Answer, Call, object};
use super::fault::Fault;
use super::multipart::{Item, Part, parse};
use super::write::{Changes, Model, Writer};
use super::writes::perform_write;
use crate::instance::Instance;

/// Links of created objects by `Content-ID`.
type Made = BTreeMap<String, String>;

impl Instance {
    pub(super) fn batch(&self, call: &Call) -> Result<Answer, Fault> {
        if call.transaction.is_some() {
            // Unverified: their combination is not documented.
            return Err(Fault::Operation(
                "A batch cannot be a part of a transaction.".to_owned(),
            ));
        }
        let boundary = call
            .content_type
            .split(';')
            .find_map(|part| part.trim().strip_prefix("boundary="))
            .filter(|_| call.content_type.starts_with("multipart/mixed"))
            .ok_or_else(|| Fault::Operation("A batch must be multipart/mixed.".to_owned()))?;
        let items = parse(&call.body, boundary.trim_matches('"'))?;
        let mut made = Made::new();
        let outer = format!("batchresponse_{}", self.random.lower_hex());
        let mut text = String::new();
        for item in &items {
            match item {
                Item::One(part) => {
                    let done = part_call(part, call, &made).and_then(|call| self.perform(&call));
                    remember(part, &done, &mut made);
                    append(&mut text, &outer, part, done);
                }
                Item::ChangeSet(parts) => match self.change_set(parts, call, &made) {
                    Err(fault) => {
                        let failed = Part {
                            id: None,
                            ..Part::default()
                        };
                        append(&mut text, &outer, &failed, Err(fault));
                    }
                    Ok(answers) => {
                        let inner = format!("changesetresponse_{}", self.random.lower_hex());
                        // Writing to a string cannot fail.
                        let _ = write!(
                            text,
                            "--{outer}\r\nContent-Type: multipart/mixed; boundary={inner}\r\n\r\n"
                        );
                        for (part, answer) in parts.iter().zip(answers) {
                            let done = Ok(answer);
                            remember(part, &done, &mut made);
                            append(&mut text, &inner, part, done);
                        }
                        let _ = write!(text, "--{inner}--\r\n");
                    }
                },
            }
        }
        // Writing to a string cannot fail.
        let _ = write!(text, "--{outer}--\r\n");
        Ok(Answer::Batch {
            boundary: outer,
            text,
        })
    }

    /// All parts in one transaction that is committed at the end.
    fn change_set(&self, parts: &[Part], call: &Call, made: &Made) -> Result<Vec<Answer>, Fault> {
        let now = self.clock.now();
        let mut made = made.clone();
        let mut data = self.domain.data();
        data.bury(&self.domain.sessions, now);
        let (mut database, mut changes) = (data.database.clone(), Changes::new());
        let mut done = Vec::new();
        for part in parts {
            if part.method == Method::GET {
                return Err(Fault::Operation(
                    "A changeset cannot hold reads.".to_owned(),
                ));
            }
            let call = part_call(part, call, &made)?;
            let (of, key, rest) = self.address(&call.path)?;
            let mut writer = Writer {
                database: &mut database,
                changes: &mut changes,
                model: Model::Common,
                version: self.version,
                now,
                random: &self.random,
            };
            let body = object(&call.body)?;
            let one = perform_write(&mut writer, of, key, rest, &call, &body)?;
            if let (Some(id), Some(reference)) = (&part.id, one.reference()) {
                let set = self.version.set(reference.set);
                made.insert(id.clone(), format!("{set}({})", reference.id));
            }
            done.push(one);
        }
        data.commit(database, changes, &self.random, now)?;
        let root = self.api_root();
        let reader = self.reader(&data.database, &root, call);
        done.into_iter()
            .map(|one| {
                let mut answer = one.answer(&reader)?;
                if let Answer::Json(_, value) = &mut answer {
                    self.version.outward(value);
                }
                Ok(answer)
            })
            .collect()
    }
}

/// The request of a part; `$1` stands for what the part with that `Content-ID` created.
fn part_call(part: &Part, batch: &Call, made: &Made) -> Result<Call, Fault> {
    let (path, query) = part
        .target
        .split_once('?')
        .unwrap_or((part.target.as_str(), ""));
    let mut path = percent_decode_str(path).decode_utf8_lossy().into_owned();
    if path.starts_with("$batch") {
        return Err(Fault::Operation("A batch cannot hold another.".to_owned()));
    }
    if let Some(rest) = path.strip_prefix('$')
        && rest.starts_with(|first: char| first.is_ascii_digit())
    {
        let (id, rest) = rest
            .split_once('/')
            .map_or((rest, None), |(id, rest)| (id, Some(rest)));
        let link = made
            .get(id)
            .ok_or_else(|| Fault::Operation(format!("'${id}' was not created before.")))?;
        path = rest.map_or_else(|| link.clone(), |rest| format!("{link}/{rest}"));
    }
    Ok(Call {
        method: part.method.clone(),
        path,
        query: query.to_owned(),
        transaction: None,
        body: Bytes::copy_from_slice(part.body.as_bytes()),
        content_type: String::new(),
        language: batch.language,
        session: batch.session,
        part: true,
    })
}

fn remember(part: &Part, done: &Result<Answer, Fault>, made: &mut Made) {
    if let (Some(id), Ok(Answer::Json(StatusCode::CREATED, body))) = (&part.id, done)
        && let Some(link) = body.get("@odata.id").and_then(Json::as_str)
    {
        made.insert(id.clone(), link.to_owned());
    }
}

/// One answer as a part; errors have the wrapped shape here.
fn append(text: &mut String, boundary: &str, part: &Part, done: Result<Answer, Fault>) {
    let (status, content) = match done {
        Ok(answer) => answer.content(),
        Err(fault) => {
            let body = fault.wrapped().map(|body| body.to_string());
            let kind = super::api::CONTENT_TYPE.to_owned();
            (fault.status(), body.map(|body| (kind, body)))
        }
    };
    let id = part
        .id
        .as_ref()
        .map(|id| format!("Content-ID: {id}\r\n"))
        .unwrap_or_default();
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "--{boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n{id}\r\n\
         HTTP/1.1 {} {}\r\nOData-Version: 4.0\r\n",
        status.as_u16(),
        status.canonical_reason().unwrap_or_default(),
    );
    let _ = match content {
        Some((kind, body)) => write!(text, "Content-Type: {kind}\r\n\r\n{body}\r\n"),
        None => write!(text, "\r\n\r\n"),
    };
}
