//! Papers that a portal must not take for what they look like: a draft of an invoice, a credit note, money that we owe, an
//! internal attachment.

use std::sync::Arc;

use rust_decimal::Decimal;
use time::Duration;
use uuid::Uuid;

use super::seller::{AMOUNT_TYPES, COMPANIES, CURRENCIES, PARTY_COMPANIES, UNITS};
use super::{INVOICE_TYPE, ml, row_of, text, to};
use crate::domain::fault::Fault;
use crate::domain::value::{Reference, Value, day};
use crate::domain::version::Version;
use crate::domain::write::{Changes, Model, Writer};
use crate::instance::Instance;

const INVOICES: &str = "Crm_Invoicing_Invoices";
const CUSTOMER: &str = "000412";

impl Instance {
    /// Adds the papers to those of the past orders.
    pub(super) fn sow_papers(&self) -> Result<(), Fault> {
        let now = self.clock.now();
        let mut data = self.domain.data();
        let (mut database, mut changes) = (data.database.clone(), Changes::new());
        let mut writer = Writer {
            database: &mut database,
            changes: &mut changes,
            model: Model::Common,
            version: Version::default(),
            now: now - Duration::days(2),
            random: &self.random,
        };
        let draft = invoice(&mut writer, "New", 5)?;
        put(
            &mut writer,
            INVOICES,
            draft,
            vec![("VATNotes", text("Draft, not sent yet"))],
        )?;
        let note = invoice(&mut writer, "Released", -2)?;
        let original = writer
            .database
            .rows(INVOICES)
            .into_iter()
            .find(|invoice| {
                *invoice.get("Customer") == to("Crm_Sales_Customers", CUSTOMER)
                    && *invoice.get("Parent") != Value::Null
            })
            .map_or(Value::Null, |invoice| Value::Reference(invoice.reference()));
        put(
            &mut writer,
            INVOICES,
            note,
            vec![
                ("CreditNoteOriginalInvoice", original),
                (
                    "CreditNoteDescription",
                    text("Two mugs arrived broken · Две счупени чаши"),
                ),
            ],
        )?;
        let today = Value::Time(day(writer.now));
        add(
            &mut writer,
            "Finance_Payments_PaymentOrders",
            vec![
                ("Party", to(PARTY_COMPANIES, CUSTOMER)),
                ("EnterpriseCompany", to(COMPANIES, "ognishte")),
                ("Direction", Value::Member("Outgoing")),
                ("TotalAmount", eur(1536)),
                ("Currency", to(CURRENCIES, "EUR")),
                ("DueStartDate", today.clone()),
                ("DueDate", today),
                ("RefInvoiceDocument", link(INVOICES, note)),
            ],
        )?;
        attachment(&mut writer)?;
        data.commit(database, changes, &self.random, now)
    }
}

fn link(set: &'static str, id: Uuid) -> Value {
    Value::Reference(Reference { set, id })
}

fn eur(cents: i64) -> Value {
    Value::Amount(Decimal::new(cents, 2), "EUR".to_owned())
}

fn put(
    writer: &mut Writer<'_>,
    set: &'static str,
    id: Uuid,
    values: Vec<(&str, Value)>,
) -> Result<(), Fault> {
    values
        .into_iter()
        .try_for_each(|(name, value)| writer.put(set, id, name, value))
}

fn add(
    writer: &mut Writer<'_>,
    set: &'static str,
    values: Vec<(&str, Value)>,
) -> Result<Uuid, Fault> {
    let id = writer.insert(set)?;
    put(writer, set, id, values)?;
    Ok(id)
}

/// An invoice over so many mugs at 6.40 with VAT.
fn invoice(writer: &mut Writer<'_>, state: &'static str, mugs: i64) -> Result<Uuid, Fault> {
    let today = Value::Time(day(writer.now));
    let invoice = add(
        writer,
        INVOICES,
        vec![
            ("EntityName", text("Crm_Invoices")),
            ("DocumentType", row_of(INVOICE_TYPE)),
            ("EnterpriseCompany", to(COMPANIES, "ognishte")),
            ("Customer", to("Crm_Sales_Customers", CUSTOMER)),
            ("DocumentCurrency", to(CURRENCIES, "EUR")),
            ("DocumentDate", today.clone()),
            ("PaymentDueDate", today),
            ("State", Value::Member(state)),
        ],
    )?;
    add(
        writer,
        "Crm_Invoicing_InvoiceLines",
        vec![
            ("Invoice", link(INVOICES, invoice)),
            ("LineNo", Value::Int(10)),
            ("Product", to("General_Products_Products", "KM-RIN-CR")),
            (
                "ProductDescription",
                ml("Mug Rini, cream", "Чаша „Рини“, кремава"),
            ),
            (
                "Quantity",
                Value::Quantity(Decimal::from(mugs), "pcs".to_owned()),
            ),
            ("QuantityUnit", to(UNITS, "pcs")),
            ("UnitPrice", eur(640)),
            ("LineAmount", eur(640 * mugs)),
        ],
    )?;
    add(
        writer,
        "General_Documents_DocumentAmounts",
        vec![
            ("Document", link(INVOICES, invoice)),
            ("DocumentAmountType", to(AMOUNT_TYPES, "VAT")),
            ("BaseAmount", eur(640 * mugs)),
            ("InputPercent", Value::Decimal(Decimal::new(2, 1))),
            ("InputAmount", eur(128 * mugs)),
            ("TotalDistributedAmount", eur(128 * mugs)),
        ],
    )?;
    Ok(invoice)
}

/// Attachments of documents carry no permission and are for staff only (entities.md §9.1).
fn attachment(writer: &mut Writer<'_>) -> Result<(), Fault> {
    let order = writer
        .database
        .find(
            "Crm_Sales_SalesOrders",
            "CustomerPurchaseOrderNo",
            "HH-2251",
        )
        .map(|order| order.reference())
        .ok_or(Fault::NotFound)?;
    let content = "Margin 31 %. Send the good pallets first.";
    add(
        writer,
        "General_Documents_DocumentFileAttachments",
        vec![
            ("Document", Value::Reference(order)),
            ("FileName", text("picking-notes.txt")),
            (
                "EmbeddedFileContents",
                Value::Bytes(Arc::from(content.as_bytes())),
            ),
        ],
    )?;
    Ok(())
}
