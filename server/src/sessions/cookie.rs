//! Session cookies as they travel.
//!
//! `__Host-session`: `Secure; HttpOnly; SameSite=Lax; Path=/`. Lax and not Strict, because the way back from the identity
//! provider begins on another site. `__Host-framed`: `Secure; HttpOnly; SameSite=None; Partitioned; Path=/`. On http, which is for this machine only, the name is plain: browsers refuse the prefix there.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, COOKIE, SET_COOKIE},
};
use tower_sessions::{cookie::SameSite, session::Id};

use crate::{layers::refusal::Refused, portal::Portal, settings::Origin};

/// A kind of session cookie: its name and how it travels. Records are the same behind each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// That of a window of its own.
    Top,
    /// That of a frame: browsers keep it apart for each site that frames the shop (X7).
    Framed,
}

impl Kind {
    /// Its name at this origin.
    pub fn name(self, origin: &Origin) -> &'static str {
        match (self, origin.is_secure()) {
            (Self::Top, true) => "__Host-session",
            (Self::Top, false) => "session",
            (Self::Framed, true) => "__Host-framed",
            (Self::Framed, false) => "framed",
        }
    }

    /// With which requests it travels.
    pub fn same_site(self) -> SameSite {
        match self {
            Self::Top => SameSite::Lax,
            Self::Framed => SameSite::None,
        }
    }

    /// Whether it travels on secure connections only. A frame's must say so also on http, which is for this machine only: browsers
    /// take the machine itself for a secure place.
    pub fn is_secure(self, origin: &Origin) -> bool {
        self == Self::Framed || origin.is_secure()
    }

    /// What the session layer does not say: browsers ignore the removal of a `__Host-` cookie that is not `Secure`, and a frame's
    /// cookie is kept apart (`Partitioned`), also where it goes.
    fn missing(self, written: &str, origin: &Origin) -> String {
        let mut missing = String::new();
        if self.is_secure(origin) && !written.contains("; Secure") {
            missing.push_str(match self {
                Self::Top => "; Secure; HttpOnly; SameSite=Lax",
                Self::Framed => "; Secure; HttpOnly; SameSite=None",
            });
        }
        if self == Self::Framed {
            missing.push_str("; Partitioned");
        }
        missing
    }
}

/// Writes the cookies of a request anew: of several of this name the first that is well-formed, and none that is not, so that what a
/// browser was made to send beside its own cookie decides nothing, and what is no id is never looked up.
///
/// A cookie whose name is not plain is left out. The session layer decodes `%` in names and trims more than spaces: to it
/// `__Host%2Dsession` is `__Host-session`, but no browser keeps sub-domains from planting that.
pub fn keep_first(headers: &mut HeaderMap, name: &str) {
    let mut found = false;
    let mut kept: Vec<String> = Vec::new();
    for header in headers.get_all(COOKIE) {
        for pair in header.as_bytes().split(|byte| *byte == b';') {
            // What is no text is nobody's of ours, and would hide those beside it from whoever reads text.
            let Some((own, value)) = str::from_utf8(pair)
                .ok()
                .and_then(|pair| pair.split_once('='))
            else {
                continue;
            };
            let blank = [' ', '\t'];
            let (own, value) = (own.trim_matches(blank), value.trim_matches(blank));
            let others = own != name && value.is_ascii();
            let first = own == name && !found && value.parse::<Id>().is_ok();
            if is_plain(own) && (others || first) {
                found |= first;
                kept.push(format!("{own}={value}"));
            }
        }
    }
    headers.remove(COOKIE);
    if let Ok(value) = HeaderValue::from_str(&kept.join("; "))
        && !value.is_empty()
    {
        headers.insert(COOKIE, value);
    }
}

/// A token (RFC 6265 §4.1.1), and nothing that decodes to another name.
fn is_plain(name: &str) -> bool {
    let is_mark = |byte| b"!#$&'*+-.^_`|~".contains(&byte);
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || is_mark(byte))
}

/// Mends what the session layer reads and writes: duplicates on the way in, attributes on the way out.
pub async fn mend(
    State((portal, kind)): State<(Arc<Portal>, Kind)>,
    mut request: Request,
    next: Next,
) -> Response {
    let origin = &portal.settings.origin;
    let name = kind.name(origin);
    keep_first(request.headers_mut(), name);
    let mut response = next.run(request).await;
    // The session layer's own answer when a record cannot be saved: a bare 500. The ledger is down (M2).
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && !response.headers().contains_key(CONTENT_TYPE)
        && response.extensions().get::<Refused>().is_none()
    {
        return Refused(StatusCode::SERVICE_UNAVAILABLE).into_response();
    }
    let cookies: Vec<HeaderValue> = response
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .cloned()
        .collect();
    response.headers_mut().remove(SET_COOKIE);
    for cookie in cookies {
        let mended = cookie
            .to_str()
            .ok()
            .filter(|text| text.split_once('=').is_some_and(|(own, _)| own == name))
            .and_then(|text| {
                HeaderValue::from_str(&format!("{text}{}", kind.missing(text, origin))).ok()
            });
        response
            .headers_mut()
            .append(SET_COOKIE, mended.unwrap_or(cookie));
        // Whatever the answer is otherwise: what holds somebody's cookie is nobody else's.
        response
            .headers_mut()
            .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "AAAAAAAAAAAAAAAAAAAAAA";
    const OTHER: &str = "BBBBBBBBBBBBBBBBBBBBBA";

    #[test]
    fn s6_of_several_session_cookies_the_first_well_formed_one_counts() {
        let huge = "x".repeat(9_000);
        for (sent, kept) in [
            (
                vec![format!("a=1; session={GOOD}; b=2")],
                format!("a=1; session={GOOD}; b=2"),
            ),
            (
                vec![format!("session={GOOD}; session={OTHER}")],
                format!("session={GOOD}"),
            ),
            (
                vec![format!("session=nonsense; session={OTHER}")],
                format!("session={OTHER}"),
            ),
            (
                vec![format!("session={OTHER}"), format!("session={GOOD}; a=1")],
                format!("session={OTHER}; a=1"),
            ),
            (vec![format!("session={huge}; a=1")], "a=1".to_owned()),
            (vec!["session=".to_owned()], String::new()),
            (vec![format!("session={GOOD}=")], String::new()),
            (
                vec![format!("sessions={OTHER}; a")],
                format!("sessions={OTHER}"),
            ),
            (
                vec![format!("foreign=ж; session={GOOD}")],
                format!("session={GOOD}"),
            ),
            // What a sub-domain may plant, and a reader could take for ours.
            (
                vec![format!(
                    "sess%69on={OTHER}; session={GOOD}; %73ession={OTHER}"
                )],
                format!("session={GOOD}"),
            ),
            (
                vec![format!(
                    "\u{2000}session={OTHER}; \u{85}session={OTHER}; \u{a0}session={OTHER}; session={GOOD}"
                )],
                format!("session={GOOD}"),
            ),
            (
                vec![format!("\"session\"={OTHER}; ={OTHER}; session\t ={GOOD}")],
                format!("session={GOOD}"),
            ),
        ] {
            let mut headers = HeaderMap::new();
            for text in &sent {
                headers.append(COOKIE, HeaderValue::from_bytes(text.as_bytes()).unwrap());
            }
            keep_first(&mut headers, "session");
            let left: Vec<_> = headers
                .get_all(COOKIE)
                .iter()
                .map(|value| value.to_str().unwrap())
                .collect();
            assert_eq!(left.join("; "), kept, "{sent:?}");
        }
    }
}
