//! Promotional packages and payment plans (entities.md §2.2, §6.1, §8.4).
//!
//! Unverified: of payment plans, payment options, points of sale and the order's rows of packages only the names of sets and
//! the rules about them are documented; their attributes are ours.

use super::{
    EQ, Entity, Enumeration, IN, Initial, LIKE, RANGE, Shape, amount, boolean, children, date,
    decimal, int, member, ml, quantity, reference, text,
};

const ORDERS: &str = "Crm_Sales_SalesOrders";
const PACKAGES: &str = "Crm_Pricing_PromotionalPackages";

static ADJUST: Enumeration = Enumeration {
    name: "Crm_Pricing_PromotionalPackageLinesRepository_StandardDiscountAdjustOrReplace",
    members: &[("Add", 0), ("Replace", 1), ("MarkDown", 2)],
};
static AMOUNT_TYPE: Enumeration = Enumeration {
    name: "Crm_Sales_SalesOrderPaymentPlansRepository_AmountType",
    members: &[("Amount", 0), ("Percent", 1), ("Remainder", 2)],
};

pub(super) const ENTITIES: &[Entity] = &[
    Entity {
        set: PACKAGES,
        kind: "Crm_Pricing_PromotionalPackage",
        table: "Crm_Promotional_Packages",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &["Code", "Name"],
        attributes: &[
            text("Code", 16, EQ | LIKE).required().orderable(),
            ml("Name", 254, LIKE).required(),
            boolean("Active", true, EQ),
            date("ValidFromDate", RANGE),
            date("ValidToDate", RANGE),
            reference("ValidForCustomer", "Crm_Sales_Customers"),
            reference("ValidForShipToCustomer", "Crm_Sales_Customers"),
            reference(
                "ValidForDistributionChannel",
                "Crm_Marketing_DistributionChannels",
            ),
            reference("ValidForPriceList", "Crm_Pricing_PriceLists"),
            reference("ValidForTargetGroup", "Crm_Marketing_TargetGroups"),
            children(
                "Lines",
                "Crm_Pricing_PromotionalPackageLines",
                "PromotionalPackage",
            ),
        ],
    },
    Entity {
        set: "Crm_Pricing_PromotionalPackageLines",
        kind: "Crm_Pricing_PromotionalPackageLine",
        table: "Crm_Promotional_Package_Lines",
        shape: Shape::Child("PromotionalPackage"),
        base: None,
        display: "Product",
        search: &[],
        attributes: &[
            reference("PromotionalPackage", PACKAGES).required().path(),
            int("LineNo", EQ).orderable(),
            reference("Product", "General_Products_Products").required(),
            quantity("Quantity", RANGE).required(),
            reference("QuantityUnit", "General_Products_MeasurementUnits"),
            amount("UnitPrice", 0),
            decimal("StandardDiscountPercentAdjust", 0),
            member("StandardDiscountAdjustOrReplace", &ADJUST, EQ).initial(Initial::Member("Add")),
        ],
    },
    Entity {
        set: "Crm_Sales_SalesOrderPromotionalPackages",
        kind: "Crm_Sales_SalesOrderPromotionalPackage",
        table: "Crm_Sales_Order_Promotional_Packages",
        shape: Shape::Child("SalesOrder"),
        base: None,
        display: "PromotionalPackage",
        search: &[],
        attributes: &[
            reference("SalesOrder", ORDERS).required().path(),
            reference("PromotionalPackage", PACKAGES).required(),
            decimal("Quantity", RANGE).initial(Initial::One),
        ],
    },
    Entity {
        set: "Crm_Sales_SalesOrderPaymentPlans",
        kind: "Crm_Sales_SalesOrderPaymentPlan",
        table: "Crm_Sales_Order_Payment_Plans",
        shape: Shape::Child("SalesOrder"),
        base: None,
        display: "InstallmentNumber",
        search: &[],
        attributes: &[
            reference("SalesOrder", ORDERS).required().path(),
            int("InstallmentNumber", EQ).orderable(),
            member("AmountType", &AMOUNT_TYPE, EQ | IN).initial(Initial::Member("Remainder")),
            amount("Amount", 0),
            decimal("Percent", 0),
            date("DueDate", RANGE),
            reference("PaymentType", "Finance_Payments_PaymentTypes"),
        ],
    },
    Entity {
        set: "Systems_Documents_DocumentTypePaymentOptions",
        kind: "Systems_Documents_DocumentTypePaymentOption",
        table: "Gen_Document_Type_Payment_Options",
        shape: Shape::Child("DocumentType"),
        base: None,
        display: "PaymentType",
        search: &[],
        attributes: &[
            reference("DocumentType", "Systems_Documents_DocumentTypes")
                .required()
                .path(),
            reference("PaymentType", "Finance_Payments_PaymentTypes"),
            boolean("AllowDeferredPayment", true, EQ),
            decimal("MinimumDeferredAmount", 0),
            boolean("AllowPaymentPlans", true, EQ),
        ],
    },
    Entity {
        set: "Crm_Pos_Terminals",
        kind: "Crm_Pos_Terminal",
        table: "Crm_Pos_Terminals",
        shape: Shape::Root,
        base: None,
        display: "Code",
        search: &["Code"],
        attributes: &[
            text("Code", 16, EQ | LIKE).required().orderable(),
            boolean("IsActive", true, EQ),
            reference(
                "EnterpriseCompanyLocation",
                "General_Contacts_CompanyLocations",
            )
            .required(),
        ],
    },
];
