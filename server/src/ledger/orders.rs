//! Orders that were sent, by their key: what makes one order of two clicks, two tabs and two portals (K2).
//!
//! ```text
//!            ┌──────── again, under the same key ────────┐
//!            ▼                                           │
//! (none) ─▶ placing ──▶ placed                           │
//!              │  └───▶ refused: nothing was ordered ────┘
//!              ▼
//!           in_doubt ──▶ placed
//!              └───────▶ lost: not found within the transaction's life
//! ```

use serde::{Deserialize, Serialize};
use sqlx::{Row, any::AnyRow};
use time::{Duration, OffsetDateTime};
use vitrina::{
    ids::{CustomerId, OrderId},
    money::Money,
    order::{OrderKey, OrderRequest, Quote},
    trouble::Trouble,
};

use super::{Ledger, LedgerError};

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Being sent.
    Placing,
    /// Sent without a clear answer (K4).
    InDoubt,
    /// It exists.
    Placed,
    /// Nothing was ordered, for certain; the same key may be sent again.
    Refused,
    /// Looked for until it could no longer come to be. Its key is never sent again.
    Lost,
}

impl Stage {
    fn word(self) -> &'static str {
        match self {
            Self::Placing => "placing",
            Self::InDoubt => "in_doubt",
            Self::Placed => "placed",
            Self::Refused => "refused",
            Self::Lost => "lost",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [
            Self::Placing,
            Self::InDoubt,
            Self::Placed,
            Self::Refused,
            Self::Lost,
        ]
        .into_iter()
        .find(|stage| stage.word() == word)
    }
}

/// What is known of how it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Nothing yet.
    #[default]
    None,
    /// It exists.
    Placed {
        /// Its record.
        id: OrderId,
        /// Its number.
        number: Option<String>,
    },
    /// It would cost something else than the visitor saw.
    PriceChanged {
        /// What the visitor saw; nothing if it was kept before this was noted.
        #[serde(default)]
        seen: Option<Money>,
        /// What it costs now.
        now: Money,
        /// The same in full.
        #[serde(default)]
        quote: Option<Box<Quote>>,
    },
    /// Nothing was ordered.
    Trouble(Trouble),
}

/// An order that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Underway {
    /// Its key.
    pub key: OrderKey,
    /// Whose cart it came from, as the ledger's text.
    pub owner: String,
    /// For whom.
    pub customer: CustomerId,
    /// Where it stands.
    pub stage: Stage,
    /// What was asked for.
    pub request: OrderRequest,
    /// How it ended.
    pub outcome: Outcome,
    /// When it was sent.
    pub began: OffsetDateTime,
    /// How often it was looked for.
    pub looked: i64,
}

/// Whether one may send an order's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Yes, and nobody has sent it before.
    First,
    /// Yes, after an attempt that was refused.
    Again,
    /// No: somebody else sends it, or has. Wait for their outcome.
    Taken,
}

/// Orders to be looked for.
#[derive(Debug, Default)]
pub struct Doubtful {
    /// The orders.
    pub orders: Vec<Underway>,
    /// Keys of records that cannot be read, as they are stored.
    pub unreadable: Vec<String>,
}

impl Ledger {
    /// Takes the key for sending, before anything is sent (K2).
    pub async fn begin_order(
        &self,
        owner: &str,
        request: &OrderRequest,
        now: OffsetDateTime,
    ) -> Result<Claim, LedgerError> {
        let text = json(request)?;
        let nothing = json(&Outcome::None)?;
        let inserted = sqlx::query(
            "INSERT INTO orders_underway (order_key, owner, customer, stage, request, outcome, began, looked, next_look) \
             VALUES ($1, $2, $3, 'placing', $4, $5, $6, 0, $7) ON CONFLICT (order_key) DO NOTHING",
        )
        .bind(request.key.to_string())
        .bind(owner)
        .bind(request.customer.to_string())
        .bind(&text)
        .bind(&nothing)
        .bind(now.unix_timestamp())
        .bind(now.unix_timestamp())
        .execute(self.pool())
        .await?;
        if inserted.rows_affected() == 1 {
            return Ok(Claim::First);
        }
        let again = sqlx::query(
            "UPDATE orders_underway SET stage = 'placing', request = $1, outcome = $2, began = $3, looked = 0, next_look = $3 \
             WHERE order_key = $4 AND owner = $5 AND stage = 'refused'",
        )
        .bind(&text)
        .bind(&nothing)
        .bind(now.unix_timestamp())
        .bind(request.key.to_string())
        .bind(owner)
        .execute(self.pool())
        .await?;
        Ok(if again.rows_affected() == 1 {
            Claim::Again
        } else {
            Claim::Taken
        })
    }

    /// Moves an order that is being sent or in doubt on; false if it had moved before.
    pub async fn settle_order(
        &self,
        key: OrderKey,
        stage: Stage,
        outcome: &Outcome,
        now: OffsetDateTime,
    ) -> Result<bool, LedgerError> {
        let settled = sqlx::query(
            "UPDATE orders_underway SET stage = $1, outcome = $2, next_look = $3 \
             WHERE order_key = $4 AND stage IN ('placing', 'in_doubt')",
        )
        .bind(stage.word())
        .bind(json(outcome)?)
        .bind(now.unix_timestamp())
        .bind(key.to_string())
        .execute(self.pool())
        .await?;
        Ok(settled.rows_affected() == 1)
    }

    /// The order with this key, if it was sent.
    pub async fn underway(&self, key: OrderKey) -> Result<Option<Underway>, LedgerError> {
        sqlx::query("SELECT * FROM orders_underway WHERE order_key = $1")
            .bind(key.to_string())
            .fetch_optional(self.pool())
            .await?
            .map(|row| underway(&row))
            .transpose()
    }

    /// Orders to be looked for now: those in doubt, and those that began to be sent before `died`, whose sender must be gone
    /// (K9). A record that cannot be read does not keep the others from being looked for.
    pub async fn doubtful_orders(
        &self,
        died: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Result<Doubtful, LedgerError> {
        let rows = sqlx::query(
            "SELECT * FROM orders_underway WHERE next_look <= $1 AND (stage = 'in_doubt' OR (stage = 'placing' AND began <= $2)) \
             ORDER BY next_look LIMIT 50",
        )
        .bind(now.unix_timestamp())
        .bind(died.unix_timestamp())
        .fetch_all(self.pool())
        .await?;
        let mut doubtful = Doubtful::default();
        for row in rows {
            match underway(&row) {
                Ok(order) => doubtful.orders.push(order),
                Err(LedgerError::Unreadable) => {
                    doubtful.unreadable.push(row.try_get("order_key")?);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(doubtful)
    }

    /// Leaves a record that cannot be read alone until then.
    pub async fn postpone_look(
        &self,
        key: &str,
        next_look: OffsetDateTime,
    ) -> Result<(), LedgerError> {
        sqlx::query("UPDATE orders_underway SET next_look = $1 WHERE order_key = $2")
            .bind(next_look.unix_timestamp())
            .bind(key)
            .execute(self.pool())
            .await?;
        Ok(())
    }

    /// Claims the next look for an order, so that one portal of a fleet looks at a time; false if another was quicker.
    pub async fn claim_look(
        &self,
        order: &Underway,
        next_look: OffsetDateTime,
    ) -> Result<bool, LedgerError> {
        let claimed = sqlx::query(
            "UPDATE orders_underway SET stage = 'in_doubt', looked = looked + 1, next_look = $1 \
             WHERE order_key = $2 AND looked = $3 AND stage IN ('placing', 'in_doubt')",
        )
        .bind(next_look.unix_timestamp())
        .bind(order.key.to_string())
        .bind(order.looked)
        .execute(self.pool())
        .await?;
        Ok(claimed.rows_affected() == 1)
    }

    /// How many orders beside this one the person whose cart this is has sent since then, for whichever customer.
    pub async fn orders_sent_since(
        &self,
        owner: &str,
        key: OrderKey,
        since: OffsetDateTime,
    ) -> Result<i64, LedgerError> {
        // `customer:<id>:<person>`
        let person = owner.splitn(3, ':').nth(2).unwrap_or(owner);
        Ok(sqlx::query(
            "SELECT COUNT(*) FROM orders_underway WHERE began > $1 \
             AND substr(owner, length(owner) - length($2) + 1) = $2 AND order_key <> $3",
        )
        .bind(since.unix_timestamp())
        .bind(person)
        .bind(key.to_string())
        .fetch_one(self.pool())
        .await?
        .try_get(0)?)
    }

    /// Forgets settled orders that began before then: they are found in the instance.
    pub async fn delete_settled_orders(&self, before: OffsetDateTime) -> Result<u64, LedgerError> {
        let deleted = sqlx::query(
            "DELETE FROM orders_underway WHERE began <= $1 AND stage IN ('placed', 'refused', 'lost')",
        )
        .bind(before.unix_timestamp())
        .execute(self.pool())
        .await?;
        Ok(deleted.rows_affected())
    }
}

/// How long a settled order is kept for its page.
pub const SETTLED_LIFE: Duration = Duration::days(90);

fn underway(row: &AnyRow) -> Result<Underway, LedgerError> {
    let text = |column: &str| -> Result<String, LedgerError> { Ok(row.try_get(column)?) };
    Ok(Underway {
        key: text("order_key")?
            .parse()
            .map_err(|_| LedgerError::Unreadable)?,
        owner: text("owner")?,
        customer: text("customer")?
            .parse()
            .map_err(|_| LedgerError::Unreadable)?,
        stage: Stage::from_word(&text("stage")?).ok_or(LedgerError::Unreadable)?,
        request: serde_json::from_str(&text("request")?).map_err(|_| LedgerError::Unreadable)?,
        outcome: serde_json::from_str(&text("outcome")?).map_err(|_| LedgerError::Unreadable)?,
        began: OffsetDateTime::from_unix_timestamp(row.try_get("began")?)
            .map_err(|_| LedgerError::Unreadable)?,
        looked: row.try_get("looked")?,
    })
}

fn json(value: &impl Serialize) -> Result<String, LedgerError> {
    serde_json::to_string(value).map_err(|_| LedgerError::Unreadable)
}
