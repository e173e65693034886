//! The authorize endpoint (identity.md §3.1, §3.2, §9.1).
//!
//! Only `access_denied`, `login_required` and their kin go back to the portal; every mistake in the request itself ends on
//! the provider's own error page, and the portal never hears of it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use form_urlencoded::Serializer;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::keys::TokenType;
use super::spoil::merge;
use super::{Grant, SignedIn, parameters, token};
use crate::html::{self, Frame, Language};
use crate::instance::Instance;

/// How the answer travels back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    FormPost,
    Query,
    Fragment,
}

/// A request that may be answered at its redirect address.
#[derive(Debug)]
struct Request {
    hybrid: bool,
    mode: Mode,
    redirect_uri: String,
    scope: String,
    state: Option<String>,
    nonce: Option<String>,
    challenge: String,
    prompt: Option<String>,
    max_age: Option<i64>,
}

/// A mistake shown on the provider's own page.
#[derive(Debug, PartialEq, Eq)]
struct Mistake {
    code: &'static str,
    text: &'static str,
}

const fn mistake(code: &'static str, text: &'static str) -> Mistake {
    Mistake { code, text }
}

pub(crate) async fn by_get(
    State(instance): State<Arc<Instance>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    answer(&instance, query.unwrap_or_default().as_bytes(), &headers)
}

pub(crate) async fn by_post(
    State(instance): State<Arc<Instance>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(&instance, &body, &headers)
}

fn answer(instance: &Instance, text: &[u8], headers: &HeaderMap) -> Response {
    let language = Language::of(headers, None);
    let Some(mut given) = parameters(text) else {
        return refuse(
            language,
            &mistake("invalid_request", "A parameter was given twice."),
        );
    };
    let language = Language::of(headers, given.get("ui_locales").map(String::as_str));
    let request = match check(instance, &given) {
        Ok(request) => request,
        Err(mistake) => return refuse(language, &mistake),
    };
    let signed_in = instance
        .signed_in(headers)
        .map(|(_, signed_in)| signed_in)
        .filter(|signed_in| {
            let age = (instance.clock.now() - signed_in.at).whole_seconds();
            request.max_age.is_none_or(|most| age <= most)
        });
    match (signed_in, request.prompt.as_deref()) {
        (None, Some("none")) => send(
            instance,
            &request,
            vec![("error", "login_required".to_owned())],
        ),
        (Some(signed_in), prompt) if prompt != Some("login") => {
            grant(instance, &request, signed_in)
        }
        _ => {
            // The person signs in and comes back with the same request, this time without the prompt, or it would never end.
            given.remove("prompt");
            given.remove("max_age");
            let mut pairs: Vec<_> = given.into_iter().collect();
            pairs.sort();
            let back = format!(
                "/id/connect/authorize?{}",
                Serializer::new(String::new()).extend_pairs(pairs).finish()
            );
            let query = Serializer::new(String::new())
                .append_pair("ReturnUrl", &back)
                .finish();
            Redirect::to(&format!("/id/account/login?{query}")).into_response()
        }
    }
}

/// Where a parked request would send its answer: the login page allows its forms to be redirected there.
pub(crate) fn origin_of_redirect(query: &str) -> Option<String> {
    let address = parameters(query.as_bytes())?.remove("redirect_uri")?;
    Some(
        url::Url::parse(&address)
            .ok()?
            .origin()
            .ascii_serialization(),
    )
}

/// Everything that is checked before anybody is asked to sign in (identity.md §3.1).
fn check(instance: &Instance, given: &HashMap<String, String>) -> Result<Request, Mistake> {
    let text = |name: &str| given.get(name).filter(|value| !value.is_empty()).cloned();
    let application = &instance.application;

    let client_id = text("client_id").unwrap_or_default();
    let registration = application.registration();
    let known = bool::from(client_id.as_bytes().ct_eq(application.id.as_bytes()));
    if !known || !registration.enabled {
        return Err(mistake(
            "unauthorized_client",
            "Unknown client or client not enabled.",
        ));
    }
    let redirect_uri = text("redirect_uri")
        .filter(|address| address.len() <= 400 && application.allows_login(address));
    let redirect_uri =
        redirect_uri.ok_or(mistake("unauthorized_client", "Invalid redirect_uri."))?;

    let kind = text("response_type").unwrap_or_default();
    let mut words: Vec<&str> = kind.split(' ').collect();
    words.sort_unstable();
    let hybrid = match words.as_slice() {
        ["code"] => false,
        ["code", "id_token"] => true,
        _ => {
            return Err(mistake(
                "unsupported_response_type",
                "Response type not supported.",
            ));
        }
    };
    let chosen = words.join(" ");
    let allowed = registration.response_types.contains(&chosen);
    if !allowed {
        return Err(mistake(
            "unauthorized_client",
            "Invalid grant type for client.",
        ));
    }
    let mode = match (text("response_mode").as_deref(), hybrid) {
        (Some("form_post"), _) => Mode::FormPost,
        (Some("fragment"), _) | (None, true) => Mode::Fragment,
        (Some("query") | None, false) => Mode::Query,
        // A hybrid answer can never come back in the query string (§3.2).
        _ => {
            return Err(mistake(
                "invalid_request",
                "Invalid response_mode for response_type.",
            ));
        }
    };

    let scope = text("scope")
        .filter(|scope| scope.len() <= 300)
        .unwrap_or_default();
    let scopes: Vec<&str> = scope.split(' ').filter(|word| !word.is_empty()).collect();
    if !scopes.contains(&"openid")
        || scopes
            .iter()
            .any(|scope| !matches!(*scope, "openid" | "profile"))
    {
        return Err(mistake("invalid_scope", "Invalid scope."));
    }

    let nonce = text("nonce");
    if (hybrid && nonce.is_none()) || nonce.as_ref().is_some_and(|nonce| nonce.len() > 300) {
        return Err(mistake("invalid_request", "Invalid nonce."));
    }

    let challenge =
        text("code_challenge").ok_or(mistake("invalid_request", "code_challenge is required."))?;
    if !(43..=128).contains(&challenge.len()) {
        return Err(mistake("invalid_request", "Invalid code_challenge."));
    }
    if text("code_challenge_method").as_deref() != Some("S256") {
        return Err(mistake(
            "invalid_request",
            "Transform algorithm not supported.",
        ));
    }

    let prompt = text("prompt");
    if !matches!(prompt.as_deref(), None | Some("none" | "login")) {
        return Err(mistake("invalid_request", "Invalid prompt."));
    }
    let max_age = match text("max_age").map(|age| age.parse::<i64>()) {
        None => None,
        Some(Ok(age)) if age >= 0 => Some(age),
        Some(_) => return Err(mistake("invalid_request", "Invalid max_age.")),
    };
    Ok(Request {
        hybrid,
        mode,
        redirect_uri,
        scope: scopes.join(" "),
        state: text("state"),
        nonce,
        challenge,
        prompt,
        max_age,
    })
}

/// Hands out a code, and with the hybrid flow an ID token over the front channel.
fn grant(instance: &Instance, request: &Request, signed_in: SignedIn) -> Response {
    let code = URL_SAFE_NO_PAD.encode(instance.random.bytes::<32>());
    let grant = Grant {
        signed_in,
        redirect_uri: request.redirect_uri.clone(),
        scope: request.scope.clone(),
        nonce: request.nonce.clone(),
        state: request.state.clone(),
        challenge: request.challenge.clone(),
        issued: instance.clock.now(),
    };
    let mut fields = vec![("code", code.clone())];
    if request.hybrid {
        let claims = token::identity_claims(instance, &grant, token::Bound::Code(&code));
        let Some(id_token) = claims.and_then(|claims| {
            instance.sign_changed(TokenType::Identity, &claims, &instance.spoil().front)
        }) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        fields.push(("id_token", id_token));
    }
    fields.push(("scope", request.scope.clone()));
    let salt = instance.random.upper_hex();
    let digest = Sha256::digest(format!(
        "{}{}{salt}",
        instance.application.id, grant.signed_in.sid
    ));
    fields.push((
        "session_state",
        format!("{}.{salt}", URL_SAFE_NO_PAD.encode(digest)),
    ));
    instance.memory().codes.insert(code, grant);
    send(instance, request, fields)
}

/// Sends fields to the redirect address in the mode that was asked for.
fn send(
    instance: &Instance,
    request: &Request,
    mut fields: Vec<(&'static str, String)>,
) -> Response {
    let failed = fields.iter().any(|(name, _)| *name == "error");
    if let Some(state) = &request.state {
        fields.push(("state", state.clone()));
    }
    let mut members: Map<String, Value> = fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    merge(&mut members, &instance.spoil().callback);
    let fields: Vec<(&str, String)> = members
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?.to_owned())))
        .collect();
    let encoded = || {
        Serializer::new(String::new())
            .extend_pairs(&fields)
            .finish()
    };
    match request.mode {
        Mode::FormPost => html::form_post(&request.redirect_uri, &fields),
        // IdentityServer appends a fragment to errors, so that no earlier one survives the redirect (§3.2).
        Mode::Query => {
            let end = if failed { "#_=_" } else { "" };
            found(&format!("{}?{}{end}", request.redirect_uri, encoded()))
        }
        Mode::Fragment => found(&format!("{}#{}", request.redirect_uri, encoded())),
    }
}

/// 302 and no store: the address holds a code.
pub(crate) fn found(address: &str) -> Response {
    (
        StatusCode::FOUND,
        [
            ("location", address),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
        ],
    )
        .into_response()
}

/// The provider's own error page.
fn refuse(language: Language, mistake: &Mistake) -> Response {
    let (title, lead) = match language {
        Language::English => (
            "Sorry, there was an error",
            "The application sent a request that cannot be answered. Tell whoever runs it:",
        ),
        Language::Bulgarian => (
            "Възникна грешка",
            "Приложението изпрати заявка, на която не може да се отговори. Съобщете на поддръжката му:",
        ),
    };
    let body = format!(
        "<main class=\"card\"><h1>{title}</h1><p>{lead}</p><p class=\"error\" role=\"alert\"><code>{}</code> {}</p></main>",
        html::escape(mistake.code),
        html::escape(mistake.text)
    );
    Frame {
        title,
        language,
        form_action: "'none'".to_owned(),
    }
    .page(StatusCode::BAD_REQUEST, &body)
}
