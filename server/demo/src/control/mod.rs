//! Levers over HTTP: a page with forms that need no script, and the same as JSON. Only for callers on the same computer, also
//! when the instance itself is open to the network.
//!
//! | request | does |
//! | --- | --- |
//! | `GET /demo/control`, `POST /demo/control` | the page, and its forms |
//! | `POST /demo/levers` | pulls one [`Lever`], written as JSON; answers with the fault's id where there is one |
//! | `GET /demo/faults` | the faults that were brought up |
//! | `GET /demo/seen` | [`crate::Seen`] |

mod form;
mod page;

use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::faults::{Fault, FaultId};
use crate::identity::keys::Rotation;
use crate::identity::parameters;
use crate::identity::registration::Registration;
use crate::instance::{Answering, Instance};
use crate::levers::InFlight;
use crate::wire::Peer;

/// Everything that can be done from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Lever {
    /// A fault.
    BringUp(Fault),
    /// Takes one away.
    Clear(FaultId),
    /// Takes all away.
    ClearAll,
    /// Changes the Trusted Application.
    Register(Registration),
    /// Restarts the site.
    Restart(InFlight),
    /// Changes the signing key.
    RotateKeys(Rotation),
    /// The office takes so many licence slots.
    TakeLicences(usize),
    /// The office takes all, and the portal's session ends.
    LoseLicence,
    /// Ends all sessions.
    EndSessions,
    /// Answers, holds calls back, or refuses them.
    Answering(Answering),
    /// Sets all counters to zero.
    Count,
}

/// A lever that did not move.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stuck {
    #[error("There is no such fault.")]
    NoFault,
    #[error("No fresh key could be made.")]
    NoKey,
}

impl Lever {
    /// Making a key takes a while: not for a thread that waits for the network.
    fn pull(self, instance: &Instance, asker: &Peer) -> Result<Option<FaultId>, Stuck> {
        match self {
            Self::BringUp(fault) => return Ok(Some(instance.faults.bring_up(fault))),
            Self::Clear(id) => {
                if !instance.faults.clear(id) {
                    return Err(Stuck::NoFault);
                }
            }
            Self::ClearAll => instance.faults.clear_all(),
            Self::Register(registration) => instance.application.register(registration),
            Self::Restart(in_flight) => instance.restart(in_flight, Some(asker)),
            Self::RotateKeys(how) => {
                let rotated = instance.keys.rotate(how, &instance.random);
                rotated.map_err(|_| Stuck::NoKey)?;
            }
            Self::TakeLicences(taken) => instance.domain.sessions.take_licences(taken),
            Self::LoseLicence => instance.lose_licence(),
            Self::EndSessions => instance.domain.sessions.end_all(),
            Self::Answering(answering) => {
                instance.answering.send_replace(answering);
            }
            Self::Count => instance.reset_calls(),
        }
        Ok(None)
    }
}

async fn pull(
    instance: &Arc<Instance>,
    asker: Peer,
    lever: Lever,
) -> Result<Option<FaultId>, Stuck> {
    let working = Arc::clone(instance);
    tokio::task::spawn_blocking(move || lever.pull(&working, &asker))
        .await
        .unwrap_or(Err(Stuck::NoKey))
}

pub(crate) fn routes() -> Router<Arc<Instance>> {
    Router::new()
        .route("/demo/control", get(show).post(submit))
        .route("/demo/levers", post(by_json))
        .route("/demo/faults", get(faults))
        .route("/demo/seen", get(seen))
        .layer(from_fn(only_from_here))
}

/// Callers on the same computer, and no page of another origin in their browser.
async fn only_from_here(
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let site = request
        .headers()
        .get("sec-fetch-site")
        .and_then(|site| site.to_str().ok());
    let foreign = site.is_some_and(|site| !matches!(site, "same-origin" | "none"));
    if !peer.address.ip().to_canonical().is_loopback()
        || (foreign && request.method() != Method::GET)
    {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

async fn show(State(instance): State<Arc<Instance>>) -> Response {
    page::show(&instance, StatusCode::OK, None)
}

async fn submit(
    State(instance): State<Arc<Instance>>,
    ConnectInfo(asker): ConnectInfo<Peer>,
    body: Bytes,
) -> Response {
    let mistake = match parameters(&body)
        .ok_or_else(|| "The form could not be read.".to_owned())
        .and_then(|given| form::lever(&given))
    {
        Ok(lever) => match pull(&instance, asker, lever).await {
            Ok(_) => return Redirect::to("/demo/control").into_response(),
            Err(stuck) => stuck.to_string(),
        },
        Err(mistake) => mistake,
    };
    page::show(&instance, StatusCode::BAD_REQUEST, Some(&mistake))
}

async fn by_json(
    State(instance): State<Arc<Instance>>,
    ConnectInfo(asker): ConnectInfo<Peer>,
    Json(lever): Json<Lever>,
) -> Response {
    match pull(&instance, asker, lever).await {
        Ok(id) => Json(json!({ "id": id })).into_response(),
        Err(stuck) => {
            let status = match stuck {
                Stuck::NoFault => StatusCode::NOT_FOUND,
                Stuck::NoKey => StatusCode::INTERNAL_SERVER_ERROR,
            };
            (status, Json(json!({ "mistake": stuck.to_string() }))).into_response()
        }
    }
}

async fn faults(State(instance): State<Arc<Instance>>) -> Response {
    Json(instance.faults.list()).into_response()
}

async fn seen(State(instance): State<Arc<Instance>>) -> Response {
    Json(instance.seen()).into_response()
}
