//! What is checked and filled in before changes are saved: the back-end rules (domain-api.md §11.3).

use super::{Change, ORDERS, Writer};
use crate::domain::fault::Fault;
use crate::domain::rules::checks::before_commit;
use crate::domain::schema::{Insert, Shape};
use crate::domain::store::Row;
use crate::domain::value::{Reference, Value};

/// The numbers of the last documents (entities.md §6.1: the sequence of the document's type).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Numbers {
    order: u64,
    invoice: u64,
}

impl Default for Numbers {
    fn default() -> Self {
        Self {
            order: 1840,
            invoice: 960,
        }
    }
}

impl Numbers {
    /// The next number of documents of this set; other rows have none.
    fn next(&mut self, set: &str) -> Option<String> {
        let last = match set {
            ORDERS => &mut self.order,
            "Crm_Invoicing_Invoices" => &mut self.invoice,
            _ => return None,
        };
        *last += 1;
        Some(format!("{last:010}"))
    }
}

impl Writer<'_> {
    /// Back-end rules before anything is saved: required attributes, numbers, versions, the rules of commits.
    pub(crate) fn finish(&mut self, numbers: &mut Numbers) -> Result<(), Fault> {
        let changed: Vec<_> = self
            .changes
            .iter()
            .filter(|(_, change)| **change != Change::Delete)
            .map(|(key, change)| (*key, change.clone()))
            .collect();
        for ((set, id), change) in changed {
            let row = self.row(set, id)?;
            let missing = row.entity.attributes().find(|attribute| {
                attribute.insert == Insert::Required
                    && *row.get(attribute.name) == Value::Null
                    // Older servers did not ask for the location of a document (§12).
                    && (attribute.name != "EnterpriseCompanyLocation"
                        || self.version.at_least(26, 2))
            });
            if let Some(attribute) = missing {
                return Err(Fault::Validation(format!(
                    "An error occurred while saving data to the database\r\nThe attribute '{}' of '{set}' is required.",
                    attribute.name
                )));
            }
            self.unique(&row)?;
            before_commit(self.database, &row)?;
            if *row.get("DocumentNo") == Value::Null
                && let Some(number) = numbers.next(set)
            {
                self.put(set, id, "DocumentNo", Value::Text(number))?;
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
        if row.entity.attribute("AggregateLastUpdateTimeUtc").is_some() {
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
