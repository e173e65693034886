//! What is asked of documents that are planned, of their states, and at commit.

use reqwest::Method;
use serde_json::json;

use super::{AS_IT_IS, Change, LAMP, PLANNED, attempt, change_state, link, message, refused, rows};
use crate::portal::Portal;

#[tokio::test]
async fn r27179_customer_of_another_company() {
    let rule = "(Constraint R27179)";
    refused(rule, "000655", LAMP, PLANNED, AS_IT_IS).await;
}

#[tokio::test]
async fn r28364_customer_out_of_validity() {
    let rule = "(Constraint R28364)";
    refused(rule, "000640", LAMP, PLANNED, AS_IT_IS).await;
}

#[tokio::test]
async fn r28369_ship_to_customer_out_of_validity() {
    refused(
        "(Constraint R28369)",
        "000587",
        LAMP,
        PLANNED,
        |body, rows| {
            body["ShipToCustomer"] = rows.ended.clone();
        },
    )
    .await;
}

#[tokio::test]
async fn r28339_address_of_somebody_else() {
    let portal = Portal::start(|_| {}).await;
    let order = attempt(&portal, "000587", LAMP, "New", AS_IT_IS)
        .await
        .unwrap();
    let foreign = link(
        &portal,
        "General_Contacts_PartyContactMechanisms?$filter=contains(Name,'Sea Garden')",
    )
    .await;
    let body = json!({ "ShipToPartyContactMechanism": foreign });
    portal.call(Method::PATCH, &order, None, Some(body)).await;
    let said = change_state(&portal, &order, json!({ "newState": "Planned" })).await;
    assert!(said.unwrap_err().contains("(Constraint R28339)"));
}

#[tokio::test]
async fn r28348_returns_where_only_sales_are_allowed() {
    refused("(Constraint R28348)", "000587", LAMP, PLANNED, |body, _| {
        body["Lines"][0]["Quantity"]["Value"] = json!(-1);
    })
    .await;
}

#[tokio::test]
async fn r28358_sales_and_returns_in_one_document() {
    let lines = &[("LT-ARK-SG", 2, "pcs"), ("LT-ARK-GR", 1, "pcs")];
    refused(
        "(Constraint R28358)",
        "000587",
        lines,
        PLANNED,
        |body, rows| {
            body["DocumentType"] = rows.desk.clone();
            body["Lines"][1]["Quantity"]["Value"] = json!(-1);
        },
    )
    .await;
}

#[tokio::test]
async fn r28215_signs_of_quantity_and_amount() {
    refused("(Constraint R28215)", "000587", LAMP, PLANNED, |body, _| {
        body["Lines"][0]["UnitPrice"] = json!({ "Value": -5, "Currency": "EUR" });
    })
    .await;
}

#[tokio::test]
async fn r29752_location_with_a_till_wants_a_fiscal_number() {
    refused(
        "(Constraint R29752)",
        "000587",
        LAMP,
        ("Planned", "FirmPlanned"),
        |body, rows| {
            body["EnterpriseCompanyLocation"] = rows.shop.clone();
            body["PosLocation"] = rows.till.clone();
        },
    )
    .await;
    let portal = Portal::start(|_| {}).await;
    let numbered: Change = |body, rows| {
        body["EnterpriseCompanyLocation"] = rows.shop.clone();
        body["PosLocation"] = rows.till.clone();
        body["UniqueSaleNumber"] = json!("ED000001-0001-0000001");
    };
    let released = attempt(&portal, "000587", LAMP, "Released", numbered).await;
    assert!(released.is_ok(), "{released:?}");
}

#[tokio::test]
async fn r29753_location_with_a_till_wants_to_know_which() {
    let portal = Portal::start(|_| {}).await;
    let said = attempt(&portal, "000587", LAMP, "New", |body, rows| {
        body["EnterpriseCompanyLocation"] = rows.shop.clone();
    })
    .await
    .unwrap_err();
    assert!(said.contains("failed for event Commit"), "{said}");
    assert!(said.contains("(Constraint R29753)"), "{said}");
    assert!(portal.demo.orders().is_empty());
}

#[tokio::test]
async fn r27168_customer_serviced_by_another_companys_location() {
    let portal = Portal::start(|_| {}).await;
    let customer = portal.customer("000587").await;
    let other = portal.customer("000655").await["ServicedByEnterpriseCompanyLocation"].clone();
    let refused = portal
        .call(
            Method::PATCH,
            customer["@odata.id"].as_str().unwrap(),
            None,
            Some(json!({ "ServicedByEnterpriseCompanyLocation": other })),
        )
        .await;
    assert_eq!(refused.status(), 500);
    let said = message(&refused.json().await.unwrap());
    assert!(said.contains("(Constraint R27168)"), "{said}");
    assert_eq!(portal.customer("000587").await, customer);
}

#[tokio::test]
async fn r39605_party_of_a_customer() {
    let portal = Portal::start(|_| {}).await;
    let customer = portal.customer("000587").await;
    let other = portal.customer("000412").await["Party"].clone();
    let path = customer["@odata.id"].as_str().unwrap();
    let body = json!({ "Party": other });
    let refused = portal.call(Method::PATCH, path, None, Some(body)).await;
    let said = message(&refused.json().await.unwrap());
    assert!(said.contains("(Constraint R39605)"), "{said}");
    // The same party once more is no change.
    let body = json!({ "Party": customer["Party"] });
    let accepted = portal.call(Method::PATCH, path, None, Some(body)).await;
    assert_eq!(accepted.status(), 204);
}

#[tokio::test]
async fn r17342_product_and_group_of_different_companies() {
    let portal = Portal::start(|_| {}).await;
    let group = link(
        &portal,
        "General_Products_ProductGroups?$filter=Code eq '1010'",
    )
    .await;
    let other = portal.customer("000655").await["EnterpriseCompany"].clone();
    let path = group["@odata.id"].as_str().unwrap();
    let body = json!({ "EnterpriseCompany": other });
    portal.call(Method::PATCH, path, None, Some(body)).await;
    let product = portal.product("LT-ARK-SG").await;
    let refused = portal
        .call(
            Method::PATCH,
            &product,
            None,
            Some(json!({ "IsFeatured": true })),
        )
        .await;
    let said = message(&refused.json().await.unwrap());
    assert!(said.contains("(Constraint R17342)"), "{said}");
}

#[tokio::test]
async fn customers_must_be_allowed_to_stand_where_they_stand() {
    refused(
        "AllowUseAsPrimaryCustomer",
        "000713",
        LAMP,
        PLANNED,
        AS_IT_IS,
    )
    .await;
    let portal = Portal::start(|_| {}).await;
    let other = portal.customer("000720").await["@odata.id"].clone();
    let order = attempt(&portal, "000587", LAMP, "New", AS_IT_IS)
        .await
        .unwrap();
    let body = json!({ "ShipToCustomer": { "@odata.id": other } });
    portal.call(Method::PATCH, &order, None, Some(body)).await;
    let said = change_state(&portal, &order, json!({ "newState": "Planned" })).await;
    assert!(said.unwrap_err().contains("AllowUseAsShipToCustomer"));
}

#[tokio::test]
async fn an_exit_status_is_needed_to_leave_its_state() {
    let portal = Portal::start(|_| {}).await;
    let order = attempt(&portal, "000587", LAMP, "FirmPlanned", |body, rows| {
        body["DocumentType"] = rows.check.clone();
    })
    .await
    .unwrap();
    let release = json!({ "newState": "Released" });
    let said = change_state(&portal, &order, release.clone()).await;
    assert!(said.unwrap_err().contains("'Checked'"));
    let checked = rows(&portal).await.checked;
    let with = json!({ "newState": "FirmPlanned", "userStatus": checked });
    change_state(&portal, &order, with).await.unwrap();
    change_state(&portal, &order, release).await.unwrap();
}

#[tokio::test]
async fn an_edit_turns_planned_into_firm_planned() {
    let portal = Portal::start(|_| {}).await;
    let order = attempt(&portal, "000587", LAMP, "Planned", AS_IT_IS)
        .await
        .unwrap();
    let body = json!({ "DocumentNotes": "In the morning, please." });
    portal.call(Method::PATCH, &order, None, Some(body)).await;
    assert_eq!(portal.get(&order).await["State"], "FirmPlanned");
}

#[tokio::test]
async fn rows_of_released_documents_are_closed_too() {
    let portal = Portal::start(|_| {}).await;
    let order = attempt(&portal, "000587", LAMP, "Released", AS_IT_IS)
        .await
        .unwrap();
    let product = portal.product("LT-ARK-SG").await;
    let own = json!({ "@odata.id": order });
    for (set, body) in [
        (
            "Crm_Sales_SalesOrderLines",
            json!({ "SalesOrder": own, "Product": { "@odata.id": product }, "Quantity": { "Value": 1, "Unit": "pcs" } }),
        ),
        (
            "Crm_Sales_SalesOrderPaymentPlans",
            json!({ "SalesOrder": own, "AmountType": "Remainder" }),
        ),
    ] {
        let refused = portal.call(Method::POST, set, None, Some(body)).await;
        assert_eq!(refused.status(), 500, "{set}");
    }
}
