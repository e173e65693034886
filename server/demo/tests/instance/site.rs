//! Restarts, keys, licences, and what was counted.

use std::sync::Arc;

use crate::portal::Portal;
use demo::{Does, Fault, InFlight, Limits, Meets, Rotation};
use reqwest::Method;
use serde_json::Value;
use time::Duration;

const CURRENCIES: &str = "General_Currencies_Currencies?$top=2";

#[tokio::test]
async fn a_restart_takes_sessions_and_transactions() {
    let portal = Arc::new(Portal::start(|_| {}).await);
    let transaction = portal.begin().await;
    let before = portal.demo.seen();
    assert_eq!((before.sessions, before.transactions), (1, 1));
    portal.demo.restart(InFlight::Finish);
    let after = portal.demo.seen();
    assert_eq!(
        (
            after.sessions,
            after.transactions,
            after.transactions_abandoned
        ),
        (0, 0, 1)
    );
    assert_eq!(
        portal.end(&transaction, true).await,
        500,
        "Invalid TransactionId"
    );
    let seen = portal.demo.seen();
    assert_eq!(
        (seen.sessions, seen.sessions_opened),
        (1, 2),
        "the token stays good"
    );

    let hang = portal.demo.bring_up(Fault::once(Meets::Api, Does::Hang));
    let held = tokio::spawn({
        let portal = Arc::clone(&portal);
        async move { portal.try_call(Method::GET, CURRENCIES, None).await }
    });
    portal.demo.until_met(hang, 1).await;
    portal.demo.restart(InFlight::Cut);
    assert!(held.await.unwrap().is_err(), "the connection is cut");
    assert_eq!(
        portal.status(CURRENCIES).await,
        200,
        "new ones are accepted"
    );
}

#[tokio::test]
async fn keys_rotate_with_and_without_overlap() {
    let mut portal = Portal::start(|_| {}).await;
    let root = portal.demo.root().to_owned();
    let published = async |portal: &Portal| {
        let address = format!("{root}/id/.well-known/openid-configuration/jwks");
        let keys: Value = portal
            .http
            .get(address)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let kids = keys["keys"].as_array().unwrap().iter();
        kids.map(|key| key["kid"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let first = published(&portal).await;
    portal.demo.rotate_keys(Rotation::Overlap).unwrap();
    let second = published(&portal).await;
    assert_eq!((second.len(), &second[1]), (2, &first[0]));
    assert_eq!(
        portal.status(CURRENCIES).await,
        200,
        "the old token is good"
    );
    portal.demo.rotate_keys(Rotation::Abrupt).unwrap();
    let third = published(&portal).await;
    assert_eq!(third.len(), 1);
    assert!(!second.contains(&third[0]));
    assert_eq!(
        portal.status(CURRENCIES).await,
        401,
        "the old token is no good"
    );
    portal.renew().await;
    assert_eq!(portal.status(CURRENCIES).await, 200);
}

#[tokio::test]
async fn without_a_licence_slot_no_session_is_opened() {
    for (version, status, wait) in [("26.3.100.4", 500, false), ("27.1.0.7", 503, true)] {
        let portal = Portal::start(|options| options.version = version.parse().unwrap()).await;
        assert_eq!(portal.status(CURRENCIES).await, 200);
        portal.demo.take_licences(Limits::default().licences);
        assert_eq!(
            portal.status(CURRENCIES).await,
            200,
            "an open session stays"
        );
        let transaction = portal.begin().await;
        portal.demo.lose_licence();
        let refused = portal.call(Method::GET, CURRENCIES, None, None).await;
        assert_eq!(refused.status(), status, "{version}");
        assert_eq!(refused.headers().contains_key("retry-after"), wait);
        let text = refused.text().await.unwrap();
        assert!(text.contains("MaximumLicenseCountExceeded"), "{text}");
        portal.demo.take_licences(0);
        assert_eq!(
            portal.end(&transaction, true).await,
            500,
            "it died with its session"
        );
        let seen = portal.demo.seen();
        assert_eq!((seen.without_licence, seen.sessions_opened), (1, 2));

        portal
            .demo
            .bring_up(Fault::once(Meets::Api, Does::NoLicence));
        assert_eq!(portal.status(CURRENCIES).await, status);
        assert_eq!(portal.status(CURRENCIES).await, 200);
        assert_eq!(
            portal.demo.seen().without_licence,
            1,
            "a fault is not counted"
        );
    }
}

#[tokio::test]
async fn each_token_takes_a_slot_until_its_session_ends() {
    let mut portal = Portal::start(|options| {
        options.limits = Limits {
            licences: 1,
            ..Limits::default()
        }
    })
    .await;
    assert_eq!(portal.status(CURRENCIES).await, 200);
    portal.renew().await;
    assert_eq!(
        portal.status(CURRENCIES).await,
        500,
        "another token, another session"
    );
    portal.clock.advance(Duration::minutes(20));
    assert_eq!(portal.status(CURRENCIES).await, 200, "the idle one is over");
    portal.demo.end_sessions();
    portal.renew().await;
    assert_eq!(portal.status(CURRENCIES).await, 200);
    assert_eq!(portal.demo.seen().most_sessions, 1);
}

#[tokio::test]
async fn limits_refuse_and_are_counted() {
    let portal = Portal::start(|options| {
        options.limits = Limits {
            requests_per_minute: 4,
            ..Limits::default()
        }
    })
    .await;
    let transaction = portal.begin().await;
    let second = portal
        .call(Method::POST, "BeginTransaction", None, None)
        .await;
    assert_eq!(second.status(), 429, "one transaction at a time");
    assert_eq!(portal.end(&transaction, false).await, 204);
    assert_eq!(portal.status(CURRENCIES).await, 200);
    assert_eq!(portal.status(CURRENCIES).await, 429, "four calls a minute");
    let seen = portal.demo.seen();
    assert_eq!((seen.refused, seen.calls.total), (2, 5));
    assert_eq!(
        (seen.calls.most_at_once, seen.calls.most_in_a_minute),
        (1, 5)
    );
    assert_eq!(
        (
            seen.transactions_begun,
            seen.most_transactions,
            seen.transactions_committed,
            seen.transactions_abandoned
        ),
        (1, 1, 0, 0)
    );
    portal.demo.reset_calls();
    assert_eq!(portal.demo.seen().calls.total, 0);
    assert_eq!(portal.demo.seen().refused, 0);
    portal.clock.advance(Duration::minutes(1));
    portal.begin().await;
    portal.clock.advance(Duration::minutes(25));
    let seen = portal.demo.seen();
    assert_eq!(
        (seen.transactions, seen.transactions_abandoned),
        (0, 1),
        "25 minutes are over"
    );
}
