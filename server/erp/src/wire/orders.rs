//! Orders, written and read. In requests the order of members is the order in which the instance's rules fire.

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

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

/// An order that exists, as far as it can be read: a member of another shape than documented does not take the others with it.
pub(crate) struct KnownOrder {
    pub(crate) row: OrderRow,
    /// Members that are there and cannot be read, those of lines and the like among them.
    pub(crate) odd: Vec<&'static str>,
}

const ORDER: &[&str] = &[
    "DocumentNo",
    "DocumentDate",
    "State",
    "Void",
    "UserStatus",
    "Customer",
    "ExternalId",
    "CreationTime",
    "CustomerPurchaseOrderNo",
    "DocumentNotes",
    "RequiredDeliveryDate",
    "TotalLineAmount",
    "AmountToPay",
    "ShipToPartyContactMechanism",
    "Lines",
    "DocumentAmounts",
    "StateChanges",
];
const LINE: &[&str] = &[
    "LineNo",
    "Product",
    "ProductDescription",
    "Quantity",
    "UnitPrice",
    "LineStandardDiscountPercent",
    "LineCustomDiscountPercent",
    "LineAmount",
];
const DOCUMENT_AMOUNT: &[&str] = &[
    "InputAmount",
    "InputPercent",
    "TotalDistributedAmount",
    "DocumentAmountType",
];
const STATE_CHANGE: &[&str] = &["NewState", "UpdateTime", "Void"];

impl<'de> Deserialize<'de> for KnownOrder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members: Map<String, Value> = Map::deserialize(deserializer)?;
        let mut odd = Vec::new();
        keep_sound_rows::<LineRow>(members.get_mut("Lines"), LINE, &mut odd);
        keep_sound_rows::<DocumentAmountRow>(
            members.get_mut("DocumentAmounts"),
            DOCUMENT_AMOUNT,
            &mut odd,
        );
        keep_sound_rows::<StateChangeRow>(members.get_mut("StateChanges"), STATE_CHANGE, &mut odd);
        keep_sound::<OrderRow>(&mut members, ORDER, &mut odd);
        let row =
            serde_json::from_value(Value::Object(members)).map_err(serde::de::Error::custom)?;
        Ok(Self { row, odd })
    }
}

/// Takes out of each of the rows what cannot be read. What is no row at all stays as one of which nothing is known, so that its
/// absence can be told.
fn keep_sound_rows<T: DeserializeOwned>(
    rows: Option<&mut Value>,
    names: &'static [&'static str],
    odd: &mut Vec<&'static str>,
) {
    for row in rows.and_then(Value::as_array_mut).into_iter().flatten() {
        match row {
            Value::Object(members) => keep_sound::<T>(members, names, odd),
            other => *other = Value::Object(Map::new()),
        }
    }
}

/// Takes out the members that cannot be read, each tried by itself. An amount stays as one of which nothing is known: another one
/// must not take its place.
fn keep_sound<T: DeserializeOwned>(
    members: &mut Map<String, Value>,
    names: &'static [&'static str],
    odd: &mut Vec<&'static str>,
) {
    for &name in names {
        let Some(value) = members.get(name) else {
            continue;
        };
        let is_read = |value: Value| {
            let alone = [(name.to_owned(), value)].into_iter().collect();
            serde_json::from_value::<T>(Value::Object(alone)).is_ok()
        };
        if is_read(value.clone()) {
            continue;
        }
        odd.push(name);
        let nothing = Value::Object(Map::new());
        if is_read(nothing.clone()) {
            members.insert(name.to_owned(), nothing);
        } else {
            members.remove(name);
        }
    }
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
