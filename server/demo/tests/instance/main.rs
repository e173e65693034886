//! The instance over HTTP, as a portal meets it.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod batch;
mod control;
mod dialect;
mod faults;
mod house;
mod identity;
mod metadata;
mod orders;
mod papers;
mod portal;
mod prices;
mod reading;
mod rules;
mod sentinels;
mod site;
mod versions;
mod writing;
