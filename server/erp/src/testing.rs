//! A clock for tests.

use std::{sync::Mutex, time::Duration};

use futures::future::BoxFuture;
use time::OffsetDateTime;
use tokio::sync::oneshot;

use crate::world::Clock;

/// A clock whose sleepers wake when it is moved past them.
#[derive(Default)]
pub(crate) struct Hand {
    state: Mutex<(Duration, Vec<Sleeper>)>,
}

/// When to wake, and how.
type Sleeper = (Duration, oneshot::Sender<()>);

impl Hand {
    pub(crate) fn advance(&self, by: Duration) {
        let mut state = self.state.lock().unwrap();
        state.0 += by;
        let now = state.0;
        let (due, later) = std::mem::take(&mut state.1)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        state.1 = later;
        let due: Vec<Sleeper> = due;
        for (_, sleeper) in due {
            let _ = sleeper.send(());
        }
    }
}

impl Clock for Hand {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        self.state.lock().unwrap().0
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let (wake, sleeper) = oneshot::channel();
        let mut state = self.state.lock().unwrap();
        let at = state.0 + duration;
        state.1.push((at, wake));
        Box::pin(async move {
            let _ = sleeper.await;
        })
    }
}
