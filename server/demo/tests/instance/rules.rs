//! The rules of entities.md §8.4: every number can be met with the seed, and the same document without the mistake passes.

mod money;
mod packages;
mod planned;
mod release;
mod returns;

use reqwest::Method;
use serde_json::{Value, json};

use crate::portal::Portal;

type Change = fn(&mut Value, &Rows);

/// Rows of the seed that mistakes need, as links.
struct Rows {
    desk: Value,
    stock: Value,
    terms: Value,
    check: Value,
    checked: Value,
    shop: Value,
    till: Value,
    plovdiv: Value,
    central: Value,
    cash: Value,
    ended: Value,
    package: Value,
    over: Value,
    freight: Value,
}

async fn link(portal: &Portal, query: &str) -> Value {
    let found = portal.get(&format!("{query}&$top=1")).await;
    json!({ "@odata.id": found["value"][0]["@odata.id"].as_str().unwrap() })
}

async fn rows(portal: &Portal) -> Rows {
    let kind = |code: &str| format!("Systems_Documents_DocumentTypes?$filter=Code eq '{code}'");
    let package = |code: &str| format!("Crm_Pricing_PromotionalPackages?$filter=Code eq '{code}'");
    Rows {
        desk: link(portal, &kind("SO-DESK")).await,
        stock: link(portal, &kind("SO-STOCK")).await,
        terms: link(portal, &kind("SO-TERMS")).await,
        check: link(portal, &kind("SO-CHECK")).await,
        checked: link(
            portal,
            "Systems_Documents_DocumentTypeUserStatuses?$filter=contains(UserStatusName,'Checked')",
        )
        .await,
        shop: link(
            portal,
            "General_Contacts_CompanyLocations?$filter=PartyCode eq 'OGN-SHOP'",
        )
        .await,
        till: link(portal, "Crm_Pos_Terminals?$filter=Code eq 'TILL-1'").await,
        plovdiv: link(
            portal,
            "Logistics_Inventory_Stores?$filter=Code eq 'PLOVDIV'",
        )
        .await,
        central: link(
            portal,
            "Logistics_Inventory_Stores?$filter=Code eq 'CENTRAL'",
        )
        .await,
        cash: link(
            portal,
            "Finance_Payments_PaymentTypes?$filter=Code eq 'CASH'",
        )
        .await,
        ended: link(portal, "Crm_Sales_Customers?$filter=Number eq '000640'").await,
        package: link(portal, &package("BREAKFAST")).await,
        over: link(portal, &package("SUMMER")).await,
        freight: link(
            portal,
            "Systems_Documents_DocumentAmountTypes?$filter=AmountTypeCode eq 'FREIGHT'",
        )
        .await,
    }
}

/// Places an order and brings it to a state: the message of the first call that is refused, or the order's link.
async fn attempt(
    portal: &Portal,
    customer: &str,
    lines: &[(&str, u32, &str)],
    state: &str,
    change: Change,
) -> Result<String, String> {
    let rows = rows(portal).await;
    let mut body = portal.order(customer, "attempt", lines).await;
    change(&mut body, &rows);
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
    let Some(link) = created["@odata.id"].as_str() else {
        portal.end(&transaction, false).await;
        return Err(message(&created));
    };
    let recalculate = format!("{link}/Recalculate");
    let calls = [
        (recalculate.as_str(), Some(&transaction), json!({})),
        (
            "EndTransaction",
            Some(&transaction),
            json!({ "commit": true }),
        ),
        (
            &format!("{link}/ChangeState"),
            None,
            json!({ "newState": state }),
        ),
    ];
    for (path, transaction, body) in calls {
        let answer = portal
            .call(
                Method::POST,
                path,
                transaction.map(String::as_str),
                Some(body),
            )
            .await;
        if !answer.status().is_success() {
            return Err(message(&answer.json().await.unwrap()));
        }
    }
    Ok(link.to_owned())
}

fn message(body: &Value) -> String {
    body["error"]["message"].as_str().unwrap().to_owned()
}

const LAMP: &[(&str, u32, &str)] = &[("LT-ARK-SG", 1, "pcs")];
const AS_IT_IS: Change = |_, _| {};

/// The document is refused by this rule in a state, and not in the state before.
async fn refused(
    rule: &str,
    customer: &str,
    lines: &[(&str, u32, &str)],
    (before, state): (&str, &str),
    change: Change,
) {
    let portal = Portal::start(|_| {}).await;
    let earlier = attempt(&portal, customer, lines, before, change).await;
    assert!(earlier.is_ok(), "{before}: {earlier:?}");
    let said = attempt(&portal, customer, lines, state, change)
        .await
        .unwrap_err();
    assert!(said.contains(rule), "{rule} in: {said}");
}

const PLANNED: (&str, &str) = ("New", "Planned");
const RELEASE: (&str, &str) = ("FirmPlanned", "Released");

#[tokio::test]
async fn a_document_without_mistakes_is_released() {
    let portal = Portal::start(|_| {}).await;
    let released = attempt(&portal, "000587", LAMP, "Released", AS_IT_IS).await;
    assert!(released.is_ok(), "{released:?}");
}

async fn change_state(portal: &Portal, order: &str, body: Value) -> Result<(), String> {
    let path = format!("{order}/ChangeState");
    let answer = portal.call(Method::POST, &path, None, Some(body)).await;
    if answer.status().is_success() {
        return Ok(());
    }
    Err(message(&answer.json().await.unwrap()))
}
