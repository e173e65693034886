//! Signing out: here first, then at the instance (O1–O3).

use std::sync::Arc;

use axum::{
    Extension,
    body::Bytes,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use vitrina::{
    places::{Page, Place},
    text::Language,
};

use super::{SIGN_OUT_CALLBACK, token};
use crate::{
    frames, language, layers::refusal::Refused, portal::Portal, routes::redirect, sessions::Visit,
};

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// `POST /sign-out`: ends the session here, then leads to the instance to end it there (O1). With `everywhere` it first ends all
/// sessions of the person. Without an end-session endpoint, or with the instance away, the sign-out here stands (O3).
pub async fn post(
    State(portal): State<Arc<Portal>>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let language = form_urlencoded::parse(&body)
        .find(|(name, _)| name == "return")
        .and_then(|(_, path)| Place::parse(&path))
        .map(|place| place.language)
        .filter(|language| portal.settings.languages.contains(language))
        .unwrap_or_else(|| language::preferred(&headers, &portal.settings.languages));
    let everywhere =
        form_urlencoded::parse(&body).any(|(name, value)| name == "everywhere" && value == "1");
    let hint = visit
        .person_record()
        .map(|record| record.id_token.0.clone());
    if let Err(error) = visit.sign_out(everywhere).await {
        // The record stands: saying "signed out" would be a lie.
        tracing::error!(%error, "a session cannot be ended");
        return Refused(StatusCode::SERVICE_UNAVAILABLE).into_response();
    }
    // The language travels in `state`; nothing else is read from it on the way back.
    let state = format!("{language}.{}", token(&*portal.world.random, 16));
    // The instance's page does not allow itself to be framed (F14): a frame signs out here only.
    let hint = hint.filter(|_| !frames::is_framed(&portal.settings, &headers));
    let elsewhere = match hint {
        Some(hint) => {
            let back = portal.settings.origin.address(SIGN_OUT_CALLBACK);
            portal
                .instance
                .identity()
                .end_session(&hint, &back, &state)
                .await
        }
        None => None,
    };
    let to = elsewhere.map_or_else(|| signed_out(language), String::from);
    redirect(
        StatusCode::SEE_OTHER,
        &to,
        &[(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""))],
    )
}

/// `GET /signout-callback`: the way back from the instance. Nothing is done here; an unknown, wrong or missing `state` leads to
/// the same page (O2).
pub async fn back(
    State(portal): State<Arc<Portal>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let told = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(name, _)| name == "state")
        .and_then(|(_, state)| state.split('.').next()?.parse::<Language>().ok())
        .filter(|language| portal.settings.languages.contains(language));
    let language =
        told.unwrap_or_else(|| language::preferred(&headers, &portal.settings.languages));
    redirect(StatusCode::SEE_OTHER, &signed_out(language), &[])
}

fn signed_out(language: Language) -> String {
    Place::new(language, Page::SignedOut).path()
}
