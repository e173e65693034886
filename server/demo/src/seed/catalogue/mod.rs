//! Groups and products from `catalogue.toml`: families of things that differ in colour and size.

mod file;
mod goods;

use rust_decimal::{Decimal, RoundingStrategy};
use time::Duration;

use super::customers::CUSTOMERS;
use super::seller::{
    CATEGORIES, CHANNELS, COMPANIES, COUNTRIES, CURRENCIES, PRICE_LISTS, TYPES, UNITS,
};
use super::{SeedError, Sower, ml, text, to};
use crate::domain::value::{Value, day};
use crate::pictures::{Colour, Drawing, Motif};
use file::{Catalogue, Discount, Family, Group, Item};
use goods::{sow_codes, sow_prices, sow_stock};

pub(super) const PRODUCTS: &str = "General_Products_Products";
pub(super) const GROUPS: &str = "General_Products_ProductGroups";
const RELATION_TYPES: &str = "General_Products_ProductRelationTypes";

pub(super) fn eur(value: Decimal) -> Value {
    Value::Amount(value, "EUR".to_owned())
}

/// Less by a share, to the cent.
fn less(price: Decimal, share: Decimal) -> Decimal {
    (price * (Decimal::ONE - share))
        .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

pub(super) fn drawing(
    motif: &str,
    colour: &str,
    size: u16,
    view: u8,
) -> Result<Drawing, SeedError> {
    let motif = Motif::named(motif).ok_or_else(|| SeedError::Unknown(format!("motif {motif}")))?;
    let colour =
        Colour::named(colour).ok_or_else(|| SeedError::Unknown(format!("colour {colour}")))?;
    Ok(Drawing {
        motif,
        colour,
        size,
        view,
    })
}

pub(super) fn sow(sower: &mut Sower) -> Result<(), SeedError> {
    let catalogue: Catalogue = toml::from_str(include_str!("catalogue.toml"))?;
    sower.row(
        "General_Products_CodingSystems",
        "EAN13",
        vec![("Code", text("EAN13")), ("Name", ml("EAN-13", "EAN-13"))],
    )?;
    for (code, english, bulgarian, kind) in [
        ("GOES", "Goes well with", "Отива добре с", "Merchandising"),
        ("NEXT", "Replaced by", "Заменен от", "Replacement"),
    ] {
        let values = vec![
            ("Code", text(code)),
            ("Name", ml(english, bulgarian)),
            ("SystemType", Value::Member(kind)),
        ];
        sower.row(RELATION_TYPES, code, values)?;
    }
    for group in &catalogue.group {
        sow_group(sower, group)?;
    }
    let mut number = 0;
    for family in &catalogue.family {
        for item in &family.item {
            number += 1;
            sow_product(sower, family, item, number)?;
        }
    }
    for relation in &catalogue.relation {
        for target in &relation.to {
            if sower
                .database
                .find(PRODUCTS, "PartNumber", target)
                .is_none()
            {
                return Err(SeedError::Unknown(format!("product {target}")));
            }
            let values = vec![
                ("FromProduct", to(PRODUCTS, &relation.from)),
                ("ToProduct", to(PRODUCTS, target)),
                ("RelationType", to(RELATION_TYPES, &relation.kind)),
            ];
            sower.row(
                "General_Products_ProductRelations",
                &format!("{} {target}", relation.from),
                values,
            )?;
        }
    }
    for discount in &catalogue.discount {
        sow_discount(sower, discount)?;
    }
    Ok(())
}

fn sow_group(sower: &mut Sower, group: &Group) -> Result<(), SeedError> {
    let parent = group.code.get(..2).filter(|_| group.code.len() > 2);
    let path = parent.map_or_else(
        || format!("/{}/", group.code),
        |parent| format!("/{parent}/{}/", group.code),
    );
    let changed = Value::Time(sower.now - Duration::days(30));
    sower.row(
        GROUPS,
        &group.code,
        vec![
            ("Code", text(&group.code)),
            ("FullPath", text(&path)),
            ("Name", ml(&group.name.0, &group.name.1)),
            (
                "ParentGroup",
                parent.map_or(Value::Null, |parent| to(GROUPS, parent)),
            ),
            (
                "Picture",
                Value::Drawing(drawing(&group.motif, &group.colour, 100, 2)?),
            ),
            ("PictureLastUpdateTime", changed),
        ],
    )?;
    Ok(())
}

fn sow_product(
    sower: &mut Sower,
    family: &Family,
    item: &Item,
    number: u64,
) -> Result<(), SeedError> {
    let colour = Colour::named(&item.colour)
        .ok_or_else(|| SeedError::Unknown(format!("colour {}", item.colour)))?;
    let own_colour =
        family.variants.is_empty() && family.item.iter().any(|other| other.colour != item.colour);
    let name = |base: &str, size: Option<&String>, colour: &str| {
        let size = size.map(|size| format!(" {size}")).unwrap_or_default();
        if own_colour {
            format!("{base}{size}, {colour}")
        } else {
            format!("{base}{size}")
        }
    };
    let english = name(
        &family.name.0,
        item.size.as_ref().map(|size| &size.0),
        colour.english,
    );
    let bulgarian = name(
        &family.name.1,
        item.size.as_ref().map(|size| &size.1),
        colour.bulgarian,
    );
    let category = match family.unit.as_str() {
        "m" => "length",
        "kg" => "weight",
        "h" => "time",
        _ => "pieces",
    };
    let product = &item.no;
    sower.row(
        PRODUCTS,
        product,
        vec![
            ("PartNumber", text(product)),
            ("Name", ml(&english, &bulgarian)),
            ("ShortName", ml(&family.name.0, &family.name.1)),
            ("Description", ml(&family.text.0, &family.text.1)),
            (
                "CatalogDescriptionHtml",
                family.html.as_deref().map_or(Value::Null, text),
            ),
            ("Active", Value::Bool(!item.withdrawn)),
            ("ShowInCatalog", Value::Bool(!item.hidden)),
            ("IsFeatured", Value::Bool(item.featured)),
            ("ProductGroup", to(GROUPS, &family.group)),
            (
                "ProductType",
                to(TYPES, if family.service { "SERVICE" } else { "GOODS" }),
            ),
            ("MeasurementUnit", to(UNITS, &family.unit)),
            ("BaseMeasurementCategory", to(CATEGORIES, category)),
            ("StandardPricePerLot", eur(item.price)),
            (
                "StandardLotSizeBase",
                Value::Quantity(Decimal::ONE, family.unit.clone()),
            ),
            (
                "StandardCostPerLot",
                eur(less(item.price, Decimal::new(45, 2))),
            ),
            (
                "MinimalSalesQuantityBase",
                item.least.map_or(Value::Null, Value::Decimal),
            ),
            (
                "MinimalSalesPricePerLot",
                item.floor.map_or(Value::Null, eur),
            ),
            ("CostingCurrency", to(CURRENCIES, "EUR")),
            (
                "OriginCountry",
                to(
                    COUNTRIES,
                    if number.is_multiple_of(3) { "PT" } else { "BG" },
                ),
            ),
            (
                "GuaranteePeriodDays",
                family
                    .warranty
                    .map_or(Value::Null, |months| Value::Int(months * 30)),
            ),
            ("UpdateTime", Value::Time(sower.now - Duration::days(30))),
        ],
    )?;
    if !item.hidden {
        let values = vec![
            ("Product", to(PRODUCTS, product)),
            ("DistributionChannel", to(CHANNELS, "WEB")),
            (
                "FromDate",
                Value::Time(day(sower.now - Duration::days(400))),
            ),
            (
                "MinimalSalesQuantityBase",
                item.channel_least.map_or(Value::Null, Value::Decimal),
            ),
            (
                "MinimalSalesPricePerLot",
                item.channel_floor.map_or(Value::Null, eur),
            ),
        ];
        sower.row(
            "Crm_Marketing_ProductDistributionChannels",
            &format!("{product} WEB"),
            values,
        )?;
    }
    sow_pictures(sower, family, item)?;
    if !family.service {
        sow_codes(sower, family, item, number)?;
        sow_stock(sower, family, item)?;
    }
    sow_prices(sower, family, item)
}

fn sow_pictures(sower: &mut Sower, family: &Family, item: &Item) -> Result<(), SeedError> {
    let views = if family.service { 1 } else { 2 };
    let mut pictures: Vec<(u8, &str)> = (1..=views)
        .map(|view| (view, item.colour.as_str()))
        .collect();
    // Other colours of the same thing, one picture each.
    pictures.extend(
        family
            .variants
            .iter()
            .filter(|colour| **colour != item.colour)
            .take(2)
            .map(|colour| (1, colour.as_str())),
    );
    for (order, (view, colour)) in pictures.into_iter().enumerate() {
        let drawing = drawing(&family.motif, colour, item.scale.unwrap_or(100), view)?;
        sower.row(
            "General_Products_ProductPictures",
            &format!("{} {order}", item.no),
            vec![
                ("Product", to(PRODUCTS, &item.no)),
                (
                    "PictureNo",
                    Value::Int(i64::try_from(order).unwrap_or_default() + 1),
                ),
                ("IsDefault", Value::Bool(order == 0)),
                ("PictureSizeClass", Value::Member("LargePictureFullSize")),
                ("Picture", Value::Drawing(drawing)),
                (
                    "LastUpdateTime",
                    Value::Time(sower.now - Duration::days(30)),
                ),
            ],
        )?;
    }
    Ok(())
}

fn sow_discount(sower: &mut Sower, discount: &Discount) -> Result<(), SeedError> {
    let level = match discount.level.as_deref() {
        None | Some("One") => "One",
        Some("Two") => "Two",
        Some(other) => return Err(SeedError::Unknown(format!("discount level {other}"))),
    };
    let reference = |set: &'static str, name: &Option<String>| {
        name.as_ref().map_or(Value::Null, |name| to(set, name))
    };
    sower.row(
        "Crm_Pricing_LineDiscounts",
        &discount.description,
        vec![
            ("Description", text(&discount.description)),
            ("DiscountPercent", Value::Decimal(discount.percent)),
            ("DiscountLevel", Value::Member(level)),
            ("EnterpriseCompany", to(COMPANIES, "ognishte")),
            ("ProductGroup", reference(GROUPS, &discount.group)),
            ("Product", reference(PRODUCTS, &discount.product)),
            ("Customer", reference(CUSTOMERS, &discount.customer)),
            ("PriceList", reference(PRICE_LISTS, &discount.price_list)),
            (
                "MinQuantity",
                discount.from_quantity.map_or(Value::Null, |from| {
                    Value::Quantity(Decimal::from(from), "pcs".to_owned())
                }),
            ),
        ],
    )?;
    Ok(())
}
