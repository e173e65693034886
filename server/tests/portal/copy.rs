//! The copy under way: cut off and gone on with, refreshed cheaply, with odd rows left out and told of.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use demo::{Does, Fault, Meets};
use server::portal::Portal;
use vitrina::catalog::source::PartNumber;

use crate::test_portal::TestPortal;

/// A second life of the portal, on the same data folder.
fn again(shop: &TestPortal) -> Arc<Portal> {
    let settings = shop.portal.settings.clone();
    let config = settings.config().unwrap();
    let (leptos, world) = (shop.portal.leptos.clone(), shop.portal.world.clone());
    Portal::new(settings, config, leptos, world).unwrap()
}

fn calls(shop: &TestPortal, subject: &str) -> u64 {
    let calls = shop.demo.calls();
    calls.by_subject.get(subject).copied().unwrap_or_default()
}

const PRODUCTS: &str = "GET General_Products_Products";

/// Whether a first pull is under way that has read a page of a thousand, a few of which are not shown.
fn read(portal: &Portal) -> Option<bool> {
    let read = portal.mirror.report().first_pull?;
    Some((980..=1_000).contains(&read))
}

/// The first pull reads three pages; the instance is lost after one.
async fn cut_off() -> TestPortal {
    let shop = TestPortal::with_demo(|options| options.products = 2_000).await;
    shop.demo
        .bring_up(Fault::always(Meets::call(PRODUCTS), Does::refuse(500)).after(1));
    assert!(shop.portal.mirror.pull().await.is_err());
    assert!(shop.portal.mirror.snapshot().is_none());
    assert_eq!(read(&shop.portal), Some(true));
    shop.demo.clear_faults();
    shop.demo.reset_calls();
    shop
}

#[tokio::test]
async fn a_first_pull_goes_on_where_it_was_cut_off() {
    let shop = cut_off().await;
    shop.portal.mirror.pull().await.unwrap();
    let snapshot = shop.portal.mirror.snapshot().unwrap();
    assert!(snapshot.catalogue.products().len() > 2_100);
    // Two more pages, and the first look at what changed meanwhile.
    assert_eq!(calls(&shop, PRODUCTS), 3);
    assert_eq!(shop.portal.mirror.report().first_pull, None);
}

#[tokio::test]
async fn a_first_pull_goes_on_after_a_restart_of_the_portal() {
    let shop = cut_off().await;
    let next = again(&shop);
    next.mirror.open().await.unwrap();
    assert_eq!(read(&next), Some(true));
    next.mirror.pull().await.unwrap();
    assert_eq!(calls(&shop, PRODUCTS), 3);
    let found = next.mirror.snapshot().unwrap().catalogue.products().len();
    assert!(found > 2_100, "{found}");

    // What was kept on the way is not needed any more, and the third life opens with the copy.
    let third = again(&shop);
    third.mirror.open().await.unwrap();
    let snapshot = third.mirror.snapshot().unwrap();
    assert_eq!(snapshot.catalogue.products().len(), found);
    assert_eq!(third.mirror.report().first_pull, None);
}

#[tokio::test]
async fn what_changes_while_the_first_pull_is_cut_off_is_not_missed() {
    let shop = cut_off().await;
    // Among the first thousand by id, which were read already.
    shop.demo.set_price("P-000100", 77.into()).unwrap();
    shop.demo.set_active("P-000200", false).unwrap();
    for number in 0..2_000 {
        shop.demo
            .set_price(&format!("P-{number:06}"), 88.into())
            .unwrap();
    }
    shop.portal.mirror.pull().await.unwrap();
    let snapshot = shop.portal.mirror.snapshot().unwrap();
    let find = |number: &str| {
        let at = snapshot
            .catalogue
            .find_part_number(&PartNumber::new(number)?)?;
        let product = &snapshot.catalogue.at(at)?.product;
        product
            .standard_price
            .as_ref()
            .map(|price| price.per_lot.amount)
    };
    assert_eq!(find("P-000200"), None);
    for number in (0..2_000).filter(|number| *number != 200) {
        assert_eq!(find(&format!("P-{number:06}")), Some(88.into()), "{number}");
    }
}

#[tokio::test]
async fn pages_too_large_for_the_instance_are_made_smaller() {
    let shop = TestPortal::with_demo(|options| options.products = 1_300).await;
    shop.demo.bring_up(Fault::once(
        Meets::call(PRODUCTS),
        Does::Huge { megabytes: 9 },
    ));
    shop.portal.mirror.pull().await.unwrap();
    let snapshot = shop.portal.mirror.snapshot().unwrap();
    assert!(snapshot.catalogue.products().len() > 1_400);
    // One in vain, three halves, one for changes.
    assert_eq!(calls(&shop, PRODUCTS), 5);
}

#[tokio::test]
async fn a_round_in_which_nothing_changed_costs_few_calls_and_builds_nothing() {
    let shop = TestPortal::with_demo(|options| options.products = 2_000).await;
    let mirror = &shop.portal.mirror;
    mirror.pull().await.unwrap();
    mirror.pull().await.unwrap();
    let (edition, before) = (mirror.edition(), mirror.snapshot().unwrap());
    // Beyond the overlap, in which rows are listed again.
    shop.clock.advance(Duration::from_mins(15));
    mirror.pull().await.unwrap();
    shop.clock.advance(Duration::from_mins(15));
    shop.demo.reset_calls();
    mirror.pull().await.unwrap();
    assert_eq!(mirror.edition(), edition);
    assert!(Arc::ptr_eq(&before, &mirror.snapshot().unwrap()));
    let calls = shop.demo.calls();
    let of_stock = calls
        .by_subject
        .iter()
        .filter(|(subject, _)| subject.contains("AvailableToPromise"))
        .map(|(_, count)| count)
        .sum::<u64>();
    assert!(calls.total - of_stock <= 13, "{calls:?}");
    // Stock tells no changes: a bounded piece in each round.
    assert!(of_stock <= 21, "{calls:?}");
}

#[tokio::test]
async fn shoppers_see_a_changed_price_within_the_time_set() {
    let shop = TestPortal::start().await;
    let mirror = &shop.portal.mirror;
    mirror.round().await;
    mirror.round().await;
    let number = "LT-ARK-GR";
    let price = || {
        let snapshot = mirror.snapshot().unwrap();
        let at = snapshot
            .catalogue
            .find_part_number(&PartNumber::new(number).unwrap())
            .unwrap();
        let sheet = snapshot.sheet(&snapshot.buyer(None, time::macros::date!(2030 - 01 - 01)));
        snapshot.price(&sheet, at).unwrap().each.amount
    };
    let within = shop.portal.settings.prices_within;
    let rows = |price: i64| demo::PriceRows {
        prices: vec![demo::PriceRow {
            product: number.to_owned(),
            price: price.into(),
            currency: "EUR".to_owned(),
            per: (1.into(), "pcs".to_owned()),
            ship_to: None,
            price_type: None,
            conditions: demo::Conditions::default(),
        }],
        ..demo::PriceRows::default()
    };
    // A price, another price in its place, none any more, and the product's own.
    let own = price();
    for (rows, expected) in [
        (rows(11), 11.into()),
        (rows(12), 12.into()),
        (demo::PriceRows::default(), own),
    ] {
        shop.demo.sow_prices(&rows).unwrap();
        assert_ne!(price(), expected);
        let mut waited = Duration::ZERO;
        while price() != expected {
            let pause = mirror.round().await;
            waited += pause;
            assert!(waited <= within, "still {} after {waited:?}", price());
            shop.clock.advance(pause);
        }
    }
    shop.demo.set_price(number, 13.into()).unwrap();
    shop.clock.advance(within / 2);
    mirror.round().await;
    assert_eq!(price(), 13.into());
}

#[tokio::test]
async fn odd_rows_are_left_out_counted_and_listed() {
    let shop = TestPortal::with_demo(|options| options.sentinels = true).await;
    shop.portal.mirror.pull().await.unwrap();
    let report = shop.portal.mirror.report();
    let counts: BTreeMap<&str, usize> = report
        .left_out
        .iter()
        .map(|(what, odd)| (*what, odd.count))
        .collect();
    assert!(counts.contains_key("product"), "{counts:?}");
    let listed = report.left_out.values().flat_map(|odd| &odd.first);
    assert!(listed.clone().all(|odd| !odd.why.is_empty()));
    assert!(
        report
            .parts
            .get("products")
            .is_none_or(|part| part.trouble.is_none())
    );
    // Groups above themselves are told of, and their products can be reached all the same.
    assert!(counts.contains_key("group in use"), "{counts:?}");
    let snapshot = shop.portal.mirror.snapshot().unwrap();
    let reached: usize = snapshot
        .catalogue
        .top()
        .iter()
        .filter_map(|top| snapshot.catalogue.group(*top))
        .filter(|node| {
            node.group
                .path
                .codes()
                .iter()
                .any(|code| code == "ODD-SELF")
        })
        .map(|node| node.products.len())
        .sum();
    assert!(reached > 0);

    // Asked again, the odd ones are not fetched again, and the report stays.
    shop.portal.mirror.pull().await.unwrap();
    shop.clock.advance(Duration::from_mins(15));
    shop.portal.mirror.pull().await.unwrap();
    assert_eq!(shop.portal.mirror.report().left_out, report.left_out);
}

#[tokio::test]
async fn only_the_pictures_of_first_pages_are_fetched_unasked() {
    let shop = TestPortal::with_demo(|options| options.products = 1_000).await;
    shop.portal.mirror.pull().await.unwrap();
    let snapshot = shop.portal.mirror.snapshot().unwrap();
    let (warm, all) = (
        snapshot.catalogue.warm_pictures().len(),
        snapshot.catalogue.picture_count(),
    );
    assert!(all > 1_200 && warm <= 300, "{warm} of {all}");
}
