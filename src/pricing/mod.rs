//! Which price row and which discounts apply (entities.md §2). For lists and carts this is an approximation for display; the
//! binding price is what a front-end transaction yields.

pub mod rows;
