//! A portal of its own for each test: fresh ledger, fresh demo instance, a clock that can be moved.

use std::sync::{Arc, Mutex};

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
use tower::ServiceExt;

use crate::visitor::Visitor;

/// The system's clock, ahead by as much as a test wants. The instance goes by it too.
#[derive(Debug)]
pub(crate) struct MovedClock {
    system: SystemClock,
    ahead: Mutex<std::time::Duration>,
}

impl MovedClock {
    pub(crate) fn advance(&self, by: std::time::Duration) {
        *self.ahead.lock().unwrap() += by;
    }
}

impl demo::Clock for MovedClock {
    fn now(&self) -> OffsetDateTime {
        self.system.now() + *self.ahead.lock().unwrap()
    }
}

impl Clock for MovedClock {
    fn now(&self) -> OffsetDateTime {
        self.system.now() + *self.ahead.lock().unwrap()
    }

    fn elapsed(&self) -> std::time::Duration {
        self.system.elapsed() + *self.ahead.lock().unwrap()
    }

    fn sleep(&self, duration: std::time::Duration) -> BoxFuture<'static, ()> {
        self.system.sleep(duration)
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
        let clock = Arc::new(MovedClock {
            system: SystemClock::new(),
            ahead: Mutex::default(),
        });
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
