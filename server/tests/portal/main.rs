//! The real router in-process, against a demo instance: what visitors, strangers and the identity provider may do.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod away;
mod back_channel;
mod carts;
mod connections;
mod copy;
mod doctor;
mod evil_provider;
mod forgery;
mod frames;
mod headers;
mod journal;
mod limits;
mod load;
mod mirror;
mod odd_goods;
mod orders;
mod provider;
mod proxy;
mod rates;
mod sessions;
mod sign_in;
mod sign_out;
mod store;
mod test_portal;
mod told;
mod visitor;
mod walls;
