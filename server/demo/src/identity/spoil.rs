//! What the provider says, spoiled at will: what an evil provider, a broken one, or somebody between might send.
//!
//! Tokens are changed before they are signed, so that each is as good as it can be but for the one thing a test is about.

use serde_json::{Map, Value};

/// Changes of what the provider says. Each is an object whose members are set, or taken away where they are `null`; `Value::Null`
/// changes nothing.
#[derive(Debug, Clone, Default)]
pub struct Spoil {
    /// The ID token that comes with the callback.
    pub front: TokenChange,
    /// The ID token of the token endpoint.
    pub back: TokenChange,
    /// The person's access token.
    pub access: TokenChange,
    /// Logout tokens of the back channel.
    pub logout: TokenChange,
    /// The token endpoint's answer to a code.
    pub answer: Value,
    /// What userinfo answers.
    pub userinfo: Value,
    /// The fields that come back to the portal.
    pub callback: Value,
}

/// How one kind of token is changed.
#[derive(Debug, Clone, Default)]
pub struct TokenChange {
    /// Members of the header.
    pub header: Value,
    /// Members of the payload.
    pub claims: Value,
    /// How it is signed.
    pub signing: Signing,
}

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Signing {
    /// As it should be.
    #[default]
    Sound,
    /// By a key pair that is not published, under the id of one that is.
    Stranger,
    /// With the client's secret (`HS256`).
    Secret,
    /// Not at all (`none`).
    Unsigned,
    /// The signature is of other claims.
    Forged,
}

impl TokenChange {
    /// Other claims, soundly signed.
    pub fn claims(claims: Value) -> Self {
        Self {
            claims,
            ..Self::default()
        }
    }

    /// Another header.
    pub fn header(header: Value) -> Self {
        Self {
            header,
            ..Self::default()
        }
    }

    /// Signed otherwise.
    pub fn signing(signing: Signing) -> Self {
        Self {
            signing,
            ..Self::default()
        }
    }
}

/// Sets the members of the change, or takes them away where they are `null`.
pub(crate) fn merge(members: &mut Map<String, Value>, change: &Value) {
    for (name, value) in change.as_object().into_iter().flatten() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
}

/// The same for a whole answer, which is an object; any other change takes its place.
pub(crate) fn merged(answer: Value, change: &Value) -> Value {
    match (answer, change) {
        (Value::Object(mut members), Value::Null | Value::Object(_)) => {
            merge(&mut members, change);
            Value::Object(members)
        }
        (answer, Value::Null) => answer,
        (_, other) => other.clone(),
    }
}
