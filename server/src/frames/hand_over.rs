//! A session for a frame, signed in for in a window of its own (X3–X6).

use std::sync::Arc;

use axum::{
    Extension, Json,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, SameSite};
use http::{HeaderMap, HeaderValue, StatusCode, header::SET_COOKIE};
use serde::{Deserialize, Serialize};
use vitrina::places::{Page, Place};

use crate::{
    frames, language,
    layers::{headers::Nonce, log::Reference, refusal::Refused, source::Source},
    ledger::{
        attempts::LIFE,
        hand_overs::{Offer, Proof},
    },
    pages,
    portal::Portal,
    routes::redirect,
    sessions::{CartOwner, PersonRecord, Visit, VisitError},
    settings::Origin,
    sign_in::{Scene, cookies, finish, token},
};

/// The most hand-overs a frame keeps cookies for; two frames on one page share them.
const MOST: usize = 8;

/// What is handed over.
#[derive(Serialize, Deserialize)]
pub(crate) struct Handed {
    /// The session to be.
    pub(crate) record: PersonRecord,
    /// The path where it begins.
    pub(crate) to: String,
}

/// A window in which somebody has signed in for a frame.
pub(crate) struct Window<'a> {
    /// The hand-over.
    pub(crate) hand_over: &'a str,
    /// The attempt that was finished there.
    pub(crate) attempt: &'a str,
    /// What its cookie holds.
    pub(crate) secret: &'a str,
}

/// `POST /sign-in/hand-over`: a frame begins one. It gets a public id, and a cookie that only it has (X3).
pub async fn begin(
    State(portal): State<Arc<Portal>>,
    source: Source,
    headers: HeaderMap,
) -> Response {
    if !frames::is_framed(&portal.settings, &headers) {
        return Refused(StatusCode::FORBIDDEN).into_response();
    }
    if !portal.rates.may_hand_over(&source) {
        tracing::warn!(
            kind = "too_many_hand_overs",
            "an address begins too many hand-overs"
        );
        return Refused(StatusCode::TOO_MANY_REQUESTS).into_response();
    }
    let (id, secret) = (
        token(&*portal.world.random, 16),
        token(&*portal.world.random, 32),
    );
    let begun = portal
        .ledger
        .begin_hand_over(&id, &secret, portal.world.clock.now());
    if let Err(error) = begun.await {
        tracing::error!(%error, "a hand-over cannot be kept");
        return Refused(StatusCode::SERVICE_UNAVAILABLE).into_response();
    }
    let origin = &portal.settings.origin;
    let waiting = cookies_of(&headers, origin);
    let too_many = (waiting.len() + 1).saturating_sub(MOST);
    let mut response = Json(serde_json::json!({ "id": id })).into_response();
    for (old, _) in waiting.iter().take(too_many) {
        set(&mut response, &cookie(origin, old, String::new()));
    }
    set(&mut response, &cookie(origin, &id, secret));
    response
}

/// `POST /sign-in/take`: the frame takes the session, with the ticket that the window told it *and* its cookie (X4).
pub async fn take(
    State(portal): State<Arc<Portal>>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !frames::is_framed(&portal.settings, &headers) {
        return Refused(StatusCode::FORBIDDEN).into_response();
    }
    let [id, ticket] = fields(&body, ["id", "ticket"]);
    let origin = &portal.settings.origin;
    let secret = cookies_of(&headers, origin)
        .into_iter()
        .find_map(|(own, secret)| (own == id).then_some(secret))
        .unwrap_or_default();
    match settle(&portal, &visit, &id, &ticket, Proof::Frame(&secret)).await {
        Ok(Some(to)) => {
            let mut response = Json(serde_json::json!({ "to": to })).into_response();
            set(&mut response, &cookie(origin, &id, String::new()));
            response
        }
        Ok(None) => Refused(StatusCode::FORBIDDEN).into_response(),
        Err(refused) => refused.into_response(),
    }
}

/// `POST /sign-in/bring`: the guest's cart of a frame that is about to be left for signing in, as the form shall carry it.
pub async fn bring(
    State(portal): State<Arc<Portal>>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
) -> Response {
    if !frames::is_framed(&portal.settings, &headers) {
        return Refused(StatusCode::FORBIDDEN).into_response();
    }
    let guest = visit.guest_cart().map(|guest| guest.to_string());
    Json(serde_json::json!({ "bring": guest })).into_response()
}

/// `POST /sign-in/stay`: who signed in in the window goes on there, in an ordinary session (X5, X6).
pub async fn stay(
    State(portal): State<Arc<Portal>>,
    Reference(reference): Reference,
    Extension(nonce): Extension<Nonce>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let [id, ticket, attempt] = fields(&body, ["hand_over", "ticket", "attempt"]);
    let origin = &portal.settings.origin;
    let secret = cookies::attempts(&headers, origin)
        .into_iter()
        .find_map(|(own, secret)| (own == attempt).then_some(secret))
        .unwrap_or_default();
    match settle(&portal, &visit, &id, &ticket, Proof::Window(&secret)).await {
        Ok(Some(to)) => {
            let gone = cookies::drop(origin, &attempt).map(|cookie| (SET_COOKIE, cookie));
            redirect(StatusCode::SEE_OTHER, &to, gone.as_slice())
        }
        Ok(None) => {
            let language = language::preferred(&headers, &portal.settings.languages);
            if visit.visitor().person().is_some() {
                let home = Place::new(language, Page::Home).path();
                return redirect(StatusCode::SEE_OTHER, &home, &[]);
            }
            let scene = Scene {
                nonce,
                language,
                reference,
            };
            scene.trouble(&portal, app::SignInKind::Expired).await
        }
        Err(refused) => refused.into_response(),
    }
}

/// Somebody has signed in for a frame: the page that tells it the ticket (X3). No session is made here (X6).
pub(crate) async fn offer(
    portal: &Arc<Portal>,
    scene: Scene,
    window: &Window<'_>,
    handed: &Handed,
) -> Response {
    let Ok(content) = serde_json::to_string(handed) else {
        return Refused(StatusCode::INTERNAL_SERVER_ERROR).into_response();
    };
    // X3: 256 bits.
    let ticket = token(&*portal.world.random, 32);
    let offer = Offer {
        ticket: ticket.clone(),
        window: window.secret.to_owned(),
        content,
    };
    match portal
        .ledger
        .offer_hand_over(window.hand_over, &offer, portal.world.clock.now())
        .await
    {
        Ok(true) => {
            let ticket = app::Ticket {
                hand_over: window.hand_over.to_owned(),
                attempt: window.attempt.to_owned(),
                ticket,
            };
            page(portal, scene, Some(ticket)).await
        }
        Ok(false) => scene.trouble(portal, app::SignInKind::Expired).await,
        Err(error) => {
            tracing::error!(%error, "a hand-over cannot be kept");
            Refused(StatusCode::SERVICE_UNAVAILABLE).into_response()
        }
    }
}

/// The page of the window; without a ticket where it was handed over before (a reload, the back button).
pub(crate) async fn page(
    portal: &Arc<Portal>,
    scene: Scene,
    ticket: Option<app::Ticket>,
) -> Response {
    pages::handed_over(portal, scene.nonce, scene.language, ticket).await
}

/// Takes what was offered and begins the session of this visit; where to go then. None where ticket or proof are not good.
async fn settle(
    portal: &Portal,
    visit: &Visit,
    id: &str,
    ticket: &str,
    proof: Proof<'_>,
) -> Result<Option<String>, Refused> {
    let down = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "a hand-over cannot be taken");
        Refused(StatusCode::SERVICE_UNAVAILABLE)
    };
    let now = portal.world.clock.now();
    let taken = portal.ledger.take_hand_over(id, ticket, proof, now).await;
    let Some(content) = taken.map_err(|error| down(&error))? else {
        tracing::warn!(
            kind = "hand_over_refused",
            "ticket and cookie of a hand-over do not fit"
        );
        return Ok(None);
    };
    let Handed { mut record, to } =
        serde_json::from_str(&content).map_err(|_| down(&"it cannot be read"))?;
    if matches!(proof, Proof::Frame(_)) {
        record.end_within(frames::session::LIFE, now);
    }
    let guest = visit.guest_cart().map(CartOwner::Guest);
    match finish::settle(portal, visit, record, guest).await {
        Ok(()) => Ok(Some(to)),
        // B3: signed out everywhere while this was on its way.
        Err(VisitError::Ended) => {
            tracing::info!(
                kind = "signed_out_meanwhile",
                "a hand-over was not finished"
            );
            Ok(None)
        }
        Err(error) => Err(down(&error)),
    }
}

fn fields<const N: usize>(body: &[u8], names: [&str; N]) -> [String; N] {
    names.map(|name| {
        form_urlencoded::parse(body)
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    })
}

fn prefix(origin: &Origin) -> &'static str {
    if origin.is_secure() {
        "__Host-handover-"
    } else {
        "handover-"
    }
}

/// The hand-over cookies of a request, as the browser orders them: the oldest first.
fn cookies_of(headers: &HeaderMap, origin: &Origin) -> Vec<(String, String)> {
    cookies::under(headers, prefix(origin))
}

/// A cookie of the frame alone (X3); one without a value goes.
fn cookie(origin: &Origin, id: &str, secret: String) -> Cookie<'static> {
    let life = if secret.is_empty() {
        time::Duration::ZERO
    } else {
        LIFE + LIFE
    };
    Cookie::build((format!("{}{id}", prefix(origin)), secret))
        .path("/")
        .max_age(life)
        .http_only(true)
        .same_site(SameSite::None)
        .secure(true)
        .partitioned(true)
        .build()
}

fn set(response: &mut Response, cookie: &Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}
