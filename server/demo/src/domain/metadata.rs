//! What the played version serves and nothing else: `$metadata` as EDMX (sample 70), the list of sets, the renames.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Map, Value as Json, json};

use super::schema::{Attribute, Entity, Enumeration, Kind, entities, entity};
use super::version::Version;

const BEGINNING: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
    <edmx:Edmx Version=\"4.0\" xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\"><edmx:DataServices>\
    <Schema Namespace=\"Erp\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">\n\
    <ComplexType Name=\"Amount\"><Property Name=\"Value\" Type=\"Edm.Decimal\" /><Property Name=\"Currency\" Type=\"Edm.String\" /></ComplexType>\n\
    <ComplexType Name=\"Quantity\"><Property Name=\"Value\" Type=\"Edm.Decimal\" /><Property Name=\"Unit\" Type=\"Edm.String\" /></ComplexType>\n\
    <ComplexType Name=\"MultilanguageString\"><Property Name=\"EN\" Type=\"Edm.String\" /><Property Name=\"BG\" Type=\"Edm.String\" /></ComplexType>\n\
    <ComplexType Name=\"Systems_Bpm_CustomPropertyValue\"><Property Name=\"Value\" Type=\"Edm.String\" /><Property Name=\"ValueId\" Type=\"Edm.Guid\" /><Property Name=\"Description\" Type=\"Erp.MultilanguageString\" /></ComplexType>\n\
    <ComplexType Name=\"OpenObject\" OpenType=\"true\" />\n";

/// Operations of the service itself; those of documents are not listed, as their type is not served.
const OPERATIONS: &str = "<Action Name=\"BeginTransaction\"><Parameter Name=\"model\" Type=\"Edm.String\" /><Parameter Name=\"trackChanges\" Type=\"Edm.Boolean\" /><ReturnType Type=\"Edm.String\" /></Action>\n\
    <Action Name=\"EndTransaction\"><Parameter Name=\"commit\" Type=\"Edm.Boolean\" /></Action>\n\
    <Function Name=\"GetChanges\"><ReturnType Type=\"Erp.OpenObject\" /></Function>\n\
    <Function Name=\"GetVersion\"><ReturnType Type=\"Erp.OpenObject\" /></Function>\n\
    <Function Name=\"GetRenamedEntityTypes\"><ReturnType Type=\"Collection(Erp.OpenObject)\" /></Function>\n";

const IMPORTS: &str = "<ActionImport Name=\"BeginTransaction\" Action=\"Erp.BeginTransaction\" />\n\
    <ActionImport Name=\"EndTransaction\" Action=\"Erp.EndTransaction\" />\n\
    <FunctionImport Name=\"GetChanges\" Function=\"Erp.GetChanges\" />\n\
    <FunctionImport Name=\"GetVersion\" Function=\"Erp.GetVersion\" />\n\
    <FunctionImport Name=\"GetRenamedEntityTypes\" Function=\"Erp.GetRenamedEntityTypes\" />\n";

/// The whole document.
pub(crate) fn document(version: Version) -> String {
    let mut text = BEGINNING.to_owned();
    let served = || entities().filter(|entity| version.has(entity.set));
    let mut enumerations: BTreeMap<&str, &Enumeration> = BTreeMap::new();
    for attribute in served().flat_map(Entity::attributes) {
        if let Kind::Member(of) = attribute.kind {
            enumerations.insert(of.name, of);
        }
    }
    for of in enumerations.values() {
        let members: Vec<String> = of
            .members
            .iter()
            .map(|(name, number)| format!("<Member Name=\"{name}\" Value=\"{number}\" />"))
            .collect();
        let members = members.concat();
        line(
            &mut text,
            &format!("<EnumType Name=\"{}\">{members}</EnumType>", of.name),
        );
    }
    for entity in served() {
        line(&mut text, &entity_type(version, entity));
    }
    text.push_str(OPERATIONS);
    line(&mut text, "<EntityContainer Name=\"Container\">");
    for entity in served() {
        line(
            &mut text,
            &format!(
                "<EntitySet Name=\"{}\" EntityType=\"Erp.{}\" />",
                version.set(entity.set),
                version.kind(entity)
            ),
        );
    }
    text.push_str(IMPORTS);
    text.push_str("</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>\n");
    text
}

/// What there is, for the service root.
pub(crate) fn service_document(version: Version, root: &str) -> Json {
    let sets: Vec<Json> = entities()
        .filter(|entity| version.has(entity.set))
        .map(|entity| {
            let set = version.set(entity.set);
            json!({ "name": set, "kind": "EntitySet", "url": set })
        })
        .collect();
    json!({ "@odata.context": format!("{root}$metadata"), "value": sets })
}

/// `GetRenamedEntityTypes` (sample 61).
pub(crate) fn renames(version: Version, root: &str) -> Json {
    let rows: Vec<Json> = version
        .renames()
        .map(|(old, new, since)| json!({ "OldName": old, "NewName": new, "Version": since.to_string() }))
        .collect();
    let mut answer = Map::new();
    answer.insert(
        "@odata.context".to_owned(),
        format!("{root}$metadata#Collection(Erp.OpenObject)").into(),
    );
    answer.insert("value".to_owned(), Json::Array(rows));
    Json::Object(answer)
}

fn line(text: &mut String, part: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{part}");
}

fn entity_type(version: Version, of: &'static Entity) -> String {
    let parent = of.base.and_then(entity);
    let base = parent.map_or_else(String::new, |base| {
        format!(" BaseType=\"Erp.{}\"", version.kind(base))
    });
    let inherited: Vec<&str> = parent
        .into_iter()
        .flat_map(Entity::attributes)
        .map(|attribute| attribute.name)
        .collect();
    let mut text = format!("<EntityType Name=\"{}\"{base}>", version.kind(of));
    if of.base.is_none() && of.attribute("Id").is_some() {
        let key = of.key();
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "<Key><PropertyRef Name=\"{key}\" /></Key><Property Name=\"{key}\" Type=\"Edm.Guid\" Nullable=\"false\" />"
        );
    }
    for attribute in of
        .attributes()
        .filter(|attribute| version.shows(attribute) && !inherited.contains(&attribute.name))
    {
        text.push_str(&property(version, attribute));
    }
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "<Annotation Term=\"Erp.EntityName\" String=\"{}\" /></EntityType>",
        of.table
    );
    text
}

fn property(version: Version, attribute: &Attribute) -> String {
    let name = attribute.name;
    let plain = |kind: &str| format!("<Property Name=\"{name}\" Type=\"{kind}\" />");
    let target = |set: &str| entity(set).map(|entity| version.kind(entity));
    match attribute.kind {
        Kind::Id => String::new(),
        Kind::Text(_) => plain("Edm.String"),
        Kind::Ml(_) => plain("Erp.MultilanguageString"),
        Kind::Bool => plain("Edm.Boolean"),
        Kind::Int => plain("Edm.Int32"),
        Kind::Decimal => plain("Edm.Decimal"),
        Kind::Date | Kind::DateTime => plain("Edm.DateTimeOffset"),
        Kind::Bytes => plain("Edm.Binary"),
        Kind::Amount => plain("Erp.Amount"),
        Kind::Quantity => plain("Erp.Quantity"),
        Kind::Custom(_) => plain("Erp.Systems_Bpm_CustomPropertyValue"),
        Kind::Member(of) => plain(&format!("Erp.{}", of.name)),
        Kind::Reference(set) => target(set).map_or_else(String::new, |kind| {
            format!("<NavigationProperty Name=\"{name}\" Type=\"Erp.{kind}\" />")
        }),
        Kind::Children { set, .. } => target(set).map_or_else(String::new, |kind| {
            format!("<NavigationProperty Name=\"{name}\" Type=\"Collection(Erp.{kind})\" />")
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_every_served_set_and_no_type_that_is_missing() {
        for version in [Version::V24_1, Version::V25_1, Version::V27_1] {
            let text = document(version);
            for entity in entities() {
                let line = format!(
                    "<EntitySet Name=\"{}\" EntityType=\"Erp.{}\"",
                    version.set(entity.set),
                    version.kind(entity)
                );
                assert_eq!(
                    text.contains(&line),
                    version.has(entity.set),
                    "{version} {line}"
                );
            }
            for part in text
                .split("Type=\"Erp.")
                .skip(1)
                .chain(text.split("Collection(Erp.").skip(1))
            {
                let name = part.split(['"', ')']).next().unwrap();
                assert!(
                    text.contains(&format!("Type Name=\"{name}\"")),
                    "{version} {name}"
                );
            }
        }
    }
}
