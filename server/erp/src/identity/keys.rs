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
        // Asked before the lock is taken: both look into the same state.
        let tried_lately = self.tried_lately();
        let known = self.lock().keys.clone();
        if let Some(keys) = known.filter(|_| tried_lately) {
            return Ok(keys);
        }
        match self.fetch(address).await {
            Ok(keys) => Ok(keys),
            Err(error) => self.lock().keys.clone().ok_or(error),
        }
    }

    /// Fresh keys for a token that names an unknown one; none if the last fetch was less than a minute ago or this one fails. ID
    /// tokens and logout tokens share the one fetch a minute (B5): who wastes it with made-up tokens only makes new keys known
    /// within a minute of a rotation instead of at once.
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
        let keys =
            Arc::new(read(&body).map_err(|why| IdentityError::Document { what: WHAT, why })?);
        let mut known = self.lock();
        known.since = Some(self.clock.elapsed());
        known.keys = Some(keys.clone());
        Ok(keys)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a key set and keeps as many keys as are looked at. Kinds that are unknown are left out.
pub(crate) fn read(body: &[u8]) -> Result<CoreJsonWebKeySet, &'static str> {
    let keys: CoreJsonWebKeySet = serde_json::from_slice(body).map_err(|_| "not a key set")?;
    Ok(CoreJsonWebKeySet::new(
        keys.keys().iter().take(MOST).cloned().collect(),
    ))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::testing::Hand;

    /// A key set that counts how often it is fetched, and fails while it is told to.
    async fn provider(fetches: Arc<AtomicUsize>, broken: Arc<AtomicUsize>) -> Url {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let root = format!("http://{}/", listener.local_addr().unwrap());
        let app = axum::Router::new().fallback(move || {
            fetches.fetch_add(1, Ordering::SeqCst);
            let broken = broken.load(Ordering::SeqCst) > 0;
            async move { if broken { "<html>" } else { "{\"keys\": []}" } }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        root.parse().unwrap()
    }

    #[tokio::test]
    async fn v7_unknown_keys_cause_one_fetch_a_minute_and_the_last_good_set_stays() {
        let fetches = Arc::new(AtomicUsize::new(0));
        let broken = Arc::new(AtomicUsize::new(0));
        let address = provider(fetches.clone(), broken.clone()).await;
        let clock = Arc::new(Hand::default());
        let keys = Keys::new(Http::new(address.clone()).unwrap(), clock.clone());
        let count = || fetches.load(Ordering::SeqCst);

        keys.current(&address).await.unwrap();
        for _ in 0..1000 {
            assert!(keys.refetched(&address).await.is_none());
        }
        assert_eq!(count(), 1, "a storm of unknown keys");

        clock.advance(Duration::from_mins(1));
        assert!(keys.refetched(&address).await.is_some());
        assert!(keys.refetched(&address).await.is_none());
        assert_eq!(count(), 2);

        // An hour later, with the provider broken.
        broken.store(1, Ordering::SeqCst);
        clock.advance(Duration::from_hours(1));
        for _ in 0..10 {
            keys.current(&address).await.unwrap();
        }
        assert_eq!(count(), 3);
    }
}
