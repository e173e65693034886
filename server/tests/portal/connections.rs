//! Connections as they come over the wire: slow ones, greedy ones, and the end.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, routing::get};
use futures::future::join_all;
use server::{
    ending,
    serve::{self, Patience},
    settings::Proxies,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::{
    mirror::{add, filled, plain},
    orders::{buyer, checkout},
    test_portal::TestPortal,
    visitor::form,
};

/// Longer than any step here takes, for what must not hang.
const LONG: Duration = Duration::from_mins(1);

/// Short enough for a test to wait for.
fn impatient() -> Patience {
    Patience {
        headers: Duration::from_millis(700),
        reading: Duration::from_millis(700),
        ..Patience::default()
    }
}

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.unwrap()
}

/// Sends a request on a connection of its own; the whole answer.
async fn ask(address: SocketAddr, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// A shop of one answer, for what concerns connections alone.
struct Small {
    address: SocketAddr,
    serving: JoinHandle<()>,
    stop: CancellationToken,
}

impl Small {
    async fn serve(router: Router, patience: Patience, proxies: &str) -> Self {
        let listeners = serve::listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listeners[0].local_addr().unwrap();
        let stop = CancellationToken::new();
        let proxies = Proxies::parse(proxies).unwrap();
        let serving = serve::serve(listeners, router, patience, proxies, stop.clone());
        Self {
            address,
            serving: tokio::spawn(serving),
            stop,
        }
    }

    async fn with(patience: Patience, proxies: &str) -> Self {
        let router = Router::new().route("/", get(|| async { "welcome" }));
        Self::serve(router, patience, proxies).await
    }

    /// A connection from this address of this machine: Linux has 127.0.0.0/8 whole.
    async fn connect_from(&self, source: &str) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket
            .bind(SocketAddr::new(source.parse().unwrap(), 0))
            .unwrap();
        socket.connect(self.address).await.unwrap()
    }

    /// The first answer on a connection of its own from there, and the connection; it is kept unless the answer says otherwise.
    async fn first_answer(&self, source: &str) -> (String, TcpStream) {
        let mut stream = self.connect_from(source).await;
        stream.write_all(PLAIN.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"welcome") {
            if timeout(LONG, stream.read_buf(&mut answer))
                .await
                .unwrap()
                .unwrap()
                == 0
            {
                break;
            }
        }
        (String::from_utf8(answer).unwrap(), stream)
    }

    async fn end(self) {
        self.stop.cancel();
        timeout(LONG, self.serving).await.unwrap().unwrap();
    }
}

const PLAIN: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const HOME: &str =
    "GET /en HTTP/1.1\r\nHost: localhost:3000\r\nAccept: text/html\r\nConnection: close\r\n\r\n";

fn post(path: &str, cookies: &str, body: &str) -> String {
    let (script, value) = app::actions::SCRIPT_HEADER;
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost:3000\r\nAccept: text/html\r\nSec-Fetch-Site: same-origin\r\n{script}: {value}\r\n\
         Cookie: {cookies}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// Test 37 of the forty: slow headers and bodies while others are served.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_headers_and_bodies_hold_nobody_up_and_are_ended() {
    let shop = TestPortal::start().await;
    let (address, running) = shop.serve(impatient()).await;
    let mut slow = Vec::new();
    for number in 0..200 {
        let mut stream = connect(address).await;
        let sent = if number % 2 == 0 {
            "GET /en HTTP/1.1\r\nHost: localh".to_owned()
        } else {
            // Its headers are whole, its body never is.
            post("/sign-in", "", "return=/en")
                .replace("Content-Length: 10", "Content-Length: 60000")
        };
        stream.write_all(sent.as_bytes()).await.unwrap();
        slow.push((number, stream));
    }
    // Meanwhile others are served as ever.
    for _ in 0..5 {
        let page = timeout(LONG, ask(address, HOME)).await.unwrap().unwrap();
        assert!(page.starts_with("HTTP/1.1 "), "{page}");
        assert!(page.contains("<h1"), "{page}");
    }
    // Slow headers are ended, without an answer or with one; slow bodies after their time with 408.
    let ends = slow.into_iter().map(|(number, mut stream)| async move {
        let mut answer = String::new();
        let end = timeout(LONG, stream.read_to_string(&mut answer)).await;
        (number, end.unwrap().is_ok(), answer)
    });
    for (number, _, answer) in join_all(ends).await {
        if number % 2 == 1 {
            assert!(answer.starts_with("HTTP/1.1 408 "), "{number}: {answer}");
        } else {
            assert!(!answer.starts_with("HTTP/1.1 200"), "{number}: {answer}");
        }
    }
    running.stop.cancel();
    timeout(LONG, running.serving).await.unwrap().unwrap();
}

/// Test 37 of the forty: clients that do not read what they asked for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_is_given_up_and_one_that_reads_slowly_is_not() {
    const LARGE: usize = 64 * 1024 * 1024;
    let router = Router::new().route("/large", get(|| async { vec![b'x'; LARGE] }));
    let small = Small::serve(router, impatient(), "").await;
    let address = small.address;
    let request = "GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    let mut deaf = connect(address).await;
    deaf.write_all(request.as_bytes()).await.unwrap();
    // It never reads; that it is given up shows in that the server can end: it waits for every connection.
    let mut slow = connect(address).await;
    slow.write_all(request.as_bytes()).await.unwrap();
    let mut read = 0;
    let mut piece = vec![0; 1024 * 1024];
    loop {
        match timeout(LONG, slow.read(&mut piece)).await.unwrap().unwrap() {
            0 => break,
            more => read += more,
        }
        // Never as long as the patience lasts.
        tokio::task::yield_now().await;
    }
    assert!(read > LARGE, "all of it: {read}");
    small.end().await;
    // What had been sent before is there; the rest is not.
    let mut left = Vec::new();
    let _cut = timeout(LONG, deaf.read_to_end(&mut left)).await.unwrap();
    assert!(left.len() < LARGE, "{}", left.len());
}

/// Whether it is the whole answer of a shop that has no place.
fn tells_of_no_place(answer: &str) -> bool {
    answer.starts_with("HTTP/1.1 503 ")
        && answer.contains("\r\nRetry-After: 10\r\n")
        && answer.contains("\r\nConnection: close\r\n")
        && answer.contains("The shop is very busy.")
        && answer.contains("Магазинът е много натоварен.")
}

#[tokio::test]
async fn section_11_beyond_the_most_connections_new_ones_are_told_and_closed() {
    let shop = Small::with(
        Patience {
            connections: 2,
            ..Patience::default()
        },
        "",
    )
    .await;
    let (first, held) = shop.first_answer("127.0.0.1").await;
    let (second, _also_held) = shop.first_answer("127.0.0.1").await;
    assert!(first.starts_with("HTTP/1.1 200 ") && second.starts_with("HTTP/1.1 200 "));
    // The answer is there to its end, also for a client that sends more than a line.
    for request in [
        PLAIN.to_owned(),
        post("/", "", &"x".repeat(8 * 1024)).replace("Connection: close", "Connection: keep-alive"),
    ] {
        let told = timeout(LONG, ask(shop.address, &request)).await.unwrap();
        assert!(tells_of_no_place(&told.unwrap()), "{request}");
    }
    // A place that was left is free again.
    drop(held);
    timeout(LONG, async {
        while !shop
            .first_answer("127.0.0.1")
            .await
            .0
            .starts_with("HTTP/1.1 200 ")
        {}
    })
    .await
    .unwrap();
    shop.end().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn section_11_one_address_cannot_take_all_connections_and_a_proxy_may() {
    let patience = Patience {
        connections: 6,
        from_one: 2,
        ..Patience::default()
    };
    let shop = Small::with(patience, "127.0.0.9").await;
    let mut held = Vec::new();
    for (source, welcome) in [
        ("127.0.0.1", true),
        ("127.0.0.1", true),
        ("127.0.0.1", false),
        ("127.0.0.2", true),
        // It stands for many …
        ("127.0.0.9", true),
        ("127.0.0.9", true),
        ("127.0.0.9", true),
        // … and counts with the others.
        ("127.0.0.9", false),
        ("127.0.0.2", false),
    ] {
        let (answer, stream) = shop.first_answer(source).await;
        if welcome {
            assert!(answer.starts_with("HTTP/1.1 200 "), "{source}: {answer}");
            held.push(stream);
        } else {
            assert!(tells_of_no_place(&answer), "{source}: {answer}");
        }
    }
    drop(held);
    shop.end().await;
}

#[tokio::test]
async fn section_11_refusals_are_bounded_in_number_and_time() {
    // Where nobody ends by themselves in time: the one after the last is closed without a word.
    let shop = Small::with(
        Patience {
            connections: 0,
            refusals: 2,
            refusing: LONG * 10,
            ..Patience::default()
        },
        "",
    )
    .await;
    let mut silent = [connect(shop.address).await, connect(shop.address).await];
    let mut closed = connect(shop.address).await;
    let mut answer = Vec::new();
    let end = timeout(LONG, closed.read_to_end(&mut answer)).await;
    assert!(end.is_ok() && answer.is_empty());
    // Those before it are told as soon as they ask, and their turns are free again.
    for stream in &mut silent {
        let mut answer = String::new();
        stream.write_all(PLAIN.as_bytes()).await.unwrap();
        let end = timeout(LONG, stream.read_to_string(&mut answer)).await;
        assert!(end.unwrap().is_ok() && tells_of_no_place(&answer));
    }
    drop(silent);
    timeout(LONG, async {
        while !ask(shop.address, PLAIN)
            .await
            .is_ok_and(|answer| tells_of_no_place(&answer))
        {}
    })
    .await
    .unwrap();
    // Who says nothing is not waited for when the shop ends.
    let _silent = connect(shop.address).await;
    shop.end().await;

    // Who asks nothing and does not go has the time that a refusal may take.
    let shop = Small::with(
        Patience {
            connections: 0,
            refusing: Duration::from_millis(100),
            ..Patience::default()
        },
        "",
    )
    .await;
    let mut silent = connect(shop.address).await;
    let mut answer = Vec::new();
    let end = timeout(LONG, silent.read_to_end(&mut answer)).await;
    assert!(end.is_ok() && answer.is_empty());
    shop.end().await;
}

/// Test 38 of the forty: what was answered is kept, what was ordered is ordered once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn m6_a_shutdown_under_load_loses_nothing() {
    let mut shop = filled().await;
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    // Guests that each add one piece after the other …
    let mut guests = Vec::new();
    for _ in 0..8 {
        let guest = shop.visitor();
        add(&guest, &product, "1").await;
        guests.push(guest.all_cookies());
    }
    // … and buyers in front of their button.
    let mut buyers = Vec::new();
    for login in ["maria", "elena"] {
        let visitor = buyer(&shop, login).await;
        let checkout = checkout(&visitor).await;
        let body = form(&[
            ("key", checkout.key.as_str()),
            ("seen", checkout.seen.as_str()),
            ("form[address]", checkout.address.as_str()),
            ("back", "/en/checkout"),
        ]);
        buyers.push((visitor.all_cookies(), body));
    }
    let (address, running) = shop.serve(Patience::default()).await;
    let adding = guests.iter().map(|cookies| {
        let body = form(&[
            ("product", &product),
            ("quantity", "1"),
            ("back", "/en/cart"),
        ]);
        let request = post("/api/cart/add", cookies, &body);
        tokio::spawn(async move {
            let mut kept = 1;
            // Until no connection is taken any more.
            while let Ok(answer) = ask(address, &request).await {
                if answer.is_empty() {
                    // Taken by the system and not by us: nothing was begun.
                    break;
                }
                assert!(
                    answer.starts_with("HTTP/1.1 303"),
                    "half an answer: {answer}"
                );
                kept += 1;
            }
            kept
        })
    });
    let adding: Vec<_> = adding.collect();
    let ordering = buyers.iter().map(|(cookies, body)| {
        let request = post("/api/checkout/place", cookies, body);
        tokio::spawn(async move { ask(address, &request).await.unwrap() })
    });
    let ordering: Vec<_> = ordering.collect();
    // In the middle of it: as soon as the instance has begun on an order.
    let begun = shop.demo.seen().transactions_begun;
    timeout(LONG, async {
        while shop.demo.seen().transactions_begun == begun {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    timeout(LONG, ending::end(&shop.portal, running))
        .await
        .unwrap();
    assert_eq!(shop.demo.seen().transactions, 0, "none is left open");
    let kept: Vec<u32> = join_all(adding)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let told: Vec<String> = join_all(ordering)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();

    shop.restart().await;
    for (cookies, kept) in guests.iter().zip(kept) {
        let guest = shop.visitor();
        guest.set_cookie("session", cookies.strip_prefix("session=").unwrap());
        let cart = guest.get("/en/cart").await;
        let quantity = crate::orders::field(&cart.body, "quantity").unwrap();
        assert_eq!(quantity, kept.to_string());
    }
    let orders = shop.demo.orders();
    for ((cookies, body), answer) in buyers.iter().zip(told) {
        let buyer = shop.visitor();
        buyer.set_cookie("session", cookies.strip_prefix("session=").unwrap());
        let key = form_urlencoded::parse(body.as_bytes())
            .find_map(|(name, value)| (name == "key").then(|| value.into_owned()))
            .unwrap();
        let placed = orders
            .iter()
            .filter(|order| order.external_id.as_deref() == Some(&key))
            .count();
        assert!(answer.contains(&format!("/en/order/{key}")), "{answer}");
        assert_eq!(placed, 1, "once");
        assert_eq!(
            buyer.get(&format!("/en/order/{key}")).await.status.as_u16(),
            200
        );
    }
}

/// A quote whose asker is cut off leaves no open transaction behind (M6).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn m6_a_quote_that_is_cut_off_is_ended_at_the_instance() {
    let shop = filled().await;
    let maria = buyer(&shop, "maria").await;
    let patience = Patience {
        last_requests: Duration::ZERO,
        ..Patience::default()
    };
    let (address, running) = shop.serve(patience).await;
    let before = shop.demo.seen();
    let request = format!(
        "GET /en/checkout HTTP/1.1\r\nHost: localhost:3000\r\nAccept: text/html\r\nCookie: {}\r\nConnection: close\r\n\r\n",
        maria.all_cookies()
    );
    let asked = tokio::spawn(async move { ask(address, &request).await });
    timeout(LONG, async {
        while shop.demo.seen().transactions_begun == before.transactions_begun {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    timeout(LONG, ending::end(&shop.portal, running))
        .await
        .unwrap();
    let after = shop.demo.seen();
    assert_eq!(after.transactions, 0);
    assert_eq!(after.transactions_abandoned, before.transactions_abandoned);
    let _cut_or_not = asked.await.unwrap();
}
