//! The ledger cut off, slow, and back (M2, M3).
//!
//! Where `VITRINA_TEST_POSTGRES` names a database, it is reached through a line that can be cut and slowed; without one, another
//! process's lock on the SQLite file stands for a slow store.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::join_all;
use http::StatusCode;
use sqlx::{Connection, Executor, SqliteConnection};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::{
    mirror::{add, filled, plain},
    orders::field,
    test_portal::TestPortal,
};

/// How the line to the database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Whole,
    /// Each piece takes so long.
    Slow(Duration),
    /// Nothing passes, and nobody says so.
    Silent,
    /// Connections break, and new ones are not taken.
    Cut,
}

struct Line {
    state: watch::Sender<State>,
    address: String,
}

impl Line {
    /// A line to this database.
    async fn to(database: &str) -> Self {
        let mut url = url::Url::parse(database).unwrap();
        let there = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(own.port())).unwrap();
        let (state, seen) = watch::channel(State::Whole);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if *seen.borrow() == State::Cut {
                    continue;
                }
                let far = TcpStream::connect(&there).await.unwrap();
                let (near_in, near_out) = near.into_split();
                let (far_in, far_out) = far.into_split();
                for (from, to) in [(near_in, far_out), (far_in, near_out)] {
                    tokio::spawn(carry(from, to, seen.clone()));
                }
            }
        });
        Self {
            state,
            address: url.to_string(),
        }
    }

    fn is(&self, state: State) {
        self.state.send_replace(state);
    }
}

async fn carry(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut state: watch::Receiver<State>,
) {
    let mut piece = vec![0; 16 * 1024];
    loop {
        let read = tokio::select! {
            read = from.read(&mut piece) => read.unwrap_or(0),
            _ = state.wait_for(|state| *state == State::Cut) => return,
        };
        if read == 0 {
            return;
        }
        let now = *state.borrow();
        match now {
            State::Slow(pause) => tokio::time::sleep(pause).await,
            State::Silent => {
                let changed = state.wait_for(|state| *state != State::Silent).await;
                if changed.is_err() {
                    return;
                }
            }
            State::Whole | State::Cut => {}
        }
        if *state.borrow() == State::Cut || to.write_all(&piece[..read]).await.is_err() {
            return;
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "names the database of this test run; it is no setting"
)]
fn postgres() -> Option<String> {
    std::env::var("VITRINA_TEST_POSTGRES").ok()
}

/// Asks until the ledger is back; how long that took.
async fn until_ready(shop: &TestPortal) -> Duration {
    let began = Instant::now();
    let visitor = shop.visitor();
    while visitor.get("/health/ready").await.status != StatusCode::OK {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "it does not come back"
        );
        tokio::task::yield_now().await;
    }
    began.elapsed()
}

/// Test 36 of the forty, on PostgreSQL: cut and back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn m2_a_store_that_is_cut_off_signs_nobody_out_and_is_back_within_seconds() {
    let Some(database) = postgres() else {
        println!("PostgreSQL: skipped, VITRINA_TEST_POSTGRES names no database");
        return;
    };
    let line = Line::to(&database).await;
    let shop = TestPortal::set(
        "http://localhost:3000",
        &[("VITRINA_LEDGER", &line.address)],
    )
    .await;
    shop.portal.mirror.pull().await.unwrap();
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    add(&maria, &product, "2").await;
    let cookie = maria.cookie("session");
    // The database may have been used before, and with it the cart.
    let kept = field(&maria.get("/en/cart").await.body, "quantity");
    assert!(kept.is_some());
    for state in [State::Cut, State::Silent] {
        line.is(state);
        // Guests see the shop, without a question to the ledger.
        let guest = shop.visitor();
        assert_eq!(guest.get("/en").await.status, StatusCode::OK, "{state:?}");
        // Who is signed in is told, and stays signed in.
        let told = maria.get("/en").await;
        assert_eq!(told.status, StatusCode::SERVICE_UNAVAILABLE, "{state:?}");
        assert!(told.body.contains("<h1") && !told.header("retry-after").is_empty());
        assert_eq!(maria.cookie("session"), cookie, "{state:?}");
        // No sign-in, no cart changes.
        assert_eq!(
            guest.post("/sign-in", &[("return", "/en")]).await.status,
            StatusCode::SERVICE_UNAVAILABLE
        );
        let fields = [
            ("product", product.as_str()),
            ("quantity", "1"),
            ("back", "/en/cart"),
        ];
        let added = guest.post("/api/cart/add", &fields).await;
        assert_ne!(
            added.status,
            StatusCode::INTERNAL_SERVER_ERROR,
            "{}",
            added.body
        );
        assert!(
            added.status == StatusCode::SERVICE_UNAVAILABLE
                || added.leads_to().contains("problem=away"),
            "{state:?}: {}",
            added.status
        );
        assert_eq!(
            guest.get("/health/ready").await.status,
            StatusCode::SERVICE_UNAVAILABLE
        );
        assert_eq!(guest.get("/health/live").await.status, StatusCode::OK);

        line.is(State::Whole);
        let back = until_ready(&shop).await;
        assert!(back < Duration::from_secs(10), "{state:?}: {back:?}");
        let cart = maria.get("/en/cart").await;
        assert_eq!(cart.status, StatusCode::OK, "{state:?}");
        assert_eq!(field(&cart.body, "quantity"), kept, "{state:?}");
    }
}

/// Test 36 of the forty, on PostgreSQL: two seconds for each word of the store.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn m3_a_slow_store_piles_nothing_up() {
    let Some(database) = postgres() else {
        println!("PostgreSQL: skipped, VITRINA_TEST_POSTGRES names no database");
        return;
    };
    let line = Line::to(&database).await;
    let shop = TestPortal::set(
        "http://localhost:3000",
        &[("VITRINA_LEDGER", &line.address)],
    )
    .await;
    shop.portal.mirror.pull().await.unwrap();
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    line.is(State::Slow(Duration::from_secs(2)));
    let began = Instant::now();
    let asked = (0..100).map(|_| maria.get("/en"));
    let answers = join_all(asked).await;
    assert!(
        began.elapsed() < Duration::from_secs(30),
        "each has a time limit"
    );
    for answer in answers {
        assert!(
            matches!(
                answer.status,
                StatusCode::OK | StatusCode::SERVICE_UNAVAILABLE
            ),
            "{}",
            answer.status
        );
    }
    // Nobody who needs no store waits for it.
    let began = Instant::now();
    assert_eq!(shop.visitor().get("/en").await.status, StatusCode::OK);
    assert!(began.elapsed() < Duration::from_secs(2));
    line.is(State::Whole);
    until_ready(&shop).await;
    assert!(maria.get("/en").await.body.contains("Мария Иванова"));
}

/// Test 36 of the forty, on SQLite: somebody else has the file, and gives it back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn m3_a_store_that_is_locked_is_told_and_works_again_when_it_is_free() {
    let shop = Arc::new(filled().await);
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    add(&maria, &product, "2").await;
    let file = shop.portal.settings.data.join("ledger.sqlite");
    let mut other = SqliteConnection::connect(&format!("sqlite://{}", file.display()))
        .await
        .unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    // Reading goes on, writing is given up after some seconds.
    let cart = maria.get("/en/cart").await;
    assert_eq!(field(&cart.body, "quantity").as_deref(), Some("2"));
    let fields = [
        ("product", product.as_str()),
        ("quantity", "1"),
        ("back", "/en/cart"),
    ];
    let began = Instant::now();
    let told = join_all((0..4).map(|_| maria.post("/api/cart/add", &fields))).await;
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
    for answer in told {
        assert!(
            answer.leads_to().contains("problem=away"),
            "{}",
            answer.leads_to()
        );
    }
    other.execute("ROLLBACK").await.unwrap();
    maria.post("/api/cart/add", &fields).await.leads_to();
    let cart = maria.get("/en/cart").await;
    assert_eq!(
        field(&cart.body, "quantity").as_deref(),
        Some("3"),
        "nothing of what was given up"
    );
}
