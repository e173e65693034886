//! Placing: once, to its end, and never with an unclear outcome that is called clear (K3–K5).

use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;
use vitrina::{
    ids::{OrderId, PartyId},
    money::Money,
    order::{Delivery, OrderRequest},
};

use super::{Placed, Priced, ShipTo};
use crate::{
    Instance,
    api::{Request, Turn, json, unreadable},
    error::{Fault, PlaceError, QuoteError, ReadError},
    gate::Priority,
    odata::query::{Query, resource, sets},
    transactions::{CommitError, body},
    wire::{
        Link,
        orders::{ChangeState, NewAddress},
    },
};

/// How long placing waits for its turn before anything was sent; then the shopper is told, and may try again.
const PATIENCE: Duration = Duration::from_mins(1);
/// The longest address (entities.md §4.5).
const LONGEST_ADDRESS: usize = 254;

/// What is read of an order that may still be new.
pub(super) const STANDING: &str = "Id,State,Void";

impl Instance {
    /// Places the order. `expected` is the total the visitor saw, none if they see no prices; another one is not ordered.
    ///
    /// The caller keeps *placing* under the order's key before it calls (K2) and looks in
    /// [`Instance::find_order`] after [`PlaceError::InDoubt`] (K5). Once called, it goes on to its end even if the caller goes
    /// away (K9).
    pub async fn place(
        &self,
        request: &OrderRequest,
        expected: Option<&Money>,
    ) -> Result<Placed, PlaceError> {
        let instance = self.clone();
        let request = request.clone();
        let expected = expected.cloned();
        let task = async move { Box::pin(instance.place_now(&request, expected.as_ref())).await };
        self.inner.api.spawn(task).await.unwrap_or_else(|_| {
            // Whether the commit was sent is unknown.
            Err(PlaceError::InDoubt(unreadable(
                sets::ORDERS.0,
                "placing was aborted",
            )))
        })
    }

    async fn place_now(
        &self,
        request: &OrderRequest,
        expected: Option<&Money>,
    ) -> Result<Placed, PlaceError> {
        let turn = Turn::within(Priority::Placing, PATIENCE);
        self.may_write().await?;
        let ship_to = self.ship_to(turn, request).await?;
        match self.attempt(turn, request, &ship_to, expected).await {
            // The session ended under it, or the instance was restarted: nothing of that transaction remains, so a second one
            // cannot be a second order. A third would only meet the same.
            Err(PlaceError::NothingSent(QuoteError::Fault(fault))) if fault.is_gone() => {
                tracing::warn!(key = %request.key, kind = fault.kind(), "an order's transaction was gone; it begins anew");
                self.attempt(turn, request, &ship_to, expected).await
            }
            outcome => outcome,
        }
    }

    async fn attempt(
        &self,
        turn: Turn,
        request: &OrderRequest,
        ship_to: &ShipTo,
        expected: Option<&Money>,
    ) -> Result<Placed, PlaceError> {
        // K4: any failure up to here drops the transaction, which ends it without commit.
        let Priced { transaction, quote } = self.priced(turn, request, ship_to).await?;
        if let Some(expected) = expected
            && *expected != quote.total
        {
            if let Err(fault) = transaction.roll_back().await {
                tracing::error!(kind = fault.kind(), %fault, "a rolled back order's transaction could not be ended");
            }
            return Err(PlaceError::PriceChanged {
                now: Box::new(quote),
            });
        }
        // What is found decides. Where nothing is, it depends on whether something may still come.
        let (fault, may_come) = match transaction.commit().await {
            Ok(()) => (
                unreadable(sets::ORDERS.0, "a committed order is not found"),
                true,
            ),
            Err(CommitError::Refused(business)) => return Err(PlaceError::Refused(business)),
            Err(CommitError::NotSent(fault)) => {
                return Err(PlaceError::NothingSent(QuoteError::Fault(fault)));
            }
            Err(CommitError::Gone(fault)) => (fault, false),
            // The instance said that the transaction was open still, and ended it: of that one nothing can come any more.
            Err(CommitError::Unclear { fault, rolled_back }) => {
                tracing::error!(key = %request.key, kind = fault.kind(), rolled_back, %fault, "no clear answer to a commit");
                (fault, !rolled_back)
            }
        };
        match self
            .find_order(request.key, request.customer)
            .await
            .map(Vec::into_iter)
        {
            Ok(mut found) => match found.next() {
                // Committed. What follows tells more of it and never undoes it.
                Some(placed) => {
                    self.advance(placed.id.0).await;
                    Ok(placed)
                }
                None if may_come => Err(PlaceError::InDoubt(fault)),
                None => Err(PlaceError::NothingSent(QuoteError::Fault(fault))),
            },
            Err(error) => Err(PlaceError::InDoubt(in_doubt(error))),
        }
    }

    /// Takes an order that was found on as [`Instance::place`] would have, if its sender came no further than the commit: only an
    /// order that nobody has touched since is still `New`.
    pub async fn take_on(&self, order: OrderId) -> Result<(), ReadError> {
        let turn = Turn::within(Priority::Placing, PATIENCE);
        let query = Query::one(sets::ORDERS, order.0, STANDING);
        let row = self.inner.api.read(turn, &query).await?;
        let is_new = row.get("State").and_then(Value::as_str) == Some("New");
        let is_void = row.get("Void").and_then(Value::as_bool) == Some(true);
        if is_new && !is_void {
            self.advance(order.0).await;
        }
        Ok(())
    }

    /// Takes the order to the configured state, in a call of its own. If that fails the order stays `New`, and staff must see it.
    async fn advance(&self, order: Uuid) {
        let Some(new_state) = self.order_state().name() else {
            return;
        };
        // The order exists: whoever waits for its page does not wait for this longer than for a busy gate.
        let turn = Turn::patient(Priority::Placing);
        let outcome = self
            .post(
                turn,
                Some((order, "ChangeState")),
                sets::ORDERS,
                &ChangeState { new_state },
            )
            .await;
        if let Err(fault) = outcome {
            tracing::error!(%order, new_state, kind = fault.kind(), %fault, "the order stays in state New; staff must take it on");
        }
    }

    /// Where it goes: a new address of which the customer has an equal one is that one, so that none is kept twice.
    async fn ship_to(&self, turn: Turn, request: &OrderRequest) -> Result<ShipTo, QuoteError> {
        let Delivery::New(text) = &request.delivery else {
            return Ok(ShipTo::AsAsked);
        };
        let text: String = text.trim().chars().take(LONGEST_ADDRESS).collect();
        let customer = self.customer_row(turn, request.customer).await?;
        let party = customer
            .party
            .and_then(|party| party.id)
            .ok_or(QuoteError::Customer)?;
        let known = self.addresses_in(turn, PartyId(party)).await?;
        if let Some(equal) = known.iter().find(|address| address.text.trim() == text) {
            return Ok(ShipTo::Record(equal.id.0));
        }
        Ok(ShipTo::New(NewAddress {
            party: Link::to(&self.inner.api.names(), sets::PARTIES, party),
            contact_mechanism_type: "Address",
            name: text,
            is_active: true,
        }))
    }

    /// A write outside of transactions. Never repeated (D5).
    async fn post(
        &self,
        turn: Turn,
        method: Option<(Uuid, &str)>,
        set: crate::odata::query::Set,
        content: &impl serde::Serialize,
    ) -> Result<Option<Value>, Fault> {
        let api = &self.inner.api;
        let root = api.root().await?;
        let mut unit = api.gate().call(turn.priority, turn.deadline).await?;
        let (id, name) = method.map_or((None, ""), |(id, name)| (Some(id), name));
        let request = Request::post(set.0, resource(&root, set, id, name), body(content)?);
        let answer = api.call(&mut unit, &request).await?;
        if answer.body.is_empty() || name == "ChangeState" {
            return Ok(None);
        }
        json(set.0, &answer).map(Some)
    }
}

fn in_doubt(error: ReadError) -> Fault {
    match error {
        ReadError::Fault(fault) => fault,
        ReadError::NotFound | ReadError::Operator(_) => {
            unreadable(sets::ORDERS.0, "the order could not be read back")
        }
    }
}
