//! Where things are: auto-discovery of the instance, discovery and keys of the provider (identity.md §2).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::people::DATABASE_NAME;
use crate::instance::Instance;

/// `GET /tools/auto-discovery`, anonymous (sample 01).
pub(crate) async fn instance(State(instance): State<Arc<Instance>>) -> Json<Value> {
    let root = &instance.root;
    let site = |kind: &str, path: &str, system: bool, more: Value| {
        json!({
            "Type": kind,
            "Status": "Working",
            "StatusDescription": null,
            "Url": format!("{root}{path}"),
            "System": system,
            "AdditionalProperties": more,
        })
    };
    Json(json!({
        "Host": root.split_once("://").map_or(root.as_str(), |(_, host)| host),
        "DbName": DATABASE_NAME,
        "WebSites": [
            site("ID", "/id", true, json!({})),
            site("UserProfile", "/profile", true, json!({})),
            site("DomainAPI", "/api", false, json!({ "ODataServiceRoot": instance.api_root() })),
        ],
    }))
}

/// `GET /tools/ver`: the version as plain text.
pub(crate) async fn version(State(instance): State<Arc<Instance>>) -> String {
    instance.version.to_string()
}

/// The discovery document (sample 02), cut to what this instance serves.
pub(crate) async fn provider(State(instance): State<Arc<Instance>>) -> Json<Value> {
    let issuer = instance.issuer();
    let told = instance.tells_portals;
    Json(json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/.well-known/openid-configuration/jwks"),
        "authorization_endpoint": format!("{issuer}/connect/authorize"),
        "token_endpoint": format!("{issuer}/connect/token"),
        "userinfo_endpoint": format!("{issuer}/connect/userinfo"),
        "end_session_endpoint": format!("{issuer}/connect/endsession"),
        "scopes_supported": ["openid", "profile", "read", "update"],
        "claims_supported": ["sub", "name", "email", "email_verified", "id", "user_type", "is_admin", "db", "locale"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "response_types_supported": ["code", "code id_token"],
        "response_modes_supported": ["form_post", "query", "fragment"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "subject_types_supported": ["public"],
        "code_challenge_methods_supported": ["S256"],
        "backchannel_logout_supported": told,
        "backchannel_logout_session_supported": told,
    }))
}

/// The public keys (sample 03).
pub(crate) async fn keys(State(instance): State<Arc<Instance>>) -> Json<Value> {
    Json(instance.keys.set())
}
