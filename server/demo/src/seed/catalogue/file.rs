//! What stands in `catalogue.toml`.

use rust_decimal::Decimal;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Catalogue {
    pub(super) group: Vec<Group>,
    pub(super) family: Vec<Family>,
    #[serde(default)]
    pub(super) relation: Vec<Relation>,
    #[serde(default)]
    pub(super) discount: Vec<Discount>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) code: String,
    pub(super) name: (String, String),
    pub(super) motif: String,
    pub(super) colour: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Family {
    pub(super) group: String,
    pub(super) motif: String,
    pub(super) name: (String, String),
    pub(super) text: (String, String),
    /// Catalogue description in HTML, in English.
    pub(super) html: Option<String>,
    #[serde(default = "pieces")]
    pub(super) unit: String,
    /// Pieces in a box, for families that are also sold by the box.
    #[serde(rename = "box")]
    pub(super) in_box: Option<u32>,
    /// `(quantity, share off)`: price breaks.
    #[serde(default)]
    pub(super) breaks: Vec<(u32, Decimal)>,
    /// Share off in the price list `Horeca`.
    pub(super) horeca: Option<Decimal>,
    /// Colours as variants of one product instead of products of their own.
    #[serde(default)]
    pub(super) variants: Vec<String>,
    pub(super) warranty: Option<i64>,
    #[serde(default)]
    pub(super) service: bool,
    pub(super) item: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    pub(super) no: String,
    pub(super) colour: String,
    pub(super) price: Decimal,
    pub(super) stock: Decimal,
    /// Words for the size, after the name.
    pub(super) size: Option<(String, String)>,
    /// Proportion of the picture in percent.
    pub(super) scale: Option<u16>,
    /// Minimal quantity of a sale.
    pub(super) least: Option<Decimal>,
    /// The same in the store's channel.
    pub(super) channel_least: Option<Decimal>,
    /// Lowest price of a sale.
    pub(super) floor: Option<Decimal>,
    /// The same in the store's channel.
    pub(super) channel_floor: Option<Decimal>,
    /// Price agreed with customer 000412.
    pub(super) contract: Option<Decimal>,
    #[serde(default)]
    pub(super) featured: bool,
    /// Not in the channel and not in the catalogue.
    #[serde(default)]
    pub(super) hidden: bool,
    /// No longer sold.
    #[serde(default)]
    pub(super) withdrawn: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Relation {
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) kind: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Discount {
    pub(super) description: String,
    pub(super) percent: Decimal,
    pub(super) level: Option<String>,
    pub(super) group: Option<String>,
    pub(super) product: Option<String>,
    pub(super) customer: Option<String>,
    pub(super) from_quantity: Option<u32>,
    pub(super) price_list: Option<String>,
}

fn pieces() -> String {
    "pcs".to_owned()
}
