//! `$metadata`: the schema tables as EDMX (sample 70), for what is served and nothing else.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::schema::{Attribute, Entity, Enumeration, Kind, entities, entity};

/// The whole document.
pub(crate) fn document() -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <edmx:Edmx Version=\"4.0\" xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\"><edmx:DataServices>\
         <Schema Namespace=\"Erp\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">\n\
         <ComplexType Name=\"Amount\"><Property Name=\"Value\" Type=\"Edm.Decimal\" /><Property Name=\"Currency\" Type=\"Edm.String\" /></ComplexType>\n\
         <ComplexType Name=\"Quantity\"><Property Name=\"Value\" Type=\"Edm.Decimal\" /><Property Name=\"Unit\" Type=\"Edm.String\" /></ComplexType>\n\
         <ComplexType Name=\"MultilanguageString\"><Property Name=\"EN\" Type=\"Edm.String\" /><Property Name=\"BG\" Type=\"Edm.String\" /></ComplexType>\n\
         <ComplexType Name=\"OpenObject\" OpenType=\"true\" />\n",
    );
    let mut enumerations: BTreeMap<&str, &Enumeration> = BTreeMap::new();
    for attribute in entities().flat_map(Entity::attributes) {
        if let Kind::Member(of) = attribute.kind {
            enumerations.insert(of.name, of);
        }
    }
    for of in enumerations.values() {
        let members = of
            .members
            .iter()
            .map(|(name, number)| format!("<Member Name=\"{name}\" Value=\"{number}\" />"))
            .collect::<Vec<_>>()
            .concat();
        line(
            &mut text,
            &format!("<EnumType Name=\"{}\">{members}</EnumType>", of.name),
        );
    }
    for entity in entities() {
        line(&mut text, &entity_type(entity));
    }
    line(&mut text, "<EntityContainer Name=\"Container\">");
    for entity in entities() {
        line(
            &mut text,
            &format!(
                "<EntitySet Name=\"{}\" EntityType=\"Erp.{}\" />",
                entity.set, entity.kind
            ),
        );
    }
    text.push_str("</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>\n");
    text
}

fn line(text: &mut String, part: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{part}");
}

fn entity_type(of: &'static Entity) -> String {
    let base = of.base.and_then(entity).map_or_else(String::new, |base| {
        format!(" BaseType=\"Erp.{}\"", base.kind)
    });
    let inherited: Vec<&str> = of
        .base
        .and_then(entity)
        .into_iter()
        .flat_map(Entity::attributes)
        .map(|attribute| attribute.name)
        .collect();
    let mut text = format!("<EntityType Name=\"{}\"{base}>", of.kind);
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
        .filter(|attribute| !inherited.contains(&attribute.name))
    {
        text.push_str(&property(attribute));
    }
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "<Annotation Term=\"Erp.EntityName\" String=\"{}\" /></EntityType>",
        of.table
    );
    text
}

fn property(attribute: &Attribute) -> String {
    let name = attribute.name;
    let plain = |kind: &str| format!("<Property Name=\"{name}\" Type=\"{kind}\" />");
    let target = |set: &str| entity(set).map(|entity| entity.kind);
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
        let text = document();
        for entity in entities() {
            assert!(text.contains(&format!(
                "<EntitySet Name=\"{}\" EntityType=\"Erp.{}\"",
                entity.set, entity.kind
            )));
        }
        for part in text
            .split("Type=\"Erp.")
            .skip(1)
            .chain(text.split("Collection(Erp.").skip(1))
        {
            let name = part.split(['"', ')']).next().unwrap();
            assert!(text.contains(&format!("Type Name=\"{name}\"")), "{name}");
        }
    }
}
