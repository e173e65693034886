//! The instance slow, refusing, silent or gone, over the wire: who waits, who is told, and that one order is one order.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::http::{Method, StatusCode};
use demo::{Demo, Options};
use erp::{Condition, Instance, PlaceError, QuoteError};
use futures::future::join_all;
use vitrina::{order::OrderRequest, visitor::Access};

use super::{
    SOON, maria,
    support::{Act, Proxy, client_at, clock::Moved},
    wish,
};

/// A demo, a proxy in front of it, a client of the proxy whose clock can be moved, and somebody who wants to order.
struct Scene {
    demo: Demo,
    proxy: Proxy,
    clock: Arc<Moved>,
    instance: Instance,
    access: Access,
    request: OrderRequest,
}

impl Scene {
    async fn set() -> Self {
        let demo = Demo::start(Options::default()).await.unwrap();
        let proxy = Proxy::before(&demo).await;
        let clock = Arc::new(Moved::default());
        let instance = client_at(&demo, &proxy.root, clock.clone());
        let access = maria(&demo, &instance).await;
        let request = wish(&instance, &access).await;
        Self {
            demo,
            proxy,
            clock,
            instance,
            access,
            request,
        }
    }

    /// The first call that fits is treated so; all others pass. Tells whether it came.
    fn once(
        &self,
        fits: impl Fn(&Method, &str, &[u8]) -> bool + Send + Sync + 'static,
        act: Act,
    ) -> Arc<AtomicBool> {
        let came = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&came);
        self.proxy.judge(move |method, path, body| {
            if fits(method, path, body) && !told.swap(true, Ordering::SeqCst) {
                act
            } else {
                Act::Pass
            }
        });
        came
    }

    fn orders(&self) -> usize {
        self.demo.orders().len()
    }

    /// A new wish of the same kind, under a key of its own.
    fn again(&mut self) {
        self.request.key = vitrina::order::OrderKey(uuid::Uuid::from_u128(super::rand_number()));
    }
}

fn is_end(path: &str, body: &[u8], commit: bool) -> bool {
    path.ends_with("EndTransaction")
        && String::from_utf8_lossy(body).contains(if commit { "true" } else { "false" })
}

/// A step of placing an order.
type Step = (&'static str, fn(&Method, &str, &[u8]) -> bool);

const STEPS: [Step; 7] = [
    ("begin", |_, path, _| path.ends_with("BeginTransaction")),
    ("create", |method, path, _| {
        method == Method::POST && path.ends_with("Crm_Sales_SalesOrders")
    }),
    ("recalculate", |_, path, _| path.ends_with("Recalculate")),
    ("read", |method, path, _| {
        method == Method::GET && path.contains("Crm_Sales_SalesOrders(")
    }),
    ("commit", |_, path, body| is_end(path, body, true)),
    ("look", |method, path, _| {
        method == Method::GET && path.contains("Crm_Sales_SalesOrders?")
    }),
    ("advance", |_, path, _| path.ends_with("ChangeState")),
];

#[tokio::test]
async fn k3_k4_k5_whatever_befalls_any_step_there_is_one_order_or_none_and_we_know_which() {
    let acts = [
        Act::LoseAnswer,
        Act::Instead(StatusCode::UNAUTHORIZED),
        Act::Instead(StatusCode::TOO_MANY_REQUESTS),
        Act::Instead(StatusCode::INTERNAL_SERVER_ERROR),
        Act::Instead(StatusCode::BAD_GATEWAY),
        Act::Instead(StatusCode::SERVICE_UNAVAILABLE),
    ];
    let mut scenes = Vec::new();
    for act in acts {
        scenes.push((Scene::set().await, act));
    }
    // Side by side, as most of the time is pauses.
    join_all(
        scenes
            .into_iter()
            .map(|(scene, act)| befall_each_step(scene, act)),
    )
    .await;
}

async fn befall_each_step(mut scene: Scene, act: Act) {
    for (step, fits) in STEPS {
        scene.again();
        let before = scene.orders();
        let case = format!("{act:?} at {step}");
        let came = scene.once(fits, act);
        let outcome = scene.instance.place(&scene.request, None).await;
        assert!(came.load(Ordering::SeqCst), "{case}");
        let ordered = scene.orders() - before;
        match outcome {
            Ok(_) => assert_eq!(ordered, 1, "{case}"),
            Err(PlaceError::InDoubt(_)) => {
                let found = scene
                    .instance
                    .find_order(scene.request.key, scene.request.customer)
                    .await
                    .unwrap();
                assert_eq!(found.len(), ordered, "{case}");
            }
            Err(error) => {
                assert_eq!(ordered, 0, "{case}: {error}");
                // The shopper presses the button again: nothing of the first attempt is in the way.
                scene.instance.place(&scene.request, None).await.unwrap();
                assert_eq!(scene.orders() - before, 1, "{case}");
            }
        }
    }
}

#[tokio::test]
async fn k5_an_answer_to_the_commit_that_never_comes_is_made_up_for_by_looking() {
    for (act, ordered) in [(Act::KeepAnswer, 1), (Act::Swallow, 0)] {
        let mut scene = Scene::set().await;
        let reached = Arc::new(tokio::sync::Notify::new());
        let at_commit = Arc::clone(&reached);
        let first = AtomicBool::new(true);
        scene.proxy.judge(move |_, path, body| {
            if is_end(path, body, true) && first.swap(false, Ordering::SeqCst) {
                at_commit.notify_one();
                act
            } else {
                Act::Pass
            }
        });
        let placing = scene.instance.place(&scene.request, None);
        let hurry = async {
            reached.notified().await;
            // As long as a commit may take.
            scene.clock.advance(Duration::from_secs(61));
        };
        let (outcome, ()) = tokio::join!(placing, hurry);
        assert_eq!(outcome.is_ok(), ordered == 1, "{act:?}: {outcome:?}");
        assert_eq!(scene.orders(), ordered, "{act:?}");
        if ordered == 0 {
            // The instance said that the transaction was open still and rolled it back: nothing can come any more.
            assert!(
                matches!(outcome, Err(PlaceError::NothingSent(_))),
                "{outcome:?}"
            );
        }
        scene.again();
        scene.instance.place(&scene.request, None).await.unwrap();
        assert_eq!(
            scene.orders(),
            ordered + 1,
            "the only transaction is free again"
        );
    }
}

#[tokio::test]
async fn k5_what_cannot_be_looked_for_stays_in_doubt() {
    let scene = Scene::set().await;
    let sent = AtomicBool::new(false);
    scene.proxy.judge(move |_, path, body| {
        if is_end(path, body, true) {
            sent.store(true, Ordering::SeqCst);
            return Act::LoseAnswer;
        }
        if sent.load(Ordering::SeqCst) {
            return Act::Instead(StatusCode::BAD_GATEWAY);
        }
        Act::Pass
    });
    let outcome = scene.instance.place(&scene.request, None).await;
    assert!(
        matches!(outcome, Err(PlaceError::InDoubt(_))),
        "{outcome:?}"
    );
    assert_eq!(
        scene.proxy.count("EndTransaction{\"commit\":true}"),
        1,
        "never sent again blindly"
    );
    assert_eq!(scene.orders(), 1);
    scene.proxy.judge(|_, _, _| Act::Pass);
    back(&scene).await;
    let found = scene
        .instance
        .find_order(scene.request.key, scene.request.customer)
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(scene.demo.orders()[0].state, "New");
    scene.instance.take_on(found[0].id).await.unwrap();
    assert_eq!(scene.demo.orders()[0].state, "FirmPlanned");
}

/// Waits until the instance is found to answer, moving the clock past every rest.
async fn back(scene: &Scene) {
    let mut condition = scene.instance.condition();
    while *condition.borrow_and_update() == Condition::Away {
        scene.clock.advance(Duration::from_secs(20));
        condition.changed().await.unwrap();
    }
}

#[tokio::test]
async fn k6_two_orders_under_one_key_are_both_found_and_the_latest_comes_first() {
    let scene = Scene::set().await;
    let first = scene.instance.place(&scene.request, None).await.unwrap();
    scene.clock.advance(Duration::from_secs(2));
    let second = scene.instance.place(&scene.request, None).await;
    // Whoever calls keeps the key (K2); the client tells all there are.
    assert!(second.is_ok());
    let found = scene
        .instance
        .find_order(scene.request.key, scene.request.customer)
        .await
        .unwrap();
    assert_eq!(found.len(), 2);
    assert!(found.contains(&first));
}

#[tokio::test]
async fn a_begin_whose_answer_was_lost_does_not_block_the_shop() {
    let scene = Scene::set().await;
    let came = scene.once(
        |_, path, _| path.ends_with("BeginTransaction"),
        Act::LoseAnswer,
    );
    assert!(scene.instance.quote(&scene.request, SOON).await.is_err());
    assert!(came.load(Ordering::SeqCst));
    // The instance has one open whose id nobody knows, and grants one.
    let tokens = scene.demo.calls().token_requests;
    scene.instance.quote(&scene.request, SOON).await.unwrap();
    assert_eq!(
        scene.demo.calls().token_requests,
        tokens + 1,
        "in another session"
    );
}

#[tokio::test]
async fn an_end_that_was_not_heard_is_said_again_before_the_next_begin() {
    let scene = Scene::set().await;
    let came = scene.once(
        |_, path, body| is_end(path, body, false),
        Act::Instead(StatusCode::BAD_GATEWAY),
    );
    scene.instance.quote(&scene.request, SOON).await.unwrap();
    assert!(came.load(Ordering::SeqCst));
    scene.instance.quote(&scene.request, SOON).await.unwrap();
    let ends_and_begins: Vec<_> = scene
        .proxy
        .seen()
        .into_iter()
        .filter(|call| call.contains("Transaction"))
        .collect();
    let (begin, end) = (
        "POST BeginTransaction",
        "POST EndTransaction{\"commit\":false}",
    );
    assert_eq!(ends_and_begins, [begin, end, end, begin, end]);
}

#[tokio::test]
async fn a_quote_whose_session_ended_begins_anew_in_another() {
    let scene = Scene::set().await;
    let came = scene.once(
        |_, path, _| path.ends_with("Recalculate"),
        Act::Instead(StatusCode::UNAUTHORIZED),
    );
    scene.instance.quote(&scene.request, SOON).await.unwrap();
    assert!(came.load(Ordering::SeqCst));
    assert_eq!(scene.proxy.count("BeginTransaction"), 2);
    assert_eq!(scene.orders(), 0);
}

#[tokio::test]
async fn d5_a_pause_the_instance_asks_for_is_everybodys() {
    for status in [
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ] {
        let scene = Scene::set().await;
        scene.once(|_, _, _| true, Act::Later(status, 30));
        assert!(scene.instance.price_lists().await.is_err());
        assert_eq!(*scene.instance.condition().borrow(), Condition::Slowed);
        let calls = scene.proxy.seen().len();
        // Who could not wait so long is told at once, and nothing is sent.
        let refused = scene
            .instance
            .addresses(scene.access.customer.party, Duration::from_secs(8))
            .await
            .unwrap_err();
        assert_eq!(refused.kind(), "gate_shut");
        let refused = scene.instance.quote(&scene.request, SOON).await;
        assert!(matches!(refused, Err(QuoteError::Fault(_))));
        assert_eq!(scene.proxy.seen().len(), calls, "{status}");
        // Who can waits for it, and a little longer.
        let waiting = scene.instance.price_lists();
        let hurry = async {
            while scene.instance.waiting() == 0 {
                tokio::task::yield_now().await;
            }
            assert_eq!(scene.proxy.seen().len(), calls, "{status}");
            scene.clock.advance(Duration::from_secs(40));
        };
        let (waited, ()) = tokio::join!(waiting, hurry);
        waited.unwrap();
        assert_eq!(*scene.instance.condition().borrow(), Condition::Answering);
    }
}

#[tokio::test]
async fn d5_pauses_grow_while_the_instance_keeps_refusing_and_end_with_an_answer() {
    let scene = Scene::set().await;
    scene
        .proxy
        .judge(|_, _, _| Act::Instead(StatusCode::TOO_MANY_REQUESTS));
    // 0.5 s, 1 s, 2 s, and a little more each: three calls of one read, and then it is told.
    let started = Instant::now();
    let calls = scene.proxy.seen().len();
    let refused = scene.instance.price_lists().await.unwrap_err();
    assert_eq!(refused.kind(), "too_many");
    assert_eq!(scene.proxy.seen().len() - calls, 3);
    assert!(started.elapsed() >= Duration::from_millis(1_500));
    scene.proxy.judge(|_, _, _| Act::Pass);
    scene.clock.advance(Duration::from_secs(3));
    scene.instance.price_lists().await.unwrap();
    scene.instance.price_lists().await.unwrap();
}

#[tokio::test]
async fn d6_a_dead_instance_costs_nothing_and_is_probed_by_itself_until_it_is_back() {
    let scene = Scene::set().await;
    let probes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&probes);
    scene.proxy.judge(move |_, path, _| {
        if path.contains("General_EnterpriseCompanies") {
            counted.fetch_add(1, Ordering::SeqCst);
        }
        Act::Instead(StatusCode::BAD_GATEWAY)
    });
    let mut condition = scene.instance.condition();
    while *condition.borrow_and_update() != Condition::Away {
        assert!(scene.instance.price_lists().await.is_err());
    }
    let calls = scene.proxy.seen().len();
    let started = Instant::now();
    for _ in 0..1_000 {
        let refused = scene
            .instance
            .quote(&scene.request, SOON)
            .await
            .unwrap_err();
        assert_eq!(refused.kind(), "resting");
    }
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "a millisecond each"
    );
    assert_eq!(scene.proxy.seen().len(), calls, "and no call");

    // One probe after each rest, and nobody else.
    for probe in 1..=3 {
        let seen = probes.load(Ordering::SeqCst);
        assert_eq!(seen, probe - 1);
        scene.clock.advance(Duration::from_secs(20));
        while probes.load(Ordering::SeqCst) == seen {
            tokio::task::yield_now().await;
        }
    }
    scene.proxy.judge(|_, _, _| Act::Pass);
    back(&scene).await;
    scene.instance.quote(&scene.request, SOON).await.unwrap();
}

#[tokio::test]
async fn d6_a_silent_instance_is_given_up_after_two_calls_nobody_waited_for_to_the_end() {
    let scene = Scene::set().await;
    let (reached, mut arrival) = tokio::sync::mpsc::unbounded_channel();
    scene.proxy.judge(move |_, _, _| {
        let _ = reached.send(());
        Act::Swallow
    });
    for _ in 0..2 {
        let asking = scene
            .instance
            .addresses(scene.access.customer.party, Duration::from_secs(5));
        let hurry = async {
            arrival.recv().await.unwrap();
            scene.clock.advance(Duration::from_secs(6));
        };
        let (told, ()) = tokio::join!(asking, hurry);
        assert_eq!(told.unwrap_err().kind(), "gate_deadline");
        // Nobody waits any more; the call goes on, and its end is what is learnt from.
        scene.clock.advance(Duration::from_secs(10));
    }
    let mut condition = scene.instance.condition();
    let away = condition
        .wait_for(|condition| *condition == Condition::Away)
        .await
        .is_ok();
    assert!(away);
    scene.proxy.judge(|_, _, _| Act::Pass);
    back(&scene).await;
    scene.instance.quote(&scene.request, SOON).await.unwrap();
}
