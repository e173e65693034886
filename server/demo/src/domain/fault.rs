//! How the API says no: HTTP 500 with a body in one of two shapes, or a bare status (domain-api.md §9).

use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Class of the server's own business exceptions.
const BUSINESS: &str =
    "Aloe.EnterpriseOne.Server.ServerAPI.Exceptions.EnterpriseOneServerException";

/// A refused call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Unknown set or id. Unverified: the body of this status is not documented.
    NotFound,
    /// No token, or an unusable one.
    Unauthorized,
    /// A scope or a right is missing.
    Forbidden,
    /// A limit of the session.
    TooMany,
    /// No licence slot is free for the session this call would open (identity.md §8). Holds `Retry-After` in seconds, which
    /// is sent from version 27.1 on.
    NoLicence(Option<u32>),
    /// The instance does not answer at the moment.
    Unavailable,
    /// The verb does not exist at this address.
    Method,
    /// A query the dialect does not know: the short flat shape (sample 52).
    Unsupported(String),
    /// A business or validation error found while saving: code 2029, wrapped (sample 50).
    Validation(String),
    /// A duplicate value: code 2129, flat (sample 51). Holds the table.
    Duplicate(&'static str),
    /// Anything else: code 0, wrapped (samples 53, 54).
    Operation(String),
}

impl Fault {
    pub(crate) fn unsupported(text: impl Into<String>) -> Self {
        Self::Unsupported(text.into())
    }

    /// A broken rule, in the arrangement of sample 50.
    pub(crate) fn rule(number: &str, name: &str, event: &str, sentence: &str) -> Self {
        Self::Validation(format!(
            "An error occurred while saving data to the database\r\nThe validation {number}: {name} failed for event {event}: \r\n\r\n{sentence} (Constraint {number})"
        ))
    }

    fn body(&self) -> Option<Value> {
        let wrapped = |message: &str, code: u16, kind: &str, info: &str| json!({ "error": { "message": message, "code": code, "type": kind, "info": info, "messageFormat": null, "parameters": null }});
        match self {
            Self::Unsupported(message) => {
                Some(json!({ "message": message, "code": 0, "type": "NotSupportedException" }))
            }
            Self::Validation(message) => {
                let trace = "   at Erp.Server.Transactions.Transaction.Commit()\r\n   at Erp.DomainApi.EntitySetController.Post()";
                Some(wrapped(message, 2029, BUSINESS, trace))
            }
            Self::Duplicate(table) => Some(json!({
                "message": format!("Prohibited duplication in table '{table}'."),
                "code": 2129,
                "type": BUSINESS,
                "info": "   at Erp.Server.Transactions.Transaction.Commit()",
                "messageFormat": "Prohibited duplication in table '{0}'.",
                "parameters": [table],
            })),
            // Sample 55. Unverified: everything but the text.
            Self::NoLicence(_) => Some(wrapped(
                "MaximumLicenseCountExceeded",
                0,
                "LicenseException",
                "",
            )),
            Self::Operation(message) => Some(wrapped(message, 0, "InvalidOperationException", "")),
            _ => None,
        }
    }
}

impl Fault {
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable | Self::NoLicence(Some(_)) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The body in the wrapped shape, as in the parts of a batch (domain-api.md §11.6).
    pub(crate) fn wrapped(&self) -> Option<Value> {
        let body = self.body()?;
        if body.get("error").is_some() {
            return Some(body);
        }
        Some(json!({ "error": body }))
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = match self.body() {
            Some(body) => (status, Json(body)).into_response(),
            None => status.into_response(),
        };
        if let Self::NoLicence(Some(seconds)) = self {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
