//! The order in which a portal ends (M6): it is no longer ready; a moment later it takes no new connections and lets requests
//! finish; orders on their way reach an outcome; transactions that are open at the instance are ended; the ledger is closed.

use std::{sync::Arc, time::Duration};

use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::portal::Portal;

/// How long the balancer gets to notice that this portal is leaving.
const FAREWELL: Duration = Duration::from_secs(5);
/// How long background work gets to reach a safe point.
const LAST_WORK: Duration = Duration::from_secs(25);

/// What runs.
pub struct Running {
    /// Serves connections until `stop` is cancelled.
    pub serving: JoinHandle<()>,
    /// What runs beside the requests.
    pub tasks: TaskTracker,
    /// Stops both.
    pub stop: CancellationToken,
}

/// Ends it.
pub async fn end(portal: &Arc<Portal>, running: Running) {
    portal.leave();
    // A developer's machine has no balancer.
    if !portal.settings.origin.is_loopback() {
        tokio::time::sleep(FAREWELL).await;
    }
    running.stop.cancel();
    running.tasks.close();
    // Requests that were cut off leave their transactions to be ended below.
    let _served = running.serving.await;
    let last_work = async {
        portal.ordering.finish().await;
        running.tasks.wait().await;
        portal.instance.finish().await;
    };
    if tokio::time::timeout(LAST_WORK, last_work).await.is_err() {
        tracing::warn!("background work did not reach a safe point in time");
    }
    portal.ledger.close().await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::Patience;

    #[test]
    fn m6_the_manual_says_how_long_an_end_may_take() {
        let most = FAREWELL + Patience::default().last_requests + LAST_WORK;
        let manual = include_str!("../../docs/operations.md");
        let [_, told] = manual.split("may take up to\n").collect::<Vec<_>>()[..] else {
            panic!("the manual says it once");
        };
        assert!(told.starts_with(&format!("{} seconds", most.as_secs())));
    }
}
