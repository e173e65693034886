//! Front-end rules: what is filled in as attributes are set, inside a front-end transaction only (domain-api.md §11.3).

use rust_decimal::Decimal;
use time::Duration;
use uuid::Uuid;

use super::pricing::{Ask, round};
use super::{packages, totals, units};
use crate::domain::fault::Fault;
use crate::domain::store::Row;
use crate::domain::value::{Value, day};
use crate::domain::write::Writer;

const ORDERS: &str = "Crm_Sales_SalesOrders";
const LINES: &str = "Crm_Sales_SalesOrderLines";

/// An attribute of a row was set.
pub(crate) fn changed(
    writer: &mut Writer<'_>,
    set: &'static str,
    id: Uuid,
    attribute: &str,
) -> Result<(), Fault> {
    match (set, attribute) {
        (ORDERS, "Customer") => {
            customer_defaults(writer, id)?;
            dates(writer, id)?;
            reprice(writer, id)
        }
        (ORDERS, "DocumentDate") => {
            dates(writer, id)?;
            reprice(writer, id)
        }
        (
            ORDERS,
            "ShipToCustomer"
            | "DistributionChannel"
            | "PriceList"
            | "DocumentCurrency"
            | "EnterpriseCompany"
            | "EnterpriseCompanyLocation"
            | "RequiredDeliveryDate"
            | "ApplyTradeConditions",
        ) => reprice(writer, id),
        (LINES, "Product") => {
            start_line(writer, id)?;
            price_line(writer, id)
        }
        (
            LINES,
            "Quantity"
            | "QuantityUnit"
            | "RequiredDeliveryDate"
            | "ApplyTradeConditions"
            | "PromotionalPackage",
        ) => price_line(writer, id),
        (LINES, "UnitPrice" | "LineCustomDiscountPercent") => line_amount(writer, id),
        _ => Ok(()),
    }
}

/// What an order takes over from its customer.
fn customer_defaults(writer: &mut Writer<'_>, id: Uuid) -> Result<(), Fault> {
    let order = writer.row(ORDERS, id)?;
    let Some(customer) = writer
        .database
        .follow(order.get("Customer"))
        .map(|row| Row::clone(row))
    else {
        return Ok(());
    };
    for (own, of_customer) in [
        ("PriceList", "DefaultPriceList"),
        ("DistributionChannel", "DefaultDistributionChannel"),
        ("PaymentType", "DefaultPaymentType"),
    ] {
        writer.put(ORDERS, id, own, customer.get(of_customer).clone())?;
    }
    let currency = match customer.get("DefaultCurrency") {
        Value::Null => writer
            .database
            .follow(order.get("EnterpriseCompany"))
            .map_or(Value::Null, |company| company.get("BaseCurrency").clone()),
        own => own.clone(),
    };
    writer.put(ORDERS, id, "DocumentCurrency", currency)?;
    if customer.get("AllowUseAsShipToCustomer").is_true() {
        writer.put(
            ORDERS,
            id,
            "ShipToCustomer",
            Value::Reference(customer.reference()),
        )?;
    }
    let Some(party) = customer.get("Party").id() else {
        return Ok(());
    };
    let addresses =
        writer
            .database
            .children("General_Contacts_PartyContactMechanisms", "Party", party);
    let address = addresses.into_iter().find(|row| {
        *row.get("ContactMechanismType") == Value::Member("Address")
            && row.get("IsDefault").is_true()
            && row.get("IsActive").is_true()
    });
    let address = address.map_or(Value::Null, |row| Value::Reference(row.reference()));
    writer.put(ORDERS, id, "ShipToPartyContactMechanism", address)
}

/// Delivery and payment dates, counted from the document's date by the customer's terms.
fn dates(writer: &mut Writer<'_>, id: Uuid) -> Result<(), Fault> {
    let order = writer.row(ORDERS, id)?;
    let (Some(date), Some(customer)) = (
        order.get("DocumentDate").time(),
        writer.database.follow(order.get("Customer")),
    ) else {
        return Ok(());
    };
    let days = |name: &str| match customer.get(name) {
        Value::Int(days) => Duration::days(*days),
        _ => Duration::ZERO,
    };
    let delivery = date + days("DefaultDeliveryTermDays");
    let due = date + days("DefaultPaymentStartDays") + days("DefaultPaymentTermDays");
    writer.put(ORDERS, id, "RequiredDeliveryDate", Value::Time(delivery))?;
    writer.put(ORDERS, id, "PaymentDueDate", Value::Time(due))
}

fn reprice(writer: &mut Writer<'_>, order: Uuid) -> Result<(), Fault> {
    let lines: Vec<Uuid> = writer
        .database
        .children(LINES, "SalesOrder", order)
        .iter()
        .map(|line| line.id)
        .collect();
    lines
        .into_iter()
        .try_for_each(|line| price_line(writer, line))
}

/// A product begins the line anew: unit, description, warehouse, date — and the quantity is asked for again.
/// Unverified: that a quantity set before is forgotten is our reading of "Product before Quantity".
fn start_line(writer: &mut Writer<'_>, id: Uuid) -> Result<(), Fault> {
    let line = writer.row(LINES, id)?;
    let Some(product) = writer
        .database
        .follow(line.get("Product"))
        .map(|row| Row::clone(row))
    else {
        return Ok(());
    };
    let order = writer
        .database
        .follow(line.get("SalesOrder"))
        .map(|row| Row::clone(row));
    writer.put(
        LINES,
        id,
        "QuantityUnit",
        product.get("MeasurementUnit").clone(),
    )?;
    writer.put(LINES, id, "Quantity", Value::Null)?;
    writer.put(LINES, id, "ProductDescription", product.get("Name").clone())?;
    if let Some(order) = order {
        writer.put(LINES, id, "LineStore", order.get("Store").clone())?;
        writer.put(
            LINES,
            id,
            "RequiredDeliveryDate",
            order.get("RequiredDeliveryDate").clone(),
        )?;
    }
    Ok(())
}

/// Base quantity, price, discounts, amount.
fn price_line(writer: &mut Writer<'_>, id: Uuid) -> Result<(), Fault> {
    let line = writer.row(LINES, id)?;
    let database = &*writer.database;
    let (Some(order), Some(product), Some(unit)) = (
        database.follow(line.get("SalesOrder")),
        database.follow(line.get("Product")),
        database.follow(line.get("QuantityUnit")),
    ) else {
        return Ok(());
    };
    let Some(quantity) = line.get("Quantity").number() else {
        return Ok(());
    };
    let code = unit.get("Code").text().unwrap_or_default().to_owned();
    let Some(factor) = units::base_factor(database, product, unit) else {
        let number = product.get("PartNumber").text().unwrap_or_default();
        return Err(Fault::Validation(format!(
            "The measurement unit '{code}' cannot be used for product '{number}'."
        )));
    };
    let base = round(quantity * factor, 3);
    let base_code = units::base_code(database, product);
    let date = line
        .get("RequiredDeliveryDate")
        .time()
        .or_else(|| order.get("RequiredDeliveryDate").time());
    let date = day(date
        .or_else(|| order.get("DocumentDate").time())
        .unwrap_or(writer.now));
    let trade =
        order.get("ApplyTradeConditions").is_true() && line.get("ApplyTradeConditions").is_true();
    let ask = Ask {
        database,
        order,
        product,
        unit,
        base,
        date,
    };
    let priced = trade.then(|| {
        let package = line.get("PromotionalPackage");
        let found = (ask.price(), ask.discounts());
        packages::adjust(database, package, product, unit, found)
    });
    let currency = totals::currency(database, order);
    writer.put(LINES, id, "Quantity", Value::Quantity(quantity, code))?;
    writer.put(LINES, id, "QuantityBase", Value::Quantity(base, base_code))?;
    if let Some((price, discounts)) = priced {
        let [one, two, three] = discounts.levels;
        writer.put(
            LINES,
            id,
            "UnitPrice",
            Value::Amount(price.unit_price, currency),
        )?;
        writer.put(
            LINES,
            id,
            "ProductPrice",
            price.row.map_or(Value::Null, Value::Reference),
        )?;
        writer.put(LINES, id, "Level1DiscountPercent", Value::Decimal(one))?;
        writer.put(LINES, id, "Level2DiscountPercent", Value::Decimal(two))?;
        writer.put(LINES, id, "Level3DiscountPercent", Value::Decimal(three))?;
        writer.put(
            LINES,
            id,
            "LineStandardDiscountPercent",
            Value::Decimal(discounts.standard),
        )?;
    }
    line_amount(writer, id)
}

/// round(quantity × price × (1 − standard discount) × (1 − custom discount), 2), entities.md §6.2.
fn line_amount(writer: &mut Writer<'_>, id: Uuid) -> Result<(), Fault> {
    let line = writer.row(LINES, id)?;
    let Value::Amount(price, currency) = line.get("UnitPrice") else {
        return Ok(());
    };
    let number = |name: &str| line.get(name).number().unwrap_or_default();
    let left = (Decimal::ONE - number("LineStandardDiscountPercent"))
        * (Decimal::ONE - number("LineCustomDiscountPercent"));
    let amount = round(number("Quantity") * price * left, 2);
    writer.put(
        LINES,
        id,
        "LineAmount",
        Value::Amount(amount, currency.clone()),
    )
}
