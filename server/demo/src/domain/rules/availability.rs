//! Stock and what may still be promised of it (entities.md §3): the seed's stock and deliveries, less what orders took.
//!
//! Unverified: released orders take their quantities from the day of delivery on, completed ones have taken them.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use time::OffsetDateTime;
use uuid::Uuid;

use super::states::{self, RELEASED};
use crate::domain::store::{Database, Row};
use crate::domain::value::{Value, day};
use crate::seed::HISTORY;

pub(crate) const PROMISES: &str = "Logistics_Inventory_DemandManagement_AvailableToPromise";
pub(crate) const BALANCES: &str = "Logistics_Inventory_CurrentBalances";

/// A quantity that an order takes out of a warehouse.
struct Demand {
    product: Uuid,
    store: Uuid,
    variant: Option<Uuid>,
    date: OffsetDateTime,
    quantity: Decimal,
    /// The goods have left.
    gone: bool,
}

/// What the orders take that came after the seed; the seed's own are in its numbers already.
fn demands(database: &Database) -> Vec<Demand> {
    let orders = database
        .rows("Crm_Sales_SalesOrders")
        .into_iter()
        .filter(|order| {
            states::number(order) >= RELEASED
                && !order.get("Void").is_true()
                && order.get("ExternalSystem").text() != Some(HISTORY)
        });
    let lines = orders.flat_map(|order| {
        database
            .children("Crm_Sales_SalesOrderLines", "SalesOrder", order.id)
            .into_iter()
            .map(move |line| (order, line))
    });
    lines
        .filter_map(|(order, line)| {
            let store = line.get("LineStore").id().or(order.get("Store").id())?;
            let date = line.get("RequiredDeliveryDate").time();
            let date = date.or_else(|| order.get("DocumentDate").time())?;
            Some(Demand {
                product: line.get("Product").id()?,
                store,
                variant: line.get("ProductVariant").id(),
                date: day(date),
                quantity: line
                    .get("QuantityBase")
                    .number()
                    .or_else(|| line.get("Quantity").number())?,
                gone: states::number(order) > RELEASED,
            })
        })
        .collect()
}

/// The quantity that may be promised of a product in a warehouse on a day: the row of the latest date up to it.
pub(crate) fn to_promise(
    database: &Database,
    product: Uuid,
    store: Uuid,
    date: OffsetDateTime,
) -> Decimal {
    let demands = demands(database);
    let of: Vec<&Demand> = demands
        .iter()
        .filter(|demand| demand.product == product && demand.store == store)
        .collect();
    promises(&stored(database, PROMISES, product, store), &of)
        .into_iter()
        .rfind(|row| from(row).is_some_and(|from| from <= day(date)))
        .and_then(|row| row.get("ATPBase").number())
        .unwrap_or_default()
}

/// Brings both views up to date for the products that orders took.
pub(crate) fn refresh(database: &mut Database) {
    let demands = demands(database);
    let taken: BTreeSet<(Uuid, Uuid)> = demands
        .iter()
        .map(|demand| (demand.product, demand.store))
        .collect();
    for (product, store) in taken {
        let of: Vec<&Demand> = demands
            .iter()
            .filter(|demand| demand.product == product && demand.store == store)
            .collect();
        for row in promises(&stored(database, PROMISES, product, store), &of) {
            database.put(row);
        }
        for row in balances(stored(database, BALANCES, product, store), &of) {
            database.put(row);
        }
    }
}

/// The seed's rows of a view for a product in a warehouse, the earliest first.
fn stored(database: &Database, view: &str, product: Uuid, store: Uuid) -> Vec<Row> {
    let mut rows: Vec<Row> = database
        .children(view, "Product", product)
        .into_iter()
        .filter(|row| row.get("Store").id() == Some(store))
        .map(|row| Row::clone(row))
        .collect();
    rows.sort_by_key(|row| (from(row), row.id));
    rows
}

fn from(row: &Row) -> Option<OffsetDateTime> {
    row.get("FromDate").time().map(day)
}

/// A row for every day on which something moves; one may promise what is left at the worst of the later days.
fn promises(stored: &[Row], demands: &[&Demand]) -> Vec<Row> {
    let Some(first) = stored.first() else {
        return Vec::new();
    };
    let unit = match first.get("CurrentAvailabilityBase") {
        Value::Quantity(_, unit) => unit.clone(),
        _ => String::new(),
    };
    let quantity = |value: Decimal| Value::Quantity(value, unit.clone());
    let number = |row: &Row, name: &str| row.get(name).number().unwrap_or_default();
    let on_hand = number(first, "CurrentAvailabilityBase");
    let gone: Decimal = demands
        .iter()
        .filter(|demand| demand.gone)
        .map(|demand| demand.quantity)
        .sum();
    let mut rows: Vec<Row> = stored.to_vec();
    for demand in demands {
        if rows.iter().all(|row| from(row) != Some(demand.date)) {
            let id = Uuid::from_u128(
                first.id.as_u128() ^ u128::from(demand.date.unix_timestamp().unsigned_abs()),
            );
            let mut row = Row::new(first.entity, id);
            for name in ["Product", "Store", "EnterpriseCompany"] {
                row.set(name, first.get(name).clone());
            }
            row.set("FromDate", Value::Time(demand.date));
            row.set("MovementsBase", quantity(Decimal::ZERO));
            rows.push(row);
        }
    }
    rows.sort_by_key(|row| (from(row), row.id));
    let mut moved = Decimal::ZERO;
    for row in &mut rows {
        let taken: Decimal = demands
            .iter()
            .filter(|demand| Some(demand.date) == from(row))
            .map(|demand| demand.quantity)
            .sum();
        let movement = number(row, "MovementsBase") - taken;
        moved += movement;
        row.set("MovementsBase", quantity(movement));
        row.set("MovementsToDateBase", quantity(moved));
        row.set("ProjectedAvailabilityBase", quantity(on_hand + moved));
        row.set("CurrentAvailabilityBase", quantity(on_hand - gone));
    }
    let mut least: Option<Decimal> = None;
    for row in rows.iter_mut().rev() {
        let projected = number(row, "ProjectedAvailabilityBase");
        let promise = least.map_or(projected, |least| least.min(projected));
        least = Some(promise);
        row.set("ATPBase", quantity(promise));
    }
    rows
}

/// What has left is taken from the rows of its variant first, the last of them may fall below nothing.
fn balances(mut rows: Vec<Row>, demands: &[&Demand]) -> Vec<Row> {
    for demand in demands.iter().filter(|demand| demand.gone) {
        let mut left = demand.quantity;
        rows.sort_by_key(|row| (row.get("ProductVariant").id() != demand.variant, row.id));
        let last = rows.len().saturating_sub(1);
        for (place, row) in rows.iter_mut().enumerate() {
            let Value::Quantity(there, unit) = row.get("QuantityBase").clone() else {
                continue;
            };
            let taken = if place == last { left } else { left.min(there) };
            left -= taken;
            row.set("QuantityBase", Value::Quantity(there - taken, unit));
        }
    }
    rows
}
