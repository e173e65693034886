//! One view for each [`Page`]. Pages compose components; what they show comes from the store and is never computed here.

mod account;
mod cart;
mod checkout;
mod group;
mod home;
mod order;
mod orders;
mod placing;
mod product;
mod search;
mod sessions;
pub(crate) mod trouble;

use leptos::prelude::*;
use vitrina::{places::Page, trouble::Trouble};

use crate::here::Here;

/// The page of the request.
pub(crate) fn page() -> AnyView {
    match Here::now() {
        None => ().into_any(),
        Some(Err(lost)) => trouble::lost(&lost),
        Some(Ok(here)) => match here.place.page.clone() {
            Page::Home => home::view(&here),
            Page::Group(path, query) => group::view(&here, &path, query),
            Page::Product(part_number) => product::view(&here, &part_number),
            Page::Search(text, query) => search::view(&here, &text, query),
            Page::Cart => cart::view(&here),
            Page::Checkout => checkout::view(&here),
            Page::Placing(key) => placing::view(&here, key),
            Page::Orders(page) => orders::view(&here, page),
            Page::Order(id) => order::view(&here, id),
            Page::Customers => account::customers(&here),
            Page::Sessions => sessions::view(&here),
            Page::Waiting => account::waiting(&here),
            Page::SignedOut => account::signed_out(&here),
        },
    }
}

/// An address that no route knows.
pub(crate) fn unknown() -> AnyView {
    match Here::now() {
        None => ().into_any(),
        Some(Ok(here) | Err(here)) => trouble::lost(&here),
    }
}

/// The view of an answer from memory, or of why there is none.
fn settled<T>(
    here: &Here,
    answer: Result<T, Trouble>,
    show: impl FnOnce(&Here, T) -> AnyView,
) -> AnyView {
    match answer {
        Ok(answer) => show(here, answer),
        Err(trouble) => trouble::page(here, &trouble),
    }
}
