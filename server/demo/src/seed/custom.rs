//! Custom attributes: their definitions, and values of some products and customers.

use super::catalogue::{GROUPS, PRODUCTS};
use super::{SeedError, Sower, id, ml, text, to};
use crate::domain::schema::{CUSTOM_PROPERTIES, CustomProperty, PROPERTIES, entity};
use crate::domain::store::Row;
use crate::domain::value::{Ml, Value};

const REQUIRED: &str = "General_Products_ProductGroupRequiredProperties";

/// The definitions, which belong to the instance and not to its goods.
pub(super) fn define(sower: &mut Sower) -> Result<(), SeedError> {
    for property in CUSTOM_PROPERTIES {
        let values = vec![
            ("Code", text(property.code)),
            ("Name", ml(property.name.0, property.name.1)),
            ("PropertyType", Value::Member(property.kind)),
        ];
        sower.row(PROPERTIES, property.code, values)?;
    }
    give(sower, "Crm_Sales_Customers", |property, row| {
        let faithful = row.get("Number").text() == Some("000412");
        (property.code == "loyalty level" && faithful).then(|| "Gold".to_owned())
    });
    Ok(())
}

/// The values of products, and what the groups expect of them.
pub(super) fn sow(sower: &mut Sower) -> Result<(), SeedError> {
    for (group, code, required) in [
        ("1010", "color", true),
        ("1040", "power.W", true),
        ("1040", "color", false),
        ("2030", "материал", false),
    ] {
        let values = vec![
            ("ProductGroup", to(GROUPS, group)),
            ("PropertyNo", Value::Int(if required { 1 } else { 2 })),
            ("Required", Value::Bool(required)),
            ("Property", to(PROPERTIES, code)),
        ];
        sower.row(REQUIRED, &format!("{group} {code}"), values)?;
    }
    let pictures = sower.database.clone();
    give(sower, PRODUCTS, |property, row| match property.code {
        "color" => pictures
            .children("General_Products_ProductPictures", "Product", row.id)
            .iter()
            .find_map(|picture| match picture.get("Picture") {
                Value::Drawing(drawing) => Some(drawing.colour.key.to_owned()),
                _ => None,
            }),
        "power.W" => ["Name", "Description"]
            .iter()
            .find_map(|name| watts(english(row, name)?)),
        "материал" => {
            let description = english(row, "Description")?.to_lowercase();
            property
                .allowed()
                .into_iter()
                .find(|(_, word, _)| description.contains(word))
                .map(|(value, _, _)| value.to_owned())
        }
        _ => None,
    });
    let maker = entity(PRODUCTS).and_then(|of| of.attribute("CustomReference_Maker"));
    if let Some(maker) = maker {
        for mut row in rows(sower, PRODUCTS) {
            row.set(maker.name, to("General_Contacts_Companies", "ognishte"));
            sower.database.put(row);
        }
    }
    Ok(())
}

fn rows(sower: &Sower, set: &str) -> Vec<Row> {
    let rows = sower.database.rows(set);
    rows.into_iter().map(|row| Row::clone(row)).collect()
}

/// Sets the custom attributes of a set's rows where there is a value for them.
fn give(
    sower: &mut Sower,
    set: &'static str,
    value: impl Fn(&CustomProperty, &Row) -> Option<String>,
) {
    for mut row in rows(sower, set) {
        for property in CUSTOM_PROPERTIES.iter().filter(|one| one.set == set) {
            let value = value(property, &row).and_then(|value| custom_value(property, &value));
            let attribute = row.entity.attribute(&property.attribute());
            if let (Some(value), Some(attribute)) = (value, attribute) {
                row.set(attribute.name, value);
            }
        }
        sower.database.put(row);
    }
}

fn english<'a>(row: &'a Row, name: &str) -> Option<&'a str> {
    match row.get(name) {
        Value::Ml(ml) => Some(ml.text("EN")),
        _ => None,
    }
}

/// The number before a lonely `W`.
fn watts(text: &str) -> Option<String> {
    let words: Vec<&str> = text
        .split(|letter: char| letter.is_whitespace() || matches!(letter, ',' | '.'))
        .collect();
    let at = words.iter().position(|word| *word == "W")?;
    let number = words.get(at.checked_sub(1)?)?;
    number.parse::<u16>().ok().map(|number| number.to_string())
}

/// A value of a custom property, unless it is none of those that are allowed.
pub(crate) fn custom_value(property: &CustomProperty, value: &str) -> Option<Value> {
    let allowed = property.allowed();
    if allowed.is_empty() {
        return Some(Value::Custom {
            value: value.to_owned(),
            id: None,
            description: None,
        });
    }
    let (known, english, bulgarian) = allowed.into_iter().find(|(known, _, _)| *known == value)?;
    Some(Value::Custom {
        value: known.to_owned(),
        id: Some(id(PROPERTIES, &format!("{} {known}", property.code))),
        description: Some(Ml::new(english, bulgarian)),
    })
}
