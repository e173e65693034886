//! Past orders of a customer of whom everything is odd. They did not go through the rules: no rule would have let them.

use rust_decimal::Decimal;
use serde_json::json;
use time::Duration;

use super::{LONG, MARKUP, MISSING, RIGHT_TO_LEFT, nowhere, odd};
use crate::domain::value::{Value, day};
use crate::seed::catalogue::{PRODUCTS, eur};
use crate::seed::customers::CUSTOMERS;
use crate::seed::seller::{CHANNELS, COMPANIES, CURRENCIES, DOCUMENT_TYPES, LOCATIONS, UNITS};
use crate::seed::{HISTORY, SeedError, Sower, ml, text, to};

const ORDERS: &str = "Crm_Sales_SalesOrders";
const LINES: &str = "Crm_Sales_SalesOrderLines";
const CUSTOMER: &str = "ODD-MARKUP";

pub(super) fn sow(sower: &mut Sower) -> Result<(), SeedError> {
    for (name, values) in [
        (
            "markup",
            vec![
                ("DocumentNo", text("<b>'\"&/../?#%00")),
                ("CustomerPurchaseOrderNo", text("=1+1</script>")),
                ("DocumentNotes", text(MARKUP)),
            ],
        ),
        (
            "states",
            vec![
                ("DocumentNo", text(RIGHT_TO_LEFT)),
                ("State", odd(json!("Teleported"))),
                (
                    "UserStatus",
                    nowhere("Systems_Documents_DocumentTypeUserStatuses"),
                ),
            ],
        ),
        (
            "null",
            vec![
                ("DocumentNo", Value::Null),
                ("DocumentDate", Value::Null),
                ("State", Value::Null),
                ("DocumentCurrency", Value::Null),
            ],
        ),
        (
            "missing",
            vec![
                ("DocumentNo", MISSING),
                ("DocumentDate", MISSING),
                ("State", MISSING),
                ("Void", MISSING),
            ],
        ),
        (
            "types",
            vec![
                ("DocumentNo", odd(json!(7))),
                ("State", odd(json!({ "Value": 30 }))),
                ("Void", odd(json!("perhaps"))),
            ],
        ),
        (
            "future",
            vec![
                ("DocumentNo", text("9999")),
                (
                    "DocumentDate",
                    Value::Time(time::macros::datetime!(9999-12-31 00:00 UTC)),
                ),
            ],
        ),
    ] {
        order(sower, name, values)?;
    }
    for (number, values) in [
        (
            1,
            vec![
                ("ProductDescription", ml(MARKUP, LONG.as_str())),
                ("Notes", text(MARKUP)),
            ],
        ),
        (2, vec![("Product", nowhere(PRODUCTS))]),
        (
            3,
            vec![
                ("Product", Value::Null),
                ("Quantity", Value::Null),
                ("UnitPrice", Value::Null),
                ("LineAmount", Value::Null),
                ("ProductDescription", Value::Null),
            ],
        ),
        (4, vec![("Product", MISSING), ("LineAmount", MISSING)]),
        (
            5,
            vec![
                (
                    "Quantity",
                    Value::Quantity(Decimal::from(-2), "бр.".to_owned()),
                ),
                ("LineAmount", eur(Decimal::from(-20))),
            ],
        ),
        (
            6,
            vec![("LineAmount", odd(json!({ "Value": "ten", "Currency": [] })))],
        ),
    ] {
        line(sower, "markup", number, values)?;
    }
    Ok(())
}

fn order(sower: &mut Sower, name: &str, values: Vec<(&str, Value)>) -> Result<(), SeedError> {
    let mut all = vec![
        ("ExternalId", text(&format!("odd-{name}"))),
        ("ExternalSystem", text(HISTORY)),
        ("DocumentType", to(DOCUMENT_TYPES, "SO-WEB")),
        ("EnterpriseCompany", to(COMPANIES, "ognishte")),
        ("EnterpriseCompanyLocation", to(LOCATIONS, "sofia")),
        ("Customer", to(CUSTOMERS, CUSTOMER)),
        ("DocumentCurrency", to(CURRENCIES, "EUR")),
        ("DistributionChannel", to(CHANNELS, "WEB")),
        (
            "DocumentDate",
            Value::Time(day(sower.now - Duration::days(2))),
        ),
        ("State", Value::Member("Released")),
    ];
    all.extend(values);
    sower.row(ORDERS, &format!("odd {name}"), all)?;
    line(sower, name, 0, Vec::new())
}

fn line(
    sower: &mut Sower,
    order: &str,
    number: i64,
    values: Vec<(&str, Value)>,
) -> Result<(), SeedError> {
    let piece = || Value::Quantity(Decimal::ONE, "pcs".to_owned());
    let mut all = vec![
        ("SalesOrder", to(ORDERS, &format!("odd {order}"))),
        ("LineNo", Value::Int(10 * (number + 1))),
        ("Product", to(PRODUCTS, "ODD-MARKUP")),
        ("Quantity", piece()),
        ("QuantityBase", piece()),
        ("QuantityUnit", to(UNITS, "pcs")),
        ("UnitPrice", eur(Decimal::TEN)),
        ("LineAmount", eur(Decimal::TEN)),
        ("ProductDescription", ml("Odd", "Странно")),
    ];
    all.extend(values);
    sower.row(LINES, &format!("odd {order} {number}"), all)?;
    Ok(())
}
