//! Answers to forms: a redirect for a plain form, an [`Answer`] for an island.

use std::sync::Arc;

use http::{HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use vitrina::{
    backend::Backend,
    places::{Page, Place},
    text::Language,
};

use super::Answer;
use crate::{
    notice::{Done, Notice, Problem},
    words::{Saying, Words},
};

/// A request to a server function.
pub(super) struct Asked {
    /// The store, as this visitor sees it.
    pub(super) store: Arc<dyn Backend>,
    /// The place to go back to.
    pub(super) back: Place,
    plain: bool,
    answer: ResponseOptions,
}

impl Asked {
    /// The request in context. A `back` that is no place of ours is the first page.
    pub(super) fn now(back: &str) -> Result<Self, ServerFnError> {
        let lost = || ServerFnError::new("outside of a request");
        let store: Arc<dyn Backend> = use_context().ok_or_else(lost)?;
        let languages = store.shop().languages;
        let back = Place::parse(back)
            .filter(|place| languages.contains(&place.language))
            .unwrap_or_else(|| {
                let first = languages.first().copied().unwrap_or(Language::ENGLISH);
                Place::new(first, Page::Home)
            });
        let plain = use_context::<Parts>().is_some_and(|parts| {
            parts
                .headers
                .get(header::ACCEPT)
                .and_then(|accept| accept.to_str().ok())
                .is_some_and(|accept| accept.contains("text/html"))
        });
        Ok(Self {
            store,
            back,
            plain,
            answer: use_context().ok_or_else(lost)?,
        })
    }

    /// The language of the page that asks.
    pub(super) fn language(&self) -> Language {
        self.back.language
    }

    /// Another page in that language.
    pub(super) fn place(&self, page: Page) -> Place {
        Place::new(self.language(), page)
    }

    /// Leads to the place, with what there is to say.
    pub(super) fn lead(&self, place: &Place, notice: &Notice) -> Answer {
        let mut told = notice.clone();
        if self.store.ended() {
            // A plain form has just found the session gone: the page it leads to cannot know.
            told.problem.get_or_insert(Problem::Ended);
        }
        let to = told.address(place);
        // A place's path is ASCII, so it always is a header value.
        if let (true, Ok(location)) = (self.plain, HeaderValue::from_str(&to)) {
            self.answer.insert_header(header::LOCATION, location);
            self.answer.set_status(StatusCode::SEE_OTHER);
        }
        let words = Words::new(self.language());
        let said = match (words.problem(notice), notice.done) {
            (Some(problem), _) => problem,
            (None, Some(Done::Added)) => words.say(Saying::Added).to_owned(),
            (None, Some(Done::Removed)) => words.say(Saying::Removed).to_owned(),
            (None, Some(Done::SignedOutThere)) => words.say(Saying::SignedOutThere).to_owned(),
            (None, None) => String::new(),
        };
        Answer {
            done: notice.problem.is_none(),
            said,
            to,
            lines: None,
            label: String::new(),
            visit: self.store.visit().unwrap_or_default(),
        }
    }

    /// The same, with the cart's badge.
    pub(super) async fn lead_with_badge(&self, place: &Place, notice: &Notice) -> Answer {
        let badge = self.store.badge(self.language()).await;
        badged(self.lead(place, notice), badge.lines, self.language())
    }
}

/// The answer with so many lines in the cart.
pub(super) fn badged(answer: Answer, lines: u32, language: Language) -> Answer {
    Answer {
        lines: Some(lines),
        label: Words::new(language).lines(lines),
        ..answer
    }
}
