//! An ill instance: a stand-in that misbehaves in one way at a time (security.md §14, "evil or ill Domain API").
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "faults/orders.rs"]
mod orders;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    body::Body,
    extract::State,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use erp::{
    Config, Instance, ReadError,
    config::{GateLimits, ResponseType, Scope, Seller, SignInRules},
    error::Fault,
    world::{Clock, SystemClock, SystemRandom},
};
use futures::future::BoxFuture;
use serde_json::json;

/// Answers the n-th call to the API, given the stand-in's own root.
type Answer = Box<dyn Fn(usize, &Uri, &str) -> Response + Send + Sync>;

struct Ill {
    root: String,
    shared: Arc<Shared>,
}

struct Shared {
    root: String,
    calls: AtomicUsize,
    tokens: AtomicUsize,
    token: Mutex<Box<dyn Fn() -> Response + Send + Sync>>,
    answer: Mutex<Answer>,
}

impl Ill {
    /// A stand-in whose API answers so; everything around it is sound.
    async fn answering(
        answer: impl Fn(usize, &Uri, &str) -> Response + Send + Sync + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let root = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            root: root.clone(),
            calls: AtomicUsize::new(0),
            tokens: AtomicUsize::new(0),
            token: Mutex::new(Box::new(|| {
                Json(json!({"access_token": "t", "expires_in": 3600, "token_type": "Bearer", "scope": "read"}))
                    .into_response()
            })),
            answer: Mutex::new(Box::new(answer)),
        });
        let app = Router::new()
            .route("/id/.well-known/openid-configuration", get(discovery))
            .route("/id/connect/token", post(token))
            .route("/api/domain/odata/{*path}", any(api))
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { root, shared }
    }

    fn client(&self) -> Instance {
        self.client_at(Arc::new(SystemClock::new()))
    }

    fn client_at(&self, clock: Arc<dyn Clock>) -> Instance {
        let config = Config {
            root: self.root.parse().unwrap(),
            client_id: "shop".to_owned(),
            client_secret: "hush".to_owned().into(),
            service_client_id: None,
            response_type: ResponseType::Code,
            sign_in: SignInRules::default(),
            scope: Scope::Read,
            seller: Seller::default(),
            limits: GateLimits::default(),
        };
        Instance::new(config, clock, Arc::new(SystemRandom)).unwrap()
    }

    fn calls(&self) -> usize {
        self.shared.calls.load(Ordering::SeqCst)
    }

    fn tokens(&self) -> usize {
        self.shared.tokens.load(Ordering::SeqCst)
    }
}

async fn discovery(State(shared): State<Arc<Shared>>) -> Response {
    let issuer = format!("{}/id", shared.root);
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/connect/authorize"),
        "token_endpoint": format!("{issuer}/connect/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
    .into_response()
}

async fn token(State(shared): State<Arc<Shared>>) -> Response {
    shared.tokens.fetch_add(1, Ordering::SeqCst);
    let answer = shared.token.lock().unwrap();
    answer()
}

async fn api(State(shared): State<Arc<Shared>>, uri: Uri) -> Response {
    let call = shared.calls.fetch_add(1, Ordering::SeqCst);
    (shared.answer.lock().unwrap())(call, &uri, &shared.root)
}

fn no_rows() -> Response {
    Json(json!({"value": []})).into_response()
}

async fn kind(instance: &Instance) -> Result<usize, &'static str> {
    match instance.price_lists().await {
        Ok(pull) => Ok(pull.rows.len()),
        Err(error) => Err(error.kind()),
    }
}

/// Test 28 of the forty.
#[tokio::test]
async fn t4_a_401_is_answered_with_one_new_token_and_one_repeat() {
    let ill = Ill::answering(|call, _, _| match call {
        0 => StatusCode::UNAUTHORIZED.into_response(),
        _ => no_rows(),
    })
    .await;
    assert_eq!(kind(&ill.client()).await, Ok(0));
    assert_eq!((ill.calls(), ill.tokens()), (2, 2));
}

/// Test 28 of the forty.
#[tokio::test]
async fn t4_a_401_for_ever_is_a_fault_and_no_loop() {
    let ill = Ill::answering(|_, _, _| StatusCode::UNAUTHORIZED.into_response()).await;
    assert_eq!(kind(&ill.client()).await, Err("unauthorized"));
    assert_eq!((ill.calls(), ill.tokens()), (2, 2));
}

/// A clock that is set by hand; its sleepers wait for real.
#[derive(Default)]
struct Set(Mutex<Duration>);

impl Clock for Set {
    fn now(&self) -> time::OffsetDateTime {
        time::OffsetDateTime::UNIX_EPOCH + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

#[tokio::test]
async fn t2_a_token_is_renewed_before_its_end_while_the_old_one_serves_on() {
    let ill = Ill::answering(|_, _, _| no_rows()).await;
    let clock = Arc::new(Set::default());
    let instance = ill.client_at(clock.clone());
    assert_eq!(kind(&instance).await, Ok(0));
    *clock.0.lock().unwrap() = Duration::from_mins(40);
    assert_eq!(kind(&instance).await, Ok(0));
    assert_eq!(ill.tokens(), 1, "two thirds of its life are not yet time");

    // Past 80 %: the provider refuses now, and the old token serves on all the same.
    *ill.shared.token.lock().unwrap() = Box::new(|| StatusCode::BAD_GATEWAY.into_response());
    *clock.0.lock().unwrap() = Duration::from_mins(50);
    while ill.tokens() < 2 {
        assert_eq!(kind(&instance).await, Ok(0));
    }
    // Past its end it does not.
    *clock.0.lock().unwrap() = Duration::from_hours(1);
    assert_eq!(kind(&instance).await, Err("token"));
}

#[tokio::test]
async fn t5_a_refused_application_is_not_asked_again_at_once() {
    let ill = Ill::answering(|_, _, _| no_rows()).await;
    *ill.shared.token.lock().unwrap() = Box::new(|| {
        (
            StatusCode::BAD_REQUEST,
            Json(json!({"error": "invalid_client", "error_description": "hush"})),
        )
            .into_response()
    });
    let instance = ill.client();
    for _ in 0..5 {
        let error = instance.price_lists().await.unwrap_err();
        assert_eq!(error.kind(), "token");
        let told = format!("{error} {error:?}");
        assert!(
            told.contains("invalid_client") && !told.contains("hush"),
            "{told}"
        );
    }
    assert_eq!((ill.calls(), ill.tokens()), (0, 1));
}

/// Test 14 of the forty.
#[tokio::test]
async fn d1_redirects_are_not_followed_and_the_token_goes_nowhere_else() {
    let trap = Ill::answering(|_, _, _| no_rows()).await;
    let elsewhere = format!("{}/api/domain/odata/Crm_Pricing_PriceLists", trap.root);
    let ill = Ill::answering(move |_, _, _| {
        (
            StatusCode::TEMPORARY_REDIRECT,
            [(header::LOCATION, elsewhere.clone())],
        )
            .into_response()
    })
    .await;
    assert_eq!(kind(&ill.client()).await, Err("status"));
    assert_eq!(trap.calls(), 0);

    let target = format!("{}/id/connect/token", trap.root);
    *ill.shared.token.lock().unwrap() = Box::new(move || {
        (
            StatusCode::TEMPORARY_REDIRECT,
            [(header::LOCATION, target.clone())],
        )
            .into_response()
    });
    assert_eq!(kind(&ill.client()).await, Err("token"));
    assert_eq!(
        trap.tokens(),
        0,
        "the secret is not repeated to another host"
    );
}

/// Test 13 of the forty, the API's part.
#[tokio::test]
async fn d3_bodies_stop_at_the_limit_after_decompression() {
    let endless = Ill::answering(|_, _, _| {
        let chunk = bytes::Bytes::from(vec![b' '; 1 << 20]);
        let chunks =
            futures::stream::iter((0..512).map(move |_| Ok::<_, std::io::Error>(chunk.clone())));
        Body::from_stream(chunks).into_response()
    })
    .await;
    assert_eq!(kind(&endless.client()).await, Err("too_large"));

    // Sixteen megabytes of blanks in sixteen kilobytes.
    let bomb = include_bytes!("blanks.gz");
    assert!(bomb.len() < 32 * 1024);
    let ill = Ill::answering(move |_, _, _| {
        ([(header::CONTENT_ENCODING, "gzip")], bomb.as_slice()).into_response()
    })
    .await;
    assert_eq!(kind(&ill.client()).await, Err("too_large"));
}

#[tokio::test]
async fn what_is_no_list_is_a_fault_of_its_own_kind() {
    for (body, kind_of_fault) in [
        ("<html>", "garbled"),
        ("", "garbled"),
        ("{}", "unreadable"),
        ("{\"value\": 7}", "unreadable"),
        ("{\"value\": [", "garbled"),
        ("\u{feff}[]", "garbled"),
    ] {
        let ill = Ill::answering(move |_, _, _| body.into_response()).await;
        assert_eq!(kind(&ill.client()).await, Err(kind_of_fault), "{body}");
    }
    let deep = "[".repeat(100_000);
    let ill = Ill::answering(move |_, _, _| deep.clone().into_response()).await;
    assert_eq!(kind(&ill.client()).await, Err("garbled"));
    let page =
        Ill::answering(|_, _, _| axum::response::Html("{\"value\": []}").into_response()).await;
    assert_eq!(
        kind(&page.client()).await,
        Err("garbled"),
        "a page for people is no answer, whatever is in it"
    );
}

#[tokio::test]
async fn d5_only_what_is_safe_is_repeated() {
    for (status, calls, fault) in [
        (StatusCode::BAD_GATEWAY, 3, "status"),
        (StatusCode::SERVICE_UNAVAILABLE, 3, "unavailable"),
        (StatusCode::TOO_MANY_REQUESTS, 3, "too_many"),
        (StatusCode::INTERNAL_SERVER_ERROR, 1, "status"),
        (StatusCode::FORBIDDEN, 1, "forbidden"),
        (StatusCode::NOT_FOUND, 1, "missing"),
    ] {
        let ill = Ill::answering(move |_, _, _| status.into_response()).await;
        assert_eq!(kind(&ill.client()).await, Err(fault));
        assert_eq!(ill.calls(), calls, "{status}");
    }
    let business = Ill::answering(|_, _, _| {
        let error = json!({"error": {"message": "Operator 'Or' is not supported.", "code": 0, "type": "NotSupportedException", "info": "at Secret.Trace()"}});
        (StatusCode::INTERNAL_SERVER_ERROR, Json(error)).into_response()
    })
    .await;
    let error = business.client().price_lists().await.unwrap_err();
    assert!(
        matches!(&error, ReadError::Fault(Fault::Business { business, .. }) if business.code == Some(0))
    );
    let told = format!("{error} {error:?}");
    assert!(
        !told.contains("Secret") && !told.contains("Operator"),
        "{told}"
    );
    assert_eq!(business.calls(), 1);
}

#[tokio::test]
async fn d5_a_short_retry_after_is_obeyed_and_a_long_one_is_an_answer() {
    let ill = Ill::answering(|call, _, _| match call {
        0 => (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, "1")],
        )
            .into_response(),
        _ => no_rows(),
    })
    .await;
    let started = std::time::Instant::now();
    assert_eq!(kind(&ill.client()).await, Ok(0));
    assert!(started.elapsed() >= Duration::from_secs(1));

    let ill = Ill::answering(|_, _, _| {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, "3600")],
        )
            .into_response()
    })
    .await;
    assert_eq!(kind(&ill.client()).await, Err("unavailable"));
    assert_eq!(ill.calls(), 1);
}

#[tokio::test]
async fn d6_an_instance_that_keeps_failing_is_left_alone_for_a_while() {
    let ill = Ill::answering(|_, _, _| StatusCode::BAD_GATEWAY.into_response()).await;
    let instance = ill.client();
    let mut kinds = Vec::new();
    for _ in 0..4 {
        kinds.push(kind(&instance).await);
    }
    assert_eq!(kinds.last(), Some(&Err("resting")));
    assert_eq!(ill.calls(), 5);
}

#[tokio::test]
async fn d4_pages_are_followed_by_their_links_and_not_led_astray() {
    let row = |n: usize| json!({"@odata.id": format!("Crm_Pricing_PriceLists({})", uuid::Uuid::from_u128(n as u128))});
    let page = move |n: usize, next: &str| {
        Json(json!({"value": [row(n)], "@odata.nextLink": next})).into_response()
    };
    let set = "Crm_Pricing_PriceLists";

    let sound = Ill::answering(move |call, _, root| match call {
        0 => page(
            0,
            &format!("{root}/api/domain/odata/{set}?$top=1&$skiptoken=a"),
        ),
        1 => page(1, &format!("{set}?$skiptoken=b")),
        _ => Json(json!({"value": [row(2)]})).into_response(),
    })
    .await;
    assert_eq!(kind(&sound.client()).await, Ok(3));

    let itself = Ill::answering(move |_, uri, _| page(0, &uri.to_string())).await;
    assert_eq!(kind(&itself.client()).await, Err("unreadable"));
    assert_eq!(itself.calls(), 1);

    let endless =
        Ill::answering(move |call, _, _| page(call, &format!("{set}?$skiptoken={call}"))).await;
    assert_eq!(kind(&endless.client()).await, Err("unreadable"));
    assert_eq!(endless.calls(), 50);

    let trap = Ill::answering(|_, _, _| no_rows()).await;
    let there = format!("{}/api/domain/odata/{set}?$skip=1", trap.root);
    for astray in [
        there.as_str(),
        "Crm_Sales_Customers?$skip=1",
        "https://[",
        "file:///etc/passwd?x",
    ] {
        let astray = astray.to_owned();
        let ill = Ill::answering(move |_, _, _| page(0, &astray)).await;
        assert_eq!(kind(&ill.client()).await, Err("unreadable"));
        assert_eq!(ill.calls(), 1);
    }
    assert_eq!(trap.calls(), 0);
}

#[tokio::test]
async fn servers_without_links_are_paged_by_skip() {
    let ill = Ill::answering(|_, uri, _| {
        let skip = uri.query().unwrap().contains("skip=");
        let count = if skip { 3 } else { 1000 };
        let rows: Vec<_> = (0..count)
            .map(|n| json!({"@odata.id": format!("X({})", uuid::Uuid::from_u128(n + if skip { 5000 } else { 0 }))}))
            .collect();
        Json(json!({"value": rows})).into_response()
    })
    .await;
    assert_eq!(kind(&ill.client()).await, Ok(1003));
    assert_eq!(ill.calls(), 2);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_asked_for_again_and_then_a_fault() {
    let ill = Ill::answering(|_, _, _| {
        let chunks = futures::stream::iter([
            Ok(bytes::Bytes::from_static(b"{\"value\": [")),
            Err(std::io::Error::other("gone")),
        ]);
        Body::from_stream(chunks).into_response()
    })
    .await;
    assert_eq!(kind(&ill.client()).await, Err("cut"));
    assert_eq!(ill.calls(), 3);
}
