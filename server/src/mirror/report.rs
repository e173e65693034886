//! What operators should know of the copy: how fresh each part is, what could not be refreshed, and every record that is left
//! out, with the reason. A value, so that a page, the health check or a file can show it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use erp::LeftOut;
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

/// Odd records of a sort that are listed one by one; beyond that they are counted only.
const LISTED: usize = 100;

/// The state of the copy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The instance's version, as far as it told.
    pub instance_version: Option<String>,
    /// Products read so far by a first pull that is under way.
    pub first_pull: Option<usize>,
    /// Each part by its name.
    pub parts: BTreeMap<&'static str, PartReport>,
    /// What is left out, by sort.
    pub left_out: BTreeMap<&'static str, OddReport>,
}

/// The state of one part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PartReport {
    /// How many records are shown.
    pub records: usize,
    /// When it was last found or made fresh: seconds since 1970.
    pub fresh: Option<i64>,
    /// How long that took, in milliseconds.
    pub took: u64,
    /// Why it could not be refreshed since; none if it could.
    pub trouble: Option<String>,
}

/// Records of one sort that are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct OddReport {
    /// How many.
    pub count: usize,
    /// The first of them.
    pub first: Vec<OddRecord>,
}

/// A record that is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OddRecord {
    /// Its id, if it told.
    pub id: Option<Uuid>,
    /// What staff call it: as it came from the instance, to be shown as text only.
    pub name: Option<String>,
    /// Why.
    pub why: &'static str,
}

/// Where the parts of the mirror write down what they find.
#[derive(Debug, Default)]
pub(super) struct Findings(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    version: Option<String>,
    first_pull: Option<usize>,
    parts: BTreeMap<&'static str, PartReport>,
    odd: BTreeMap<&'static str, BTreeMap<Key, OddRecord>>,
}

/// Records without an id are told apart by their order.
type Key = (Option<Uuid>, usize);

impl Findings {
    /// The state as a value.
    pub(super) fn report(&self) -> Report {
        let inner = self.lock();
        Report {
            instance_version: inner.version.clone(),
            first_pull: inner.first_pull,
            parts: inner.parts.clone(),
            left_out: inner
                .odd
                .iter()
                .filter(|(_, odd)| !odd.is_empty())
                .map(|(what, odd)| {
                    let report = OddReport {
                        count: odd.len(),
                        first: odd.values().take(LISTED).cloned().collect(),
                    };
                    (*what, report)
                })
                .collect(),
        }
    }

    pub(super) fn version(&self, version: Option<String>) {
        self.lock().version = version;
    }

    pub(super) fn first_pull(&self, products: Option<usize>) {
        self.lock().first_pull = products;
    }

    /// The part is fresh.
    pub(super) fn fresh(
        &self,
        part: &'static str,
        records: usize,
        now: OffsetDateTime,
        took: Duration,
    ) {
        let fresh = PartReport {
            records,
            fresh: Some(now.unix_timestamp()),
            took: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            trouble: None,
        };
        self.lock().parts.insert(part, fresh);
    }

    /// The part could not be refreshed.
    pub(super) fn trouble(&self, part: &'static str, trouble: String) {
        self.lock().parts.entry(part).or_default().trouble = Some(trouble);
    }

    /// These records of a sort are left out, and no others.
    pub(super) fn only(&self, what: &'static str, odd: impl IntoIterator<Item = OddRecord>) {
        let odd: BTreeMap<Key, OddRecord> = keyed(odd).collect();
        let mut inner = self.lock();
        if !odd.is_empty() && inner.odd.get(what) != Some(&odd) {
            tracing::warn!(what, count = odd.len(), first = ?odd.values().next(), "records are left out");
        }
        inner.odd.insert(what, odd);
    }

    /// Of the records that were read again, these are left out.
    pub(super) fn among(
        &self,
        what: &'static str,
        read: impl IntoIterator<Item = Uuid>,
        odd: impl IntoIterator<Item = OddRecord>,
    ) {
        let odd: Vec<_> = keyed(odd).collect();
        for (_, record) in &odd {
            tracing::warn!(what, ?record, "a record is left out");
        }
        let mut inner = self.lock();
        let known = inner.odd.entry(what).or_default();
        for id in read {
            known.retain(|(of, _), _| *of != Some(id));
        }
        known.extend(odd);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn keyed(odd: impl IntoIterator<Item = OddRecord>) -> impl Iterator<Item = (Key, OddRecord)> {
    odd.into_iter().enumerate().map(|(order, record)| {
        let order = if record.id.is_some() { 0 } else { order };
        ((record.id, order), record)
    })
}

impl From<LeftOut> for OddRecord {
    fn from(left: LeftOut) -> Self {
        Self {
            id: left.id,
            name: left.name,
            why: left.why,
        }
    }
}

impl From<super::catalogue::Odd> for OddRecord {
    fn from(odd: super::catalogue::Odd) -> Self {
        Self {
            id: Some(odd.id),
            name: Some(odd.name),
            why: odd.why,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn odd(id: u128, why: &'static str) -> OddRecord {
        OddRecord {
            id: Some(Uuid::from_u128(id)),
            name: None,
            why,
        }
    }

    #[test]
    fn what_is_mended_is_listed_no_more() {
        let findings = Findings::default();
        let count = || {
            let report = findings.report();
            report.left_out.get("product").map_or(0, |odd| odd.count)
        };
        findings.only("product", [odd(1, "no group"), odd(2, "no unit")]);
        assert_eq!(count(), 2);
        findings.among("product", [Uuid::from_u128(1)], []);
        assert_eq!(count(), 1);
        findings.among(
            "product",
            [Uuid::from_u128(2), Uuid::from_u128(3)],
            [odd(2, "no unit"), odd(3, "no group")],
        );
        assert_eq!(count(), 2);
        findings.only("product", []);
        assert_eq!(findings.report(), Report::default());
    }

    #[test]
    fn many_are_counted_and_some_are_listed() {
        let findings = Findings::default();
        let nameless = || OddRecord {
            id: None,
            name: None,
            why: "no id",
        };
        findings.only("price", (0..1000).map(|_| nameless()));
        let report = findings.report();
        let prices = report.left_out.get("price").unwrap();
        assert_eq!((prices.count, prices.first.len()), (1000, LISTED));
    }

    #[test]
    fn trouble_stays_until_the_part_is_fresh_again() {
        let findings = Findings::default();
        let trouble = || {
            findings
                .report()
                .parts
                .get("prices")
                .unwrap()
                .trouble
                .clone()
        };
        findings.trouble("prices", "away".to_owned());
        assert_eq!(trouble().as_deref(), Some("away"));
        findings.fresh("prices", 3, OffsetDateTime::UNIX_EPOCH, Duration::ZERO);
        assert_eq!(trouble(), None);
    }
}
