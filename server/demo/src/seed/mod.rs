//! What the instance begins with: a wholesaler of light, kitchen and home, his customers and their past orders.
//!
//! Ids are made from names, so that they are the same in every run.

mod catalogue;
mod customers;
mod history;
mod seller;

use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::{Builder, Uuid};

use crate::domain::schema::{Initial, entity};
use crate::domain::store::{Database, Row};
use crate::domain::value::{Ml, Reference, Value, day};

pub use seller::SellerSettings;
pub(crate) use seller::settings;

/// `ExternalSystem` of the orders that come with the seed.
pub(crate) const HISTORY: &str = "ognishte-history";

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
    };
    seller::sow(&mut sower)?;
    customers::sow(&mut sower)?;
    if seed == Seed::Shop {
        catalogue::sow(&mut sower)?;
    }
    Ok(sower.database)
}

/// Puts rows in, with the model's defaults where nothing is said.
struct Sower {
    database: Database,
    now: OffsetDateTime,
}

impl Sower {
    fn row(
        &mut self,
        set: &str,
        name: &str,
        values: Vec<(&str, Value)>,
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
            row.set(attribute.name, Value::Time(self.now));
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
