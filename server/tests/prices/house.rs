//! A demo instance with a mirror of it, and the instance's own word on prices.

use std::{sync::Arc, time::Duration};

use demo::{Demo, Limits, Options};
use erp::{
    Instance,
    config::GateLimits,
    world::{Clock, SystemClock, SystemRandom},
};
use object_store::memory::InMemory;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use server::{
    mirror::{Mirror, MirrorSettings, Rounds, snapshot::Snapshot},
    settings::{Input, Settings},
};
use time::Date;
use vitrina::{catalog::source::PartNumber, ids::UnitId, text::Language, visitor::Customer};

pub(crate) struct House {
    pub(crate) demo: Demo,
    pub(crate) instance: Arc<Instance>,
    pub(crate) mirror: Mirror,
    http: reqwest::Client,
    token: String,
}

/// What is asked for in a line.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) product: String,
    pub(crate) unit: UnitId,
    pub(crate) quantity: Decimal,
}

/// What a line costs: before discounts, all discounts, the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) each: Decimal,
    pub(crate) discount: Decimal,
    pub(crate) amount: Decimal,
}

/// What the instance charges, and whether a price row said so.
#[derive(Debug, Clone)]
pub(crate) struct Charged {
    pub(crate) cost: Cost,
    pub(crate) by_row: bool,
}

impl House {
    pub(crate) async fn start() -> Self {
        let plenty = Limits {
            requests_per_minute: 1_000_000,
            ..Limits::default()
        };
        let demo = Demo::start(Options {
            limits: plenty,
            ..Options::default()
        })
        .await
        .unwrap();
        let known = demo.settings();
        let settings = Settings::read(&Input::new([
            ("VITRINA_INSTANCE", demo.root()),
            ("VITRINA_CLIENT_ID", demo.client_id()),
            ("VITRINA_CLIENT_SECRET", demo.client_secret()),
            ("VITRINA_COMPANY", &known.company_code),
            ("VITRINA_LOCATION", &known.location_code),
            ("VITRINA_DOCUMENT_TYPE", &known.document_type),
            ("VITRINA_CHANNEL", &known.channel),
            ("VITRINA_WAREHOUSE", &known.warehouse),
        ]))
        .unwrap();
        let mut config = settings.config().unwrap();
        config.limits = GateLimits {
            at_once: 1,
            a_minute: 1_000_000,
        };
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let instance =
            Arc::new(Instance::new(config, Arc::clone(&clock), Arc::new(SystemRandom)).unwrap());
        let mirror = Mirror::new(
            Arc::clone(&instance),
            demo.root(),
            clock,
            Arc::new(InMemory::new()),
            MirrorSettings {
                languages: vec![Language::ENGLISH],
                stale_after: Duration::from_hours(1),
                rounds: Rounds::with_prices_within(Duration::from_mins(5)),
            },
        );
        let http = reqwest::Client::new();
        let form = [
            ("grant_type", "client_credentials"),
            ("scope", "read update"),
            ("client_id", demo.client_id()),
            ("client_secret", demo.client_secret()),
        ];
        let address = format!("{}/id/connect/token", demo.root());
        let answer = http.post(address).form(&form).send().await.unwrap();
        let token: Value = answer.json().await.unwrap();
        let token = token["access_token"].as_str().unwrap().to_owned();
        Self {
            demo,
            instance,
            mirror,
            http,
            token,
        }
    }

    pub(crate) async fn snapshot(&self) -> Arc<Snapshot> {
        self.mirror.pull().await.unwrap();
        self.mirror.snapshot().unwrap()
    }

    /// Every customer that somebody may act for.
    pub(crate) async fn customers(&self) -> Vec<Customer> {
        let mut customers: Vec<Customer> = Vec::new();
        for person in self.demo.people() {
            let id = vitrina::visitor::PersonId::User(person.id);
            let accesses = self
                .instance
                .access(&id, Duration::from_secs(20))
                .await
                .unwrap();
            for access in accesses {
                if customers.iter().all(|known| known.id != access.customer.id) {
                    customers.push(access.customer);
                }
            }
        }
        customers
    }

    /// By the portal's rules.
    pub(crate) fn shown(
        snapshot: &Snapshot,
        customer: Option<&Customer>,
        day: Date,
        wish: &Wish,
    ) -> Option<Cost> {
        let number = PartNumber::new(&wish.product).unwrap();
        let at = snapshot.catalogue.find_part_number(&number).unwrap();
        let entry = snapshot.catalogue.at(at).unwrap();
        let sheet = snapshot.sheet(&snapshot.buyer(customer, day));
        let price = snapshot.unit_price(&sheet, entry, wish.unit, wish.quantity)?;
        Some(Cost {
            each: price.before.amount.normalize(),
            discount: price.discount.normalize(),
            amount: price.amount(wish.quantity)?.amount.normalize(),
        })
    }

    /// By the instance: an order in a front-end transaction that is never committed. A guest's order names no customer.
    pub(crate) async fn charged(
        &self,
        snapshot: &Snapshot,
        customer: Option<&Customer>,
        day: Date,
        wishes: &[Wish],
    ) -> Vec<Charged> {
        let known = self.demo.settings();
        let link = |set: &str, id: String| json!({ "@odata.id": format!("{set}({id})") });
        let lines: Vec<Value> = wishes
            .iter()
            .enumerate()
            .map(|(index, wish)| {
                let number = PartNumber::new(&wish.product).unwrap();
                let at = snapshot.catalogue.find_part_number(&number).unwrap();
                let product = snapshot.catalogue.at(at).unwrap().product.id;
                let unit = snapshot.catalogue.units.get(wish.unit).unwrap();
                let quantity: serde_json::Number = wish.quantity.to_string().parse().unwrap();
                json!({
                    "LineNo": (index + 1) * 10,
                    "Product": link("General_Products_Products", product.to_string()),
                    "QuantityUnit": link("General_Products_MeasurementUnits", unit.id.to_string()),
                    "Quantity": { "Value": quantity, "Unit": unit.code },
                })
            })
            .collect();
        let mut order = json!({
            "DocumentType": link("Systems_Documents_DocumentTypes", known.document_type_id.to_string()),
            "EnterpriseCompany": link("General_EnterpriseCompanies", known.company.to_string()),
        });
        let members = order.as_object_mut().unwrap();
        let location = customer
            .and_then(|customer| customer.served_by)
            .map_or(known.location.to_string(), |location| location.to_string());
        members.insert(
            "EnterpriseCompanyLocation".to_owned(),
            link("General_Contacts_CompanyLocations", location),
        );
        if let Some(customer) = customer {
            members.insert(
                "Customer".to_owned(),
                link("Crm_Sales_Customers", customer.id.to_string()),
            );
        } else {
            let currency = self.currency().await;
            members.insert("DocumentCurrency".to_owned(), currency);
        }
        members.insert(
            "DistributionChannel".to_owned(),
            link(
                "Crm_Marketing_DistributionChannels",
                known.channel_id.to_string(),
            ),
        );
        members.insert("DocumentDate".to_owned(), json!(format!("{day}T00:00:00Z")));
        members.insert("Lines".to_owned(), Value::Array(lines));

        let begin = json!({ "model": "frontend" });
        let transaction = self
            .call("POST", "BeginTransaction", None, Some(begin))
            .await;
        let transaction = transaction.trim().trim_matches('"').to_owned();
        let created = self
            .call(
                "POST",
                "Crm_Sales_SalesOrders",
                Some(&transaction),
                Some(order),
            )
            .await;
        let created: Value = serde_json::from_str(&created).unwrap();
        let order = created["@odata.id"].as_str().unwrap();
        let read = self
            .call(
                "GET",
                &format!("{order}?$select=Id&$expand=Lines($select=LineNo,UnitPrice,ProductPrice,LineStandardDiscountPercent,LineAmount)"),
                Some(&transaction),
                None,
            )
            .await;
        let end = json!({ "commit": false });
        self.call("POST", "EndTransaction", Some(&transaction), Some(end))
            .await;
        let read: Value = serde_json::from_str(&read).unwrap();
        let mut lines: Vec<&Value> = read["Lines"].as_array().unwrap().iter().collect();
        lines.sort_by_key(|line| line["LineNo"].as_u64());
        assert_eq!(lines.len(), wishes.len());
        let number = |value: &Value| -> Decimal {
            let number: Decimal = value.to_string().trim_matches('"').parse().unwrap();
            number.normalize()
        };
        lines
            .into_iter()
            .map(|line| Charged {
                cost: Cost {
                    each: number(&line["UnitPrice"]["Value"]),
                    discount: number(&line["LineStandardDiscountPercent"]),
                    amount: number(&line["LineAmount"]["Value"]),
                },
                by_row: line["ProductPrice"].is_object(),
            })
            .collect()
    }

    async fn currency(&self) -> Value {
        let path = "General_EnterpriseCompanies?$select=Id,BaseCurrency&$top=1";
        let answer: Value =
            serde_json::from_str(&self.call("GET", path, None, None).await).unwrap();
        answer["value"][0]["BaseCurrency"].clone()
    }

    async fn call(
        &self,
        method: &str,
        path: &str,
        transaction: Option<&str>,
        body: Option<Value>,
    ) -> String {
        let address = format!("{}/api/domain/odata/{path}", self.demo.root());
        let mut request = self
            .http
            .request(method.parse().unwrap(), address)
            .bearer_auth(&self.token);
        if let Some(id) = transaction {
            request = request.header("TransactionId", id);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        text
    }
}

/// Compares a list's prices with the instance's; a price of zero or less in the instance is "on request" in the shop.
pub(crate) fn differences(
    wishes: &[Wish],
    shown: &[Option<Cost>],
    charged: &[Charged],
) -> Vec<String> {
    wishes
        .iter()
        .zip(shown.iter().zip(charged))
        .filter(|(_, (shown, charged))| match shown {
            Some(shown) => *shown != charged.cost,
            None => charged.cost.each > Decimal::ZERO,
        })
        .map(|(wish, (shown, charged))| {
            format!("{wish:?}: the shop shows {shown:?}, the instance charges {charged:?}")
        })
        .collect()
}
