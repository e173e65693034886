//! The API over HTTP: addresses, tokens, limits; what a call means is decided in the modules beside.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::fault::Fault;
use super::language::Language;
use super::limits::Turn;
use super::metadata;
use super::methods;
use super::query::{Query, Served};
use super::read::Reader;
use super::schema::{Entity, needs_security_scope};
use super::store::Database;
use super::write::{Changes, Model, Writer};
use super::writes::{ok, perform_write};
use crate::faults::layer::Busy;
use crate::identity::{bearer, valid_access_token};
use crate::instance::{Answering, Instance};

/// Path of the service root.
pub(crate) const ROOT: &str = "/api/domain/odata/";
pub(super) const CONTENT_TYPE: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// One call, with everything that matters of its request.
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Path below the service root.
    pub(crate) path: String,
    /// Raw query string.
    pub(crate) query: String,
    pub(crate) transaction: Option<String>,
    pub(crate) body: Bytes,
    /// `Content-Type` of the body.
    pub(crate) content_type: String,
    /// Language of texts and printouts (domain-api.md §8).
    pub(crate) language: Language,
    /// Number of the session.
    pub(crate) session: u64,
    /// Whether it is a part of a batch.
    pub(crate) part: bool,
}

/// A successful answer.
pub(crate) enum Answer {
    Json(StatusCode, Json),
    Text(String),
    Xml(String),
    /// The answers of a batch.
    Batch {
        boundary: String,
        text: String,
    },
    Empty,
}

impl Answer {
    /// Status, and the body with its type.
    pub(super) fn content(self) -> (StatusCode, Option<(String, String)>) {
        let (status, kind, text) = match self {
            Self::Json(status, value) => (status, CONTENT_TYPE.to_owned(), value.to_string()),
            Self::Text(text) => (StatusCode::OK, "text/plain;charset=utf-8".to_owned(), text),
            Self::Xml(text) => (StatusCode::OK, "application/xml".to_owned(), text),
            Self::Batch { boundary, text } => {
                let kind = format!("multipart/mixed; boundary={boundary}");
                (StatusCode::OK, kind, text)
            }
            Self::Empty => return (StatusCode::NO_CONTENT, None),
        };
        (status, Some((kind, text)))
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let (status, content) = self.content();
        let mut response = match content {
            Some((kind, text)) => {
                let headers = [
                    (header::CONTENT_TYPE, kind),
                    (header::CACHE_CONTROL, "no-store".to_owned()),
                ];
                (status, headers, text).into_response()
            }
            None => status.into_response(),
        };
        response
            .headers_mut()
            .insert("odata-version", HeaderValue::from_static("4.0"));
        response
    }
}

/// Any request below the service root.
pub(crate) async fn answer(
    State(instance): State<Arc<Instance>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().strip_prefix(ROOT).unwrap_or_default();
    let path = percent_decode_str(path).decode_utf8_lossy().into_owned();
    match let_in(&instance, &method, &headers).await {
        Err(fault) => fault.into_response(),
        Ok(turn) => {
            let query = uri.query().unwrap_or_default().to_owned();
            let language = Language::of_call(&query, &headers);
            let transaction = transaction_of(&headers, &query);
            let content_type = headers
                .get(header::CONTENT_TYPE)
                .and_then(|kind| kind.to_str().ok())
                .unwrap_or_default()
                .to_owned();
            let call = Call {
                method,
                path,
                query,
                transaction,
                body,
                content_type,
                language,
                session: turn.session,
                part: false,
            };
            let working = Arc::clone(&instance);
            // Pictures are drawn and rules computed away from the threads that wait for the network.
            let done = tokio::task::spawn_blocking(move || working.perform(&call)).await;
            let mut response = match done {
                Ok(Ok(answer)) => answer.into_response(),
                Ok(Err(fault)) => fault.into_response(),
                Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            };
            // The call keeps its turn until the layer around has decided when the answer goes out.
            response.extensions_mut().insert(Busy(Arc::new(turn)));
            response
        }
    }
}

/// `TransactionId`, from the header or from `?tr=` (domain-api.md §11.3).
pub(crate) fn transaction_of(headers: &HeaderMap, query: &str) -> Option<String> {
    let transaction = headers
        .get("TransactionId")
        .and_then(|id| id.to_str().ok())
        .map(|id| id.trim().to_owned());
    transaction
        .or_else(|| option(query, "tr"))
        .filter(|id| !id.is_empty())
}

/// The part of a path by which calls are counted: the set and, behind it, the method.
pub(crate) fn subject(path: &str) -> String {
    let (first, rest) = path
        .split_once('/')
        .map_or((path, ""), |(first, rest)| (first, rest));
    let set = first.split('(').next().unwrap_or_default();
    let key = if first.contains('(') { "(id)" } else { "" };
    let method = rest.split('(').next().unwrap_or_default();
    if method.is_empty() {
        format!("{set}{key}")
    } else {
        format!("{set}{key}/{method}")
    }
}

fn option(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// The checks before anything is done: is the instance answering, is the token good, is there room (identity.md §9.3).
async fn let_in(instance: &Instance, method: &Method, headers: &HeaderMap) -> Result<Turn, Fault> {
    instance.answering().await?;
    let now = instance.clock.now();
    let claims = bearer(headers)
        .and_then(|token| valid_access_token(&instance.keys, &instance.issuer(), now, token))
        .ok_or(Fault::Unauthorized)?;
    let lists = |name: &str, wanted: &str| {
        claims
            .get(name)
            .and_then(Json::as_array)
            .is_some_and(|values| values.iter().any(|value| value == wanted))
    };
    // A person's token has one static audience and is never good here (identity.md §5.1).
    if !lists("aud", "DomainAPI") {
        return Err(Fault::Unauthorized);
    }
    let scope = if *method == Method::GET {
        "read"
    } else {
        "update"
    };
    if !lists("scope", scope) {
        return Err(Fault::Forbidden);
    }
    let jti = claims
        .get("jti")
        .and_then(Json::as_str)
        .ok_or(Fault::Unauthorized)?;
    let turn = instance.domain.sessions.enter(jti, now).await?;
    // It may have been silenced while this call waited.
    instance.answering().await?;
    Ok(turn)
}

impl Instance {
    /// Waits while the instance is paused; refuses while it plays dead.
    async fn answering(&self) -> Result<(), Fault> {
        let mut answering = self.answering.subscribe();
        let state = answering
            .wait_for(|state| *state != Answering::Paused)
            .await;
        match state.map(|state| *state) {
            Ok(Answering::Normally) => Ok(()),
            _ => Err(Fault::Unavailable),
        }
    }

    /// Does what a call wants; names of sets are translated on the way out.
    pub(super) fn perform(&self, call: &Call) -> Result<Answer, Fault> {
        let mut answer = self.decide(call)?;
        if let Answer::Json(_, value) = &mut answer {
            self.version.outward(value);
        }
        Ok(answer)
    }

    fn decide(&self, call: &Call) -> Result<Answer, Fault> {
        let (first, rest) = call
            .path
            .split_once('/')
            .map_or((call.path.as_str(), None), |(first, rest)| {
                (first, Some(rest))
            });
        let root = self.api_root();
        if call.method == Method::GET && rest.is_none() {
            match first {
                "" => {
                    return Ok(Answer::Json(
                        StatusCode::OK,
                        metadata::service_document(self.version, &root),
                    ));
                }
                "$metadata" => return Ok(Answer::Xml(metadata::document(self.version))),
                "GetVersion" => {
                    let body = json!({ "@odata.context": format!("{root}$metadata#Erp.OpenObject"), "version": self.version.to_string() });
                    return Ok(Answer::Json(StatusCode::OK, body));
                }
                "GetRenamedEntityTypes" => {
                    return Ok(Answer::Json(
                        StatusCode::OK,
                        metadata::renames(self.version, &root),
                    ));
                }
                _ => {}
            }
        }
        if call.method == Method::POST && call.path == "$batch" {
            return self.batch(call);
        }
        if matches!(
            call.path.as_str(),
            "BeginTransaction" | "EndTransaction" | "GetChanges"
        ) {
            return self.transact(&call.path, call);
        }
        let (of, key, rest) = self.address(&call.path)?;
        if call.method != Method::GET {
            return self.write(of, key, rest, call);
        }
        let served = Served {
            entity: of,
            version: self.version,
        };
        let database = match &call.transaction {
            None => self.domain.data().database.clone(),
            Some(id) => {
                let mut data = self.domain.data();
                data.bury(&self.domain.sessions, self.clock.now());
                data.transaction(id, call.session)?.database.clone()
            }
        };
        let database = super::views::ready(of, database, self.clock.now());
        let mut reader = self.reader(&database, &root, call);
        if let (Some(id), Some(rest)) = (key, rest) {
            if let Some(outcome) = methods::function(&database, of, id, rest) {
                return Ok(outcome?.json(&root).map_or(Answer::Empty, ok));
            }
            let found = reader.behind(served, id, rest, &call.query)?;
            return Ok(Answer::Json(StatusCode::OK, found));
        }
        let query = Query::parse(served, &call.query)?;
        reader.skip_nulls = query.skip_nulls;
        match (key, rest) {
            (None, None) => Ok(Answer::Json(StatusCode::OK, reader.collection(of, &query)?)),
            (None, Some("$count")) => Ok(Answer::Text(reader.count(of, &query).to_string())),
            (Some(id), None) => Ok(Answer::Json(StatusCode::OK, reader.entity(of, id, &query)?)),
            _ => Err(Fault::NotFound),
        }
    }

    pub(super) fn reader<'a>(
        &self,
        database: &'a Database,
        root: &'a str,
        call: &Call,
    ) -> Reader<'a> {
        Reader {
            database,
            root,
            version: self.version,
            language: call.language,
            skip_nulls: false,
        }
    }

    /// `BeginTransaction`, `EndTransaction`, `GetChanges`.
    fn transact(&self, name: &str, call: &Call) -> Result<Answer, Fault> {
        let now = self.clock.now();
        let mut data = self.domain.data();
        data.bury(&self.domain.sessions, now);
        let given = || {
            call.transaction
                .as_deref()
                .ok_or_else(|| Fault::Operation("TransactionId is required.".to_owned()))
        };
        match (name, &call.method) {
            ("BeginTransaction", &Method::POST) => {
                let most = self.domain.sessions.limits.transactions;
                data.begin(call.session, most, &object(&call.body)?, &self.random, now)
                    .map(Answer::Text)
            }
            ("EndTransaction", &Method::POST) => {
                let commit = object(&call.body)?
                    .get("commit")
                    .and_then(Json::as_bool)
                    .unwrap_or(true);
                data.end(given()?, call.session, commit, &self.random, now)?;
                // Unverified: the status of a successful end.
                Ok(Answer::Empty)
            }
            ("GetChanges", &Method::GET) => {
                let changes = data
                    .transaction(given()?, call.session)?
                    .changes(&self.api_root())?;
                Ok(Answer::Json(StatusCode::OK, changes))
            }
            _ => Err(Fault::Method),
        }
    }

    /// Every call that changes rows: inside of its transaction, or in one of its own that is committed at once.
    fn write(
        &self,
        of: &'static Entity,
        key: Option<Uuid>,
        rest: Option<&str>,
        call: &Call,
    ) -> Result<Answer, Fault> {
        let now = self.clock.now();
        let body = object(&call.body)?;
        let mut data = self.domain.data();
        data.bury(&self.domain.sessions, now);
        let root = self.api_root();
        if let Some(id) = &call.transaction {
            let transaction = data.transaction(id, call.session)?;
            // A call that fails half-way leaves nothing behind.
            let (mut database, mut changes) =
                (transaction.database.clone(), transaction.changes.clone());
            let mut writer = Writer {
                database: &mut database,
                changes: &mut changes,
                model: transaction.model,
                version: self.version,
                now,
                random: &self.random,
            };
            let done = perform_write(&mut writer, of, key, rest, call, &body)?;
            transaction.database = database;
            transaction.changes = changes;
            return done.answer(&self.reader(&transaction.database, &root, call));
        }
        let (mut database, mut changes) = (data.database.clone(), Changes::new());
        let mut writer = Writer {
            database: &mut database,
            changes: &mut changes,
            model: Model::Common,
            version: self.version,
            now,
            random: &self.random,
        };
        let done = perform_write(&mut writer, of, key, rest, call, &body)?;
        data.commit(database, changes, &self.random, now)?;
        done.answer(&self.reader(&data.database, &root, call))
    }

    /// `Set`, `Set(id)`, `Set(id)/Method`.
    pub(super) fn address<'a>(
        &self,
        path: &'a str,
    ) -> Result<(&'static Entity, Option<Uuid>, Option<&'a str>), Fault> {
        let (first, rest) = path
            .split_once('/')
            .map_or((path, None), |(first, rest)| (first, Some(rest)));
        let (set, key) = first
            .split_once('(')
            .map_or((first, None), |(set, key)| (set, Some(key)));
        let key = key
            .map(|key| key.strip_suffix(')').and_then(|key| key.parse().ok()))
            .map(|key| key.ok_or(Fault::NotFound))
            .transpose()?;
        Ok((self.served(set)?, key, rest))
    }

    /// The entity of a set that may be read, or why not.
    fn served(&self, set: &str) -> Result<&'static Entity, Fault> {
        if needs_security_scope(set) {
            return Err(Fault::Forbidden);
        }
        if let Some(new) = self.version.moved(set) {
            let text = format!(
                "Entity set '{set}' is no longer supported; use '{new}'. See {}GetRenamedEntityTypes",
                self.api_root()
            );
            return Err(Fault::Operation(text));
        }
        self.version.entity(set).ok_or(Fault::NotFound)
    }
}

/// The body as an object; an empty body is an empty one.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Json>, Fault> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    serde_json::from_slice(body)
        .map_err(|error| Fault::Operation(format!("The body is not a JSON object: {error}")))
}
