//! Prices: without VAT, for one selling unit, reduced ones beside what they were.

use leptos::prelude::*;
use vitrina::catalog::view::{Price, PriceView, UnitView};

use crate::words::{Saying, Words};

/// What a visitor may know of a price.
#[component]
pub(crate) fn PriceTag(
    /// The words.
    words: Words,
    /// The price.
    price: PriceView,
    /// The selling unit.
    unit: UnitView,
) -> impl IntoView {
    match price {
        PriceView::OnRequest => {
            view! { <p class="price price-none">{words.say(Saying::PriceOnRequest)}</p> }.into_any()
        }
        PriceView::Hidden => {
            view! { <p class="price price-none">{words.say(Saying::PriceHidden)}</p> }.into_any()
        }
        PriceView::Known(price) => {
            let before = price.before.map(|before| {
                view! {
                    <span class="price-before">
                        <span class="visually-hidden">{words.say(Saying::PriceBefore)}" "</span>
                        <s>{words.money(&before)}</s>
                    </span>
                    <span class="visually-hidden">{words.say(Saying::PriceNow)}" "</span>
                }
            });
            let class = if before.is_some() {
                "price price-reduced"
            } else {
                "price"
            };
            view! {
                <p class=class>
                    {before}
                    <strong class="price-each">{words.money(&price.each)}</strong>
                    " "<span class="price-unit">{words.per(&unit.name)}</span>
                </p>
            }
            .into_any()
        }
    }
}

/// Lower prices for more, as a table.
#[component]
pub(crate) fn PriceBreaks(
    /// The words.
    words: Words,
    /// The price.
    price: Price,
    /// The selling unit.
    unit: UnitView,
) -> impl IntoView {
    (!price.breaks.is_empty()).then(|| {
        let rows: Vec<_> = price
            .breaks
            .iter()
            .map(|step| {
                view! {
                    <tr>
                        <th scope="row">{words.from_quantity(step.from)}</th>
                        <td>{words.money(&step.each)}</td>
                    </tr>
                }
            })
            .collect();
        view! {
            <table class="price-breaks">
                <caption>{words.say(Saying::PriceBreaks)}", "{words.per(&unit.name)}</caption>
                <thead class="visually-hidden">
                    <tr>
                        <th scope="col">{words.say(Saying::Quantity)}</th>
                        <th scope="col">{words.say(Saying::Price)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
    })
}
