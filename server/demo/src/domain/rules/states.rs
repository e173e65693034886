//! The life of documents: `ChangeState`, `MakeVoid`, and the rules that stand in the way (entities.md §8).

use rust_decimal::Decimal;
use uuid::Uuid;

use super::{front_end, totals};
use crate::domain::fault::Fault;
use crate::domain::schema::DOCUMENT_STATE;
use crate::domain::store::{Database, Row};
use crate::domain::value::{Reference, Value, day};
use crate::domain::write::Writer;

const ORDERS: &str = "Crm_Sales_SalesOrders";
const CHANGES: &str = "General_Documents_DocumentStateChanges";
const PLANNED: i64 = 10;
const RELEASED: i64 = 30;
const COMPLETED: i64 = 40;

/// The number of a document's state.
pub(crate) fn number(order: &Row) -> i64 {
    match order.get("State") {
        Value::Member(state) => DOCUMENT_STATE.number(state).unwrap_or_default(),
        _ => 0,
    }
}

/// Released documents and those above refuse edits, void ones too (entities.md §8.1).
pub(crate) fn editable(order: &Row) -> Result<(), Fault> {
    if order.get("Void").is_true() {
        return Err(Fault::Validation(
            "The document is void and cannot be changed.".to_owned(),
        ));
    }
    if number(order) >= RELEASED {
        return Err(Fault::Validation(
            "The document is released. Use adjustment documents to change it.".to_owned(),
        ));
    }
    Ok(())
}

/// `ChangeState {newState, userStatus?}`.
pub(crate) fn change(
    writer: &mut Writer<'_>,
    id: Uuid,
    new_state: &str,
    status: Option<Reference>,
) -> Result<(), Fault> {
    let order = writer.row(ORDERS, id)?;
    if order.get("Void").is_true() {
        return Err(Fault::Validation(
            "The document is void; its state cannot be changed.".to_owned(),
        ));
    }
    let refused = || {
        Fault::Validation(format!(
            "The state of the document cannot be changed to {new_state}."
        ))
    };
    let state = DOCUMENT_STATE
        .member(new_state)
        .filter(|state| *state != "Adjustment")
        .ok_or_else(refused)?;
    let (from, to) = (
        number(&order),
        DOCUMENT_STATE.number(state).unwrap_or_default(),
    );
    // Back only one step, and never out of Released.
    if to < from && !matches!((from, to), (10, 0) | (20, 10) | (40, 30) | (50, 40)) {
        return Err(refused());
    }
    if let Some(status) = status {
        let row = writer.database.row(status.set, status.id);
        let fits = row.is_some_and(|row| {
            *row.get("State") == Value::Member(state)
                && row.get("DocumentType").id() == order.get("DocumentType").id()
        });
        if !fits {
            return Err(Fault::Validation(format!(
                "The user status is not defined for state {state} of this document type."
            )));
        }
    }
    front_end::recalculate(writer, id)?;
    let order = writer.row(ORDERS, id)?;
    if to >= PLANNED {
        planned(writer.database, &order)?;
    }
    if to >= RELEASED && from < RELEASED {
        released(writer.database, &order)?;
    }
    writer.put(ORDERS, id, "State", Value::Member(state))?;
    writer.put(
        ORDERS,
        id,
        "UserStatus",
        status.map_or(Value::Null, Value::Reference),
    )?;
    let now = Value::Time(writer.now);
    if to >= RELEASED && from < RELEASED {
        writer.put(ORDERS, id, "ReleaseTime", now.clone())?;
    }
    if to >= COMPLETED && from < COMPLETED {
        writer.put(ORDERS, id, "CompleteTime", now)?;
    }
    writer.put(ORDERS, id, "ReadOnly", Value::Bool(to >= RELEASED))?;
    history(writer, id, state, status)
}

/// `MakeVoid {reason, voidType}`: a flag beside the state.
pub(crate) fn make_void(writer: &mut Writer<'_>, id: Uuid, reason: &str) -> Result<(), Fault> {
    let order = writer.row(ORDERS, id)?;
    if reason.trim().is_empty() {
        return Err(Fault::Validation(
            "The reason for making the document void is required.".to_owned(),
        ));
    }
    if order.get("Void").is_true() {
        return Err(Fault::Validation(
            "The document is void already.".to_owned(),
        ));
    }
    writer.put(ORDERS, id, "Void", Value::Bool(true))?;
    writer.put(ORDERS, id, "VoidReason", Value::Text(reason.to_owned()))?;
    let state = match order.get("State") {
        Value::Member(state) => state,
        _ => "New",
    };
    history(writer, id, state, None)
}

fn history(
    writer: &mut Writer<'_>,
    id: Uuid,
    state: &'static str,
    status: Option<Reference>,
) -> Result<(), Fault> {
    let order = writer.row(ORDERS, id)?;
    let row = writer.insert(CHANGES)?;
    for (name, value) in [
        ("Document", Value::Reference(order.reference())),
        ("NewState", Value::Member(state)),
        ("UpdateTime", Value::Time(writer.now)),
        ("Void", order.get("Void").clone()),
        ("UserStatus", status.map_or(Value::Null, Value::Reference)),
        ("SystemInitiated", Value::Bool(false)),
    ] {
        writer.put(CHANGES, row, name, value)?;
    }
    Ok(())
}

fn broken(number: &str, name: &str, sentence: &str) -> Fault {
    Fault::rule(number, name, "StateChange", sentence)
}

/// The rules of Planned and up (entities.md §8.4).
fn planned(database: &Database, order: &Row) -> Result<(), Fault> {
    let company = order.get("EnterpriseCompany").id();
    let date = day(order
        .get("DocumentDate")
        .time()
        .unwrap_or(time::OffsetDateTime::UNIX_EPOCH));
    let customer = database.follow(order.get("Customer"));
    let ship_to = database.follow(order.get("ShipToCustomer"));
    if customer.is_some_and(|customer| {
        customer
            .get("EnterpriseCompany")
            .id()
            .is_some_and(|of| Some(of) != company)
    }) {
        return Err(broken(
            "R27179",
            "CheckCustomerEnterpriseCompany",
            "The customer belongs to another enterprise company.",
        ));
    }
    let valid = |row: &Row| {
        row.get("Active").is_true()
            && row
                .get("FromDate")
                .time()
                .is_none_or(|from| day(from) <= date)
            && row
                .get("ThruDate")
                .time()
                .is_none_or(|thru| date <= day(thru))
    };
    if customer.is_some_and(|customer| !valid(customer)) {
        return Err(broken(
            "R28364",
            "CheckCustomersValidity",
            "The customer is not valid on the document date.",
        ));
    }
    if ship_to.is_some_and(|customer| !valid(customer)) {
        return Err(broken(
            "R28369",
            "CheckShipToCustomersValidity",
            "The ship-to customer is not valid on the document date.",
        ));
    }
    if let Some(address) = database.follow(order.get("ShipToPartyContactMechanism")) {
        let party = address.get("Party").id();
        if ![customer, ship_to]
            .into_iter()
            .flatten()
            .any(|customer| customer.get("Party").id() == party)
        {
            let sentence =
                "The delivery address belongs neither to the customer nor to the ship-to customer.";
            return Err(broken("R28339", "CheckShipToContactMechanism", sentence));
        }
    }
    let lines = database.children("Crm_Sales_SalesOrderLines", "SalesOrder", order.id);
    if lines.iter().any(|line| {
        line.get("Quantity")
            .number()
            .is_some_and(|quantity| quantity < Decimal::ZERO)
    }) {
        return Err(broken(
            "R28348",
            "CheckAllowedDirections",
            "The document type does not allow returns.",
        ));
    }
    Ok(())
}

/// The rules of release (entities.md §8.4).
fn released(database: &Database, order: &Row) -> Result<(), Fault> {
    for line in database.children("Crm_Sales_SalesOrderLines", "SalesOrder", order.id) {
        let Some(product) = database.follow(line.get("Product")) else {
            continue;
        };
        let number = product.get("PartNumber").text().unwrap_or_default();
        if !product.get("Active").is_true() {
            return Err(Fault::Validation(format!(
                "Product '{number}' is not active."
            )));
        }
        // The least of the sale is in base units; a line priced by the common model has none of those.
        let base = line
            .get("QuantityBase")
            .number()
            .or_else(|| line.get("Quantity").number())
            .unwrap_or_default();
        if product
            .get("MinimalSalesQuantityBase")
            .number()
            .is_some_and(|least| base < least)
        {
            return Err(broken(
                "R23171-1",
                "CheckMinimalSalesQuantity",
                &format!("The quantity of product '{number}' is below its minimum."),
            ));
        }
        let links = database.children(
            "Crm_Marketing_ProductDistributionChannels",
            "Product",
            product.id,
        );
        let least = links
            .into_iter()
            .find(|link| {
                link.get("DistributionChannel").id() == order.get("DistributionChannel").id()
            })
            .and_then(|link| link.get("MinimalSalesQuantityBase").number());
        if least.is_some_and(|least| base < least) {
            let sentence = format!(
                "The quantity of product '{number}' is below the minimum of the distribution channel."
            );
            return Err(broken("R23171-2", "CheckMinimalChannelQuantity", &sentence));
        }
    }
    let total = totals::line_amount(database, order)
        .number()
        .unwrap_or_default();
    if let Some(kind) = order.get("DocumentType").id() {
        let options = database.children("Crm_Sales_SalesOrdersOptions", "DocumentType", kind);
        if options
            .iter()
            .filter_map(|row| row.get("MinimumAmount").number())
            .any(|least| total < least)
        {
            return Err(broken(
                "R28344",
                "CheckMinimumAmount",
                "The amount of the order is below the minimum of the document type.",
            ));
        }
    }
    let Some(customer) = database.follow(order.get("Customer")) else {
        return Ok(());
    };
    if let Some(party) = database.follow(customer.get("Party"))
        && database
            .follow(party.get("Country"))
            .is_some_and(|country| country.get("Code").text() == Some("BG"))
        && party
            .get("RegistrationNumber")
            .text()
            .is_none_or(str::is_empty)
    {
        return Err(broken(
            "R28427",
            "CheckRegistrationNumber",
            "The registration number of the customer's company is missing.",
        ));
    }
    if let Some(store) = database.follow(order.get("Store"))
        && store.get("EnterpriseCompany").id() != order.get("EnterpriseCompany").id()
    {
        return Err(broken(
            "R31213",
            "CheckStoreEnterpriseCompany",
            "The warehouse belongs to another enterprise company.",
        ));
    }
    credit(database, order, customer)
}

/// Released and unfinished orders of the customer together must stay within the credit limit. It has no rule number.
/// Unverified: what exactly counts against the limit.
fn credit(database: &Database, order: &Row, customer: &Row) -> Result<(), Fault> {
    let Some(limit) = customer.get("CreditLimit").number() else {
        return Ok(());
    };
    let open: Decimal = database
        .rows(ORDERS)
        .into_iter()
        .filter(|other| {
            other.id == order.id
                || (other.get("Customer").id() == Some(customer.id)
                    && number(other) == RELEASED
                    && !other.get("Void").is_true())
        })
        .filter_map(|other| totals::amount_to_pay(database, other).number())
        .sum();
    if open > limit {
        return Err(Fault::Validation("An error occurred while saving data to the database\r\nThe credit limit of the customer is exceeded.".to_owned()));
    }
    Ok(())
}
