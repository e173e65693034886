//! What the provider's front door does with a sign-in of ours, found out without anybody signing in.
//!
//! A mistake in the request ends on the provider's own page, and the portal never hears of it (identity.md §9.1). So the portal
//! asks as a browser without a session would, and reads where it is led.
//!
//! Unverified: the ways an instance leads. Read are those of the server software the documents name; any other is unclear,
//! and never a mistake.

use http::{StatusCode, header};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};
use url::Url;

use super::{Attempt, Identity, IdentityError, provider};
use crate::config::ResponseType;

/// What the provider does with a request to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// It asks for the password: application, address and flow are as registered.
    Opens,
    /// It shows a page of its own that says no.
    Refuses,
    /// Neither is to be seen.
    Unclear,
}

/// What a knock showed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Knock {
    pub(crate) door: Door,
    /// The time there.
    pub(crate) date: Option<OffsetDateTime>,
}

const WHAT: &str = "authorize endpoint";

impl Identity {
    /// The flow that the settings choose.
    pub(crate) fn response_type(&self) -> ResponseType {
        self.inner.response_type
    }

    /// Asks to sign in, as a browser would that nobody is signed in with.
    pub(crate) async fn knock(
        &self,
        attempt: &Attempt,
        response_type: ResponseType,
    ) -> Result<Knock, IdentityError> {
        let address = self.authorize_as(attempt, response_type).await?;
        let broken = || IdentityError::Document {
            what: WHAT,
            why: "its address is broken",
        };
        let request = http::Request::get(address.as_str())
            .header(header::ACCEPT, "text/html")
            .body(Vec::new())
            .map_err(|_| broken())?;
        let answer = self
            .inner
            .http
            .send(request, provider::LIMIT, provider::TIME)
            .await
            .map_err(|error| IdentityError::Http { what: WHAT, error })?;
        let text = |name| {
            answer
                .headers
                .get(name)
                .and_then(|value: &header::HeaderValue| value.to_str().ok())
        };
        Ok(Knock {
            door: read(
                answer.status,
                text(header::LOCATION),
                &address,
                &attempt.redirect_uri,
            ),
            date: text(header::DATE).and_then(|date| OffsetDateTime::parse(date, &Rfc2822).ok()),
        })
    }
}

/// Where the answer leads. Pure, so that each way is a line of a test.
fn read(status: StatusCode, location: Option<&str>, asked: &Url, redirect_uri: &Url) -> Door {
    // The server software answers so, or leads to a page of its own that does.
    if status == StatusCode::BAD_REQUEST {
        return Door::Refuses;
    }
    let Some(to) = location
        .filter(|_| status.is_redirection())
        .and_then(|location| asked.join(location).ok())
    else {
        return Door::Unclear;
    };
    let names = |wanted: &str| {
        to.query_pairs()
            .any(|(name, _)| name.eq_ignore_ascii_case(wanted))
    };
    // Whatever it answers at our own address: the address is known there.
    let is_ours = to.origin() == redirect_uri.origin() && to.path() == redirect_uri.path();
    if is_ours || names("ReturnUrl") {
        Door::Opens
    } else if names("errorId") || to.path().to_ascii_lowercase().ends_with("/error") {
        Door::Refuses
    } else {
        Door::Unclear
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_front_door_leads_is_read_and_anything_unknown_is_unclear() {
        let asked = Url::parse("https://e.net/id/connect/authorize?client_id=x").unwrap();
        let ours = Url::parse("https://shop.example.com/signin-callback").unwrap();
        for (status, location, door) in [
            (
                302,
                Some("/id/account/login?ReturnUrl=%2Fid%2Fconnect"),
                Door::Opens,
            ),
            (
                302,
                Some("https://e.net/id/Account/Login?returnUrl=x"),
                Door::Opens,
            ),
            (
                302,
                Some("https://shop.example.com/signin-callback?error=login_required#_=_"),
                Door::Opens,
            ),
            (302, Some("/id/home/error?errorId=CfDJ8"), Door::Refuses),
            (303, Some("/id/Error"), Door::Refuses),
            (400, None, Door::Refuses),
            (302, Some("https://login.example.net/"), Door::Unclear),
            (302, None, Door::Unclear),
            (200, None, Door::Unclear),
            // A place in an answer that is no redirect leads nowhere.
            (200, Some("/x?ReturnUrl=y"), Door::Unclear),
            (503, None, Door::Unclear),
            (429, None, Door::Unclear),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(
                read(status, location, &asked, &ours),
                door,
                "{status} {location:?}"
            );
        }
    }
}
