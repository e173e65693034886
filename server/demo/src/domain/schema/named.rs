//! Sets that other entities refer to and of which this instance has no rows: they are empty, and known by their key alone.

use super::{Entity, Shape};

const fn named(set: &'static str, kind: &'static str, table: &'static str) -> Entity {
    Entity {
        set,
        kind,
        table,
        shape: Shape::Root,
        base: None,
        display: "Id",
        search: &[],
        attributes: &[],
    }
}

// Unverified: the names of most of these tables.
pub(super) const ENTITIES: &[Entity] = &[
    named(
        "Crm_Marketing_Campaigns",
        "Crm_Marketing_Campaign",
        "Crm_Campaigns",
    ),
    named(
        "Crm_SalesForce_SalesPersons",
        "Crm_SalesForce_SalesPerson",
        "Crm_Sales_Persons",
    ),
    named(
        "Finance_Payments_PaymentAccounts",
        "Finance_Payments_PaymentAccount",
        "Cash_Payment_Accounts",
    ),
    named(
        "General_Contacts_ContactMechanismPurposes",
        "General_Contacts_ContactMechanismPurpose",
        "Cm_Contact_Mechanism_Purposes",
    ),
    named(
        "General_Geography_AdministrativeRegions",
        "General_Geography_AdministrativeRegion",
        "Cm_Administrative_Regions",
    ),
    named(
        "General_Geography_GeoPoints",
        "General_Geography_GeoPoint",
        "Cm_Geo_Points",
    ),
    named(
        "Logistics_Inventory_Lots",
        "Logistics_Inventory_Lot",
        "Inv_Lots",
    ),
    named(
        "Logistics_Inventory_SerialNumbers",
        "Logistics_Inventory_SerialNumber",
        "Inv_Serial_Numbers",
    ),
    named(
        "Logistics_Inventory_StoreBins",
        "Logistics_Inventory_StoreBin",
        "Inv_Store_Bins",
    ),
    // Users exist, but nobody without the scope `sec` reads them (identity.md §5.3).
    named(
        "Systems_Security_Users",
        "Systems_Security_User",
        "Sec_Users",
    ),
];
