//! The system's clock, ahead by as much as a test wants.

use std::time::Duration;

use erp::world::{Clock, SystemClock};
use futures::future::BoxFuture;
use time::OffsetDateTime;
use tokio::sync::watch;

/// A clock that can be moved: whoever sleeps wakes when it is moved past the end of the sleep.
pub(crate) struct Moved {
    system: SystemClock,
    ahead: watch::Sender<Duration>,
}

impl Default for Moved {
    fn default() -> Self {
        Self {
            system: SystemClock::new(),
            ahead: watch::Sender::new(Duration::ZERO),
        }
    }
}

impl Moved {
    pub(crate) fn advance(&self, by: Duration) {
        self.ahead.send_modify(|ahead| *ahead += by);
    }
}

impl Clock for Moved {
    fn now(&self) -> OffsetDateTime {
        self.system.now() + *self.ahead.borrow()
    }

    fn elapsed(&self) -> Duration {
        self.system.elapsed() + *self.ahead.borrow()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let until = self.elapsed() + duration;
        let (system, mut ahead) = (self.system, self.ahead.subscribe());
        Box::pin(async move {
            loop {
                let now = system.elapsed() + *ahead.borrow_and_update();
                let left = until.saturating_sub(now);
                tokio::select! {
                    () = tokio::time::sleep(left) => return,
                    Ok(()) = ahead.changed() => {}
                }
            }
        })
    }
}
