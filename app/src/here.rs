//! What a page knows of the request it answers.

use std::sync::Arc;

use http::{HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use vitrina::{
    backend::{Backend, ShopFacts},
    catalog::{listing::ListQuery, source::GroupPath},
    places::{Page, Place, parameter},
    text::Language,
    trouble::Trouble,
    visitor::Visitor,
};

use crate::{
    notice::{Notice, Problem},
    words::Words,
};

/// The public origin of the shop, such as `https://shop.example.com`. Where the portal puts it into context, pages name
/// themselves by their full address to search engines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(pub String);

/// The request as a page sees it: where, for whom, in which words, and how to answer.
#[derive(Clone)]
pub(crate) struct Here {
    /// The store, as this visitor sees it.
    pub(crate) store: Arc<dyn Backend>,
    /// Facts about the shop.
    pub(crate) shop: ShopFacts,
    /// The page that was asked for.
    pub(crate) place: Place,
    /// The words of its language.
    pub(crate) words: Words,
    /// What the form that led here has to say.
    pub(crate) notice: Notice,
    /// Where to go from here, if the address says (`return`, a place of ours).
    pub(crate) onward: Option<Place>,
    origin: Option<Origin>,
    answer: Option<ResponseOptions>,
}

impl Here {
    /// The request in context. Outside of one, as when routes are listed, there is none.
    ///
    /// The inner `Err` is an address that leads to no page of ours.
    pub(crate) fn now() -> Option<Result<Self, Self>> {
        let parts = use_context::<Parts>()?;
        let store = use_context::<Arc<dyn Backend>>()?;
        let shop = store.shop();
        let address = parts
            .uri
            .path_and_query()
            .map_or("/", http::uri::PathAndQuery::as_str);
        let place = Place::parse(address).filter(|place| shop.languages.contains(&place.language));
        let found = place.is_some();
        let place = place.unwrap_or_else(|| Place::new(language_of(address, &shop), Page::Home));
        let query = parts.uri.query().unwrap_or_default();
        let here = Self {
            words: Words::new(place.language),
            notice: Notice::read(query),
            onward: parameter(query, "return")
                .flatten()
                .and_then(|address| Place::parse(&address))
                .filter(|place| shop.languages.contains(&place.language)),
            origin: use_context(),
            answer: use_context(),
            store,
            shop,
            place,
        };
        Some(if found { Ok(here) } else { Err(here) })
    }

    /// The language of the page.
    pub(crate) fn language(&self) -> Language {
        self.place.language
    }

    /// Who is looking.
    pub(crate) fn visitor(&self) -> &Visitor {
        self.store.visitor()
    }

    /// Whether the visitor was signed in and is no more, without having asked for it here.
    pub(crate) fn has_ended(&self) -> bool {
        self.visitor().person().is_none()
            && (self.store.ended() || self.notice.problem == Some(Problem::Ended))
    }

    /// The address of another page in this language.
    pub(crate) fn to(&self, page: Page) -> String {
        Place::new(self.language(), page).path()
    }

    /// The address of a group's first page.
    pub(crate) fn to_group(&self, path: GroupPath) -> String {
        self.to(Page::Group(path, ListQuery::default()))
    }

    /// The shop's first language, for names that are missing in this one.
    pub(crate) fn fallback(&self) -> Language {
        let first = self.shop.languages.first().copied();
        first.unwrap_or(self.language())
    }

    /// The full address of a path, if the portal told its origin.
    pub(crate) fn full(&self, path: &str) -> Option<String> {
        self.origin
            .as_ref()
            .map(|origin| format!("{}{path}", origin.0))
    }

    /// Answers with this status.
    pub(crate) fn status(&self, status: StatusCode) {
        if let Some(answer) = &self.answer {
            answer.set_status(status);
        }
    }

    /// Answers as fits the trouble.
    pub(crate) fn troubled(&self, trouble: &Trouble) {
        self.status(status_of(trouble));
        if matches!(
            trouble,
            Trouble::Busy
                | Trouble::TooOften
                | Trouble::Away
                | Trouble::OrdersPaused
                | Trouble::Filling
        ) {
            self.header(header::RETRY_AFTER, HeaderValue::from_static("10"));
        }
    }

    fn header(&self, name: header::HeaderName, value: HeaderValue) {
        if let Some(answer) = &self.answer {
            answer.insert_header(name, value);
        }
    }
}

/// The status that tells a program what the page tells people.
pub(crate) fn status_of(trouble: &Trouble) -> StatusCode {
    match trouble {
        Trouble::NotFound => StatusCode::NOT_FOUND,
        Trouble::SignInNeeded
        | Trouble::NoCustomer
        | Trouble::ChooseCustomer
        | Trouble::NotAllowed
        | Trouble::OrdersOff => StatusCode::FORBIDDEN,
        Trouble::TooOften => StatusCode::TOO_MANY_REQUESTS,
        Trouble::Busy | Trouble::Away | Trouble::OrdersPaused | Trouble::Filling => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Trouble::Refused(_) => StatusCode::CONFLICT,
        Trouble::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The language an unknown address begins with, if the shop speaks it; else the shop's first.
fn language_of(address: &str, shop: &ShopFacts) -> Language {
    let first = address
        .trim_start_matches('/')
        .split(['/', '?'])
        .next()
        .unwrap_or_default();
    shop.languages
        .iter()
        .copied()
        .find(|language| language.as_str() == first)
        .or_else(|| shop.languages.first().copied())
        .unwrap_or(Language::ENGLISH)
}
