//! The headers of every kind of answer, as sent (reference/security.md §6). The table below is the one in `docs/security.md`.

use axum::{Router, body::Body, routing::get};
use http::{StatusCode, header::CONTENT_TYPE};
use server::layers::{self, refusal::Refused};
use tower::ServiceExt;

use crate::{
    mirror::{add, plain},
    orders::{checkout, field, place},
    test_portal::TestPortal,
    visitor::{Answer, Visitor, form, read},
};

const NO_STORE: &str = "no-store";
const OWN: &str = "private, no-cache";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// What every answer carries, at a shop that is reached by https and may not be framed.
fn check_common(what: &str, answer: &Answer, instance: &str) {
    for (name, value) in [
        ("strict-transport-security", "max-age=31536000"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(
            answer.headers.get_all(name).iter().count(),
            1,
            "{what}: {name} once"
        );
        assert_eq!(answer.header(name), value, "{what}: {name}");
    }
    let policy = answer.header("content-security-policy");
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next())
        .unwrap_or_default();
    assert_eq!(nonce.len(), 24, "{what}: 144 random bits");
    assert_eq!(
        policy,
        format!(
            "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
             img-src 'self' data:; object-src 'none'; base-uri 'none'; connect-src 'self'; form-action 'self' {instance}; \
             frame-ancestors 'none'"
        ),
        "{what}"
    );
    let permissions = answer.header("permissions-policy");
    assert!(
        permissions
            .split(", ")
            .all(|feature| feature.ends_with("=()")),
        "{what}"
    );
    for never in [
        "access-control-allow-origin",
        "server",
        "x-powered-by",
        "etag-weak",
    ] {
        assert!(!answer.headers.contains_key(never), "{what}: {never}");
    }
    check_markup(what, &answer.body, nonce);
}

/// Nothing in a page needs a weaker policy.
pub(crate) fn check_markup(what: &str, html: &str, nonce: &str) {
    if !html.contains("<html") {
        return;
    }
    for tag in tags(html) {
        let name = tag.split([' ', '\n', '/']).next().unwrap_or_default();
        // What stands within quotes is a value: a name may hold anything.
        let attributes: String = tag.split('"').step_by(2).collect();
        assert!(!attributes.contains(" style="), "{what}: {tag}");
        assert!(!tag.contains("=\"javascript:"), "{what}: {tag}");
        let handler = attributes
            .split_whitespace()
            .skip(1)
            .any(|attribute| attribute.starts_with("on") && attribute.contains('='));
        assert!(!handler, "{what}: {tag}");
        if name == "script" || name == "style" {
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{what}: {tag}");
        }
        assert!(
            !matches!(name, "iframe" | "object" | "embed" | "base"),
            "{what}: {tag}"
        );
    }
}

/// The tags of a page as a browser reads them: quoted values may hold `<` and `>`, scripts hold no tags.
fn tags(html: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let mut quoted = false;
        let end = rest
            .find(|sign| {
                quoted ^= sign == '"';
                sign == '>' && !quoted
            })
            .unwrap_or(rest.len());
        let tag = &rest[..end];
        rest = &rest[end..];
        if !tag.starts_with('/') {
            found.push(tag);
        }
        if tag.starts_with("script") {
            rest = rest.find("</script").map_or("", |end| &rest[end..]);
        }
    }
    found
}

/// What a handler would be answered as that refuses so, or that panics.
async fn layered(shop: &TestPortal, refused: Option<StatusCode>) -> Answer {
    let handler = move || async move { Refused(refused.unwrap()) };
    let router = layers::around(&shop.portal, Router::new().route("/x", get(handler)));
    let request = shop
        .visitor()
        .request("GET", "/x")
        .body(Body::empty())
        .unwrap();
    read(router.oneshot(request).await.unwrap()).await
}

async fn sent(
    visitor: &Visitor<'_>,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request = visitor.with_cookies(visitor.request(method, path));
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().unwrap();
        let all = request.headers_mut().unwrap();
        all.insert(name, value.parse().unwrap());
    }
    visitor
        .send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

#[tokio::test]
async fn every_kind_of_answer_has_its_headers() {
    let shop = TestPortal::at("https://shop.example").await;
    shop.portal.mirror.pull().await.unwrap();
    let guest = shop.visitor();
    let maria = shop.visitor();
    let form_type = (CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded");
    let ours = ("sec-fetch-site", "same-origin");
    let fields = maria.until_callback("maria", "/en/cart").await;
    let parked = maria.call_back(&fields).await;
    let finished = maria.get(parked.leads_to()).await;
    let (product, number) = plain(&shop, |entry| entry.least == 1.into());
    let added = add(&maria, &product, "2").await;
    let to_place = checkout(&maria).await;
    let placed = place(&maria, &to_place).await;
    add(&maria, &product, "1").await;
    let order = shop.demo.orders()[0].id;
    let snapshot = shop.portal.mirror.snapshot().unwrap();
    let catalogue = &snapshot.catalogue;
    let group = &catalogue.group(catalogue.top()[0]).unwrap().group.path;
    let picture = shop
        .portal
        .mirror
        .pictures()
        .view(catalogue.warm_pictures()[0]);
    let picture = picture.sources[0].address.clone();
    let site = std::path::Path::new(&*shop.portal.leptos.site_root).to_owned();
    std::fs::create_dir_all(site.join("pkg")).unwrap();
    std::fs::write(site.join("pkg/vitrina.js"), "export {}").unwrap();
    std::fs::write(site.join("robots.txt"), "User-agent: *").unwrap();
    let json = [
        ours,
        form_type,
        ("accept", "application/json"),
        app::actions::SCRIPT_HEADER,
    ];
    let group = format!("/en/group/{}", group.codes().join("/"));
    let product_page = format!("/en/product/{number}");
    let order_page = format!("/en/account/orders/{order}");
    let placing_page = format!("/en/order/{}", to_place.key);

    let mut rows: Vec<(&str, Answer, u16, &str)> = Vec::new();
    for (what, path) in [
        ("first page", "/en"),
        ("group", &group),
        ("product", &product_page),
        ("search", "/en/search?q=a"),
    ] {
        rows.push((what, guest.get(path).await, 200, OWN));
        rows.push((what, maria.get(path).await, 200, NO_STORE));
    }
    for (what, path, as_guest) in [
        ("cart", "/en/cart", 200),
        ("checkout", "/en/checkout", 403),
        ("placing", &placing_page, 403),
        ("orders", "/en/account/orders", 403),
        ("order", &order_page, 403),
        ("customers", "/en/account/customers", 403),
        ("waiting", "/en/account/waiting", 403),
        ("sessions", "/en/account/sessions", 403),
        ("signed out", "/en/signed-out", 200),
        ("no such page", "/en/nowhere", 404),
    ] {
        rows.push((what, guest.get(path).await, as_guest, NO_STORE));
        let signed_in = if what == "no such page" { 404 } else { 200 };
        rows.push((what, maria.get(path).await, signed_in, NO_STORE));
    }
    let large = "x".repeat(64 * 1024 + 1);
    let stale = [ours, form_type];
    rows.extend([
        ("to a language", guest.get("/").await, 302, NO_STORE),
        ("alive", guest.get("/health/live").await, 200, NO_STORE),
        ("ready", guest.get("/health/ready").await, 200, NO_STORE),
        (
            "begins a sign-in",
            guest.post("/sign-in", &[]).await,
            303,
            NO_STORE,
        ),
        ("callback", parked, 303, NO_STORE),
        (
            "callback of nobody",
            guest.get("/signin-callback?state=x").await,
            400,
            NO_STORE,
        ),
        ("finish", finished, 303, NO_STORE),
        (
            "finish of another",
            guest.get("/sign-in/finish/x").await,
            400,
            NO_STORE,
        ),
        (
            "after the instance's sign-out",
            guest.get("/signout-callback").await,
            303,
            NO_STORE,
        ),
        ("form of a server function", added, 303, NO_STORE),
        ("form that orders", placed, 303, NO_STORE),
        (
            "script's server function",
            sent(&maria, "POST", "/api/cart/badge", &json, "").await,
            200,
            NO_STORE,
        ),
        (
            "no such function",
            guest.post("/api/nowhere", &[]).await,
            404,
            NO_STORE,
        ),
        (
            "form of another visit",
            sent(&maria, "POST", "/sign-out", &stale, "").await,
            403,
            NO_STORE,
        ),
        (
            "forged",
            guest.post_from_elsewhere("/sign-in", &[]).await,
            403,
            NO_STORE,
        ),
        ("other method", guest.get("/sign-in").await, 405, NO_STORE),
        (
            "too large",
            sent(&guest, "POST", "/sign-in", &stale, &large).await,
            413,
            NO_STORE,
        ),
        (
            "other content",
            sent(
                &guest,
                "POST",
                "/sign-in",
                &[ours, ("content-type", "application/json")],
                "{}",
            )
            .await,
            415,
            NO_STORE,
        ),
        ("picture", guest.get(&picture).await, 200, FOR_EVER),
        (
            "no such picture",
            guest.get("/img/x.webp").await,
            404,
            "public, max-age=60",
        ),
        (
            "script and styles",
            guest.get("/pkg/vitrina.js").await,
            200,
            "no-cache",
        ),
        (
            "no such file",
            guest.get("/pkg/nothing.js").await,
            404,
            NO_STORE,
        ),
        (
            "file of the site",
            guest.get("/robots.txt").await,
            200,
            "public, max-age=3600",
        ),
        (
            "too fast",
            layered(&shop, Some(StatusCode::TOO_MANY_REQUESTS)).await,
            429,
            NO_STORE,
        ),
        (
            "busy",
            layered(&shop, Some(StatusCode::SERVICE_UNAVAILABLE)).await,
            503,
            NO_STORE,
        ),
        (
            "bad request",
            layered(&shop, Some(StatusCode::BAD_REQUEST)).await,
            400,
            NO_STORE,
        ),
        (
            "took too long to send",
            layered(&shop, Some(StatusCode::REQUEST_TIMEOUT)).await,
            408,
            NO_STORE,
        ),
        ("broken", layered(&shop, None).await, 500, NO_STORE),
    ]);
    let elsewhere = http::Request::get("/en")
        .header("host", "evil.example")
        .header("accept", "text/html")
        .body(Body::empty())
        .unwrap();
    rows.push((
        "other host",
        read(shop.send(elsewhere).await).await,
        421,
        NO_STORE,
    ));
    let token = field(&maria.get("/en/cart").await.body, app::FORM_TOKEN).unwrap();
    let out = maria
        .post_plain("/sign-out", &[(app::FORM_TOKEN, &token)])
        .await;
    // O1: a restored page shows nobody what was.
    assert_eq!(out.header("clear-site-data"), "\"cache\"");
    rows.push(("sign-out", out, 303, NO_STORE));
    shop.portal.ledger.close().await;
    maria.set_cookie("__Host-session", "AAAAAAAAAAAAAAAAAAAAAA");
    rows.push(("ledger away", maria.get("/en").await, 503, NO_STORE));

    for (what, answer, status, caching) in &rows {
        assert_eq!(answer.status.as_u16(), *status, "{what}");
        assert_eq!(answer.header("cache-control"), *caching, "{what}");
        check_common(what, answer, shop.demo.root());
        // An answer that is kept by somebody must not be kept for somebody else.
        if *caching == OWN {
            assert!(answer.header("vary").contains("Cookie"), "{what}");
            assert!(!answer.headers.contains_key("set-cookie"), "{what}");
        }
        if matches!(status, 429 | 503) {
            assert!(!answer.header("retry-after").is_empty(), "{what}");
        }
        if *status >= 400 && answer.header("content-type").starts_with("text/html") {
            assert!(answer.body.contains("<h1"), "{what}: a page for people");
        }
    }
}

/// X1: only what is listed may be framed, by whom a setting lists; what signs in, buys or is personal never is.
#[tokio::test]
async fn x1_by_default_no_page_may_be_framed() {
    let shop = TestPortal::start().await;
    let visitor = shop.visitor();
    for path in ["/en", "/en/cart", "/en/checkout", "/health/live"] {
        let answer = visitor.get(path).await;
        let policy = answer.header("content-security-policy").to_owned();
        assert!(
            policy.ends_with("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        // On a developer's machine there is no https to insist on.
        assert!(
            !answer.headers.contains_key("strict-transport-security"),
            "{path}"
        );
    }
}

/// Test 20 of the forty: no address that is handed to us leads anywhere else.
#[tokio::test]
async fn s3_c6_no_redirect_leads_away() {
    let shop = TestPortal::start().await;
    shop.portal.mirror.pull().await.unwrap();
    let long = format!("/en/search?q={}", "a".repeat(2000));
    let evil = [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example/en",
        "http:/evil.example",
        "/%2F%2Fevil.example",
        "/%2Fevil.example",
        "/%09/evil.example",
        "/\t/evil.example",
        "/en/../../evil.example",
        "/en//evil.example",
        "/en@evil.example",
        "/.evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/en#//evil.example",
        "/en\r\nLocation: https://evil.example",
        "/en?return=//evil.example",
        "/de",
        &long,
        "",
    ];
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    let ours = |led: &str, what: &str| {
        let own = led.starts_with("/en") || led.starts_with("/bg");
        let clean = !led.starts_with("//") && !led.contains('\\') && !led.contains("evil");
        assert!(own && clean, "{what:?}: {led}");
    };
    for back in evil {
        for path in leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path) {
            let answer = maria.post(path, &[("back", back)]).await;
            if answer.status == StatusCode::SEE_OTHER {
                ours(answer.leads_to(), back);
            }
        }
        ours(&shop.visitor().sign_in("maria", back).await, back);
        // The choice of a customer carries where to go on in its address, and in its forms.
        let james = shop.visitor();
        let to = james.sign_in("james", back).await;
        ours(&to, back);
        let query = form(&[("return", back)]);
        let page = james.get(&format!("/en/account/customers?{query}")).await;
        if page.status == StatusCode::OK {
            ours(&field(&page.body, "back").unwrap(), back);
        } else {
            // An address this long is none of ours.
            assert_eq!((page.status, back), (StatusCode::NOT_FOUND, long.as_str()));
        }
        let out = shop.visitor().post("/sign-out", &[("return", back)]).await;
        ours(out.leads_to(), back);
        let query = form(&[("state", back)]);
        let out = shop
            .visitor()
            .get(&format!("/signout-callback?{query}"))
            .await;
        ours(out.leads_to(), back);
    }
}
