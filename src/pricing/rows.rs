//! Price rows and discounts as the instance keeps them. A condition that is `None` fits every order.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use time::Date;

use crate::{
    ids::{
        CampaignId, ChannelId, CompanyId, CustomerId, CustomerTypeId, GroupId, LocationId,
        PriceListId, ProductId, TargetGroupId, UnitId,
    },
    money::Money,
};

/// Days between which a row is valid, both included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub thru: Option<Date>,
}

impl Validity {
    /// Whether the day lies within.
    pub fn covers(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.thru.is_none_or(|thru| day <= thru)
    }
}

/// Quantities between which a row is valid, in a unit, both included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuantityRange {
    /// The least, with its unit.
    pub min: Option<(Decimal, Option<UnitId>)>,
    /// The most, with its unit.
    pub max: Option<(Decimal, Option<UnitId>)>,
}

/// Rank of rows that fit alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Priority {
    /// 1.
    Lowest,
    /// 2.
    Low,
    /// 3.
    Medium,
    /// 4.
    High,
    /// 5.
    Highest,
}

/// For whom and where a row is valid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    /// Of the order's price list.
    pub price_list: Option<PriceListId>,
    /// Of the order's customer.
    pub customer: Option<CustomerId>,
    /// Of the customer that is delivered to.
    pub ship_to: Option<CustomerId>,
    /// Of the customer's kind (discounts only).
    pub customer_type: Option<CustomerTypeId>,
    /// Of the order's channel.
    pub channel: Option<ChannelId>,
    /// Of a segment the customer is in.
    pub target_group: Option<TargetGroupId>,
    /// Of the seller.
    pub company: Option<CompanyId>,
    /// Of the seller's location.
    pub location: Option<LocationId>,
    /// Of a campaign.
    pub campaign: Option<CampaignId>,
}

/// A row of the price table (`Crm_Pricing_ProductPrices`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRow {
    /// The product.
    pub product: ProductId,
    /// What `per` of `unit` cost.
    pub price: Money,
    /// For how many of `unit`; more than zero.
    pub per: Decimal,
    /// The unit of `per`.
    pub unit: UnitId,
    /// When it is valid.
    pub validity: Validity,
    /// For which quantities.
    pub range: QuantityRange,
    /// For whom and where.
    pub conditions: Conditions,
    /// `PriceType.OrdinalPos`: the lowest wins; rows without a type come last (Unverified).
    pub ordinal: Option<i32>,
    /// The highest wins among equal ordinals.
    pub priority: Priority,
}

/// Levels of discounts: one of each at most, cascading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DiscountLevel {
    /// Always applies.
    One,
    /// Through a price list that allows it.
    Two,
    /// Through a price list that allows it.
    Three,
}

/// A discount on lines (`Crm_Pricing_LineDiscounts`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscountRow {
    /// Fraction taken off: 0.10 is ten percent.
    pub fraction: Decimal,
    /// Its level.
    pub level: DiscountLevel,
    /// The product; none for any.
    pub product: Option<ProductId>,
    /// The group, with all below it; none for any.
    pub group: Option<GroupId>,
    /// When it is valid.
    pub validity: Validity,
    /// For which quantities.
    pub range: QuantityRange,
    /// For whom and where.
    pub conditions: Conditions,
    /// The highest wins within a level, then the latest first day.
    pub priority: Priority,
}

/// A price list (`Crm_Pricing_PriceLists`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceList {
    /// Its record.
    pub id: PriceListId,
    /// When it is valid.
    pub validity: Validity,
    /// Up to which level discounts apply by themselves.
    pub applies_level: DiscountLevel,
}
