//! Transactions, prices, states.

use crate::portal::Portal;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn an_order_of_a_front_end_transaction_is_priced_and_numbered() {
    let portal = Portal::start(|_| {}).await;
    let link = portal
        .place(
            "000587",
            "key-1",
            &[("LT-ARK-GR", 10, "pcs"), ("KM-RIN-CR", 2, "box")],
        )
        .await;
    let orders = portal.demo.orders();
    assert_eq!(orders.len(), 1);
    let order = &orders[0];
    assert_eq!(
        (
            order.external_id.as_deref(),
            order.customer.as_str(),
            order.state.as_str()
        ),
        (Some("key-1"), "000587", "New")
    );
    assert!(!order.document_no.is_empty());
    // 59.90 less 8 % from ten; 6.40 less 10 % from 24, two boxes of 24.
    let prices: Vec<String> = order
        .lines
        .iter()
        .map(|line| line.unit_price.normalize().to_string())
        .collect();
    assert_eq!(prices, ["55.11", "138.24"]);
    let expected: rust_decimal::Decimal = order
        .lines
        .iter()
        .map(|line| {
            (line.quantity * line.unit_price * (rust_decimal::Decimal::ONE - line.discount))
                .round_dp(2)
        })
        .sum();
    assert_eq!(order.total, expected);
    assert_eq!(
        order.amount_to_pay,
        (expected * rust_decimal::Decimal::new(12, 1)).round_dp(2)
    );
    let read = portal.get(&format!("{link}?$select=default,AmountToPay&$expand=Lines($orderby=LineNo),DocumentAmounts($expand=DocumentAmountType)")).await;
    assert_eq!(read["Lines"][1]["LineNo"], 20);
    assert_eq!(
        read["DocumentAmounts"][0]["DocumentAmountType"]["AmountTypeCode"],
        "VAT"
    );
    assert_eq!(read["PaymentDueDate"], "2026-11-30T00:00:00Z");
    assert_eq!(read["RequiredDeliveryDate"], "2026-11-25T00:00:00Z");
    let found = portal.get("Crm_Sales_SalesOrders?$filter=ExternalSystem eq 'portal' and ExternalId eq 'key-1'&$select=Id,DocumentNo,State&$top=1").await;
    assert_eq!(found["value"][0]["DocumentNo"], order.document_no);

    let advanced = portal
        .call(
            Method::POST,
            &format!("{link}/ChangeState"),
            None,
            Some(json!({ "newState": "Released" })),
        )
        .await;
    assert!(
        advanced.status().is_success(),
        "{}",
        advanced.text().await.unwrap()
    );
    let edited = portal
        .call(
            Method::PATCH,
            &link,
            None,
            Some(json!({ "DocumentNotes": "late" })),
        )
        .await;
    assert_eq!(edited.status(), 500, "released documents refuse edits");
    let back = portal
        .call(
            Method::POST,
            &format!("{link}/ChangeState"),
            None,
            Some(json!({ "newState": "FirmPlanned" })),
        )
        .await;
    assert_eq!(back.status(), 500);
    let void = portal
        .call(
            Method::POST,
            &format!("{link}/MakeVoid"),
            None,
            Some(json!({ "reason": "test" })),
        )
        .await;
    assert!(void.status().is_success());
    assert!(portal.demo.orders()[0].void);
}

#[tokio::test]
async fn a_quote_leaves_nothing_and_a_plain_order_has_no_prices() {
    let portal = Portal::start(|_| {}).await;
    let body = portal
        .order("000412", "quote", &[("LT-ARK-GR", 1, "pcs")])
        .await;
    let transaction = portal.begin().await;
    let second = portal
        .call(
            Method::POST,
            "BeginTransaction",
            None,
            Some(json!({ "model": "frontend" })),
        )
        .await;
    assert_eq!(second.status(), 429, "one open transaction");
    let created: Value = portal
        .call(
            Method::POST,
            "Crm_Sales_SalesOrders",
            Some(&transaction),
            Some(body.clone()),
        )
        .await
        .json()
        .await
        .unwrap();
    let link = created["@odata.id"].as_str().unwrap();
    let inside: Value = portal
        .call(
            Method::GET,
            &format!("{link}?$select=TotalLineAmount"),
            Some(&transaction),
            None,
        )
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(
        inside["TotalLineAmount"]["Value"].to_string(),
        "52",
        "the contract price of customer 000412"
    );
    assert_eq!(
        portal.call(Method::GET, link, None, None).await.status(),
        404,
        "nobody else sees it"
    );
    assert!(portal.end(&transaction, false).await.is_success());
    assert!(portal.demo.orders().is_empty());
    let gone = portal
        .call(Method::GET, link, Some(&transaction), None)
        .await;
    assert_eq!(gone.status(), 500);
    assert_eq!(
        gone.json::<Value>().await.unwrap()["error"]["message"],
        format!("Invalid TransactionId {transaction}.")
    );

    let plain = portal
        .call(Method::POST, "Crm_Sales_SalesOrders", None, Some(body))
        .await;
    // The unit is set by the code in the quantity, the price by nobody.
    assert_eq!(plain.status(), 201, "{}", plain.text().await.unwrap());
    assert_eq!(
        portal.demo.orders()[0].lines[0].unit_price,
        rust_decimal::Decimal::ZERO
    );
}

#[tokio::test]
async fn the_same_key_twice_makes_two_orders() {
    let portal = Portal::start(|_| {}).await;
    portal
        .place("000587", "same", &[("LT-ARK-GR", 1, "pcs")])
        .await;
    portal
        .place("000587", "same", &[("LT-ARK-GR", 1, "pcs")])
        .await;
    assert_eq!(portal.demo.orders().len(), 2);
}

#[tokio::test]
async fn member_order_matters() {
    let portal = Portal::start(|_| {}).await;
    let mut body = portal.order("000587", "order", &[]).await;
    body["Lines"] = json!([{ "Quantity": { "Value": 1, "Unit": "pcs" }, "Product": { "@odata.id": portal.product("LT-ARK-GR").await } }]);
    let transaction = portal.begin().await;
    portal
        .call(
            Method::POST,
            "Crm_Sales_SalesOrders",
            Some(&transaction),
            Some(body),
        )
        .await;
    assert_eq!(
        portal.end(&transaction, true).await,
        500,
        "the product began the line anew"
    );
    assert!(portal.demo.orders().is_empty());
}

#[tokio::test]
async fn rules_block_states_with_their_numbers() {
    let portal = Portal::start(|_| {}).await;
    let foreign = portal
        .get("General_Contacts_PartyContactMechanisms?$filter=contains(Name,'Shipka')&$top=1")
        .await["value"][0]["@odata.id"]
        .clone();
    let link = portal
        .place("000412", "r28339", &[("LT-ARK-GR", 1, "pcs")])
        .await;
    let patched = portal
        .call(
            Method::PATCH,
            &link,
            None,
            Some(json!({ "ShipToPartyContactMechanism": { "@odata.id": foreign } })),
        )
        .await;
    assert_eq!(patched.status(), 204);
    let cheap = portal
        .place("000412", "r28344", &[("KM-RIN-CR", 1, "pcs")])
        .await;
    let early = portal
        .place("000412", "r28364", &[("LT-ARK-GR", 1, "pcs")])
        .await;
    portal
        .call(
            Method::PATCH,
            &early,
            None,
            Some(json!({ "DocumentDate": "2020-01-01T00:00:00Z" })),
        )
        .await;
    for (link, state, rule) in [
        (&link, "FirmPlanned", "R28339"),
        (&cheap, "Released", "R28344"),
        (&early, "Planned", "R28364"),
    ] {
        let response = portal
            .call(
                Method::POST,
                &format!("{link}/ChangeState"),
                None,
                Some(json!({ "newState": state })),
            )
            .await;
        assert_eq!(response.status(), 500);
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["code"], 2029);
        assert!(
            body["error"]["message"]
                .as_str()
                .unwrap()
                .contains(&format!("(Constraint {rule})")),
            "{body}"
        );
    }
    let missing = portal
        .call(
            Method::POST,
            &format!("{link}/MakeVoid"),
            None,
            Some(json!({})),
        )
        .await;
    assert_eq!(missing.status(), 500, "a reason is required");
}

#[tokio::test]
async fn addresses_can_be_added_and_used() {
    let portal = Portal::start(|_| {}).await;
    let party = portal.customer("000587").await["Party"]["@odata.id"]
        .as_str()
        .unwrap()
        .replace("General_Contacts_Companies", "General_Contacts_Parties");
    let body = json!({ "Party": { "@odata.id": party }, "ContactMechanismType": "Address", "Name": "3 Mole Road, 8000 Burgas, Bulgaria", "IsActive": true });
    let created = portal
        .call(
            Method::POST,
            "General_Contacts_PartyContactMechanisms",
            None,
            Some(body),
        )
        .await;
    assert_eq!(created.status(), 201);
    let found = portal.get(&format!("General_Contacts_PartyContactMechanisms?$filter=Party eq '{party}' and ContactMechanismType eq 'Address' and IsActive eq true&$select=Id,Name&$top=50")).await;
    assert_eq!(found["value"].as_array().unwrap().len(), 2);
    let long = json!({ "Party": { "@odata.id": party }, "Name": "x".repeat(255) });
    assert_eq!(
        portal
            .call(
                Method::POST,
                "General_Contacts_PartyContactMechanisms",
                None,
                Some(long)
            )
            .await
            .status(),
        500
    );
}

#[tokio::test]
async fn nested_data_rewrites_master_data() {
    let portal = Portal::start(|_| {}).await;
    let mut body = portal
        .order("000587", "merge", &[("LT-ARK-GR", 1, "pcs")])
        .await;
    body["Customer"]["DefaultPaymentTermDays"] = json!(90);
    portal
        .call(Method::POST, "Crm_Sales_SalesOrders", None, Some(body))
        .await;
    assert_eq!(
        portal.customer("000587").await["DefaultPaymentTermDays"],
        90,
        "the dangerous default of nested objects"
    );
}

#[tokio::test]
async fn lines_get_the_price_and_discount_of_the_documents() {
    let portal = Portal::start(|_| {}).await;
    for (customer, product, quantity, unit, price, discount, amount, why) in [
        (
            "000587",
            "LT-ARK-SG",
            9,
            "pcs",
            "59.9",
            "0",
            "539.10",
            "the standard price",
        ),
        (
            "000587",
            "LT-ARK-SG",
            10,
            "pcs",
            "55.11",
            "0",
            "551.10",
            "the first break",
        ),
        (
            "000587",
            "LT-ARK-SG",
            50,
            "pcs",
            "51.51",
            "0",
            "2575.50",
            "the second break has the higher priority",
        ),
        (
            "000587",
            "LT-ARK-SG",
            2,
            "box",
            "330.66",
            "0",
            "661.32",
            "twelve pieces in two boxes reach the break",
        ),
        (
            "000412",
            "LT-ARK-GR",
            50,
            "pcs",
            "52",
            "0",
            "2600.00",
            "a contract goes before breaks, even where it is dearer",
        ),
        (
            "000412",
            "KM-RIN-CR",
            100,
            "pcs",
            "5.95",
            "0.0688",
            "554.06",
            "a list goes before breaks; two levels cascade",
        ),
        (
            "000593",
            "KM-RIN-CR",
            1,
            "pcs",
            "5.95",
            "0.03",
            "5.77",
            "level one is another customer's, level two is the list's",
        ),
        (
            "000587",
            "LB-E27-7",
            1,
            "pcs",
            "3.9",
            "0.05",
            "3.71",
            "a group's discount",
        ),
        (
            "000587",
            "HX-OBL-45",
            5,
            "pcs",
            "17.9",
            "0",
            "89.50",
            "too few for the discount",
        ),
        (
            "000587",
            "HX-OBL-45",
            6,
            "pcs",
            "17.9",
            "0.06",
            "100.96",
            "enough for the discount",
        ),
        (
            "000587",
            "HF-LEN-SA",
            50,
            "m",
            "15.82",
            "0",
            "791.00",
            "metres",
        ),
    ] {
        let key = format!("{customer}{product}{quantity}{unit}");
        portal
            .place(customer, &key, &[(product, quantity, unit)])
            .await;
        let orders = portal.demo.orders();
        let line = &orders
            .iter()
            .find(|order| order.external_id.as_deref() == Some(&key))
            .unwrap()
            .lines[0];
        let found = [
            line.unit_price.normalize(),
            line.discount.normalize(),
            line.amount,
        ]
        .map(|number| number.to_string());
        assert_eq!(found, [price, discount, amount], "{key}: {why}");
    }
}

#[tokio::test]
async fn units_must_fit_the_product() {
    let portal = Portal::start(|_| {}).await;
    for (product, unit) in [
        ("HS-SED-TC", "box"),
        ("LT-ARK-SG", "m"),
        ("LT-ARK-SG", "nonsense"),
    ] {
        let body = portal.order("000587", "unit", &[(product, 1, unit)]).await;
        let transaction = portal.begin().await;
        let refused = portal
            .call(
                Method::POST,
                "Crm_Sales_SalesOrders",
                Some(&transaction),
                Some(body),
            )
            .await;
        assert_eq!(refused.status(), 500, "{product} in {unit}");
        assert!(portal.end(&transaction, false).await.is_success());
    }
}
