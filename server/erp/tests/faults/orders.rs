//! Orders of an instance that answers with other rows than it was asked for, or of another shape.

use std::time::Duration;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use time::macros::date;
use uuid::Uuid;
use vitrina::{
    ids::{CustomerId, OrderId, PartyId},
    order::{OrderKey, OrderState, OrderView},
    visitor::{Access, Customer, Role},
};

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

fn access(role: Role) -> Access {
    Access {
        customer: Customer {
            id: CUSTOMER,
            number: "7".to_owned(),
            name: "Harbour".to_owned(),
            party: PartyId(Uuid::from_u128(0xfa)),
            price_list: None,
            kind: None,
            served_by: None,
            currency: None,
            delivery_days: 0,
            ships_to_itself: true,
        },
        role,
        days_back: None,
    }
}

#[expect(clippy::disallowed_methods, reason = "the client itself is tested")]
async fn shown(row: &Value, role: Role) -> OrderView {
    let rows = [row.clone()];
    let ill = Ill::answering(move |_, _, _| list(&rows)).await;
    let (instance, access) = (ill.client(), access(role));
    let (today, soon) = (date!(2026 - 11 - 28), Duration::from_secs(5));
    let listed = instance.orders(&access, 1, 10, today, soon).await.unwrap();
    let id = OrderId(Uuid::from_u128(0x0d));
    let whole = instance.order(&access, id, today, soon).await.unwrap();
    assert_eq!(listed.orders, std::slice::from_ref(&whole.summary), "{row}");
    whole
}

fn euro(amount: i64) -> Value {
    json!({ "Value": amount, "Currency": "EUR" })
}

fn line() -> Value {
    json!({
        "LineNo": 10,
        "Product": to("General_Products_Products", 1),
        "ProductDescription": "A lamp",
        "Quantity": { "Value": 2, "Unit": "pcs" },
        "UnitPrice": euro(5),
        "LineAmount": euro(10),
    })
}

fn vat() -> Value {
    let kind = with(
        to("General_DocumentAmountTypes", 2),
        &json!({ "AddToCustomer": true, "AmountTypeName": "VAT" }),
    );
    json!({
        "DocumentAmountType": kind,
        "InputAmount": euro(999),
        "TotalDistributedAmount": euro(2),
    })
}

fn sound() -> Value {
    order(json!({
        "State": "Released",
        "TotalLineAmount": euro(10),
        "Lines": [line()],
        "DocumentAmounts": [vat()],
        "StateChanges": [{ "NewState": "Released", "UpdateTime": "2026-11-20T10:00:00Z" }],
    }))
}

/// What is put in place of an amount. None of these is one.
fn no_amounts() -> [Value; 6] {
    [
        Value::Null,
        json!("ten"),
        json!(12),
        json!({}),
        json!({ "Value": "ten", "Currency": [] }),
        json!([euro(12)]),
    ]
}

#[tokio::test]
async fn d7_an_order_whose_amounts_cannot_be_read_is_shown_without_them() {
    let whole = shown(&sound(), Role::Owner).await;
    assert!(!whole.in_part);
    let (total, net) = (whole.summary.total.clone(), whole.net.clone());
    let (lines, on_top) = (whole.lines.clone(), whole.on_top.clone());
    assert!(total.is_some() && net.is_some() && lines[0].amount.is_some());
    assert_eq!(on_top[0].amount.amount, 2.into());

    for odd in no_amounts() {
        // Each by itself: the others stay as they are, and nothing takes its place.
        let mut row = sound();
        row["AmountToPay"] = odd.clone();
        let order = shown(&row, Role::Owner).await;
        assert_eq!((&order.summary.total, &order.net), (&None, &net), "{odd}");
        assert_eq!((&order.lines, &order.on_top), (&lines, &on_top), "{odd}");

        let mut row = sound();
        row["TotalLineAmount"] = odd.clone();
        let order = shown(&row, Role::Owner).await;
        assert_eq!((&order.summary.total, &order.net), (&total, &None), "{odd}");

        let mut row = sound();
        row["Lines"][0]["LineAmount"] = odd.clone();
        row["Lines"][0]["UnitPrice"] = odd.clone();
        let order = shown(&row, Role::Owner).await;
        assert_eq!(
            (&order.lines[0].each, &order.lines[0].amount),
            (&None, &None)
        );
        assert_eq!((&order.summary.total, &order.net), (&total, &net), "{odd}");
        assert_eq!(order.lines[0].name, lines[0].name);

        let mut row = sound();
        row["DocumentAmounts"][0]["TotalDistributedAmount"] = odd.clone();
        let order = shown(&row, Role::Owner).await;
        // Where the amount is not told the one that was put in stands for it; where it is told in a way nobody can read, none does.
        if odd.is_null() {
            assert_eq!(order.on_top[0].amount.amount, 999.into());
        } else {
            assert!(order.on_top.is_empty() && order.in_part, "{odd}");
        }
    }
    let mut row = sound();
    row.as_object_mut().unwrap().remove("AmountToPay");
    assert_eq!(shown(&row, Role::Owner).await.summary.total, None);
}

#[tokio::test]
async fn d7_what_else_of_an_order_cannot_be_read_is_told_to_be_missing() {
    for (member, odd, in_part, lines) in [
        ("Lines", json!(null), true, 0),
        ("Lines", json!("many"), true, 0),
        ("Lines", json!([line(), null, 7]), true, 1),
        ("Lines", json!([line(), { "LineNo": 20 }]), true, 1),
        ("DocumentAmounts", json!("some"), true, 1),
        ("DocumentAmounts", json!([vat(), null]), true, 1),
        (
            "StateChanges",
            json!([null, "x", { "UpdateTime": 7 }]),
            false,
            1,
        ),
        ("DocumentNo", json!(7), false, 1),
        ("DocumentNotes", json!({}), false, 1),
        ("UserStatus", json!([]), false, 1),
    ] {
        let mut row = sound();
        row[member] = odd.clone();
        let order = shown(&row, Role::Owner).await;
        assert_eq!(order.in_part, in_part, "{member}: {odd}");
        assert_eq!(order.lines.len(), lines, "{member}: {odd}");
        assert!(order.summary.total.is_some(), "{member}: {odd}");
    }
    // An order that may be cancelled is not told to be confirmed.
    let mut row = sound();
    row["Void"] = json!("perhaps");
    let order = shown(&row, Role::Owner).await;
    assert_eq!(order.summary.state, OrderState::Other);
}

#[tokio::test]
async fn d7_who_sees_no_prices_is_told_of_missing_lines_only() {
    let mut row = sound();
    row["AmountToPay"] = json!("ten");
    row["DocumentAmounts"] = json!("some");
    let order = shown(&row, Role::Orders).await;
    assert!(!order.in_part && order.net.is_none() && order.on_top.is_empty());
    row["Lines"] = json!([null]);
    assert!(shown(&row, Role::Orders).await.in_part);
}
