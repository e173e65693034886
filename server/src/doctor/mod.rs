//! Examines the whole connection between the shop and its instance, and says what to change where.
//!
//! | module | holds |
//! | --- | --- |
//! | [`walk`](self::Doctor::walk) | the steps, in the order in which each can be wrong only if those before are right |
//! | `questions` | its part that asks the Domain API |
//! | [`finding`], `words` | every mistake that can be found; what it means, what to change |
//! | `copy` | what the shop last wrote of its copy of the catalogue |
//! | [`render`] | the report for people and for programs |
//! | [`start`] | the same walk when the shop starts, in the background, into the log |
//!
//! The instance is asked through [`erp::examine`] only. No finding holds a secret or a token: they are made of names, numbers
//! and kinds of errors.

mod copy;
pub mod finding;
mod questions;
pub mod render;
pub mod start;
mod walk;
mod words;

use erp::Instance;
use serde::Serialize;

pub use self::finding::{Finding, Severity};
use crate::{portal::World, settings::Settings};

/// How much is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Everything that can be seen: for `server doctor`.
    Whole,
    /// What needs no transaction, no look at records that are usually out of reach, and not the data folder: when a shop starts.
    Start,
}

/// A doctor at the bed of one instance.
pub struct Doctor<'a> {
    /// The instance.
    pub instance: &'a Instance,
    /// What the operator said.
    pub settings: &'a Settings,
    /// What time it is.
    pub world: &'a World,
    /// How much is asked.
    pub depth: Depth,
}

/// One step of the walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub what: &'static str,
    /// What was seen.
    pub outcome: Outcome,
}

/// What a step has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All is well; what there is.
    Well(String),
    /// Mistakes.
    Found(Vec<Finding>),
    /// It cannot be seen from here; what to look at oneself.
    Unseen(String),
    /// It was not looked at, because of a mistake before it.
    Skipped(&'static str),
}

/// All that was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The steps.
    pub checks: Vec<Check>,
    /// Whether the instance could not be asked at all at the moment.
    pub away: bool,
}

impl Report {
    /// Every mistake, in the order of the walk.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.checks.iter().flat_map(|check| match &check.outcome {
            Outcome::Found(findings) => findings.as_slice(),
            _ => &[],
        })
    }

    /// How many mistakes are so bad.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings()
            .filter(|finding| finding.severity() == severity)
            .count()
    }

    /// Whether something of the shop does not work.
    pub fn has_problems(&self) -> bool {
        self.count(Severity::Problem) > 0
    }
}

impl Serialize for Severity {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Warning => "warning",
            Self::Problem => "problem",
        })
    }
}
