//! What follows a completed sales order: its fulfilment, the invoice and the claim (entities.md §8.5, §9).
//!
//! Unverified: routes are configured by document type; this one instance invoices when an order is completed.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::totals;
use crate::domain::fault::Fault;
use crate::domain::store::Row;
use crate::domain::value::{Value, day};
use crate::domain::write::Writer;
use crate::seed::INVOICE_TYPE;

const ORDERS: &str = "Crm_Sales_SalesOrders";
const INVOICES: &str = "Crm_Invoicing_Invoices";
const INVOICE_LINES: &str = "Crm_Invoicing_InvoiceLines";
const AMOUNTS: &str = "General_Documents_DocumentAmounts";
const CLAIMS: &str = "Finance_Payments_PaymentOrders";
const FULFILLMENTS: &str = "General_Documents_DocumentFulfillments";

/// Makes the invoice of an order, unless it has one that is not void.
pub(crate) fn invoice(writer: &mut Writer<'_>, order: Uuid) -> Result<(), Fault> {
    let order = writer.row(ORDERS, order)?;
    let invoiced = writer.database.rows(INVOICES).into_iter().any(|invoice| {
        invoice.get("Parent").id() == Some(order.id) && !invoice.get("Void").is_true()
    });
    if invoiced {
        return Ok(());
    }
    let today = Value::Time(day(writer.now));
    let invoice = writer.insert(INVOICES)?;
    let own = writer.row(INVOICES, invoice)?;
    for name in [
        "EnterpriseCompany",
        "EnterpriseCompanyLocation",
        "Customer",
        "DocumentCurrency",
        "PaymentType",
        "PaymentDueDate",
    ] {
        writer.put(INVOICES, invoice, name, order.get(name).clone())?;
    }
    for (name, value) in [
        ("EntityName", Value::Text(own.entity.table.to_owned())),
        ("DocumentType", crate::seed::row_of(INVOICE_TYPE)),
        ("DocumentDate", today.clone()),
        ("MasterDocument", Value::Reference(order.reference())),
        ("Parent", Value::Reference(order.reference())),
        ("State", Value::Member("Released")),
        ("ReadOnly", Value::Bool(true)),
        ("ReleaseTime", Value::Time(writer.now)),
    ] {
        writer.put(INVOICES, invoice, name, value)?;
    }
    let lines: Vec<Row> = totals::lines(writer.database, &order)
        .into_iter()
        .map(|line| Row::clone(line))
        .collect();
    for line in &lines {
        self::line(writer, &own, &order, line)?;
        fulfilled(writer, &order, line)?;
    }
    let amounts: Vec<Row> = writer
        .database
        .children(AMOUNTS, "Document", order.id)
        .into_iter()
        .map(|row| Row::clone(row))
        .collect();
    for amount in amounts {
        let copy = writer.insert(AMOUNTS)?;
        writer.put(AMOUNTS, copy, "Document", Value::Reference(own.reference()))?;
        for name in [
            "DocumentAmountType",
            "BaseAmount",
            "InputAmount",
            "InputPercent",
            "TotalDistributedAmount",
        ] {
            writer.put(AMOUNTS, copy, name, amount.get(name).clone())?;
        }
    }
    claim(writer, &order, invoice)
}

fn line(writer: &mut Writer<'_>, invoice: &Row, order: &Row, line: &Row) -> Result<(), Fault> {
    let copy = writer.insert(INVOICE_LINES)?;
    for name in [
        "LineNo",
        "Product",
        "ProductDescription",
        "Quantity",
        "QuantityUnit",
        "UnitPrice",
        "LineStandardDiscountPercent",
        "LineCustomDiscountPercent",
        "LineAmount",
    ] {
        writer.put(INVOICE_LINES, copy, name, line.get(name).clone())?;
    }
    for (name, value) in [
        ("Invoice", invoice),
        ("SalesOrder", order),
        ("ParentSalesOrderLine", line),
    ] {
        writer.put(
            INVOICE_LINES,
            copy,
            name,
            Value::Reference(value.reference()),
        )?;
    }
    Ok(())
}

fn fulfilled(writer: &mut Writer<'_>, order: &Row, line: &Row) -> Result<(), Fault> {
    let row = writer.insert(FULFILLMENTS)?;
    for (name, value) in [
        ("Document", Value::Reference(order.reference())),
        ("DocumentLineId", Value::Text(line.id.to_string())),
        ("FulfillmentType", Value::Member("Completed")),
        ("QuantityBase", line.get("QuantityBase").clone()),
        (
            "DestinationEntityName",
            Value::Text("Inv_Transactions".to_owned()),
        ),
        ("IsFinal", Value::Bool(true)),
    ] {
        writer.put(FULFILLMENTS, row, name, value)?;
    }
    Ok(())
}

/// The payment order of an invoice; of one without an amount there is none.
fn claim(writer: &mut Writer<'_>, order: &Row, invoice: Uuid) -> Result<(), Fault> {
    let invoice = writer.row(INVOICES, invoice)?;
    let total = totals::amount_to_pay(writer.database, &invoice);
    if total.number().unwrap_or_default() <= Decimal::ZERO {
        return Ok(());
    }
    let party = writer
        .database
        .follow(order.get("Customer"))
        .map_or(Value::Null, |customer| customer.get("Party").clone());
    let start = invoice.get("DocumentDate").clone();
    let due = match order.get("PaymentDueDate") {
        Value::Null => start.clone(),
        due => due.clone(),
    };
    // What is due with the order is due before its invoice is written.
    let start = match (start.time(), due.time()) {
        (Some(start), Some(due)) => Value::Time(start.min(due)),
        _ => start,
    };
    let row = writer.insert(CLAIMS)?;
    for (name, value) in [
        ("Party", party),
        ("EnterpriseCompany", order.get("EnterpriseCompany").clone()),
        ("Direction", Value::Member("Incoming")),
        ("TotalAmount", total),
        ("Currency", order.get("DocumentCurrency").clone()),
        ("DueStartDate", start),
        ("DueDate", due),
        ("RefDocument", Value::Reference(order.reference())),
        ("RefInvoiceDocument", Value::Reference(invoice.reference())),
        ("PaymentType", order.get("PaymentType").clone()),
    ] {
        writer.put(CLAIMS, row, name, value)?;
    }
    Ok(())
}
