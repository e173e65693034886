//! Invoices, dues, printouts, files, access (entities.md §3, §4.2, §8.3, §9).

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use time::Duration;

use crate::portal::Portal;

async fn advance(portal: &Portal, link: &str, state: &str) {
    let answer = portal
        .call(
            Method::POST,
            &format!("{link}/ChangeState"),
            None,
            Some(json!({ "newState": state })),
        )
        .await;
    assert!(
        answer.status().is_success(),
        "{}",
        answer.text().await.unwrap()
    );
}

async fn of_customer(portal: &Portal, set: &str, customer: &str, rest: &str) -> Vec<Value> {
    let customer = portal.customer(customer).await;
    let link = customer["@odata.id"].as_str().unwrap();
    let found = portal
        .get(&format!("{set}?$filter=Customer eq '{link}'{rest}&$top=50"))
        .await;
    found["value"].as_array().unwrap().clone()
}

async fn dues(portal: &Portal, customer: &str) -> Vec<Value> {
    let party = portal.customer(customer).await["Party"]["@odata.id"]
        .as_str()
        .unwrap()
        .to_owned();
    let found = portal
        .get(&format!(
            "Finance_Payments_PaymentBalances?$filter=Party eq '{party}' and Direction eq 'Incoming' and PaymentStatus in ('Unpaid','PartiallyPaid')&$top=50"
        ))
        .await;
    found["value"].as_array().unwrap().clone()
}

#[tokio::test]
async fn completed_orders_are_invoiced_and_due() {
    let portal = Portal::start(|_| {}).await;
    let order = portal
        .place("000587", "invoiced", &[("LT-ARK-SG", 2, "pcs")])
        .await;
    let path = "&$select=default,TotalLineAmount,AmountToPay&$expand=Lines,DocumentAmounts";
    advance(&portal, &order, "Released").await;
    let invoices = of_customer(&portal, "Crm_Invoicing_Invoices", "000587", path).await;
    assert!(invoices.is_empty(), "nothing before it is done");
    advance(&portal, &order, "Completed").await;
    let invoices = of_customer(&portal, "Crm_Invoicing_Invoices", "000587", path).await;
    let [invoice] = invoices.as_slice() else {
        panic!("{invoices:?}")
    };
    assert_eq!(invoice["State"], "Released");
    assert_eq!(invoice["Parent"]["@odata.id"], order);
    assert_eq!(invoice["AmountToPay"]["Value"].to_string(), "143.76");
    assert_eq!(invoice["TotalLineAmount"]["Value"].to_string(), "119.8");
    assert_eq!(invoice["Lines"][0]["SalesOrder"]["@odata.id"], order);
    assert_eq!(
        invoice["DocumentAmounts"][0]["InputAmount"]["Value"].to_string(),
        "23.96"
    );
    let due = &dues(&portal, "000587").await[0];
    assert_eq!(due["RemainingAmount"]["Value"].to_string(), "143.76");
    assert_eq!(due["RefInvoiceDocumentNo"], invoice["DocumentNo"]);
    assert_eq!(due["PaymentStatus"], "Unpaid");
    assert!(due.get("@odata.id").is_none(), "a view");

    // Completing once more makes no second invoice, and the invoice protects its order.
    advance(&portal, &order, "Released").await;
    advance(&portal, &order, "Completed").await;
    let invoices = of_customer(&portal, "Crm_Invoicing_Invoices", "000587", path).await;
    assert_eq!(invoices.len(), 1);
    for (kind, status) in [
        (Value::Null, 500),
        (json!("VoidWithSubDocuments"), 500),
        (json!("VoidWithReleasedSubDocuments"), 204),
    ] {
        let mut body = json!({ "reason": "test", "voidType": kind });
        if kind.is_null() {
            body.as_object_mut().unwrap().remove("voidType");
        }
        let path = format!("{order}/MakeVoid");
        let answer = portal.call(Method::POST, &path, None, Some(body)).await;
        assert_eq!(answer.status(), status, "{kind}");
    }
    assert_eq!(dues(&portal, "000587").await, [] as [Value; 0]);
    let invoices = of_customer(&portal, "Crm_Invoicing_Invoices", "000587", path).await;
    assert_eq!(invoices[0]["Void"], true);
    let parents = portal
        .get(&format!(
            "{}/GetAllParentDocuments(includeSelf=true)",
            invoices[0]["@odata.id"].as_str().unwrap()
        ))
        .await;
    assert_eq!(parents["value"][1]["@odata.id"], order);
}

#[tokio::test]
async fn dues_of_the_seed_grow_old() {
    let mut portal = Portal::start(|_| {}).await;
    let status = |due: &Value| due["DueStatus"].as_str().unwrap().to_owned();
    let partly = &dues(&portal, "000593").await[0];
    assert_eq!(partly["PaymentStatus"], "PartiallyPaid");
    assert_eq!(status(partly), "GracePeriod");
    assert_eq!(status(&dues(&portal, "000702").await[0]), "Overdue");
    let open = dues(&portal, "000412").await;
    assert_eq!(open.len(), 1, "the other invoice was paid");
    assert_eq!(status(&open[0]), "Due");
    for (days, expected) in [(3, "GracePeriod"), (5, "Overdue")] {
        portal.clock.advance(Duration::days(days));
        portal.renew().await;
        assert_eq!(status(&dues(&portal, "000412").await[0]), expected);
    }
}

#[tokio::test]
async fn documents_are_completed_alone_or_with_what_came_of_them() {
    let portal = Portal::start(|_| {}).await;
    let order = portal
        .place("000587", "completed", &[("LT-ARK-SG", 1, "pcs")])
        .await;
    let path = format!("{order}/Complete");
    for (body, status, invoice) in [
        (json!({ "completion": "Everything" }), 500, None),
        (json!({}), 204, Some("Released")),
        (
            json!({ "completion": "OnlyDocument" }),
            204,
            Some("Released"),
        ),
        (
            json!({ "completion": "WithReleasedChildren" }),
            204,
            Some("Completed"),
        ),
    ] {
        let said = body.to_string();
        let answer = portal.call(Method::POST, &path, None, Some(body)).await;
        assert_eq!(answer.status(), status, "{said}");
        let invoices = of_customer(&portal, "Crm_Invoicing_Invoices", "000587", "").await;
        let state = invoices.first().map(|invoice| invoice["State"].clone());
        assert_eq!(state, invoice.map(Value::from), "{said}");
    }
    assert_eq!(portal.get(&order).await["State"], "Completed");
}

#[tokio::test]
async fn some_papers_are_not_what_they_look_like() {
    let portal = Portal::start(|_| {}).await;
    let invoices = of_customer(&portal, "Crm_Invoicing_Invoices", "000412", "").await;
    let count = |test: fn(&Value) -> bool| invoices.iter().filter(|row| test(row)).count();
    assert_eq!(count(|row| row["State"] == "New"), 1, "a draft");
    assert_eq!(
        count(|row| !row["CreditNoteOriginalInvoice"].is_null()),
        1,
        "a credit note"
    );
    assert_eq!(count(|row| row["State"] == "Released"), 3);
    let party = portal.customer("000412").await["Party"]["@odata.id"].clone();
    let party = party.as_str().unwrap();
    let outgoing = portal
        .get(&format!("Finance_Payments_PaymentBalances?$filter=Party eq '{party}' and Direction eq 'Outgoing'&$top=5"))
        .await;
    assert_eq!(
        outgoing["value"][0]["OrderAmount"]["Value"].to_string(),
        "15.36"
    );
    let attached = portal
        .get("General_Documents_DocumentFileAttachments?$top=5")
        .await;
    assert_eq!(attached["value"][0]["FileName"], "picking-notes.txt");
    let own = of_customer(&portal, "Crm_Sales_CustomerProducts", "000412", "").await;
    assert_eq!(own.len(), 3);
}

#[tokio::test]
async fn orders_take_from_what_may_be_promised() {
    let portal = Portal::start(|_| {}).await;
    let product = portal.product("LT-ARK-NV").await;
    let store = portal
        .get("Logistics_Inventory_Stores?$filter=Code eq 'CENTRAL'&$top=1")
        .await["value"][0]["@odata.id"]
        .as_str()
        .unwrap()
        .to_owned();
    let promised = async |day: &str| {
        let found = portal.get(&format!("Logistics_Inventory_DemandManagement_AvailableToPromise?$filter=Product in ('{product}') and Store eq '{store}' and FromDate le {day}Z&$orderby=FromDate desc&$top=1")).await;
        found["value"][0]["ATPBase"]["Value"].to_string()
    };
    let on_hand = async || {
        let found = portal
            .get(&format!(
                "Logistics_Inventory_CurrentBalances?$filter=Product in ('{product}')&$top=1"
            ))
            .await;
        found["value"][0]["QuantityBase"]["Value"].to_string()
    };
    let mut body = portal
        .order("000587", "taken", &[("LT-ARK-NV", 4, "pcs")])
        .await;
    body["Lines"][0]["LineStore"] = json!({ "@odata.id": store });
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
    let order = created["@odata.id"].as_str().unwrap();
    assert!(portal.end(&transaction, true).await.is_success());
    assert_eq!(
        (
            promised("2026-11-23").await.as_str(),
            promised("2026-12-31").await.as_str()
        ),
        ("6", "18")
    );
    advance(&portal, order, "Released").await;
    assert_eq!(
        (
            promised("2026-11-23").await.as_str(),
            promised("2026-12-31").await.as_str()
        ),
        ("2", "14")
    );
    assert_eq!(on_hand().await, "7");
    advance(&portal, order, "Completed").await;
    assert_eq!(
        (
            promised("2026-11-23").await.as_str(),
            on_hand().await.as_str()
        ),
        ("2", "3")
    );
}

#[tokio::test]
async fn printouts_are_pdf_files_with_number_lines_and_totals() {
    let portal = Portal::start(|_| {}).await;
    let order = portal
        .place(
            "000412",
            "printed",
            &[("LT-ARK-GR", 3, "pcs"), ("KM-RIN-CR", 24, "pcs")],
        )
        .await;
    let number = portal.get(&order).await["DocumentNo"].clone();
    let print = async |culture: &str, body: Value| {
        let path = format!("{order}/GetPrintout?culture={culture}");
        portal.call(Method::POST, &path, None, Some(body)).await
    };
    for (culture, parts) in [
        (
            "bg",
            [
                "Поръчка",
                "Харбър Хотелс ООД",
                "Настолна лампа „Арка“",
                "ДДС 20 %",
                "За плащане",
            ],
        ),
        (
            "en",
            [
                "Sales order",
                "Harbour Hotels Ltd",
                "Desk lamp Arka",
                "VAT 20 %",
                "To pay",
            ],
        ),
    ] {
        let answer: Value = print(culture, json!({})).await.json().await.unwrap();
        assert!(
            answer["@odata.context"]
                .as_str()
                .unwrap()
                .ends_with("$metadata#Edm.String")
        );
        let bytes = STANDARD.decode(answer["value"].as_str().unwrap()).unwrap();
        assert!(bytes.starts_with(b"%PDF-"));
        let text = lopdf::Document::load_mem(&bytes)
            .unwrap()
            .extract_text(&[1])
            .unwrap();
        let totals = ["156.00", "288.98 EUR", "57.80 EUR", "346.78 EUR"];
        for part in parts
            .into_iter()
            .chain(totals)
            .chain([number.as_str().unwrap()])
        {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
    let text: Value = print("en", json!({ "fileFormat": "txt" }))
        .await
        .json()
        .await
        .unwrap();
    let text = STANDARD.decode(text["value"].as_str().unwrap()).unwrap();
    assert!(String::from_utf8(text).unwrap().contains("Desk lamp Arka"));
    let unknown = print("en", json!({ "fileFormat": "exe" })).await;
    assert_eq!(unknown.status(), 500);
    let elsewhere = portal.product("LT-ARK-GR").await;
    let path = format!("{elsewhere}/GetPrintout");
    let refused = portal.call(Method::POST, &path, None, None).await;
    assert_eq!(refused.status(), 404);
}

#[tokio::test]
async fn files_have_permissions_and_bytes_only_on_request() {
    let portal = Portal::start(|_| {}).await;
    let product = portal.product("LT-ARK-GR").await;
    let path = format!("{product}/GetOrCreateExtensibleDataObject");
    let object: Value = portal
        .call(Method::POST, &path, None, None)
        .await
        .json()
        .await
        .unwrap();
    let object = object["value"]["@odata.id"].as_str().unwrap();
    let files = portal
        .get(&format!(
            "Systems_Core_ObjectFiles?$filter=Object eq '{object}'&$top=20"
        ))
        .await;
    let files = files["value"].as_array().unwrap();
    let permissions: BTreeSet<&str> = files
        .iter()
        .map(|file| file["AccessPermission"].as_str().unwrap())
        .collect();
    assert_eq!(
        permissions,
        BTreeSet::from(["Creator", "External", "Internal"])
    );
    assert!(
        files
            .iter()
            .all(|file| file.get("EmbeddedFileContents").is_none())
    );
    let sheet = files
        .iter()
        .find(|file| file["MediaType"] == "application/pdf")
        .unwrap();
    let link = sheet["@odata.id"].as_str().unwrap();
    let read = portal
        .get(&format!("{link}?$select=EmbeddedFileContents"))
        .await;
    let bytes = STANDARD
        .decode(read["EmbeddedFileContents"].as_str().unwrap())
        .unwrap();
    assert_eq!(sheet["FileSizeBytes"], bytes.len());
    let text = lopdf::Document::load_mem(&bytes)
        .unwrap()
        .extract_text(&[1])
        .unwrap();
    assert!(text.contains("Настолна лампа „Арка“"), "{text}");
}

#[tokio::test]
async fn every_role_is_held_by_somebody() {
    let portal = Portal::start(|_| {}).await;
    let found = portal
        .get("Crm_Sales_CustomerExternalAccess?$top=100&$expand=Customer")
        .await;
    let rows = found["value"].as_array().unwrap();
    let roles: BTreeSet<&str> = rows
        .iter()
        .map(|row| row["Role"].as_str().unwrap())
        .collect();
    assert_eq!(
        roles,
        BTreeSet::from([
            "Admin",
            "Basic",
            "Billing",
            "Orders",
            "OrdersWithPrices",
            "Owner"
        ])
    );
    let days: BTreeSet<String> = rows
        .iter()
        .map(|row| row["DaysBackAccess"].to_string())
        .collect();
    let expected = ["0", "30", "365", "90", "null"].map(str::to_owned);
    assert_eq!(days, BTreeSet::from(expected));
    let own = portal.demo.settings().company.to_string();
    let unusable = |row: &Value| {
        let customer = &row["Customer"];
        customer["Active"] == false
            || !customer["ThruDate"].is_null()
            || !customer["EnterpriseCompany"]["@odata.id"]
                .as_str()
                .unwrap()
                .contains(&own)
    };
    assert_eq!(
        rows.iter().filter(|row| unusable(row)).count(),
        3,
        "inactive, ended, of another company"
    );
}
