//! The gate under a clock that moves only when it is told to.

use std::collections::VecDeque;

use super::*;
use crate::testing::Hand;

fn gate(at_once: u32, a_minute: u32) -> (Arc<Gate>, Arc<Hand>) {
    let clock = Arc::new(Hand::default());
    (
        Gate::new(GateLimits { at_once, a_minute }, clock.clone()),
        clock,
    )
}

/// Lets every task run until it waits.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

type Order = Arc<Mutex<VecDeque<&'static str>>>;

/// Waits at the gate in a task and writes its name down when it is let in; goes at once.
fn visitor(gate: &Arc<Gate>, priority: Priority, name: &'static str, order: &Order) {
    let (gate, order) = (gate.clone(), order.clone());
    tokio::spawn(async move {
        if gate.call(priority, None).await.is_ok() {
            order.lock().unwrap().push_back(name);
        }
    });
}

#[tokio::test]
async fn waiters_go_by_priority_and_then_by_arrival() {
    let (gate, _) = gate(1, 600);
    let order = Order::default();
    let busy = gate.call(Priority::Mirror, None).await.unwrap();
    for (priority, name) in [
        (Priority::Mirror, "mirror"),
        (Priority::Stock, "stock"),
        (Priority::Account, "account 1"),
        (Priority::Quoting, "quote"),
        (Priority::Account, "account 2"),
        (Priority::Placing, "place"),
    ] {
        visitor(&gate, priority, name, &order);
        settle().await;
    }
    assert_eq!(gate.waiting(), 6);
    drop(busy);
    settle().await;
    let order: Vec<_> = order.lock().unwrap().iter().copied().collect();
    assert_eq!(
        order,
        [
            "place",
            "quote",
            "account 1",
            "account 2",
            "stock",
            "mirror"
        ]
    );
}

#[tokio::test]
async fn the_least_urgent_is_late_but_not_starved() {
    let (gate, _) = gate(1, 6000);
    let order = Order::default();
    let busy = gate.call(Priority::Placing, None).await.unwrap();
    visitor(&gate, Priority::Mirror, "mirror", &order);
    settle().await;
    for _ in 0..50 {
        visitor(&gate, Priority::Quoting, "quote", &order);
    }
    settle().await;
    drop(busy);
    settle().await;
    let place = order
        .lock()
        .unwrap()
        .iter()
        .position(|name| *name == "mirror")
        .unwrap();
    assert!(
        (1..=LONGEST_FIRST_EVERY as usize).contains(&place),
        "{place}"
    );
}

#[tokio::test]
async fn never_more_at_once_than_granted() {
    let (gate, _) = gate(3, 600);
    let mut units = Vec::new();
    for _ in 0..3 {
        units.push(gate.call(Priority::Account, None).await.unwrap());
    }
    let order = Order::default();
    visitor(&gate, Priority::Placing, "fourth", &order);
    settle().await;
    assert!(order.lock().unwrap().is_empty());
    units.pop();
    settle().await;
    assert_eq!(order.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn never_more_in_any_minute_than_granted() {
    let (gate, clock) = gate(1, 60);
    let granted = Arc::new(Mutex::new(Vec::new()));
    let task = {
        let (gate, clock, granted) = (gate.clone(), clock.clone(), granted.clone());
        tokio::spawn(async move {
            loop {
                let unit = gate.call(Priority::Mirror, None).await.unwrap();
                granted.lock().unwrap().push(clock.elapsed());
                drop(unit);
            }
        })
    };
    for _ in 0..1800 {
        settle().await;
        clock.advance(Duration::from_millis(100));
    }
    task.abort();
    let granted = granted.lock().unwrap();
    let most = granted
        .iter()
        .map(|start| {
            let window = *start..*start + Duration::from_mins(1);
            granted.iter().filter(|at| window.contains(*at)).count()
        })
        .max()
        .unwrap();
    assert!(most <= 60, "{most} in one minute");
    assert!(
        granted.len() > 120,
        "and most of the share is used: {}",
        granted.len()
    );
}

#[tokio::test]
async fn a_waiter_gives_up_at_its_deadline_and_leaves_no_trace() {
    let (gate, clock) = gate(1, 600);
    let busy = gate.call(Priority::Mirror, None).await.unwrap();
    let waiting = {
        let gate = gate.clone();
        tokio::spawn(async move {
            gate.call(Priority::Placing, Some(Duration::from_secs(5)))
                .await
                .err()
        })
    };
    settle().await;
    clock.advance(Duration::from_secs(4));
    settle().await;
    assert_eq!(gate.waiting(), 1);
    clock.advance(Duration::from_secs(1));
    assert_eq!(waiting.await.unwrap(), Some(GateError::Deadline));
    assert_eq!(gate.waiting(), 0);
    drop(busy);
    gate.call(Priority::Mirror, None).await.unwrap();
}

#[tokio::test]
async fn a_full_gate_turns_away_the_least_urgent() {
    let (gate, _) = gate(1, 600);
    let _busy = gate.call(Priority::Mirror, None).await.unwrap();
    let order = Order::default();
    for _ in 0..MOST_WAITING {
        visitor(&gate, Priority::Stock, "stock", &order);
    }
    for _ in 0..20 {
        settle().await;
    }
    assert_eq!(gate.waiting(), MOST_WAITING);
    assert_eq!(
        gate.call(Priority::Mirror, None).await.err(),
        Some(GateError::Full)
    );
    visitor(&gate, Priority::Placing, "place", &order);
    settle().await;
    assert_eq!(gate.waiting(), MOST_WAITING, "one less urgent made room");
}

#[tokio::test]
async fn one_transaction_at_a_time_and_placing_overtakes() {
    // Room for other calls, yet one transaction only.
    let (gate, _) = gate(4, 600);
    let mut first = gate.transaction(Priority::Quoting, None).await.unwrap();
    first.next_call().await.unwrap();
    let order = Order::default();
    for (priority, name) in [(Priority::Quoting, "quote"), (Priority::Placing, "place")] {
        let (gate, order) = (gate.clone(), order.clone());
        tokio::spawn(async move {
            let _unit = gate.transaction(priority, None).await;
            order.lock().unwrap().push_back(name);
        });
        settle().await;
    }
    // Its own further calls need no place in the queue, and plain calls pass.
    first.next_call().await.unwrap();
    gate.call(Priority::Mirror, None).await.unwrap();
    assert!(order.lock().unwrap().is_empty());
    drop(first);
    settle().await;
    assert_eq!(*order.lock().unwrap(), ["place", "quote"]);
}

#[tokio::test]
async fn a_shut_gate_keeps_everybody_and_lets_them_go_by_priority_afterwards() {
    let (gate, clock) = gate(4, 600);
    let mut inside = gate.transaction(Priority::Quoting, None).await.unwrap();
    inside.next_call().await.unwrap();
    gate.shut(Duration::from_secs(5));
    gate.shut(Duration::from_secs(2));
    let order = Order::default();
    visitor(&gate, Priority::Mirror, "mirror", &order);
    settle().await;
    visitor(&gate, Priority::Placing, "place", &order);
    let next = {
        let order = order.clone();
        tokio::spawn(async move {
            inside.next_call().await.unwrap();
            order.lock().unwrap().push_back("the quote's next call");
        })
    };
    settle().await;
    clock.advance(Duration::from_millis(4_900));
    settle().await;
    assert!(order.lock().unwrap().is_empty(), "the longer pause counts");
    assert_eq!(gate.shut_for(), Some(Duration::from_millis(100)));
    clock.advance(Duration::from_millis(100));
    next.await.unwrap();
    settle().await;
    assert_eq!(
        *order.lock().unwrap(),
        ["the quote's next call", "place", "mirror"],
        "who is inside is nearest to being done"
    );
    assert_eq!(gate.shut_for(), None);
}

#[tokio::test]
async fn whoever_cannot_wait_for_a_shut_gate_is_told_at_once() {
    let (gate, _) = gate(1, 600);
    gate.shut(Duration::from_secs(30));
    let outcome = gate
        .call(Priority::Placing, Some(Duration::from_secs(8)))
        .await;
    assert_eq!(outcome.err(), Some(GateError::Shut));
    assert_eq!(gate.waiting(), 0);
}

#[tokio::test]
async fn a_call_on_its_way_keeps_its_place_when_whoever_asked_has_gone() {
    let (gate, _) = gate(1, 600);
    let unit = gate.call(Priority::Account, None).await.unwrap();
    let on_its_way = unit.set_off().await;
    drop(unit);
    let order = Order::default();
    visitor(&gate, Priority::Placing, "next", &order);
    settle().await;
    assert!(order.lock().unwrap().is_empty());
    drop(on_its_way);
    settle().await;
    assert_eq!(*order.lock().unwrap(), ["next"]);
}

#[tokio::test]
async fn a_waiter_that_goes_away_takes_nothing_with_it() {
    let (gate, _) = gate(1, 600);
    let busy = gate.call(Priority::Mirror, None).await.unwrap();
    let gone = {
        let gate = gate.clone();
        tokio::spawn(async move { gate.call(Priority::Placing, None).await.is_ok() })
    };
    settle().await;
    gone.abort();
    let _ = gone.await;
    drop(busy);
    assert!(gate.call(Priority::Mirror, None).await.is_ok());
}
