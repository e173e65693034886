//! A group: where it lies, what lies below, its products.

use leptos::prelude::*;
use vitrina::{
    catalog::{
        listing::{ListQuery, Paged, Sort},
        source::GroupPath,
        view::{GroupView, ProductCard},
    },
    places::Page,
};

use super::settled;
use crate::{
    components::{Breadcrumb, Document, GroupTiles, ProductGrid, SortForm, framed},
    controls::Pagination,
    here::Here,
    words::Saying,
};

pub(super) fn view(here: &Here, path: &GroupPath, query: ListQuery) -> AnyView {
    settled(
        here,
        here.store.group(here.language(), path, query),
        |here, group| show(here, path, query.sort, group),
    )
}

fn show(here: &Here, path: &GroupPath, sort: Sort, group: GroupView) -> AnyView {
    let words = here.words;
    let below = (!group.below.is_empty()).then(|| {
        view! {
            <section class="section">
                <h2 class="visually-hidden">{words.say(Saying::InThisGroup)}</h2>
                <GroupTiles here=here.clone() groups=group.below/>
            </section>
        }
    });
    let count = words.products(group.products.total);
    let products = if group.products.items.is_empty() {
        view! {
            <div class="empty">
                <p class="empty-title">{words.say(Saying::EmptyGroup)}</p>
                <p>{words.say(Saying::EmptyGroupHint)}</p>
                <p><a class="button" href=here.to(Page::Home)>{words.say(Saying::ToHome)}</a></p>
            </div>
        }
        .into_any()
    } else {
        let address = |query| here.to(Page::Group(path.clone(), query));
        let action = address(ListQuery::default());
        view! {
            <div class="list-bar">
                <h2 class="list-count">{count}</h2>
                <SortForm here=here.clone() action sort text=None/>
            </div>
            {list(here, group.products, |page| address(ListQuery { page, sort }))}
        }
        .into_any()
    };
    let content = view! {
        <Document here=here.clone() title=group.name.clone() public=true/>
        <Breadcrumb here=here.clone() above=group.above name=group.name.clone()/>
        <h1>{group.name}</h1>
        {below}
        <section class="section">{products}</section>
    }
    .into_any();
    framed(here, "page-group", content)
}

/// Products with the pages of the list.
pub(super) fn list(
    here: &Here,
    products: Paged<ProductCard>,
    address: impl Fn(u32) -> String,
) -> AnyView {
    let words = here.words;
    let (page, last) = (products.page, products.last_page);
    view! {
        <ProductGrid here=here.clone() cards=products.items first=true/>
        <Pagination
            label=words.say(Saying::Pages)
            neighbours=(words.say(Saying::Previous), words.say(Saying::Next))
            position=words.page_of(page, last)
            page
            last
            address
        />
    }
    .into_any()
}
