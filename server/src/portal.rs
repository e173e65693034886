//! The assembled application as a value. `main` makes one from the settings, tests make one against the demo instance.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use erp::{
    Instance,
    config::{Config, ConfigError},
    world::{Clock, Random, SystemClock, SystemRandom},
};
use leptos::config::LeptosOptions;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    account::Accesses,
    ledger::{Ledger, LedgerError},
    mirror::{Mirror, MirrorSettings, Rounds},
    rates::Rates,
    settings::Settings,
};

/// How often what is over is deleted from the ledger.
const CLEANING: std::time::Duration = std::time::Duration::from_mins(15);

/// Time and randomness.
#[derive(Clone)]
pub struct World {
    /// What the time is.
    pub clock: Arc<dyn Clock>,
    /// Where unguessable bytes come from.
    pub random: Arc<dyn Random>,
}

impl World {
    /// The system's.
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock::new()),
            random: Arc::new(SystemRandom),
        }
    }
}

/// Why a portal cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    /// The instance's settings do not fit together.
    #[error(transparent)]
    Instance(#[from] ConfigError),
    /// The ledger cannot be opened.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The data folder cannot be made.
    #[error("the data folder {folder} cannot be made: {error}")]
    Folder {
        /// The folder.
        folder: std::path::PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The copy of the catalogue has no place.
    #[error("the copy of the catalogue cannot be kept: {0}")]
    Store(#[from] object_store::Error),
}

/// The shop.
pub struct Portal {
    /// What the operator said.
    pub settings: Settings,
    /// What Leptos was told.
    pub leptos: LeptosOptions,
    /// Time and randomness.
    pub world: World,
    /// What must not be lost.
    pub ledger: Ledger,
    /// The ERP.net instance.
    pub instance: Arc<Instance>,
    /// Who may act for whom.
    pub access: Accesses,
    /// Our copy of the catalogue.
    pub mirror: Arc<Mirror>,
    /// Quotes, and orders on their way.
    pub ordering: Arc<crate::ordering::Ordering>,
    /// How often one source or person may do what costs.
    pub rates: Rates,
    /// Whether it is about to end: no longer ready for new visitors (M6).
    pub leaving: AtomicBool,
}

impl Portal {
    /// The shop on this instance. Nothing is asked of the instance or the ledger yet: both may be away (S9, M7).
    pub fn new(
        settings: Settings,
        config: Config,
        leptos: LeptosOptions,
        world: World,
    ) -> Result<Arc<Self>, PortalError> {
        // Leptos spawns on the run time it is told of; a second portal in one process finds that settled.
        let _settled = any_spawner::Executor::init_tokio();
        std::fs::create_dir_all(&settings.data).map_err(|error| PortalError::Folder {
            folder: settings.data.clone(),
            error,
        })?;
        let ledger = Ledger::new(&settings.ledger)?.with_guest_life(settings.lives.guest);
        let rates = Rates::new(settings.sign_ins_a_minute, &world.clock);
        let instance = Arc::new(Instance::new(
            config,
            Arc::clone(&world.clock),
            Arc::clone(&world.random),
        )?);
        let access = Accesses::new(Arc::clone(&instance), Arc::clone(&world.clock));
        let objects = object_store::local::LocalFileSystem::new_with_prefix(&settings.data)?;
        let mirror = Arc::new(Mirror::new(
            Arc::clone(&instance),
            instance.name(),
            Arc::clone(&world.clock),
            Arc::new(objects),
            MirrorSettings {
                languages: settings.languages.clone(),
                stale_after: settings.stale_after,
                rounds: Rounds::with_prices_within(settings.prices_within),
            },
        ));
        let ordering = Arc::new(crate::ordering::Ordering::new(
            Arc::clone(&instance),
            ledger.clone(),
            Arc::clone(&world.clock),
        ));
        Ok(Arc::new(Self {
            settings,
            leptos,
            world,
            ledger,
            instance,
            access,
            mirror,
            ordering,
            rates,
            leaving: AtomicBool::new(false),
        }))
    }

    /// Starts what runs beside the requests; it stops when the token is cancelled, and `tasks` tells when it has.
    pub fn start(self: &Arc<Self>, tasks: &TaskTracker, stop: &CancellationToken) {
        let portal = Arc::clone(self);
        tasks.spawn(stop.clone().run_until_cancelled_owned(async move {
            loop {
                let now = portal.world.clock.now();
                if let Err(error) = portal.ledger.delete_expired(now).await {
                    tracing::warn!(%error, "what is over cannot be deleted");
                }
                portal.rates.forget();
                portal.world.clock.sleep(CLEANING).await;
            }
        }));
        tasks.spawn(
            stop.clone()
                .run_until_cancelled_owned(Arc::clone(&self.mirror).run()),
        );
        tasks.spawn(
            stop.clone()
                .run_until_cancelled_owned(Arc::clone(&self.ordering).run()),
        );
        let portal = Arc::clone(self);
        tasks.spawn(stop.clone().run_until_cancelled_owned(async move {
            // The first visitor who signs in should not wait for the discovery document; a failure is told when it matters.
            if let Err(error) = portal.instance.identity().ready().await {
                tracing::warn!(%error, "sign-in is not available yet");
            }
        }));
    }

    /// Ready for visitors no longer (M6).
    pub fn leave(&self) {
        self.leaving.store(true, Ordering::Relaxed);
    }
}
