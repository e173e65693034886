//! From a checked wish to an order that exists once (K1–K9).
//!
//! The ledger comes first: whoever inserts the order's key sends it, everybody else with that key waits for the outcome (K2).
//! Sending runs in a task of its own, so that a closed browser stops nothing. What ends without a clear answer is looked for by
//! its key until it is known (K5); an order is never sent again blindly.
//!
//! Deliberately absent: repeating a write, and any price: the instance's is compared with the one the visitor saw (K3, K8).

mod doubt;
pub mod form;

use std::{sync::Arc, time::Duration};

use erp::{Instance, PlaceError, Placed, QuoteError, ReadError, world::Clock};
use moka::future::Cache;
use time::OffsetDateTime;
use tokio::sync::Notify;
use vitrina::{
    ids::PartyId,
    money::Money,
    order::{Address, OrderKey, OrderRequest, PlaceOutcome, Quote},
    trouble::{Refusal, Trouble},
};

use crate::ledger::{
    Ledger, LedgerError,
    orders::{Outcome, Stage, Underway},
};

/// How long a shopper waits for a quote.
const QUOTE_WAITS: Duration = Duration::from_secs(8);
/// How long a shopper waits for the addresses.
const ADDRESSES_WAIT: Duration = Duration::from_secs(5);
/// How long a quote answers equal questions: long enough for a reload, short enough to be binding.
const QUOTE_LIFE: Duration = Duration::from_secs(10);
const ADDRESSES_LIFE: Duration = Duration::from_mins(1);
/// How long the page that sent an order waits for its outcome; then the order's own page goes on telling.
const OUTCOME_WAITS: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(100);
/// Orders a minute and owner (reference/security.md §11).
const MOST_A_MINUTE: i64 = 5;

/// A wish to order that was checked.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Whose cart it comes from, as the ledger's text.
    pub owner: String,
    /// What is ordered.
    pub request: OrderRequest,
    /// The total the visitor saw; none if their role sees none.
    pub seen: Option<Money>,
    /// The correlation id of the request.
    pub reference: String,
}

/// Quotes, and orders on their way.
pub struct Ordering {
    instance: Arc<Instance>,
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    quotes: Cache<String, Arc<Quote>>,
    addresses: Cache<PartyId, Arc<Vec<Address>>>,
    doubt: Notify,
}

impl Ordering {
    /// Nothing is under way in this process yet.
    pub fn new(instance: Arc<Instance>, ledger: Ledger, clock: Arc<dyn Clock>) -> Self {
        Self {
            instance,
            ledger,
            clock,
            quotes: Cache::builder()
                .max_capacity(1000)
                .time_to_live(QUOTE_LIFE)
                .build(),
            addresses: Cache::builder()
                .max_capacity(1000)
                .time_to_live(ADDRESSES_LIFE)
                .build(),
            doubt: Notify::new(),
        }
    }

    /// What the order would cost, by the instance itself. Equal questions within some seconds are asked once; a failure is not
    /// remembered.
    pub async fn quote(&self, request: &OrderRequest) -> Result<Arc<Quote>, Arc<QuoteError>> {
        let question = format!("{request:?}");
        self.quotes
            .try_get_with(question, async {
                self.instance
                    .quote(request, QUOTE_WAITS)
                    .await
                    .map(Arc::new)
            })
            .await
    }

    /// The addresses of a party.
    pub async fn addresses(&self, party: PartyId) -> Result<Arc<Vec<Address>>, Arc<ReadError>> {
        self.addresses
            .try_get_with(party, async {
                self.instance
                    .addresses(party, ADDRESSES_WAIT)
                    .await
                    .map(Arc::new)
            })
            .await
    }

    /// The order with this key, if it was sent.
    pub async fn underway(&self, key: OrderKey) -> Result<Option<Underway>, LedgerError> {
        self.ledger.underway(key).await
    }

    /// Sends the order, once, and waits for the outcome for a while.
    pub async fn place(self: &Arc<Self>, wish: Wish) -> Result<PlaceOutcome, Trouble> {
        let now = self.clock.now();
        let key = wish.request.key;
        let seen = wish.seen.clone();
        let ledger_trouble = |error: LedgerError| ledger_trouble(&error, &wish.reference);
        let lately = now - time::Duration::MINUTE;
        let sent = self
            .ledger
            .orders_sent_since(&wish.owner, lately)
            .await
            .map_err(ledger_trouble)?;
        if sent >= MOST_A_MINUTE {
            return Err(Trouble::Busy);
        }
        // K2: before anything is sent.
        if self
            .ledger
            .begin_order(&wish.owner, &wish.request, now)
            .await
            .map_err(ledger_trouble)?
        {
            let ordering = Arc::clone(self);
            let wish = wish.clone();
            tokio::spawn(async move { ordering.send(wish).await });
        }
        self.outcome(key, seen, &wish.reference).await
    }

    /// Waits for the outcome of an order that somebody sends.
    pub async fn outcome(
        &self,
        key: OrderKey,
        seen: Option<Money>,
        reference: &str,
    ) -> Result<PlaceOutcome, Trouble> {
        let until = self.clock.elapsed() + OUTCOME_WAITS;
        loop {
            let underway = self
                .ledger
                .underway(key)
                .await
                .map_err(|error| ledger_trouble(&error, reference))?
                .ok_or(Trouble::NotFound)?;
            match (underway.stage, underway.outcome) {
                (Stage::Placing, _) if self.clock.elapsed() < until => self.clock.sleep(POLL).await,
                (Stage::Refused, Outcome::PriceChanged { now }) => {
                    return Ok(PlaceOutcome::PriceChanged { seen, now });
                }
                (Stage::Refused, Outcome::Trouble(trouble)) => return Err(trouble),
                (Stage::Refused, _) => return Err(Trouble::Refused(Refusal::Other)),
                (Stage::Placing | Stage::InDoubt | Stage::Placed | Stage::Lost, _) => {
                    return Ok(PlaceOutcome::Underway(key));
                }
            }
        }
    }

    async fn send(&self, wish: Wish) {
        let key = wish.request.key;
        match self.instance.place(&wish.request, wish.seen.as_ref()).await {
            Ok(placed) => self.placed(&wish.owner, &wish.request, placed).await,
            Err(PlaceError::PriceChanged { now }) => {
                tracing::info!(%key, "an order's price changed; it is asked for again");
                // The next look at the checkout must not show the quote that is over.
                self.quotes.invalidate_all();
                self.settle(key, Stage::Refused, &Outcome::PriceChanged { now })
                    .await;
            }
            Err(PlaceError::InDoubt(fault)) => {
                tracing::error!(%key, kind = fault.kind(), "an order is in doubt and is looked for");
                self.settle(key, Stage::InDoubt, &Outcome::None).await;
                self.doubt.notify_one();
            }
            Err(error @ (PlaceError::Refused(_) | PlaceError::NothingSent(_))) => {
                tracing::warn!(%key, reference = wish.reference, kind = error.kind(), %error, "nothing was ordered");
                let trouble = error.trouble(&wish.reference);
                self.settle(key, Stage::Refused, &Outcome::Trouble(trouble))
                    .await;
            }
        }
    }

    /// The order exists: told first, then its lines leave the cart. Doing it twice changes nothing more.
    async fn placed(&self, owner: &str, request: &OrderRequest, placed: Placed) {
        let outcome = Outcome::Placed {
            id: placed.id,
            number: placed.number,
        };
        self.settle(request.key, Stage::Placed, &outcome).await;
        let cleared = self
            .change_basket(owner, request.key, |basket| {
                for ordered in &request.lines {
                    let Some(line) = basket
                        .cart
                        .lines
                        .iter_mut()
                        .find(|line| line.id == ordered.line)
                    else {
                        continue;
                    };
                    // What was added while the order was on its way stays.
                    match vitrina::quantity::Quantity::new(
                        line.quantity.value() - ordered.quantity.value(),
                    ) {
                        Ok(left) => line.quantity = left,
                        Err(_) => {
                            basket.cart.remove(ordered.line);
                        }
                    }
                }
                basket.removed = None;
                basket.form = vitrina::order::CheckoutForm::default();
                basket.sent = false;
            })
            .await;
        if let Err(error) = cleared {
            tracing::error!(key = %request.key, %error, "the ordered lines are still in the cart");
        }
    }

    /// Changes the basket this key belongs to and takes the key away: the next checkout gets a new one.
    async fn change_basket(
        &self,
        owner: &str,
        key: OrderKey,
        change: impl Fn(&mut crate::ledger::carts::Basket),
    ) -> Result<(), LedgerError> {
        let expires = self.clock.now() + time::Duration::days(365);
        let changed: Result<(), std::convert::Infallible> = self
            .ledger
            .change_basket_of(owner, expires, |basket| {
                if basket.key == Some(key) {
                    change(basket);
                    basket.key = None;
                }
                Ok(())
            })
            .await?;
        let Ok(()) = changed;
        Ok(())
    }

    /// What cannot be written down stays *placing*, and is looked for once its sender must be gone (K9).
    async fn settle(&self, key: OrderKey, stage: Stage, outcome: &Outcome) {
        match self
            .ledger
            .settle_order(key, stage, outcome, self.now())
            .await
        {
            Ok(true) => {}
            Ok(false) => tracing::info!(%key, ?stage, "an order was settled before"),
            Err(error) => {
                tracing::error!(%key, ?stage, %error, "an order's outcome cannot be kept");
            }
        }
    }

    fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }
}

/// What a shopper may know of a ledger that does not work.
pub(crate) fn ledger_trouble(error: &LedgerError, reference: &str) -> Trouble {
    tracing::error!(reference, %error, "the ledger does not work");
    match error {
        LedgerError::Contended => Trouble::Busy,
        LedgerError::Unreadable => Trouble::Internal {
            reference: reference.to_owned(),
        },
        LedgerError::Database(_) | LedgerError::Schema(_) | LedgerError::Folder { .. } => {
            Trouble::Away
        }
    }
}
