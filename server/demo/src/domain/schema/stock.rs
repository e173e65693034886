//! Availability (entities.md §3).

use super::{
    EQ, Entity, IN, LIKE, RANGE, Shape, amount, boolean, datetime, ml, quantity, reference, text,
};

const PRODUCTS: &str = "General_Products_Products";
const STORES: &str = "Logistics_Inventory_Stores";
const COMPANIES: &str = "General_EnterpriseCompanies";

pub(super) const ENTITIES: &[Entity] = &[
    Entity {
        set: "Logistics_Inventory_DemandManagement_AvailableToPromise",
        kind: "Logistics_Inventory_DemandManagement_AvailableToPromiseEntry",
        table: "Inv_Available_To_Promise",
        shape: Shape::View,
        base: None,
        display: "",
        search: &[],
        attributes: &[
            reference("Product", PRODUCTS),
            reference("Store", STORES),
            reference("EnterpriseCompany", COMPANIES),
            datetime("FromDate", EQ | RANGE).orderable(),
            quantity("ATPBase", 0),
            quantity("CurrentAvailabilityBase", 0),
            quantity("MovementsBase", 0),
            quantity("MovementsToDateBase", 0),
            quantity("ProjectedAvailabilityBase", 0),
        ],
    },
    Entity {
        set: "Logistics_Inventory_CurrentBalances",
        kind: "Logistics_Inventory_CurrentBalance",
        table: "Inv_Current_Balances",
        shape: Shape::View,
        base: None,
        display: "",
        search: &[],
        attributes: &[
            reference("Product", PRODUCTS).path(),
            reference("Store", STORES),
            reference("EnterpriseCompany", COMPANIES),
            quantity("QuantityBase", EQ | RANGE).read_only(),
            reference("ProductVariant", "General_Products_ProductVariants"),
            reference("Lot", "Logistics_Inventory_Lots"),
            reference("SerialNumber", "Logistics_Inventory_SerialNumbers"),
            reference("StoreBin", "Logistics_Inventory_StoreBins"),
            amount("BaseCost", RANGE),
        ],
    },
    Entity {
        set: STORES,
        kind: "Logistics_Inventory_Store",
        table: "Inv_Stores",
        shape: Shape::Root,
        base: Some(super::PARTIES),
        display: "Name",
        search: &["Code", "Name"],
        attributes: &[
            text("PartyCode", 16, EQ | LIKE | IN)
                .read_only()
                .orderable(),
            ml("PartyName", 254, LIKE).read_only(),
            text("Code", 16, EQ | LIKE).orderable(),
            ml("Name", 254, LIKE),
            boolean("IsActive", true, EQ),
            reference("EnterpriseCompany", COMPANIES),
            reference(
                "EnterpriseCompanyLocation",
                "General_Contacts_CompanyLocations",
            ),
            reference("Currency", "General_Currencies_Currencies"),
        ],
    },
];
