//! Signing people in and out by the instance's OpenID provider (identity.md, security.md §4).
//!
//! `openidconnect` reads the provider's documents, builds the authorize address and verifies signatures and claims. Token
//! requests are our own few lines: the crate's errors carry whole bodies, its reading knows no limit, and an answer without
//! `token_type` fails (security.md §4).

mod keys;
mod provider;
pub(crate) mod tokens;
mod verify;

use std::{borrow::Cow, sync::Arc};

use openidconnect::{
    AuthUrl, AuthenticationFlow, ClientId, CsrfToken, IssuerUrl, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope,
    core::{CoreClient, CoreJsonWebKeySet, CoreResponseType},
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use vitrina::{
    text::Language,
    visitor::{Person, PersonId},
};

pub use self::verify::Rule;
use self::{
    keys::Keys,
    provider::{Provider, Providers},
    tokens::{ServiceGrant, UserTokens},
    verify::{Claims, Settings},
};
use crate::{
    config::{Config, ResponseType},
    http::{Http, HttpError},
    sites::Sites,
    world::Clock,
};

/// What one sign-in began with; kept by the portal until the callback.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// 32 random bytes, base64url.
    pub state: SecretString,
    /// 32 random bytes, base64url.
    pub nonce: SecretString,
    /// The PKCE verifier: 64 characters.
    pub verifier: SecretString,
    /// Where the provider sends the answer; compared byte for byte there.
    pub redirect_uri: Url,
    /// The visitor's language, for the login page.
    pub language: Language,
}

/// What came back to the callback, by POST or GET, read once (V1, V2).
#[derive(Debug, Clone)]
pub struct Callback {
    /// Names the attempt; to be looked up by its hash.
    pub state: SecretString,
    /// What the provider says.
    pub answer: Answer,
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
            answer,
        })
    }
}

/// What kind of account a person has (identity.md §6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserType {
    /// `InternalUser`: works for the seller.
    Internal,
    /// `ExternalCommunityUser`: a customer or partner.
    Community,
    /// The instance did not tell.
    Unknown,
}

/// A person who has signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub person: Person,
    /// The login name (`sub`), for back-channel sign-out.
    pub login: String,
    /// The session at the provider.
    pub sid: Option<String>,
    /// The hint for signing out; nothing else (S7).
    pub id_token: SecretString,
    /// Their kind of account.
    pub user_type: UserType,
    /// Their language in ERP.net.
    pub language: Option<Language>,
}

/// Why the provider cannot be used now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The instance cannot be reached, or auto-discovery names sites elsewhere.
    #[error("{0}")]
    Sites(String),
    /// No usable answer.
    #[error("{what}: {error}")]
    Http {
        /// What was asked.
        what: &'static str,
        /// Why not.
        error: HttpError,
    },
    /// A document that must not be used (S9).
    #[error("{what}: {why}")]
    Document {
        /// Which.
        what: &'static str,
        /// Why.
        why: &'static str,
    },
    /// The token endpoint refuses: its error code, if it is one of the known.
    #[error("the token endpoint says {0}")]
    Refused(String),
}

/// Why a sign-in failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The provider said no.
    #[error("the provider answered with an error: {0:?}")]
    Provider(ProviderError),
    /// A token or answer breaks a rule.
    #[error("rule {0:?} is broken")]
    Rejected(Rule),
    /// `invalid_grant`: the code has expired or was used.
    #[error("the code is not accepted")]
    CodeRefused,
    /// V25: this kind of account may not sign in here.
    #[error("accounts of this type may not sign in")]
    UserType,
    /// The provider cannot be used now.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

impl SignInError {
    /// A word for logs and counters.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Provider(ProviderError::Denied) => "denied",
            Self::Provider(_) => "provider_error",
            Self::Rejected(_) => "rejected",
            Self::CodeRefused => "code_refused",
            Self::UserType => "user_type",
            Self::Identity(IdentityError::Refused(_)) => "application_refused",
            Self::Identity(_) => "away",
        }
    }
}

/// The identity provider of the instance.
#[derive(Clone)]
pub struct Identity {
    inner: Arc<Inner>,
}

struct Inner {
    http: Http,
    clock: Arc<dyn Clock>,
    root: Url,
    client_id: String,
    client_secret: SecretString,
    service_client_id: String,
    service_scope: String,
    response_type: ResponseType,
    providers: Providers,
    keys: Keys,
}

impl Identity {
    pub(crate) fn new(
        config: &Config,
        http: Http,
        sites: Arc<Sites>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                http: http.clone(),
                clock: clock.clone(),
                root: config.root.clone(),
                client_id: config.client_id.clone(),
                client_secret: config.client_secret.clone(),
                service_client_id: config.service_client_id().to_owned(),
                service_scope: config.scope.names().join(" "),
                response_type: config.response_type,
                providers: Providers::new(http.clone(), sites, clock.clone()),
                keys: Keys::new(http, clock),
            }),
        }
    }

    /// Whether people can sign in now: fetches discovery and keys, or has good ones. To be called at start and now and then.
    pub async fn ready(&self) -> Result<(), IdentityError> {
        let provider = self.inner.providers.current().await?;
        self.inner.keys.current(&provider.jwks).await.map(|_| ())
    }

    /// The origin the browser is sent to, for `form-action` of the content security policy.
    pub fn origin(&self) -> String {
        self.inner.root.origin().ascii_serialization()
    }

    /// Where to send the browser (identity.md §3.1).
    pub async fn authorize(&self, attempt: &Attempt) -> Result<Url, IdentityError> {
        let provider = self.inner.providers.current().await?;
        let issuer =
            IssuerUrl::new(provider.issuer.clone()).map_err(|_| provider::BROKEN_ISSUER)?;
        let client = CoreClient::new(
            ClientId::new(self.inner.client_id.clone()),
            issuer,
            CoreJsonWebKeySet::default(),
        )
        .set_auth_uri(AuthUrl::from_url(provider.authorize.clone()));
        let response = match self.inner.response_type {
            ResponseType::CodeIdToken => {
                vec![CoreResponseType::Code, CoreResponseType::IdToken]
            }
            ResponseType::Code => vec![CoreResponseType::Code],
        };
        let verifier = PkceCodeVerifier::new(attempt.verifier.expose_secret().to_owned());
        let state = CsrfToken::new(attempt.state.expose_secret().to_owned());
        let nonce = Nonce::new(attempt.nonce.expose_secret().to_owned());
        let (address, _, _) = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::Hybrid(response),
                || state,
                || nonce,
            )
            .set_redirect_uri(Cow::Owned(RedirectUrl::from_url(
                attempt.redirect_uri.clone(),
            )))
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_extra_param("response_mode", "form_post")
            .add_extra_param("ui_locales", attempt.language.to_string())
            .url();
        Ok(address)
    }

    /// Redeems the code and verifies everything (V1–V25). At most once for a code (S5).
    pub async fn redeem(
        &self,
        attempt: &Attempt,
        callback: &Callback,
    ) -> Result<SignedIn, SignInError> {
        let (code, front_token, issuer) = match &callback.answer {
            Answer::Error(error) => return Err(SignInError::Provider(*error)),
            Answer::Code {
                code,
                id_token,
                issuer,
            } => (code, id_token, issuer),
        };
        let provider = self.inner.providers.current().await?;
        let settings = Settings {
            issuer: &provider.issuer,
            client_id: &self.inner.client_id,
        };
        verify::answer(attempt, callback, issuer.as_deref(), &settings)
            .map_err(SignInError::Rejected)?;
        let front = match front_token {
            Some(token) => Some(
                self.verified(&provider, |keys, now| {
                    verify::front(attempt, token, code, keys, now, &settings)
                })
                .await?,
            ),
            // A code alone: lawful in a GET callback (F2); the back channel's token is checked all the more.
            None => None,
        };
        let tokens = self.exchange(&provider, attempt, code).await?;
        let back = self
            .verified(&provider, |keys, now| {
                verify::back(attempt, front.as_ref(), &tokens, keys, now, &settings)
            })
            .await?;
        let told = self.told(&provider, &tokens, &back, &settings).await;
        drop(front);
        signed_in(back, tokens, told)
    }

    /// Runs a verification, once more with fresh keys if it met an unknown one (V7).
    async fn verified<T>(
        &self,
        provider: &Provider,
        verification: impl Fn(&CoreJsonWebKeySet, time::OffsetDateTime) -> Result<T, Rule>,
    ) -> Result<T, SignInError> {
        let now = self.inner.clock.now();
        let keys = self.inner.keys.current(&provider.jwks).await?;
        match verification(&keys, now) {
            Err(Rule::V7UnknownKey) => {
                let Some(keys) = self.inner.keys.refetched(&provider.jwks).await else {
                    return Err(SignInError::Rejected(Rule::V7UnknownKey));
                };
                verification(&keys, now).map_err(SignInError::Rejected)
            }
            other => other.map_err(SignInError::Rejected),
        }
    }

    async fn exchange(
        &self,
        provider: &Provider,
        attempt: &Attempt,
        code: &SecretString,
    ) -> Result<UserTokens, SignInError> {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", &self.inner.client_id),
            ("client_secret", self.inner.client_secret.expose_secret()),
            ("code", code.expose_secret()),
            ("redirect_uri", attempt.redirect_uri.as_str()),
            ("code_verifier", attempt.verifier.expose_secret()),
        ];
        match tokens::request(&self.inner.http, &provider.token, &form).await {
            Ok(answer) => tokens::user_tokens(answer).map_err(SignInError::Rejected),
            Err(IdentityError::Refused(code)) if code == "invalid_grant" => {
                Err(SignInError::CodeRefused)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What the provider tells of the person beyond the ID token: the access token's claims, else userinfo (identity.md §6.2).
    /// Neither failing fails the sign-in (V23).
    async fn told(
        &self,
        provider: &Provider,
        tokens: &UserTokens,
        back: &Claims,
        settings: &Settings<'_>,
    ) -> tokens::Told {
        let Some(access) = &tokens.access_token else {
            return tokens::Told::default();
        };
        if let Ok(keys) = self.inner.keys.current(&provider.jwks).await
            && let Some(told) =
                verify::access(access, back, &keys, self.inner.clock.now(), settings)
            && told.id.is_some()
        {
            return told;
        }
        let Some(address) = &provider.userinfo else {
            return tokens::Told::default();
        };
        match tokens::userinfo(&self.inner.http, address, access, &back.subject).await {
            Ok(told) => told,
            Err(error) => {
                tracing::warn!(%error, "userinfo failed");
                tokens::Told::default()
            }
        }
    }

    /// Where to send the browser to end the session at the provider too; none if that is not offered (O3).
    pub async fn end_session(
        &self,
        id_token: &SecretString,
        post_logout_redirect_uri: &Url,
        state: &str,
    ) -> Option<Url> {
        let mut address = self
            .inner
            .providers
            .current()
            .await
            .ok()?
            .end_session
            .clone()?;
        address
            .query_pairs_mut()
            .append_pair("id_token_hint", id_token.expose_secret())
            .append_pair(
                "post_logout_redirect_uri",
                post_logout_redirect_uri.as_str(),
            )
            .append_pair("state", state);
        Some(address)
    }

    /// A token of the application itself (identity.md §3.5).
    pub(crate) async fn service_grant(&self) -> Result<ServiceGrant, IdentityError> {
        let provider = self.inner.providers.current().await?;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", self.inner.service_client_id.as_str()),
            ("client_secret", self.inner.client_secret.expose_secret()),
            ("scope", self.inner.service_scope.as_str()),
        ];
        let answer = tokens::request(&self.inner.http, &provider.token, &form).await?;
        tokens::service_grant(answer, &self.inner.service_scope)
    }
}

fn signed_in(
    back: Claims,
    tokens: UserTokens,
    told: tokens::Told,
) -> Result<SignedIn, SignInError> {
    // V25.
    let user_type = match told.user_type.as_deref() {
        None => UserType::Unknown,
        Some("InternalUser") => UserType::Internal,
        Some("ExternalCommunityUser") => UserType::Community,
        Some(_) => return Err(SignInError::UserType),
    };
    // V24.
    let name = told
        .name
        .as_deref()
        .map(verify::displayable)
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| verify::displayable(&back.subject));
    Ok(SignedIn {
        person: Person {
            id: match told.id {
                Some(id) => PersonId::User(id),
                None => PersonId::Login(back.subject.clone()),
            },
            name,
            employee: user_type == UserType::Internal,
        },
        login: back.subject,
        sid: back.sid,
        id_token: tokens.id_token,
        user_type,
        language: told.locale.and_then(|locale| locale.parse().ok()),
    })
}
