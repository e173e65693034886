//! A correlation id and one log line for each request. The line has allow-listed fields only: no address, no header, no body,
//! no name (Z3).

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue, request::Parts};
use tracing::Instrument;

use crate::portal::Portal;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

#[derive(Clone)]
struct Id(String);

/// The correlation id of the request.
pub struct Reference(pub String);

impl<S: Sync> FromRequestParts<S> for Reference {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

impl Reference {
    /// The correlation id among these extensions of a request.
    pub fn of(extensions: &http::Extensions) -> Self {
        Self(
            extensions
                .get::<Id>()
                .map_or_else(String::new, |id| id.0.clone()),
        )
    }
}

/// Gives the request its id and writes its line.
pub async fn request(
    State(portal): State<Arc<Portal>>,
    mut request: Request,
    next: Next,
) -> Response {
    let mut bytes = [0; 8];
    portal.world.random.fill(&mut bytes);
    let id = format!("{:016x}", u64::from_le_bytes(bytes));
    request.extensions_mut().insert(Id(id.clone()));
    let method = request.method().clone();
    // Addresses of pages may hold what was searched for: they are one route here.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("page", MatchedPath::as_str)
        .to_owned();
    let span = tracing::info_span!("request", id = %id, %method, route = %route);
    let started = portal.world.clock.elapsed();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = portal.world.clock.elapsed().saturating_sub(started);
    span.in_scope(|| {
        tracing::info!(
            status = response.status().as_u16(),
            milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            "answered"
        );
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
