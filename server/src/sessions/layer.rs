//! The session cookie, and the visit of each request.
//!
//! `__Host-session`: `Secure; HttpOnly; SameSite=Lax; Path=/`. Lax and not Strict, because the way back from the identity
//! provider begins on another site. On http, which is for this machine only, the name is plain: browsers refuse the prefix there.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header::SET_COOKIE};
use tower_sessions::{Expiry, Session, SessionManagerLayer, cookie::SameSite};

use super::{GUEST_LIFE, Tools, Visit};
use crate::{
    layers::{log::Reference, refusal::Refused},
    ledger::sessions::Sessions,
    portal::Portal,
    settings::Origin,
};

/// The name of the session cookie at this origin.
pub fn cookie_name(origin: &Origin) -> &'static str {
    if origin.is_secure() {
        "__Host-session"
    } else {
        "session"
    }
}

/// The layer that reads and writes session records.
pub fn manager(portal: &Portal) -> SessionManagerLayer<Sessions> {
    let store = Sessions::new(portal.ledger.clone(), Arc::clone(&portal.world.clock));
    SessionManagerLayer::new(store)
        .with_name(cookie_name(&portal.settings.origin))
        .with_secure(portal.settings.origin.is_secure())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(GUEST_LIFE))
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
    let tools = Tools {
        world: portal.world.clone(),
        ledger: portal.ledger.clone(),
        access: portal.access.clone(),
    };
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

/// A removal of a `__Host-` cookie that is not `Secure` is ignored by browsers, and the session layer writes it so.
pub async fn mend_removal(
    State(portal): State<Arc<Portal>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if !portal.settings.origin.is_secure() {
        return response;
    }
    let cookies: Vec<HeaderValue> = response
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .cloned()
        .collect();
    response.headers_mut().remove(SET_COOKIE);
    for cookie in cookies {
        let secured = cookie
            .to_str()
            .ok()
            .filter(|text| text.starts_with("__Host-") && !text.contains("; Secure"))
            .and_then(|text| {
                HeaderValue::from_str(&format!("{text}; Secure; HttpOnly; SameSite=Lax")).ok()
            });
        response
            .headers_mut()
            .append(SET_COOKIE, secured.unwrap_or(cookie));
    }
    response
}
