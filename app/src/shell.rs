//! The document around every page, and the list of routes.

use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};
use vitrina::text::Language;

use crate::{
    components::in_frame::{self, Framed, HandedOver},
    here::Here,
    pages::{
        self,
        trouble::{Failure, SignInTrouble, StaleForm},
    },
};

/// Catalogue pages may be fetched when a pointer rests on their link; never the cart, forms or an account.
const FETCH_AHEAD: &str = r#"{"prefetch":[{"where":{"or":[{"href_matches":"/*/group/*"},{"href_matches":"/*/product/*"}]},"eagerness":"moderate"}]}"#;

/// The document: what the browser gets for every address.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    provide_meta_context();
    let language = Here::now().map_or(Language::ENGLISH, |here| {
        here.unwrap_or_else(|lost| lost).language()
    });
    // What is fetched ahead is a page for a window, not for a frame.
    let fetch_ahead = use_context::<Framed>().is_none().then(|| {
        view! { <script type="speculationrules" nonce=use_nonce() inner_html=FETCH_AHEAD></script> }
    });
    view! {
        <!DOCTYPE html>
        <html lang=language.to_string()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" content="#fbfaf8" media="(prefers-color-scheme: light)"/>
                <meta name="theme-color" content="#16171a" media="(prefers-color-scheme: dark)"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <AutoReload options=options.clone()/>
                <HashedStylesheet id="vitrina" options=options.clone()/>
                <HydrationScripts options islands=true/>
                {fetch_ahead}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Every page under its route. Which page an address means is [`vitrina::places::Place::parse`]'s to say; the routes tell the
/// HTTP server which addresses are pages at all.
///
/// All are rendered before the first byte is sent (`Async`): statuses are right and readers without script miss nothing.
#[component]
pub fn App() -> impl IntoView {
    if let Some(failure) = use_context::<Failure>() {
        return pages::trouble::failure(failure).into_any();
    }
    if let Some(trouble) = use_context::<SignInTrouble>() {
        return pages::trouble::sign_in(trouble).into_any();
    }
    if let Some(form) = use_context::<StaleForm>() {
        return pages::trouble::stale(form).into_any();
    }
    if let Some(handed) = use_context::<HandedOver>() {
        return pages::trouble::anywhere()
            .map_or_else(|| ().into_any(), |here| in_frame::window(&here, handed));
    }
    view! {
        <Router>
            <Routes fallback=pages::unknown>
                <Route path=path!("/:lang") view=pages::page ssr=SsrMode::Async/>
                <Route path=path!("/:lang/group/*codes") view=pages::page ssr=SsrMode::Async/>
                <Route path=path!("/:lang/product/:part_number") view=pages::page ssr=SsrMode::Async/>
                <Route path=path!("/:lang/search") view=pages::page ssr=SsrMode::Async/>
                <Route path=path!("/:lang/cart") view=pages::page ssr=SsrMode::Async/>
                <Route path=path!("/:lang/checkout") view=pages::page ssr=SsrMode::Async/>
                <Route path=path!("/:lang/order/:key") view=pages::page ssr=SsrMode::Async/>
                <Route path=path!("/:lang/account/orders") view=pages::page ssr=SsrMode::Async/>
                <Route path=path!("/:lang/account/orders/:id") view=pages::page ssr=SsrMode::Async/>
                <Route path=path!("/:lang/account/customers") view=pages::page ssr=SsrMode::Async/>
                <Route path=path!("/:lang/account/sessions") view=pages::page ssr=SsrMode::Async/>
                <Route path=path!("/:lang/account/waiting") view=pages::page ssr=SsrMode::Async/>
                <Route path=path!("/:lang/signed-out") view=pages::page ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
    .into_any()
}
