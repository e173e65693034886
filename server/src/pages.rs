//! Puts `app`'s pages into answers: gives them the store as this visitor sees it, and the answer's nonce.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, HeaderValue, Method, StatusCode, Uri,
    header::{ACCEPT, CACHE_CONTROL, VARY},
};
use leptos::prelude::provide_context;
use vitrina::{
    backend::Backend,
    places::{Page, Place},
    text::Language,
};

use crate::{
    frames,
    layers::{form_token, headers::Nonce, refusal::Refused, source::Source},
    portal::Portal,
    sessions::Visit,
    settings::FrameSignIn,
    storefront::Storefront,
};

/// Any address that no other route takes: a page, or the page that says there is none.
pub async fn page(State(portal): State<Arc<Portal>>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Refused(StatusCode::METHOD_NOT_ALLOWED).into_response();
    }
    let Some(visit) = request.extensions().get::<Visit>().cloned() else {
        return Refused(StatusCode::INTERNAL_SERVER_ERROR).into_response();
    };
    let nonce = Nonce::of(request.extensions());
    let caching = caching(&visit, request.uri());
    let framed = framed(&portal, &visit, request.headers());
    let mut response = render(&portal, visit, nonce, request, move || {
        if let Some(framed) = framed.clone() {
            provide_context(framed);
        }
    })
    .await;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.append(VARY, HeaderValue::from_static("Cookie, Sec-Fetch-Dest"));
    response
}

/// The page for a refusal with this status.
pub async fn failure(
    portal: &Arc<Portal>,
    nonce: Nonce,
    language: Language,
    status: StatusCode,
    reference: String,
) -> Response {
    let visit = Visit::nobody(reference.clone());
    let failure = app::Failure {
        status: status.as_u16(),
        reference,
    };
    let mut response = render(portal, visit, nonce, home(language), move || {
        provide_context(failure.clone());
    })
    .await;
    *response.status_mut() = status;
    response
}

/// The page for a sign-in that did not work; trying again may be for a frame's hand-over.
pub async fn sign_in_trouble(
    portal: &Arc<Portal>,
    nonce: Nonce,
    language: Language,
    trouble: app::SignInTrouble,
    hand_over: Option<String>,
) -> Response {
    let visit = Visit::nobody(trouble.reference.clone());
    render(portal, visit, nonce, home(language), move || {
        provide_context(trouble.clone());
        if let Some(hand_over) = hand_over.clone() {
            provide_context(app::ForHandOver(hand_over));
        }
    })
    .await
}

/// The page for a form that was made for another visit: it sends it again, as this one.
pub async fn stale_form(
    portal: &Arc<Portal>,
    visit: Visit,
    nonce: Nonce,
    language: Language,
    form: app::StaleForm,
) -> Response {
    render(portal, visit, nonce, home(language), move || {
        provide_context(form.clone());
    })
    .await
}

/// The page of a window in which somebody has signed in for a frame.
pub async fn handed_over(
    portal: &Arc<Portal>,
    nonce: Nonce,
    language: Language,
    ticket: Option<app::Ticket>,
) -> Response {
    let visit = Visit::nobody(String::new());
    let handed = app::HandedOver(ticket);
    let mut response = render(portal, visit, nonce, home(language), move || {
        provide_context(handed.clone());
    })
    .await;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What a page in a frame needs to know of that; none for any other.
fn framed(portal: &Portal, visit: &Visit, headers: &HeaderMap) -> Option<app::Framed> {
    frames::is_framed(&portal.settings, headers).then(|| app::Framed {
        keeps: portal.settings.frame_sign_in == FrameSignIn::Popup,
        guest: visit.guest_cart().map(|guest| guest.to_string()),
    })
}

/// Server functions: the targets of `app`'s forms.
pub async fn action(State(portal): State<Arc<Portal>>, request: Request) -> Response {
    let Some(visit) = request.extensions().get::<Visit>().cloned() else {
        return Refused(StatusCode::INTERNAL_SERVER_ERROR).into_response();
    };
    let nonce = Nonce::of(request.extensions());
    let context = context(&portal, visit, source(&request), nonce);
    let response = leptos_axum::handle_server_fns_with_context(context, request)
        .await
        .into_response();
    // A form of ours is answered 303 to a place of ours. Other answers were never given by a function of ours: for arguments it
    // cannot read the framework leads to the `Referer`, and for an unknown function it has words for developers only.
    match response.status() {
        StatusCode::FOUND => Refused(StatusCode::BAD_REQUEST).into_response(),
        StatusCode::BAD_REQUEST => Refused(StatusCode::NOT_FOUND).into_response(),
        _ => response,
    }
}

async fn render(
    portal: &Arc<Portal>,
    visit: Visit,
    nonce: Nonce,
    request: Request,
    more: impl Fn() + Clone + Send + Sync + 'static,
) -> Response {
    let context = context(portal, visit, source(&request), nonce);
    let options = portal.leptos.clone();
    let handler = leptos_axum::render_app_async_with_context(
        move || {
            context();
            more();
        },
        move || app::shell(options.clone()),
    );
    handler(request).await
}

/// Where it comes from. Pages that are made in place of an answer do nothing that counts.
fn source(request: &Request) -> Source {
    request.extensions().get().copied().unwrap_or_default()
}

/// What pages and actions find in their context.
fn context(
    portal: &Arc<Portal>,
    visit: Visit,
    source: Source,
    nonce: Nonce,
) -> impl Fn() + Clone + Send + Sync + 'static {
    let token = form_token::of(&visit);
    let store: Arc<dyn Backend> = Arc::new(Storefront::new(Arc::clone(portal), visit, source));
    let origin = app::Origin(portal.settings.origin.as_str().to_owned());
    move || {
        provide_context(Arc::clone(&store));
        provide_context(origin.clone());
        if let Some(token) = token.clone() {
            provide_context(token);
        }
        provide_context(leptos::nonce::Nonce::from_value(Arc::clone(&nonce.0)));
    }
}

/// A request for the first page: what is shown instead of an answer has no address of its own.
fn home(language: Language) -> Request {
    let path = Place::new(language, Page::Home).path();
    let mut request = Request::new(Body::empty());
    // A place's path is ASCII and starts with a slash, so it always is an address.
    *request.uri_mut() = path.parse().unwrap_or_else(|_| Uri::from_static("/"));
    request
        .headers_mut()
        .insert(ACCEPT, HeaderValue::from_static("text/html"));
    request
}

/// Personal pages are kept nowhere: not in a cache, not behind the back button after signing out.
fn caching(visit: &Visit, uri: &Uri) -> &'static str {
    let public = uri
        .path_and_query()
        .and_then(|address| Place::parse(address.as_str()))
        .is_some_and(|place| {
            matches!(
                place.page,
                Page::Home | Page::Group(..) | Page::Product(_) | Page::Search(..)
            )
        });
    if public && visit.visitor().person().is_none() {
        "private, no-cache"
    } else {
        "no-store"
    }
}
