//! What a large catalogue costs: calls, time and memory of the first pull, of rounds, and of the next start.
//!
//! ```text
//! PRODUCTS=100000 cargo test --release -p server --features demo --test large -- --ignored --exact measure --nocapture
//! ```
//!
//! The demo instance, and the portal's second life, are processes of their own: this program once more, in another role.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests"
)]

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::body::Body;
use http::{Request, header};
use leptos::config::LeptosOptions;
use serde_json::{Value, json};
use server::{
    portal::{Portal, World},
    routes,
    settings::{Input, Settings},
};
use tower::ServiceExt;

/// As in the program that is shipped.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const REFERENCE: &str = "http://localhost:3000";

fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The role of the instance: tells how to reach it, and lives until its input ends.
#[test]
#[ignore = "a role of `measure`"]
fn instance() {
    let products = setting("PRODUCTS").map_or(100_000, |count| count.parse().unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let demo = runtime
        .block_on(demo::Demo::start(demo::Options {
            products,
            ..demo::Options::default()
        }))
        .unwrap();
    let known = demo.settings();
    let facts = json!({
        "VITRINA_INSTANCE": demo.root(),
        "VITRINA_CLIENT_ID": demo.client_id(),
        "VITRINA_CLIENT_SECRET": demo.client_secret(),
        "VITRINA_COMPANY": known.company_code,
        "VITRINA_LOCATION": known.location_code,
        "VITRINA_DOCUMENT_TYPE": known.document_type,
        "VITRINA_CHANNEL": known.channel,
        "VITRINA_WAREHOUSE": known.warehouse,
    });
    println!("\nFACTS {facts}");
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// The role of the portal's second life: how soon it shows a page, from what it kept.
#[test]
#[ignore = "a role of `measure`"]
fn second_life() {
    let started = Instant::now();
    let facts: Value = serde_json::from_str(&setting("FACTS").unwrap()).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let portal = portal(&facts, &setting("DATA").unwrap()).await;
        portal.mirror.open().await.unwrap();
        let opened = started.elapsed();
        let page = page(&portal, "/en").await;
        println!(
            "\nnext start: copy open after {opened:.2?}, first page after {:.2?} (the page itself {page:.1?}); \
             memory {} MB, at most {} MB",
            started.elapsed(),
            memory("VmRSS"),
            memory("VmHWM"),
        );
    });
}

/// The measurement.
#[test]
#[ignore = "takes minutes; see the head of the file"]
fn measure() {
    let began = Instant::now();
    let mut instance = role("instance", &[]);
    // Kept to the end: a program whose output nobody takes ends.
    let mut output = BufReader::new(instance.stdout.take().unwrap());
    let facts = output
        .by_ref()
        .lines()
        .map(Result::unwrap)
        .find_map(|line| line.strip_prefix("FACTS ").map(str::to_owned))
        .unwrap();
    println!("the instance is sown after {:.1?}", began.elapsed());
    let facts_of_it: Value = serde_json::from_str(&facts).unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    let data = folder.path().to_string_lossy().into_owned();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(first_life(&facts_of_it, &data));
    drop(runtime);
    let mut second = role("second_life", &[("FACTS", &facts), ("DATA", &data)]);
    let mut told = String::new();
    let mut second_output = second.stdout.take().unwrap();
    second_output.read_to_string(&mut told).unwrap();
    second.wait().unwrap();
    let told = told.lines().find(|line| line.starts_with("next start"));
    println!("{}", told.unwrap_or("the second life told nothing"));
    println!("kept on disk: {} MB", size_of(folder.path()) / 1_000_000);
    drop(instance.stdin.take());
    output.read_to_end(&mut Vec::new()).unwrap();
    instance.wait().unwrap();
}

async fn first_life(facts: &Value, data: &str) {
    let portal = portal(facts, data).await;
    let http = reqwest::Client::new();
    println!("portal before the pull: {} MB", memory("VmRSS"));
    let mut before = calls(&http, facts).await;

    let started = Instant::now();
    let watching = Arc::clone(&portal);
    let open = tokio::spawn(async move {
        while watching.mirror.snapshot().is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        started.elapsed()
    });
    portal.mirror.pull().await.unwrap();
    report(
        &http,
        facts,
        "first pull, stock included",
        started,
        &mut before,
    )
    .await;
    println!("  the shop opens after {:.1?}", open.await.unwrap());
    println!(
        "  {} products; memory {} MB, at most {} MB",
        portal.mirror.snapshot().unwrap().catalogue.products().len(),
        memory("VmRSS"),
        memory("VmHWM"),
    );

    // Peak memory from here on.
    forget_peak();
    let started = Instant::now();
    portal.mirror.pull().await.unwrap();
    report(&http, facts, "round without a change", started, &mut before).await;

    change_a_price(&http, facts).await;
    before = calls(&http, facts).await;
    let edition = portal.mirror.edition();
    let started = Instant::now();
    portal.mirror.pull().await.unwrap();
    report(
        &http,
        facts,
        "round after one changed product",
        started,
        &mut before,
    )
    .await;
    assert!(portal.mirror.edition() > edition);
    println!(
        "  memory after rounds {} MB, at most {} MB during them",
        memory("VmRSS"),
        memory("VmHWM")
    );

    for path in [
        "/en",
        "/en/group/P1",
        "/en/group/P1?sort=price",
        "/en/product/P-000100",
        "/en/search?q=brass",
    ] {
        let first = page(&portal, path).await;
        let mut all = Vec::new();
        for _ in 0..50 {
            all.push(page(&portal, path).await);
        }
        all.sort();
        println!(
            "  {path}: first {first:.1?}, median {:.1?}",
            all.get(25).unwrap()
        );
    }
    println!("  memory after pages {} MB", memory("VmRSS"));
    assert_eq!(calls(&http, facts).await, before, "pages cost no call");
}

fn role(name: &str, environment: &[(&str, &str)]) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--ignored", "--exact", name, "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    for (name, value) in environment {
        command.env(name, value);
    }
    command.spawn().unwrap()
}

async fn portal(facts: &Value, data: &str) -> Arc<Portal> {
    let known = facts.as_object().unwrap().iter();
    let settings = known
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .chain([("VITRINA_ORIGIN", REFERENCE), ("VITRINA_DATA", data)]);
    let settings = Settings::read(&Input::new(settings)).unwrap();
    let config = settings.config().unwrap();
    let leptos = LeptosOptions::builder()
        .output_name("vitrina")
        .site_root(data)
        .build();
    let portal = Portal::new(settings, config, leptos, World::system()).unwrap();
    portal.ledger.migrate().await.unwrap();
    portal
}

/// How long a page takes.
async fn page(portal: &Arc<Portal>, path: &str) -> Duration {
    let started = Instant::now();
    let request = Request::get(path)
        .header(header::HOST, "localhost:3000")
        .header(header::ACCEPT, "text/html")
        .body(Body::empty())
        .unwrap();
    let answer = routes::router(portal).oneshot(request).await.unwrap();
    let status = answer.status();
    axum::body::to_bytes(answer.into_body(), 1 << 24)
        .await
        .unwrap();
    assert!(status.is_success(), "{path}: {status}");
    started.elapsed()
}

async fn calls(http: &reqwest::Client, facts: &Value) -> u64 {
    let address = format!("{}/demo/calls", facts["VITRINA_INSTANCE"].as_str().unwrap());
    let answer: Value = http
        .get(address)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    answer["total"].as_u64().unwrap()
}

async fn report(
    http: &reqwest::Client,
    facts: &Value,
    what: &str,
    started: Instant,
    before: &mut u64,
) {
    let took = started.elapsed();
    let now = calls(http, facts).await;
    println!("{what}: {} calls, {took:.1?}", now - *before);
    *before = now;
    std::io::stdout().flush().unwrap();
}

/// As staff would: one product, written through the API.
async fn change_a_price(http: &reqwest::Client, facts: &Value) {
    let text = |name: &str| facts[name].as_str().unwrap();
    let root = text("VITRINA_INSTANCE");
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "read update"),
        ("client_id", text("VITRINA_CLIENT_ID")),
        ("client_secret", text("VITRINA_CLIENT_SECRET")),
    ];
    let answer = http
        .post(format!("{root}/id/connect/token"))
        .form(&form)
        .send()
        .await
        .unwrap();
    let token: Value = answer.json().await.unwrap();
    let token = token["access_token"].as_str().unwrap();
    let api = format!("{root}/api/domain/odata");
    let found: Value = http
        .get(format!(
            "{api}/General_Products_Products?$filter=PartNumber eq 'P-000100'&$select=Id&$top=1"
        ))
        .bearer_auth(token)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let link = found["value"][0]["@odata.id"].as_str().unwrap();
    let answer = http
        .patch(format!("{api}/{link}"))
        .bearer_auth(token)
        .json(&json!({ "StandardPricePerLot": { "Value": 123.45, "Currency": "EUR" } }))
        .send()
        .await
        .unwrap();
    assert!(
        answer.status().is_success(),
        "{}",
        answer.text().await.unwrap()
    );
}

/// A line of `/proc/self/status`, in megabytes.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    let kilobytes = line.split_whitespace().nth(1).unwrap();
    kilobytes.parse::<u64>().unwrap() / 1000
}

/// From now on the peak is counted anew, where the kernel allows that.
fn forget_peak() {
    if let Err(error) = std::fs::write("/proc/self/clear_refs", "5") {
        eprintln!("the peak of memory counts from the beginning: {error}");
    }
}

fn size_of(folder: &std::path::Path) -> u64 {
    std::fs::read_dir(folder)
        .unwrap()
        .map(Result::unwrap)
        .map(|entry| {
            let facts = entry.metadata().unwrap();
            if facts.is_dir() {
                size_of(&entry.path())
            } else {
                facts.len()
            }
        })
        .sum()
}
