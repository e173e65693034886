//! Limits (reference/security.md §11). Headers and connections are limited where connections are served, in [`crate::serve`].

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use futures::future::{Either, select};
use http::StatusCode;
use http_body_util::BodyExt;
use tokio::sync::Semaphore;

use super::refusal::Refused;
use crate::{portal::Portal, routes};

/// The largest body a form may have, in bytes; some routes take less.
pub const LARGEST_BODY: usize = 64 * 1024;
/// The largest body of what concerns an account, and of a word from the identity provider (B1).
pub const LARGEST_SMALL_BODY: usize = 16 * 1024;
/// How long a body may take.
const BODY_TIME: Duration = Duration::from_secs(10);
/// How long a whole request may take.
const REQUEST_TIME: Duration = Duration::from_secs(30);
/// Requests at work at once.
const AT_WORK: usize = 512;

/// How many requests are at work.
#[derive(Clone)]
pub struct AtWork(Arc<Semaphore>);

impl Default for AtWork {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_WORK)))
    }
}

/// Reads the body whole, up to the limit: what comes after gets bytes that are all there.
pub async fn body(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let largest = routes::largest_body(parts.uri.path());
    let read = tokio::time::timeout(BODY_TIME, whole(body, largest)).await;
    match read.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT)) {
        Ok(bytes) => {
            next.run(Request::from_parts(parts, Body::from(bytes)))
                .await
        }
        Err(status) => Refused(status).into_response(),
    }
}

/// Piece by piece into one place: a piece that is kept keeps the buffer it was read into, which is thousands of times as large
/// as the single letter that somebody sends in it.
async fn whole(mut body: Body, largest: usize) -> Result<Bytes, StatusCode> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| StatusCode::BAD_REQUEST)?;
        let Some(piece) = frame.data_ref() else {
            continue;
        };
        if bytes.len() + piece.len() > largest {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        bytes.extend_from_slice(piece);
    }
    Ok(bytes.freeze())
}

/// Ends what takes too long, and refuses at once what would only wait. How the portal does is told all the same: a supervisor
/// must not end a process because it is busy.
pub async fn time(
    State((portal, at_work)): State<(Arc<Portal>, AtWork)>,
    request: Request,
    next: Next,
) -> Response {
    let place = at_work.0.try_acquire();
    if place.is_err() && !routes::is_health(request.uri().path()) {
        return Refused(StatusCode::SERVICE_UNAVAILABLE).into_response();
    }
    let work = std::pin::pin!(next.run(request));
    match select(work, portal.world.clock.sleep(REQUEST_TIME)).await {
        Either::Left((response, _)) => response,
        Either::Right(((), _)) => {
            tracing::error!("a request took too long");
            Refused(StatusCode::SERVICE_UNAVAILABLE).into_response()
        }
    }
}
