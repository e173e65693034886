//! A portal of a few lines, for talking to the instance over HTTP.

use std::sync::Arc;

use demo::{Demo, ManualClock, Options};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use time::macros::datetime;

/// A started instance and a client that holds its service token.
pub(crate) struct Portal {
    pub(crate) demo: Demo,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) http: Client,
    pub(crate) token: String,
}

impl Portal {
    pub(crate) async fn start(change: impl FnOnce(&mut Options)) -> Self {
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

    pub(crate) async fn renew(&mut self) {
        self.ask_for("read update").await;
    }

    /// Takes a service token with these scopes.
    pub(crate) async fn ask_for(&mut self, scope: &str) {
        let tokens = self
            .token_for(&[("grant_type", "client_credentials"), ("scope", scope)])
            .await;
        self.token.clear();
        self.token
            .push_str(tokens["access_token"].as_str().unwrap());
    }

    pub(crate) async fn token_response(&self, fields: &[(&str, &str)]) -> Response {
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

    pub(crate) async fn token_for(&self, fields: &[(&str, &str)]) -> Value {
        self.token_response(fields).await.json().await.unwrap()
    }

    pub(crate) async fn call(
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

    /// A call that may go wrong.
    pub(crate) async fn try_call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<Response> {
        let address = format!("{}/api/domain/odata/{path}", self.demo.root());
        let mut request = self.http.request(method, address).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await
    }

    /// The status of a read.
    pub(crate) async fn status(&self, path: &str) -> StatusCode {
        self.call(Method::GET, path, None, None).await.status()
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let response = self.call(Method::GET, path, None, None).await;
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    /// A read that must fail with this type of error, in either shape.
    pub(crate) async fn refused(&self, path: &str, kind: &str) {
        let response = self.call(Method::GET, path, None, None).await;
        assert_eq!(response.status(), 500, "{path}");
        let body: Value = response.json().await.unwrap();
        let error = body.get("error").unwrap_or(&body);
        assert_eq!(error["type"], kind, "{path}");
    }

    pub(crate) async fn product(&self, part_number: &str) -> String {
        let found = self
            .get(&format!(
                "General_Products_Products?$filter=PartNumber eq '{part_number}'&$select=Id&$top=1"
            ))
            .await;
        found["value"][0]["@odata.id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn customer(&self, number: &str) -> Value {
        self.get(&format!(
            "Crm_Sales_Customers?$filter=Number eq '{number}'&$top=1"
        ))
        .await["value"][0]
            .clone()
    }

    pub(crate) async fn order(
        &self,
        customer: &str,
        key: &str,
        lines: &[(&str, u32, &str)],
    ) -> Value {
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

    pub(crate) async fn begin(&self) -> String {
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

    pub(crate) async fn end(&self, transaction: &str, commit: bool) -> StatusCode {
        self.call(
            Method::POST,
            "EndTransaction",
            Some(transaction),
            Some(json!({ "commit": commit })),
        )
        .await
        .status()
    }

    pub(crate) async fn place(
        &self,
        customer: &str,
        key: &str,
        lines: &[(&str, u32, &str)],
    ) -> String {
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
