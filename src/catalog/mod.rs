//! What a shop shows: groups, products, variants, units, pictures.
//!
//! [`source`] is the catalogue as the instance knows it, in all languages, kept by the mirror. [`view`] is what one page shows
//! of it, in one language and with the prices of one visitor.

pub mod listing;
pub mod source;
pub mod view;
