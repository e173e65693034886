//! Where the copy is kept between two lives of the process.
//!
//! A part is one small object, its *head*, and many *segments* over which its records are spread by their ids, so that a change
//! of one product writes one segment and not the whole catalogue. The head, with the time up to which changes are known, is
//! written last: what a crash leaves behind is read again from the instance. Objects are written whole: the local file system
//! renames a finished file into its place, object stores do the like. One that cannot be read is set aside and what it held is
//! pulled again; it stops nothing.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};
use object_store::{ObjectStore, PutPayload, path::Path};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use time::OffsetDateTime;

use super::catalogue::PictureKey;

/// Rises whenever a part's shape changes: a copy of another format is pulled anew.
const FORMAT: u32 = 2;
/// Over how many objects the records of a part are spread.
pub const SEGMENTS: u8 = 64;

/// A part of the copy, by the name of its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Groups, units, products.
    Catalogue,
    /// Price rows and discounts.
    Prices,
    /// What may be promised.
    Stock,
    /// What operators should know of the copy; never read.
    Report,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Catalogue => "catalogue",
            Self::Prices => "prices",
            Self::Stock => "stock",
            Self::Report => "report",
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    format: u32,
    instance: String,
    taken: i64,
    records: T,
}

/// A part as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept<T> {
    /// When it was fresh.
    pub taken: OffsetDateTime,
    /// What it holds.
    pub records: T,
}

/// One size of a picture that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptPicture {
    /// Which picture.
    pub key: PictureKey,
    /// Width over height in thousandths.
    pub aspect: u32,
    /// Width in pixels by which it is asked for.
    pub width: u32,
}

/// Why the copy could not be kept or read. For operators.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store does not work.
    #[error("the data store does not work: {0}")]
    Store(#[from] object_store::Error),
    /// The records cannot be written down.
    #[error("the copy cannot be written down: {0}")]
    Unwritable(#[from] serde_json::Error),
}

/// Keeps the copy of one instance.
#[derive(Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    instance: String,
}

impl Store {
    /// Keeps the copy of the instance with this name or address: one of another instance is never shown.
    pub fn new(objects: Arc<dyn ObjectStore>, instance: impl Into<String>) -> Self {
        Self {
            objects,
            instance: instance.into(),
        }
    }

    /// Keeps a part in the place of its former self.
    pub async fn keep<T: Serialize>(
        &self,
        part: Part,
        taken: OffsetDateTime,
        records: &T,
    ) -> Result<(), StoreError> {
        self.put(&part_path(part), taken, records).await
    }

    /// Keeps a segment of a part in the place of its former self.
    pub async fn keep_segment<T: Serialize>(
        &self,
        part: Part,
        segment: u8,
        taken: OffsetDateTime,
        records: &T,
    ) -> Result<(), StoreError> {
        self.put(&segment_path(part, segment), taken, records).await
    }

    /// Keeps a batch of a first pull that goes on.
    pub async fn keep_batch<T: Serialize>(
        &self,
        number: u32,
        taken: OffsetDateTime,
        records: &T,
    ) -> Result<(), StoreError> {
        self.put(&batch_path(number), taken, records).await
    }

    async fn put<T: Serialize>(
        &self,
        path: &Path,
        taken: OffsetDateTime,
        records: &T,
    ) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec(&Envelope {
            format: FORMAT,
            instance: self.instance.clone(),
            taken: taken.unix_timestamp(),
            records,
        })?;
        self.objects.put(path, PutPayload::from(bytes)).await?;
        Ok(())
    }

    /// The part as it was last kept. None if there is none, or none of this format and instance; one that is broken is set
    /// aside under another name for whoever wants to know why.
    pub async fn load<T: DeserializeOwned>(
        &self,
        part: Part,
    ) -> Result<Option<Kept<T>>, StoreError> {
        self.get(&part_path(part)).await
    }

    /// A segment of a part as it was last kept, under the same conditions.
    pub async fn load_segment<T: DeserializeOwned + Send + 'static>(
        &self,
        part: Part,
        segment: u8,
    ) -> Result<Option<Kept<T>>, StoreError> {
        let store = self.clone();
        let path = segment_path(part, segment);
        // Reading a large catalogue is work for all processors.
        tokio::spawn(async move { store.get(&path).await })
            .await
            .unwrap_or(Ok(None))
    }

    /// A batch of a first pull that was cut off.
    pub async fn load_batch<T: DeserializeOwned>(
        &self,
        number: u32,
    ) -> Result<Option<Kept<T>>, StoreError> {
        self.get(&batch_path(number)).await
    }

    /// Forgets the batches of a first pull.
    pub async fn forget_batches(&self) -> Result<(), StoreError> {
        let batches: Vec<_> = self
            .objects
            .list(Some(&Path::from(BATCHES)))
            .map_ok(|object| object.location)
            .try_collect()
            .await?;
        for batch in batches {
            self.objects.delete(&batch).await?;
        }
        Ok(())
    }

    async fn get<T: DeserializeOwned>(&self, path: &Path) -> Result<Option<Kept<T>>, StoreError> {
        let bytes = match self.objects.get(path).await {
            Ok(found) => found.bytes().await?,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        match serde_json::from_slice::<Envelope<T>>(&bytes) {
            Ok(envelope) if envelope.format == FORMAT => {
                if envelope.instance != self.instance {
                    tracing::info!(%path, "the copy is of another instance and is pulled anew");
                    return Ok(None);
                }
                Ok(Some(Kept {
                    taken: OffsetDateTime::from_unix_timestamp(envelope.taken)
                        .unwrap_or(OffsetDateTime::UNIX_EPOCH),
                    records: envelope.records,
                }))
            }
            read => {
                let error = read.err().map(|error| error.to_string());
                tracing::warn!(%path, error, "a part of the copy cannot be read and is set aside");
                let whole = path.as_ref();
                let name = whole.strip_suffix(".json").unwrap_or(whole);
                let aside = Path::from(format!("{name}.broken.json"));
                self.objects.rename(path, &aside).await?;
                Ok(None)
            }
        }
    }

    /// Keeps one size of a picture.
    pub async fn keep_picture(
        &self,
        picture: KeptPicture,
        webp: Vec<u8>,
    ) -> Result<(), StoreError> {
        self.objects
            .put(&picture_path(picture), PutPayload::from(webp))
            .await?;
        Ok(())
    }

    /// One size of a picture.
    pub async fn picture(&self, picture: KeptPicture) -> Result<Option<bytes::Bytes>, StoreError> {
        match self.objects.get(&picture_path(picture)).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Every size of every picture that is kept.
    pub async fn pictures(&self) -> Result<Vec<KeptPicture>, StoreError> {
        let found = self
            .objects
            .list(Some(&Path::from("pictures")))
            .map(|object| object.map(|object| read_picture_path(&object.location)))
            .try_filter_map(|picture| std::future::ready(Ok(picture)))
            .try_collect()
            .await?;
        Ok(found)
    }
}

const BATCHES: &str = "copy/first";

fn part_path(part: Part) -> Path {
    Path::from(format!("copy/{}.json", part.name()))
}

fn segment_path(part: Part, segment: u8) -> Path {
    Path::from(format!("copy/{}/{segment:02}.json", part.name()))
}

fn batch_path(number: u32) -> Path {
    Path::from(format!("{BATCHES}/{number:05}.json"))
}

/// The segment of a record. The last byte is mixed in for instances that count their ids up from the front.
pub fn segment_of(id: uuid::Uuid) -> u8 {
    let bytes = id.as_bytes();
    let mixed = bytes
        .iter()
        .fold(0_u8, |mixed, byte| mixed.wrapping_mul(31) ^ byte);
    mixed % SEGMENTS
}

/// Everything a page must know of a picture stands in its path, so that one listing finds it all.
fn picture_path(picture: KeptPicture) -> Path {
    let KeptPicture { key, aspect, width } = picture;
    Path::from(format!(
        "pictures/{}/{}-{aspect}-{width}.webp",
        key.id, key.stamp
    ))
}

fn read_picture_path(path: &Path) -> Option<KeptPicture> {
    let (folder, file) = path.as_ref().strip_prefix("pictures/")?.split_once('/')?;
    let mut numbers = file.strip_suffix(".webp")?.rsplitn(3, '-');
    let width = numbers.next()?.parse().ok()?;
    let aspect = numbers.next()?.parse().ok()?;
    let stamp = numbers.next()?.parse().ok()?;
    let id = folder.parse().ok()?;
    Some(KeptPicture {
        key: PictureKey { id, stamp },
        aspect,
        width,
    })
}

#[cfg(test)]
mod tests {
    use object_store::local::LocalFileSystem;

    use super::*;

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(seconds).unwrap()
    }

    fn store(folder: &std::path::Path, instance: &str) -> Store {
        Store::new(
            Arc::new(LocalFileSystem::new_with_prefix(folder).unwrap()),
            instance,
        )
    }

    #[tokio::test]
    async fn a_part_comes_back_as_it_was_kept_and_never_for_another_instance() {
        let folder = tempfile::tempdir().unwrap();
        let ours = store(folder.path(), "https://ours.example");
        assert_eq!(ours.load::<Vec<u8>>(Part::Stock).await.unwrap(), None);
        ours.keep(Part::Stock, at(7), &vec![1, 2]).await.unwrap();
        ours.keep(Part::Stock, at(9), &vec![3]).await.unwrap();
        assert_eq!(
            ours.load(Part::Stock).await.unwrap(),
            Some(Kept {
                taken: at(9),
                records: vec![3_u8]
            })
        );
        let theirs = store(folder.path(), "https://theirs.example");
        assert_eq!(theirs.load::<Vec<u8>>(Part::Stock).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_broken_part_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path(), "x");
        for broken in [
            "",
            "{",
            "[]",
            r#"{"format":999,"instance":"x","taken":1,"records":[]}"#,
        ] {
            store.keep(Part::Prices, at(1), &vec![1]).await.unwrap();
            std::fs::write(folder.path().join("copy/prices.json"), broken).unwrap();
            assert_eq!(
                store.load::<Vec<u8>>(Part::Prices).await.unwrap(),
                None,
                "{broken:?}"
            );
            assert_eq!(
                std::fs::read_to_string(folder.path().join("copy/prices.broken.json")).unwrap(),
                broken
            );
            assert!(!folder.path().join("copy/prices.json").exists());
        }
    }

    #[tokio::test]
    async fn pictures_are_found_again_with_all_that_pages_must_know() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path(), "x");
        let key = PictureKey {
            id: uuid::Uuid::from_u128(7),
            stamp: -5,
        };
        let small = KeptPicture {
            key,
            aspect: 1333,
            width: 160,
        };
        store.keep_picture(small, vec![1]).await.unwrap();
        std::fs::write(folder.path().join("pictures/notes.txt"), "?").unwrap();
        assert_eq!(store.pictures().await.unwrap(), [small]);
        assert_eq!(store.picture(small).await.unwrap().unwrap(), vec![1]);
        assert_eq!(
            store
                .picture(KeptPicture {
                    width: 320,
                    ..small
                })
                .await
                .unwrap(),
            None
        );
    }
}
