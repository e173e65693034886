//! Sign-out (identity.md §10): with a hint the person goes straight back, without one the page asks first.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use form_urlencoded::Serializer;
use serde_json::Value;

use super::authorize::found;
use super::back_channel;
use super::keys::TokenType;
use super::parameters;
use crate::html::{Frame, Language, escape};
use crate::instance::Instance;

pub(crate) async fn by_get(
    State(instance): State<Arc<Instance>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let given = parameters(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    end(&instance, &headers, &given, false)
}

pub(crate) async fn by_post(
    State(instance): State<Arc<Instance>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let given = parameters(&body).unwrap_or_default();
    let confirmed = given.contains_key("confirmed");
    end(&instance, &headers, &given, confirmed)
}

fn end(
    instance: &Arc<Instance>,
    headers: &HeaderMap,
    given: &HashMap<String, String>,
    confirmed: bool,
) -> Response {
    let session = instance.signed_in(headers);
    let hint = given
        .get("id_token_hint")
        .and_then(|hint| hinted_login(instance, hint));
    let current = session
        .as_ref()
        .and_then(|(_, signed_in)| instance.person(signed_in));
    // A hint for somebody else makes the whole request void; an expired one is fine (§10).
    let trusted = hint.is_some_and(|login| current.is_none_or(|person| person.login == login));
    let language = Language::of(headers, given.get("ui_locales").map(String::as_str));

    if session.is_some() && !trusted && !confirmed {
        return ask(language);
    }
    if let Some((cookie, ended)) = &session {
        instance.memory().sessions.remove(cookie);
        back_channel::tell(instance, ended);
    }
    let back = given
        .get("post_logout_redirect_uri")
        .filter(|address| trusted && instance.application.allows_logout(address));
    let mut response = match back {
        Some(address) => {
            let state = given.get("state").map(|state| {
                Serializer::new(String::new())
                    .append_pair("state", state)
                    .finish()
            });
            found(&state.map_or_else(|| address.clone(), |state| format!("{address}?{state}")))
        }
        None => signed_out(language),
    };
    let expired = format!(
        "{}=; Path=/id; HttpOnly; SameSite=Lax; Max-Age=0",
        instance.cookie_name()
    );
    if let Ok(value) = expired.parse() {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// The login named by an ID token of ours for this application, expired or not.
fn hinted_login(instance: &Instance, hint: &str) -> Option<String> {
    let claims = instance.keys.read(TokenType::Identity, hint)?;
    let ours = claims.get("iss")? == instance.issuer().as_str()
        && claims.get("aud")? == instance.application.id.as_str();
    claims
        .get("sub")
        .and_then(Value::as_str)
        .filter(|_| ours)
        .map(str::to_owned)
}

fn ask(language: Language) -> Response {
    let (title, lead, button) = match language {
        Language::English => (
            "Sign out",
            "Do you want to sign out of Ognishte?",
            "Yes, sign me out",
        ),
        Language::Bulgarian => ("Изход", "Искате ли да излезете от Огнище?", "Да, изход"),
    };
    let body = format!(
        "<main class=\"card\"><h1>{title}</h1><p>{lead}</p><form method=\"post\" action=\"/id/connect/endsession\">\
         <input type=\"hidden\" name=\"confirmed\" value=\"{}\"><button class=\"primary\">{button}</button></form></main>",
        escape("yes")
    );
    Frame {
        title,
        language,
        form_action: "'self'".to_owned(),
    }
    .page(StatusCode::OK, &body)
    .into_response()
}

fn signed_out(language: Language) -> Response {
    let (title, lead) = match language {
        Language::English => (
            "Signed out",
            "You are signed out of Ognishte. You may close this page.",
        ),
        Language::Bulgarian => (
            "Излязохте",
            "Излязохте от Огнище. Можете да затворите страницата.",
        ),
    };
    let body = format!("<main class=\"card\"><h1>{title}</h1><p>{lead}</p></main>");
    Frame {
        title,
        language,
        form_action: "'none'".to_owned(),
    }
    .page(StatusCode::OK, &body)
}
