//! Server functions: the targets of every form.
//!
//! A plain form is answered with a redirect to the place in its `back` field, a problem as a code in the address; never to
//! the `Referer`. Called by an island the same function returns an [`Answer`], whose `to` is where the form would have led.
//! Every argument is text with a default, so that no form of ours can fail before it reaches us: what is typed is judged by
//! [`vitrina::backend::Backend`], and comes back with a message. A form that nobody here made is refused by the portal. Each
//! function is called through [`Caller`], which proves that script of ours calls.

pub mod account;
mod caller;
pub mod cart;
pub mod checkout;
#[cfg_attr(
    feature = "ssr",
    expect(
        clippy::unused_async,
        reason = "answered from memory; in the browser it is a request"
    )
)]
pub mod search;

#[cfg(feature = "ssr")]
mod reply;

use serde::{Deserialize, Serialize};

pub use self::caller::{Caller, SCRIPT_HEADER};

/// What an island is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Whether it was done.
    pub done: bool,
    /// What to announce, in the language of the page.
    pub said: String,
    /// Where a plain form would have led: the page that shows the outcome.
    pub to: String,
    /// Lines in the cart now; none where it has not changed.
    pub lines: Option<u32>,
    /// The same in words, for those who do not see the badge.
    pub label: String,
    /// Whose visit answered (O4); empty for a guest's.
    #[serde(default)]
    pub visit: String,
}
