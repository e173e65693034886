//! Levers for tests: what staff might do in the ERP while the portal runs, and what can go wrong; and eyes on what it saw.

use rust_decimal::Decimal;

use crate::calls::Calls;
use crate::domain::store::Row;
use crate::domain::value::Value;
use crate::faults::{Fault, FaultId, FaultState};
use crate::identity::keys::{KeyError, Rotation};
use crate::identity::registration::Registration;
use crate::identity::spoil::Spoil;
use crate::instance::{Answering, Instance};
use crate::seed::{self, SeedError};
use crate::wire::Peer;
use crate::{Demo, domain};

/// There is no such row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the demo instance has no {0}")]
pub struct Missing(pub(crate) String);

/// What becomes of calls that are under way when the site restarts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InFlight {
    /// They are answered.
    Finish,
    /// Their connections are cut.
    Cut,
}

/// Everything that was counted so far, and what is open now.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Seen {
    /// Calls of the Domain API.
    #[serde(flatten)]
    pub calls: Calls,
    /// Calls refused with 429 by a limit of their session; those that a fault refuses are not among them.
    pub refused: u64,
    /// Calls refused as no licence slot was free; those that a fault refuses are not among them.
    pub without_licence: u64,
    /// Sessions open now.
    pub sessions: usize,
    /// Sessions that were opened.
    pub sessions_opened: u64,
    /// The most sessions open at the same time.
    pub most_sessions: usize,
    /// Transactions open now.
    pub transactions: usize,
    /// Transactions that were begun.
    pub transactions_begun: u64,
    /// Transactions that were saved.
    pub transactions_committed: u64,
    /// Transactions nobody ended: they died of age or with their session.
    pub transactions_abandoned: u64,
    /// The most transactions open at the same time.
    pub most_transactions: usize,
    /// Requests met by the faults that are up.
    pub faults_met: u64,
}

/// Faults, and the site itself.
impl Demo {
    /// From now on this goes wrong. Each request is met by one fault at most, by the oldest that is for it.
    pub fn bring_up(&self, fault: Fault) -> FaultId {
        self.instance.faults.bring_up(fault)
    }

    /// Takes one fault away, and lets go who waits for it; false if it is not there.
    pub fn clear_fault(&self, id: FaultId) -> bool {
        self.instance.faults.clear(id)
    }

    /// Takes all faults away, and lets go who waits for them. Sentinels keep theirs.
    pub fn clear_faults(&self) {
        self.instance.faults.clear_all();
    }

    /// The faults that were brought up, also those that have met all they were for.
    pub fn faults(&self) -> Vec<FaultState> {
        self.instance.faults.list()
    }

    /// Waits until a fault has met so many requests.
    pub async fn until_met(&self, id: FaultId, times: u32) {
        self.instance.faults.until_met(id, times).await;
    }

    /// Staff change the Trusted Application.
    pub fn register(&self, registration: Registration) {
        self.instance.application.register(registration);
    }

    /// Restarts the site: sessions and transactions are gone (identity.md §8). Rows, people, keys and counters stay.
    pub fn restart(&self, in_flight: InFlight) {
        self.instance.restart(in_flight, None);
    }

    /// Changes the key pair that signs tokens. Takes some tenths of a second.
    pub fn rotate_keys(&self, how: Rotation) -> Result<(), KeyError> {
        self.instance.keys.rotate(how, &self.instance.random)
    }

    /// From now on the provider spoils what it says; `Spoil::default()` ends that.
    pub fn spoil(&self, spoil: Spoil) {
        self.instance.memory().spoil = spoil;
    }

    /// The office takes so many licence slots. Sessions that are open keep theirs; a new one needs a free slot.
    pub fn take_licences(&self, taken: usize) {
        self.instance.domain.sessions.take_licences(taken);
    }

    /// The office takes all licence slots and every session ends, as when somebody signs the portal out on a busy morning.
    /// `take_licences(0)` gives them back.
    pub fn lose_licence(&self) {
        self.instance.lose_licence();
    }

    /// Ends all sessions of the Domain API; the next call opens another one, if a licence slot is free.
    pub fn end_sessions(&self) {
        self.instance.domain.sessions.end_all();
    }

    /// Everything that was counted so far, and what is open now.
    pub fn seen(&self) -> Seen {
        self.instance.seen()
    }
}

impl Demo {
    /// Withdraws a product from sale, or puts it back (`Active`).
    pub fn set_active(&self, part_number: &str, active: bool) -> Result<(), Missing> {
        self.instance.change_product(part_number, |product| {
            product.set("Active", Value::Bool(active));
        })
    }

    /// Changes the standard price of a product, in euro per unit.
    pub fn set_price(&self, part_number: &str, price: Decimal) -> Result<(), Missing> {
        self.instance.change_product(part_number, |product| {
            product.set(
                "StandardPricePerLot",
                Value::Amount(price, "EUR".to_owned()),
            );
        })
    }

    /// Takes all customers away from a person (`CustomerExternalAccess`).
    pub fn revoke_access(&self, login: &str) -> Result<(), Missing> {
        let person = self
            .instance
            .people
            .iter()
            .find(|person| person.login == login);
        let person = person.ok_or_else(|| Missing(format!("person {login}")))?;
        let set = "Crm_Sales_CustomerExternalAccess";
        let mut data = self.instance.domain.data();
        let rows: Vec<_> = data
            .database
            .children(set, "User", person.id)
            .iter()
            .map(|row| row.id)
            .collect();
        for id in rows {
            data.database.remove(set, id);
        }
        Ok(())
    }

    /// Lets the Domain API answer, hold calls back, or refuse them with 503.
    pub fn set_answering(&self, answering: Answering) {
        self.instance.answering.send_replace(answering);
    }

    /// Sets all counters to zero.
    pub fn reset_calls(&self) {
        self.instance.reset_calls();
    }
}

impl Instance {
    fn change_product(
        &self,
        part_number: &str,
        change: impl FnOnce(&mut Row),
    ) -> Result<(), Missing> {
        let now = self.clock.now();
        let mut data = self.domain.data();
        let product = data
            .database
            .find("General_Products_Products", "PartNumber", part_number);
        let mut product = product
            .map(|product| Row::clone(product))
            .ok_or_else(|| Missing(format!("product {part_number}")))?;
        change(&mut product);
        product.set("UpdateTime", Value::Time(now));
        product.set("AggregateLastUpdateTimeUtc", Value::Time(now));
        data.database.put(product);
        Ok(())
    }

    pub(crate) fn counted(&self) -> Calls {
        let mut calls = self.calls.read();
        calls.token_requests = self.memory().token_requests;
        calls
    }

    /// `asker`: who asks for it over HTTP still gets an answer.
    pub(crate) fn restart(&self, in_flight: InFlight, asker: Option<&Peer>) {
        self.domain.sessions.end_all();
        self.domain.data().abandon();
        if in_flight == InFlight::Cut {
            self.lines.cut(asker);
        }
    }

    pub(crate) fn lose_licence(&self) {
        let sessions = &self.domain.sessions;
        sessions.take_licences(sessions.limits.licences);
        sessions.end_all();
    }

    pub(crate) fn seen(&self) -> Seen {
        let now = self.clock.now();
        let sessions = self.domain.sessions.tally();
        let open = self.domain.sessions.open(now);
        let mut data = self.domain.data();
        data.bury(&self.domain.sessions, now);
        let (transactions, tally) = (data.transactions.len(), data.tally);
        drop(data);
        Seen {
            calls: self.counted(),
            refused: sessions.refused + tally.refused,
            without_licence: sessions.without_licence,
            sessions: open,
            sessions_opened: sessions.opened,
            most_sessions: sessions.most,
            transactions,
            transactions_begun: tally.begun,
            transactions_committed: tally.committed,
            transactions_abandoned: tally.abandoned,
            most_transactions: tally.most,
            faults_met: self.faults.total(),
        }
    }

    pub(crate) fn reset_calls(&self) {
        self.calls.reset();
        self.domain.sessions.reset_tally();
        self.domain.data().reset_tally();
        self.memory().token_requests = 0;
    }

    /// Everything as at the beginning, except for who is signed in.
    pub(crate) fn reset(&self) -> Result<(), SeedError> {
        let now = self.clock.now();
        let database = seed::sow_all(self.seed, self.sentinels, now)?;
        let database = seed::with_many(database, self.products, now)?;
        *self.domain.data() = domain::Data::new(database, self.version);
        self.sow_history();
        self.reset_calls();
        Ok(())
    }
}
