//! A service token that may not write: ordering is off, kindly and for as long as it is so; the rest of the shop works (T6).

use std::{collections::BTreeMap, time::Duration};

use demo::Registration;
use http::StatusCode;

use super::{buyer, checkout, field, place};
use crate::{mirror::filled, test_portal::TestPortal, visitor::Visitor};

/// Longer than a token or a session lives.
const LATER: Duration = Duration::from_mins(61);

/// How often something was written at the instance.
fn writes(shop: &TestPortal) -> BTreeMap<String, u64> {
    let mut counted = shop.demo.seen().calls.by_subject;
    counted.retain(|subject, _| !subject.starts_with("GET "));
    counted
}

async fn tells_that_ordering_is_paused(visitor: &Visitor<'_>) {
    for (language, title) in [
        ("en", "Ordering is not possible just now"),
        ("bg", "В момента не може да се поръчва"),
    ] {
        let page = visitor.get(&format!("/{language}/checkout")).await;
        assert_eq!(page.status, StatusCode::OK, "what was collected is there");
        assert!(page.body.contains(title), "{}", page.body);
        assert!(!page.body.contains("name=\"seen\""), "and no total");
    }
}

#[tokio::test]
async fn t6_without_the_scope_nothing_is_ordered_until_a_token_has_it_again() {
    let shop = filled().await;
    let before = buyer(&shop, "maria").await;
    let form = checkout(&before).await;
    shop.demo.register(Registration {
        scope: vec!["read".to_owned()],
        leaves_out_scopes: true,
        ..Registration::default()
    });
    shop.clock.advance(LATER);
    let maria = shop.visitor();
    maria.sign_in("maria", "/en/cart").await;
    // Petar's role sees no total, and would be shown a button.
    let petar = buyer(&shop, "petar").await;
    let counted = writes(&shop);
    for visitor in [&maria, &petar] {
        tells_that_ordering_is_paused(visitor).await;
        // Whoever has a page from before is told when they send it; what they typed is kept, also a new address, of which
        // nothing is written down at the instance.
        let key = field(&visitor.get("/en/checkout").await.body, "key").unwrap();
        let told = visitor
            .post(
                "/api/checkout/place",
                &[
                    ("key", key.as_str()),
                    ("seen", form.seen.as_str()),
                    ("form[address]", "new"),
                    ("form[street]", "3 Mole Road"),
                    ("form[town]", "Burgas"),
                    ("form[postcode]", "8000"),
                    ("form[note]", "Ring twice"),
                    ("back", "/en/checkout"),
                ],
            )
            .await;
        assert!(
            told.leads_to().contains("problem=orders-paused"),
            "{}",
            told.leads_to()
        );
        let page = visitor.get(told.leads_to()).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.body.contains("Ring twice"), "{}", page.body);
        // The rest works.
        let orders = visitor.get("/en/account/orders").await;
        assert_eq!(orders.status, StatusCode::OK);
    }
    assert_eq!(writes(&shop), counted, "nothing was begun");
    assert!(shop.demo.orders().is_empty());

    // Nobody restarts anything.
    shop.demo.register(Registration::default());
    shop.clock.advance(LATER);
    for (orders, login) in [(1, "maria"), (2, "petar")] {
        let visitor = shop.visitor();
        visitor.sign_in(login, "/en/cart").await;
        let placed = place(&visitor, &checkout(&visitor).await).await;
        assert!(
            placed.leads_to().contains("/order/"),
            "{login}: {}",
            placed.leads_to()
        );
        assert_eq!(shop.demo.orders().len(), orders, "{login}");
    }
}
