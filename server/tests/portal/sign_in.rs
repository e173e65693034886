//! Signing in (P1–P7, S1–S8).

use std::time::Duration;

use http::{StatusCode, header::SET_COOKIE};
use server::sessions::CartOwner;

use crate::{provider::Provider, test_portal::TestPortal, visitor::Visitor};

const SESSION: &str = "session";

/// Test 1 of the forty, without a browser.
#[tokio::test]
async fn p1_p4_a_buyer_signs_in_and_returns_to_where_they_were() {
    let shop = TestPortal::start().await;
    let maria = shop.visitor();
    let fields = maria.until_callback("maria", "/en/cart").await;
    let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
    assert!(
        names.contains(&"code") && names.contains(&"id_token") && names.contains(&"state"),
        "{names:?}"
    );

    // P1: the callback comes without cookies and sets none. P4: nothing of the answer stands in an address.
    let parked = maria.call_back(&fields).await;
    assert!(!parked.headers.contains_key(SET_COOKIE));
    let finish = parked.leads_to().to_owned();
    assert!(finish.starts_with("/sign-in/finish/"));
    assert!(
        fields
            .iter()
            .all(|(_, value)| !finish.contains(value.as_str())),
        "{finish}"
    );

    let finished = maria.get(&finish).await;
    assert_eq!(finished.leads_to(), "/en/cart");
    assert_eq!(finished.header("cache-control"), "no-store");
    assert_eq!(
        maria.cookie_names(),
        [SESSION],
        "S6: the attempt's cookie is gone"
    );
    assert!(maria.get("/en").await.body.contains("Мария Иванова"));
    // The token does not leave the server.
    let (_, token) = fields.iter().find(|(name, _)| name == "id_token").unwrap();
    assert!(!maria.get("/en").await.body.contains(token.as_str()));
}

#[tokio::test]
async fn where_one_is_led_depends_on_ones_customers() {
    let shop = TestPortal::start().await;
    assert_eq!(
        shop.visitor().sign_in("nora", "/en/cart").await,
        "/en/account/waiting"
    );
    let to = shop.visitor().sign_in("james", "/bg/checkout").await;
    assert_eq!(to, "/bg/account/customers?return=%2Fbg%2Fcheckout");
}

#[tokio::test]
async fn p2_the_callback_also_comes_by_get_and_with_a_slash() {
    let shop = TestPortal::start().await;
    for path in ["/signin-callback", "/signin-callback/"] {
        let maria = shop.visitor();
        let fields = maria.until_callback("maria", "/en").await;
        let printed: Vec<_> = fields
            .iter()
            .filter(|(name, _)| name == "code" || name == "state")
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let parked = maria
            .get(&format!("{path}?{}", crate::visitor::form(&printed)))
            .await;
        assert_eq!(
            maria.get(parked.leads_to()).await.leads_to(),
            "/en",
            "{path}"
        );
    }
}

#[tokio::test]
async fn p3_an_answer_without_an_attempt_is_refused_kindly() {
    let shop = TestPortal::start().await;
    let stranger = shop.visitor();
    for fields in [
        &[][..],
        &[("state", "unknown"), ("code", "c")],
        &[("state", "a"), ("state", "b"), ("code", "c")],
    ] {
        let answer = stranger
            .post_from_elsewhere("/signin-callback", fields)
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.body.contains("<h1"), "a page: {}", answer.body);
    }
    assert!(stranger.cookie_names().is_empty());
}

/// Test 5 of the forty.
#[tokio::test]
async fn p3_a_replayed_callback_is_refused() {
    let shop = TestPortal::start().await;
    let maria = shop.visitor();
    let fields = maria.until_callback("maria", "/en").await;
    maria.call_back(&fields).await.leads_to();
    assert_eq!(
        maria.call_back(&fields).await.status,
        StatusCode::BAD_REQUEST
    );
}

/// Test 3 of the forty: cookies are off, or were cleared.
#[tokio::test]
async fn p5_without_the_attempt_cookie_nothing_is_redeemed() {
    let shop = TestPortal::start().await;
    let begun = shop.visitor();
    let fields = begun.until_callback("maria", "/en").await;
    let without = shop.visitor();
    // P1: the callback itself needs none.
    let parked = without.call_back(&fields).await;
    let requests = shop.demo.calls().token_requests;
    for cookie in [None, Some(""), Some("A"), Some("%00"), Some("\"")] {
        if let Some(value) = cookie {
            without.set_cookie(&format!("attempt-{}", attempt_of(&begun)), value);
        }
        let answer = without.get(parked.leads_to()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{cookie:?}");
        assert!(answer.body.contains("action=\"/sign-in\""), "a way on");
        assert!(without.cookie(SESSION).is_none(), "{cookie:?}");
    }
    assert_eq!(shop.demo.calls().token_requests, requests, "redeemed");
}

/// Test 4 of the forty.
#[tokio::test]
async fn p5_an_answer_parked_by_another_browser_signs_nobody_in() {
    let shop = TestPortal::start().await;
    let attacker = shop.visitor();
    let fields = attacker.until_callback("james", "/en").await;
    let parked = attacker.call_back(&fields).await;
    let victim = shop.visitor();
    let answer = victim.get(parked.leads_to()).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    assert!(victim.cookie(SESSION).is_none());
    // Nor does it touch who is signed in already, not even with an attempt of their own under way.
    victim.sign_in("maria", "/en").await;
    let session = victim.cookie(SESSION);
    victim
        .post("/sign-in", &[("return", "/en")])
        .await
        .leads_to();
    assert!(victim.get(parked.leads_to()).await.status.is_client_error());
    assert_eq!(victim.cookie(SESSION), session);
    assert!(victim.get("/en").await.body.contains("Мария Иванова"));
}

/// The other way round: a stranger begins, and leads somebody who is signed in at the instance there. The answer comes in that
/// browser, and is worth nothing to the stranger: not before it came, not after, not by any way the answer may come.
#[tokio::test]
async fn p5_an_answer_of_another_browser_is_worth_nothing_to_who_began() {
    for (by_get, victim_follows, frame) in [
        (false, true, None),
        (false, false, None),
        (true, true, None),
        (true, false, None),
        (false, false, Some("a-hand-over")),
    ] {
        let shop = TestPortal::start().await;
        let attacker = shop.visitor();
        let mut fields = vec![("return", "/en")];
        fields.extend(frame.map(|id| ("hand_over", id)));
        let begun = attacker.post("/sign-in", &fields).await;
        let id = attempt_of(&attacker);
        let finish = format!("/sign-in/finish/{id}");
        assert!(attacker.get(&finish).await.status.is_client_error());
        let answer = Provider::new()
            .sign_in(&shop.demo, begun.leads_to(), "maria")
            .await;
        let victim = shop.visitor();
        let parked = if by_get {
            let pairs: Vec<_> = answer
                .iter()
                .filter(|(name, _)| name == "code" || name == "state")
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let callback = format!("/signin-callback?{}", crate::visitor::form(&pairs));
            victim.get(&callback).await
        } else {
            victim.call_back(&answer).await
        };
        let (_, landing) = parked.leads_to().rsplit_once('/').unwrap();
        assert_eq!(landing.len(), 43, "256 bits");
        assert!(!landing.contains(&id) && !begun.leads_to().contains(landing));
        let requests = shop.demo.calls().token_requests;
        if victim_follows {
            let told = victim.get(parked.leads_to()).await;
            assert_eq!(told.status, StatusCode::BAD_REQUEST);
            assert!(victim.cookie(SESSION).is_none());
            // Even one who learns the landing then comes too late.
            attacker.get(parked.leads_to()).await;
        }
        let tried = attacker.get(&finish).await;
        assert!(tried.status.is_client_error(), "{}", tried.status);
        assert!(
            attacker.cookie(SESSION).is_none(),
            "{by_get} {victim_follows} {frame:?}: the stranger is somebody else now"
        );
        assert_eq!(shop.demo.calls().token_requests, requests, "redeemed");
    }
}

/// The public id of the attempt that a browser has begun.
fn attempt_of(visitor: &Visitor<'_>) -> String {
    let names = visitor.cookie_names();
    let id = names.iter().find_map(|name| name.strip_prefix("attempt-"));
    id.unwrap().to_owned()
}

/// Test 8 of the forty.
#[tokio::test]
async fn p6_a_ninth_tab_pushes_the_oldest_out_and_the_others_finish() {
    let shop = TestPortal::start().await;
    let maria = shop.visitor();
    let mut tabs = Vec::new();
    for _ in 0..9 {
        tabs.push(maria.until_callback("maria", "/en").await);
    }
    let attempts = || {
        let names = maria.cookie_names();
        names
            .iter()
            .filter(|name| name.starts_with("attempt-"))
            .count()
    };
    assert_eq!(attempts(), 8);
    let parked = maria.call_back(&tabs.remove(0)).await;
    let oldest = maria.get(parked.leads_to()).await;
    assert_eq!(oldest.status, StatusCode::BAD_REQUEST);
    assert!(oldest.body.contains("action=\"/sign-in\""), "a way on");
    // One after the other, each over the session of the one before.
    for (finished, fields) in tabs.iter().enumerate() {
        let parked = maria.call_back(fields).await;
        assert_eq!(maria.get(parked.leads_to()).await.leads_to(), "/en");
        assert_eq!(attempts(), 7 - finished);
    }
    assert!(maria.get("/en").await.body.contains("Мария Иванова"));
}

/// Test 6 of the forty.
#[tokio::test]
async fn p7_a_reload_after_finishing_goes_on_and_a_stranger_starts_again() {
    let shop = TestPortal::start().await;
    let maria = shop.visitor();
    let fields = maria.until_callback("maria", "/en/cart").await;
    let parked = maria.call_back(&fields).await;
    let finish = parked.leads_to();
    maria.get(finish).await.leads_to();
    assert_eq!(maria.get(finish).await.leads_to(), "/en/cart");
    let stranger = shop.visitor().get(finish).await;
    assert!(!stranger.status.is_server_error() && stranger.body.contains("<h1"));
}

/// Test 2 of the forty.
#[tokio::test]
async fn s2_attempts_end_after_ten_minutes_and_a_slow_typist_is_in_time() {
    let shop = TestPortal::start().await;
    let slow = shop.visitor();
    slow.post("/sign-in", &[("return", "/en")]).await.leads_to();
    shop.clock.advance(Duration::from_mins(3));
    let fields = slow.until_callback("maria", "/en").await;
    assert!(
        slow.call_back(&fields)
            .await
            .leads_to()
            .starts_with("/sign-in/finish/")
    );

    let late = shop.visitor();
    let begun = late.post("/sign-in", &[("return", "/en")]).await;
    let state = url_parameter(begun.leads_to(), "state");
    shop.clock.advance(Duration::from_mins(10));
    let answer = late
        .post_from_elsewhere("/signin-callback", &[("state", &state), ("code", "c")])
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn s2_each_attempt_is_fresh_and_as_the_instance_wants_it() {
    let shop = TestPortal::start().await;
    let visitor = shop.visitor();
    let first = visitor.post("/sign-in", &[("return", "/bg")]).await;
    let second = visitor.post("/sign-in", &[("return", "/bg")]).await;
    for (name, length) in [("state", 43), ("nonce", 43), ("code_challenge", 43)] {
        let (one, other) = (
            url_parameter(first.leads_to(), name),
            url_parameter(second.leads_to(), name),
        );
        assert_eq!(one.len(), length, "{name}");
        assert_ne!(one, other, "{name}");
    }
    for (name, value) in [
        ("response_type", "code id_token"),
        ("response_mode", "form_post"),
        ("code_challenge_method", "S256"),
        ("redirect_uri", "http://localhost:3000/signin-callback"),
        ("scope", "openid profile"),
    ] {
        assert_eq!(url_parameter(first.leads_to(), name), value);
    }
}

#[tokio::test]
async fn s3_a_return_address_that_is_no_place_of_ours_leads_home() {
    let shop = TestPortal::start().await;
    for evil in [
        "//evil.example",
        "/\\evil.example",
        "https:evil",
        "/%2F%2Fevil",
        "javascript:alert(1)",
        "/de",
        "",
    ] {
        assert_eq!(
            shop.visitor().sign_in("maria", evil).await,
            "/en",
            "{evil:?}"
        );
    }
}

#[tokio::test]
async fn s6_the_session_id_is_new_and_one_that_was_set_before_is_never_adopted() {
    let shop = TestPortal::start().await;
    let victim = shop.visitor();
    victim.set_cookie(SESSION, "AAAAAAAAAAAAAAAAAAAAAA");
    victim.sign_in("maria", "/en").await;
    let first = victim.cookie(SESSION).unwrap();
    assert_ne!(first, "AAAAAAAAAAAAAAAAAAAAAA");
    victim.sign_in("maria", "/en").await;
    let second = victim.cookie(SESSION).unwrap();
    assert_ne!(first, second);
    // The old one is dead.
    let thief = shop.visitor();
    thief.set_cookie(SESSION, &first);
    assert!(!thief.get("/en").await.body.contains("Мария Иванова"));
    for malformed in ["", "x", "\u{1}", &"A".repeat(4000)] {
        let odd = shop.visitor();
        odd.set_cookie(SESSION, &malformed.replace('\u{1}', "%01"));
        assert_eq!(odd.get("/en/signed-out").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn s8_another_site_cannot_begin_a_sign_in() {
    let shop = TestPortal::start().await;
    let victim = shop.visitor();
    assert_eq!(
        victim
            .post_from_elsewhere("/sign-in", &[("return", "/en")])
            .await
            .status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        victim.get("/sign-in?return=/en").await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    assert!(victim.cookie_names().is_empty());
}

#[tokio::test]
async fn a_session_ends_after_thirty_idle_minutes_and_at_the_latest_after_its_life() {
    for (person, hours) in [("maria", 12), ("ivan", 8)] {
        let shop = TestPortal::start().await;
        let idle = shop.visitor();
        idle.sign_in(person, "/en").await;
        let name = idle.get("/en").await.body.contains("sign-out");
        assert!(name, "signed in");
        let busy = shop.visitor();
        busy.sign_in(person, "/en").await;
        shop.clock.advance(Duration::from_mins(29));
        assert!(busy.get("/en").await.body.contains("sign-out"));
        shop.clock.advance(Duration::from_mins(1));
        assert!(!idle.get("/en").await.body.contains("sign-out"), "idle");
        for _ in 0..hours * 3 - 2 {
            shop.clock.advance(Duration::from_mins(20));
            let _used = busy.get("/en").await;
        }
        shop.clock.advance(Duration::from_mins(20));
        assert!(
            !busy.get("/en").await.body.contains("sign-out"),
            "{person}: {hours} hours"
        );
    }
}

#[tokio::test]
async fn sign_in_while_the_instance_is_away_says_so() {
    let away = TestPortal::without_instance().await;
    let answer = away.visitor().post("/sign-in", &[("return", "/en")]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.body.contains("<h1"));
}

#[test]
fn owners_of_carts_are_told_apart() {
    use vitrina::{ids::CustomerId, visitor::PersonId};
    let id = uuid::Uuid::from_u128(1);
    let person = |person, customer| CartOwner::Person { person, customer };
    let owners = [
        CartOwner::Guest(id),
        person(PersonId::User(id), None),
        person(PersonId::User(id), Some(CustomerId(id))),
        person(PersonId::Login("none:user:x".to_owned()), None),
        person(PersonId::Login("x".to_owned()), None),
    ];
    let keys: std::collections::HashSet<_> = owners.iter().map(ToString::to_string).collect();
    assert_eq!(keys.len(), owners.len());
}

fn url_parameter(address: &str, name: &str) -> String {
    let url = url::Url::parse(address).unwrap();
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.unwrap().1.into_owned()
}
