//! API transactions (domain-api.md §11.3): a copy of the rows on which calls work until it is committed or dropped.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::Data;
use super::fault::Fault;
use super::limits::Sessions;
use super::rules::checks::before_change;
use super::store::Database;
use super::write::{Change, Changes, Model, Writer};
use crate::random::Random;

/// A transaction lives so long at most.
const LIFE: Duration = Duration::minutes(25);

/// An open transaction.
pub(crate) struct Transaction {
    session: u64,
    opened: OffsetDateTime,
    pub(crate) model: Model,
    track: bool,
    pub(crate) database: Database,
    pub(crate) changes: Changes,
}

/// All open transactions by id.
pub(crate) type Transactions = BTreeMap<String, Transaction>;

/// What was counted of transactions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Transactions that were begun.
    pub(crate) begun: u64,
    /// The most that were open at the same time.
    pub(crate) most: usize,
    /// Attempts to begin one too many.
    pub(crate) refused: u64,
    /// Those that were saved.
    pub(crate) committed: u64,
    /// Those nobody ended.
    pub(crate) abandoned: u64,
}

impl Data {
    /// Transactions die of age and with their session.
    pub(crate) fn bury(&mut self, sessions: &Sessions, now: OffsetDateTime) {
        let before = self.transactions.len();
        self.transactions.retain(|_, transaction| {
            now - transaction.opened < LIFE && sessions.is_open(transaction.session, now)
        });
        let dead = before - self.transactions.len();
        self.tally.abandoned += u64::try_from(dead).unwrap_or(u64::MAX);
    }

    /// Drops all of them.
    pub(crate) fn abandon(&mut self) {
        let lost = std::mem::take(&mut self.transactions).len();
        self.tally.abandoned += u64::try_from(lost).unwrap_or(u64::MAX);
    }

    /// Counts from zero; transactions stay open.
    pub(crate) fn reset_tally(&mut self) {
        self.tally = Tally {
            most: self.transactions.len(),
            ..Tally::default()
        };
    }

    /// `BeginTransaction {model, trackChanges}`: the new id.
    pub(crate) fn begin(
        &mut self,
        session: u64,
        most: usize,
        body: &Map<String, Json>,
        random: &Random,
        now: OffsetDateTime,
    ) -> Result<String, Fault> {
        let model = match body.get("model").and_then(Json::as_str) {
            None | Some("common") => Model::Common,
            Some("frontend") => Model::FrontEnd,
            Some(other) => return Err(Fault::Operation(format!("Unknown model '{other}'."))),
        };
        if self
            .transactions
            .values()
            .filter(|transaction| transaction.session == session)
            .count()
            >= most
        {
            self.tally.refused += 1;
            return Err(Fault::TooMany);
        }
        let id = random.lower_hex();
        let transaction = Transaction {
            session,
            opened: now,
            model,
            track: body
                .get("trackChanges")
                .and_then(Json::as_bool)
                .unwrap_or(false),
            database: self.database.clone(),
            changes: Changes::new(),
        };
        self.transactions.insert(id.clone(), transaction);
        self.tally.begun += 1;
        self.tally.most = self.tally.most.max(self.transactions.len());
        Ok(id)
    }

    /// The open transaction of this id in this session (sample 54 otherwise).
    pub(crate) fn transaction(
        &mut self,
        id: &str,
        session: u64,
    ) -> Result<&mut Transaction, Fault> {
        let found = self
            .transactions
            .get_mut(id)
            .filter(|transaction| transaction.session == session);
        found.ok_or_else(|| Fault::Operation(format!("Invalid TransactionId {id}.")))
    }

    /// `EndTransaction {commit}`. Unverified: a commit that fails ends the transaction as well.
    pub(crate) fn end(
        &mut self,
        id: &str,
        session: u64,
        commit: bool,
        random: &Random,
        now: OffsetDateTime,
    ) -> Result<(), Fault> {
        self.transaction(id, session)?;
        let Some(transaction) = self.transactions.remove(id) else {
            return Ok(());
        };
        if commit {
            self.commit(transaction.database, transaction.changes, random, now)?;
            self.tally.committed += 1;
        }
        Ok(())
    }

    /// Checks the changed rows and takes them over; all or nothing.
    pub(crate) fn commit(
        &mut self,
        mut database: Database,
        mut changes: Changes,
        random: &Random,
        now: OffsetDateTime,
    ) -> Result<(), Fault> {
        let mut numbers = self.numbers;
        Writer {
            database: &mut database,
            changes: &mut changes,
            model: Model::Common,
            version: self.version,
            now,
            random,
        }
        .finish(&mut numbers)?;
        for (set, id) in changes.keys() {
            if let (Some(saved), Some(changed)) =
                (self.database.row(set, *id), database.row(set, *id))
            {
                before_change(saved, changed)?;
            }
        }
        for ((set, id), change) in &changes {
            match (change, database.row(set, *id)) {
                (Change::Delete, _) => self.database.remove(set, *id),
                (_, Some(row)) => self.database.put(row.as_ref().clone()),
                (_, None) => {}
            }
        }
        self.numbers = numbers;
        Ok(())
    }
}

impl Transaction {
    /// Whether a changed row is this one or refers to it.
    pub(crate) fn concerns(&self, id: Uuid) -> bool {
        self.changes.keys().any(|(set, changed)| {
            *changed == id
                || self.database.row(set, *changed).is_some_and(|row| {
                    row.entity
                        .attributes()
                        .any(|attribute| row.get(attribute.name).id() == Some(id))
                })
        })
    }

    /// `GetChanges` (sample 35): what was inserted, updated and deleted so far.
    pub(crate) fn changes(&self, root: &str) -> Result<Json, Fault> {
        if !self.track {
            return Err(Fault::Operation(
                "The transaction does not track changes.".to_owned(),
            ));
        }
        let mut answer = Map::new();
        answer.insert(
            "@odata.context".to_owned(),
            format!("{root}$metadata#Erp.OpenObject").into(),
        );
        for ((set, id), change) in &self.changes {
            let (kind, names) = match change {
                Change::Insert(names) => ("insert", Some(names)),
                Change::Update(names) => ("update", Some(names)),
                Change::Delete => ("delete", None),
            };
            let row = self.database.row(set, *id);
            let values = names
                .into_iter()
                .flatten()
                .filter_map(|name| Some(((*name).to_owned(), row?.get(name).json())));
            let values: Map<String, Json> = values.collect();
            let sets = answer
                .entry(kind)
                .or_insert_with(|| Json::Object(Map::new()));
            if let Some(rows) = sets
                .as_object_mut()
                .map(|sets| sets.entry(*set).or_insert_with(|| Json::Object(Map::new())))
                && let Some(rows) = rows.as_object_mut()
            {
                rows.insert(id.to_string(), Json::Object(values));
            }
        }
        Ok(Json::Object(answer))
    }
}
