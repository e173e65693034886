//! Time, randomness and pauses, handed in as values. This file is the only place that asks the system for them; the server
//! uses the same traits.

use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use rand::RngCore;
use time::OffsetDateTime;

/// What the time is, and how to wait.
pub trait Clock: Send + Sync {
    /// The instant by the wall clock, in UTC.
    fn now(&self) -> OffsetDateTime;

    /// Time since some fixed point. It never runs backwards where the clock can help it (M5): lives of tokens, pauses and
    /// limits are measured with it.
    fn elapsed(&self) -> Duration {
        (self.now() - OffsetDateTime::UNIX_EPOCH)
            .try_into()
            .unwrap_or_default()
    }

    /// Waits.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// Where unguessable bytes come from.
pub trait Random: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);

    /// A fraction from zero up to one, to spread waits.
    fn fraction(&self) -> f64 {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
    }
}

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// A clock whose [`Clock::elapsed`] counts from now.
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that asks the system"
    )]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// The system's source of unguessable bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that asks the system"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        rand::rng().fill_bytes(buffer);
    }
}
