//! What can go wrong, as a shopper may know it. Causes are for logs; this is for kind words and a way on.

use serde::{Deserialize, Serialize};

/// Why a question to the store has no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Trouble {
    /// There is no such thing, or not for this visitor: the two are not told apart.
    #[error("not found")]
    NotFound,
    /// One must sign in first.
    #[error("sign-in needed")]
    SignInNeeded,
    /// The person acts for no customer (yet).
    #[error("no customer")]
    NoCustomer,
    /// One of several customers must be chosen first.
    #[error("a customer must be chosen")]
    ChooseCustomer,
    /// The person's role does not allow it.
    #[error("not allowed to this role")]
    NotAllowed,
    /// Too many wait for the instance: in a moment it works again.
    #[error("busy")]
    Busy,
    /// The visitor did it too often in a short time: in a minute it works again.
    #[error("too often")]
    TooOften,
    /// The instance does not answer, or has no licence to spare: later it works again.
    #[error("away")]
    Away,
    /// The shop is only for looking (scope `read`, or writing is switched off).
    #[error("orders are not taken")]
    OrdersOff,
    /// Orders are taken, but not just now: the shop may not write at the instance (T6). Later it works again.
    #[error("orders are not taken just now")]
    OrdersPaused,
    /// The instance refuses, by a rule the shop can put into words.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// The first copy of the catalogue has not arrived yet.
    #[error("the shop is being filled")]
    Filling,
    /// Something is broken. The reference finds the cause in the log.
    #[error("internal, reference {reference}")]
    Internal {
        /// The correlation id of the request.
        reference: String,
    },
}

/// Rules of the instance that stop an order, as shoppers may know them (entities.md §8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Refusal {
    /// R27179, R28364, R28369: the customer is not valid now.
    CustomerNotValid,
    /// R28339: the address belongs to somebody else.
    AddressNotYours,
    /// R23171: less than the least one may order.
    BelowMinimumQuantity,
    /// R28344: the order is too small.
    BelowMinimumAmount,
    /// The credit limit, or overdue invoices.
    Credit,
    /// There is not enough in stock.
    NotEnoughStock,
    /// R28427: the company's registration number is missing.
    RegistrationNumber,
    /// The shop's own: the instance has no price for one of the lines, and nothing is sold for nothing (D7).
    NoPrice,
    /// Any other rule.
    Other,
}
