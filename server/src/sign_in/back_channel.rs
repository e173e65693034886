//! `POST /backchannel-logout`: the identity provider itself says that somebody was signed out (B1–B5).
//!
//! It comes without cookies and from another site; its logout token is all its proof, and is verified in `erp` (B2). What it ends
//! is in the ledger, so it does not matter which portal made the session (B4). Whether an instance ever calls it is unverified:
//! a Trusted Application has no field for the address.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use erp::identity::{LogoutError, LogoutToken};
use http::{HeaderValue, StatusCode, header::CACHE_CONTROL};
use secrecy::SecretString;

use crate::{
    layers::source::Source,
    ledger::{LedgerError, sign_outs::Which},
    portal::Portal,
};

/// Why it was not done, in the words of OAuth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// No token, a bad one, or one that was seen before.
    Request,
    /// Too many from there.
    Often,
    /// Keys or ledger are away: it may come again.
    Away,
}

/// Ends the sessions that the token names. None of them, because they are over or unknown, is not an error (B3).
pub async fn post(State(portal): State<Arc<Portal>>, source: Source, body: Bytes) -> Response {
    let mut response = match sign_out(&portal, &source, &body).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => {
            let (status, error) = match refusal {
                Refusal::Request => (StatusCode::BAD_REQUEST, "invalid_request"),
                Refusal::Often => (StatusCode::TOO_MANY_REQUESTS, "slow_down"),
                Refusal::Away => (StatusCode::BAD_REQUEST, "temporarily_unavailable"),
            };
            (status, Json(serde_json::json!({ "error": error }))).into_response()
        }
    };
    // B1.
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn sign_out(portal: &Portal, source: &Source, form: &[u8]) -> Result<(), Refusal> {
    // B5: before anything is verified. Keys are refetched once a minute at most, by whatever token.
    if !portal.rates.may_log_out(source) {
        tracing::warn!(
            kind = "too_many_logouts",
            "a logout token was not looked at"
        );
        return Err(Refusal::Often);
    }
    let token = only_token(form).ok_or(Refusal::Request)?;
    let token = portal
        .instance
        .identity()
        .logout_token(&token)
        .await
        .map_err(|error| {
            tracing::warn!(kind = error.kind(), %error, "a logout token was not accepted");
            match error {
                LogoutError::Rejected(_) => Refusal::Request,
                LogoutError::Identity(_) => Refusal::Away,
            }
        })?;
    match end(portal, &token).await {
        Ok(Some(ended)) => {
            tracing::info!(ended, "the identity provider signed somebody out");
            Ok(())
        }
        Ok(None) => {
            tracing::warn!(kind = "logout_replayed", "a logout token came again");
            Err(Refusal::Request)
        }
        Err(error) => {
            tracing::error!(%error, "sessions cannot be ended");
            Err(Refusal::Away)
        }
    }
}

/// B1: the form's one `logout_token`.
fn only_token(form: &[u8]) -> Option<SecretString> {
    let mut tokens = form_urlencoded::parse(form)
        .filter(|(name, _)| name == "logout_token")
        .map(|(_, value)| value.into_owned());
    let token = tokens.next()?;
    (tokens.next().is_none() && !token.is_empty()).then(|| token.into())
}

/// Ends what the token names; none if it was used before. A failure in between leaves the token usable: ending twice ends no more.
async fn end(portal: &Portal, token: &LogoutToken) -> Result<Option<u64>, LedgerError> {
    let (ledger, now) = (&portal.ledger, portal.world.clock.now());
    if !ledger
        .note_logout_token(&token.jti, token.expires, now)
        .await?
    {
        return Ok(None);
    }
    // B3: the one session at the provider, or all of the person.
    let ended = match (&token.sid, &token.sub) {
        (Some(sid), login) => {
            let named = ledger.end_sessions(Which::AtProvider(sid), now).await?;
            // Those it may be about as well, because their ID token named no session.
            let unnamed = match login {
                Some(login) => ledger.end_sessions(Which::Unnamed(login), now).await?,
                None => 0,
            };
            named + unnamed
        }
        (None, Some(login)) => ledger.end_sessions(Which::Login(login), now).await?,
        // B2 refuses a token that names neither.
        (None, None) => 0,
    };
    Ok(ledger
        .settle_logout_token(&token.jti)
        .await?
        .then_some(ended))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b1_the_token_comes_once() {
        for (form, taken) in [
            (&b"logout_token=a.b.c"[..], true),
            (b"logout_token=a.b.c&other=1", true),
            (b"", false),
            (b"logout_token=", false),
            (b"logout_token=a&logout_token=b", false),
            (b"logout_token=a&logout_token=", false),
            (b"Logout_Token=a", false),
            (b"{\"logout_token\":\"a\"}", false),
        ] {
            assert_eq!(
                only_token(form).is_some(),
                taken,
                "{}",
                String::from_utf8_lossy(form)
            );
        }
    }
}
