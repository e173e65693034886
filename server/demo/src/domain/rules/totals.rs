//! Calculated attributes of documents (entities.md §6.1, §6.3).

use rust_decimal::Decimal;

use crate::domain::store::{Database, Row};
use crate::domain::value::Value;

/// Sign of the document's currency.
pub(crate) fn currency(database: &Database, order: &Row) -> String {
    let currency = database.follow(order.get("DocumentCurrency"));
    currency
        .and_then(|currency| currency.get("CurrencySign").text().map(str::to_owned))
        .unwrap_or_default()
}

fn lines(database: &Database, order: &Row) -> Decimal {
    let lines = database.children("Crm_Sales_SalesOrderLines", "SalesOrder", order.id);
    lines
        .iter()
        .filter_map(|line| line.get("LineAmount").number())
        .sum()
}

/// `TotalLineAmount`: the sum of the lines.
pub(crate) fn line_amount(database: &Database, order: &Row) -> Value {
    Value::Amount(lines(database, order), currency(database, order))
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
    Value::Amount(lines(database, order) + added, currency(database, order))
}

/// `FullState`: the state and the name of the user status.
pub(crate) fn full_state(database: &Database, order: &Row) -> Value {
    let Value::Member(state) = order.get("State") else {
        return Value::Null;
    };
    let status = database
        .follow(order.get("UserStatus"))
        .map(|status| database.display(status));
    Value::Text(status.map_or_else(
        || (*state).to_owned(),
        |status| format!("{state} / {status}"),
    ))
}
