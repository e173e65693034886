//! How the instance does: learnt from every call, told to whoever asks, acted upon for everybody (D5, D6).

use std::{
    sync::{Arc, MutexGuard},
    time::Duration,
};

use futures::future::BoxFuture;
use tokio::sync::watch;

use super::{Api, Request, lock};
use crate::{
    answer::{self, Sign},
    breaker::Breaker,
    error::Fault,
    gate::Priority,
    odata::query::{Query, sets},
};

/// How the instance does, as the last calls found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Condition {
    /// It answers.
    #[default]
    Answering,
    /// It asked for a pause: too many calls, no licence slot, or a restart. Calls wait for it.
    Slowed,
    /// It fails repeatedly and is left alone, but for a probe now and then (D6). Calls fail at once.
    Away,
}

/// What was learnt.
#[derive(Default)]
pub(super) struct Health {
    breaker: Breaker,
    /// How often in a row the instance asked for a pause.
    pauses: u32,
}

/// Whole answer of a probe.
const PROBE: Duration = Duration::from_secs(5);
/// How long the gate is shut for everybody after a 429 or 503 that names no time; it doubles with each in a row, up to the
/// longest.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A longer `Retry-After` is not believed: the instance is asked again then.
const MOST_RETRY: Duration = Duration::from_mins(2);
const MOST_SPREAD: Duration = Duration::from_secs(5);

impl Api {
    pub(crate) fn condition(&self) -> watch::Receiver<Condition> {
        self.inner.condition.subscribe()
    }

    pub(super) fn rested(&self) -> Result<(), Fault> {
        if self.health().breaker.is_open() {
            Err(Fault::Resting)
        } else {
            Ok(())
        }
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        lock(&self.inner.health)
    }

    /// Learns from a call that took so long how the instance does.
    pub(super) fn note(&self, outcome: Result<(), &Fault>, took: Duration) {
        let sign = answer::sign(outcome);
        if let Err(Fault::TooMany { retry_after, .. } | Fault::Unavailable { retry_after, .. }) =
            outcome
        {
            self.slow_down(*retry_after);
        }
        let now = self.inner.clock.elapsed();
        match sign {
            Sign::Well => {
                let was_open = {
                    let mut health = self.health();
                    health.pauses = 0;
                    health.breaker.well(now)
                };
                if let Some(after) = was_open {
                    tracing::info!(?after, "the instance answers again");
                }
                self.is(Condition::Answering);
            }
            Sign::TooMuch => self.is(Condition::Slowed),
            Sign::NoPlace | Sign::Ill => {
                let opening = self.health().breaker.ill(now, took);
                if let Some(opening) = opening {
                    tracing::error!(
                        "the instance fails repeatedly and is left alone; it is probed until it answers"
                    );
                    self.is(Condition::Away);
                    self.probe_until_well(opening);
                } else if sign == Sign::NoPlace {
                    self.is(Condition::Slowed);
                }
            }
            Sign::None => {}
        }
    }

    fn is(&self, condition: Condition) {
        // Away lasts until a call is answered.
        let open = self.health().breaker.is_open();
        self.inner.condition.send_if_modified(|known| {
            let condition = if open { Condition::Away } else { condition };
            std::mem::replace(known, condition) != condition
        });
    }

    /// 429 and 503 are about the session, so everybody waits: as long as the instance wishes, else longer each time, and a little
    /// more, so that several portals do not come back together.
    fn slow_down(&self, retry_after: Option<Duration>) {
        // Calls that were on their way together are refused together: that is one pause.
        if retry_after.is_none() && self.inner.gate.shut_for().is_some() {
            return;
        }
        let pauses = {
            let mut health = self.health();
            health.pauses += 1;
            health.pauses - 1
        };
        let pause = match retry_after {
            Some(wish) => wish.min(MOST_RETRY),
            None => FIRST_PAUSE
                .saturating_mul(2u32.saturating_pow(pauses))
                .min(LONGEST_PAUSE),
        };
        let pause = self.spread(pause);
        tracing::warn!(?pause, "the instance asks for fewer calls; all calls wait");
        self.inner.gate.shut(pause);
    }

    /// Probes the instance by itself, so that no shopper has to, until a call is answered.
    fn probe_until_well(&self, opening: u64) {
        let inner = Arc::downgrade(&self.inner);
        tokio::spawn(async move {
            loop {
                let Some(rest) = inner.upgrade().map(|inner| Self { inner }.rest()) else {
                    return;
                };
                rest.await;
                let Some(inner) = inner.upgrade() else {
                    return;
                };
                let api = Self { inner };
                if !api.health().breaker.is_open_since(opening) {
                    return;
                }
                // The outcome was noted where it was learnt, which closes the breaker or does not.
                if let Err(fault) = api.probe().await {
                    tracing::info!(kind = fault.kind(), %fault, "the instance does not answer yet");
                }
            }
        });
    }

    fn rest(&self) -> BoxFuture<'static, ()> {
        let rest = self.health().breaker.rest();
        self.inner.clock.sleep(self.spread(rest))
    }

    /// Up to a quarter more, but not more than some seconds.
    fn spread(&self, pause: Duration) -> Duration {
        pause
            + pause
                .mul_f64(0.25 * self.inner.random.fraction())
                .min(MOST_SPREAD)
    }

    /// One small read that needs everything a shopper needs: an address, a token, a licence slot, an answer.
    async fn probe(&self) -> Result<(), Fault> {
        let root = self.find_root().await?;
        let query = Query::list(sets::COMPANIES, "Id").top(1);
        let mut request = Request::get(query.set.0, query.address(&root));
        request.time = PROBE;
        let mut unit = self.inner.gate.call(Priority::Placing, None).await?;
        let mut renewed = false;
        loop {
            unit.next_call().await?;
            let token = self.token().await?;
            match self.send(&unit, &request, &token).await {
                // The token has ended while nobody used it.
                Err(Fault::Unauthorized { .. }) if !renewed => renewed = true,
                outcome => return outcome.map(|_| ()),
            }
        }
    }
}
