//! Front-end transactions (domain-api.md §11.3): the instance prices an order inside one, and grants the whole portal one at a
//! time. So it is always ended — on success, on failure, and when whoever waited has gone.

use http::Method;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::{
    api::{Api, Request, Turn, WRITE, json, unreadable},
    error::Fault,
    gate::Unit,
    odata::query::{Root, Set, resource},
};

/// An open transaction, holding the gate's transaction slot until the instance has been told that it is over.
pub(crate) struct Transaction {
    open: Option<Open>,
}

struct Open {
    api: Api,
    root: Root,
    id: String,
    unit: Unit,
}

#[derive(Serialize)]
struct Begin {
    model: &'static str,
    #[serde(rename = "trackChanges")]
    track_changes: bool,
}

#[derive(Serialize)]
struct End {
    commit: bool,
}

const WHAT: &str = "transaction";
/// So many more times the end is said if it certainly did not arrive.
const REPEATS: u32 = 4;

impl Transaction {
    /// Begins one in the front-end model, in which prices are filled in.
    pub(crate) async fn begin(api: &Api, turn: Turn) -> Result<Self, Fault> {
        let root = api.root().await?;
        let unit = api.gate().transaction(turn.priority, turn.deadline).await?;
        let api = api.clone();
        // A task of its own: if the caller goes away while the instance answers, the transaction it opened is dropped with the
        // task's outcome, and dropping ends it.
        tokio::spawn(Self::open(api, root, unit))
            .await
            .unwrap_or_else(|_| Err(unreadable(WHAT, "beginning was aborted")))
    }

    async fn open(api: Api, root: Root, mut unit: Unit) -> Result<Self, Fault> {
        let request = Request::post(
            WHAT,
            method(&root, "BeginTransaction"),
            body(&Begin {
                model: "frontend",
                track_changes: false,
            })?,
        );
        let answer = api.call(&mut unit, &request).await?;
        // Plain text of 32 hex digits; quotes and space around it are tolerated.
        let id: String = std::str::from_utf8(&answer.body)
            .unwrap_or_default()
            .trim_matches(|character: char| character == '"' || character.is_whitespace())
            .to_owned();
        let sound = (8..=64).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        if !sound {
            return Err(unreadable(WHAT, "no transaction id"));
        }
        Ok(Self {
            open: Some(Open {
                api,
                root,
                id,
                unit,
            }),
        })
    }

    /// Creates a record; the answer is the record.
    pub(crate) async fn create(
        &mut self,
        set: Set,
        record: &impl Serialize,
    ) -> Result<Value, Fault> {
        let body = body(record)?;
        self.call(
            set,
            Method::POST,
            |root| resource(root, set, None, ""),
            Some(body),
        )
        .await?
        .ok_or_else(|| unreadable(set.0, "no record"))
    }

    /// Calls a method of a record.
    pub(crate) async fn method(
        &mut self,
        set: Set,
        id: uuid::Uuid,
        name: &'static str,
    ) -> Result<(), Fault> {
        self.call(
            set,
            Method::POST,
            |root| resource(root, set, Some(id), name),
            Some(b"{}".to_vec()),
        )
        .await
        .map(|_| ())
    }

    /// Reads a record as it stands inside the transaction.
    pub(crate) async fn read(
        &mut self,
        query: &crate::odata::query::Query,
    ) -> Result<Value, Fault> {
        self.call(query.set, Method::GET, |root| query.address(root), None)
            .await?
            .ok_or_else(|| unreadable(query.set.0, "no record"))
    }

    async fn call(
        &mut self,
        set: Set,
        verb: Method,
        address: impl FnOnce(&Root) -> Url,
        body: Option<Vec<u8>>,
    ) -> Result<Option<Value>, Fault> {
        let open = self
            .open
            .as_mut()
            .ok_or_else(|| unreadable(WHAT, "already ended"))?;
        let request = Request {
            what: set.0,
            method: verb,
            address: address(&open.root),
            body,
            transaction: Some(open.id.clone()),
            time: WRITE,
        };
        let answer = open.api.call(&mut open.unit, &request).await?;
        if answer.body.is_empty() {
            return Ok(None);
        }
        json(set.0, &answer).map(Some)
    }

    /// Ends it and waits for the instance's word. Goes on to the end even if the caller goes away.
    pub(crate) async fn end(mut self, commit: bool) -> Result<(), Fault> {
        let Some(open) = self.open.take() else {
            return Err(unreadable(WHAT, "already ended"));
        };
        tokio::spawn(open.end(commit))
            .await
            .unwrap_or_else(|_| Err(unreadable(WHAT, "ending was aborted")))
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(open) = self.open.take() else {
            return;
        };
        // Without a run time (at shutdown) nobody can be told; the instance forgets it after 25 minutes.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(fault) = open.end(false).await {
                    tracing::error!(kind = fault.kind(), %fault, "a front-end transaction could not be ended");
                }
            });
        }
    }
}

impl Open {
    async fn end(mut self, commit: bool) -> Result<(), Fault> {
        let mut request = Request::post(
            WHAT,
            method(&self.root, "EndTransaction"),
            body(&End { commit })?,
        );
        request.transaction = Some(self.id.clone());
        let mut attempt = 0;
        loop {
            match self.api.call(&mut self.unit, &request).await {
                // An end that never arrived leaves the only transaction open: said again, which is safe, as nothing was done.
                Err(fault) if fault.sent_nothing() && attempt < REPEATS => {
                    self.api.sleep_before_repeat(attempt).await;
                    attempt += 1;
                }
                outcome => return outcome.map(|_| ()),
            }
        }
    }
}

fn method(root: &Root, name: &'static str) -> Url {
    resource(root, Set(name), None, "")
}

/// Members go out in the order of the struct: the instance's rules fire in that order (domain-api.md §11.1).
pub(crate) fn body(value: &impl Serialize) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(value).map_err(|_| unreadable(WHAT, "unwritable request"))
}
