//! Hand-overs: a person signs in in a window of its own, for the frame that opened it (X3).
//!
//! ```text
//! begun ──signed in──▶ ready ──ticket and proof──▶ taken
//! ```
//!
//! Each arrow is one compare-and-set statement, so that a ticket is worth one session, whoever comes first. What proves
//! something (the frame's cookie, the window's cookie, the ticket) is stored hashed; what is handed over is wiped when it is taken.

use sqlx::Row;
use subtle::ConstantTimeEq;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Ledger, LedgerError, attempts::LIFE, hashed};

/// How long a ticket is good for (X3).
pub const TICKET_LIFE: Duration = Duration::minutes(1);
/// The most hand-overs that may be under way at once; beyond that the oldest that waits for somebody to sign in makes room.
pub const MOST: i64 = 20_000;

/// What a sign-in that was begun from a frame is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FramedAttempt {
    /// The hand-over it serves; none where it leaves the frame.
    pub hand_over: Option<String>,
    /// The guest whose cart comes along.
    pub guest: Option<Uuid>,
}

/// A person who signed in for a frame.
#[derive(Clone)]
pub struct Offer {
    /// The ticket, plain; stored hashed.
    pub ticket: String,
    /// What the cookie of the window holds, plain; stored hashed.
    pub window: String,
    /// What is handed over.
    pub content: String,
}

/// What proves, beside the ticket, that who takes a hand-over may (X4).
#[derive(Clone, Copy)]
pub enum Proof<'a> {
    /// The cookie of the frame that began it.
    Frame(&'a str),
    /// The cookie of the window in which the person signed in, where they stay there (X6).
    Window(&'a str),
}

impl Ledger {
    /// Begins a hand-over for a frame with this cookie.
    pub async fn begin_hand_over(
        &self,
        id: &str,
        frame: &str,
        now: OffsetDateTime,
    ) -> Result<(), LedgerError> {
        let waiting: i64 = sqlx::query("SELECT COUNT(*) FROM hand_overs WHERE expires > $1")
            .bind(now.unix_timestamp())
            .fetch_one(self.pool())
            .await?
            .try_get(0)?;
        if waiting >= MOST {
            tracing::warn!(
                waiting,
                kind = "hand_overs_dropped",
                "too many hand-overs are under way; the oldest are dropped"
            );
            sqlx::query(
                "DELETE FROM hand_overs WHERE id IN (SELECT id FROM hand_overs \
                 WHERE stage = 'begun' AND expires > $1 ORDER BY expires, id LIMIT $2)",
            )
            .bind(now.unix_timestamp())
            .bind(waiting - MOST + 1)
            .execute(self.pool())
            .await?;
        }
        sqlx::query(
            "INSERT INTO hand_overs (id, stage, frame_hash, window_hash, ticket_hash, offer, expires) \
             VALUES ($1, 'begun', $2, '', '', '', $3)",
        )
        .bind(id)
        .bind(hashed(frame))
        .bind((now + LIFE).unix_timestamp())
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Whether a hand-over waits for somebody to sign in.
    pub async fn hand_over_waits(
        &self,
        id: &str,
        now: OffsetDateTime,
    ) -> Result<bool, LedgerError> {
        let found: i64 = sqlx::query(
            "SELECT COUNT(*) FROM hand_overs WHERE id = $1 AND stage = 'begun' AND expires > $2",
        )
        .bind(id)
        .bind(now.unix_timestamp())
        .fetch_one(self.pool())
        .await?
        .try_get(0)?;
        Ok(found > 0)
    }

    /// Notes what an attempt that was begun from a frame is about.
    pub async fn note_framed_attempt(
        &self,
        attempt: &str,
        about: &FramedAttempt,
        now: OffsetDateTime,
    ) -> Result<(), LedgerError> {
        sqlx::query(
            "INSERT INTO framed_attempts (attempt, hand_over, guest, expires) VALUES ($1, $2, $3, $4)",
        )
        .bind(attempt)
        .bind(about.hand_over.as_deref().unwrap_or_default())
        .bind(about.guest.map(|guest| guest.to_string()).unwrap_or_default())
        // As long as the attempt and its answer can live, one after the other.
        .bind((now + LIFE + LIFE).unix_timestamp())
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// What the attempt is about; nothing where it was not begun from a frame.
    pub async fn framed_attempt(&self, attempt: &str) -> Result<FramedAttempt, LedgerError> {
        let Some(row) =
            sqlx::query("SELECT hand_over, guest FROM framed_attempts WHERE attempt = $1")
                .bind(attempt)
                .fetch_optional(self.pool())
                .await?
        else {
            return Ok(FramedAttempt::default());
        };
        let (hand_over, guest): (String, String) =
            (row.try_get("hand_over")?, row.try_get("guest")?);
        Ok(FramedAttempt {
            hand_over: (!hand_over.is_empty()).then_some(hand_over),
            guest: guest.parse().ok(),
        })
    }

    /// Somebody has signed in: from now on the ticket is good, once and for a minute. False if the hand-over waits no longer.
    pub async fn offer_hand_over(
        &self,
        id: &str,
        offer: &Offer,
        now: OffsetDateTime,
    ) -> Result<bool, LedgerError> {
        let set = sqlx::query(
            "UPDATE hand_overs SET stage = 'ready', ticket_hash = $1, window_hash = $2, offer = $3, expires = $4 \
             WHERE id = $5 AND stage = 'begun' AND expires > $6",
        )
        .bind(hashed(&offer.ticket))
        .bind(hashed(&offer.window))
        .bind(&offer.content)
        .bind((now + TICKET_LIFE).unix_timestamp())
        .bind(id)
        .bind(now.unix_timestamp())
        .execute(self.pool())
        .await?;
        Ok(set.rows_affected() == 1)
    }

    /// What was offered, for the ticket and the proof together (X4), once; none for everybody else.
    pub async fn take_hand_over(
        &self,
        id: &str,
        ticket: &str,
        proof: Proof<'_>,
        now: OffsetDateTime,
    ) -> Result<Option<String>, LedgerError> {
        let Some(row) = sqlx::query(
            "SELECT frame_hash, window_hash, ticket_hash, offer FROM hand_overs WHERE id = $1 AND stage = 'ready'",
        )
        .bind(id)
        .fetch_optional(self.pool())
        .await?
        else {
            return Ok(None);
        };
        let (column, secret) = match proof {
            Proof::Frame(secret) => ("frame_hash", secret),
            Proof::Window(secret) => ("window_hash", secret),
        };
        let expected: String = row.try_get(column)?;
        let ticket_hash: String = row.try_get("ticket_hash")?;
        let proven = hashed(secret).as_bytes().ct_eq(expected.as_bytes())
            & hashed(ticket).as_bytes().ct_eq(ticket_hash.as_bytes());
        if !bool::from(proven) {
            return Ok(None);
        }
        let offer: String = row.try_get("offer")?;
        let set = sqlx::query(
            "UPDATE hand_overs SET stage = 'taken', ticket_hash = '', offer = '' \
             WHERE id = $1 AND stage = 'ready' AND ticket_hash = $2 AND expires > $3",
        )
        .bind(id)
        .bind(&ticket_hash)
        .bind(now.unix_timestamp())
        .execute(self.pool())
        .await?;
        Ok((set.rows_affected() == 1).then_some(offer))
    }
}
