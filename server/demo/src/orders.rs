//! The sales orders that arrived through the API, as a test or a person wants to see them.

use rust_decimal::Decimal;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::language::Language;
use crate::domain::rules::totals;
use crate::domain::store::{Database, Row};
use crate::domain::value::Value;

/// A committed sales order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderRecord {
    /// Row id.
    pub id: Uuid,
    /// Number given at commit.
    pub document_no: String,
    /// `ExternalId`: the portal's order key.
    pub external_id: Option<String>,
    /// `ExternalSystem`.
    pub external_system: Option<String>,
    /// Number of the customer.
    pub customer: String,
    /// `New`, `FirmPlanned`, `Released` …
    pub state: String,
    /// Whether it was cancelled.
    pub void: bool,
    /// Sign of the currency.
    pub currency: String,
    /// `TotalLineAmount`, without VAT.
    pub total: Decimal,
    /// `AmountToPay`, with VAT.
    pub amount_to_pay: Decimal,
    /// The buyer's own number.
    pub purchase_order_no: Option<String>,
    /// The buyer's note.
    pub notes: Option<String>,
    /// The delivery address as one text.
    pub ship_to: Option<String>,
    /// Lines by their number.
    pub lines: Vec<OrderLineRecord>,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderLineRecord {
    /// 10, 20, 30 …
    pub line_no: i64,
    /// Part number of the product.
    pub part_number: String,
    /// `ProductDescription` in English.
    pub product: String,
    /// Quantity in the unit of the line.
    pub quantity: Decimal,
    /// Code of the unit.
    pub unit: String,
    /// Price of one unit before discounts.
    pub unit_price: Decimal,
    /// Standard discount as a fraction.
    pub discount: Decimal,
    /// Amount of the line.
    pub amount: Decimal,
}

/// All orders that did not come with the seed, in the order of their numbers.
pub(crate) fn arrived(database: &Database) -> Vec<OrderRecord> {
    let mut orders: Vec<OrderRecord> = database
        .rows("Crm_Sales_SalesOrders")
        .into_iter()
        .filter(|order| order.get("ExternalSystem").text() != Some(crate::seed::HISTORY))
        .map(|order| record(database, order))
        .collect();
    orders.sort_by(|left, right| left.document_no.cmp(&right.document_no));
    orders
}

fn record(database: &Database, order: &Row) -> OrderRecord {
    let text = |row: &Row, name: &str| row.get(name).text().map(str::to_owned);
    let followed = |name: &str, attribute: &str| {
        database
            .follow(order.get(name))
            .and_then(|row| text(row, attribute))
    };
    let mut lines: Vec<OrderLineRecord> = database
        .children("Crm_Sales_SalesOrderLines", "SalesOrder", order.id)
        .into_iter()
        .map(|row| line(database, row))
        .collect();
    lines.sort_by_key(|line| line.line_no);
    OrderRecord {
        id: order.id,
        document_no: text(order, "DocumentNo").unwrap_or_default(),
        external_id: text(order, "ExternalId"),
        external_system: text(order, "ExternalSystem"),
        customer: followed("Customer", "Number").unwrap_or_default(),
        state: match order.get("State") {
            Value::Member(state) => (*state).to_owned(),
            _ => String::new(),
        },
        void: order.get("Void").is_true(),
        currency: totals::currency(database, order),
        total: totals::line_amount(database, order)
            .number()
            .unwrap_or_default(),
        amount_to_pay: totals::amount_to_pay(database, order)
            .number()
            .unwrap_or_default(),
        purchase_order_no: text(order, "CustomerPurchaseOrderNo"),
        notes: text(order, "DocumentNotes"),
        ship_to: followed("ShipToPartyContactMechanism", "Name"),
        lines,
    }
}

fn line(database: &Database, line: &Row) -> OrderLineRecord {
    let number = |name: &str| line.get(name).number().unwrap_or_default();
    let unit = match line.get("Quantity") {
        Value::Quantity(_, unit) => unit.clone(),
        _ => String::new(),
    };
    OrderLineRecord {
        line_no: match line.get("LineNo") {
            Value::Int(number) => *number,
            _ => 0,
        },
        part_number: database
            .follow(line.get("Product"))
            .and_then(|product| product.get("PartNumber").text().map(str::to_owned))
            .unwrap_or_default(),
        product: database.display(line, Language::English),
        quantity: number("Quantity"),
        unit,
        unit_price: number("UnitPrice"),
        discount: number("LineStandardDiscountPercent"),
        amount: number("LineAmount"),
    }
}
