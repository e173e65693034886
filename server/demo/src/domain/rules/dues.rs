//! What customers owe: payment orders against the payments that cover them (entities.md §9.3).

use std::sync::Arc;

use rust_decimal::Decimal;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::domain::schema::entity;
use crate::domain::store::{Database, Row};
use crate::domain::value::{Value, day};

/// The view that shows them.
pub(crate) const BALANCES: &str = "Finance_Payments_PaymentBalances";
const CLAIMS: &str = "Finance_Payments_PaymentOrders";

/// What is left of one claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) remaining: Decimal,
    /// The day by which it should be paid.
    pub(crate) date: OffsetDateTime,
}

/// The claims on a party that are not paid in full.
pub(crate) fn of_party(database: &Database, party: &Value) -> Vec<Due> {
    claims(database)
        .into_iter()
        .filter(|claim| {
            claim.get("Party").id() == party.id()
                && *claim.get("Direction") == Value::Member("Incoming")
        })
        .filter_map(|claim| {
            let remaining = claim.get("TotalAmount").number()? - paid(database, claim.id);
            let date = day(claim.get("DueDate").time()?);
            (remaining > Decimal::ZERO).then_some(Due { remaining, date })
        })
        .collect()
}

/// What is to come in or to go out; claims of void invoices are none.
fn claims(database: &Database) -> Vec<&Arc<Row>> {
    database
        .rows(CLAIMS)
        .into_iter()
        .filter(|claim| {
            !database
                .follow(claim.get("RefInvoiceDocument"))
                .is_some_and(|invoice| invoice.get("Void").is_true())
        })
        .collect()
}

fn paid(database: &Database, claim: Uuid) -> Decimal {
    database
        .rows("Finance_Payments_PaymentTransactionLines")
        .into_iter()
        .filter(|line| line.get("PaymentOrder").id() == Some(claim))
        .filter_map(|line| line.get("CoveredOrderAmount").number())
        .sum()
}

/// The rows of the view as they are on this day.
pub(crate) fn balances(database: &Database, now: OffsetDateTime) -> Vec<Row> {
    let Some(of) = entity(BALANCES) else {
        return Vec::new();
    };
    claims(database)
        .into_iter()
        .map(|claim| balance(database, Row::new(of, claim.id), claim, day(now)))
        .collect()
}

fn balance(database: &Database, mut row: Row, claim: &Row, today: OffsetDateTime) -> Row {
    let Value::Amount(total, currency) = claim.get("TotalAmount").clone() else {
        return row;
    };
    let paid = paid(database, claim.id);
    let remaining = total - paid;
    for name in [
        "Party",
        "EnterpriseCompany",
        "Direction",
        "Currency",
        "DueDate",
        "DueStartDate",
        "RefDocument",
        "RefInvoiceDocument",
    ] {
        if let Some(attribute) = row.entity.attribute(name) {
            row.set(attribute.name, claim.get(name).clone());
        }
    }
    row.set("OrderAmount", Value::Amount(total, currency.clone()));
    row.set("PaidAmount", Value::Amount(paid, currency.clone()));
    row.set("RemainingAmount", Value::Amount(remaining, currency));
    row.set("PaymentOrder", Value::Reference(claim.reference()));
    for (reference, names) in [
        (
            "RefDocument",
            ["RefDocumentNo", "RefDocumentDate", "RefDocumentType"].as_slice(),
        ),
        (
            "RefInvoiceDocument",
            &["RefInvoiceDocumentNo", "RefInvoiceDocumentDate"],
        ),
    ] {
        let Some(document) = database.follow(claim.get(reference)) else {
            continue;
        };
        for (&name, of_document) in names
            .iter()
            .zip(["DocumentNo", "DocumentDate", "DocumentType"])
        {
            row.set(name, document.get(of_document).clone());
        }
    }
    row.set(
        "IsInvoiced",
        Value::Bool(*claim.get("RefInvoiceDocument") != Value::Null),
    );
    row.set("PaymentStatus", Value::Member(payment_status(total, paid)));
    row.set(
        "DueStatus",
        Value::Member(if remaining <= Decimal::ZERO {
            "NotApplicable"
        } else {
            due_status(database, claim, today)
        }),
    );
    row
}

fn payment_status(total: Decimal, paid: Decimal) -> &'static str {
    if paid.is_zero() {
        "Unpaid"
    } else if paid < total {
        "PartiallyPaid"
    } else if paid == total {
        "Paid"
    } else {
        "Overpaid"
    }
}

/// Unverified: `Scheduled` before the first day, `Due` up to the last one, then the customer's days of grace.
fn due_status(database: &Database, claim: &Row, today: OffsetDateTime) -> &'static str {
    let date = |name: &str| claim.get(name).time().map(day);
    if date("DueStartDate").is_some_and(|start| today < start) {
        return "Scheduled";
    }
    let Some(last) = date("DueDate").filter(|last| *last < today) else {
        return "Due";
    };
    let grace = database
        .rows("Crm_Sales_Customers")
        .into_iter()
        .filter(|customer| customer.get("Party").id() == claim.get("Party").id())
        .find_map(|customer| match customer.get("GracePeriodDays") {
            Value::Int(days) => Some(Duration::days(*days)),
            _ => None,
        })
        .unwrap_or_default();
    if today <= last + grace {
        "GracePeriod"
    } else {
        "Overdue"
    }
}
