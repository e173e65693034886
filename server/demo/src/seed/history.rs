//! Past orders, so that "my orders" is not empty on the first day. They go the way of all orders: front-end rules price them.

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::seller::{CHANNELS, COMPANIES, CURRENCIES, DOCUMENT_TYPES, LOCATIONS, STORES};
use super::{HISTORY, Seed, id};
use crate::domain::fault::Fault;
use crate::domain::rules::pricing::round;
use crate::domain::rules::{amounts, states};
use crate::domain::schema::entity;
use crate::domain::store::Row;
use crate::domain::value::{Reference, Value, day};
use crate::domain::version::Version;
use crate::domain::write::{Changes, Model, Writer};
use crate::instance::Instance;

struct Past {
    customer: &'static str,
    days_ago: i64,
    purchase_order: &'static str,
    state: &'static str,
    status: Option<&'static str>,
    void: Option<&'static str>,
    /// Percent of the invoice that was paid.
    paid: i64,
    lines: &'static [(&'static str, u32)],
}

const PAST: &[Past] = &[
    Past {
        customer: "000412",
        days_ago: 41,
        purchase_order: "HH-2207",
        state: "Completed",
        status: None,
        void: None,
        paid: 100,
        lines: &[("LT-ARK-GR", 12), ("KM-RIN-CR", 48)],
    },
    Past {
        customer: "000412",
        days_ago: 9,
        purchase_order: "HH-2251",
        state: "Released",
        status: Some("Handed to the carrier"),
        void: None,
        paid: 0,
        lines: &[("KM-RIN-CR", 24), ("LT-ARK-SG", 2)],
    },
    Past {
        customer: "000587",
        days_ago: 3,
        purchase_order: "",
        state: "FirmPlanned",
        status: Some("Being checked"),
        void: None,
        paid: 0,
        lines: &[("LT-ARK-SG", 1)],
    },
    Past {
        customer: "000593",
        days_ago: 20,
        purchase_order: "Q-118",
        state: "FirmPlanned",
        status: None,
        void: Some("Ordered twice"),
        paid: 0,
        lines: &[("KM-RIN-CR", 6)],
    },
    Past {
        customer: "000631",
        days_ago: 15,
        purchase_order: "",
        state: "Released",
        status: Some("In picking"),
        void: None,
        paid: 0,
        lines: &[("KM-RIN-CR", 8)],
    },
    Past {
        customer: "000412",
        days_ago: 12,
        purchase_order: "HH-2229",
        state: "Completed",
        status: None,
        void: None,
        paid: 0,
        lines: &[("KT-RIN-CR", 24), ("SV-FLOOR", 1)],
    },
    Past {
        customer: "000593",
        days_ago: 4,
        purchase_order: "Q-121",
        state: "Completed",
        status: None,
        void: None,
        paid: 40,
        lines: &[("KM-RIN-CR", 12)],
    },
    Past {
        customer: "000702",
        days_ago: 40,
        purchase_order: "",
        state: "Completed",
        status: None,
        void: None,
        paid: 0,
        lines: &[("KM-RIN-CR", 30)],
    },
];

impl Instance {
    /// Places the past orders. A failure is a mistake in this file: it is logged, and a test looks for the orders.
    pub(crate) fn sow_history(&self) {
        if self.seed != Seed::Shop {
            return;
        }
        for (number, past) in PAST.iter().enumerate() {
            if let Err(fault) = self.place(past, number) {
                tracing::error!(
                    ?fault,
                    number,
                    "a past order of the seed could not be placed"
                );
            }
        }
        if let Err(fault) = self.sow_papers() {
            tracing::error!(?fault, "the papers of the seed could not be written");
        }
    }

    fn place(&self, past: &Past, number: usize) -> Result<(), Fault> {
        let then = self.clock.now() - Duration::days(past.days_ago);
        let mut data = self.domain.data();
        let (mut database, mut changes) = (data.database.clone(), Changes::new());
        let mut writer = Writer {
            database: &mut database,
            changes: &mut changes,
            model: Model::FrontEnd,
            version: Version::default(),
            now: then,
            random: &self.random,
        };
        let of = entity("Crm_Sales_SalesOrders").ok_or(Fault::NotFound)?;
        let order = writer.create(of, &body(past, number, then), None)?;
        amounts::recalculate(&mut writer, order)?;
        let status = past.status.map(|status| Reference {
            set: "Systems_Documents_DocumentTypeUserStatuses",
            id: id("Systems_Documents_DocumentTypeUserStatuses", status),
        });
        for state in ["FirmPlanned", "Released", "Completed"] {
            let last = state == past.state;
            states::change(&mut writer, order, state, status.filter(|_| last))?;
            if last {
                break;
            }
            writer.now += Duration::hours(5);
        }
        if past.paid > 0 {
            pay(&mut writer, order, past.paid)?;
        }
        if let Some(reason) = past.void {
            let kind = states::VoidType::Document;
            states::make_void(&mut writer, of.set, order, reason, kind)?;
        }
        data.commit(database, changes, &self.random, then)
    }
}

/// A payment that covers a part of what an order is owed for.
fn pay(writer: &mut Writer<'_>, order: Uuid, percent: i64) -> Result<(), Fault> {
    const PAYMENTS: &str = "Finance_Payments_PaymentTransactions";
    const LINES: &str = "Finance_Payments_PaymentTransactionLines";
    let claim = writer
        .database
        .rows("Finance_Payments_PaymentOrders")
        .into_iter()
        .find(|claim| claim.get("RefDocument").id() == Some(order))
        .map(|claim| Row::clone(claim))
        .ok_or(Fault::NotFound)?;
    let Value::Amount(total, currency) = claim.get("TotalAmount").clone() else {
        return Err(Fault::NotFound);
    };
    let part = Value::Amount(round(total * Decimal::new(percent, 2), 2), currency);
    let payment = writer.insert(PAYMENTS)?;
    for (name, value) in [
        ("Party", claim.get("Party").clone()),
        ("DocumentDate", Value::Time(day(writer.now))),
        ("TotalAmount", part.clone()),
    ] {
        writer.put(PAYMENTS, payment, name, value)?;
    }
    let line = writer.insert(LINES)?;
    let payment = Reference {
        set: PAYMENTS,
        id: payment,
    };
    for (name, value) in [
        ("PaymentTransaction", Value::Reference(payment)),
        ("PaymentOrder", Value::Reference(claim.reference())),
        ("Amount", part.clone()),
        ("CoveredOrderAmount", part),
    ] {
        writer.put(LINES, line, name, value)?;
    }
    Ok(())
}

fn body(past: &Past, number: usize, then: OffsetDateTime) -> Map<String, Json> {
    let link = |set: &str, name: &str| json!({ "@odata.id": format!("{set}({})", id(set, name)) });
    let lines: Vec<Json> = past
        .lines
        .iter()
        .map(|(product, quantity)| {
            json!({ "Product": link("General_Products_Products", product), "Quantity": { "Value": quantity, "Unit": "pcs" } })
        })
        .collect();
    let body = json!({
        "ExternalId": format!("past-{number}"),
        "ExternalSystem": HISTORY,
        "DocumentType": link(DOCUMENT_TYPES, "SO-WEB"),
        "EnterpriseCompany": link(COMPANIES, "ognishte"),
        "EnterpriseCompanyLocation": link(LOCATIONS, "sofia"),
        "DocumentDate": day(then).date().to_string(),
        "Customer": link(super::customers::CUSTOMERS, past.customer),
        "DocumentCurrency": link(CURRENCIES, "EUR"),
        "DistributionChannel": link(CHANNELS, "WEB"),
        "Store": link(STORES, "CENTRAL"),
        "CustomerPurchaseOrderNo": past.purchase_order,
        "Lines": lines,
    });
    match body {
        Json::Object(body) => body,
        _ => Map::new(),
    }
}
