//! Orders, written and read. In requests the order of members is the order in which the instance's rules fire.

use serde::{Deserialize, Serialize};

use super::{Amount, Expanded, Link, Number, Quantity, Reference, Words};

/// A new order. Prices, discounts and totals are absent: the instance fills them in.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct NewOrder {
    pub(crate) external_id: String,
    pub(crate) external_system: &'static str,
    pub(crate) document_type: Link,
    pub(crate) enterprise_company: Link,
    pub(crate) enterprise_company_location: Link,
    pub(crate) customer: Link,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ship_to_customer: Option<Link>,
    pub(crate) document_currency: Link,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) price_list: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) distribution_channel: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) store: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ship_to_party_contact_mechanism: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) payment_type: Option<Link>,
    pub(crate) document_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) required_delivery_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customer_purchase_order_no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) document_notes: Option<String>,
    pub(crate) lines: Vec<NewLine>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct NewLine {
    pub(crate) line_no: u32,
    pub(crate) product: Link,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) product_variant: Option<Link>,
    pub(crate) quantity_unit: Link,
    pub(crate) quantity: Quantity,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct NewAddress {
    pub(crate) party: Link,
    pub(crate) contact_mechanism_type: &'static str,
    pub(crate) name: String,
    pub(crate) is_active: bool,
}

#[derive(Serialize)]
pub(crate) struct ChangeState {
    #[serde(rename = "newState")]
    pub(crate) new_state: &'static str,
}

/// An order as it is read, whole or in part.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OrderRow {
    pub(crate) document_no: Option<String>,
    pub(crate) document_date: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) void: Option<bool>,
    pub(crate) user_status: Option<Expanded<UserStatusRow>>,
    pub(crate) customer: Option<Reference>,
    pub(crate) external_id: Option<String>,
    pub(crate) creation_time: Option<String>,
    pub(crate) customer_purchase_order_no: Option<String>,
    pub(crate) document_notes: Option<String>,
    pub(crate) required_delivery_date: Option<String>,
    pub(crate) total_line_amount: Option<Amount>,
    pub(crate) amount_to_pay: Option<Amount>,
    pub(crate) ship_to_party_contact_mechanism: Option<Expanded<AddressTextRow>>,
    #[serde(default)]
    pub(crate) lines: Vec<LineRow>,
    #[serde(default)]
    pub(crate) document_amounts: Vec<DocumentAmountRow>,
    #[serde(default)]
    pub(crate) state_changes: Vec<StateChangeRow>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UserStatusRow {
    pub(crate) user_status_name: Option<Words>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AddressTextRow {
    pub(crate) name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct LineRow {
    pub(crate) line_no: Option<i64>,
    pub(crate) product: Option<Reference>,
    pub(crate) product_description: Option<Words>,
    pub(crate) quantity: Option<Quantity>,
    pub(crate) unit_price: Option<Amount>,
    pub(crate) line_standard_discount_percent: Option<Number>,
    pub(crate) line_custom_discount_percent: Option<Number>,
    pub(crate) line_amount: Option<Amount>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DocumentAmountRow {
    pub(crate) input_amount: Option<Amount>,
    pub(crate) input_percent: Option<Number>,
    pub(crate) total_distributed_amount: Option<Amount>,
    pub(crate) document_amount_type: Option<Expanded<DocumentAmountTypeRow>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DocumentAmountTypeRow {
    pub(crate) add_to_customer: Option<bool>,
    pub(crate) amount_type_name: Option<Words>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StateChangeRow {
    pub(crate) new_state: Option<String>,
    pub(crate) update_time: Option<String>,
    pub(crate) void: Option<bool>,
}
