//! The rules of returns: orders with negative quantities say what they return (entities.md §6.4).
//!
//! Unverified: which of the three numbers is for which mistake, and that they are asked at release. A historical unit cost
//! in place of the returned line is not imitated.

use rust_decimal::Decimal;

use super::{Document, Rule, rule};
use crate::domain::store::Row;
use crate::domain::value::Value;

pub(super) const RULES: &[Rule] = &[
    rule("R28293", "CheckReturnDocument", |document| {
        let named = ["ReturnForSalesOrder", "ReturnForInvoice"]
            .into_iter()
            .any(|name| *document.order.get(name) != Value::Null);
        (!returned(document).is_empty() && !named).then(|| {
            "A return must name the sales order or the invoice whose goods come back.".to_owned()
        })
    }),
    rule("R29081", "CheckReturnLine", |document| {
        returned(document)
            .iter()
            .any(|line| original(document, line).is_none())
            .then(|| "A returned line must name the line that was sold.".to_owned())
    }),
    rule("R28894", "CheckReturnLineOrigin", |document| {
        returned(document)
            .iter()
            .any(|line| original(document, line).is_some_and(|sold| strange(document, line, sold)))
            .then(|| {
                "A returned line must be of the returned document, of the same product and not of more than was sold."
                    .to_owned()
            })
    }),
];

fn returned<'a>(document: &Document<'a>) -> Vec<&'a Row> {
    let mut lines = document.lines.clone();
    lines.retain(|line| Document::base(line) < Decimal::ZERO);
    lines
}

/// The line that was sold.
fn original<'a>(document: &Document<'a>, line: &Row) -> Option<&'a Row> {
    ["ReturnForSalesOrderLine", "ReturnForInvoiceLine"]
        .into_iter()
        .find_map(|name| document.database.follow(line.get(name)))
        .map(AsRef::as_ref)
}

fn strange(document: &Document<'_>, line: &Row, sold: &Row) -> bool {
    let owner = match sold.entity.set {
        "Crm_Invoicing_InvoiceLines" => ("Invoice", "ReturnForInvoice"),
        _ => ("SalesOrder", "ReturnForSalesOrder"),
    };
    sold.get(owner.0).id() != document.order.get(owner.1).id()
        || sold.get("Product").id() != line.get("Product").id()
        || -Document::base(line) > Document::base(sold)
}
