//! The dialect of reading.

use crate::portal::Portal;
use reqwest::Method;
use serde_json::Value;

#[tokio::test]
async fn the_dialect_refuses_what_it_does_not_know() {
    let portal = Portal::start(|_| {}).await;
    for query in [
        "$filter=Active ne true",
        "$filter=Active eq true or ShowInCatalog eq true",
        "$filter=Name eq 'x'",
        "$filter=startswith(Name,'x')",
        "$filter=PartNumber ge 'A'",
        "$filter=ProductGroup/Code eq '1010'",
        "$filter=StandardPricePerLot ge 3",
        "$filter=StandardPricePerLotValue ge 3",
        "$filter=Wrong eq 1",
        "$filter=Active eq 'yes'",
        "$orderby=Name",
        "$select=Wrong",
        "$expand=Name",
        "$format=xml",
        "$apply=groupby((ProductGroup))&$orderby=PartNumber",
    ] {
        let response = portal
            .call(
                Method::GET,
                &format!("General_Products_Products?{query}"),
                None,
                None,
            )
            .await;
        assert_eq!(response.status(), 500, "{query}");
        assert_eq!(
            response.json::<Value>().await.unwrap()["type"],
            "NotSupportedException",
            "{query}"
        );
    }
    for (path, status) in [
        ("Wrong", 404),
        (
            "General_Products_Products(00000000-0000-0000-0000-000000000000)",
            404,
        ),
        ("Systems_Security_Users", 403),
        ("Crm_Customers", 500),
    ] {
        assert_eq!(
            portal.call(Method::GET, path, None, None).await.status(),
            status,
            "{path}"
        );
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps() {
    let portal = Portal::start(|_| {}).await;
    let all = portal.get("General_Products_Products?$select=Id").await;
    assert!(
        all.get("@odata.nextLink").is_none(),
        "without $top everything comes at once"
    );
    let all: Vec<Value> = all["value"].as_array().unwrap().clone();
    for order in ["", "&$orderby=PartNumber desc"] {
        let mut page = portal
            .get(&format!(
                "General_Products_Products?$select=Id,PartNumber&$top=3&$count=true{order}"
            ))
            .await;
        let mut seen = page["value"].as_array().unwrap().clone();
        assert_eq!(page["@odata.count"], all.len());
        while let Some(next) = page["@odata.nextLink"].as_str() {
            let path = next
                .strip_prefix(&format!("{}/api/domain/odata/", portal.demo.root()))
                .unwrap()
                .to_owned();
            page = portal.get(&path).await;
            seen.extend(page["value"].as_array().unwrap().clone());
        }
        let mut ids: Vec<_> = seen.iter().map(|row| row["Id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all.len());
    }
    assert!(
        portal.get("General_Products_Products?$top=1").await["value"][0]
            .get("Id")
            .is_none(),
        "Id only when selected"
    );
}

#[tokio::test]
async fn read_scope_does_not_write() {
    let mut portal = Portal::start(|_| {}).await;
    portal.ask_for("read").await;
    assert_eq!(
        portal
            .call(Method::POST, "BeginTransaction", None, None)
            .await
            .status(),
        403
    );
    portal.token.push('x');
    assert_eq!(
        portal
            .call(Method::GET, "General_Products_Products", None, None)
            .await
            .status(),
        401
    );
}

#[tokio::test]
async fn filters_find_what_they_should() {
    let portal = Portal::start(|_| {}).await;
    let group = portal
        .get("General_Products_ProductGroups?$filter=Code eq '1040'&$select=Id&$top=1")
        .await["value"][0]["@odata.id"]
        .as_str()
        .unwrap()
        .to_owned();
    let company = portal.demo.settings().company;
    for (path, count) in [
        ("General_Products_Products", 150),
        ("General_Products_Products?$filter=Active eq true", 149),
        (
            "General_Products_Products?$filter=Active eq true and (ShowInCatalog eq true)",
            148,
        ),
        (
            "General_Products_Products?$filter=PartNumber in ('KM-RIN-CR','KM-RIN-TC','NO')",
            2,
        ),
        (
            "General_Products_Products?$filter=startswith(PartNumber,'KM-RIN')",
            5,
        ),
        (
            "General_Products_Products?$filter=endswith(PartNumber,'-old')",
            1,
        ),
        ("General_Products_Products?$filter=contains(Name,'чаша')", 8),
        (
            "General_Products_Products?$filter=contains(ProductGroup,'bulb')",
            6,
        ),
        ("General_Products_Products?$search=\"rini\"", 14),
        ("General_Products_Products?$search=\"LB-E27\"", 3),
        (
            "General_Products_Products?$filter=UpdateTime ge 2026-11-01Z",
            0,
        ),
        (
            "General_Products_Products?$filter=UpdateTime le 2026-11-01T09:00:00Z",
            150,
        ),
        (
            "General_Products_ProductGroups?$filter=startswith(FullPath,'/10/')",
            5,
        ),
        (
            "General_Products_ProductGroups?$filter=ParentGroup eq null",
            5,
        ),
        (
            "Crm_Pricing_LineDiscounts?$filter=DiscountLevel eq 'Two'",
            1,
        ),
        (
            "Crm_Pricing_LineDiscounts?$filter=DiscountPercent ge 0.05 and DiscountPercent le 0.1",
            2,
        ),
        ("Crm_Pricing_LineDiscounts?$filter=MinQuantityValue ge 6", 1),
        (
            "General_Products_ProductPictures?$filter=Product/PartNumber eq 'KM-RIN-CR'",
            2,
        ),
        (
            "Crm_Sales_SalesOrders?$filter=State ge 'Released' and Void eq false",
            6,
        ),
        (
            "Crm_Sales_SalesOrders?$filter=State in ('FirmPlanned',Erp.General_DocumentState'Completed')",
            6,
        ),
        (
            "Crm_Sales_SalesOrderLines?$filter=SalesOrder/Void eq true",
            1,
        ),
        (
            "General_Contacts_Parties?$filter=contains(PartyName,'хотелс')",
            1,
        ),
        ("Crm_Sales_Customers?$search=\"harbour\"", 1),
        (
            "Crm_Sales_Customers?$filter=Party/PartyCode eq 'C000412'",
            1,
        ),
        (
            "Crm_Sales_Customers?$filter=lessequalnull(ThruDate,2026-11-23Z) and greaterequalnull(ThruDate,2026-11-23Z)",
            11,
        ),
    ] {
        let (set, query) = path.split_once('?').unwrap_or((path, ""));
        let counted = portal
            .call(Method::GET, &format!("{set}/$count?{query}"), None, None)
            .await;
        assert_eq!(counted.text().await.unwrap(), count.to_string(), "{path}");
    }
    for (filter, count) in [
        (format!("ProductGroup eq '{group}'"), 6),
        (format!("ProductGroup in ('{group}')"), 6),
        (
            format!("equalnull(EnterpriseCompany,'General_EnterpriseCompanies({company})')"),
            150,
        ),
    ] {
        let path = format!("General_Products_Products/$count?$filter={filter}");
        assert_eq!(portal.get(&path).await, count, "{filter}");
    }
}

#[tokio::test]
async fn a_selection_returns_what_was_asked_for_and_no_more() {
    let portal = Portal::start(|_| {}).await;
    let one = "General_Products_Products?$filter=PartNumber eq 'LT-ARK-GR'&$top=1";
    let keys = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>();

    let plain = portal.get(one).await["value"][0].clone();
    for absent in [
        "Id",
        "Pictures",
        "DisplayText",
        "ObjectVersion",
        "ExternalId",
        "AggregateLastUpdateTimeUtc",
    ] {
        assert!(
            plain.get(absent).is_none(),
            "{absent} is returned only when named"
        );
    }
    assert_eq!(
        plain["StandardPricePerLot"].to_string(),
        r#"{"Value":59.9,"Currency":"EUR"}"#
    );
    assert_eq!(
        plain["StandardLotSizeBase"].to_string(),
        r#"{"Value":1,"Unit":"pcs"}"#
    );
    assert_eq!(plain["Name"]["BG"], "Настолна лампа „Арка“, графит");
    assert_eq!(plain["EnterpriseCompany"], Value::Null);
    assert_eq!(keys(&plain["ProductGroup"]), ["@odata.id"]);

    let named = portal
        .get(&format!(
            "{one}&$select=PartNumber&$expand=ProductGroup($select=Code)"
        ))
        .await["value"][0]
        .clone();
    assert_eq!(keys(&named), ["@odata.id", "PartNumber", "ProductGroup"]);
    assert_eq!(named["ProductGroup"]["Code"], "1010");

    let lean = portal.get(&format!("{one}&options=skipnulls")).await["value"][0].clone();
    assert!(lean.get("EnterpriseCompany").is_none());

    let deep = "&$select=Id&$expand=Relations($expand=ToProduct($select=PartNumber)),Pictures($select=PictureNo;$orderby=PictureNo)";
    let refused = portal
        .call(Method::GET, &format!("{one}{deep}"), None, None)
        .await;
    assert_eq!(refused.status(), 500, "a picture's number is not orderable");
    let deep = portal
        .get(&format!("{one}{}", deep.replace(";$orderby=PictureNo", "")))
        .await["value"][0]
        .clone();
    assert_eq!(deep["Relations"].as_array().unwrap().len(), 3);
    assert!(deep["Relations"][0]["ToProduct"]["PartNumber"].is_string());
    assert_eq!(deep["Pictures"].as_array().unwrap().len(), 2);
    let links = portal
        .get(&format!("{one}&$select=Id&$expand=Pictures/$ref"))
        .await["value"][0]
        .clone();
    assert_eq!(keys(&links["Pictures"][0]), ["@odata.id"]);
}

#[tokio::test]
async fn views_have_no_ids_and_can_be_grouped() {
    let portal = Portal::start(|_| {}).await;
    let product = portal.product("HX-OBL-45").await;
    let rows = portal
        .get(&format!(
            "Logistics_Inventory_CurrentBalances?$filter=Product eq '{product}'&$top=10"
        ))
        .await;
    assert_eq!(
        rows["value"].as_array().unwrap().len(),
        3,
        "one row for each colour"
    );
    assert!(rows["value"][0].get("@odata.id").is_none());
    let grouped = portal
        .get(&format!(
            "Logistics_Inventory_CurrentBalances?$filter=Product eq '{product}'&$apply=groupby((Product),aggregate(QuantityBase with sum as Q,$count as N))"
        ))
        .await;
    assert_eq!(grouped["value"][0]["Product"]["@odata.id"], product);
    assert_eq!(
        grouped["value"][0]["Q"].to_string(),
        r#"{"Value":150,"Unit":"pcs"}"#
    );
    assert_eq!(grouped["value"][0]["N"], 3);
    let promise = portal
        .get(&format!(
            "Logistics_Inventory_DemandManagement_AvailableToPromise?$filter=Product eq '{product}' and FromDate le 2026-11-23Z&$orderby=FromDate desc&$top=1"
        ))
        .await;
    assert_eq!(
        promise["value"][0]["ATPBase"]["Value"], 120,
        "a part is promised to others"
    );
    let next = promise["@odata.nextLink"].as_str().unwrap();
    assert!(next.contains("skip=1"), "views are paged by number");
}
