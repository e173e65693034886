//! Front-end transactions (domain-api.md §11.3): the instance prices an order inside one, and grants the whole portal one at a
//! time. So it is always ended — on success, on failure, and when whoever waited has gone.

use http::Method;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::{
    api::{Api, InTransaction, READ, Request, Turn, WRITE, json, unreadable},
    error::{Business, Fault},
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
    within: InTransaction,
    unit: Unit,
}

/// Why a transaction was not committed, or may not have been.
pub(crate) enum CommitError {
    /// A rule refuses it: it did not happen.
    Refused(Business),
    /// It did not happen: nothing was sent.
    NotSent(Fault),
    /// The transaction was no more when the commit came. Whether an earlier word of ours ended it, only the instance's records
    /// can tell.
    Gone(Fault),
    /// No clear answer.
    Unclear {
        /// What came instead.
        fault: Fault,
        /// Whether the instance then said that the transaction was still open, and rolled it back.
        rolled_back: bool,
    },
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
/// So many more times a commit is sent if it certainly did not arrive.
const REPEATS: u32 = 4;

impl Transaction {
    /// Begins one in the front-end model, in which prices are filled in.
    pub(crate) async fn begin(api: &Api, turn: Turn) -> Result<Self, Fault> {
        let root = api.root().await?;
        let unit = api.gate().transaction(turn.priority, turn.deadline).await?;
        let asks = api.clone();
        // A task of its own: if the caller goes away while the instance answers, the transaction it opened is dropped with the
        // task's outcome, and dropping ends it.
        api.spawn(Self::open(asks, root, unit))
            .await
            .unwrap_or_else(|_| Err(unreadable(WHAT, "beginning was aborted")))
    }

    async fn open(api: Api, root: Root, mut unit: Unit) -> Result<Self, Fault> {
        end_left_open(&api, &root, &mut unit).await?;
        let mut request = Request::post(
            WHAT,
            method(&root, "BeginTransaction"),
            body(&Begin {
                model: "frontend",
                track_changes: false,
            })?,
        );
        request.time = READ;
        let (answer, token) = match api.call_with_token(&mut unit, &request).await {
            Ok(begun) => begun,
            // Refused although we have none open: the answer to an earlier begin was lost, and with it the id that could end what
            // it opened. Another session is free of it.
            Err(Fault::TooMany { .. }) if api.begin_was_lost(false) => {
                tracing::warn!(
                    "a transaction nobody can end blocks the session; it is left for a new one"
                );
                api.leave_session();
                api.call_with_token(&mut unit, &request).await?
            }
            Err(fault) => {
                if fault.is_unclear() {
                    api.begin_was_lost(true);
                }
                return Err(fault);
            }
        };
        api.begin_was_lost(false);
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
                within: InTransaction { id, token },
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
            transaction: Some(open.within.clone()),
            time: WRITE,
        };
        let answer = open.api.call(&mut open.unit, &request).await?;
        if answer.body.is_empty() {
            return Ok(None);
        }
        json(set.0, &answer).map(Some)
    }

    /// Ends it without commit and waits for the instance's word. Goes on to the end even if the caller goes away.
    pub(crate) async fn roll_back(mut self) -> Result<(), Fault> {
        let Some(mut open) = self.open.take() else {
            return Err(unreadable(WHAT, "already ended"));
        };
        let api = open.api.clone();
        api.spawn(async move { open.roll_back().await.map(|_| ()) })
            .await
            .unwrap_or_else(|_| Err(unreadable(WHAT, "ending was aborted")))
    }

    /// Commits it and waits for the instance's word, once: a commit is never sent again unless it certainly did not arrive. Goes
    /// on to the end even if the caller goes away.
    pub(crate) async fn commit(mut self) -> Result<(), CommitError> {
        let unclear = |why| CommitError::Unclear {
            fault: unreadable(WHAT, why),
            rolled_back: false,
        };
        let Some(open) = self.open.take() else {
            return Err(unclear("already ended"));
        };
        let api = open.api.clone();
        api.spawn(open.commit())
            .await
            .unwrap_or_else(|_| Err(unclear("ending was aborted")))
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(mut open) = self.open.take() else {
            return;
        };
        // Without a run time (a process that is killed) nobody can be told; the instance forgets it after 25 minutes.
        if tokio::runtime::Handle::try_current().is_ok() {
            let api = open.api.clone();
            api.spawn(async move { open.roll_back_quietly().await });
        }
    }
}

impl Open {
    /// Whether it was open still. What stays unclear is said again before the next transaction begins.
    async fn roll_back(&mut self) -> Result<bool, Fault> {
        let ended = say_end(&self.api, &self.root, &mut self.unit, &self.within).await;
        if ended.is_err() {
            self.api.leave_open(self.within.clone());
        }
        ended
    }

    async fn commit(mut self) -> Result<(), CommitError> {
        let request = end(&self.root, &self.within, true, WRITE).map_err(CommitError::NotSent)?;
        let mut attempt = 0;
        let fault = loop {
            match self.api.call(&mut self.unit, &request).await {
                Ok(_) => return Ok(()),
                // Said again, which is safe, as nothing was done.
                Err(fault) if fault.sent_nothing() && !fault.is_gone() && attempt < REPEATS => {
                    self.api.sleep_before_repeat(attempt).await;
                    attempt += 1;
                }
                Err(fault) => break fault,
            }
        };
        match fault {
            fault if fault.is_gone() => Err(CommitError::Gone(fault)),
            // The answer is a rule's: it did not happen. Unverified: that a refused commit ends the transaction as well.
            Fault::Business { business, .. } if business.is_refusal() => {
                self.roll_back_quietly().await;
                Err(CommitError::Refused(business))
            }
            fault if fault.sent_nothing() => {
                self.roll_back_quietly().await;
                Err(CommitError::NotSent(fault))
            }
            fault => Err(CommitError::Unclear {
                fault,
                rolled_back: self.roll_back().await.unwrap_or(false),
            }),
        }
    }

    async fn roll_back_quietly(&mut self) {
        if let Err(fault) = self.roll_back().await {
            tracing::error!(kind = fault.kind(), %fault, "a front-end transaction could not be ended");
        }
    }
}

/// The instance grants one open transaction. One whose end was not heard would block all others until it expires, so it is ended
/// again first.
async fn end_left_open(api: &Api, root: &Root, unit: &mut Unit) -> Result<(), Fault> {
    while let Some(within) = api.left_open() {
        if let Err(fault) = say_end(api, root, unit, &within).await {
            api.leave_open(within);
            return Err(fault);
        }
    }
    Ok(())
}

/// Says that it is over, without commit: as often as one likes. Whether it was open still.
async fn say_end(
    api: &Api,
    root: &Root,
    unit: &mut Unit,
    within: &InTransaction,
) -> Result<bool, Fault> {
    match api.call(unit, &end(root, within, false, READ)?).await {
        Ok(_) => Ok(true),
        // The instance has heard it. What it answers is most likely that there is no such transaction, in whatever language.
        Err(
            Fault::Business { .. }
            | Fault::Unauthorized { .. }
            | Fault::Forbidden { .. }
            | Fault::Missing { .. },
        ) => Ok(false),
        Err(fault) => Err(fault),
    }
}

fn end(
    root: &Root,
    within: &InTransaction,
    commit: bool,
    time: std::time::Duration,
) -> Result<Request, Fault> {
    let mut request = Request::post(WHAT, method(root, "EndTransaction"), body(&End { commit })?);
    request.transaction = Some(within.clone());
    request.time = time;
    Ok(request)
}

fn method(root: &Root, name: &'static str) -> Url {
    resource(root, Set(name), None, "")
}

/// Members go out in the order of the struct: the instance's rules fire in that order (domain-api.md §11.1).
pub(crate) fn body(value: &impl Serialize) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(value).map_err(|_| unreadable(WHAT, "unwritable request"))
}
