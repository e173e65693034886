//! The rules of release that look at goods, amounts and places.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Document, Rule, children, foreign, part_number, rule, unnumbered};
use crate::domain::rules::availability;
use crate::domain::store::Row;
use crate::domain::value::{Value, day};

pub(super) const RULES: &[Rule] = &[
    unnumbered("CheckProductActive", |document| {
        let product = products(document)
            .into_keys()
            .filter_map(|id| product(document, id))
            .find(|product| !product.get("Active").is_true())?;
        Some(format!("Product '{}' is not active.", part_number(product)))
    }),
    rule("R23171-1", "CheckMinimalSalesQuantity", |document| {
        too_little(document, |product| {
            product.get("MinimalSalesQuantityBase").number()
        })
        .map(|number| format!("The quantity of product '{number}' is below its minimum."))
    }),
    rule("R23171-2", "CheckMinimalChannelQuantity", |document| {
        too_little(document, |product| {
            channel_link(document, product)?
                .get("MinimalSalesQuantityBase")
                .number()
        })
        .map(|number| {
            format!(
                "The quantity of product '{number}' is below the minimum of the distribution channel."
            )
        })
    }),
    rule("R28344", "CheckMinimumAmount", |document| {
        let least = document.options()?.get("MinimumAmount").number()?;
        (document.total() < least).then(|| {
            "The amount of the order is below the minimum of the document type.".to_owned()
        })
    }),
    unnumbered("CheckMinimalSalesPrice", below_floor),
    unnumbered("CheckAvailableQuantity", unavailable),
    rule("R28427", "CheckRegistrationNumber", |document| {
        let party = document
            .database
            .follow(document.follow("Customer")?.get("Party"))?;
        let country = document.database.follow(party.get("Country"))?;
        let missing = country.get("Code").text() == Some("BG")
            && party
                .get("RegistrationNumber")
                .text()
                .is_none_or(str::is_empty);
        missing.then(|| "The registration number of the customer's company is missing.".to_owned())
    }),
    rule("R31213", "CheckStoreEnterpriseCompany", |document| {
        foreign(document, document.follow("Store")?)
            .then(|| "The warehouse belongs to another enterprise company.".to_owned())
    }),
    // Unverified: that the second number is for the warehouses of lines.
    rule("R31215", "CheckLineStoreEnterpriseCompany", |document| {
        document
            .lines
            .iter()
            .filter_map(|line| document.database.follow(line.get("LineStore")))
            .any(|store| foreign(document, store))
            .then(|| "The warehouse of a line belongs to another enterprise company.".to_owned())
    }),
];

fn product<'a>(document: &Document<'a>, id: Uuid) -> Option<&'a Row> {
    document
        .database
        .row("General_Products_Products", id)
        .map(AsRef::as_ref)
}

/// The products of the order with their quantities in base units: minimums are for the order, not for a line
/// (entities.md §1.1).
fn products(document: &Document<'_>) -> BTreeMap<Uuid, Decimal> {
    let mut sums = BTreeMap::new();
    for line in &document.lines {
        if let Some(id) = line.get("Product").id() {
            *sums.entry(id).or_default() += Document::base(line);
        }
    }
    sums
}

/// Part number of a product whose quantity is below a minimum.
fn too_little(document: &Document<'_>, least: impl Fn(&Row) -> Option<Decimal>) -> Option<String> {
    products(document).into_iter().find_map(|(id, quantity)| {
        let product = product(document, id)?;
        (quantity < least(product)?).then(|| part_number(product).to_owned())
    })
}

/// The product's link to the channel of the order that is in force on the document's date.
fn channel_link<'a>(document: &Document<'a>, product: &Row) -> Option<&'a Row> {
    let channel = document.order.get("DistributionChannel").id()?;
    let date = document.date();
    let in_force = |link: &Row| {
        let bound = |name: &str| link.get(name).time().map(day);
        link.get("DistributionChannel").id() == Some(channel)
            && link.get("IsActive").is_true()
            && bound("FromDate").is_none_or(|from| from <= date)
            && bound("ToDate").is_none_or(|to| date <= to)
    };
    children(
        document.database,
        "Crm_Marketing_ProductDistributionChannels",
        "Product",
        product,
    )
    .into_iter()
    .find(|link| in_force(link))
}

/// The price of a line after discounts, by base unit, against the floors of its product and of the channel.
/// Unverified: that discounts are taken off first, and that the rule has no number.
fn below_floor(document: &Document<'_>) -> Option<String> {
    document.lines.iter().find_map(|line| {
        let product = document.database.follow(line.get("Product"))?;
        let quantity = Document::base(line);
        if quantity <= Decimal::ZERO {
            return None;
        }
        let net = line.get("LineAmount").number().unwrap_or_default() / quantity;
        let lot = product
            .get("StandardLotSizeBase")
            .number()
            .unwrap_or(Decimal::ONE);
        let floor = |row: &Row| {
            row.get("MinimalSalesPricePerLot")
                .number()
                .and_then(|floor| floor.checked_div(lot))
        };
        let below = [Some(product.as_ref()), channel_link(document, product)]
            .into_iter()
            .flatten()
            .filter_map(floor)
            .any(|floor| net < floor);
        below.then(|| {
            format!(
                "The price of product '{}' is below its minimal sales price.",
                part_number(product)
            )
        })
    })
}

/// `AvailableQuantityOnly`: what is ordered must be there to promise, in the warehouse of the line.
fn unavailable(document: &Document<'_>) -> Option<String> {
    if !document.options()?.get("AvailableQuantityOnly").is_true() {
        return None;
    }
    let mut wanted: BTreeMap<(Uuid, Uuid), Decimal> = BTreeMap::new();
    for line in &document.lines {
        let store = match line.get("LineStore") {
            Value::Null => document.order.get("Store"),
            own => own,
        };
        if let (Some(product), Some(store)) = (line.get("Product").id(), store.id()) {
            *wanted.entry((product, store)).or_default() += Document::base(line);
        }
    }
    wanted.into_iter().find_map(|((id, store), quantity)| {
        let product = product(document, id)?;
        let stocked = document
            .database
            .follow(product.get("ProductType"))
            .is_some_and(|kind| kind.get("IsStocked").is_true());
        let there = availability::to_promise(document.database, id, store, document.date());
        (stocked && there < quantity).then(|| {
            format!(
                "The available quantity of product '{}' is not enough.",
                part_number(product)
            )
        })
    })
}
