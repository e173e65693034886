//! The control page and its JSON.

use crate::portal::Portal;
use demo::{Does, Fault, Meets};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const CURRENCIES: &str = "General_Currencies_Currencies?$top=2";

async fn page(portal: &Portal, path: &str) -> String {
    let address = format!("{}{path}", portal.demo.root());
    let response = portal.http.get(address).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}

async fn submit(portal: &Portal, site: Option<&str>, fields: &[(&str, &str)]) -> StatusCode {
    let address = format!("{}/demo/control", portal.demo.root());
    let mut request = portal.http.post(address).form(fields);
    if let Some(site) = site {
        request = request.header("sec-fetch-site", site);
    }
    request.send().await.unwrap().status()
}

#[tokio::test]
async fn forms_bring_faults_up_and_take_them_away() {
    let portal = Portal::start(|_| {}).await;
    assert!(page(&portal, "/").await.contains("href=\"/demo/control\""));
    assert!(
        page(&portal, "/demo/control")
            .await
            .contains("All is well.")
    );
    let fields = [
        ("lever", "bring_up"),
        ("does", "429"),
        ("meets", "reads"),
        ("name", ""),
        ("times", ""),
        ("retry_after", "<7>"),
    ];
    assert_eq!(submit(&portal, Some("same-origin"), &fields).await, 303);
    let refused = portal.call(Method::GET, CURRENCIES, None, None).await;
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["retry-after"]),
        (429, &"<7>".parse().unwrap())
    );
    let shown = page(&portal, "/demo/control").await;
    assert!(shown.contains("&lt;7&gt;") && !shown.contains("<7>"));
    let id = portal.demo.faults()[0].id;
    let id = serde_json::to_string(&id).unwrap();
    assert_eq!(
        submit(&portal, None, &[("lever", "clear"), ("id", &id)]).await,
        303
    );
    assert_eq!(
        submit(&portal, None, &[("lever", "clear"), ("id", &id)]).await,
        400
    );
    assert_eq!(portal.status(CURRENCIES).await, 200);
}

#[tokio::test]
async fn every_field_has_a_label_and_the_page_needs_no_script() {
    let portal = Portal::start(|options| options.sentinels = true).await;
    let shown = page(&portal, "/demo/control").await;
    assert!(!shown.contains("<script"));
    assert!(shown.contains("<html lang=\"en\">") && shown.matches("<h1>").count() == 1);
    let mut fields = 0;
    for field in shown
        .split("<input ")
        .chain(shown.split("<select "))
        .skip(1)
    {
        let Some(("", id)) = field.split_once("id=\"") else {
            continue;
        };
        let id = id.split('"').next().unwrap();
        assert!(shown.contains(&format!("<label for=\"{id}\">")), "{id}");
        fields += 1;
    }
    assert_eq!(fields, 10);
    assert!(shown.contains("SENTINEL-SLOW"));
    let mistaken = submit(
        &portal,
        None,
        &[("lever", "bring_up"), ("does", "slow"), ("meets", "set")],
    )
    .await;
    assert_eq!(mistaken, 400);
}

#[tokio::test]
async fn other_origins_pull_no_levers() {
    let portal = Portal::start(|_| {}).await;
    for site in ["cross-site", "same-site"] {
        let status = submit(&portal, Some(site), &[("lever", "lose_licence")]).await;
        assert_eq!(status, 403, "{site}");
    }
    assert_eq!(portal.status(CURRENCIES).await, 200);
    assert_eq!(
        submit(&portal, Some("none"), &[("lever", "lose_licence")]).await,
        303
    );
    assert_eq!(portal.status(CURRENCIES).await, 500);
}

#[tokio::test]
async fn every_lever_moves_by_json() {
    let portal = Portal::start(|_| {}).await;
    let pull = async |lever: Value| {
        let address = format!("{}/demo/levers", portal.demo.root());
        let response = portal.http.post(address).json(&lever).send().await.unwrap();
        (
            response.status().as_u16(),
            response.json::<Value>().await.unwrap_or_default(),
        )
    };
    let fault = Fault::once(Meets::call("GET GetVersion"), Does::refuse_for(429, "3"));
    let (status, answer) = pull(json!({ "bring_up": fault })).await;
    assert_eq!((status, answer["id"].is_u64()), (200, true));
    assert_eq!(portal.demo.faults()[0].fault, fault);
    assert_eq!(portal.status("GetVersion").await, 429);
    let listed: Value = serde_json::from_str(&page(&portal, "/demo/faults").await).unwrap();
    assert_eq!(
        (&listed[0]["id"], &listed[0]["met"]),
        (&answer["id"], &json!(1))
    );
    assert_eq!(pull(json!({ "clear": answer["id"] })).await.0, 200);
    assert_eq!(pull(json!({ "clear": answer["id"] })).await.0, 404);
    let by_hand =
        json!({ "bring_up": { "meets": "api", "does": { "slow": { "milliseconds": 5 } } } });
    assert_eq!(pull(by_hand).await.0, 200);
    assert_eq!(pull(json!("clear_all")).await.0, 200);
    assert!(portal.demo.faults().is_empty());
    for (lever, status) in [
        (json!({ "restart": "cut" }), 200),
        (json!({ "answering": "unavailable" }), 503),
        (json!({ "answering": "normally" }), 200),
        (json!("lose_licence"), 500),
        (json!({ "take_licences": 0 }), 200),
        (json!("end_sessions"), 200),
        (json!({ "rotate_keys": "overlap" }), 200),
        (json!({ "rotate_keys": "abrupt" }), 401),
    ] {
        pull(lever.clone()).await;
        assert_eq!(portal.status(CURRENCIES).await, status, "{lever}");
    }
    let seen: Value = serde_json::from_str(&page(&portal, "/demo/seen").await).unwrap();
    assert_eq!(
        (&seen["without_licence"], &seen["by_status"]["401"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(pull(json!("count")).await.0, 200);
    assert_eq!(portal.demo.seen().calls.total, 0);
    assert_eq!(pull(json!({ "explode": 1 })).await.0, 422);
}
