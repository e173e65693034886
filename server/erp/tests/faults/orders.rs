//! Orders of an instance that answers with other rows than it was asked for, or of another shape.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use uuid::Uuid;
use vitrina::{ids::CustomerId, order::OrderKey};

use super::Ill;

const KEY: OrderKey = OrderKey(Uuid::from_u128(0x4b));
const CUSTOMER: CustomerId = CustomerId(Uuid::from_u128(0xc0));

fn to(set: &str, id: u128) -> Value {
    json!({ "@odata.id": format!("{set}({})", Uuid::from_u128(id)) })
}

fn list(rows: &[Value]) -> Response {
    Json(json!({ "value": rows })).into_response()
}

/// The order that is asked for, with other members in place of its own.
fn order(others: Value) -> Value {
    let row = to("Crm_Sales_SalesOrders", 0x0d);
    let own = json!({
        "DocumentNo": "100",
        "DocumentDate": "2026-11-20T00:00:00Z",
        "ExternalId": KEY.to_string(),
        "Customer": to("Crm_Sales_Customers", 0xc0),
        "AmountToPay": { "Value": 12, "Currency": "EUR" },
    });
    with(with(row, &own), &others)
}

/// The record, with these members in place of its own.
fn with(mut record: Value, members: &Value) -> Value {
    let own = record.as_object_mut().unwrap();
    for (name, value) in members.as_object().unwrap() {
        own.insert(name.clone(), value.clone());
    }
    record
}

#[tokio::test]
async fn d9_k5_only_the_order_of_this_key_and_customer_is_found() {
    let other_key = json!({ "ExternalId": OrderKey(Uuid::from_u128(0x4c)).to_string() });
    let mut without_key = order(json!({}));
    without_key.as_object_mut().unwrap().remove("ExternalId");
    let mut without_customer = order(json!({}));
    without_customer.as_object_mut().unwrap().remove("Customer");
    let of_another = order(json!({ "Customer": to("Crm_Sales_Customers", 0xc1) }));
    for (case, rows, found) in [
        ("none", vec![], Ok(0)),
        ("the one", vec![order(json!({}))], Ok(1)),
        // What is not the answer to the question is not "none" either: the order may be there all the same.
        ("no key", vec![without_key], Err("unreadable")),
        (
            "null for a key",
            vec![order(json!({ "ExternalId": null }))],
            Err("unreadable"),
        ),
        (
            "another key",
            vec![order(other_key.clone())],
            Err("unreadable"),
        ),
        ("no customer", vec![without_customer], Err("unreadable")),
        (
            "null for a customer",
            vec![order(json!({ "Customer": null }))],
            Err("unreadable"),
        ),
        (
            "another customer",
            vec![of_another.clone()],
            Err("unreadable"),
        ),
        (
            "the one among others",
            vec![order(other_key), order(json!({})), of_another],
            Ok(1),
        ),
    ] {
        let ill = Ill::answering(move |_, _, _| list(&rows)).await;
        let answer = ill.client().find_order(KEY, CUSTOMER).await;
        let answer = answer
            .map(|orders| orders.len())
            .map_err(|error| error.kind());
        assert_eq!(answer, found, "{case}");
    }
}
