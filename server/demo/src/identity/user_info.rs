//! Who somebody is, asked with the person's own access token: userinfo (identity.md §6.2, 2) and the profile's `me` (§6.2, 3).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::people::{DATABASE_NAME, Person};
use super::spoil::merged;
use super::{bearer, valid_access_token};
use crate::instance::Instance;

/// Why nothing is told (identity.md §6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    InvalidToken,
    InsufficientScope,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error) = match self {
            Self::InvalidToken => (StatusCode::UNAUTHORIZED, "Bearer error=\"invalid_token\""),
            Self::InsufficientScope => {
                (StatusCode::FORBIDDEN, "Bearer error=\"insufficient_scope\"")
            }
        };
        (status, [(header::WWW_AUTHENTICATE, error)]).into_response()
    }
}

/// The person whose token this is, or the answer to give instead.
fn person<'a>(instance: &'a Instance, headers: &HeaderMap) -> Result<&'a Person, Refusal> {
    let claims = bearer(headers)
        .and_then(|token| {
            valid_access_token(
                &instance.keys,
                &instance.issuer(),
                instance.clock.now(),
                token,
            )
        })
        .ok_or(Refusal::InvalidToken)?;
    let open = claims
        .get("scope")
        .and_then(Value::as_array)
        .is_some_and(|scopes| scopes.iter().any(|scope| scope == "openid"));
    let login = claims.get("sub").and_then(Value::as_str).filter(|_| open);
    login
        .and_then(|login| instance.people.iter().find(|person| person.login == login))
        .ok_or(Refusal::InsufficientScope)
}

/// `GET` or `POST /id/connect/userinfo` (sample 08).
pub(crate) async fn claims(State(instance): State<Arc<Instance>>, headers: HeaderMap) -> Response {
    match person(&instance, &headers) {
        Err(refusal) => refusal.into_response(),
        Ok(person) => {
            let claims = json!({
                "sub": person.login,
                "id": person.id,
                "name": person.name,
                "email": person.login,
                "user_type": person.user_type.name(),
                "is_admin": person.is_admin.to_string(),
                "email_verified": person.email_verified.to_string(),
                "db": DATABASE_NAME,
                "locale": person.locale,
            });
            no_store(merged(claims, &instance.spoil().userinfo))
        }
    }
}

/// `GET /profile/me` (sample 09); service tokens are refused.
pub(crate) async fn profile(State(instance): State<Arc<Instance>>, headers: HeaderMap) -> Response {
    match person(&instance, &headers) {
        Err(refusal) => refusal.into_response(),
        Ok(person) => no_store(json!({
            "id": person.id,
            "login": person.login,
            "name": person.name,
            "email": person.login,
            "phoneNumber": null,
            "isAdmin": person.is_admin,
            "isActive": true,
            "userType": person.user_type.name(),
            "preferredLanguage": person.locale,
            "pictureUrl": null,
            "largePictureUrl": null,
            "person": null,
            "domain": null,
            "instance": null,
            "links": {},
        })),
    }
}

fn no_store(body: Value) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
