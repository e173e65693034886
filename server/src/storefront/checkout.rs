//! The checkout, and orders that were sent.

use std::{sync::Arc, time::Duration};

use vitrina::{
    cart::Cart,
    money::Money,
    order::{
        Address, CheckoutForm, CheckoutView, Delivery, OrderKey, OrderRequest, OrderRequestLine,
        PlaceOutcome, PlacingView, Quote, QuoteView,
    },
    text::Language,
    trouble::{Refusal, Trouble},
    visitor::Access,
};

use super::{Storefront, cart::cart_view, shelf::Shelf};
use crate::{
    account::{Acting, MayOrder},
    ledger::{
        carts::{Basket, Gone},
        orders::{Outcome, Stage, Underway},
    },
    ordering::{
        Wish,
        form::{Checked, check, days},
        ledger_trouble,
    },
    rates::Rates,
    sessions::CartOwner,
};

/// How long placing waits to hear whether everything is still sold.
const CHECK_WAITS: Duration = Duration::from_secs(5);

impl Storefront {
    /// The customer the visitor may order for, or what must happen first.
    pub(super) fn may_order(&self) -> Result<MayOrder, Trouble> {
        Acting::of(&self.visit)?.may_order()
    }

    fn takes_orders(&self) -> Result<(), Trouble> {
        if self.portal.settings.dealings.takes_orders() {
            Ok(())
        } else {
            Err(Trouble::OrdersOff)
        }
    }

    fn owner(&self) -> Result<CartOwner, Trouble> {
        self.visit.cart_owner().ok_or(Trouble::SignInNeeded)
    }

    pub(super) async fn show_checkout(&self, language: Language) -> Result<CheckoutView, Trouble> {
        let acting = self.may_order()?;
        self.takes_orders()?;
        let access = acting.access();
        let shelf = self.shelf(language)?;
        let (key, basket, before) = self.basket_with_key().await?;
        let cart = cart_view(&shelf, &basket);
        let needs_delivery = needs_delivery(&shelf, &basket.cart);
        let addresses = if needs_delivery {
            self.addresses(&acting).await
        } else {
            Arc::default()
        };
        let today = self.today();
        let mut form = basket.form;
        if form.address.is_empty()
            && let Some(usual) = addresses.iter().find(|address| address.usual)
        {
            form.address = usual.id.to_string();
        }
        let (checked, problems) =
            check(&form, needs_delivery.then_some(addresses.as_slice()), today);
        let quote = if self.portal.instance.lacks_update() {
            // T6: also for those who see no total, before they press the button.
            QuoteView::Unavailable(Trouble::OrdersPaused)
        } else if !access.role.sees_prices() {
            QuoteView::Hidden
        } else if cart.orderable() {
            let request = self.request(key, access, &basket.cart, checked);
            match before.and_then(|before| named(before, &request)) {
                Some(quote) => QuoteView::Binding(quote),
                None => match self.quote(&acting, request).await {
                    Ok(quote) => QuoteView::Binding((*quote).clone()),
                    Err(trouble) => QuoteView::Unavailable(trouble),
                },
            }
        } else {
            QuoteView::Unavailable(Trouble::Refused(Refusal::Other))
        };
        Ok(CheckoutView {
            key,
            cart,
            customer: access.customer.name.clone(),
            addresses: addresses.to_vec(),
            needs_delivery,
            form,
            problems: if basket.sent { problems } else { Vec::new() },
            quote,
            days: days(today),
        })
    }

    /// What the instance would take for it now.
    async fn quote(&self, acting: &MayOrder, request: OrderRequest) -> Result<Arc<Quote>, Trouble> {
        self.within(Rates::may_quote, "too_many_quotes")?;
        let asked = acting.asks(quotable(request));
        self.portal.ordering.quote(&asked).await.map_err(|error| {
            tracing::warn!(reference = self.visit.reference(), kind = error.kind(), %error, "there is no quote");
            error.trouble(self.visit.reference())
        })
    }

    /// The basket, the key under which it will be ordered — one that nothing has come of yet —, and how an attempt before ended.
    async fn basket_with_key(&self) -> Result<(OrderKey, Basket, Option<Underway>), Trouble> {
        let (key, basket) = self.give_key().await?;
        let before = self.underway(key).await?;
        if let Some(order) = &before
            && self.release(order).await?
        {
            let (key, basket) = self.give_key().await?;
            return Ok((key, basket, None));
        }
        Ok((key, basket, before))
    }

    /// K1: the key is born here.
    async fn give_key(&self) -> Result<(OrderKey, Basket), Trouble> {
        let born = OrderKey(self.random_id());
        let Ok(given) = self
            .portal
            .ledger
            .change_basket(&self.owner()?, self.now(), |basket| {
                let key = *basket.key.get_or_insert(born);
                Ok::<_, std::convert::Infallible>((key, basket.clone()))
            })
            .await
            .map_err(|error| ledger_trouble(&error, self.visit.reference()))?;
        Ok(given)
    }

    /// Frees the cart of an order that is over, should it still hold its key. Whether it is over.
    async fn release(&self, order: &Underway) -> Result<bool, Trouble> {
        if !matches!(order.stage, Stage::Placed | Stage::Lost) {
            return Ok(false);
        }
        self.portal
            .ordering
            .release(order)
            .await
            .map_err(|error| ledger_trouble(&error, self.visit.reference()))?;
        Ok(true)
    }

    pub(super) async fn keep(&self, form: CheckoutForm) -> Result<(), Trouble> {
        // Also while the instance cannot say for whom the person may order: it is only kept.
        self.visit.visitor().person().ok_or(Trouble::SignInNeeded)?;
        let Ok(()) = self
            .change(|basket| {
                basket.form = form.clone();
                Ok::<_, std::convert::Infallible>(())
            })
            .await?;
        Ok(())
    }

    /// A session that ended while somebody typed, or an instance that cannot say who may order: what was typed waits under the
    /// order's key, and joins the checkout that bears this key at sign-in. Who came with no session had no checkout to type in,
    /// and gets no record by saying so.
    async fn keep_for_later(&self, key: OrderKey, form: CheckoutForm) {
        // A made-up cookie looks like a session that has ended.
        let form = form.bounded();
        let kept = async {
            let owner = match self.visit.cart_owner() {
                Some(owner) => owner,
                None if self.visit.ended() => self.new_cart().await.ok()?,
                None => return Some(()),
            };
            let guest = matches!(owner, CartOwner::Guest(_));
            let kept: Result<(), std::convert::Infallible> = self
                .portal
                .ledger
                .change_basket(&owner, self.now(), |basket| {
                    if guest {
                        basket.key = Some(key);
                    }
                    if basket.key == Some(key) {
                        basket.form = form.clone();
                    }
                    Ok(())
                })
                .await
                .ok()?;
            kept.ok()
        };
        if kept.await.is_none() {
            tracing::warn!(
                reference = self.visit.reference(),
                "what was typed in a checkout cannot be kept"
            );
        }
    }

    pub(super) async fn send(
        &self,
        key: OrderKey,
        form: CheckoutForm,
        seen: Option<Money>,
    ) -> Result<PlaceOutcome, Trouble> {
        if let Err(trouble) = self.may_order() {
            self.keep_for_later(key, form).await;
            return Err(trouble);
        }
        self.takes_orders()?;
        let owner = self.owner()?;
        let reference = self.visit.reference();
        // K2: sent before, by this tab or another.
        if let Some(underway) = self.underway(key).await?
            && underway.stage != Stage::Refused
        {
            self.release(&underway).await?;
            return self.portal.ordering.outcome(key, seen, reference).await;
        }
        // Whatever happens next, what was typed is kept.
        let Ok(basket) = self
            .change(|basket| {
                if basket.key == Some(key) {
                    basket.form = form.clone();
                    basket.sent = true;
                }
                Ok::<_, std::convert::Infallible>(basket.clone())
            })
            .await?;
        if basket.key != Some(key) {
            return Err(Trouble::NotFound);
        }
        // §11: each try counts, whatever comes of it. The ledger counts orders, and one that is refused is sent again as the same.
        self.within(Rates::may_place, "too_many_placings")?;
        // What binds is asked afresh: a role may have changed since the page was made.
        let acting = MayOrder::afresh(&self.visit, &self.portal.access).await?;
        let shelf = self.shelf(self.portal.mirror.fallback())?;
        if !cart_view(&shelf, &basket).orderable() || self.note_gone(&basket.cart).await? {
            return Ok(PlaceOutcome::CartProblem);
        }
        let needs_delivery = needs_delivery(&shelf, &basket.cart);
        let addresses = if needs_delivery {
            self.addresses(&acting).await
        } else {
            Arc::default()
        };
        let (checked, problems) = check(
            &form,
            needs_delivery.then_some(addresses.as_slice()),
            self.today(),
        );
        if !problems.is_empty() {
            return Ok(PlaceOutcome::Fields(problems));
        }
        let request = self.request(key, acting.access(), &basket.cart, checked);
        let seen = match (acting.access().role.sees_prices(), seen) {
            // K3: nobody orders at a price they may see and have not seen.
            (true, None) => {
                let quote = self.quote(&acting, request).await?;
                return Ok(PlaceOutcome::PriceChanged {
                    seen: None,
                    now: quote.total.clone(),
                });
            }
            (true, seen) => seen,
            (false, _) => None,
        };
        self.portal
            .ordering
            .place(Wish {
                owner: owner.to_string(),
                request: acting.asks(request),
                seen,
                reference: reference.to_owned(),
            })
            .await
    }

    /// K8: whether something in the cart was withdrawn since the copy was taken. The cart then tells what.
    async fn note_gone(&self, cart: &Cart) -> Result<bool, Trouble> {
        let asked = self.now();
        let products: Vec<_> = cart.lines.iter().map(|line| line.item.product).collect();
        let products = self
            .portal
            .instance
            .not_shown(&products, CHECK_WAITS)
            .await
            .map_err(|error| self.read_trouble(&error))?;
        if products.is_empty() {
            return Ok(false);
        }
        let gone = Gone { asked, products };
        let Ok(()) = self
            .change(|basket| {
                basket.gone = Some(gone.clone());
                Ok::<_, std::convert::Infallible>(())
            })
            .await?;
        Ok(true)
    }

    pub(super) async fn show_placing(&self, key: OrderKey) -> Result<PlacingView, Trouble> {
        let acting = self.may_order()?;
        let underway = self.underway(key).await?.ok_or(Trouble::NotFound)?;
        Ok(match (underway.stage, underway.outcome) {
            (Stage::Placing, _) => PlacingView::Placing,
            (Stage::InDoubt, _) => PlacingView::InDoubt,
            (Stage::Placed, Outcome::Placed { id, number }) => {
                match self.whole_order(&acting, id).await {
                    Ok(order) => PlacingView::Placed(order),
                    Err(_) => PlacingView::PlacedBriefly { number },
                }
            }
            (Stage::Placed, _) => PlacingView::PlacedBriefly { number: None },
            // A colleague's, or one's own from before the role changed: whoever sees no prices is told no amount.
            (Stage::Refused, Outcome::PriceChanged { seen, now, .. })
                if acting.access().role.sees_prices() =>
            {
                PlacingView::PriceChanged { seen, now }
            }
            (Stage::Refused | Stage::Lost, Outcome::Trouble(trouble)) => {
                PlacingView::NotPlaced(trouble)
            }
            (Stage::Refused | Stage::Lost, _) => {
                PlacingView::NotPlaced(Trouble::Refused(Refusal::Other))
            }
        })
    }

    /// An order that was sent, for whoever acts for the same customer; for others it does not exist.
    async fn underway(&self, key: OrderKey) -> Result<Option<Underway>, Trouble> {
        self.portal
            .ordering
            .underway(&Acting::of(&self.visit)?, key, self.visit.reference())
            .await
    }

    /// Addresses that cannot be read are none: a new one can still be typed.
    async fn addresses(&self, acting: &MayOrder) -> Arc<Vec<Address>> {
        match self.portal.ordering.addresses(acting).await {
            Ok(addresses) => addresses,
            Err(error) => {
                tracing::warn!(
                    reference = self.visit.reference(),
                    kind = error.kind(),
                    "the addresses cannot be read"
                );
                Arc::default()
            }
        }
    }

    /// K8: everything but what was checked comes from our records.
    fn request(
        &self,
        key: OrderKey,
        access: &Access,
        cart: &Cart,
        checked: Checked,
    ) -> OrderRequest {
        OrderRequest {
            key,
            customer: access.customer.id,
            lines: cart
                .lines
                .iter()
                .map(|line| OrderRequestLine {
                    line: line.id,
                    product: line.item.product,
                    variant: line.item.variant,
                    unit: line.item.unit,
                    quantity: line.quantity,
                })
                .collect(),
            delivery: checked.delivery,
            purchase_order: checked.purchase_order,
            requested_date: checked.requested_date,
            note: checked.note,
            date: self.today(),
        }
    }
}

/// What a price may depend on: not the note, and not an address that does not exist yet.
fn quotable(request: OrderRequest) -> OrderRequest {
    OrderRequest {
        delivery: match request.delivery {
            known @ Delivery::Known(_) => known,
            Delivery::New(_) | Delivery::None => Delivery::None,
        },
        purchase_order: None,
        note: None,
        ..request
    }
}

/// What the instance named for the same wish when it was placed at another price. Only for a new address: it is written down when
/// an order is placed and not before, so no quote knows what comes on top for it, and asking for one would name the price of
/// elsewhere again and again. Should this price be over, placing names the next.
fn named(before: Underway, request: &OrderRequest) -> Option<Quote> {
    let is_same = matches!(request.delivery, Delivery::New(_))
        && before.request.delivery == request.delivery
        && before.request.lines == request.lines
        && before.request.requested_date == request.requested_date;
    match (before.stage, before.outcome) {
        (Stage::Refused, Outcome::PriceChanged { quote, .. }) if is_same => Some(*quote?),
        _ => None,
    }
}

fn needs_delivery(shelf: &Shelf<'_>, cart: &Cart) -> bool {
    let catalogue = &shelf.snapshot.catalogue;
    cart.lines
        .iter()
        .filter_map(|line| catalogue.at(catalogue.find(line.item.product)?))
        .any(|entry| entry.product.shipped)
}
