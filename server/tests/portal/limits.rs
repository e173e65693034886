//! Hosts, headers, limits, failures.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::body::Body;
use futures::{FutureExt, future::BoxFuture};
use http::{
    StatusCode,
    header::{CONTENT_TYPE, HOST},
};

use sqlx::Connection;

use crate::{mirror::filled, test_portal::TestPortal};

#[tokio::test]
async fn only_the_shops_own_host_is_answered() {
    let shop = TestPortal::at("https://shop.example").await;
    for (host, status) in [
        ("shop.example", StatusCode::FOUND),
        ("SHOP.example", StatusCode::FOUND),
        ("evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("shop.example:8443", StatusCode::MISDIRECTED_REQUEST),
        ("shop.example.evil.example", StatusCode::MISDIRECTED_REQUEST),
    ] {
        let request = http::Request::get("/")
            .header(HOST, host)
            .body(Body::empty())
            .unwrap();
        assert_eq!(shop.send(request).await.status(), status, "{host}");
    }
    let probe = http::Request::get("/health/ready")
        .header(HOST, "10.0.0.7:8080")
        .body(Body::empty())
        .unwrap();
    assert_eq!(shop.send(probe).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn another_name_of_a_developers_machine_leads_to_the_right_one() {
    let shop = TestPortal::start().await;
    let request = http::Request::get("/en?a=b")
        .header(HOST, "127.0.0.1:3000")
        .body(Body::empty())
        .unwrap();
    let answer = crate::visitor::read(shop.send(request).await).await;
    assert_eq!(answer.header("location"), "http://localhost:3000/en?a=b");
}

#[tokio::test]
async fn the_first_page_is_in_the_browsers_language() {
    let shop = TestPortal::start().await;
    let visitor = shop.visitor();
    for (wishes, to) in [("bg-BG,en;q=0.5", "/bg"), ("de", "/en")] {
        let request = visitor
            .request("GET", "/")
            .header("accept-language", wishes)
            .body(Body::empty())
            .unwrap();
        let answer = visitor.send(request).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::FOUND, to)
        );
        assert!(answer.header("vary").contains("Accept-Language"));
    }
}

#[tokio::test]
async fn a_body_may_have_64_kib_and_no_more() {
    let shop = TestPortal::start().await;
    let visitor = shop.visitor();
    let post = |size: usize| {
        visitor
            .request("POST", "/sign-in")
            .header("sec-fetch-site", "same-origin")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from("x".repeat(size)))
            .unwrap()
    };
    assert_eq!(
        visitor.send(post(64 * 1024)).await.status,
        StatusCode::SEE_OTHER
    );
    let answer = visitor.send(post(64 * 1024 + 1)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.body.contains("<h1"), "a page for people");
    assert!(
        answer.body.contains(answer.header("x-request-id")),
        "with its reference"
    );
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let shop = TestPortal::at("https://shop.example").await;
    let visitor = shop.visitor();
    for path in [
        "/en",
        "/",
        "/en/nowhere",
        "/health/live",
        "/signout-callback",
        "/pkg/nothing.js",
        "/signin-callback",
    ] {
        let answer = visitor.get(path).await;
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            &format!("form-action 'self' {}", shop.demo.root()),
            "'wasm-unsafe-eval'",
        ] {
            assert!(policy.contains(part), "{path}: {part} in {policy}");
        }
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("ws:"),
            "{policy}"
        );
        for (name, value) in [
            ("strict-transport-security", "max-age=31536000"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        assert!(
            !answer.header("permissions-policy").is_empty()
                && !answer.header("cache-control").is_empty()
        );
    }
}

#[tokio::test]
async fn the_policys_nonce_is_the_pages_and_new_each_time() {
    let shop = TestPortal::start().await;
    let visitor = shop.visitor();
    let mut seen = Vec::new();
    for _ in 0..2 {
        let answer = visitor.get("/en/signed-out").await;
        let policy = answer.header("content-security-policy").to_owned();
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap()
            .to_owned();
        assert!(
            answer.body.contains(&format!("nonce=\"{nonce}\"")),
            "{nonce}"
        );
        seen.push(nonce);
    }
    assert_ne!(seen[0], seen[1]);
}

#[tokio::test]
async fn personal_pages_are_kept_nowhere() {
    let shop = TestPortal::start().await;
    let visitor = shop.visitor();
    assert_eq!(
        visitor.get("/en").await.header("cache-control"),
        "private, no-cache"
    );
    for path in [
        "/en/cart",
        "/en/checkout",
        "/en/account/orders",
        "/en/nowhere",
    ] {
        assert_eq!(
            visitor.get(path).await.header("cache-control"),
            "no-store",
            "{path}"
        );
    }
    visitor.sign_in("maria", "/en").await;
    assert_eq!(visitor.get("/en").await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn unknown_addresses_and_languages_are_a_friendly_404() {
    let shop = TestPortal::start().await;
    let visitor = shop.visitor();
    for path in [
        "/nowhere",
        "/de",
        "/en/nowhere",
        "/en/product",
        "/wp-login.php",
        "/.env",
        "/en/../etc/passwd",
        "/%00",
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.body.contains("<h1"), "{path}");
    }
}

#[tokio::test]
async fn robots_leave_nothing_behind() {
    let shop = TestPortal::start().await;
    let robot = shop.visitor();
    for path in ["/en", "/en/cart", "/en/search?q=x", "/en/account/orders"] {
        let _seen = robot.get(path).await;
    }
    assert!(robot.cookie_names().is_empty());
}

#[tokio::test]
async fn section_6_a_checkout_that_nobody_could_have_opened_leaves_nothing_behind() {
    let shop = TestPortal::start().await;
    let robot = shop.visitor();
    let sent = robot
        .post(
            "/api/checkout/place",
            &[
                ("key", "b7d3f1e0-52c4-4c0e-9a77-3f8f1d2c6a90"),
                ("form[note]", "Ring twice"),
                ("back", "/en/checkout"),
            ],
        )
        .await;
    assert!(
        sent.leads_to().contains("problem=sign-in"),
        "{}",
        sent.leads_to()
    );
    assert!(robot.cookie_names().is_empty());
}

/// A made-up cookie looks like a session that has ended: then what was typed is kept, within bounds.
#[tokio::test]
async fn section_11_what_is_kept_for_a_session_that_never_was_is_little_and_not_often() {
    let shop = TestPortal::start().await;
    let note = "я".repeat(10_000);
    let made_up = |number: u32| format!("AAAAAAAAAAAAAAAAAA{number:03}A");
    let mut kept = 0;
    for number in 0..150 {
        let robot = shop.visitor();
        robot.set_cookie("session", &made_up(number));
        let fields = [
            ("key", "b7d3f1e0-52c4-4c0e-9a77-3f8f1d2c6a90"),
            ("form[note]", note.as_str()),
            ("back", "/en/checkout"),
        ];
        let mut request = robot
            .with_cookies(robot.request("POST", "/api/checkout/place"))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(crate::visitor::form(&fields)))
            .unwrap();
        let peer = "203.0.113.9".parse().unwrap();
        request
            .extensions_mut()
            .insert(server::layers::source::Peer(peer));
        let answer = robot.send(request).await;
        assert!(answer.leads_to().contains("problem="), "{}", answer.status);
        let record = robot.cookie("session");
        kept += u32::from(record.is_some_and(|id| id != made_up(number)));
    }
    assert!((1..150).contains(&kept), "{kept}");
    let file = shop.portal.settings.data.join("ledger.sqlite");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut ledger = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    let longest: i64 = sqlx::query_scalar("SELECT MAX(LENGTH(content)) FROM carts")
        .fetch_one(&mut ledger)
        .await
        .unwrap();
    assert!((2_000..3_000).contains(&longest), "{longest}");
}

#[tokio::test]
async fn m6_a_portal_that_leaves_is_not_ready_and_still_alive() {
    let shop = TestPortal::start().await;
    let visitor = shop.visitor();
    assert_eq!(visitor.get("/health/ready").await.status, StatusCode::OK);
    shop.portal.leave();
    assert_eq!(
        visitor.get("/health/ready").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(visitor.get("/health/live").await.status, StatusCode::OK);
}

#[tokio::test]
async fn m2_with_the_ledger_down_guests_still_see_the_shop() {
    let shop = TestPortal::start().await;
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    shop.portal.ledger.close().await;
    assert_ne!(
        shop.visitor().get("/en/signed-out").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    let answer = maria.get("/en").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.body.contains("<h1") && !answer.header("retry-after").is_empty());
    assert!(
        maria.cookie("session").is_some(),
        "nobody is signed out by that"
    );
    assert_eq!(
        maria.get("/health/ready").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(maria.get("/health/live").await.status, StatusCode::OK);
}

/// More than may be at work at once, each begun and none finished.
async fn begun(
    shop: &TestPortal,
    request: impl Fn() -> http::Request<Body>,
) -> Vec<BoxFuture<'_, http::Response<Body>>> {
    let mut begun = Vec::new();
    for _ in 0..600 {
        let mut sent = shop.send(request()).boxed();
        // As far as it goes without waiting: past whatever layer counts.
        if futures::poll!(&mut sent).is_pending() {
            begun.push(sent);
        }
    }
    begun
}

fn plain(path: &str) -> http::Request<Body> {
    http::Request::get(path)
        .header(HOST, "localhost:3000")
        .body(Body::empty())
        .unwrap()
}

#[tokio::test]
async fn section_11_bodies_that_do_not_come_hold_no_place() {
    let shop = filled().await;
    let waiting = begun(&shop, || {
        let body = Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        http::Request::post("/signin-callback")
            .header(HOST, "localhost:3000")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
            .unwrap()
    })
    .await;
    assert!(waiting.len() > 512);
    for path in ["/health/live", "/health/ready", "/en"] {
        let status = shop.send(plain(path)).await.status();
        assert_eq!(status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn section_11_a_portal_that_is_busy_says_so_and_that_it_lives() {
    let shop = filled().await;
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    // Whose session it is the ledger has to say.
    let working = begun(&shop, || {
        maria
            .with_cookies(maria.request("GET", "/en"))
            .body(Body::empty())
            .unwrap()
    })
    .await;
    assert!(working.len() > 512, "so many are at work, and more");
    assert_eq!(
        shop.send(plain("/en")).await.status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
    let lives = shop.send(plain("/health/live")).await.status();
    assert_eq!(lives, StatusCode::OK);
    drop(working);
    assert_eq!(shop.send(plain("/en")).await.status(), StatusCode::OK);
}

/// A letter of a body that knows whether it is kept.
struct Piece(Arc<AtomicUsize>, u8);

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        std::slice::from_ref(&self.1)
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Each piece holds the buffer that it was read into, of eight kilobytes.
#[tokio::test]
async fn section_11_a_body_in_single_letters_takes_no_more_than_its_letters() {
    let shop = TestPortal::start().await;
    let (kept, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counted, seen) = (Arc::clone(&kept), Arc::clone(&most));
    let pieces = (0..60_000).map(move |_| {
        let now = counted.fetch_add(1, Ordering::Relaxed) + 1;
        seen.fetch_max(now, Ordering::Relaxed);
        let piece = Piece(Arc::clone(&counted), b'x');
        Ok::<_, std::io::Error>(bytes::Bytes::from_owner(piece))
    });
    let request = http::Request::post("/signin-callback")
        .header(HOST, "localhost:3000")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from_stream(futures::stream::iter(pieces)))
        .unwrap();
    let answer = shop.send(request).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert!(most.load(Ordering::Relaxed) <= 16, "{most:?} at once");
    assert_eq!(kept.load(Ordering::Relaxed), 0);
}

/// Who waits for a picture has a place at work, and there are more who look at pictures than places.
#[tokio::test]
async fn section_11_pictures_that_do_not_come_leave_places_for_others() {
    let shop = filled().await;
    shop.demo.bring_up(demo::Fault::always(
        demo::Meets::set("General_Products_ProductPictures"),
        demo::Does::Hang,
    ));
    let snapshot = shop.portal.mirror.snapshot().unwrap();
    let pictures = snapshot.catalogue.warm_pictures();
    let key = pictures
        .iter()
        .find(|key| !shop.portal.mirror.pictures().has(**key))
        .unwrap();
    let path = format!("/img/{}-{}-320.webp", key.id, key.stamp);
    let waiting = begun(&shop, || plain(&path)).await;
    assert!(!waiting.is_empty(), "they wait");
    let page = shop.send(plain("/en")).await;
    assert_eq!(page.status(), StatusCode::OK);
    shop.demo.clear_faults();
}
