//! Faults at will: what an instance, its network and the people who run it can do to a portal.
//!
//! A fault is a value: which requests it meets, how many of them, and what it does to them. It is brought up from a test
//! ([`crate::Demo::bring_up`]), from the control page, or by touching a sentinel. The pages below `/demo/` meet no fault.

pub(crate) mod answers;
pub(crate) mod asked;
pub(crate) mod layer;
pub(crate) mod registry;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Something that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The requests it is for.
    pub meets: Meets,
    /// So many of them pass unharmed first.
    #[serde(default)]
    pub after: u32,
    /// So many are met then; without a number all, until the fault is cleared.
    #[serde(default)]
    pub times: Option<u32>,
    /// What happens to them.
    pub does: Does,
}

impl Fault {
    /// Meets every request of the kind until it is cleared.
    pub const fn always(meets: Meets, does: Does) -> Self {
        Self {
            meets,
            after: 0,
            times: None,
            does,
        }
    }

    /// Meets the next request of the kind.
    pub const fn once(meets: Meets, does: Does) -> Self {
        Self::always(meets, does).times(1)
    }

    /// The same, for so many requests.
    #[must_use]
    pub const fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// The same, but so many requests pass unharmed first.
    #[must_use]
    pub const fn after(mut self, after: u32) -> Self {
        self.after = after;
        self
    }
}

/// Which requests a fault is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meets {
    /// All, of the identity provider and of the Domain API.
    Everything,
    /// All calls of the Domain API.
    Api,
    /// Calls of one set, whatever they do there: `Crm_Sales_SalesOrders`.
    Set(String),
    /// One kind of call, written as in [`crate::Calls::by_subject`], the method may be left out: `EndTransaction`,
    /// `POST Crm_Sales_SalesOrders`, `POST Crm_Sales_SalesOrders(id)/Recalculate`. A `*` at the end stands for any rest.
    Call(String),
    /// The calls that save: `EndTransaction` with commit, and writes outside of a transaction.
    Commit,
    /// The same, if a row that is saved is this one or refers to it.
    CommitOf(Uuid),
    /// Calls about one row, by its id: it is addressed, compared with by `eq`, or named in the body. For a person also the
    /// token request at the end of the sign-in. Lists in which the row merely appears are not about it.
    About(Uuid),
    /// The token endpoint.
    Token,
    /// Auto-discovery of the instance and the provider's discovery document.
    Discovery,
    /// The provider's public keys.
    Keys,
    /// One path of the instance, whole: `/id/connect/userinfo`.
    Path(String),
}

impl Meets {
    /// [`Meets::Call`], from a literal.
    pub fn call(kind: &str) -> Self {
        Self::Call(kind.to_owned())
    }

    /// [`Meets::Set`], from a literal.
    pub fn set(name: &str) -> Self {
        Self::Set(name.to_owned())
    }
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// It is done, and answered so much later; meanwhile it keeps its session's turn.
    Slow {
        /// How much later, by the instance's clock.
        milliseconds: u64,
    },
    /// It is done, and not answered until the fault is cleared; it keeps its session's turn.
    Hang,
    /// The answer comes in drops; it keeps its session's turn until the last one.
    Drip {
        /// Size of a drop.
        bytes: usize,
        /// Pause before each, by the instance's clock.
        milliseconds: u64,
    },
    /// It is done, and the connection is cut inside of the answer.
    Cut {
        /// Bytes of the body that still come.
        after: usize,
    },
    /// It is done, and the connection is cut before a byte of the answer: nobody knows whether it was.
    Lose,
    /// The connection is cut before anything is done.
    Drop,
    /// It is not done; the answer is a list with one row of this size.
    Huge {
        /// Size in MiB.
        megabytes: u32,
    },
    /// It is not done; the answer says it is JSON and is not, or not the JSON it should be.
    Malformed(Malformed),
    /// It is not done; the answer is a web page, with status 200, as of a proxy or a login form in between.
    Html,
    /// It is not done; the answer is a bare status.
    Refuse {
        /// 401, 403, 429, 500, 503 …
        status: u16,
        /// `Retry-After`, in seconds, as a date, or unreadable.
        #[serde(default)]
        retry_after: Option<String>,
    },
    /// It is not done, as no licence slot is free: 503 or, before version 27.1, 500 (identity.md §8).
    NoLicence,
    /// It is not done; the answer sends the caller elsewhere.
    Redirect {
        /// 301, 302, 307 …
        status: u16,
        /// `Location`.
        location: String,
    },
    /// It is not done; the answer is JSON of sixteen MiB of blanks, in sixteen KiB of gzip.
    Bomb,
    /// It is not done; the answer is this.
    Answer {
        /// HTTP status.
        status: u16,
        /// `Content-Type`.
        content_type: String,
        /// The body.
        body: String,
    },
}

impl Does {
    /// A bare status without `Retry-After`.
    pub const fn refuse(status: u16) -> Self {
        Self::Refuse {
            status,
            retry_after: None,
        }
    }

    /// A bare status that asks for patience.
    pub fn refuse_for(status: u16, retry_after: &str) -> Self {
        Self::Refuse {
            status,
            retry_after: Some(retry_after.to_owned()),
        }
    }
}

/// Ways for an answer not to be the JSON it says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Malformed {
    /// Ends in the middle, though all bytes that were announced have come.
    Half,
    /// No bytes.
    Empty,
    /// `null`.
    Null,
    /// JSON of another shape: a list where an object should be, an object where a list should be.
    Shape,
    /// Arrays in arrays, ten thousand deep.
    Deep,
    /// Bytes that are no UTF-8.
    Utf8,
}

/// A fault that was brought up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultId(pub(crate) u64);

/// A fault and what it did so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultState {
    /// Names the fault for taking it away.
    pub id: FaultId,
    /// The fault.
    #[serde(flatten)]
    pub fault: Fault,
    /// Requests it met so far.
    pub met: u32,
}
