//! What pages show of the catalogue: one language, the prices of one visitor.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    listing::Paged,
    source::{GroupPath, PartNumber, RelationKind},
};
use crate::{
    ids::{ProductId, UnitId, VariantId},
    money::Money,
    text::CleanHtml,
};

/// A picture in the sizes that the shop serves, at addresses that never change their content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureView {
    /// Addresses by width in pixels, narrowest first; never empty.
    pub sources: Vec<PictureSource>,
    /// Width over height in thousandths, so that a page can keep the room: 1000 for a square.
    pub aspect: u32,
}

/// One size of a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureSource {
    /// Width in pixels.
    pub width: u32,
    /// Its address: a path of the shop.
    pub address: String,
}

/// What a visitor may know of a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PriceView {
    /// There is none, or none that can be read: it is asked for.
    OnRequest,
    /// The visitor's role sees no prices.
    Hidden,
    /// The price for the visitor, an approximation until quoted (entities.md §2.1).
    Known(Price),
}

/// A price without VAT for one of the product's selling unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// What one unit costs, discounts taken off.
    pub each: Money,
    /// What it costs without discounts, if they take something off.
    pub before: Option<Money>,
    /// Lower prices for more, by rising quantity.
    pub breaks: Vec<Break>,
}

/// From how many a price is another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Break {
    /// From this many selling units on.
    pub from: Decimal,
    /// What one unit then costs, discounts taken off.
    pub each: Money,
}

/// Whether a product can be had. A hint: only the order's release is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Availability {
    /// There is no stock of such a thing (a service).
    NotStocked,
    /// Enough.
    InStock,
    /// So many of the selling unit are left.
    Few(Decimal),
    /// None at the moment; may be ordered all the same.
    Out,
    /// The instance did not say.
    Unknown,
}

/// A product in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductCard {
    /// Its record.
    pub id: ProductId,
    /// Its article number.
    pub part_number: PartNumber,
    /// Its name.
    pub name: String,
    /// Its main picture.
    pub picture: Option<PictureView>,
    /// Its price.
    pub price: PriceView,
    /// Whether there is a price for this visitor, shown or not: without one it cannot be ordered (D7).
    pub has_price: bool,
    /// The selling unit.
    pub unit: UnitView,
    /// Whether it can be had.
    pub availability: Availability,
    /// Whether one must pick a variant before it can go into the cart.
    pub has_variants: bool,
    /// The least that goes into the cart at once.
    pub least: Decimal,
}

/// A unit as a page names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitView {
    /// Its record.
    pub id: UnitId,
    /// Its name in the page's language.
    pub name: String,
    /// Whether fractions are sold.
    pub divisible: bool,
}

/// A unit a product can be ordered in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitChoice {
    /// The unit.
    pub unit: UnitView,
    /// How many of the selling unit one of it is; one for the selling unit itself.
    pub holds: Decimal,
}

/// A variant one can pick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantView {
    /// Its record.
    pub id: VariantId,
    /// Its name.
    pub name: String,
}

/// A step from the top of the tree to where one is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crumb {
    /// The group's name.
    pub name: String,
    /// The group's address.
    pub path: GroupPath,
}

/// A group that can be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupTile {
    /// Its name.
    pub name: String,
    /// Its address.
    pub path: GroupPath,
    /// Its picture, or that of one of its products.
    pub picture: Option<PictureView>,
    /// How many products lie in it and below.
    pub products: u32,
    /// The groups directly below it.
    pub below: Vec<GroupTile>,
}

/// The first page of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeView {
    /// The groups at the top.
    pub groups: Vec<GroupTile>,
    /// Highlighted products.
    pub featured: Vec<ProductCard>,
    /// Products the visitor's price has come down for.
    pub reduced: Vec<ProductCard>,
}

/// A group with its products and those of the groups below.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupView {
    /// Its name.
    pub name: String,
    /// The groups above it, from the top down.
    pub above: Vec<Crumb>,
    /// The groups directly below it.
    pub below: Vec<GroupTile>,
    /// The products.
    pub products: Paged<ProductCard>,
}

/// What a search has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchView {
    /// What was searched for, as understood.
    pub text: String,
    /// Whether nothing fitted exactly and words that look alike were taken.
    pub similar: bool,
    /// The products.
    pub products: Paged<ProductCard>,
}

/// A product or group offered while one types.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Its name.
    pub name: String,
    /// A path of the shop.
    pub address: String,
    /// The address of a small picture.
    pub picture: Option<String>,
    /// Its price as text, if the visitor may see it.
    pub price: Option<String>,
}

/// Everything a product's page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductView {
    /// What a list would show of it.
    pub card: ProductCard,
    /// The groups it lies in, from the top down.
    pub above: Vec<Crumb>,
    /// Plain text; may be empty.
    pub description: String,
    /// Cleaned HTML written by staff.
    pub html: Option<CleanHtml>,
    /// All its pictures, the main one first.
    pub pictures: Vec<PictureView>,
    /// Its variants.
    pub variants: Vec<VariantView>,
    /// The units it can be ordered in, the selling unit first.
    pub units: Vec<UnitChoice>,
    /// Bar codes and other codes.
    pub codes: Vec<String>,
    /// Days of warranty.
    pub warranty_days: Option<u32>,
    /// Related products.
    pub related: Vec<(RelationKind, ProductCard)>,
}
