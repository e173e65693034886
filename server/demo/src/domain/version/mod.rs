//! Versions of the server: under which name each of them knows a set, and since when there is what (domain-api.md §12,
//! entities.md §11).
//!
//! The instance speaks the newest names inside; [`Version`] translates at its border, where requests come in and answers
//! go out. What a version does not have yet is unknown to it.

mod history;

use std::fmt;
use std::str::FromStr;

use serde_json::Value as Json;

use super::schema::{Attribute, Entity, Kind, entity};
use history::{NEWEST_RENAME, RENAMED, Rename, SINCE};

/// Four numbers, as `GetVersion` tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version([u16; 4]);

/// A text that is no version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is neither four numbers such as 26.3.100.4 nor one of 24.1, 25.1, 26.2, 26.3, 27.1")]
pub struct NoVersion(String);

impl Version {
    /// A server of 2024: most sets still have their old names, and customers have no external access.
    pub const V24_1: Self = Self([24, 1, 5, 41]);
    /// The customers, prices and documents have moved.
    pub const V25_1: Self = Self([25, 1, 3, 12]);
    /// All names are new; pages are linked.
    pub const V26_2: Self = Self([26, 2, 1, 20]);
    /// What an instance plays unless it is told otherwise.
    pub const V26_3: Self = Self([26, 3, 100, 4]);
    /// Errors always have a body, and custom references exist.
    pub const V27_1: Self = Self([27, 1, 0, 35]);

    /// The first version of a release such as 26.2.
    pub(crate) const fn release(year: u16, number: u16) -> Self {
        Self([year, number, 0, 0])
    }

    /// Whether this is the release (such as 26.2) or a later one.
    pub(crate) fn at_least(self, year: u16, number: u16) -> bool {
        self >= Self::release(year, number)
    }

    /// The set behind a name in a request. Old names are unknown here; see [`Version::moved`].
    pub(crate) fn entity(self, name: &str) -> Option<&'static Entity> {
        let renamed = RENAMED
            .iter()
            .find(|rename| rename.since > self && rename.old == name);
        let of = entity(renamed.map_or(name, |rename| rename.new))?;
        (self.set(of.set) == name && self.has(of.set)).then_some(of)
    }

    /// The new name of a set that was renamed in this version or before.
    pub(crate) fn moved(self, name: &str) -> Option<&'static str> {
        RENAMED
            .iter()
            .find(|rename| rename.since <= self && rename.old == name)
            .map(|rename| rename.new)
    }

    /// What this version calls a set.
    pub(crate) fn set(self, new: &str) -> &str {
        self.rename(new).map_or(new, |rename| rename.old)
    }

    /// What this version calls the type of an entity, without the namespace.
    pub(crate) fn kind(self, of: &Entity) -> &'static str {
        self.rename(of.set).map_or(of.kind, |rename| rename.kind)
    }

    fn rename(self, new: &str) -> Option<&'static Rename> {
        if self >= NEWEST_RENAME {
            return None;
        }
        RENAMED
            .iter()
            .find(|rename| rename.since > self && rename.new == new)
    }

    /// Whether this version has the set, by its new name.
    pub(crate) fn has(self, set: &str) -> bool {
        SINCE
            .iter()
            .all(|(later, since)| *later != set || *since <= self)
    }

    /// Whether this version has the attribute; a reference leads nowhere without its set.
    pub(crate) fn shows(self, attribute: &Attribute) -> bool {
        let target = match attribute.kind {
            Kind::Reference(set) | Kind::Children { set, .. } => self.has(set),
            _ => true,
        };
        target && attribute.since.is_none_or(|since| since <= self)
    }

    /// All renames this version knows of, for `GetRenamedEntityTypes`: old name, new name, version.
    pub(crate) fn renames(self) -> impl Iterator<Item = (&'static str, &'static str, Self)> {
        RENAMED
            .iter()
            .filter(move |rename| rename.since <= self)
            .map(|rename| (rename.old, rename.new, rename.since))
    }

    /// A link of a request, `Set(guid)` alone or behind the service root, with the newest name of its set. A name this
    /// version does not have leads nowhere.
    pub(crate) fn inward(self, link: &str) -> Option<String> {
        let link = link.rsplit('/').next()?;
        let (name, key) = link.split_once('(')?;
        let renamed = RENAMED
            .iter()
            .find(|rename| rename.old == name || rename.new == name);
        let name = match renamed {
            Some(rename) if rename.since > self && rename.old == name => rename.new,
            Some(rename) if rename.since <= self && rename.new == name => name,
            Some(_) => return None,
            None => name,
        };
        Some(format!("{name}({key}"))
    }

    /// Gives the sets of an answer the names this version knows.
    pub(crate) fn outward(self, answer: &mut Json) {
        if self < NEWEST_RENAME {
            self.rename_in(answer);
        }
    }

    fn rename_in(self, json: &mut Json) {
        match json {
            Json::Array(items) => items.iter_mut().for_each(|item| self.rename_in(item)),
            Json::Object(members) => {
                // `GetChanges` has sets as names of members.
                if members.keys().any(|name| self.rename(name).is_some()) {
                    let renamed = std::mem::take(members)
                        .into_iter()
                        .map(|(name, value)| (self.set(&name).to_owned(), value));
                    *members = renamed.collect();
                }
                for (name, value) in members {
                    match (name.as_str(), value.as_str()) {
                        ("@odata.id" | "@odata.context" | "@odata.nextLink", Some(text)) => {
                            *value = Json::from(self.rename_in_address(text));
                        }
                        ("@odata.type", Some(text)) => {
                            let named = text.strip_prefix("#Erp.");
                            let of = named.and_then(of_kind);
                            if let Some(of) = of {
                                *value = Json::from(format!("#Erp.{}", self.kind(of)));
                            }
                        }
                        _ => self.rename_in(value),
                    }
                }
            }
            _ => {}
        }
    }

    /// The set of an address stands behind the last `#` or `/` before its key or options.
    fn rename_in_address(self, address: &str) -> String {
        let start = address.rfind('#').or_else(|| {
            let path = address.split(['(', '?']).next().unwrap_or_default();
            path.rfind('/')
        });
        let (head, tail) = address.split_at(start.map_or(0, |before| before + 1));
        let end = tail.find(['(', '/', '?']).unwrap_or(tail.len());
        let (name, rest) = tail.split_at(end);
        format!("{head}{}{rest}", self.set(name))
    }
}

fn of_kind(kind: &str) -> Option<&'static Entity> {
    super::schema::entities().find(|of| of.kind == kind)
}

impl Default for Version {
    fn default() -> Self {
        Self::V26_3
    }
}

impl fmt::Display for Version {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [year, number, build, patch] = self.0;
        write!(to, "{year}.{number}.{build}.{patch}")
    }
}

impl FromStr for Version {
    type Err = NoVersion;

    /// Four numbers, or a release of which one version is played.
    fn from_str(text: &str) -> Result<Self, NoVersion> {
        let wrong = || NoVersion(text.to_owned());
        let numbers: Vec<u16> = text
            .split('.')
            .map(|number| number.parse().map_err(|_| wrong()))
            .collect::<Result<_, _>>()?;
        match numbers.as_slice() {
            [year, number] => [
                Self::V24_1,
                Self::V25_1,
                Self::V26_2,
                Self::V26_3,
                Self::V27_1,
            ]
            .into_iter()
            .find(|played| played.0.starts_with(&[*year, *number]))
            .ok_or_else(wrong),
            [year, number, build, patch] => Ok(Self([*year, *number, *build, *patch])),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_version_knows_a_set_under_one_name() {
        for (version, customers, units, access) in [
            (
                Version::V24_1,
                "Crm_Customers",
                "General_Products_MeasurementUnits",
                false,
            ),
            (
                Version::V25_1,
                "Crm_Sales_Customers",
                "General_Products_MeasurementUnits",
                true,
            ),
            (
                Version([23, 1, 0, 0]),
                "Crm_Customers",
                "General_MeasurementUnits",
                false,
            ),
        ] {
            for of in crate::domain::schema::entities() {
                let name = version.set(of.set);
                assert_eq!(
                    version.entity(name).map(|found| found.set),
                    version.has(of.set).then_some(of.set),
                    "{version} {name}"
                );
                if name != of.set {
                    assert!(version.entity(of.set).is_none(), "{version} {}", of.set);
                    assert!(version.moved(name).is_none(), "{version} {name}");
                }
            }
            assert_eq!(version.set("Crm_Sales_Customers"), customers);
            assert_eq!(version.set("General_Products_MeasurementUnits"), units);
            assert_eq!(version.has("Crm_Sales_CustomerExternalAccess"), access);
        }
        assert_eq!(Version::V27_1.renames().count(), RENAMED.len());
        assert_eq!(Version::V24_1.renames().count(), 3);
        assert!(RENAMED.iter().all(|rename| rename.since <= NEWEST_RENAME));
        assert!(RENAMED.iter().all(|rename| entity(rename.old).is_none()));
    }

    #[test]
    fn names_are_translated_at_the_border() {
        let mut answer = json!({
            "@odata.context": "http://e/odata/$metadata#Crm_Sales_Customers(Id,Party)",
            "@odata.nextLink": "http://e/odata/Crm_Sales_Customers?$top=1&$skiptoken=1",
            "value": [{
                "@odata.id": "Crm_Sales_Customers(1)",
                "@odata.type": "#Erp.Crm_Sales_Customer",
                "Number": "Crm_Sales_Customers(1)",
                "DefaultCurrency": { "@odata.id": "General_Currencies_Currencies(2)" },
            }],
            "insert": { "Crm_Sales_Customers": { "1": {} } },
        });
        let new = answer.clone();
        Version::V26_2.outward(&mut answer);
        assert_eq!(answer, new);
        Version::V24_1.outward(&mut answer);
        assert_eq!(
            answer,
            json!({
                "@odata.context": "http://e/odata/$metadata#Crm_Customers(Id,Party)",
                "@odata.nextLink": "http://e/odata/Crm_Customers?$top=1&$skiptoken=1",
                "value": [{
                    "@odata.id": "Crm_Customers(1)",
                    "@odata.type": "#Erp.Crm_Customer",
                    "Number": "Crm_Sales_Customers(1)",
                    "DefaultCurrency": { "@odata.id": "General_Currencies(2)" },
                }],
                "insert": { "Crm_Customers": { "1": {} } },
            })
        );
        for (version, link, wanted) in [
            (
                Version::V24_1,
                "Crm_Customers(1)",
                Some("Crm_Sales_Customers(1)"),
            ),
            (
                Version::V24_1,
                "http://e/odata/Crm_Customers(1)",
                Some("Crm_Sales_Customers(1)"),
            ),
            (Version::V24_1, "Crm_Sales_Customers(1)", None),
            (Version::V26_3, "Crm_Customers(1)", None),
            (
                Version::V26_3,
                "Crm_Sales_Customers(1)",
                Some("Crm_Sales_Customers(1)"),
            ),
            (Version::V26_3, "nonsense", None),
        ] {
            assert_eq!(version.inward(link).as_deref(), wanted, "{version} {link}");
        }
    }

    #[test]
    fn a_version_is_four_numbers_or_a_known_release() {
        assert_eq!("24.1".parse(), Ok(Version::V24_1));
        assert_eq!("26.3.100.4".parse(), Ok(Version::default()));
        assert_eq!(Version::V27_1.to_string(), "27.1.0.35");
        assert!(Version::V25_1.at_least(25, 1) && !Version::V25_1.at_least(26, 2));
        for wrong in [
            "",
            "26",
            "26.9",
            "26.2.1",
            "26.2.1.x",
            "26.2.1.20.1",
            "70000.1.1.1",
        ] {
            assert!(wrong.parse::<Version>().is_err(), "{wrong}");
        }
    }
}
