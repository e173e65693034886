//! The few parts that run in the browser.
//!
//! Pages hold no island but these two, both in the header. [`CartBadge`] also listens for the page's forms (`data-send`) and
//! answers in their place, so that a card or a line of the cart needs no island of its own. The two share
//! nothing: neither needs to know of the other.

mod cart_badge;
mod search_box;

#[cfg(feature = "hydrate")]
mod dom;
#[cfg(feature = "hydrate")]
mod forms;
#[cfg(feature = "hydrate")]
mod same_visit;

pub use cart_badge::CartBadge;
pub use search_box::SearchBox;
