//! Refusals that are no page yet: a layer says the status, the outermost layer that can render turns it into a page.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{
    HeaderValue, StatusCode,
    header::{ACCEPT, RETRY_AFTER},
};

use super::{headers::Nonce, log::Reference};
use crate::{language, pages, portal::Portal};

/// A refusal with this status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused(pub StatusCode);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        if matches!(
            self.0,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        ) {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from_static("10"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Turns refusals into pages for people and into a line of text for programs.
pub async fn friendly(State(portal): State<Arc<Portal>>, request: Request, next: Next) -> Response {
    let reference = Reference::of(request.extensions()).0;
    let nonce = Nonce::of(request.extensions());
    let language =
        language::of_request(request.uri(), request.headers(), &portal.settings.languages);
    let is_person = request
        .headers()
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let response = next.run(request).await;
    let Some(Refused(status)) = response.extensions().get().copied() else {
        return response;
    };
    let (mut kept, _) = response.into_parts();
    kept.headers.remove(http::header::CONTENT_LENGTH);
    let body = if is_person {
        pages::failure(&portal, nonce, language, status, reference).await
    } else {
        let text = format!(
            "{}\nreference: {reference}\n",
            status.canonical_reason().unwrap_or("refused")
        );
        (status, text).into_response()
    };
    let (mut parts, body) = body.into_parts();
    parts.status = status;
    parts.headers.extend(kept.headers);
    Response::from_parts(parts, body)
}
