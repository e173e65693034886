//! Buttons, and links that look like one.

use leptos::prelude::*;

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The one thing to do here.
    Primary,
    /// Another thing to do here.
    Secondary,
    /// As quiet as a link.
    Quiet,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Secondary => "button",
            Self::Quiet => "button button-quiet",
        }
    }
}

/// A button that submits its form.
#[component]
pub(crate) fn Button(
    /// How loud it is.
    kind: Kind,
    /// What it is called where its text does not say enough.
    #[prop(optional, into)]
    label: Option<String>,
    /// Its text.
    children: Children,
) -> impl IntoView {
    view! { <button type="submit" class=kind.class() aria-label=label>{children()}</button> }
}

/// A link that looks like a button.
#[component]
pub(crate) fn LinkButton(
    /// How loud it is.
    kind: Kind,
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// Its text.
    children: Children,
) -> impl IntoView {
    view! { <a class=kind.class() href=href>{children()}</a> }
}
