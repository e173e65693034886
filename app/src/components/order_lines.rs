//! What was ordered, and what it comes to.

use leptos::prelude::*;
use vitrina::{
    money::Money,
    order::{AmountOnTop, OrderLineView},
    places::Page,
};

use super::{Picture, Role};
use crate::{
    here::Here,
    words::{Saying, Words},
};

/// The lines of an order.
#[component]
pub(crate) fn OrderLines(
    /// The request.
    here: Here,
    /// The lines.
    lines: Vec<OrderLineView>,
) -> impl IntoView {
    let words = here.words;
    let fallback = here.fallback();
    let sees_prices = here.visitor().sees_prices();
    let rows: Vec<_> = lines
        .into_iter()
        .map(|line| {
            let name = line.name.get(here.language(), fallback).to_owned();
            let name = match line.part_number {
                Some(part_number) => {
                    view! { <a href=here.to(Page::Product(part_number))>{name}</a> }.into_any()
                }
                None => name.into_any(),
            };
            let discount = line
                .discount
                .filter(|discount| !discount.is_zero())
                .map(|discount| {
                    view! {
                        <span class="order-line-discount">
                            {words.say(Saying::Discount)}" "{words.percent(discount)}
                        </span>
                    }
                });
            view! {
                <li class="order-line">
                    <Picture picture=line.picture role=Role::Thumb/>
                    <div class="order-line-what">
                        <p class="order-line-name">{name}</p>
                        <p class="order-line-how-many">
                            {words.number(line.quantity)}"\u{a0}"{line.unit}
                            {line.each.map(|each| format!(" × {}", words.money(&each)))}
                            " "{discount}
                        </p>
                    </div>
                    <p class="order-line-amount">{words.amount(line.amount.as_ref(), sees_prices)}</p>
                </li>
            }
        })
        .collect();
    view! { <ul class="order-lines">{rows}</ul> }
}

/// Net, what comes on top, and the total.
#[component]
pub(crate) fn Totals(
    /// The words.
    words: Words,
    /// Names of amounts on top, already in the page's language.
    on_top: Vec<(String, AmountOnTop)>,
    /// Without VAT.
    net: Option<Money>,
    /// What is to be paid.
    total: Option<Money>,
    /// Whether the visitor may see amounts: those that are missing then are unknown.
    sees_prices: bool,
) -> impl IntoView {
    let row = |name: String, amount: String| {
        view! { <div><dt>{name}</dt><dd>{amount}</dd></div> }
    };
    let net = words.amount(net.as_ref(), sees_prices);
    let total = words.amount(total.as_ref(), sees_prices);
    view! {
        <dl class="totals">
            {net.map(|net| row(words.say(Saying::SubtotalShort).to_owned(), net))}
            {on_top
                .iter()
                .map(|(name, extra)| row(words.on_top(name, extra.percent), words.money(&extra.amount)))
                .collect::<Vec<_>>()}
            {total.map(|total| view! {
                <div class="totals-total">
                    <dt>{words.say(Saying::Total)}</dt>
                    <dd>{total}</dd>
                </div>
            })}
        </dl>
    }
}
