//! Limits (reference/security.md §11). Headers and connections are limited where connections are served, in [`crate::serve`].

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::future::{Either, select};
use http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};
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
    let read = tokio::time::timeout(BODY_TIME, Limited::new(body, largest).collect()).await;
    let bytes = match read {
        Ok(Ok(read)) => read.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            return Refused(StatusCode::PAYLOAD_TOO_LARGE).into_response();
        }
        Ok(Err(_)) => return Refused(StatusCode::BAD_REQUEST).into_response(),
        Err(_) => return Refused(StatusCode::REQUEST_TIMEOUT).into_response(),
    };
    next.run(Request::from_parts(parts, Body::from(bytes)))
        .await
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
