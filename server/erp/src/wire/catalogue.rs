//! Rows of the catalogue. Costs and floor prices have no member here on purpose: they are never asked for.

use serde::Deserialize;

use super::{Amount, Expanded, Number, Quantity, Reference, Words};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GroupRow {
    pub(crate) full_path: Option<String>,
    pub(crate) name: Option<Words>,
    pub(crate) parent_group: Option<Reference>,
    pub(crate) picture_last_update_time: Option<String>,
    pub(crate) enterprise_company: Option<Reference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UnitRow {
    pub(crate) code: Option<String>,
    pub(crate) name: Option<Words>,
    pub(crate) measurement_category: Option<Reference>,
    pub(crate) multiplier: Option<Number>,
    pub(crate) divisor: Option<Number>,
    pub(crate) system_unit: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ProductRow {
    pub(crate) part_number: Option<String>,
    pub(crate) name: Option<Words>,
    pub(crate) short_name: Option<Words>,
    pub(crate) description: Option<Words>,
    pub(crate) catalog_description_html: Option<String>,
    pub(crate) is_featured: Option<bool>,
    pub(crate) product_group: Option<Reference>,
    pub(crate) product_type: Option<Expanded<ProductTypeRow>>,
    pub(crate) measurement_unit: Option<Reference>,
    pub(crate) base_measurement_category: Option<Reference>,
    pub(crate) standard_price_per_lot: Option<Amount>,
    pub(crate) standard_lot_size_base: Option<Quantity>,
    pub(crate) minimal_sales_quantity_base: Option<Number>,
    pub(crate) guarantee_period_days: Option<i64>,
    pub(crate) aggregate_last_update_time_utc: Option<String>,
    pub(crate) update_time: Option<String>,
    #[serde(default)]
    pub(crate) pictures: Vec<serde_json::Value>,
    #[serde(default)]
    pub(crate) variants: Vec<serde_json::Value>,
    #[serde(default)]
    pub(crate) codes: Vec<CodeRow>,
    #[serde(default)]
    pub(crate) dimensions: Vec<DimensionRow>,
    #[serde(default)]
    pub(crate) relations: Vec<RelationRow>,
    #[serde(default)]
    pub(crate) distribution_channels: Vec<ProductChannelRow>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ProductTypeRow {
    #[serde(rename = "IsStocked")]
    pub(crate) stocked: Option<bool>,
    #[serde(rename = "IsShipped")]
    pub(crate) shipped: Option<bool>,
    #[serde(rename = "IsFixedAsset")]
    pub(crate) fixed_asset: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PictureRow {
    pub(crate) picture_no: Option<i64>,
    pub(crate) is_default: Option<bool>,
    pub(crate) picture_size_class: Option<String>,
    pub(crate) last_update_time: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VariantRow {
    pub(crate) code: Option<String>,
    pub(crate) name: Option<Words>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CodeRow {
    pub(crate) product_code_field: Option<String>,
    pub(crate) active: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DimensionRow {
    pub(crate) source_quantity: Option<Quantity>,
    pub(crate) dest_quantity: Option<Quantity>,
    pub(crate) source_quantity_unit: Option<Reference>,
    pub(crate) dest_quantity_unit: Option<Reference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RelationRow {
    pub(crate) to_product: Option<Reference>,
    pub(crate) relation_type: Option<Expanded<RelationTypeRow>>,
    pub(crate) from_date: Option<String>,
    pub(crate) to_date: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RelationTypeRow {
    pub(crate) system_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ProductChannelRow {
    pub(crate) distribution_channel: Option<Reference>,
    pub(crate) is_active: Option<bool>,
    pub(crate) from_date: Option<String>,
    pub(crate) to_date: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PriceRow {
    pub(crate) product: Option<Reference>,
    pub(crate) price: Option<Amount>,
    pub(crate) price_quantity: Option<Quantity>,
    pub(crate) price_quantity_measurement_unit: Option<Reference>,
    pub(crate) price_type: Option<Reference>,
    #[serde(flatten)]
    pub(crate) conditions: ConditionsRow,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PriceTypeRow {
    pub(crate) ordinal_pos: Option<Number>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DiscountRow {
    pub(crate) discount_percent: Option<Number>,
    pub(crate) discount_level: Option<String>,
    pub(crate) product: Option<Reference>,
    pub(crate) product_group: Option<Reference>,
    #[serde(flatten)]
    pub(crate) conditions: ConditionsRow,
}

/// What price rows and discounts have in common.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ConditionsRow {
    pub(crate) from_date: Option<String>,
    pub(crate) thru_date: Option<String>,
    pub(crate) min_quantity: Option<Quantity>,
    pub(crate) max_quantity: Option<Quantity>,
    pub(crate) price_list: Option<Reference>,
    pub(crate) customer: Option<Reference>,
    pub(crate) ship_to_customer: Option<Reference>,
    pub(crate) customer_type: Option<Reference>,
    pub(crate) distribution_channel: Option<Reference>,
    pub(crate) target_group: Option<Reference>,
    pub(crate) enterprise_company: Option<Reference>,
    pub(crate) enterprise_company_location: Option<Reference>,
    pub(crate) campaign: Option<Reference>,
    pub(crate) priority: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PriceListRow {
    pub(crate) from_date: Option<String>,
    pub(crate) thru_date: Option<String>,
    pub(crate) auto_apply_discount_level: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TargetGroupRow {
    pub(crate) is_active: Option<bool>,
    #[serde(default)]
    pub(crate) members: Vec<MemberRow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MemberRow {
    pub(crate) customer: Option<Reference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PromiseRow {
    pub(crate) product: Option<Reference>,
    pub(crate) from_date: Option<String>,
    #[serde(rename = "ATPBase")]
    pub(crate) atp_base: Option<Quantity>,
}
