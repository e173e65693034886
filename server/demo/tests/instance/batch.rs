//! Several requests in one.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::portal::Portal;

const ORDERS: &str = "Crm_Sales_SalesOrders";
const LINES: &str = "Crm_Sales_SalesOrderLines";

/// A part of a request batch.
fn part(id: Option<u8>, request: &str, body: Option<&Value>) -> String {
    let id = id.map_or(String::new(), |id| format!("Content-ID: {id}\r\n"));
    let body = body.map(Value::to_string).unwrap_or_default();
    format!(
        "Content-Type: application/http\r\n{id}\r\n{request} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{body}\r\n"
    )
}

fn joined(boundary: &str, parts: &[String]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| format!("--{boundary}\r\n{part}"))
        .collect();
    format!("{}--{boundary}--\r\n", parts.concat())
}

fn changeset(parts: &[String]) -> String {
    let inside = joined("set", parts);
    format!("Content-Type: multipart/mixed; boundary=set\r\n\r\n{inside}")
}

/// Status and body of every answer, in their order.
fn answers(text: &str) -> Vec<(u16, Value)> {
    text.split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| {
            let body = answer.lines().find(|line| line.starts_with('{'));
            let body = body.map_or(Value::Null, |body| serde_json::from_str(body).unwrap());
            (answer[..3].parse().unwrap(), body)
        })
        .collect()
}

impl Portal {
    async fn batch(&self, parts: &[String]) -> Vec<(u16, Value)> {
        let response = self
            .http
            .post(format!("{}/api/domain/odata/$batch", self.demo.root()))
            .bearer_auth(&self.token)
            .header("Content-Type", "multipart/mixed; boundary=all")
            .body(joined("all", parts))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        let kind = response.headers()["content-type"].to_str().unwrap();
        let boundary = kind.strip_prefix("multipart/mixed; boundary=").unwrap();
        let end = format!("--{boundary}--\r\n");
        let text = response.text().await.unwrap();
        assert!(text.ends_with(&end), "{text}");
        answers(&text)
    }

    async fn orders(&self, key: &str) -> Value {
        self.get(&format!("{ORDERS}/$count?$filter=ExternalId eq '{key}'"))
            .await
    }
}

#[tokio::test]
async fn parts_answer_in_their_order_and_each_for_itself() {
    let portal = Portal::start(|_| {}).await;
    let calls = portal.demo.calls().total;
    let found = portal
        .batch(&[
            part(
                None,
                "GET General_Products_Products?$filter=PartNumber%20eq%20'LT-ARK-GR'&$top=1",
                None,
            ),
            part(None, "GET General_Products_Products?$orderby=Name", None),
            part(None, "GET Nothing", None),
            part(None, "GET $batch", None),
            part(None, "GET GetVersion", None),
        ])
        .await;
    let statuses: Vec<u16> = found.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [200, 500, 404, 500, 200]);
    assert_eq!(found[0].1["value"][0]["PartNumber"], "LT-ARK-GR");
    assert_eq!(
        found[1].1["error"]["type"], "NotSupportedException",
        "errors are wrapped here"
    );
    assert_eq!(portal.demo.calls().total, calls + 1, "one call");
}

#[tokio::test]
async fn a_changeset_is_done_as_a_whole_and_knows_what_it_created() {
    let portal = Portal::start(|_| {}).await;
    let mut order = portal
        .order(
            "000587",
            "batch",
            &[("LT-ARK-GR", 1, "pcs"), ("LT-ARK-SG", 2, "pcs")],
        )
        .await;
    let second = order["Lines"].as_array_mut().unwrap().pop().unwrap();
    let writes = |last: Value| {
        changeset(&[
            part(Some(1), &format!("POST {ORDERS}"), Some(&order)),
            part(Some(2), "POST $1/Lines", Some(&second)),
            part(None, "PATCH $2", Some(&last)),
        ])
    };
    let read = part(
        None,
        "GET $1?$select=ExternalId&$expand=Lines($select=LineNo,Notes)",
        None,
    );
    let failed = portal
        .batch(&[writes(json!({ "Nonsense": 1 })), read.clone()])
        .await;
    assert_eq!(failed.len(), 2, "a changeset that fails has one answer");
    assert_eq!((failed[0].0, failed[1].0), (500, 500));
    assert_eq!(portal.orders("batch").await, 0, "nothing stays");

    let done = portal
        .batch(&[writes(json!({ "Notes": "second" })), read])
        .await;
    let statuses: Vec<u16> = done.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [201, 201, 204, 200]);
    assert!(
        done[1].1["@odata.id"].as_str().unwrap().starts_with(LINES),
        "the line answers for itself"
    );
    assert_eq!(done[3].1["ExternalId"], "batch");
    assert_eq!(
        done[3].1["Lines"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|line| line["Notes"] == "second")
            .count(),
        1
    );
    assert_eq!(portal.orders("batch").await, 1);
}

#[tokio::test]
async fn children_are_not_added_through_their_owner_outside_of_a_batch() {
    let portal = Portal::start(|_| {}).await;
    let order = portal
        .place("000587", "plain", &[("LT-ARK-GR", 1, "pcs")])
        .await;
    let line = json!({ "Product": { "PartNumber": "LT-ARK-SG" }, "Quantity": { "Value": 1, "Unit": "pcs" } });
    let path = format!("{order}/Lines");
    let refused = portal.call(reqwest::Method::POST, &path, None, Some(line));
    assert_eq!(refused.await.status(), 404);
    let json = portal.call(
        reqwest::Method::POST,
        "$batch",
        None,
        Some(json!({ "requests": [] })),
    );
    assert_eq!(
        json.await.status(),
        StatusCode::INTERNAL_SERVER_ERROR,
        "the JSON form is not documented"
    );
}
