//! Prices and discounts (entities.md §2).

use super::{
    EQ, Entity, Enumeration, IN, Initial, LIKE, RANGE, Shape, amount, boolean, children, date,
    datetime, decimal, int, member, ml, quantity, reference, text,
};

const PRODUCTS: &str = "General_Products_Products";
const CUSTOMERS: &str = "Crm_Sales_Customers";
const CHANNELS: &str = "Crm_Marketing_DistributionChannels";
const COMPANIES: &str = "General_EnterpriseCompanies";
const LOCATIONS: &str = "General_Contacts_CompanyLocations";
const PRICE_LISTS: &str = "Crm_Pricing_PriceLists";
const TARGET_GROUPS: &str = "Crm_Marketing_TargetGroups";
const MEMBERS: &str = "Crm_Marketing_TargetGroupMembers";
const CAMPAIGNS: &str = "Crm_Marketing_Campaigns";

/// Ranks of price and discount rows, stored 1–5.
pub(crate) static PRIORITY: Enumeration = Enumeration {
    name: "General_Priority",
    members: &[
        ("Lowest", 1),
        ("Low", 2),
        ("Medium", 3),
        ("High", 4),
        ("Highest", 5),
    ],
};
static LEVEL: Enumeration = Enumeration {
    name: "Crm_Pricing_LineDiscountsRepository_DiscountLevel",
    members: &[("One", 0), ("Two", 1), ("Three", 2)],
};
static AUTO_LEVEL: Enumeration = Enumeration {
    name: "Crm_Pricing_PriceListsRepository_AutoApplyDiscountLevel",
    members: &[("One", 0), ("Two", 1), ("Three", 2)],
};

pub(super) const ENTITIES: &[Entity] = &[
    Entity {
        set: "Crm_Pricing_ProductPrices",
        kind: "Crm_Pricing_ProductPrice",
        table: "Crm_Product_Prices",
        shape: Shape::Root,
        base: None,
        display: "Notes",
        search: &[],
        attributes: &[
            reference("Product", PRODUCTS).required().path(),
            amount("Price", EQ | RANGE),
            quantity("PriceQuantity", RANGE),
            reference("Currency", "General_Currencies_Currencies").required(),
            reference(
                "PriceQuantityMeasurementUnit",
                "General_Products_MeasurementUnits",
            )
            .required(),
            boolean("IsActive", true, EQ),
            date("FromDate", EQ | RANGE),
            date("ThruDate", EQ | RANGE),
            quantity("MinQuantity", EQ | RANGE),
            quantity("MaxQuantity", EQ | RANGE),
            reference("PriceList", PRICE_LISTS),
            reference("Customer", CUSTOMERS),
            reference("ShipToCustomer", CUSTOMERS),
            reference("DistributionChannel", CHANNELS),
            reference("TargetGroup", TARGET_GROUPS),
            reference("EnterpriseCompany", COMPANIES),
            reference("EnterpriseCompanyLocation", LOCATIONS),
            reference("Campaign", CAMPAIGNS),
            reference("PriceType", "Crm_Pricing_PriceTypes"),
            member("Priority", &PRIORITY, EQ | IN).initial(Initial::Member("Low")),
            text("Notes", 254, LIKE),
        ],
    },
    Entity {
        set: PRICE_LISTS,
        kind: "Crm_Pricing_PriceList",
        table: "Crm_Price_Lists",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &[],
        attributes: &[
            text("Name", 50, EQ | LIKE).required().orderable(),
            boolean("IsActive", true, EQ),
            date("FromDate", RANGE),
            date("ThruDate", RANGE),
            reference("EnterpriseCompany", COMPANIES),
            member("AutoApplyDiscountLevel", &AUTO_LEVEL, 0).initial(Initial::Member("One")),
        ],
    },
    Entity {
        set: "Crm_Pricing_PriceTypes",
        kind: "Crm_Pricing_PriceType",
        table: "Crm_Price_Types",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &[],
        attributes: &[
            text("Code", 16, EQ | LIKE).required().orderable(),
            ml("Name", 254, LIKE).required(),
            int("OrdinalPos", 0).initial(Initial::Zero),
            boolean("IsActive", true, EQ),
        ],
    },
    Entity {
        set: "Crm_Pricing_LineDiscounts",
        kind: "Crm_Pricing_LineDiscount",
        table: "Crm_Line_Discounts",
        shape: Shape::Root,
        base: None,
        display: "Description",
        search: &[],
        attributes: &[
            decimal("DiscountPercent", RANGE).initial(Initial::Zero),
            member("DiscountLevel", &LEVEL, EQ | IN)
                .initial(Initial::Member("One"))
                .orderable(),
            boolean("IsActive", true, EQ),
            datetime("FromDate", EQ | RANGE),
            datetime("ThruDate", EQ | RANGE),
            quantity("MinQuantity", EQ | RANGE),
            quantity("MaxQuantity", EQ | RANGE),
            reference("Product", PRODUCTS),
            reference("ProductGroup", "General_Products_ProductGroups"),
            reference("Customer", CUSTOMERS),
            reference("CustomerType", "Crm_Sales_CustomerTypes"),
            reference("PriceList", PRICE_LISTS),
            reference("DistributionChannel", CHANNELS),
            reference("TargetGroup", TARGET_GROUPS),
            reference("EnterpriseCompany", COMPANIES),
            reference("EnterpriseCompanyLocation", LOCATIONS),
            reference("Campaign", CAMPAIGNS),
            member("Priority", &PRIORITY, 0).initial(Initial::Member("Medium")),
            text("Description", 50, LIKE),
        ],
    },
    // Unverified: entities.md names target groups with their members, but not their attributes.
    Entity {
        set: TARGET_GROUPS,
        kind: "Crm_Marketing_TargetGroup",
        table: "Crm_Target_Groups",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &[],
        attributes: &[
            ml("Name", 254, LIKE).required(),
            boolean("IsActive", true, EQ),
            children("Members", MEMBERS, "TargetGroup"),
        ],
    },
    Entity {
        set: MEMBERS,
        kind: "Crm_Marketing_TargetGroupMember",
        table: "Crm_Target_Group_Members",
        shape: Shape::Child("TargetGroup"),
        base: None,
        display: "Customer",
        search: &[],
        attributes: &[
            reference("TargetGroup", TARGET_GROUPS).required().path(),
            reference("Customer", CUSTOMERS).required(),
        ],
    },
];
