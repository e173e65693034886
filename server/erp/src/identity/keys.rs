//! The provider's keys (V7): remembered, fetched again for an unknown one at most once a minute.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use openidconnect::core::CoreJsonWebKeySet;
use url::Url;

use super::{IdentityError, provider};
use crate::{http::Http, world::Clock};

/// The keys in use.
pub(crate) struct Keys {
    http: Http,
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
    /// One fetch at a time.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Known {
    keys: Option<Arc<CoreJsonWebKeySet>>,
    /// When the last fetch was tried: bad tokens must not make us hammer the provider.
    tried: Option<Duration>,
    /// When the keys came.
    since: Option<Duration>,
}

const WHAT: &str = "keys";
const FRESH: Duration = Duration::from_hours(1);
const PAUSE: Duration = Duration::from_mins(1);
/// Keys looked at (security.md §11).
const MOST: usize = 64;

impl Keys {
    pub(crate) fn new(http: Http, clock: Arc<dyn Clock>) -> Self {
        Self {
            http,
            clock,
            known: Mutex::default(),
            fetching: tokio::sync::Mutex::new(()),
        }
    }

    /// The keys, fetched anew once an hour; the last good ones stay in use while that fails.
    pub(crate) async fn current(
        &self,
        address: &Url,
    ) -> Result<Arc<CoreJsonWebKeySet>, IdentityError> {
        if let Some(keys) = self.fresh() {
            return Ok(keys);
        }
        let _one = self.fetching.lock().await;
        if let Some(keys) = self.fresh() {
            return Ok(keys);
        }
        if let Some(keys) = self.lock().keys.clone()
            && self.tried_lately()
        {
            return Ok(keys);
        }
        match self.fetch(address).await {
            Ok(keys) => Ok(keys),
            Err(error) => self.lock().keys.clone().ok_or(error),
        }
    }

    /// Fresh keys for a token that names an unknown one; none if the last fetch was less than a minute ago or this one fails.
    pub(crate) async fn refetched(&self, address: &Url) -> Option<Arc<CoreJsonWebKeySet>> {
        let _one = self.fetching.lock().await;
        if self.tried_lately() {
            return None;
        }
        self.fetch(address).await.ok()
    }

    fn fresh(&self) -> Option<Arc<CoreJsonWebKeySet>> {
        let known = self.lock();
        let fresh = self.clock.elapsed().saturating_sub(known.since?) < FRESH;
        known.keys.clone().filter(|_| fresh)
    }

    fn tried_lately(&self) -> bool {
        self.lock()
            .tried
            .is_some_and(|tried| self.clock.elapsed().saturating_sub(tried) < PAUSE)
    }

    async fn fetch(&self, address: &Url) -> Result<Arc<CoreJsonWebKeySet>, IdentityError> {
        self.lock().tried = Some(self.clock.elapsed());
        let body = provider::get(&self.http, WHAT, address).await?;
        let keys: CoreJsonWebKeySet =
            serde_json::from_slice(&body).map_err(|_| IdentityError::Document {
                what: WHAT,
                why: "not a key set",
            })?;
        let keys = Arc::new(CoreJsonWebKeySet::new(
            keys.keys().iter().take(MOST).cloned().collect(),
        ));
        let mut known = self.lock();
        known.since = Some(self.clock.elapsed());
        known.keys = Some(keys.clone());
        Ok(keys)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
