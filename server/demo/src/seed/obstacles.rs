//! What stands in the way: a second company, other types of documents and customers, so that every rule of entities.md §8.4
//! can be met. The table of rules is in `docs/demo-instance.md`.

use rust_decimal::Decimal;
use time::Duration;

use super::customers::CUSTOMERS;
use super::seller::{
    AMOUNT_TYPES, CHANNELS, COMPANIES, COUNTRIES, CURRENCIES, DOCUMENT_TYPES, LOCATIONS,
    PARTY_COMPANIES, PAYMENT_TYPES, STORES, UNITS,
};
use super::{SeedError, Sower, ml, text, to};
use crate::domain::value::{Value, day};

const STATUSES: &str = "Systems_Documents_DocumentTypeUserStatuses";
const PACKAGES: &str = "Crm_Pricing_PromotionalPackages";

pub(super) fn sow(sower: &mut Sower) -> Result<(), SeedError> {
    places(sower)?;
    documents(sower)?;
    customers(sower)?;
    sower.row(
        AMOUNT_TYPES,
        "FREIGHT",
        vec![
            ("AmountTypeCode", text("FREIGHT")),
            ("AmountTypeName", ml("Freight", "Транспорт")),
            ("AddToCustomer", Value::Bool(true)),
            ("AddToLine", Value::Bool(true)),
        ],
    )?;
    Ok(())
}

/// A second company with a warehouse of its own, and a shop of the first one that has a till.
fn places(sower: &mut Sower) -> Result<(), SeedError> {
    let name = ml("Ognishte Retail Ltd", "Огнище Ритейл ЕООД");
    sower.row(
        PARTY_COMPANIES,
        "retail",
        vec![
            ("PartyCode", text("OGR")),
            ("PartyName", name.clone()),
            ("PartyType", Value::Member("Company")),
            ("Name", name),
            ("RegistrationNumber", text("206914530")),
            ("Country", to(COUNTRIES, "BG")),
        ],
    )?;
    sower.row(
        COMPANIES,
        "retail",
        vec![
            ("Company", to(PARTY_COMPANIES, "retail")),
            ("BaseCurrency", to(CURRENCIES, "EUR")),
            ("VATDocumentAmountType", to(AMOUNT_TYPES, "VAT")),
        ],
    )?;
    for (key, code, english, bulgarian, company) in [
        (
            "plovdiv",
            "OGR-PLV",
            "Plovdiv, retail",
            "Пловдив, магазини",
            "retail",
        ),
        (
            "shop",
            "OGN-SHOP",
            "Sofia, shop with a till",
            "София, магазин с каса",
            "ognishte",
        ),
    ] {
        sower.row(
            LOCATIONS,
            key,
            vec![
                ("PartyCode", text(code)),
                ("PartyName", ml(english, bulgarian)),
                ("PartyType", Value::Member("CompanyLocation")),
                ("Company", to(PARTY_COMPANIES, company)),
                ("LocationName", ml(english, bulgarian)),
            ],
        )?;
    }
    sower.row(
        "Crm_Pos_Terminals",
        "TILL-1",
        vec![
            ("Code", text("TILL-1")),
            ("EnterpriseCompanyLocation", to(LOCATIONS, "shop")),
        ],
    )?;
    let name = ml("Plovdiv retail warehouse", "Склад Пловдив, магазини");
    sower.row(
        STORES,
        "PLOVDIV",
        vec![
            ("PartyCode", text("PLOVDIV")),
            ("PartyName", name.clone()),
            ("Code", text("PLOVDIV")),
            ("Name", name),
            ("EnterpriseCompany", to(COMPANIES, "retail")),
            ("EnterpriseCompanyLocation", to(LOCATIONS, "plovdiv")),
            ("Currency", to(CURRENCIES, "EUR")),
        ],
    )?;
    Ok(())
}

/// Types of documents that want something the store's own type does not.
fn documents(sower: &mut Sower) -> Result<(), SeedError> {
    for (code, english, bulgarian, table) in [
        (
            "SO-DESK",
            "Sales and returns desk",
            "Продажби и връщания",
            "Crm_Sales_Orders",
        ),
        (
            "SO-STOCK",
            "Only what is in stock",
            "Само налични стоки",
            "Crm_Sales_Orders",
        ),
        (
            "SO-TERMS",
            "With terms of payment",
            "С условия на плащане",
            "Crm_Sales_Orders",
        ),
        (
            "SO-CHECK",
            "Checked by a person",
            "С проверка",
            "Crm_Sales_Orders",
        ),
        ("INV", "Invoice", "Фактура", "Crm_Invoices"),
    ] {
        sower.row(
            DOCUMENT_TYPES,
            code,
            vec![
                ("Code", text(code)),
                ("TypeName", ml(english, bulgarian)),
                ("EntityName", text(table)),
            ],
        )?;
    }
    for (code, option, value) in [
        (
            "SO-DESK",
            "AllowedDirections",
            Value::Member("AllowAnyButNotBoth"),
        ),
        ("SO-STOCK", "AvailableQuantityOnly", Value::Bool(true)),
    ] {
        sower.row(
            "Crm_Sales_SalesOrdersOptions",
            code,
            vec![("DocumentType", to(DOCUMENT_TYPES, code)), (option, value)],
        )?;
    }
    let options = "Systems_Documents_DocumentTypePaymentOptions";
    let of = ("DocumentType", to(DOCUMENT_TYPES, "SO-TERMS"));
    sower.row(
        options,
        "all",
        vec![
            of.clone(),
            ("MinimumDeferredAmount", Value::Decimal(Decimal::from(100))),
            ("AllowPaymentPlans", Value::Bool(false)),
        ],
    )?;
    sower.row(
        options,
        "cash",
        vec![
            of,
            ("PaymentType", to(PAYMENT_TYPES, "CASH")),
            ("AllowDeferredPayment", Value::Bool(false)),
        ],
    )?;
    for (order, english, bulgarian, exit) in [
        (0, "To be checked", "За проверка", false),
        (1, "Checked", "Проверена", true),
    ] {
        sower.row(
            STATUSES,
            english,
            vec![
                ("DocumentType", to(DOCUMENT_TYPES, "SO-CHECK")),
                ("State", Value::Member("FirmPlanned")),
                ("UserStatusName", ml(english, bulgarian)),
                ("IsExitStatus", Value::Bool(exit)),
                ("DisplayOrder", Value::Int(order)),
            ],
        )?;
    }
    Ok(())
}

/// Number, names, registration number, and what is wrong with the customer.
type Troubled = (
    &'static str,
    (&'static str, &'static str),
    Option<&'static str>,
    Vec<(&'static str, Value)>,
);

/// Customers whose orders run into a rule each, or whom nobody may buy for.
fn customers(sower: &mut Sower) -> Result<(), SeedError> {
    let ago = |days: i64| Value::Time(day(sower.now - Duration::days(days)));
    let since = ago(600);
    let eur = |value: i64| Value::Amount(Decimal::from(value), "EUR".to_owned());
    let all: [Troubled; 8] = [
        (
            "000640",
            (
                "Old Mill Ltd (contract ended)",
                "Стара мелница ООД (изтекъл договор)",
            ),
            Some("201004417"),
            vec![("ThruDate", ago(30))],
        ),
        (
            "000655",
            (
                "Plovdiv Corner (of the other company)",
                "Пловдивски ъгъл (на другата фирма)",
            ),
            Some("202218340"),
            vec![
                ("EnterpriseCompany", to(COMPANIES, "retail")),
                (
                    "ServicedByEnterpriseCompanyLocation",
                    to(LOCATIONS, "plovdiv"),
                ),
            ],
        ),
        (
            "000668",
            (
                "New Bakery (no registration number)",
                "Нова пекарна (без ЕИК)",
            ),
            None,
            vec![],
        ),
        (
            "000671",
            (
                "Careful Ltd (credit limit of 100)",
                "Внимателни ООД (кредит до 100)",
            ),
            Some("203377105"),
            vec![("CreditLimit", eur(100))],
        ),
        (
            "000702",
            (
                "Late Payer Ltd (overdue invoice)",
                "Късно плащане ООД (просрочена фактура)",
            ),
            Some("204411926"),
            vec![("DefaultPaymentTermDays", Value::Int(7))],
        ),
        (
            "000713",
            (
                "Side Door (delivery only)",
                "Страничен вход (само за доставка)",
            ),
            Some("204900082"),
            vec![("AllowUseAsPrimaryCustomer", Value::Bool(false))],
        ),
        (
            "000720",
            ("Front Desk (never delivered to)", "Рецепция (без доставка)"),
            Some("205017733"),
            vec![("AllowUseAsShipToCustomer", Value::Bool(false))],
        ),
        (
            "000727",
            ("Sleeping Ltd (not active)", "Спящи ООД (неактивен)"),
            Some("205302218"),
            vec![("Active", Value::Bool(false))],
        ),
    ];
    for (number, (english, bulgarian), registration, wrong) in all {
        let name = ml(english, bulgarian);
        sower.row(
            PARTY_COMPANIES,
            number,
            vec![
                ("PartyCode", text(&format!("C{number}"))),
                ("PartyName", name.clone()),
                ("PartyType", Value::Member("Company")),
                ("Name", name),
                ("RegistrationNumber", registration.map_or(Value::Null, text)),
                ("Country", to(COUNTRIES, "BG")),
            ],
        )?;
        let mut values = vec![
            ("Number", text(number)),
            ("Party", to(PARTY_COMPANIES, number)),
            ("EnterpriseCompany", to(COMPANIES, "ognishte")),
            ("FromDate", since.clone()),
            ("AllowUseAsPrimaryCustomer", Value::Bool(true)),
            ("AllowUseAsShipToCustomer", Value::Bool(true)),
            ("DefaultCurrency", to(CURRENCIES, "EUR")),
            ("DefaultDistributionChannel", to(CHANNELS, "WEB")),
            ("DefaultPaymentType", to(PAYMENT_TYPES, "BANK")),
            ("DefaultDeliveryTermDays", Value::Int(2)),
            ("GracePeriodDays", Value::Int(5)),
            (
                "ServicedByEnterpriseCompanyLocation",
                to(LOCATIONS, "sofia"),
            ),
        ];
        // The later value of an attribute stays.
        values.extend(wrong);
        sower.row(CUSTOMERS, number, values)?;
    }
    Ok(())
}

/// The personal assortment of a customer: by the box, by the piece, and one that is over (entities.md §1.9).
pub(super) fn sow_assortment(sower: &mut Sower) -> Result<(), SeedError> {
    let over = Value::Time(day(sower.now - Duration::days(20)));
    let boxed = Value::Quantity(Decimal::from(24), "pcs".to_owned());
    for (product, attribute, value) in [
        ("KM-RIN-CR", "OrderMultiple", boxed),
        ("LT-ARK-GR", "IsActive", Value::Bool(true)),
        ("KT-RIN-CR", "ToDate", over),
    ] {
        sower.row(
            "Crm_Sales_CustomerProducts",
            product,
            vec![
                ("Customer", to(CUSTOMERS, "000412")),
                ("Product", to("General_Products_Products", product)),
                (attribute, value),
            ],
        )?;
    }
    Ok(())
}

/// Promotional packages: one that everybody in the store's channel may have, and one whose time is over.
pub(super) fn sow_packages(sower: &mut Sower) -> Result<(), SeedError> {
    let now = sower.now;
    let until = |days: i64| Value::Time(day(now + Duration::days(days)));
    let packages = [
        (
            "BREAKFAST",
            "Breakfast for four",
            "Закуска за четирима",
            until(100),
        ),
        (
            "SUMMER",
            "Summer on the terrace",
            "Лято на терасата",
            until(-60),
        ),
    ];
    for (code, english, bulgarian, last) in packages {
        sower.row(
            PACKAGES,
            code,
            vec![
                ("Code", text(code)),
                ("Name", ml(english, bulgarian)),
                ("ValidFromDate", until(-300)),
                ("ValidToDate", last),
                ("ValidForDistributionChannel", to(CHANNELS, "WEB")),
            ],
        )?;
        let lines = [
            ("KM-RIN-CR", vec![discount(5), adjust("Add")]),
            ("KB-RIN-CR", vec![discount(20), adjust("Replace")]),
            (
                "KT-RIN-CR",
                vec![(
                    "UnitPrice",
                    Value::Amount(Decimal::new(790, 2), "EUR".to_owned()),
                )],
            ),
        ];
        for ((product, terms), number) in lines.into_iter().zip([10, 20, 30]) {
            let mut values = vec![
                ("PromotionalPackage", to(PACKAGES, code)),
                ("LineNo", Value::Int(number)),
                ("Product", to("General_Products_Products", product)),
                (
                    "Quantity",
                    Value::Quantity(Decimal::from(4), "pcs".to_owned()),
                ),
                ("QuantityUnit", to(UNITS, "pcs")),
            ];
            values.extend(terms);
            sower.row(
                "Crm_Pricing_PromotionalPackageLines",
                &format!("{code} {product}"),
                values,
            )?;
        }
    }
    Ok(())
}

fn discount(percent: i64) -> (&'static str, Value) {
    (
        "StandardDiscountPercentAdjust",
        Value::Decimal(Decimal::new(percent, 2)),
    )
}

fn adjust(how: &'static str) -> (&'static str, Value) {
    ("StandardDiscountAdjustOrReplace", Value::Member(how))
}
