//! The token endpoint: requests with the secret in the body, answers read tolerantly and within limits.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{IdentityError, Rule, provider::TIME};
use crate::http::Http;

/// Answers about one person stop here (V22, security.md §11).
pub(super) const LIMIT: usize = 64 * 1024;
const WHAT: &str = "token endpoint";

/// What the token endpoint answered.
#[derive(Deserialize)]
pub(crate) struct TokenAnswer {
    id_token: Option<SecretString>,
    access_token: Option<SecretString>,
    token_type: Option<String>,
    expires_in: Option<Value>,
    /// Text, or a list as in the tokens themselves (F7).
    scope: Option<Value>,
}

/// A person's tokens.
pub(crate) struct UserTokens {
    pub(crate) id_token: SecretString,
    pub(crate) access_token: Option<SecretString>,
}

/// The application's token.
#[derive(Debug)]
pub(crate) struct ServiceGrant {
    pub(crate) token: SecretString,
    pub(crate) life: Duration,
    /// What was asked for and not granted (T6).
    pub(crate) lacks: Vec<String>,
}

/// Sends a token request. Bodies of refusals are read for their error code and nothing else.
pub(crate) async fn request(
    http: &Http,
    address: &Url,
    form: &[(&str, &str)],
) -> Result<TokenAnswer, IdentityError> {
    let document = |why| IdentityError::Document { what: WHAT, why };
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let request = http::Request::post(address.as_str())
        .header(
            http::header::CONTENT_TYPE,
            "application/x-www-form-urlencoded",
        )
        .header(http::header::ACCEPT, "application/json")
        .body(body.into_bytes())
        .map_err(|_| document("its address is broken"))?;
    let answer = http
        .send(request, LIMIT, TIME)
        .await
        .map_err(|error| IdentityError::Http { what: WHAT, error })?;
    read(answer.status.as_u16(), &answer.body)
}

/// Reads an answer. Pure, so that it can be tried with anything.
pub(crate) fn read(status: u16, body: &[u8]) -> Result<TokenAnswer, IdentityError> {
    let document = |why| IdentityError::Document { what: WHAT, why };
    match status {
        // V22: as text first, because a member that is not used would be passed over unread.
        200 => std::str::from_utf8(body)
            .ok()
            .and_then(|text| serde_json::from_str(text).ok())
            .ok_or(document("no token answer")),
        400 | 401 => Err(IdentityError::Refused(error_code(body))),
        _ => Err(IdentityError::Status { what: WHAT, status }),
    }
}

/// One of the known codes (identity.md §9.2); text of the provider goes no further.
fn error_code(body: &[u8]) -> String {
    const KNOWN: [&str; 6] = [
        "invalid_client",
        "unauthorized_client",
        "invalid_grant",
        "invalid_scope",
        "unsupported_grant_type",
        "invalid_request",
    ];
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let code = body.get("error").and_then(Value::as_str);
    KNOWN
        .into_iter()
        .find(|known| Some(*known) == code)
        .unwrap_or("an unknown error")
        .to_owned()
}

/// V22: bearer in any case. The seed topic's sample has no `token_type` at all (F8): missing counts as bearer, here only.
fn is_bearer(answer: &TokenAnswer) -> bool {
    answer
        .token_type
        .as_deref()
        .is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"))
}

/// Whether a token can stand in a header: anything else would break the request (security.md §4).
fn is_sendable(token: &SecretString) -> bool {
    let token = token.expose_secret();
    !token.is_empty() && token.len() <= LIMIT && token.bytes().all(|byte| byte.is_ascii_graphic())
}

pub(crate) fn user_tokens(answer: TokenAnswer) -> Result<UserTokens, Rule> {
    if !is_bearer(&answer) {
        return Err(Rule::V22TokenAnswer);
    }
    Ok(UserTokens {
        // V18: it must be there.
        id_token: answer.id_token.ok_or(Rule::V18BackToken)?,
        access_token: answer.access_token.filter(is_sendable),
    })
}

pub(crate) fn service_grant(
    answer: TokenAnswer,
    asked: &str,
) -> Result<ServiceGrant, IdentityError> {
    let document = |why| IdentityError::Document { what: WHAT, why };
    if !is_bearer(&answer) {
        return Err(document("the token is no bearer token"));
    }
    // T6: writing with less than was asked for would fail late; say it now.
    let lacks = lacking(asked, answer.scope.as_ref());
    for scope in &lacks {
        tracing::error!(
            scope,
            "the service token lacks a scope; add it to the Trusted Application"
        );
    }
    Ok(ServiceGrant {
        life: life(answer.expires_in.as_ref()),
        lacks: lacks.into_iter().map(str::to_owned).collect(),
        token: answer
            .access_token
            .filter(is_sendable)
            .ok_or(document("no usable access token"))?,
    })
}

/// The scopes that were asked for and not granted; where it is not told what was, none.
fn lacking<'a>(asked: &'a str, told: Option<&Value>) -> Vec<&'a str> {
    let Some(granted) = told.and_then(scopes) else {
        return Vec::new();
    };
    asked
        .split(' ')
        .filter(|scope| !granted.contains(scope))
        .collect()
}

/// The granted scopes; none if that is not told.
fn scopes(told: &Value) -> Option<Vec<&str>> {
    match told {
        Value::String(text) => Some(text.split(' ').collect()),
        Value::Array(list) => Some(list.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}

/// T3: missing is five minutes; whatever else is clamped to thirty seconds up to one hour.
fn life(expires_in: Option<&Value>) -> Duration {
    let seconds = match expires_in {
        None | Some(Value::Null) => 300.0,
        Some(Value::String(text)) => text.trim().parse().unwrap_or(0.0),
        Some(value) => value.as_f64().unwrap_or(0.0),
    };
    Duration::from_secs_f64(seconds.clamp(30.0, 3600.0))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(json: Value) -> TokenAnswer {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn v22_bearer_in_any_case_or_missing_and_nothing_else() {
        for (kind, accepted) in [
            (json!("Bearer"), true),
            (json!("bearer"), true),
            (json!("BEARER"), true),
            (json!(null), true),
            (json!("Mac"), false),
            (json!(""), false),
        ] {
            let tokens = user_tokens(answer(json!({"id_token": "a.b.c", "token_type": kind})));
            assert_eq!(tokens.is_ok(), accepted, "{kind}");
        }
        assert_eq!(
            user_tokens(answer(json!({"access_token": "x"}))).err(),
            Some(Rule::V18BackToken)
        );
    }

    #[test]
    fn a_token_that_cannot_stand_in_a_header_is_not_used() {
        for token in ["a b", "a\r\nX: y", "", "ü"] {
            let tokens =
                user_tokens(answer(json!({"id_token": "a.b.c", "access_token": token}))).unwrap();
            assert!(tokens.access_token.is_none(), "{token:?}");
            assert!(service_grant(answer(json!({"access_token": token})), "read").is_err());
        }
    }

    #[test]
    fn t3_lives_are_clamped() {
        for (expires_in, seconds) in [
            (None, 300),
            (Some(json!(3600)), 3600),
            (Some(json!("1800")), 1800),
            (Some(json!(0)), 30),
            (Some(json!(-5)), 30),
            (Some(json!(1e300)), 3600),
            (Some(json!("soon")), 30),
            (Some(json!([1])), 30),
        ] {
            assert_eq!(
                life(expires_in.as_ref()),
                Duration::from_secs(seconds),
                "{expires_in:?}"
            );
        }
    }

    #[test]
    fn t6_a_scope_that_was_not_granted_is_told() {
        for (told, lacks) in [
            (json!("read update"), &[][..]),
            (json!("update  read other"), &[]),
            (json!(["read", "update"]), &[]),
            (json!("read"), &["update"]),
            (json!([]), &["read", "update"]),
            (json!(7), &[]),
        ] {
            assert_eq!(lacking("read update", Some(&told)), lacks, "{told}");
        }
        assert!(lacking("read update", None).is_empty());
    }

    #[test]
    fn refusals_are_known_by_code_and_never_quoted() {
        assert_eq!(
            error_code(br#"{"error":"invalid_client"}"#),
            "invalid_client"
        );
        for body in [&br#"{"error":"<script>"}"#[..], b"<html>", b""] {
            assert_eq!(error_code(body), "an unknown error");
        }
    }
}
