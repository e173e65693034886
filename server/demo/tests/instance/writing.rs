//! The dialect of writing: which row an object means, units that must agree, documents of applications.

use crate::portal::Portal;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const PRODUCTS: &str = "General_Products_Products";
const ORDERS: &str = "Crm_Sales_SalesOrders";
const LINES: &str = "Crm_Sales_SalesOrderLines";

impl Portal {
    async fn post(&self, set: &str, body: Value) -> (StatusCode, Value) {
        let response = self.call(Method::POST, set, None, Some(body)).await;
        let status = response.status();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    async fn patch(&self, link: &str, body: Value) -> StatusCode {
        let response = self.call(Method::PATCH, link, None, Some(body)).await;
        response.status()
    }
}

/// A channel row whose product is whatever the object means.
async fn meaning(portal: &Portal, product: Value) -> (StatusCode, Value) {
    let channel = portal.demo.settings().channel_id;
    let body = json!({
        "Product": product,
        "DistributionChannel": { "@odata.id": format!("Crm_Marketing_DistributionChannels({channel})") },
    });
    let set = "Crm_Marketing_ProductDistributionChannels";
    portal.post(set, body).await
}

#[tokio::test]
async fn nested_objects_are_found_by_the_first_criterion_present() {
    let portal = Portal::start(|_| {}).await;
    let lamp = portal.product("LT-ARK-GR").await;
    let marked = json!({ "ExternalId": "lamp-1", "ExternalSystem": "pim" });
    assert_eq!(portal.patch(&lamp, marked).await, 204);
    let id = lamp.split_once('(').unwrap().1.trim_end_matches(')');
    for (product, why) in [
        (json!({ "@odata.id": lamp }), "the link"),
        (json!({ "Id": id }), "the id"),
        (
            json!({ "PartNumber": "lt-ark-gr" }),
            "the code, without regard to case",
        ),
        (
            json!({ "@erpnet.findBy": { "ExternalId": "lamp-1", "ExternalSystem": "pim" } }),
            "the id of another system",
        ),
        (
            json!({ "@erpnet.findBy": { "ExternalId": "lamp-1", "Code": "KM-RIN-CR" } }),
            "the code does not count beside it",
        ),
        (
            json!({ "@erpnet.findBy": { "Code": "LT-ARK-GR" } }),
            "findBy with a code",
        ),
        (
            json!({ "@erpnet.findBy": { "Name": "ARKA, GRAPH" } }),
            "a part of the name",
        ),
        (
            json!({ "@erpnet.findBy": { "DisplayText": "Desk lamp Arka, graphite" } }),
            "the display text",
        ),
        (
            json!({ "@erpnet.action": "findSingle", "PartNumber": "LT-ARK-GR" }),
            "an action",
        ),
    ] {
        let (status, row) = meaning(&portal, product).await;
        assert_eq!(
            (status.as_u16(), &row["Product"]["@odata.id"]),
            (201, &json!(lamp)),
            "{why}"
        );
    }
    for (product, why) in [
        (json!({ "PartNumber": "NO-SUCH" }), "nothing is found"),
        (
            json!({ "@erpnet.findBy": { "ExternalId": "lamp-1", "ExternalSystem": "crm" } }),
            "another system's id",
        ),
        (
            json!({ "@erpnet.action": "findSingle", "@erpnet.findBy": { "Name": "Arka" } }),
            "more than one",
        ),
        (
            json!({ "@erpnet.action": "findOrNull", "PartNumber": "NO-SUCH" }),
            "required",
        ),
        (
            json!({ "@erpnet.action": "delete", "PartNumber": "LT-ARK-GR" }),
            "never through a reference",
        ),
        (
            json!({ "@erpnet.action": "adopt", "PartNumber": "LT-ARK-GR" }),
            "an unknown action",
        ),
        (json!({}), "no key at all"),
        (json!(lamp), "a bare link without @odata.bind"),
        (
            json!({ "@odata.id": "General_Products_ProductGroups(00000000-0000-0000-0000-000000000001)" }),
            "a row of another set",
        ),
    ] {
        let (status, _) = meaning(&portal, product).await;
        assert_eq!(status, 500, "{why}");
    }
}

#[tokio::test]
async fn further_data_is_merged_into_what_is_found_and_made_where_nothing_is() {
    let portal = Portal::start(|_| {}).await;
    let featured = async |part_number: &str| {
        let path =
            format!("{PRODUCTS}?$filter=PartNumber eq '{part_number}'&$select=IsFeatured&$top=1");
        portal.get(&path).await["value"][0]["IsFeatured"].clone()
    };
    assert_eq!(featured("LT-ARK-SG").await, false);
    let (status, _) = meaning(
        &portal,
        json!({ "PartNumber": "LT-ARK-SG", "IsFeatured": true }),
    )
    .await;
    assert_eq!(status, 201);
    assert_eq!(featured("LT-ARK-SG").await, true, "master data was changed");
    let (status, _) = meaning(
        &portal,
        json!({ "@erpnet.action": "find", "PartNumber": "LT-ARK-NV", "IsFeatured": true }),
    )
    .await;
    assert_eq!(status, 201);
    assert_eq!(featured("LT-ARK-NV").await, false, "find changes nothing");

    let sample = portal
        .get(&format!(
            "{PRODUCTS}?$filter=PartNumber eq 'LT-ARK-SG'&$top=1"
        ))
        .await["value"][0]
        .clone();
    let new = json!({
        "PartNumber": "NEW-1",
        "Name": { "EN": "New", "BG": "Нов" },
        "ProductGroup": sample["ProductGroup"],
        "MeasurementUnit": sample["MeasurementUnit"],
        "BaseMeasurementCategory": sample["BaseMeasurementCategory"],
    });
    let (status, _) = meaning(&portal, new).await;
    assert_eq!(status, 201, "merge makes what it does not find");
    assert_eq!(featured("NEW-1").await, false);

    let merged = json!({ "@erpnet.action": "merge", "PartNumber": "NEW-1", "IsFeatured": true });
    let (status, row) = portal.post(PRODUCTS, merged).await;
    assert_eq!(
        (status.as_u16(), &row["PartNumber"]),
        (200, &json!("NEW-1"))
    );
    assert_eq!(featured("NEW-1").await, true);
    let gone = json!({ "@erpnet.action": "delete", "PartNumber": "NEW-1" });
    assert_eq!(portal.post(PRODUCTS, gone).await.0, 204);
    assert_eq!(featured("NEW-1").await, Value::Null);
}

#[tokio::test]
async fn child_rows_are_added_changed_and_deleted_within_their_owner_only() {
    let portal = Portal::start(|_| {}).await;
    let mut orders = Vec::new();
    for key in ["one", "two"] {
        let body = portal
            .order(
                "000587",
                key,
                &[("LT-ARK-GR", 1, "pcs"), ("LT-ARK-SG", 2, "pcs")],
            )
            .await;
        let (status, order) = portal.post(ORDERS, body).await;
        assert_eq!(status, 201);
        let link = order["@odata.id"].as_str().unwrap().to_owned();
        let lines = portal
            .get(&format!(
                "{LINES}?$filter=SalesOrder eq '{link}'&$orderby=LineNo&$select=Id,LineNo,Notes&$top=9"
            ))
            .await["value"]
            .clone();
        orders.push((link, lines));
    }
    let [(first, lines), (_, foreign)] = orders.as_slice() else {
        panic!("two orders")
    };
    let changes = json!({ "Lines": [
        { "@odata.id": lines[0]["@odata.id"], "Notes": "wrapped" },
        { "@erpnet.action": "delete", "Id": lines[1]["Id"] },
    ]});
    assert_eq!(portal.patch(first, changes).await, 204);
    let left = portal
        .get(&format!(
            "{LINES}?$filter=SalesOrder eq '{first}'&$select=Notes&$top=9"
        ))
        .await["value"]
        .clone();
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert_eq!(left[0]["Notes"], "wrapped");
    for (line, why) in [
        (
            json!({ "@odata.id": foreign[0]["@odata.id"], "Notes": "stolen" }),
            "another order's line",
        ),
        (
            json!({ "Id": lines[1]["Id"], "Notes": "gone" }),
            "a line that was deleted",
        ),
    ] {
        assert_eq!(
            portal.patch(first, json!({ "Lines": [line] })).await,
            500,
            "{why}"
        );
    }
}

#[tokio::test]
async fn a_unit_in_a_value_and_a_unit_beside_it_must_agree() {
    let portal = Portal::start(|_| {}).await;
    let units = portal
        .get("General_Products_MeasurementUnits?$filter=IsDefaultUnit eq true&$select=Id,Code&$top=20")
        .await["value"]
        .clone();
    let unit = |code: &str| {
        let row = units
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["Code"] == code);
        json!({ "@odata.id": row.unwrap()["@odata.id"] })
    };
    let body = portal
        .order("000587", "agree", &[("LT-ARK-GR", 1, "pcs")])
        .await;
    for (beside, status) in [("pcs", 201), ("kg", 500)] {
        let mut body = body.clone();
        body["Lines"][0]["QuantityUnit"] = unit(beside);
        assert_eq!(portal.post(ORDERS, body).await.0, status, "{beside}");
    }
    let price = |currency: &str| {
        json!({
            "Product": { "PartNumber": "LT-ARK-GR" },
            "Price": { "Value": 40, "Currency": currency },
            "PriceQuantity": { "Value": 1, "Unit": "pcs" },
        })
    };
    let (status, row) = portal.post("Crm_Pricing_ProductPrices", price("EUR")).await;
    assert_eq!(status, 201);
    assert!(row["Currency"]["@odata.id"].is_string(), "set by the value");
    assert_eq!(row["PriceQuantityMeasurementUnit"], unit("pcs"));
    assert_eq!(
        portal
            .post("Crm_Pricing_ProductPrices", price("XYZ"))
            .await
            .0,
        500
    );
}

#[tokio::test]
async fn documents_of_applications_are_kept_as_text_and_checked_as_json() {
    let portal = Portal::start(|_| {}).await;
    let lamp = portal.product("LT-ARK-GR").await;
    let write = async |data: Value| {
        portal
            .patch(&lamp, json!({ "AdditionalDataJson": data }))
            .await
    };
    let read = async || {
        portal
            .get(&format!("{lamp}?$select=AdditionalDataJson"))
            .await["AdditionalDataJson"]
            .clone()
    };
    let data = json!(r#"{"vitrina":{"seen":1},"other":[]}"#);
    assert_eq!(write(data.clone()).await, 204);
    assert_eq!(read().await, data);
    assert_eq!(write(Value::Null).await, 204);
    assert_eq!(read().await, data, "null leaves it alone");
    assert_eq!(write(json!("{not json")).await, 500);
    assert_eq!(
        write(json!(format!("\"{}\"", "x".repeat(32_000)))).await,
        500
    );
    assert_eq!(write(json!("")).await, 204);
    assert_eq!(read().await, Value::Null);
    portal
        .refused(
            &format!("{PRODUCTS}?$filter=AdditionalDataJson eq 'x'"),
            "NotSupportedException",
        )
        .await;
}
