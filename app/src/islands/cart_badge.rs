//! The cart's link with its badge, and the message that something went in.

use leptos::prelude::*;

/// The cart's link. In the browser it also answers the page's forms and says aloud what came of them.
#[island]
pub fn CartBadge(
    /// The address of the cart.
    href: String,
    /// Lines in it.
    lines: u32,
    /// What the link is called.
    name: String,
    /// The number of lines in words, for those who do not see the badge.
    label: String,
    /// What the message's link is called.
    show: String,
    /// What closes the message.
    close: String,
    /// The address of this page.
    back: String,
) -> impl IntoView {
    let lines = RwSignal::new(lines);
    let label = RwSignal::new(label);
    let said = RwSignal::new(String::new());
    let good = RwSignal::new(true);
    #[cfg(feature = "hydrate")]
    super::forms::listen(super::forms::Board {
        lines,
        label,
        said,
        good,
        back: back.clone(),
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = back;
    let cart = href.clone();
    view! {
        <a class="cart-badge" href=href>
            <svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
                <path d="M3 9h18l-2 10.5H5L3 9Zm5 0 3-5m5 5-3-5M9.5 13v3m5-3v3"/>
            </svg>
            <span class="cart-badge-name">{name}</span>
            <span class="visually-hidden">{move || label.get()}</span>
            <span class="cart-badge-count" aria-hidden="true" data-lines=move || lines.get()>{move || lines.get()}</span>
        </a>
        <div class="toast" class:toast-shown=move || !said.get().is_empty() class:toast-bad=move || !good.get()>
            <p role="status" aria-live="polite">{move || said.get()}</p>
            <div class="toast-actions" hidden=move || said.get().is_empty()>
                <a href=cart hidden=move || !good.get()>{show}</a>
                <button type="button" on:click=move |_| said.set(String::new())>{close}</button>
            </div>
        </div>
    }
}
