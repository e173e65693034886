//! The rules that stand in the way of sales orders (entities.md §8.4), each under its number.
//!
//! Operators can switch rules off and add their own; neither is imitated.

mod commit;
mod money;
mod packages;
mod planned;
mod release;
mod returns;

use rust_decimal::Decimal;
use time::OffsetDateTime;

use crate::domain::fault::Fault;
use crate::domain::rules::states::{PLANNED, RELEASED};
use crate::domain::rules::totals;
use crate::domain::store::{Database, Row};
use crate::domain::value::{Value, day};

pub(crate) use commit::{before_change, before_commit};

/// The number from which on documents are planned by a person.
const FIRM_PLANNED: i64 = 20;

/// One rule: its number (some have none), its name in error texts, and what is wrong with a document, if anything.
struct Rule {
    number: Option<&'static str>,
    name: &'static str,
    wrong: fn(&Document<'_>) -> Option<String>,
}

const fn rule(
    number: &'static str,
    name: &'static str,
    wrong: fn(&Document<'_>) -> Option<String>,
) -> Rule {
    Rule {
        number: Some(number),
        name,
        wrong,
    }
}

/// A rule that entities.md §8.4 names without a number.
const fn unnumbered(name: &'static str, wrong: fn(&Document<'_>) -> Option<String>) -> Rule {
    Rule {
        number: None,
        name,
        wrong,
    }
}

/// A sales order with what rules look at.
struct Document<'a> {
    database: &'a Database,
    order: &'a Row,
    lines: Vec<&'a Row>,
}

impl<'a> Document<'a> {
    fn of(database: &'a Database, order: &'a Row) -> Self {
        Self {
            database,
            order,
            lines: children(database, "Crm_Sales_SalesOrderLines", "SalesOrder", order),
        }
    }

    fn follow(&self, name: &str) -> Option<&'a Row> {
        self.database
            .follow(self.order.get(name))
            .map(AsRef::as_ref)
    }

    /// Day of the document.
    fn date(&self) -> OffsetDateTime {
        let date = self.order.get("DocumentDate").time();
        day(date.unwrap_or(OffsetDateTime::UNIX_EPOCH))
    }

    fn total(&self) -> Decimal {
        totals::line_amount(self.database, self.order)
            .number()
            .unwrap_or_default()
    }

    fn to_pay(&self) -> Decimal {
        totals::amount_to_pay(self.database, self.order)
            .number()
            .unwrap_or_default()
    }

    /// The options of the document's type.
    fn options(&self) -> Option<&'a Row> {
        let kind = self.follow("DocumentType")?;
        children(
            self.database,
            "Crm_Sales_SalesOrdersOptions",
            "DocumentType",
            kind,
        )
        .first()
        .copied()
    }

    /// Rows of a child set that are owned by the order.
    fn owned(&self, set: &str) -> Vec<&'a Row> {
        children(self.database, set, "SalesOrder", self.order)
    }

    /// A line's quantity in base units; a line of the common model has only its own.
    fn base(line: &Row) -> Decimal {
        line.get("QuantityBase")
            .number()
            .or_else(|| line.get("Quantity").number())
            .unwrap_or_default()
    }
}

fn children<'a>(database: &'a Database, set: &str, owner: &str, row: &Row) -> Vec<&'a Row> {
    database
        .children(set, owner, row.id)
        .into_iter()
        .map(AsRef::as_ref)
        .collect()
}

/// Part number of a product, for sentences.
fn part_number(product: &Row) -> &str {
    product.get("PartNumber").text().unwrap_or_default()
}

/// What a document must fulfil to go from one state up to another: the rules of every state it passes.
pub(crate) fn before_state(
    database: &Database,
    order: &Row,
    from: i64,
    to: i64,
) -> Result<(), Fault> {
    let document = Document::of(database, order);
    let passes = |state: i64| to >= state && from < state;
    let tables = [
        (to > from && to >= PLANNED, planned::RULES),
        (passes(FIRM_PLANNED), planned::FIRM),
        (passes(RELEASED), release::RULES),
        (passes(RELEASED), returns::RULES),
        (passes(RELEASED), packages::RULES),
        (passes(RELEASED), money::RULES),
    ];
    tables
        .into_iter()
        .filter(|(applies, _)| *applies)
        .flat_map(|(_, rules)| rules)
        .try_for_each(|rule| judge(rule, &document, "StateChange"))
}

fn judge(rule: &Rule, document: &Document<'_>, event: &str) -> Result<(), Fault> {
    let Some(sentence) = (rule.wrong)(document) else {
        return Ok(());
    };
    Err(match rule.number {
        Some(number) => Fault::rule(number, rule.name, event, &sentence),
        None => Fault::Validation(format!(
            "An error occurred while saving data to the database\r\n{}: {sentence}",
            rule.name
        )),
    })
}

/// Whether an attribute that names an enterprise company names another one than the document; none is everybody's.
fn foreign(document: &Document<'_>, of: &Row) -> bool {
    let company = of.get("EnterpriseCompany");
    *company != Value::Null && company.id() != document.order.get("EnterpriseCompany").id()
}
