//! Carts, each with what was typed in its checkout and the key of the order it will become.
//!
//! A cart is read, changed in memory and written back only if nobody wrote in between; else it is read again. So two tabs that
//! add at once both succeed.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use sqlx::{AnyExecutor, Row, any::AnyRow};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use vitrina::{
    cart::{Cart, Line},
    ids::ProductId,
    order::{CheckoutForm, OrderKey},
};

use super::{Ledger, LedgerError};
use crate::sessions::CartOwner;

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
    /// Names of the wishes that were last fulfilled, the latest last.
    pub fulfilled: VecDeque<Uuid>,
    /// The line that was last taken out, and where it stood.
    pub removed: Option<(usize, Line)>,
    /// What was typed in the checkout.
    pub form: CheckoutForm,
    /// Whether the form was sent once: from then on its problems are told.
    pub sent: bool,
    /// The key of the order it will become; born when the checkout is first shown (K1).
    pub key: Option<OrderKey>,
    /// What the instance no longer sold when it was to be ordered.
    pub gone: Option<Gone>,
}

/// Products that were withdrawn, which the copy of the catalogue may not know yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// When the instance said so: a copy taken later knows better.
    pub asked: OffsetDateTime,
    /// The products.
    pub products: Vec<ProductId>,
}

/// So many names of wishes are remembered: more than anybody sends before the first is answered.
const MOST_FULFILLED: usize = 16;

impl Basket {
    /// Whether a wish of this name is still to be fulfilled; from then on it is not.
    pub fn fulfil(&mut self, once: Option<Uuid>) -> bool {
        let Some(once) = once else { return true };
        if self.fulfilled.contains(&once) {
            return false;
        }
        if self.fulfilled.len() >= MOST_FULFILLED {
            self.fulfilled.pop_front();
        }
        self.fulfilled.push_back(once);
        true
    }
}

impl Ledger {
    /// The owner's basket; an empty one if there is none.
    pub async fn basket(&self, owner: &CartOwner) -> Result<Basket, LedgerError> {
        Ok(read_basket(self.pool(), &owner.to_string()).await?.1)
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
            CartOwner::Guest(_) => self.guest_life,
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
            let (version, former) = read_basket(self.pool(), owner).await?;
            let mut basket = former.clone();
            let outcome = match change(&mut basket) {
                Ok(outcome) => outcome,
                Err(error) => return Ok(Err(error)),
            };
            if basket == former
                || write_basket(self.pool(), owner, version, &basket, expires).await?
            {
                return Ok(Ok(outcome));
            }
        }
        Err(LedgerError::Contended)
    }

    /// One cart joins another, once and as a whole: it is taken away and added in one transaction. What was typed in a checkout
    /// comes along where it was the checkout of that other cart.
    pub async fn join_carts(
        &self,
        from: &CartOwner,
        into: &CartOwner,
        now: OffsetDateTime,
    ) -> Result<(), LedgerError> {
        let (from, into) = (from.to_string(), into.to_string());
        if from == into {
            return Ok(());
        }
        for _ in 0..MOST_TRIES {
            let mut transaction = self.pool().begin().await?;
            // First, so that two who join the same cart wait for one another.
            let taken =
                sqlx::query("DELETE FROM carts WHERE owner = $1 RETURNING version, content")
                    .bind(&from)
                    .fetch_optional(&mut *transaction)
                    .await?;
            let Some(taken) = taken else {
                return Ok(());
            };
            let (_, guest) = basket_in(Some(&taken))?;
            let (version, mut own) = read_basket(&mut *transaction, &into).await?;
            let left_out = own.cart.join(guest.cart);
            if guest.key.is_some() && guest.key == own.key {
                own.form = guest.form;
                own.sent |= guest.sent;
            }
            let expires = now + PERSON_LIFE;
            if write_basket(&mut *transaction, &into, version, &own, expires).await? {
                transaction.commit().await?;
                if left_out > 0 {
                    tracing::info!(left_out, "a cart did not fit into another as a whole");
                }
                return Ok(());
            }
            // Somebody wrote the other cart meanwhile: nothing was taken away.
            transaction.rollback().await?;
        }
        Err(LedgerError::Contended)
    }

    /// Deletes carts whose owners stayed away.
    pub async fn delete_expired_carts(&self, now: OffsetDateTime) -> Result<u64, LedgerError> {
        let deleted = sqlx::query("DELETE FROM carts WHERE expires <= $1")
            .bind(now.unix_timestamp())
            .execute(self.pool())
            .await?;
        Ok(deleted.rows_affected())
    }
}

async fn read_basket(
    database: impl AnyExecutor<'_>,
    owner: &str,
) -> Result<(i64, Basket), LedgerError> {
    let row = sqlx::query("SELECT version, content FROM carts WHERE owner = $1")
        .bind(owner)
        .fetch_optional(database)
        .await?;
    basket_in(row.as_ref())
}

fn basket_in(row: Option<&AnyRow>) -> Result<(i64, Basket), LedgerError> {
    let Some(row) = row else {
        return Ok((0, Basket::default()));
    };
    let content: String = row.try_get("content")?;
    let basket = serde_json::from_str(&content).map_err(|_| LedgerError::Unreadable)?;
    Ok((row.try_get("version")?, basket))
}

async fn write_basket(
    database: impl AnyExecutor<'_>,
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
        .execute(database)
        .await?;
    Ok(written.rows_affected() == 1)
}
