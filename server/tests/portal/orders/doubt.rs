//! One order, whatever breaks on the way (K2, K4, K5, K9).

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering as Atomic},
    },
    time::Duration,
};

use http::StatusCode;
use server::{
    account::{Asked, MayOrder},
    ledger::orders::{Outcome, Stage, Underway},
    ordering::{Ordering, Wish},
    sessions::CartOwner,
    settings::LedgerAddress,
};
use vitrina::{
    order::{OrderKey, OrderRequest},
    trouble::Trouble,
};

use super::{checkout, left_behind, place};
use crate::{
    mirror::{add, filled, plain},
    proxy::{Act, proxy, through},
    test_portal::TestPortal,
};

/// The ordering of a portal whose commits the instance stores and the proxy answers, as many times as said.
async fn with_lost_commits(
    shop: &TestPortal,
    lost: usize,
    status: StatusCode,
    text: &'static str,
) -> Arc<Ordering> {
    let commits = AtomicUsize::new(0);
    let root = proxy(shop, move |call, body| {
        let is_commit = call.contains("EndTransaction") && body.contains("true");
        if is_commit && commits.fetch_add(1, Atomic::SeqCst) < lost {
            return Act::Answer(status, text);
        }
        Act::Pass
    })
    .await;
    Arc::new(Ordering::new(
        through(shop, &root),
        shop.portal.ledger.clone(),
        shop.portal.world.clock.clone(),
    ))
}

/// The request as the person asks it for whom it was left behind.
async fn asked(shop: &TestPortal, owner: &CartOwner, request: OrderRequest) -> Asked {
    let CartOwner::Person { person, .. } = owner else {
        unreachable!("left behind by a person")
    };
    let access = &shop.portal.access;
    let acting = MayOrder::granted(person, request.customer, access).await;
    acting.unwrap().unwrap().asks(request)
}

/// The wish of [`left_behind`] under another key, which nobody has taken yet.
async fn wish(shop: &TestPortal, key: u128) -> Wish {
    let (owner, request) = left_behind(shop).await;
    Wish {
        owner: owner.to_string(),
        request: asked(
            shop,
            &owner,
            OrderRequest {
                key: OrderKey(uuid::Uuid::from_u128(key)),
                ..request
            },
        )
        .await,
        seen: None,
        reference: "test".to_owned(),
    }
}

async fn underway(shop: &TestPortal, key: OrderKey) -> Underway {
    shop.portal.ledger.underway(key).await.unwrap().unwrap()
}

#[tokio::test]
async fn k4_a_commit_that_is_stored_and_answered_500_is_one_order() {
    let shop = filled().await;
    let text = r#"{"error":{"message":"Execution Timeout Expired.","code":0,"type":"System.Data.SqlClient.SqlException","info":""}}"#;
    let ordering = with_lost_commits(&shop, 1, StatusCode::INTERNAL_SERVER_ERROR, text).await;
    let wish = wish(&shop, 501).await;
    ordering.place(wish.clone()).await.unwrap();
    assert_eq!(shop.demo.orders().len(), 1, "the instance has stored it");
    // However often the button is pressed.
    ordering.place(wish.clone()).await.unwrap();
    ordering.look(shop.portal.world.clock.now()).await.unwrap();
    assert_eq!(shop.demo.orders().len(), 1);
    assert_eq!(underway(&shop, wish.request.key).await.stage, Stage::Placed);
}

#[tokio::test]
async fn k5_a_key_that_was_sent_before_is_looked_for_before_it_is_sent_again() {
    let shop = filled().await;
    let (owner, request) = left_behind(&shop).await;
    shop.portal.instance.place(&request, None).await.unwrap();
    // As if the instance had called the order refused, and stored it all the same.
    let refused = Outcome::Trouble(Trouble::Away);
    let now = shop.portal.world.clock.now();
    shop.portal
        .ledger
        .settle_order(request.key, Stage::Refused, &refused, now)
        .await
        .unwrap();
    let wish = Wish {
        owner: owner.to_string(),
        request: asked(&shop, &owner, request.clone()).await,
        seen: None,
        reference: "test".to_owned(),
    };
    shop.portal.ordering.place(wish).await.unwrap();
    assert_eq!(shop.demo.orders().len(), 1);
    assert_eq!(underway(&shop, request.key).await.stage, Stage::Placed);
}

#[tokio::test]
async fn k5_an_order_that_was_in_doubt_gets_the_configured_state_too() {
    let shop = filled().await;
    // Neither the commit nor what is asked right after it is heard.
    let root = proxy(&shop, |call, body| {
        let is_commit = call.contains("EndTransaction") && body.contains("true");
        if is_commit || call.contains("ExternalId") {
            return Act::Answer(StatusCode::GATEWAY_TIMEOUT, "");
        }
        Act::Pass
    })
    .await;
    let ordering = Arc::new(Ordering::new(
        through(&shop, &root),
        shop.portal.ledger.clone(),
        shop.portal.world.clock.clone(),
    ));
    let wish = wish(&shop, 502).await;
    let key = wish.request.key;
    ordering.place(wish).await.unwrap();
    ordering.finish().await;
    assert_eq!(underway(&shop, key).await.stage, Stage::InDoubt);
    assert_eq!(shop.demo.orders()[0].state, "New");
    let now = shop.portal.world.clock.now();
    shop.portal.ordering.look(now).await.unwrap();
    assert_eq!(underway(&shop, key).await.stage, Stage::Placed);
    assert_eq!(shop.demo.orders()[0].state, "FirmPlanned");
}

#[tokio::test]
async fn k9_a_browser_that_leaves_while_the_key_is_taken_stops_nothing() {
    let shop = filled().await;
    let wish = wish(&shop, 504).await;
    let key = wish.request.key;
    {
        let mut place = pin!(shop.portal.ordering.place(wish));
        // The browser goes away once the sending has begun, and the server drops what it was doing.
        while shop.portal.ledger.underway(key).await.unwrap().is_none() {
            assert!(futures::poll!(&mut place).is_pending());
            tokio::task::yield_now().await;
        }
    }
    // M6: what ends the process waits for this.
    shop.portal.ordering.finish().await;
    assert_eq!(underway(&shop, key).await.stage, Stage::Placed);
    assert_eq!(shop.demo.orders().len(), 1);
}

#[tokio::test]
async fn k9_a_process_that_dies_before_the_cart_is_told_does_not_lock_the_cart() {
    for stage in [Stage::Placed, Stage::Lost] {
        let shop = filled().await;
        let (owner, request) = left_behind(&shop).await;
        let outcome = if stage == Stage::Placed {
            let placed = shop.portal.instance.place(&request, None).await.unwrap();
            Outcome::Placed {
                id: placed.id,
                number: placed.number,
            }
        } else {
            Outcome::Trouble(Trouble::Away)
        };
        let before = shop.demo.orders().len();
        let now = shop.portal.world.clock.now();
        shop.portal
            .ledger
            .settle_order(request.key, stage, &outcome, now)
            .await
            .unwrap();
        // The process died here, and starts again. She collects something else and orders.
        let maria = shop.visitor();
        maria.sign_in("maria", "/en/cart").await;
        let (other, _) = plain(&shop, |entry| {
            entry.least == 1.into() && entry.product.id != request.lines[0].product
        });
        add(&maria, &other, "1").await;
        let form = checkout(&maria).await;
        assert_ne!(form.key, request.key.to_string(), "{stage:?}");
        place(&maria, &form).await;
        let orders = shop.demo.orders();
        assert_eq!(orders.len(), before + 1, "{stage:?}");
        // Five were in the cart, and three of them on the order of the past.
        let left = if stage == Stage::Placed { 2 } else { 5 };
        let ordered = orders
            .iter()
            .find(|order| order.external_id.as_deref() == Some(form.key.as_str()))
            .unwrap();
        assert!(
            ordered
                .lines
                .iter()
                .any(|line| line.quantity == left.into()),
            "{stage:?}"
        );
        let basket = shop.portal.ledger.basket(&owner).await.unwrap();
        assert_eq!(
            (basket.cart.lines.len(), basket.key),
            (0, None),
            "{stage:?}"
        );
    }
}

#[tokio::test]
async fn k5_a_record_that_cannot_be_read_does_not_keep_the_others_in_doubt() {
    let shop = filled().await;
    let (_, request) = left_behind(&shop).await;
    shop.portal.instance.place(&request, None).await.unwrap();
    let LedgerAddress::Sqlite(file) = &shop.portal.settings.ledger else {
        panic!("the tests' ledger is a file");
    };
    let pool = sqlx::AnyPool::connect(&format!("sqlite://{}", file.display()))
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO orders_underway (order_key, owner, customer, stage, request, outcome, began, looked, next_look) \
         SELECT '00000000-0000-0000-0000-0000000000ff', owner, customer, 'in_doubt', '{\"of\":\"another release\"}', outcome, began, looked, next_look \
         FROM orders_underway",
    )
    .execute(&pool)
    .await
    .unwrap();
    let now = shop.portal.world.clock.now();
    assert_eq!(shop.portal.ordering.look(now).await.unwrap(), 0);
    assert_eq!(underway(&shop, request.key).await.stage, Stage::Placed);
    // Its alarm is not raised again with every look.
    let due = shop.portal.ledger.doubtful_orders(now, now).await.unwrap();
    assert_eq!(due.unreadable, Vec::<String>::new());
    shop.clock.advance(Duration::from_hours(2));
    let later = shop.portal.world.clock.now();
    let due = shop
        .portal
        .ledger
        .doubtful_orders(later, later)
        .await
        .unwrap();
    assert_eq!(due.unreadable.len(), 1);
}
