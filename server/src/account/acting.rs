//! The customer somebody acts for (F9, D9): values that only the access check can make.
//!
//! ```text
//! Visit ──of──▶ Acting ──may_order──▶ MayOrder ──asks──▶ Asked
//!                 who                   what for          whose order, whatever was typed
//! ```
//!
//! What is read or written for a customer takes one of these. `clippy.toml` forbids to ask the instance past them: its questions
//! about customers are called here and in `ordering`, and nowhere else.

use std::{ops::Deref, time::Duration};

use erp::{Instance, ReadError};
use time::Date;
use vitrina::{
    ids::{CustomerId, OrderId},
    order::{OrderRequest, OrderView, OrdersView},
    trouble::Trouble,
    visitor::{Access, PersonId, Standing, Visitor},
};

use super::Accesses;
use crate::sessions::Visit;

/// The customer the visitor acts for, as the instance granted it in the last minutes.
#[derive(Debug, Clone)]
pub struct Acting {
    access: Access,
}

/// The same, in a role that may order.
#[derive(Debug, Clone)]
pub struct MayOrder {
    acting: Acting,
}

/// An order as asked for: of the customer that is acted for, whatever was typed.
#[derive(Debug, Clone)]
pub struct Asked {
    request: OrderRequest,
}

impl Acting {
    /// Whom the visitor acts for, or what must happen first.
    pub fn of(visit: &Visit) -> Result<Self, Trouble> {
        match visit.visitor() {
            Visitor::Guest => Err(Trouble::SignInNeeded),
            Visitor::SignedIn { standing, .. } => match standing {
                Standing::NoCustomer => Err(Trouble::NoCustomer),
                Standing::Choosing => Err(Trouble::ChooseCustomer),
                Standing::Unknown => Err(Trouble::Away),
                Standing::Acting { access, .. } => Ok(Self {
                    access: access.clone(),
                }),
            },
        }
    }

    /// What the person may do, and for whom.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// The same, if the role may order.
    pub fn may_order(self) -> Result<MayOrder, Trouble> {
        if self.access.role.may_order() {
            Ok(MayOrder { acting: self })
        } else {
            Err(Trouble::NotAllowed)
        }
    }
}

impl Deref for MayOrder {
    type Target = Acting;

    fn deref(&self) -> &Acting {
        &self.acting
    }
}

impl MayOrder {
    /// The same customer, asked for now: a role may have changed since the page was made.
    pub async fn afresh(visit: &Visit, accesses: &Accesses) -> Result<Self, Trouble> {
        let customer = Acting::of(visit)?.access.customer.id;
        let person = visit.visitor().person().ok_or(Trouble::SignInNeeded)?;
        Self::granted(&person.id, customer, accesses)
            .await
            .map_err(|error| error.trouble(visit.reference()))?
            .ok_or(Trouble::NotAllowed)
    }

    /// Whether the instance lets the person order for this customer now.
    pub async fn granted(
        person: &PersonId,
        customer: CustomerId,
        accesses: &Accesses,
    ) -> Result<Option<Self>, ReadError> {
        let granted = accesses.fresh(person).await?;
        Ok(granted
            .into_iter()
            .find(|access| access.customer.id == customer)
            .and_then(|access| Acting { access }.may_order().ok()))
    }

    /// An order of this customer's, whoever's it said it was.
    pub fn asks(&self, request: OrderRequest) -> Asked {
        Asked {
            request: OrderRequest {
                customer: self.access.customer.id,
                ..request
            },
        }
    }

    /// A page of the customer's orders.
    #[expect(clippy::disallowed_methods, reason = "this is the way to take")]
    pub async fn orders(
        &self,
        instance: &Instance,
        (page, size): (u32, u32),
        today: Date,
        wait: Duration,
    ) -> Result<OrdersView, ReadError> {
        instance.orders(&self.access, page, size, today, wait).await
    }

    /// One of the customer's orders.
    #[expect(clippy::disallowed_methods, reason = "this is the way to take")]
    pub async fn order(
        &self,
        instance: &Instance,
        id: OrderId,
        today: Date,
        wait: Duration,
    ) -> Result<OrderView, ReadError> {
        instance.order(&self.access, id, today, wait).await
    }
}

impl Deref for Asked {
    type Target = OrderRequest;

    fn deref(&self) -> &OrderRequest {
        &self.request
    }
}
