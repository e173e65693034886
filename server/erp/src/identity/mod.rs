//! Signing people in and out by the instance's OpenID provider (identity.md, security.md §4).
//!
//! `openidconnect` reads the provider's documents, builds the authorize address and verifies signatures and claims. Token
//! requests are our own few lines: the crate's errors carry whole bodies, its reading knows no limit, and an answer without
//! `token_type` fails (security.md §4).

mod callback;
pub(crate) mod door;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod keys;
mod logout;
#[cfg(test)]
mod minted;
mod person;
mod provider;
pub(crate) mod tokens;
mod verify;

use std::{borrow::Cow, sync::Arc, time::Duration};

use openidconnect::{
    AuthUrl, AuthenticationFlow, ClientId, CsrfToken, IssuerUrl, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope,
    core::{CoreClient, CoreJsonWebKeySet, CoreResponseType},
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use vitrina::text::Language;

pub use self::{
    callback::{Answer, Callback, NotACallback, ProviderError, ResponseMode},
    logout::{LogoutError, LogoutToken},
    person::{SignedIn, UserType},
    verify::Rule,
};
use self::{
    keys::Keys,
    person::Told,
    provider::{Provider, Providers},
    tokens::{ServiceGrant, UserTokens},
    verify::{Claims, Settings},
};
use crate::{
    config::{Config, ResponseType, SignInRules},
    http::{Http, HttpError},
    sites::{Sites, SitesError},
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

/// Why the provider cannot be used now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The instance cannot be reached, or auto-discovery names sites elsewhere.
    #[error("{0}")]
    Sites(SitesError),
    /// No usable answer.
    #[error("{what}: {error}")]
    Http {
        /// What was asked.
        what: &'static str,
        /// Why not.
        error: HttpError,
    },
    /// Another status than such a question is answered with.
    #[error("{what}: status {status}")]
    Status {
        /// What was asked.
        what: &'static str,
        /// The status.
        status: u16,
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

impl IdentityError {
    /// A word for logs and counters.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sites(_) | Self::Http { .. } | Self::Status { .. } => "away",
            Self::Document { .. } => "document",
            Self::Refused(_) => "application_refused",
        }
    }
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
            Self::Identity(error) => error.kind(),
        }
    }

    /// What an operator can do about it, where there is something.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Identity(IdentityError::Refused(_)) => {
                "check the Trusted Application in ERP.net: ApplicationUri, secret, IsEnabled, sign-in address"
            }
            Self::UserType => {
                "see VITRINA_USER_TYPES, and which users the Trusted Application lets sign in"
            }
            Self::CodeRefused => {
                "if it is always the same person, see in ERP.net whether the user is active"
            }
            Self::Rejected(Rule::V12Expired | Rule::V13IssuedAt | Rule::V14NotBefore) => {
                "compare the clocks of the portal and of the instance"
            }
            Self::Rejected(Rule::V21AuthTime) => {
                "see VITRINA_SIGN_IN_MAX_AGE_MINUTES; the instance must tell auth_time"
            }
            Self::Identity(_) => "see whether the instance can be reached from the portal",
            Self::Rejected(_) | Self::Provider(_) => "nothing, unless it happens again",
        }
    }
}

impl From<Rule> for SignInError {
    fn from(rule: Rule) -> Self {
        Self::Rejected(rule)
    }
}

/// How long somebody waits for the provider in all, before what it tells of the person is asked for.
const PATIENCE: Duration = Duration::from_millis(5500);

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
    rules: SignInRules,
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
                rules: config.sign_in,
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

    pub(crate) fn client_id(&self) -> &str {
        &self.inner.client_id
    }

    /// Where to send the browser (identity.md §3.1).
    pub async fn authorize(&self, attempt: &Attempt) -> Result<Url, IdentityError> {
        self.authorize_as(attempt, self.inner.response_type).await
    }

    async fn authorize_as(
        &self,
        attempt: &Attempt,
        response_type: ResponseType,
    ) -> Result<Url, IdentityError> {
        let provider = self
            .within(PATIENCE, self.inner.providers.current())
            .await?;
        let issuer =
            IssuerUrl::new(provider.issuer.clone()).map_err(|_| provider::BROKEN_ISSUER)?;
        let client = CoreClient::new(
            ClientId::new(self.inner.client_id.clone()),
            issuer,
            CoreJsonWebKeySet::default(),
        )
        .set_auth_uri(AuthUrl::from_url(provider.authorize.clone()));
        let hybrid = response_type == ResponseType::CodeIdToken;
        let response = if hybrid {
            vec![CoreResponseType::Code, CoreResponseType::IdToken]
        } else {
            vec![CoreResponseType::Code]
        };
        let verifier = PkceCodeVerifier::new(attempt.verifier.expose_secret().to_owned());
        let state = CsrfToken::new(attempt.state.expose_secret().to_owned());
        let nonce = Nonce::new(attempt.nonce.expose_secret().to_owned());
        let mut request = client
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
            .add_extra_param("ui_locales", attempt.language.to_string());
        if hybrid {
            // A hybrid answer cannot come back in a query; a code alone comes by GET, where nothing is said (identity.md §3.2).
            request = request.add_extra_param("response_mode", "form_post");
        }
        if let Some(max_age) = self.inner.rules.max_age {
            request = request.set_max_age(max_age);
        }
        let (address, _, _) = request.url();
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
        let work = self.verified_tokens(
            attempt,
            callback,
            code,
            front_token.as_ref(),
            issuer.as_deref(),
        );
        let (provider, back, tokens) = self.within(PATIENCE, work).await?;
        let told = self.told(&provider, &tokens, &back).await;
        person::signed_in(back, tokens, told, self.inner.rules.user_types)
    }

    /// Everything that must be right for a sign-in to count.
    async fn verified_tokens(
        &self,
        attempt: &Attempt,
        callback: &Callback,
        code: &SecretString,
        front_token: Option<&SecretString>,
        issuer: Option<&str>,
    ) -> Result<(Arc<Provider>, Claims, UserTokens), SignInError> {
        let provider = self.inner.providers.current().await?;
        let settings = self.settings(&provider);
        verify::answer(attempt, callback, issuer, &settings)?;
        // V3: a promise that is not kept is no breach, but somebody should know.
        if provider.names_itself && issuer.is_none() {
            tracing::warn!(
                kind = "issuer_missing",
                "the callback does not name its issuer, though discovery says it would"
            );
        }
        let front = match front_token {
            Some(token) => Some(
                self.verified::<_, SignInError>(&provider, |keys, now| {
                    verify::front(attempt, token, code, keys, now, &settings)
                })
                .await?,
            ),
            // A code alone (F2): the back channel's token is checked all the more.
            None => None,
        };
        let tokens = self.exchange(&provider, attempt, code).await?;
        let back = self
            .verified::<_, SignInError>(&provider, |keys, now| {
                verify::back(attempt, front.as_ref(), &tokens, keys, now, &settings)
            })
            .await?;
        Ok((provider.clone(), back, tokens))
    }

    /// Verifies a logout token of the back channel (B2). Whether its `jti` was seen before is the caller's to know. Tokens that
    /// name unknown keys do not make it fetch them more than once a minute (B5).
    pub async fn logout_token(&self, token: &SecretString) -> Result<LogoutToken, LogoutError> {
        let work = async {
            let provider = self.inner.providers.current().await?;
            let settings = self.settings(&provider);
            self.verified(&provider, |keys, now| {
                logout::token(token, keys, now, &settings)
            })
            .await
        };
        self.within(PATIENCE, work).await
    }

    fn settings<'a>(&'a self, provider: &'a Provider) -> Settings<'a> {
        Settings {
            issuer: &provider.issuer,
            client_id: &self.inner.client_id,
            response_type: self.inner.response_type,
            max_age: self.inner.rules.max_age,
            plain_logout_tokens: self.inner.rules.plain_logout_tokens,
        }
    }

    /// Whoever waits for an answer of the portal waits at most so long, however slowly the instance answers.
    async fn within<T, E: From<IdentityError>>(
        &self,
        time: Duration,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        tokio::select! {
            outcome = work => outcome,
            () = self.inner.clock.sleep(time) => Err(E::from(IdentityError::Http {
                what: "identity provider",
                error: HttpError::Timeout,
            })),
        }
    }

    /// Runs a verification, once more with fresh keys if it met one that is unknown, doubled, or was replaced under its name
    /// (V7).
    async fn verified<T, E: From<IdentityError> + From<Rule>>(
        &self,
        provider: &Provider,
        verification: impl Fn(&CoreJsonWebKeySet, time::OffsetDateTime) -> Result<T, Rule>,
    ) -> Result<T, E> {
        let now = self.inner.clock.now();
        let keys = self.inner.keys.current(&provider.jwks).await?;
        match verification(&keys, now) {
            Err(rule @ (Rule::V7UnknownKey | Rule::V7AmbiguousKey | Rule::V8Signature)) => {
                let Some(keys) = self.inner.keys.refetched(&provider.jwks).await else {
                    return Err(rule.into());
                };
                verification(&keys, now).map_err(E::from)
            }
            other => other.map_err(E::from),
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

    /// What the provider tells of the person beyond the ID token, from the first source that knows the stable id: the access
    /// token's claims, userinfo, the profile site (identity.md §6.2). None of them failing fails the sign-in (V23); community
    /// users may have an access token that tells little, or none.
    async fn told(&self, provider: &Provider, tokens: &UserTokens, back: &Claims) -> Told {
        let Some(access) = &tokens.access_token else {
            return Told::default();
        };
        let inner = &self.inner;
        let mut told = match inner.keys.current(&provider.jwks).await {
            Ok(keys) => verify::access(
                access,
                back,
                &keys,
                inner.clock.now(),
                &self.settings(provider),
            )
            .unwrap_or_default(),
            Err(_) => Told::default(),
        };
        let more = async {
            // V25 wants the type as much as carts and orders want the id.
            let lacks = |told: &Told| told.id.is_none() || told.user_type.is_none();
            if let (true, Some(address)) = (lacks(&told), &provider.userinfo) {
                let found = person::userinfo(&inner.http, address, access, &back.subject).await;
                told = std::mem::take(&mut told).or(heard("userinfo", found));
            }
            if let (true, Some(address)) = (lacks(&told), &provider.profile) {
                let found = person::profile(&inner.http, address, access, &back.subject).await;
                told = std::mem::take(&mut told).or(heard("profile", found));
            }
            Ok::<_, IdentityError>(())
        };
        if let Err(error) = self.within(person::PATIENCE, more).await {
            tracing::warn!(%error, "the person is shown by what is known so far");
        }
        told
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

/// What a source told; nothing if it failed.
fn heard(source: &str, told: Result<Told, IdentityError>) -> Told {
    told.unwrap_or_else(|error| {
        tracing::warn!(%error, source, "a person's account could not be read");
        Told::default()
    })
}
