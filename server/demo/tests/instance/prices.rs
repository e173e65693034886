//! Prices, discounts and lists that a test gives (`Demo::sow_prices`), and which of them a line gets (entities.md §2).

use demo::{Conditions, DiscountRow, PriceListRow, PriceRow, PriceRows, PriceTypeRow, SegmentRow};
use rust_decimal::Decimal;
use time::macros::date;

use crate::portal::Portal;

/// Price and discounts of one piece for customer 000587, today with delivery in two days.
async fn priced(portal: &Portal, rows: &PriceRows, key: &str) -> (String, String) {
    portal.demo.sow_prices(rows).unwrap();
    portal
        .place("000587", key, &[("LT-ARK-SG", 1, "pcs")])
        .await;
    let orders = portal.demo.orders();
    let order = orders
        .iter()
        .find(|order| order.external_id.as_deref() == Some(key))
        .unwrap();
    let line = &order.lines[0];
    (
        line.unit_price.normalize().to_string(),
        line.discount.normalize().to_string(),
    )
}

fn price(price: i64, change: impl FnOnce(&mut PriceRow)) -> PriceRow {
    let mut row = PriceRow {
        product: "LT-ARK-SG".to_owned(),
        price: Decimal::from(price),
        currency: "EUR".to_owned(),
        per: (Decimal::ONE, "pcs".to_owned()),
        ship_to: None,
        price_type: None,
        conditions: Conditions::default(),
    };
    change(&mut row);
    row
}

fn discount(hundredths: i64, level: u8, change: impl FnOnce(&mut DiscountRow)) -> DiscountRow {
    let mut row = DiscountRow {
        fraction: Decimal::new(hundredths, 2),
        level,
        product: None,
        group: None,
        customer_type: None,
        conditions: Conditions::default(),
    };
    change(&mut row);
    row
}

fn name<T: From<String>>(text: &str) -> T {
    text.to_owned().into()
}

#[tokio::test]
async fn the_first_row_by_type_priority_and_date_decides() {
    let portal = Portal::start(|_| {}).await;
    let types = || {
        [("LATE", 20), ("EARLY", 10)]
            .map(|(code, ordinal)| PriceTypeRow {
                code: code.to_owned(),
                ordinal,
            })
            .to_vec()
    };
    let with = |prices: Vec<PriceRow>| PriceRows {
        types: types(),
        prices,
        ..PriceRows::default()
    };
    let priority = |row: &mut PriceRow, name: &str| row.conditions.priority = Some(name.to_owned());
    for (key, prices, expected) in [
        ("none", vec![], "59.9"),
        (
            "type before priority",
            vec![
                price(1, |row| row.price_type = name("EARLY")),
                price(2, |row| {
                    row.price_type = name("LATE");
                    priority(row, "Highest");
                }),
                price(3, |row| priority(row, "Highest")),
            ],
            "1",
        ),
        (
            "priority before date",
            vec![
                price(1, |row| {
                    priority(row, "Medium");
                    row.conditions.from = Some(date!(2026 - 01 - 01));
                }),
                price(2, |row| row.conditions.from = Some(date!(2026 - 11 - 01))),
            ],
            "1",
        ),
        (
            "the latest date",
            vec![
                price(1, |row| row.conditions.from = Some(date!(2026 - 01 - 01))),
                price(2, |row| row.conditions.from = Some(date!(2026 - 11 - 25))),
                price(3, |row| row.conditions.from = Some(date!(2026 - 11 - 26))),
                price(4, |_| {}),
            ],
            "2",
        ),
        (
            "what does not match",
            vec![
                price(1, |row| row.conditions.active = false),
                price(2, |row| row.conditions.thru = Some(date!(2026 - 11 - 24))),
                price(3, |row| row.conditions.customer = name("000412")),
                price(4, |row| row.ship_to = name("000412")),
                price(5, |row| row.conditions.channel = name("CC")),
                price(6, |row| row.conditions.location = name("OGN-VAR")),
                price(7, |row| {
                    row.conditions.min = Some((2.into(), "pcs".to_owned()));
                }),
                price(8, |row| {
                    row.conditions.max = Some((Decimal::new(5, 1), "pcs".to_owned()));
                }),
                price(9, |row| row.currency = "USD".to_owned()),
                price(10, |row| {
                    row.conditions.min = Some((1.into(), "m".to_owned()));
                }),
            ],
            "59.9",
        ),
        (
            "what matches",
            vec![price(7, |row| {
                row.per = (1.into(), "box".to_owned());
                row.ship_to = name("000587");
                row.conditions = Conditions {
                    from: Some(date!(2026 - 11 - 25)),
                    thru: Some(date!(2026 - 11 - 25)),
                    min: Some((1.into(), "pcs".to_owned())),
                    max: Some((1.into(), "box".to_owned())),
                    customer: name("000587"),
                    channel: name("WEB"),
                    company: name("OGN"),
                    location: name("OGN-SOF"),
                    ..Conditions::default()
                };
            })],
            "1.16667",
        ),
    ] {
        let found = priced(&portal, &with(prices), key).await;
        assert_eq!(found.0, expected, "{key}");
    }
}

#[tokio::test]
async fn lists_let_levels_in_and_segments_their_members() {
    let portal = Portal::start(|_| {}).await;
    let list = |level: u8, change: fn(&mut PriceListRow)| {
        let mut row = PriceListRow {
            name: "Autumn".to_owned(),
            active: true,
            from: None,
            thru: None,
            level,
            customers: vec!["000587".to_owned()],
        };
        change(&mut row);
        vec![row]
    };
    let segment = |customer: &str| {
        vec![SegmentRow {
            name: "Friends".to_owned(),
            customers: vec![customer.to_owned()],
        }]
    };
    let levels = || {
        vec![
            discount(10, 1, |_| {}),
            discount(20, 2, |_| {}),
            discount(50, 3, |_| {}),
        ]
    };
    let friends = || {
        vec![
            discount(10, 1, |row| row.conditions.target_group = name("Friends")),
            discount(5, 1, |row| {
                row.customer_type = name("Friends");
                row.conditions.priority = name("Low");
            }),
        ]
    };
    for (key, lists, customer_types, target_groups, discounts, expected) in [
        ("no list", vec![], vec![], vec![], levels(), "0.1"),
        ("one", list(1, |_| {}), vec![], vec![], levels(), "0.1"),
        ("two", list(2, |_| {}), vec![], vec![], levels(), "0.28"),
        ("three", list(3, |_| {}), vec![], vec![], levels(), "0.64"),
        (
            "a list of the past",
            list(3, |row| row.thru = Some(date!(2026 - 11 - 24))),
            vec![],
            vec![],
            levels(),
            "0.1",
        ),
        (
            "a list that is off",
            list(3, |row| row.active = false),
            vec![],
            vec![],
            levels(),
            "0.1",
        ),
        (
            "members",
            vec![],
            segment("000587"),
            segment("000587"),
            friends(),
            "0.1",
        ),
        (
            "of the type only",
            vec![],
            segment("000587"),
            segment("000412"),
            friends(),
            "0.05",
        ),
        (
            "of neither",
            vec![],
            segment("000412"),
            segment("000412"),
            friends(),
            "0",
        ),
    ] {
        let rows = PriceRows {
            lists,
            customer_types,
            target_groups,
            discounts,
            ..PriceRows::default()
        };
        let found = priced(&portal, &rows, key).await;
        assert_eq!(found.1, expected, "{key}");
    }
}

#[tokio::test]
async fn rows_that_name_what_is_not_there_change_nothing() {
    let portal = Portal::start(|_| {}).await;
    let rows = PriceRows {
        prices: vec![price(1, |row| {
            row.conditions.price_list = name("None such");
        })],
        ..PriceRows::default()
    };
    let refused = portal.demo.sow_prices(&rows).unwrap_err();
    assert!(refused.to_string().contains("None such"), "{refused}");
    let found = portal.get("Crm_Pricing_PriceLists?$top=5").await;
    assert_eq!(found["value"][0]["Name"], "Horeca");
}
