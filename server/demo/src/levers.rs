//! Levers for tests: what staff might do in the ERP while the portal runs.

use rust_decimal::Decimal;

use crate::calls::Calls;
use crate::domain::store::Row;
use crate::domain::value::Value;
use crate::instance::{Answering, Instance};
use crate::seed::{self, SeedError};
use crate::{Demo, domain};

/// There is no such row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the demo instance has no {0}")]
pub struct Missing(pub(crate) String);

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

    pub(crate) fn reset_calls(&self) {
        self.calls.reset();
        self.memory().token_requests = 0;
    }

    /// Everything as at the beginning, except for who is signed in.
    pub(crate) fn reset(&self) -> Result<(), SeedError> {
        let database = seed::sow(self.seed, self.clock.now())?;
        *self.domain.data() = domain::Data::new(database);
        self.sow_history();
        self.reset_calls();
        Ok(())
    }
}
