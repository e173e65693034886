//! The one trait by which pages ask the store.
//!
//! A `Backend` is **the store as one visitor sees it in one request**: whoever implements it has already settled who that is.
//! So no question carries a customer or a person, none can be asked in somebody else's name (D9), and nothing typed in a
//! browser decides whose prices or orders are shown.

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::{
    cart::{CartBadge, CartProblem, CartView},
    catalog::{
        listing::ListQuery,
        source::{GroupPath, PartNumber},
        view::{GroupTile, GroupView, HomeView, ProductView, SearchView, Suggestion},
    },
    ids::{CustomerId, LineId, OrderId, ProductId, SessionId, UnitId, VariantId},
    money::Money,
    order::{
        CheckoutForm, CheckoutView, OrderKey, OrderView, OrdersView, PlaceOutcome, PlacingView,
    },
    text::Language,
    trouble::Trouble,
    visitor::{Access, SessionView, Visitor},
};

/// Facts about the shop that every page may need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopFacts {
    /// Its name.
    pub name: String,
    /// Its languages; the first is the fallback. Never empty.
    pub languages: Vec<Language>,
    /// Whether it runs on the built-in demo instance.
    pub demo: bool,
    /// Whether orders are taken at all.
    pub takes_orders: bool,
    /// Whether the catalogue is there; before the first copy it is not.
    pub filled: bool,
    /// When the copy was last known to be fresh, if that is longer ago than the operator finds worth telling.
    pub stale_since: Option<OffsetDateTime>,
}

/// A wish to put something into the cart, parsed as far as a form allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The product.
    pub product: ProductId,
    /// Its variant.
    pub variant: Option<VariantId>,
    /// The unit; none for the selling unit.
    pub unit: Option<UnitId>,
    /// How many, as typed.
    pub quantity: String,
    /// Names the wish, where whoever asks may have to ask again: a second wish of this name changes nothing.
    pub once: Option<uuid::Uuid>,
}

/// Why the cart did not do as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CartTrouble {
    /// A rule of the cart: the quantity, or too many lines.
    #[error(transparent)]
    Problem(#[from] CartProblem),
    /// The product has variants: one must be picked.
    #[error("a variant must be picked")]
    PickVariant,
    /// The product, variant or unit is not offered (any more).
    #[error("no longer offered")]
    Gone,
    /// Anything else.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// What came of adding something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The product's name.
    pub name: String,
    /// The cart's badge now.
    pub badge: CartBadge,
}

/// The questions a shop asks. Catalogue questions are answered from memory and never wait.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Who is looking.
    fn visitor(&self) -> &Visitor;

    /// A sign by which a page can tell later whether it is still the same person, acting for the same customer (O4); none for a
    /// guest. It opens nothing.
    fn visit(&self) -> Option<String>;

    /// Whether the browser came with a session that is no more: it ended by itself, or was ended elsewhere.
    fn ended(&self) -> bool;

    /// Facts about the shop.
    fn shop(&self) -> ShopFacts;

    /// The tree of groups, for menus: two levels.
    fn menu(&self, language: Language) -> Vec<GroupTile>;

    /// The first page.
    fn home(&self, language: Language) -> Result<HomeView, Trouble>;

    /// A group. A page beyond the last is [`Trouble::NotFound`].
    fn group(
        &self,
        language: Language,
        path: &GroupPath,
        query: ListQuery,
    ) -> Result<GroupView, Trouble>;

    /// A product.
    fn product(&self, language: Language, part_number: &PartNumber)
    -> Result<ProductView, Trouble>;

    /// Products that fit the text. A page beyond the last is [`Trouble::NotFound`].
    fn search(
        &self,
        language: Language,
        text: &str,
        query: ListQuery,
    ) -> Result<SearchView, Trouble>;

    /// A few products and groups that fit what is being typed.
    fn suggest(&self, language: Language, text: &str) -> Vec<Suggestion>;

    /// The cart.
    async fn cart(&self, language: Language) -> Result<CartView, Trouble>;

    /// What the cart's badge tells; an unreadable cart tells nothing.
    async fn badge(&self, language: Language) -> CartBadge;

    /// Puts something into the cart.
    async fn add_to_cart(&self, language: Language, wish: Wish) -> Result<Added, CartTrouble>;

    /// Changes the quantity of a line, as typed on a page of this language. A line that is gone is not an error.
    async fn change_line(
        &self,
        language: Language,
        line: LineId,
        quantity: &str,
    ) -> Result<(), CartTrouble>;

    /// Takes a line out. A line that is gone is not an error.
    async fn remove_line(&self, line: LineId) -> Result<(), CartTrouble>;

    /// Puts the line that was last taken out back in; nothing to put back is not an error.
    async fn restore_line(&self) -> Result<(), CartTrouble>;

    /// The customers the person may act for, asked afresh.
    async fn customers(&self) -> Result<Vec<Access>, Trouble>;

    /// Acts for this customer from now on.
    async fn choose_customer(&self, customer: CustomerId) -> Result<(), Trouble>;

    /// The person's own sessions, the latest used first.
    async fn sessions(&self) -> Result<Vec<SessionView>, Trouble>;

    /// Ends one of the person's own sessions. One that is over, or somebody else's, is not an error: the two are not told apart.
    async fn end_session(&self, session: SessionId) -> Result<(), Trouble>;

    /// Everything the checkout shows, with a live quote.
    async fn checkout(&self, language: Language) -> Result<CheckoutView, Trouble>;

    /// Keeps what has been typed in the checkout so far.
    async fn keep_form(&self, form: CheckoutForm) -> Result<(), Trouble>;

    /// Places the order under its key, once (K1–K9). `seen` is the total the visitor was shown, none if none was.
    async fn place(
        &self,
        key: OrderKey,
        form: CheckoutForm,
        seen: Option<Money>,
    ) -> Result<PlaceOutcome, Trouble>;

    /// Where an order that was sent stands; only for whoever sent it or acts for the same customer.
    async fn placing(&self, key: OrderKey) -> Result<PlacingView, Trouble>;

    /// The customer's orders, latest first.
    async fn orders(&self, page: u32) -> Result<OrdersView, Trouble>;

    /// One of the customer's orders.
    async fn order(&self, id: OrderId) -> Result<OrderView, Trouble>;
}
