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
    ledger::{LedgerError, attempts::NewAttempt, hand_overs::FramedAttempt},
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
    let scene = Scene {
        nonce: nonce.0,
        language: place.language,
        reference,
    };
    let about = match about(&portal, &body).await {
        Ok(Some(about)) => about,
        Ok(None) => return scene.trouble(&portal, app::SignInKind::Expired).await,
        Err(error) => {
            tracing::error!(%error, "a hand-over cannot be looked up");
            return Refused(StatusCode::SERVICE_UNAVAILABLE).into_response();
        }
    };
    let random = &*portal.world.random;
    // S2: 32 random bytes each, fresh; the verifier has 64 characters.
    let attempt = NewAttempt {
        id: token(random, 16),
        state: token(random, 32),
        browser: token(random, 32),
        nonce: token(random, 32),
        verifier: token(random, 48),
        return_to: place.path(),
        source: source.0,
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
            let hand_over = about.hand_over;
            return scene
                .trouble_for(&portal, app::SignInKind::Away, hand_over)
                .await;
        }
    };
    let now = portal.world.clock.now();
    if about != FramedAttempt::default()
        && let Err(error) = portal
            .ledger
            .note_framed_attempt(&attempt.id, &about, now)
            .await
    {
        tracing::error!(%error, "a sign-in for a frame cannot be kept");
        return Refused(StatusCode::SERVICE_UNAVAILABLE).into_response();
    }
    match portal.ledger.begin_attempt(&attempt, now).await {
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

/// What the attempt is about, where a frame began it; none if the frame's hand-over waits no longer.
async fn about(portal: &Portal, body: &[u8]) -> Result<Option<FramedAttempt>, LedgerError> {
    let mut about = FramedAttempt::default();
    if portal.settings.frame_parents.is_empty() {
        return Ok(Some(about));
    }
    for (name, value) in form_urlencoded::parse(body) {
        match &*name {
            "hand_over" => about.hand_over = Some(value.into_owned()),
            "bring" => about.guest = value.parse().ok(),
            _ => {}
        }
    }
    if let Some(id) = &about.hand_over
        && !portal
            .ledger
            .hand_over_waits(id, portal.world.clock.now())
            .await?
    {
        return Ok(None);
    }
    Ok(Some(about))
}
