//! The instance over HTTP, as a portal meets it.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use demo::{Answering, Demo, Limits, ManualClock, Options, Seed};
use reqwest::header::{LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::Duration;
use time::macros::datetime;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXkdBjftJeZ4CVP-mB92K27u";
const CALLBACK: &str = "http://localhost:3000/signin-callback";

struct Portal {
    demo: Demo,
    clock: Arc<ManualClock>,
    http: Client,
    token: String,
}

impl Portal {
    async fn start(change: impl FnOnce(&mut Options)) -> Self {
        let clock = Arc::new(ManualClock::at(datetime!(2026-11-23 10:00 UTC)));
        let mut options = Options {
            clock: clock.clone(),
            portal_origins: vec!["http://localhost:3000".to_owned()],
            ..Options::default()
        };
        change(&mut options);
        let demo = Demo::start(options).await.unwrap();
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        let mut portal = Self {
            demo,
            clock,
            http,
            token: String::new(),
        };
        portal.renew().await;
        portal
    }

    async fn renew(&mut self) {
        self.token = self
            .token_for(&[
                ("grant_type", "client_credentials"),
                ("scope", "read update"),
            ])
            .await["access_token"]
            .as_str()
            .unwrap()
            .to_owned();
    }

    async fn token_response(&self, fields: &[(&str, &str)]) -> Response {
        let mut form: Vec<(&str, &str)> = fields.to_vec();
        form.push(("client_id", self.demo.client_id()));
        form.push(("client_secret", self.demo.client_secret()));
        self.http
            .post(format!("{}/id/connect/token", self.demo.root()))
            .form(&form)
            .send()
            .await
            .unwrap()
    }

    async fn token_for(&self, fields: &[(&str, &str)]) -> Value {
        self.token_response(fields).await.json().await.unwrap()
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        transaction: Option<&str>,
        body: Option<Value>,
    ) -> Response {
        let mut request = self
            .http
            .request(
                method,
                format!("{}/api/domain/odata/{path}", self.demo.root()),
            )
            .bearer_auth(&self.token);
        if let Some(id) = transaction {
            request = request.header("TransactionId", id);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        let response = self.call(Method::GET, path, None, None).await;
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    async fn product(&self, part_number: &str) -> String {
        let found = self
            .get(&format!(
                "General_Products_Products?$filter=PartNumber eq '{part_number}'&$select=Id&$top=1"
            ))
            .await;
        found["value"][0]["@odata.id"].as_str().unwrap().to_owned()
    }

    async fn customer(&self, number: &str) -> Value {
        self.get(&format!(
            "Crm_Sales_Customers?$filter=Number eq '{number}'&$top=1"
        ))
        .await["value"][0]
            .clone()
    }

    async fn order(&self, customer: &str, key: &str, lines: &[(&str, u32, &str)]) -> Value {
        let settings = self.demo.settings();
        let customer = self.customer(customer).await;
        let mut rows = Vec::new();
        for (product, quantity, unit) in lines {
            rows.push(json!({ "Product": { "@odata.id": self.product(product).await }, "Quantity": { "Value": quantity, "Unit": unit } }));
        }
        json!({
            "ExternalId": key, "ExternalSystem": "portal",
            "DocumentType": { "@odata.id": format!("Systems_Documents_DocumentTypes({})", settings.document_type_id) },
            "EnterpriseCompany": { "@odata.id": format!("General_EnterpriseCompanies({})", settings.company) },
            "EnterpriseCompanyLocation": customer["ServicedByEnterpriseCompanyLocation"],
            "Customer": { "@odata.id": customer["@odata.id"] },
            "DistributionChannel": { "@odata.id": format!("Crm_Marketing_DistributionChannels({})", settings.channel_id) },
            "DocumentDate": "2026-11-23T00:00:00Z",
            "Lines": rows,
        })
    }

    async fn begin(&self) -> String {
        let response = self
            .call(
                Method::POST,
                "BeginTransaction",
                None,
                Some(json!({ "model": "frontend" })),
            )
            .await;
        assert_eq!(response.status(), 200);
        response.text().await.unwrap()
    }

    async fn end(&self, transaction: &str, commit: bool) -> StatusCode {
        self.call(
            Method::POST,
            "EndTransaction",
            Some(transaction),
            Some(json!({ "commit": commit })),
        )
        .await
        .status()
    }

    async fn place(&self, customer: &str, key: &str, lines: &[(&str, u32, &str)]) -> String {
        let body = self.order(customer, key, lines).await;
        let transaction = self.begin().await;
        let created = self
            .call(
                Method::POST,
                "Crm_Sales_SalesOrders",
                Some(&transaction),
                Some(body),
            )
            .await;
        assert_eq!(created.status(), 201, "{}", created.text().await.unwrap());
        let link = created.json::<Value>().await.unwrap()["@odata.id"]
            .as_str()
            .unwrap()
            .to_owned();
        let recalculated = self
            .call(
                Method::POST,
                &format!("{link}/Recalculate"),
                Some(&transaction),
                None,
            )
            .await;
        assert!(recalculated.status().is_success());
        assert!(self.end(&transaction, true).await.is_success());
        link
    }
}

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

fn claims(token: &str) -> Value {
    serde_json::from_slice(
        &URL_SAFE_NO_PAD
            .decode(token.split('.').nth(1).unwrap())
            .unwrap(),
    )
    .unwrap()
}

fn header(token: &str) -> Value {
    serde_json::from_slice(
        &URL_SAFE_NO_PAD
            .decode(token.split('.').next().unwrap())
            .unwrap(),
    )
    .unwrap()
}

/// Values of the hidden inputs of a page with one form.
fn hidden(page: &str, name: &str) -> String {
    let after = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap()
        .1;
    after.split('"').next().unwrap().to_owned()
}

fn authorize(portal: &Portal, more: &[(&str, &str)]) -> String {
    let challenge = challenge();
    let mut pairs: Vec<(&str, &str)> = vec![
        ("client_id", portal.demo.client_id()),
        ("redirect_uri", CALLBACK),
        ("response_type", "code id_token"),
        ("response_mode", "form_post"),
        ("scope", "openid profile"),
        ("state", "state-1"),
        ("nonce", "nonce-1"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in more {
        pairs.retain(|(known, _)| known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    url::Url::parse_with_params(
        &format!("{}/id/connect/authorize", portal.demo.root()),
        pairs,
    )
    .unwrap()
    .to_string()
}

/// Signs in by the login page and returns the page that posts the answer, with the cookie.
async fn sign_in(portal: &Portal, login: &str) -> (String, String) {
    let to_login = portal
        .http
        .get(authorize(portal, &[]))
        .send()
        .await
        .unwrap();
    assert_eq!(to_login.status(), 303);
    let address = format!(
        "{}{}",
        portal.demo.root(),
        to_login.headers()[LOCATION].to_str().unwrap()
    );
    let page = portal
        .http
        .get(&address)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let back = hidden(&page, "ReturnUrl").replace("&amp;", "&");
    let person = portal
        .demo
        .people()
        .into_iter()
        .find(|person| person.login == login)
        .unwrap();
    let form = [
        ("ReturnUrl", back.as_str()),
        ("Login", login),
        ("Password", &person.password),
    ];
    let done = portal
        .http
        .post(format!("{}/id/account/login", portal.demo.root()))
        .form(&form)
        .send()
        .await
        .unwrap();
    assert_eq!(done.status(), 303);
    let cookie = done.headers()[SET_COOKIE]
        .to_str()
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let address = format!(
        "{}{}",
        portal.demo.root(),
        done.headers()[LOCATION].to_str().unwrap()
    );
    let page = portal
        .http
        .get(address)
        .header("cookie", &cookie)
        .send()
        .await
        .unwrap();
    assert_eq!(page.headers()["referrer-policy"], "no-referrer");
    (page.text().await.unwrap(), cookie)
}

#[tokio::test]
async fn the_hybrid_sign_in_gives_tokens_that_fit_together() {
    let portal = Portal::start(|_| {}).await;
    let (page, cookie) = sign_in(&portal, "maria.ivanova@harbour.example").await;
    let (code, front) = (hidden(&page, "code"), hidden(&page, "id_token"));
    assert_eq!(hidden(&page, "state"), "state-1");
    let half = |text: &str| URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..16]);
    assert_eq!(claims(&front)["c_hash"], half(&code));
    assert_eq!(claims(&front)["s_hash"], half("state-1"));
    assert_eq!(
        claims(&front)["exp"].as_i64().unwrap() - claims(&front)["iat"].as_i64().unwrap(),
        300
    );

    let wrong = [
        ("grant_type", "authorization_code"),
        ("code", "x"),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(
        portal.token_for(&wrong).await,
        json!({ "error": "invalid_grant" })
    );
    let redeem = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let tokens = portal.token_for(&redeem).await;
    let (id_token, access_token) = (
        tokens["id_token"].as_str().unwrap(),
        tokens["access_token"].as_str().unwrap(),
    );
    assert_eq!(claims(id_token)["at_hash"], half(access_token));
    assert_eq!(claims(id_token)["nonce"], "nonce-1");
    assert_eq!(claims(id_token)["sub"], claims(&front)["sub"]);
    assert!(
        claims(id_token).get("name").is_none(),
        "an ID token names nobody"
    );
    assert_eq!(header(access_token)["typ"], "at+jwt");
    let access = claims(access_token);
    assert_eq!(
        (
            &access["user_type"],
            &access["email_verified"],
            &access["is_admin"]
        ),
        (
            &json!("ExternalCommunityUser"),
            &json!("true"),
            &json!("false")
        )
    );
    assert_eq!(
        access["aud"],
        format!("{}/id/resources", portal.demo.root())
    );
    assert_eq!(
        portal.token_for(&redeem).await,
        json!({ "error": "invalid_grant" }),
        "a code works once"
    );

    let info: Value = portal
        .http
        .get(format!("{}/id/connect/userinfo", portal.demo.root()))
        .bearer_auth(access_token)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(info["id"], access["id"]);
    let api = format!(
        "{}/api/domain/odata/General_Products_Products?$top=1",
        portal.demo.root()
    );
    assert_eq!(
        portal
            .http
            .get(&api)
            .bearer_auth(access_token)
            .send()
            .await
            .unwrap()
            .status(),
        401,
        "a person's token opens nothing"
    );

    let found = portal.get(&format!("Crm_Sales_CustomerExternalAccess?$filter=User eq 'Systems_Security_Users({})'&$select=Role,DaysBackAccess,Customer&$expand=Customer($select=Id,Number;$expand=Party($select=PartyName))&$top=100", access["id"].as_str().unwrap())).await;
    assert_eq!(found["value"][0]["Customer"]["Number"], "000412");
    assert_eq!(
        found["value"][0]["Customer"]["Party"]["PartyName"]["BG"],
        "Харбър Хотелс ООД"
    );

    // The session lasts; `prompt=none` answers at once, `prompt=login` asks again, sign-out ends it.
    let silent = portal
        .http
        .get(authorize(&portal, &[("prompt", "none")]))
        .header("cookie", &cookie)
        .send()
        .await
        .unwrap();
    assert!(silent.text().await.unwrap().contains("name=\"code\""));
    assert_eq!(
        portal
            .http
            .get(authorize(&portal, &[("prompt", "login")]))
            .header("cookie", &cookie)
            .send()
            .await
            .unwrap()
            .status(),
        303
    );
    let out = url::Url::parse_with_params(
        &format!("{}/id/connect/endsession", portal.demo.root()),
        [
            ("id_token_hint", id_token),
            (
                "post_logout_redirect_uri",
                "http://localhost:3000/signout-callback",
            ),
            ("state", "s"),
        ],
    );
    let out = portal
        .http
        .get(out.unwrap())
        .header("cookie", &cookie)
        .send()
        .await
        .unwrap();
    assert_eq!(
        out.headers()[LOCATION],
        "http://localhost:3000/signout-callback?state=s"
    );
    let silent = portal
        .http
        .get(authorize(&portal, &[("prompt", "none")]))
        .header("cookie", &cookie)
        .send()
        .await
        .unwrap();
    assert_eq!(
        hidden(&silent.text().await.unwrap(), "error"),
        "login_required"
    );
}

#[tokio::test]
async fn a_faulty_authorize_request_never_goes_back() {
    let portal = Portal::start(|_| {}).await;
    for (name, value) in [
        ("client_id", "other"),
        ("redirect_uri", "http://localhost:3000/signin-callback/"),
        ("redirect_uri", "http://localhost:3001/signin-callback"),
        ("response_type", "token"),
        ("response_mode", "query"),
        ("scope", "profile"),
        ("scope", "openid update"),
        ("nonce", ""),
        ("code_challenge", ""),
        ("code_challenge_method", "plain"),
        ("prompt", "consent"),
    ] {
        let response = portal
            .http
            .get(authorize(&portal, &[(name, value)]))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 400, "{name}={value}");
        assert!(response.headers().get(LOCATION).is_none(), "{name}={value}");
    }
}

#[tokio::test]
async fn the_token_endpoint_refuses_as_documented() {
    let portal = Portal::start(|_| {}).await;
    for (fields, error) in [
        (
            vec![
                ("grant_type", "client_credentials"),
                ("scope", "read openid"),
            ],
            "invalid_scope",
        ),
        (
            vec![("grant_type", "client_credentials"), ("scope", "sec")],
            "invalid_scope",
        ),
        (vec![("grant_type", "password")], "unsupported_grant_type"),
        (vec![], "unsupported_grant_type"),
        (
            vec![("grant_type", "authorization_code")],
            "invalid_request",
        ),
        (
            vec![("grant_type", "authorization_code"), ("code", "x")],
            "unauthorized_client",
        ),
    ] {
        let response = portal.token_response(&fields).await;
        assert_eq!(response.status(), 400, "{fields:?}");
        assert_eq!(
            response.json::<Value>().await.unwrap(),
            json!({ "error": error }),
            "{fields:?}"
        );
    }
    let address = format!("{}/id/connect/token", portal.demo.root());
    let basic = |secret: &str| {
        portal
            .http
            .post(&address)
            .basic_auth(portal.demo.client_id(), Some(secret))
            .form(&[("grant_type", "client_credentials")])
            .send()
    };
    assert_eq!(
        basic("wrong").await.unwrap().json::<Value>().await.unwrap(),
        json!({ "error": "invalid_client" })
    );
    let tokens: Value = basic(portal.demo.client_secret())
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        tokens["scope"], "read update",
        "without a scope all scopes are granted"
    );
}

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
async fn tokens_sessions_and_transactions_age() {
    let mut portal = Portal::start(|_| {}).await;
    let transaction = portal.begin().await;
    for _ in 0..2 {
        portal.clock.advance(Duration::minutes(12));
        portal.get("General_Currencies_Currencies?$top=1").await;
    }
    assert!(
        portal
            .call(Method::GET, "GetChanges", Some(&transaction), None)
            .await
            .text()
            .await
            .unwrap()
            .contains("does not track")
    );
    portal.clock.advance(Duration::minutes(1));
    assert_eq!(
        portal.end(&transaction, false).await,
        500,
        "25 minutes are over"
    );
    portal.clock.advance(Duration::minutes(36));
    assert_eq!(
        portal
            .call(Method::GET, "General_Currencies_Currencies", None, None)
            .await
            .status(),
        401,
        "an hour is over"
    );
    portal.renew().await;
    let transaction = portal.begin().await;
    portal.clock.advance(Duration::minutes(21));
    assert_eq!(
        portal.end(&transaction, false).await,
        500,
        "it died with its idle session"
    );
}

#[tokio::test]
async fn the_minute_is_limited_and_counted() {
    let portal = Portal::start(|options| {
        options.limits = Limits {
            requests_per_minute: 3,
            ..Limits::default()
        }
    })
    .await;
    for _ in 0..3 {
        portal.get("General_Currencies_Currencies?$top=1").await;
    }
    assert_eq!(
        portal
            .call(Method::GET, "General_Currencies_Currencies", None, None)
            .await
            .status(),
        429
    );
    portal.clock.advance(Duration::minutes(1));
    portal.get("General_Currencies_Currencies?$top=1").await;
    let calls = portal.demo.calls();
    assert_eq!(
        (
            calls.total,
            calls.most_in_a_minute,
            calls.by_subject["GET General_Currencies_Currencies"],
            calls.token_requests
        ),
        (5, 4, 5, 1)
    );
}

#[tokio::test]
async fn read_scope_does_not_write() {
    let mut portal = Portal::start(|_| {}).await;
    portal.token = portal
        .token_for(&[("grant_type", "client_credentials"), ("scope", "read")])
        .await["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
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
async fn levers_move_the_shop() {
    let portal = Portal::start(|_| {}).await;
    portal.demo.set_active("LT-ARK-GR", false).unwrap();
    portal.demo.set_price("LT-ARK-SG", 10.into()).unwrap();
    assert!(portal.demo.set_active("NO-SUCH", false).is_err());
    let active = portal.get("General_Products_Products?$filter=Active eq false and PartNumber eq 'LT-ARK-GR'&$count=true&$top=0").await;
    assert_eq!(active["@odata.count"], 1);
    portal
        .demo
        .revoke_access("maria.ivanova@harbour.example")
        .unwrap();
    assert_eq!(
        portal
            .call(
                Method::GET,
                "Crm_Sales_CustomerExternalAccess/$count",
                None,
                None
            )
            .await
            .text()
            .await
            .unwrap(),
        "4"
    );
    portal.demo.set_answering(Answering::Unavailable);
    assert_eq!(
        portal
            .call(Method::GET, "General_Products_Products", None, None)
            .await
            .status(),
        503
    );
    portal.demo.set_answering(Answering::Paused);
    let held = tokio::spawn(
        portal
            .http
            .get(format!(
                "{}/api/domain/odata/GetVersion",
                portal.demo.root()
            ))
            .bearer_auth(&portal.token)
            .send(),
    );
    while portal
        .demo
        .calls()
        .by_subject
        .get("GET GetVersion")
        .is_none()
    {
        tokio::task::yield_now().await;
    }
    portal.demo.set_answering(Answering::Normally);
    assert_eq!(held.await.unwrap().unwrap().status(), 200);
    let root = portal.demo.root().to_owned();
    portal.demo.stop().await;
    assert!(
        portal.http.get(root).send().await.is_err(),
        "the port is closed"
    );
}

#[tokio::test]
async fn the_demo_pages_show_what_arrived() {
    let portal = Portal::start(|_| {}).await;
    portal
        .place("000587", "shown", &[("LT-ARK-GR", 1, "pcs")])
        .await;
    let root = portal.demo.root().to_owned();
    let read = async |path: &str| {
        portal
            .http
            .get(format!("{root}{path}"))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    };
    assert!(read("/").await.contains("Desk lamp Arka, graphite"));
    let orders: Value = serde_json::from_str(&read("/demo/orders").await).unwrap();
    assert_eq!(orders[0]["external_id"], "shown");
    assert!(
        serde_json::from_str::<Value>(&read("/demo/calls").await).unwrap()["total"].as_u64()
            > Some(3)
    );
    assert_eq!(
        portal
            .http
            .post(format!("{root}/demo/reset"))
            .send()
            .await
            .unwrap()
            .status(),
        303
    );
    assert_eq!(
        (portal.demo.orders().len(), portal.demo.calls().total),
        (0, 0)
    );
}

#[tokio::test]
async fn the_seed_has_past_orders_and_nothing_leaves_the_house() {
    let portal = Portal::start(|_| {}).await;
    let past = portal.get("Crm_Sales_SalesOrders?$filter=Void eq false&$orderby=DocumentDate desc&$select=DocumentNo,State,AmountToPay&$top=10").await;
    assert_eq!(
        past["value"].as_array().unwrap().len(),
        4,
        "one of five is void"
    );
    assert!(
        past["value"]
            .as_array()
            .unwrap()
            .iter()
            .all(|order| order["AmountToPay"]["Value"].as_f64() > Some(1.0))
    );
    let open = Options {
        listen: "0.0.0.0:0".parse().unwrap(),
        seed: Seed::Empty,
        ..Options::default()
    };
    assert!(
        Demo::start(open).await.is_err(),
        "other computers are kept out"
    );
}
