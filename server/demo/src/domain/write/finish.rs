//! What is checked and filled in before changes are saved: the back-end rules (domain-api.md §11.3).

use super::{Change, ORDERS, Writer};
use crate::domain::fault::Fault;
use crate::domain::schema::{Insert, Shape};
use crate::domain::store::Row;
use crate::domain::value::{Reference, Value};

impl Writer<'_> {
    /// Back-end rules before anything is saved: required attributes, numbers, versions.
    pub(crate) fn finish(&mut self, next_number: &mut u64) -> Result<(), Fault> {
        let changed: Vec<_> = self
            .changes
            .iter()
            .filter(|(_, change)| **change != Change::Delete)
            .map(|(key, change)| (*key, change.clone()))
            .collect();
        for ((set, id), change) in changed {
            let row = self.row(set, id)?;
            let missing = row.entity.attributes().find(|attribute| {
                attribute.insert == Insert::Required && *row.get(attribute.name) == Value::Null
            });
            if let Some(attribute) = missing {
                return Err(Fault::Validation(format!(
                    "An error occurred while saving data to the database\r\nThe attribute '{}' of '{set}' is required.",
                    attribute.name
                )));
            }
            self.unique(&row)?;
            if set == ORDERS && *row.get("DocumentNo") == Value::Null {
                *next_number += 1;
                self.put(
                    ORDERS,
                    id,
                    "DocumentNo",
                    Value::Text(format!("{next_number:010}")),
                )?;
            }
            self.touch(row.reference(), matches!(change, Change::Update(_)))?;
            if let Shape::Child(owner) = row.entity.shape
                && let Some(owner) = row.get(owner).reference()
            {
                self.touch(owner, true)?;
            }
        }
        Ok(())
    }

    /// Version and time of the row's aggregate; a change of a child is one of its root (§13).
    fn touch(&mut self, reference: Reference, again: bool) -> Result<(), Fault> {
        let Some(row) = self
            .database
            .row(reference.set, reference.id)
            .map(|row| Row::clone(row))
        else {
            return Ok(());
        };
        let set = row.entity.set;
        if again {
            let version = row
                .get("ObjectVersion")
                .number()
                .and_then(|version| i64::try_from(version).ok())
                .unwrap_or(1);
            self.put(set, row.id, "ObjectVersion", Value::Int(version + 1))?;
        }
        if row.entity.shape == Shape::Root {
            self.put(
                set,
                row.id,
                "AggregateLastUpdateTimeUtc",
                Value::Time(self.now),
            )?;
        }
        Ok(())
    }

    /// Article numbers are unique in the database (entities.md §1.1); `ExternalId` of orders is not (domain-api.md §11.8).
    fn unique(&self, row: &Row) -> Result<(), Fault> {
        let number = row.get("PartNumber");
        let twice = row.entity.set == "General_Products_Products"
            && self
                .database
                .rows(row.entity.set)
                .iter()
                .any(|other| other.id != row.id && other.get("PartNumber") == number);
        if twice {
            Err(Fault::Duplicate(row.entity.table))
        } else {
            Ok(())
        }
    }
}
