//! Printouts of orders and invoices (`GetPrintout`, entities.md §8.3): what stands on the paper, in the language of the call.
//!
//! Of the documented formats `pdf`, `html` and `txt` are made; the layout of the real ones is the operator's.

mod pdf;
mod plain;

use rust_decimal::Decimal;

use super::fault::Fault;
use super::rules::totals;
use super::store::{Database, Row};
use super::value::{Ml, Value};
use crate::html::Language;

/// A document as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Paper {
    language: Language,
    title: String,
    /// What stands beside the title: dates, the buyer's number, the order of an invoice.
    facts: Vec<(String, String)>,
    seller: Vec<String>,
    buyer: Vec<String>,
    heads: [&'static str; 6],
    rows: Vec<[String; 6]>,
    totals: Vec<(String, String)>,
    notes: Vec<String>,
    page: &'static str,
}

/// The file in one of the formats.
pub(crate) fn print(
    database: &Database,
    document: &Row,
    format: Option<&str>,
    language: Language,
) -> Result<Vec<u8>, Fault> {
    let paper = Paper::of(database, document, language);
    match format.unwrap_or("pdf").to_ascii_lowercase().as_str() {
        "pdf" => pdf::file(&paper)
            .ok_or_else(|| Fault::Operation("The printout could not be made.".to_owned())),
        "html" => Ok(plain::html(&paper).into_bytes()),
        "txt" => Ok(plain::text(&paper).into_bytes()),
        other => Err(Fault::Operation(format!(
            "File format '{other}' is not supported."
        ))),
    }
}

/// A letter with a heading and some lines, as a PDF; `None` if the fonts could not be read.
pub(crate) fn letter(title: &str, lines: &[&str], language: Language) -> Option<Vec<u8>> {
    pdf::file(&Paper {
        language,
        title: title.to_owned(),
        facts: Vec::new(),
        seller: Vec::new(),
        buyer: Vec::new(),
        heads: [""; 6],
        rows: Vec::new(),
        totals: Vec::new(),
        notes: lines.iter().map(|line| (*line).to_owned()).collect(),
        page: word(language, "Page", "Страница"),
    })
}

/// One of two words.
fn word(language: Language, english: &'static str, bulgarian: &'static str) -> &'static str {
    match language {
        Language::English => english,
        Language::Bulgarian => bulgarian,
    }
}

impl Paper {
    fn of(database: &Database, document: &Row, language: Language) -> Self {
        let word = |english, bulgarian| word(language, english, bulgarian);
        let invoice = document.entity.set == "Crm_Invoicing_Invoices";
        let number = document.get("DocumentNo").text().unwrap_or("—");
        let title = if invoice {
            word("Invoice", "Фактура")
        } else {
            word("Sales order", "Поръчка")
        };
        let mut facts = Vec::new();
        for (name, head) in [
            ("DocumentDate", word("Date", "Дата")),
            ("CustomerPurchaseOrderNo", word("Your number", "Ваш номер")),
            ("PaymentDueDate", word("Payable by", "Платимо до")),
        ] {
            let value = match document.get(name) {
                Value::Time(time) => time.date().to_string(),
                Value::Text(text) if !text.is_empty() => text.clone(),
                _ => continue,
            };
            facts.push((head.to_owned(), value));
        }
        if let Some(parent) = database.follow(document.get("Parent")) {
            facts.push((
                word("Order", "Поръчка").to_owned(),
                database.display(parent, language),
            ));
        }
        if document.get("Void").is_true() {
            let reason = document.get("VoidReason").text().unwrap_or_default();
            facts.push((word("Void", "Анулирана").to_owned(), reason.to_owned()));
        }
        let notes = document.get("DocumentNotes").text().unwrap_or_default();
        Self {
            language,
            title: format!("{title} {number}"),
            facts,
            seller: seller(database, document, language),
            buyer: buyer(database, document, language),
            heads: [
                word("No", "№"),
                word("Product", "Продукт"),
                word("Quantity", "Количество"),
                word("Price", "Цена"),
                word("Discount", "Отстъпка"),
                word("Amount", "Сума"),
            ],
            rows: totals::lines(database, document)
                .into_iter()
                .map(|line| row(database, line, language))
                .collect(),
            totals: sums(database, document, language),
            notes: notes.lines().map(str::to_owned).collect(),
            page: word("Page", "Страница"),
        }
    }
}

/// A multi-language text in the language of the paper.
fn said(value: &Value, language: Language) -> String {
    match value {
        Value::Ml(ml) => Ml::text(ml, language.tag()).to_owned(),
        Value::Text(text) => text.clone(),
        _ => String::new(),
    }
}

fn seller(database: &Database, document: &Row, language: Language) -> Vec<String> {
    database
        .follow(document.get("EnterpriseCompany"))
        .and_then(|company| database.follow(company.get("Company")))
        .map_or_else(Vec::new, |party| party_lines(party, language))
}

fn buyer(database: &Database, document: &Row, language: Language) -> Vec<String> {
    let party = database
        .follow(document.get("Customer"))
        .and_then(|customer| database.follow(customer.get("Party")));
    let mut lines = party.map_or_else(Vec::new, |party| party_lines(party, language));
    if let Some(address) = database.follow(document.get("ShipToPartyContactMechanism")) {
        lines.push(said(address.get("Name"), language));
    }
    lines
}

fn party_lines(party: &Row, language: Language) -> Vec<String> {
    let mut lines = vec![said(party.get("PartyName"), language)];
    for (name, head) in [
        ("RegistrationNumber", word(language, "Company No", "ЕИК")),
        (
            "RegistrationVATNumber",
            word(language, "VAT No", "ИН по ЗДДС"),
        ),
    ] {
        if let Some(text) = party.get(name).text() {
            lines.push(format!("{head} {text}"));
        }
    }
    lines.push(said(party.get("City"), language));
    lines.retain(|line| !line.is_empty());
    lines
}

fn row(database: &Database, line: &Row, language: Language) -> [String; 6] {
    let number = |name: &str| line.get(name).number().unwrap_or_default();
    let part_number = database
        .follow(line.get("Product"))
        .and_then(|product| product.get("PartNumber").text())
        .unwrap_or_default();
    let unit = match line.get("Quantity") {
        Value::Quantity(_, unit) => unit.as_str(),
        _ => "",
    };
    let kept = (Decimal::ONE - number("LineStandardDiscountPercent"))
        * (Decimal::ONE - number("LineCustomDiscountPercent"));
    let discount = (Decimal::ONE - kept) * Decimal::ONE_HUNDRED;
    [
        number("LineNo").normalize().to_string(),
        format!(
            "{part_number} {}",
            said(line.get("ProductDescription"), language)
        ),
        format!("{} {unit}", number("Quantity").normalize()),
        money(number("UnitPrice")),
        if discount.is_zero() {
            String::new()
        } else {
            format!("{} %", discount.round_dp(2).normalize())
        },
        money(number("LineAmount")),
    ]
}

/// At least two decimal places, more where a price has them.
fn money(value: Decimal) -> String {
    let mut value = value.normalize();
    if value.scale() < 2 {
        value.rescale(2);
    }
    value.to_string()
}

fn sums(database: &Database, document: &Row, language: Language) -> Vec<(String, String)> {
    let show = |value: &Value| match value {
        Value::Amount(value, currency) => format!("{} {currency}", money(*value)),
        _ => String::new(),
    };
    let mut sums = vec![(
        word(language, "Lines", "Общо редове").to_owned(),
        show(&totals::line_amount(database, document)),
    )];
    for amount in database.children("General_Documents_DocumentAmounts", "Document", document.id) {
        let kind = database.follow(amount.get("DocumentAmountType"));
        let name = kind.map_or_else(String::new, |kind| {
            said(kind.get("AmountTypeName"), language)
        });
        let percent = amount
            .get("InputPercent")
            .number()
            .map_or_else(String::new, |percent| {
                format!(" {} %", (percent * Decimal::ONE_HUNDRED).normalize())
            });
        sums.push((format!("{name}{percent}"), show(amount.get("InputAmount"))));
    }
    sums.push((
        word(language, "To pay", "За плащане").to_owned(),
        show(&totals::amount_to_pay(database, document)),
    ));
    sums
}
