//! Orders in doubt are looked for by their key until it is known whether they exist (K5, K6, K9).

use std::{sync::Arc, time::Duration};

use time::OffsetDateTime;
use vitrina::trouble::Trouble;

use super::Ordering;
use crate::ledger::{
    LedgerError,
    orders::{Outcome, SETTLED_LIFE, Stage, Underway},
};

/// Pauses between looks; the last repeats. The first look is at once.
const PAUSES: [time::Duration; 4] = [
    time::Duration::seconds(2),
    time::Duration::seconds(10),
    time::Duration::minutes(1),
    time::Duration::minutes(5),
];
/// A transaction of the instance lives 25 minutes at most (domain-api.md §11.3): after that, what is not found will not come.
const TRANSACTION_LIFE: time::Duration = time::Duration::minutes(30);
/// No sending takes longer, its waits for the gate and for each answer together: after that its process must be gone.
const SENDING_LIFE: time::Duration = time::Duration::minutes(10);
/// How often the alarm for a record that cannot be read is raised.
const UNREADABLE: time::Duration = time::Duration::HOUR;
/// How soon doubts are looked at again while there are any, and while there are none.
const DOUBTING: Duration = Duration::from_secs(1);
const QUIET: Duration = Duration::from_secs(30);
const CLEANING: Duration = Duration::from_hours(1);

impl Ordering {
    /// Looks for orders in doubt for as long as it is polled, beginning with those a former process left behind (K9); and
    /// forgets what is over.
    pub async fn run(self: Arc<Self>) {
        let mut died = self.now();
        let mut clean = Duration::ZERO;
        loop {
            let doubts = match self.look(died).await {
                Ok(doubts) => doubts,
                Err(error) => {
                    tracing::error!(%error, "orders in doubt cannot be looked for");
                    0
                }
            };
            if self.clock.elapsed() >= clean {
                clean = self.clock.elapsed() + CLEANING;
                self.forget().await;
            }
            let pause = if doubts > 0 { DOUBTING } else { QUIET };
            tokio::select! {
                () = self.doubt.notified() => {}
                () = self.clock.sleep(pause) => {}
            }
            died = self.now() - SENDING_LIFE;
        }
    }

    /// Looks once for every order that is due: those in doubt, and those whose sender began before `died`. Tells how many stay
    /// in doubt.
    pub async fn look(&self, died: OffsetDateTime) -> Result<usize, LedgerError> {
        let mut left = 0;
        let doubtful = self.ledger.doubtful_orders(died, self.now()).await?;
        for key in doubtful.unreadable {
            tracing::error!(
                key,
                "ALARM: the record of an order in doubt cannot be read, so the order is not looked for; a person must"
            );
            self.ledger
                .postpone_look(&key, self.now() + UNREADABLE)
                .await?;
        }
        for order in doubtful.orders {
            let pause = usize::try_from(order.looked)
                .ok()
                .and_then(|looked| PAUSES.get(looked))
                .or(PAUSES.last())
                .copied()
                .unwrap_or(time::Duration::MINUTE);
            if self.ledger.claim_look(&order, self.now() + pause).await?
                && !self.resolve(&order).await
            {
                left += 1;
            }
        }
        Ok(left)
    }

    async fn resolve(&self, order: &Underway) -> bool {
        let key = order.key;
        let found = match self.instance.find_order(key, order.customer).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%key, kind = error.kind(), "an order in doubt could not be looked for");
                return false;
            }
        };
        if found.len() > 1 {
            let ids: Vec<String> = found.iter().map(|placed| placed.id.to_string()).collect();
            tracing::error!(%key, ?ids, "ALARM: one order key, several orders; a person must decide (K6)");
        }
        if let Some(placed) = found.into_iter().next() {
            tracing::info!(%key, id = %placed.id, "an order in doubt was found");
            self.found(&order.owner, &order.request, placed).await;
            return true;
        }
        if self.now() - order.began < TRANSACTION_LIFE {
            return false;
        }
        tracing::warn!(%key, "an order in doubt does not exist; its cart is kept");
        if let Err(error) = self.change_basket(&order.owner, key, |_| {}).await {
            tracing::error!(%key, %error, "the cart keeps a key that is used up");
        }
        self.settle(key, Stage::Lost, &Outcome::Trouble(Trouble::Away))
            .await;
        true
    }

    async fn forget(&self) {
        let now = self.now();
        let carts = self.ledger.delete_expired_carts(now).await;
        let orders = self.ledger.delete_settled_orders(now - SETTLED_LIFE).await;
        for error in [carts.err(), orders.err()].into_iter().flatten() {
            tracing::warn!(%error, "what is over cannot be deleted");
        }
    }
}
