//! What an answer of the Domain API says. Pure.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use serde_json::Value;

use crate::{
    error::Fault,
    http::{Answer, HttpError},
    odata::fault,
};

/// An answer of success, or the fault it tells of.
pub(crate) fn judge(what: &'static str, answer: Answer) -> Result<Answer, Fault> {
    if !answer.status.is_success() {
        return Err(fault_of(what, answer.status, &answer.headers, &answer.body));
    }
    // A maintenance page, or a proxy's: nothing this API ever answers.
    if is_html(&answer.headers) {
        return Err(Fault::Garbled { what });
    }
    Ok(answer)
}

/// The fault that a status other than success tells of.
pub(crate) fn fault_of(
    what: &'static str,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Fault {
    match status {
        StatusCode::UNAUTHORIZED => Fault::Unauthorized { what },
        StatusCode::FORBIDDEN => Fault::Forbidden { what },
        StatusCode::NOT_FOUND => Fault::Missing { what },
        StatusCode::TOO_MANY_REQUESTS => Fault::TooMany {
            what,
            retry_after: retry_after(headers),
        },
        StatusCode::SERVICE_UNAVAILABLE => Fault::Unavailable {
            what,
            licence: fault::read(body).is_some_and(|business| business.is_no_licence()),
            retry_after: retry_after(headers),
        },
        StatusCode::INTERNAL_SERVER_ERROR | StatusCode::BAD_REQUEST => match fault::read(body) {
            // Servers before 27.1 say so with 500 (identity.md §8).
            Some(business) if business.is_no_licence() => Fault::Unavailable {
                what,
                licence: true,
                retry_after: retry_after(headers),
            },
            Some(business) => Fault::Business { what, business },
            None => Fault::Status {
                what,
                status: status.as_u16(),
            },
        },
        other => Fault::Status {
            what,
            status: other.as_u16(),
        },
    }
}

/// Seconds only. A date would have to be compared with a clock that is not ours; like anything unreadable it is no wish at all.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

fn is_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/html"))
}

/// What a call tells of the instance itself, whatever was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// It is there and knows its business.
    Well,
    /// It is there and wants fewer calls.
    TooMuch,
    /// It is there and has no place for us now: no licence slot, or a restart.
    NoPlace,
    /// It is not there, or not itself.
    Ill,
    /// Nothing: the fault is not its.
    None,
}

/// What the outcome of a call is a sign of.
pub(crate) fn sign(outcome: Result<(), &Fault>) -> Sign {
    match outcome {
        Ok(())
        | Err(
            Fault::Business { .. }
            | Fault::Forbidden { .. }
            | Fault::Missing { .. }
            | Fault::Unreadable { .. },
        ) => Sign::Well,
        Err(Fault::TooMany { .. }) => Sign::TooMuch,
        Err(Fault::Unavailable { .. }) => Sign::NoPlace,
        Err(Fault::Http { error, .. }) => match error {
            HttpError::Connect | HttpError::Timeout | HttpError::Cut => Sign::Ill,
            HttpError::TooLarge => Sign::Well,
            HttpError::Elsewhere | HttpError::Unbuildable => Sign::None,
        },
        Err(Fault::Status { status, .. }) if *status < 500 && !(300..400).contains(status) => {
            Sign::Well
        }
        // A provider that refuses the application is there; the token's holder pauses by itself (T5).
        Err(Fault::Token(error)) if error.is_refusal() => Sign::None,
        Err(
            Fault::Unauthorized { .. }
            | Fault::Garbled { .. }
            | Fault::Status { .. }
            | Fault::Sites(_)
            | Fault::Token(_),
        ) => Sign::Ill,
        Err(Fault::Gate(_) | Fault::Resting) => Sign::None,
    }
}

/// The rows of a list. A list without `value` is a fault (D7).
pub(crate) fn rows_of(answer: &Value) -> Option<Vec<Value>> {
    answer.get("value")?.as_array().cloned()
}

pub(crate) fn json(what: &'static str, answer: &Answer) -> Result<Value, Fault> {
    serde_json::from_slice(&answer.body).map_err(|_| Fault::Garbled { what })
}

pub(crate) fn unreadable(what: &'static str, why: &'static str) -> Fault {
    Fault::Unreadable { what, why }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderValue;

    use super::*;

    const LICENCE: &str =
        r#"{"error":{"message":"MaximumLicenseCountExceeded: no slot","code":0,"type":"X"}}"#;
    const RULE: &str = r#"{"error":{"message":"(Constraint R28364)","code":2029,"type":"X"}}"#;

    fn answer(status: u16, headers: &[(http::HeaderName, &str)], body: &str) -> Answer {
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: headers
                .iter()
                .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
                .collect(),
            body: Bytes::from(body.to_owned()),
        }
    }

    #[test]
    fn d5_d6_each_answer_is_a_fault_of_its_kind_and_a_sign_of_its_own() {
        let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        for (status, headers, body, kind, expected) in [
            (200, &[][..], "{}", "", Sign::Well),
            (204, &[], "", "", Sign::Well),
            (200, &html, "<html>", "garbled", Sign::Ill),
            (302, &[], "", "status", Sign::Ill),
            (400, &[], "", "status", Sign::Well),
            (401, &[], "", "unauthorized", Sign::Ill),
            (403, &[], "", "forbidden", Sign::Well),
            (404, &html, "<html>", "missing", Sign::Well),
            (429, &[], "", "too_many", Sign::TooMuch),
            (500, &[], RULE, "business", Sign::Well),
            (500, &[], LICENCE, "unavailable", Sign::NoPlace),
            (500, &html, "<html>", "status", Sign::Ill),
            (502, &[], "", "status", Sign::Ill),
            (503, &[], "", "unavailable", Sign::NoPlace),
            (504, &[], "", "status", Sign::Ill),
        ] {
            let judged = judge("x", answer(status, headers, body));
            let found = judged.as_ref().err().map_or("", Fault::kind);
            assert_eq!(found, kind, "{status} {body}");
            assert_eq!(
                sign(judged.as_ref().map(|_| ())),
                expected,
                "{status} {body}"
            );
        }
    }

    #[test]
    fn a_wish_to_be_asked_later_is_read_in_seconds_and_anything_else_is_none() {
        for (text, wish) in [
            ("7", Some(7)),
            (" 120 ", Some(120)),
            ("0", Some(0)),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("Wed, 21 Oct 2026 07:28:00 GMT", None),
            ("99999999999999999999999", None),
        ] {
            for status in [429, 503] {
                let told = judge("x", answer(status, &[(header::RETRY_AFTER, text)], ""));
                let Err(
                    Fault::TooMany { retry_after, .. } | Fault::Unavailable { retry_after, .. },
                ) = told
                else {
                    panic!("{status}");
                };
                assert_eq!(retry_after, wish.map(Duration::from_secs), "{text}");
            }
        }
    }
}
