//! Document amounts, computed by `Recalculate` and by changes of state (entities.md §6.3): what was added by hand, then VAT.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::pricing::round;
use super::totals;
use crate::domain::fault::Fault;
use crate::domain::store::Row;
use crate::domain::value::Value;
use crate::domain::write::Writer;

const ORDERS: &str = "Crm_Sales_SalesOrders";
const AMOUNTS: &str = "General_Documents_DocumentAmounts";

/// Computes all amounts of an order anew and sees to its VAT.
///
/// Unverified: amounts that are added to lines (freight, say) are taxed with them; an amount with a percent is that part of
/// the lines, one without keeps what was entered.
pub(crate) fn recalculate(writer: &mut Writer<'_>, order: Uuid) -> Result<(), Fault> {
    let order = writer.row(ORDERS, order)?;
    let lines = totals::line_amount(writer.database, &order)
        .number()
        .unwrap_or_default();
    let tax = vat_type(writer, &order);
    let mut taxed = lines;
    let entered: Vec<Row> = writer
        .database
        .children(AMOUNTS, "Document", order.id)
        .into_iter()
        .filter(|row| row.get("DocumentAmountType").id() != tax.as_ref().map(|tax| tax.id))
        .map(|row| Row::clone(row))
        .collect();
    for row in entered {
        let input = match row.get("InputPercent").number() {
            Some(percent) => round(lines * percent, 2),
            None => row.get("InputAmount").number().unwrap_or_default(),
        };
        let to_lines = writer
            .database
            .follow(row.get("DocumentAmountType"))
            .is_some_and(|kind| kind.get("AddToLine").is_true());
        if to_lines {
            taxed += input;
        }
        set(writer, &order, row.id, lines, input)?;
    }
    let Some(tax) = tax else {
        return Ok(());
    };
    let percent = tax.get("DefaultPercent").number().unwrap_or_default();
    let known = writer
        .database
        .children(AMOUNTS, "Document", order.id)
        .into_iter()
        .find(|row| row.get("DocumentAmountType").id() == Some(tax.id))
        .map(|row| row.id);
    let row = match known {
        Some(row) => row,
        None => writer.insert(AMOUNTS)?,
    };
    for (name, value) in [
        ("Document", Value::Reference(order.reference())),
        ("DocumentAmountType", Value::Reference(tax.reference())),
        ("InputPercent", Value::Decimal(percent)),
    ] {
        writer.put(AMOUNTS, row, name, value)?;
    }
    set(writer, &order, row, taxed, round(taxed * percent, 2))
}

/// The type of amounts that is the VAT of the order's company.
fn vat_type(writer: &Writer<'_>, order: &Row) -> Option<Row> {
    let company = writer.database.follow(order.get("EnterpriseCompany"))?;
    writer
        .database
        .follow(company.get("VATDocumentAmountType"))
        .map(|kind| Row::clone(kind))
}

fn set(
    writer: &mut Writer<'_>,
    order: &Row,
    row: Uuid,
    base: Decimal,
    input: Decimal,
) -> Result<(), Fault> {
    let currency = totals::currency(writer.database, order);
    for (name, value) in [
        ("BaseAmount", base),
        ("InputAmount", input),
        ("TotalDistributedAmount", input),
    ] {
        writer.put(AMOUNTS, row, name, Value::Amount(value, currency.clone()))?;
    }
    Ok(())
}
