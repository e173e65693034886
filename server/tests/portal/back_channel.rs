//! Back-channel sign-out (B1–B5): the identity provider tells one portal, and it holds for all.

use axum::body::Body;
use demo::{Signing, Spoil, TokenChange};
use http::{StatusCode, header::CONTENT_TYPE};
use serde_json::json;

use crate::{
    journal::Journal,
    test_portal::TestPortal,
    visitor::{Answer, Visitor, form, read},
};

const MARIA: &str = "maria.ivanova@harbour.example";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// As the provider's software posts it: from another place, without cookies.
async fn tell(shop: &TestPortal, fields: &[(&str, &str)]) -> Answer {
    send(shop, "application/x-www-form-urlencoded", form(fields)).await
}

async fn send(shop: &TestPortal, kind: &str, body: String) -> Answer {
    let request = shop
        .visitor()
        .request("POST", "/backchannel-logout")
        .header("accept", "*/*")
        .header(CONTENT_TYPE, kind)
        .body(Body::from(body))
        .unwrap();
    read(shop.send(request).await).await
}

async fn is_signed_in(visitor: &Visitor<'_>) -> bool {
    visitor.get("/en").await.body.contains("Мария Иванова")
}

fn refused(answer: &Answer, case: &str) {
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{case}");
    assert_eq!(answer.header("cache-control"), "no-store", "{case}");
    assert_eq!(answer.body, r#"{"error":"invalid_request"}"#, "{case}");
    assert!(
        answer
            .header("content-type")
            .starts_with("application/json")
    );
    assert!(answer.headers.get("set-cookie").is_none(), "{case}");
}

/// Test 26 of the forty: the session was made on one portal, the other one is told.
#[tokio::test]
async fn b1_b4_the_other_portal_is_told_and_the_session_ends_on_both() {
    let shop = TestPortal::start().await.with_another();
    let (maria, james) = (shop.visitor(), shop.visitor());
    maria.sign_in("maria", "/en").await;
    james.sign_in("james", "/en").await;
    let token = shop.demo.logout_token(MARIA).unwrap();
    shop.turn_to(1);
    assert!(is_signed_in(&maria).await, "a session of the fleet");
    let answer = tell(&shop, &[("logout_token", &token)]).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, ""));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.headers.get("set-cookie").is_none());
    for portal in [0, 1] {
        shop.turn_to(portal);
        assert!(!is_signed_in(&maria).await, "portal {portal}");
        assert!(
            james.get("/en").await.body.contains("/sign-out"),
            "nobody else"
        );
    }
    // B2: seen once is seen by all.
    for portal in [0, 1] {
        shop.turn_to(portal);
        refused(&tell(&shop, &[("logout_token", &token)]).await, "replayed");
    }
}

/// Test 26 of the forty: what is refused, on the other portal than the one that made the session.
#[tokio::test]
async fn b2_a_logout_token_that_breaks_a_rule_ends_nothing_on_the_other_portal() {
    let shop = TestPortal::start().await.with_another();
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    shop.turn_to(1);
    let claims = |claims| TokenChange::claims(claims);
    for (case, change) in [
        ("alg none", TokenChange::signing(Signing::Unsigned)),
        (
            "signed with the secret",
            TokenChange::signing(Signing::Secret),
        ),
        (
            "signed by a stranger",
            TokenChange::signing(Signing::Stranger),
        ),
        ("forged", TokenChange::signing(Signing::Forged)),
        ("no event", claims(json!({ "events": null }))),
        ("wrong event", claims(json!({ "events": { "other": {} } }))),
        (
            "two events",
            claims(json!({ "events": { EVENT: {}, "other": {} } })),
        ),
        (
            "event that is no object",
            claims(json!({ "events": { EVENT: "yes" } })),
        ),
        ("with a nonce", claims(json!({ "nonce": "n" }))),
        ("wrong audience", claims(json!({ "aud": "other" }))),
        (
            "second audience",
            claims(json!({ "aud": [shop.demo.client_id(), "other"] })),
        ),
        (
            "wrong issuer",
            claims(json!({ "iss": "https://evil.example/id" })),
        ),
        ("no issue time", claims(json!({ "iat": null }))),
        ("old", claims(json!({ "iat": 1 }))),
        ("expired", claims(json!({ "exp": 2, "iat": 1 }))),
        ("no id", claims(json!({ "jti": null }))),
        ("nobody's", claims(json!({ "sub": null, "sid": null }))),
        (
            "an access token by its type",
            TokenChange::header(json!({ "typ": "at+jwt" })),
        ),
        (
            "critical header",
            TokenChange::header(json!({ "crit": ["x"] })),
        ),
    ] {
        shop.demo.spoil(Spoil {
            logout: change,
            ..Spoil::default()
        });
        let token = shop.demo.logout_token(MARIA).unwrap();
        refused(&tell(&shop, &[("logout_token", &token)]).await, case);
        assert!(is_signed_in(&maria).await, "{case}");
    }
    shop.demo.spoil(Spoil::default());
    let sound = shop.demo.logout_token(MARIA).unwrap();
    assert_eq!(
        tell(&shop, &[("logout_token", &sound)]).await.status,
        StatusCode::OK
    );
    assert!(!is_signed_in(&maria).await);
}

#[tokio::test]
async fn b1_other_forms_bodies_and_verbs_are_refused() {
    let shop = TestPortal::start().await;
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    let token = shop.demo.logout_token(MARIA).unwrap();
    for fields in [
        &[][..],
        &[("logout_token", "")],
        &[("logout_token", "a.b.c")],
        &[("logout_token", &token), ("logout_token", &token)],
        &[("token", &token)],
    ] {
        refused(
            &tell(&shop, fields).await,
            &format!("{} fields", fields.len()),
        );
    }
    // An ID token is no logout token.
    let out = maria.post("/sign-out", &[]).await;
    let hint = url::Url::parse(out.leads_to())
        .unwrap()
        .query_pairs()
        .find_map(|(name, value)| (name == "id_token_hint").then(|| value.into_owned()))
        .unwrap();
    refused(
        &tell(&shop, &[("logout_token", &hint)]).await,
        "an ID token",
    );
    // 16 KiB, and no more.
    let fits = format!("logout_token={}", "x".repeat(16 * 1024 - 13));
    let form = "application/x-www-form-urlencoded";
    refused(&send(&shop, form, fits.clone()).await, "16 KiB");
    assert_eq!(
        send(&shop, form, format!("{fits}x")).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert_eq!(
        send(
            &shop,
            "application/json",
            json!({ "logout_token": token }).to_string()
        )
        .await
        .status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    assert_eq!(
        shop.visitor().get("/backchannel-logout").await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[tokio::test]
async fn b3_a_token_ends_the_session_it_names_or_all_of_the_person() {
    let shop = TestPortal::start().await;
    let (desk, phone, other) = (shop.visitor(), shop.visitor(), shop.visitor());
    for visitor in [&desk, &phone] {
        visitor.sign_in("maria", "/en").await;
        shop.clock.advance(std::time::Duration::from_secs(2));
    }
    other.sign_in("james", "/en").await;
    // The latest session at the provider is the phone's.
    let one = shop.demo.logout_token(MARIA).unwrap();
    assert_eq!(
        tell(&shop, &[("logout_token", &one)]).await.status,
        StatusCode::OK
    );
    assert!(is_signed_in(&desk).await && !is_signed_in(&phone).await);
    phone.sign_in("maria", "/en").await;
    assert!(
        is_signed_in(&phone).await,
        "who was signed out may sign in again"
    );
    shop.demo.spoil(Spoil {
        logout: TokenChange::claims(json!({ "sid": null })),
        ..Spoil::default()
    });
    let all = shop.demo.logout_token(MARIA).unwrap();
    assert_eq!(
        tell(&shop, &[("logout_token", &all)]).await.status,
        StatusCode::OK
    );
    assert!(!is_signed_in(&desk).await && !is_signed_in(&phone).await);
    assert!(other.get("/en").await.body.contains("/sign-out"));
    // Unknown ones are fine.
    for claims in [
        json!({ "sid": "UNKNOWN" }),
        json!({ "sid": null, "sub": "nobody" }),
    ] {
        shop.demo.spoil(Spoil {
            logout: TokenChange::claims(claims),
            ..Spoil::default()
        });
        let unknown = shop.demo.logout_token(MARIA).unwrap();
        assert_eq!(
            tell(&shop, &[("logout_token", &unknown)]).await.status,
            StatusCode::OK
        );
    }
}

/// Which sessions a token means that names one, where an ID token named none, nobody can tell: they end as well.
#[tokio::test]
async fn b3_a_session_begun_without_a_name_ends_with_any_of_its_person() {
    let shop = TestPortal::start().await;
    let (unnamed, named, other) = (shop.visitor(), shop.visitor(), shop.visitor());
    let nameless = || TokenChange::claims(json!({ "sid": null }));
    shop.demo.spoil(Spoil {
        front: nameless(),
        back: nameless(),
        ..Spoil::default()
    });
    unnamed.sign_in("maria", "/en").await;
    other.sign_in("james", "/en").await;
    shop.demo.spoil(Spoil::default());
    named.sign_in("maria", "/en").await;
    shop.demo.spoil(Spoil {
        logout: TokenChange::claims(json!({ "sid": "A-THIRD-DEVICE" })),
        ..Spoil::default()
    });
    let token = shop.demo.logout_token(MARIA).unwrap();
    let answer = tell(&shop, &[("logout_token", &token)]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!is_signed_in(&unnamed).await);
    assert!(is_signed_in(&named).await, "another one was named");
    assert!(other.get("/en").await.body.contains("/sign-out"));
}

#[tokio::test]
async fn b3_a_sign_in_under_way_ends_with_the_person() {
    for sid_too in [true, false] {
        let shop = TestPortal::start().await.with_another();
        let maria = shop.visitor();
        let fields = maria.until_callback("maria", "/en").await;
        let parked = maria.call_back(&fields).await;
        if !sid_too {
            shop.demo.spoil(Spoil {
                logout: TokenChange::claims(json!({ "sid": null })),
                ..Spoil::default()
            });
        }
        let token = shop.demo.logout_token(MARIA).unwrap();
        shop.turn_to(1);
        assert_eq!(
            tell(&shop, &[("logout_token", &token)]).await.status,
            StatusCode::OK
        );
        shop.turn_to(0);
        let finished = maria.get(parked.leads_to()).await;
        assert_eq!(finished.status, StatusCode::BAD_REQUEST, "{sid_too}");
        assert!(finished.body.contains("<h1"));
        assert!(!is_signed_in(&maria).await, "{sid_too}");
        // The next sign-in works.
        assert_eq!(maria.sign_in("maria", "/en").await, "/en");
        assert!(is_signed_in(&maria).await);
    }
}

#[tokio::test]
async fn b5_a_source_that_tells_too_often_is_refused_and_others_are_heard() {
    let shop = TestPortal::start().await;
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    let from = |address: &str, token: String| {
        let mut request = shop
            .visitor()
            .request("POST", "/backchannel-logout")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form(&[("logout_token", &token)])))
            .unwrap();
        let peer = server::layers::source::Peer(address.parse().unwrap());
        request.extensions_mut().insert(peer);
        shop.send(request)
    };
    let journal = Journal::begin();
    // While it is asked, some become free again: twenty in a second.
    let mut heard = 0;
    while from("203.0.113.9", format!("{heard}.b.c")).await.status() == StatusCode::BAD_REQUEST {
        heard += 1;
        assert!(heard < 30_000, "no limit");
    }
    assert!(heard >= 1_200, "{heard}");
    let answer = from("203.0.113.9", "a.b.c".to_owned()).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(journal.read().contains("too_many_logouts"));
    let token = shop.demo.logout_token(MARIA).unwrap();
    assert_eq!(from("203.0.113.10", token).await.status(), StatusCode::OK);
    assert!(!is_signed_in(&maria).await);
}
