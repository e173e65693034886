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
