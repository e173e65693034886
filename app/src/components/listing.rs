//! A list of products: its order and its grid.

use leptos::prelude::*;
use vitrina::catalog::{listing::Sort, view::ProductCard as Card};

use super::ProductCard;
use crate::{controls::Hidden, here::Here, words::Saying};

/// Cards that are visible at once on most screens.
const FIRST: usize = 4;

/// Products in a grid.
#[component]
pub(crate) fn ProductGrid(
    /// The request.
    here: Here,
    /// The products.
    cards: Vec<Card>,
    /// Whether the grid opens the page.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let items: Vec<_> = cards
        .into_iter()
        .enumerate()
        .map(|(index, card)| {
            view! { <li><ProductCard here=here.clone() card first=first && index < FIRST/></li> }
        })
        .collect();
    view! { <ul class="product-grid">{items}</ul> }
}

/// The choice of an order. By price only where the visitor sees prices.
#[component]
pub(crate) fn SortForm(
    /// The request.
    here: Here,
    /// The list's address without its query.
    action: String,
    /// The order now.
    sort: Sort,
    /// What was searched for.
    #[prop(optional_no_strip)]
    text: Option<String>,
) -> impl IntoView {
    let words = here.words;
    let prices = here.visitor().sees_prices();
    let options: Vec<_> = Sort::ALL
        .into_iter()
        .filter(|sort| prices || !sort.by_price())
        .map(|option| {
            view! {
                <option value=option.word() selected=option == sort>{words.sort(option, text.is_some())}</option>
            }
        })
        .collect();
    view! {
        <form class="sort-form" method="get" action=action data-send="go">
            {text.clone().map(|text| view! { <Hidden name="q" value=text/> })}
            <label for="sort">{words.say(Saying::SortBy)}</label>
            <select class="input" id="sort" name="sort">{options}</select>
            <button type="submit" class="button without-script">{words.say(Saying::Apply)}</button>
        </form>
    }
}
