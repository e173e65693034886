//! The instance's own pages: what it is, who can sign in, what arrived. They need no token and are for the same computer only.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};

use crate::html::{self, Frame, Language, escape};
use crate::instance::Instance;
use crate::orders;

pub(crate) fn routes() -> Router<Arc<Instance>> {
    Router::new()
        .route("/", get(home))
        .route("/demo/style.css", get(html::style))
        .route("/demo/calls", get(calls))
        .route("/demo/orders", get(all_orders))
        .route("/demo/reset", post(reset))
}

async fn calls(State(instance): State<Arc<Instance>>) -> Response {
    Json(instance.counted()).into_response()
}

async fn all_orders(State(instance): State<Arc<Instance>>) -> Response {
    Json(orders::arrived(&instance.domain.data().database)).into_response()
}

/// Sows the rows again and counts from zero.
async fn reset(State(instance): State<Arc<Instance>>) -> Response {
    match instance.reset() {
        Ok(()) => Redirect::to("/").into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn home(State(instance): State<Arc<Instance>>, headers: HeaderMap) -> Response {
    let orders = orders::arrived(&instance.domain.data().database);
    let calls = instance.counted();
    let mut body = String::from(
        "<main class=\"home\"><header><h1>Ognishte — a demo ERP.net instance</h1>\
         <p>A stand-in for one ERP.net instance: identity provider, Domain API and a wholesaler of light, kitchen and home with made-up people. \
         What is changed here lives in memory and is gone with the process.</p>\
         <p><a href=\"/demo/control\">Faults at will</a>: slow, lost, cut and odd answers, restarts, licences.</p></header>",
    );
    let people = instance
        .people
        .iter()
        .map(|person| {
            format!(
                "<tr><td>{}</td><td><code>{}</code></td><td><code>{}</code></td><td>{}</td></tr>",
                escape(&person.name),
                escape(&person.login),
                escape(&person.password),
                escape(&person.purpose)
            )
        })
        .collect::<Vec<_>>()
        .concat();
    // Writing to a string cannot fail.
    let _ = write!(
        body,
        "<section class=\"card\"><h2>People</h2><div class=\"scroll\"><table><thead><tr><th>Name</th><th>Login</th><th>Password</th><th>Here to show</th></tr></thead><tbody>{people}</tbody></table></div></section>\
         <section class=\"card\"><h2>Orders that arrived ({})</h2>",
        orders.len()
    );
    if orders.is_empty() {
        body.push_str("<p>None yet. Buy something in the shop and look here again.</p>");
    }
    for order in &orders {
        let lines = order
            .lines
            .iter()
            .map(|line| {
                format!(
                    "<tr><td>{}</td><td>{}</td><td class=\"number\">{} {}</td><td class=\"number\">{}</td><td class=\"number\">{} %</td><td class=\"number\">{}</td></tr>",
                    line.line_no,
                    escape(&line.product),
                    line.quantity.normalize(),
                    escape(&line.unit),
                    line.unit_price.normalize(),
                    (line.discount * rust_decimal::Decimal::ONE_HUNDRED).normalize(),
                    line.amount
                )
            })
            .collect::<Vec<_>>().concat();
        let void = if order.void { ", void" } else { "" };
        let _ = write!(
            body,
            "<details open><summary>{} · {} · {}{void} · {} {}</summary><div class=\"scroll\"><table><thead><tr><th>No</th><th>Product</th><th class=\"number\">Quantity</th><th class=\"number\">Price</th><th class=\"number\">Discount</th><th class=\"number\">Amount</th></tr></thead><tbody>{lines}</tbody></table></div>\
             <p>Customer {} · lines {} · to pay {} {} · <code>{}</code></p></details>",
            escape(&order.document_no),
            escape(&order.customer),
            escape(&order.state),
            order.amount_to_pay,
            escape(&order.currency),
            escape(&order.customer),
            order.total,
            order.amount_to_pay,
            escape(&order.currency),
            escape(order.external_id.as_deref().unwrap_or("no external id"))
        );
    }
    let subjects = calls
        .by_subject
        .iter()
        .map(|(subject, count)| {
            format!(
                "<tr><td><code>{}</code></td><td class=\"number\">{count}</td></tr>",
                escape(subject)
            )
        })
        .collect::<Vec<_>>()
        .concat();
    let _ = write!(
        body,
        "</section><section class=\"card\"><h2>Calls to the Domain API</h2><dl><dt>Altogether</dt><dd>{}</dd><dt>Most at once</dt><dd>{}</dd><dt>Most within a minute</dt><dd>{}</dd><dt>Token requests</dt><dd>{}</dd></dl>\
         <div class=\"scroll\"><table><tbody>{subjects}</tbody></table></div>\
         <form method=\"post\" action=\"/demo/reset\"><button class=\"primary\">Begin again from the seed</button></form></section></main>",
        calls.total, calls.most_at_once, calls.most_in_a_minute, calls.token_requests
    );
    let frame = Frame {
        title: "Ognishte — demo ERP.net instance",
        language: Language::of(&headers, Some("en")),
        form_action: "'self'".to_owned(),
    };
    frame.page(StatusCode::OK, &body)
}
