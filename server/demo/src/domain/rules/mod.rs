//! What ERP.net does by itself when documents are written: prices, discounts, amounts, states.

pub(crate) mod front_end;
pub(crate) mod pricing;
pub(crate) mod states;
pub(crate) mod totals;
pub(crate) mod units;
