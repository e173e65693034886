//! The guard against forged requests: one layer in front of everything that may change something.
//!
//! Server functions have no guard of their own, and their encoding is a plain form that any site can post.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, Method, StatusCode,
    header::{CONTENT_TYPE, ORIGIN},
};

use super::refusal::Refused;
use crate::{portal::Portal, routes, settings::Origin};

/// Lets pass what reads, what comes from our own pages (C1), and the exemptions by name (C3); C4: forms only.
pub async fn origin(State(portal): State<Arc<Portal>>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let exempt = routes::takes_foreign_posts(request.method(), request.uri().path());
    if !exempt && !is_own(request.headers(), &portal.settings.origin) {
        tracing::warn!("a request from elsewhere was refused");
        return Refused(StatusCode::FORBIDDEN).into_response();
    }
    if *request.method() != Method::POST {
        return Refused(StatusCode::METHOD_NOT_ALLOWED).into_response();
    }
    if !is_form(request.headers()) {
        return Refused(StatusCode::UNSUPPORTED_MEDIA_TYPE).into_response();
    }
    next.run(request).await
}

/// C1: `Sec-Fetch-Site` says same-origin; if it is missing, `Origin` is our own. Anything said twice is said by somebody else.
fn is_own(headers: &HeaderMap, own: &Origin) -> bool {
    let mut sites = headers.get_all("sec-fetch-site").iter();
    if let Some(site) = sites.next() {
        return site == "same-origin" && sites.next().is_none();
    }
    let mut origins = headers.get_all(ORIGIN).iter();
    origins.next().is_some_and(|origin| origin == own.as_str()) && origins.next().is_none()
}

fn is_form(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let form = types
        .next()
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|mime| {
            mime.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        });
    form && types.next().is_none()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn c1_only_our_own_pages_pass() {
        let own = Origin::parse("https://shop.example").unwrap();
        for (sent, passes) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (
                &[("sec-fetch-site", "same-origin"), ("origin", "null")],
                true,
            ),
            (
                &[
                    ("sec-fetch-site", "same-site"),
                    ("origin", "https://shop.example"),
                ],
                false,
            ),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://shop.example"),
                ],
                false,
            ),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "")], false),
            (
                &[
                    ("sec-fetch-site", "same-origin"),
                    ("sec-fetch-site", "cross-site"),
                ],
                false,
            ),
            (&[("origin", "https://shop.example")], true),
            (
                &[
                    ("origin", "https://shop.example"),
                    ("origin", "https://evil.example"),
                ],
                false,
            ),
            (&[("origin", "https://shop.example:444")], false),
            (&[("origin", "http://shop.example")], false),
            (&[("origin", "https://a.shop.example")], false),
            (&[("origin", "null")], false),
            (&[], false),
        ] {
            assert_eq!(is_own(&headers(sent), &own), passes, "{sent:?}");
        }
    }

    #[test]
    fn c4_only_forms_pass() {
        for (sent, passes) in [
            (
                &[("content-type", "application/x-www-form-urlencoded")][..],
                true,
            ),
            (
                &[(
                    "content-type",
                    "Application/X-WWW-Form-Urlencoded; charset=UTF-8",
                )],
                true,
            ),
            (&[("content-type", "text/plain")], false),
            (&[("content-type", "application/json")], false),
            (
                &[("content-type", "multipart/form-data; boundary=x")],
                false,
            ),
            (
                &[
                    ("content-type", "application/x-www-form-urlencoded"),
                    ("content-type", "text/plain"),
                ],
                false,
            ),
            (&[], false),
        ] {
            assert_eq!(is_form(&headers(sent)), passes, "{sent:?}");
        }
    }
}
