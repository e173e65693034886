//! Sign-ins under way.
//!
//! ```text
//! begun ──answer──▶ answered ──claim──▶ redeeming ──▶ done | failed
//! ```
//!
//! Each arrow is one compare-and-set statement (S1), so none can be taken twice: not by two tabs, not by two portals, not by a
//! replay. `state` is stored hashed (S2); nonce, verifier and answer are wiped when the attempt is claimed.
//!
//! Two secrets are needed to claim one: what the browser that *began* has in its cookie, and the landing, which only the browser
//! that *brought the answer* was sent to. Whoever has one of them is one of two people (P5).

use std::net::IpAddr;

use sqlx::Row;
use subtle::ConstantTimeEq;
use time::{Duration, OffsetDateTime};

use super::{Ledger, LedgerError, hashed, milliseconds};
use crate::layers::source::{SHARES_OF_A_SITE, Source};

/// How long a person may take at the instance.
pub const LIFE: Duration = Duration::minutes(10);
/// How long an answer waits for its browser.
pub const ANSWERED_LIFE: Duration = Duration::minutes(1);
/// The most that may be under way at once (reference/security.md §11); beyond that the oldest of the site that has most make room,
/// so that a flood pushes itself out and nobody else.
pub const MOST: i64 = 20_000;
/// The most that may wait for their answers from one address (IPv6: one /64 network).
pub const MOST_FROM_ONE: i64 = 100;
/// The most that may wait for their answers from one site of IPv6 (/48).
pub const MOST_FROM_A_SITE: i64 = MOST_FROM_ONE * SHARES_OF_A_SITE as i64;

/// A sign-in that begins.
#[derive(Clone)]
pub struct NewAttempt {
    /// Its public id: part of addresses and of the cookie's name.
    pub id: String,
    /// `state`, plain; stored hashed.
    pub state: String,
    /// What the attempt cookie holds, plain; stored hashed.
    pub browser: String,
    /// `nonce`.
    pub nonce: String,
    /// The PKCE verifier.
    pub verifier: String,
    /// The path of the place to return to (S3).
    pub return_to: String,
    /// Where it comes from, if that is known; its networks are stored hashed.
    pub source: Option<IpAddr>,
}

/// What came of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parked {
    /// It waits for its browser at the landing.
    Waits,
    /// No attempt waits for it: unknown, expired or already answered (P3).
    Refused,
}

/// An attempt whose landing was named: whoever asks brought its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landed(String);

impl Landed {
    /// The attempt's public id.
    pub fn id(&self) -> &str {
        &self.0
    }
}

/// What came of a claim.
pub enum Claim {
    /// The caller, and nobody else, redeems the answer.
    Yours(Claimed),
    /// The browser is not the one that began (P5). The answer is gone: two people took part in this sign-in.
    OtherBrowser,
    /// It was claimed before (P7); where it wanted to return to.
    Used {
        /// The path.
        return_to: String,
    },
    /// Unknown, unanswered or too late.
    Expired,
}

/// A claimed attempt.
#[derive(Clone)]
pub struct Claimed {
    /// `nonce`.
    pub nonce: String,
    /// The PKCE verifier.
    pub verifier: String,
    /// The path of the place to return to.
    pub return_to: String,
    /// The answer, as it was parked.
    pub answer: String,
    /// The number of the last sign-out before it was parked: who is signed out later is not signed in by it (B3).
    pub signed_out_before: i64,
}

impl Ledger {
    /// Begins a sign-in; false if too many wait for their answers where it comes from.
    pub async fn begin_attempt(
        &self,
        attempt: &NewAttempt,
        now: OffsetDateTime,
    ) -> Result<bool, LedgerError> {
        let source = Source(attempt.source);
        let source_hash = source.network().as_deref().map(hashed);
        // Where there is no larger network, the address is the site.
        let site_hash = source.site().as_deref().map(hashed);
        let site_hash = site_hash.or_else(|| source_hash.clone());
        for (hash, question, most) in [
            (
                &source_hash,
                "SELECT COUNT(*) FROM attempts WHERE source_hash = $1 AND stage = 'begun' AND expires > $2",
                MOST_FROM_ONE,
            ),
            (
                &site_hash,
                "SELECT COUNT(*) FROM attempts WHERE site_hash = $1 AND stage = 'begun' AND expires > $2",
                MOST_FROM_A_SITE,
            ),
        ] {
            let Some(hash) = hash else { continue };
            let waiting: i64 = sqlx::query(question)
                .bind(hash)
                .bind(now.unix_timestamp())
                .fetch_one(self.pool())
                .await?
                .try_get(0)?;
            if waiting >= most {
                return Ok(false);
            }
        }
        self.make_room(now).await?;
        sqlx::query(
            "INSERT INTO attempts (id, state_hash, browser_hash, stage, nonce, verifier, return_to, answer, expires, source_hash, site_hash, began) \
             VALUES ($1, $2, $3, 'begun', $4, $5, $6, '', $7, $8, $9, $10)",
        )
        .bind(&attempt.id)
        .bind(hashed(&attempt.state))
        .bind(hashed(&attempt.browser))
        .bind(&attempt.nonce)
        .bind(&attempt.verifier)
        .bind(&attempt.return_to)
        .bind((now + LIFE).unix_timestamp())
        .bind(source_hash.unwrap_or_default())
        .bind(site_hash.unwrap_or_default())
        .bind(milliseconds(now))
        .execute(self.pool())
        .await?;
        Ok(true)
    }

    /// Where too many are under way, the oldest go of the site that has most: who answers a flood of their own is no better.
    async fn make_room(&self, now: OffsetDateTime) -> Result<(), LedgerError> {
        let under_way: i64 = sqlx::query("SELECT COUNT(*) FROM attempts WHERE expires > $1")
            .bind(now.unix_timestamp())
            .fetch_one(self.pool())
            .await?
            .try_get(0)?;
        if under_way < MOST {
            return Ok(());
        }
        tracing::warn!(
            under_way,
            kind = "sign_ins_dropped",
            "too many sign-ins are under way; the oldest of the site with most of them are dropped"
        );
        sqlx::query(
            "DELETE FROM attempts WHERE id IN \
             (SELECT id FROM attempts WHERE stage <> 'redeeming' AND expires > $1 AND site_hash = \
             (SELECT site_hash FROM attempts WHERE stage <> 'redeeming' AND expires > $1 \
             GROUP BY site_hash ORDER BY COUNT(*) DESC, MIN(began) LIMIT 1) \
             ORDER BY began LIMIT $2)",
        )
        .bind(now.unix_timestamp())
        .bind(under_way - MOST + 1)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Parks the instance's answer under its `state`, once (P3, P4), for whoever is sent to this landing: 256 random bits.
    pub async fn park_answer(
        &self,
        state: &str,
        answer: &str,
        landing: &str,
        now: OffsetDateTime,
    ) -> Result<Parked, LedgerError> {
        let set = sqlx::query(
            "UPDATE attempts SET stage = 'answered', answer = $1, expires = $2, \
             signed_out_before = (SELECT number FROM sign_out_counter), landing_hash = $3 \
             WHERE state_hash = $4 AND stage = 'begun' AND expires > $5",
        )
        .bind(answer)
        .bind((now + ANSWERED_LIFE).unix_timestamp())
        .bind(hashed(landing))
        .bind(hashed(state))
        .bind(now.unix_timestamp())
        .execute(self.pool())
        .await?;
        Ok(if set.rows_affected() == 1 {
            Parked::Waits
        } else {
            Parked::Refused
        })
    }

    /// The attempt with this landing, if there is one.
    pub async fn landed(&self, landing: &str) -> Result<Option<Landed>, LedgerError> {
        sqlx::query("SELECT id FROM attempts WHERE landing_hash = $1")
            .bind(hashed(landing))
            .fetch_optional(self.pool())
            .await?
            .map(|row| Ok(Landed(row.try_get(0)?)))
            .transpose()
    }

    /// Claims the parked answer for the browser that brought it, if that also holds the attempt cookie (P5), once (P7, S4).
    pub async fn claim_attempt(
        &self,
        landed: &Landed,
        browser: Option<&str>,
        now: OffsetDateTime,
    ) -> Result<Claim, LedgerError> {
        let id = landed.id();
        let Some(row) = sqlx::query(
            "SELECT browser_hash, stage, nonce, verifier, return_to, answer, signed_out_before FROM attempts WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(self.pool())
        .await?
        else {
            return Ok(Claim::Expired);
        };
        let expected: String = row.try_get("browser_hash")?;
        let proven = browser
            .is_some_and(|secret| bool::from(hashed(secret).as_bytes().ct_eq(expected.as_bytes())));
        let stage: String = row.try_get("stage")?;
        let return_to: String = row.try_get("return_to")?;
        // A browser that finished has lost its cookie: a reload is told so, whoever asks (P7).
        if matches!(stage.as_str(), "redeeming" | "done") {
            return Ok(Claim::Used { return_to });
        }
        if !proven {
            sqlx::query(
                "UPDATE attempts SET stage = 'failed', nonce = '', verifier = '', answer = '' \
                 WHERE id = $1 AND stage = 'answered'",
            )
            .bind(id)
            .execute(self.pool())
            .await?;
            return Ok(Claim::OtherBrowser);
        }
        let claimed = Claimed {
            nonce: row.try_get("nonce")?,
            verifier: row.try_get("verifier")?,
            answer: row.try_get("answer")?,
            signed_out_before: row.try_get("signed_out_before")?,
            return_to: return_to.clone(),
        };
        let set = sqlx::query(
            "UPDATE attempts SET stage = 'redeeming', nonce = '', verifier = '', answer = '' \
             WHERE id = $1 AND stage = 'answered' AND expires > $2",
        )
        .bind(id)
        .bind(now.unix_timestamp())
        .execute(self.pool())
        .await?;
        if set.rows_affected() == 1 {
            return Ok(Claim::Yours(claimed));
        }
        let now_at: Option<String> = sqlx::query("SELECT stage FROM attempts WHERE id = $1")
            .bind(id)
            .fetch_optional(self.pool())
            .await?
            .map(|row| row.try_get(0))
            .transpose()?;
        Ok(match now_at.as_deref() {
            Some("redeeming" | "done") => Claim::Used { return_to },
            _ => Claim::Expired,
        })
    }

    /// Ends a claimed attempt. It stays until it expires, so that a reload is told what happened.
    pub async fn end_attempt(&self, id: &str, succeeded: bool) -> Result<(), LedgerError> {
        sqlx::query("UPDATE attempts SET stage = $1 WHERE id = $2 AND stage = 'redeeming'")
            .bind(if succeeded { "done" } else { "failed" })
            .bind(id)
            .execute(self.pool())
            .await?;
        Ok(())
    }
}
