//! `POST /sign-in`: a sign-in begins. By POST only, behind the guard, so that no other site can begin one or say where it is to
//! return to (S8).

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use erp::identity::Attempt;
use http::{HeaderMap, StatusCode, Uri, header::SET_COOKIE};
use vitrina::places::{Page, Place};

use super::{CALLBACK, Scene, cookies, return_to, token};
use crate::{
    language,
    layers::{headers::Nonce, log::Reference, refusal::Refused, source::Source},
    ledger::attempts::NewAttempt,
    portal::Portal,
    routes::redirect,
};

/// Begins, and leads to the instance.
pub async fn post(
    State(portal): State<Arc<Portal>>,
    Reference(reference): Reference,
    nonce: axum::Extension<Nonce>,
    source: Source,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !portal.rates.may_begin(&source) {
        tracing::warn!(
            kind = "too_many_sign_ins",
            "an address begins too many sign-ins"
        );
        return Refused(StatusCode::TOO_MANY_REQUESTS).into_response();
    }
    let place = form_urlencoded::parse(&body)
        .find(|(name, _)| name == "return")
        .and_then(|(_, path)| return_to(&portal, &path))
        .unwrap_or_else(|| {
            let language = language::of_request(&uri, &headers, &portal.settings.languages);
            Place::new(language, Page::Home)
        });
    let random = &*portal.world.random;
    // S2: 32 random bytes each, fresh; the verifier has 64 characters.
    let attempt = NewAttempt {
        id: token(random, 16),
        state: token(random, 32),
        browser: token(random, 32),
        nonce: token(random, 32),
        verifier: token(random, 48),
        return_to: place.path(),
        source: source.network(),
    };
    let scene = Scene {
        nonce: nonce.0,
        language: place.language,
        reference,
    };
    let asked = portal
        .instance
        .identity()
        .authorize(&Attempt {
            state: attempt.state.clone().into(),
            nonce: attempt.nonce.clone().into(),
            verifier: attempt.verifier.clone().into(),
            redirect_uri: portal.settings.origin.address(CALLBACK),
            language: place.language,
        })
        .await;
    let address = match asked {
        Ok(address) => address,
        Err(error) => {
            tracing::warn!(kind = error.kind(), %error, "sign-in is not available");
            return scene.trouble(&portal, app::SignInKind::Away).await;
        }
    };
    match portal
        .ledger
        .begin_attempt(&attempt, portal.world.clock.now())
        .await
    {
        Ok(true) => {}
        Ok(false) => {
            tracing::warn!(
                kind = "too_many_attempts",
                "too many sign-ins wait from one address"
            );
            return Refused(StatusCode::TOO_MANY_REQUESTS).into_response();
        }
        Err(error) => {
            tracing::error!(%error, "a sign-in cannot be kept");
            return Refused(StatusCode::SERVICE_UNAVAILABLE).into_response();
        }
    }
    let origin = &portal.settings.origin;
    // P6: room for the new one; the oldest go.
    let waiting = cookies::attempts(&headers, origin);
    let too_many = (waiting.len() + 1).saturating_sub(cookies::MOST);
    let set: Vec<_> = waiting
        .iter()
        .take(too_many)
        .filter_map(|(id, _)| cookies::drop(origin, id))
        .chain(cookies::keep(origin, &attempt.id, &attempt.browser))
        .map(|cookie| (SET_COOKIE, cookie))
        .collect();
    redirect(StatusCode::SEE_OTHER, address.as_str(), &set)
}
