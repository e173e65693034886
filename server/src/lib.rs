//! The portal: one process that shows the shop, signs people in and places orders.
//!
//! | module | holds |
//! | --- | --- |
//! | [`settings`] | what the operator says, checked as a whole |
//! | [`portal`] | the assembled application as a value |
//! | [`routes`] | every route and who calls it |
//! | [`layers`] | what every request passes: log, headers, refusals, limits, guard |
//! | [`sign_in`] | stages of signing in, signing out |
//! | [`sessions`] | who is asking: the visit |
//! | [`frames`] | the shop in a frame of another site |
//! | [`account`] | which customers a person may act for |
//! | [`rates`] | how often one source or person may do what costs |
//! | [`mirror`] | our copy of the catalogue |
//! | [`ordering`] | quotes, placing, resolving doubt |
//! | [`doctor`] | what is wrong between the shop and the instance, and what to change |
//! | [`storefront`] | the store as one visitor sees it |
//! | [`ledger`] | what must not be lost |
//! | [`pages`], [`assets`], [`health`] | answers |
//! | [`serve`], [`ending`], [`panics`] | connections, the order in which everything ends, what is told of a panic |
//!
//! **Invariants.** Nothing here knows OData or a wire struct: the instance is spoken to in [`vitrina`]'s words through [`erp`].
//! Whose prices, carts and orders are shown is decided by the visit, never by what a browser sends.

pub mod account;
pub mod assets;
pub mod doctor;
pub mod ending;
pub mod frames;
pub mod health;
pub mod language;
pub mod layers;
pub mod ledger;
pub mod mirror;
pub mod ordering;
pub mod pages;
pub mod panics;
pub mod portal;
pub mod rates;
pub mod routes;
pub mod serve;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod storefront;
