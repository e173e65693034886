//! The finer points of the dialect: languages, custom attributes, intervals, casts, and what is refused.

use std::collections::BTreeMap;

use crate::portal::Portal;
use reqwest::Method;
use serde_json::{Value, json};

const PRODUCTS: &str = "General_Products_Products";
const ORDERS: &str = "Crm_Sales_SalesOrders";

#[tokio::test]
async fn custom_attributes_carry_escaped_names_and_are_found_by_their_short_value() {
    let portal = Portal::start(|_| {}).await;
    let material = "CustomProperty__uD0BC_uD0B0_uD182_uD0B5_uD180_uD0B8_uD0B0_uD0BB";
    let lamp = format!("{PRODUCTS}?$filter=PartNumber eq 'KM-RIN-CR'&$top=1");
    let plain = portal.get(&lamp).await["value"][0].clone();
    assert!(
        plain
            .as_object()
            .unwrap()
            .keys()
            .all(|name| !name.starts_with("Custom")),
        "custom attributes come only when named"
    );
    let named = portal
        .get(&format!(
            "{lamp}&$select=default,CustomProperty_color,CustomProperty_power_u002EW,{material}"
        ))
        .await["value"][0]
        .clone();
    assert_eq!(named["PartNumber"], "KM-RIN-CR");
    assert_eq!(named["CustomProperty_color"]["Value"], "cream");
    assert_eq!(
        named["CustomProperty_color"]["Description"],
        json!({ "EN": "cream", "BG": "крем" })
    );
    assert!(named["CustomProperty_color"]["ValueId"].is_string());
    assert_eq!(named[material]["Value"], "STONEWARE");
    assert_eq!(named["CustomProperty_power_u002EW"], Value::Null);

    let watts = portal
        .get(&format!(
            "{PRODUCTS}?$filter=CustomProperty_power_u002EW eq '8'&$select=PartNumber&$top=9"
        ))
        .await;
    assert_eq!(
        watts["value"].as_array().unwrap().len(),
        4,
        "desk lamps of 8 W"
    );
    for refused in [
        "$filter=contains(CustomProperty_color,'cre')",
        "$filter=CustomProperty_color in ('cream','sage')",
        "$orderby=CustomProperty_color",
        "$select=CustomProperty_none",
        "$select=CustomReference_Maker",
    ] {
        portal
            .refused(&format!("{PRODUCTS}?{refused}"), "NotSupportedException")
            .await;
    }
    let product = portal.product("KM-RIN-CR").await;
    let function = |search: &str| {
        format!(
            "{product}/GetAllowedCustomPropertyValues(customPropertyCode='color',search={search},exactMatch=false,orderByDescription=false,top=2,skip=0)"
        )
    };
    let all = portal.get(&function("null")).await;
    assert_eq!(all["value"].as_array().unwrap().len(), 2);
    let green = portal.get(&function("'green'")).await;
    assert_eq!(green["value"][0]["Value"], "forest");

    let paint = |value: &str| Some(json!({ "CustomProperty_color": { "Value": value } }));
    let painted = portal.call(Method::PATCH, &product, None, paint("teal"));
    assert_eq!(painted.await.status(), 204);
    let found = portal
        .get(&format!(
            "{PRODUCTS}/$count?$filter=CustomProperty_color eq 'teal' and PartNumber eq 'KM-RIN-CR'"
        ))
        .await;
    assert_eq!(found, 1);
    let refused = portal.call(Method::PATCH, &product, None, paint("plaid"));
    assert_eq!(refused.await.status(), 500, "the value is not allowed");

    let definition = portal
        .get("Systems_Bpm_CustomProperties?$filter=Code eq 'power.W'&$top=1")
        .await["value"][0]
        .clone();
    assert_eq!(definition["PropertyType"], "Number");
    let wanted = portal
        .get("General_Products_ProductGroupRequiredProperties?$filter=ProductGroup/Code eq '1040' and Required eq true&$expand=Property($select=Code)")
        .await;
    assert_eq!(wanted["value"][0]["Property"]["Code"], "power.W");
}

#[tokio::test]
async fn the_language_is_heard_in_texts_of_the_server_and_not_in_the_data() {
    let portal = Portal::start(|_| {}).await;
    let one =
        format!("{PRODUCTS}?$filter=PartNumber eq 'LT-ARK-GR'&$select=Name,DisplayText&$top=1");
    let english = portal.get(&one).await["value"][0].clone();
    let bulgarian = portal.get(&format!("{one}&culture=bg")).await["value"][0].clone();
    assert_eq!(english["DisplayText"], "Desk lamp Arka, graphite");
    assert_eq!(bulgarian["DisplayText"], "Настолна лампа „Арка“, графит");
    assert_eq!(english["Name"], bulgarian["Name"]);
    let states =
        format!("{ORDERS}?$filter=State eq 'Completed'&$select=FullState&$top=1&culture=bg");
    assert_eq!(
        portal.get(&states).await["value"][0]["FullState"],
        "Приключен"
    );
    let displayed = format!("{PRODUCTS}/$count?$filter=contains(ProductGroup,'Крушки')");
    assert_eq!(portal.get(&displayed).await, 0);
    assert_eq!(portal.get(&format!("{displayed}&culture=bg")).await, 6);
}

#[tokio::test]
async fn intervals_are_computed_before_grouping() {
    let portal = Portal::start(|_| {}).await;
    let mut months = BTreeMap::new();
    let dates = portal.get(&format!("{ORDERS}?$select=DocumentDate")).await;
    for order in dates["value"].as_array().unwrap() {
        let date = order["DocumentDate"].as_str().unwrap();
        let month: u32 = date[..7].replace('-', "").parse().unwrap();
        *months.entry(month).or_insert(0_u32) += 1;
    }
    let wanted: Vec<Value> = months
        .iter()
        .map(|(month, count)| json!({ "M": month, "N": count }))
        .collect();
    let by_month = portal
        .get(&format!(
            "{ORDERS}?$apply=compute(yearmonth(DocumentDate) as M)/groupby((M),aggregate($count as N))"
        ))
        .await;
    assert!(wanted.len() > 1);
    assert_eq!(by_month["value"], Value::from(wanted));
    let by_year = portal
        .get(&format!(
            "{ORDERS}?$apply=compute(year(DocumentDate) as Y,substring(DocumentNo,0,2) as P)/groupby((Y,P),aggregate($count as N))"
        ))
        .await;
    let all: u32 = months.values().sum();
    assert_eq!(
        by_year["value"],
        json!([{ "Y": 2026, "P": "00", "N": all }])
    );
    let expanded = portal
        .get("Logistics_Inventory_CurrentBalances?$apply=groupby((Store),aggregate($count as N))&expandgroup=Store($select=Code)")
        .await;
    assert_eq!(expanded["value"][0]["Store"]["Code"], "CENTRAL");
    for refused in [
        "compute(hour(DocumentDate) as H)/groupby((H))",
        "compute(year(DocumentNo) as Y)/groupby((Y))",
        "compute(year(Customer/FromDate) as Y)/groupby((Y))",
        "compute(year(DocumentDate))/groupby((Y))",
        "filter(Void eq false)/groupby((State))",
        "groupby((State),aggregate(DocumentNo with max as M))",
        "groupby((Lines))",
        "aggregate(Lines with countdistinct as L)",
    ] {
        portal
            .refused(
                &format!("{ORDERS}?$apply={refused}"),
                "NotSupportedException",
            )
            .await;
    }
}

#[tokio::test]
async fn a_reference_can_be_cast_and_sub_resources_are_not_served() {
    let portal = Portal::start(|_| {}).await;
    let customer = portal.customer("000412").await["@odata.id"]
        .as_str()
        .unwrap()
        .to_owned();
    let company = portal
        .get(&format!(
            "{customer}/Party/Erp.General_Contacts_Company?$select=PartyId,RegistrationNumber"
        ))
        .await;
    assert_eq!(company["RegistrationNumber"], "203117842");
    let link = company["@odata.id"].as_str().unwrap();
    assert_eq!(
        link,
        format!(
            "General_Contacts_Companies({})",
            company["PartyId"].as_str().unwrap()
        )
    );
    for absent in [
        "Party/Erp.General_Contacts_Person",
        "Party",
        "ExternalAccess",
        "Number/Erp.General_Contacts_Company",
    ] {
        let response = portal
            .call(Method::GET, &format!("{customer}/{absent}"), None, None)
            .await;
        assert_eq!(response.status(), 404, "{absent}");
    }
}

#[tokio::test]
async fn parties_call_their_key_otherwise_and_mechanisms_inherit() {
    let portal = Portal::start(|_| {}).await;
    let stores = "Logistics_Inventory_Stores";
    portal
        .refused(&format!("{stores}?$select=Id"), "NotSupportedException")
        .await;
    let store = portal
        .get(&format!("{stores}?$select=PartyId,PartyType&$top=1"))
        .await["value"][0]
        .clone();
    assert!(store["PartyId"].is_string());
    assert_eq!(store["PartyType"], "Store");
    let id = store["PartyId"].as_str().unwrap();
    assert_eq!(
        portal
            .get(&format!(
                "General_Contacts_Parties/$count?$filter=PartyId in ({id})"
            ))
            .await,
        1
    );
    let mechanisms = portal
        .get("General_Contacts_ContactMechanisms?$filter=ContactMechanismType eq 'Address'&$top=1&$select=Name")
        .await["value"][0]
        .clone();
    assert_eq!(
        mechanisms["@odata.type"],
        "#Erp.General_Contacts_PartyContactMechanism"
    );
    let abstract_party = portal
        .call(
            Method::POST,
            "General_Contacts_Parties",
            None,
            Some(json!({ "PartyUniqueNumber": "1" })),
        )
        .await;
    assert_eq!(abstract_party.status(), 500);
}

#[tokio::test]
async fn what_the_documents_do_not_promise_is_refused() {
    let portal = Portal::start(|_| {}).await;
    for query in [
        "$filter=ProductGroup eq 'nonsense'",
        "$filter=ProductGroup eq 'Crm_Nothing(00000000-0000-0000-0000-000000000001)'",
        "$filter=PartNumber eq unquoted",
        "$filter=contains(PartNumber,'a') eq true",
        "$filter=year(UpdateTime) eq 2026",
        "$filter=UpdateTime eq 2026-11-01Z",
        "$filter=PartNumber in ()",
        "$filter=Pictures/any(p:p/IsDefault eq true)",
        "$search=two words",
        "$compute=1 as One",
        "$skiptoken=17",
        "$expand=CostingCurrency($format=json)",
        "expandgroup=PartNumber",
    ] {
        portal
            .refused(&format!("{PRODUCTS}?{query}"), "NotSupportedException")
            .await;
    }
    let found = portal.get(&format!("{PRODUCTS}/$count?$search=rini")).await;
    assert_eq!(found, 14, "a single word needs no quotes");
    for empty in ["Crm_Marketing_Campaigns", "Logistics_Inventory_Lots"] {
        assert_eq!(portal.get(&format!("{empty}/$count")).await, 0, "{empty}");
    }
}
