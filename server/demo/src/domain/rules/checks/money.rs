//! The rules of release that look at payment: plans, deferred payment, credit, overdue invoices.

use rust_decimal::Decimal;
use time::Duration;

use super::{Document, Rule, children, rule, unnumbered};
use crate::domain::rules::dues;
use crate::domain::rules::states::{self, RELEASED};
use crate::domain::rules::totals;
use crate::domain::store::Row;
use crate::domain::value::{Value, day};

pub(super) const RULES: &[Rule] = &[
    rule("R28333", "CheckPaymentPlanRemainder", |document| {
        let plans = document.owned("Crm_Sales_SalesOrderPaymentPlans");
        let remainders = plans
            .iter()
            .filter(|plan| *plan.get("AmountType") == Value::Member("Remainder"))
            .count();
        (!plans.is_empty() && remainders != 1)
            .then(|| "The payment plan must have exactly one remainder.".to_owned())
    }),
    rule("R28299", "CheckDeferredPaymentAmount", |document| {
        let total = document.to_pay();
        let least = |row: &Row| row.get("MinimumDeferredAmount").number();
        (deferred(document)
            && payment_options(document)
                .iter()
                .filter_map(|row| least(row))
                .any(|least| total < least))
        .then(|| "Deferred payment is not allowed for this amount.".to_owned())
    }),
    rule("R28439", "CheckDeferredPaymentType", |document| {
        (deferred(document) && refused(document, "AllowDeferredPayment"))
            .then(|| "Deferred payment is not allowed for this payment type.".to_owned())
    }),
    rule("R28440", "CheckDeferredPaymentPlan", |document| {
        let planned = !document
            .owned("Crm_Sales_SalesOrderPaymentPlans")
            .is_empty();
        (planned && refused(document, "AllowPaymentPlans"))
            .then(|| "A payment plan is not allowed for this document.".to_owned())
    }),
    unnumbered("CheckCustomerCreditLimit", over_limit),
    unnumbered("CheckCustomerOverdueInvoices", overdue),
];

/// Payment is deferred when it is due after the day of the document.
fn deferred(document: &Document<'_>) -> bool {
    let due = document.order.get("PaymentDueDate").time();
    due.is_some_and(|due| day(due) > document.date())
}

/// The payment options of the document's type that are for its payment type, or for all.
fn payment_options<'a>(document: &Document<'a>) -> Vec<&'a Row> {
    let Some(kind) = document.follow("DocumentType") else {
        return Vec::new();
    };
    let mut rows = children(
        document.database,
        "Systems_Documents_DocumentTypePaymentOptions",
        "DocumentType",
        kind,
    );
    rows.retain(|row| {
        let payment = row.get("PaymentType");
        *payment == Value::Null || payment.id() == document.order.get("PaymentType").id()
    });
    rows
}

fn refused(document: &Document<'_>, permission: &str) -> bool {
    payment_options(document)
        .iter()
        .any(|row| *row.get(permission) == Value::Bool(false))
}

/// The order, the customer's other released and unfinished orders and his unpaid invoices must stay within his credit limit.
/// Unverified: what exactly counts against the limit.
fn over_limit(document: &Document<'_>) -> Option<String> {
    let customer = document.follow("Customer")?;
    let limit = customer.get("CreditLimit").number()?;
    if document.order.get("CreditLimitOverride").is_true() {
        return None;
    }
    let database = document.database;
    let orders: Decimal = database
        .rows("Crm_Sales_SalesOrders")
        .into_iter()
        .filter(|other| {
            other.id != document.order.id
                && other.get("Customer").id() == Some(customer.id)
                && states::number(other) == RELEASED
                && !other.get("Void").is_true()
        })
        .filter_map(|other| totals::amount_to_pay(database, other).number())
        .sum();
    let dues: Decimal = dues::of_party(database, customer.get("Party"))
        .iter()
        .map(|due| due.remaining)
        .sum();
    (document.to_pay() + orders + dues > limit)
        .then(|| "The credit limit of the customer is exceeded.".to_owned())
}

/// Nothing may be due for longer than the customer's days of grace.
fn overdue(document: &Document<'_>) -> Option<String> {
    let customer = document.follow("Customer")?;
    if document.order.get("CreditLimitOverride").is_true() {
        return None;
    }
    let grace = match customer.get("GracePeriodDays") {
        Value::Int(days) => Duration::days(*days),
        _ => Duration::ZERO,
    };
    dues::of_party(document.database, customer.get("Party"))
        .iter()
        .any(|due| due.date + grace < document.date())
        .then(|| "The customer has overdue invoices.".to_owned())
}
