//! Customers' walls (F9, D9; tests 21 and 22 of the forty): every server function, route and page, asked as those who may not, with
//! ids of those who may. Nothing is told, nothing changes, and the answer is the one about things that do not exist.

mod rows;

use std::collections::BTreeSet;

use demo::{Does, Fault, Meets};
use http::StatusCode;
use server::sessions::CartOwner;
use vitrina::{ids::CustomerId, visitor::PersonId};

use self::rows::{Ask, Ids, ROWS};
use crate::{
    mirror::{add, filled, plain},
    orders::{checkout, field, place},
    test_portal::TestPortal,
    visitor::{Answer, Visitor},
};

/// A new server function, route or page is met here first: without its row this fails.
#[test]
fn f9_every_function_route_and_page_has_its_row() {
    let functions = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned());
    let routes = server::routes::paths().into_iter().map(str::to_owned);
    let pages = leptos_axum::generate_route_list(app::App)
        .into_iter()
        .map(|route| route.path().to_owned());
    let there: BTreeSet<_> = functions.chain(routes).chain(pages).collect();
    let rows: BTreeSet<_> = ROWS
        .iter()
        .map(|(pattern, _)| (*pattern).to_owned())
        .collect();
    assert_eq!(rows, there);
    assert_eq!(rows.len(), ROWS.len(), "each once");
}

/// Somebody who has a cart, a checkout half typed, and an order.
struct Owner<'a> {
    visitor: Visitor<'a>,
    /// Another browser of theirs, signed in too.
    elsewhere: Visitor<'a>,
    cart: CartOwner,
    ids: Ids,
    /// What nobody else may read anywhere.
    words: Vec<String>,
}

async fn owner<'a>(shop: &'a TestPortal, login: &str, mark: &str) -> Owner<'a> {
    let person = shop
        .demo
        .people()
        .into_iter()
        .find(|person| person.login.starts_with(login))
        .unwrap();
    let visitor = shop.visitor();
    visitor.sign_in(login, "/en/cart").await;
    let (product, _) = plain(shop, |entry| entry.least == 1.into());
    add(&visitor, &product, "7").await;
    let form = checkout(&visitor).await;
    place(&visitor, &form).await.leads_to();
    let order = shop
        .demo
        .orders()
        .into_iter()
        .find(|order| order.external_id.as_deref() == Some(form.key.as_str()))
        .unwrap();
    // Another cart, with a line that was taken out and one that stays, and a form half typed.
    add(&visitor, &product, "3").await;
    let removed = field(&visitor.get("/en/cart").await.body, "line").unwrap();
    visitor
        .post("/api/cart/remove", &[("line", &removed)])
        .await;
    add(&visitor, &product, "5").await;
    let typed = format!("{mark}-note");
    let keep = [("form[note]", typed.as_str()), ("form[street]", mark)];
    visitor.post("/api/checkout/keep", &keep).await;
    let page = visitor.get("/en/checkout").await.body;
    let access = &shop
        .portal
        .access
        .fresh(&PersonId::User(person.id))
        .await
        .unwrap()[0];
    let words = vec![
        person.name.clone(),
        person.login.clone(),
        access.customer.name.clone(),
        order.document_no.clone(),
        order.ship_to.clone().unwrap(),
        typed,
    ];
    let elsewhere = shop.visitor();
    elsewhere.sign_in(login, "/en").await;
    let sessions = visitor.get("/en/account/sessions").await.body;
    let cart = CartOwner::Person {
        person: PersonId::User(person.id),
        customer: Some(access.customer.id),
    };
    let ids = Ids {
        order: order.id.to_string(),
        order_key: form.key,
        cart_key: field(&page, "key").unwrap(),
        line: field(&visitor.get("/en/cart").await.body, "line").unwrap(),
        removed,
        address: form.address,
        customer: access.customer.id.to_string(),
        session: field(&sessions, "session").unwrap(),
        attempt: attempt(&visitor, login).await,
        own_key: String::new(),
    };
    Owner {
        visitor,
        elsewhere,
        cart,
        ids,
        words,
    }
}

/// A sign-in whose answer is parked and waits for its browser.
async fn attempt(visitor: &Visitor<'_>, login: &str) -> String {
    let other_tab = visitor.portal.visitor();
    let fields = other_tab.until_callback(login, "/en").await;
    let parked = other_tab.call_back(&fields).await;
    parked.leads_to().rsplit('/').next().unwrap().to_owned()
}

/// All that could have changed.
async fn state(shop: &TestPortal, owners: &[Owner<'_>]) -> Vec<String> {
    let mut state = vec![format!("{:?}", shop.demo.orders())];
    for owner in owners {
        state.push(format!(
            "{:?}",
            shop.portal.ledger.basket(&owner.cart).await.unwrap()
        ));
        let key = owner.ids.order_key.parse().unwrap();
        state.push(format!(
            "{:?}",
            shop.portal
                .ledger
                .underway(key)
                .await
                .unwrap()
                .unwrap()
                .stage
        ));
    }
    state
}

async fn ask(visitor: &Visitor<'_>, ask: &Ask) -> Answer {
    let fields: Vec<_> = ask
        .fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    match ask.method {
        "GET" => visitor.get(&ask.path).await,
        "POST" if ask.foreign => visitor.post_from_elsewhere(&ask.path, &fields).await,
        _ => visitor.post(&ask.path, &fields).await,
    }
}

/// The answer without what differs from one to the next: ids, nonces, tokens, references, and which of the two was asked for.
fn alike(answer: &Answer) -> (StatusCode, String, String) {
    let mut text = answer.body.clone();
    // How old the copy is differs from one second to the next.
    if let Some(at) = text.find("\ncopy: ") {
        text.truncate(at);
    }
    for mark in [
        "nonce=\"",
        "crossorigin=\"",
        "name=\"form_token\" value=\"",
        "<code>",
    ] {
        let mut parts = text.split(mark);
        let first = parts.next().unwrap_or_default().to_owned();
        text = parts.fold(first, |sum, part| {
            let end = part.find(['"', '<']).unwrap_or(0);
            format!("{sum}{mark}{}", &part[end..])
        });
    }
    (
        answer.status,
        without_ids(answer.header("location")),
        without_ids(&text),
    )
}

fn without_ids(text: &str) -> String {
    let is_id = |part: &[u8]| {
        part.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    let text = text.replace("%2D", "-");
    let bytes = text.as_bytes();
    let mut left = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes.get(at..at + 36).is_some_and(is_id) {
            at += 36;
        } else {
            left.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&left).into_owned()
}

#[tokio::test]
async fn f9_d9_nobody_reads_or_changes_what_is_anothers() {
    let shop = filled().await;
    let owners = [
        owner(&shop, "maria", "maria-mark").await,
        owner(&shop, "petar", "petar-mark").await,
    ];
    for owner in &owners {
        // The words are there to be found: their owner finds them.
        let own = [
            format!("/en/account/orders/{}", owner.ids.order),
            "/en/checkout".to_owned(),
            "/en".to_owned(),
        ];
        let mut seen = String::new();
        for path in own {
            seen.push_str(&owner.visitor.get(&path).await.body);
        }
        for word in owner.words.iter().filter(|word| !word.contains('@')) {
            assert!(seen.contains(word.as_str()), "{word} in {seen}");
        }
    }
    let guest = shop.visitor();
    let collecting = shop.visitor();
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    add(&collecting, &product, "1").await;
    let mut askers = vec![
        ("guest", guest, None),
        ("guest with a cart", collecting, None),
    ];
    for (who, login, customer) in [
        ("wrong customer", "james", None),
        ("lower role", "lena", Some(1)),
        ("without a customer", "nora", None),
        ("choosing", "james", None),
        ("employee", "ivan", None),
    ] {
        let visitor = shop.visitor();
        visitor.sign_in(login, "/en").await;
        if who == "wrong customer" {
            let page = visitor.get("/en/account/customers").await.body;
            let own = field(&page, "customer").unwrap();
            visitor
                .post("/api/account/choose", &[("customer", &own)])
                .await
                .leads_to();
            add(&visitor, &product, "1").await;
        }
        askers.push((who, visitor, customer));
    }
    let strangers = attempt(&shop.visitor(), "nora").await;
    let before = state(&shop, &owners).await;
    for (who, visitor, customer) in &askers {
        let own_key = field(&visitor.get("/en/checkout").await.body, "key").unwrap_or_default();
        for (index, owner) in owners.iter().enumerate() {
            // Of the own customer a lower role is walled off too, but knows the company's name.
            let own_customer = *customer == Some(index);
            let there = owner.ids.with_own(&own_key);
            let nowhere = Ids::of_nobody(&own_key, &strangers);
            for (pattern, asks) in ROWS {
                let pairs = asks(&there).into_iter().zip(asks(&nowhere));
                for (asked, invented) in pairs {
                    let what = format!("{who}: {pattern} {} {:?}", asked.path, asked.fields);
                    let answer = ask(visitor, &asked).await;
                    let sent = format!("{:?}{}", answer.headers, answer.body);
                    for word in &owner.words {
                        let known = own_customer
                            && sent.contains(word.as_str())
                            && askers_own(&shop, "lena").await.contains(word);
                        assert!(known || !sent.contains(word.as_str()), "{what}: {word}");
                    }
                    let unknown = ask(visitor, &invented).await;
                    // Choosing the own customer is no trespass.
                    if !(own_customer && asked.path == "/api/account/choose") {
                        assert_eq!(alike(&answer), alike(&unknown), "{what}");
                    }
                    assert!(
                        !answer.status.is_server_error() || unknown.status == answer.status,
                        "{what}"
                    );
                }
            }
        }
    }
    assert_eq!(state(&shop, &owners).await, before);
    for owner in &owners {
        for browser in [&owner.visitor, &owner.elsewhere] {
            let page = browser.get("/en").await.body;
            assert!(page.contains(&owner.words[0]), "still signed in");
        }
    }
}

/// What somebody may know: their own company's name.
async fn askers_own(shop: &TestPortal, login: &str) -> Vec<String> {
    let person = shop
        .demo
        .people()
        .into_iter()
        .find(|person| person.login.starts_with(login))
        .unwrap();
    let accesses = shop
        .portal
        .access
        .of(&PersonId::User(person.id))
        .await
        .unwrap();
    accesses
        .into_iter()
        .map(|access| access.customer.name)
        .collect()
}

/// Test 22 of the forty: prices, customers and quantities come from our records, whatever a form says.
#[tokio::test]
async fn k8_what_a_form_says_of_prices_customers_and_quantities_is_not_read() {
    let shop = filled().await;
    let maria = owner(&shop, "maria", "mark").await;
    let petar = shop.visitor();
    petar.sign_in("petar", "/en").await;
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    for quantity in ["-5", "0", "0.0001", "1e9", "NaN", "", "100000000"] {
        let answer = add(&petar, &product, quantity).await;
        assert!(answer.leads_to().contains("problem="), "{quantity}");
    }
    let hidden = uuid::Uuid::from_u128(7).to_string();
    assert!(
        add(&petar, &hidden, "1")
            .await
            .leads_to()
            .contains("problem=gone")
    );
    assert!(
        field(&petar.get("/en/cart").await.body, "line").is_none(),
        "nothing was added"
    );
    add(&petar, &product, "2").await;
    let form = checkout(&petar).await;
    let fields = [
        ("key", form.key.as_str()),
        ("seen", "0.01 EUR"),
        ("form[address]", form.address.as_str()),
        ("customer", maria.ids.customer.as_str()),
        ("form[customer]", maria.ids.customer.as_str()),
        ("price", "0.01"),
        ("lines[0][quantity]", "-3"),
        ("quantity", "9"),
        ("back", "/en/checkout"),
    ];
    petar.post("/api/checkout/place", &fields).await.leads_to();
    let orders = shop.demo.orders();
    let placed = orders
        .iter()
        .find(|order| order.external_id.as_deref() == Some(form.key.as_str()))
        .unwrap();
    let marias = orders
        .iter()
        .find(|order| order.id.to_string() == maria.ids.order)
        .unwrap();
    assert_ne!(placed.customer, marias.customer);
    assert_eq!(placed.lines.len(), 1);
    assert_eq!(placed.lines[0].quantity, 2.into());
    assert!(placed.amount_to_pay > 1.into(), "{}", placed.amount_to_pay);
}

/// D9, the second half: an instance that answers with rows of others is not believed.
#[tokio::test]
async fn d9_rows_of_another_customer_are_not_shown_even_if_the_instance_sends_them() {
    let shop = filled().await;
    let petar = shop.visitor();
    petar.sign_in("petar", "/en").await;
    let person = |login: &str| {
        let people = shop.demo.people();
        let found = people
            .into_iter()
            .find(|person| person.login.starts_with(login));
        PersonId::User(found.unwrap().id)
    };
    let customer = async |login: &str| -> CustomerId {
        shop.portal.access.fresh(&person(login)).await.unwrap()[0]
            .customer
            .id
    };
    let (own, foreign) = (customer("petar").await, customer("maria").await);
    let today = shop.portal.world.clock.now().date();
    let id = uuid::Uuid::from_u128(0xd9);
    let row = |number: &str, customer: Option<CustomerId>| {
        let mut row = serde_json::json!({
            "@odata.id": format!("Crm_Sales_SalesOrders({id})"),
            "Id": id.to_string(),
            "DocumentNo": number,
            "DocumentDate": format!("{today}T00:00:00Z"),
            "State": "Released",
            "Void": false,
            "Lines": [], "DocumentAmounts": [], "StateChanges": [],
        });
        if let Some(customer) = customer {
            row["Customer"] =
                serde_json::json!({ "@odata.id": format!("Crm_Customers({})", customer.0) });
        }
        row
    };
    for (number, whose, shown) in [
        ("SO-OWN", Some(own), true),
        ("SO-FOREIGN", Some(foreign), false),
        ("SO-NOBODYS", None, false),
    ] {
        let body = serde_json::json!({ "value": [row(number, whose)] }).to_string();
        let fault = shop.demo.bring_up(Fault::always(
            Meets::set("Crm_Sales_SalesOrders"),
            Does::Answer {
                status: 200,
                content_type: "application/json".to_owned(),
                body,
            },
        ));
        let list = petar.get("/en/account/orders").await;
        assert_eq!(list.body.contains(number), shown, "{number}: {}", list.body);
        let one = petar.get(&format!("/en/account/orders/{id}")).await;
        assert_eq!(one.body.contains(number), shown, "{number}");
        assert_eq!(one.status == StatusCode::OK, shown, "{number}");
        shop.demo.clear_fault(fault);
    }
}
