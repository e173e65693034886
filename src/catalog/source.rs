//! The catalogue as the instance knows it. Whatever may be sold is here, in every language; costs and floor prices never are.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

use crate::{
    ids::{CompanyId, GroupId, PictureId, ProductId, UnitCategoryId, UnitId, VariantId},
    money::Money,
    text::Localized,
};

/// A group of products: a node of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its record.
    pub id: GroupId,
    /// The group above it; none at the top.
    pub parent: Option<GroupId>,
    /// Codes from the top down to this group.
    pub path: GroupPath,
    /// Its name.
    pub name: Localized,
    /// Whether it has a picture of its own, and when that last changed.
    pub picture_changed: Option<OffsetDateTime>,
    /// The only company that uses it; none for all.
    pub company: Option<CompanyId>,
}

/// The codes of a group and of those above it, from the top down. Its address in the shop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GroupPath(Vec<String>);

impl GroupPath {
    /// From the instance's `FullPath`, such as `/10/1001/` (entities.md §1.2); none if it names no code.
    pub fn from_full_path(full: &str) -> Option<Self> {
        Self::from_codes(
            full.split('/')
                .filter(|code| !code.is_empty())
                .map(str::to_owned)
                .collect(),
        )
    }

    /// From codes; none if there are none or one is blank.
    pub fn from_codes(codes: Vec<String>) -> Option<Self> {
        (!codes.is_empty() && codes.iter().all(|code| !code.trim().is_empty()))
            .then_some(Self(codes))
    }

    /// The codes, from the top down.
    pub fn codes(&self) -> &[String] {
        &self.0
    }

    /// Whether this group is `other` or lies below it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }
}

/// An article number: unique in the instance, at most 32 characters. A product's address in the shop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PartNumber(String);

impl PartNumber {
    /// The article number in this text, if it can be one.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits =
            !text.is_empty() && text.chars().count() <= 32 && !text.chars().any(char::is_control);
        fits.then(|| Self(text.to_owned()))
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for PartNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A product that may be sold, with everything that belongs to its aggregate. Prices, discounts and stock are separate
/// records with their own clocks (domain-api.md §13).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its record.
    pub id: ProductId,
    /// Its article number.
    pub part_number: PartNumber,
    /// Its name.
    pub name: Localized,
    /// A shorter name for tight places; may be empty.
    pub short_name: Localized,
    /// Plain text; may be empty.
    pub description: Localized,
    /// HTML as written by staff, **not cleaned**.
    pub raw_html: Option<String>,
    /// Its place in the tree.
    pub group: GroupId,
    /// Whether it is highlighted.
    pub featured: bool,
    /// The unit it is sold in unless the buyer picks another.
    pub unit: UnitId,
    /// What it is measured in; every unit of this category may be ordered.
    pub unit_category: UnitCategoryId,
    /// Units of its own, such as 1 box = 12 pieces.
    pub conversions: Vec<Conversion>,
    /// Price of one standard lot without any price row, and how many base units a lot is.
    pub standard_price: Option<StandardPrice>,
    /// The least one may order, in base units.
    pub minimum: Option<Decimal>,
    /// Whether there is stock of it (a service has none).
    pub stocked: bool,
    /// Whether it needs delivery.
    pub shipped: bool,
    /// Days of warranty.
    pub warranty_days: Option<u32>,
    /// Its variants; empty if it has none.
    pub variants: Vec<Variant>,
    /// Bar codes and other codes.
    pub codes: Vec<String>,
    /// Its pictures in order, the main one first.
    pub pictures: Vec<Picture>,
    /// Other products it points at.
    pub relations: Vec<Relation>,
    /// When anything of it last changed, as the instance counts (`AggregateLastUpdateTimeUtc`).
    pub changed: Option<OffsetDateTime>,
}

/// A conversion of one product: `source` of `source_unit` are `dest` of `dest_unit` (entities.md §1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    /// How many of the source unit.
    pub source: Decimal,
    /// Such as a box.
    pub source_unit: UnitId,
    /// How many of the destination unit.
    pub dest: Decimal,
    /// Such as a piece.
    pub dest_unit: UnitId,
}

/// The price of a product without any price row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandardPrice {
    /// Price of one lot.
    pub per_lot: Money,
    /// Base units in a lot; more than zero.
    pub lot: Decimal,
}

/// A colour, size or style of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// Its record.
    pub id: VariantId,
    /// Its code, composed by the instance.
    pub code: String,
    /// Its name, composed by the instance.
    pub name: Localized,
}

/// A picture of a product. Its bytes are fetched on their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Picture {
    /// Its record.
    pub id: PictureId,
    /// When it last changed; with the id, the key of every copy of it.
    pub changed: Option<OffsetDateTime>,
}

/// One product points at another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// The other product.
    pub to: ProductId,
    /// What the other is to this one.
    pub kind: RelationKind,
    /// First day of validity.
    pub from_date: Option<Date>,
    /// Last day of validity.
    pub to_date: Option<Date>,
}

/// What a related product is (`ProductRelationTypes.SystemType`, entities.md §1.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RelationKind {
    /// Somehow related.
    Generic,
    /// Its successor.
    Replacement,
    /// Goes with it.
    Merchandising,
    /// Fits on it.
    Fitment,
}

/// How much of a product may still be promised, in base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLevel {
    /// The product.
    pub product: ProductId,
    /// Base units that may be promised; may be negative.
    pub promise: Decimal,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_paths_come_from_full_paths() {
        let lamps = GroupPath::from_full_path("/10/1001/").unwrap();
        assert_eq!(lamps.codes(), ["10", "1001"]);
        assert!(lamps.is_within(&GroupPath::from_full_path("/10/").unwrap()));
        assert!(!lamps.is_within(&GroupPath::from_full_path("/1/").unwrap()));
        assert_eq!(GroupPath::from_full_path("//"), None);
        assert_eq!(GroupPath::from_codes(vec![" ".to_owned()]), None);
    }

    #[test]
    fn part_numbers_fit_the_instance() {
        assert_eq!(PartNumber::new(" NW-1 ").unwrap().as_str(), "NW-1");
        for text in ["", "  ", "a\nb", &"x".repeat(33)] {
            assert_eq!(PartNumber::new(text), None, "{text:?}");
        }
    }
}
