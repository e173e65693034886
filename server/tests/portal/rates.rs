//! How often one source or one person may do what costs (security.md §11).

use std::time::Duration;

use axum::body::Body;
use http::{
    StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use server::layers::source::Peer;

use crate::{
    journal::Journal,
    mirror::{add, filled, plain},
    orders::{buyer, checkout, place},
    test_portal::TestPortal,
    visitor::{Answer, form, read},
};

/// Begins a sign-in at this connection, with this `X-Forwarded-For`.
async fn begin(shop: &TestPortal, peer: &str, forwarded: &str) -> Answer {
    let visitor = shop.visitor();
    let mut request = visitor
        .request("POST", "/sign-in")
        .header("sec-fetch-site", "same-origin")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("x-forwarded-for", forwarded)
        .body(Body::from(form(&[("return", "/en")])))
        .unwrap();
    request.extensions_mut().insert(Peer(peer.parse().unwrap()));
    read(shop.send(request).await).await
}

/// Begins sign-ins until one is refused: ten at once, and while they are begun another one every six seconds.
async fn until_refused(
    shop: &TestPortal,
    peer: &str,
    forwarded: impl Fn(u32) -> String,
) -> (u32, Answer) {
    for begun in 0..1_000 {
        let answer = begin(shop, peer, &forwarded(begun)).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            return (begun, answer);
        }
        answer.leads_to();
    }
    unreachable!("no limit")
}

#[tokio::test]
async fn sign_ins_from_one_address_are_limited_and_others_are_not_held_up() {
    let shop = TestPortal::set("http://localhost:3000", &[("VITRINA_PROXIES", "10.0.0.1")]).await;
    // Whatever a stranger claims about where they are.
    let (begun, refused) = until_refused(&shop, "198.51.100.9", |number| {
        format!("203.0.113.{}", number % 250)
    })
    .await;
    assert!(begun >= 10, "{begun}");
    assert!(!refused.header(RETRY_AFTER.as_str()).is_empty() && refused.body.contains("<h1"));
    // Others are served, also where a known proxy speaks for all of them; one behind it is limited like one before it.
    begin(&shop, "198.51.100.10", "").await.leads_to();
    let (begun, _) = until_refused(&shop, "10.0.0.1", |number| {
        format!("1.1.1.{}, 203.0.113.7", number % 250)
    })
    .await;
    assert!(begun >= 10, "{begun}");
    begin(&shop, "10.0.0.1", "203.0.113.8").await.leads_to();
    shop.clock.advance(Duration::from_mins(1));
    begin(&shop, "198.51.100.9", "").await.leads_to();
}

#[tokio::test]
async fn section_11_a_site_of_ipv6_is_not_as_many_sources_as_it_has_networks() {
    let shop = TestPortal::set(
        "http://localhost:3000",
        &[("VITRINA_PROXIES", "2001:db8:ffff::1")],
    )
    .await;
    let (begun, _) = until_refused(&shop, "2001:db8:ffff::1", |number| {
        format!("2001:db8:1:{number:x}::1")
    })
    .await;
    assert!(begun >= 40, "four times as many as from one: {begun}");
    begin(&shop, "2001:db8:2:1::1", "").await.leads_to();
    shop.clock.advance(Duration::from_mins(1));
    begin(&shop, "2001:db8:1:1::1", "").await.leads_to();
}

#[tokio::test]
async fn a_hundred_attempts_wait_at_one_address_and_no_more() {
    let shop = TestPortal::set(
        "http://localhost:3000",
        &[("VITRINA_SIGN_INS_A_MINUTE", "1000")],
    )
    .await;
    for _ in 0..100 {
        begin(&shop, "198.51.100.9", "").await.leads_to();
    }
    assert_eq!(
        begin(&shop, "198.51.100.9", "").await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    begin(&shop, "198.51.100.10", "").await.leads_to();
    // They are over after ten minutes.
    shop.clock.advance(Duration::from_mins(10));
    begin(&shop, "198.51.100.9", "").await.leads_to();
}

#[tokio::test]
async fn a_person_sends_five_orders_a_minute() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    for number in 1..=5 {
        let placed = place(&maria, &checkout(&maria).await).await;
        assert!(
            placed.leads_to().contains("/order/"),
            "{number}: {}",
            placed.leads_to()
        );
        add(&maria, &product, "1").await;
    }
    let form = checkout(&maria).await;
    let sixth = place(&maria, &form).await;
    assert!(
        sixth.leads_to().contains("problem=too-often"),
        "{}",
        sixth.leads_to()
    );
    let told = maria.get(sixth.leads_to()).await;
    assert_eq!(told.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(told.body.contains("Please wait a minute"));
    assert_eq!(shop.demo.orders().len(), 5);
    shop.clock.advance(Duration::from_mins(1));
    let placed = place(&maria, &checkout(&maria).await).await;
    assert!(
        placed.leads_to().contains("/order/"),
        "{}",
        placed.leads_to()
    );
    assert_eq!(shop.demo.orders().len(), 6);
}

#[tokio::test]
async fn a_person_gets_a_quote_a_second_and_the_others_get_theirs() {
    let shop = filled().await;
    let (maria, elena) = (buyer(&shop, "maria").await, buyer(&shop, "elena").await);
    let journal = Journal::begin();
    let mut last = String::new();
    for _ in 0..1_000 {
        last = maria.get("/en/checkout").await.body;
        if last.contains("Please wait a minute") {
            break;
        }
    }
    assert!(last.contains("Please wait a minute"), "{last}");
    assert!(journal.read().contains("too_many_quotes"));
    assert!(!checkout(&elena).await.seen.is_empty());
    shop.clock.advance(Duration::from_mins(1));
    assert!(!checkout(&maria).await.seen.is_empty());
}
