//! Every route of the portal, and who calls it.
//!
//! | route | called by | session |
//! | --- | --- | --- |
//! | `GET /health/live`, `/health/ready` | the operator's balancer | no |
//! | `GET /pkg/…` and files of `public/` | pages | no |
//! | `GET /img/{file}` | pages | no |
//! | `GET /` | people: leads to their language | no |
//! | `POST /signin-callback`, `GET /signin-callback` | browsers, sent by the instance (P1: no session) | no |
//! | `GET /signout-callback` | browsers, sent by the instance (O2) | no |
//! | `POST /backchannel-logout` | the instance itself (B1) | no |
//! | `POST /sign-in`, `POST /sign-out` | forms of our pages | yes |
//! | `GET /sign-in/finish/{landing}` | browsers, sent by the callback | yes |
//! | `POST /sign-in/hand-over`, `/sign-in/take`, `/sign-in/bring` | script of our pages in a frame (X3) | that of the frame |
//! | `POST /sign-in/stay` | the window that signed in for a frame (X6) | yes |
//! | `POST /api/…` | forms and islands of our pages | yes |
//! | everything else | people: pages | yes |

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{LOCATION, VARY},
};
use vitrina::places::{Page, Place};

use crate::{
    assets,
    frames::{self, hand_over},
    health, language,
    layers::{
        self,
        limits::{LARGEST_BODY, LARGEST_SMALL_BODY},
    },
    mirror, pages,
    portal::Portal,
    sessions::{self, cookie::Kind},
    sign_in,
};

const CALLBACK: &str = "/signin-callback";
const BEGIN: &str = "/sign-in";
const STAY: &str = "/sign-in/stay";

type Routes = Vec<(&'static str, MethodRouter<Arc<Portal>>)>;

/// Where visitors are known: behind the session, and what changes something behind the form's token (C2).
fn for_visitors() -> Routes {
    vec![
        (BEGIN, post(sign_in::begin::post)),
        ("/sign-in/finish/{landing}", get(sign_in::finish::get)),
        ("/sign-in/hand-over", post(hand_over::begin)),
        ("/sign-in/take", post(hand_over::take)),
        ("/sign-in/bring", post(hand_over::bring)),
        (STAY, post(hand_over::stay)),
        ("/sign-out", post(sign_in::sign_out::post)),
        ("/api/{*function}", post(pages::action)),
    ]
}

/// Where nobody is anybody: no session is read.
fn for_everybody() -> Routes {
    let callback = || get(sign_in::callback::get).post(sign_in::callback::post);
    vec![
        ("/health/live", get(health::live)),
        ("/health/ready", get(health::ready)),
        ("/", get(to_language)),
        (CALLBACK, callback()),
        ("/signin-callback/", callback()),
        ("/signout-callback", get(sign_in::sign_out::back)),
        (sign_in::BACK_CHANNEL, post(sign_in::back_channel::post)),
        (mirror::pictures::PATH, get(mirror::pictures::serve)),
    ]
}

/// The path of every route with a handler of its own. What no route takes is a file, a page or nothing; the pages are
/// [`vitrina::places::Page`]'s.
pub fn paths() -> Vec<&'static str> {
    for_visitors()
        .into_iter()
        .chain(for_everybody())
        .map(|(path, _)| path)
        .collect()
}

fn with(router: Router<Arc<Portal>>, routes: Routes) -> Router<Arc<Portal>> {
    routes.into_iter().fold(router, |router, (path, handler)| {
        router.route(path, handler)
    })
}

/// The whole application.
pub fn router(portal: &Arc<Portal>) -> Router {
    let visitors = with(Router::new(), for_visitors())
        .fallback(page_or_file)
        .layer(from_fn_with_state(
            Arc::clone(portal),
            layers::form_token::check,
        ))
        .layer(from_fn_with_state(
            Arc::clone(portal),
            sessions::layer::visit,
        ))
        .layer(from_fn_with_state(
            Arc::clone(portal),
            frames::session::choose,
        ))
        .layer(sessions::layer::manager(portal, Kind::Top))
        .layer(from_fn_with_state(
            (Arc::clone(portal), Kind::Top),
            sessions::cookie::mend,
        ))
        .layer(from_fn(frames::session::keep))
        .layer(sessions::layer::manager(portal, Kind::Framed))
        .layer(from_fn_with_state(
            (Arc::clone(portal), Kind::Framed),
            sessions::cookie::mend,
        ));
    let router = with(Router::new(), for_everybody())
        .merge(visitors)
        .with_state(Arc::clone(portal))
        .merge(assets::packages(&portal.leptos));
    layers::around(portal, router)
}

/// Whether any site may post there: the answer of the identity provider and its word that somebody was signed out, and nothing
/// else (C3, F3, B1).
pub fn takes_foreign_posts(method: &Method, path: &str) -> bool {
    *method == Method::POST
        && (path.strip_suffix('/').unwrap_or(path) == CALLBACK || path == sign_in::BACK_CHANNEL)
}

/// The largest body that is read there (reference/security.md §11).
pub fn largest_body(path: &str) -> usize {
    if path == sign_in::BACK_CHANNEL || path.starts_with("/api/account/") {
        LARGEST_SMALL_BODY
    } else {
        LARGEST_BODY
    }
}

/// Whether a form may go there without a token (C2); C1 stands. Beginning a sign-in changes nothing of a session's: it writes an
/// attempt and gives the browser a cookie for it, and a page that a guest opened before the first line of the cart must still lead
/// there. Who goes on in the window that signed in for a frame proves more than a token does: a ticket, and the attempt's cookie
/// (X6).
pub fn needs_no_token(path: &str) -> bool {
    path == BEGIN || path == STAY
}

/// Whether the path tells of health; probes call it by any host name.
pub fn is_health(path: &str) -> bool {
    path.starts_with("/health/")
}

async fn to_language(State(portal): State<Arc<Portal>>, headers: HeaderMap) -> Response {
    let language = language::preferred(&headers, &portal.settings.languages);
    redirect(
        StatusCode::FOUND,
        &Place::new(language, Page::Home).path(),
        &[(VARY, HeaderValue::from_static("Accept-Language"))],
    )
}

async fn page_or_file(State(portal): State<Arc<Portal>>, request: Request) -> Response {
    if let Some(asked) = assets::asks_for_file(&request)
        && let Some(file) = assets::file(&portal.leptos, asked).await
    {
        return file;
    }
    pages::page(State(portal), request).await
}

/// A redirect to an address of ours or of the instance.
pub(crate) fn redirect(
    status: StatusCode,
    to: &str,
    headers: &[(http::HeaderName, HeaderValue)],
) -> Response {
    let Ok(location) = HeaderValue::from_str(to) else {
        return layers::refusal::Refused(StatusCode::INTERNAL_SERVER_ERROR).into_response();
    };
    let mut response = status.into_response();
    response.headers_mut().insert(LOCATION, location);
    for (name, value) in headers {
        response.headers_mut().append(name, value.clone());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c3_only_the_providers_words_are_foreign_posts() {
        for (method, path, takes) in [
            (Method::POST, "/signin-callback", true),
            (Method::POST, "/signin-callback/", true),
            (Method::PUT, "/signin-callback", false),
            (Method::POST, "/signin-callback//", false),
            (Method::POST, "/backchannel-logout", true),
            (Method::POST, "/backchannel-logout/", false),
            (Method::PUT, "/backchannel-logout", false),
            (Method::POST, "/sign-in", false),
            (Method::POST, "/api/cart/add", false),
            (Method::POST, "/", false),
        ] {
            assert_eq!(takes_foreign_posts(&method, path), takes, "{method} {path}");
        }
    }
}
