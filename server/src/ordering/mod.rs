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
use tokio::sync::{Notify, oneshot};
use tokio_util::task::TaskTracker;
use tracing::Instrument;
use vitrina::{
    ids::PartyId,
    money::Money,
    order::{Address, CheckoutForm, OrderKey, OrderRequest, PlaceOutcome, Quote},
    quantity::Quantity,
    trouble::{Refusal, Trouble},
};

use crate::{
    account::{Acting, Asked, MayOrder},
    ledger::{
        Ledger, LedgerError,
        carts::Basket,
        orders::{Claim, Outcome, Stage, Underway},
    },
};

/// How long a shopper waits for a quote.
const QUOTE_WAITS: Duration = Duration::from_secs(8);
/// How long a shopper waits for the addresses.
const ADDRESSES_WAIT: Duration = Duration::from_secs(5);
/// How long a quote answers equal questions: long enough for a reload, short enough to be binding.
const QUOTE_LIFE: Duration = Duration::from_secs(10);
const ADDRESSES_LIFE: Duration = Duration::from_mins(1);
/// How long the page that sent an order waits for its outcome; then the order's own page goes on telling.
/// Together with all that is asked before, it stays below the time a whole request may take.
const OUTCOME_WAITS: Duration = Duration::from_secs(12);
const POLL: Duration = Duration::from_millis(100);
/// Orders a minute and owner (reference/security.md §11).
const MOST_A_MINUTE: i64 = 5;

/// A wish to order that was checked.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Whose cart it comes from, as the ledger's text.
    pub owner: String,
    /// What is ordered, and for whom.
    pub request: Asked,
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
    /// Orders that this process sends.
    sending: TaskTracker,
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
            sending: TaskTracker::new(),
        }
    }

    /// What the order would cost, by the instance itself. Equal questions within some seconds are asked once; a failure is not
    /// remembered.
    #[expect(
        clippy::disallowed_methods,
        reason = "for the customer that is acted for"
    )]
    pub async fn quote(&self, request: &Asked) -> Result<Arc<Quote>, Arc<QuoteError>> {
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

    /// The addresses of the customer.
    #[expect(
        clippy::disallowed_methods,
        reason = "for the customer that is acted for"
    )]
    pub async fn addresses(&self, acting: &MayOrder) -> Result<Arc<Vec<Address>>, Arc<ReadError>> {
        let party = acting.access().customer.party;
        self.addresses
            .try_get_with(party, async {
                self.instance
                    .addresses(party, ADDRESSES_WAIT)
                    .await
                    .map(Arc::new)
            })
            .await
    }

    /// The customer's order with this key, if it was sent. Another customer's is not told from one that is not there.
    pub async fn underway(
        &self,
        acting: &Acting,
        key: OrderKey,
        reference: &str,
    ) -> Result<Option<Underway>, Trouble> {
        let found = self
            .ledger
            .underway(key)
            .await
            .map_err(|error| ledger_trouble(&error, reference))?;
        match found {
            Some(order) if order.customer != acting.access().customer.id => Err(Trouble::NotFound),
            found => Ok(found),
        }
    }

    /// Waits until no order is being sent by this process any more. For the end, once no new one can come (M6).
    pub async fn finish(&self) {
        self.sending.close();
        self.sending.wait().await;
    }

    /// Sends the order, once, and waits for the outcome for a while.
    pub async fn place(self: &Arc<Self>, wish: Wish) -> Result<PlaceOutcome, Trouble> {
        let key = wish.request.key;
        let seen = wish.seen.clone();
        let reference = wish.reference.clone();
        let ledger_trouble = |error: LedgerError| ledger_trouble(&error, &reference);
        let lately = self.now() - time::Duration::MINUTE;
        let sent = self
            .ledger
            .orders_sent_since(&wish.owner, key, lately)
            .await
            .map_err(ledger_trouble)?;
        if sent >= MOST_A_MINUTE {
            tracing::warn!(%key, kind = "too_many_orders", "nothing was sent");
            return Err(Trouble::TooOften);
        }
        // A task of its own from before the key is taken: a browser that leaves in between would strand a key that nobody sends.
        let (tell, taken) = oneshot::channel();
        let ordering = Arc::clone(self);
        let sending = async move { ordering.take_and_send(wish, tell).await };
        self.sending.spawn(sending.in_current_span());
        taken
            .await
            .map_err(|_| Trouble::Internal {
                reference: reference.clone(),
            })?
            .map_err(ledger_trouble)?;
        self.outcome(key, seen, &reference).await
    }

    /// K2: takes the key before anything is sent, tells whoever asked that somebody has it, and sends it if it is ours.
    async fn take_and_send(&self, wish: Wish, tell: oneshot::Sender<Result<(), LedgerError>>) {
        let claim = self
            .ledger
            .begin_order(&wish.owner, &wish.request, self.now())
            .await;
        let (claim, word) = match claim {
            Ok(claim) => (claim, Ok(())),
            Err(error) => (Claim::Taken, Err(error)),
        };
        // Whoever asked may have gone.
        let _gone = tell.send(word);
        match claim {
            Claim::First => self.send(wish).await,
            Claim::Again => self.send_again(wish).await,
            Claim::Taken => {}
        }
    }

    /// A key that was sent before is looked for before it is sent again, however certain its refusal was (domain-api.md §11.8).
    async fn send_again(&self, wish: Wish) {
        let key = wish.request.key;
        match self.instance.find_order(key, wish.request.customer).await {
            Ok(found) => match found.into_iter().next() {
                None => self.send(wish).await,
                Some(placed) => {
                    tracing::error!(%key, id = %placed.id, "an order that was told to be refused exists; it is not sent again");
                    self.found(&wish.owner, &wish.request, placed).await;
                }
            },
            Err(error) => {
                tracing::warn!(%key, reference = wish.reference, kind = error.kind(), %error, "nothing was sent again");
                let trouble = error.trouble(&wish.reference);
                self.settle(key, Stage::Refused, &Outcome::Trouble(trouble))
                    .await;
            }
        }
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
                (Stage::Refused, Outcome::PriceChanged { now, .. }) => {
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

    #[expect(
        clippy::disallowed_methods,
        reason = "for the customer that is acted for"
    )]
    async fn send(&self, wish: Wish) {
        let key = wish.request.key;
        match self.instance.place(&wish.request, wish.seen.as_ref()).await {
            Ok(placed) => self.placed(&wish.owner, &wish.request, placed).await,
            Err(PlaceError::PriceChanged { now }) => {
                tracing::info!(%key, "an order's price changed; it is asked for again");
                // The next look at the checkout must not show the quote that is over.
                self.quotes.invalidate_all();
                let outcome = Outcome::PriceChanged {
                    seen: wish.seen,
                    now: now.total.clone(),
                    quote: Some(now),
                };
                self.settle(key, Stage::Refused, &outcome).await;
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

    /// An order that was looked for exists. Its sender may have come no further than the commit.
    async fn found(&self, owner: &str, request: &OrderRequest, placed: Placed) {
        let (key, id) = (request.key, placed.id);
        self.placed(owner, request, placed).await;
        if let Err(error) = self.instance.take_on(id).await {
            tracing::error!(%key, %id, kind = error.kind(), %error, "the order may stay in state New; staff must take it on");
        }
    }

    /// The order exists: its lines leave the cart, then it is told. Who dies in between leaves an order that is found again, and
    /// doing both twice changes nothing more.
    async fn placed(&self, owner: &str, request: &OrderRequest, placed: Placed) {
        let cleared = self
            .change_basket(owner, request.key, |basket| take_out(basket, request))
            .await;
        if let Err(error) = cleared {
            tracing::error!(key = %request.key, %error, "the ordered lines stay in the cart until its checkout is looked at");
        }
        let outcome = Outcome::Placed {
            id: placed.id,
            number: placed.number,
        };
        self.settle(request.key, Stage::Placed, &outcome).await;
    }

    /// Takes what is over out of the cart it came from, and its key, if whoever settled it could not: else every checkout of that
    /// cart would lead to an order of the past.
    pub async fn release(&self, order: &Underway) -> Result<(), LedgerError> {
        match order.stage {
            Stage::Placing | Stage::InDoubt | Stage::Refused => Ok(()),
            Stage::Lost => self.change_basket(&order.owner, order.key, |_| {}).await,
            Stage::Placed => {
                self.change_basket(&order.owner, order.key, |basket| {
                    take_out(basket, &order.request);
                })
                .await
            }
        }
    }

    /// Changes the basket this key belongs to and takes the key away: the next checkout gets a new one.
    async fn change_basket(
        &self,
        owner: &str,
        key: OrderKey,
        change: impl Fn(&mut Basket),
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

/// What was ordered leaves the cart; what was added while the order was on its way stays.
fn take_out(basket: &mut Basket, request: &OrderRequest) {
    for ordered in &request.lines {
        let Some(line) = basket
            .cart
            .lines
            .iter_mut()
            .find(|line| line.id == ordered.line)
        else {
            continue;
        };
        match Quantity::new(line.quantity.value() - ordered.quantity.value()) {
            Ok(left) => line.quantity = left,
            Err(_) => {
                basket.cart.remove(ordered.line);
            }
        }
    }
    basket.removed = None;
    basket.form = CheckoutForm::default();
    basket.sent = false;
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
