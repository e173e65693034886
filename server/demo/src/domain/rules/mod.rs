//! What ERP.net does by itself when documents are written: prices, discounts, amounts, states.

pub(crate) mod totals;
