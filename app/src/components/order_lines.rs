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
                    <p class="order-line-amount">{line.amount.map(|amount| words.money(&amount))}</p>
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
) -> impl IntoView {
    let row = |name: String, money: &Money| {
        view! { <div><dt>{name}</dt><dd>{words.money(money)}</dd></div> }
    };
    view! {
        <dl class="totals">
            {net.map(|net| row(words.say(Saying::SubtotalShort).to_owned(), &net))}
            {on_top
                .iter()
                .map(|(name, extra)| row(words.on_top(name, extra.percent), &extra.amount))
                .collect::<Vec<_>>()}
            {total.map(|total| view! {
                <div class="totals-total">
                    <dt>{words.say(Saying::Total)}</dt>
                    <dd>{words.money(&total)}</dd>
                </div>
            })}
        </dl>
    }
}
