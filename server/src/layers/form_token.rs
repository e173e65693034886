//! C2: what a visitor has to lose changes only by requests that prove they are ours, beside where they come from (C1).
//!
//! * Script sends a header of ours, which no other origin can.
//! * A form without script carries a token: an HMAC under the session's id, which nobody else knows, so there is no key to keep,
//!   nothing to store, and a new session id makes all former pages' forms stale.
//!
//! A guest without a record has nothing that a forged request could change; there C1 stands alone, and pages stay the same for
//! everybody. What is stale is not lost: the shopper gets a page that sends it again ([decision 70](../../../docs/decisions)).

use std::sync::Arc;

use app::{FORM_TOKEN, FormToken, StaleForm, actions::SCRIPT_HEADER};
use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, Method, StatusCode};
use http_body_util::BodyExt;
use ring::hmac;
use vitrina::places::Place;

use super::{headers::Nonce, refusal::Refused};
use crate::{language, pages, portal::Portal, routes, sessions::Visit};

/// What the token is of; another use of the same key would say something else.
const PURPOSE: &[u8] = b"vitrina form";

/// The token of the visit's forms; none where the visit has no record.
pub fn of(visit: &Visit) -> Option<FormToken> {
    let tag = hmac::sign(&key(visit)?, PURPOSE);
    Some(FormToken(URL_SAFE_NO_PAD.encode(tag.as_ref())))
}

fn key(visit: &Visit) -> Option<hmac::Key> {
    // Without an owner there is no record, whatever the cookie says.
    visit.cart_owner()?;
    let id = visit.session()?.id()?;
    Some(hmac::Key::new(hmac::HMAC_SHA256, &id.0.to_le_bytes()))
}

/// In constant time.
fn is_of(key: &hmac::Key, token: &str) -> bool {
    URL_SAFE_NO_PAD
        .decode(token)
        .is_ok_and(|tag| hmac::verify(key, PURPOSE, &tag).is_ok())
}

/// Lets pass what reads, what proves itself, and visits that have nothing to lose.
pub async fn check(State(portal): State<Arc<Portal>>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD)
        || routes::needs_no_token(request.uri().path())
        || is_from_script(request.headers())
    {
        return next.run(request).await;
    }
    let Some(visit) = request.extensions().get::<Visit>().cloned() else {
        return Refused(StatusCode::INTERNAL_SERVER_ERROR).into_response();
    };
    let Some(key) = key(&visit) else {
        return next.run(request).await;
    };
    let (parts, body) = request.into_parts();
    // All there, and within the limit: an outer layer has read it.
    let Ok(body) = body.collect().await else {
        return Refused(StatusCode::BAD_REQUEST).into_response();
    };
    let body = body.to_bytes();
    let mut tokens = form_urlencoded::parse(&body).filter(|(name, _)| name == FORM_TOKEN);
    let passes =
        tokens.next().is_some_and(|(_, token)| is_of(&key, &token)) && tokens.next().is_none();
    if passes {
        return next.run(Request::from_parts(parts, Body::from(body))).await;
    }
    tracing::warn!(
        kind = "stale_form",
        reference = visit.reference(),
        "a form does not belong to this visit; its page was made for another one, or somebody forged it"
    );
    let is_person = parts
        .headers
        .get(http::header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if !is_person {
        return Refused(StatusCode::FORBIDDEN).into_response();
    }
    let form = StaleForm {
        action: parts.uri.path().to_owned(),
        fields: fields(&body),
    };
    let language = fields_language(&portal, &form).unwrap_or_else(|| {
        language::of_request(&parts.uri, &parts.headers, &portal.settings.languages)
    });
    pages::stale_form(&portal, visit, Nonce::of(&parts.extensions), language, form).await
}

/// Whether script of ours sent it. Said twice it is said by somebody else.
fn is_from_script(headers: &HeaderMap) -> bool {
    let (name, value) = SCRIPT_HEADER;
    let mut said = headers.get_all(name).iter();
    said.next().is_some_and(|said| said == value) && said.next().is_none()
}

/// What was typed, without the former token.
fn fields(body: &Bytes) -> Vec<(String, String)> {
    form_urlencoded::parse(body)
        .filter(|(name, _)| name != FORM_TOKEN)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

/// The language of the page the form was on, which its fields name.
fn fields_language(portal: &Portal, form: &StaleForm) -> Option<vitrina::text::Language> {
    form.fields
        .iter()
        .filter(|(name, _)| name == "back" || name == "return")
        .find_map(|(_, path)| Place::parse(path))
        .map(|place| place.language)
        .filter(|language| portal.settings.languages.contains(language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c2_a_token_is_of_one_session_and_of_nothing_else() {
        let key = |id: i128| hmac::Key::new(hmac::HMAC_SHA256, &id.to_le_bytes());
        let token = URL_SAFE_NO_PAD.encode(hmac::sign(&key(1), PURPOSE).as_ref());
        assert_eq!(token.len(), 43);
        let other = URL_SAFE_NO_PAD.encode(hmac::sign(&key(1), b"other").as_ref());
        let mut cut = token.clone();
        cut.pop();
        for (session, token, passes) in [
            (1, token.as_str(), true),
            (2, &token, false),
            (-1, &token, false),
            (1, &other, false),
            (1, &cut, false),
            (1, "", false),
            (1, "%", false),
        ] {
            assert_eq!(is_of(&key(session), token), passes, "{session} {token}");
        }
    }

    #[test]
    fn c2_only_our_header_speaks_for_script() {
        for (sent, passes) in [
            (&[("x-shop-script", "1")][..], true),
            (&[("x-shop-script", "0")], false),
            (&[("x-shop-script", "1"), ("x-shop-script", "1")], false),
            (&[("x-requested-with", "XMLHttpRequest")], false),
            (&[], false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in sent {
                headers.append(*name, http::HeaderValue::from_static(value));
            }
            assert_eq!(is_from_script(&headers), passes, "{sent:?}");
        }
    }
}
