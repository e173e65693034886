//! Customers, parties and their addresses (entities.md §4).

use super::{
    EQ, Entity, Enumeration, IN, Initial, LIKE, PARTIES, RANGE, Shape, amount, boolean, children,
    date, datetime, int, member, ml, quantity, reference, text,
};

const COMPANIES: &str = "General_EnterpriseCompanies";
const LOCATIONS: &str = "General_Contacts_CompanyLocations";
const MECHANISMS: &str = "General_Contacts_ContactMechanisms";

/// What a person may do for a customer (entities.md §4.2).
pub(crate) static ROLE: Enumeration = Enumeration {
    name: "Crm_Sales_CustomerExternalAccessRepository_Role",
    members: &[
        ("Basic", 0),
        ("Orders", 1),
        ("OrdersWithPrices", 2),
        ("Billing", 3),
        ("Admin", 4),
        ("Owner", 5),
    ],
};
static PARTY_TYPE: Enumeration = Enumeration {
    name: "General_Contacts_PartiesRepository_PartyType",
    members: &[
        ("Company", 0),
        ("CompanyLocation", 1),
        ("Person", 2),
        ("Store", 3),
        ("CompanyDivision", 4),
    ],
};
static GENDER: Enumeration = Enumeration {
    name: "General_Contacts_PersonsRepository_Gender",
    members: &[
        ("Female", 0),
        ("Male", 1),
        ("Other", 2),
        ("PreferNotToSay", 3),
    ],
};
static BILL_TO: Enumeration = Enumeration {
    name: "General_Contacts_CompanyLocationsRepository_BillTo",
    members: &[("Company", 0), ("CompanyLocation", 1)],
};
static MECHANISM: Enumeration = Enumeration {
    name: "General_Contacts_ContactMechanismsRepository_ContactMechanismType",
    members: &[
        ("Address", 0),
        ("Mail", 1),
        ("Fax", 2),
        ("MobilePhone", 3),
        ("Other", 4),
        ("Telephone", 5),
        ("WebSite", 6),
        ("PostalCode", 7),
        ("WebProfile", 8),
    ],
};

pub(super) const ENTITIES: &[Entity] = &[
    Entity {
        set: "Crm_Sales_Customers",
        kind: "Crm_Sales_Customer",
        table: "Crm_Customers",
        shape: Shape::Root,
        base: None,
        display: "Number",
        search: &["Number", "Party"],
        attributes: &[
            text("Number", 16, EQ | LIKE).orderable(),
            reference("Party", PARTIES).required().path(),
            reference("EnterpriseCompany", COMPANIES),
            boolean("Active", true, EQ),
            datetime("FromDate", RANGE).initial(Initial::Today),
            datetime("ThruDate", RANGE),
            boolean("AllowUseAsPrimaryCustomer", false, EQ),
            boolean("AllowUseAsShipToCustomer", false, EQ),
            reference("DefaultCurrency", "General_Currencies_Currencies"),
            reference("DefaultPriceList", "Crm_Pricing_PriceLists"),
            reference(
                "DefaultDistributionChannel",
                "Crm_Marketing_DistributionChannels",
            ),
            reference("DefaultPaymentType", "Finance_Payments_PaymentTypes"),
            reference("DefaultPaymentAccount", "Finance_Payments_PaymentAccounts"),
            int("DefaultPaymentTermDays", 0).initial(Initial::Zero),
            int("DefaultPaymentStartDays", 0).initial(Initial::Zero),
            int("DefaultDeliveryTermDays", 0).initial(Initial::Zero),
            amount("CreditLimit", 0),
            int("GracePeriodDays", 0).initial(Initial::Zero),
            reference("CustomerType", "Crm_Sales_CustomerTypes"),
            reference("SalesPerson", "Crm_SalesForce_SalesPersons"),
            reference("ServicedByEnterpriseCompanyLocation", LOCATIONS),
            children(
                "ExternalAccess",
                "Crm_Sales_CustomerExternalAccess",
                "Customer",
            ),
            children("Products", "Crm_Sales_CustomerProducts", "Customer"),
        ],
    },
    Entity {
        set: "Crm_Sales_CustomerProducts",
        kind: "Crm_Sales_CustomerProduct",
        table: "Crm_Customer_Products",
        shape: Shape::Child("Customer"),
        base: None,
        display: "Product",
        search: &[],
        // Unverified: entities.md §1.9 names these attributes without their permitted filters.
        attributes: &[
            reference("Customer", "Crm_Sales_Customers")
                .required()
                .path(),
            reference("Product", "General_Products_Products").required(),
            boolean("IsActive", true, EQ),
            date("FromDate", RANGE),
            date("ToDate", RANGE),
            quantity("OrderMultiple", 0),
            quantity("InStoreMinQuantity", 0),
            quantity("InStoreMaxQuantity", 0),
            text("Notes", 0, 0),
        ],
    },
    // Unverified: entities.md names types of customers, but not their attributes.
    Entity {
        set: "Crm_Sales_CustomerTypes",
        kind: "Crm_Sales_CustomerType",
        table: "Crm_Customer_Types",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &[],
        attributes: &[
            text("Code", 16, EQ | LIKE).required().orderable(),
            ml("Name", 254, LIKE).required(),
        ],
    },
    Entity {
        set: "Crm_Sales_CustomerExternalAccess",
        kind: "Crm_Sales_CustomerExternalAcces",
        table: "Crm_Customer_External_Access",
        shape: Shape::Child("Customer"),
        base: None,
        display: "Id",
        search: &[],
        attributes: &[
            reference("Customer", "Crm_Sales_Customers")
                .required()
                .path(),
            reference("User", "Systems_Security_Users").required(),
            member("Role", &ROLE, EQ).initial(Initial::Member("OrdersWithPrices")),
            int("DaysBackAccess", EQ | RANGE).initial(Initial::Number(30)),
            text("Notes", 0, 0),
        ],
    },
    Entity {
        set: PARTIES,
        kind: "General_Contacts_Party",
        table: "Gen_Parties",
        shape: Shape::Root,
        base: None,
        display: "PartyName",
        search: &["PartyCode", "PartyName"],
        attributes: &[
            text("PartyCode", 16, EQ | LIKE | IN)
                .read_only()
                .orderable(),
            ml("PartyName", 254, LIKE).read_only(),
            member("PartyType", &PARTY_TYPE, EQ).read_only(),
            text("PartyUniqueNumber", 16, EQ | LIKE),
            boolean("IsActive", true, EQ),
            reference("ParentParty", PARTIES),
            children(
                "ContactMechanisms",
                "General_Contacts_PartyContactMechanisms",
                "Party",
            ),
        ],
    },
    Entity {
        set: "General_Contacts_Persons",
        kind: "General_Contacts_Person",
        table: "Cm_Persons",
        shape: Shape::Root,
        base: Some(PARTIES),
        display: "PartyName",
        search: &["PartyCode", "PartyName"],
        attributes: &[
            text("PartyCode", 16, EQ | LIKE | IN)
                .read_only()
                .orderable(),
            ml("PartyName", 254, LIKE).read_only(),
            member("PartyType", &PARTY_TYPE, EQ).read_only(),
            text("PartyUniqueNumber", 16, EQ | LIKE),
            ml("FirstName", 64, LIKE),
            ml("MiddleName", 64, LIKE),
            ml("LastName", 64, LIKE),
            ml("Title", 32, 0),
            text("NationalNumber", 16, EQ | LIKE),
            datetime("BirthDate", RANGE),
            member("Gender", &GENDER, EQ),
            ml("City", 64, LIKE),
            reference("ParentParty", PARTIES),
            boolean("IsActive", true, EQ),
            children(
                "ContactMechanisms",
                "General_Contacts_PartyContactMechanisms",
                "Party",
            ),
        ],
    },
    Entity {
        set: "General_Contacts_Companies",
        kind: "General_Contacts_Company",
        table: "Cm_Companies",
        shape: Shape::Root,
        base: Some(PARTIES),
        display: "PartyName",
        search: &["PartyCode", "PartyName"],
        attributes: &[
            text("PartyCode", 16, EQ | LIKE | IN)
                .read_only()
                .orderable(),
            ml("PartyName", 254, LIKE).read_only(),
            member("PartyType", &PARTY_TYPE, EQ).read_only(),
            text("PartyUniqueNumber", 16, EQ | LIKE),
            ml("Name", 254, LIKE),
            text("RegistrationNumber", 16, EQ | LIKE).orderable(),
            text("RegistrationVATNumber", 16, EQ | LIKE).orderable(),
            boolean("IsVATRegistered", false, 0),
            ml("RegistrationType", 16, 0),
            ml("RegistrationPrimaryAddress", 254, LIKE),
            ml("City", 64, LIKE),
            reference("Country", "General_Geography_Countries"),
            ml("ResponsiblePersonName", 64, LIKE),
            reference("ParentParty", PARTIES),
            boolean("IsActive", true, EQ),
            children(
                "ContactMechanisms",
                "General_Contacts_PartyContactMechanisms",
                "Party",
            ),
        ],
    },
    Entity {
        set: LOCATIONS,
        kind: "General_Contacts_CompanyLocation",
        table: "Cm_Company_Locations",
        shape: Shape::Root,
        base: Some(PARTIES),
        display: "PartyName",
        search: &["PartyCode", "PartyName"],
        attributes: &[
            text("PartyCode", 16, EQ | LIKE | IN)
                .read_only()
                .orderable(),
            ml("PartyName", 254, LIKE).read_only(),
            member("PartyType", &PARTY_TYPE, EQ).read_only(),
            text("PartyUniqueNumber", 16, EQ | LIKE),
            reference("Company", "General_Contacts_Companies").required(),
            ml("LocationName", 254, LIKE).required(),
            member("BillTo", &BILL_TO, 0).initial(Initial::Member("Company")),
            text("WorkingTime", 254, 0),
            reference("ParentParty", PARTIES),
            boolean("IsActive", true, EQ),
            children(
                "ContactMechanisms",
                "General_Contacts_PartyContactMechanisms",
                "Party",
            ),
        ],
    },
    Entity {
        set: MECHANISMS,
        kind: "General_Contacts_ContactMechanism",
        table: "Cm_Contact_Mechanisms",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &[],
        attributes: &[
            member("ContactMechanismType", &MECHANISM, EQ | IN).initial(Initial::Member("Address")),
            text("Name", 254, EQ | LIKE).required(),
            reference(
                "AdministrativeRegion",
                "General_Geography_AdministrativeRegions",
            ),
            reference("GeoPoint", "General_Geography_GeoPoints"),
        ],
    },
    Entity {
        set: "General_Contacts_PartyContactMechanisms",
        kind: "General_Contacts_PartyContactMechanism",
        table: "Cm_Party_Contact_Mechanisms",
        shape: Shape::Child("Party"),
        base: Some(MECHANISMS),
        display: "Name",
        search: &[],
        attributes: &[
            reference("Party", PARTIES).required().path(),
            member("ContactMechanismType", &MECHANISM, EQ | IN).initial(Initial::Member("Address")),
            text("Name", 254, EQ | LIKE).required(),
            // Unverified: the server is expected to fill it with the base row of this very record.
            reference("ContactMechanism", MECHANISMS).read_only().path(),
            reference(
                "ContactMechanismPurpose",
                "General_Contacts_ContactMechanismPurposes",
            ),
            boolean("IsDefault", false, EQ),
            boolean("IsActive", true, EQ),
            datetime("FromDate", EQ | RANGE).initial(Initial::Today),
            datetime("ThruDate", EQ | RANGE),
            int("LineOrd", 0),
            reference(
                "AdministrativeRegion",
                "General_Geography_AdministrativeRegions",
            ),
            reference("GeoPoint", "General_Geography_GeoPoints"),
            boolean("NonSolicitation", false, EQ),
            text("Notes", 254, 0),
        ],
    },
    Entity {
        set: "General_Geography_Countries",
        kind: "General_Geography_Country",
        table: "Cm_Countries",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &[],
        attributes: &[
            text("Code", 2, EQ | LIKE).required().orderable(),
            ml("Name", 128, LIKE).required(),
        ],
    },
];
