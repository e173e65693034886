use proptest::prelude::*;
use time::macros::date;
use uuid::Uuid;

use super::*;
use crate::{
    catalog::source::StandardPrice,
    ids::{CampaignId, TargetGroupId},
    pricing::{
        rows::{Priority, Validity},
        units::tests::{BOX, KILO, PIECE, product, units},
    },
};

const LAMPS: GroupId = GroupId(Uuid::from_u128(21));
const HOME: GroupId = GroupId(Uuid::from_u128(22));
const GARDEN: GroupId = GroupId(Uuid::from_u128(23));
const LIST: PriceListId = PriceListId(Uuid::from_u128(31));
const OTHER_LIST: PriceListId = PriceListId(Uuid::from_u128(32));
const US: CustomerId = CustomerId(Uuid::from_u128(41));
const THEM: CustomerId = CustomerId(Uuid::from_u128(42));

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn money(amount: &str, currency: &str) -> Money {
    Money::new(number(amount), Currency::new(currency).unwrap())
}

fn row(amount: &str) -> PriceRow {
    PriceRow {
        product: ProductId(Uuid::from_u128(7)),
        price: money(amount, "EUR"),
        per: Decimal::ONE,
        unit: PIECE,
        validity: Validity::default(),
        range: QuantityRange::default(),
        conditions: Conditions::default(),
        ordinal: None,
        priority: Priority::Low,
    }
}

fn off(fraction: &str, level: DiscountLevel) -> DiscountRow {
    DiscountRow {
        fraction: number(fraction),
        level,
        product: None,
        group: None,
        validity: Validity::default(),
        range: QuantityRange::default(),
        conditions: Conditions::default(),
        priority: Priority::Medium,
    }
}

fn from(row: PriceRow, least: i64, unit: Option<UnitId>) -> PriceRow {
    let range = QuantityRange {
        min: Some((least.into(), unit)),
        max: None,
    };
    PriceRow { range, ..row }
}

fn guest() -> Buyer {
    Buyer {
        customer: None,
        ship_to: None,
        price_list: None,
        customer_type: None,
        channel: None,
        company: None,
        location: None,
        currency: Currency::new("EUR"),
        day: date!(2026 - 06 - 15),
    }
}

fn buyer() -> Buyer {
    Buyer {
        customer: Some(US),
        ship_to: Some(US),
        price_list: Some(LIST),
        ..guest()
    }
}

fn list(applies_level: DiscountLevel) -> PriceList {
    PriceList {
        id: LIST,
        validity: Validity::default(),
        applies_level,
    }
}

fn each(
    prices: Vec<PriceRow>,
    discounts: Vec<DiscountRow>,
    lists: Vec<PriceList>,
    buyer: &Buyer,
    quantity: &str,
) -> Option<String> {
    let product = product(7);
    let units = units();
    let goods = Goods {
        product: &product,
        groups: &[LAMPS, HOME],
        units: &units,
    };
    PriceBook::new(prices, discounts, lists)
        .unit_price(goods, buyer, PIECE, number(quantity))
        .map(|price| price.each.amount.to_string())
}

#[test]
fn a_negative_price_that_wins_hides_the_price_and_no_other_row_stands_in() {
    let mut negative = row("-1");
    negative.priority = Priority::Highest;
    let rows = vec![row("9"), negative.clone()];
    assert_eq!(each(rows, vec![], vec![], &guest(), "1"), None);
    negative.priority = Priority::Lowest;
    let rows = vec![row("9"), negative];
    assert_eq!(
        each(rows, vec![], vec![], &guest(), "1").as_deref(),
        Some("9")
    );
}

#[test]
fn bounds_are_compared_with_quantities_of_three_places_and_discounts_have_six() {
    let rows = vec![
        row("9"),
        PriceRow {
            priority: Priority::High,
            ..from(row("5"), 2, None)
        },
    ];
    assert_eq!(
        each(rows.clone(), vec![], vec![], &guest(), "1.9995").as_deref(),
        Some("5")
    );
    assert_eq!(
        each(rows, vec![], vec![], &guest(), "1.9994").as_deref(),
        Some("9")
    );
    let thirds = vec![
        off("0.333333", DiscountLevel::One),
        off("0.333333", DiscountLevel::Two),
    ];
    let book = PriceBook::new(vec![row("1")], thirds, vec![list(DiscountLevel::Two)]);
    let (product, units) = (product(7), units());
    let goods = Goods {
        product: &product,
        groups: &[],
        units: &units,
    };
    let price = book
        .unit_price(goods, &buyer(), PIECE, Decimal::ONE)
        .unwrap();
    assert_eq!(price.discount, number("0.555555"));
}

#[test]
fn a_customer_that_may_not_be_delivered_to_gets_no_price_for_deliveries() {
    let mut special = row("5");
    special.priority = Priority::Highest;
    special.conditions.ship_to = Some(US);
    let elsewhere = Buyer {
        ship_to: None,
        ..buyer()
    };
    let rows = vec![row("9"), special];
    assert_eq!(
        each(rows, vec![], vec![], &elsewhere, "1").as_deref(),
        Some("9")
    );
}

#[test]
fn rows_for_a_target_group_match_its_members() {
    let group = TargetGroupId(Uuid::from_u128(51));
    let mut special = row("5");
    special.priority = Priority::Highest;
    special.conditions.target_group = Some(group);
    let book = PriceBook::new(vec![row("9"), special], vec![], vec![])
        .with_members(HashMap::from([(group, HashSet::from([US]))]));
    let (product, units) = (product(7), units());
    let goods = Goods {
        product: &product,
        groups: &[],
        units: &units,
    };
    let others = Buyer {
        customer: Some(THEM),
        ..buyer()
    };
    for (who, expected) in [(buyer(), "5"), (others, "9"), (guest(), "9")] {
        let who = book.essential(who);
        let price = book.unit_price(goods, &who, PIECE, Decimal::ONE).unwrap();
        assert_eq!(price.each.amount, number(expected), "{who:?}");
    }
}

#[test]
fn every_condition_must_match() {
    let with = |change: fn(&mut Conditions)| {
        let mut special = row("5");
        special.priority = Priority::Highest;
        change(&mut special.conditions);
        vec![row("9"), special]
    };
    for (what, rows, for_us) in [
        ("none", with(|_| {}), "5"),
        ("our customer", with(|c| c.customer = Some(US)), "5"),
        ("another customer", with(|c| c.customer = Some(THEM)), "9"),
        ("delivery to us", with(|c| c.ship_to = Some(US)), "5"),
        ("delivery to others", with(|c| c.ship_to = Some(THEM)), "9"),
        ("our list", with(|c| c.price_list = Some(LIST)), "5"),
        (
            "another list",
            with(|c| c.price_list = Some(OTHER_LIST)),
            "9",
        ),
        (
            "a type we are not",
            with(|c| c.customer_type = Some(CustomerTypeId(Uuid::nil()))),
            "9",
        ),
        (
            "a channel we are not",
            with(|c| c.channel = Some(ChannelId(Uuid::nil()))),
            "9",
        ),
        (
            "a company we are not",
            with(|c| c.company = Some(CompanyId(Uuid::nil()))),
            "9",
        ),
        (
            "a location we are not",
            with(|c| c.location = Some(LocationId(Uuid::nil()))),
            "9",
        ),
        (
            "a target group",
            with(|c| c.target_group = Some(TargetGroupId(Uuid::nil()))),
            "9",
        ),
        (
            "a campaign",
            with(|c| c.campaign = Some(CampaignId(Uuid::nil()))),
            "9",
        ),
        (
            "ours, but of another list",
            with(|c| (c.customer, c.price_list) = (Some(US), Some(OTHER_LIST))),
            "9",
        ),
    ] {
        assert_eq!(
            each(rows.clone(), vec![], vec![], &buyer(), "1").as_deref(),
            Some(for_us),
            "{what}"
        );
        let for_guests = if what == "none" { "5" } else { "9" };
        assert_eq!(
            each(rows, vec![], vec![], &guest(), "1").as_deref(),
            Some(for_guests),
            "{what}, guest"
        );
    }
}

#[test]
fn the_lowest_ordinal_then_the_highest_priority_then_the_latest_day_wins() {
    let typed = |amount, ordinal, priority, day| PriceRow {
        ordinal,
        priority,
        validity: Validity {
            from: day,
            thru: None,
        },
        ..row(amount)
    };
    let january = Some(date!(2026 - 01 - 01));
    let may = Some(date!(2026 - 05 - 01));
    for (what, rows, wins) in [
        (
            "ordinal before priority",
            vec![
                typed("1", Some(2), Priority::Highest, may),
                typed("2", Some(1), Priority::Lowest, None),
            ],
            "2",
        ),
        (
            "no type comes last",
            vec![
                typed("1", None, Priority::Highest, may),
                typed("2", Some(90), Priority::Low, None),
            ],
            "2",
        ),
        (
            "priority before day",
            vec![
                typed("1", Some(1), Priority::High, None),
                typed("2", Some(1), Priority::Low, may),
            ],
            "1",
        ),
        (
            "the latest day",
            vec![
                typed("1", None, Priority::Low, january),
                typed("2", None, Priority::Low, may),
            ],
            "2",
        ),
        (
            "any day before none",
            vec![
                typed("1", None, Priority::Low, None),
                typed("2", None, Priority::Low, january),
            ],
            "2",
        ),
    ] {
        let reversed = rows.iter().rev().cloned().collect();
        assert_eq!(
            each(rows, vec![], vec![], &guest(), "1").as_deref(),
            Some(wins),
            "{what}"
        );
        assert_eq!(
            each(reversed, vec![], vec![], &guest(), "1").as_deref(),
            Some(wins),
            "{what}, reversed"
        );
    }
}

#[test]
fn a_row_counts_on_its_first_and_last_day_and_on_no_other() {
    let in_june = |buyer: &Buyer| {
        let validity = Validity {
            from: Some(date!(2026 - 06 - 01)),
            thru: Some(date!(2026 - 06 - 30)),
        };
        each(
            vec![PriceRow {
                validity,
                ..row("5")
            }],
            vec![],
            vec![],
            buyer,
            "1",
        )
    };
    for (day, counts) in [
        (date!(2026 - 05 - 31), false),
        (date!(2026 - 06 - 01), true),
        (date!(2026 - 06 - 30), true),
        (date!(2026 - 07 - 01), false),
    ] {
        assert_eq!(
            in_june(&Buyer { day, ..guest() }).is_some(),
            counts,
            "{day}"
        );
    }
}

#[test]
fn breaks_count_in_their_own_unit() {
    let rows = || {
        vec![
            row("10"),
            PriceRow {
                ordinal: Some(1),
                ..from(row("8"), 2, Some(BOX))
            },
        ]
    };
    for (quantity, expected) in [("1", "10"), ("39.999", "10"), ("40", "8"), ("41", "8")] {
        assert_eq!(
            each(rows(), vec![], vec![], &guest(), quantity).as_deref(),
            Some(expected),
            "{quantity}"
        );
    }
    let unreachable = vec![
        row("10"),
        PriceRow {
            ordinal: Some(1),
            ..from(row("8"), 1, Some(KILO))
        },
    ];
    assert_eq!(
        each(unreachable, vec![], vec![], &guest(), "500").as_deref(),
        Some("10")
    );
}

#[test]
fn prices_are_per_lot_and_convert_between_units() {
    let per_box = PriceRow {
        per: Decimal::TWO,
        unit: BOX,
        ..row("100")
    };
    assert_eq!(
        each(vec![per_box], vec![], vec![], &guest(), "1").as_deref(),
        Some("2.5")
    );
    let third = PriceRow {
        per: Decimal::from(3),
        ..row("1")
    };
    assert_eq!(
        each(vec![third], vec![], vec![], &guest(), "1").as_deref(),
        Some("0.33333")
    );
}

#[test]
fn rows_of_another_currency_or_for_nothing_are_left_out() {
    for odd in [
        PriceRow {
            price: money("1", "USD"),
            ..row("1")
        },
        PriceRow {
            per: Decimal::ZERO,
            ..row("1")
        },
        PriceRow {
            unit: KILO,
            ..row("1")
        },
        row("-1"),
    ] {
        assert_eq!(
            each(vec![odd.clone()], vec![], vec![], &guest(), "1"),
            None,
            "{odd:?}"
        );
    }
}

#[test]
fn without_a_row_the_standard_price_counts() {
    let units = units();
    for (lot, amount, currency, expected) in [
        ("10", "25", "EUR", Some("2.5")),
        ("0", "25", "EUR", None),
        ("10", "0", "EUR", None),
        ("10", "25", "USD", None),
    ] {
        let mut product = product(7);
        product.standard_price = Some(StandardPrice {
            per_lot: money(amount, currency),
            lot: number(lot),
        });
        let goods = Goods {
            product: &product,
            groups: &[LAMPS],
            units: &units,
        };
        let price = PriceBook::default().unit_price(goods, &guest(), PIECE, Decimal::ONE);
        assert_eq!(
            price.map(|p| p.each.amount.to_string()).as_deref(),
            expected,
            "{lot} {amount} {currency}"
        );
    }
}

#[test]
fn discounts_cascade_by_level_as_far_as_the_price_list_allows() {
    use DiscountLevel::{One, Three, Two};
    let all = || vec![off("0.1", One), off("0.2", Two), off("0.5", Three)];
    for (what, lists, buyer, expected) in [
        ("guest", vec![list(Three)], guest(), "9"),
        ("a list of level one", vec![list(One)], buyer(), "9"),
        ("of level two", vec![list(Two)], buyer(), "7.2"),
        ("of level three", vec![list(Three)], buyer(), "3.6"),
        ("an unknown list", vec![], buyer(), "9"),
        (
            "a list of last year",
            vec![PriceList {
                validity: Validity {
                    from: None,
                    thru: Some(date!(2025 - 12 - 31)),
                },
                ..list(Three)
            }],
            buyer(),
            "9",
        ),
    ] {
        assert_eq!(
            each(vec![row("10")], all(), lists, &buyer, "1").as_deref(),
            Some(expected),
            "{what}"
        );
    }
}

#[test]
fn one_discount_of_a_level_wins_and_a_group_includes_those_below() {
    use DiscountLevel::One;
    let in_group = |fraction, group| DiscountRow {
        group: Some(group),
        ..off(fraction, One)
    };
    let urgent = |row| DiscountRow {
        priority: Priority::High,
        ..row
    };
    for (what, discounts, expected) in [
        ("the group itself", vec![in_group("0.1", LAMPS)], "9"),
        ("a group above", vec![in_group("0.1", HOME)], "9"),
        ("another group", vec![in_group("0.1", GARDEN)], "10"),
        (
            "the higher priority",
            vec![off("0.5", One), urgent(in_group("0.1", HOME))],
            "9",
        ),
        (
            "the later day",
            vec![
                off("0.5", One),
                DiscountRow {
                    validity: Validity {
                        from: Some(date!(2026 - 02 - 01)),
                        thru: None,
                    },
                    ..off("0.1", One)
                },
            ],
            "9",
        ),
        (
            "the product",
            vec![DiscountRow {
                product: Some(ProductId(Uuid::from_u128(7))),
                ..off("0.3", One)
            }],
            "7",
        ),
        (
            "the product, but in another group",
            vec![DiscountRow {
                product: Some(ProductId(Uuid::from_u128(7))),
                ..in_group("0.3", GARDEN)
            }],
            "10",
        ),
        ("more than everything", vec![off("1.1", One)], "10"),
        ("less than nothing", vec![off("-0.1", One)], "10"),
    ] {
        assert_eq!(
            each(vec![row("10")], discounts, vec![], &guest(), "1").as_deref(),
            Some(expected),
            "{what}"
        );
    }
}

#[test]
fn a_page_shows_the_price_before_and_the_breaks() {
    let product = product(7);
    let units = units();
    let goods = Goods {
        product: &product,
        groups: &[LAMPS],
        units: &units,
    };
    let ranked = |ordinal, row| PriceRow {
        ordinal: Some(ordinal),
        ..row
    };
    let book = PriceBook::new(
        vec![
            ranked(3, row("10")),
            ranked(2, from(row("9"), 5, None)),
            // Dearer from ten on is no break that a page would praise.
            ranked(1, from(row("9.5"), 10, None)),
            ranked(0, from(row("5"), 1, Some(BOX))),
        ],
        vec![off("0.1", DiscountLevel::One)],
        vec![],
    );
    let price = book.price(goods, &guest(), Decimal::ONE).unwrap();
    assert_eq!(price.each, money("9", "EUR"));
    assert_eq!(price.before, Some(money("10", "EUR")));
    let breaks: Vec<_> = price
        .breaks
        .iter()
        .map(|b| (b.from.to_string(), b.each.amount.to_string()))
        .collect();
    assert_eq!(
        breaks,
        [
            ("5".to_owned(), "8.1".to_owned()),
            ("20".to_owned(), "4.5".to_owned())
        ]
    );
}

#[test]
fn a_line_is_rounded_to_cents_once() {
    let price = UnitPrice {
        before: money("0.333", "EUR"),
        discount: number("0.05"),
        each: money("0.31635", "EUR"),
    };
    assert_eq!(price.amount(Decimal::from(3)), Some(money("0.95", "EUR")));
    let dear = UnitPrice {
        before: money("3", "EUR"),
        ..price
    };
    assert_eq!(dear.amount(Decimal::MAX), None);
}

#[test]
fn buyers_whom_no_row_names_share_their_prices() {
    let mut named = row("1");
    named.conditions.customer = Some(US);
    let book = PriceBook::new(vec![named], vec![], vec![]);
    assert_eq!(book.essential(buyer()).customer, Some(US));
    assert_eq!(
        book.essential(Buyer {
            customer: Some(THEM),
            ..buyer()
        })
        .customer,
        None
    );
}

fn any_row() -> impl Strategy<Value = PriceRow> {
    (
        0_u32..10_000,
        1_u32..20,
        0_i32..4,
        0_u32..30,
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(cents, per, ordinal, least, customer, boxed)| PriceRow {
            price: Money::new(Decimal::new(cents.into(), 2), Currency::new("EUR").unwrap()),
            per: per.into(),
            unit: if boxed { BOX } else { PIECE },
            ordinal: (ordinal > 0).then_some(ordinal),
            range: QuantityRange {
                min: (least > 0).then(|| (least.into(), None)),
                max: None,
            },
            conditions: Conditions {
                customer: customer.then_some(US),
                ..Conditions::default()
            },
            ..row("0")
        })
}

fn any_discount() -> impl Strategy<Value = DiscountRow> {
    (0_u32..=100, 0_u8..3, 0_u32..30).prop_map(|(percent, level, least)| DiscountRow {
        level: match level {
            0 => DiscountLevel::One,
            1 => DiscountLevel::Two,
            _ => DiscountLevel::Three,
        },
        range: QuantityRange {
            min: (least > 0).then(|| (least.into(), None)),
            max: None,
        },
        ..off(
            &Decimal::new(percent.into(), 2).to_string(),
            DiscountLevel::One,
        )
    })
}

proptest! {
    /// Whatever the rows say: no price is negative, no discount makes dearer, breaks rise in quantity and fall in price,
    /// and what a break promises is what that quantity costs.
    #[test]
    fn prices_hold_their_promises(
        rows in prop::collection::vec(any_row(), 0..8),
        discounts in prop::collection::vec(any_discount(), 0..6),
        signed_in in any::<bool>(),
    ) {
        let product = product(7);
        let units = units();
        let goods = Goods { product: &product, groups: &[LAMPS], units: &units };
        let book = PriceBook::new(rows, discounts, vec![list(DiscountLevel::Three)]);
        let buyer = if signed_in { buyer() } else { guest() };
        if let Some(price) = book.price(goods, &buyer, Decimal::ONE) {
            prop_assert!(price.each.amount >= Decimal::ZERO);
            if let Some(before) = &price.before {
                prop_assert!(price.each.amount < before.amount);
            }
            let mut last = (Decimal::ONE, price.each.amount);
            for step in &price.breaks {
                prop_assert!(step.from > last.0 && step.each.amount < last.1);
                last = (step.from, step.each.amount);
                let exact = book.unit_price(goods, &buyer, PIECE, step.from).unwrap();
                prop_assert_eq!(&exact.each, &step.each);
            }
        }
    }

    /// Without its essential parts a buyer pays the same.
    #[test]
    fn essential_buyers_pay_the_same(rows in prop::collection::vec(any_row(), 0..8), quantity in 1_u32..50) {
        let product = product(7);
        let units = units();
        let goods = Goods { product: &product, groups: &[LAMPS], units: &units };
        let book = PriceBook::new(rows, vec![], vec![]);
        for buyer in [buyer(), Buyer { customer: Some(THEM), ..buyer() }] {
            let exact = book.unit_price(goods, &buyer, PIECE, quantity.into());
            prop_assert_eq!(exact, book.unit_price(goods, &book.essential(buyer), PIECE, quantity.into()));
        }
    }
}
