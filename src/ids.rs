//! Identifiers: one type for each kind of record, so that none can be passed for another.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Text that was to be an identifier and is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::parse_str(text.trim()).map(Self).map_err(|_| NotAnId)
            }
        }
    )*};
}

ids! {
    /// A product (`General_Products_Products`).
    ProductId;
    /// A group of products (`General_Products_ProductGroups`).
    GroupId;
    /// A colour, size or style of a product (`General_Products_ProductVariants`).
    VariantId;
    /// A unit of measure (`General_Products_MeasurementUnits`).
    UnitId;
    /// A category of units, such as pieces or weight (`General_Products_MeasurementCategories`).
    UnitCategoryId;
    /// A picture of a product or a group.
    PictureId;
    /// A price list (`Crm_Pricing_PriceLists`).
    PriceListId;
    /// A customer of the seller (`Crm_Sales_Customers`).
    CustomerId;
    /// A kind of customers (`Crm_Sales_CustomerTypes`).
    CustomerTypeId;
    /// Any party: person, company, location (`General_Contacts_Parties`).
    PartyId;
    /// A delivery address (`General_Contacts_PartyContactMechanisms`).
    AddressId;
    /// A sales channel (`Crm_Marketing_DistributionChannels`).
    ChannelId;
    /// A segment of customers (`Crm_Marketing_TargetGroups`).
    TargetGroupId;
    /// A marketing campaign (`Crm_Marketing_Campaigns`).
    CampaignId;
    /// The selling company (`General_EnterpriseCompanies`).
    CompanyId;
    /// A location of the selling company (`General_Contacts_CompanyLocations`).
    LocationId;
    /// A sales order (`Crm_Sales_SalesOrders`).
    OrderId;
    /// A session of a person, as its public name in lists: ours, and it opens nothing.
    SessionId;
    /// A line of a cart: ours, unknown to the instance.
    LineId;
}
