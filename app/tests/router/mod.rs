//! The pages and server functions behind a real router, with a store in context: what the portal does, and nothing else.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Path, Request},
    routing::{get, post},
};
use leptos::prelude::*;
use leptos_axum::{
    LeptosRoutes, file_and_error_handler_with_context, generate_route_list,
    handle_server_fns_with_context,
};
use vitrina::backend::Backend;

/// The shop with this store behind it; `more` adds what else the portal may put into context.
pub(crate) fn shop(
    store: Arc<dyn Backend>,
    more: impl Fn() + Clone + Send + Sync + 'static,
) -> Router {
    let options = LeptosOptions::builder()
        .output_name("vitrina")
        .site_root("target/site")
        .build();
    let context = move || {
        provide_context(Arc::clone(&store));
        more();
    };
    let for_functions = context.clone();
    Router::new()
        .route(
            "/api/{*function}",
            post(move |_: Path<String>, request: Request<Body>| {
                handle_server_fns_with_context(for_functions.clone(), request)
            }),
        )
        .leptos_routes_with_context(&options, generate_route_list(app::App), context.clone(), {
            let options = options.clone();
            move || app::shell(options.clone())
        })
        .fallback(get(file_and_error_handler_with_context(
            context,
            app::shell,
        )))
        .with_state(options)
}
