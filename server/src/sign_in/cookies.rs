//! Attempt cookies: one for each sign-in under way, so that tabs do not overwrite each other (P6).

use http::{HeaderMap, HeaderValue, header::COOKIE};

use crate::{ledger::attempts::LIFE, settings::Origin};

/// The most attempt cookies a browser keeps (P6).
pub const MOST: usize = 8;

fn prefix(origin: &Origin) -> &'static str {
    if origin.is_secure() {
        "__Host-attempt-"
    } else {
        "attempt-"
    }
}

/// The attempt cookies of a request, as the browser orders them: the oldest first (RFC 6265 §5.4).
pub fn attempts(headers: &HeaderMap, origin: &Origin) -> Vec<(String, String)> {
    under(headers, prefix(origin))
}

/// The cookies whose names begin so, by the rest of their names.
pub(crate) fn under(headers: &HeaderMap, prefix: &str) -> Vec<(String, String)> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| {
            let (name, value) = pair.trim_matches([' ', '\t']).split_once('=')?;
            let id = name.strip_prefix(prefix)?;
            Some((id.to_owned(), value.to_owned()))
        })
        .collect()
}

/// Keeps the attempt's secret in the browser for as long as the attempt lives (P5).
pub fn keep(origin: &Origin, id: &str, secret: &str) -> Option<HeaderValue> {
    cookie(origin, id, secret, LIFE.whole_seconds())
}

/// Takes it away.
pub fn drop(origin: &Origin, id: &str) -> Option<HeaderValue> {
    cookie(origin, id, "", 0)
}

fn cookie(origin: &Origin, id: &str, value: &str, seconds: i64) -> Option<HeaderValue> {
    let secure = if origin.is_secure() { "; Secure" } else { "" };
    HeaderValue::from_str(&format!(
        "{}{id}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}",
        prefix(origin)
    ))
    .ok()
}
