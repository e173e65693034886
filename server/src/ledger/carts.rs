//! Carts, each with what was typed in its checkout and the key of the order it will become.
//!
//! A cart is read, changed in memory and written back only if nobody wrote in between; else it is read again. So two tabs that
//! add at once both succeed.

use serde::{Deserialize, Serialize};
use sqlx::Row;
use time::{Duration, OffsetDateTime};
use vitrina::{
    cart::{Cart, Line},
    order::{CheckoutForm, OrderKey},
};

use super::{Ledger, LedgerError};
use crate::sessions::{CartOwner, GUEST_LIFE};

/// How long a person's cart waits after its last change.
const PERSON_LIFE: Duration = Duration::days(365);
/// Writers of one cart at a time that all still succeed. A person has two hands.
const MOST_TRIES: u32 = 32;

/// A cart and its checkout.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Basket {
    /// What was collected.
    pub cart: Cart,
    /// The line that was last taken out, and where it stood.
    pub removed: Option<(usize, Line)>,
    /// What was typed in the checkout.
    pub form: CheckoutForm,
    /// Whether the form was sent once: from then on its problems are told.
    pub sent: bool,
    /// The key of the order it will become; born when the checkout is first shown (K1).
    pub key: Option<OrderKey>,
}

impl Ledger {
    /// The owner's basket; an empty one if there is none.
    pub async fn basket(&self, owner: &CartOwner) -> Result<Basket, LedgerError> {
        Ok(self.read_basket(&owner.to_string()).await?.1)
    }

    /// Changes the owner's basket. The change may be called several times, each time with the basket as it then is; if it fails,
    /// nothing is written.
    pub async fn change_basket<T, E>(
        &self,
        owner: &CartOwner,
        now: OffsetDateTime,
        change: impl FnMut(&mut Basket) -> Result<T, E>,
    ) -> Result<Result<T, E>, LedgerError> {
        let life = match owner {
            CartOwner::Guest(_) => GUEST_LIFE,
            CartOwner::Person { .. } => PERSON_LIFE,
        };
        self.change_basket_of(&owner.to_string(), now + life, change)
            .await
    }

    pub(crate) async fn change_basket_of<T, E>(
        &self,
        owner: &str,
        expires: OffsetDateTime,
        mut change: impl FnMut(&mut Basket) -> Result<T, E>,
    ) -> Result<Result<T, E>, LedgerError> {
        for _ in 0..MOST_TRIES {
            let (version, former) = self.read_basket(owner).await?;
            let mut basket = former.clone();
            let outcome = match change(&mut basket) {
                Ok(outcome) => outcome,
                Err(error) => return Ok(Err(error)),
            };
            if basket == former || self.write_basket(owner, version, &basket, expires).await? {
                return Ok(Ok(outcome));
            }
        }
        Err(LedgerError::Contended)
    }

    /// A guest's cart joins a person's at sign-in, once: whoever takes the guest's cart away joins it.
    pub async fn join_carts(
        &self,
        from: &CartOwner,
        into: &CartOwner,
        now: OffsetDateTime,
    ) -> Result<(), LedgerError> {
        if from == into {
            return Ok(());
        }
        let (version, basket) = self.read_basket(&from.to_string()).await?;
        if basket.cart.lines.is_empty() {
            return Ok(());
        }
        let taken = sqlx::query("DELETE FROM carts WHERE owner = $1 AND version = $2")
            .bind(from.to_string())
            .bind(version)
            .execute(self.pool())
            .await?;
        if taken.rows_affected() != 1 {
            return Ok(());
        }
        let joined: Result<usize, std::convert::Infallible> = self
            .change_basket(into, now, |own| Ok(own.cart.join(basket.cart.clone())))
            .await?;
        if let Ok(left_out @ 1..) = joined {
            tracing::info!(
                left_out,
                "a guest's cart did not fit into the customer's as a whole"
            );
        }
        Ok(())
    }

    /// Deletes carts whose owners stayed away.
    pub async fn delete_expired_carts(&self, now: OffsetDateTime) -> Result<u64, LedgerError> {
        let deleted = sqlx::query("DELETE FROM carts WHERE expires <= $1")
            .bind(now.unix_timestamp())
            .execute(self.pool())
            .await?;
        Ok(deleted.rows_affected())
    }

    async fn read_basket(&self, owner: &str) -> Result<(i64, Basket), LedgerError> {
        let row = sqlx::query("SELECT version, content FROM carts WHERE owner = $1")
            .bind(owner)
            .fetch_optional(self.pool())
            .await?;
        let Some(row) = row else {
            return Ok((0, Basket::default()));
        };
        let content: String = row.try_get("content")?;
        let basket = serde_json::from_str(&content).map_err(|_| LedgerError::Unreadable)?;
        Ok((row.try_get("version")?, basket))
    }

    async fn write_basket(
        &self,
        owner: &str,
        version: i64,
        basket: &Basket,
        expires: OffsetDateTime,
    ) -> Result<bool, LedgerError> {
        let content = serde_json::to_string(basket).map_err(|_| LedgerError::Unreadable)?;
        let statement = if version == 0 {
            "INSERT INTO carts (owner, version, content, expires) VALUES ($1, $2 + 1, $3, $4) ON CONFLICT (owner) DO NOTHING"
        } else {
            "UPDATE carts SET version = version + 1, content = $3, expires = $4 WHERE owner = $1 AND version = $2"
        };
        let written = sqlx::query(statement)
            .bind(owner)
            .bind(version)
            .bind(content)
            .bind(expires.unix_timestamp())
            .execute(self.pool())
            .await?;
        Ok(written.rows_affected() == 1)
    }
}
