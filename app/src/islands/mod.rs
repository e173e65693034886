//! The few parts that run in the browser.
//!
//! Pages hold no island but these two, both in the header. [`CartBadge`] also listens for the page's forms (`data-send`) and
//! answers in their place, so that a card or a line of the cart needs no island of its own. What islands share is one
//! thread-local signal: they have no common owner to hand a context down.

mod cart_badge;
mod search_box;

#[cfg(feature = "hydrate")]
mod dom;
#[cfg(feature = "hydrate")]
mod forms;

pub use cart_badge::CartBadge;
pub use search_box::SearchBox;
