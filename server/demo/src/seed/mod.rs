//! What the instance begins with: a wholesaler of light, kitchen and home, his customers and their past orders.
//!
//! Ids are made from names, so that they are the same in every run.

mod catalogue;
mod custom;
mod customers;
mod files;
mod history;
mod many;
mod obstacles;
mod oddities;
mod papers;
pub(crate) mod prices;
mod seller;
pub(crate) mod sentinels;

use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};
use uuid::{Builder, Uuid};

use crate::domain::schema::{Initial, entity};
use crate::domain::store::{Database, Row};
use crate::domain::value::{Ml, Reference, Value, day};

pub(crate) use custom::custom_value;
pub use seller::SellerSettings;
pub(crate) use seller::settings;

/// `ExternalSystem` of the orders that come with the seed.
pub(crate) const HISTORY: &str = "ognishte-history";

/// The type of the documents that are invoices, by set and name.
pub(crate) const INVOICE_TYPE: (&str, &str) = (seller::DOCUMENT_TYPES, "INV");

/// A row of the seed by the name it was sown under.
pub(crate) fn row_of((set, name): (&'static str, &str)) -> Value {
    to(set, name)
}

/// What an instance begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seed {
    /// The whole shop.
    #[default]
    Shop,
    /// The seller and his customers, but nothing to sell.
    Empty,
}

/// Why the seed could not be sown: a mistake in its own files.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The catalogue is not readable.
    #[error("the catalogue of the demo instance is not readable: {0}")]
    Catalogue(#[from] toml::de::Error),
    /// Something is named that is not there.
    #[error("the seed of the demo instance names {0}, which does not exist")]
    Unknown(String),
}

/// The id of a row by its set and its name.
pub(crate) fn id(set: &str, name: &str) -> Uuid {
    let digest = Sha256::digest(format!("{set}/{name}"));
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(digest) {
        *to = from;
    }
    Builder::from_random_bytes(bytes).into_uuid()
}

/// All rows of a fresh instance.
pub(crate) fn sow(seed: Seed, now: OffsetDateTime) -> Result<Database, SeedError> {
    let mut sower = Sower {
        database: Database::default(),
        now,
        age: AGE,
    };
    seller::sow(&mut sower)?;
    obstacles::sow(&mut sower)?;
    customers::sow(&mut sower)?;
    custom::define(&mut sower)?;
    if seed == Seed::Shop {
        catalogue::sow(&mut sower)?;
        obstacles::sow_packages(&mut sower)?;
        obstacles::sow_assortment(&mut sower)?;
        files::sow(&mut sower)?;
        custom::sow(&mut sower)?;
    }
    Ok(sower.database)
}

/// The same, with the sentinels and the odd rows if they are wanted.
pub(crate) fn sow_all(
    seed: Seed,
    sentinels: bool,
    now: OffsetDateTime,
) -> Result<Database, SeedError> {
    let database = sow(seed, now)?;
    if !sentinels {
        return Ok(database);
    }
    let mut sower = Sower {
        database,
        now,
        age: AGE,
    };
    sentinels::sow(&mut sower)?;
    oddities::sow(&mut sower)?;
    Ok(sower.database)
}

/// The same, with so many cheap products besides.
pub(crate) fn with_many(
    database: Database,
    products: usize,
    now: OffsetDateTime,
) -> Result<Database, SeedError> {
    let mut sower = Sower {
        database,
        now,
        age: AGE,
    };
    many::sow(&mut sower, products)?;
    Ok(sower.database)
}

/// Nothing was changed just before the start: a change at once after it is seen to be one, though times are told in whole seconds.
const AGE: Duration = Duration::hours(1);

/// Puts rows in, with the model's defaults where nothing is said.
struct Sower {
    database: Database,
    now: OffsetDateTime,
    /// How long ago its rows were changed.
    age: Duration,
}

impl Sower {
    /// A row that came with the instance.
    fn row(
        &mut self,
        set: &str,
        name: &str,
        values: Vec<(&str, Value)>,
    ) -> Result<Reference, SeedError> {
        self.row_changed(set, name, values, self.now - self.age)
    }

    /// A row that nobody has changed for a month.
    fn old_row(
        &mut self,
        set: &str,
        name: &str,
        values: Vec<(&str, Value)>,
    ) -> Result<Reference, SeedError> {
        self.row_changed(set, name, values, self.now - Duration::days(30))
    }

    fn row_changed(
        &mut self,
        set: &str,
        name: &str,
        values: Vec<(&str, Value)>,
        changed: OffsetDateTime,
    ) -> Result<Reference, SeedError> {
        let of = entity(set).ok_or_else(|| SeedError::Unknown(set.to_owned()))?;
        let mut row = Row::new(of, id(set, name));
        for attribute in of.attributes() {
            if let Some(value) = initial(attribute.initial, self.now) {
                row.set(attribute.name, value);
            }
        }
        for (name, value) in values {
            let attribute = of
                .attribute(name)
                .ok_or_else(|| SeedError::Unknown(format!("{set}.{name}")))?;
            row.set(attribute.name, value);
        }
        if let Some(attribute) = of.attribute("AggregateLastUpdateTimeUtc") {
            row.set(attribute.name, Value::Time(changed));
        }
        let reference = row.reference();
        self.database.put(row);
        Ok(reference)
    }
}

/// The value the server puts where nothing was sent.
pub(crate) fn initial(initial: Initial, now: OffsetDateTime) -> Option<Value> {
    match initial {
        Initial::Null => None,
        Initial::True => Some(Value::Bool(true)),
        Initial::False => Some(Value::Bool(false)),
        Initial::Zero => Some(Value::Int(0)),
        Initial::One => Some(Value::Int(1)),
        Initial::Number(number) => Some(Value::Int(number)),
        Initial::Member(name) => Some(Value::Member(name)),
        Initial::Today => Some(Value::Time(day(now))),
        Initial::Now => Some(Value::Time(now)),
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn ml(english: &str, bulgarian: &str) -> Value {
    Value::Ml(Ml::new(english, bulgarian))
}

/// A row sown before, by the name it was sown under.
fn to(set: &'static str, name: &str) -> Value {
    Value::Reference(Reference {
        set,
        id: id(set, name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::schema::needs_security_scope;
    use time::macros::datetime;

    #[test]
    fn the_shop_is_whole_in_both_languages() {
        let database = sow(Seed::Shop, datetime!(2026-11-23 10:00 UTC)).unwrap();
        let products = database.rows("General_Products_Products");
        assert_eq!(products.len(), 150);
        assert_eq!(database.rows("General_Products_ProductGroups").len(), 19);
        for product in products {
            for name in ["Name", "Description"] {
                let Value::Ml(text) = product.get(name) else {
                    panic!("{name} is missing")
                };
                assert!(
                    text.text("EN").is_ascii()
                        || text.text("EN").contains(['×', 'é', '°', '²', '–']),
                    "{}",
                    text.text("EN")
                );
                assert!(
                    text.text("BG")
                        .chars()
                        .any(|letter| ('а'..='я').contains(&letter)),
                    "{}",
                    text.text("BG")
                );
                assert!(text.text("BG").chars().count() <= 254);
            }
            assert!(database.follow(product.get("ProductGroup")).is_some());
            let pictures =
                database.children("General_Products_ProductPictures", "Product", product.id);
            assert_eq!(
                pictures
                    .iter()
                    .filter(|picture| picture.get("IsDefault").is_true())
                    .count(),
                1
            );
        }
    }

    #[test]
    fn ids_are_the_same_in_every_run() {
        assert_eq!(
            id("General_Products_Products", "LT-ARK-GR"),
            id("General_Products_Products", "LT-ARK-GR")
        );
        assert_ne!(
            id("General_Products_Products", "LT-ARK-GR"),
            id("General_Products_ProductGroups", "LT-ARK-GR")
        );
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let database = sow(Seed::Shop, datetime!(2026-11-23 10:00 UTC)).unwrap();
        for of in crate::domain::schema::entities() {
            for row in database.rows(of.set) {
                for attribute in row.entity.attributes() {
                    let value = row.get(attribute.name);
                    // Nobody may read users: their set is empty here.
                    let served = value
                        .reference()
                        .is_some_and(|reference| !needs_security_scope(reference.set));
                    assert!(
                        !served || database.follow(value).is_some(),
                        "{}.{}",
                        of.set,
                        attribute.name
                    );
                }
            }
        }
    }
}
