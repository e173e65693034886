//! One order: its lines, its total, how it came to where it stands.

use leptos::prelude::*;
use vitrina::{
    ids::OrderId,
    order::{OrderState, OrderSummary, OrderView},
    places::Page,
};

use super::settled;
use crate::{
    components::{Document, OrderLines, Totals, framed, later},
    controls::{Note, Tone},
    here::Here,
    words::Saying,
};

pub(super) fn view(here: &Here, id: OrderId) -> AnyView {
    let (asks, here) = (here.clone(), here.clone());
    later(async move { asks.store.order(id).await }, move |order| {
        settled(&here, order, show)
    })
}

fn show(here: &Here, order: OrderView) -> AnyView {
    let words = here.words;
    let title = words.order(&order.summary.number);
    let content = view! {
        <Document here=here.clone() title=title.clone()/>
        <nav class="breadcrumb" aria-label=words.say(Saying::Breadcrumb)>
            <ol>
                <li><a href=here.to(Page::Orders(1))>{words.say(Saying::MyOrders)}</a></li>
                <li aria-current="page">{title.clone()}</li>
            </ol>
        </nav>
        <h1>{title}</h1>
        {body(here, order)}
    }
    .into_any();
    framed(here, "page-order", content)
}

/// Where an order stands, in the shopper's word and the seller's own.
pub(super) fn state(here: &Here, order: &OrderSummary) -> AnyView {
    let fallback = here.fallback();
    let class = match order.state {
        OrderState::Cancelled => "state state-cancelled",
        OrderState::Confirmed | OrderState::Finished => "state state-good",
        OrderState::Arrived | OrderState::Received | OrderState::Other => "state",
    };
    let status = order
        .status
        .as_ref()
        .map(|status| status.get(here.language(), fallback).to_owned())
        .filter(|status| !status.is_empty());
    view! {
        <p class=class>
            {here.words.order_state(order.state)}
            {status.map(|status| view! { <span class="state-own">" · "{status}</span> })}
        </p>
    }
    .into_any()
}

/// Everything of an order below its heading.
pub(super) fn body(here: &Here, order: OrderView) -> AnyView {
    let words = here.words;
    let fallback = here.fallback();
    let on_top: Vec<_> = order
        .on_top
        .into_iter()
        .map(|extra| (extra.name.get(here.language(), fallback).to_owned(), extra))
        .collect();
    let fact = |what: Saying, text: Option<String>| {
        text.map(|text| view! { <div><dt>{words.say(what)}</dt><dd>{text}</dd></div> })
    };
    let history = (!order.history.is_empty()).then(|| {
        let steps: Vec<_> = order
            .history
            .iter()
            .map(|(state, at)| {
                view! { <li><strong>{words.order_state(*state)}</strong>" "{words.instant(*at)}</li> }
            })
            .collect();
        view! {
            <section class="section">
                <h2>{words.say(Saying::OrderHistory)}</h2>
                <ol class="history">{steps}</ol>
            </section>
        }
    });
    let in_part = order
        .in_part
        .then(|| view! { <Note tone=Tone::Info><p>{words.say(Saying::OrderInPart)}</p></Note> });
    let summary = order.summary;
    view! {
        {state(here, &summary)}
        <dl class="facts">
            {fact(Saying::OrderDate, Some(words.day(summary.date)))}
            {fact(Saying::PurchaseOrder, summary.purchase_order.clone())}
            {fact(Saying::DeliveryAddress, order.address)}
            {fact(Saying::RequestedDate, order.requested_date.map(|day| words.day(day)))}
            {fact(Saying::Note, order.note)}
        </dl>
        <section class="section order">
            <h2>{words.say(Saying::OrderLines)}</h2>
            {in_part}
            <OrderLines here=here.clone() lines=order.lines/>
            <Totals words on_top net=order.net total=summary.total sees_prices=here.visitor().sees_prices()/>
        </section>
        {history}
    }
    .into_any()
}
