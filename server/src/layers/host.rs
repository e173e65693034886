//! Only requests to the shop's own host are answered, so that nothing is ever built from a forged `Host`.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use http::{Method, StatusCode, header::HOST};

use super::refusal::Refused;
use crate::{portal::Portal, routes, settings::Origin};

/// Refuses other hosts with 421. On a developer's machine another name of the same machine leads to the right one.
pub async fn check(State(portal): State<Arc<Portal>>, request: Request, next: Next) -> Response {
    let origin = &portal.settings.origin;
    let host = request
        .uri()
        .authority()
        .map(http::uri::Authority::as_str)
        .or_else(|| request.headers().get(HOST)?.to_str().ok())
        .unwrap_or_default();
    if host.eq_ignore_ascii_case(origin.authority()) || routes::is_health(request.uri().path()) {
        return next.run(request).await;
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads && origin.is_loopback() && is_same_machine(host, origin) {
        let path = request
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str());
        return Redirect::temporary(&origin.join(path)).into_response();
    }
    Refused(StatusCode::MISDIRECTED_REQUEST).into_response()
}

fn is_same_machine(host: &str, origin: &Origin) -> bool {
    Origin::parse(&format!("http://{host}"))
        .is_ok_and(|other| other.is_loopback() && other.port() == origin.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_of_this_machine_are_known() {
        let origin = Origin::parse("http://localhost:3000").unwrap();
        for (host, same) in [
            ("127.0.0.1:3000", true),
            ("[::1]:3000", true),
            ("LOCALHOST:3000", true),
            ("127.0.0.1:3001", false),
            ("127.0.0.1", false),
            ("localhost.evil.example:3000", false),
            ("localhost:3000/evil", false),
            ("localhost:3000@evil.example", false),
            ("", false),
        ] {
            assert_eq!(is_same_machine(host, &origin), same, "{host}");
        }
    }
}
