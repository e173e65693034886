//! The pages with an invented store behind them, for looking at: `cargo run -p app --features ssr --example preview`.
//!
//! Who is looking is chosen by port: 3100 a guest, 3101 a buyer, 3102 a buyer without prices, 3103 a person without customer,
//! 3104 a guest while the instance is away, 3105 a buyer while it is, 3106 a guest of an empty shop.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a tool for developers"
)]

#[path = "../tests/router/mod.rs"]
mod router;
#[expect(dead_code, reason = "tests use the rest")]
#[path = "../tests/store/mod.rs"]
mod store;

use std::sync::Arc;

use axum::{Router, extract::Path, http::header, response::IntoResponse, routing::get};
use store::{Mood, Store, acting, person};
use vitrina::visitor::{Role, Standing, Visitor};

/// A still life in two colours made from its name.
async fn picture(Path(file): Path<String>) -> impl IntoResponse {
    let name = file
        .rsplit_once('-')
        .map_or(file.as_str(), |(name, _)| name);
    let hue = name
        .bytes()
        .fold(7_u32, |hash, byte| (hash * 31 + u32::from(byte)) % 360);
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 100'><rect width='100' height='100' fill='hsl({hue} 35% 84%)'/>\
         <circle cx='50' cy='44' r='20' fill='hsl({hue} 55% 48%)'/><rect x='46' y='60' width='8' height='22' fill='hsl({hue} 40% 30%)'/></svg>"
    );
    ([(header::CONTENT_TYPE, "image/svg+xml")], svg)
}

#[tokio::main]
async fn main() {
    let without_customer = Visitor::SignedIn {
        person: person(),
        standing: Standing::NoCustomer,
    };
    let visitors = [
        (Visitor::Guest, Mood::Well),
        (acting(Role::OrdersWithPrices), Mood::Well),
        (acting(Role::Orders), Mood::Well),
        (without_customer, Mood::Well),
        (Visitor::Guest, Mood::Away),
        (acting(Role::Owner), Mood::Away),
        (Visitor::Guest, Mood::Empty),
    ];
    let mut servers = Vec::new();
    for (port, (visitor, mood)) in (3100_u16..).zip(visitors) {
        let shop = router::shop(Arc::new(Store::new(visitor, mood)), || ());
        let shop: Router = shop.route("/img/{file}", get(picture));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port))
            .await
            .unwrap();
        servers.push(tokio::spawn(
            async move { axum::serve(listener, shop).await },
        ));
    }
    for server in servers {
        server.await.unwrap().unwrap();
    }
}
