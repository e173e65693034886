//! The token endpoint (identity.md §3.4, §3.5, §9.2) and the claims of all tokens (§4, §5).

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use subtle::ConstantTimeEq;

use super::keys::{TokenType, challenge, half_hash};
use super::people::{DATABASE_NAME, SYSTEM_USER};
use super::spoil::merged;
use super::{ACCESS_LIFE, CODE_LIFE, Grant, parameters};
use crate::instance::Instance;
use crate::seed::id;

/// What an ID token is bound to besides `state` and `nonce`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound<'a> {
    /// Front channel: `c_hash` over the code.
    Code(&'a str),
    /// Token endpoint: `at_hash` over the access token.
    AccessToken(&'a str),
}

/// `error` of a refused token request, HTTP 400 (§9.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    InvalidRequest,
    InvalidClient,
    InvalidGrant,
    InvalidScope,
    UnauthorizedClient,
    UnsupportedGrantType,
    /// The signer failed; not the client's fault.
    Internal,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let code = match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidScope => "invalid_scope",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::Internal => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        };
        (
            StatusCode::BAD_REQUEST,
            [(header::CACHE_CONTROL, "no-store")],
            Json(json!({ "error": code })),
        )
            .into_response()
    }
}

pub(crate) async fn answer(
    State(instance): State<Arc<Instance>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    instance.memory().token_requests += 1;
    match redeem(&instance, &headers, &body) {
        Ok(tokens) => (
            [
                (header::CACHE_CONTROL, "no-store"),
                (header::PRAGMA, "no-cache"),
            ],
            Json(tokens),
        )
            .into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

fn redeem(instance: &Instance, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let form = headers.get(header::CONTENT_TYPE).is_some_and(|kind| {
        kind.as_bytes()
            .starts_with(b"application/x-www-form-urlencoded")
    });
    let given = parameters(body)
        .filter(|_| form)
        .ok_or(Refusal::InvalidRequest)?;
    let grant_type = given.get("grant_type").map(String::as_str);
    let application = &instance.application;
    let client = if grant_type == Some("client_credentials") {
        &application.service_id
    } else {
        &application.id
    };
    authenticate(instance, client, headers, &given)?;
    match grant_type {
        Some("authorization_code") => by_code(instance, &given),
        Some("client_credentials") => by_credentials(instance, &given),
        // Refresh tokens are never handed out, so the application is not allowed to use them.
        Some("refresh_token") => Err(Refusal::UnauthorizedClient),
        _ => Err(Refusal::UnsupportedGrantType),
    }
}

/// The client's id and secret, from the body or from HTTP Basic.
fn authenticate(
    instance: &Instance,
    client: &str,
    headers: &HeaderMap,
    given: &HashMap<String, String>,
) -> Result<(), Refusal> {
    let basic = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Basic "));
    let (id, secret) = match basic {
        Some(encoded) => {
            let text = STANDARD
                .decode(encoded)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or(Refusal::InvalidClient)?;
            let (id, secret) = text.split_once(':').ok_or(Refusal::InvalidClient)?;
            let decode = |part: &str| {
                percent_decode_str(&part.replace('+', " "))
                    .decode_utf8_lossy()
                    .into_owned()
            };
            (decode(id), decode(secret))
        }
        None => (
            given
                .get("client_id")
                .cloned()
                .ok_or(Refusal::InvalidClient)?,
            given
                .get("client_secret")
                .cloned()
                .ok_or(Refusal::InvalidClient)?,
        ),
    };
    let application = &instance.application;
    let fits = id.as_bytes().ct_eq(client.as_bytes())
        & secret.as_bytes().ct_eq(application.secret.as_bytes());
    if bool::from(fits) && application.registration().enabled {
        Ok(())
    } else {
        Err(Refusal::InvalidClient)
    }
}

fn by_code(instance: &Instance, given: &HashMap<String, String>) -> Result<Value, Refusal> {
    let code = given.get("code").ok_or(Refusal::InvalidRequest)?;
    // Without the address IdentityServer answers with this one, not with `invalid_request` (§9.2).
    let redirect_uri = given
        .get("redirect_uri")
        .ok_or(Refusal::UnauthorizedClient)?;
    // Taken out at once: a code works once, also when the rest of the request is wrong.
    let grant = instance
        .memory()
        .codes
        .remove(code)
        .ok_or(Refusal::InvalidGrant)?;
    let verifier = given
        .get("code_verifier")
        .filter(|verifier| (43..=128).contains(&verifier.len()))
        .ok_or(Refusal::InvalidGrant)?;
    let proven = challenge(verifier)
        .as_bytes()
        .ct_eq(grant.challenge.as_bytes());
    if instance.clock.now() - grant.issued >= CODE_LIFE
        || *redirect_uri != grant.redirect_uri
        || !bool::from(proven)
    {
        return Err(Refusal::InvalidGrant);
    }
    let spoil = instance.spoil();
    let claims = access_claims(instance, &grant).ok_or(Refusal::InvalidGrant)?;
    let access_token = instance
        .sign_changed(TokenType::Access, &claims, &spoil.access)
        .ok_or(Refusal::Internal)?;
    let claims = identity_claims(instance, &grant, Bound::AccessToken(&access_token))
        .ok_or(Refusal::InvalidGrant)?;
    let id_token = instance
        .sign_changed(TokenType::Identity, &claims, &spoil.back)
        .ok_or(Refusal::Internal)?;
    let answer = json!({
        "id_token": id_token,
        "access_token": access_token,
        "expires_in": ACCESS_LIFE.whole_seconds(),
        "token_type": "Bearer",
        "scope": grant.scope,
    });
    Ok(merged(answer, &spoil.answer))
}

fn by_credentials(instance: &Instance, given: &HashMap<String, String>) -> Result<Value, Refusal> {
    let registration = instance.application.registration();
    if !registration.system_user_allowed {
        return Err(Refusal::UnauthorizedClient);
    }
    let registered = |scope: &str| registration.scope.iter().any(|one| one == scope);
    let mut scopes: Vec<&str> = match given.get("scope").map(String::as_str) {
        // Left out: all scopes of the Trusted Application (§3.5).
        None | Some("") => registration.scope.iter().map(String::as_str).collect(),
        Some(scope) => scope.split(' ').filter(|word| !word.is_empty()).collect(),
    };
    if registration.leaves_out_scopes {
        scopes.retain(|scope| registered(scope));
    }
    if !scopes.iter().all(|scope| registered(scope)) {
        return Err(Refusal::InvalidScope);
    }
    let now = instance.clock.now();
    let issuer = instance.issuer();
    let claims = json!({
        "nbf": now.unix_timestamp(),
        "exp": (now + ACCESS_LIFE).unix_timestamp(),
        "iss": issuer,
        "aud": ["DomainAPI", "TableAPI", "OLAP", "AppServer", format!("{issuer}/resources")],
        "client_id": instance.application.service_id,
        "client_system_user": SYSTEM_USER,
        "client_system_user_type": "InternalUser",
        "client_system_user_id": id("Systems_Security_Users", SYSTEM_USER),
        "client_db": DATABASE_NAME,
        "jti": instance.random.upper_hex(),
        "iat": now.unix_timestamp(),
        "scope": scopes,
    });
    let Value::Object(claims) = claims else {
        return Err(Refusal::Internal);
    };
    let access_token = instance
        .keys
        .sign(TokenType::Access, &claims)
        .ok_or(Refusal::Internal)?;
    Ok(json!({
        "access_token": access_token,
        "expires_in": ACCESS_LIFE.whole_seconds(),
        "token_type": "Bearer",
        "scope": scopes.join(" "),
    }))
}

/// Claims of an ID token (§4): who and when, but neither name nor e-mail nor user id.
pub(crate) fn identity_claims(
    instance: &Instance,
    grant: &Grant,
    bound: Bound<'_>,
) -> Option<Map<String, Value>> {
    let person = instance.person(&grant.signed_in)?;
    let now = instance.clock.now();
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| {
        claims.insert(name.to_owned(), value);
    };
    put("nbf", now.unix_timestamp().into());
    put("exp", (now + CODE_LIFE).unix_timestamp().into());
    put("iss", instance.issuer().into());
    put("aud", instance.application.id.as_str().into());
    if let Some(nonce) = &grant.nonce {
        put("nonce", nonce.as_str().into());
    }
    put("iat", now.unix_timestamp().into());
    match bound {
        Bound::Code(code) => put("c_hash", half_hash(code).into()),
        Bound::AccessToken(token) => put("at_hash", half_hash(token).into()),
    }
    if let Some(state) = &grant.state {
        put("s_hash", half_hash(state).into());
    }
    put("sid", grant.signed_in.sid.as_str().into());
    put("sub", person.login.as_str().into());
    put("auth_time", grant.signed_in.at.unix_timestamp().into());
    put("idp", "local".into());
    put("amr", json!(["pwd"]));
    Some(claims)
}

/// Claims of a person's access token (§5.1): string booleans, a single static audience.
fn access_claims(instance: &Instance, grant: &Grant) -> Option<Map<String, Value>> {
    let person = instance.person(&grant.signed_in)?;
    let now = instance.clock.now();
    let issuer = instance.issuer();
    let claims = json!({
        "nbf": now.unix_timestamp(),
        "exp": (now + ACCESS_LIFE).unix_timestamp(),
        "iss": issuer,
        "aud": format!("{issuer}/resources"),
        "client_id": instance.application.id,
        "sub": person.login,
        "auth_time": grant.signed_in.at.unix_timestamp(),
        "idp": "local",
        "id": person.id,
        "name": person.name,
        "email": person.login,
        "user_type": person.user_type.name(),
        "is_admin": person.is_admin.to_string(),
        "email_verified": person.email_verified.to_string(),
        "db": DATABASE_NAME,
        "locale": person.locale,
        "jti": instance.random.upper_hex(),
        "sid": grant.signed_in.sid,
        "iat": now.unix_timestamp(),
        "scope": grant.scope.split(' ').collect::<Vec<_>>(),
        "amr": ["pwd"],
    });
    match claims {
        Value::Object(claims) => Some(claims),
        _ => None,
    }
}
