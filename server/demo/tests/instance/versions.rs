//! What older and newer servers call things, and what they do not have yet (domain-api.md §12).

use demo::{Options, Version};
use reqwest::Method;
use serde_json::{Value, json};

use crate::portal::Portal;

async fn played(version: Version) -> Portal {
    Portal::start(|options: &mut Options| options.version = version).await
}

#[tokio::test]
async fn each_version_serves_the_names_of_its_day() {
    for (version, customers, currencies, renamed) in [
        (Version::V24_1, "Crm_Customers", "General_Currencies", 3),
        (
            Version::V25_1,
            "Crm_Sales_Customers",
            "General_Currencies_Currencies",
            20,
        ),
        (
            Version::V27_1,
            "Crm_Sales_Customers",
            "General_Currencies_Currencies",
            21,
        ),
    ] {
        let portal = played(version).await;
        let told = portal.get("GetVersion").await;
        assert_eq!(told["version"], version.to_string());
        let list = portal.get("GetRenamedEntityTypes").await;
        assert_eq!(list["value"].as_array().unwrap().len(), renamed);
        let page = portal
            .get(&format!(
                "{customers}?$filter=Number eq '000412'&$expand=DefaultCurrency($select=CurrencySign)&$top=1"
            ))
            .await;
        let row = &page["value"][0];
        let id = |value: &Value| value["@odata.id"].as_str().unwrap().to_owned();
        assert!(id(row).starts_with(&format!("{customers}(")), "{row}");
        assert!(
            id(&row["DefaultCurrency"]).starts_with(&format!("{currencies}(")),
            "{row}"
        );
        assert!(
            page["@odata.context"]
                .as_str()
                .unwrap()
                .ends_with(&format!("#{customers}"))
        );
        let orders = portal
            .get(&format!(
                "Crm_Sales_SalesOrders/$count?$filter=Customer eq '{}'",
                id(row)
            ))
            .await;
        assert_ne!(orders, 0, "{version}: links are understood by their name");
        let sets = portal.get("").await;
        assert!(
            sets["value"]
                .as_array()
                .unwrap()
                .iter()
                .any(|set| set["name"] == customers)
        );
    }
}

#[tokio::test]
async fn a_name_of_another_day_is_unknown_or_refused_by_naming_the_new_one() {
    let old = played(Version::V24_1).await;
    let newer = old
        .call(Method::GET, "Crm_Sales_Customers", None, None)
        .await;
    assert_eq!(newer.status(), 404);
    let link = "Crm_Sales_Customers(00000000-0000-0000-0000-000000000001)";
    old.refused(
        &format!("Crm_Sales_SalesOrders?$filter=Customer eq '{link}'"),
        "NotSupportedException",
    )
    .await;
    old.refused("General_MeasurementUnits", "InvalidOperationException")
        .await;
    let new = played(Version::V26_2).await;
    let refused = new.call(Method::GET, "Crm_Customers", None, None).await;
    let body: Value = refused.json().await.unwrap();
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .contains("use 'Crm_Sales_Customers'")
    );
}

#[tokio::test]
async fn what_came_later_is_not_there_before() {
    for (version, access, linked, additional, maker) in [
        (Version::V24_1, false, false, false, false),
        (Version::V25_1, true, false, false, false),
        (Version::V26_2, true, true, false, false),
        (Version::V26_3, true, true, true, false),
        (Version::V27_1, true, true, true, true),
    ] {
        let portal = played(version).await;
        let works = async |path: &str| {
            let response = portal.call(Method::GET, path, None, None).await;
            response.status() == 200
        };
        assert_eq!(works("Crm_Sales_CustomerExternalAccess").await, access);
        let page = portal.get("General_Products_Products?$top=1").await;
        assert_eq!(page.get("@odata.nextLink").is_some(), linked, "{version}");
        for (select, there) in [
            ("AggregateLastUpdateTimeUtc", linked),
            ("AdditionalDataJson", additional),
            ("CustomReference_Maker", maker),
            ("CustomProperty_color", true),
        ] {
            let path = format!("General_Products_Products?$top=1&$select={select}");
            assert_eq!(works(&path).await, there, "{version} {select}");
        }
        assert_eq!(
            works("General_Products_Products?$top=1&$expand=Relations").await,
            linked,
            "{version}"
        );
        let metadata = portal
            .call(Method::GET, "$metadata", None, None)
            .await
            .text()
            .await
            .unwrap();
        assert_eq!(metadata.contains("\"AdditionalDataJson\""), additional);
        assert_eq!(
            metadata.contains("\"Crm_Sales_CustomerExternalAcces\""),
            access
        );
    }
}

#[tokio::test]
async fn units_in_values_are_resolved_and_locations_required_since_26_2() {
    for (version, unit_alone, without_location) in
        [(Version::V25_1, false, true), (Version::V26_2, true, false)]
    {
        let portal = played(version).await;
        let mut order = portal
            .order("000587", "units", &[("LT-ARK-GR", 1, "pcs")])
            .await;
        let post = async |body: &Value| {
            let path = "Crm_Sales_SalesOrders";
            let response = portal.call(Method::POST, path, None, Some(body.clone()));
            response.await.status()
        };
        let expected = if unit_alone { 201 } else { 500 };
        assert_eq!(
            post(&order).await,
            expected,
            "{version}: the unit's code alone"
        );
        let pieces = portal
            .get("General_Products_MeasurementUnits?$filter=Code eq 'pcs'&$select=Id&$top=1")
            .await["value"][0]["@odata.id"]
            .clone();
        let line = &order["Lines"][0];
        order["Lines"] = json!([{
            "Product": line["Product"],
            "QuantityUnit": { "@odata.id": pieces },
            "Quantity": line["Quantity"],
        }]);
        assert_eq!(post(&order).await, 201, "{version}: both, the unit first");
        order
            .as_object_mut()
            .unwrap()
            .remove("EnterpriseCompanyLocation");
        let expected = if without_location { 201 } else { 500 };
        assert_eq!(post(&order).await, expected, "{version}: no location");
    }
}
