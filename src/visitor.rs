//! Who is looking: a guest, a person, a person acting for a customer.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    ids::{CustomerId, CustomerTypeId, PartyId, PriceListId, SessionId},
    money::Currency,
};

/// A person by issuer-wide stable id: the `id` claim, else the login name (identity.md §6.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PersonId {
    /// The user's record (`Systems_Security_Users`): survives a renamed login.
    User(uuid::Uuid),
    /// The login name, where the instance tells no id.
    Login(String),
}

/// A person who has signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who they are.
    pub id: PersonId,
    /// What to call them; for showing only.
    pub name: String,
    /// Whether they work for the seller.
    pub employee: bool,
}

/// A session of a person, as they see it in the list of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionView {
    /// Its public name.
    pub id: SessionId,
    /// Browser and system, such as `Firefox, Windows`; empty if neither is known.
    pub device: String,
    /// When it began, by the seller's clock.
    pub since: OffsetDateTime,
    /// When it was last used, give or take a minute.
    pub seen: OffsetDateTime,
    /// Whether it is the one that asks.
    pub here: bool,
}

/// What a person may do for a customer (`CustomerExternalAccess.Role`, entities.md §4.2). Each includes the former.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Sees the company's own profile.
    Basic,
    /// Orders, without prices, discounts and amounts.
    Orders,
    /// Orders with prices.
    OrdersWithPrices,
    /// Invoices and payments too.
    Billing,
    /// Manages the customer's other users.
    Admin,
    /// An administrator whom nobody else can remove.
    Owner,
}

impl Role {
    /// Whether it may place and see orders.
    pub fn may_order(self) -> bool {
        self >= Self::Orders
    }

    /// Whether it may see prices, discounts and amounts.
    pub fn sees_prices(self) -> bool {
        self >= Self::OrdersWithPrices
    }
}

/// A person's access to one customer, as the instance grants it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The customer.
    pub customer: Customer,
    /// What the person may do.
    pub role: Role,
    /// How many days back documents may be shown; none for all.
    pub days_back: Option<u32>,
}

/// A customer of the seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Its record.
    pub id: CustomerId,
    /// Its number, text.
    pub number: String,
    /// Its name.
    pub name: String,
    /// The party it is: addresses belong to the party.
    pub party: PartyId,
    /// Its price list.
    pub price_list: Option<PriceListId>,
    /// Its kind.
    pub kind: Option<CustomerTypeId>,
    /// Its own location of the seller, for orders.
    pub served_by: Option<crate::ids::LocationId>,
    /// The currency of its orders; none for the seller's.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// Days from an order to its delivery, by the customer's terms: the day its prices are those of.
    #[serde(default)]
    pub delivery_days: u16,
    /// Whether it may stand as the customer that is delivered to.
    #[serde(default)]
    pub ships_to_itself: bool,
}

/// Who is looking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Visitor {
    /// Nobody we know.
    Guest,
    /// A person, and what they stand for.
    SignedIn {
        /// The person.
        person: Person,
        /// What they stand for.
        standing: Standing,
    },
}

/// What a signed-in person stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// No customer (yet): sees what guests see, waits for the seller.
    NoCustomer,
    /// Several customers, none chosen yet.
    Choosing,
    /// Acts for this customer.
    Acting {
        /// The customer and what the person may do for it.
        access: Access,
        /// Whether there are other customers to switch to.
        has_others: bool,
    },
    /// The instance could not be asked: known as a person, not as a customer, until it can.
    Unknown,
}

impl Visitor {
    /// The customer the visitor acts for.
    pub fn acting(&self) -> Option<&Access> {
        match self {
            Self::SignedIn {
                standing: Standing::Acting { access, .. },
                ..
            } => Some(access),
            _ => None,
        }
    }

    /// The person, if one has signed in.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Guest => None,
            Self::SignedIn { person, .. } => Some(person),
        }
    }

    /// Whether the visitor may see prices: everybody, but those whose role for a customer says otherwise.
    pub fn sees_prices(&self) -> bool {
        self.acting().is_none_or(|access| access.role.sees_prices())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_open_what_the_matrix_says() {
        for (role, orders, prices) in [
            (Role::Basic, false, false),
            (Role::Orders, true, false),
            (Role::OrdersWithPrices, true, true),
            (Role::Billing, true, true),
            (Role::Admin, true, true),
            (Role::Owner, true, true),
        ] {
            assert_eq!(
                (role.may_order(), role.sees_prices()),
                (orders, prices),
                "{role:?}"
            );
        }
        assert!(Visitor::Guest.sees_prices());
    }
}
