//! What stands around every page: skip link, header, main part, footer.

use futures::FutureExt;
use leptos::prelude::*;

use vitrina::places::Page;

use super::{
    SignInForm,
    header::{Footer, Header},
    in_frame,
};
use crate::{
    controls::{Kind, Note, Tone},
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
        {in_frame::bar(here)}
        <Header here=here.clone()/>
        <main id="content" class=class tabindex="-1">
            {(class != TROUBLE).then(|| notes(here))}
            {content}
        </main>
        <Footer here=here.clone()/>
    }
    .into_any()
}

/// What the form that led here has to say to the whole page, and that a session has ended, with the way back.
fn notes(here: &Here) -> AnyView {
    let ended = (here.has_ended() && here.place.page != Page::SignedOut).then(|| ended(here));
    view! {
        {ended}
        {said(here)}
    }
    .into_any()
}

fn ended(here: &Here) -> AnyView {
    let words = here.words;
    let back = here.place.clone();
    view! {
        <Note tone=Tone::Info>
            <p role="status"><strong>{words.say(Saying::EndedTitle)}"."</strong>" "{words.say(Saying::EndedText)}</p>
            <SignInForm back kind=Kind::Primary text=words.say(Saying::SignInAgain)/>
        </Note>
    }
    .into_any()
}

fn said(here: &Here) -> AnyView {
    let words = here.words;
    match (here.notice.done, words.problem(&here.notice)) {
        (Some(Done::Added), _) => {
            let cart = here.to(Page::Cart);
            view! {
                <Note tone=Tone::Good>
                    <p>{words.say(Saying::Added)}" "<a href=cart>{words.say(Saying::ShowCart)}</a></p>
                </Note>
            }
            .into_any()
        }
        (Some(Done::SignedOutThere), _) => view! {
            <Note tone=Tone::Good><p>{words.say(Saying::SignedOutThere)}</p></Note>
        }
        .into_any(),
        (_, Some(problem)) if here.notice.is_general() => {
            here.status(here.notice.status());
            view! { <Note tone=Tone::Bad><p>{problem}</p></Note> }.into_any()
        }
        _ => ().into_any(),
    }
}

/// Content that must be waited for. The whole page waits: it is sent once it is complete.
///
/// The framework makes what it waits for several times over, and begins each. All of them share one question, so that a page asks
/// the store, and with it the instance, once.
pub(crate) fn later<T>(
    question: impl Future<Output = T> + Send + 'static,
    show: impl Fn(T) -> AnyView + Clone + Send + 'static,
) -> AnyView
where
    T: Clone + Send + Sync + 'static,
{
    let question = question.shared();
    let content = move || {
        let (question, show) = (question.clone(), show.clone());
        Suspend::new(async move {
            let answer = question.await;
            show(answer)
        })
    };
    view! { <Suspense fallback=|| ()>{content}</Suspense> }.into_any()
}
