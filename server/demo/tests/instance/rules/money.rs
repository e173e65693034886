//! What is asked of payment, and document amounts.

use serde_json::json;

use super::{AS_IT_IS, Change, LAMP, PLANNED, RELEASE, attempt, refused};
use crate::portal::Portal;

#[tokio::test]
async fn r28778_payment_plan_does_not_cover_the_total() {
    refused("(Constraint R28778)", "000587", LAMP, PLANNED, |body, _| {
        body["PaymentPlans"] = json!([
            { "AmountType": "Amount", "Amount": { "Value": 10, "Currency": "EUR" } },
            { "AmountType": "Percent", "Percent": 0.5 },
        ]);
    })
    .await;
}

#[tokio::test]
async fn r28333_payment_plan_without_exactly_one_remainder() {
    refused("(Constraint R28333)", "000587", LAMP, RELEASE, |body, _| {
        body["PaymentPlans"] = json!([{ "AmountType": "Percent", "Percent": 1 }]);
    })
    .await;
    let portal = Portal::start(|_| {}).await;
    let one: Change = |body, _| {
        body["PaymentPlans"] = json!([
            { "AmountType": "Percent", "Percent": 0.3 },
            { "AmountType": "Remainder" },
        ]);
    };
    let released = attempt(&portal, "000587", LAMP, "Released", one).await;
    assert!(released.is_ok(), "{released:?}");
}

#[tokio::test]
async fn r28299_too_little_for_deferred_payment() {
    refused(
        "(Constraint R28299)",
        "000587",
        LAMP,
        RELEASE,
        |body, rows| {
            body["DocumentType"] = rows.terms.clone();
        },
    )
    .await;
}

#[tokio::test]
async fn r28439_payment_type_that_cannot_be_deferred() {
    let lines = &[("LT-ARK-SG", 4, "pcs")];
    refused(
        "(Constraint R28439)",
        "000587",
        lines,
        RELEASE,
        |body, rows| {
            body["DocumentType"] = rows.terms.clone();
            body["PaymentType"] = rows.cash.clone();
        },
    )
    .await;
}

#[tokio::test]
async fn r28440_payment_plan_that_is_not_allowed() {
    let lines = &[("LT-ARK-SG", 4, "pcs")];
    refused(
        "(Constraint R28440)",
        "000587",
        lines,
        RELEASE,
        |body, rows| {
            body["DocumentType"] = rows.terms.clone();
            body["PaymentPlans"] = json!([{ "AmountType": "Remainder" }]);
        },
    )
    .await;
}

#[tokio::test]
async fn the_credit_limit_counts_orders_and_dues() {
    let lines = &[("LT-ARK-SG", 2, "pcs")];
    let rule = "CheckCustomerCreditLimit";
    refused(rule, "000671", lines, RELEASE, AS_IT_IS).await;
    let portal = Portal::start(|_| {}).await;
    let first = attempt(&portal, "000671", LAMP, "Completed", AS_IT_IS).await;
    assert!(first.is_ok(), "71.88 of 100: {first:?}");
    let second = attempt(&portal, "000671", LAMP, "Released", AS_IT_IS).await;
    assert!(second.unwrap_err().contains(rule));
    let override_limit: Change = |body, _| body["CreditLimitOverride"] = json!(true);
    let third = attempt(&portal, "000671", LAMP, "Released", override_limit).await;
    assert!(third.is_ok(), "{third:?}");
}

#[tokio::test]
async fn overdue_invoices_block_after_the_days_of_grace() {
    let rule = "CheckCustomerOverdueInvoices";
    refused(rule, "000702", LAMP, RELEASE, AS_IT_IS).await;
}

#[tokio::test]
async fn freight_is_taxed_with_the_lines() {
    let portal = Portal::start(|_| {}).await;
    attempt(&portal, "000587", LAMP, "Released", |body, rows| {
        body["DocumentAmounts"] = json!([{
            "DocumentAmountType": rows.freight,
            "InputAmount": { "Value": 10, "Currency": "EUR" },
        }]);
    })
    .await
    .unwrap();
    let order = &portal.demo.orders()[0];
    assert_eq!(order.total.to_string(), "59.90");
    // (59.90 + 10) × 1.2
    assert_eq!(order.amount_to_pay.normalize().to_string(), "83.88");
}
