//! What stands around every page: skip link, header, main part, footer.

use leptos::prelude::*;

use super::header::{Footer, Header};
use crate::{
    controls::{Note, Tone},
    here::Here,
    notice::Done,
    words::Saying,
};

/// The class of pages that are trouble themselves: no form has anything to add there, least of all a status.
pub(crate) const TROUBLE: &str = "page-trouble";

/// The page's content in its frame. `class` names the page for its style sheet.
pub(crate) fn framed(here: &Here, class: &'static str, content: AnyView) -> AnyView {
    let words = here.words;
    view! {
        <a class="skip-link" href="#content">{words.say(Saying::SkipToContent)}</a>
        <Header here=here.clone()/>
        <main id="content" class=class tabindex="-1">
            {(class != TROUBLE).then(|| notes(here))}
            {content}
        </main>
        <Footer here=here.clone()/>
    }
    .into_any()
}

/// What the form that led here has to say to the whole page.
fn notes(here: &Here) -> AnyView {
    let words = here.words;
    match (here.notice.done, words.problem(&here.notice)) {
        (Some(Done::Added), _) => {
            let cart = here.to(vitrina::places::Page::Cart);
            view! {
                <Note tone=Tone::Good>
                    <p>{words.say(Saying::Added)}" "<a href=cart>{words.say(Saying::ShowCart)}</a></p>
                </Note>
            }
            .into_any()
        }
        (_, Some(problem)) if here.notice.is_general() => {
            here.status(here.notice.status());
            view! { <Note tone=Tone::Bad><p>{problem}</p></Note> }.into_any()
        }
        _ => ().into_any(),
    }
}

/// Content that must be waited for. The whole page waits: it is sent once it is complete.
pub(crate) fn later<F>(content: impl Fn() -> F + Send + 'static) -> AnyView
where
    F: Future<Output = AnyView> + Send + 'static,
{
    view! { <Suspense fallback=|| ()>{move || Suspend::new(content())}</Suspense> }.into_any()
}
