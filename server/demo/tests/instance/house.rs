//! Limits, lives, levers, the instance's own pages.

use crate::portal::Portal;
use demo::{Answering, Demo, Limits, Options, Seed};
use reqwest::Method;
use serde_json::Value;
use time::Duration;

#[tokio::test]
async fn tokens_sessions_and_transactions_age() {
    let mut portal = Portal::start(|_| {}).await;
    let transaction = portal.begin().await;
    for _ in 0..2 {
        portal.clock.advance(Duration::minutes(12));
        portal.get("General_Currencies_Currencies?$top=1").await;
    }
    assert!(
        portal
            .call(Method::GET, "GetChanges", Some(&transaction), None)
            .await
            .text()
            .await
            .unwrap()
            .contains("does not track")
    );
    portal.clock.advance(Duration::minutes(1));
    assert_eq!(
        portal.end(&transaction, false).await,
        500,
        "25 minutes are over"
    );
    portal.clock.advance(Duration::minutes(36));
    assert_eq!(
        portal
            .call(Method::GET, "General_Currencies_Currencies", None, None)
            .await
            .status(),
        401,
        "an hour is over"
    );
    portal.renew().await;
    let transaction = portal.begin().await;
    portal.clock.advance(Duration::minutes(21));
    assert_eq!(
        portal.end(&transaction, false).await,
        500,
        "it died with its idle session"
    );
}

#[tokio::test]
async fn the_minute_is_limited_and_counted() {
    let portal = Portal::start(|options| {
        options.limits = Limits {
            requests_per_minute: 3,
            ..Limits::default()
        }
    })
    .await;
    for _ in 0..3 {
        portal.get("General_Currencies_Currencies?$top=1").await;
    }
    assert_eq!(
        portal
            .call(Method::GET, "General_Currencies_Currencies", None, None)
            .await
            .status(),
        429
    );
    portal.clock.advance(Duration::minutes(1));
    portal.get("General_Currencies_Currencies?$top=1").await;
    let calls = portal.demo.calls();
    assert_eq!(
        (
            calls.total,
            calls.most_in_a_minute,
            calls.by_subject["GET General_Currencies_Currencies"],
            calls.token_requests
        ),
        (5, 4, 5, 1)
    );
}

#[tokio::test]
async fn levers_move_the_shop() {
    let portal = Portal::start(|_| {}).await;
    portal.demo.set_active("LT-ARK-GR", false).unwrap();
    portal.demo.set_price("LT-ARK-SG", 10.into()).unwrap();
    assert!(portal.demo.set_active("NO-SUCH", false).is_err());
    let active = portal.get("General_Products_Products?$filter=Active eq false and PartNumber eq 'LT-ARK-GR'&$count=true&$top=0").await;
    assert_eq!(active["@odata.count"], 1);
    portal
        .demo
        .revoke_access("maria.ivanova@harbour.example")
        .unwrap();
    assert_eq!(
        portal
            .call(
                Method::GET,
                "Crm_Sales_CustomerExternalAccess/$count",
                None,
                None
            )
            .await
            .text()
            .await
            .unwrap(),
        "15"
    );
    portal.demo.set_answering(Answering::Unavailable);
    assert_eq!(
        portal
            .call(Method::GET, "General_Products_Products", None, None)
            .await
            .status(),
        503
    );
    portal.demo.set_answering(Answering::Paused);
    let held = tokio::spawn(
        portal
            .http
            .get(format!(
                "{}/api/domain/odata/GetVersion",
                portal.demo.root()
            ))
            .bearer_auth(&portal.token)
            .send(),
    );
    while !portal
        .demo
        .calls()
        .by_subject
        .contains_key("GET GetVersion")
    {
        tokio::task::yield_now().await;
    }
    portal.demo.set_answering(Answering::Normally);
    assert_eq!(held.await.unwrap().unwrap().status(), 200);
    let root = portal.demo.root().to_owned();
    portal.demo.stop().await;
    assert!(
        portal.http.get(root).send().await.is_err(),
        "the port is closed"
    );
}

#[tokio::test]
async fn the_demo_pages_show_what_arrived() {
    let portal = Portal::start(|_| {}).await;
    portal
        .place("000587", "shown", &[("LT-ARK-GR", 1, "pcs")])
        .await;
    let root = portal.demo.root().to_owned();
    let read = async |path: &str| {
        portal
            .http
            .get(format!("{root}{path}"))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    };
    assert!(read("/").await.contains("Desk lamp Arka, graphite"));
    let orders: Value = serde_json::from_str(&read("/demo/orders").await).unwrap();
    assert_eq!(orders[0]["external_id"], "shown");
    assert!(
        serde_json::from_str::<Value>(&read("/demo/calls").await).unwrap()["total"].as_u64()
            > Some(3)
    );
    assert_eq!(
        portal
            .http
            .post(format!("{root}/demo/reset"))
            .send()
            .await
            .unwrap()
            .status(),
        303
    );
    assert_eq!(
        (portal.demo.orders().len(), portal.demo.calls().total),
        (0, 0)
    );
}

#[tokio::test]
async fn the_seed_has_past_orders_and_nothing_leaves_the_house() {
    let portal = Portal::start(|_| {}).await;
    let past = portal.get("Crm_Sales_SalesOrders?$filter=Void eq false&$orderby=DocumentDate desc&$select=DocumentNo,State,AmountToPay&$top=10").await;
    assert_eq!(
        past["value"].as_array().unwrap().len(),
        7,
        "one of eight is void"
    );
    assert!(
        past["value"]
            .as_array()
            .unwrap()
            .iter()
            .all(|order| order["AmountToPay"]["Value"].as_f64() > Some(1.0))
    );
    let open = Options {
        listen: "0.0.0.0:0".parse().unwrap(),
        seed: Seed::Empty,
        ..Options::default()
    };
    assert!(
        Demo::start(open).await.is_err(),
        "other computers are kept out"
    );
}
