//! The entities this instance serves, as tables one can read beside entities.md: attribute, type, insert rule, permitted
//! filters, ordering, selection.
//!
//! Everything else — reading, writing, `$metadata` — is driven by these tables. Names are the newest ones; what older
//! versions call a set stands in [`super::version`].

mod catalogue;
mod contacts;
mod custom;
mod documents;
mod invoicing;
mod named;
mod orders;
mod pricing;
mod settings;
mod stock;
mod terms;

use super::version::Version;

/// Filter operators, combined with `|`.
pub(crate) type Filter = u8;
/// `eq`
pub(crate) const EQ: Filter = 1;
/// `contains`, `startswith`, `endswith`
pub(crate) const LIKE: Filter = 2;
/// `in`
pub(crate) const IN: Filter = 4;
/// `ge` (with the functions that allow null)
pub(crate) const GE: Filter = 8;
/// `le`
pub(crate) const LE: Filter = 16;
/// `ge, le`
pub(crate) const RANGE: Filter = GE | LE;

/// Type of an attribute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// The key.
    Id,
    /// Text of at most so many characters; 0 = any.
    Text(usize),
    /// Text in several languages, each of at most so many characters; 0 = any.
    Ml(usize),
    Bool,
    Int,
    Decimal,
    /// A day without a time.
    Date,
    /// A day with a time.
    DateTime,
    Member(&'static Enumeration),
    Bytes,
    Amount,
    Quantity,
    /// The value of a custom property.
    Custom(&'static CustomProperty),
    /// One row of a set.
    Reference(&'static str),
    /// The rows of a set that name this row as owner by an attribute.
    Children {
        set: &'static str,
        owner: &'static str,
    },
}

/// The rule for inserting (entities.md §0, column *Ins*).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Insert {
    Optional,
    /// **R**: must be sent.
    Required,
    /// RO: set by the server alone.
    ReadOnly,
}

/// What the server puts where nothing was sent (D).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Initial {
    Null,
    True,
    False,
    Zero,
    One,
    Number(i64),
    Member(&'static str),
    Today,
    Now,
}

/// Named values in their order.
#[derive(Debug, PartialEq)]
pub(crate) struct Enumeration {
    /// Name of the type without the namespace.
    pub(crate) name: &'static str,
    /// Members with their stored numbers.
    pub(crate) members: &'static [(&'static str, i64)],
}

impl Enumeration {
    pub(crate) fn member(&self, name: &str) -> Option<&'static str> {
        self.members
            .iter()
            .find(|(member, _)| *member == name)
            .map(|(member, _)| *member)
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.members
            .iter()
            .find(|(member, _)| *member == name)
            .map(|(_, number)| *number)
    }
}

/// One row of an entity's table.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one for each column of the documents' tables"
)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) insert: Insert,
    pub(crate) initial: Initial,
    pub(crate) filter: Filter,
    /// May be used in `$orderby`.
    pub(crate) orderable: bool,
    /// Returned by a plain read.
    pub(crate) default: bool,
    /// Computed when read, never stored.
    pub(crate) calculated: bool,
    /// "filterable path": attributes behind this reference may be filtered.
    pub(crate) path: bool,
    /// The version that brought it, where older ones are played without it.
    pub(crate) since: Option<Version>,
}

impl Attribute {
    const fn new(name: &'static str, kind: Kind, filter: Filter) -> Self {
        let default = !matches!(kind, Kind::Children { .. } | Kind::Id);
        Self {
            name,
            kind,
            insert: Insert::Optional,
            initial: Initial::Null,
            filter,
            orderable: false,
            default,
            calculated: false,
            path: false,
            since: None,
        }
    }

    const fn required(mut self) -> Self {
        self.insert = Insert::Required;
        self
    }

    const fn read_only(mut self) -> Self {
        self.insert = Insert::ReadOnly;
        self
    }

    const fn initial(mut self, initial: Initial) -> Self {
        self.initial = initial;
        self
    }

    const fn orderable(mut self) -> Self {
        self.orderable = true;
        self
    }

    const fn path(mut self) -> Self {
        self.path = true;
        self
    }

    const fn since(mut self, since: Version) -> Self {
        self.since = Some(since);
        self
    }

    const fn on_request(mut self) -> Self {
        self.default = false;
        self
    }

    const fn calculated(mut self) -> Self {
        self.calculated = true;
        self.default = false;
        self.insert = Insert::ReadOnly;
        self
    }
}

const fn text(name: &'static str, most: usize, filter: Filter) -> Attribute {
    Attribute::new(name, Kind::Text(most), filter)
}
const fn ml(name: &'static str, most: usize, filter: Filter) -> Attribute {
    Attribute::new(name, Kind::Ml(most), filter)
}
const fn boolean(name: &'static str, initial: bool, filter: Filter) -> Attribute {
    Attribute::new(name, Kind::Bool, filter).initial(if initial {
        Initial::True
    } else {
        Initial::False
    })
}
const fn int(name: &'static str, filter: Filter) -> Attribute {
    Attribute::new(name, Kind::Int, filter)
}
const fn decimal(name: &'static str, filter: Filter) -> Attribute {
    Attribute::new(name, Kind::Decimal, filter)
}
const fn date(name: &'static str, filter: Filter) -> Attribute {
    Attribute::new(name, Kind::Date, filter)
}
const fn datetime(name: &'static str, filter: Filter) -> Attribute {
    Attribute::new(name, Kind::DateTime, filter)
}
const fn member(name: &'static str, of: &'static Enumeration, filter: Filter) -> Attribute {
    Attribute::new(name, Kind::Member(of), filter)
}
const fn bytes(name: &'static str) -> Attribute {
    Attribute::new(name, Kind::Bytes, 0)
}
const fn amount(name: &'static str, filter: Filter) -> Attribute {
    Attribute::new(name, Kind::Amount, filter)
}
const fn quantity(name: &'static str, filter: Filter) -> Attribute {
    Attribute::new(name, Kind::Quantity, filter)
}
/// References may be compared with `eq` and `in`, everywhere.
const fn reference(name: &'static str, set: &'static str) -> Attribute {
    Attribute::new(name, Kind::Reference(set), EQ | IN)
}
const fn children(name: &'static str, set: &'static str, owner: &'static str) -> Attribute {
    Attribute::new(name, Kind::Children { set, owner }, 0)
}

/// What sort of rows an entity has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// An aggregate root.
    Root,
    /// A child row; the attribute names its owner.
    Child(&'static str),
    /// A view: no ids, paged by `$skip`.
    View,
}

/// One entity set.
#[derive(Debug, PartialEq)]
pub(crate) struct Entity {
    pub(crate) set: &'static str,
    /// Name of the type without the namespace.
    pub(crate) kind: &'static str,
    /// Name of the database table, which some answers show (`EntityName`).
    pub(crate) table: &'static str,
    pub(crate) shape: Shape,
    /// Base set, whose references may name rows of this one and which lists them.
    pub(crate) base: Option<&'static str>,
    /// Attribute behind `DisplayText`.
    pub(crate) display: &'static str,
    /// Attributes looked at by `$search`.
    pub(crate) search: &'static [&'static str],
    pub(crate) attributes: &'static [Attribute],
}

/// What every entity with ids has besides its own attributes; never in the default selection (entities.md §0).
const SYSTEM: &[Attribute] = &[
    Attribute::new("Id", Kind::Id, EQ | IN).read_only(),
    text("DisplayText", 0, 0).calculated(),
    int("ObjectVersion", 0).read_only().on_request(),
];
/// A JSON document of applications, as text (domain-api.md §7).
pub(crate) const ADDITIONAL_DATA: &str = "AdditionalDataJson";

/// What aggregate roots have on top.
const ROOT: &[Attribute] = &[
    text("ExternalId", 254, EQ | IN).orderable().on_request(),
    text("ExternalSystem", 64, EQ | IN).on_request(),
    datetime("AggregateLastUpdateTimeUtc", RANGE)
        .orderable()
        .read_only()
        .on_request()
        .since(Version::release(26, 2)),
    text(ADDITIONAL_DATA, 32_000, 0)
        .on_request()
        .since(Version::release(26, 3)),
];

impl Entity {
    /// The attribute of this name, own or common.
    pub(crate) fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes().find(|attribute| attribute.name == name)
    }

    /// All attributes: the common ones, the inherited, its own, the custom ones. A child row has those of an aggregate root
    /// only by inheritance.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &'static Attribute> + use<> {
        let system: &'static [Attribute] = if self.shape == Shape::View {
            &[]
        } else {
            SYSTEM
        };
        let base = self.base.and_then(entity);
        let rooted =
            self.shape == Shape::Root || base.is_some_and(|base| base.shape == Shape::Root);
        let root: &'static [Attribute] = if rooted { ROOT } else { &[] };
        let own = self.attributes;
        let inherited = base.map_or::<&'static [Attribute], _>(&[], |base| base.attributes);
        let inherited = inherited
            .iter()
            .filter(move |attribute| own.iter().all(|other| other.name != attribute.name));
        system
            .iter()
            .chain(root)
            .chain(inherited)
            .chain(own)
            .chain(custom::attributes(self.set))
    }

    /// Name of the key in `$metadata`: parties call it otherwise (domain-api.md §2).
    pub(crate) fn key(&self) -> &'static str {
        if self.set == PARTIES || self.base == Some(PARTIES) {
            "PartyId"
        } else {
            "Id"
        }
    }
}

/// The abstract set of all persons, companies, locations and warehouses.
pub(crate) const PARTIES: &str = "General_Contacts_Parties";

/// The abstract set of all documents.
pub(crate) const DOCUMENTS: &str = "General_Documents_Documents";

/// All served entities, by topic.
pub(crate) fn entities() -> impl Iterator<Item = &'static Entity> {
    [
        catalogue::ENTITIES,
        pricing::ENTITIES,
        stock::ENTITIES,
        contacts::ENTITIES,
        settings::ENTITIES,
        orders::ENTITIES,
        terms::ENTITIES,
        documents::ENTITIES,
        invoicing::ENTITIES,
        custom::ENTITIES,
        named::ENTITIES,
    ]
    .into_iter()
    .flatten()
}

/// The entity of a set.
pub(crate) fn entity(set: &str) -> Option<&'static Entity> {
    entities().find(|entity| entity.set == set)
}

/// Sets that need the scope `sec`, which the portal does not have (identity.md §5.3).
pub(crate) fn needs_security_scope(set: &str) -> bool {
    set.starts_with("Systems_Security_")
}

pub(crate) use contacts::ROLE;
pub(crate) use custom::{CUSTOM_PROPERTIES, CustomProperty, PROPERTIES};
pub(crate) use orders::DOCUMENT_STATE;
pub(crate) use pricing::PRIORITY;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_child_list_names_a_served_set_and_its_owner() {
        for entity in entities() {
            for attribute in entity.attributes() {
                if let Kind::Children { set, owner } = attribute.kind {
                    let child = super::entity(set).unwrap_or_else(|| {
                        panic!("{}.{}: {set} is not served", entity.set, attribute.name)
                    });
                    assert!(
                        child
                            .attribute(owner)
                            .is_some_and(|owner| matches!(owner.kind, Kind::Reference(_))),
                        "{set}.{owner}"
                    );
                }
            }
            if let Shape::Child(owner) = entity.shape {
                assert!(
                    entity.attribute(owner).is_some_and(|owner| owner.path),
                    "{}: owner references are filterable paths",
                    entity.set
                );
            }
            assert!(
                entity.shape == Shape::View || entity.attribute(entity.display).is_some(),
                "{}",
                entity.set
            );
        }
    }

    #[test]
    fn no_name_is_used_twice() {
        for entity in entities() {
            let mut names: Vec<_> = entity
                .attributes()
                .map(|attribute| attribute.name)
                .collect();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(all, names.len(), "{}", entity.set);
            assert_eq!(
                entities()
                    .filter(|other| other.set == entity.set || other.kind == entity.kind)
                    .count(),
                1,
                "{}",
                entity.set
            );
        }
    }
}
