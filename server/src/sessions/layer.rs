//! The layer that reads and writes session records, and the visit of each request.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use tower_sessions::{Expiry, Session, SessionManagerLayer};

use super::{Tools, Visit, cookie::Kind};
use crate::{
    frames,
    layers::{log::Reference, refusal::Refused},
    ledger::sessions::Sessions,
    portal::Portal,
};

/// Where session records are kept, whichever cookie leads to them.
pub fn store(portal: &Portal) -> Sessions {
    Sessions::new(portal.ledger.clone(), Arc::clone(&portal.world.clock))
}

/// The layer that reads and writes session records by this cookie.
pub fn manager(portal: &Portal, kind: Kind) -> SessionManagerLayer<Sessions> {
    let origin = &portal.settings.origin;
    SessionManagerLayer::new(store(portal))
        .with_name(kind.name(origin))
        .with_secure(kind.is_secure(origin))
        .with_http_only(true)
        .with_same_site(kind.same_site())
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(portal.settings.lives.guest))
}

/// Puts the [`Visit`] into the request. A ledger that is down answers 503 to whoever has a session, and nobody is signed out
/// by that (M2); guests without one never ask it.
pub async fn visit(
    State(portal): State<Arc<Portal>>,
    Reference(reference): Reference,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let mut tools = Tools::of(&portal);
    if frames::is_framed(&portal.settings, request.headers()) {
        tools.lives.guest = tools.lives.guest.min(frames::session::GUEST_LIFE);
    }
    match Visit::of(reference, session, tools).await {
        Ok(visit) => {
            request.extensions_mut().insert(visit);
            next.run(request).await
        }
        Err(error) => {
            tracing::error!(%error, "a session cannot be read");
            Refused(StatusCode::SERVICE_UNAVAILABLE).into_response()
        }
    }
}
