//! The discovery document (S9): complete, of the configured issuer, with every address on the configured host; the last good
//! one stays in use while a new one cannot be had.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use openidconnect::ProviderMetadataWithLogout;
use serde::Deserialize;
use url::Url;

use super::IdentityError;
use crate::{
    http::Http,
    sites::{Addresses, Sites},
    world::Clock,
};

/// What this crate uses of the document.
#[derive(Debug)]
pub(crate) struct Provider {
    /// Byte for byte as tokens must name it.
    pub(crate) issuer: String,
    pub(crate) authorize: Url,
    pub(crate) token: Url,
    pub(crate) jwks: Url,
    pub(crate) userinfo: Option<Url>,
    pub(crate) end_session: Option<Url>,
    /// The profile site's page about whoever asks (identity.md §6.2).
    pub(crate) profile: Option<Url>,
    /// Whether it promises to name itself in the callback (V3, RFC 9207).
    pub(crate) names_itself: bool,
}

/// What the crate does not read.
#[derive(Deserialize)]
struct More {
    #[serde(default)]
    authorization_response_iss_parameter_supported: Option<bool>,
}

pub(crate) const BROKEN_ISSUER: IdentityError = IdentityError::Document {
    what: "discovery",
    why: "the issuer is no address",
};

impl IdentityError {
    /// Whether the discovery document is that of another issuer.
    pub fn is_other_issuer(&self) -> bool {
        matches!(self, Self::Document { why, .. } if *why == OTHER_ISSUER)
    }

    /// Whether there is no such document at its address.
    pub fn is_not_there(&self) -> bool {
        matches!(self, Self::Document { why, .. } if *why == NOT_THERE)
    }
}

/// Fetches the document and remembers it.
pub(crate) struct Providers {
    http: Http,
    sites: Arc<Sites>,
    clock: Arc<dyn Clock>,
    known: Mutex<Option<(Duration, Arc<Provider>)>>,
    /// When it could last not be had, and why.
    failed: Mutex<Option<(Duration, IdentityError)>>,
    /// One fetch at a time; whoever waited for it takes its outcome.
    fetching: tokio::sync::Mutex<()>,
}

const WHAT: &str = "discovery";
const OTHER_ISSUER: &str = "it is of another issuer";
const NOT_THERE: &str = "the status is not 200";
const FRESH: Duration = Duration::from_hours(1);
/// How long a failure answers others, too.
const PAUSE: Duration = Duration::from_secs(2);
pub(super) const TIME: Duration = Duration::from_secs(5);
pub(super) const LIMIT: usize = 256 * 1024;

impl Providers {
    pub(crate) fn new(http: Http, sites: Arc<Sites>, clock: Arc<dyn Clock>) -> Self {
        Self {
            http,
            sites,
            clock,
            known: Mutex::new(None),
            failed: Mutex::new(None),
            fetching: tokio::sync::Mutex::new(()),
        }
    }

    /// The document, fetched anew once an hour.
    pub(crate) async fn current(&self) -> Result<Arc<Provider>, IdentityError> {
        if let Some(provider) = self.fresh() {
            return Ok(provider);
        }
        let _one = self.fetching.lock().await;
        if let Some(provider) = self.fresh() {
            return Ok(provider);
        }
        if let Some(error) = self.failed_lately() {
            return Err(error);
        }
        match self.fetch().await {
            Ok(provider) => {
                let provider = Arc::new(provider);
                *self.lock() = Some((self.clock.elapsed(), provider.clone()));
                Ok(provider)
            }
            Err(error) => {
                let mut known = self.lock();
                if let Some((since, provider)) = known.as_mut() {
                    tracing::warn!(%error, "the last good discovery document stays in use");
                    // Asked again in five minutes, not by every sign-in.
                    *since = self.clock.elapsed().saturating_sub(FRESH * 11 / 12);
                    return Ok(provider.clone());
                }
                *self.failures() = Some((self.clock.elapsed(), error.clone()));
                Err(error)
            }
        }
    }

    fn failed_lately(&self) -> Option<IdentityError> {
        let failed = self.failures();
        let (at, error) = failed.as_ref()?;
        (self.clock.elapsed().saturating_sub(*at) < PAUSE).then(|| error.clone())
    }

    fn failures(&self) -> MutexGuard<'_, Option<(Duration, IdentityError)>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fresh(&self) -> Option<Arc<Provider>> {
        let known = self.lock();
        let (since, provider) = known.as_ref()?;
        (self.clock.elapsed().saturating_sub(*since) < FRESH).then(|| provider.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Option<(Duration, Arc<Provider>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetch(&self) -> Result<Provider, IdentityError> {
        let Addresses {
            issuer, profile, ..
        } = self.sites.addresses().await.map_err(IdentityError::Sites)?;
        let address = Url::parse(&format!("{issuer}/.well-known/openid-configuration"))
            .map_err(|_| BROKEN_ISSUER)?;
        let body = get(&self.http, WHAT, &address).await?;
        let provider = read(&body, issuer, |address| self.http.allows(address))
            .map_err(|why| IdentityError::Document { what: WHAT, why })?;
        Ok(Provider {
            profile,
            ..provider
        })
    }
}

/// Reads a document and refuses what must not be used. Pure, so that each refusal is a line of a test.
pub(crate) fn read(
    body: &[u8],
    issuer: String,
    allowed: impl Fn(&Url) -> bool,
) -> Result<Provider, &'static str> {
    let document: ProviderMetadataWithLogout =
        serde_json::from_slice(body).map_err(|_| "not a discovery document")?;
    // S9, V9: byte for byte, no slash more or less.
    if document.issuer().as_str() != issuer {
        return Err(OTHER_ISSUER);
    }
    let more: More = serde_json::from_slice(body).map_err(|_| "not a discovery document")?;
    let provider = Provider {
        issuer,
        authorize: document.authorization_endpoint().url().clone(),
        token: document
            .token_endpoint()
            .ok_or("it names no token endpoint")?
            .url()
            .clone(),
        jwks: document.jwks_uri().url().clone(),
        userinfo: document
            .userinfo_endpoint()
            .map(|address| address.url().clone()),
        end_session: document
            .additional_metadata()
            .end_session_endpoint
            .as_ref()
            .map(|address| address.url().clone()),
        profile: None,
        names_itself: more.authorization_response_iss_parameter_supported == Some(true),
    };
    let addresses = [&provider.authorize, &provider.token, &provider.jwks];
    let optional = [&provider.userinfo, &provider.end_session];
    if addresses
        .into_iter()
        .chain(optional.into_iter().flatten())
        .all(allowed)
    {
        Ok(provider)
    } else {
        Err("it names an endpoint that is not on the configured instance")
    }
}

/// Fetches a document of the provider.
pub(super) async fn get(
    http: &Http,
    what: &'static str,
    address: &Url,
) -> Result<bytes::Bytes, IdentityError> {
    let request = http::Request::get(address.as_str())
        .header(http::header::ACCEPT, "application/json")
        .body(Vec::new())
        .map_err(|_| IdentityError::Document {
            what,
            why: "its address is broken",
        })?;
    let answer = http
        .send(request, LIMIT, TIME)
        .await
        .map_err(|error| IdentityError::Http { what, error })?;
    if answer.status != http::StatusCode::OK {
        return Err(IdentityError::Document {
            what,
            why: NOT_THERE,
        });
    }
    Ok(answer.body)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://e.net/id";

    fn document() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://e.net/id/connect/authorize",
            "token_endpoint": "https://e.net/id/connect/token",
            "jwks_uri": "https://e.net/id/jwks",
            "userinfo_endpoint": "https://e.net/id/connect/userinfo",
            "end_session_endpoint": "https://e.net/id/connect/endsession",
            "response_types_supported": ["code", "token", "id_token", "code id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "frontchannel_logout_supported": true
        })
    }

    fn outcome(document: &Value) -> Result<Provider, &'static str> {
        read(
            document.to_string().as_bytes(),
            ISSUER.to_owned(),
            |address| address.origin().ascii_serialization() == "https://e.net",
        )
    }

    #[test]
    fn s9_a_whole_document_of_the_issuer_is_used() {
        let provider = outcome(&document()).unwrap();
        assert_eq!(provider.token.path(), "/id/connect/token");
        assert!(provider.end_session.is_some());
    }

    #[test]
    fn s9_any_other_document_is_refused() {
        for (member, value) in [
            ("issuer", json!("https://e.net/id/")),
            ("issuer", json!("https://evil.net/id")),
            ("token_endpoint", json!("https://evil.net/token")),
            ("jwks_uri", json!("https://evil.net/keys")),
            ("userinfo_endpoint", json!("https://evil.net/userinfo")),
            ("end_session_endpoint", json!("https://evil.net/bye")),
            ("authorization_endpoint", json!("javascript:alert(1)")),
            (
                "authorization_endpoint",
                json!("http://e.net/id/connect/authorize"),
            ),
            ("token_endpoint", Value::Null),
            ("jwks_uri", Value::Null),
        ] {
            let mut spoiled = document();
            spoiled[member] = value.clone();
            assert!(outcome(&spoiled).is_err(), "{member}: {value}");
        }
        assert!(read(b"<html>", ISSUER.to_owned(), |_| true).is_err());
    }
}
