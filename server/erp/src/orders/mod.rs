//! Orders: quoted, placed once (K3–K6), found again, and shown to whom they belong (D9).

mod draft;
mod history;
mod place;

use std::time::Duration;

use rust_decimal::Decimal;
use uuid::Uuid;
use vitrina::{
    ids::{CustomerId, OrderId},
    money::Money,
    order::{AmountOnTop, OrderKey, OrderRequest, Quote, QuoteLine},
};

use crate::{
    Instance,
    api::{Turn, unreadable},
    error::{QuoteError, ReadError},
    gate::Priority,
    odata::query::{Condition, Query, sets},
    transactions::Transaction,
    translate,
    wire::{
        Link, Number,
        orders::{DocumentAmountRow, LineRow, NewAddress, OrderRow},
        reference,
    },
};

/// An order that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Its record.
    pub id: OrderId,
    /// Its number, text.
    pub number: Option<String>,
    /// What is to be paid.
    pub total: Option<Money>,
}

/// Where an order goes, if its request does not say it by a record.
enum ShipTo {
    /// As the request says.
    AsAsked,
    /// To an address that the customer has.
    Record(Uuid),
    /// To one that the customer gets with the order.
    New(NewAddress),
}

/// Marks our orders in `ExternalSystem`.
const EXTERNAL_SYSTEM: &str = "vitrina";
/// What is read of an order inside a transaction.
const PRICED: &str = "Id,TotalLineAmount,AmountToPay";
const PRICED_CHILDREN: &str = "Lines($select=LineNo,UnitPrice,LineStandardDiscountPercent,LineCustomDiscountPercent,LineAmount),\
DocumentAmounts($select=InputAmount,InputPercent,TotalDistributedAmount,DocumentAmountType;\
$expand=DocumentAmountType($select=AddToCustomer,AmountTypeName))";

/// An order created inside a transaction, priced and not yet committed.
struct Priced {
    transaction: Transaction,
    quote: Quote,
}

/// One of each question on orders, those in a transaction among them.
pub(crate) fn order_questions() -> Vec<Query> {
    let mut questions = history::history_questions();
    questions.push(key_query(""));
    questions.push(
        Query::list(sets::ORDERS, PRICED)
            .expand(PRICED_CHILDREN)
            .only(Condition::id(Uuid::nil())),
    );
    questions.push(Query::list(sets::ORDERS, place::STANDING).only(Condition::id(Uuid::nil())));
    questions
}

fn key_query(key: &str) -> Query {
    Query::list(
        sets::ORDERS,
        "Id,DocumentNo,AmountToPay,CreationTime,ExternalId,Customer",
    )
    .only(Condition::text("ExternalSystem", EXTERNAL_SYSTEM))
    .only(Condition::text("ExternalId", key))
    .top(5)
}

impl Instance {
    /// What the order would cost, by the instance itself: created in a front-end transaction that is ended without commit, so
    /// that nothing remains. Ended, too, when the deadline passes or the caller goes away.
    pub async fn quote(
        &self,
        request: &OrderRequest,
        deadline: Duration,
    ) -> Result<Quote, QuoteError> {
        let turn = Turn::within(Priority::Quoting, deadline);
        self.inner
            .api
            // In a box: five calls in a row make a large future.
            .in_time(turn, Box::pin(async {
                let Priced { transaction, quote } = match self.priced(turn, request, &ShipTo::AsAsked).await {
                    // The session ended under it, or the instance was restarted. A quote leaves nothing behind: from the start.
                    Err(QuoteError::Fault(fault)) if fault.is_gone() => {
                        tracing::info!(kind = fault.kind(), "a quote's transaction was gone; it begins anew");
                        self.priced(turn, request, &ShipTo::AsAsked).await?
                    }
                    priced => priced?,
                };
                // The price is known: a fault at the end is for operators.
                if let Err(fault) = transaction.roll_back().await {
                    tracing::error!(kind = fault.kind(), %fault, "a quote's transaction could not be ended");
                }
                Ok(quote)
            }))
            .await
    }

    /// K3 up to the comparison: begin, create, recalculate, read.
    async fn priced(
        &self,
        turn: Turn,
        request: &OrderRequest,
        ship_to: &ShipTo,
    ) -> Result<Priced, QuoteError> {
        let mut draft = self.draft(turn, request).await?;
        let mut transaction = Transaction::begin(&self.inner.api, turn).await?;
        let address = match ship_to {
            ShipTo::AsAsked => None,
            ShipTo::Record(address) => Some(*address),
            // Within the transaction: what comes on top may depend on where it goes, so the address is needed for the price
            // (entities.md §4.5, §6.3), and an order that is not committed must leave none behind. Unverified: that an instance
            // takes a reference to an address of the same transaction; that calls work on one set of data there is documented
            // (domain-api.md §11.3).
            ShipTo::New(address) => {
                let created = transaction
                    .create(sets::ADDRESSES, address)
                    .await
                    .map_err(QuoteError::of_write)?;
                let id = reference(&created);
                Some(id.ok_or_else(|| unreadable(sets::ADDRESSES.0, "no id"))?)
            }
        };
        if let Some(address) = address {
            let link = Link::to(&self.inner.api.names(), sets::ADDRESSES, address);
            draft.ship_to_party_contact_mechanism = Some(link);
        }
        let created = transaction
            .create(sets::ORDERS, &draft)
            .await
            .map_err(QuoteError::of_write)?;
        let id = reference(&created).ok_or_else(|| unreadable(sets::ORDERS.0, "no id"))?;
        // VAT and other amounts on top are computed by this only (entities.md §6.3).
        transaction
            .method(sets::ORDERS, id, "Recalculate")
            .await
            .map_err(QuoteError::of_write)?;
        let priced = transaction
            .read(&Query::one(sets::ORDERS, id, PRICED).expand(PRICED_CHILDREN))
            .await?;
        let priced: OrderRow = serde_json::from_value(priced)
            .map_err(|_| unreadable(sets::ORDERS.0, "not of the documented shape"))?;
        let quote = quote(request, &priced)?;
        Ok(Priced { transaction, quote })
    }

    /// The customer's orders under a key, the latest first: none, one, or — by a fault that needs a person (K6) — several.
    ///
    /// A row whose key or customer is another one, or cannot be read, is no order of this customer (D9). Where only such rows
    /// come, the question was not answered: to take that for "none" would be to order twice. The customer is no condition of the
    /// question, so that an order which staff moved to another one is not taken for none either.
    pub async fn find_order(
        &self,
        key: OrderKey,
        customer: CustomerId,
    ) -> Result<Vec<Placed>, ReadError> {
        let name = key.to_string();
        let query = key_query(&name);
        let rows = self
            .inner
            .api
            .rows(
                Turn {
                    priority: Priority::Placing,
                    deadline: Some(Duration::from_secs(30)),
                },
                &query,
            )
            .await?;
        let mut found = Vec::new();
        let mut strange = 0_usize;
        for row in rows {
            let id = reference(&row).ok_or_else(|| unreadable(sets::ORDERS.0, "no id"))?;
            let row: OrderRow = serde_json::from_value(row)
                .map_err(|_| unreadable(sets::ORDERS.0, "not of the documented shape"))?;
            let is_ours = row.external_id.as_deref() == Some(name.as_str())
                && row.customer.is_some_and(|of| of.0 == customer.0);
            if !is_ours {
                strange += 1;
                continue;
            }
            found.push((
                row.creation_time,
                Placed {
                    id: OrderId(id),
                    number: row.document_no,
                    total: translate::money(row.amount_to_pay.as_ref()),
                },
            ));
        }
        if strange > 0 {
            tracing::error!(
                %key,
                strange,
                kind = "strange_order",
                "asked for an order by its key, the instance answered with orders of another key or customer; a person must look \
                 for it by its ExternalId"
            );
            if found.is_empty() {
                return Err(unreadable(sets::ORDERS.0, "other orders than those asked for").into());
            }
        }
        if found.len() > 1 {
            tracing::error!(%key, count = found.len(), "several orders under one key; a person must decide");
        }
        found.sort_by(|one, other| other.0.cmp(&one.0));
        Ok(found.into_iter().map(|(_, placed)| placed).collect())
    }
}

/// Line numbers are ours, so that lines are found again in whatever order they come back.
fn line_number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX / 10) * 10 + 10
}

/// Whatever the copy of the catalogue thought: what the instance prices at nothing is neither quoted nor ordered (D7).
fn quote(request: &OrderRequest, priced: &OrderRow) -> Result<Quote, QuoteError> {
    let missing = |why| unreadable(sets::ORDERS.0, why);
    let lines = request
        .lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let number = i64::from(line_number(index));
            let row = priced
                .lines
                .iter()
                .find(|row| row.line_no == Some(number))
                .ok_or_else(|| missing("a line is gone"))?;
            let each = translate::money(row.unit_price.as_ref())
                .ok_or_else(|| missing("a line without a price"))?;
            if each.amount <= Decimal::ZERO {
                return Err(QuoteError::NoPrice);
            }
            Ok(QuoteLine {
                line: line.line,
                each,
                discount: discount(row),
                amount: translate::money(row.line_amount.as_ref())
                    .ok_or_else(|| missing("a line without an amount"))?,
            })
        })
        .collect::<Result<_, QuoteError>>()?;
    Ok(Quote {
        lines,
        net: translate::money(priced.total_line_amount.as_ref())
            .ok_or_else(|| missing("no total of the lines"))?,
        on_top: amounts_on_top(&priced.document_amounts).0,
        total: translate::money(priced.amount_to_pay.as_ref())
            .ok_or_else(|| missing("no amount to pay"))?,
    })
}

/// Both discounts as one fraction (entities.md §6.2). Absurd ones are not told; the amounts are the instance's all the same.
fn discount(row: &LineRow) -> Decimal {
    let rest = |percent: Option<Number>| {
        Decimal::ONE.checked_sub(percent.map_or(Decimal::ZERO, |percent| percent.0))
    };
    let both = || {
        let standard = rest(row.line_standard_discount_percent)?;
        let left = standard.checked_mul(rest(row.line_custom_discount_percent)?)?;
        Decimal::ONE.checked_sub(left)
    };
    both().unwrap_or(Decimal::ZERO)
}

/// Amounts the customer pays on top, and how many there are that cannot be read; those between others are none of the shopper's
/// business.
fn amounts_on_top(rows: &[DocumentAmountRow]) -> (Vec<AmountOnTop>, usize) {
    let mut amounts = Vec::with_capacity(rows.len());
    let mut unreadable = 0;
    for row in rows {
        let kind = row.document_amount_type.as_ref();
        let Some(kind) = kind.and_then(|kind| kind.row.as_ref()) else {
            unreadable += 1;
            continue;
        };
        if kind.add_to_customer == Some(false) {
            continue;
        }
        let amount = row.total_distributed_amount.as_ref();
        match translate::money(amount.or(row.input_amount.as_ref())) {
            Some(amount) => amounts.push(AmountOnTop {
                name: translate::words(kind.amount_type_name.clone()),
                percent: row.input_percent.map(|percent| percent.0),
                amount,
            }),
            None => unreadable += 1,
        }
    }
    (amounts, unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_discounts_cascade_and_absurd_ones_stop_nothing() {
        let of = |standard: &str, custom: &str| {
            let row = format!(
                r#"{{"LineStandardDiscountPercent":{standard},"LineCustomDiscountPercent":{custom}}}"#
            );
            discount(&serde_json::from_str(&row).unwrap())
        };
        assert_eq!(of("0.1", "0.2"), "0.28".parse().unwrap());
        let absurd = "-79228162514264337593543950335";
        assert_eq!(of(absurd, absurd), Decimal::ZERO);
    }
}
