//! What can go wrong: one enum per group of verbs. `trouble` is what a shopper may know, `kind` a word for logs; the texts are
//! for operators and never hold a body, a token or an address with a query.

use std::{fmt, time::Duration};

use vitrina::{
    order::Quote,
    trouble::{Refusal, Trouble},
};

use crate::{gate::GateError, http::HttpError, service_token::TokenError, sites::SitesError};

/// A call that did not give what was asked for.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    /// The gate let nobody in.
    #[error(transparent)]
    Gate(#[from] GateError),
    /// There is no service token.
    #[error("no service token: {0}")]
    Token(#[from] TokenError),
    /// There is no usable answer.
    #[error("{what}: {error}")]
    Http {
        /// What was asked.
        what: &'static str,
        /// Why not.
        error: HttpError,
    },
    /// The last calls all failed; nothing is asked until a pause is over (D6).
    #[error("the instance has failed repeatedly; asking again shortly")]
    Resting,
    /// The API's addresses could not be found.
    #[error("the instance's addresses are unknown: {0}")]
    Sites(SitesError),
    /// 401 with a fresh token (T4).
    #[error(
        "{what}: the instance refuses a fresh service token; check the system user and the Domain API's licence"
    )]
    Unauthorized {
        /// What was asked.
        what: &'static str,
    },
    /// 403.
    #[error("{what}: the system user or the scope lacks the right; grant it in ERP.net")]
    Forbidden {
        /// What was asked.
        what: &'static str,
    },
    /// 404.
    #[error("{what}: there is no such set or record")]
    Missing {
        /// What was asked.
        what: &'static str,
    },
    /// 429 after all repeats.
    #[error(
        "{what}: more calls than the instance grants; lower VITRINA_CALLS_A_MINUTE or raise its RateLimits"
    )]
    TooMany {
        /// What was asked.
        what: &'static str,
        /// When to ask again, if it said so.
        retry_after: Option<Duration>,
    },
    /// 503, or the older 500: no licence slot, or restarting.
    #[error("{what}: the instance has no licence slot free or is restarting")]
    Unavailable {
        /// What was asked.
        what: &'static str,
        /// Whether it said that it is the licence.
        licence: bool,
        /// When to ask again, if it said so.
        retry_after: Option<Duration>,
    },
    /// 500 with a body: a rule, a validation, an unsupported query (F11).
    #[error("{what}: {business}")]
    Business {
        /// What was asked.
        what: &'static str,
        /// What the instance said of it.
        business: Business,
    },
    /// Another status.
    #[error("{what}: status {status}")]
    Status {
        /// What was asked.
        what: &'static str,
        /// The status.
        status: u16,
    },
    /// The answer is no data at all: a page for people, or JSON that breaks off.
    #[error("{what}: no JSON; a maintenance page, or a proxy that answers for the instance")]
    Garbled {
        /// What was asked.
        what: &'static str,
    },
    /// The answer is not of the shape the documents describe.
    #[error("{what}: unreadable answer ({why})")]
    Unreadable {
        /// What was asked.
        what: &'static str,
        /// What is wrong with it, without its content.
        why: &'static str,
    },
}

/// What the body of a 500 says, as far as it may leave this crate. `info` (a stack trace) is dropped when it is read.
#[derive(Clone, PartialEq, Eq)]
pub struct Business {
    /// The number of the kind of error: 2129 duplicate, 2029 validation at commit, 0 anything.
    pub code: Option<i64>,
    /// The exception's class.
    pub class: String,
    /// The rule's number, such as `R28364`.
    pub rule: Option<String>,
    /// The message, for matching only: it may name tables, people and amounts.
    pub(crate) message: String,
}

impl Business {
    /// Whether no licence slot was free (HTTP 500 on older servers, identity.md §8).
    pub(crate) fn is_no_licence(&self) -> bool {
        self.message.contains("MaximumLicenseCountExceeded")
    }

    /// Whether it says no by a rule or a validation, so that what was asked for certainly did not happen: it names the rule, or
    /// bears the number of a validation at commit (2029) or of a duplicate (2129; domain-api.md §9). Anything else, such as a
    /// database that gave up waiting, says nothing of what is stored.
    pub(crate) fn is_refusal(&self) -> bool {
        self.rule.is_some() || matches!(self.code, Some(2029 | 2129))
    }

    /// Whether the transaction is unknown or has expired (domain-api.md §11.3). Unverified: that the text is English whatever
    /// the session's language.
    pub(crate) fn is_gone(&self) -> bool {
        self.message.contains("Invalid TransactionId")
    }

    /// The rule as a shopper may know it (entities.md §8.4).
    pub fn refusal(&self) -> Refusal {
        match self.rule.as_deref() {
            Some("R27179" | "R28364" | "R28369") => Refusal::CustomerNotValid,
            Some("R28339") => Refusal::AddressNotYours,
            Some("R23171") => Refusal::BelowMinimumQuantity,
            Some("R28344") => Refusal::BelowMinimumAmount,
            Some("R28427") => Refusal::RegistrationNumber,
            // Unverified: these two rules have no published number; their texts are matched by a word.
            None if self.message.to_lowercase().contains("credit limit") => Refusal::Credit,
            None if self.message.to_lowercase().contains("available quantity") => {
                Refusal::NotEnoughStock
            }
            _ => Refusal::Other,
        }
    }
}

impl fmt::Display for Business {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "refused by {}",
            self.rule.as_deref().unwrap_or("an unnumbered rule")
        )?;
        if let Some(code) = self.code {
            write!(f, ", code {code}")?;
        }
        if self.class.is_empty() {
            return Ok(());
        }
        write!(f, ", {}", self.class)
    }
}

impl fmt::Debug for Business {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Fault {
    /// Whether the call never had its turn: too many before it, or the instance asked for a pause.
    pub fn is_of_the_gate(&self) -> bool {
        matches!(self, Self::Gate(_))
    }

    /// A word for logs and counters.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Gate(GateError::Full) => "gate_full",
            Self::Gate(GateError::Deadline) => "gate_deadline",
            Self::Gate(GateError::Shut) => "gate_shut",
            Self::Token(_) => "token",
            Self::Http { error, .. } => match error {
                HttpError::Elsewhere => "elsewhere",
                HttpError::Connect => "connect",
                HttpError::Timeout => "timeout",
                HttpError::Cut => "cut",
                HttpError::TooLarge => "too_large",
                HttpError::Unbuildable => "unbuildable",
            },
            Self::Resting => "resting",
            Self::Sites(_) => "sites",
            Self::Unauthorized { .. } => "unauthorized",
            Self::Forbidden { .. } => "forbidden",
            Self::Missing { .. } => "missing",
            Self::TooMany { .. } => "too_many",
            Self::Unavailable { .. } => "unavailable",
            Self::Business { .. } => "business",
            Self::Garbled { .. } => "garbled",
            Self::Status { .. } => "status",
            Self::Unreadable { .. } => "unreadable",
        }
    }

    /// What a shopper may know. `reference` is the request's correlation id.
    pub fn trouble(&self, reference: &str) -> Trouble {
        match self {
            Self::Gate(_) | Self::TooMany { .. } => Trouble::Busy,
            Self::Token(_)
            | Self::Resting
            | Self::Sites(_)
            | Self::Unavailable { .. }
            | Self::Garbled { .. }
            | Self::Unauthorized { .. } => Trouble::Away,
            Self::Http { error, .. } => match error {
                HttpError::Connect | HttpError::Timeout | HttpError::Cut => Trouble::Away,
                HttpError::Elsewhere | HttpError::TooLarge | HttpError::Unbuildable => {
                    internal(reference)
                }
            },
            Self::Status { status, .. } if *status >= 500 => Trouble::Away,
            // The transaction is gone, and with it whatever was asked: asked again it is a new one.
            Self::Business { business, .. } if business.is_gone() => Trouble::Away,
            Self::Forbidden { .. }
            | Self::Missing { .. }
            | Self::Business { .. }
            | Self::Status { .. }
            | Self::Unreadable { .. } => internal(reference),
        }
    }

    /// Whether the request certainly was not acted on.
    pub(crate) fn sent_nothing(&self) -> bool {
        match self {
            Self::Http { error, .. } => error.sent_nothing(),
            // Before anything was sent; or answered with a refusal that comes before anything is done.
            Self::Gate(_)
            | Self::Token(_)
            | Self::Resting
            | Self::Sites(_)
            | Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::TooMany { .. } => true,
            Self::Missing { .. }
            | Self::Unavailable { .. }
            | Self::Business { .. }
            | Self::Status { .. }
            | Self::Garbled { .. }
            | Self::Unreadable { .. } => false,
        }
    }

    /// Whether the request may have been acted on without our knowing.
    pub(crate) fn is_unclear(&self) -> bool {
        !self.sent_nothing() && !matches!(self, Self::Business { .. } | Self::Missing { .. })
    }

    /// Whether it says that the transaction it met is no more: its session has ended, or the instance was restarted
    /// (domain-api.md §11.3). Nothing of such a transaction remains, nor will.
    pub(crate) fn is_gone(&self) -> bool {
        match self {
            Self::Unauthorized { .. } => true,
            Self::Business { business, .. } => business.is_gone(),
            _ => false,
        }
    }
}

fn internal(reference: &str) -> Trouble {
    Trouble::Internal {
        reference: reference.to_owned(),
    }
}

/// Something an operator must settle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperatorError {
    /// The instance offers several, and the setting names none.
    #[error("{setting} is needed: the instance has {count} {what}")]
    Several {
        /// The setting.
        setting: &'static str,
        /// What it names.
        what: &'static str,
        /// How many there are.
        count: usize,
    },
    /// The setting names none that exists and is in use, or there is none at all.
    #[error("{setting} names no {what} in use that the system user may read")]
    NoSuch {
        /// The setting.
        setting: &'static str,
        /// What it names.
        what: &'static str,
    },
    /// A record of the seller lacks something.
    #[error("{what} has no {lacks} in ERP.net")]
    Lacks {
        /// Which record.
        what: &'static str,
        /// What is missing.
        lacks: &'static str,
    },
}

/// Why a reading verb has no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReadError {
    /// The call failed.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// There is no such thing, or it is another customer's: the two are not told apart.
    #[error("not found")]
    NotFound,
    /// A setting is missing or wrong.
    #[error(transparent)]
    Operator(#[from] OperatorError),
}

impl ReadError {
    /// A word for logs and counters.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Fault(fault) => fault.kind(),
            Self::NotFound => "not_found",
            Self::Operator(_) => "operator",
        }
    }

    /// What a shopper may know. `reference` is the request's correlation id.
    pub fn trouble(&self, reference: &str) -> Trouble {
        match self {
            Self::Fault(fault) => fault.trouble(reference),
            Self::NotFound => Trouble::NotFound,
            Self::Operator(_) => internal(reference),
        }
    }
}

/// Why a picture's bytes did not come.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The call failed.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// There is no such picture, or it is empty.
    #[error("there is no picture")]
    NotFound,
    /// It is larger than the shop takes.
    #[error("the picture is larger than {0} bytes")]
    TooLarge(u64),
    /// The bytes could not be passed on.
    #[error("the picture could not be written: {0}")]
    Write(std::io::Error),
}

/// Why there is no quote.
#[derive(Debug, Clone, thiserror::Error)]
pub enum QuoteError {
    /// The call failed.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The instance refuses the order by a rule.
    #[error("the order is {0}")]
    Refused(Business),
    /// A setting is missing or wrong.
    #[error(transparent)]
    Operator(#[from] OperatorError),
    /// The shop may only read (scope `read`).
    #[error("orders are switched off by the scope")]
    OrdersOff,
    /// The service token lacks the scope to write (T6): an operator must grant it in ERP.net.
    #[error(
        "the service token lacks the scope `update`, so nothing can be quoted or ordered; add it to the Trusted Application"
    )]
    ScopeMissing,
    /// The customer cannot order: gone, or not allowed as an order's customer.
    #[error("the customer may not stand on an order")]
    Customer,
    /// The instance prices a line at nothing or less: it found no price row. Never sold for that (D7).
    #[error("a line has no price in ERP.net")]
    NoPrice,
}

impl QuoteError {
    /// A word for logs and counters.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Fault(fault) => fault.kind(),
            Self::Refused(_) => "refused",
            Self::Operator(_) => "operator",
            Self::OrdersOff => "orders_off",
            Self::ScopeMissing => "scope_missing",
            Self::Customer => "customer",
            Self::NoPrice => "no_price",
        }
    }

    /// What a shopper may know. `reference` is the request's correlation id.
    pub fn trouble(&self, reference: &str) -> Trouble {
        match self {
            Self::Fault(fault) => fault.trouble(reference),
            Self::Refused(business) => Trouble::Refused(business.refusal()),
            Self::Operator(_) => internal(reference),
            Self::OrdersOff => Trouble::OrdersOff,
            Self::ScopeMissing => Trouble::OrdersPaused,
            Self::Customer => Trouble::Refused(Refusal::CustomerNotValid),
            Self::NoPrice => Trouble::Refused(Refusal::NoPrice),
        }
    }
}

impl From<ReadError> for QuoteError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Fault(fault) => Self::Fault(fault),
            ReadError::Operator(operator) => Self::Operator(operator),
            ReadError::NotFound => Self::Customer,
        }
    }
}

/// Why an order was not placed, or may not have been. Only [`PlaceError::InDoubt`] leaves that open (K4).
#[derive(Debug, Clone, thiserror::Error)]
pub enum PlaceError {
    /// The total is another than the visitor saw; nothing was ordered (K3).
    #[error("the total has changed")]
    PriceChanged {
        /// What everything costs now.
        now: Box<Quote>,
    },
    /// The instance refuses the order by a rule; nothing was ordered.
    #[error("the order is {0}")]
    Refused(Business),
    /// Nothing was ordered, for certain.
    #[error("nothing was ordered: {0}")]
    NothingSent(QuoteError),
    /// No clear answer to the commit: look for the order by its key (K5), never send it again.
    #[error("the order is in doubt: {0}")]
    InDoubt(Fault),
}

impl PlaceError {
    /// A word for logs and counters.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PriceChanged { .. } => "price_changed",
            Self::Refused(_) => "refused",
            Self::NothingSent(error) => error.kind(),
            Self::InDoubt(_) => "in_doubt",
        }
    }

    /// What a shopper may know of a failure. A changed price and doubt have answers of their own; here they are "busy".
    pub fn trouble(&self, reference: &str) -> Trouble {
        match self {
            Self::PriceChanged { .. } | Self::InDoubt(_) => Trouble::Busy,
            Self::Refused(business) => Trouble::Refused(business.refusal()),
            Self::NothingSent(error) => error.trouble(reference),
        }
    }
}

impl From<QuoteError> for PlaceError {
    fn from(error: QuoteError) -> Self {
        match error {
            QuoteError::Refused(business) => Self::Refused(business),
            other => Self::NothingSent(other),
        }
    }
}

/// Splits what a write inside a transaction met: a rule's refusal, or a fault.
impl QuoteError {
    pub(crate) fn of_write(fault: Fault) -> Self {
        match fault {
            Fault::Business { business, .. } if !business.is_gone() => Self::Refused(business),
            other => Self::Fault(other),
        }
    }
}
