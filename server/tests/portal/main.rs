//! The real router in-process, against a demo instance: what visitors, strangers and the identity provider may do.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod away;
mod back_channel;
mod carts;
mod connections;
mod copy;
mod forgery;
mod journal;
mod limits;
mod load;
mod mirror;
mod orders;
mod provider;
mod proxy;
mod rates;
mod sessions;
mod sign_in;
mod sign_out;
mod store;
mod test_portal;
mod visitor;
