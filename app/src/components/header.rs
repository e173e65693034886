//! The header and the footer of every page.

use leptos::prelude::*;
use vitrina::{
    catalog::listing::LONGEST_SEARCH,
    places::{Page, Place},
    visitor::{Standing, Visitor},
};

use super::{SignInForm, in_frame::Framed, later};
use crate::{
    controls::{Button, Hidden, Icon, Kind, PostForm, Shape},
    here::Here,
    islands::{CartBadge, SearchBox},
    words::{Saying, own_name},
};

/// Shop name, search, languages, account, cart, groups.
#[component]
pub(crate) fn Header(
    /// The request.
    here: Here,
) -> impl IntoView {
    let words = here.words;
    let text = match &here.place.page {
        Page::Search(text, _) => text.clone(),
        _ => String::new(),
    };
    view! {
        <header class="header" data-visit=here.store.visit()>
            <div class="header-bar">
                <a class="header-name" href=here.to(Page::Home)>{here.shop.name.clone()}</a>
                <search class="header-search">
                    <form method="get" action=search_action(&here)>
                        <SearchBox
                            value=text
                            label=words.say(Saying::SearchHint).to_owned()
                            list_label=words.say(Saying::Suggestions).to_owned()
                            most=LONGEST_SEARCH
                            back=here.place.path()
                        />
                        <button type="submit" class="header-search-button" aria-label=words.say(Saying::Search)>
                            <Icon shape=Shape::Search/>
                        </button>
                    </form>
                </search>
                <div class="header-tools">
                    {languages(&here)}
                    {account(&here)}
                    {badge(&here)}
                </div>
            </div>
            {menu(&here)}
        </header>
    }
}

/// Where the search form goes: the field adds the query.
fn search_action(here: &Here) -> String {
    let path = here.to(Page::Search(
        String::new(),
        vitrina::catalog::listing::ListQuery::default(),
    ));
    path.split('?').next().unwrap_or_default().to_owned()
}

/// Links to the same page in the other languages.
fn languages(here: &Here) -> AnyView {
    let others: Vec<_> = here
        .shop
        .languages
        .iter()
        .filter(|language| **language != here.language())
        .map(|language| {
            let tag = language.to_string();
            let short = tag.to_uppercase();
            let name = format!("{short}, {}", own_name(*language));
            let href = here.place.in_language(*language).path();
            view! {
                <li><a href=href lang=tag.clone() hreflang=tag aria-label=name>{short}</a></li>
            }
        })
        .collect();
    if others.is_empty() {
        return ().into_any();
    }
    view! {
        <nav class="header-languages" aria-label=here.words.say(Saying::Language)>
            <ul>{others}</ul>
        </nav>
    }
    .into_any()
}

/// Sign-in, or the person's menu.
fn account(here: &Here) -> AnyView {
    let words = here.words;
    match here.visitor().clone() {
        Visitor::Guest => view! {
            <div class="header-account">
                <SignInForm back=after_sign_in(here) kind=Kind::Quiet text=words.say(Saying::SignIn)/>
            </div>
        }
        .into_any(),
        Visitor::SignedIn { person, standing } => {
            let (customer, orders, switch) = match &standing {
                Standing::Acting { access, has_others } => (
                    Some(access.customer.name.clone()),
                    access.role.may_order(),
                    has_others.then(|| words.say(Saying::SwitchCustomer)),
                ),
                Standing::Choosing => (None, false, Some(words.say(Saying::ChooseCustomerFirst))),
                Standing::NoCustomer | Standing::Unknown => (None, false, None),
            };
            view! {
                <details class="header-account menu" name="header-menu">
                    <summary>
                        <Icon shape=Shape::Person/>
                        <span class="visually-hidden">{words.say(Saying::Account)}": "</span>
                        <span class="header-account-name">{customer.clone().unwrap_or_else(|| person.name.clone())}</span>
                    </summary>
                    <div class="menu-panel">
                        <p class="menu-who">
                            <strong>{person.name.clone()}</strong>
                            {customer.map(|customer| view! { <span>{words.about(Saying::ActingFor, &customer)}</span> })}
                        </p>
                        <ul>
                            {orders.then(|| view! { <li><a href=here.to(Page::Orders(1))>{words.say(Saying::MyOrders)}</a></li> })}
                            {switch.map(|text| view! { <li><a href=here.to(Page::Customers)>{text}</a></li> })}
                            // May not be framed, and is about other windows.
                            {use_context::<Framed>().is_none()
                                .then(|| view! { <li><a href=here.to(Page::Sessions)>{words.say(Saying::MySessions)}</a></li> })}
                            {matches!(standing, Standing::NoCustomer)
                                .then(|| view! { <li><a href=here.to(Page::Waiting)>{words.say(Saying::WaitingTitle)}</a></li> })}
                        </ul>
                        {PostForm::to("/sign-out").around(view! {
                            <Hidden name="return" value=here.to(Page::Home)/>
                            <Button kind=Kind::Quiet>{words.say(Saying::SignOut)}</Button>
                        })}
                    </div>
                </details>
            }
            .into_any()
        }
    }
}

/// Where a sign-in leads: back here, but not to a page that says one is signed out.
fn after_sign_in(here: &Here) -> Place {
    match here.place.page {
        Page::SignedOut | Page::Waiting => Place::new(here.language(), Page::Home),
        _ => here.place.clone(),
    }
}

/// The cart's link with its badge.
fn badge(here: &Here) -> AnyView {
    let (asks, here) = (here.clone(), here.clone());
    later(
        async move { asks.store.badge(asks.language()).await },
        move |badge| {
            let words = here.words;
            view! {
                <CartBadge
                    href=here.to(Page::Cart)
                    lines=badge.lines
                    name=words.say(Saying::Cart).to_owned()
                    label=words.lines(badge.lines)
                    show=words.say(Saying::ShowCart).to_owned()
                    close=words.say(Saying::Close).to_owned()
                    back=here.place.path()
                />
            }
            .into_any()
        },
    )
}

/// The groups at the top, always one click away.
fn menu(here: &Here) -> AnyView {
    let groups = here.store.menu(here.language());
    if groups.is_empty() {
        return ().into_any();
    }
    let open = match &here.place.page {
        Page::Group(path, _) => Some(path.clone()),
        _ => None,
    };
    let links: Vec<_> = groups
        .into_iter()
        .map(|group| {
            let current = open
                .as_ref()
                .is_some_and(|open| open.is_within(&group.path))
                .then_some("true");
            let href = here.to_group(group.path);
            view! { <li><a href=href aria-current=current>{group.name}</a></li> }
        })
        .collect();
    view! {
        <nav class="header-menu" aria-label=here.words.say(Saying::Groups)>
            <ul>{links}</ul>
        </nav>
    }
    .into_any()
}

/// The age of the copy, the demo notice.
#[component]
pub(crate) fn Footer(
    /// The request.
    here: Here,
) -> impl IntoView {
    let words = here.words;
    let stale = here.shop.stale_since.map(|since| {
        view! { <p class="footer-stale">{words.say(Saying::StaleSince)}" "{words.instant(since)}</p> }
    });
    let demo = here
        .shop
        .demo
        .then(|| view! { <p>{words.say(Saying::DemoNotice)}</p> });
    let net = here
        .visitor()
        .sees_prices()
        .then(|| view! { <p>{words.say(Saying::NetPrices)}</p> });
    view! {
        <footer class="footer">
            <div class="footer-inner">
                <p class="footer-name">{here.shop.name.clone()}</p>
                <div class="footer-notes">
                    {stale}
                    {net}
                    <p>{words.say(Saying::PoweredBy)}</p>
                    {demo}
                </div>
            </div>
        </footer>
    }
}
