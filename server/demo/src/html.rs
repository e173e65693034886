//! The instance's own pages: one frame, one style sheet, no script except the one that posts a form.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY,
};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Languages of the instance's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Bulgarian,
}

impl Language {
    /// The first of `ui_locales` (space separated), then of `Accept-Language`, that is spoken here; else English.
    pub(crate) fn of(headers: &HeaderMap, ui_locales: Option<&str>) -> Self {
        let accepted = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        ui_locales
            .unwrap_or_default()
            .split(' ')
            .chain(accepted.split(','))
            .find_map(
                |tag| match tag.trim().get(..2).map(str::to_ascii_lowercase).as_deref() {
                    Some("en") => Some(Self::English),
                    Some("bg") => Some(Self::Bulgarian),
                    _ => None,
                },
            )
            .unwrap_or(Self::English)
    }

    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Bulgarian => "bg",
        }
    }
}

/// Text made safe for element content and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// What surrounds the body of a page.
pub(crate) struct Frame<'a> {
    pub(crate) title: &'a str,
    pub(crate) language: Language,
    /// Sources for `form-action`.
    pub(crate) form_action: String,
}

impl Frame<'_> {
    /// The whole page with its protective headers; frames are refused (identity.md §12).
    pub(crate) fn page(&self, status: StatusCode, body: &str) -> Response {
        let text = format!(
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title>\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
             <link rel=\"stylesheet\" href=\"/demo/style.css\"></head><body>{body}</body></html>",
            self.language.tag(),
            escape(self.title),
        );
        let policy = format!(
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action {}; base-uri 'none'; frame-ancestors 'none'",
            self.form_action
        );
        answer(status, text, &policy)
    }
}

fn answer(status: StatusCode, text: String, policy: &str) -> Response {
    let mut response = (status, text).into_response();
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    if let Ok(policy) = HeaderValue::from_str(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// For pages whose own form needs an `Origin` header: without a referrer browsers send `Origin: null`.
pub(crate) fn with_same_origin_referrer(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// Posts the form as soon as the page is there.
const SUBMIT: &str = "document.forms[0].submit()";

/// A page that posts fields to another origin: at once where script runs, by its button elsewhere (`response_mode=form_post`).
pub(crate) fn form_post(address: &str, fields: &[(&str, String)]) -> Response {
    let inputs = fields
        .iter()
        .map(|(name, value)| {
            format!(
                "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
                escape(name),
                escape(value)
            )
        })
        .collect::<Vec<_>>()
        .concat();
    let text = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Signing in…</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><link rel=\"stylesheet\" href=\"/demo/style.css\"></head>\
         <body><main class=\"card\"><form method=\"post\" action=\"{}\">{inputs}<p>Taking you back to the shop · Връщаме ви в магазина</p>\
         <button class=\"primary\">Continue · Продължете</button></form></main><script>{SUBMIT}</script></body></html>",
        escape(address)
    );
    // Neither the scheme of the address nor where it leads further is known here, so the form may go to its origin and on.
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'sha256-{}'; base-uri 'none'; frame-ancestors 'none'",
        STANDARD.encode(Sha256::digest(SUBMIT))
    );
    answer(StatusCode::OK, text, &policy)
}

/// `GET /demo/style.css`.
pub(crate) async fn style() -> Response {
    (
        [
            (CONTENT_TYPE, "text/css; charset=utf-8"),
            (CACHE_CONTROL, "max-age=300"),
        ],
        include_str!("style.css"),
    )
        .into_response()
}
