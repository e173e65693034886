//! Where faults meet requests: around everything but the pages below `/demo/`. Calls of the API are counted here, too, so
//! that those which a fault swallows count as well.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, FromRequest, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Does;
use super::answers::{self, Held, Pace};
use super::asked::{Asked, api_subject};
use super::registry::Met;
use crate::domain::limits::Turn;
use crate::instance::Instance;
use crate::wire::Peer;

/// The turn of a call that was done, on the way out with its answer.
#[derive(Clone)]
pub(crate) struct Busy(#[expect(dead_code, reason = "held, not read")] pub(crate) Arc<Turn>);

pub(crate) async fn around(
    State(instance): State<Arc<Instance>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    if path == "/" || path.starts_with("/demo/") {
        return next.run(request).await;
    }
    let counted = api_subject(request.uri()).map(|subject| {
        instance.calls.arrived(
            &format!("{} {subject}", request.method()),
            instance.clock.now(),
        )
    });
    let (request, body) = if instance.faults.read_bodies() {
        match with_body(request).await {
            Ok((request, body)) => (request, Some(body)),
            Err(refused) => return refused,
        }
    } else {
        (request, None)
    };
    let met = instance.faults.meet(&Asked::new(
        &instance,
        (request.method(), request.uri(), request.headers()),
        body.as_ref(),
    ));
    let response = match met {
        None => next.run(request).await,
        Some(met) => befall(&instance, &peer, met, request, next).await,
    };
    let (response, busy) = detach(response);
    let status = response.status();
    drop(busy);
    if let Some(counted) = counted {
        counted.answered(status);
    }
    response
}

/// Reads the body for a look at it, and puts it back.
async fn with_body(request: Request) -> Result<(Request, Bytes), Response> {
    let (parts, body) = request.into_parts();
    let body = Bytes::from_request(Request::from_parts(parts.clone(), body), &())
        .await
        .map_err(IntoResponse::into_response)?;
    Ok((Request::from_parts(parts, Body::from(body.clone())), body))
}

/// Takes the turn off the answer.
fn detach(mut response: Response) -> (Response, Option<Busy>) {
    let busy = response.extensions_mut().remove::<Busy>();
    (response, busy)
}

async fn befall(
    instance: &Arc<Instance>,
    peer: &Peer,
    met: Met,
    request: Request,
    next: Next,
) -> Response {
    let Met { id, does, cleared } = met;
    let pace = |milliseconds| Pace {
        clock: Arc::clone(&instance.clock),
        pause: Duration::from_millis(milliseconds),
        cleared: cleared.clone(),
    };
    // What is done all the same is done first: a fault has taken effect when the answer is in its hands.
    let done = match does {
        Does::Slow { .. } | Does::Hang | Does::Drip { .. } | Does::Cut { .. } | Does::Lose => {
            next.run(request).await
        }
        _ => Response::default(),
    };
    instance.faults.took_effect(id);
    match does {
        Does::Slow { milliseconds } => {
            pace(milliseconds).wait().await;
            done
        }
        Does::Hang => {
            cleared.cancelled().await;
            done
        }
        Does::Drip {
            bytes,
            milliseconds,
        } => {
            let (response, busy) = detach(done);
            let held: Held = Box::new(busy);
            answers::drip(response, bytes, pace(milliseconds), held)
        }
        Does::Cut { after } => answers::cut(done, after),
        Does::Lose | Does::Drop => {
            peer.cut();
            done
        }
        Does::Huge { megabytes } => answers::huge(megabytes),
        Does::Malformed(how) => answers::malformed(how),
        Does::Html => answers::html(),
        Does::Refuse {
            status,
            retry_after,
        } => answers::refuse(status, retry_after.as_deref()),
        Does::Redirect { status, location } => answers::redirect(status, &location),
        Does::Bomb => answers::bomb(),
        Does::NoLicence => instance.domain.sessions.no_licence().into_response(),
        Does::Answer {
            status,
            content_type,
            body,
        } => answers::answer(status, &content_type, body),
    }
}
