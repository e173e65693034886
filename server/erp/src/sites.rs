//! Where the sites of the instance live: auto-discovery, else the usual paths (identity.md §2.1, architecture.md §5).

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::StatusCode;
use serde::Deserialize;
use url::Url;

use crate::{
    http::{Http, HttpError},
    world::Clock,
};

/// The addresses this crate needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Addresses {
    /// The issuer, byte for byte: never with a slash at its end.
    pub(crate) issuer: String,
    /// The OData root, always with a slash at its end.
    pub(crate) api: Url,
    /// The profile site's page about whoever asks, where there is one (identity.md §6.2).
    pub(crate) profile: Option<Url>,
    /// Whether auto-discovery told them; else they are the usual ones.
    pub(crate) told: bool,
}

/// Why the addresses are not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SitesError {
    /// There is no usable answer.
    #[error("auto-discovery: {0}")]
    NoAnswer(HttpError),
    /// It is busy or restarting.
    #[error("auto-discovery: status {0}")]
    Status(u16),
    /// A site is on a host that was not configured (S9).
    #[error("auto-discovery names {0}, which is not the configured instance")]
    Elsewhere(String),
    /// An address that is none.
    #[error("{0}")]
    Broken(String),
}

/// Finds the addresses and remembers them.
pub(crate) struct Sites {
    http: Http,
    root: Url,
    clock: Arc<dyn Clock>,
    known: Mutex<Option<(Duration, Addresses)>>,
    /// When they could last not be found, and why.
    failed: Mutex<Option<(Duration, SitesError)>>,
    /// One search at a time; whoever waited for it takes its outcome.
    searching: tokio::sync::Mutex<()>,
}

/// Sites move rarely; a moved one is found again within this time.
const FRESH: Duration = Duration::from_hours(1);
/// How long a failure answers others, too: an instance that is away costs one shopper a wait, and not each of them.
const PAUSE: Duration = Duration::from_secs(2);
/// As for all documents of the identity provider (security.md §11).
const TIME: Duration = Duration::from_secs(5);
const LIMIT: usize = 256 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    #[serde(default)]
    web_sites: Vec<Site>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Site {
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    additional_properties: Option<AdditionalProperties>,
}

#[derive(Default, Deserialize)]
struct AdditionalProperties {
    #[serde(rename = "ODataServiceRoot")]
    odata_service_root: Option<String>,
}

impl Sites {
    pub(crate) fn new(http: Http, root: Url, clock: Arc<dyn Clock>) -> Self {
        Self {
            http,
            root,
            clock,
            known: Mutex::new(None),
            failed: Mutex::new(None),
            searching: tokio::sync::Mutex::new(()),
        }
    }

    /// The addresses. Fails only when the instance cannot be reached and never could.
    pub(crate) async fn addresses(&self) -> Result<Addresses, SitesError> {
        if let Some(addresses) = self.fresh() {
            return Ok(addresses);
        }
        let _one = self.searching.lock().await;
        if let Some(addresses) = self.fresh() {
            return Ok(addresses);
        }
        if let Some(why) = self.failed_lately() {
            return Err(why);
        }
        let found = self.discover().await;
        let now = self.clock.elapsed();
        let mut known = self.lock();
        match found {
            Ok(addresses) => {
                *known = Some((now, addresses.clone()));
                Ok(addresses)
            }
            Err(why) => {
                if let Some((since, addresses)) = known.as_mut() {
                    // The last good ones stay in use (S9), and are looked for again in five minutes.
                    *since = now.saturating_sub(FRESH * 11 / 12);
                    return Ok(addresses.clone());
                }
                *self.failures() = Some((now, why.clone()));
                Err(why)
            }
        }
    }

    fn fresh(&self) -> Option<Addresses> {
        let known = self.lock();
        let (since, addresses) = known.as_ref()?;
        (self.clock.elapsed().saturating_sub(*since) < FRESH).then(|| addresses.clone())
    }

    fn failed_lately(&self) -> Option<SitesError> {
        let failed = self.failures();
        let (at, why) = failed.as_ref()?;
        (self.clock.elapsed().saturating_sub(*at) < PAUSE).then(|| why.clone())
    }

    fn failures(&self) -> std::sync::MutexGuard<'_, Option<(Duration, SitesError)>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(Duration, Addresses)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn discover(&self) -> Result<Addresses, SitesError> {
        // Older instances have it under `sys` (identity.md §2.1).
        for path in ["tools/auto-discovery", "sys/auto-discovery"] {
            let request = http::Request::get(below(&self.root, path)?.as_str())
                .body(Vec::new())
                .map_err(|error| SitesError::Broken(error.to_string()))?;
            match self.http.send(request, LIMIT, TIME).await {
                Ok(answer) if answer.status.is_success() => {
                    if let Ok(document) = serde_json::from_slice(&answer.body) {
                        return self.read(document);
                    }
                }
                // Restarting, or busy: the usual addresses would be a guess that stays for an hour.
                Ok(answer)
                    if answer.status.is_server_error()
                        || answer.status == StatusCode::TOO_MANY_REQUESTS =>
                {
                    return Err(SitesError::Status(answer.status.as_u16()));
                }
                Err(error @ (HttpError::Connect | HttpError::Timeout | HttpError::Cut)) => {
                    return Err(SitesError::NoAnswer(error));
                }
                // Not there: the next path, else the usual addresses.
                _ => {}
            }
        }
        self.usual()
    }

    fn read(&self, document: Document) -> Result<Addresses, SitesError> {
        let usual = self.usual()?;
        let site = |types: &[&str]| {
            document
                .web_sites
                .iter()
                .find(|site| types.contains(&site.r#type.as_str()))
        };
        let issuer = site(&["ID"]).map_or(usual.issuer, |site| {
            site.url.trim_end_matches('/').to_owned()
        });
        let api = site(&["DomainAPI", "API"])
            .and_then(|site| site.additional_properties.as_ref())
            .and_then(|more| more.odata_service_root.as_deref())
            .map(|root| format!("{}/", root.trim_end_matches('/')))
            .map_or(Ok(usual.api), |root| {
                Url::parse(&root).map_err(|_| {
                    SitesError::Broken("auto-discovery names a broken API root".to_owned())
                })
            })?;
        // Not needed, so a site elsewhere is left out instead of refused.
        let profile = site(&["UserProfile"])
            .and_then(|site| Url::parse(&format!("{}/me", site.url.trim_end_matches('/'))).ok())
            .filter(|address| self.http.allows(address));
        let issuer_url = Url::parse(&issuer)
            .map_err(|_| SitesError::Broken("the issuer is no address".to_owned()))?;
        // S9: the token and the secret go to the configured host only.
        for address in [&issuer_url, &api] {
            if !self.http.allows(address) {
                let host = address.host_str().unwrap_or("a site without a host");
                return Err(SitesError::Elsewhere(host.to_owned()));
            }
        }
        Ok(Addresses {
            issuer,
            api,
            profile,
            told: true,
        })
    }

    fn usual(&self) -> Result<Addresses, SitesError> {
        Ok(Addresses {
            issuer: below(&self.root, "id")?.as_str().to_owned(),
            api: below(&self.root, "api/domain/odata/")?,
            profile: None,
            told: false,
        })
    }
}

fn below(root: &Url, path: &str) -> Result<Url, SitesError> {
    let mut base = root.clone();
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", root.path()));
    }
    base.join(path)
        .map_err(|error| SitesError::Broken(error.to_string()))
}
