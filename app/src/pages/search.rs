//! A search: what it has found, and a way on where that is nothing.

use leptos::prelude::*;
use vitrina::{
    catalog::{
        listing::{ListQuery, Sort},
        view::SearchView,
    },
    places::Page,
};

use super::{group::list, settled};
use crate::{
    components::{Document, GroupTiles, SortForm, framed},
    controls::{Note, Tone},
    here::Here,
    words::Saying,
};

pub(super) fn view(here: &Here, text: &str, query: ListQuery) -> AnyView {
    if text.trim().is_empty() {
        return framed(here, "page-search", prompt(here));
    }
    settled(
        here,
        here.store.search(here.language(), text, query),
        |here, found| show(here, query.sort, found),
    )
}

/// Nothing was typed.
fn prompt(here: &Here) -> AnyView {
    let words = here.words;
    view! {
        <Document here=here.clone() title=words.say(Saying::Search)/>
        <h1>{words.say(Saying::SearchAll)}</h1>
        {groups(here)}
    }
    .into_any()
}

fn show(here: &Here, sort: Sort, found: SearchView) -> AnyView {
    let words = here.words;
    let text = found.text.clone();
    let content = if found.products.items.is_empty() {
        view! {
            <h1>{words.nothing_found(&text)}</h1>
            <p class="lead">{words.say(Saying::NothingFoundHint)}</p>
            {groups(here)}
        }
        .into_any()
    } else {
        let address = |query| here.to(Page::Search(text.clone(), query));
        let action = address(ListQuery::default());
        let action = action.split('?').next().unwrap_or_default().to_owned();
        let similar = found.similar.then(|| {
            view! { <Note tone=Tone::Info><p>{words.say(Saying::SimilarWords)}</p></Note> }
        });
        view! {
            <h1>{words.found(found.products.total, &text)}</h1>
            {similar}
            <div class="list-bar">
                <h2 class="visually-hidden">{words.products(found.products.total)}</h2>
                <SortForm here=here.clone() action sort text=Some(text.clone())/>
            </div>
            {list(here, found.products, |page| address(ListQuery { page, sort }))}
        }
        .into_any()
    };
    let title = format!("{}: {text}", words.say(Saying::Search));
    let content = view! {
        <Document here=here.clone() title/>
        {content}
    }
    .into_any();
    framed(here, "page-search", content)
}

/// The groups, as a way on.
fn groups(here: &Here) -> AnyView {
    let groups = here.store.menu(here.language());
    (!groups.is_empty())
        .then(|| {
            view! {
                <section class="section">
                    <h2>{here.words.say(Saying::BrowseGroups)}</h2>
                    <GroupTiles here=here.clone() groups/>
                </section>
            }
        })
        .into_any()
}
