//! The instance slow, silent, refusing, without licence, restarting or gone: shoppers look, search, fill their carts and are told
//! what is not possible now; nothing typed is lost, no order is lost or doubled, and nothing needs a restart (D5, D6, K3–K9).

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use demo::{Demo, Does, Fault, InFlight, Malformed, Meets};
use erp::Condition;
use http::StatusCode;
use server::ledger::orders::{Outcome, Stage};

use crate::{
    journal::Journal,
    mirror::{add, filled, plain},
    orders::{Checkout, buyer, checkout, field, left_behind, place},
    test_portal::TestPortal,
    visitor::{Answer, Visitor},
};

/// Something that befalls the instance.
struct Outage {
    name: &'static str,
    begin: fn(&Demo),
    /// What the log calls it; none if nobody notices.
    kind: Option<&'static str>,
    /// Within so many seconds of its end a shopper gets a total again.
    recovery: u64,
}

fn always(demo: &Demo, does: Does) {
    demo.bring_up(Fault::always(Meets::Api, does));
}

const OUTAGES: [Outage; 18] = [
    Outage {
        name: "slow: three seconds for each call",
        begin: |demo| {
            always(
                demo,
                Does::Slow {
                    milliseconds: 3_000,
                },
            );
        },
        kind: Some("gate_deadline"),
        recovery: 30,
    },
    Outage {
        name: "hanging",
        begin: |demo| always(demo, Does::Hang),
        kind: Some("gate_deadline"),
        recovery: 30,
    },
    Outage {
        name: "dripping",
        begin: |demo| {
            always(
                demo,
                Does::Drip {
                    bytes: 8,
                    milliseconds: 400,
                },
            );
        },
        kind: Some("gate_deadline"),
        recovery: 30,
    },
    Outage {
        name: "answers cut",
        begin: |demo| always(demo, Does::Cut { after: 5 }),
        kind: Some("cut"),
        recovery: 30,
    },
    Outage {
        name: "answers lost",
        begin: |demo| always(demo, Does::Lose),
        kind: Some("cut"),
        recovery: 30,
    },
    Outage {
        name: "connections dropped",
        begin: |demo| always(demo, Does::Drop),
        kind: Some("cut"),
        recovery: 30,
    },
    Outage {
        name: "huge answers",
        begin: |demo| always(demo, Does::Huge { megabytes: 12 }),
        kind: Some("too_large"),
        recovery: 5,
    },
    Outage {
        name: "JSON that breaks off",
        begin: |demo| always(demo, Does::Malformed(Malformed::Half)),
        kind: Some("garbled"),
        recovery: 30,
    },
    Outage {
        name: "JSON of another shape",
        begin: |demo| always(demo, Does::Malformed(Malformed::Shape)),
        kind: Some("unreadable"),
        recovery: 5,
    },
    Outage {
        name: "web pages instead of JSON",
        begin: |demo| always(demo, Does::Html),
        kind: Some("garbled"),
        recovery: 30,
    },
    Outage {
        name: "401 once",
        begin: |demo| {
            demo.bring_up(Fault::once(Meets::Api, Does::refuse(401)));
        },
        kind: None,
        recovery: 5,
    },
    Outage {
        name: "401 for ever",
        begin: |demo| always(demo, Does::refuse(401)),
        kind: Some("unauthorized"),
        recovery: 30,
    },
    Outage {
        name: "429, asking for 20 seconds",
        begin: |demo| always(demo, Does::refuse_for(429, "20")),
        kind: Some("too_many"),
        recovery: 40,
    },
    Outage {
        name: "429 without a word",
        begin: |demo| always(demo, Does::refuse(429)),
        kind: Some("too_many"),
        recovery: 45,
    },
    Outage {
        name: "503, asking for 20 seconds",
        begin: |demo| always(demo, Does::refuse_for(503, "20")),
        kind: Some("unavailable"),
        recovery: 60,
    },
    Outage {
        name: "licence lost",
        begin: Demo::lose_licence,
        kind: Some("unavailable"),
        recovery: 180,
    },
    Outage {
        name: "errors without a word (500)",
        begin: |demo| always(demo, Does::refuse(500)),
        kind: Some("status"),
        recovery: 30,
    },
    Outage {
        name: "restart between two calls",
        begin: |demo| demo.restart(InFlight::Cut),
        kind: None,
        recovery: 5,
    },
];

const NO_TOTAL: [(&str, &str); 2] = [
    ("en", "The total cannot be shown right now"),
    ("bg", "В момента общата сума не може да бъде показана"),
];

type Typed = [(&'static str, String)];

async fn post(visitor: &Visitor<'_>, path: &str, form: &Checkout, typed: &Typed) -> Answer {
    let mut fields = vec![
        ("key", form.key.as_str()),
        ("seen", form.seen.as_str()),
        ("back", "/en/checkout"),
    ];
    fields.extend(typed.iter().map(|(name, text)| (*name, text.as_str())));
    visitor.post(path, &fields).await
}

/// Asks for the total again, as a shopper without script would.
async fn keep(visitor: &Visitor<'_>, form: &Checkout, typed: &Typed) {
    let kept = post(visitor, "/api/checkout/keep", form, typed).await;
    assert_eq!(kept.leads_to(), "/en/checkout");
}

/// Orders.
async fn send(visitor: &Visitor<'_>, form: &Checkout, typed: &Typed) -> Answer {
    post(visitor, "/api/checkout/place", form, typed).await
}

/// What a shopper has typed who wants this written on the order.
fn with_note(form: &Checkout, note: &str) -> [(&'static str, String); 2] {
    [
        ("form[address]", form.address.clone()),
        ("form[note]", note.to_owned()),
    ]
}

/// All that guests do, in both languages. How long the slowest took.
async fn look_around(shop: &TestPortal, product: &str, number: &str, case: &str) -> Duration {
    let guest = shop.visitor();
    let mut slowest = Duration::ZERO;
    for language in ["en", "bg"] {
        for page in ["", "/search?q=a", &format!("/product/{number}"), "/cart"] {
            let path = format!("/{language}{page}");
            let started = Instant::now();
            let answer = guest.get(&path).await;
            slowest = slowest.max(started.elapsed());
            assert_eq!(answer.status, StatusCode::OK, "{case}: {path}");
        }
    }
    assert_eq!(
        add(&guest, product, "1").await.status,
        StatusCode::SEE_OTHER,
        "{case}"
    );
    assert!(guest.get("/en/cart").await.body.contains(number), "{case}");
    slowest
}

/// Lets time pass until the checkout has a total again, without touching the portal. How long it took, by the clock.
async fn recover(shop: &TestPortal, visitor: &Visitor<'_>, limit: u64, case: &str) -> u64 {
    let mut seconds = 0;
    while field(&visitor.get("/en/checkout").await.body, "seen").is_none() {
        assert!(
            seconds < limit,
            "{case}: no total {limit} seconds after its end"
        );
        seconds += 1;
        shop.clock.advance(Duration::from_secs(1));
        // A probe is a call over the wire.
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
    }
    seconds
}

#[tokio::test]
async fn d6_the_shop_sells_on_while_the_instance_is_slow_or_cut_off_and_comes_back_by_itself() {
    live_through(&OUTAGES[..6]).await;
}

#[tokio::test]
async fn d6_the_shop_sells_on_while_answers_are_wrong_and_comes_back_by_itself() {
    live_through(&OUTAGES[6..12]).await;
}

#[tokio::test]
async fn d6_the_shop_sells_on_while_it_is_refused_and_comes_back_by_itself() {
    live_through(&OUTAGES[12..]).await;
}

/// A line of `/proc/self/status`, in megabytes.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    let kilobytes = line.split_whitespace().nth(1).unwrap();
    kilobytes.parse::<u64>().unwrap() / 1000
}

#[expect(
    clippy::print_stdout,
    reason = "the rows of the table in docs/operations.md"
)]
async fn live_through(outages: &[Outage]) {
    let journal = Journal::begin();
    let shop = filled().await;
    let (product, number) = plain(&shop, |entry| entry.least == 1.into());
    let maria = buyer(&shop, "maria").await;
    let secret = shop.demo.client_secret().to_owned();
    let mut ordered = 0;
    for (turn, outage) in outages.iter().enumerate() {
        let case = outage.name;
        add(&maria, &product, "1").await;
        let form = checkout(&maria).await;
        assert!(!form.seen.is_empty(), "{case}: a total before it begins");
        let _ = journal.read();
        (outage.begin)(&shop.demo);

        let slowest = look_around(&shop, &product, &number, case).await;
        // Another day is another question to the instance.
        let day = shop.portal.world.clock.now().date()
            + time::Duration::days(1 + i64::try_from(turn).unwrap());
        let typed = [
            ("form[address]", form.address.clone()),
            ("form[note]", format!("Ring twice, case {turn}")),
            ("form[requested_date]", day.to_string()),
        ];
        let note = typed[1].1.as_str();
        keep(&maria, &form, &typed).await;
        let mut said = BTreeSet::new();
        for (language, no_total) in NO_TOTAL {
            let path = format!("/{language}/checkout");
            let page = shop.clock.hurry(maria.get(&path)).await;
            assert_eq!(page.status, StatusCode::OK, "{case}");
            assert!(page.body.contains(note), "{case}");
            let has_total = field(&page.body, "seen").is_some();
            assert_ne!(page.body.contains(no_total), has_total, "{case}");
            said.extend(headline(&page.body));
        }
        // Sent in the middle of it: what was typed is kept, whatever comes of it.
        let sent = shop.clock.hurry(send(&maria, &form, &typed)).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{case}");
        let went_through = sent.leads_to().contains("/order/");
        if !went_through {
            let told = shop.clock.hurry(maria.get(sent.leads_to())).await;
            assert!(told.body.contains(note), "{case}: {}", told.body);
        }
        shop.demo.clear_faults();
        shop.demo.take_licences(0);

        let log = journal.read();
        assert!(!log.contains(&secret) && !log.contains("eyJ"), "{case}");
        assert!(!log.contains("panicked"), "{case}: {log}");
        if let Some(kind) = outage.kind {
            assert!(log.contains(&format!("kind=\"{kind}\"")), "{case}: {log}");
        }
        settle(&shop, &form).await;
        let recovered = if went_through {
            0
        } else {
            let recovered = recover(&shop, &maria, outage.recovery, case).await;
            let page = maria.get("/en/checkout").await;
            assert!(page.body.contains(note), "{case}: typed, and still there");
            let again = checkout(&maria).await;
            assert_eq!(again.key, form.key, "{case}");
            let placed = send(&maria, &again, &typed).await;
            assert!(
                placed.leads_to().contains("/order/"),
                "{case}: {}",
                placed.leads_to()
            );
            recovered
        };
        ordered += 1;
        let orders = shop.demo.orders();
        assert_eq!(orders.len(), ordered, "{case}: one order");
        assert_eq!(orders[turn].notes.as_deref(), Some(note), "{case}");
        println!(
            "{case} | {} | {} | {recovered} s | slowest guest page {slowest:?} | {} MB, at most {} MB",
            if went_through {
                "the order went through".to_owned()
            } else {
                said.into_iter().collect::<Vec<_>>().join(" / ")
            },
            kinds(&log).into_iter().collect::<Vec<_>>().join(", "),
            memory("VmRSS"),
            memory("VmHWM"),
        );
        // Five orders a minute are enough for anybody.
        shop.clock.advance(Duration::from_mins(2));
    }
}

/// The first sentence below the words that there is no total.
fn headline(page: &str) -> Option<String> {
    let note = page.split("note note-bad").nth(1)?;
    let text = note.split("<p>").nth(2)?.split("</p>").next()?;
    Some(text.to_owned())
}

/// The kinds of faults a log tells of.
fn kinds(log: &str) -> BTreeSet<String> {
    log.lines()
        .filter(|line| {
            line.trim_start().starts_with("WARN") || line.trim_start().starts_with("ERROR")
        })
        .filter_map(|line| line.split("kind=\"").nth(1)?.split('"').next())
        .map(str::to_owned)
        .collect()
}

/// Looks for an order that is on its way or in doubt until its fate is known.
async fn settle(shop: &TestPortal, form: &Checkout) {
    let key = form.key.parse().unwrap();
    let ledger = &shop.portal.ledger;
    while let Some(underway) = ledger.underway(key).await.unwrap() {
        match underway.stage {
            Stage::Placing => tokio::task::yield_now().await,
            Stage::InDoubt => {
                shop.clock.advance(Duration::from_mins(1));
                let now = shop.portal.world.clock.now();
                let began = now - time::Duration::hours(1);
                shop.portal.ordering.look(began).await.unwrap();
            }
            Stage::Placed | Stage::Refused | Stage::Lost => return,
        }
    }
}

#[tokio::test]
async fn k5_k7_an_answer_lost_at_the_commit_is_one_order_and_the_shopper_hears_of_it() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    // The answer is lost, and the order is found by its key at once.
    let form = checkout(&maria).await;
    shop.demo.bring_up(Fault::once(Meets::Commit, Does::Lose));
    let placed = place(&maria, &form).await;
    let page = maria.get(placed.leads_to()).await;
    assert!(
        page.body.contains("Thank you for your order"),
        "{}",
        page.body
    );
    assert_eq!(shop.demo.orders().len(), 1);

    // The answer is lost, and for a while nothing can be looked for.
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    add(&maria, &product, "1").await;
    let form = checkout(&maria).await;
    shop.demo.bring_up(Fault::once(Meets::Commit, Does::Lose));
    let blind = shop.demo.bring_up(Fault::always(
        Meets::call("GET Crm_Sales_SalesOrders"),
        Does::refuse(502),
    ));
    let sent = place(&maria, &form).await;
    for (language, title) in [("en", "We are making sure"), ("bg", "Проверяваме")] {
        let page = maria.get(&format!("/{language}/order/{}", form.key)).await;
        assert!(page.body.contains(title), "{}", page.body);
    }
    // A second click sends nothing.
    assert_eq!(place(&maria, &form).await.leads_to(), sent.leads_to());
    shop.demo.clear_fault(blind);
    settle(&shop, &form).await;
    let page = maria.get(&format!("/en/order/{}", form.key)).await;
    assert!(
        page.body.contains("Thank you for your order"),
        "{}",
        page.body
    );
    let orders = shop.demo.orders();
    assert_eq!(orders.len(), 2);
    assert_eq!(orders[1].state, "FirmPlanned", "taken on as any other");
}

#[tokio::test]
async fn k5_a_commit_that_never_arrived_is_told_and_can_be_sent_again() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    let form = checkout(&maria).await;
    shop.demo.bring_up(Fault::once(Meets::Commit, Does::Drop));
    let told = place(&maria, &form).await;
    assert!(
        told.leads_to().contains("problem=away"),
        "{}",
        told.leads_to()
    );
    assert_eq!(shop.demo.orders().len(), 0);
    let again = checkout(&maria).await;
    let placed = place(&maria, &again).await;
    assert!(placed.leads_to().contains("/order/"));
    assert_eq!(shop.demo.orders().len(), 1);
}

#[tokio::test]
async fn k6_two_orders_under_one_key_raise_an_alarm_and_the_latest_is_shown() {
    let journal = Journal::begin();
    let shop = filled().await;
    let (_, request) = left_behind(&shop).await;
    shop.portal.instance.place(&request, None).await.unwrap();
    shop.clock.advance(Duration::from_secs(2));
    shop.portal.instance.place(&request, None).await.unwrap();
    let now = shop.portal.world.clock.now();
    shop.portal.ordering.look(now).await.unwrap();
    assert!(
        journal
            .read()
            .contains("ALARM: one order key, several orders")
    );
    let found = shop
        .portal
        .ledger
        .underway(request.key)
        .await
        .unwrap()
        .unwrap();
    let orders = shop.demo.orders();
    assert_eq!(orders.len(), 2);
    let Outcome::Placed { id, .. } = found.outcome else {
        panic!("{found:?}");
    };
    assert_eq!(id.0, orders[1].id);
}

#[tokio::test]
async fn an_instance_that_restarts_in_the_middle_of_an_order_leaves_one_order_or_none() {
    for (in_flight, ordered) in [(InFlight::Finish, 1), (InFlight::Cut, 0)] {
        let shop = filled().await;
        let maria = buyer(&shop, "maria").await;
        let form = checkout(&maria).await;
        let hang = shop.demo.bring_up(Fault::once(
            Meets::call("POST Crm_Sales_SalesOrders(id)/Recalculate"),
            Does::Hang,
        ));
        let restart = async {
            shop.demo.until_met(hang, 1).await;
            shop.demo.restart(in_flight);
            shop.demo.clear_faults();
        };
        let (sent, ()) = tokio::join!(place(&maria, &form), restart);
        assert_eq!(
            shop.demo.orders().len(),
            ordered,
            "{in_flight:?}: {}",
            sent.leads_to()
        );
        if ordered == 0 {
            let again = checkout(&maria).await;
            place(&maria, &again).await;
            assert_eq!(shop.demo.orders().len(), 1);
        }
    }
}

#[tokio::test]
async fn k3_a_price_that_changed_while_the_shopper_waited_long_is_asked_for_again() {
    let shop = filled().await;
    let (product, number) = plain(&shop, |entry| {
        entry.least == 1.into() && entry.product.standard_price.is_some()
    });
    let maria = shop.visitor();
    maria.sign_in("maria", "/en/cart").await;
    add(&maria, &product, "1").await;
    let form = checkout(&maria).await;
    shop.demo.set_price(&number, 4321.into()).unwrap();
    let hang = shop.demo.bring_up(Fault::once(
        Meets::call("POST Crm_Sales_SalesOrders(id)/Recalculate"),
        Does::Hang,
    ));
    let patience = async {
        shop.demo.until_met(hang, 1).await;
        // Longer than the page waits.
        shop.clock.advance(Duration::from_secs(25));
    };
    let typed = with_note(&form, "Ring twice");
    let (sent, ()) = tokio::join!(send(&maria, &form, &typed), patience);
    let page = maria.get(sent.leads_to()).await;
    assert!(
        page.body.contains("Your order is being placed"),
        "{}",
        page.body
    );
    shop.demo.clear_faults();
    settle(&shop, &form).await;

    for (language, title) in [
        ("en", "The total has changed"),
        ("bg", "Общата сума се промени"),
    ] {
        let page = maria.get(&format!("/{language}/order/{}", form.key)).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.body.contains(title), "{}", page.body);
        let to = format!("/{language}/checkout?problem=price-changed");
        assert!(page.body.contains(&to), "{}", page.body);
    }
    assert_eq!(shop.demo.orders().len(), 0);
    let again = checkout(&maria).await;
    assert_ne!(again.seen, form.seen);
    assert!(maria.get("/en/checkout").await.body.contains("Ring twice"));
    send(&maria, &again, &with_note(&again, "Ring twice")).await;
    assert_eq!(shop.demo.orders().len(), 1);
}

#[tokio::test]
async fn a_checkout_outlives_the_session_it_was_typed_in() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    let form = checkout(&maria).await;
    shop.clock.advance(Duration::from_mins(31));
    let told = send(&maria, &form, &with_note(&form, "Ring twice")).await;
    let page = maria.get(told.leads_to()).await;
    assert!(page.body.contains("Please sign in"), "{}", page.body);
    assert!(!page.body.contains("Ring twice"), "nobody is signed in");

    // Somebody else at the same browser sees nothing of it …
    maria.sign_in("petar", "/en/checkout").await;
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    add(&maria, &product, "1").await;
    let page = maria.get("/en/checkout").await;
    assert!(!page.body.contains("Ring twice"), "{}", page.body);

    // … and whoever typed it finds it again.
    let maria = shop.visitor();
    maria.sign_in("maria", "/en/checkout").await;
    let form = checkout(&maria).await;
    shop.clock.advance(Duration::from_mins(31));
    send(&maria, &form, &with_note(&form, "Ring thrice")).await;
    maria.sign_in("maria", "/en/checkout").await;
    let again = checkout(&maria).await;
    assert_eq!(again.key, form.key);
    assert!(maria.get("/en/checkout").await.body.contains("Ring thrice"));
    send(&maria, &again, &with_note(&again, "Ring thrice")).await;
    assert_eq!(shop.demo.orders()[0].notes.as_deref(), Some("Ring thrice"));
}

#[tokio::test]
async fn a_portal_that_starts_while_everything_is_away_opens_by_itself_when_it_is_back() {
    let shop = TestPortal::start().await;
    shop.demo
        .bring_up(Fault::always(Meets::Everything, Does::Drop));
    assert!(shop.portal.mirror.pull().await.is_err());
    let guest = shop.visitor();
    for (language, title) in [("en", "The shop is opening"), ("bg", "Магазинът отваря")]
    {
        let page = guest.get(&format!("/{language}")).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.body.contains(title), "{}", page.body);
    }
    let told = guest.post("/sign-in", &[("return", "/en")]).await;
    assert_eq!(told.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(told.body.contains("Sign-in is not reachable"));

    shop.demo.clear_faults();
    shop.clock.advance(Duration::from_secs(3));
    shop.portal.mirror.pull().await.unwrap();
    assert_eq!(guest.get("/en").await.status, StatusCode::OK);
    guest.sign_in("maria", "/en/cart").await;
    // New keys at the provider need no restart either.
    shop.demo.rotate_keys(demo::Rotation::Abrupt).unwrap();
    shop.clock.advance(Duration::from_mins(2));
    shop.visitor().sign_in("maria", "/en/cart").await;
}

#[tokio::test]
async fn m8_health_tells_how_the_instance_does_and_how_old_the_copy_is() {
    let shop = filled().await;
    let guest = shop.visitor();
    let told = || async {
        let answer = guest.get("/health/ready").await;
        assert_eq!(answer.status, StatusCode::OK, "visitors may come");
        answer.body
    };
    let fresh = "ready\ninstance: answers\ncopy: ";
    assert!(told().await.starts_with(fresh));
    shop.clock.advance(Duration::from_mins(31));
    let old = told().await;
    assert!(
        old.starts_with("degraded\ninstance: answers\ncopy: 18"),
        "{old}"
    );
    for (language, words) in [
        ("en", "Prices and stock as of"),
        ("bg", "Цени и наличности към"),
    ] {
        let page = guest.get(&format!("/{language}")).await;
        assert!(page.body.contains(words), "shoppers are told too");
    }

    always(&shop.demo, Does::refuse(502));
    let mut condition = shop.portal.instance.condition();
    while *condition.borrow_and_update() != Condition::Away {
        assert!(shop.portal.mirror.pull().await.is_err());
    }
    assert!(told().await.contains("instance: does not answer"));
    shop.demo.clear_faults();
    while *condition.borrow_and_update() != Condition::Answering {
        shop.clock.advance(Duration::from_secs(20));
        condition.changed().await.unwrap();
    }
    shop.portal.mirror.pull().await.unwrap();
    assert!(told().await.starts_with(fresh));
}
