//! What the tests share: a demo instance with a client of it, a proxy in front of it that can be told to fail, and a clock that
//! can be moved.

pub(crate) mod clock;

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use demo::{Demo, Options};
use erp::{
    Config, Instance,
    config::{GateLimits, ResponseType, Scope, Seller, SignInRules},
    world::{Clock, Random, SystemClock, SystemRandom},
};

/// A client with the demo's settings, talking to `root`.
pub(crate) fn client(demo: &Demo, root: &str) -> Instance {
    client_at(demo, root, clock())
}

/// The same, by another clock.
pub(crate) fn client_at(demo: &Demo, root: &str, clock: Arc<dyn Clock>) -> Instance {
    Instance::new(config(demo, root), clock, Arc::new(SystemRandom)).unwrap()
}

/// The demo's settings.
pub(crate) fn config(demo: &Demo, root: &str) -> Config {
    let settings = demo.settings();
    Config {
        root: root.parse().unwrap(),
        client_id: demo.client_id().to_owned(),
        client_secret: demo.client_secret().to_owned().into(),
        service_client_id: None,
        response_type: ResponseType::CodeIdToken,
        sign_in: SignInRules::default(),
        scope: Scope::ReadUpdate,
        seller: Seller {
            company: Some(settings.company_code),
            location: Some(settings.location_code),
            document_type: Some(settings.document_type),
            channel: Some(settings.channel),
            warehouse: Some(settings.warehouse),
            order_state: erp::config::OrderState::default(),
        },
        limits: GateLimits::default(),
    }
}

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock::new())
}

/// 32 bytes, base64url.
pub(crate) fn random_text() -> String {
    use base64::Engine;
    let mut bytes = [0; 32];
    SystemRandom.fill(&mut bytes);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) async fn shop() -> (Demo, Instance) {
    let demo = Demo::start(Options {
        portal_origins: vec!["http://localhost:3000".to_owned()],
        ..Options::default()
    })
    .await
    .unwrap();
    let instance = client(&demo, demo.root());
    (demo, instance)
}

/// What the proxy does to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Passes it on.
    Pass,
    /// Passes it on and answers something else.
    LoseAnswer,
    /// Passes it on and never answers.
    KeepAnswer,
    /// Never answers, nor passes it on.
    Swallow,
    /// Answers this instead of passing it on.
    Instead(StatusCode),
    /// The same, with a wish to be asked again after so many seconds.
    Later(StatusCode, u64),
}

type Judge = Box<dyn Fn(&Method, &str, &[u8]) -> Act + Send + Sync>;

/// A proxy in front of a demo instance, as one more origin.
pub(crate) struct Proxy {
    pub(crate) root: String,
    shared: Arc<Shared>,
}

struct Shared {
    target: String,
    root: String,
    http: reqwest::Client,
    judge: Mutex<Judge>,
    seen: Mutex<Vec<String>>,
}

impl Proxy {
    pub(crate) async fn before(demo: &Demo) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let root = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            target: demo.root().to_owned(),
            root: root.clone(),
            http: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .unwrap(),
            judge: Mutex::new(Box::new(|_, _, _| Act::Pass)),
            seen: Mutex::default(),
        });
        let app = Router::new().fallback(pass).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { root, shared }
    }

    /// From now on calls are judged by this.
    pub(crate) fn judge(
        &self,
        judge: impl Fn(&Method, &str, &[u8]) -> Act + Send + Sync + 'static,
    ) {
        *self.shared.judge.lock().unwrap() = Box::new(judge);
    }

    /// Methods and last parts of the paths of all calls to the API so far.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.shared.seen.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, part: &str) -> usize {
        self.seen()
            .iter()
            .filter(|call| call.contains(part))
            .count()
    }
}

async fn pass(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let ends = String::from_utf8_lossy(&body);
    if let Some(call) = uri.path().strip_prefix("/api/domain/odata/") {
        let detail = if call == "EndTransaction" {
            ends.as_ref()
        } else {
            ""
        };
        shared
            .seen
            .lock()
            .unwrap()
            .push(format!("{method} {call}{detail}"));
    }
    let act = (shared.judge.lock().unwrap())(&method, path, &body);
    match act {
        Act::Instead(status) => return status.into_response(),
        Act::Later(status, seconds) => {
            return (status, [("retry-after", seconds.to_string())]).into_response();
        }
        Act::Swallow => return std::future::pending().await,
        Act::Pass | Act::LoseAnswer | Act::KeepAnswer => {}
    }
    let mut request = shared
        .http
        .request(method, format!("{}{path}", shared.target))
        .body(body);
    for name in ["authorization", "content-type", "transactionid", "accept"] {
        if let Some(value) = headers.get(name) {
            request = request.header(name, value);
        }
    }
    let answer = request.send().await;
    let Ok(answer) = answer else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let status = answer.status();
    let kind = answer.headers().get("content-type").cloned();
    let text = answer.text().await.unwrap_or_default();
    if act == Act::KeepAnswer {
        return std::future::pending().await;
    }
    if act == Act::LoseAnswer {
        return (StatusCode::GATEWAY_TIMEOUT, "<html>504</html>").into_response();
    }
    let mut response = (status, text.replace(&shared.target, &shared.root)).into_response();
    if let Some(kind) = kind {
        response.headers_mut().insert("content-type", kind);
    }
    response
}
