//! How often one source or one person may do what costs (security.md §11).

use std::time::Duration;

use axum::body::Body;
use futures::{StreamExt, future::join_all, stream};
use http::{
    StatusCode,
    header::{CONTENT_TYPE, COOKIE, RETRY_AFTER, SET_COOKIE},
};
use server::layers::source::Peer;
use vitrina::visitor::PersonId;

use crate::{
    journal::Journal,
    mirror::{add, filled, plain},
    orders::{Checkout, buyer, checkout, place},
    test_portal::TestPortal,
    visitor::{Answer, Visitor, form, read},
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

/// Sends the order under this key with a total that was never asked for, to a new address in this street.
async fn place_at_a_wrong_total(visitor: &Visitor<'_>, key: &str, street: &str) -> Answer {
    place_at(visitor, key, "0.01 EUR", street).await
}

async fn place_at(visitor: &Visitor<'_>, key: &str, seen: &str, street: &str) -> Answer {
    let fields = [
        ("key", key),
        ("seen", seen),
        ("form[address]", "new"),
        ("form[street]", street),
        ("form[postcode]", "1000"),
        ("form[town]", "Sofia"),
        ("back", "/en/checkout"),
    ];
    visitor.post("/api/checkout/place", &fields).await
}

#[tokio::test]
async fn section_11_tries_under_one_key_count_one_by_one() {
    let shop = filled().await;
    let (maria, elena) = (buyer(&shop, "maria").await, buyer(&shop, "elena").await);
    let key = checkout(&maria).await.key;
    let journal = Journal::begin();
    let mut tries = 0;
    let refused = loop {
        let street = format!("{tries} Nowhere");
        let answer = place_at_a_wrong_total(&maria, &key, &street).await;
        if answer.leads_to().contains("problem=too-often") {
            break answer;
        }
        assert!(
            answer.leads_to().contains("problem=price-changed"),
            "{}",
            answer.leads_to()
        );
        tries += 1;
        // Each takes a part of a second, and one more is granted every five.
        assert!(tries < 60, "no limit");
    };
    assert!(tries >= 12, "an honest shopper is not held up: {tries}");
    assert!(journal.read().contains("too_many_placings"));
    let begun = shop.demo.seen().transactions_begun;
    let told = maria.get(refused.leads_to()).await;
    assert_eq!(told.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(told.body.contains("Please wait a minute"));
    assert!(
        told.body.contains("Nowhere"),
        "what was typed is kept: {}",
        told.body
    );
    assert!(
        shop.demo.seen().transactions_begun <= begun + 1,
        "but the quote of the page"
    );
    // Others order, and so does she a minute later.
    assert!(
        place(&elena, &checkout(&elena).await)
            .await
            .leads_to()
            .contains("/order/")
    );
    shop.clock.advance(Duration::from_mins(1));
    assert!(
        place(&maria, &checkout(&maria).await)
            .await
            .leads_to()
            .contains("/order/")
    );
}

#[tokio::test]
async fn section_11_five_orders_a_minute_may_each_meet_a_changed_price() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    for number in 1..=5 {
        let form = checkout(&maria).await;
        let changed = place_at_a_wrong_total(&maria, &form.key, "1 Somewhere").await;
        assert!(
            changed.leads_to().contains("problem=price-changed"),
            "{number}: {}",
            changed.leads_to()
        );
        let placed = place(&maria, &form).await;
        assert!(
            placed.leads_to().contains("/order/"),
            "{number}: {}",
            placed.leads_to()
        );
        add(&maria, &product, "1").await;
    }
    assert_eq!(shop.demo.orders().len(), 5);
}

#[tokio::test]
async fn section_11_an_order_at_another_total_leaves_no_address_behind() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    let form = checkout(&maria).await;
    let user = shop
        .demo
        .people()
        .into_iter()
        .find(|person| person.login.starts_with("maria"))
        .unwrap();
    let accesses = shop
        .portal
        .access
        .fresh(&PersonId::User(user.id))
        .await
        .unwrap();
    let party = accesses[0].customer.party;
    let addresses = async || {
        let wait = Duration::from_secs(5);
        let found = shop.portal.instance.addresses(party, wait).await.unwrap();
        found
            .into_iter()
            .filter(|address| address.text.contains("Nowhere"))
            .count()
    };
    for street in ["1 Nowhere", "2 Nowhere"] {
        let refused = place_at_a_wrong_total(&maria, &form.key, street).await;
        assert!(
            refused.leads_to().contains("problem=price-changed"),
            "{}",
            refused.leads_to()
        );
        assert_eq!(addresses().await, 0, "{street}");
    }
    // With the order the address comes, once.
    place_at(&maria, &form.key, &form.seen, "2 Nowhere").await;
    let orders = shop.demo.orders();
    assert_eq!(orders.len(), 1);
    assert!(
        orders[0]
            .ship_to
            .as_deref()
            .is_some_and(|address| address.contains("2 Nowhere")),
        "{:?}",
        orders[0].ship_to
    );
    assert_eq!(addresses().await, 1);
    // And the next order goes to the same.
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    add(&maria, &product, "2").await;
    let form = checkout(&maria).await;
    place_at(&maria, &form.key, &form.seen, "2 Nowhere").await;
    assert_eq!(shop.demo.orders().len(), 2);
    assert_eq!(addresses().await, 1);
}

#[tokio::test]
async fn section_11_a_total_asked_for_by_placing_is_a_quote() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    let form = checkout(&maria).await;
    let mut asked = 0;
    while !maria
        .get("/en/checkout")
        .await
        .body
        .contains("Please wait a minute")
    {
        asked += 1;
        assert!(asked < 1_000, "no limit");
    }
    let begun = shop.demo.seen().transactions_begun;
    let unseen = Checkout {
        seen: String::new(),
        ..form
    };
    let answer = place(&maria, &unseen).await;
    assert!(
        answer.leads_to().contains("problem=too-often"),
        "{}",
        answer.leads_to()
    );
    assert_eq!(shop.demo.seen().transactions_begun, begun);
}

#[tokio::test]
async fn section_11_a_page_of_the_account_asks_the_instance_once() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    place(&maria, &checkout(&maria).await).await;
    let own = format!("/en/account/orders/{}", shop.demo.orders()[0].id);
    for path in ["/en/account/orders", "/en/account/customers", own.as_str()] {
        let before = shop.demo.seen().calls.total;
        assert_eq!(maria.get(path).await.status, StatusCode::OK, "{path}");
        assert_eq!(shop.demo.seen().calls.total, before + 1, "{path}");
    }
}

#[tokio::test]
async fn section_11_of_all_pages_at_once_one_asks_what_the_person_may_do() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    shop.clock.advance(Duration::from_mins(6));
    let before = shop.demo.seen().calls.total;
    let pages = join_all((0..20).map(|_| maria.get("/en/cart"))).await;
    assert!(pages.iter().all(|page| page.status == StatusCode::OK));
    assert_eq!(shop.demo.seen().calls.total, before + 1);
}

/// Asks again as quickly as it goes, until that is the answer: who is asked slowly has let more through meanwhile.
async fn until(ask: impl AsyncFn() -> Answer, is: impl Fn(&Answer) -> bool) -> Answer {
    let mut answer = ask().await;
    for _ in 0..100 {
        if is(&answer) {
            break;
        }
        answer = ask().await;
    }
    assert!(is(&answer), "never, in a hundred times");
    answer
}

#[tokio::test]
async fn section_11_a_person_asks_for_a_page_of_the_account_a_second() {
    let shop = filled().await;
    let (maria, elena) = (buyer(&shop, "maria").await, buyer(&shop, "elena").await);
    let placed = place(&maria, &checkout(&maria).await).await;
    let own = format!("/en/account/orders/{}", shop.demo.orders()[0].id);
    let journal = Journal::begin();
    let before = shop.demo.seen().calls.total;
    let answers: Vec<_> = stream::iter(0..100)
        .map(|_| maria.get("/en/account/orders"))
        .buffer_unordered(10)
        .collect()
        .await;
    let count = |status| {
        answers
            .iter()
            .filter(|answer| answer.status == status)
            .count()
    };
    let asked = shop.demo.seen().calls.total - before;
    assert!(count(StatusCode::OK) >= 30, "thirty tabs are no attack");
    assert!(count(StatusCode::TOO_MANY_REQUESTS) > 10);
    assert!(asked < 90, "others wait behind {asked} calls of hers");
    assert!(journal.read().contains("too_many_account_reads"));
    // Whatever is asked live for an account counts together. A second gives one more.
    for path in ["/en/account/orders", "/en/account/customers", own.as_str()] {
        let told = until(
            async || maria.get(path).await,
            |told| told.status == StatusCode::TOO_MANY_REQUESTS,
        )
        .await;
        assert!(told.body.contains("Please wait a minute"), "{path}");
    }
    let choose = async || {
        let fields = [
            ("customer", "00000000-0000-4000-8000-000000000001"),
            ("back", "/en"),
        ];
        maria.post("/api/account/choose", &fields).await
    };
    until(choose, |told| told.leads_to().contains("problem=too-often")).await;
    // The order that was placed is told, if briefly, and others are served.
    assert_eq!(maria.get(placed.leads_to()).await.status, StatusCode::OK);
    assert_eq!(elena.get("/en/account/orders").await.status, StatusCode::OK);
    shop.clock.advance(Duration::from_mins(1));
    for path in ["/en/account/orders", "/en/account/customers", own.as_str()] {
        assert_eq!(maria.get(path).await.status, StatusCode::OK, "{path}");
    }
}

/// Puts something into the cart at this connection, with whatever cookie.
async fn collect(shop: &TestPortal, peer: &str, product: &str, cookie: Option<&str>) -> Answer {
    let visitor = shop.visitor();
    let (name, value) = app::actions::SCRIPT_HEADER;
    let mut request = visitor
        .request("POST", "/api/cart/add")
        .header("sec-fetch-site", "same-origin")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(name, value);
    if let Some(cookie) = cookie {
        request = request.header(COOKIE, cookie);
    }
    let fields = [
        ("product", product),
        ("quantity", "1"),
        ("back", "/en/cart"),
    ];
    let mut request = request.body(Body::from(form(&fields))).unwrap();
    request.extensions_mut().insert(Peer(peer.parse().unwrap()));
    read(shop.send(request).await).await
}

#[tokio::test]
async fn section_11_carts_of_new_guests_are_limited_by_where_they_come_from() {
    let shop = filled().await;
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    let journal = Journal::begin();
    let old = collect(&shop, "198.51.100.9", &product, None).await;
    let cookie = old
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let until_refused = async |cookie: Option<&str>| {
        for carts in 0..2_000 {
            let answer = collect(&shop, "198.51.100.9", &product, cookie).await;
            if answer.leads_to().contains("problem=too-often") {
                return (carts, answer);
            }
        }
        unreachable!("no limit")
    };
    let (carts, refused) = until_refused(None).await;
    assert!(carts >= 119, "an office is not held up: {carts}");
    assert!(!refused.headers.contains_key(SET_COOKIE));
    assert!(journal.read().contains("too_many_new_carts"));
    // Who has a cart goes on, and who is elsewhere gets one. A cookie of nobody's is none.
    let goes_on = collect(&shop, "198.51.100.9", &product, Some(&cookie)).await;
    assert!(
        !goes_on.leads_to().contains("problem="),
        "{}",
        goes_on.leads_to()
    );
    let elsewhere = collect(&shop, "198.51.100.10", &product, None).await;
    assert!(!elsewhere.leads_to().contains("problem="));
    let made_up = "session=AAAAAAAAAAAAAAAAAAAAAA";
    let (carts, _) = until_refused(Some(made_up)).await;
    assert!(carts < 60, "two a second are granted again: {carts}");
    shop.clock.advance(Duration::from_mins(1));
    let later = collect(&shop, "198.51.100.9", &product, None).await;
    assert!(!later.leads_to().contains("problem="));
}
