//! Pictures: fetched once, resized, kept, and served under addresses whose content never changes.
//!
//! A picture is fetched when it is first asked for, or in the background, whichever comes first; however many wait for it, it
//! is fetched once. Its bytes go from the instance into an anonymous file and never lie in memory as a whole; one picture is
//! decoded at a time.

pub mod resize;

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use erp::{Instance, PictureError, PictureOf, world::Clock};
use moka::future::Cache;
use tokio::sync::Semaphore;
use vitrina::catalog::view::{PictureSource, PictureView};

use self::resize::{ResizeError, Resized, WIDTHS};
use super::{
    catalogue::{PictureKey, PictureOwner},
    store::{KeptPicture, Store, StoreError},
};
use crate::portal::Portal;

/// How long a visitor's browser waits for a picture that is being fetched.
const WAIT: Duration = Duration::from_secs(6);
/// How many wait so at once, at most; others get the frame without a picture at once.
const MOST_WAITING: usize = 128;
/// How long a picture that could not be had is not tried again.
const PAUSE: Duration = Duration::from_mins(10);
/// What is assumed of a picture before it was seen.
const SQUARE: u32 = 1000;
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const SHORTLY: HeaderValue = HeaderValue::from_static("public, max-age=60");
const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-store");
/// A grey frame on nothing, at home on light and on dark pages: stands where a picture of the catalogue cannot be shown yet.
const PLACEHOLDER: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" fill="none" stroke="#8a8f98" stroke-opacity=".55" stroke-linejoin="round"><path d="M28 32h40v32H28Zm0 24 10-10 8 8 7-7 15 15"/><circle cx="57" cy="41" r="2.5"/></svg>"##;

/// Why a picture is not there. For operators.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The instance did not give it.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// What it gave is no picture.
    #[error(transparent)]
    Resize(#[from] ResizeError),
    /// It cannot be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no room for a passing file, or resizing was aborted.
    #[error("no passing file: {0}")]
    File(#[from] std::io::Error),
}

impl FetchError {
    /// Whether it would have been there at another moment.
    fn is_of_the_moment(&self) -> bool {
        matches!(self, Self::Picture(PictureError::Fault(fault)) if fault.is_of_the_gate())
    }
}

/// What pages must know of a picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Facts {
    aspect: u32,
    /// Widths that are kept, rising; never empty.
    widths: Vec<u32>,
}

/// All pictures that are kept, and the ones being fetched.
pub struct Pictures {
    instance: Arc<Instance>,
    store: Store,
    known: RwLock<HashMap<PictureKey, Facts>>,
    fetching: Cache<PictureKey, ()>,
    failed: moka::sync::Cache<PictureKey, ()>,
    decoding: Semaphore,
    waiting: Semaphore,
}

impl Pictures {
    /// None is known yet.
    pub fn new(instance: Arc<Instance>, store: Store) -> Self {
        Self {
            instance,
            store,
            known: RwLock::default(),
            // Only for as long as it is fetched: afterwards `known` tells.
            fetching: Cache::builder()
                .max_capacity(1000)
                .time_to_live(Duration::from_secs(1))
                .build(),
            failed: moka::sync::Cache::builder()
                .max_capacity(100_000)
                .time_to_live(PAUSE)
                .build(),
            decoding: Semaphore::new(1),
            waiting: Semaphore::new(MOST_WAITING),
        }
    }

    /// Learns what is kept.
    pub async fn open(&self) -> Result<(), StoreError> {
        for kept in self.store.pictures().await? {
            self.learn(kept);
        }
        Ok(())
    }

    /// The picture as pages show it. One that was never seen is promised in every width, and taken for a square.
    pub fn view(&self, key: PictureKey) -> PictureView {
        let facts = self.facts(key);
        let (aspect, widths) = match &facts {
            Some(facts) => (facts.aspect, facts.widths.as_slice()),
            None => (SQUARE, WIDTHS.as_slice()),
        };
        PictureView {
            sources: widths
                .iter()
                .map(|&width| PictureSource {
                    width,
                    address: address(key, width),
                })
                .collect(),
            aspect,
        }
    }

    /// Whether the picture is kept.
    pub fn has(&self, key: PictureKey) -> bool {
        self.known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(&key)
    }

    /// Fetches the picture unless it is kept; true if it is there now. Many callers share one fetch.
    pub async fn ensure(&self, key: PictureKey, owner: PictureOwner) -> bool {
        if self.has(key) {
            return true;
        }
        if self.failed.contains_key(&key) {
            return false;
        }
        match self
            .fetching
            .try_get_with(key, self.fetch(key, owner))
            .await
        {
            Ok(()) => true,
            // That others were before it says nothing of the picture.
            Err(error) if error.is_of_the_moment() => false,
            Err(error) => {
                tracing::warn!(picture = %key.id, %error, "a picture is left out for a while");
                self.failed.insert(key, ());
                false
            }
        }
    }

    async fn fetch(&self, key: PictureKey, owner: PictureOwner) -> Result<(), FetchError> {
        let of = match owner {
            PictureOwner::Product(id) => PictureOf::Product(id),
            PictureOwner::Group(id) => PictureOf::Group(id),
        };
        let mut file = tokio::fs::File::from_std(tempfile::tempfile()?);
        self.instance.picture(of, &mut file).await?;
        let file = file.into_std().await;
        let resized = {
            let _one_at_a_time = self.decoding.acquire().await;
            tokio::task::spawn_blocking(move || resize::resize(file))
                .await
                .map_err(std::io::Error::other)??
        };
        let Resized { aspect, sizes } = resized;
        for (width, webp) in sizes {
            let kept = KeptPicture { key, aspect, width };
            self.store.keep_picture(kept, webp).await?;
            self.learn(kept);
        }
        Ok(())
    }

    fn learn(&self, kept: KeptPicture) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let facts = known.entry(kept.key).or_default();
        facts.aspect = kept.aspect;
        if let Err(at) = facts.widths.binary_search(&kept.width) {
            facts.widths.insert(at, kept.width);
        }
    }

    fn facts(&self, key: PictureKey) -> Option<Facts> {
        self.known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned()
    }

    async fn bytes(&self, key: PictureKey, width: u32) -> Result<Option<bytes::Bytes>, StoreError> {
        let Some(facts) = self.facts(key) else {
            return Ok(None);
        };
        let wide_enough = facts.widths.iter().copied().find(|&kept| kept >= width);
        let Some(width) = wide_enough.or(facts.widths.last().copied()) else {
            return Ok(None);
        };
        let kept = KeptPicture {
            key,
            aspect: facts.aspect,
            width,
        };
        self.store.picture(kept).await
    }
}

fn address(key: PictureKey, width: u32) -> String {
    format!("/img/{}-{}-{width}.webp", key.id, key.stamp)
}

/// Reads what [`address`] writes behind `/img/`.
fn read_file_name(file: &str) -> Option<(PictureKey, u32)> {
    let (id, rest) = file.strip_suffix(".webp")?.split_at_checked(36)?;
    let (stamp, width) = rest.strip_prefix('-')?.rsplit_once('-')?;
    let key = PictureKey {
        id: id.parse().ok()?,
        stamp: stamp.parse().ok()?,
    };
    let width = width.parse().ok().filter(|width| WIDTHS.contains(width))?;
    (address(key, width) == format!("/img/{file}")).then_some((key, width))
}

/// Where pictures are.
pub const PATH: &str = "/img/{file}";

/// `GET /img/{file}`.
pub async fn serve(State(portal): State<Arc<Portal>>, Path(file): Path<String>) -> Response {
    let mirror = Arc::clone(&portal.mirror);
    let missing = || (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, SHORTLY)]).into_response();
    let Some((key, width)) = read_file_name(&file) else {
        return missing();
    };
    if !mirror.pictures().has(key) {
        // Only pictures of the catalogue are fetched: an address made up by somebody costs no call.
        let Some(owner) = mirror
            .snapshot()
            .and_then(|now| now.catalogue.picture_owner(key))
        else {
            return missing();
        };
        // Each who waits has a place among the requests at work: pictures must not take them all.
        let Ok(_waits) = mirror.pictures().waiting.try_acquire() else {
            return placeholder(NOT_KEPT);
        };
        let task_mirror = Arc::clone(&mirror);
        // Goes on when the browser goes away: the next one wants it too.
        let fetch = tokio::spawn(async move { task_mirror.pictures().ensure(key, owner).await });
        match mirror.within(WAIT, fetch).await {
            Some(Ok(true)) => {}
            Some(_) => return placeholder(SHORTLY),
            // Its turn comes: the next view asks again.
            None => return placeholder(NOT_KEPT),
        }
    }
    match mirror.pictures().bytes(key, width).await {
        Ok(Some(bytes)) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("image/webp")),
                (header::CACHE_CONTROL, IMMUTABLE),
                (
                    header::X_CONTENT_TYPE_OPTIONS,
                    HeaderValue::from_static("nosniff"),
                ),
            ];
            (headers, bytes).into_response()
        }
        Ok(None) => missing(),
        Err(error) => {
            tracing::error!(%error, "a picture cannot be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Not an error: the picture belongs to the catalogue and the page is right, only without it. An error would leave the browser's
/// broken frame on the page and a complaint in its console.
fn placeholder(kept: HeaderValue) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("image/svg+xml"),
        ),
        (header::CACHE_CONTROL, kept),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    (headers, PLACEHOLDER).into_response()
}

/// Waits for the future, but not longer than this by the clock.
pub(super) async fn within<F: Future>(
    clock: &dyn Clock,
    time: Duration,
    future: F,
) -> Option<F::Output> {
    tokio::select! {
        output = future => Some(output),
        () = clock.sleep(time) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_back_and_nothing_else_is() {
        let key = PictureKey {
            id: uuid::Uuid::from_u128(0xabc),
            stamp: 1_760_000_000,
        };
        for width in WIDTHS {
            let address = address(key, width);
            assert_eq!(
                read_file_name(address.strip_prefix("/img/").unwrap()),
                Some((key, width))
            );
        }
        for file in [
            "",
            ".webp",
            "00000000-0000-0000-0000-000000000abc-1-161.webp",
            "00000000-0000-0000-0000-000000000abc-1-160.png",
            "00000000-0000-0000-0000-000000000ABC-1-160.webp",
            "00000000-0000-0000-0000-000000000abc-01-160.webp",
            "00000000-0000-0000-0000-000000000abc--160.webp",
            "жжжжжжжжжжжжжжжжжжжжжж-1-160.webp",
            "../../00000000-0000-0000-0000-000000000abc-1-160.webp",
        ] {
            assert_eq!(read_file_name(file), None, "{file}");
        }
    }
}
