//! Answers the page's forms without a reload, by listening in one place (event delegation).
//!
//! A form says what it wants by `data-send`:
//!
//! | value | its answer |
//! | --- | --- |
//! | `add` | the badge and a message |
//! | `change`, `remove`, `restore` | the same, and the page's main part as the server now draws it |
//! | `go` | a list's order: sent as soon as it is changed |
//!
//! `data-keep` keeps what is typed as it changes; where a field has `data-requote`, the total is drawn again.
//! Whatever fails is sent as the plain form that it is.

use std::{cell::RefCell, collections::VecDeque, time::Duration};

use leptos::{ev, prelude::*, task::spawn_local};
use vitrina::order::CheckoutForm;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlButtonElement, HtmlFormElement, HtmlInputElement, SubmitEvent};

use super::{dom, same_visit};
use crate::actions::{
    Answer,
    cart::{add_to_cart, change_line, remove_line, restore_line},
    checkout::keep_checkout,
};

/// How long a page without a total waits before it asks again, and how often it does.
const ASK_AGAIN: (Duration, u8) = (Duration::from_secs(4), 5);

/// How long a message that all is well is shown.
const GOOD_NEWS: Duration = Duration::from_secs(8);

/// What the islands of a page share: the cart as the visitor sees it, and what is said of it.
#[derive(Clone)]
pub(super) struct Board {
    pub(super) lines: RwSignal<u32>,
    pub(super) label: RwSignal<String>,
    pub(super) said: RwSignal<String>,
    pub(super) good: RwSignal<bool>,
    pub(super) back: String,
}

impl Board {
    pub(super) fn show(&self, answer: &Answer) {
        if let Some(lines) = answer.lines {
            self.lines.set(lines);
            self.label.set(answer.label.clone());
        }
        self.good.set(answer.done);
        self.said.set(answer.said.clone());
        if answer.done {
            // Good news does not stay over what lies below it on a phone; a problem stays until it is closed.
            let (said, shown) = (self.said, answer.said.clone());
            set_timeout(
                move || {
                    if said.with_untracked(|now| *now == shown) {
                        said.set(String::new());
                    }
                },
                GOOD_NEWS,
            );
        }
    }
}

/// A form that was sent.
#[derive(Clone)]
struct Sending {
    form: HtmlFormElement,
    /// Its `data-send`.
    wish: String,
    /// The value of the button that was pressed.
    step: String,
}

thread_local! {
    /// Forms that wait for their answer, in the order of the clicks; the first is under way. One after the other, because a guest's
    /// first answer brings the session that the second must carry. A second click on the same form waits for the first.
    static SENDING: RefCell<VecDeque<Sending>> = const { RefCell::new(VecDeque::new()) };
}

/// Listens from now on.
pub(super) fn listen(board: Board) {
    dom::mark_script();
    let on_submit = board.clone();
    same_visit::watch(board.clone());
    window_event_listener(ev::submit, move |event| submitted(&on_submit, &event));
    window_event_listener(ev::change, changed);
    // A page that comes back from the browser's own cache shows the cart as it was.
    window_event_listener(ev::pageshow, move |event| {
        if event.persisted() {
            same_visit::ask(board.clone());
        }
    });
    ask_for_total(ASK_AGAIN.1);
}

/// While the page has no total and the reason may pass, it is drawn again now and then.
fn ask_for_total(left: u8) {
    if left == 0 || !dom::exists("[data-pending]") {
        return;
    }
    set_timeout(
        move || {
            spawn_local(async move {
                dom::redraw(&dom::own_address(), "#quote").await;
                ask_for_total(left - 1);
            });
        },
        ASK_AGAIN.0,
    );
}

fn submitted(board: &Board, event: &SubmitEvent) {
    let Some(form) = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlFormElement>().ok())
    else {
        return;
    };
    let Some(wish) = form.get_attribute("data-send").filter(|wish| wish != "go") else {
        return;
    };
    event.prevent_default();
    let step = event
        .submitter()
        .and_then(|button| button.dyn_into::<HtmlButtonElement>().ok())
        .map(|button| button.value())
        .unwrap_or_default();
    let is_first = SENDING.with_borrow_mut(|sending| {
        if sending.iter().any(|other| other.form == form) {
            return false;
        }
        sending.push_back(Sending { form, wish, step });
        sending.len() == 1
    });
    if is_first {
        spawn_local(send_all(board.clone()));
    }
}

async fn send_all(board: Board) {
    while let Some(sending) = SENDING.with_borrow(|sending| sending.front().cloned()) {
        send(&board, &sending).await;
        SENDING.with_borrow_mut(VecDeque::pop_front);
    }
}

async fn send(board: &Board, Sending { form, wish, step }: &Sending) {
    let field = |name| dom::field(form, name);
    let answer = match wish.as_str() {
        "add" => {
            // The same again is the same wish: an answer that was lost on its way may be asked for once more.
            dom::fill(form, "once", &dom::unique());
            add_to_cart(
                field("product"),
                field("variant"),
                field("unit"),
                field("quantity"),
                field("once"),
                field("back"),
            )
            .await
        }
        "change" => {
            change_line(
                field("line"),
                field("quantity"),
                step.clone(),
                field("back"),
            )
            .await
        }
        "remove" => remove_line(field("line"), field("back")).await,
        _ => restore_line(field("back")).await,
    };
    match answer {
        Ok(answer) if same_visit::is_over(&answer) => {}
        Ok(answer) if wish == "add" => {
            board.show(&answer);
            let problem = (!answer.done).then_some(answer.said.as_str());
            dom::mark(form, "quantity", problem);
        }
        Ok(answer) => {
            let drawn = dom::redraw(&answer.to, "#content").await;
            board.show(&answer);
            if !drawn {
                dom::go(&answer.to);
            }
        }
        Err(_) => {
            if !step.is_empty() {
                dom::fill(form, "quantity", step);
            }
            // Past our listener: sends the plain form.
            let _ = form.submit();
        }
    }
}

fn changed(event: Event) {
    let Some(target) = event.target() else { return };
    let Some(form) = dom::form_of(&target) else {
        return;
    };
    match form.get_attribute("data-send").as_deref() {
        Some("go" | "change") => {
            let _ = form.request_submit();
            return;
        }
        _ if !form.has_attribute("data-keep") => return,
        _ => {}
    }
    let requotes = target
        .dyn_ref::<HtmlInputElement>()
        .is_some_and(|input| input.has_attribute("data-requote"));
    spawn_local(async move {
        let kept = keep(&form).await;
        if requotes && kept {
            dom::redraw(&dom::own_address(), "#quote").await;
        }
    });
}

/// Keeps what is typed in the page's form, if it has one.
pub(super) fn keep_typed() {
    if let Some(form) = dom::kept_form() {
        spawn_local(async move {
            let _kept = keep(&form).await;
        });
    }
}

/// Keeps what is typed in the form. What cannot be kept now is sent with the order anyway.
async fn keep(form: &HtmlFormElement) -> bool {
    let field = |name: &str| dom::field(form, &format!("form[{name}]"));
    let typed = CheckoutForm {
        address: field("address"),
        street: field("street"),
        postcode: field("postcode"),
        town: field("town"),
        purchase_order: field("purchase_order"),
        requested_date: field("requested_date"),
        note: field("note"),
    };
    keep_checkout(typed, dom::field(form, "back")).await.is_ok()
}
