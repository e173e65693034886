//! A person's own sessions, to be ended from here.

use leptos::prelude::*;
use vitrina::{places::Page, visitor::SessionView};

use super::settled;
use crate::{
    components::{Document, framed, later},
    controls::{Button, Hidden, Kind, PostForm},
    here::Here,
    words::Saying,
};

/// The list of one's own sessions.
pub(super) fn view(here: &Here) -> AnyView {
    let (asks, here) = (here.clone(), here.clone());
    later(
        async move { asks.store.sessions().await },
        move |sessions| settled(&here, sessions, show),
    )
}

fn show(here: &Here, sessions: Vec<SessionView>) -> AnyView {
    let words = here.words;
    let only_here = sessions
        .iter()
        .all(|session| session.here)
        .then(|| view! { <p>{words.say(Saying::OnlyHere)}</p> });
    let rows: Vec<_> = sessions.iter().map(|session| row(here, session)).collect();
    let content = view! {
        <Document here=here.clone() title=words.say(Saying::SessionsTitle)/>
        <h1>{words.say(Saying::SessionsTitle)}</h1>
        <p class="lead">{words.say(Saying::SessionsLead)}</p>
        <ul class="sessions">{rows}</ul>
        {only_here}
        {PostForm::to("/sign-out").class("sessions-all").around(view! {
            <Hidden name="everywhere" value="1"/>
            <Hidden name="return" value=here.to(Page::Home)/>
            <Button kind=Kind::Secondary>{words.say(Saying::SignOutEverywhere)}</Button>
            <p class="field-hint">{words.say(Saying::SignOutEverywhereHint)}</p>
        })}
    }
    .into_any();
    framed(here, "page-sessions", content)
}

fn row(here: &Here, session: &SessionView) -> AnyView {
    let words = here.words;
    let device = if session.device.is_empty() {
        words.say(Saying::UnknownDevice).to_owned()
    } else {
        session.device.clone()
    };
    let act = if session.here {
        view! { <p class="state state-good">{words.say(Saying::SessionHere)}</p> }.into_any()
    } else {
        PostForm::to("/api/account/end-session").around(view! {
            <Hidden name="session" value=session.id.to_string()/>
            <Hidden name="back" value=here.to(Page::Sessions)/>
            <Button kind=Kind::Secondary label=words.about(Saying::SignOutThere, &device)>
                {words.say(Saying::SignOutThere)}
            </Button>
        })
    };
    view! {
        <li class="session">
            <div>
                <h2 class="session-device">{device}</h2>
                <p class="field-hint">
                    {words.about(Saying::SessionSince, &words.instant(session.since))}<br/>
                    {words.about(Saying::SessionSeen, &words.instant(session.seen))}
                </p>
            </div>
            {act}
        </li>
    }
    .into_any()
}
