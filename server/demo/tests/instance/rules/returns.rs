//! Returns (entities.md §6.4).

use reqwest::Method;
use serde_json::{Value, json};

use super::{AS_IT_IS, attempt, change_state, link, message};
use crate::portal::Portal;

/// Two lamps that were sold, and what becomes of an order that brings some of a product back and names these rows.
async fn brought_back(
    (product, quantity): (&str, i64),
    names: impl FnOnce(&mut Value, &Value, &Value),
) -> Result<(), String> {
    let portal = Portal::start(|_| {}).await;
    let lamps = &[("LT-ARK-SG", 2, "pcs")];
    let sold = attempt(&portal, "000587", lamps, "Completed", AS_IT_IS)
        .await
        .unwrap();
    let line = link(
        &portal,
        &format!("Crm_Sales_SalesOrderLines?$filter=SalesOrder eq '{sold}'"),
    )
    .await;
    let mut body = portal
        .order("000587", "return", &[(product, 1, "pcs")])
        .await;
    body["DocumentType"] = link(
        &portal,
        "Systems_Documents_DocumentTypes?$filter=Code eq 'SO-DESK'",
    )
    .await;
    body["Lines"][0]["Quantity"]["Value"] = json!(quantity);
    names(&mut body, &json!({ "@odata.id": sold }), &line);
    let transaction = portal.begin().await;
    let created = portal
        .call(
            Method::POST,
            "Crm_Sales_SalesOrders",
            Some(&transaction),
            Some(body),
        )
        .await;
    let created: Value = created.json().await.unwrap();
    let Some(order) = created["@odata.id"].as_str() else {
        return Err(message(&created));
    };
    assert!(portal.end(&transaction, true).await.is_success());
    change_state(&portal, order, json!({ "newState": "Released" })).await
}

fn both(body: &mut Value, order: &Value, line: &Value) {
    body["ReturnForSalesOrder"] = order.clone();
    body["Lines"][0]["ReturnForSalesOrderLine"] = line.clone();
}

#[tokio::test]
async fn what_was_sold_can_come_back() {
    brought_back(("LT-ARK-SG", -2), both).await.unwrap();
}

#[tokio::test]
async fn r28293_return_of_no_document() {
    let said = brought_back(("LT-ARK-SG", -1), |_, _, _| {}).await;
    assert!(said.unwrap_err().contains("(Constraint R28293)"));
}

#[tokio::test]
async fn r29081_return_of_no_line() {
    let said = brought_back(("LT-ARK-SG", -1), |body, order, _| {
        body["ReturnForSalesOrder"] = order.clone();
    })
    .await;
    assert!(said.unwrap_err().contains("(Constraint R29081)"));
}

#[tokio::test]
async fn r28894_return_of_another_product_or_of_more() {
    for back in [("LT-ARK-GR", -1), ("LT-ARK-SG", -3)] {
        let said = brought_back(back, both).await;
        assert!(
            said.unwrap_err().contains("(Constraint R28894)"),
            "{back:?}"
        );
    }
}
