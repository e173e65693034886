//! The rules of promotional packages (entities.md §2.2): all lines of a package, in its exact multiple.
//!
//! Unverified: which of the three numbers is for which of the three mistakes.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Document, Rule, children, rule, unnumbered};
use crate::domain::rules::packages;
use crate::domain::store::Row;

pub(super) const RULES: &[Rule] = &[
    unnumbered("CheckPromotionalPackageValidity", |document| {
        sold(document)
            .into_iter()
            .find(|(package, _)| !packages::valid(document.database, document.order, package))
            .map(|(package, _)| {
                format!(
                    "Promotional package '{}' is not valid for the document.",
                    package.get("Code").text().unwrap_or_default()
                )
            })
    }),
    rule("R28393", "CheckPromotionalPackageComplete", |document| {
        let mut missing = sold(document).into_iter().filter(|(package, _)| {
            let there = quantities(document, package.id);
            content(document, package)
                .keys()
                .any(|product| !there.contains_key(product))
        });
        missing
            .next()
            .map(|_| "A line of a promotional package is missing.".to_owned())
    }),
    rule("R28700", "CheckPromotionalPackageQuantities", |document| {
        let mut wrong = sold(document).into_iter().filter(|(package, count)| {
            let wanted: BTreeMap<Uuid, Decimal> = content(document, package)
                .into_iter()
                .map(|(product, quantity)| (product, quantity * count))
                .collect();
            quantities(document, package.id) != wanted
        });
        wrong.next().map(|_| {
            "The quantities of a promotional package are not its exact multiple.".to_owned()
        })
    }),
    rule("R28919", "CheckPromotionalPackageRow", |document| {
        let sold: Vec<Uuid> = sold(document)
            .into_iter()
            .map(|(package, _)| package.id)
            .collect();
        document
            .lines
            .iter()
            .filter_map(|line| line.get("PromotionalPackage").id())
            .any(|package| !sold.contains(&package))
            .then(|| {
                "A line belongs to a promotional package that the document does not have."
                    .to_owned()
            })
    }),
];

/// The packages of the order and how many of each.
fn sold<'a>(document: &Document<'a>) -> Vec<(&'a Row, Decimal)> {
    document
        .owned("Crm_Sales_SalesOrderPromotionalPackages")
        .into_iter()
        .filter_map(|row| {
            let package = document.database.follow(row.get("PromotionalPackage"))?;
            Some((package.as_ref(), row.get("Quantity").number()?))
        })
        .collect()
}

/// What one package holds, in base units.
fn content(document: &Document<'_>, package: &Row) -> BTreeMap<Uuid, Decimal> {
    let mut content = BTreeMap::new();
    for line in children(
        document.database,
        "Crm_Pricing_PromotionalPackageLines",
        "PromotionalPackage",
        package,
    ) {
        if let Some((product, quantity)) = packages::quantity(document.database, line) {
            *content.entry(product).or_default() += quantity;
        }
    }
    content
}

/// What the order's lines hold of a package, in base units.
fn quantities(document: &Document<'_>, package: Uuid) -> BTreeMap<Uuid, Decimal> {
    let mut sums = BTreeMap::new();
    for line in &document.lines {
        if line.get("PromotionalPackage").id() == Some(package)
            && let Some(product) = line.get("Product").id()
        {
            *sums.entry(product).or_default() += Document::base(line);
        }
    }
    sums
}
