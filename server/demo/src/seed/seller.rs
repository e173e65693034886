//! The seller's side: company, currency, document type, channel, warehouse, units, types.

use rust_decimal::Decimal;

use super::{SeedError, Sower, id, ml, text, to};
use crate::domain::value::Value;

/// The codes and ids a portal is configured with (architecture: `VITRINA_COMPANY` and its kin are by code or id).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SellerSettings {
    /// Id of the enterprise company.
    pub company: uuid::Uuid,
    /// Code of the party of the enterprise company.
    pub company_code: String,
    /// Id of the company's location.
    pub location: uuid::Uuid,
    /// Code of the party of the location.
    pub location_code: String,
    /// Code of the sales orders' document type.
    pub document_type: String,
    /// Id of the document type.
    pub document_type_id: uuid::Uuid,
    /// Code of the store's distribution channel.
    pub channel: String,
    /// Id of the channel.
    pub channel_id: uuid::Uuid,
    /// Code of the warehouse.
    pub warehouse: String,
    /// Id of the warehouse.
    pub warehouse_id: uuid::Uuid,
}

pub(crate) fn settings() -> SellerSettings {
    SellerSettings {
        company: id(COMPANIES, "ognishte"),
        company_code: "OGN".to_owned(),
        location: id(LOCATIONS, "sofia"),
        location_code: "OGN-SOF".to_owned(),
        document_type: "SO-WEB".to_owned(),
        document_type_id: id(DOCUMENT_TYPES, "SO-WEB"),
        channel: "WEB".to_owned(),
        channel_id: id(CHANNELS, "WEB"),
        warehouse: "CENTRAL".to_owned(),
        warehouse_id: id(STORES, "CENTRAL"),
    }
}

pub(super) const COMPANIES: &str = "General_EnterpriseCompanies";
pub(super) const LOCATIONS: &str = "General_Contacts_CompanyLocations";
pub(super) const PARTY_COMPANIES: &str = "General_Contacts_Companies";
pub(super) const CURRENCIES: &str = "General_Currencies_Currencies";
pub(super) const DOCUMENT_TYPES: &str = "Systems_Documents_DocumentTypes";
pub(super) const AMOUNT_TYPES: &str = "Systems_Documents_DocumentAmountTypes";
pub(super) const CHANNELS: &str = "Crm_Marketing_DistributionChannels";
pub(super) const STORES: &str = "Logistics_Inventory_Stores";
pub(super) const UNITS: &str = "General_Products_MeasurementUnits";
pub(super) const CATEGORIES: &str = "General_Products_MeasurementCategories";
pub(super) const TYPES: &str = "General_Products_ProductTypes";
pub(super) const PAYMENT_TYPES: &str = "Finance_Payments_PaymentTypes";
pub(super) const PRICE_LISTS: &str = "Crm_Pricing_PriceLists";
pub(super) const PRICE_TYPES: &str = "Crm_Pricing_PriceTypes";
pub(super) const COUNTRIES: &str = "General_Geography_Countries";

pub(super) fn sow(sower: &mut Sower) -> Result<(), SeedError> {
    for (code, english, bulgarian) in [
        ("BG", "Bulgaria", "България"),
        ("DE", "Germany", "Германия"),
        ("PT", "Portugal", "Португалия"),
    ] {
        sower.row(
            COUNTRIES,
            code,
            vec![("Code", text(code)), ("Name", ml(english, bulgarian))],
        )?;
    }
    for (sign, name) in [("EUR", "Euro"), ("USD", "US dollar")] {
        sower.row(
            CURRENCIES,
            sign,
            vec![("CurrencySign", text(sign)), ("Name", text(name))],
        )?;
    }
    let name = ml("Ognishte Trade Ltd", "Огнище Трейд ЕООД");
    sower.row(
        PARTY_COMPANIES,
        "ognishte",
        vec![
            ("PartyCode", text("OGN")),
            ("PartyName", name.clone()),
            ("PartyType", Value::Member("Company")),
            ("PartyUniqueNumber", text("205811406")),
            ("Name", name),
            ("RegistrationNumber", text("205811406")),
            ("RegistrationVATNumber", text("BG205811406")),
            ("IsVATRegistered", Value::Bool(true)),
            ("City", ml("Sofia", "София")),
            ("Country", to(COUNTRIES, "BG")),
        ],
    )?;
    for (key, code, english, bulgarian) in [
        (
            "sofia",
            "OGN-SOF",
            "Sofia, central warehouse",
            "София, централен склад",
        ),
        ("varna", "OGN-VAR", "Varna", "Варна"),
    ] {
        sower.row(
            LOCATIONS,
            key,
            vec![
                ("PartyCode", text(code)),
                ("PartyName", ml(english, bulgarian)),
                ("PartyType", Value::Member("CompanyLocation")),
                ("Company", to(PARTY_COMPANIES, "ognishte")),
                ("LocationName", ml(english, bulgarian)),
            ],
        )?;
    }
    sower.row(
        AMOUNT_TYPES,
        "VAT",
        vec![
            ("AmountTypeCode", text("VAT")),
            ("AmountTypeName", ml("VAT", "ДДС")),
            ("AddToCustomer", Value::Bool(true)),
            ("DefaultPercent", Value::Decimal(Decimal::new(2, 1))),
        ],
    )?;
    sower.row(
        COMPANIES,
        "ognishte",
        vec![
            ("Company", to(PARTY_COMPANIES, "ognishte")),
            ("BaseCurrency", to(CURRENCIES, "EUR")),
            ("VATDocumentAmountType", to(AMOUNT_TYPES, "VAT")),
        ],
    )?;
    documents(sower)?;
    for (code, english, bulgarian) in [
        ("WEB", "Web store", "Онлайн магазин"),
        ("CC", "Client Center", "Клиентски център"),
    ] {
        sower.row(
            CHANNELS,
            code,
            vec![("Code", text(code)), ("Name", ml(english, bulgarian))],
        )?;
    }
    for (code, english, bulgarian) in [
        ("CENTRAL", "Central warehouse", "Централен склад"),
        ("VARNA", "Varna warehouse", "Склад Варна"),
    ] {
        sower.row(
            STORES,
            code,
            vec![
                ("PartyCode", text(code)),
                ("PartyName", ml(english, bulgarian)),
                ("PartyType", Value::Member("Store")),
                ("Code", text(code)),
                ("Name", ml(english, bulgarian)),
                ("EnterpriseCompany", to(COMPANIES, "ognishte")),
                (
                    "EnterpriseCompanyLocation",
                    to(LOCATIONS, if code == "VARNA" { "varna" } else { "sofia" }),
                ),
                ("Currency", to(CURRENCIES, "EUR")),
            ],
        )?;
    }
    for (code, english, bulgarian, kind) in [
        ("BANK", "Bank transfer", "Банков превод", "BankTransfer"),
        ("CASH", "Cash on delivery", "Наложен платеж", "Cash"),
    ] {
        sower.row(
            PAYMENT_TYPES,
            code,
            vec![
                ("Code", text(code)),
                ("Name", ml(english, bulgarian)),
                ("SystemType", Value::Member(kind)),
                ("EnterpriseCompany", to(COMPANIES, "ognishte")),
            ],
        )?;
    }
    measures(sower)?;
    for (code, english, bulgarian, order) in [
        ("CONTRACT", "Contract price", "Договорна цена", 10),
        ("LIST", "Price list", "Ценова листа", 20),
        ("WEB", "Web price", "Цена в магазина", 30),
    ] {
        sower.row(
            PRICE_TYPES,
            code,
            vec![
                ("Code", text(code)),
                ("Name", ml(english, bulgarian)),
                ("OrdinalPos", Value::Int(order)),
            ],
        )?;
    }
    sower.row(
        PRICE_LISTS,
        "Horeca",
        vec![
            ("Name", text("Horeca")),
            ("EnterpriseCompany", to(COMPANIES, "ognishte")),
            ("AutoApplyDiscountLevel", Value::Member("Two")),
        ],
    )?;
    Ok(())
}

fn documents(sower: &mut Sower) -> Result<(), SeedError> {
    sower.row(
        DOCUMENT_TYPES,
        "SO-WEB",
        vec![
            ("Code", text("SO-WEB")),
            (
                "TypeName",
                ml("Sales order from the web", "Продажба от онлайн магазин"),
            ),
            ("EntityName", text("Crm_Sales_Orders")),
        ],
    )?;
    sower.row(
        "Crm_Sales_SalesOrdersOptions",
        "SO-WEB",
        vec![
            ("DocumentType", to(DOCUMENT_TYPES, "SO-WEB")),
            ("MinimumAmount", Value::Decimal(Decimal::from(20))),
        ],
    )?;
    for (order, (state, english, bulgarian)) in [
        ("FirmPlanned", "Being checked", "Проверява се"),
        ("Released", "In picking", "Комплектува се"),
        ("Released", "Handed to the carrier", "Предадена на куриер"),
    ]
    .into_iter()
    .enumerate()
    {
        sower.row(
            "Systems_Documents_DocumentTypeUserStatuses",
            english,
            vec![
                ("DocumentType", to(DOCUMENT_TYPES, "SO-WEB")),
                ("State", Value::Member(state)),
                ("UserStatusName", ml(english, bulgarian)),
                (
                    "DisplayOrder",
                    Value::Int(i64::try_from(order).unwrap_or_default()),
                ),
            ],
        )?;
    }
    Ok(())
}

/// Code, names, category, whether it is the category's base, how many base units, meaning known to the system.
type Unit = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    bool,
    i64,
    Option<&'static str>,
);

fn measures(sower: &mut Sower) -> Result<(), SeedError> {
    for (key, english, bulgarian) in [
        ("pieces", "Pieces", "Бройки"),
        ("length", "Length", "Дължина"),
        ("weight", "Weight", "Тегло"),
        ("time", "Time", "Време"),
        ("packages", "Packages", "Опаковки"),
    ] {
        sower.row(CATEGORIES, key, vec![("Name", ml(english, bulgarian))])?;
    }
    let units: [Unit; 6] = [
        ("pcs", "piece", "брой", "pieces", true, 1, Some("Pieces")),
        ("box", "box", "кашон", "packages", true, 1, None),
        (
            "m",
            "metre",
            "метър",
            "length",
            true,
            1,
            Some("LengthMeters"),
        ),
        ("km", "kilometre", "километър", "length", false, 1000, None),
        (
            "kg",
            "kilogram",
            "килограм",
            "weight",
            true,
            1,
            Some("NetKilograms"),
        ),
        ("h", "hour", "час", "time", true, 1, Some("TimeHours")),
    ];
    for (code, english, bulgarian, category, base, multiplier, system) in units {
        sower.row(
            UNITS,
            code,
            vec![
                ("Code", text(code)),
                ("Name", ml(english, bulgarian)),
                ("MeasurementCategory", to(CATEGORIES, category)),
                ("IsDefaultUnit", Value::Bool(base)),
                ("Multiplier", Value::Int(multiplier)),
                ("SystemUnit", system.map_or(Value::Null, Value::Member)),
            ],
        )?;
    }
    for (code, english, bulgarian, stocked) in [
        ("GOODS", "Goods", "Стоки", true),
        ("SERVICE", "Services", "Услуги", false),
    ] {
        sower.row(
            TYPES,
            code,
            vec![
                ("Code", text(code)),
                ("Name", ml(english, bulgarian)),
                ("IsStocked", Value::Bool(stocked)),
                ("IsShipped", Value::Bool(stocked)),
                ("IsDefault", Value::Bool(stocked)),
            ],
        )?;
    }
    Ok(())
}
