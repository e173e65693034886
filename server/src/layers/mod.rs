//! What every request passes, from the outside in: correlation id and log, security headers, friendly refusals, panics, where it
//! comes from, the host check, the guard against forged requests, limits. Sessions come after all of these, and only where visitors
//! are known; behind them stands the second half of the guard ([`form_token`]).

pub mod form_token;
pub mod guard;
pub mod headers;
pub mod host;
pub mod limits;
pub mod log;
pub mod refusal;
pub mod source;

use std::{any::Any, sync::Arc};

use axum::{
    Router,
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, CompressionLevel},
};

use crate::portal::Portal;

/// The router behind all layers. The last one named is the outermost.
pub fn around(portal: &Arc<Portal>, router: Router) -> Router {
    let at_work = limits::AtWork::default();
    router
        .layer(from_fn_with_state(
            (Arc::clone(portal), at_work),
            limits::time,
        ))
        // Outside of the places at work: waiting for somebody's body is no work.
        .layer(axum::middleware::from_fn(limits::body))
        .layer(from_fn_with_state(Arc::clone(portal), guard::origin))
        .layer(from_fn_with_state(Arc::clone(portal), host::check))
        .layer(from_fn_with_state(Arc::clone(portal), source::find))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(Arc::clone(portal), refusal::friendly))
        // A page for a refusal may fail too; then a plain answer is left.
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(Arc::clone(portal), headers::set))
        // The lowest level: more costs as much as rendering and saves little.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn_with_state(Arc::clone(portal), log::request))
}

/// A panic is a fault of ours: the visitor gets a page, the operator the place. What it said may hold anything, and is not
/// logged (Z3).
fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a request panicked");
    Refused(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

use self::refusal::Refused;
