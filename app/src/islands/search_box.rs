//! The search field with its suggestions: a combobox with a list (ARIA authoring practices), inside a plain GET form.

use leptos::prelude::*;
use vitrina::catalog::view::Suggestion;

/// The search field. Without script it is a field of its form and nothing more.
#[island]
pub fn SearchBox(
    /// What stands in it.
    value: String,
    /// What it asks for.
    label: String,
    /// What the list is called.
    list_label: String,
    /// The most characters.
    most: usize,
    /// The address of this page, whose language the suggestions have.
    back: String,
) -> impl IntoView {
    let found = RwSignal::new(Vec::<Suggestion>::new());
    let picked = RwSignal::new(None::<usize>);
    #[cfg(feature = "hydrate")]
    let (on_input, on_key, on_leave) = behaviour::handlers(found, picked, back);
    #[cfg(not(feature = "hydrate"))]
    let (on_input, on_key, on_leave) = {
        let _ = back;
        (
            |_: leptos::ev::Event| (),
            |_: leptos::ev::KeyboardEvent| (),
            |_: leptos::ev::FocusEvent| (),
        )
    };
    let open = move || !found.get().is_empty();
    let options = move || {
        found
            .get()
            .into_iter()
            .enumerate()
            .map(|(index, suggestion)| {
                view! {
                    <li role="option" id=format!("suggestion-{index}") aria-selected=move || (picked.get() == Some(index)).to_string()>
                        // The field keeps the focus; the list is moved through with the arrow keys.
                        <a href=suggestion.address tabindex="-1" on:mousedown=|event| event.prevent_default()>
                            {suggestion.picture.map(|address| view! { <img src=address alt="" width="48" height="48"/> })}
                            <span>{suggestion.name}</span>
                            <span class="suggestion-price">{suggestion.price}</span>
                        </a>
                    </li>
                }
            })
            .collect::<Vec<_>>()
    };
    view! {
        <input class="input" type="search" name="q" value=value aria-label=label.clone() placeholder=label
            maxlength=most.to_string() autocomplete="off" enterkeyhint="search"
            role="combobox" aria-autocomplete="list" aria-controls="suggestions"
            aria-expanded=move || open().to_string()
            aria-activedescendant=move || picked.get().map(|index| format!("suggestion-{index}"))
            on:input=on_input on:keydown=on_key on:blur=on_leave/>
        <ul class="suggestions" id="suggestions" role="listbox" aria-label=list_label hidden=move || !open()>{options}</ul>
    }
}

#[cfg(feature = "hydrate")]
mod behaviour {
    use leptos::{
        ev::{Event, FocusEvent, KeyboardEvent},
        leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
        prelude::*,
        task::spawn_local,
    };
    use std::time::Duration;
    use vitrina::catalog::view::Suggestion;

    use crate::actions::search::suggest;

    /// How long typing must pause before the shop is asked.
    const PAUSE: Duration = Duration::from_millis(150);
    /// The fewest characters worth asking for.
    const FEWEST: usize = 2;

    pub(super) fn handlers(
        found: RwSignal<Vec<Suggestion>>,
        picked: RwSignal<Option<usize>>,
        back: String,
    ) -> (
        impl Fn(Event) + 'static,
        impl Fn(KeyboardEvent) + 'static,
        impl Fn(FocusEvent) + 'static,
    ) {
        let waiting = StoredValue::new(None::<TimeoutHandle>);
        // Only the latest question's answer counts.
        let asked = StoredValue::new(0_u32);
        let clear = move || {
            picked.set(None);
            found.set(Vec::new());
        };
        let on_input = move |event: Event| {
            let text = event_target_value(&event);
            if let Some(handle) = waiting.get_value() {
                handle.clear();
            }
            asked.update_value(|count| *count += 1);
            if text.trim().chars().count() < FEWEST {
                clear();
                return;
            }
            let (question, back) = (asked.get_value(), back.clone());
            let ask = move || {
                spawn_local(async move {
                    let answer = suggest(text, back).await.unwrap_or_default();
                    if asked.get_value() == question {
                        picked.set(None);
                        found.set(answer);
                    }
                });
            };
            waiting.set_value(set_timeout_with_handle(ask, PAUSE).ok());
        };
        let on_key = move |event: KeyboardEvent| {
            let count = found.with_untracked(Vec::len);
            if count == 0 {
                return;
            }
            let at = picked.get_untracked();
            match event.key().as_str() {
                "ArrowDown" => picked.set(Some(at.map_or(0, |at| (at + 1) % count))),
                "ArrowUp" => picked.set(Some(at.map_or(count - 1, |at| (at + count - 1) % count))),
                "Escape" => clear(),
                "Enter" => {
                    let address = at.and_then(|at| {
                        found.with_untracked(|found| found.get(at).map(|one| one.address.clone()))
                    });
                    let Some(address) = address else { return };
                    let _ = window().location().set_href(&address);
                }
                _ => return,
            }
            event.prevent_default();
        };
        let on_leave = move |_: FocusEvent| clear();
        (on_input, on_key, on_leave)
    }
}
