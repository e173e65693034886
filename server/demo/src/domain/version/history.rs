//! What was renamed when, and what came later: entities.md §11 and domain-api.md §12, written out.

use super::Version;

/// A set that got a new name.
pub(super) struct Rename {
    pub(super) old: &'static str,
    /// Name of the type before. Unverified: made from the set's name by the usual rule.
    pub(super) kind: &'static str,
    pub(super) new: &'static str,
    pub(super) since: Version,
}

const fn rename(
    old: &'static str,
    kind: &'static str,
    new: &'static str,
    since: [u16; 4],
) -> Rename {
    Rename {
        old,
        kind,
        new,
        since: Version(since),
    }
}

/// From here on every name is the newest.
pub(super) const NEWEST_RENAME: Version = Version([26, 2, 0, 99]);

/// entities.md §11, written out.
pub(super) const RENAMED: &[Rename] = &[
    rename(
        "General_DocumentTypes",
        "General_DocumentType",
        "Systems_Documents_DocumentTypes",
        [24, 1, 5, 35],
    ),
    rename(
        "General_MeasurementUnits",
        "General_MeasurementUnit",
        "General_Products_MeasurementUnits",
        [24, 1, 5, 35],
    ),
    rename(
        "General_CustomProperties",
        "General_CustomProperty",
        "Systems_Bpm_CustomProperties",
        [24, 1, 5, 35],
    ),
    rename(
        "General_Currencies",
        "General_Currency",
        "General_Currencies_Currencies",
        [25, 1, 0, 64],
    ),
    rename(
        "General_CurrencyDirectories",
        "General_CurrencyDirectory",
        "General_Currencies_CurrencyDirectories",
        [25, 1, 0, 64],
    ),
    rename(
        "General_Documents",
        "General_Document",
        "General_Documents_Documents",
        [25, 1, 0, 64],
    ),
    rename(
        "General_DocumentAmounts",
        "General_DocumentAmount",
        "General_Documents_DocumentAmounts",
        [25, 1, 0, 64],
    ),
    rename(
        "General_DocumentComments",
        "General_DocumentComment",
        "General_Documents_DocumentComments",
        [25, 1, 0, 64],
    ),
    rename(
        "General_DocumentFileAttachments",
        "General_DocumentFileAttachment",
        "General_Documents_DocumentFileAttachments",
        [25, 1, 0, 64],
    ),
    rename(
        "General_DocumentFulfillments",
        "General_DocumentFulfillment",
        "General_Documents_DocumentFulfillments",
        [25, 1, 0, 64],
    ),
    rename(
        "General_DocumentStateChanges",
        "General_DocumentStateChange",
        "General_Documents_DocumentStateChanges",
        [25, 1, 0, 64],
    ),
    rename(
        "Crm_PriceLists",
        "Crm_PriceList",
        "Crm_Pricing_PriceLists",
        [25, 1, 1, 36],
    ),
    rename(
        "Crm_PriceTypes",
        "Crm_PriceType",
        "Crm_Pricing_PriceTypes",
        [25, 1, 1, 36],
    ),
    rename(
        "Crm_ProductPrices",
        "Crm_ProductPrice",
        "Crm_Pricing_ProductPrices",
        [25, 1, 1, 36],
    ),
    rename(
        "Crm_LineDiscounts",
        "Crm_LineDiscount",
        "Crm_Pricing_LineDiscounts",
        [25, 1, 1, 36],
    ),
    rename(
        "Crm_PromotionalPackages",
        "Crm_PromotionalPackage",
        "Crm_Pricing_PromotionalPackages",
        [25, 1, 1, 36],
    ),
    rename(
        "Crm_Customers",
        "Crm_Customer",
        "Crm_Sales_Customers",
        [25, 1, 2, 28],
    ),
    rename(
        "Crm_CustomerTypes",
        "Crm_CustomerType",
        "Crm_Sales_CustomerTypes",
        [25, 1, 2, 28],
    ),
    rename(
        "Crm_CustomerProducts",
        "Crm_CustomerProduct",
        "Crm_Sales_CustomerProducts",
        [25, 1, 2, 28],
    ),
    rename(
        "Finance_Payments_OrderBalances",
        "Finance_Payments_OrderBalance",
        "Finance_Payments_PaymentBalances",
        [25, 1, 2, 86],
    ),
    rename(
        "Finance_Vat_DealTypes",
        "Finance_Vat_DealType",
        "Regulatory_Vat_DealTypes",
        [26, 2, 0, 99],
    ),
];

/// Sets that came later.
pub(super) const SINCE: &[(&str, Version)] = &[
    ("Crm_Sales_CustomerExternalAccess", Version([25, 1, 2, 51])),
    ("General_Products_ProductRelations", Version::release(26, 2)),
    (
        "General_Products_ProductRelationTypes",
        Version::release(26, 2),
    ),
];
