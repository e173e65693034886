//! What a request is about, as far as a fault asks.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri};
use percent_encoding::percent_decode_str;
use uuid::Uuid;

use super::Meets;
use crate::domain::api::{ROOT, subject, transaction_of};
use crate::identity::parameters;
use crate::instance::Instance;

/// A request to the provider or the API.
pub(crate) struct Asked<'a> {
    instance: &'a Arc<Instance>,
    method: &'a Method,
    uri: &'a Uri,
    headers: &'a HeaderMap,
    /// Read only while a fault is up that looks into bodies.
    body: Option<&'a Bytes>,
    /// Set and method as counted; none outside of the API.
    subject: Option<String>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(
        instance: &'a Arc<Instance>,
        (method, uri, headers): (&'a Method, &'a Uri, &'a HeaderMap),
        body: Option<&'a Bytes>,
    ) -> Self {
        Self {
            instance,
            method,
            uri,
            headers,
            body,
            subject: api_subject(uri),
        }
    }

    /// Whether this is a request of that kind.
    pub(crate) fn is(&self, kind: &Meets) -> bool {
        let path = self.uri.path();
        match kind {
            Meets::Everything => true,
            Meets::Api => self.subject.is_some(),
            Meets::Set(name) => self
                .subject
                .as_deref()
                .is_some_and(|subject| subject.split(['(', '/']).next() == Some(name)),
            Meets::Call(wanted) => self
                .subject
                .as_deref()
                .is_some_and(|subject| fits(wanted, self.method.as_str(), subject)),
            Meets::Commit => self.commits(),
            Meets::CommitOf(id) => self.commits() && self.saves(*id),
            Meets::About(id) => self.is_about(*id),
            Meets::Token => path == "/id/connect/token",
            Meets::Discovery => {
                matches!(path, "/tools/auto-discovery" | "/sys/auto-discovery")
                    || path == "/id/.well-known/openid-configuration"
            }
            Meets::Keys => path == "/id/.well-known/openid-configuration/jwks",
            Meets::Path(wanted) => path == wanted,
        }
    }

    fn text(&self) -> String {
        self.body
            .map(|body| String::from_utf8_lossy(body).to_ascii_lowercase())
            .unwrap_or_default()
    }

    fn transaction(&self) -> Option<String> {
        transaction_of(self.headers, self.uri.query().unwrap_or_default())
    }

    fn commits(&self) -> bool {
        match self.subject.as_deref() {
            None | Some("BeginTransaction") => false,
            Some("EndTransaction") => {
                let end: Option<serde_json::Value> =
                    self.body.and_then(|body| serde_json::from_slice(body).ok());
                // Committing is what happens where nothing is said (domain-api.md §11.3).
                end.is_none_or(|end| end.get("commit") != Some(&false.into()))
            }
            Some(_) => *self.method != Method::GET && self.transaction().is_none(),
        }
    }

    fn saves(&self, id: Uuid) -> bool {
        self.names(id)
            || self.transaction().is_some_and(|transaction| {
                self.instance
                    .domain
                    .data()
                    .transactions
                    .get(&transaction)
                    .is_some_and(|transaction| transaction.concerns(id))
            })
    }

    fn is_about(&self, id: Uuid) -> bool {
        match self.subject {
            Some(_) => self.names(id) || self.compares(id),
            None => self.signs_in() == Some(id),
        }
    }

    /// In the path or in the body.
    fn names(&self, id: Uuid) -> bool {
        let id = id.to_string();
        self.uri.path().to_ascii_lowercase().contains(&id) || self.text().contains(&id)
    }

    /// In a comparison with `eq`, which is how rows of one product, customer or person are asked for.
    fn compares(&self, id: Uuid) -> bool {
        let query = self.uri.query().unwrap_or_default().replace('+', " ");
        let query = percent_decode_str(&query)
            .decode_utf8_lossy()
            .to_lowercase();
        let id = id.to_string();
        query
            .split(" eq ")
            .skip(1)
            .filter_map(|behind| behind.trim_start_matches('\'').split([' ', '&']).next())
            .any(|operand| operand.contains(&id))
    }

    /// The person whose sign-in this token request ends.
    fn signs_in(&self) -> Option<Uuid> {
        if !self.is(&Meets::Token) {
            return None;
        }
        let given = parameters(self.body?)?;
        let memory = self.instance.memory();
        let grant = memory.codes.get(given.get("code")?)?;
        Some(self.instance.person(&grant.signed_in)?.id)
    }
}

/// By what a call of the API is counted, without its method; none outside of the API.
pub(crate) fn api_subject(uri: &Uri) -> Option<String> {
    let path = uri.path().strip_prefix(ROOT)?;
    Some(subject(&percent_decode_str(path).decode_utf8_lossy()))
}

fn fits(wanted: &str, method: &str, subject: &str) -> bool {
    let wanted = match wanted.split_once(' ') {
        None => wanted,
        Some((verb, rest)) if verb.eq_ignore_ascii_case(method) => rest,
        Some(_) => return false,
    };
    match wanted.strip_suffix('*') {
        Some(beginning) => subject.starts_with(beginning),
        None => subject == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_known_by_method_and_subject() {
        for (wanted, method, subject, fitting) in [
            ("EndTransaction", "POST", "EndTransaction", true),
            ("post EndTransaction", "POST", "EndTransaction", true),
            ("GET EndTransaction", "POST", "EndTransaction", false),
            (
                "POST Crm_Sales_SalesOrders",
                "POST",
                "Crm_Sales_SalesOrders(id)/Recalculate",
                false,
            ),
            (
                "Crm_Sales_SalesOrders*",
                "POST",
                "Crm_Sales_SalesOrders(id)/Recalculate",
                true,
            ),
            ("GET *", "GET", "GetVersion", true),
            ("GET *", "POST", "BeginTransaction", false),
        ] {
            assert_eq!(
                fits(wanted, method, subject),
                fitting,
                "{wanted} {method} {subject}"
            );
        }
    }

    #[test]
    fn subjects_are_decoded_and_only_the_api_has_them() {
        let of = |path: &str| api_subject(&path.parse().unwrap());
        assert_eq!(
            of("/api/domain/odata/A%28b%29/C").as_deref(),
            Some("A(id)/C")
        );
        assert_eq!(of("/id/connect/token"), None);
    }
}
