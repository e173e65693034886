//! A stand-in ERP.net instance: identity provider, Domain API and a shop worth looking at, on one port.
//!
//! It is written from the documents on ERP.net alone and shares no code with the portal, so that one misreading cannot
//! cancel another. What it imitates, what not, and what is only inferred stands in `docs/demo-instance.md`.
//!
//! ```no_run
//! # async fn example() -> Result<(), demo::StartError> {
//! let demo = demo::Demo::start(demo::Options::default()).await?;
//! demo.allow_portal("http://localhost:3000");
//! println!("{} {} {}", demo.root(), demo.client_id(), demo.client_secret());
//! demo.stop().await;
//! # Ok(())
//! # }
//! ```

mod calls;
mod clock;
mod control;
mod domain;
mod faults;
mod html;
mod identity;
mod instance;
mod levers;
mod orders;
mod pages;
mod pictures;
mod random;
mod seed;
mod wire;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::any;
use axum::{Router, serve};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use calls::Calls;
pub use clock::{Clock, ManualClock, Sleep, SystemClock};
pub use domain::limits::Limits;
pub use domain::version::{NoVersion, Version};
pub use faults::{Does, Fault, FaultId, FaultState, Malformed, Meets};
pub use identity::keys::{KeyError, Rotation};
pub use identity::people::{CustomerAccess, Person, UserType};
pub use identity::registration::Registration;
pub use identity::spoil::{Signing, Spoil, TokenChange};
pub use instance::Answering;
pub use levers::{InFlight, Missing, Seen};
pub use orders::{OrderLineRecord, OrderRecord};
pub use seed::prices::{
    Conditions, DiscountRow, PriceListRow, PriceRow, PriceRows, PriceTypeRow, SegmentRow,
};
pub use seed::{Seed, SeedError, SellerSettings};

use domain::Domain;
use domain::limits::Sessions;
use faults::registry::Faults;
use identity::keys::Keys;
use identity::{Memory, TrustedApplication};
use instance::Instance;
use random::Random;
use wire::{Peer, Wire};

/// How an instance is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Listen on an address that other computers reach. The instance's passwords are public: only in a closed network.
    pub open_to_network: bool,
    /// Origins of portals, e.g. `http://localhost:3000`; `/signin-callback` and `/signout-callback` below them are registered.
    pub portal_origins: Vec<String>,
    /// `ApplicationUri` of the Trusted Application.
    pub client_id: String,
    /// Its secret, in plain text.
    pub client_secret: String,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// What there is at the beginning.
    pub seed: Seed,
    /// So many cheap products besides those of the seed: a large catalogue to measure with.
    pub products: usize,
    /// What a session of the Domain API is granted.
    pub limits: Limits,
    /// The version that is played: names of sets and what there is yet.
    pub version: Version,
    /// Sow sentinels, too: products, people and customers named for the fault they bring up, and rows with odd and hostile
    /// values. Off, so that the shop stays clean.
    pub sentinels: bool,
    /// Tell portals of sign-outs at `/backchannel-logout` below their origins, and announce that. Off, because a real instance has
    /// no field for such an address.
    pub backchannel: bool,
    /// The client id of the service flow where it is another one: old instances want `{client_id}-service`.
    pub service_client_id: Option<String>,
}

impl Default for Options {
    /// A free port of the loopback address, the whole shop, the documented limits, and a secret made fresh at start.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            open_to_network: false,
            portal_origins: Vec::new(),
            client_id: "vitrina-demo".to_owned(),
            // Without randomness the secret stays empty, and `start` says why.
            client_secret: Random::from_system()
                .map(|random| random.lower_hex())
                .unwrap_or_default(),
            clock: Arc::new(SystemClock),
            seed: Seed::default(),
            products: 0,
            limits: Limits::default(),
            version: Version::default(),
            sentinels: false,
            backchannel: false,
            service_client_id: None,
        }
    }
}

/// Why an instance could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is not a loopback address, and `open_to_network` is off.
    #[error("{0} can be reached from other computers; the demo instance's passwords are public")]
    NotLoopback(SocketAddr),
    /// The client secret is empty.
    #[error("the client secret is empty")]
    NoSecret,
    /// The port could not be opened.
    #[error("{address} could not be opened")]
    Listen {
        /// The wanted address.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness: {0}")]
    Random(String),
    /// No key pair for signing.
    #[error("no keys for signing")]
    Keys(#[from] KeyError),
    /// The seed is faulty.
    #[error("the seed is faulty")]
    Seed(#[from] SeedError),
}

/// A running instance. Dropping it closes the port, too, without waiting.
pub struct Demo {
    instance: Arc<Instance>,
    closing: CancellationToken,
    serving: Option<JoinHandle<()>>,
}

impl Demo {
    /// Opens the port and serves until [`Demo::stop`].
    pub async fn start(options: Options) -> Result<Self, StartError> {
        if !options.listen.ip().is_loopback() && !options.open_to_network {
            return Err(StartError::NotLoopback(options.listen));
        }
        if options.client_secret.is_empty() {
            return Err(StartError::NoSecret);
        }
        let fail = |source| StartError::Listen {
            address: options.listen,
            source,
        };
        let listener = TcpListener::bind(options.listen).await.map_err(fail)?;
        let address = listener.local_addr().map_err(fail)?;
        let random =
            Random::from_system().map_err(|error| StartError::Random(error.to_string()))?;
        let keys = Keys::generate(&random)?;
        let now = options.clock.now();
        let database = seed::sow_all(options.seed, options.sentinels, now)?;
        let database = seed::with_many(database, options.products, now)?;
        let mut people = identity::people::everybody();
        let mut standing = Vec::new();
        if options.sentinels {
            people.extend(seed::sentinels::people());
            standing = seed::sentinels::faults();
        }
        let sessions = Sessions::new(options.limits, options.version.at_least(27, 1));
        let service_id = options
            .service_client_id
            .unwrap_or_else(|| options.client_id.clone());
        let instance = Arc::new(Instance {
            root: format!("http://{address}"),
            version: options.version,
            application: TrustedApplication::new(
                options.client_id,
                service_id,
                options.client_secret,
            ),
            clock: options.clock,
            random,
            keys,
            people,
            memory: Mutex::new(Memory::default()),
            domain: Domain::new(database, sessions, options.version),
            seed: options.seed,
            products: options.products,
            sentinels: options.sentinels,
            tells_portals: options.backchannel,
            calls: calls::Counters::default(),
            answering: watch::Sender::new(Answering::Normally),
            faults: Faults::standing(standing),
            lines: Arc::default(),
        });
        for origin in &options.portal_origins {
            instance.application.allow(origin);
        }
        instance.sow_history();
        let app = Router::new()
            .merge(pages::routes())
            .merge(control::routes())
            .merge(identity::routes())
            .route(domain::api::ROOT, any(domain::api::answer))
            .route(
                &format!("{}{{*path}}", domain::api::ROOT),
                any(domain::api::answer),
            )
            .layer(from_fn_with_state(
                Arc::clone(&instance),
                faults::layer::around,
            ))
            .layer(DefaultBodyLimit::max(4 << 20))
            .with_state(Arc::clone(&instance))
            .into_make_service_with_connect_info::<Peer>();
        let listener = Wire {
            listener,
            lines: Arc::clone(&instance.lines),
        };
        let closing = CancellationToken::new();
        let closed = closing.clone().cancelled_owned();
        let serving = tokio::spawn(async move {
            if let Err(error) = serve(listener, app).with_graceful_shutdown(closed).await {
                tracing::error!(%error, "the demo instance stopped serving");
            }
        });
        Ok(Self {
            instance,
            closing,
            serving: Some(serving),
        })
    }

    /// `http://127.0.0.1:PORT` without a slash at the end. The issuer is `{root}/id`, the API `{root}/api/domain/odata/`.
    pub fn root(&self) -> &str {
        &self.instance.root
    }

    /// `client_id` of the Trusted Application.
    pub fn client_id(&self) -> &str {
        &self.instance.application.id
    }

    /// Secret of the Trusted Application, in plain text.
    pub fn client_secret(&self) -> &str {
        &self.instance.application.secret
    }

    /// Registers the callbacks of a portal that found its port only after this instance was started.
    pub fn allow_portal(&self, origin: &str) {
        self.instance.application.allow(origin);
    }

    /// What was counted of calls to the Domain API and the token endpoint.
    pub fn calls(&self) -> Calls {
        self.instance.counted()
    }

    /// The sales orders that were committed since start; those of the seed are not among them.
    pub fn orders(&self) -> Vec<OrderRecord> {
        orders::arrived(&self.instance.domain.data().database)
    }

    /// Everybody who can sign in, with passwords.
    pub fn people(&self) -> Vec<Person> {
        self.instance.people.clone()
    }

    /// Codes and ids a portal is configured with.
    pub fn settings(&self) -> SellerSettings {
        seed::settings()
    }

    /// Closes the port. Calls that are held back are let go with 503; the others are finished, faults or not.
    pub async fn stop(mut self) {
        self.instance.faults.clear_all();
        self.instance.answering.send_replace(Answering::Unavailable);
        self.closing.cancel();
        if let Some(serving) = self.serving.take()
            && serving.await.is_err()
        {
            tracing::error!("the demo instance did not stop cleanly");
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}
