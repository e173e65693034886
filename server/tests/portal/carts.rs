//! What somebody collected or typed is not lost, and not another thing than they meant.

use std::time::Duration;

use axum::body::Body;
use http::StatusCode;
use server::sessions::CartOwner;
use vitrina::{ids::CustomerId, visitor::PersonId};

use crate::{
    mirror::{add, filled, plain},
    orders::{buyer, checkout, field, left_behind, place},
};

#[tokio::test]
async fn the_same_wish_sent_twice_is_one_wish() {
    let shop = filled().await;
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    let guest = shop.visitor();
    let send = async |once: &str| {
        let fields = [
            ("product", product.as_str()),
            ("quantity", "2"),
            ("once", once),
            ("back", "/en/cart"),
        ];
        guest.post("/api/cart/add", &fields).await;
        field(&guest.get("/en/cart").await.body, "quantity")
    };
    let (one, other) = (
        "6f0b3c1e-0000-4000-8000-000000000001",
        "6f0b3c1e-0000-4000-8000-000000000002",
    );
    assert_eq!(send(one).await.as_deref(), Some("2"));
    assert_eq!(send(one).await.as_deref(), Some("2"));
    assert_eq!(send(other).await.as_deref(), Some("4"));
    // A plain form names none: each is a wish of its own.
    assert_eq!(send("").await.as_deref(), Some("6"));
}

#[tokio::test]
async fn what_a_guest_collected_outlives_a_sign_in_while_the_instance_is_away() {
    let shop = filled().await;
    let (product, number) = plain(&shop, |entry| entry.least == 1.into());
    let maria = shop.visitor();
    add(&maria, &product, "4").await;
    shop.demo.set_answering(demo::Answering::Unavailable);
    maria.sign_in("maria", "/en/cart").await;
    let away = maria.get("/en/cart").await.body;
    assert!(
        away.contains(&number),
        "while the instance is away it is there"
    );
    shop.demo.set_answering(demo::Answering::Normally);
    shop.clock.advance(Duration::from_secs(30));
    let back = maria.get("/en/cart").await;
    assert!(back.body.contains("Sign out"), "she is still signed in");
    assert!(back.body.contains(&number), "and once it is back, too");
}

#[tokio::test]
async fn a_cart_kept_while_waiting_for_approval_is_there_after_it() {
    let shop = filled().await;
    let maria = shop
        .demo
        .people()
        .into_iter()
        .find(|person| person.login.starts_with("maria"))
        .unwrap();
    let person = PersonId::User(maria.id);
    let customer: CustomerId = shop.portal.access.fresh(&person).await.unwrap()[0]
        .customer
        .id;
    // As a self-registered person has it: a cart of a person without a customer.
    let waiting = CartOwner::Person {
        person: person.clone(),
        customer: None,
    };
    let (_, request) = left_behind(&shop).await;
    let now = shop.portal.world.clock.now();
    let lines = {
        let own = CartOwner::Person {
            person,
            customer: Some(customer),
        };
        let lines = shop.portal.ledger.basket(&own).await.unwrap().cart;
        shop.portal
            .ledger
            .change_basket(&own, now, |basket| {
                basket.cart = vitrina::cart::Cart::default();
                basket.key = None;
                Ok::<_, ()>(())
            })
            .await
            .unwrap()
            .unwrap();
        lines
    };
    shop.portal
        .ledger
        .change_basket(&waiting, now, |basket| {
            basket.cart = lines.clone();
            Ok::<_, ()>(())
        })
        .await
        .unwrap()
        .unwrap();
    // The seller has made her somebody's buyer; she signs in.
    let visitor = shop.visitor();
    visitor.sign_in("maria", "/en/cart").await;
    let page = visitor.get("/en/cart").await.body;
    assert!(page.contains("Sign out"));
    assert!(
        page.contains(&request.lines[0].line.to_string()),
        "what she collected while she waited is in her cart"
    );
}

#[tokio::test]
async fn a_quantity_sent_as_it_is_shown_stays_what_it_is() {
    let shop = filled().await;
    let snapshot = shop.portal.mirror.snapshot().unwrap();
    let (product, _) = plain(&shop, |entry| {
        let unit = snapshot.catalogue.units.get(entry.product.unit);
        entry.least == 1.into() && unit.is_some_and(|unit| !unit.divisible)
    });
    for language in ["bg", "en"] {
        let guest = shop.visitor();
        add(&guest, &product, "1000").await;
        let page = guest.get(&format!("/{language}/cart")).await.body;
        let shown = field(&page, "quantity").unwrap();
        let line = field(&page, "line").unwrap();
        let back = format!("/{language}/cart");
        guest
            .post(
                "/api/cart/change",
                &[("line", &line), ("quantity", &shown), ("back", &back)],
            )
            .await;
        let after = field(&guest.get(&back).await.body, "quantity").unwrap();
        assert_eq!(
            after, shown,
            "{language}: the button was pressed and nothing typed"
        );
    }
}

#[tokio::test]
async fn a_thousand_typed_in_english_is_not_one() {
    let shop = filled().await;
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    let guest = shop.visitor();
    add(&guest, &product, "1,000").await;
    let shown = field(&guest.get("/en/cart").await.body, "quantity");
    assert_eq!(shown.as_deref(), Some("1000"));
}

#[tokio::test]
async fn what_was_typed_outlives_a_session_that_ended_meanwhile() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    let form = checkout(&maria).await;
    shop.clock.advance(Duration::from_mins(31));
    let answer = place(&maria, &form).await;
    assert_eq!(shop.demo.orders().len(), 0);
    maria.sign_in("maria", answer.leads_to()).await;
    let page = maria.get("/en/checkout").await.body;
    assert_eq!(
        field(&page, "form[purchase_order]").as_deref(),
        Some("PO-7")
    );
    assert_eq!(field(&page, "key"), Some(form.key));
}

#[tokio::test]
async fn odd_forms_get_a_page_of_ours() {
    let shop = filled().await;
    let maria = shop.visitor();
    maria.sign_in("maria", "/en/cart").await;
    let many = "a=1&".repeat(16_000);
    let mut broken = Vec::new();
    for path in [
        "/api/cart/add",
        "/api/cart/change",
        "/api/cart/remove",
        "/api/cart/restore",
        "/api/cart/badge",
        "/api/checkout/keep",
        "/api/checkout/place",
        "/api/account/choose",
        "/api/search/suggest",
        "/api/nothing",
        "/sign-in",
    ] {
        for body in [
            "",
            "%FF",
            "quantity=%FF&back=%FF&text=%FF",
            "quantity=1&quantity=2&text=a&text=b&form[note]=a&form[note]=b&customer=a&customer=b&line=a&line=b&back=/bg&back=/en",
            "form[a][b][c][d][e][f][g][h]=1",
            "form=1&back=/bg/checkout",
            "form[note]=a&form=b",
            "form[=1&[]=2&]]=3",
            "back=//evil.example&quantity=1",
            many.as_str(),
        ] {
            let request = maria
                .request("POST", path)
                .header("sec-fetch-site", "same-origin")
                .header("referer", "http://localhost:3000/bg/cart")
                .header("content-type", "application/x-www-form-urlencoded");
            let request = maria
                .with_cookies(request)
                .body(Body::from(body.to_owned()))
                .unwrap();
            let answer = maria.send(request).await;
            let to = answer.header("location").to_owned();
            let well = (answer.status == StatusCode::SEE_OTHER
                && (to.starts_with('/') && !to.starts_with("//") || to.contains("/id/connect/")))
                || (answer.status.is_client_error() && answer.body.contains("<h1"))
                // Answered as data where nobody asks for a page.
                || path.ends_with("suggest") && answer.status == StatusCode::OK;
            if !well {
                broken.push(format!(
                    "{path} {} -> {} {to} {}",
                    body.chars().take(40).collect::<String>(),
                    answer.status,
                    answer.body.chars().take(120).collect::<String>()
                ));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
