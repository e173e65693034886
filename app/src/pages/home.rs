//! The first page: what the shop is, its groups, what is picked out and what is reduced.

use leptos::prelude::*;
use vitrina::catalog::view::{HomeView, ProductCard};

use super::settled;
use crate::{
    components::{Document, GroupTiles, Picture, ProductGrid, Role, framed},
    here::Here,
    words::Saying,
};

/// Pictures beside the first words: fewer look like a mistake.
const HERO_PICTURES: usize = 3;

pub(super) fn view(here: &Here) -> AnyView {
    settled(here, here.store.home(here.language()), show)
}

fn show(here: &Here, home: HomeView) -> AnyView {
    let words = here.words;
    let empty = home.groups.is_empty() && home.featured.is_empty();
    let content = if empty {
        view! {
            <section class="empty">
                <h1>{words.say(Saying::EmptyShop)}</h1>
                <p>{words.say(Saying::EmptyShopHint)}</p>
            </section>
        }
        .into_any()
    } else {
        view! {
            <section class="hero">
                <h1>{words.say(Saying::HomeTitle)}</h1>
                <p>{words.say(Saying::HomeLead)}</p>
                {pictures(&home.featured)}
            </section>
            <section class="section">
                <h2>{words.say(Saying::BrowseGroups)}</h2>
                <GroupTiles here=here.clone() groups=home.groups/>
            </section>
            {products(here, Saying::Featured, home.featured)}
            {products(here, Saying::Reduced, home.reduced)}
        }
        .into_any()
    };
    let content = view! {
        <Document here=here.clone() title=here.shop.name.clone() description=words.say(Saying::HomeLead) public=true/>
        {content}
    }
    .into_any();
    framed(here, "page-home", content)
}

/// A few goods beside the first words, where there is room; the same stand below with their names.
fn pictures(featured: &[ProductCard]) -> AnyView {
    let pictures: Vec<_> = featured
        .iter()
        .filter_map(|card| card.picture.clone())
        .take(HERO_PICTURES)
        .map(|picture| view! { <Picture picture=Some(picture) role=Role::Card/> })
        .collect();
    (pictures.len() == HERO_PICTURES)
        .then(|| view! { <div class="hero-pictures">{pictures}</div> })
        .into_any()
}

fn products(here: &Here, title: Saying, cards: Vec<ProductCard>) -> AnyView {
    if cards.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="section">
            <h2>{here.words.say(title)}</h2>
            <ProductGrid here=here.clone() cards/>
        </section>
    }
    .into_any()
}
