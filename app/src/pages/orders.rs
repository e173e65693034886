//! The customer's orders, latest first.

use leptos::prelude::*;
use vitrina::{
    order::{OrderSummary, OrdersView},
    places::Page,
};

use super::settled;
use crate::{
    components::{Document, framed, later},
    controls::{Kind, LinkButton},
    here::Here,
    words::Saying,
};

pub(super) fn view(here: &Here, page: u32) -> AnyView {
    let (asks, here) = (here.clone(), here.clone());
    later(
        async move { asks.store.orders(page).await },
        move |orders| settled(&here, orders, show),
    )
}

fn show(here: &Here, view: OrdersView) -> AnyView {
    let words = here.words;
    let customer = here
        .visitor()
        .acting()
        .map(|access| view! { <p class="lead">{access.customer.name.clone()}</p> });
    let since = view
        .since
        .map(|since| view! { <p class="field-hint">{words.orders_since(&words.day(since))}</p> });
    let list = if view.orders.is_empty() {
        view! {
            <div class="empty">
                <p class="empty-title">{words.say(Saying::EmptyOrders)}</p>
                <p>{words.say(Saying::EmptyOrdersHint)}</p>
                <LinkButton kind=Kind::Primary href=here.to(Page::Home)>{words.say(Saying::KeepShopping)}</LinkButton>
            </div>
        }
        .into_any()
    } else {
        let rows: Vec<_> = view.orders.iter().map(|order| row(here, order)).collect();
        view! { <ul class="orders">{rows}</ul> }.into_any()
    };
    let before = (view.page > 1).then(|| {
        view! { <a class="button" rel="prev" href=here.to(Page::Orders(view.page - 1))>{words.say(Saying::Previous)}</a> }
    });
    let after = view.has_next.then(|| {
        view! { <a class="button" rel="next" href=here.to(Page::Orders(view.page + 1))>{words.say(Saying::Next)}</a> }
    });
    let paging = (before.is_some() || after.is_some()).then(|| {
        view! { <nav class="pagination" aria-label=words.say(Saying::Pages)>{before}{after}</nav> }
    });
    let content = view! {
        <Document here=here.clone() title=words.say(Saying::MyOrders)/>
        <h1>{words.say(Saying::MyOrders)}</h1>
        {customer}
        {since}
        {list}
        {paging}
    }
    .into_any();
    framed(here, "page-orders", content)
}

fn row(here: &Here, order: &OrderSummary) -> AnyView {
    let words = here.words;
    view! {
        <li class="order-row">
            <h2 class="order-row-number"><a href=here.to(Page::Order(order.id))>{words.order(&order.number)}</a></h2>
            <p class="order-row-date">{words.day(order.date)}</p>
            <p class="order-row-own">
                {order.purchase_order.clone().map(|own| words.about(Saying::PurchaseOrder, &own))}
            </p>
            {super::order::state(here, order)}
            <p class="order-row-total">{words.amount(order.total.as_ref(), here.visitor().sees_prices())}</p>
        </li>
    }
    .into_any()
}
