//! The running instance: everything its pages and endpoints share.

use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use crate::calls::Counters;
use crate::clock::Clock;
use crate::domain::Domain;
use crate::domain::version::Version;
use crate::faults::registry::Faults;
use crate::identity::keys::Keys;
use crate::identity::people::Person;
use crate::identity::{Memory, TrustedApplication};
use crate::random::Random;
use crate::wire::Lines;

/// Whether Domain API calls get an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answering {
    /// They do.
    Normally,
    /// They wait until the instance answers again.
    Paused,
    /// They get 503, as while a site is restarting.
    Unavailable,
}

/// Shared by all requests.
pub(crate) struct Instance {
    /// `http://address:port`, no slash at the end.
    pub(crate) root: String,
    pub(crate) version: Version,
    pub(crate) application: TrustedApplication,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Random,
    pub(crate) keys: Keys,
    pub(crate) people: Vec<Person>,
    pub(crate) memory: Mutex<Memory>,
    pub(crate) domain: Domain,
    pub(crate) seed: crate::seed::Seed,
    pub(crate) products: usize,
    pub(crate) sentinels: bool,
    /// Whether portals are told of sign-outs.
    pub(crate) tells_portals: bool,
    pub(crate) calls: Counters,
    pub(crate) answering: watch::Sender<Answering>,
    pub(crate) faults: Faults,
    pub(crate) lines: Arc<Lines>,
}

impl Instance {
    /// Service root of the Domain API, with a slash at the end.
    pub(crate) fn api_root(&self) -> String {
        format!("{}{}", self.root, crate::domain::api::ROOT)
    }
}
