//! What staff set in the Trusted Application (identity.md §11), as far as it can be set wrong.

use serde::{Deserialize, Serialize};

/// The Trusted Application's switches. By default it is registered as a portal needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Registration {
    /// `IsEnabled`.
    pub enabled: bool,
    /// `SystemUserAllowed`.
    pub system_user_allowed: bool,
    /// `Scope`.
    pub scope: Vec<String>,
    /// Whether a scope that is not in `Scope` is left out without a word; else it is `invalid_scope`, as documented.
    pub leaves_out_scopes: bool,
    /// With which people may sign in, `code id_token` and `code`: an instance may accept one only (§3.3).
    pub response_types: Vec<String>,
}

impl Default for Registration {
    fn default() -> Self {
        Self {
            enabled: true,
            system_user_allowed: true,
            scope: vec!["read".to_owned(), "update".to_owned()],
            leaves_out_scopes: false,
            response_types: vec!["code id_token".to_owned(), "code".to_owned()],
        }
    }
}
