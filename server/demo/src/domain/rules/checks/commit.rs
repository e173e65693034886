//! The rules that are asked before changed rows are saved.

use super::part_number;
use crate::domain::fault::Fault;
use crate::domain::rules::states;
use crate::domain::store::{Database, Row};
use crate::domain::value::Value;

/// What a changed row must fulfil before it is saved.
pub(crate) fn before_commit(database: &Database, row: &Row) -> Result<(), Fault> {
    let broken = |number, name, sentence: &str| Err(Fault::rule(number, name, "Commit", sentence));
    match row.entity.set {
        "Crm_Sales_Customers" if wrongly_serviced(database, row) => broken(
            "R27168",
            "CheckServicedByLocation",
            "The servicing location does not belong to the enterprise company of the customer.",
        ),
        "Crm_Sales_SalesOrders" if no_till_named(database, row) => broken(
            "R29753",
            "CheckPosLocation",
            "The location has active points of sale; the POS location is required.",
        ),
        "General_Products_Products" if foreign_group(database, row) => broken(
            "R17342",
            "CheckProductGroupEnterpriseCompany",
            &format!(
                "Product '{}' and its group belong to different enterprise companies.",
                part_number(row)
            ),
        ),
        _ => Ok(()),
    }
}

/// What must stay as it was when a saved row is saved again.
pub(crate) fn before_change(saved: &Row, changed: &Row) -> Result<(), Fault> {
    let other_party = saved.entity.set == "Crm_Sales_Customers"
        && saved.get("Party").id() != changed.get("Party").id();
    if other_party {
        return Err(Fault::rule(
            "R39605",
            "CheckCustomerParty",
            "Commit",
            "The party of a customer cannot be changed.",
        ));
    }
    Ok(())
}

/// Whether a location of the seller has a point of sale that is in use.
pub(super) fn has_active_till(database: &Database, location: &Row) -> bool {
    database
        .children(
            "Crm_Pos_Terminals",
            "EnterpriseCompanyLocation",
            location.id,
        )
        .iter()
        .any(|till| till.get("IsActive").is_true())
}

fn no_till_named(database: &Database, order: &Row) -> bool {
    // Documents that were finished before the till was put up may still be changed by their states.
    states::editable(order).is_ok()
        && *order.get("PosLocation") == Value::Null
        && database
            .follow(order.get("EnterpriseCompanyLocation"))
            .is_some_and(|location| has_active_till(database, location))
}

fn wrongly_serviced(database: &Database, customer: &Row) -> bool {
    let company = database
        .follow(customer.get("EnterpriseCompany"))
        .map(|company| company.get("Company").id());
    let location = database
        .follow(customer.get("ServicedByEnterpriseCompanyLocation"))
        .map(|location| location.get("Company").id());
    company
        .zip(location)
        .is_some_and(|(company, location)| company != location)
}

/// Products of a group that belongs to one company must belong to the same (entities.md §1.2).
fn foreign_group(database: &Database, product: &Row) -> bool {
    database
        .follow(product.get("ProductGroup"))
        .map(|group| group.get("EnterpriseCompany"))
        .is_some_and(|of| *of != Value::Null && of.id() != product.get("EnterpriseCompany").id())
}
