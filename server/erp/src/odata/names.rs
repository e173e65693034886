//! What an instance calls its sets, and what it can do, by its version (domain-api.md §12, entities.md §11).
//!
//! The rest of the crate speaks the names of version 26.2. An older instance is spoken to by the names it knows, a newer one by
//! those it says it has renamed ours to.

use std::{borrow::Cow, collections::HashMap, fmt, str::FromStr};

use uuid::Uuid;

use super::query::{Set, sets};

/// An instance's version: four numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version([u32; 4]);

impl Version {
    /// Customers' external access (entities.md §4.2): who may buy for whom.
    pub const WITH_ACCESS: Self = Self([25, 1, 2, 51]);
    /// Times of change of whole aggregates, relations of products, links to the next page.
    pub(crate) const WITH_CHANGES: Self = Self([26, 2, 0, 0]);
}

/// Text that is no version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a version")]
pub struct NotAVersion;

impl FromStr for Version {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let mut numbers = [0; 4];
        let mut parts = text.trim().split('.');
        for (at, number) in numbers.iter_mut().enumerate() {
            match parts.next() {
                Some(part) => *number = part.parse().map_err(|_| NotAVersion)?,
                // `26.2` is a version too, a lone word is not.
                None if at >= 2 => break,
                None => return Err(NotAVersion),
            }
        }
        match parts.next() {
            None => Ok(Self(numbers)),
            Some(_) => Err(NotAVersion),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [year, half, build, patch] = self.0;
        write!(f, "{year}.{half}.{build}.{patch}")
    }
}

/// Old name, ours, and the version that brought ours: as far as the sets of this crate are concerned.
const RENAMED: &[(&str, Set, Version)] = &[
    (
        "General_DocumentTypes",
        sets::DOCUMENT_TYPES,
        Version([24, 1, 5, 35]),
    ),
    (
        "General_MeasurementUnits",
        sets::UNITS,
        Version([24, 1, 5, 35]),
    ),
    (
        "General_Currencies",
        sets::CURRENCIES,
        Version([25, 1, 0, 64]),
    ),
    ("Crm_PriceLists", sets::PRICE_LISTS, Version([25, 1, 1, 36])),
    ("Crm_PriceTypes", sets::PRICE_TYPES, Version([25, 1, 1, 36])),
    ("Crm_ProductPrices", sets::PRICES, Version([25, 1, 1, 36])),
    (
        "Crm_LineDiscounts",
        sets::DISCOUNTS,
        Version([25, 1, 1, 36]),
    ),
    ("Crm_Customers", sets::CUSTOMERS, Version([25, 1, 2, 28])),
];
/// A set is renamed this often at most; more is a circle.
const MOST_RENAMES: usize = 8;

/// The names of one instance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    version: Option<Version>,
    other: HashMap<&'static str, Cow<'static, str>>,
}

impl Names {
    /// The names of an instance of this version that says it has renamed these sets (old name, new name).
    pub(crate) fn of(version: Option<Version>, renamed: &[(String, String)]) -> Self {
        let mut other = HashMap::new();
        for (old, set, since) in RENAMED {
            if version.is_some_and(|version| version < *since) {
                other.insert(set.0, Cow::Borrowed(*old));
            }
        }
        for set in sets::ALL {
            if other.contains_key(set.0) {
                continue;
            }
            let mut name = set.0;
            for _ in 0..MOST_RENAMES {
                match renamed.iter().find(|(old, _)| old == name) {
                    Some((_, new)) => name = new,
                    None => break,
                }
            }
            if name != set.0 && is_name(name) {
                other.insert(set.0, Cow::Owned(name.to_owned()));
            }
        }
        Self { version, other }
    }

    /// What the instance calls the set.
    pub(crate) fn name(&self, set: Set) -> &str {
        self.other.get(set.0).map_or(set.0, AsRef::as_ref)
    }

    /// The link to a record as the instance writes it: `Set(guid)`.
    pub(crate) fn link(&self, set: Set, id: impl Into<Uuid>) -> String {
        format!("{}({})", self.name(set), id.into())
    }

    /// The version, if the instance told it.
    pub(crate) fn version(&self) -> Option<Version> {
        self.version
    }

    /// Whether it is of this version or a later one; an instance that does not tell is taken for a present one.
    pub(crate) fn at_least(&self, version: Version) -> bool {
        self.version.is_none_or(|own| own >= version)
    }
}

/// A name goes into addresses: nothing but the letters of names is taken from an answer.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared_by_number() {
        let version = |text: &str| text.parse::<Version>();
        assert!(version("24.1.5.41").unwrap() > version("24.1.5.9").unwrap());
        assert_eq!(version("26.2").unwrap(), Version::WITH_CHANGES);
        for bad in ["", "26", "26.x.1.1", "1.2.3.4.5", "latest"] {
            assert_eq!(version(bad), Err(NotAVersion), "{bad}");
        }
    }

    #[test]
    fn older_instances_are_spoken_to_by_their_own_names() {
        for (version, units, prices, customers) in [
            (
                "24.1.5.34",
                "General_MeasurementUnits",
                "Crm_ProductPrices",
                "Crm_Customers",
            ),
            (
                "24.1.5.35",
                "General_Products_MeasurementUnits",
                "Crm_ProductPrices",
                "Crm_Customers",
            ),
            (
                "25.1.1.36",
                "General_Products_MeasurementUnits",
                "Crm_Pricing_ProductPrices",
                "Crm_Customers",
            ),
            (
                "26.2.0.0",
                "General_Products_MeasurementUnits",
                "Crm_Pricing_ProductPrices",
                "Crm_Sales_Customers",
            ),
        ] {
            let names = Names::of(version.parse().ok(), &[]);
            assert_eq!(names.name(sets::UNITS), units, "{version}");
            assert_eq!(names.name(sets::PRICES), prices, "{version}");
            assert_eq!(names.name(sets::CUSTOMERS), customers, "{version}");
            assert_eq!(
                names.link(sets::CUSTOMERS, Uuid::nil()),
                format!("{customers}(00000000-0000-0000-0000-000000000000)")
            );
        }
    }

    #[test]
    fn newer_instances_are_spoken_to_by_the_names_they_list() {
        let renamed = |pairs: &[(&str, &str)]| {
            let pairs: Vec<_> = pairs
                .iter()
                .map(|(old, new)| ((*old).to_owned(), (*new).to_owned()))
                .collect();
            Names::of("28.1.0.0".parse().ok(), &pairs)
        };
        let names = renamed(&[
            ("Crm_Customers", "Crm_Sales_Customers"),
            ("Crm_Sales_Customers", "Sales_Customers"),
            ("Sales_Customers", "Sales_Clients"),
        ]);
        assert_eq!(names.name(sets::CUSTOMERS), "Sales_Clients");
        assert_eq!(names.name(sets::PRODUCTS), sets::PRODUCTS.0);
        // In a circle, and with what is no name.
        let names = renamed(&[
            (sets::UNITS.0, "Other"),
            ("Other", sets::UNITS.0),
            (sets::PRODUCTS.0, "../Users"),
        ]);
        assert_eq!(names.name(sets::UNITS), sets::UNITS.0);
        assert_eq!(names.name(sets::PRODUCTS), sets::PRODUCTS.0);
    }

    #[test]
    fn every_renamed_set_is_one_of_ours() {
        for (_, set, _) in RENAMED {
            assert!(sets::ALL.contains(set), "{}", set.0);
        }
    }
}
