//! A portal of its own for each test: fresh ledger, fresh demo instance, a clock that can be moved.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body};
use erp::world::{Clock, SystemClock, SystemRandom};
use futures::future::BoxFuture;
use http::{Request, Response};
use leptos::config::LeptosOptions;
use server::{
    ending::Running,
    portal::{Portal, World},
    routes, serve,
    settings::{Input, Settings},
};
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::visitor::Visitor;

/// The system's clock, ahead by as much as a test wants; whoever sleeps wakes when it is moved past the end of the sleep. The
/// instance goes by it too.
#[derive(Debug)]
pub(crate) struct MovedClock {
    system: SystemClock,
    ahead: watch::Sender<Duration>,
}

impl MovedClock {
    pub(crate) fn new() -> Self {
        Self {
            system: SystemClock::new(),
            ahead: watch::Sender::new(Duration::ZERO),
        }
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.ahead.send_modify(|ahead| *ahead += by);
    }

    /// Does the work; time passes ten times as fast meanwhile. For what waits for an instance that keeps it waiting.
    pub(crate) async fn hurry<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = tokio::time::sleep(Duration::from_millis(50)) => {
                    self.advance(Duration::from_millis(450));
                }
            }
        }
    }

    fn rest(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let until = Clock::elapsed(self) + duration;
        let (system, mut ahead) = (self.system, self.ahead.subscribe());
        Box::pin(async move {
            loop {
                let now = Clock::elapsed(&system) + *ahead.borrow_and_update();
                tokio::select! {
                    () = tokio::time::sleep(until.saturating_sub(now)) => return,
                    Ok(()) = ahead.changed() => {}
                }
            }
        })
    }
}

impl demo::Clock for MovedClock {
    fn now(&self) -> OffsetDateTime {
        Clock::now(self)
    }

    fn sleep(&self, duration: Duration) -> demo::Sleep {
        self.rest(duration)
    }
}

impl Clock for MovedClock {
    fn now(&self) -> OffsetDateTime {
        self.system.now() + *self.ahead.borrow()
    }

    fn elapsed(&self) -> Duration {
        self.system.elapsed() + *self.ahead.borrow()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.rest(duration)
    }
}

pub(crate) struct TestPortal {
    pub(crate) demo: demo::Demo,
    pub(crate) portal: Arc<Portal>,
    pub(crate) clock: Arc<MovedClock>,
    /// One for each portal of the fleet; most tests have one portal.
    routers: Vec<Router>,
    turn: AtomicUsize,
    _folder: TempDir,
}

impl TestPortal {
    /// At `http://localhost:3000`.
    pub(crate) async fn start() -> Self {
        Self::at("http://localhost:3000").await
    }

    /// At another origin.
    pub(crate) async fn at(origin: &str) -> Self {
        Self::with(origin, None, &[], |_| {}).await
    }

    /// At another origin, and with other settings.
    pub(crate) async fn set(origin: &str, settings: &[(&str, &str)]) -> Self {
        Self::with(origin, None, settings, |_| {}).await
    }

    /// With an instance of another kind.
    pub(crate) async fn with_demo(change: impl FnOnce(&mut demo::Options)) -> Self {
        Self::with("http://localhost:3000", None, &[], change).await
    }

    /// With an instance that does not answer.
    pub(crate) async fn without_instance() -> Self {
        Self::with(
            "http://localhost:3000",
            Some("http://127.0.0.1:1"),
            &[],
            |_| {},
        )
        .await
    }

    async fn with(
        origin: &str,
        instance: Option<&str>,
        more: &[(&str, &str)],
        change: impl FnOnce(&mut demo::Options),
    ) -> Self {
        let clock = Arc::new(MovedClock::new());
        let mut options = demo::Options {
            clock: Arc::clone(&clock) as Arc<dyn demo::Clock>,
            ..demo::Options::default()
        };
        change(&mut options);
        let demo = demo::Demo::start(options).await.unwrap();
        demo.allow_portal(origin);
        let folder = TempDir::new().unwrap();
        let known = demo.settings();
        let data = folder.path().to_string_lossy().into_owned();
        let mut given = vec![
            ("VITRINA_INSTANCE", instance.unwrap_or(demo.root())),
            ("VITRINA_CLIENT_ID", demo.client_id()),
            ("VITRINA_CLIENT_SECRET", demo.client_secret()),
            ("VITRINA_COMPANY", &known.company_code),
            ("VITRINA_LOCATION", &known.location_code),
            ("VITRINA_DOCUMENT_TYPE", &known.document_type),
            ("VITRINA_CHANNEL", &known.channel),
            ("VITRINA_WAREHOUSE", &known.warehouse),
            ("VITRINA_ORIGIN", origin),
            ("VITRINA_DATA", &data),
        ];
        given.extend(more);
        let settings = Settings::read(&Input::new(given)).unwrap();
        let world = World {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            random: Arc::new(SystemRandom),
        };
        let config = settings.config().unwrap();
        let leptos = LeptosOptions::builder()
            .output_name("vitrina")
            .site_root(data.as_str())
            .build();
        let portal = Portal::new(settings, config, leptos, world).unwrap();
        portal.ledger.migrate().await.unwrap();
        Self {
            routers: vec![routes::router(&portal)],
            turn: AtomicUsize::new(0),
            portal,
            clock,
            demo,
            _folder: folder,
        }
    }

    /// Somebody with a browser of their own.
    pub(crate) fn visitor(&self) -> Visitor<'_> {
        Visitor::new(self)
    }

    pub(crate) fn origin(&self) -> &str {
        self.portal.settings.origin.as_str()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Response<Body> {
        let turn = self.turn.load(Ordering::Relaxed);
        self.routers[turn].clone().oneshot(request).await.unwrap()
    }

    /// One more portal over the same ledger, with the same settings.
    fn another(&self) -> Arc<Portal> {
        let settings = self.portal.settings.clone();
        let config = settings.config().unwrap();
        let leptos = self.portal.leptos.clone();
        Portal::new(settings, config, leptos, self.portal.world.clone()).unwrap()
    }

    /// Adds a portal to the fleet.
    pub(crate) fn with_another(mut self) -> Self {
        let portal = self.another();
        self.routers.push(routes::router(&portal));
        self
    }

    /// From now on this portal of the fleet answers.
    pub(crate) fn turn_to(&self, portal: usize) {
        assert!(portal < self.routers.len());
        self.turn.store(portal, Ordering::Relaxed);
    }

    /// A portal takes the place of the one that ended.
    pub(crate) async fn restart(&mut self) {
        self.portal = self.another();
        self.portal.mirror.pull().await.unwrap();
        self.routers = vec![routes::router(&self.portal)];
        self.turn_to(0);
    }

    /// Takes connections.
    pub(crate) async fn serve(&self, patience: serve::Patience) -> (SocketAddr, Running) {
        let listeners = serve::listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listeners[0].local_addr().unwrap();
        let stop = CancellationToken::new();
        let router = self.routers[0].clone();
        let proxies = self.portal.settings.proxies.clone();
        let serving = serve::serve(listeners, router, patience, proxies, stop.clone());
        let running = Running {
            serving: tokio::spawn(serving),
            tasks: TaskTracker::new(),
            stop,
        };
        (address, running)
    }
}
