//! What lists show against what the instance charges: the prices that the portal works out of its copy, and those of a front-end
//! transaction of the demo instance, which knows nothing of the portal's rules (entities.md §2).
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests"
)]

mod prices {
    pub(crate) mod house;
    mod random;
    mod seed;
}
