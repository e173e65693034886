//! What is read behind an object: bound functions, and references cast to a subtype (domain-api.md §2, §7).
//!
//! Sub-resources are not served otherwise: children come by `$expand` or from their own set.

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::fault::Fault;
use super::query::{Query, Served, split_outside};
use super::read::Reader;
use super::schema::{CUSTOM_PROPERTIES, Kind};
use super::value::Value;

impl Reader<'_> {
    /// `GET Set(id)/…`.
    pub(crate) fn behind(
        &self,
        of: Served,
        id: Uuid,
        rest: &str,
        query: &str,
    ) -> Result<Json, Fault> {
        let row = self
            .database
            .row(of.entity.set, id)
            .ok_or(Fault::NotFound)?;
        if let Some(arguments) = rest
            .strip_prefix("GetAllowedCustomPropertyValues(")
            .and_then(|rest| rest.strip_suffix(')'))
        {
            return self.allowed_values(row.entity.set, &Arguments::parse(arguments)?);
        }
        // A reference to parties, as one of its subtypes.
        let (name, kind) = rest.split_once("/Erp.").ok_or(Fault::NotFound)?;
        let reference = row
            .entity
            .attribute(name)
            .filter(|attribute| {
                self.version.shows(attribute) && matches!(attribute.kind, Kind::Reference(_))
            })
            .ok_or(Fault::NotFound)?;
        let target = self
            .database
            .follow(row.get(reference.name))
            .filter(|target| self.version.kind(target.entity) == kind)
            .ok_or(Fault::NotFound)?;
        let cast = Served {
            entity: target.entity,
            version: self.version,
        };
        self.entity(target.entity, target.id, &Query::parse(cast, query)?)
    }

    /// Unverified: the arrangement of the answer, and that values are ordered by themselves.
    fn allowed_values(&self, set: &str, arguments: &Arguments) -> Result<Json, Fault> {
        let code = arguments.text("customPropertyCode").unwrap_or_default();
        let property = CUSTOM_PROPERTIES
            .iter()
            .find(|property| property.set == set && property.code == code)
            .ok_or_else(|| Fault::Operation(format!("Custom property '{code}' was not found.")))?;
        let exact = arguments.truth("exactMatch");
        let search = arguments.text("search").map(|text| text.to_lowercase());
        let mut values: Vec<_> = property
            .allowed()
            .into_iter()
            .filter(|(value, english, bulgarian)| {
                search.as_ref().is_none_or(|wanted| {
                    [value, english, bulgarian].into_iter().any(|text| {
                        let text = text.to_lowercase();
                        if exact {
                            text == *wanted
                        } else {
                            text.contains(wanted)
                        }
                    })
                })
            })
            .collect();
        if arguments.truth("orderByDescription") {
            values.sort_by_key(|(_, english, _)| *english);
        } else {
            values.sort_by_key(|(value, _, _)| *value);
        }
        let values: Vec<Json> = values
            .into_iter()
            .skip(arguments.number("skip")?.unwrap_or(0))
            .take(arguments.number("top")?.unwrap_or(usize::MAX))
            .filter_map(|(value, _, _)| crate::seed::custom_value(property, value))
            .map(|value: Value| value.json())
            .collect();
        Ok(json!({
            "@odata.context": format!("{}$metadata#Collection(Erp.Systems_Bpm_CustomPropertyValue)", self.root),
            "value": values,
        }))
    }
}

/// `name=literal,…` in the parentheses of a function.
struct Arguments(Vec<(String, String)>);

impl Arguments {
    fn parse(text: &str) -> Result<Self, Fault> {
        split_outside(text, ',')
            .into_iter()
            .filter(|argument| !argument.trim().is_empty())
            .map(|argument| {
                let (name, value) = argument
                    .split_once('=')
                    .ok_or_else(|| Fault::unsupported(format!("Invalid argument '{argument}'.")))?;
                Ok((name.trim().to_owned(), value.trim().to_owned()))
            })
            .collect::<Result<_, Fault>>()
            .map(Self)
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, value)| known == name && value != "null")
            .map(|(_, value)| value.as_str())
    }

    fn text(&self, name: &str) -> Option<String> {
        let quoted = self.value(name)?.strip_prefix('\'')?.strip_suffix('\'')?;
        Some(quoted.replace("''", "'"))
    }

    fn truth(&self, name: &str) -> bool {
        self.value(name) == Some("true")
    }

    fn number(&self, name: &str) -> Result<Option<usize>, Fault> {
        self.value(name)
            .map(|text| {
                text.parse()
                    .map_err(|_| Fault::unsupported(format!("Invalid value '{text}' for {name}.")))
            })
            .transpose()
    }
}
