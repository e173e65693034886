//! Custom attributes: what one instance adds to the model (domain-api.md §7, entities.md §1.1).
//!
//! They are defined here because the real server, too, takes new ones up only when it is restarted.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use super::{
    Attribute, EQ, Entity, Enumeration, IN, Kind, LIKE, Shape, boolean, int, member, ml, reference,
    text,
};
use crate::domain::version::Version;
use crate::pictures::COLOURS;

const PRODUCTS: &str = "General_Products_Products";
const GROUPS: &str = "General_Products_ProductGroups";
pub(crate) const PROPERTIES: &str = "Systems_Bpm_CustomProperties";

/// A custom property of one entity.
#[derive(Debug, PartialEq)]
pub(crate) struct CustomProperty {
    /// The set whose rows have it.
    pub(crate) set: &'static str,
    pub(crate) code: &'static str,
    /// English and Bulgarian.
    pub(crate) name: (&'static str, &'static str),
    /// `Text`, `Number`, `Picture` or `Date`.
    pub(crate) kind: &'static str,
    /// The values it may have; empty = any.
    pub(crate) values: Values,
}

/// The allowed values of a custom property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Values {
    Any,
    /// Keys of the shop's colours.
    Colours,
    /// Value, English and Bulgarian description.
    These(&'static [(&'static str, &'static str, &'static str)]),
}

impl CustomProperty {
    /// Value, English and Bulgarian description of everything that is allowed; nothing = any value.
    pub(crate) fn allowed(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        match self.values {
            Values::Any => Vec::new(),
            Values::Colours => COLOURS
                .iter()
                .map(|colour| (colour.key, colour.english, colour.bulgarian))
                .collect(),
            Values::These(values) => values.to_vec(),
        }
    }

    /// Name of the attribute.
    pub(crate) fn attribute(&self) -> String {
        format!("CustomProperty_{}", escape(self.code))
    }
}

/// Everything defined in this instance: codes as they occur, with dots, spaces and letters of any script.
pub(crate) static CUSTOM_PROPERTIES: &[CustomProperty] = &[
    CustomProperty {
        set: PRODUCTS,
        code: "color",
        name: ("Colour", "Цвят"),
        kind: "Text",
        values: Values::Colours,
    },
    CustomProperty {
        set: PRODUCTS,
        code: "power.W",
        name: ("Power, W", "Мощност, W"),
        kind: "Number",
        values: Values::Any,
    },
    CustomProperty {
        set: PRODUCTS,
        code: "материал",
        name: ("Material", "Материал"),
        kind: "Text",
        values: Values::These(&[
            ("STONEWARE", "stoneware", "каменина"),
            ("CASTIRON", "cast iron", "чугун"),
            ("GLASS", "glass", "стъкло"),
            ("LINEN", "linen", "лен"),
            ("OAK", "oak", "дъб"),
            ("BEECH", "beech", "бук"),
            ("CERAMIC", "ceramic", "керамика"),
            ("ALUMINIUM", "aluminium", "алуминий"),
            ("STEEL", "steel", "стомана"),
        ]),
    },
    CustomProperty {
        set: "Crm_Sales_Customers",
        code: "loyalty level",
        name: ("Loyalty level", "Ниво на лоялност"),
        kind: "Text",
        values: Values::Any,
    },
];

/// `_u` and upper-case hex of the UTF-8 bytes stand for every character outside of A–Z, a–z, 0–9 and `_`; one byte is
/// padded to four digits (§7).
fn escape(code: &str) -> String {
    let mut escaped = String::new();
    for letter in code.chars() {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            escaped.push(letter);
            continue;
        }
        escaped.push_str("_u");
        let mut bytes = [0; 4];
        let bytes = letter.encode_utf8(&mut bytes).as_bytes();
        if bytes.len() == 1 {
            escaped.push_str("00");
        }
        for byte in bytes {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "{byte:02X}");
        }
    }
    escaped
}

/// Custom attributes by the set that has them. Their names live as long as the process.
static ATTRIBUTES: LazyLock<BTreeMap<&'static str, Vec<Attribute>>> = LazyLock::new(|| {
    let mut of: BTreeMap<&'static str, Vec<Attribute>> = BTreeMap::new();
    for property in CUSTOM_PROPERTIES {
        let name: &'static str = property.attribute().leak();
        let attribute = Attribute::new(name, Kind::Custom(property), EQ).on_request();
        of.entry(property.set).or_default().push(attribute);
    }
    // Custom references exist since 27.1 (§7). Unverified: they cannot be filtered.
    let maker = Attribute::new(
        "CustomReference_Maker",
        Kind::Reference("General_Contacts_Companies"),
        0,
    );
    let maker = maker.on_request().since(Version::release(27, 1));
    of.entry(PRODUCTS).or_default().push(maker);
    of
});

/// The custom attributes of a set.
pub(super) fn attributes(set: &str) -> &'static [Attribute] {
    ATTRIBUTES.get(set).map_or(&[], Vec::as_slice)
}

static PROPERTY_TYPE: Enumeration = Enumeration {
    name: "Systems_Bpm_CustomPropertiesRepository_PropertyType",
    members: &[("Text", 0), ("Number", 1), ("Date", 2), ("Picture", 3)],
};

// Unverified: entities.md names these attributes without their permitted filters.
pub(super) const ENTITIES: &[Entity] = &[
    Entity {
        set: PROPERTIES,
        kind: "Systems_Bpm_CustomProperty",
        table: "Gen_Properties",
        shape: Shape::Root,
        base: None,
        display: "Name",
        search: &["Code", "Name"],
        attributes: &[
            text("Code", 32, EQ | LIKE | IN).required().orderable(),
            ml("Name", 254, LIKE).required(),
            member("PropertyType", &PROPERTY_TYPE, EQ).required(),
        ],
    },
    Entity {
        set: "General_Products_ProductGroupRequiredProperties",
        kind: "General_Products_ProductGroupRequiredProperty",
        table: "Gen_Product_Group_Required_Properties",
        shape: Shape::Child("ProductGroup"),
        base: None,
        display: "Property",
        search: &[],
        attributes: &[
            reference("ProductGroup", GROUPS).required().path(),
            int("PropertyNo", EQ).orderable(),
            boolean("Required", false, EQ),
            reference("Property", PROPERTIES).required(),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_escaped_as_documented() {
        for (code, name) in [
            ("color", "color"),
            ("Color_2", "Color_2"),
            ("a.b", "a_u002Eb"),
            ("a b", "a_u0020b"),
            ("цвят", "_uD186_uD0B2_uD18F_uD182"),
            ("€", "_uE282AC"),
        ] {
            assert_eq!(escape(code), name, "{code}");
        }
    }
}
