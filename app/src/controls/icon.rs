//! Icons: single strokes in the colour of the text. Never the only way a control says what it does.

use leptos::prelude::*;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A magnifying glass.
    Search,
    /// A person.
    Person,
    /// A tick.
    Tick,
    /// A picture frame, where a picture is missing.
    Frame,
}

impl Shape {
    /// The path in a square of 24.
    fn path(self) -> &'static str {
        match self {
            Self::Search => "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm4.8-1.7L20 20",
            Self::Person => {
                "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-8 8c.6-3.6 3.8-5.5 8-5.5s7.4 1.9 8 5.5"
            }
            Self::Tick => "m5 12.5 4.5 4.5L19 7.5",
            Self::Frame => "M4 5h16v14H4V5Zm0 11 4.5-4.5 3.5 3.5 3-3 5 5M15.5 9.5h.01",
        }
    }
}

/// An icon, hidden from screen readers.
#[component]
pub(crate) fn Icon(
    /// What is drawn.
    shape: Shape,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
            <path d=shape.path()/>
        </svg>
    }
}
