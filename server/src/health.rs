//! Whether the portal lives, and whether it should be sent visitors. Neither says anything secret (M8).

use std::{
    fmt::Write as _,
    sync::{Arc, atomic::Ordering},
};

use axum::extract::State;
use erp::Condition;
use http::StatusCode;

use crate::portal::Portal;

/// The process answers.
pub async fn live() -> &'static str {
    "alive\n"
}

/// It should be sent visitors: it is not about to end (M6), and its ledger answers (M7). The instance may be away: then the shop
/// goes on selling from its copy, and the text says `degraded` (D6) and how old the copy is.
pub async fn ready(State(portal): State<Arc<Portal>>) -> (StatusCode, String) {
    if portal.leaving.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "leaving\n".to_owned());
    }
    match portal.ledger.ping().await {
        Ok(()) => (StatusCode::OK, told(&portal)),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the ledger does not answer\n".to_owned(),
            )
        }
    }
}

fn told(portal: &Portal) -> String {
    let condition = *portal.instance.condition().borrow();
    let age = portal
        .mirror
        .fresh()
        .map(|fresh| (portal.world.clock.now() - fresh).whole_seconds());
    let degraded = condition != Condition::Answering || portal.mirror.stale_since().is_some();
    let mut text = String::from(if degraded { "degraded" } else { "ready" });
    text.push_str(match condition {
        Condition::Answering => "\ninstance: answers",
        Condition::Slowed => "\ninstance: asked for a pause",
        Condition::Away => "\ninstance: does not answer",
    });
    // Writing to a text cannot fail.
    let _ = match age {
        Some(age) => write!(text, "\ncopy: {age} seconds old"),
        None => write!(text, "\ncopy: none yet"),
    };
    text.push('\n');
    text
}
