//! A product in a list.

use leptos::prelude::*;
use vitrina::{
    catalog::view::{Availability, PriceView, ProductCard as Card},
    places::Page,
};

use super::{Picture, PriceTag, Role, on_request, quick_add};
use crate::{
    here::Here,
    words::{Saying, Words},
};

/// A product in a list. The name is the link; its whole card answers to a click.
#[component]
pub(crate) fn ProductCard(
    /// The request.
    here: Here,
    /// The product.
    card: Card,
    /// Whether it is visible at once.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let words = here.words;
    let href = here.to(Page::Product(card.part_number.clone()));
    let role = if first { Role::FirstCards } else { Role::Card };
    let reduced = matches!(&card.price, PriceView::Known(price) if price.before.is_some())
        .then(|| view! { <span class="product-card-mark">{words.say(Saying::ReducedMark)}</span> });
    let action = if !card.has_price {
        on_request(&here)
    } else if card.has_variants {
        view! {
            <a class="button" href=href.clone() aria-label=words.about(Saying::PickVariant, &card.name)>
                {words.say(Saying::ChooseOptions)}
            </a>
        }
        .into_any()
    } else {
        quick_add(words, &card, &here.place)
    };
    view! {
        <article class="product-card">
            <div class="product-card-picture">
                <Picture picture=card.picture.clone() role/>
                {reduced}
            </div>
            <h3 class="product-card-name"><a href=href>{card.name.clone()}</a></h3>
            <p class="product-card-code">{card.part_number.as_str().to_owned()}</p>
            <PriceTag words price=card.price.clone() unit=card.unit.clone()/>
            {stock(words, card.availability)}
            {action}
        </article>
    }
}

/// Whether it can be had, as a line with a mark that does not depend on colour alone.
pub(crate) fn stock(words: Words, availability: Availability) -> AnyView {
    let class = match availability {
        Availability::NotStocked => return ().into_any(),
        Availability::InStock => "stock stock-in",
        Availability::Few(_) => "stock stock-few",
        Availability::Out => "stock stock-out",
        Availability::Unknown => "stock",
    };
    view! { <p class=class>{words.availability(availability)}</p> }.into_any()
}
