//! From a filled cart to an order that exists once.

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::{
    cart::CartView,
    ids::{AddressId, CustomerId, LineId, OrderId, ProductId, UnitId, VariantId},
    money::Money,
    quantity::Quantity,
    trouble::Trouble,
};

/// Names one wish to order, from the first look at the checkout until the order exists; written into the order's
/// `ExternalId` (K1). Unguessable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderKey(pub Uuid);

impl std::fmt::Display for OrderKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for OrderKey {
    type Err = crate::ids::NotAnId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text)
            .map(Self)
            .map_err(|_| crate::ids::NotAnId)
    }
}

/// What the checkout asks for, as typed. Nothing in it is trusted; it is kept so that nothing typed is lost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CheckoutForm {
    /// The id of a known address, or `new`, or nothing yet.
    pub address: String,
    /// New address: street and number.
    pub street: String,
    /// New address: postcode.
    pub postcode: String,
    /// New address: town.
    pub town: String,
    /// The buyer's own order number.
    pub purchase_order: String,
    /// The requested day, `2026-12-31`.
    pub requested_date: String,
    /// A note to the seller.
    pub note: String,
}

/// Characters of a field that are kept for somebody who is not signed in: as many as the longest field may have.
pub const LONGEST_KEPT: usize = 2_000;

impl CheckoutForm {
    /// The same, with no field longer than what is kept of it.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        for field in [
            &mut self.address,
            &mut self.street,
            &mut self.postcode,
            &mut self.town,
            &mut self.purchase_order,
            &mut self.requested_date,
            &mut self.note,
        ] {
            if let Some((end, _)) = field.char_indices().nth(LONGEST_KEPT) {
                field.truncate(end);
            }
        }
        self
    }
}

/// A field of the checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CheckoutField {
    /// The choice of an address.
    Address,
    /// Street and number.
    Street,
    /// Postcode.
    Postcode,
    /// Town.
    Town,
    /// The buyer's own order number.
    PurchaseOrder,
    /// The requested day.
    RequestedDate,
    /// The note.
    Note,
}

/// Why a field is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FieldProblem {
    /// It is needed.
    Missing,
    /// More than this many characters.
    TooLong(u32),
    /// Not a date.
    NotADate,
    /// A day that has passed.
    Past,
    /// More than a year ahead.
    TooFar,
    /// Not one of the addresses on offer.
    Unknown,
}

/// Where an order goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// Nothing in it needs delivery.
    None,
    /// To an address the customer has.
    Known(AddressId),
    /// To a new address, one line of at most 254 characters (entities.md §4.5).
    New(String),
}

/// A checked wish to order: every part is from our records or parsed. Prices, currency and seller are the server's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRequest {
    /// Its key.
    pub key: OrderKey,
    /// For whom.
    pub customer: CustomerId,
    /// What.
    pub lines: Vec<OrderRequestLine>,
    /// Where to.
    pub delivery: Delivery,
    /// The buyer's own number, at most 20 characters.
    pub purchase_order: Option<String>,
    /// The requested day; also the day prices are taken of.
    pub requested_date: Option<Date>,
    /// A note to the seller.
    pub note: Option<String>,
    /// The day of the order, where the seller is.
    pub date: Date,
}

/// A line of a wish to order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRequestLine {
    /// The cart's line it comes from.
    pub line: LineId,
    /// The product.
    pub product: ProductId,
    /// Its variant.
    pub variant: Option<VariantId>,
    /// The unit.
    pub unit: UnitId,
    /// How many of the unit.
    pub quantity: Quantity,
}

/// What the instance says the order would cost: binding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The lines, in the order they were asked in.
    pub lines: Vec<QuoteLine>,
    /// Sum of the lines, without VAT.
    pub net: Money,
    /// VAT and other amounts on top.
    pub on_top: Vec<AmountOnTop>,
    /// What is to be paid.
    pub total: Money,
}

/// A priced line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteLine {
    /// The cart's line.
    pub line: LineId,
    /// What one unit costs before discounts.
    pub each: Money,
    /// All discounts together, as a fraction.
    pub discount: rust_decimal::Decimal,
    /// What the line costs.
    pub amount: Money,
}

/// VAT, freight, or another amount that comes on top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmountOnTop {
    /// What it is, in the page's language once translated by the caller.
    pub name: crate::text::Localized,
    /// As a fraction of the lines, if it is one.
    pub percent: Option<rust_decimal::Decimal>,
    /// How much.
    pub amount: Money,
}

/// An address one can have an order delivered to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Its record.
    pub id: AddressId,
    /// The whole address, one text.
    pub text: String,
    /// Whether it is the customer's usual one.
    pub usual: bool,
}

/// Everything the checkout shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutView {
    /// The key under which this order will be placed.
    pub key: OrderKey,
    /// The cart.
    pub cart: CartView,
    /// For whom: the customer's name.
    pub customer: String,
    /// The addresses on offer; empty if nothing needs delivery or they could not be read.
    pub addresses: Vec<Address>,
    /// Whether an address is needed.
    pub needs_delivery: bool,
    /// What has been typed so far.
    pub form: CheckoutForm,
    /// What is wrong with it; empty until it was sent once.
    pub problems: Vec<(CheckoutField, FieldProblem)>,
    /// The quote.
    pub quote: QuoteView,
    /// The first and the last day one may ask for.
    pub days: (Date, Date),
}

/// What the checkout can say of the total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum QuoteView {
    /// Binding.
    Binding(Quote),
    /// The visitor's role sees no prices.
    Hidden,
    /// There is none now, and why: [`Trouble::Busy`], [`Trouble::Away`], [`Trouble::Refused`] …
    Unavailable(Trouble),
}

/// How an attempt to place ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlaceOutcome {
    /// The order exists, or is being placed or confirmed: look at its page.
    Underway(OrderKey),
    /// Something typed must be mended; it is kept.
    Fields(Vec<(CheckoutField, FieldProblem)>),
    /// The total is another than the visitor saw: to be confirmed again (K3).
    PriceChanged {
        /// What the visitor saw.
        seen: Option<Money>,
        /// What it is now.
        now: Money,
    },
    /// Something in the cart cannot be ordered as it stands; the cart says what.
    CartProblem,
}

/// Where an order that was sent stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlacingView {
    /// Being sent right now.
    Placing,
    /// Sent without a clear answer: it is being looked for (K5, K7).
    InDoubt,
    /// It exists.
    Placed(OrderView),
    /// It exists and cannot be shown in full now: its number, if known.
    PlacedBriefly {
        /// The order's number.
        number: Option<String>,
    },
    /// It was not ordered, because the total is another than the visitor saw: to be confirmed again (K3).
    PriceChanged {
        /// What the visitor saw, if they did.
        seen: Option<Money>,
        /// What it was found to be.
        now: Money,
    },
    /// It does not exist: nothing was ordered, everything is still in the cart.
    NotPlaced(Trouble),
}

/// Where an order stands, in the shopper's words (entities.md §8.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OrderState {
    /// `New`: arrived.
    Arrived,
    /// `Planned`, `FirmPlanned`: received by the seller.
    Received,
    /// `Released`: confirmed, binding.
    Confirmed,
    /// `Completed`, `Closed`.
    Finished,
    /// The separate flag `Void`: cancelled.
    Cancelled,
    /// A state this shop does not know.
    Other,
}

/// An order in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderSummary {
    /// Its record.
    pub id: OrderId,
    /// Its number, text.
    pub number: String,
    /// Its day.
    pub date: Date,
    /// Where it stands.
    pub state: OrderState,
    /// The seller's own word for where it stands.
    pub status: Option<crate::text::Localized>,
    /// The buyer's own number.
    pub purchase_order: Option<String>,
    /// What is to be paid; none if the visitor sees no prices or it could not be read.
    pub total: Option<Money>,
}

/// One page of orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrdersView {
    /// The orders, latest first.
    pub orders: Vec<OrderSummary>,
    /// The page, counted from one.
    pub page: u32,
    /// Whether there is another page.
    pub has_next: bool,
    /// Only orders since this day are shown, by the person's access.
    pub since: Option<Date>,
}

/// An order with its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderView {
    /// What a list shows of it.
    pub summary: OrderSummary,
    /// Its lines.
    pub lines: Vec<OrderLineView>,
    /// Sum of the lines, without VAT; none if hidden or it could not be read.
    pub net: Option<Money>,
    /// VAT and other amounts; empty if hidden.
    pub on_top: Vec<AmountOnTop>,
    /// Whether lines or amounts on top are left out because they cannot be read.
    pub in_part: bool,
    /// Where it goes, one text.
    pub address: Option<String>,
    /// The requested day.
    pub requested_date: Option<Date>,
    /// The buyer's note.
    pub note: Option<String>,
    /// How it came to where it stands: state and instant, oldest first.
    pub history: Vec<(OrderState, OffsetDateTime)>,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLineView {
    /// The product.
    pub product: ProductId,
    /// Its article number, if the shop still sells it.
    pub part_number: Option<crate::catalog::source::PartNumber>,
    /// Its name at the time of the order.
    pub name: crate::text::Localized,
    /// How many; may be negative in a return.
    pub quantity: rust_decimal::Decimal,
    /// Of which unit, as the instance codes it.
    pub unit: String,
    /// What one unit cost; none if hidden or it could not be read.
    pub each: Option<Money>,
    /// All discounts together, as a fraction; none if hidden.
    pub discount: Option<rust_decimal::Decimal>,
    /// What the line cost; none if hidden or it could not be read.
    pub amount: Option<Money>,
    /// A small picture, if the shop still sells it.
    pub picture: Option<crate::catalog::view::PictureView>,
}
