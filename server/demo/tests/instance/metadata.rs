//! `$metadata` against what is served: every set is asked for everything that is declared of it.

use std::collections::{BTreeMap, BTreeSet};

use demo::Version;
use reqwest::Method;
use serde_json::Value;

use crate::portal::Portal;

/// What the document declares, by names without the namespace.
#[derive(Default)]
struct Model {
    bases: BTreeMap<String, String>,
    /// Properties of a type with their types.
    own: BTreeMap<String, Vec<(String, String)>>,
    members: BTreeMap<String, BTreeSet<String>>,
    sets: BTreeMap<String, String>,
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(value.replace("Erp.", ""))
}

impl Model {
    fn read(document: &str) -> Self {
        let mut model = Self::default();
        let mut current = String::new();
        for tag in document.split('<').skip(1) {
            let kind = tag.split([' ', '>', '/']).next().unwrap();
            let Some(name) = attribute(tag, "Name") else {
                continue;
            };
            match kind {
                "EntityType" | "ComplexType" | "EnumType" => {
                    if let Some(base) = attribute(tag, "BaseType") {
                        model.bases.insert(name.clone(), base);
                    }
                    model.own.insert(name.clone(), Vec::new());
                    current = name;
                }
                "Property" | "NavigationProperty" => {
                    let of = attribute(tag, "Type").unwrap();
                    model.own.get_mut(&current).unwrap().push((name, of));
                }
                "Member" => {
                    model
                        .members
                        .entry(current.clone())
                        .or_default()
                        .insert(name);
                }
                "EntitySet" => {
                    model
                        .sets
                        .insert(name, attribute(tag, "EntityType").unwrap());
                }
                _ => {}
            }
        }
        model
    }

    fn lineage(&self, kind: &str) -> Vec<String> {
        let mut kinds = vec![kind.to_owned()];
        while let Some(base) = self.bases.get(kinds.last().unwrap()) {
            kinds.push(base.clone());
        }
        kinds
    }

    fn properties(&self, kind: &str) -> BTreeMap<String, String> {
        let kinds = self.lineage(kind);
        kinds
            .iter()
            .flat_map(|kind| self.own[kind].clone())
            .collect()
    }

    /// Whether a value in JSON is of the declared type; a null always is.
    fn fits(&self, of: &str, value: &Value) -> bool {
        if let Some(kind) = of
            .strip_prefix("Collection(")
            .and_then(|of| of.strip_suffix(')'))
        {
            let items = value.as_array();
            return items.is_some_and(|items| items.iter().all(|item| self.fits(kind, item)));
        }
        let keys = || -> Vec<&str> {
            let object = value.as_object();
            object.map_or(Vec::new(), |object| {
                object.keys().map(String::as_str).collect()
            })
        };
        match of {
            _ if value.is_null() => true,
            "Edm.String" | "Edm.Binary" => value.is_string(),
            "Edm.Guid" => value.as_str().is_some_and(|text| text.len() == 36),
            "Edm.Boolean" => value.is_boolean(),
            "Edm.Int32" => value.is_i64(),
            "Edm.Decimal" => value.is_number(),
            "Edm.DateTimeOffset" => value.as_str().is_some_and(|text| text.ends_with('Z')),
            "MultilanguageString" => value
                .as_object()
                .is_some_and(|texts| texts.values().all(Value::is_string)),
            "Amount" | "Quantity" | "Systems_Bpm_CustomPropertyValue" => {
                let declared: Vec<&str> =
                    self.own[of].iter().map(|(name, _)| name.as_str()).collect();
                keys() == declared
            }
            enumeration if self.members.contains_key(enumeration) => value
                .as_str()
                .is_some_and(|name| self.members[enumeration].contains(name)),
            reference => {
                let link = value["@odata.id"].as_str().unwrap_or_default();
                let set = link.split('(').next().unwrap_or_default();
                let kind = self.sets.get(set);
                kind.is_some_and(|kind| self.lineage(kind).iter().any(|kind| kind == reference))
            }
        }
    }
}

#[tokio::test]
async fn everything_declared_is_served_and_nothing_else() {
    for version in [Version::V24_1, Version::V27_1] {
        let portal = Portal::start(|options| options.version = version).await;
        let document = portal.call(Method::GET, "$metadata", None, None).await;
        let model = Model::read(&document.text().await.unwrap());
        let mut seen = 0;
        for (set, kind) in &model.sets {
            if set == "Systems_Security_Users" {
                let refused = portal.call(Method::GET, set, None, None).await;
                assert_eq!(refused.status(), 403);
                continue;
            }
            let properties = model.properties(kind);
            let all: Vec<&str> = properties.keys().map(String::as_str).collect();
            for path in [
                format!("{set}?$top=2&$select={}", all.join(",")),
                format!("{set}?$top=2"),
            ] {
                let page = portal.get(&path).await;
                for row in page["value"].as_array().unwrap() {
                    let members: BTreeMap<&str, &Value> = row
                        .as_object()
                        .unwrap()
                        .iter()
                        .map(|(name, value)| (name.as_str(), value))
                        .filter(|(name, _)| !name.starts_with('@'))
                        .collect();
                    if path.contains("$select") {
                        let names: Vec<&str> = members.keys().copied().collect();
                        assert_eq!(names, all, "{version} {set}");
                    }
                    // Rows of a base set may be of a subtype.
                    let of = row["@odata.type"].as_str();
                    let of = of.map_or(kind.as_str(), |of| of.trim_start_matches("#Erp."));
                    let declared = model.properties(of);
                    for (name, value) in members {
                        let of = declared.get(name);
                        let of =
                            of.unwrap_or_else(|| panic!("{version} {set}.{name} is not declared"));
                        assert!(
                            model.fits(of, value),
                            "{version} {set}.{name}: {value} is no {of}"
                        );
                        seen += 1;
                    }
                }
            }
        }
        assert!(seen > 1000, "{version}: {seen} values");
        let listed = portal.get("").await;
        assert_eq!(listed["value"].as_array().unwrap().len(), model.sets.len());
    }
}
