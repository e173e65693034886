//! Many cheap products besides the pretty ones: for measuring what a large catalogue costs. Their ids, names and prices are the
//! same in every run. Each has a link to the channel, a bar code, a picture and rows of stock; every second one a price row.

use rust_decimal::Decimal;
use time::Duration;

use super::catalogue::drawing;
use super::seller::{
    CATEGORIES, CHANNELS, COMPANIES, CURRENCIES, PRICE_TYPES, STORES, TYPES, UNITS,
};
use super::{SeedError, Sower, ml, text, to};
use crate::domain::value::{Value, day};

const PRODUCTS: &str = "General_Products_Products";
const GROUPS: &str = "General_Products_ProductGroups";
/// Groups at the top, and below each of them.
const TOP: usize = 10;
const BELOW: usize = 20;

const KINDS: [(&str, &str); 8] = [
    ("hinge", "панта"),
    ("bolt", "болт"),
    ("bracket", "скоба"),
    ("gasket", "уплътнение"),
    ("valve", "вентил"),
    ("filter", "филтър"),
    ("cable", "кабел"),
    ("switch", "ключ"),
];
const FINISHES: [(&str, &str); 6] = [
    ("Zinc", "Поцинкована"),
    ("Brass", "Месингова"),
    ("Steel", "Стоманена"),
    ("Black", "Черна"),
    ("White", "Бяла"),
    ("Heavy-duty", "Усилена"),
];

/// Sows so many products in 210 groups of their own.
pub(super) fn sow(sower: &mut Sower, count: usize) -> Result<(), SeedError> {
    if count == 0 {
        return Ok(());
    }
    for top in 0..TOP {
        group(sower, top, None)?;
        for below in 0..BELOW {
            group(sower, top, Some(below))?;
        }
    }
    for number in 0..count {
        product(sower, number)?;
    }
    Ok(())
}

fn code(top: usize, below: Option<usize>) -> String {
    below.map_or_else(|| format!("P{top}"), |below| format!("P{top}{below:02}"))
}

fn group(sower: &mut Sower, top: usize, below: Option<usize>) -> Result<(), SeedError> {
    let own = code(top, below);
    let (path, parent) = if below.is_some() {
        let parent = code(top, None);
        (format!("/{parent}/{own}/"), to(GROUPS, &parent))
    } else {
        (format!("/{own}/"), Value::Null)
    };
    let values = vec![
        ("Code", text(&own)),
        ("FullPath", text(&path)),
        ("Name", ml(&format!("Parts {own}"), &format!("Части {own}"))),
        ("ParentGroup", parent),
    ];
    sower.row(GROUPS, &own, values).map(|_| ())
}

fn pick<T: Copy>(from: &[T], number: usize) -> Option<T> {
    from.get(number % from.len().max(1)).copied()
}

fn product(sower: &mut Sower, number: usize) -> Result<(), SeedError> {
    let part_number = format!("P-{number:06}");
    let (kind, finish) = pick(&KINDS, number)
        .zip(pick(&FINISHES, number / KINDS.len()))
        .ok_or_else(|| SeedError::Unknown("a kind".to_owned()))?;
    let size = number % 97 + 3;
    let group = code(number % TOP, Some(number / TOP % BELOW));
    let cents = i64::try_from(number % 9_000 + 50).unwrap_or(50);
    let price = Value::Amount(Decimal::new(cents, 2), "EUR".to_owned());
    let long_ago = sower.now - Duration::days(30);
    let values = vec![
        ("PartNumber", text(&part_number)),
        (
            "Name",
            ml(
                &format!("{} {} {size} mm", finish.0, kind.0),
                &format!("{} {} {size} мм", finish.1, kind.1),
            ),
        ),
        (
            "Description",
            ml(
                &format!(
                    "A {} of {size} mm for workshop and home. Sold by the piece.",
                    kind.0
                ),
                &format!("Размер {size} мм, за работилницата и дома. Продава се на брой."),
            ),
        ),
        ("ShowInCatalog", Value::Bool(true)),
        ("ProductGroup", to(GROUPS, &group)),
        ("ProductType", to(TYPES, "GOODS")),
        ("MeasurementUnit", to(UNITS, "pcs")),
        ("BaseMeasurementCategory", to(CATEGORIES, "pieces")),
        ("StandardPricePerLot", price.clone()),
        (
            "StandardLotSizeBase",
            Value::Quantity(Decimal::ONE, "pcs".to_owned()),
        ),
        ("CostingCurrency", to(CURRENCIES, "EUR")),
        ("UpdateTime", Value::Time(long_ago)),
    ];
    sower.old_row(PRODUCTS, &part_number, values)?;
    let values = vec![
        ("Product", to(PRODUCTS, &part_number)),
        ("DistributionChannel", to(CHANNELS, "WEB")),
        (
            "FromDate",
            Value::Time(day(sower.now - Duration::days(400))),
        ),
    ];
    sower.row(
        "Crm_Marketing_ProductDistributionChannels",
        &part_number,
        values,
    )?;
    let values = vec![
        ("Product", to(PRODUCTS, &part_number)),
        ("ProductCodeField", text(&format!("290{number:010}"))),
        (
            "CodingSystem",
            to("General_Products_CodingSystems", "EAN13"),
        ),
    ];
    sower.row("General_Products_ProductCodes", &part_number, values)?;
    let values = vec![
        ("Product", to(PRODUCTS, &part_number)),
        ("PictureNo", Value::Int(1)),
        ("IsDefault", Value::Bool(true)),
        (
            "Picture",
            Value::Drawing(drawing("toolbox", "navy", 100, 1)?),
        ),
        ("LastUpdateTime", Value::Time(long_ago)),
    ];
    sower.row("General_Products_ProductPictures", &part_number, values)?;
    stock(sower, &part_number, number)?;
    if number.is_multiple_of(2) {
        let values = vec![
            ("Product", to(PRODUCTS, &part_number)),
            (
                "Price",
                Value::Amount(Decimal::new(cents - 5, 2), "EUR".to_owned()),
            ),
            (
                "PriceQuantity",
                Value::Quantity(Decimal::ONE, "pcs".to_owned()),
            ),
            ("Currency", to(CURRENCIES, "EUR")),
            ("PriceQuantityMeasurementUnit", to(UNITS, "pcs")),
            ("PriceType", to(PRICE_TYPES, "WEB")),
            ("EnterpriseCompany", to(COMPANIES, "ognishte")),
            (
                "MinQuantity",
                Value::Quantity(Decimal::TEN, "pcs".to_owned()),
            ),
        ];
        sower.old_row("Crm_Pricing_ProductPrices", &part_number, values)?;
    }
    Ok(())
}

fn stock(sower: &mut Sower, part_number: &str, number: usize) -> Result<(), SeedError> {
    let left = i64::try_from(number % 40).unwrap_or_default();
    for (name, date, promise) in [
        (
            "begin",
            time::macros::datetime!(2000-01-01 00:00 UTC),
            left + 2,
        ),
        ("now", day(sower.now - Duration::days(3)), left),
    ] {
        let values = vec![
            ("Product", to(PRODUCTS, part_number)),
            ("Store", to(STORES, "CENTRAL")),
            ("EnterpriseCompany", to(COMPANIES, "ognishte")),
            ("FromDate", Value::Time(date)),
            (
                "ATPBase",
                Value::Quantity(Decimal::from(promise), "pcs".to_owned()),
            ),
        ];
        sower.row(
            "Logistics_Inventory_DemandManagement_AvailableToPromise",
            &format!("{part_number} {name}"),
            values,
        )?;
    }
    Ok(())
}
