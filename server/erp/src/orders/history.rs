//! A customer's orders: every question carries the condition on the customer, and the answer is checked again (D9). Of an order
//! that cannot be read whole the rest is shown, and it is said that something is missing: an amount that cannot be read is unknown
//! and never zero (D7).

use std::time::Duration;

use serde_json::Value;
use time::{Date, Duration as Days};
use uuid::Uuid;
use vitrina::{
    ids::{CustomerId, OrderId, ProductId},
    order::{OrderLineView, OrderState, OrderSummary, OrderView, OrdersView},
    visitor::Access,
};

use super::{amounts_on_top, discount};
use crate::{
    Instance,
    api::Turn,
    error::ReadError,
    gate::Priority,
    odata::query::{Condition, Query, sets},
    translate,
    wire::{
        orders::{KnownOrder, LineRow, OrderRow, UserStatusRow},
        reference,
    },
};

const SUMMARY: &str =
    "Id,DocumentNo,DocumentDate,State,Void,UserStatus,Customer,CustomerPurchaseOrderNo,AmountToPay";
const STATUS: &str = "UserStatus($select=UserStatusName)";
const WHOLE: &str = "Id,DocumentNo,DocumentDate,State,Void,UserStatus,Customer,CustomerPurchaseOrderNo,DocumentNotes,\
RequiredDeliveryDate,ShipToPartyContactMechanism,TotalLineAmount,AmountToPay";
const CHILDREN: &str = "UserStatus($select=UserStatusName),ShipToPartyContactMechanism($select=Name),\
Lines($select=LineNo,Product,ProductDescription,Quantity,UnitPrice,LineStandardDiscountPercent,LineCustomDiscountPercent,LineAmount),\
DocumentAmounts($select=InputAmount,InputPercent,TotalDistributedAmount,DocumentAmountType;\
$expand=DocumentAmountType($select=AddToCustomer,AmountTypeName)),\
StateChanges($select=NewState,UpdateTime,Void)";
/// Pages beyond this are not asked for: `$skip` grows dearer with every page.
const LAST_PAGE: u32 = 10_000;

impl Instance {
    /// A page of the customer's orders, latest first, counted from one. A page beyond the last is [`ReadError::NotFound`],
    /// except the first, which may be empty.
    pub async fn orders(
        &self,
        access: &Access,
        page: u32,
        page_size: u32,
        today: Date,
        deadline: Duration,
    ) -> Result<OrdersView, ReadError> {
        if !access.role.may_order() || page == 0 || page > LAST_PAGE {
            return Err(ReadError::NotFound);
        }
        let since = since(access, today);
        let size = page_size.clamp(1, 100) as usize;
        let query = summary_query(access.customer.id, since)
            // One more tells whether there is another page.
            .top(size + 1)
            .skip((page as usize - 1) * size);
        let answer = self
            .inner
            .api
            .read(Turn::within(Priority::Account, deadline), &query)
            .await?;
        let rows = crate::api::rows_of(&answer)
            .ok_or_else(|| crate::api::unreadable(sets::ORDERS.0, "a list without value"))?;
        let has_next = rows.len() > size;
        let orders: Vec<_> = translate::pull(
            "order",
            rows.into_iter().take(size).collect(),
            |id, known: KnownOrder| {
                visible(access, since, &known.row)
                    .ok_or("of another customer, or older than the access allows")?;
                let summary = summary(access, id, &known)?;
                tell_of_missing(id, &known, &missing_amounts(&known.row));
                Ok(Some(summary))
            },
        )
        .rows;
        if orders.is_empty() && page > 1 {
            return Err(ReadError::NotFound);
        }
        Ok(OrdersView {
            orders,
            page,
            has_next,
            since,
        })
    }

    /// One of the customer's orders. What belongs to another customer, or is older than the access allows, is not found.
    /// Article numbers and pictures are left to whoever knows the catalogue.
    pub async fn order(
        &self,
        access: &Access,
        order: OrderId,
        today: Date,
        deadline: Duration,
    ) -> Result<OrderView, ReadError> {
        if !access.role.may_order() {
            return Err(ReadError::NotFound);
        }
        let query = whole_query(access.customer.id, order);
        let answer = self
            .inner
            .api
            .read(Turn::within(Priority::Account, deadline), &query)
            .await?;
        let row = answer
            .get("value")
            .and_then(Value::as_array)
            .and_then(|rows| rows.iter().find(|row| reference(row) == Some(order.0)))
            .ok_or(ReadError::NotFound)?;
        let known: KnownOrder = serde_json::from_value(row.clone())
            .map_err(|_| crate::api::unreadable(sets::ORDERS.0, "not of the documented shape"))?;
        visible(access, since(access, today), &known.row).ok_or(ReadError::NotFound)?;
        let summary = summary(access, order.0, &known)
            .map_err(|why| crate::api::unreadable(sets::ORDERS.0, why))?;
        Ok(whole(access, summary, known))
    }
}

/// One of each question of this file.
pub(super) fn history_questions() -> Vec<Query> {
    let nobody = CustomerId(Uuid::nil());
    vec![
        summary_query(nobody, Date::from_ordinal_date(2000, 1).ok()),
        whole_query(nobody, OrderId(Uuid::nil())),
    ]
}

fn summary_query(customer: CustomerId, since: Option<Date>) -> Query {
    let query = Query::list(sets::ORDERS, SUMMARY)
        .expand(STATUS)
        .only(of(customer))
        .order_by("DocumentDate desc,DocumentNo desc");
    match since {
        Some(since) => query.only(Condition::from_day("DocumentDate", since)),
        None => query,
    }
}

fn whole_query(customer: CustomerId, order: OrderId) -> Query {
    Query::list(sets::ORDERS, WHOLE)
        .expand(CHILDREN)
        .only(Condition::id(order.0))
        .only(of(customer))
        .top(1)
}

fn of(customer: CustomerId) -> Condition {
    Condition::refers("Customer", sets::CUSTOMERS, customer.0)
}

fn since(access: &Access, today: Date) -> Option<Date> {
    access
        .days_back
        .map(|days| today.saturating_sub(Days::days(i64::from(days))))
}

/// D9: whether this row may be shown. A row without its customer or day cannot be checked, so it may not.
fn visible(access: &Access, since: Option<Date>, row: &OrderRow) -> Option<()> {
    let own = row
        .customer
        .is_some_and(|customer| customer.0 == access.customer.id.0);
    if !own {
        tracing::error!("the instance answered with another customer's order");
    }
    let day = translate::day(row.document_date.as_ref())?;
    (own && since.is_none_or(|since| since <= day)).then_some(())
}

fn summary(access: &Access, id: Uuid, known: &KnownOrder) -> Result<OrderSummary, translate::Why> {
    let row = &known.row;
    Ok(OrderSummary {
        id: OrderId(id),
        number: row.document_no.clone().unwrap_or_default(),
        date: translate::day(row.document_date.as_ref()).ok_or("no day")?,
        state: if known.odd.contains(&"Void") {
            // It may be cancelled, whatever else is said of it.
            OrderState::Other
        } else {
            state(row.state.as_deref(), row.void)
        },
        status: row
            .user_status
            .as_ref()
            .and_then(|status| status.row.clone())
            .and_then(|UserStatusRow { user_status_name }| user_status_name)
            .map(|name| translate::words(Some(name)))
            .filter(|name| !name.is_empty()),
        purchase_order: row
            .customer_purchase_order_no
            .clone()
            .filter(|number| !number.is_empty()),
        total: translate::money(row.amount_to_pay.as_ref()).filter(|_| access.role.sees_prices()),
    })
}

/// What is to be paid, if it cannot be told.
fn missing_amounts(row: &OrderRow) -> Vec<&'static str> {
    if translate::money(row.amount_to_pay.as_ref()).is_none() {
        vec!["AmountToPay"]
    } else {
        Vec::new()
    }
}

/// Says to operators what of an order cannot be shown, by its number and the names of its parts.
fn tell_of_missing(id: Uuid, known: &KnownOrder, missing: &[&'static str]) {
    if known.odd.is_empty() && missing.is_empty() {
        return;
    }
    let mut parts: Vec<_> = known.odd.iter().chain(missing).copied().collect();
    parts.sort_unstable();
    parts.dedup();
    tracing::warn!(
        kind = "order_in_part",
        order = %id,
        number = known.row.document_no.as_deref().unwrap_or_default(),
        parts = parts.join(", "),
        "parts of an order are missing or of another shape than documented, and are not shown"
    );
}

fn whole(access: &Access, summary: OrderSummary, mut known: KnownOrder) -> OrderView {
    let prices = access.role.sees_prices();
    let mut missing = missing_amounts(&known.row);
    known.row.lines.sort_by_key(|line| line.line_no);
    let mut unreadable_lines = 0;
    let mut lines = Vec::with_capacity(known.row.lines.len());
    for row in &known.row.lines {
        match line(prices, row, &mut missing) {
            Some(line) => lines.push(line),
            None => unreadable_lines += 1,
        }
    }
    let net = translate::money(known.row.total_line_amount.as_ref());
    if net.is_none() {
        missing.push("TotalLineAmount");
    }
    let (on_top, unreadable_on_top) = amounts_on_top(&known.row.document_amounts);
    if unreadable_on_top > 0 {
        missing.push("DocumentAmounts");
    }
    tell_of_missing(summary.id.0, &known, &missing);
    let lists_missing = ["Lines", "DocumentAmounts"].map(|list| known.odd.contains(&list));
    let row = known.row;
    let mut history: Vec<_> = row
        .state_changes
        .iter()
        .filter_map(|change| {
            Some((
                state(change.new_state.as_deref(), change.void),
                translate::instant(change.update_time.as_ref())?,
            ))
        })
        .collect();
    history.sort_by_key(|(_, when)| *when);
    OrderView {
        summary,
        lines,
        net: net.filter(|_| prices),
        on_top: if prices { on_top } else { Vec::new() },
        in_part: unreadable_lines > 0
            || lists_missing[0]
            || (prices && (unreadable_on_top > 0 || lists_missing[1])),
        address: row
            .ship_to_party_contact_mechanism
            .and_then(|address| address.row)
            .and_then(|address| address.name),
        requested_date: translate::day(row.required_delivery_date.as_ref()),
        note: row.document_notes.filter(|note| !note.trim().is_empty()),
        history,
    }
}

/// A line, if it can be told what it is of and how many; its amounts as far as they can be read.
fn line(prices: bool, row: &LineRow, missing: &mut Vec<&'static str>) -> Option<OrderLineView> {
    let quantity = row.quantity.as_ref();
    let (Some(product), Some(many)) = (row.product, quantity.and_then(|quantity| quantity.value))
    else {
        missing.push("Lines");
        return None;
    };
    let each = translate::money(row.unit_price.as_ref());
    let amount = translate::money(row.line_amount.as_ref());
    for (name, amount) in [("UnitPrice", &each), ("LineAmount", &amount)] {
        if amount.is_none() {
            missing.push(name);
        }
    }
    Some(OrderLineView {
        product: ProductId(product.0),
        part_number: None,
        name: translate::words(row.product_description.clone()),
        quantity: many.0,
        unit: quantity
            .and_then(|quantity| quantity.unit.clone())
            .unwrap_or_default(),
        each: each.filter(|_| prices),
        discount: prices.then(|| discount(row)),
        amount: amount.filter(|_| prices),
        picture: None,
    })
}

/// The flag `Void` is independent of the state and wins (entities.md §8.1).
fn state(name: Option<&str>, void: Option<bool>) -> OrderState {
    if void == Some(true) {
        return OrderState::Cancelled;
    }
    match name {
        Some("New") => OrderState::Arrived,
        Some("Planned" | "FirmPlanned") => OrderState::Received,
        Some("Released") => OrderState::Confirmed,
        Some("Completed" | "Closed") => OrderState::Finished,
        _ => OrderState::Other,
    }
}
