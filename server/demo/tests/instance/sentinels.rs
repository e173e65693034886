//! Sentinels and odd rows.

use crate::identity::{CALLBACK, VERIFIER, hidden, sign_in};
use crate::portal::Portal;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use demo::Seed;
use reqwest::Method;
use serde_json::{Value, json};

async fn with_sentinels() -> Portal {
    Portal::start(|options| options.sentinels = true).await
}

#[tokio::test]
async fn the_shop_is_clean_without_them() {
    let portal = Portal::start(|_| {}).await;
    for (set, name) in [
        ("General_Products_Products", "PartNumber"),
        ("Crm_Sales_Customers", "Number"),
    ] {
        for start in ["ODD", "S"] {
            let path = format!("{set}?$filter=startswith({name},'{start}-')&$count=true&$top=0");
            assert_eq!(portal.get(&path).await["@odata.count"], 0);
        }
    }
    assert!(
        portal
            .demo
            .people()
            .iter()
            .all(|person| !person.login.contains("sentinel"))
    );
}

#[tokio::test]
async fn a_sentinel_product_meets_the_order_it_stands_in() {
    let portal = with_sentinels().await;
    for (product, status) in [
        ("SENTINEL-429", 429),
        ("SENTINEL-401", 401),
        ("SENTINEL-503", 503),
        ("SENTINEL-LICENCE", 500),
        ("LT-ARK-GR", 201),
    ] {
        let order = portal
            .order("000587", product, &[(product, 1, "pcs")])
            .await;
        let answer = portal
            .call(Method::POST, "Crm_Sales_SalesOrders", None, Some(order))
            .await;
        assert_eq!(answer.status(), status, "{product}");
    }
    let order = portal
        .order("000587", "commit", &[("SENTINEL-COMMIT", 2, "pcs")])
        .await;
    let transaction = portal.begin().await;
    let created = portal
        .call(
            Method::POST,
            "Crm_Sales_SalesOrders",
            Some(&transaction),
            Some(order),
        )
        .await;
    assert_eq!(created.status(), 201, "only the commit is met");
    let end = format!("EndTransaction?tr={transaction}");
    assert!(
        portal
            .try_call(Method::POST, &end, Some(json!({})))
            .await
            .is_err()
    );
    assert!(
        portal
            .demo
            .orders()
            .iter()
            .any(|order| order.external_id.as_deref() == Some("commit")),
        "it was saved"
    );
}

#[tokio::test]
async fn a_sentinel_customer_meets_calls_about_it() {
    let portal = with_sentinels().await;
    let customer = portal.customer("S-HTML").await["@odata.id"]
        .as_str()
        .unwrap()
        .to_owned();
    let orders = format!("Crm_Sales_SalesOrders?$filter=Customer eq '{customer}'&$top=1");
    let answer = portal.call(Method::GET, &orders, None, None).await;
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    let everyone = portal.demo.people();
    let everyone = everyone
        .iter()
        .find(|person| person.login.starts_with("everyone@"))
        .unwrap();
    let access = format!(
        "Crm_Sales_CustomerExternalAccess?$filter=User eq '{}'",
        user(everyone.id)
    );
    let rows = portal.get(&access).await;
    assert_eq!(
        rows["value"].as_array().unwrap().len(),
        everyone.customers.len()
    );
}

fn user(id: impl std::fmt::Display) -> String {
    format!("Systems_Security_Users({id})")
}

#[tokio::test]
async fn a_sentinel_person_meets_the_own_sign_in() {
    let portal = with_sentinels().await;
    let redeem = async |login: &str| {
        let (page, _) = sign_in(&portal, login).await;
        let code = hidden(&page, "code");
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        portal.token_response(&fields).await
    };
    assert_eq!(redeem("429@sentinel.example").await.status(), 429);
    let html = redeem("html@sentinel.example").await;
    assert_eq!(html.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(redeem("maria.ivanova@harbour.example").await.status(), 200);
    let people = portal.demo.people();
    assert!(
        people
            .iter()
            .all(|person| !person.login.starts_with("commit@"))
    );
    let person = people
        .iter()
        .find(|person| person.login == "429@sentinel.example")
        .unwrap();
    let access = format!(
        "Crm_Sales_CustomerExternalAccess?$filter=User eq '{}'",
        user(person.id)
    );
    assert_eq!(portal.status(&access).await, 429);
}

#[tokio::test]
async fn odd_rows_are_served_as_they_are() {
    let portal = with_sentinels().await;
    let select = "PartNumber,Name,StandardPricePerLot,MeasurementUnit";
    let rows = portal
        .get(&format!("General_Products_Products?$filter=startswith(PartNumber,'ODD-')&$select={select}&$top=1000"))
        .await;
    let rows = rows["value"].as_array().unwrap();
    let row = |number: &str| rows.iter().find(|row| row["PartNumber"] == number).unwrap();
    let english = |number: &str| row(number)["Name"]["EN"].as_str().unwrap();
    assert!(english("ODD-MARKUP").starts_with("<script>"));
    assert!(english("ODD-RTL").contains('\u{202e}'));
    assert_eq!(english("ODD-LONG").chars().count(), 254);
    assert_eq!(english("ODD-EMPTY"), "");
    assert!(row("ODD-NULL-NAME")["Name"].is_null());
    assert!(row("ODD-NULL-NAME").get("Name").is_some());
    assert!(row("ODD-NO-NAME").get("Name").is_none());
    assert!(row("ODD-TYPE-NAME")["Name"].is_array());
    assert_eq!(
        row("ODD-PRICE-NEGATIVE")["StandardPricePerLot"]["Value"],
        -5
    );
    assert_eq!(row("ODD-PRICE-TEXT")["StandardPricePerLot"]["Value"], "ten");
    assert!(
        rows.iter()
            .filter(|row| row["PartNumber"] == "ODD-TWIN")
            .count()
            == 2
    );

    let member = portal.product("ODD-SELF-MEMBER").await;
    let member = portal.get(&format!("{member}?$select=ProductGroup")).await;
    let group = member["ProductGroup"]["@odata.id"].as_str().unwrap();
    let group = portal.get(&format!("{group}?$select=Id,ParentGroup")).await;
    assert_eq!(group["ParentGroup"]["@odata.id"], group["@odata.id"]);
    let unit = portal
        .get("General_Products_MeasurementUnits?$filter=Code eq 'бр.'&$top=1")
        .await;
    assert_eq!(unit["value"][0]["Code"], "бр.");
    let large = portal.product("ODD-PICTURE-LARGE").await;
    let pictures = portal
        .get(&format!(
            "General_Products_ProductPictures?$select=Picture&$filter=Product eq '{large}'&$top=1"
        ))
        .await;
    let bytes = STANDARD
        .decode(pictures["value"][0]["Picture"].as_str().unwrap())
        .unwrap();
    assert!(bytes.len() >= 3_000_000, "{} bytes", bytes.len());
    assert!(bytes.starts_with(b"\x89PNG"));
    let bare = portal
        .get("General_Products_ProductGroups?$filter=Active eq true&$top=100")
        .await;
    assert!(
        bare["value"]
            .as_array()
            .unwrap()
            .iter()
            .any(|group| group["Name"] == Value::Null)
    );
}

#[tokio::test]
async fn they_come_back_with_a_reset_and_go_with_an_empty_shop() {
    let portal = Portal::start(|options| {
        options.sentinels = true;
        options.seed = Seed::Empty;
    })
    .await;
    let reset = format!("{}/demo/reset", portal.demo.root());
    assert_eq!(portal.http.post(reset).send().await.unwrap().status(), 303);
    portal.product("SENTINEL-SLOW").await;
}

#[tokio::test]
async fn odd_orders_are_listed() {
    let portal = with_sentinels().await;
    let customer = portal.customer("ODD-MARKUP").await["@odata.id"]
        .as_str()
        .unwrap()
        .to_owned();
    let orders = portal
        .get(&format!("Crm_Sales_SalesOrders?$filter=Customer eq '{customer}'&$select=DocumentNo,State,Void,AmountToPay,FullState&$expand=Lines&$top=50"))
        .await;
    let orders = orders["value"].as_array().unwrap();
    assert_eq!(orders.len(), 6);
    let states: Vec<_> = orders
        .iter()
        .filter_map(|order| order.get("State"))
        .collect();
    assert_eq!(states.len(), 5, "one has no such member");
    assert!(states.contains(&&json!("Teleported")) && states.contains(&&Value::Null));
    assert!(
        orders
            .iter()
            .any(|order| order["Lines"].as_array().unwrap().len() == 7)
    );
}

#[tokio::test]
async fn nobody_breaks_the_instance_by_ordering_odd_things() {
    let portal = with_sentinels().await;
    let odd = portal
        .get("General_Products_Products?$filter=startswith(PartNumber,'ODD-')&$select=PartNumber&$top=1000")
        .await;
    let odd = odd["value"].as_array().unwrap();
    assert!(odd.len() > 60, "{}", odd.len());
    let plain = portal
        .order("000587", "odd", &[("LT-ARK-GR", 1000, "pcs")])
        .await;
    for product in odd {
        let mut order = plain.clone();
        order["Lines"][0]["Product"] = json!({ "@odata.id": product["@odata.id"] });
        let transaction = portal.begin().await;
        let created = portal
            .call(
                Method::POST,
                "Crm_Sales_SalesOrders",
                Some(&transaction),
                Some(order),
            )
            .await;
        let status = created.status();
        let body = created.text().await.unwrap();
        // A refusal says why; an empty body is what a panic leaves.
        assert!(
            status == 201 || (status == 500 && !body.is_empty()),
            "{product}: {status} {body}"
        );
        if status == 201 {
            let order: Value = serde_json::from_str(&body).unwrap();
            let recalculate = format!("{}/Recalculate", order["@odata.id"].as_str().unwrap());
            let total = portal
                .call(Method::POST, &recalculate, Some(&transaction), None)
                .await;
            let (status, body) = (total.status(), total.text().await.unwrap());
            assert!(
                status == 204 || (status == 500 && !body.is_empty()),
                "{product}: {status}"
            );
        }
        assert_eq!(portal.end(&transaction, false).await, 204, "{product}");
    }
}
