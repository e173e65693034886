//! Which of the two sessions of a request counts: that of the frame, or the ordinary one (X7). Both are made by the session layer,
//! over the same records; see [`crate::sessions::cookie`] for how their cookies travel.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use time::Duration;
use tower_sessions::Session;

use crate::{frames, portal::Portal};

/// The longest session of a person in a frame: shorter than in a window of its own, because the page around it is not ours.
pub const LIFE: Duration = Duration::hours(2);
/// How long a guest's cart waits in a frame.
pub const GUEST_LIFE: Duration = Duration::days(7);

/// The framed session of a request, until it is known which one counts.
#[derive(Clone)]
struct Framed(Session);

/// Stands between the two session layers: keeps the framed session from being replaced by the ordinary one.
pub async fn keep(mut request: Request, next: Next) -> Response {
    if let Some(session) = request.extensions().get::<Session>().cloned() {
        request.extensions_mut().insert(Framed(session));
    }
    next.run(request).await
}

/// Stands inside of both: a framed request gets the framed session, any other the ordinary one.
pub async fn choose(
    State(portal): State<Arc<Portal>>,
    mut request: Request,
    next: Next,
) -> Response {
    if frames::is_framed(&portal.settings, request.headers())
        && let Some(Framed(session)) = request.extensions().get().cloned()
    {
        request.extensions_mut().insert(session);
    }
    next.run(request).await
}
