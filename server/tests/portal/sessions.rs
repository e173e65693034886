//! Sessions: whose they are, when they end, and that nothing a browser sends makes one.

use std::time::Duration;

use axum::body::Body;
use http::{
    StatusCode,
    header::{ACCEPT, CONTENT_TYPE, SET_COOKIE, USER_AGENT},
};

use crate::{
    mirror::{add, filled, plain},
    orders::{buyer, checkout, field, place},
    provider::Provider,
    test_portal::TestPortal,
    visitor::{Answer, Visitor, form},
};

const SESSION: &str = "session";
const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/604.1";

fn is_signed_in(page: &Answer) -> bool {
    page.body.contains("action=\"/sign-out\"")
}

/// Signs in with a browser that says so of itself.
async fn sign_in_with(visitor: &Visitor<'_>, browser: &str, person: &str) {
    let fields = visitor.until_callback(person, "/en").await;
    let parked = visitor.call_back(&fields).await;
    let request = visitor
        .request("GET", parked.leads_to())
        .header(USER_AGENT, browser);
    visitor
        .send(visitor.with_cookies(request).body(Body::empty()).unwrap())
        .await
        .leads_to();
}

/// The public names in the list, in its order; the own one has none.
fn named(page: &Answer) -> Vec<String> {
    page.body
        .match_indices("name=\"session\"")
        .map(|(at, _)| field(&page.body[at - 40..], "session").unwrap())
        .collect()
}

async fn end(visitor: &Visitor<'_>, session: &str) -> Answer {
    visitor
        .post(
            "/api/account/end-session",
            &[("session", session), ("back", "/en/account/sessions")],
        )
        .await
}

#[tokio::test]
async fn a_person_sees_their_own_sessions_and_ends_one_elsewhere() {
    let shop = TestPortal::start().await.with_another();
    let (desk, phone, other) = (shop.visitor(), shop.visitor(), shop.visitor());
    desk.sign_in("maria", "/en").await;
    sign_in_with(&phone, PHONE, "maria").await;
    other.sign_in("james", "/en").await;
    // Whichever portal answers.
    shop.turn_to(1);
    let list = desk.get("/en/account/sessions").await;
    assert_eq!(list.status, StatusCode::OK);
    assert_eq!(list.header("cache-control"), "no-store");
    assert!(list.body.contains("Safari, iPhone") && list.body.contains("This device"));
    let names = named(&list);
    assert_eq!(
        names.len(),
        1,
        "the other one, and not James's: {}",
        list.body
    );
    assert!(!list.body.contains(&phone.cookie(SESSION).unwrap()));
    assert!(!list.body.contains("AppleWebKit"), "coarse");

    // The public name opens nothing.
    let thief = shop.visitor();
    thief.set_cookie(SESSION, &names[0]);
    assert!(!is_signed_in(&thief.get("/en").await));

    // Somebody else's is as if it were not there.
    let foreign = end(&other, &names[0]).await;
    assert!(foreign.leads_to().ends_with("?done=signed-out-there"));
    assert!(is_signed_in(&phone.get("/en").await));
    assert_eq!(end(&other, "nonsense").await.status, StatusCode::SEE_OTHER);

    let ended = end(&desk, &names[0]).await;
    assert_eq!(
        ended.leads_to(),
        "/en/account/sessions?done=signed-out-there"
    );
    let told = phone.get("/en/account/sessions").await;
    assert!(!is_signed_in(&told));
    assert!(told.body.contains("You are no longer signed in"));
    let left = desk.get("/bg/account/sessions").await;
    assert!(named(&left).is_empty() && left.body.contains("Не сте влезли никъде другаде."));
    assert!(is_signed_in(&other.get("/en").await));
}

#[tokio::test]
async fn a_guest_has_no_list_and_ends_nothing() {
    let shop = TestPortal::start().await;
    let guest = shop.visitor();
    assert_eq!(
        guest.get("/en/account/sessions").await.status,
        StatusCode::FORBIDDEN
    );
    let answer = end(&guest, "b7d3f1e0-52c4-4c0e-9a77-3f8f1d2c6a90").await;
    assert_eq!(answer.leads_to(), "/en/account/sessions?problem=sign-in");
    assert!(guest.cookie_names().is_empty());
}

/// Each is written down, whether or not there is such a session: without a limit one person would fill the ledger.
#[tokio::test]
async fn section_6_a_person_ends_thirty_sessions_a_minute_one_by_one() {
    let shop = TestPortal::start().await;
    let (maria, james) = (shop.visitor(), shop.visitor());
    maria.sign_in("maria", "/en").await;
    james.sign_in("james", "/en").await;
    let phone = shop.visitor();
    phone.sign_in("maria", "/en").await;
    let list = maria.get("/en/account/sessions").await;
    let [on_the_phone] = named(&list).try_into().unwrap();
    let mut ended = 0;
    let refused = loop {
        let answer = end(&maria, &format!("00000000-0000-4000-8000-{ended:012}")).await;
        if answer.leads_to().contains("problem=") {
            break answer;
        }
        ended += 1;
        assert!(ended < 1_000, "no limit");
    };
    assert!(ended >= 30, "{ended}");
    assert_eq!(refused.leads_to(), "/en/account/sessions?problem=too-often");
    let told = maria.get(refused.leads_to()).await;
    assert!(told.body.contains("Please wait a minute"), "{}", told.body);
    // Others end theirs, and in a minute so does this person.
    let answer = end(&james, "00000000-0000-4000-8000-000000000000").await;
    assert!(!answer.leads_to().contains("problem="));
    assert!(is_signed_in(&phone.get("/en").await));
    shop.clock.advance(Duration::from_mins(1));
    let answer = end(&maria, &on_the_phone).await;
    assert!(!answer.leads_to().contains("problem="));
    assert!(!is_signed_in(&phone.get("/en").await));
}

#[tokio::test]
async fn o1_signing_out_everywhere_ends_all_of_the_person_and_nobody_elses() {
    let shop = TestPortal::start().await.with_another();
    let (desk, phone, other) = (shop.visitor(), shop.visitor(), shop.visitor());
    desk.sign_in("maria", "/en").await;
    phone.sign_in("maria", "/en").await;
    other.sign_in("james", "/en").await;
    // One that is being finished meanwhile ends as well.
    let late = shop.visitor();
    let fields = late.until_callback("maria", "/en").await;
    let parked = late.call_back(&fields).await;
    shop.turn_to(1);
    let out = desk
        .post("/sign-out", &[("everywhere", "1"), ("return", "/en")])
        .await;
    assert!(out.leads_to().contains("/id/connect/endsession?"));
    assert!(desk.cookie(SESSION).is_none());
    assert!(!is_signed_in(&phone.get("/en").await));
    assert_eq!(
        late.get(parked.leads_to()).await.status,
        StatusCode::BAD_REQUEST
    );
    assert!(!is_signed_in(&late.get("/en").await));
    assert!(is_signed_in(&other.get("/en").await));
    desk.sign_in("maria", "/en").await;
    assert!(is_signed_in(&desk.get("/en").await), "and in again");
}

/// Test 19 of the forty.
#[tokio::test]
async fn s6_an_id_that_was_set_before_is_never_adopted() {
    let shop = filled().await;
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    let set = "AAAAAAAAAAAAAAAAAAAAAA";
    // Neither by a guest's first cart line …
    let guest = shop.visitor();
    guest.set_cookie(SESSION, set);
    add(&guest, &product, "1").await;
    let cart = guest.cookie(SESSION).unwrap();
    assert_ne!(cart, set);
    // … nor by signing in: the guest's id dies with it.
    guest.sign_in("maria", "/en").await;
    let own = guest.cookie(SESSION).unwrap();
    assert!(own != set && own != cart);
    for former in [set, &cart] {
        let attacker = shop.visitor();
        attacker.set_cookie(SESSION, former);
        let page = attacker.get("/en/cart").await;
        assert!(
            !is_signed_in(&page) && !page.body.contains(&product),
            "{former}"
        );
    }
    // Nor does a sign-in keep the id of the person before.
    guest.sign_in("james", "/en").await;
    let attacker = shop.visitor();
    attacker.set_cookie(SESSION, &own);
    assert!(!is_signed_in(&attacker.get("/en").await));
}

#[tokio::test]
async fn s6_of_two_session_cookies_the_first_counts_and_odd_ones_are_none() {
    let shop = TestPortal::start().await;
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    let own = maria.cookie(SESSION).unwrap();
    let unknown = "BBBBBBBBBBBBBBBBBBBBBA";
    for (cookies, signed_in) in [
        (format!("session={own}"), true),
        (format!("session={own}; session={unknown}"), true),
        (format!("session={unknown}; session={own}"), false),
        (format!("session=nonsense; session={own}"), true),
        (format!("session={own}; session="), true),
        (format!("session={}; a=b", "x".repeat(10_000)), false),
        (format!("session=\"{own}\""), false),
        ("session".to_owned(), false),
        ("=; ;; session=%00".to_owned(), false),
        (format!("a=ж; session={own}"), true),
    ] {
        let request = maria
            .request("GET", "/en/signed-out")
            .header("cookie", cookies.as_bytes())
            .body(Body::empty())
            .unwrap();
        let page = crate::visitor::read(shop.send(request).await).await;
        assert!(!page.status.is_server_error(), "{cookies}");
        assert_eq!(is_signed_in(&page), signed_in, "{cookies}");
    }
}

/// Test 18 of the forty.
#[tokio::test]
async fn s6_a_guests_cart_is_merged_and_another_persons_is_not() {
    let shop = filled().await;
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    let shared = shop.visitor();
    // What Maria left in this browser, while she was signed in, is Maria's.
    shared.sign_in("maria", "/en").await;
    add(&shared, &product, "2").await;
    shared.sign_in("elena", "/en").await;
    assert!(
        !shared.get("/en/cart").await.body.contains(&product),
        "Elena orders for the same customer, and has a cart of her own"
    );
    shared.post("/sign-out", &[]).await.leads_to();
    // What a guest collected comes along, once.
    add(&shared, &product, "3").await;
    shared.sign_in("maria", "/en").await;
    let cart = shared.get("/en/cart").await;
    assert_eq!(
        field(&cart.body, "quantity").as_deref(),
        Some("5"),
        "{}",
        cart.body
    );
    shared.post("/sign-out", &[]).await.leads_to();
    assert!(!shared.get("/en/cart").await.body.contains(&product));
}

#[tokio::test]
async fn the_lives_of_sessions_are_settings() {
    let shop = TestPortal::set(
        "http://localhost:3000",
        &[
            ("VITRINA_CUSTOMER_IDLE_MINUTES", "5"),
            ("VITRINA_CUSTOMER_HOURS", "1"),
            ("VITRINA_EMPLOYEE_IDLE_MINUTES", "10"),
        ],
    )
    .await;
    let (maria, ivan) = (shop.visitor(), shop.visitor());
    maria.sign_in("maria", "/en").await;
    ivan.sign_in("ivan", "/en").await;
    for _ in 0..14 {
        shop.clock.advance(Duration::from_mins(4));
        assert!(
            is_signed_in(&maria.get("/en/signed-out").await)
                && is_signed_in(&ivan.get("/en/signed-out").await)
        );
    }
    shop.clock.advance(Duration::from_mins(4));
    assert!(!is_signed_in(&maria.get("/en/signed-out").await), "an hour");
    shop.clock.advance(Duration::from_mins(5));
    assert!(is_signed_in(&ivan.get("/en/signed-out").await));
    shop.clock.advance(Duration::from_mins(10));
    assert!(!is_signed_in(&ivan.get("/en/signed-out").await), "idle");
}

#[tokio::test]
async fn a_session_that_ended_by_itself_is_told_once_with_a_way_back() {
    let shop = filled().await;
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    shop.clock.advance(Duration::from_mins(31));
    // Cleaning up changes nothing about what is told.
    shop.portal
        .ledger
        .delete_expired(shop.portal.world.clock.now())
        .await
        .unwrap();
    let page = maria.get("/en/account/orders").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(
        page.body.contains("You are no longer signed in"),
        "{}",
        page.body
    );
    assert!(
        page.body.contains("value=\"/en/account/orders\""),
        "and back here"
    );
    assert!(maria.cookie(SESSION).is_none());
    let next = maria.get("/en").await;
    assert!(!next.body.contains("You are no longer signed in"));
    // A form that finds it out leads to a page that says so.
    maria.sign_in("maria", "/en").await;
    shop.clock.advance(Duration::from_mins(31));
    let (product, number) = plain(&shop, |entry| entry.least == 1.into());
    let back = format!("/bg/product/{number}");
    let fields = [
        ("product", product.as_str()),
        ("quantity", "1"),
        ("back", &back),
    ];
    let added = maria.post("/api/cart/add", &fields).await;
    assert!(
        added.leads_to().contains("problem=ended"),
        "{}",
        added.leads_to()
    );
    let told = maria.get(added.leads_to()).await;
    assert_eq!(told.status, StatusCode::OK);
    assert!(told.body.contains("Вече не сте в профила си"));
}

#[tokio::test]
async fn the_id_changes_with_the_customer_and_an_ended_session_is_not_revived_by_it() {
    let shop = TestPortal::start().await;
    let james = shop.visitor();
    james.sign_in("james", "/en").await;
    let page = james.get("/en/account/customers").await;
    let customer = field(&page.body, "customer").unwrap();
    let fields = [("customer", customer.as_str()), ("back", "/en")];
    let before = james.cookie(SESSION).unwrap();
    assert_eq!(
        james.post("/api/account/choose", &fields).await.leads_to(),
        "/en"
    );
    let after = james.cookie(SESSION).unwrap();
    assert_ne!(before, after);
    let thief = shop.visitor();
    thief.set_cookie(SESSION, &before);
    assert!(!is_signed_in(&thief.get("/en").await));

    // Another device signs out everywhere while the choice is on its way to the ledger: whichever comes first, nothing is left.
    for _ in 0..5 {
        let (chooser, ender) = (shop.visitor(), shop.visitor());
        for visitor in [&chooser, &ender] {
            visitor.sign_in("james", "/en").await;
        }
        let (chosen, _) = futures::future::join(
            chooser.post("/api/account/choose", &fields),
            ender.post("/sign-out", &[("everywhere", "1")]),
        )
        .await;
        assert!(!chosen.status.is_server_error());
        assert!(!is_signed_in(&chooser.get("/en").await));
    }
}

/// As the page's script asks.
async fn asked_by_script(visitor: &Visitor<'_>) -> String {
    let (name, value) = app::actions::SCRIPT_HEADER;
    let request = visitor
        .request("POST", "/api/cart/badge")
        .header("sec-fetch-site", "same-origin")
        .header(name, value)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let mut request = visitor
        .with_cookies(request)
        .body(Body::from(form(&[("back", "/en")])))
        .unwrap();
    request
        .headers_mut()
        .insert(ACCEPT, "application/json".parse().unwrap());
    let answer = visitor.send(request).await;
    let answer: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    answer["visit"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn o4_a_page_learns_that_it_is_another_visit() {
    let shop = TestPortal::start().await;
    let mark = |page: &Answer| {
        page.body
            .split("data-visit=\"")
            .nth(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
    };
    let tab = shop.visitor();
    assert_eq!(
        mark(&tab.get("/en").await),
        None,
        "guests' pages are all the same"
    );
    tab.sign_in("maria", "/en").await;
    let own = mark(&tab.get("/en").await).unwrap();
    assert_eq!(mark(&tab.get("/bg/cart").await).as_ref(), Some(&own));
    assert_eq!(asked_by_script(&tab).await, own);
    let thief = shop.visitor();
    thief.set_cookie(SESSION, &own);
    assert!(!is_signed_in(&thief.get("/en").await), "it opens nothing");
    // Signed out in another tab.
    tab.post("/sign-out", &[]).await.leads_to();
    assert_eq!(asked_by_script(&tab).await, "");
    // Somebody else, and somebody else's other customer.
    tab.sign_in("james", "/en").await;
    let undecided = asked_by_script(&tab).await;
    assert!(!undecided.is_empty() && undecided != own);
    let page = tab.get("/en/account/customers").await;
    let customer = field(&page.body, "customer").unwrap();
    tab.post(
        "/api/account/choose",
        &[("customer", &customer), ("back", "/en")],
    )
    .await
    .leads_to();
    assert_ne!(asked_by_script(&tab).await, undecided);
}

#[tokio::test]
async fn a_role_taken_away_is_known_within_minutes_and_at_once_where_it_binds() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    let form = checkout(&maria).await;
    shop.demo
        .revoke_access("maria.ivanova@harbour.example")
        .unwrap();
    let placed = place(&maria, &form).await;
    assert!(
        placed.leads_to().contains("problem=not-allowed"),
        "{}",
        placed.leads_to()
    );
    assert_eq!(shop.demo.orders().len(), 0);
    shop.clock.advance(Duration::from_mins(5));
    let orders = maria.get("/en/account/orders").await;
    assert_eq!(orders.status, StatusCode::FORBIDDEN, "{}", orders.body);
}

/// Browsers keep sub-domains from planting `__Host-` names; what only reads as such a name must not count (RFC 6265bis §4.1.3.2).
#[tokio::test]
async fn s6_a_cookie_whose_name_only_reads_as_ours_is_none() {
    let shop = TestPortal::at("https://shop.example").await;
    let attacker = shop.visitor();
    attacker.sign_in("petar", "/en").await;
    let theirs = attacker.cookie("__Host-session").unwrap();
    for (name, first) in [
        ("__Host%2Dsession", false),
        ("__Host%2Dsession", true),
        ("%5F_Host-session", false),
        ("\u{2000}__Host-session", false),
        ("\u{2000}__Host-session", true),
        ("\u{85}__Host-session", true),
        ("\u{a0}__Host-session", true),
    ] {
        for value in [theirs.as_str(), "AAAAAAAAAAAAAAAAAAAAAA"] {
            let victim = shop.visitor();
            if first {
                victim.set_cookie(name, value);
            }
            // Beside it something that makes the header be read with more care.
            victim.set_cookie("ж", "1");
            victim.sign_in("maria", "/en").await;
            victim.set_cookie(name, value);
            let own = victim.cookie("__Host-session");
            for _ in 0..2 {
                let page = victim.get("/en/signed-out").await.body;
                assert!(page.contains("Мария Иванова"), "{name:?} {first} {value}");
            }
            assert_eq!(victim.cookie("__Host-session"), own, "{name:?}: taken away");
        }
    }
    // The same for the cookie of an attempt: nobody is signed in as somebody else.
    let begun = attacker.post("/sign-in", &[("return", "/en")]).await;
    let names = attacker.cookie_names();
    let id = names
        .iter()
        .find_map(|name| name.strip_prefix("__Host-attempt-"))
        .unwrap();
    let secret = attacker.cookie(&format!("__Host-attempt-{id}")).unwrap();
    let answer = Provider::new()
        .sign_in(&shop.demo, begun.leads_to(), "petar")
        .await;
    let victim = shop.visitor();
    victim.set_cookie("ж", "1");
    victim.set_cookie(&format!("\u{2000}__Host-attempt-{id}"), &secret);
    victim.set_cookie(&format!("__Host%2Dattempt-{id}"), &secret);
    let parked = victim.call_back(&answer).await;
    assert_eq!(
        victim.get(parked.leads_to()).await.status,
        StatusCode::BAD_REQUEST
    );
    assert!(victim.cookie("__Host-session").is_none());
}

/// A session in use is written now and then, whatever was asked for: also with what everybody may keep.
#[tokio::test]
async fn s6_an_answer_with_a_session_cookie_is_kept_by_nobody() {
    let shop = TestPortal::start().await;
    std::fs::write(shop.portal.settings.data.join("favicon.svg"), "<svg/>").unwrap();
    let maria = shop.visitor();
    let path = "/favicon.svg?x=1";
    assert!(
        maria
            .get(path)
            .await
            .header("cache-control")
            .contains("public")
    );
    maria.sign_in("maria", "/en").await;
    shop.clock.advance(Duration::from_secs(61));
    let file = maria.get(path).await;
    assert_eq!(file.status, StatusCode::OK);
    assert!(file.headers.contains_key(SET_COOKIE), "it is prolonged");
    assert_eq!(file.header("cache-control"), "no-store");
}
