//! The client against the demo instance: catalogue, sign-in, people, orders.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests"
)]

#[path = "against_demo/away.rs"]
mod away;
#[path = "against_demo/identity.rs"]
mod identity;
mod support;

use std::{sync::Arc, time::Duration};

use axum::http::{Method, StatusCode};
use demo::{Answering, Demo, Options};
use erp::{
    Cursor, Instance, PictureOf, PlaceError, QuoteError, ReadError, Row,
    identity::{Attempt, Callback, ResponseMode, UserType},
};
use reqwest::header::{LOCATION, SET_COOKIE};
use rust_decimal::Decimal;
use support::{Act, Proxy, client, random_text, shop};
use time::{Date, OffsetDateTime};
use uuid::Uuid;
use vitrina::{
    catalog::source::Product,
    ids::{AddressId, LineId, OrderId, ProductId},
    money::{Currency, Money},
    order::{Delivery, OrderKey, OrderRequest, OrderRequestLine, OrderState},
    quantity::Quantity,
    text::Language,
    trouble::Trouble,
    visitor::{Access, PersonId},
};

const SOON: Duration = Duration::from_secs(20);

async fn all_products(instance: &Instance) -> Vec<Product> {
    let mut products = Vec::new();
    let mut at = Cursor::default();
    loop {
        let page = instance.products(&at).await.unwrap();
        assert_eq!(page.rows.left_out, []);
        products.extend(page.rows.rows);
        match page.next {
            Some(next) => at = next,
            None => return products,
        }
    }
}

#[tokio::test]
async fn the_whole_catalogue_comes_over() {
    let (_demo, instance) = shop().await;
    let seller = instance.seller().await.unwrap();
    assert!(seller.channel.is_some() && seller.location.is_some());
    assert_eq!(seller.currency, Currency::new("EUR"));

    let groups = instance.groups().await.unwrap();
    assert_eq!(groups.left_out, []);
    assert!(groups.rows.len() >= 10);
    assert!(groups.rows.iter().any(|group| group.parent.is_some()));

    let units = instance.units().await.unwrap();
    assert_eq!(units.left_out, []);
    assert!(units.rows.iter().any(|unit| !unit.divisible));

    let products = all_products(&instance).await;
    assert!(products.len() >= 100, "{}", products.len());
    assert!(products.iter().all(|product| {
        groups.rows.iter().any(|group| group.id == product.group)
            && units.rows.iter().any(|unit| unit.id == product.unit)
    }));
    assert!(products.iter().any(|product| !product.pictures.is_empty()));
    assert!(products.iter().any(|product| !product.variants.is_empty()));
    assert!(products.iter().any(|product| !product.relations.is_empty()));
    assert!(
        products
            .iter()
            .any(|product| !product.conversions.is_empty())
    );
    assert!(
        products
            .iter()
            .all(|product| product.name.exact(Language::ENGLISH).is_some())
    );

    let stamps = instance.product_stamps(None).await.unwrap();
    let mut ids: Vec<_> = stamps
        .iter()
        .filter(|stamp| stamp.shown)
        .map(|stamp| stamp.id)
        .collect();
    let mut pulled: Vec<_> = products.iter().map(|product| product.id).collect();
    ids.sort();
    pulled.sort();
    assert_eq!(ids, pulled, "the sweep and the pull agree on what is shown");

    let kinds = instance.price_kinds().await.unwrap();
    let prices = instance.prices(&Cursor::default(), &kinds).await.unwrap();
    assert_eq!(prices.left_out, []);
    assert!(prices.rows.iter().any(|change| match &change.row {
        Row::Used(row) => row.range.min.is_some_and(|(_, unit)| unit.is_some()),
        Row::Odd | Row::Unused => false,
    }));
    let discounts = instance.discounts(&Cursor::default()).await.unwrap();
    assert_eq!(discounts.left_out, []);
    assert!(!discounts.rows.is_empty());
    assert_eq!((prices.next, discounts.next), (None, None));
    let counts = (prices.rows.len() as u64, discounts.rows.len() as u64);
    assert_eq!(instance.price_counts().await.unwrap(), counts);
    assert_eq!(instance.price_lists().await.unwrap().left_out, []);

    let some: Vec<_> = pulled.iter().copied().take(70).collect();
    let stock = instance.stock(&some).await.unwrap();
    assert_eq!(stock.len(), 70);
    assert!(stock.iter().any(|level| level.promise > Decimal::ZERO));

    // Nothing is newer than tomorrow; the instance may cut the instant to its day.
    let tomorrow = OffsetDateTime::now_utc() + Duration::from_hours(48);
    assert_eq!(instance.product_stamps(Some(tomorrow)).await.unwrap(), []);
    let none = instance.prices_since(tomorrow, &kinds).await.unwrap();
    assert_eq!(none.rows.len(), 0);
}

#[tokio::test]
async fn stamps_tell_what_changed_also_if_it_is_shown_no_more() {
    let (demo, instance) = shop().await;
    // The instance tells whole seconds.
    let before = instance.now_there() - Duration::from_secs(2);
    let product = all_products(&instance).await.remove(0);
    let number = product.part_number.as_str();
    demo.set_active(number, false).unwrap();
    // Whoever cuts times to the day tells of more.
    let stamps = instance.product_stamps(Some(before)).await.unwrap();
    let stamp = stamps.iter().find(|stamp| stamp.id == product.id).unwrap();
    assert!(!stamp.shown && stamp.changed > product.changed);
    let by_id = |id| async move { instance.products_by_id(&[id]).await.unwrap() };
    let gone = by_id(product.id).await;
    assert_eq!((gone.rows.len(), gone.left_out), (0, vec![]));
}

#[tokio::test]
async fn pages_of_any_size_give_every_product_once() {
    let (_demo, instance) = shop().await;
    let whole = all_products(&instance).await;
    let mut at = Cursor::default();
    while let Some(smaller) = at.smaller() {
        at = smaller;
    }
    let mut found = Vec::new();
    loop {
        let page = instance.products(&at).await.unwrap();
        found.extend(page.rows.rows);
        // By the instance's link and by number in turn.
        match page.next {
            Some(next) if found.len() % 2 == 0 => at = next.by_place().unwrap(),
            Some(next) => at = next,
            None => break,
        }
    }
    assert_eq!(found, whole);
}

#[tokio::test]
async fn the_whole_stock_agrees_with_that_of_each_product() {
    let (_demo, instance) = shop().await;
    let products: Vec<_> = all_products(&instance)
        .await
        .iter()
        .filter(|product| product.stocked)
        .map(|product| product.id)
        .collect();
    let page = instance.stock_page(&Cursor::default()).await.unwrap();
    assert_eq!(page.next, None);
    assert_eq!(instance.stock_rows().await.unwrap(), page.rows.len() as u64);
    for level in instance.stock(&products).await.unwrap() {
        let first = page.rows.iter().find(|row| row.product == level.product);
        assert_eq!(first.map(|row| row.promise), Some(level.promise));
    }
}

#[tokio::test]
async fn a_picture_streams_as_a_file() {
    let (_demo, instance) = shop().await;
    let products = all_products(&instance).await;
    let picture = products
        .iter()
        .find_map(|product| product.pictures.first())
        .unwrap();
    let mut file = Vec::new();
    let size = instance
        .picture(PictureOf::Product(picture.id), &mut file)
        .await
        .unwrap();
    assert_eq!(size, file.len() as u64);
    assert!(file.starts_with(b"\x89PNG"));
    let unknown = vitrina::ids::PictureId(Uuid::from_u128(1));
    assert!(
        instance
            .picture(PictureOf::Product(unknown), &mut Vec::new())
            .await
            .is_err()
    );
}

/// Test 27 of the forty.
#[tokio::test]
async fn t1_a_hundred_callers_share_one_token_request_and_never_exceed_the_gate() {
    let (demo, instance) = shop().await;
    let calls = (0..100).map(|_| {
        let instance = instance.clone();
        async move { instance.price_lists().await.map(|_| ()) }
    });
    for outcome in futures::future::join_all(calls).await {
        outcome.unwrap();
    }
    let calls = demo.calls();
    assert_eq!((calls.token_requests, calls.most_at_once), (1, 1));
}

/// Signs in at the demo's login page as a browser would.
async fn sign_in(
    demo: &Demo,
    instance: &Instance,
    login: &str,
) -> (Attempt, Vec<(String, String)>) {
    let attempt = Attempt {
        state: random_text().into(),
        nonce: random_text().into(),
        verifier: format!("{0}{0}", &random_text()[..32]).into(),
        redirect_uri: "http://localhost:3000/signin-callback".parse().unwrap(),
        language: Language::BULGARIAN,
    };
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let address = instance.identity().authorize(&attempt).await.unwrap();
    let to_login = http.get(address).send().await.unwrap();
    let at = |response: &reqwest::Response| {
        format!(
            "{}{}",
            demo.root(),
            response.headers()[LOCATION].to_str().unwrap()
        )
    };
    let page = http
        .get(at(&to_login))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let person = demo
        .people()
        .into_iter()
        .find(|person| person.login == login)
        .unwrap();
    let back = hidden(&page)
        .into_iter()
        .find(|(name, _)| name == "ReturnUrl")
        .unwrap()
        .1;
    let form = [
        ("ReturnUrl", back.as_str()),
        ("Login", login),
        ("Password", &person.password),
    ];
    let done = http
        .post(format!("{}/id/account/login", demo.root()))
        .form(&form)
        .send()
        .await
        .unwrap();
    let cookie = done.headers()[SET_COOKIE]
        .to_str()
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let granted = http
        .get(at(&done))
        .header("cookie", cookie)
        .send()
        .await
        .unwrap();
    // A code alone comes back in the address.
    if let Some(back) = granted.headers().get(LOCATION) {
        let back = reqwest::Url::parse(back.to_str().unwrap()).unwrap();
        return (attempt, back.query_pairs().into_owned().collect());
    }
    (attempt, hidden(&granted.text().await.unwrap()))
}

/// Names and values of the hidden inputs of a page.
fn hidden(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let rest = tag.split_once(&format!("{name}=\""))?.1;
        Some(rest.split('"').next()?.replace("&amp;", "&"))
    };
    page.split("<input")
        .skip(1)
        .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?)))
        .collect()
}

/// As it comes: a token never stands in an address.
fn callback(fields: &[(String, String)]) -> Callback {
    let mode = if fields.iter().any(|(name, _)| name == "id_token") {
        ResponseMode::FormPost
    } else {
        ResponseMode::Query
    };
    Callback::read(
        mode,
        fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    )
    .unwrap()
}

#[tokio::test]
async fn people_sign_in_by_both_tokens_and_a_code_serves_once() {
    let (demo, instance) = shop().await;
    instance.identity().ready().await.unwrap();
    let (attempt, fields) = sign_in(&demo, &instance, "maria.ivanova@harbour.example").await;
    let answer = callback(&fields);
    let signed_in = instance.identity().redeem(&attempt, &answer).await.unwrap();
    let person = demo
        .people()
        .into_iter()
        .find(|person| person.login == "maria.ivanova@harbour.example")
        .unwrap();
    assert_eq!(signed_in.person.id, PersonId::User(person.id));
    assert_eq!(signed_in.person.name, "Мария Иванова");
    assert!(!signed_in.person.employee);
    assert_eq!(signed_in.user_type, UserType::Community);
    assert_eq!(signed_in.language, Some(Language::BULGARIAN));

    let again = instance.identity().redeem(&attempt, &answer).await;
    assert_eq!(again.unwrap_err().kind(), "code_refused");

    let away = instance
        .identity()
        .end_session(
            &signed_in.id_token,
            &"http://localhost:3000/signout-callback".parse().unwrap(),
            "s",
        )
        .await
        .unwrap();
    assert!(away.query_pairs().any(|(name, _)| name == "id_token_hint"));
}

#[tokio::test]
async fn an_answer_for_another_attempt_is_refused() {
    let (demo, instance) = shop().await;
    let (mut attempt, fields) = sign_in(&demo, &instance, "ivan.kolev@ognishte.example").await;
    attempt.nonce = random_text().into();
    let outcome = instance
        .identity()
        .redeem(&attempt, &callback(&fields))
        .await;
    assert_eq!(outcome.unwrap_err().kind(), "rejected");
}

async fn access(demo: &Demo, instance: &Instance, login: &str) -> Vec<Access> {
    let person = demo
        .people()
        .into_iter()
        .find(|person| person.login == login)
        .unwrap();
    instance
        .access(&PersonId::User(person.id), SOON)
        .await
        .unwrap()
}

#[tokio::test]
async fn people_act_for_the_customers_they_were_given() {
    let (demo, instance) = shop().await;
    let of = |login: &'static str| access(&demo, &instance, login);
    assert_eq!(of("maria.ivanova@harbour.example").await.len(), 1);
    assert_eq!(of("james.porter@studio.example").await.len(), 2);
    assert_eq!(of("nora.lind@newcomer.example").await, []);
    let blind = of("petar.dimitrov@lipa.example").await;
    assert!(!blind[0].role.sees_prices());
    assert!(!blind[0].customer.name.is_empty());
    let nobody = PersonId::Login("somebody".to_owned());
    assert_eq!(instance.access(&nobody, SOON).await.unwrap(), []);
    let addresses = instance
        .addresses(
            of("maria.ivanova@harbour.example").await[0].customer.party,
            SOON,
        )
        .await
        .unwrap();
    assert!(!addresses.is_empty());
}

fn today() -> Date {
    OffsetDateTime::now_utc().date()
}

/// A wish for two of the first product that has a price and no variants.
async fn wish(instance: &Instance, access: &Access) -> OrderRequest {
    let products = all_products(instance).await;
    let product = products
        .iter()
        .find(|product| {
            product.standard_price.is_some()
                && product.variants.is_empty()
                && product.minimum.is_none()
        })
        .unwrap();
    let address = instance
        .addresses(access.customer.party, SOON)
        .await
        .unwrap()[0]
        .id;
    OrderRequest {
        key: OrderKey(Uuid::from_u128(rand_number())),
        customer: access.customer.id,
        lines: vec![OrderRequestLine {
            line: LineId(Uuid::from_u128(5)),
            product: product.id,
            variant: None,
            unit: product.unit,
            quantity: Quantity::new(Decimal::TWO).unwrap(),
        }],
        delivery: Delivery::Known(address),
        purchase_order: Some("PO-1".to_owned()),
        requested_date: None,
        note: Some("Please call.".to_owned()),
        date: today(),
    }
}

fn rand_number() -> u128 {
    use erp::world::{Random, SystemRandom};
    let mut bytes = [0; 16];
    SystemRandom.fill(&mut bytes);
    u128::from_le_bytes(bytes)
}

async fn maria(demo: &Demo, instance: &Instance) -> Access {
    access(demo, instance, "maria.ivanova@harbour.example")
        .await
        .remove(0)
}

#[tokio::test]
async fn a_quote_is_priced_with_vat_and_leaves_nothing_behind() {
    let (demo, instance) = shop().await;
    let access = maria(&demo, &instance).await;
    let request = wish(&instance, &access).await;
    let quote = instance.quote(&request, SOON).await.unwrap();
    assert_eq!(quote.lines.len(), 1);
    assert_eq!(quote.lines[0].line, request.lines[0].line);
    assert!(quote.lines[0].each.amount > Decimal::ZERO);
    assert!(!quote.on_top.is_empty(), "VAT is there");
    assert!(quote.total.amount > quote.net.amount);
    assert!(demo.orders().is_empty());
    assert!(
        instance
            .find_order(request.key, request.customer)
            .await
            .unwrap()
            .is_empty()
    );
    // The slot is free again.
    assert_eq!(instance.quote(&request, SOON).await.unwrap(), quote);
}

#[tokio::test]
async fn k3_an_order_is_placed_once_with_the_price_that_was_seen_and_taken_on() {
    let (demo, instance) = shop().await;
    let access = maria(&demo, &instance).await;
    let mut request = wish(&instance, &access).await;
    request.delivery = Delivery::New("3 Mole Road, 8000 Burgas".to_owned());
    let seen = instance.quote(&request, SOON).await.unwrap().total;

    let dearer = Money::new(seen.amount + Decimal::ONE, seen.currency.clone());
    match instance.place(&request, Some(&dearer)).await {
        Err(PlaceError::PriceChanged { now }) => assert_eq!(now.total, seen),
        other => panic!("{other:?}"),
    }
    assert!(demo.orders().is_empty());

    let placed = instance.place(&request, Some(&seen)).await.unwrap();
    assert!(placed.number.is_some());
    assert_eq!(placed.total, Some(seen));
    let orders = demo.orders();
    assert_eq!(orders.len(), 1);
    assert_eq!(orders[0].external_id, Some(request.key.to_string()));
    assert_eq!(orders[0].state, "FirmPlanned");
    assert_eq!(orders[0].notes.as_deref(), Some("Please call."));
    assert_eq!(
        instance
            .find_order(request.key, request.customer)
            .await
            .unwrap(),
        std::slice::from_ref(&placed)
    );

    let addresses = instance
        .addresses(access.customer.party, SOON)
        .await
        .unwrap();
    let new = addresses
        .iter()
        .filter(|address| address.text.contains("Mole Road"))
        .count();
    assert_eq!(new, 1, "the address was made once for two attempts");

    let list = instance
        .orders(&access, 1, 10, today(), SOON)
        .await
        .unwrap();
    assert_eq!(list.orders[0].id, placed.id);
    assert_eq!(list.orders[0].state, OrderState::Received);
    let order = instance
        .order(&access, placed.id, today(), SOON)
        .await
        .unwrap();
    assert_eq!(order.lines.len(), 1);
    assert_eq!(order.lines[0].product, request.lines[0].product);
    assert!(order.address.unwrap().contains("Mole Road"));
    assert!(!order.on_top.is_empty());
}

#[tokio::test]
async fn d9_another_customers_order_is_not_found() {
    let (demo, instance) = shop().await;
    let own = maria(&demo, &instance).await;
    let request = wish(&instance, &own).await;
    let placed = instance.place(&request, None).await.unwrap();
    let stranger = access(&demo, &instance, "james.porter@studio.example")
        .await
        .remove(0);
    let outcome = instance.order(&stranger, placed.id, today(), SOON).await;
    assert!(matches!(outcome, Err(ReadError::NotFound)), "{outcome:?}");
    let listed = instance
        .orders(&stranger, 1, 100, today(), SOON)
        .await
        .unwrap();
    assert!(listed.orders.iter().all(|order| order.id != placed.id));
    let unknown = OrderId(Uuid::from_u128(3));
    assert!(matches!(
        instance.order(&own, unknown, today(), SOON).await,
        Err(ReadError::NotFound)
    ));
    // Too old for the access is not found either.
    let mut short = own.clone();
    short.days_back = Some(0);
    let next_year = today() + Duration::from_hours(24 * 365);
    assert!(matches!(
        instance.order(&short, placed.id, next_year, SOON).await,
        Err(ReadError::NotFound)
    ));
    assert!(matches!(
        instance.orders(&own, 900, 10, today(), SOON).await,
        Err(ReadError::NotFound)
    ));
}

#[tokio::test]
async fn a_buyer_without_prices_sees_none() {
    let (demo, instance) = shop().await;
    let access = access(&demo, &instance, "petar.dimitrov@lipa.example")
        .await
        .remove(0);
    let request = wish(&instance, &access).await;
    let placed = instance.place(&request, None).await.unwrap();
    let order = instance
        .order(&access, placed.id, today(), SOON)
        .await
        .unwrap();
    assert_eq!(
        (order.net, order.summary.total, order.on_top.len()),
        (None, None, 0)
    );
    assert!(
        order
            .lines
            .iter()
            .all(|line| line.each.is_none() && line.amount.is_none() && line.discount.is_none())
    );
}

#[tokio::test]
async fn what_cannot_be_ordered_is_refused_and_frees_the_slot() {
    let (demo, instance) = shop().await;
    let access = maria(&demo, &instance).await;
    let good = wish(&instance, &access).await;
    let mut bad = good.clone();
    bad.lines[0].product = ProductId(Uuid::from_u128(9));
    assert!(matches!(
        instance.quote(&bad, SOON).await,
        Err(QuoteError::Refused(_) | QuoteError::Fault(_))
    ));
    let mut stranger = good.clone();
    stranger.customer = vitrina::ids::CustomerId(Uuid::from_u128(9));
    assert!(matches!(
        instance.quote(&stranger, SOON).await,
        Err(QuoteError::Customer)
    ));
    let mut elsewhere = good.clone();
    elsewhere.delivery = Delivery::Known(AddressId(Uuid::from_u128(9)));
    assert!(instance.place(&elsewhere, None).await.is_err());
    assert!(demo.orders().is_empty());
    instance.quote(&good, SOON).await.unwrap();
}

#[tokio::test]
async fn a_failed_state_change_leaves_the_order_as_it_is() {
    let demo = Demo::start(Options::default()).await.unwrap();
    let proxy = Proxy::before(&demo).await;
    let instance = client(&demo, &proxy.root);
    let access = maria(&demo, &instance).await;
    let request = wish(&instance, &access).await;
    proxy.judge(|_, path, _| {
        if path.ends_with("ChangeState") {
            Act::Instead(StatusCode::INTERNAL_SERVER_ERROR)
        } else {
            Act::Pass
        }
    });
    instance.place(&request, None).await.unwrap();
    assert_eq!(demo.orders()[0].state, "New");
}

#[tokio::test]
async fn a_quote_whose_caller_goes_away_ends_its_transaction() {
    let demo = Demo::start(Options::default()).await.unwrap();
    let proxy = Arc::new(Proxy::before(&demo).await);
    let instance = client(&demo, &proxy.root);
    let access = maria(&demo, &instance).await;
    let request = wish(&instance, &access).await;

    // Gone at each of its steps: at the begin, at the create, at the recalculation.
    for step in ["BeginTransaction", "Crm_Sales_SalesOrders", "Recalculate"] {
        let (reached, mut arrival) = tokio::sync::mpsc::unbounded_channel();
        proxy.judge(move |method, path, _| {
            if method == Method::POST && path.ends_with(step) {
                let _ = reached.send(());
            }
            Act::Pass
        });
        tokio::select! {
            biased;
            Some(()) = arrival.recv() => {}
            outcome = instance.quote(&request, SOON) => panic!("{outcome:?} before {step}"),
        }
        // Another quote gets the only transaction, which it could not if the first one were still open.
        proxy.judge(|_, _, _| Act::Pass);
        instance.quote(&request, SOON).await.unwrap();
    }
    assert_eq!(proxy.count("BeginTransaction"), 6);
    assert_eq!(proxy.count("EndTransaction{\"commit\":false}"), 6);
    assert!(demo.orders().is_empty());
}

#[tokio::test]
async fn calls_of_two_quotes_are_never_mixed() {
    let demo = Demo::start(Options::default()).await.unwrap();
    let proxy = Proxy::before(&demo).await;
    let instance = client(&demo, &proxy.root);
    let access = maria(&demo, &instance).await;
    let request = wish(&instance, &access).await;
    let quotes = (0..5).map(|_| instance.quote(&request, SOON));
    for quote in futures::future::join_all(quotes).await {
        quote.unwrap();
    }
    let mut open = false;
    for call in proxy.seen() {
        if call.contains("BeginTransaction") {
            assert!(!open, "a second transaction began");
            open = true;
        }
        if call.contains("EndTransaction") {
            open = false;
        }
    }
    assert_eq!(demo.calls().most_at_once, 1);
}

#[tokio::test]
async fn an_instance_that_does_not_answer_is_away_within_the_deadline() {
    let (demo, instance) = shop().await;
    let access = maria(&demo, &instance).await;
    let request = wish(&instance, &access).await;
    demo.set_answering(Answering::Paused);
    let outcome = instance.quote(&request, Duration::from_millis(200)).await;
    assert_eq!(outcome.unwrap_err().trouble("r"), Trouble::Busy);
    demo.set_answering(Answering::Normally);
    instance.quote(&request, SOON).await.unwrap();
}
