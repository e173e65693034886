//! Rows about accesses, customers and addresses.

use serde::Deserialize;

use super::{Expanded, Reference, Words};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AccessRow {
    pub(crate) role: Option<String>,
    pub(crate) days_back_access: Option<i64>,
    pub(crate) user: Option<Reference>,
    pub(crate) customer: Option<Expanded<CustomerRow>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CustomerRow {
    pub(crate) number: Option<String>,
    pub(crate) active: Option<bool>,
    pub(crate) from_date: Option<String>,
    pub(crate) thru_date: Option<String>,
    pub(crate) allow_use_as_primary_customer: Option<bool>,
    pub(crate) allow_use_as_ship_to_customer: Option<bool>,
    pub(crate) party: Option<Expanded<PartyRow>>,
    pub(crate) enterprise_company: Option<Reference>,
    pub(crate) default_currency: Option<Expanded<CurrencyRow>>,
    pub(crate) default_delivery_term_days: Option<i64>,
    pub(crate) default_price_list: Option<Reference>,
    pub(crate) default_payment_type: Option<Reference>,
    pub(crate) customer_type: Option<Reference>,
    pub(crate) serviced_by_enterprise_company_location: Option<Reference>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CurrencyRow {
    pub(crate) currency_sign: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PartyRow {
    pub(crate) party_name: Option<Words>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AddressRow {
    pub(crate) name: Option<String>,
    pub(crate) is_default: Option<bool>,
    pub(crate) party: Option<Reference>,
}
