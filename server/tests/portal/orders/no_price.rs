//! Nothing is sold for nothing (D7).

use std::time::Duration;

use erp::{PlaceError, QuoteError};
use http::StatusCode;
use server::mirror::catalogue::Entry;
use vitrina::{catalog::source::PartNumber, order::OrderRequest, trouble::Refusal};

use super::{buyer, checkout, field, left_behind, place};
use crate::{
    mirror::{add, filled},
    test_portal::TestPortal,
};

/// Whether a guest of today has a price for it.
fn is_priced(shop: &TestPortal, number: &PartNumber) -> bool {
    let snapshot = shop.portal.mirror.snapshot().unwrap();
    let today = shop.portal.world.clock.now().date();
    let sheet = snapshot.sheet(&snapshot.buyer(None, today));
    let at = snapshot.catalogue.find_part_number(number).unwrap();
    snapshot.price(&sheet, at).is_some()
}

/// A product that has lost its only price, here and in the instance.
async fn unpriced(shop: &TestPortal) -> (String, String) {
    let numbers: Vec<PartNumber> = shop
        .portal
        .mirror
        .snapshot()
        .unwrap()
        .catalogue
        .products()
        .iter()
        .filter(|entry| {
            entry.product.variants.is_empty()
                && entry.product.standard_price.is_some()
                && entry.least == 1.into()
        })
        .map(|entry| entry.product.part_number.clone())
        .take(40)
        .collect();
    for number in &numbers {
        shop.demo.set_price(number.as_str(), 0.into()).unwrap();
    }
    shop.portal.mirror.pull().await.unwrap();
    // Others have price rows beside the standard price.
    let number = numbers
        .iter()
        .find(|number| !is_priced(shop, number))
        .unwrap();
    let of_number = |entry: &Entry| entry.product.part_number == *number;
    let snapshot = shop.portal.mirror.snapshot().unwrap();
    let entry = snapshot
        .catalogue
        .products()
        .iter()
        .find(|entry| of_number(entry));
    (entry.unwrap().product.id.to_string(), number.to_string())
}

#[tokio::test]
async fn d7_a_product_without_a_price_has_no_form_and_its_line_stops_the_order() {
    let shop = filled().await;
    let (product, number) = unpriced(&shop).await;
    // Petar's role sees no prices; whether there is one matters to him all the same.
    for login in ["maria", "petar"] {
        let visitor = buyer(&shop, login).await;
        let page = visitor.get(&format!("/en/product/{number}")).await.body;
        assert!(page.contains("ask the seller for a price"), "{login}");
        assert!(!page.contains("add-form"), "{login}");
        let form = checkout(&visitor).await;
        // From a page made when it had one.
        add(&visitor, &product, "7").await;
        let cart = visitor.get("/en/cart").await.body;
        assert!(cart.contains("There is no price for this yet"), "{login}");
        assert!(!cart.contains("href=\"/en/checkout\""), "{login}");
        let stopped = place(&visitor, &form).await;
        assert!(
            stopped.leads_to().starts_with("/en/cart"),
            "{login}: {}",
            stopped.leads_to()
        );
        assert_eq!(shop.demo.orders().len(), 0, "{login}");
    }
    let page = shop.visitor().get(&format!("/bg/product/{number}")).await;
    assert!(page.body.contains("Цена при запитване"));
    assert!(!page.body.contains("add-form"));
}

#[tokio::test]
async fn d7_what_the_instance_prices_at_nothing_is_neither_quoted_nor_placed() {
    let shop = filled().await;
    let (product, number) = unpriced(&shop).await;
    let (_, request) = left_behind(&shop).await;
    let request = OrderRequest {
        lines: vec![vitrina::order::OrderRequestLine {
            product: product.parse().unwrap(),
            ..request.lines[0].clone()
        }],
        ..request
    };
    let wait = Duration::from_secs(20);
    let instance = &shop.portal.instance;
    let quote = instance.quote(&request, wait).await.unwrap_err();
    assert!(matches!(quote, QuoteError::NoPrice), "{number}: {quote}");
    let placed = instance.place(&request, None).await.unwrap_err();
    assert!(
        matches!(&placed, PlaceError::NothingSent(QuoteError::NoPrice)),
        "{number}: {placed}"
    );
    assert_eq!(
        placed.trouble("x"),
        vitrina::trouble::Trouble::Refused(Refusal::NoPrice)
    );
    assert_eq!(shop.demo.orders().len(), 0);
}

#[tokio::test]
async fn d7_a_price_lost_since_the_copy_was_taken_stops_the_checkout() {
    let shop = filled().await;
    let (product, number) = unpriced(&shop).await;
    shop.demo.set_price(&number, 10.into()).unwrap();
    shop.portal.mirror.pull().await.unwrap();
    let maria = shop.visitor();
    maria.sign_in("maria", "/en/cart").await;
    add(&maria, &product, "2").await;
    shop.demo.set_price(&number, 0.into()).unwrap();
    let page = maria.get("/en/checkout").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("One of the lines has no price yet"));
    assert_eq!(field(&page.body, "seen"), None);
}
