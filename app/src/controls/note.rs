//! A note on a page: what happened, what to know.

use leptos::prelude::*;

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something to know.
    Info,
    /// Something went well.
    Good,
    /// Something went wrong.
    Bad,
}

/// A note. One that says what went wrong is read out at once.
#[component]
pub(crate) fn Note(
    /// What it is about.
    tone: Tone,
    /// Its content.
    children: Children,
) -> impl IntoView {
    let (class, role) = match tone {
        Tone::Info => ("note", None),
        Tone::Good => ("note note-good", Some("status")),
        Tone::Bad => ("note note-bad", Some("alert")),
    };
    view! { <div class=class role=role>{children()}</div> }
}
