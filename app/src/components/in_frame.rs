//! What a page shows when another site frames it, and the window that signs in for a frame (X2–X6).
//!
//! Both are complete without script: the bar leads to a tab of its own, the window offers to go on there. Their scripts are in
//! `scripts/`, and stand in the page under its nonce, so that they always are of the same release as the page.

use leptos::{nonce::use_nonce, prelude::*};

use super::Document;
use crate::{
    controls::{Button, Hidden, Kind, PostForm},
    here::Here,
    words::Saying,
};

const FRAME: &str = include_str!("../scripts/frame.js");
const WINDOW: &str = include_str!("../scripts/window.js");

/// The page is in a frame: the portal puts this into context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Framed {
    /// Whether signing in keeps the frame, in a window of its own; else it leaves it.
    pub keeps: bool,
    /// The guest's cart of the frame, to bring along where the frame is left.
    pub guest: Option<String>,
}

impl Framed {
    /// Where what may not be framed opens, as a link or a form says it.
    pub(crate) fn target(&self) -> &'static str {
        if self.keeps { "_blank" } else { "_top" }
    }
}

/// The sign-in at hand is for a frame's hand-over: the portal puts this into context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForHandOver(pub String);

/// What the window knows of the hand-over it has signed in for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The hand-over.
    pub hand_over: String,
    /// The attempt that was finished in the window.
    pub attempt: String,
    /// What the frame takes the session with.
    pub ticket: String,
}

/// Somebody has signed in for a frame: the portal puts this into context, and the shell shows its page instead of a route's. The
/// ticket is told once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOver(pub Option<Ticket>);

/// Above a framed page: the way out of the frame, and room for what its script has to say.
pub(crate) fn bar(here: &Here) -> AnyView {
    let Some(framed) = use_context::<Framed>() else {
        return ().into_any();
    };
    let words = here.words;
    let address = here.place.path();
    view! {
        <aside class="frame-bar" aria-label=words.say(Saying::InAFrame)>
            <p>
                {words.say(Saying::InAFrame)}" "
                <a href=address.clone() target="_blank" rel="noopener">{words.say(Saying::OpenInNewTab)}</a>
            </p>
            <div id="frame-note" class="note frame-note" role="status" hidden data-keeps=framed.keeps.then_some("")>
                <p data-when="waiting">{words.say(Saying::FrameWaiting)}</p>
                <p data-when="closed">{words.say(Saying::FrameClosed)}</p>
                <p data-when="failed">{words.say(Saying::FrameFailed)}</p>
                <p data-when="stuck">{words.say(Saying::FrameStuck)}</p>
                <p data-when="blocked">{words.say(Saying::FrameBlocked)}</p>
                <p class="buttons">
                    {action("waiting", "front", words.say(Saying::ShowWindow))}
                    {action("closed failed", "again", words.say(Saying::SignInAgain))}
                    {action("stuck", "beside", words.say(Saying::SignInBeside))}
                    <a class="button" data-when="closed failed stuck blocked" href=address.clone() target="_blank" rel="noopener">
                        {words.say(Saying::GoOnInNewTab)}
                    </a>
                </p>
                <p class="frame-address" data-when="stuck blocked opened">
                    {words.say(Saying::CopyAddress)}" "<code>{here.full(&address).unwrap_or(address)}</code>
                </p>
            </div>
            <script nonce=use_nonce() inner_html=FRAME></script>
        </aside>
    }
    .into_any()
}

fn action(when: &'static str, what: &'static str, text: &'static str) -> impl IntoView {
    view! { <button type="button" class="button button-primary" data-when=when data-do=what>{text}</button> }
}

/// The page of the window in which somebody has signed in for a frame.
pub(crate) fn window(here: &Here, HandedOver(ticket): HandedOver) -> AnyView {
    let words = here.words;
    let way_on = ticket.map(|ticket| {
        PostForm::to("/sign-in/stay").id("go-on").around(view! {
            <Hidden name="hand_over" value=ticket.hand_over/>
            <Hidden name="attempt" value=ticket.attempt/>
            <Hidden name="ticket" value=ticket.ticket/>
            <Button kind=Kind::Primary>{words.say(Saying::GoOnHere)}</Button>
        })
    });
    let script = way_on
        .is_some()
        .then(|| view! { <script nonce=use_nonce() inner_html=WINDOW></script> });
    view! {
        <Document here=here.clone() title=words.say(Saying::SignedInTitle)/>
        <main id="content" class="page-window">
            <p class="page-window-shop">{here.shop.name.clone()}</p>
            <h1>{words.say(Saying::SignedInTitle)}</h1>
            <p id="closing" role="status" hidden>{words.say(Saying::WindowCloses)}</p>
            <p id="only-close" class="lead" hidden>{words.say(Saying::WindowOnlyClose)}</p>
            <div id="way-on">
                <p class="lead">{words.say(Saying::WindowStays)}</p>
                {way_on}
            </div>
        </main>
        {script}
    }
    .into_any()
}
