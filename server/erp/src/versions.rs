//! Which version the instance is, and what it calls its sets (domain-api.md §12).

use serde::Deserialize;
use time::OffsetDateTime;

use crate::{
    Instance,
    error::{Fault, ReadError},
    odata::names::{Names, Version},
};

#[derive(Deserialize)]
struct VersionRow {
    version: String,
}

#[derive(Deserialize)]
struct Renames {
    value: Vec<RenameRow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RenameRow {
    old_name: String,
    new_name: String,
}

impl Instance {
    /// Asks for the version and the renamed sets, and speaks to the instance accordingly from now on. An instance that tells
    /// neither is taken for a present one. Instances are updated while portals run: ask again now and then.
    pub async fn learn(&self) -> Result<Option<Version>, ReadError> {
        let version = self.told::<VersionRow>("GetVersion").await?;
        let version = version.and_then(|told| told.version.parse().ok());
        let renamed: Vec<(String, String)> = self
            .told::<Renames>("GetRenamedEntityTypes")
            .await?
            .map(|told| told.value)
            .unwrap_or_default()
            .into_iter()
            .map(|row| (row.old_name, row.new_name))
            .collect();
        if self.inner.api.learn(Names::of(version, &renamed)) {
            let told = version.map(|version| version.to_string());
            tracing::info!(version = told, "the instance's version is learnt");
        }
        Ok(version)
    }

    /// What the time is at the instance, as far as its answers tell, and never later than by our clock: a mark for the next
    /// question of what has changed.
    pub fn now_there(&self) -> OffsetDateTime {
        self.inner.api.now_there()
    }

    /// The instance's version, once [`Instance::learn`] was told it.
    pub fn version(&self) -> Option<Version> {
        self.inner.api.names().version()
    }

    /// Whether records tell when they or anything of them last changed (since 26.2, domain-api.md §13).
    pub(crate) fn tells_changes(&self) -> bool {
        self.inner.api.names().at_least(Version::WITH_CHANGES)
    }

    /// What a function without parameters tells; none where the instance does not offer it.
    async fn told<T: serde::de::DeserializeOwned>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, ReadError> {
        match self.inner.api.function(name).await {
            Ok(told) => Ok(serde_json::from_value(told).ok()),
            Err(
                Fault::Missing { .. }
                | Fault::Business { .. }
                | Fault::Status { .. }
                | Fault::Forbidden { .. }
                | Fault::Unreadable { .. },
            ) => Ok(None),
            Err(fault) => Err(fault.into()),
        }
    }
}
