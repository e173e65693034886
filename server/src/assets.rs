//! Files of the site: the built package, and what lies in `public/`.

use std::path::Path;

use axum::{
    Router,
    body::Body,
    extract::Request,
    middleware,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Method, StatusCode, header::CACHE_CONTROL};
use leptos::config::LeptosOptions;
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// Names hold a hash of the content: what is there never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// Script, WASM and style sheet, precompressed where the build did so.
pub fn packages(options: &LeptosOptions) -> Router {
    let folder = Path::new(&*options.site_root).join(&*options.site_pkg_dir);
    let caching = if options.hash_files {
        FOR_EVER
    } else {
        ASK_AGAIN
    };
    let files = ServeDir::new(folder)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip();
    Router::new()
        .nest_service(&format!("/{}", options.site_pkg_dir), files)
        .layer(middleware::map_response(move |mut response: Response| {
            let caching = caching.clone();
            async move {
                if response.status().is_success() {
                    response.headers_mut().insert(CACHE_CONTROL, caching);
                }
                response
            }
        }))
}

/// The request for a file at the top of the site, such as `/favicon.svg`; none if it cannot be one.
pub fn asks_for_file(request: &Request) -> Option<Request> {
    let path = request.uri().path();
    let is_file = matches!(*request.method(), Method::GET | Method::HEAD)
        && path.matches('/').count() <= 2
        && path
            .rsplit('/')
            .next()
            .is_some_and(|name| name.contains('.') && !name.starts_with('.'));
    if !is_file {
        return None;
    }
    let mut asked = Request::new(Body::empty());
    *asked.method_mut() = request.method().clone();
    *asked.uri_mut() = request.uri().clone();
    *asked.headers_mut() = request.headers().clone();
    Some(asked)
}

/// The file; none if there is none.
pub async fn file(options: &LeptosOptions, asked: Request) -> Option<Response> {
    let files = ServeDir::new(&*options.site_root).append_index_html_on_directories(false);
    let answer = files.oneshot(asked).await.ok()?;
    if answer.status() == StatusCode::NOT_FOUND {
        return None;
    }
    let mut answer = answer.into_response();
    answer.headers_mut().insert(CACHE_CONTROL, AN_HOUR);
    Some(answer)
}
