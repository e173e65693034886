//! Forged requests (C1–C6).

use axum::body::Body;
use http::{
    StatusCode,
    header::{CONTENT_TYPE, ORIGIN, REFERER},
};

use crate::test_portal::TestPortal;

const FUNCTIONS: [&str; 9] = [
    "cart/add",
    "cart/change",
    "cart/remove",
    "cart/restore",
    "cart/badge",
    "search/suggest",
    "checkout/keep",
    "checkout/place",
    "account/choose",
];

#[tokio::test]
async fn c1_no_function_answers_another_site() {
    let shop = TestPortal::start().await;
    let visitor = shop.visitor();
    for function in FUNCTIONS {
        let path = format!("/api/{function}");
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
    for function in FUNCTIONS {
        let path = format!("/api/{function}");
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
            .body(Body::from(crate::visitor::form(&[("back", back)])))
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
