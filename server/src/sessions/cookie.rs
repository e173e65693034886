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
    header::{CONTENT_TYPE, COOKIE, SET_COOKIE},
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

/// Keeps of several cookies of this name the first that is well-formed, and none that is not: what a browser was made to send
/// beside its own cookie decides nothing, and what is no id is never looked up.
pub fn keep_first(headers: &mut HeaderMap, name: &str) {
    let mut found = false;
    let mut changed = false;
    let mut kept: Vec<&str> = Vec::new();
    let all: Vec<HeaderValue> = headers.get_all(COOKIE).iter().cloned().collect();
    for header in &all {
        for pair in header.as_bytes().split(|byte| *byte == b';') {
            // What is no text is nobody's of ours, and would hide those beside it from whoever reads text.
            let Ok(pair) = str::from_utf8(pair) else {
                changed = true;
                continue;
            };
            let pair = pair.trim();
            if !pair.is_ascii() || pair.is_empty() {
                changed = true;
                continue;
            }
            let value = pair
                .split_once('=')
                .filter(|(own, _)| own.trim() == name)
                .map(|(_, value)| value.trim());
            match value {
                Some(value) if found || value.parse::<Id>().is_err() => changed = true,
                Some(_) => {
                    found = true;
                    kept.push(pair);
                }
                None => kept.push(pair),
            }
        }
    }
    if !changed {
        return;
    }
    headers.remove(COOKIE);
    if let Ok(value) = HeaderValue::from_str(&kept.join("; "))
        && !value.is_empty()
    {
        headers.insert(COOKIE, value);
    }
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
                format!("sessions={OTHER}; a"),
            ),
            (
                vec![format!("foreign=ж; session={GOOD}")],
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
