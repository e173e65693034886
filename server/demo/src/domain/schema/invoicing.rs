//! Invoices, claims and payments (entities.md §9.2, §9.3).

use super::{
    DOCUMENTS, EQ, Entity, Enumeration, GE, IN, Initial, LIKE, PARTIES, RANGE, Shape, amount,
    boolean, children, date, datetime, decimal, int, member, ml, orders::DOCUMENT_STATE, quantity,
    reference, text,
};

const INVOICES: &str = "Crm_Invoicing_Invoices";
const ORDERS: &str = "Crm_Sales_SalesOrders";
const COMPANIES: &str = "General_EnterpriseCompanies";
const CURRENCIES: &str = "General_Currencies_Currencies";
const PAYMENT_TYPES: &str = "Finance_Payments_PaymentTypes";
const CLAIMS: &str = "Finance_Payments_PaymentOrders";
const PAYMENTS: &str = "Finance_Payments_PaymentTransactions";

static DIRECTION: Enumeration = Enumeration {
    name: "Finance_Payments_PaymentOrdersRepository_Direction",
    members: &[("Incoming", 0), ("Outgoing", 1)],
};
static DUE_STATUS: Enumeration = Enumeration {
    name: "Finance_Payments_PaymentBalancesRepository_DueStatus",
    members: &[
        ("Scheduled", 0),
        ("Due", 1),
        ("GracePeriod", 2),
        ("Overdue", 3),
        ("NotApplicable", 4),
    ],
};
static PAYMENT_STATUS: Enumeration = Enumeration {
    name: "Finance_Payments_PaymentBalancesRepository_PaymentStatus",
    members: &[
        ("Unpaid", 0),
        ("PartiallyPaid", 1),
        ("Paid", 2),
        ("Overpaid", 3),
        ("Other", 4),
    ],
};

pub(super) const ENTITIES: &[Entity] = &[
    Entity {
        set: INVOICES,
        kind: "Crm_Invoicing_Invoice",
        table: "Crm_Invoices",
        shape: Shape::Root,
        base: Some(DOCUMENTS),
        display: "DocumentNo",
        search: &["DocumentNo"],
        attributes: &[
            text("EntityName", 64, 0).read_only(),
            reference("Customer", "Crm_Sales_Customers"),
            reference("EnterpriseCompany", COMPANIES).required(),
            reference(
                "EnterpriseCompanyLocation",
                "General_Contacts_CompanyLocations",
            ),
            text("DocumentNo", 20, EQ | LIKE).orderable(),
            date("DocumentDate", EQ | RANGE)
                .initial(Initial::Today)
                .orderable(),
            reference("DocumentType", "Systems_Documents_DocumentTypes").required(),
            member("State", &DOCUMENT_STATE, EQ | RANGE | IN)
                .read_only()
                .initial(Initial::Member("New")),
            boolean("Void", false, EQ).read_only(),
            text("VoidReason", 254, 0).read_only(),
            boolean("ReadOnly", false, 0).read_only(),
            reference("MasterDocument", DOCUMENTS).read_only(),
            reference("Parent", DOCUMENTS).read_only(),
            reference("DocumentCurrency", CURRENCIES),
            amount("TotalLineAmount", 0).calculated(),
            amount("AmountToPay", 0).calculated(),
            datetime("PaymentDueDate", RANGE),
            reference("PaymentType", PAYMENT_TYPES),
            reference("CreditNoteOriginalInvoice", INVOICES),
            text("CreditNoteDescription", 254, 0),
            text("VATNotes", 254, 0),
            datetime("CreationTime", RANGE)
                .read_only()
                .initial(Initial::Now),
            datetime("ReleaseTime", RANGE).read_only(),
            children("Lines", "Crm_Invoicing_InvoiceLines", "Invoice"),
            children(
                "DocumentAmounts",
                "General_Documents_DocumentAmounts",
                "Document",
            ),
            children(
                "FileAttachments",
                "General_Documents_DocumentFileAttachments",
                "Document",
            ),
        ],
    },
    Entity {
        set: "Crm_Invoicing_InvoiceLines",
        kind: "Crm_Invoicing_InvoiceLine",
        table: "Crm_Invoice_Lines",
        shape: Shape::Child("Invoice"),
        base: None,
        display: "ProductDescription",
        search: &[],
        // Unverified: entities.md names these attributes without their permitted filters.
        attributes: &[
            reference("Invoice", INVOICES).required().path(),
            int("LineNo", EQ).orderable(),
            reference("Product", "General_Products_Products").required(),
            ml("ProductDescription", 254, LIKE),
            quantity("Quantity", RANGE).required(),
            reference("QuantityUnit", "General_Products_MeasurementUnits").required(),
            amount("UnitPrice", 0),
            decimal("LineStandardDiscountPercent", 0),
            decimal("LineCustomDiscountPercent", 0),
            amount("LineAmount", 0),
            reference("SalesOrder", ORDERS),
            reference("ParentSalesOrderLine", "Crm_Sales_SalesOrderLines"),
        ],
    },
    Entity {
        set: "Finance_Payments_PaymentBalances",
        kind: "Finance_Payments_PaymentBalance",
        table: "Cash_Payment_Balances",
        shape: Shape::View,
        base: None,
        display: "",
        search: &[],
        // Unverified: of these filters only those of the page "due payments" are documented.
        attributes: &[
            member("Direction", &DIRECTION, EQ | IN),
            datetime("DueDate", EQ | RANGE).orderable(),
            datetime("DueStartDate", EQ | RANGE),
            member("DueStatus", &DUE_STATUS, EQ | IN),
            boolean("IsInvoiced", false, EQ),
            amount("OrderAmount", 0),
            amount("PaidAmount", 0),
            member("PaymentStatus", &PAYMENT_STATUS, EQ | IN),
            date("RefDocumentDate", EQ | RANGE),
            text("RefDocumentNo", 20, EQ | LIKE),
            date("RefInvoiceDocumentDate", EQ | RANGE),
            text("RefInvoiceDocumentNo", 20, EQ | LIKE),
            amount("RemainingAmount", GE),
            reference("Currency", CURRENCIES),
            reference("EnterpriseCompany", COMPANIES),
            reference("Party", PARTIES),
            reference("PaymentOrder", CLAIMS),
            reference("RefDocument", DOCUMENTS),
            reference("RefDocumentType", "Systems_Documents_DocumentTypes"),
            reference("RefInvoiceDocument", INVOICES),
        ],
    },
    // Unverified: the attributes of claims and payments beyond those that entities.md §9.3 names.
    Entity {
        set: CLAIMS,
        kind: "Finance_Payments_PaymentOrder",
        table: "Cash_Payment_Orders",
        shape: Shape::Root,
        base: None,
        display: "RefInvoiceDocument",
        search: &[],
        attributes: &[
            reference("Party", PARTIES).required(),
            reference("EnterpriseCompany", COMPANIES).required(),
            member("Direction", &DIRECTION, EQ).initial(Initial::Member("Incoming")),
            amount("TotalAmount", 0),
            reference("Currency", CURRENCIES),
            datetime("DueStartDate", RANGE),
            datetime("DueDate", RANGE).orderable(),
            reference("PaymentType", PAYMENT_TYPES),
            reference("RefDocument", DOCUMENTS),
            reference("RefInvoiceDocument", INVOICES),
        ],
    },
    Entity {
        set: PAYMENTS,
        kind: "Finance_Payments_PaymentTransaction",
        table: "Cash_Payment_Transactions",
        shape: Shape::Root,
        base: None,
        display: "Party",
        search: &[],
        attributes: &[
            reference("DocumentType", "Systems_Documents_DocumentTypes"),
            date("DocumentDate", EQ | RANGE)
                .initial(Initial::Today)
                .orderable(),
            reference("Party", PARTIES).required(),
            member("Direction", &DIRECTION, EQ).initial(Initial::Member("Incoming")),
            reference("PaymentAccount", "Finance_Payments_PaymentAccounts"),
            amount("TotalAmount", 0),
            children(
                "Lines",
                "Finance_Payments_PaymentTransactionLines",
                "PaymentTransaction",
            ),
        ],
    },
    Entity {
        set: "Finance_Payments_PaymentTransactionLines",
        kind: "Finance_Payments_PaymentTransactionLine",
        table: "Cash_Payment_Transaction_Lines",
        shape: Shape::Child("PaymentTransaction"),
        base: None,
        display: "PaymentOrder",
        search: &[],
        attributes: &[
            reference("PaymentTransaction", PAYMENTS).required().path(),
            reference("PaymentOrder", CLAIMS),
            amount("Amount", 0),
            amount("CoveredOrderAmount", 0),
        ],
    },
];
