//! The rules of Planned and `FirmPlanned`.

use rust_decimal::Decimal;

use super::{Document, Rule, foreign, rule, unnumbered};
use crate::domain::store::Row;
use crate::domain::value::{Value, day};

/// Checked at every step up, from Planned on.
pub(super) const RULES: &[Rule] = &[
    rule("R27179", "CheckCustomerEnterpriseCompany", |document| {
        foreign(document, document.follow("Customer")?)
            .then(|| "The customer belongs to another enterprise company.".to_owned())
    }),
    unnumbered("CheckPrimaryCustomer", |document| {
        not_allowed(document, "Customer", "AllowUseAsPrimaryCustomer")
    }),
    unnumbered("CheckShipToCustomer", |document| {
        not_allowed(document, "ShipToCustomer", "AllowUseAsShipToCustomer")
    }),
    rule("R28364", "CheckCustomersValidity", |document| {
        invalid(document, document.follow("Customer")?)
            .then(|| "The customer is not valid on the document date.".to_owned())
    }),
    rule("R28369", "CheckShipToCustomersValidity", |document| {
        invalid(document, document.follow("ShipToCustomer")?)
            .then(|| "The ship-to customer is not valid on the document date.".to_owned())
    }),
    rule("R28339", "CheckShipToContactMechanism", foreign_address),
    rule("R28348", "CheckAllowedDirections", wrong_direction),
    rule("R28358", "CheckMixedDirections", |document| {
        let mixed = directions(document) == "AllowAnyButNotBoth"
            && document.lines.iter().any(|line| is_return(line))
            && document.lines.iter().any(|line| !is_return(line));
        mixed.then(|| "The document type does not allow sales and returns together.".to_owned())
    }),
    rule("R28215", "CheckQuantityAndAmountSigns", |document| {
        let sign = |line: &Row, name: &str| {
            line.get(name)
                .number()
                .filter(|number| !number.is_zero())
                .map(|number| number.is_sign_negative())
        };
        let differ = |line: &&Row| {
            sign(line, "Quantity")
                .zip(sign(line, "LineAmount"))
                .is_some_and(|(quantity, amount)| quantity != amount)
        };
        document
            .lines
            .iter()
            .any(differ)
            .then(|| "The quantity and the amount of a line have different signs.".to_owned())
    }),
    rule("R28778", "CheckPaymentPlanTotal", uncovered),
];

/// Checked when a document passes `FirmPlanned`.
pub(super) const FIRM: &[Rule] = &[rule("R29752", "CheckFiscalSaleNumber", |document| {
    let location = document.follow("EnterpriseCompanyLocation")?;
    let till = super::commit::has_active_till(document.database, location);
    let numbered = document.order.get("UniqueSaleNumber").text().is_some();
    (till && !numbered).then(|| {
        "The location has active points of sale; the fiscal number of the sale is required."
            .to_owned()
    })
})];

/// Unverified: that the two permissions of customers (entities.md §4.1) are asked with the validities; they have no number.
fn not_allowed(document: &Document<'_>, name: &str, permission: &str) -> Option<String> {
    let customer = document.follow(name)?;
    (!customer.get(permission).is_true())
        .then(|| format!("{permission} is not set for the {name} of the document."))
}

fn invalid(document: &Document<'_>, customer: &Row) -> bool {
    let date = document.date();
    let until = |name: &str| customer.get(name).time().map(day);
    !customer.get("Active").is_true()
        || until("FromDate").is_some_and(|from| date < from)
        || until("ThruDate").is_some_and(|thru| thru < date)
}

fn foreign_address(document: &Document<'_>) -> Option<String> {
    let party = document
        .follow("ShipToPartyContactMechanism")?
        .get("Party")
        .id();
    let own = ["Customer", "ShipToCustomer"]
        .into_iter()
        .filter_map(|name| document.follow(name))
        .any(|customer| customer.get("Party").id() == party);
    (!own).then(|| {
        "The delivery address belongs neither to the customer nor to the ship-to customer."
            .to_owned()
    })
}

fn directions(document: &Document<'_>) -> &'static str {
    match document
        .options()
        .map(|options| options.get("AllowedDirections"))
    {
        Some(Value::Member(directions)) => directions,
        _ => "NormalSale",
    }
}

fn is_return(line: &Row) -> bool {
    line.get("Quantity")
        .number()
        .is_some_and(|quantity| quantity < Decimal::ZERO)
}

/// Unverified: which of the two numbers of direction is for which case.
fn wrong_direction(document: &Document<'_>) -> Option<String> {
    let wrong: fn(&Row) -> bool = match directions(document) {
        "NormalSale" => is_return,
        "SalesReturn" => |line| !is_return(line),
        _ => return None,
    };
    let what = if directions(document) == "NormalSale" {
        "returns"
    } else {
        "sales"
    };
    document
        .lines
        .iter()
        .any(|line| wrong(line))
        .then(|| format!("The document type does not allow {what}."))
}

/// Fixed instalments and percents must make up the total, unless a remainder takes what is left of it.
fn uncovered(document: &Document<'_>) -> Option<String> {
    let plans = document.owned("Crm_Sales_SalesOrderPaymentPlans");
    if plans.is_empty() {
        return None;
    }
    let total = document.to_pay();
    let part = |plan: &Row| match plan.get("AmountType") {
        Value::Member("Percent") => plan
            .get("Percent")
            .number()
            .map(|percent| super::super::pricing::round(total * percent, 2)),
        Value::Member("Amount") => plan.get("Amount").number(),
        _ => None,
    };
    let fixed: Decimal = plans.iter().filter_map(|plan| part(plan)).sum();
    let covered = if plans
        .iter()
        .any(|plan| *plan.get("AmountType") == Value::Member("Remainder"))
    {
        fixed <= total
    } else {
        fixed == total
    };
    (!covered).then(|| "The payment plan does not cover the total of the document.".to_owned())
}
