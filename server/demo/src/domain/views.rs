//! Sets that are computed when they are read: dues and availability.

use time::OffsetDateTime;

use super::rules::{availability, dues};
use super::schema::Entity;
use super::store::Database;

/// The database as it is to be read for this set.
pub(crate) fn ready(of: &Entity, mut database: Database, now: OffsetDateTime) -> Database {
    match of.set {
        dues::BALANCES => {
            for row in dues::balances(&database, now) {
                database.put(row);
            }
        }
        availability::PROMISES | availability::BALANCES => availability::refresh(&mut database),
        _ => {}
    }
    database
}
