//! The seller's side (entities.md §5).

use super::{
    EQ, Entity, Enumeration, IN, LIKE, Shape, boolean, children, decimal, int, member, ml, orders,
    reference, text,
};

static PAYMENT_SYSTEM_TYPE: Enumeration = Enumeration {
    name: "Finance_Payments_PaymentTypesRepository_SystemType",
    members: &[
        ("Cash", 0),
        ("ByCard", 1),
        ("BankTransfer", 2),
        ("Coupons", 3),
        ("Check", 4),
        ("UserDefined1", 5),
        ("UserDefined2", 6),
        ("Vouchers", 7),
        ("Packaging", 8),
        ("InternalUsage", 9),
        ("Damage", 10),
        ("Other", 11),
    ],
};
static DIRECTIONS: Enumeration = Enumeration {
    name: "Crm_Sales_SalesOrdersOptionsRepository_AllowedDirections",
    members: &[
        ("NormalSale", 0),
        ("SalesReturn", 1),
        ("NoLimit", 2),
        ("AllowAnyButNotBoth", 3),
    ],
};
static SHIPMENT: Enumeration = Enumeration {
    name: "Crm_Sales_SalesOrdersOptionsRepository_ShipmentAllowance",
    members: &[
        ("AlwaysAllow", 0),
        ("WaitForAnyPayment", 1),
        ("WaitForFullPayment", 2),
    ],
};

pub(super) const ENTITIES: &[Entity] = &[
    Entity {
        set: "General_EnterpriseCompanies",
        kind: "General_EnterpriseCompany",
        table: "Gen_Enterprise_Companies",
        shape: Shape::Root,
        base: None,
        display: "Company",
        search: &[],
        attributes: &[
            reference("Company", "General_Contacts_Companies")
                .required()
                .path(),
            reference("BaseCurrency", "General_Currencies_Currencies").required(),
            boolean("IsActive", true, EQ),
            reference(
                "VATDocumentAmountType",
                "Systems_Documents_DocumentAmountTypes",
            ),
            decimal("DefaultCustomerCreditLimitBase", 0),
        ],
    },
    Entity {
        set: "General_Currencies_Currencies",
        kind: "General_Currencies_Currency",
        table: "Gen_Currencies",
        shape: Shape::Root,
        base: None,
        display: "CurrencySign",
        search: &[],
        attributes: &[
            text("CurrencySign", 4, EQ | LIKE | IN)
                .required()
                .orderable(),
            text("Name", 64, EQ | LIKE),
            boolean("IsActive", true, EQ),
            int("ShowOrder", 0),
        ],
    },
    Entity {
        set: "Systems_Documents_DocumentTypes",
        kind: "Systems_Documents_DocumentType",
        table: "Gen_Document_Types",
        shape: Shape::Root,
        base: None,
        display: "TypeName",
        search: &[],
        attributes: &[
            text("Code", 16, EQ | LIKE | IN).required().orderable(),
            ml("TypeName", 254, LIKE).required(),
            text("EntityName", 64, EQ).required(),
            boolean("CreateManully", true, EQ),
            children(
                "UserStatuses",
                "Systems_Documents_DocumentTypeUserStatuses",
                "DocumentType",
            ),
            children(
                "SalesOrdersOptions",
                "Crm_Sales_SalesOrdersOptions",
                "DocumentType",
            ),
            children(
                "PaymentOptions",
                "Systems_Documents_DocumentTypePaymentOptions",
                "DocumentType",
            ),
        ],
    },
    Entity {
        set: "Systems_Documents_DocumentTypeUserStatuses",
        kind: "Systems_Documents_DocumentTypeUserStatus",
        table: "Gen_Document_Type_User_Statuses",
        shape: Shape::Child("DocumentType"),
        base: None,
        display: "UserStatusName",
        search: &[],
        attributes: &[
            reference("DocumentType", "Systems_Documents_DocumentTypes")
                .required()
                .path(),
            member("State", &orders::DOCUMENT_STATE, EQ).required(),
            ml("UserStatusName", 254, LIKE).required(),
            boolean("IsExitStatus", false, EQ),
            int("DisplayOrder", 0),
            boolean("Active", true, EQ),
        ],
    },
    Entity {
        set: "Crm_Sales_SalesOrdersOptions",
        kind: "Crm_Sales_SalesOrdersOption",
        table: "Crm_Sales_Orders_Options",
        shape: Shape::Child("DocumentType"),
        base: None,
        display: "Id",
        search: &[],
        attributes: &[
            reference("DocumentType", "Systems_Documents_DocumentTypes")
                .required()
                .path(),
            boolean("AvailableQuantityOnly", false, 0),
            decimal("MinimumAmount", 0),
            member("AllowedDirections", &DIRECTIONS, 0)
                .initial(super::Initial::Member("NormalSale")),
            member("ShipmentAllowance", &SHIPMENT, 0)
                .initial(super::Initial::Member("AlwaysAllow")),
        ],
    },
    Entity {
        set: "Systems_Documents_DocumentAmountTypes",
        kind: "Systems_Documents_DocumentAmountType",
        table: "Gen_Document_Amount_Types",
        shape: Shape::Root,
        base: None,
        display: "AmountTypeName",
        search: &[],
        attributes: &[
            text("AmountTypeCode", 16, EQ | LIKE).required().orderable(),
            ml("AmountTypeName", 254, LIKE).required(),
            boolean("AddToCustomer", false, EQ),
            boolean("AddToLine", false, EQ),
            decimal("DefaultPercent", 0),
        ],
    },
    Entity {
        set: "Finance_Payments_PaymentTypes",
        kind: "Finance_Payments_PaymentType",
        table: "Cash_Payment_Types",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &[],
        attributes: &[
            text("Code", 16, EQ | LIKE | IN).required().orderable(),
            ml("Name", 254, LIKE).required(),
            boolean("IsActive", true, EQ),
            member("SystemType", &PAYMENT_SYSTEM_TYPE, EQ),
            reference("EnterpriseCompany", "General_EnterpriseCompanies"),
        ],
    },
];
