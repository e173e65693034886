//! What ERP.net does by itself when documents are written: prices, discounts, amounts, states.

pub(crate) mod amounts;
pub(crate) mod availability;
pub(crate) mod checks;
pub(crate) mod dues;
pub(crate) mod front_end;
mod invoicing;
mod packages;
pub(crate) mod pricing;
pub(crate) mod states;
pub(crate) mod totals;
pub(crate) mod units;
