//! The store as one visitor sees it in one request: [`Backend`] over mirror, ledger, ordering and the instance.
//!
//! Who the visitor is was settled by the [`Visit`]; nothing here takes a customer or a person from a browser (D9), and what concerns
//! a customer is asked through [`MayOrder`], which only the access check can make. Catalogue
//! questions are answered from the snapshot and never wait. A role without prices gets none: of its price sheet only *whether* there
//! is a price leaves the shelf, so nothing that leaves this module can hold an amount.

mod cart;
mod checkout;
mod people;
mod shelf;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use time::{Date, OffsetDateTime};
use uuid::Uuid;
use vitrina::{
    backend::{Added, Backend, CartTrouble, ShopFacts, Wish},
    cart::{CartBadge, CartView},
    catalog::{
        listing::ListQuery,
        source::{GroupPath, PartNumber},
        view::{GroupTile, GroupView, HomeView, ProductView, SearchView, Suggestion},
    },
    ids::{CustomerId, LineId, OrderId, SessionId},
    money::Money,
    order::{
        CheckoutForm, CheckoutView, OrderKey, OrderView, OrdersView, PlaceOutcome, PlacingView,
    },
    text::Language,
    trouble::Trouble,
    visitor::{Access, SessionView, Visitor},
};

use self::shelf::Shelf;
use crate::{
    account::MayOrder, layers::source::Source, portal::Portal, rates::Rates, sessions::Visit,
};

/// Orders on one page of the list.
const ORDERS: u32 = 20;
/// How long a shopper waits for orders.
const ORDERS_WAIT: Duration = Duration::from_secs(8);

/// The store for one visit.
pub struct Storefront {
    portal: Arc<Portal>,
    visit: Visit,
    source: Source,
}

impl Storefront {
    /// The portal as this visitor sees it, from where they are.
    pub fn new(portal: Arc<Portal>, visit: Visit, source: Source) -> Self {
        Self {
            portal,
            visit,
            source,
        }
    }

    fn now(&self) -> OffsetDateTime {
        self.portal.world.clock.now()
    }

    /// The day where the seller is. Unverified: that the instance goes by the same clock.
    fn today(&self) -> Date {
        self.portal.settings.zone.local(self.now()).date()
    }

    fn random_id(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.portal.world.random.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    fn shelf(&self, language: Language) -> Result<Shelf<'_>, Trouble> {
        Shelf::new(
            &self.portal.mirror,
            self.visit.visitor(),
            language,
            self.today(),
        )
    }

    /// An order of the customer, with what the catalogue knows of its lines.
    async fn whole_order(&self, acting: &MayOrder, id: OrderId) -> Result<OrderView, Trouble> {
        self.within_account_reads()?;
        let mut order = acting
            .order(&self.portal.instance, id, self.today(), ORDERS_WAIT)
            .await
            .map_err(|error| self.read_trouble(&error))?;
        let shelf = self.shelf(self.portal.mirror.fallback()).ok();
        for line in &mut order.lines {
            let known = shelf
                .as_ref()
                .and_then(|shelf| Some((shelf, shelf.snapshot.catalogue.find(line.product)?)));
            if let Some((shelf, at)) = known
                && let Some(entry) = shelf.snapshot.catalogue.at(at)
            {
                line.part_number = Some(entry.product.part_number.clone());
                line.picture = shelf.picture(entry);
            }
        }
        for (_, at) in &mut order.history {
            *at = self.portal.settings.zone.local(*at);
        }
        if !acting.access().role.sees_prices() {
            hide_amounts(&mut order);
        }
        Ok(order)
    }

    /// §11: what the instance is asked for an account waits with everybody else's, and for access checks in the same line.
    fn within_account_reads(&self) -> Result<(), Trouble> {
        self.within(Rates::may_read_account, "too_many_account_reads")
    }

    fn read_trouble(&self, error: &erp::ReadError) -> Trouble {
        if !matches!(error, erp::ReadError::NotFound) {
            tracing::warn!(reference = self.visit.reference(), kind = error.kind(), %error, "the instance cannot be asked");
        }
        error.trouble(self.visit.reference())
    }
}

/// Whatever the client left in: this is the last wall before a page.
fn hide_amounts(order: &mut OrderView) {
    order.summary.total = None;
    order.net = None;
    order.on_top.clear();
    for line in &mut order.lines {
        line.each = None;
        line.discount = None;
        line.amount = None;
    }
}

#[async_trait]
impl Backend for Storefront {
    fn visitor(&self) -> &Visitor {
        self.visit.visitor()
    }

    fn visit(&self) -> Option<String> {
        self.visit.mark()
    }

    fn ended(&self) -> bool {
        self.visit.ended()
    }

    fn shop(&self) -> ShopFacts {
        let settings = &self.portal.settings;
        let snapshot = self.portal.mirror.snapshot();
        let seller = snapshot
            .as_ref()
            .map(|now| now.catalogue.seller.name.clone());
        ShopFacts {
            // Before the first copy has arrived nobody knows whose shop it is.
            name: settings
                .name
                .clone()
                .or(seller)
                .unwrap_or_else(|| "Shop".to_owned()),
            languages: settings.languages.clone(),
            demo: settings.is_demo(),
            takes_orders: settings.dealings.takes_orders(),
            filled: snapshot.is_some(),
            stale_since: self
                .portal
                .mirror
                .stale_since()
                .map(|since| settings.zone.local(since)),
        }
    }

    fn menu(&self, language: Language) -> Vec<GroupTile> {
        self.shelf(language)
            .map(|shelf| shelf.menu())
            .unwrap_or_default()
    }

    fn home(&self, language: Language) -> Result<HomeView, Trouble> {
        Ok(self.shelf(language)?.home())
    }

    fn group(
        &self,
        language: Language,
        path: &GroupPath,
        query: ListQuery,
    ) -> Result<GroupView, Trouble> {
        self.shelf(language)?.group(path, query)
    }

    fn product(
        &self,
        language: Language,
        part_number: &PartNumber,
    ) -> Result<ProductView, Trouble> {
        self.shelf(language)?.product(part_number)
    }

    fn search(
        &self,
        language: Language,
        text: &str,
        query: ListQuery,
    ) -> Result<SearchView, Trouble> {
        self.shelf(language)?.search(text, query)
    }

    fn suggest(&self, language: Language, text: &str) -> Vec<Suggestion> {
        self.shelf(language)
            .map(|shelf| shelf.suggest(text))
            .unwrap_or_default()
    }

    async fn cart(&self, language: Language) -> Result<CartView, Trouble> {
        self.show_cart(language).await
    }

    async fn badge(&self, language: Language) -> CartBadge {
        self.show_badge(language).await
    }

    async fn add_to_cart(&self, language: Language, wish: Wish) -> Result<Added, CartTrouble> {
        self.add(language, wish).await
    }

    async fn change_line(
        &self,
        language: Language,
        line: LineId,
        quantity: &str,
    ) -> Result<(), CartTrouble> {
        self.set_quantity(language, line, quantity).await
    }

    async fn remove_line(&self, line: LineId) -> Result<(), CartTrouble> {
        self.take_out(line).await
    }

    async fn restore_line(&self) -> Result<(), CartTrouble> {
        self.put_back().await
    }

    async fn customers(&self) -> Result<Vec<Access>, Trouble> {
        let person = self.visit.visitor().person().ok_or(Trouble::SignInNeeded)?;
        self.within_account_reads()?;
        self.portal
            .access
            .fresh(&person.id)
            .await
            .map_err(|error| self.read_trouble(&error))
    }

    async fn choose_customer(&self, customer: CustomerId) -> Result<(), Trouble> {
        self.within_account_reads()?;
        self.visit
            .choose(customer)
            .await
            .map_err(|error| self.visit_trouble(&error))
    }

    async fn sessions(&self) -> Result<Vec<SessionView>, Trouble> {
        self.own_sessions().await
    }

    async fn end_session(&self, session: SessionId) -> Result<(), Trouble> {
        self.end_own_session(session).await
    }

    async fn checkout(&self, language: Language) -> Result<CheckoutView, Trouble> {
        self.show_checkout(language).await
    }

    async fn keep_form(&self, form: CheckoutForm) -> Result<(), Trouble> {
        self.keep(form).await
    }

    async fn place(
        &self,
        key: OrderKey,
        form: CheckoutForm,
        seen: Option<Money>,
    ) -> Result<PlaceOutcome, Trouble> {
        self.send(key, form, seen).await
    }

    async fn placing(&self, key: OrderKey) -> Result<PlacingView, Trouble> {
        self.show_placing(key).await
    }

    async fn orders(&self, page: u32) -> Result<OrdersView, Trouble> {
        let acting = self.may_order()?;
        self.within_account_reads()?;
        let mut orders = acting
            .orders(
                &self.portal.instance,
                (page, ORDERS),
                self.today(),
                ORDERS_WAIT,
            )
            .await
            .map_err(|error| self.read_trouble(&error))?;
        if !acting.access().role.sees_prices() {
            for order in &mut orders.orders {
                order.total = None;
            }
        }
        Ok(orders)
    }

    async fn order(&self, id: OrderId) -> Result<OrderView, Trouble> {
        self.whole_order(&self.may_order()?, id).await
    }
}
