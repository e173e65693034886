//! Whether the portal lives, and whether it should be sent visitors. Neither says anything secret (M8).

use std::sync::{Arc, atomic::Ordering};

use axum::extract::State;
use http::StatusCode;

use crate::portal::Portal;

/// The process answers.
pub async fn live() -> &'static str {
    "alive\n"
}

/// It should be sent visitors: it is not about to end (M6), and its ledger answers (M7). The instance may be away.
pub async fn ready(State(portal): State<Arc<Portal>>) -> (StatusCode, &'static str) {
    if portal.leaving.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "leaving\n");
    }
    match portal.ledger.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the ledger does not answer\n",
            )
        }
    }
}
