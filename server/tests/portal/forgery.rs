//! Forged requests (C1–C6).

use axum::body::Body;
use http::{
    StatusCode,
    header::{CONTENT_TYPE, ORIGIN, REFERER},
};

use crate::{
    mirror::{add, filled, plain},
    orders::field,
    test_portal::TestPortal,
    visitor::{Visitor, form},
};

/// Every server function there is, as registered: a new one is in these tests by itself.
fn functions() -> Vec<String> {
    let mut paths: Vec<_> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, _)| path.to_owned())
        .collect();
    paths.sort_unstable();
    assert!(paths.len() >= 9, "the functions are registered: {paths:?}");
    paths
}

/// Whoever has something to lose: a person with a full cart.
async fn victim(shop: &TestPortal) -> (Visitor<'_>, String) {
    let maria = shop.visitor();
    maria.sign_in("maria", "/en/cart").await;
    let (product, _) = plain(shop, |entry| entry.least == 1.into());
    add(&maria, &product, "2").await;
    (maria, product)
}

/// Test 21 of the forty: a forged POST to every server function, also with the victim's cookies.
#[tokio::test]
async fn c1_no_function_answers_another_site() {
    let shop = filled().await;
    let (maria, product) = victim(&shop).await;
    let cart = maria.get("/en/cart").await.body;
    let line = field(&cart, "line").unwrap();
    let forged = [
        ("product", product.as_str()),
        ("quantity", "9"),
        ("line", line.as_str()),
        ("form[note]", "forged"),
        ("back", "/en/cart"),
    ];
    let token = field(&cart, app::FORM_TOKEN).unwrap();
    for path in functions()
        .iter()
        .map(String::as_str)
        .chain(["/sign-in", "/sign-out"])
    {
        for (site, origin) in [
            (Some("cross-site"), Some("https://evil.example")),
            (Some("cross-site"), Some("null")),
            // A sub-domain, and what a browser says of it.
            (Some("same-site"), Some("http://evil.localhost:3000")),
            (Some("none"), None),
            (None, Some("https://evil.example")),
            (None, Some("null")),
            (None, Some("http://localhost:3000.evil.example")),
            (None, None),
        ] {
            for (mime, body) in [
                ("application/x-www-form-urlencoded", form(&forged)),
                ("application/json", "{\"quantity\":\"9\"}".to_owned()),
                ("text/plain", form(&forged)),
            ] {
                let mut request = maria.with_cookies(maria.request("POST", path));
                for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
                    if let Some(value) = value {
                        request = request.header(name, value);
                    }
                }
                // Even somebody who had come by the token and could send our header.
                let request = request
                    .header(app::actions::SCRIPT_HEADER.0, app::actions::SCRIPT_HEADER.1)
                    .header(CONTENT_TYPE, mime)
                    .body(Body::from(format!("{body}&{}={token}", app::FORM_TOKEN)))
                    .unwrap();
                let answer = maria.send(request).await;
                assert_eq!(
                    answer.status,
                    StatusCode::FORBIDDEN,
                    "{path} {site:?} {origin:?} {mime}"
                );
                assert!(!answer.headers.contains_key("set-cookie"), "{path}");
            }
        }
    }
    let after = maria.get("/en/cart").await.body;
    assert_eq!(field(&after, "line"), Some(line));
    assert_eq!(
        field(&after, "quantity").as_deref(),
        Some("2"),
        "nothing changed"
    );
}

/// Test 21 of the forty, for a guest who has nothing yet.
#[tokio::test]
async fn c1_no_function_begins_anything_for_another_site() {
    let shop = TestPortal::start().await;
    let visitor = shop.visitor();
    for path in functions() {
        let answer = visitor.post_from_elsewhere(&path, &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        let bare = visitor
            .request("POST", &path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::empty())
            .unwrap();
        assert_eq!(
            visitor.send(bare).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    assert!(visitor.cookie_names().is_empty());
}

#[tokio::test]
async fn c4_nothing_changes_by_get_or_by_other_content_types() {
    let shop = TestPortal::start().await;
    let visitor = shop.visitor();
    for path in functions() {
        assert_eq!(
            visitor.get(&path).await.status,
            StatusCode::METHOD_NOT_ALLOWED,
            "{path}"
        );
        for mime in [
            "text/plain",
            "application/json",
            "multipart/form-data; boundary=x",
        ] {
            let request = visitor
                .request("POST", &path)
                .header("sec-fetch-site", "same-origin")
                .header(CONTENT_TYPE, mime)
                .body(Body::from("x"))
                .unwrap();
            assert_eq!(
                visitor.send(request).await.status,
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "{path} {mime}"
            );
        }
    }
    let delete = visitor
        .request("DELETE", "/en/cart")
        .header("sec-fetch-site", "same-origin")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        visitor.send(delete).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[tokio::test]
async fn c5_no_other_origin_may_read() {
    let shop = TestPortal::start().await;
    let visitor = shop.visitor();
    let request = visitor
        .request("GET", "/en")
        .header(ORIGIN, "https://evil.example")
        .body(Body::empty())
        .unwrap();
    let answer = visitor.send(request).await;
    let cors = answer
        .headers
        .keys()
        .find(|name| name.as_str().starts_with("access-control-"));
    assert_eq!(cors, None);
}

#[tokio::test]
async fn c6_a_form_leads_to_its_own_place_and_never_to_the_referer() {
    let shop = TestPortal::start().await;
    let visitor = shop.visitor();
    for (back, to) in [
        ("/bg/cart", "/bg/cart"),
        ("//evil.example", "/en/cart"),
        ("", "/en/cart"),
    ] {
        let request = visitor
            .request("POST", "/api/cart/restore")
            .header("sec-fetch-site", "same-origin")
            .header(REFERER, "https://evil.example/")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form(&[("back", back)])))
            .unwrap();
        let answer = visitor.send(request).await;
        let led = answer.leads_to();
        assert!(
            led == to || led.starts_with(&format!("{to}?")),
            "{back}: {led}"
        );
    }
}

#[tokio::test]
async fn c6_a_function_that_is_broken_never_leads_to_the_referer() {
    let shop = TestPortal::start().await;
    let visitor = shop.visitor();
    let request = visitor
        .request("POST", "/api/nowhere")
        .header("sec-fetch-site", "same-origin")
        .header(REFERER, "https://evil.example/")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::empty())
        .unwrap();
    let answer = visitor.send(request).await;
    assert!(!answer.header("location").contains("evil"), "{answer:?}");
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn c6_what_cannot_be_read_is_refused_and_stands_in_no_address() {
    let shop = TestPortal::start().await;
    let visitor = shop.visitor();
    for path in functions() {
        // A field of another shape than the function has, and a body that is no form at all.
        for body in ["form=x&line[a][b]=<script>", "form[note][x]=1", "%zz=%"] {
            let request = visitor
                .request("POST", &path)
                .header("sec-fetch-site", "same-origin")
                .header(REFERER, "https://evil.example/")
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(body))
                .unwrap();
            let answer = visitor.send(request).await;
            let led = answer.header("location");
            assert!(
                !led.contains("evil") && !led.contains("__") && !led.contains("script"),
                "{path} {body}: {led}"
            );
            assert!(!answer.status.is_server_error(), "{path} {body}");
        }
    }
}

#[tokio::test]
async fn c2_a_plain_form_of_another_visit_changes_nothing_and_can_be_sent_again() {
    let shop = filled().await;
    let (maria, product) = victim(&shop).await;
    let stranger = shop.visitor();
    add(&stranger, &product, "1").await;
    let foreign = field(&stranger.get("/en/cart").await.body, app::FORM_TOKEN).unwrap();
    let line = field(&maria.get("/en/cart").await.body, "line").unwrap();
    let former = field(&maria.get("/en/cart").await.body, app::FORM_TOKEN).unwrap();
    // Signing in again is another session: pages of the former one are stale.
    maria.sign_in("maria", "/en/cart").await;
    for token in [None, Some(""), Some("x"), Some(&*foreign), Some(&*former)] {
        let mut fields = vec![
            ("line", line.as_str()),
            ("quantity", "7"),
            ("note", "a <b> & \"c\"\nd"),
            ("back", "/bg/cart"),
        ];
        fields.extend(token.map(|token| (app::FORM_TOKEN, token)));
        let answer = maria.post_plain("/api/cart/change", &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{token:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
        let cart = maria.get("/en/cart").await.body;
        assert_eq!(field(&cart, "quantity").as_deref(), Some("2"), "{token:?}");
        // In the language of the page, with everything that was typed, for this visit, and still hers.
        let page = answer.body;
        assert!(page.contains("<html lang=\"bg\""), "{page}");
        assert!(
            page.contains("Мария") || page.contains("sign-out"),
            "{page}"
        );
        assert!(
            page.contains("a &lt;b&gt; &amp; &quot;c&quot;\nd"),
            "{page}"
        );
        assert!(page.contains("action=\"/api/cart/change\""), "{page}");
        let fresh = field(&cart, app::FORM_TOKEN).unwrap();
        assert_eq!(
            page.matches(&fresh).count(),
            page.matches("method=\"post\"").count()
        );
        assert!(
            !page.contains(&former) && !page.contains(&foreign),
            "{page}"
        );
    }
    let fresh = field(&maria.get("/en/cart").await.body, app::FORM_TOKEN).unwrap();
    let twice = [
        ("line", line.as_str()),
        ("quantity", "7"),
        (app::FORM_TOKEN, &fresh),
        (app::FORM_TOKEN, &fresh),
    ];
    let answer = maria.post_plain("/api/cart/change", &twice).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "said twice");
    let again = &twice[..3];
    maria.post_plain("/api/cart/change", again).await.leads_to();
    let cart = maria.get("/en/cart").await.body;
    assert_eq!(field(&cart, "quantity").as_deref(), Some("7"));
}

#[tokio::test]
async fn c2_every_form_of_every_page_carries_the_token_of_its_visit() {
    let shop = filled().await;
    let (maria, _) = victim(&shop).await;
    let (_, number) = plain(&shop, |_| true);
    let token = field(&maria.get("/en/cart").await.body, app::FORM_TOKEN).unwrap();
    let mut forms = 0;
    for path in [
        "/en".to_owned(),
        format!("/en/product/{number}"),
        "/en/search?q=a".to_owned(),
        "/en/cart".to_owned(),
        "/en/cart?done=removed".to_owned(),
        "/en/checkout".to_owned(),
        "/en/account/orders".to_owned(),
        "/en/account/customers".to_owned(),
        "/en/account/waiting".to_owned(),
        "/en/signed-out".to_owned(),
        "/en/no/such/page".to_owned(),
    ] {
        let page = maria.get(&path).await.body;
        let posts = page.matches("method=\"post\"").count();
        assert!(posts > 0, "{path}");
        assert_eq!(page.matches(&token).count(), posts, "{path}");
        forms += posts;
        // Guests without a record get the same page as everybody: there is nothing to prove.
        let guests = shop.visitor().get(&path).await.body;
        assert!(!guests.contains(app::FORM_TOKEN), "{path}");
    }
    assert!(forms > 20, "{forms}");
}

#[tokio::test]
async fn c2_the_token_stands_for_the_session_and_ends_with_it() {
    let shop = filled().await;
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    let token =
        async |visitor: &Visitor<'_>| field(&visitor.get("/en/cart").await.body, app::FORM_TOKEN);
    let james = shop.visitor();
    assert_eq!(token(&james).await, None);
    // Without a record there is nothing to lose: the first line needs no token, and brings one.
    let wish = [
        ("product", product.as_str()),
        ("quantity", "1"),
        ("back", "/en/cart"),
    ];
    james.post_plain("/api/cart/add", &wish).await.leads_to();
    let guest = token(&james).await.unwrap();
    // A page from before the first line leads to a sign-in all the same: beginning one changes no session.
    james
        .post_plain("/sign-in", &[("return", "/en")])
        .await
        .leads_to();
    james.sign_in("james", "/en").await;
    let choosing = token(&james).await.unwrap();
    let customers = james.get("/en/account/customers").await.body;
    let customer = field(&customers, "customer").unwrap();
    let chosen = [
        ("customer", customer.as_str()),
        ("back", "/en"),
        (app::FORM_TOKEN, &choosing),
    ];
    james
        .post_plain("/api/account/choose", &chosen)
        .await
        .leads_to();
    let acting = token(&james).await.unwrap();
    assert_eq!(
        std::collections::HashSet::from([&guest, &choosing, &acting]).len(),
        3,
        "each session has its own"
    );
    assert_eq!(token(&james).await.as_ref(), Some(&acting), "and keeps it");
    let late = james
        .post_plain("/sign-out", &[(app::FORM_TOKEN, &choosing)])
        .await;
    assert_eq!(late.status, StatusCode::FORBIDDEN);
    james
        .post_plain("/sign-out", &[(app::FORM_TOKEN, &acting)])
        .await
        .leads_to();
    assert_eq!(token(&james).await, None);
}
