//! A store invented for tests and for looking at pages: a handful of products with every face a product can have, and one
//! cart. What it answers depends on the visitor it is made for.

pub(crate) mod goods;

use std::sync::Mutex;

use async_trait::async_trait;
use rust_decimal::Decimal;
use time::macros::{date, datetime};
use uuid::Uuid;
use vitrina::{
    backend::{Added, Backend, CartTrouble, ShopFacts, Wish},
    cart::{CartBadge, CartProblem, CartView, LineProblem, LineView},
    catalog::{
        listing::{ListQuery, PAGE_SIZE, Paged},
        source::{GroupPath, PartNumber, RelationKind},
        view::{
            Availability, Crumb, GroupTile, GroupView, HomeView, PriceView, ProductCard,
            ProductView, SearchView, Suggestion, UnitChoice, VariantView,
        },
    },
    ids::{AddressId, CustomerId, LineId, OrderId, PartyId, SessionId, VariantId},
    money::Money,
    order::{
        Address, AmountOnTop, CheckoutField, CheckoutForm, CheckoutView, FieldProblem, OrderKey,
        OrderLineView, OrderState, OrderSummary, OrderView, OrdersView, PlaceOutcome, PlacingView,
        Quote, QuoteLine, QuoteView,
    },
    places::{Page, Place},
    quantity::Quantity,
    text::{CleanHtml, Language, Localized},
    trouble::Trouble,
    visitor::{Access, Customer, Person, PersonId, Role, SessionView, Standing, Visitor},
};

use goods::{cards, euro, in_language, picture, units};

/// What is out of order in the invented store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Nothing.
    #[default]
    Well,
    /// There is nothing in it: no products, no lines, no orders.
    Empty,
    /// The instance is away.
    Away,
}

/// The invented store, for one visitor.
pub(crate) struct Store {
    visitor: Visitor,
    mood: Mood,
    lines: Mutex<Vec<LineView>>,
    placing: PlacingView,
    problems: Vec<(CheckoutField, FieldProblem)>,
    ended: bool,
}

impl Store {
    /// For this visitor.
    pub(crate) fn new(visitor: Visitor, mood: Mood) -> Self {
        let lines = if mood == Mood::Empty {
            Vec::new()
        } else {
            lines(Language::ENGLISH, &visitor)
        };
        Self {
            visitor,
            mood,
            lines: Mutex::new(lines),
            placing: PlacingView::Placed(order(OrderState::Arrived)),
            problems: Vec::new(),
            ended: false,
        }
    }

    /// For somebody whose session is no more.
    #[must_use]
    pub(crate) fn ended(mut self) -> Self {
        self.ended = true;
        self
    }

    /// Where an order that was sent stands.
    #[must_use]
    pub(crate) fn placing(mut self, placing: PlacingView) -> Self {
        self.placing = placing;
        self
    }

    /// What is wrong with the checkout's fields.
    #[must_use]
    pub(crate) fn problems(mut self, problems: Vec<(CheckoutField, FieldProblem)>) -> Self {
        self.problems = problems;
        self
    }

    fn prices(&self, mut cards: Vec<ProductCard>) -> Vec<ProductCard> {
        if !self.visitor.sees_prices() {
            for card in &mut cards {
                card.price = PriceView::Hidden;
            }
        }
        cards
    }

    fn cards(&self, language: Language) -> Vec<ProductCard> {
        if self.mood == Mood::Empty {
            return Vec::new();
        }
        self.prices(cards(language))
    }

    fn orders_allowed(&self) -> Result<&Access, Trouble> {
        match &self.visitor {
            Visitor::Guest => Err(Trouble::SignInNeeded),
            Visitor::SignedIn { standing, .. } => match standing {
                _ if self.mood == Mood::Away => Err(Trouble::Away),
                Standing::NoCustomer => Err(Trouble::NoCustomer),
                Standing::Choosing => Err(Trouble::ChooseCustomer),
                Standing::Unknown => Err(Trouble::Away),
                Standing::Acting { access, .. } if access.role.may_order() => Ok(access),
                Standing::Acting { .. } => Err(Trouble::NotAllowed),
            },
        }
    }
}

/// A person who acts for a customer in this role.
pub(crate) fn acting(role: Role) -> Visitor {
    Visitor::SignedIn {
        person: person(),
        standing: Standing::Acting {
            access: access(role),
            has_others: true,
        },
    }
}

/// A person.
pub(crate) fn person() -> Person {
    Person {
        id: PersonId::User(Uuid::from_u128(1)),
        name: "Mila Petrova".to_owned(),
        employee: false,
    }
}

fn access(role: Role) -> Access {
    Access {
        customer: Customer {
            id: CustomerId(Uuid::from_u128(7)),
            number: "1007".to_owned(),
            name: "Studio Meridian Ltd".to_owned(),
            party: PartyId(Uuid::from_u128(8)),
            price_list: None,
            kind: None,
            served_by: None,
            currency: None,
            delivery_days: 0,
            ships_to_itself: true,
        },
        role,
        days_back: None,
    }
}

/// An order's key that the store knows.
pub(crate) fn key() -> OrderKey {
    OrderKey(Uuid::from_u128(77))
}

/// An order's id that the store knows.
pub(crate) fn order_id() -> OrderId {
    OrderId(Uuid::from_u128(88))
}

/// The id of a line of the cart.
pub(crate) fn line_id(at: u128) -> LineId {
    LineId(Uuid::from_u128(500 + at))
}

fn group_path(code: &str) -> GroupPath {
    GroupPath::from_codes(vec![code.to_owned()]).unwrap()
}

fn tiles(language: Language) -> Vec<GroupTile> {
    [
        ("10", "Lamps", "Лампи", 3),
        ("20", "Chairs", "Столове", 2),
        ("30", "Tableware", "Съдове", 24),
        ("40", "Paper and pens", "Хартия и химикалки", 31),
    ]
    .into_iter()
    .enumerate()
    .map(|(index, (code, english, bulgarian, products))| GroupTile {
        name: in_language(language, english, bulgarian),
        path: group_path(code),
        picture: Some(picture(&format!("group-{index}"))),
        products,
        below: Vec::new(),
    })
    .collect()
}

fn lines(language: Language, visitor: &Visitor) -> Vec<LineView> {
    let cards = cards(language);
    let line = |at: usize, quantity: &str, problem| {
        let card = cards[at].clone();
        let quantity = Quantity::parse(quantity, true, Language::ENGLISH).unwrap();
        let each = match card.price {
            PriceView::Known(price) if visitor.sees_prices() => Some(price.each),
            _ => None,
        };
        LineView {
            id: line_id(at as u128),
            name: card.name,
            variant: card.has_variants.then(|| "Oak".to_owned()),
            part_number: (problem != Some(LineProblem::Withdrawn)).then_some(card.part_number),
            picture: card.picture,
            quantity,
            unit: Some(card.unit),
            amount: each
                .as_ref()
                .map(|each| Money::new(each.amount * quantity.value(), each.currency.clone())),
            each,
            availability: card.availability,
            problem,
        }
    };
    vec![
        line(0, "2", None),
        line(1, "1", None),
        line(4, "12.5", None),
        line(3, "3", Some(LineProblem::BelowMinimum(Decimal::from(6)))),
    ]
}

fn words(english: &str, bulgarian: &str) -> Localized {
    [
        (Language::ENGLISH, english.to_owned()),
        (Language::BULGARIAN, bulgarian.to_owned()),
    ]
    .into_iter()
    .collect()
}

/// An order with lines.
pub(crate) fn order(state: OrderState) -> OrderView {
    OrderView {
        summary: summary(state),
        lines: vec![OrderLineView {
            product: goods::product_id(0),
            part_number: PartNumber::new("LAMP-01"),
            name: words("Desk lamp Aster", "Настолна лампа Астер"),
            quantity: Decimal::from(2),
            unit: "pcs".to_owned(),
            each: Some(euro("89.00")),
            discount: Some("0.1".parse().unwrap()),
            amount: Some(euro("160.20")),
            picture: Some(picture("lamp")),
        }],
        net: Some(euro("160.20")),
        on_top: vec![vat("32.04")],
        in_part: false,
        address: Some("12 Vitosha Blvd, 1000 Sofia".to_owned()),
        requested_date: Some(date!(2026 - 12 - 04)),
        note: Some("Please ring twice.".to_owned()),
        history: vec![
            (OrderState::Arrived, datetime!(2026-11-23 9:30 UTC)),
            (state, datetime!(2026-11-23 10:12 UTC)),
        ],
    }
}

fn summary(state: OrderState) -> OrderSummary {
    OrderSummary {
        id: order_id(),
        number: "SO-000412".to_owned(),
        date: date!(2026 - 11 - 23),
        state,
        status: None,
        purchase_order: Some("PO-2026/118".to_owned()),
        total: Some(euro("192.24")),
    }
}

fn vat(amount: &str) -> AmountOnTop {
    AmountOnTop {
        name: words("VAT", "ДДС"),
        percent: Some("0.2".parse().unwrap()),
        amount: euro(amount),
    }
}

#[async_trait]
impl Backend for Store {
    fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    fn visit(&self) -> Option<String> {
        self.visitor.person().map(|_| "visit-of-mila".to_owned())
    }

    fn ended(&self) -> bool {
        self.ended
    }

    fn shop(&self) -> ShopFacts {
        ShopFacts {
            name: "Nordwood".to_owned(),
            languages: vec![Language::ENGLISH, Language::BULGARIAN],
            demo: true,
            takes_orders: true,
            filled: true,
            stale_since: (self.mood == Mood::Away).then_some(datetime!(2026-11-23 8:05 UTC)),
        }
    }

    fn menu(&self, language: Language) -> Vec<GroupTile> {
        if self.mood == Mood::Empty {
            return Vec::new();
        }
        tiles(language)
    }

    fn home(&self, language: Language) -> Result<HomeView, Trouble> {
        let cards = self.cards(language);
        Ok(HomeView {
            groups: self.menu(language),
            featured: cards.iter().take(4).cloned().collect(),
            reduced: cards
                .into_iter()
                .filter(
                    |card| matches!(&card.price, PriceView::Known(price) if price.before.is_some()),
                )
                .collect(),
        })
    }

    fn group(
        &self,
        language: Language,
        path: &GroupPath,
        query: ListQuery,
    ) -> Result<GroupView, Trouble> {
        let tile = tiles(language)
            .into_iter()
            .find(|tile| tile.path == *path)
            .ok_or(Trouble::NotFound)?;
        let cards = self.cards(language);
        // The third group is long enough to have pages.
        let copies = if path == &group_path("30") { 8 } else { 1 };
        let all: Vec<_> = std::iter::repeat_n(cards, copies).flatten().collect();
        Ok(GroupView {
            name: tile.name,
            above: Vec::new(),
            below: if copies > 1 {
                tiles(language).into_iter().take(2).collect()
            } else {
                Vec::new()
            },
            products: Paged::cut(all.into_iter(), query.page, PAGE_SIZE)
                .ok_or(Trouble::NotFound)?,
        })
    }

    fn product(
        &self,
        language: Language,
        part_number: &PartNumber,
    ) -> Result<ProductView, Trouble> {
        let cards = self.cards(language);
        let card = cards
            .iter()
            .find(|card| card.part_number == *part_number)
            .cloned()
            .ok_or(Trouble::NotFound)?;
        let [piece, pack, ..] = units(language);
        let variants = if card.has_variants {
            ["Oak", "Walnut", "Black"]
                .into_iter()
                .enumerate()
                .map(|(index, name)| VariantView {
                    id: VariantId(Uuid::from_u128(300 + index as u128)),
                    name: name.to_owned(),
                })
                .collect()
        } else {
            Vec::new()
        };
        Ok(ProductView {
            above: vec![Crumb {
                name: in_language(language, "Lamps", "Лампи"),
                path: group_path("10"),
            }],
            description: in_language(
                language,
                "A quiet lamp for long evenings: a heavy foot, a light arm, a shade of folded steel.",
                "Тиха лампа за дълги вечери: тежка основа, леко рамо, абажур от сгъната стомана.",
            ),
            html: Some(CleanHtml::trusted_from_cleaner(
                "<p>Powder-coated steel.</p><ul><li>40 cm high</li><li>E27, up to 9 W</li></ul>"
                    .to_owned(),
            )),
            pictures: if card.picture.is_some() {
                ["lamp", "lamp-2", "lamp-3"]
                    .into_iter()
                    .map(picture)
                    .collect()
            } else {
                Vec::new()
            },
            variants,
            units: if card.unit == piece {
                vec![
                    UnitChoice {
                        unit: piece,
                        holds: Decimal::ONE,
                    },
                    UnitChoice {
                        unit: pack,
                        holds: Decimal::TEN,
                    },
                ]
            } else {
                vec![UnitChoice {
                    unit: card.unit.clone(),
                    holds: Decimal::ONE,
                }]
            },
            codes: vec!["3800000000017".to_owned()],
            warranty_days: Some(730),
            related: cards
                .into_iter()
                .filter(|other| other.id != card.id)
                .take(3)
                .map(|other| (RelationKind::Merchandising, other))
                .collect(),
            card,
        })
    }

    fn search(
        &self,
        language: Language,
        text: &str,
        query: ListQuery,
    ) -> Result<SearchView, Trouble> {
        let cards = self.cards(language);
        let found: Vec<_> = if text == "nothing" { Vec::new() } else { cards };
        Ok(SearchView {
            text: text.to_owned(),
            similar: text == "lmap",
            products: Paged::cut(found.into_iter(), query.page, PAGE_SIZE)
                .ok_or(Trouble::NotFound)?,
        })
    }

    fn suggest(&self, language: Language, text: &str) -> Vec<Suggestion> {
        self.cards(language)
            .into_iter()
            .filter(|card| card.name.to_lowercase().contains(&text.to_lowercase()))
            .map(|card| Suggestion {
                name: card.name,
                address: Place::new(language, Page::Product(card.part_number)).path(),
                picture: card
                    .picture
                    .map(|picture| picture.sources[0].address.clone()),
                price: match card.price {
                    PriceView::Known(price) => Some(price.each.format(language)),
                    PriceView::OnRequest | PriceView::Hidden => None,
                },
            })
            .collect()
    }

    async fn cart(&self, _: Language) -> Result<CartView, Trouble> {
        let lines = self.lines.lock().unwrap().clone();
        let subtotal = lines
            .iter()
            .filter_map(|line| line.amount.clone())
            .reduce(|sum, amount| sum.plus(&amount).unwrap());
        Ok(CartView {
            incomplete: lines.iter().any(|line| line.amount.is_none()),
            lines,
            subtotal: subtotal.map(|subtotal| subtotal.rounded()),
        })
    }

    async fn badge(&self, _: Language) -> CartBadge {
        CartBadge {
            lines: u32::try_from(self.lines.lock().unwrap().len()).unwrap(),
            subtotal: None,
        }
    }

    async fn add_to_cart(&self, language: Language, wish: Wish) -> Result<Added, CartTrouble> {
        let card = cards(language)
            .into_iter()
            .find(|card| card.id == wish.product)
            .ok_or(CartTrouble::Gone)?;
        if card.has_variants && wish.variant.is_none() {
            return Err(CartTrouble::PickVariant);
        }
        let quantity = Quantity::parse(&wish.quantity, card.unit.divisible, language)
            .map_err(CartProblem::Quantity)?;
        let mut lines = self.lines.lock().unwrap();
        let mut line = LineView {
            quantity,
            ..self::lines(language, &self.visitor)[0].clone()
        };
        line.id = line_id(100 + lines.len() as u128);
        line.name.clone_from(&card.name);
        lines.push(line);
        Ok(Added {
            name: card.name,
            badge: CartBadge {
                lines: u32::try_from(lines.len()).unwrap(),
                subtotal: None,
            },
        })
    }

    async fn change_line(
        &self,
        language: Language,
        line: LineId,
        quantity: &str,
    ) -> Result<(), CartTrouble> {
        let quantity = Quantity::parse(quantity, false, language).map_err(CartProblem::Quantity)?;
        for known in self.lines.lock().unwrap().iter_mut() {
            if known.id == line {
                known.quantity = quantity;
                known.problem = None;
            }
        }
        Ok(())
    }

    async fn remove_line(&self, line: LineId) -> Result<(), CartTrouble> {
        self.lines.lock().unwrap().retain(|known| known.id != line);
        Ok(())
    }

    async fn restore_line(&self) -> Result<(), CartTrouble> {
        *self.lines.lock().unwrap() = lines(Language::ENGLISH, &self.visitor);
        Ok(())
    }

    async fn customers(&self) -> Result<Vec<Access>, Trouble> {
        match &self.visitor {
            Visitor::Guest => Err(Trouble::SignInNeeded),
            Visitor::SignedIn { standing, .. } => Ok(match standing {
                Standing::NoCustomer | Standing::Unknown => Vec::new(),
                Standing::Choosing | Standing::Acting { .. } => {
                    let mut other = access(Role::Owner);
                    other.customer.id = CustomerId(Uuid::from_u128(9));
                    "Kanti Bakeries".clone_into(&mut other.customer.name);
                    vec![access(Role::OrdersWithPrices), other]
                }
            }),
        }
    }

    async fn choose_customer(&self, customer: CustomerId) -> Result<(), Trouble> {
        if customer == access(Role::Owner).customer.id {
            Ok(())
        } else {
            Err(Trouble::NotAllowed)
        }
    }

    async fn checkout(&self, language: Language) -> Result<CheckoutView, Trouble> {
        let customer = match self.orders_allowed() {
            Ok(access) => access.customer.name.clone(),
            // The cart and what was typed are ours: only the total is missing.
            Err(Trouble::Away) => "Studio Meridian Ltd".to_owned(),
            Err(trouble) => return Err(trouble),
        };
        let cart = self.cart(language).await?;
        let quote = if self.mood == Mood::Away {
            QuoteView::Unavailable(Trouble::Away)
        } else if !self.visitor.sees_prices() {
            QuoteView::Hidden
        } else {
            QuoteView::Binding(Quote {
                lines: cart
                    .lines
                    .iter()
                    .filter_map(|line| {
                        Some(QuoteLine {
                            line: line.id,
                            each: line.each.clone()?,
                            discount: Decimal::ZERO,
                            amount: line.amount.clone()?,
                        })
                    })
                    .collect(),
                net: euro("1250.40"),
                on_top: vec![vat("250.08")],
                total: euro("1500.48"),
            })
        };
        Ok(CheckoutView {
            key: key(),
            cart,
            customer,
            addresses: [
                ("12 Vitosha Blvd, 1000 Sofia", true),
                ("Warehouse 3, 4000 Plovdiv", false),
            ]
            .into_iter()
            .enumerate()
            .map(|(index, (text, usual))| Address {
                id: AddressId(Uuid::from_u128(600 + index as u128)),
                text: text.to_owned(),
                usual,
            })
            .collect(),
            needs_delivery: true,
            form: CheckoutForm {
                purchase_order: "PO-2026/118".to_owned(),
                ..CheckoutForm::default()
            },
            problems: self.problems.clone(),
            quote,
            days: (date!(2026 - 11 - 23), date!(2027 - 11 - 23)),
        })
    }

    async fn keep_form(&self, _: CheckoutForm) -> Result<(), Trouble> {
        Ok(())
    }

    async fn place(
        &self,
        key: OrderKey,
        form: CheckoutForm,
        seen: Option<Money>,
    ) -> Result<PlaceOutcome, Trouble> {
        self.orders_allowed()?;
        Ok(if form.purchase_order.chars().count() > 20 {
            PlaceOutcome::Fields(vec![(
                CheckoutField::PurchaseOrder,
                FieldProblem::TooLong(20),
            )])
        } else if seen.as_ref() == Some(&euro("1500.48")) {
            PlaceOutcome::Underway(key)
        } else {
            PlaceOutcome::PriceChanged {
                seen,
                now: euro("1500.48"),
            }
        })
    }

    async fn placing(&self, key: OrderKey) -> Result<PlacingView, Trouble> {
        if key == self::key() {
            Ok(self.placing.clone())
        } else {
            Err(Trouble::NotFound)
        }
    }

    async fn sessions(&self) -> Result<Vec<SessionView>, Trouble> {
        self.visitor.person().ok_or(Trouble::SignInNeeded)?;
        if self.mood == Mood::Away {
            return Err(Trouble::Away);
        }
        let session = |at: u128, device: &str| SessionView {
            id: SessionId(Uuid::from_u128(900 + at)),
            device: device.to_owned(),
            since: datetime!(2026-11-23 8:05 +2),
            seen: datetime!(2026-11-23 9:40 +2),
            here: at == 0,
        };
        let mut sessions = vec![session(0, "Firefox, Linux")];
        if self.mood != Mood::Empty {
            sessions.extend([session(1, "Safari, iPhone"), session(2, "")]);
        }
        Ok(sessions)
    }

    async fn end_session(&self, _: SessionId) -> Result<(), Trouble> {
        self.visitor.person().ok_or(Trouble::SignInNeeded)?;
        Ok(())
    }

    async fn orders(&self, page: u32) -> Result<OrdersView, Trouble> {
        self.orders_allowed()?;
        let orders = match (self.mood, page) {
            (Mood::Empty, 1) => Vec::new(),
            (_, 1) => [
                OrderState::Arrived,
                OrderState::Confirmed,
                OrderState::Cancelled,
            ]
            .map(summary)
            .to_vec(),
            _ => return Err(Trouble::NotFound),
        };
        Ok(OrdersView {
            orders,
            page,
            has_next: false,
            since: Some(date!(2026 - 08 - 25)),
        })
    }

    async fn order(&self, id: OrderId) -> Result<OrderView, Trouble> {
        self.orders_allowed()?;
        if id == order_id() {
            Ok(order(OrderState::Confirmed))
        } else {
            Err(Trouble::NotFound)
        }
    }
}

/// Every availability is on some card.
pub(crate) fn availabilities() -> Vec<Availability> {
    cards(Language::ENGLISH)
        .into_iter()
        .map(|card| card.availability)
        .collect()
}
