//! Instance ID: the OpenID Connect provider of the instance (identity.md).
//!
//! Served: discovery, keys, authorize with a real login page, token (code and client credentials), userinfo, end session,
//! the profile's `me`, and, where it is asked for, back-channel sign-out. Deliberately absent: refresh tokens, reference tokens, device flow, introspection, revocation,
//! external providers and self-registration; the discovery document does not announce what is not served.

pub(crate) mod authorize;
pub(crate) mod back_channel;
pub(crate) mod discovery;
pub(crate) mod end_session;
pub(crate) mod keys;
pub(crate) mod login;
pub(crate) mod people;
pub(crate) mod registration;
pub(crate) mod spoil;
pub(crate) mod token;
pub(crate) mod user_info;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};

use crate::instance::Instance;
use keys::{Keys, TokenType};
use people::Person;
use registration::Registration;
use spoil::{Spoil, TokenChange};

/// Life of an authorization code and of an ID token (identity.md §7).
pub(crate) const CODE_LIFE: Duration = Duration::seconds(300);
/// Life of an access token, of people and of services (identity.md §7).
pub(crate) const ACCESS_LIFE: Duration = Duration::seconds(3600);

/// The Trusted Application (identity.md §11) through which the portal is known.
pub(crate) struct TrustedApplication {
    /// `ApplicationUri`, the `client_id`.
    pub(crate) id: String,
    /// `client_id` of the service flow, where it is another one (old instances, identity.md §3.5).
    pub(crate) service_id: String,
    /// The secret in plain text, compared in constant time.
    pub(crate) secret: String,
    /// Origins whose `/signin-callback` and `/signout-callback` are registered.
    origins: Mutex<Vec<String>>,
    /// Its switches.
    registration: Mutex<Registration>,
}

impl TrustedApplication {
    pub(crate) fn new(id: String, service_id: String, secret: String) -> Self {
        Self {
            id,
            service_id,
            secret,
            origins: Mutex::default(),
            registration: Mutex::default(),
        }
    }

    /// The origins of the portals.
    pub(crate) fn origins(&self) -> Vec<String> {
        self.origins
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn registration(&self) -> Registration {
        let registration = self.registration.lock();
        registration.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn register(&self, registration: Registration) {
        let mut known = self
            .registration
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *known = registration;
    }

    pub(crate) fn allow(&self, origin: &str) {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        if !origins.iter().any(|known| known == origin) {
            origins.push(origin.trim_end_matches('/').to_owned());
        }
    }

    /// `ImpersonateLoginUrl`: compared exactly (identity.md §3.1).
    pub(crate) fn allows_login(&self, address: &str) -> bool {
        self.allows(address, "/signin-callback")
    }

    /// `ImpersonateLogoutUrl`: compared exactly (identity.md §10).
    pub(crate) fn allows_logout(&self, address: &str) -> bool {
        self.allows(address, "/signout-callback")
    }

    fn allows(&self, address: &str, path: &str) -> bool {
        let origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        origins
            .iter()
            .any(|origin| address.strip_prefix(origin.as_str()) == Some(path))
    }
}

/// A person signed in at the provider in one browser.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    /// Index into the list of people.
    pub(crate) person: usize,
    /// `sid`: changes with every new sign-in.
    pub(crate) sid: String,
    /// When the password was given.
    pub(crate) at: OffsetDateTime,
}

/// What an authorization code stands for.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) signed_in: SignedIn,
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    pub(crate) nonce: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) challenge: String,
    pub(crate) issued: OffsetDateTime,
}

/// What the provider remembers.
#[derive(Default)]
pub(crate) struct Memory {
    /// Browser sessions by cookie value.
    pub(crate) sessions: HashMap<String, SignedIn>,
    /// Codes that were handed out and not yet redeemed.
    pub(crate) codes: HashMap<String, Grant>,
    /// Token requests by grant type.
    pub(crate) token_requests: u64,
    /// How what is said is spoiled.
    pub(crate) spoil: Spoil,
}

impl Instance {
    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How what is said is spoiled now.
    pub(crate) fn spoil(&self) -> Spoil {
        self.memory().spoil.clone()
    }

    /// Signs a token with this change.
    pub(crate) fn sign_changed(
        &self,
        kind: TokenType,
        claims: &Map<String, Value>,
        change: &TokenChange,
    ) -> Option<String> {
        self.keys.sign_changed(
            (kind, claims),
            change,
            &self.application.secret,
            &self.random,
        )
    }

    /// The issuer: `{root}/id`, without a slash at the end.
    pub(crate) fn issuer(&self) -> String {
        format!("{}/id", self.root)
    }

    /// Name of the provider's cookie; browsers do not tell ports apart, so the port is part of it.
    fn cookie_name(&self) -> String {
        format!(
            "idsrv-{}",
            self.root.rsplit(':').next().unwrap_or("session")
        )
    }

    /// The session of this browser, if it has one.
    pub(crate) fn signed_in(&self, headers: &HeaderMap) -> Option<(String, SignedIn)> {
        let name = self.cookie_name();
        let value = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(key, value)| (key == name).then(|| value.to_owned()))?;
        let signed_in = self.memory().sessions.get(&value)?.clone();
        Some((value, signed_in))
    }

    pub(crate) fn person(&self, signed_in: &SignedIn) -> Option<&Person> {
        self.people.get(signed_in.person)
    }
}

/// Checks an access token's signature, issuer and times; `None` is an unusable token.
pub(crate) fn valid_access_token(
    keys: &Keys,
    issuer: &str,
    now: OffsetDateTime,
    token: &str,
) -> Option<Map<String, Value>> {
    let claims = keys.read(TokenType::Access, token)?;
    let number = |name: &str| claims.get(name).and_then(Value::as_i64);
    let fits = claims.get("iss")? == issuer
        && number("nbf")? <= now.unix_timestamp()
        && now.unix_timestamp() < number("exp")?;
    fits.then_some(claims)
}

/// The token of an `Authorization: Bearer` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A form or query in which a parameter given twice makes the whole unusable.
pub(crate) fn parameters(text: &[u8]) -> Option<HashMap<String, String>> {
    let mut found = HashMap::new();
    for (name, value) in form_urlencoded::parse(text) {
        if found
            .insert(name.into_owned(), value.into_owned())
            .is_some()
        {
            return None;
        }
    }
    Some(found)
}

/// The paths of the provider and of auto-discovery.
pub(crate) fn routes() -> Router<Arc<Instance>> {
    Router::new()
        .route("/tools/auto-discovery", get(discovery::instance))
        .route("/sys/auto-discovery", get(discovery::instance))
        .route("/tools/ver", get(discovery::version))
        .route(
            "/id/.well-known/openid-configuration",
            get(discovery::provider),
        )
        .route(
            "/id/.well-known/openid-configuration/jwks",
            get(discovery::keys),
        )
        .route(
            "/id/connect/authorize",
            get(authorize::by_get).post(authorize::by_post),
        )
        .route("/id/account/login", get(login::show).post(login::submit))
        .route("/id/connect/token", post(token::answer))
        .route(
            "/id/connect/userinfo",
            get(user_info::claims).post(user_info::claims),
        )
        .route(
            "/id/connect/endsession",
            get(end_session::by_get).post(end_session::by_post),
        )
        .route("/profile/me", get(user_info::profile))
}
