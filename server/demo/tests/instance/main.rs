//! The instance over HTTP, as a portal meets it.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod control;
mod faults;
mod house;
mod identity;
mod orders;
mod portal;
mod prices;
mod reading;
mod sentinels;
mod site;
