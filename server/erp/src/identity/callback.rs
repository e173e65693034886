//! What comes back to the callback (V1, V2): read once, before anything is looked up.

use secrecy::SecretString;

/// What came back to the callback, by POST or GET, read once (V1, V2).
#[derive(Debug, Clone)]
pub struct Callback {
    /// Names the attempt; to be looked up by its hash.
    pub state: SecretString,
    /// How it came.
    pub mode: ResponseMode,
    /// What the provider says.
    pub answer: Answer,
}

/// How a callback comes (`response_mode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseMode {
    /// `form_post`: a form, by POST.
    FormPost,
    /// `query`: in the address, by GET.
    Query,
}

/// What the provider says in a callback.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The person has signed in.
    Code {
        /// To be redeemed once.
        code: SecretString,
        /// The front channel's ID token (hybrid flow).
        id_token: Option<SecretString>,
        /// The `iss` field, if there is one.
        issuer: Option<String>,
    },
    /// The person has not.
    Error(ProviderError),
}

/// Errors that come back to the callback (identity.md §9.1). The provider's own text is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderError {
    /// `access_denied`: they changed their mind, or may not.
    Denied,
    /// `login_required` and its kin: the provider wants to ask something.
    InteractionNeeded,
    /// `temporarily_unavailable`.
    Unavailable,
    /// Anything else.
    Other,
}

/// A callback that is none (V1, V2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a callback of the identity provider")]
pub struct NotACallback;

impl Callback {
    /// Reads the fields of the form or of the query.
    pub fn read<'a>(
        mode: ResponseMode,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, NotACallback> {
        let mut found: [Option<&str>; 5] = [None; 5];
        for (name, value) in fields {
            let slot = match name {
                "state" => 0,
                "code" => 1,
                "id_token" => 2,
                "error" => 3,
                "iss" => 4,
                // `scope`, `session_state` and whatever else may come: not used.
                _ => continue,
            };
            let Some(slot) = found.get_mut(slot) else {
                return Err(NotACallback);
            };
            // V1: each at most once.
            if slot.replace(value).is_some() {
                return Err(NotACallback);
            }
        }
        let [state, code, id_token, error, issuer] = found;
        let bounded = |text: &str, most: usize| !text.is_empty() && text.len() <= most;
        let state = state
            .filter(|state| bounded(state, 300))
            .ok_or(NotACallback)?;
        let answer = match (error, code) {
            (Some(error), None) => Answer::Error(match error {
                "access_denied" => ProviderError::Denied,
                "login_required"
                | "consent_required"
                | "interaction_required"
                | "account_selection_required" => ProviderError::InteractionNeeded,
                "temporarily_unavailable" => ProviderError::Unavailable,
                _ => ProviderError::Other,
            }),
            (None, Some(code)) if bounded(code, 2048) => Answer::Code {
                code: code.to_owned().into(),
                id_token: id_token.map(|token| token.to_owned().into()),
                issuer: issuer.map(str::to_owned),
            },
            // V2: both, neither, or a code of an absurd length.
            _ => return Err(NotACallback),
        };
        Ok(Self {
            state: state.to_owned().into(),
            mode,
            answer,
        })
    }
}
