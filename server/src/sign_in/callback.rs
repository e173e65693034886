//! `/signin-callback`: the instance's answer, by POST (`form_post`) or by GET; with and without a slash at the end, because its
//! documents show both (identity.md §3.2).
//!
//! Nothing is judged here. The answer is parked under its `state`, and the browser is sent on to where it can prove itself.
//! P1: no session is read or made. P2: a form of at most 64 KiB (the layers see to that), each field at most once, from any
//! origin (the instance's page sends `Origin: null`, F3).

use std::sync::Arc;

use axum::{
    Extension,
    body::Bytes,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use erp::identity::ResponseMode;
use http::{HeaderMap, StatusCode, Uri};
use serde::{Deserialize, Serialize};

use super::{Scene, token};
use crate::{
    language,
    layers::{headers::Nonce, log::Reference, refusal::Refused},
    ledger::attempts::Parked,
    portal::Portal,
    routes::redirect,
};

/// What an answer says, as parked. Fields that play no part are left out.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Names the attempt.
    pub state: String,
    /// The code to redeem.
    pub code: Option<String>,
    /// The first ID token (hybrid flow).
    pub id_token: Option<String>,
    /// Who answers (RFC 9207).
    pub iss: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
    /// Whether it came by POST.
    pub posted: bool,
}

impl Answer {
    /// The answer in a form or query; none if a field that counts comes twice (P2), or `state` not at all.
    pub fn parse(mode: ResponseMode, form: &[u8]) -> Option<Self> {
        let mut answer = Self {
            posted: mode == ResponseMode::FormPost,
            ..Self::default()
        };
        let mut state = None;
        for (name, value) in form_urlencoded::parse(form) {
            let field = match &*name {
                "state" => &mut state,
                "code" => &mut answer.code,
                "id_token" => &mut answer.id_token,
                "iss" => &mut answer.iss,
                "error" => &mut answer.error,
                _ => continue,
            };
            if field.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        answer.state = state.filter(|state| !state.is_empty())?;
        Some(answer)
    }

    /// How it came.
    pub fn mode(&self) -> ResponseMode {
        if self.posted {
            ResponseMode::FormPost
        } else {
            ResponseMode::Query
        }
    }

    /// The fields again.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        [
            ("state", Some(&self.state)),
            ("code", self.code.as_ref()),
            ("id_token", self.id_token.as_ref()),
            ("iss", self.iss.as_ref()),
            ("error", self.error.as_ref()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?.as_str())))
    }
}

/// The answer by GET.
pub async fn get(
    State(portal): State<Arc<Portal>>,
    Reference(reference): Reference,
    Extension(nonce): Extension<Nonce>,
    uri: Uri,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let language = language::of_request(&uri, &headers, &portal.settings.languages);
    let scene = Scene {
        nonce,
        language,
        reference,
    };
    let query = query.unwrap_or_default();
    park(&portal, scene, ResponseMode::Query, query.as_bytes()).await
}

/// The answer by POST.
pub async fn post(
    State(portal): State<Arc<Portal>>,
    Reference(reference): Reference,
    Extension(nonce): Extension<Nonce>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let language = language::of_request(&uri, &headers, &portal.settings.languages);
    let scene = Scene {
        nonce,
        language,
        reference,
    };
    park(&portal, scene, ResponseMode::FormPost, &body).await
}

async fn park(portal: &Arc<Portal>, scene: Scene, mode: ResponseMode, form: &[u8]) -> Response {
    // P5: this browser alone is told it. The attempt's id would not do: whoever began knows that.
    let landing = token(&*portal.world.random, 32);
    let parked = match Answer::parse(mode, form) {
        Some(answer) => {
            let Ok(text) = serde_json::to_string(&answer) else {
                return Refused(StatusCode::BAD_REQUEST).into_response();
            };
            portal
                .ledger
                .park_answer(&answer.state, &text, &landing, portal.world.clock.now())
                .await
        }
        None => Ok(Parked::Refused),
    };
    match parked {
        // P4: neither code nor token stands in the address.
        Ok(Parked::Waits) => {
            let to = format!("/sign-in/finish/{landing}");
            redirect(StatusCode::SEE_OTHER, &to, &[])
        }
        // P3: unknown, expired and already answered look the same, and nothing is stored.
        Ok(Parked::Refused) => {
            tracing::info!(kind = "callback_refused", "an answer belongs to no attempt");
            let mut response = scene.trouble(portal, app::SignInKind::Expired).await;
            *response.status_mut() = StatusCode::BAD_REQUEST;
            response
        }
        Err(error) => {
            tracing::error!(%error, "an answer cannot be parked");
            Refused(StatusCode::SERVICE_UNAVAILABLE).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p2_each_field_counts_once() {
        let answer = Answer::parse(
            ResponseMode::FormPost,
            b"code=c&id_token=t&state=s&scope=openid&session_state=x",
        )
        .unwrap();
        assert_eq!(
            (
                answer.state.as_str(),
                answer.code.as_deref(),
                answer.id_token.as_deref()
            ),
            ("s", Some("c"), Some("t"))
        );
        assert!(
            Answer::parse(
                ResponseMode::FormPost,
                b"error=access_denied&state=s&error_description=%3Cb%3E"
            )
            .unwrap()
            .code
            .is_none()
        );
        // Fields that play no part may come twice.
        assert!(Answer::parse(ResponseMode::FormPost, b"state=s&scope=a&scope=b").is_some());
        for form in [
            &b""[..],
            b"code=c",
            b"state=&code=c",
            b"state=s&state=s",
            b"state=s&code=c&code=d",
            b"state=s&id_token=a&id_token=b",
            b"state=s&error=a&error=b",
            b"state=s&iss=a&iss=b",
        ] {
            assert!(
                Answer::parse(ResponseMode::FormPost, form).is_none(),
                "{}",
                String::from_utf8_lossy(form)
            );
        }
    }
}
