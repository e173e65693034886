//! Whether a page still shows the visit it was made for (O4): who signed out in another tab, or acts for somebody else there, must not
//! go on reading the former pages here. It is asked when the page becomes visible again, and told with every answer to a form.

use leptos::{ev, prelude::*, task::spawn_local};

use super::{dom, forms};
use crate::actions::{Answer, cart::cart_badge};

/// Watches from now on. What is being typed is kept when the page is left, because nothing can be kept once the session is over.
pub(super) fn watch(board: forms::Board) {
    window_event_listener(ev::visibilitychange, move |_| {
        if document().hidden() {
            forms::keep_typed();
        } else if dom::mark_of_visit().is_some() {
            ask(board.clone());
        }
    });
}

/// Asks, and shows the cart as it is now; a page that nobody may see any more is left.
pub(super) fn ask(board: forms::Board) {
    spawn_local(async move {
        // Without an answer nothing is known: the next one tells.
        if let Ok(answer) = cart_badge(board.back.clone()).await
            && !is_over(&answer)
        {
            board.show(&answer);
        }
    });
}

/// Whether the answer came from another visit than the page's; the page is then left for what its address shows now.
pub(super) fn is_over(answer: &Answer) -> bool {
    let Some(mark) = dom::mark_of_visit() else {
        return false;
    };
    if answer.visit == mark {
        return false;
    }
    dom::leave_for_own_address(answer.visit.is_empty());
    true
}
