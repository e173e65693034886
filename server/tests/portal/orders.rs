//! Orders: placed once, found again, shown to whom they belong (K1–K9, D9).

mod doubt;
mod no_price;
mod scope;

use futures::future::join_all;
use http::StatusCode;
use server::{
    ledger::orders::{Claim, Outcome, Stage},
    sessions::CartOwner,
};
use vitrina::{
    cart::{Cart, Item},
    ids::{CustomerId, LineId},
    money::{Currency, Money},
    order::{Delivery, OrderKey, OrderRequest, OrderRequestLine},
    quantity::Quantity,
    visitor::PersonId,
};

use crate::{
    mirror::{add, filled, plain},
    test_portal::TestPortal,
    visitor::{Answer, Visitor},
};

/// The value of the form field with this name.
pub(crate) fn field(page: &str, name: &str) -> Option<String> {
    let at = page.find(&format!("name=\"{name}\""))?;
    let tag = &page[page[..at].rfind('<')?..at + page[at..].find('>')?];
    let value = tag.split("value=\"").nth(1)?.split('"').next()?;
    Some(value.replace("&amp;", "&"))
}

pub(crate) struct Checkout {
    pub(crate) key: String,
    pub(crate) seen: String,
    pub(crate) address: String,
}

pub(crate) async fn checkout(visitor: &Visitor<'_>) -> Checkout {
    let page = visitor.get("/en/checkout").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    Checkout {
        key: field(&page.body, "key").unwrap(),
        seen: field(&page.body, "seen").unwrap_or_default(),
        address: field(&page.body, "form[address]").unwrap(),
    }
}

pub(crate) async fn place(visitor: &Visitor<'_>, form: &Checkout) -> Answer {
    let fields = [
        ("key", form.key.as_str()),
        ("seen", form.seen.as_str()),
        ("form[address]", form.address.as_str()),
        ("form[purchase_order]", "PO-7"),
        ("back", "/en/checkout"),
    ];
    visitor.post("/api/checkout/place", &fields).await
}

pub(crate) async fn buyer<'a>(shop: &'a TestPortal, login: &str) -> Visitor<'a> {
    let visitor = shop.visitor();
    visitor.sign_in(login, "/en/cart").await;
    let (product, _) = plain(shop, |entry| entry.least == 1.into());
    add(&visitor, &product, "2").await;
    visitor
}

#[tokio::test]
async fn k2_ten_submits_of_one_checkout_are_one_order() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    let form = checkout(&maria).await;
    assert!(!form.seen.is_empty(), "the quote's total is on the page");
    let answers = join_all((0..10).map(|_| place(&maria, &form))).await;
    for answer in &answers {
        assert!(
            answer
                .leads_to()
                .starts_with(&format!("/en/order/{}", form.key)),
            "{}",
            answer.leads_to()
        );
    }
    let orders = shop.demo.orders();
    assert_eq!(orders.len(), 1);
    assert_eq!(orders[0].external_id.as_deref(), Some(form.key.as_str()));
    assert_eq!(orders[0].purchase_order_no.as_deref(), Some("PO-7"));
    let (seen, currency) = form.seen.split_once(' ').unwrap();
    assert_eq!(
        (orders[0].amount_to_pay, orders[0].currency.as_str()),
        (seen.parse().unwrap(), currency)
    );

    let page = maria.get(&format!("/en/order/{}", form.key)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains(&orders[0].document_no), "{}", page.body);
    assert!(
        field(&maria.get("/en/cart").await.body, "line").is_none(),
        "the cart is empty"
    );
    // A click on a page from before the order leads to it.
    let late = place(&maria, &form).await;
    assert!(
        late.leads_to()
            .starts_with(&format!("/en/order/{}", form.key))
    );
    assert_eq!(shop.demo.orders().len(), 1);
}

#[tokio::test]
async fn k3_another_total_than_the_visitor_saw_is_not_ordered() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    let form = checkout(&maria).await;
    for seen in ["0.01 EUR", ""] {
        let asked = Checkout {
            seen: seen.to_owned(),
            key: form.key.clone(),
            address: form.address.clone(),
        };
        let answer = place(&maria, &asked).await;
        assert!(
            !answer
                .headers
                .get("location")
                .is_some_and(|to| to.to_str().unwrap().contains("/order/")),
            "{seen:?}"
        );
        assert_eq!(shop.demo.orders().len(), 0, "{seen:?}");
    }
    // The cart and the key are as they were: what is now seen can be ordered.
    let again = checkout(&maria).await;
    assert_eq!(again.key, form.key);
    place(&maria, &again).await;
    assert_eq!(shop.demo.orders().len(), 1);
}

#[tokio::test]
async fn k3_a_price_that_rose_since_the_quote_is_asked_for_again() {
    let shop = filled().await;
    let maria = shop.visitor();
    maria.sign_in("maria", "/en/cart").await;
    let (product, number) = plain(&shop, |entry| {
        entry.least == 1.into() && entry.product.standard_price.is_some()
    });
    add(&maria, &product, "2").await;
    let form = checkout(&maria).await;
    shop.demo.set_price(&number, 98_765.into()).unwrap();
    let answer = place(&maria, &form).await;
    assert!(
        answer.leads_to().starts_with("/en/checkout"),
        "{}",
        answer.leads_to()
    );
    assert_eq!(shop.demo.orders().len(), 0);
    // What was typed is still there, and the new total is what is asked for.
    let page = maria.get(answer.leads_to()).await;
    assert_eq!(
        field(&page.body, "form[purchase_order]").as_deref(),
        Some("PO-7")
    );
    assert_ne!(field(&page.body, "seen"), Some(form.seen));
}

#[tokio::test]
async fn k3_the_price_named_for_a_new_address_is_the_one_to_be_confirmed() {
    let shop = filled().await;
    let maria = shop.visitor();
    maria.sign_in("maria", "/en/cart").await;
    let (product, number) = plain(&shop, |entry| {
        entry.least == 1.into() && entry.product.standard_price.is_some()
    });
    add(&maria, &product, "2").await;
    let key = checkout(&maria).await.key;
    let place = async |seen: &str| {
        let fields = [
            ("key", key.as_str()),
            ("seen", seen),
            ("form[address]", "new"),
            ("form[street]", "3 Mole Road"),
            ("form[postcode]", "8000"),
            ("form[town]", "Burgas"),
            ("back", "/en/checkout"),
        ];
        maria.post("/api/checkout/place", &fields).await
    };
    let seen = async |answer: Answer| {
        assert!(
            answer.leads_to().starts_with("/en/checkout"),
            "{}",
            answer.leads_to()
        );
        field(&maria.get(answer.leads_to()).await.body, "seen").unwrap()
    };
    let quoted = field(&maria.get("/en/checkout").await.body, "seen").unwrap();
    let answer = place("0.01 EUR").await;
    // What the instance named stands until it names another: no quote without that address takes its place.
    shop.demo.set_price(&number, 98_765.into()).unwrap();
    let first = seen(answer).await;
    assert_eq!(first, quoted);
    let answer = place(&first).await;
    assert_eq!(shop.demo.orders().len(), 0);
    let second = seen(answer).await;
    assert_ne!(second, first);
    place(&second).await;
    let orders = shop.demo.orders();
    assert_eq!(orders.len(), 1);
    let (amount, _) = second.split_once(' ').unwrap();
    assert_eq!(orders[0].amount_to_pay, amount.parse().unwrap());
}

#[tokio::test]
async fn a_product_withdrawn_during_the_checkout_is_not_ordered_and_stays_in_the_cart() {
    let shop = filled().await;
    let maria = shop.visitor();
    maria.sign_in("maria", "/en/cart").await;
    let (product, number) = plain(&shop, |entry| entry.least == 1.into());
    add(&maria, &product, "2").await;
    let form = checkout(&maria).await;
    shop.demo.set_active(&number, false).unwrap();
    shop.portal.mirror.pull().await.unwrap();
    let answer = place(&maria, &form).await;
    assert!(
        answer.leads_to().starts_with("/en/cart"),
        "{}",
        answer.leads_to()
    );
    let cart = maria.get(answer.leads_to()).await;
    assert_eq!(cart.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(field(&cart.body, "line").is_some(), "{}", cart.body);
    assert_eq!(shop.demo.orders().len(), 0);
}

#[tokio::test]
async fn k8_a_product_withdrawn_a_minute_ago_is_not_ordered_and_the_cart_says_which() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    let (product, number) = plain(&shop, |entry| entry.least == 1.into());
    let (other, _) = plain(&shop, |entry| {
        entry.least == 1.into() && entry.product.id.to_string() != product
    });
    add(&maria, &other, "3").await;
    let form = checkout(&maria).await;
    // Staff withdraw it; the copy learns of that within ten minutes.
    shop.demo.set_active(&number, false).unwrap();
    let answer = place(&maria, &form).await;
    assert!(
        answer.leads_to().starts_with("/en/cart"),
        "{}",
        answer.leads_to()
    );
    assert_eq!(shop.demo.orders().len(), 0);
    let cart = maria.get(answer.leads_to()).await.body;
    assert_eq!(cart.matches("No longer sold").count(), 1, "{cart}");
    // Back on sale before the copy was taken again: what is true now counts, and a newer copy knows it.
    shop.demo.set_active(&number, true).unwrap();
    shop.clock.advance(std::time::Duration::from_mins(1));
    shop.portal.mirror.pull().await.unwrap();
    place(&maria, &checkout(&maria).await).await;
    assert_eq!(shop.demo.orders().len(), 1);
}

#[tokio::test]
async fn k8_an_address_of_somebody_else_is_refused_and_what_was_typed_is_kept() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    let mut form = checkout(&maria).await;
    form.address = "00000000-0000-0000-0000-000000000001".to_owned();
    place(&maria, &form).await;
    assert_eq!(shop.demo.orders().len(), 0);
    assert!(maria.get("/en/checkout").await.body.contains("PO-7"));
}

#[tokio::test]
async fn d9_the_order_of_another_customer_does_not_exist() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    let form = checkout(&maria).await;
    place(&maria, &form).await;
    let id = shop.demo.orders()[0].id;
    let petar = shop.visitor();
    petar.sign_in("petar", "/en/cart").await;
    for path in [
        format!("/en/order/{}", form.key),
        format!("/en/account/orders/{id}"),
    ] {
        assert_eq!(maria.get(&path).await.status, StatusCode::OK, "{path}");
        assert_eq!(
            petar.get(&path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
        let guest = shop.visitor().get(&path).await;
        assert!(!guest.body.contains("PO-7"), "{path}");
    }
    // Another's key sends nothing, either.
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    add(&petar, &product, "1").await;
    place(&petar, &form).await;
    assert_eq!(shop.demo.orders().len(), 1);
}

#[tokio::test]
async fn a_role_without_prices_gets_none_anywhere() {
    let shop = filled().await;
    let petar = buyer(&shop, "petar").await;
    let (_, number) = plain(&shop, |_| true);
    let form = checkout(&petar).await;
    assert_eq!(form.seen, "");
    place(&petar, &form).await;
    let orders = shop.demo.orders();
    assert_eq!(orders.len(), 1);
    for path in [
        "/en".to_owned(),
        format!("/en/product/{number}"),
        "/en/search?q=a&sort=price".to_owned(),
        "/en/cart".to_owned(),
        format!("/en/order/{}", form.key),
        "/en/account/orders".to_owned(),
        format!("/en/account/orders/{}", orders[0].id),
    ] {
        let page = petar.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(
            !page.body.contains('€') && !page.body.contains("EUR"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_role_without_prices_is_told_none_by_a_colleagues_order_whose_price_changed() {
    let shop = filled().await;
    let petar = shop.visitor();
    petar.sign_in("petar", "/en/cart").await;
    let people = shop.demo.people();
    let person = people
        .iter()
        .find(|person| person.login.starts_with("petar"))
        .unwrap();
    let accesses = shop.portal.access.fresh(&PersonId::User(person.id)).await;
    // A colleague of his who sees prices has ordered, and sends him the address of it.
    let (_, request) = left_behind(&shop).await;
    let request = OrderRequest {
        key: OrderKey(uuid::Uuid::from_u128(79)),
        customer: accesses.unwrap()[0].customer.id,
        ..request
    };
    let (ledger, now) = (&shop.portal.ledger, shop.portal.world.clock.now());
    let claim = ledger.begin_order("a colleague", &request, now).await;
    assert_eq!(claim.unwrap(), Claim::First);
    let changed = Outcome::PriceChanged {
        seen: None,
        now: Money::new(98_765.into(), Currency::new("EUR").unwrap()),
        quote: None,
    };
    let settled = ledger.settle_order(request.key, Stage::Refused, &changed, now);
    assert!(settled.await.unwrap());
    let page = petar.get(&format!("/en/order/{}", request.key)).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.body.contains("<h1"), "{}", page.body);
    for amount in ["765", "€", "EUR"] {
        let main = page.body.split("<main").nth(1).unwrap();
        assert!(!main.contains(amount), "{amount} in {main}");
    }
}

#[tokio::test]
async fn a_role_taken_away_is_noticed_when_placing() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    let form = checkout(&maria).await;
    shop.demo
        .revoke_access("maria.ivanova@harbour.example")
        .unwrap();
    place(&maria, &form).await;
    assert_eq!(shop.demo.orders().len(), 0);
}

/// An order as a process would have left it that died while sending, and the customer's cart.
pub(crate) async fn left_behind(shop: &TestPortal) -> (CartOwner, OrderRequest) {
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
    let owner = CartOwner::Person {
        person,
        customer: Some(customer),
    };
    let (product, _) = plain(shop, |entry| entry.least == 1.into());
    let snapshot = shop.portal.mirror.snapshot().unwrap();
    let at = snapshot.catalogue.find(product.parse().unwrap()).unwrap();
    let product = &snapshot.catalogue.at(at).unwrap().product;
    let item = Item {
        product: product.id,
        variant: None,
        unit: product.unit,
    };
    let key = OrderKey(uuid::Uuid::from_u128(77));
    let line = LineId(uuid::Uuid::from_u128(78));
    let mut cart = Cart::default();
    let five = Quantity::new(5.into()).unwrap();
    cart.add(line, item, five, "x").unwrap();
    let now = shop.portal.world.clock.now();
    shop.portal
        .ledger
        .change_basket(&owner, now, |basket| {
            basket.cart = cart.clone();
            basket.key = Some(key);
            Ok::<_, ()>(())
        })
        .await
        .unwrap()
        .unwrap();
    let request = OrderRequest {
        key,
        customer,
        lines: vec![OrderRequestLine {
            line,
            product: item.product,
            variant: None,
            unit: item.unit,
            quantity: Quantity::new(3.into()).unwrap(),
        }],
        delivery: Delivery::None,
        purchase_order: None,
        requested_date: None,
        note: None,
        date: now.date(),
    };
    let claim = shop
        .portal
        .ledger
        .begin_order(&owner.to_string(), &request, now)
        .await
        .unwrap();
    assert_eq!(claim, Claim::First);
    (owner, request)
}

#[tokio::test]
async fn k9_an_order_whose_sender_died_after_the_commit_is_found() {
    let shop = filled().await;
    let (owner, request) = left_behind(&shop).await;
    shop.portal.instance.place(&request, None).await.unwrap();
    let now = shop.portal.world.clock.now();
    assert_eq!(shop.portal.ordering.look(now).await.unwrap(), 0);
    let found = shop
        .portal
        .ledger
        .underway(request.key)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.stage, Stage::Placed);
    assert!(matches!(found.outcome, Outcome::Placed { .. }));
    // Only what was ordered leaves the cart.
    let basket = shop.portal.ledger.basket(&owner).await.unwrap();
    assert_eq!(
        basket.cart.lines[0].quantity,
        Quantity::new(2.into()).unwrap()
    );
    assert_eq!(basket.key, None);
    assert_eq!(shop.demo.orders().len(), 1);
}

#[tokio::test]
async fn k5_an_order_that_is_not_found_is_doubted_until_it_cannot_come_any_more() {
    let shop = filled().await;
    let (owner, request) = left_behind(&shop).await;
    let stage = || async {
        shop.portal
            .ledger
            .underway(request.key)
            .await
            .unwrap()
            .unwrap()
            .stage
    };
    let look = || async {
        let now = shop.portal.world.clock.now();
        shop.portal.ordering.look(now).await.unwrap()
    };
    assert_eq!(look().await, 1);
    assert_eq!(stage().await, Stage::InDoubt);
    // Not due yet: nothing is asked.
    shop.demo.reset_calls();
    assert_eq!(look().await, 0);
    assert_eq!(shop.demo.calls().total, 0);
    shop.clock.advance(std::time::Duration::from_secs(10));
    assert_eq!(look().await, 1);
    shop.clock.advance(std::time::Duration::from_mins(31));
    assert_eq!(look().await, 0);
    assert_eq!(stage().await, Stage::Lost);
    let basket = shop.portal.ledger.basket(&owner).await.unwrap();
    assert_eq!(
        basket.cart.lines[0].quantity,
        Quantity::new(5.into()).unwrap(),
        "the cart is kept"
    );
    assert_eq!(basket.key, None, "under a new key it can be sent again");
    let now = shop.portal.world.clock.now();
    let again = shop
        .portal
        .ledger
        .begin_order(&owner.to_string(), &request, now)
        .await
        .unwrap();
    assert_eq!(again, Claim::Taken);
    assert_eq!(shop.demo.orders().len(), 0);
}

#[tokio::test]
async fn a_guests_cart_joins_the_customers_at_sign_in() {
    let shop = filled().await;
    let (product, number) = plain(&shop, |entry| entry.least == 1.into());
    let maria = shop.visitor();
    add(&maria, &product, "4").await;
    maria.sign_in("maria", "/en/cart").await;
    let cart = maria.get("/en/cart").await.body;
    assert!(cart.contains(&number) && cart.contains("value=\"4\""));
    assert!(field(&shop.visitor().get("/en/cart").await.body, "line").is_none());
}
