//! What hangs on a product: codes, units, variants, stock, prices.

use rust_decimal::Decimal;
use time::Duration;

use super::file::{Family, Item};
use super::{PRODUCTS, eur, less};
use crate::domain::value::{Ml, Value, day};
use crate::pictures::Colour;
use crate::seed::customers::CUSTOMERS;
use crate::seed::seller::{
    CATEGORIES, COMPANIES, CURRENCIES, PRICE_LISTS, PRICE_TYPES, STORES, UNITS,
};
use crate::seed::{SeedError, Sower, ml, text, to};

const PRICES: &str = "Crm_Pricing_ProductPrices";

pub(super) fn sow_codes(
    sower: &mut Sower,
    family: &Family,
    item: &Item,
    number: u64,
) -> Result<(), SeedError> {
    let product = &item.no;
    sower.row(
        "General_Products_ProductCodes",
        product,
        vec![
            ("Product", to(PRODUCTS, product)),
            ("ProductCodeField", text(&ean(number))),
            (
                "CodingSystem",
                to("General_Products_CodingSystems", "EAN13"),
            ),
        ],
    )?;
    if let Some(pieces) = family.in_box {
        sower.row(
            "General_Products_ProductDimensions",
            product,
            vec![
                ("Product", to(PRODUCTS, product)),
                (
                    "SourceQuantity",
                    Value::Quantity(Decimal::ONE, "box".to_owned()),
                ),
                ("SourceQuantityUnit", to(UNITS, "box")),
                (
                    "DestQuantity",
                    Value::Quantity(Decimal::from(pieces), "pcs".to_owned()),
                ),
                ("DestQuantityUnit", to(UNITS, "pcs")),
                ("MeasurementCategory", to(CATEGORIES, "pieces")),
            ],
        )?;
    }
    for key in &family.variants {
        let colour =
            Colour::named(key).ok_or_else(|| SeedError::Unknown(format!("colour {key}")))?;
        sower.row(
            "General_Products_VariantColors",
            key,
            vec![
                ("Code", text(key)),
                ("Name", ml(colour.english, colour.bulgarian)),
            ],
        )?;
        let name = Ml::new(
            &format!("{}, {}", family.name.0, colour.english),
            &format!("{}, {}", family.name.1, colour.bulgarian),
        );
        sower.row(
            "General_Products_ProductVariants",
            &format!("{product} {key}"),
            vec![
                ("Product", to(PRODUCTS, product)),
                ("Code", text(&key.to_uppercase())),
                ("Name", Value::Ml(name)),
                ("ShortCode", text(&key.to_uppercase())),
                ("VariantColor", to("General_Products_VariantColors", key)),
            ],
        )?;
    }
    Ok(())
}

/// A bar code with the Bulgarian prefix and a right check digit.
fn ean(number: u64) -> String {
    let digits = format!("380123{number:06}");
    let sum: u32 = digits
        .chars()
        .zip([1, 3].into_iter().cycle())
        .filter_map(|(digit, weight)| Some(digit.to_digit(10)? * weight))
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

pub(super) fn sow_stock(sower: &mut Sower, family: &Family, item: &Item) -> Result<(), SeedError> {
    let quantity = |value: Decimal| Value::Quantity(value, family.unit.clone());
    let keys = || {
        vec![
            ("Product", to(PRODUCTS, &item.no)),
            ("Store", to(STORES, "CENTRAL")),
            ("EnterpriseCompany", to(COMPANIES, "ognishte")),
        ]
    };
    // A part of the stock is promised to others already.
    let promised = (item.stock / Decimal::from(5)).floor();
    let delivered = Decimal::from(12);
    // The day, what moves on it, and what of it may still be promised: no more than will be left on any later day.
    let dates = [
        (
            time::macros::datetime!(2000-01-01 00:00 UTC),
            Decimal::ZERO,
            -promised,
        ),
        (day(sower.now - Duration::days(3)), -promised, -promised),
        (
            day(sower.now + Duration::days(10)),
            delivered,
            delivered - promised,
        ),
    ];
    let mut moved = Decimal::ZERO;
    for (date, movement, promise) in dates {
        moved += movement;
        let mut values = keys();
        values.extend([
            ("FromDate", Value::Time(date)),
            ("ATPBase", quantity(item.stock + promise)),
            ("CurrentAvailabilityBase", quantity(item.stock)),
            ("MovementsBase", quantity(movement)),
            ("MovementsToDateBase", quantity(moved)),
            ("ProjectedAvailabilityBase", quantity(item.stock + moved)),
        ]);
        sower.row(
            "Logistics_Inventory_DemandManagement_AvailableToPromise",
            &format!("{} {}", item.no, date.date()),
            values,
        )?;
    }
    let variants = u32::try_from(family.variants.len().max(1)).unwrap_or(1);
    for part in 0..variants {
        let share = (item.stock / Decimal::from(variants)).floor();
        let share = if part + 1 == variants {
            item.stock - share * Decimal::from(variants - 1)
        } else {
            share
        };
        let variant = usize::try_from(part)
            .ok()
            .and_then(|part| family.variants.get(part));
        let variant = variant.map_or(Value::Null, |key| {
            to(
                "General_Products_ProductVariants",
                &format!("{} {key}", item.no),
            )
        });
        let mut values = keys();
        values.extend([
            ("QuantityBase", quantity(share)),
            ("ProductVariant", variant),
        ]);
        sower.row(
            "Logistics_Inventory_CurrentBalances",
            &format!("{} {part}", item.no),
            values,
        )?;
    }
    Ok(())
}

pub(super) fn sow_prices(sower: &mut Sower, family: &Family, item: &Item) -> Result<(), SeedError> {
    let product = &item.no;
    let since = Value::Time(day(sower.now - Duration::days(320)));
    let row = |price: Decimal, kind: &str| {
        vec![
            ("Product", to(PRODUCTS, product)),
            ("Price", eur(price)),
            (
                "PriceQuantity",
                Value::Quantity(Decimal::ONE, family.unit.clone()),
            ),
            ("Currency", to(CURRENCIES, "EUR")),
            ("PriceQuantityMeasurementUnit", to(UNITS, &family.unit)),
            ("FromDate", since.clone()),
            ("EnterpriseCompany", to(COMPANIES, "ognishte")),
            ("PriceType", to(PRICE_TYPES, kind)),
        ]
    };
    // Nothing else would decide between two breaks that a quantity reaches.
    for ((from, share), priority) in family.breaks.iter().zip(["Medium", "High", "Highest"]) {
        let mut values = row(less(item.price, *share), "WEB");
        values.extend([
            (
                "MinQuantity",
                Value::Quantity(Decimal::from(*from), family.unit.clone()),
            ),
            ("Priority", Value::Member(priority)),
        ]);
        sower.row(PRICES, &format!("{product} from {from}"), values)?;
    }
    if let Some(share) = family.horeca {
        let mut values = row(less(item.price, share), "LIST");
        values.push(("PriceList", to(PRICE_LISTS, "Horeca")));
        sower.row(PRICES, &format!("{product} Horeca"), values)?;
    }
    if let Some(price) = item.contract {
        let mut values = row(price, "CONTRACT");
        values.push(("Customer", to(CUSTOMERS, "000412")));
        sower.row(PRICES, &format!("{product} 000412"), values)?;
    }
    Ok(())
}
