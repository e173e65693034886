//! Which price row and which discounts apply (entities.md §2). For lists and carts this is an approximation for display; the
//! binding price is what a front-end transaction yields.
//!
//! | module | holds |
//! | --- | --- |
//! | [`rows`] | price rows, discounts and price lists as the instance keeps them |
//! | [`units`] | how many base units of a product one of a unit is |
//! | [`book`] | all rows together, and the price of a product for a buyer |
//!
//! **Deliberately absent:** promotional packages and bonus programmes (only the instance evaluates them), VAT (a document
//! amount), conversion between currencies.
//!
//! Unverified: rows in another currency than the order's are left out, since no document says how they would be converted; and
//! rows for a campaign never match, since orders of a shop name none.

pub mod book;
pub mod rows;
pub mod units;
