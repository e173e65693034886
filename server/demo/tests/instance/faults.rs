//! Each fault, as a client meets it.

use std::sync::Arc;

use crate::portal::Portal;
use demo::{Demo, Does, Fault, Limits, Malformed, Meets, Options};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use time::Duration;
use tokio::task::JoinHandle;

const CURRENCIES: &str = "General_Currencies_Currencies?$top=2";

/// A portal whose session lets nobody wait.
async fn without_queue() -> Arc<Portal> {
    let portal = Portal::start(|options| {
        options.limits = Limits {
            queue: 0,
            ..Limits::default()
        }
    });
    Arc::new(portal.await)
}

/// A read in the background.
fn read(portal: &Arc<Portal>) -> JoinHandle<reqwest::Result<Response>> {
    let portal = Arc::clone(portal);
    tokio::spawn(async move { portal.try_call(Method::GET, CURRENCIES, None).await })
}

#[tokio::test]
async fn a_slow_answer_comes_late_and_keeps_its_turn() {
    let portal = without_queue().await;
    let slow = portal.demo.bring_up(Fault::once(
        Meets::Api,
        Does::Slow {
            milliseconds: 20_000,
        },
    ));
    let begun = demo::Clock::now(&*portal.clock);
    let mut late = read(&portal);
    portal.demo.until_met(slow, 1).await;
    assert_eq!(portal.status(CURRENCIES).await, 429, "the turn is taken");
    let response = loop {
        tokio::select! {
            response = &mut late => break response.unwrap().unwrap(),
            () = tokio::task::yield_now() => portal.clock.advance(Duration::seconds(1)),
        }
    };
    assert!(demo::Clock::now(&*portal.clock) - begun >= Duration::seconds(20));
    assert_eq!(response.status(), 200);
    assert_eq!(
        portal.status(CURRENCIES).await,
        200,
        "the next one is not met"
    );
}

#[tokio::test]
async fn a_hanging_call_ends_with_the_fault() {
    let portal = without_queue().await;
    let hang = portal.demo.bring_up(Fault::always(Meets::Api, Does::Hang));
    let held = read(&portal);
    portal.demo.until_met(hang, 1).await;
    portal.demo.bring_up(Fault::always(Meets::Api, Does::Html));
    assert!(portal.demo.clear_fault(hang));
    assert!(!portal.demo.clear_fault(hang), "it is gone");
    assert_eq!(held.await.unwrap().unwrap().status(), 200);
    portal.demo.clear_faults();
    assert!(portal.demo.faults().is_empty());
    assert_eq!(portal.status(CURRENCIES).await, 200);
}

#[tokio::test]
async fn who_hangs_up_gives_the_turn_back() {
    let portal = Arc::new(Portal::start(|_| {}).await);
    let hang = portal.demo.bring_up(Fault::once(Meets::Api, Does::Hang));
    let held = read(&portal);
    portal.demo.until_met(hang, 1).await;
    held.abort();
    assert_eq!(portal.status(CURRENCIES).await, 200);
}

#[tokio::test]
async fn an_instance_stops_though_a_call_hangs() {
    let mut portal = without_queue().await;
    let hang = portal.demo.bring_up(Fault::once(Meets::Api, Does::Hang));
    let http = portal.http.get(format!(
        "{}/api/domain/odata/GetVersion",
        portal.demo.root()
    ));
    let held = tokio::spawn(http.bearer_auth(&portal.token).send());
    portal.demo.until_met(hang, 1).await;
    let other = Demo::start(Options::default()).await.unwrap();
    let demo = std::mem::replace(&mut Arc::get_mut(&mut portal).unwrap().demo, other);
    demo.stop().await;
    assert_eq!(held.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn an_answer_drips() {
    let portal = without_queue().await;
    let whole = portal.get(CURRENCIES).await.to_string();
    let begun = demo::Clock::now(&*portal.clock);
    portal.demo.bring_up(Fault::once(
        Meets::Api,
        Does::Drip {
            bytes: 16,
            milliseconds: 1_000,
        },
    ));
    let response = portal
        .try_call(Method::GET, CURRENCIES, None)
        .await
        .unwrap();
    assert_eq!(portal.status(CURRENCIES).await, 429, "the turn is taken");
    let mut text = tokio::spawn(response.text());
    let text = loop {
        tokio::select! {
            text = &mut text => break text.unwrap().unwrap(),
            () = tokio::task::yield_now() => portal.clock.advance(Duration::milliseconds(500)),
        }
    };
    assert_eq!(text, whole);
    let drops = i64::try_from(whole.len().div_ceil(16)).unwrap();
    assert!(demo::Clock::now(&*portal.clock) - begun >= Duration::seconds(drops));
    // How far the clock ran meanwhile is not ours to say: the token may have ended, but nobody is in the way.
    assert_ne!(portal.status(CURRENCIES).await, 429, "the turn is free");
}

#[tokio::test]
async fn an_answer_breaks_off() {
    let portal = Portal::start(|_| {}).await;
    let whole = portal.get(CURRENCIES).await.to_string();
    portal
        .demo
        .bring_up(Fault::once(Meets::Api, Does::Cut { after: 40 }));
    let mut response = portal
        .try_call(Method::GET, CURRENCIES, None)
        .await
        .unwrap();
    let mut come = Vec::new();
    let end = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => come.extend(chunk),
            end => break end,
        }
    };
    assert!(end.is_err(), "not a clean end");
    assert_eq!(come, &whole.as_bytes()[..40]);
}

#[tokio::test]
async fn the_answer_to_a_commit_is_lost_and_the_order_is_there() {
    let portal = Portal::start(|_| {}).await;
    let lost = portal.demo.bring_up(Fault::once(Meets::Commit, Does::Lose));
    let order = portal
        .order("000587", "lost", &[("LT-ARK-GR", 1, "pcs")])
        .await;
    let transaction = portal.begin().await;
    let created = portal
        .call(
            Method::POST,
            "Crm_Sales_SalesOrders",
            Some(&transaction),
            Some(order),
        )
        .await;
    assert_eq!(
        created.status(),
        201,
        "a write inside of a transaction saves nothing"
    );
    let end = format!("EndTransaction?tr={transaction}");
    let answer = portal
        .try_call(Method::POST, &end, Some(json!({ "commit": true })))
        .await;
    assert!(answer.is_err());
    portal.demo.until_met(lost, 1).await;
    let orders = portal.demo.orders();
    assert_eq!(orders.len(), 1);
    assert_eq!(orders[0].external_id.as_deref(), Some("lost"));
    let seen = portal.demo.seen();
    assert_eq!((seen.transactions, seen.transactions_committed), (0, 1));
}

#[tokio::test]
async fn ending_without_commit_and_reading_do_not_save() {
    let portal = Portal::start(|_| {}).await;
    portal
        .demo
        .bring_up(Fault::always(Meets::Commit, Does::Lose));
    let transaction = portal.begin().await;
    assert_eq!(portal.end(&transaction, false).await, 204);
    portal.get(CURRENCIES).await;
    let plain = portal.order("000587", "plain", &[]).await;
    let answer = portal
        .try_call(Method::POST, "Crm_Sales_SalesOrders", Some(plain))
        .await;
    assert!(answer.is_err(), "a write outside of a transaction saves");
    assert_eq!(portal.demo.orders().len(), 1);
}

#[tokio::test]
async fn a_dropped_call_did_nothing() {
    let portal = Portal::start(|_| {}).await;
    portal.demo.bring_up(Fault::once(
        Meets::call("POST BeginTransaction"),
        Does::Drop,
    ));
    let answer = portal
        .try_call(Method::POST, "BeginTransaction", None)
        .await;
    assert!(answer.is_err());
    assert_eq!(portal.demo.seen().transactions_begun, 0);
    portal.begin().await;
}

#[tokio::test]
async fn answers_that_are_no_answers() {
    let portal = Portal::start(|_| {}).await;
    let text = async |does: Does| {
        portal.demo.bring_up(Fault::once(Meets::Api, does));
        let response = portal.call(Method::GET, CURRENCIES, None, None).await;
        let kind = response.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        (
            response.status().as_u16(),
            kind,
            response.bytes().await.unwrap(),
        )
    };
    let (status, kind, huge) = text(Does::Huge { megabytes: 3 }).await;
    assert_eq!((status, kind.starts_with("application/json")), (200, true));
    let rows: Value = serde_json::from_slice(&huge).unwrap();
    assert_eq!(
        rows["value"][0]["Description"].as_str().unwrap().len(),
        3 << 20
    );
    for how in [
        Malformed::Half,
        Malformed::Empty,
        Malformed::Deep,
        Malformed::Utf8,
    ] {
        let (status, kind, body) = text(Does::Malformed(how)).await;
        assert_eq!((status, kind.starts_with("application/json")), (200, true));
        assert!(serde_json::from_slice::<Value>(&body).is_err(), "{how:?}");
    }
    for how in [Malformed::Null, Malformed::Shape] {
        let (_, _, body) = text(Does::Malformed(how)).await;
        assert!(
            serde_json::from_slice::<Value>(&body)
                .unwrap()
                .get("value")
                .is_none()
        );
    }
    let (status, kind, body) = text(Does::Html).await;
    assert_eq!((status, kind.as_str()), (200, "text/html; charset=utf-8"));
    assert!(body.starts_with(b"<!doctype html>"));
    let own = Does::Answer {
        status: 418,
        content_type: "text/teapot".to_owned(),
        body: "short and stout".to_owned(),
    };
    let (status, kind, body) = text(own).await;
    assert_eq!(
        (status, kind.as_str(), &body[..]),
        (418, "text/teapot", &b"short and stout"[..])
    );
}

#[tokio::test]
async fn storms_pass_or_stay() {
    let portal = Portal::start(|_| {}).await;
    portal
        .demo
        .bring_up(Fault::once(Meets::Api, Does::refuse(401)));
    portal
        .demo
        .bring_up(Fault::always(Meets::Api, Does::refuse(429)).times(2));
    portal
        .demo
        .bring_up(Fault::once(Meets::Api, Does::refuse_for(503, "soon")));
    let mut answers = Vec::new();
    for _ in 0..5 {
        let response = portal.call(Method::GET, CURRENCIES, None, None).await;
        let wait = response.headers().get("retry-after").cloned();
        answers.push((response.status().as_u16(), wait));
    }
    let soon = Some("soon".parse().unwrap());
    assert_eq!(
        answers,
        [
            (401, None),
            (429, None),
            (429, None),
            (503, soon),
            (200, None)
        ]
    );
    let met: Vec<u32> = portal.demo.faults().iter().map(|fault| fault.met).collect();
    assert_eq!(met, [1, 2, 1]);
    let for_ever = portal
        .demo
        .bring_up(Fault::always(Meets::Api, Does::refuse(401)));
    for _ in 0..3 {
        assert_eq!(portal.status(CURRENCIES).await, 401);
    }
    assert!(portal.demo.clear_fault(for_ever));
    assert_eq!(portal.status(CURRENCIES).await, 200);
    let seen = portal.demo.seen();
    assert_eq!(
        seen.calls.by_status,
        [(200, 2), (401, 4), (429, 2), (503, 1)].into()
    );
    assert_eq!(seen.calls.total, 9);
    assert_eq!(seen.refused, 0, "the limits refused nothing");
}

#[tokio::test]
async fn a_fault_meets_what_it_is_for() {
    let portal = Portal::start(|_| {}).await;
    let answered = async |meets: Meets, after: u32, path: &str| {
        let fault = Fault::once(meets, Does::refuse(502)).after(after);
        let id = portal.demo.bring_up(fault);
        let root = portal.demo.root();
        let request = portal.http.get(format!("{root}{path}"));
        let response = request.bearer_auth(&portal.token).send().await.unwrap();
        portal.demo.clear_fault(id);
        response.status().as_u16()
    };
    let products = "/api/domain/odata/General_Products_Products?$top=1";
    let set = Meets::set("General_Products_Products");
    assert_eq!(answered(set.clone(), 0, products).await, 502);
    assert_eq!(answered(set.clone(), 1, products).await, 200, "one passes");
    assert_eq!(answered(set, 0, "/api/domain/odata/GetVersion").await, 200);
    assert_eq!(
        answered(Meets::call("GET Get*"), 0, "/api/domain/odata/GetVersion").await,
        502
    );
    assert_eq!(answered(Meets::call("POST *"), 0, products).await, 200);
    for (meets, path) in [
        (Meets::Discovery, "/tools/auto-discovery"),
        (Meets::Discovery, "/id/.well-known/openid-configuration"),
        (Meets::Keys, "/id/.well-known/openid-configuration/jwks"),
        (Meets::Path("/tools/ver".to_owned()), "/tools/ver"),
    ] {
        assert_eq!(answered(meets, 0, path).await, 502, "{path}");
        assert_eq!(answered(Meets::Api, 0, path).await, 200, "{path}");
        assert_eq!(answered(Meets::Everything, 0, path).await, 502, "{path}");
    }
    for path in ["/", "/demo/calls", "/demo/control"] {
        assert_eq!(answered(Meets::Everything, 0, path).await, 200, "{path}");
    }
    portal
        .demo
        .bring_up(Fault::once(Meets::Token, Does::refuse(400)));
    let fields = [("grant_type", "client_credentials")];
    assert_eq!(portal.token_response(&fields).await.status(), 400);
    assert_eq!(portal.token_response(&fields).await.status(), 200);
}

#[tokio::test]
async fn a_call_is_about_a_row_when_it_asks_for_it() {
    let portal = Portal::start(|_| {}).await;
    let product = portal.product("LT-ARK-GR").await;
    let id = product.split(['(', ')']).nth(1).unwrap().to_owned();
    let about = portal.demo.bring_up(Fault::always(
        Meets::About(id.parse().unwrap()),
        Does::refuse(502),
    ));
    for (path, status) in [
        (product.clone(), 502),
        (
            format!("Crm_Pricing_ProductPrices?$filter=Product eq '{product}'&$top=1"),
            502,
        ),
        (
            format!("Crm_Pricing_ProductPrices?$filter=Product%20eq%20%27{product}%27&$top=1"),
            502,
        ),
        (
            format!("Crm_Pricing_ProductPrices?$filter=Product in ('{product}')&$top=1"),
            200,
        ),
        (
            "General_Products_Products?$top=1000&$select=Id".to_owned(),
            200,
        ),
    ] {
        assert_eq!(portal.status(&path).await, status, "{path}");
    }
    portal.demo.clear_fault(about);
    let order = portal
        .order("000587", "about", &[("LT-ARK-GR", 1, "pcs")])
        .await;
    portal.demo.bring_up(Fault::always(
        Meets::About(id.parse().unwrap()),
        Does::refuse(502),
    ));
    let answer = portal
        .call(Method::POST, "Crm_Sales_SalesOrders", None, Some(order))
        .await;
    assert_eq!(answer.status(), 502, "it stands in the body");
}
