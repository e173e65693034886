//! Sales orders and what hangs on them (entities.md §6, §8).

use super::{
    DOCUMENTS, EQ, Entity, Enumeration, IN, Initial, LIKE, PARTIES, RANGE, Shape, amount, boolean,
    children, date, datetime, decimal, int, member, ml, quantity, reference, text,
};

const ORDERS: &str = "Crm_Sales_SalesOrders";
const CUSTOMERS: &str = "Crm_Sales_Customers";
const STORES: &str = "Logistics_Inventory_Stores";
const STATUSES: &str = "Systems_Documents_DocumentTypeUserStatuses";

/// The states of documents in their order (entities.md §8.1).
pub(crate) static DOCUMENT_STATE: Enumeration = Enumeration {
    name: "General_Documents_DocumentState",
    members: &[
        ("New", 0),
        ("Adjustment", 5),
        ("Planned", 10),
        ("FirmPlanned", 20),
        ("Released", 30),
        ("Completed", 40),
        ("Closed", 50),
    ],
};
static DELIVERY_TERMS: Enumeration = Enumeration {
    name: "Finance_Intrastat_DeliveryTerms",
    members: &[
        ("ExWorks", 0),
        ("FrancoCarrier", 1),
        ("FreeAlongsideShip", 2),
        ("FreeOnBoard", 3),
        ("CostAndFreightCF", 4),
        ("CostInsuranceAndFreight", 5),
        ("CarriagePaidTo", 6),
        ("CarriageAndInsurancePaidTo", 7),
        ("DeliveredAtPlace", 8),
        ("DeliveredAtTerminal", 9),
        ("DeliveredDutyPaid", 10),
        ("DeliveredAtPlaceUnloaded", 11),
    ],
};

pub(super) const ENTITIES: &[Entity] = &[
    Entity {
        set: ORDERS,
        kind: "Crm_Sales_SalesOrder",
        table: "Crm_Sales_Orders",
        shape: Shape::Root,
        base: Some(DOCUMENTS),
        display: "DocumentNo",
        search: &["DocumentNo"],
        attributes: &[
            int("AdjustmentNumber", 0)
                .read_only()
                .initial(Initial::Zero),
            text("EntityName", 64, 0).read_only(),
            reference("DocumentType", "Systems_Documents_DocumentTypes").required(),
            reference("EnterpriseCompany", "General_EnterpriseCompanies").required(),
            reference(
                "EnterpriseCompanyLocation",
                "General_Contacts_CompanyLocations",
            )
            .required(),
            reference("Customer", CUSTOMERS).required(),
            reference("DocumentCurrency", "General_Currencies_Currencies"),
            text("DocumentNo", 20, EQ | LIKE).orderable(),
            date("DocumentDate", EQ | RANGE)
                .initial(Initial::Today)
                .orderable(),
            member("State", &DOCUMENT_STATE, EQ | RANGE | IN)
                .read_only()
                .initial(Initial::Member("New")),
            reference("UserStatus", STATUSES).read_only(),
            text("FullState", 0, 0).calculated(),
            boolean("Void", false, EQ).read_only(),
            text("VoidReason", 254, 0).read_only(),
            boolean("ReadOnly", false, 0).read_only(),
            boolean("PlanningOnly", false, 0).read_only(),
            reference("MasterDocument", DOCUMENTS).read_only(),
            reference("Parent", DOCUMENTS).read_only(),
            reference("ShipToCustomer", CUSTOMERS),
            reference(
                "ShipToPartyContactMechanism",
                "General_Contacts_PartyContactMechanisms",
            ),
            reference("DistributionChannel", "Crm_Marketing_DistributionChannels"),
            reference("PriceList", "Crm_Pricing_PriceLists"),
            reference("Store", STORES),
            reference("SalesPerson", "Crm_SalesForce_SalesPersons"),
            reference("PaymentType", "Finance_Payments_PaymentTypes"),
            reference("PaymentAccount", "Finance_Payments_PaymentAccounts"),
            datetime("PaymentDueDate", RANGE),
            date("RequiredDeliveryDate", RANGE),
            member("DeliveryTermsCode", &DELIVERY_TERMS, 0),
            boolean("ApplyTradeConditions", true, EQ),
            boolean("CreditLimitOverride", false, EQ),
            text("CustomerPurchaseOrderNo", 20, EQ | LIKE).orderable(),
            date("CustomerPurchaseOrderDate", RANGE),
            text("DocumentNotes", 0, 0),
            text("ReferenceDocumentNo", 20, EQ | LIKE),
            reference("EndCustomerParty", PARTIES),
            reference("ReturnForSalesOrder", ORDERS),
            reference("ReturnForInvoice", "Crm_Invoicing_Invoices"),
            // Unverified: the names of the two attributes that R29752 and R29753 ask for.
            text("UniqueSaleNumber", 64, EQ),
            reference("PosLocation", "Crm_Pos_Terminals"),
            amount("TotalLineAmount", 0).calculated(),
            amount("AmountToPay", 0).calculated(),
            datetime("CreationTime", RANGE)
                .read_only()
                .initial(Initial::Now),
            datetime("ReleaseTime", RANGE).read_only(),
            datetime("CompleteTime", RANGE).read_only(),
            children("Lines", "Crm_Sales_SalesOrderLines", "SalesOrder"),
            children(
                "DocumentAmounts",
                "General_Documents_DocumentAmounts",
                "Document",
            ),
            children(
                "PaymentPlans",
                "Crm_Sales_SalesOrderPaymentPlans",
                "SalesOrder",
            ),
            children(
                "PromotionalPackages",
                "Crm_Sales_SalesOrderPromotionalPackages",
                "SalesOrder",
            ),
            children(
                "FileAttachments",
                "General_Documents_DocumentFileAttachments",
                "Document",
            ),
            children(
                "StateChanges",
                "General_Documents_DocumentStateChanges",
                "Document",
            ),
            children(
                "Fulfillments",
                "General_Documents_DocumentFulfillments",
                "Document",
            ),
        ],
    },
    Entity {
        set: "Crm_Sales_SalesOrderLines",
        kind: "Crm_Sales_SalesOrderLine",
        table: "Crm_Sales_Order_Lines",
        shape: Shape::Child("SalesOrder"),
        base: None,
        display: "ProductDescription",
        search: &[],
        attributes: &[
            reference("SalesOrder", ORDERS).required().path(),
            int("LineNo", EQ).orderable(),
            reference("Product", "General_Products_Products").required(),
            reference("ProductVariant", "General_Products_ProductVariants"),
            quantity("Quantity", RANGE).required(),
            reference("QuantityUnit", "General_Products_MeasurementUnits").required(),
            quantity("QuantityBase", 0),
            amount("UnitPrice", 0),
            reference("ProductPrice", "Crm_Pricing_ProductPrices"),
            decimal("LineStandardDiscountPercent", 0)
                .read_only()
                .initial(Initial::Zero),
            decimal("Level1DiscountPercent", 0)
                .read_only()
                .initial(Initial::Zero),
            decimal("Level2DiscountPercent", 0)
                .read_only()
                .initial(Initial::Zero),
            decimal("Level3DiscountPercent", 0)
                .read_only()
                .initial(Initial::Zero),
            decimal("LineCustomDiscountPercent", RANGE).initial(Initial::Zero),
            amount("LineAmount", 0),
            ml("ProductDescription", 254, LIKE),
            date("RequiredDeliveryDate", RANGE),
            reference("LineStore", STORES),
            text("Notes", 0, 0),
            int("ParentLineNo", EQ),
            reference("ReturnForSalesOrderLine", "Crm_Sales_SalesOrderLines"),
            reference("ReturnForInvoiceLine", "Crm_Invoicing_InvoiceLines"),
            boolean("ApplyTradeConditions", true, EQ),
            reference("PromotionalPackage", "Crm_Pricing_PromotionalPackages"),
        ],
    },
];
