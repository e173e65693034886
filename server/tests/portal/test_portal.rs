//! A portal of its own for each test: fresh ledger, fresh demo instance, a clock that can be moved.

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Body};
use erp::world::{Clock, SystemClock, SystemRandom};
use futures::future::BoxFuture;
use http::{Request, Response};
use leptos::config::LeptosOptions;
use server::{
    portal::{Portal, World},
    routes,
    settings::{Input, Settings},
};
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::sync::watch;
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
    fn new() -> Self {
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
    router: Router,
    _folder: TempDir,
}

impl TestPortal {
    /// At `http://localhost:3000`.
    pub(crate) async fn start() -> Self {
        Self::at("http://localhost:3000").await
    }

    /// At another origin.
    pub(crate) async fn at(origin: &str) -> Self {
        Self::with(origin, None, |_| {}).await
    }

    /// With an instance of another kind.
    pub(crate) async fn with_demo(change: impl FnOnce(&mut demo::Options)) -> Self {
        Self::with("http://localhost:3000", None, change).await
    }

    /// With an instance that does not answer.
    pub(crate) async fn without_instance() -> Self {
        Self::with("http://localhost:3000", Some("http://127.0.0.1:1"), |_| {}).await
    }

    async fn with(
        origin: &str,
        instance: Option<&str>,
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
        let settings = Settings::read(&Input::new([
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
        ]))
        .unwrap();
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
            router: routes::router(&portal),
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
        self.router.clone().oneshot(request).await.unwrap()
    }
}
