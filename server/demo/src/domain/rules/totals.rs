//! Calculated attributes of documents (entities.md §6.1, §6.3).

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::domain::language::Language;
use crate::domain::store::{Database, Row};
use crate::domain::value::Value;

/// Sign of the document's currency.
pub(crate) fn currency(database: &Database, order: &Row) -> String {
    let currency = database.follow(order.get("DocumentCurrency"));
    currency
        .and_then(|currency| currency.get("CurrencySign").text().map(str::to_owned))
        .unwrap_or_default()
}

/// The lines of an order or an invoice.
pub(crate) fn lines<'a>(database: &'a Database, document: &Row) -> Vec<&'a Arc<Row>> {
    let (set, owner) = match document.entity.set {
        "Crm_Invoicing_Invoices" => ("Crm_Invoicing_InvoiceLines", "Invoice"),
        _ => ("Crm_Sales_SalesOrderLines", "SalesOrder"),
    };
    let mut lines = database.children(set, owner, document.id);
    lines.sort_by_key(|line| (line.get("LineNo").number(), line.id));
    lines
}

fn sum(database: &Database, document: &Row) -> Decimal {
    lines(database, document)
        .iter()
        .filter_map(|line| line.get("LineAmount").number())
        .sum()
}

/// `TotalLineAmount`: the sum of the lines.
pub(crate) fn line_amount(database: &Database, order: &Row) -> Value {
    Value::Amount(sum(database, order), currency(database, order))
}

/// `AmountToPay`: lines and those document amounts whose type is added to the customer.
pub(crate) fn amount_to_pay(database: &Database, order: &Row) -> Value {
    let amounts = database.children("General_Documents_DocumentAmounts", "Document", order.id);
    let added: Decimal = amounts
        .iter()
        .filter(|amount| {
            database
                .follow(amount.get("DocumentAmountType"))
                .is_some_and(|kind| kind.get("AddToCustomer").is_true())
        })
        .filter_map(|amount| amount.get("InputAmount").number())
        .sum();
    Value::Amount(sum(database, order) + added, currency(database, order))
}

/// `FullState`: the state and the name of the user status.
pub(crate) fn full_state(database: &Database, order: &Row, language: Language) -> Value {
    let Value::Member(state) = order.get("State") else {
        return Value::Null;
    };
    let status = database
        .follow(order.get("UserStatus"))
        .map(|status| database.display(status, language));
    let state = state_name(state, language);
    Value::Text(status.map_or_else(|| state.to_owned(), |status| format!("{state} / {status}")))
}

/// A state as people read it. Unverified: the Bulgarian words.
fn state_name(state: &'static str, language: Language) -> &'static str {
    match (language, state) {
        (Language::Bulgarian, "New") => "Нов",
        (Language::Bulgarian, "Adjustment") => "Корекция",
        (Language::Bulgarian, "Planned") => "Планиран",
        (Language::Bulgarian, "FirmPlanned") => "Твърдо планиран",
        (Language::Bulgarian, "Released") => "Издаден",
        (Language::Bulgarian, "Completed") => "Приключен",
        (Language::Bulgarian, "Closed") => "Затворен",
        _ => state,
    }
}
