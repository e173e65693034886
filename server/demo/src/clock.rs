//! Time as a parameter: everything in the instance that ages or waits asks a [`Clock`].

use std::fmt::Debug;
use std::pin::Pin;

use time::{Duration, OffsetDateTime};
use tokio::sync::watch;

/// What [`Clock::sleep`] gives.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where the instance takes the time from.
pub trait Clock: Send + Sync + Debug {
    /// The present instant, in UTC.
    fn now(&self) -> OffsetDateTime;

    /// Ends after so long; a slow answer waits here. Goes by the computer's time where a clock does not say otherwise.
    fn sleep(&self, duration: std::time::Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// The computer's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of this crate that reads the computer's clock"
    )]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

/// A clock that stands still until it is moved: for tests of lives, limits and expiry.
#[derive(Debug)]
pub struct ManualClock(watch::Sender<OffsetDateTime>);

impl ManualClock {
    /// A clock that shows `now` until it is moved.
    pub fn at(now: OffsetDateTime) -> Self {
        Self(watch::Sender::new(now))
    }

    /// Moves the clock forward (or back, with a negative duration); sleepers whose time has come wake up.
    pub fn advance(&self, by: Duration) {
        self.0.send_modify(|now| *now += by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> OffsetDateTime {
        *self.0.borrow()
    }

    fn sleep(&self, duration: std::time::Duration) -> Sleep {
        let mut hand = self.0.subscribe();
        let until = self.now() + duration;
        Box::pin(async move {
            if hand.wait_for(|now| *now >= until).await.is_err() {
                // The clock is gone: its time never comes.
                std::future::pending::<()>().await;
            }
        })
    }
}
