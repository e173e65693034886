//! The store as a model: its words, its rules, its money.
//!
//! Everything here is a value or a rule on values, and builds for the browser as well as for the server. Read it first: the
//! other crates only carry these words across a wire.
//!
//! | module | holds |
//! | --- | --- |
//! | [`text`] | languages, words by language, HTML that has been cleaned |
//! | [`money`], [`quantity`] | amounts and how many of a unit, exact decimals throughout |
//! | [`catalog`] | groups, products, units, pictures: what a shop shows |
//! | [`pricing`] | which price row and which discounts apply |
//! | [`cart`], [`order`] | what a shopper collects, asks for, and gets |
//! | [`visitor`] | who is looking: a guest, a person, a person acting for a customer |
//! | [`places`] | every page as a value, to and from its path |
//! | [`trouble`] | what can go wrong, as a shopper may know it |
//! | [`backend`] | the one trait by which pages ask the store |
//!
//! **Invariants.** No input or output, no clock, no randomness, no framework; nothing of OData, cookies or tokens. What comes
//! from outside is parsed at the border into these types once; past it there is no text that stands for a number or an id.

pub mod backend;
pub mod cart;
pub mod catalog;
pub mod ids;
pub mod money;
pub mod order;
pub mod places;
pub mod pricing;
pub mod quantity;
pub mod text;
pub mod trouble;
pub mod visitor;
