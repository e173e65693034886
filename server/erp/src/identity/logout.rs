//! Logout tokens of the back channel (B2): as ID tokens are verified, and told apart from them by `typ`, `events` and `nonce`.
//!
//! The crate reads ID tokens only, and a logout token may lack `sub`; so the key is chosen here, by the same rules (V7), and the
//! crate checks the signature.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKey, JsonWebKeyAlgorithm, JsonWebKeyUse,
    core::{CoreJsonWebKey, CoreJsonWebKeySet, CoreJsonWebKeyType, CoreJwsSigningAlgorithm},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};

use super::{
    IdentityError,
    verify::{
        LEEWAY, LONGEST_LIFE, LONGEST_TOKEN, MOST_CHARACTERS, OLDEST, Rule, Settings, seconds,
    },
};

/// The one event a logout token tells of.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
const RS256: CoreJwsSigningAlgorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;

/// What the provider tells when somebody has signed out there. At least one of `sid` and `sub` is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutToken {
    /// The session at the provider that has ended.
    pub sid: Option<String>,
    /// The login name of the person who has signed out.
    pub sub: Option<String>,
    /// The token's own id, to be seen once.
    pub jti: String,
    /// From then on the token is refused anyway, so that its id may be forgotten.
    pub expires: OffsetDateTime,
}

/// Why a logout token is not obeyed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogoutError {
    /// It breaks a rule: 400.
    #[error("rule {0:?} is broken")]
    Rejected(Rule),
    /// The provider's keys cannot be had now.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

impl LogoutError {
    /// A word for logs and counters.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Rejected(_) => "rejected",
            Self::Identity(error) => error.kind(),
        }
    }
}

impl From<Rule> for LogoutError {
    fn from(rule: Rule) -> Self {
        Self::Rejected(rule)
    }
}

/// What counts of the header. `jwk`, `jku` and `x5u` are not even read (V6).
#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    crit: Option<Value>,
    cty: Option<Value>,
}

/// Verifies a logout token.
pub(super) fn token(
    token: &SecretString,
    keys: &CoreJsonWebKeySet,
    now: OffsetDateTime,
    settings: &Settings<'_>,
) -> Result<LogoutToken, Rule> {
    let text = token.expose_secret();
    // V4: before anything is parsed.
    if text.len() > LONGEST_TOKEN {
        return Err(Rule::V4Shape);
    }
    let (signed, signature) = text.rsplit_once('.').ok_or(Rule::V4Shape)?;
    let (header, payload) = signed.split_once('.').ok_or(Rule::V4Shape)?;
    let head: Header = decoded(header)?;
    // V5.
    if head.alg != "RS256" {
        return Err(Rule::V5Algorithm);
    }
    // V6, B2.
    if !is_logout_type(head.typ.as_deref(), settings) || head.crit.is_some() || head.cty.is_some() {
        return Err(Rule::V6Header);
    }
    // V8.
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| Rule::V4Shape)?;
    key(keys, head.kid.as_deref())?
        .verify_signature(&RS256, signed.as_bytes(), &signature)
        .map_err(|_| Rule::V8Signature)?;
    claims(&decoded(payload)?, now, settings)
}

/// B2: `logout+jwt`; plain `JWT` is what the instance's software sends \[is4\], and may be refused by setting.
fn is_logout_type(typ: Option<&str>, settings: &Settings<'_>) -> bool {
    let Some(typ) = typ else {
        return settings.plain_logout_tokens;
    };
    let name = typ.strip_prefix("application/").unwrap_or(typ);
    name.eq_ignore_ascii_case("logout+jwt")
        || (settings.plain_logout_tokens && name.eq_ignore_ascii_case("jwt"))
}

/// V7: by its id, or the only one that fits.
fn key<'a>(keys: &'a CoreJsonWebKeySet, kid: Option<&str>) -> Result<&'a CoreJsonWebKey, Rule> {
    let mut fitting = keys.keys().iter().filter(|key| {
        let may_sign = key.key_use().is_none_or(JsonWebKeyUse::allows_signature);
        let signs_so = match key.signing_alg() {
            JsonWebKeyAlgorithm::Algorithm(algorithm) => *algorithm == RS256,
            JsonWebKeyAlgorithm::Unspecified => true,
            JsonWebKeyAlgorithm::Unsupported => false,
        };
        let named = kid.is_none_or(|kid| key.key_id().is_some_and(|id| id.as_str() == kid));
        *key.key_type() == CoreJsonWebKeyType::RSA && may_sign && signs_so && named
    });
    match (fitting.next(), fitting.next()) {
        (Some(key), None) => Ok(key),
        (None, _) => Err(Rule::V7UnknownKey),
        (Some(_), Some(_)) => Err(Rule::V7AmbiguousKey),
    }
}

fn claims(
    claims: &Map<String, Value>,
    now: OffsetDateTime,
    settings: &Settings<'_>,
) -> Result<LogoutToken, Rule> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    // V9.
    if text("iss") != Some(settings.issuer) {
        return Err(Rule::V9Issuer);
    }
    // V10: us, or a list with us alone.
    let ours = match claims.get("aud") {
        Some(Value::String(one)) => one == settings.client_id,
        Some(Value::Array(list)) => {
            matches!(list.as_slice(), [Value::String(one)] if one == settings.client_id)
        }
        _ => false,
    };
    if !ours {
        return Err(Rule::V10Audience);
    }
    let instant = now.unix_timestamp();
    // V12.
    let expires = seconds(claims.get("exp")).ok_or(Rule::V12Expired)?;
    if instant - LEEWAY >= expires {
        return Err(Rule::V12Expired);
    }
    // V13.
    let issued = seconds(claims.get("iat")).ok_or(Rule::V13IssuedAt)?;
    if issued > instant + LEEWAY || issued < instant - OLDEST {
        return Err(Rule::V13IssuedAt);
    }
    // V14: also here, or the portal would have to remember a token's id for ever.
    if expires - issued > LONGEST_LIFE {
        return Err(Rule::V14NotBefore);
    }
    // B2: the one event, with an object. An ID token has none.
    let told = claims.get("events").and_then(Value::as_object);
    let of_logout = told
        .is_some_and(|events| events.len() == 1 && events.get(EVENT).is_some_and(Value::is_object));
    if !of_logout {
        return Err(Rule::B2Events);
    }
    // B2: a nonce, whatever it holds, is of an ID token.
    if claims.contains_key("nonce") {
        return Err(Rule::B2Nonce);
    }
    // B2: whose session, or which.
    let sid = bounded(claims.get("sid")).map_err(|()| Rule::B2Whose)?;
    let sub = bounded(claims.get("sub")).map_err(|()| Rule::B2Whose)?;
    if sid.is_none() && sub.is_none() {
        return Err(Rule::B2Whose);
    }
    let jti = bounded(claims.get("jti"))
        .ok()
        .flatten()
        .ok_or(Rule::B2TokenId)?;
    Ok(LogoutToken {
        sid,
        sub,
        jti,
        expires: now + Duration::seconds(expires - instant + LEEWAY),
    })
}

/// Text of a sensible length; none is fine, anything else is not (V20).
fn bounded(value: Option<&Value>) -> Result<Option<String>, ()> {
    match value {
        None => Ok(None),
        Some(Value::String(text))
            if !text.trim().is_empty() && text.chars().count() <= MOST_CHARACTERS =>
        {
            Ok(Some(text.clone()))
        }
        Some(_) => Err(()),
    }
}

fn decoded<T: DeserializeOwned>(part: &str) -> Result<T, Rule> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Rule::V4Shape)?;
    serde_json::from_slice(&bytes).map_err(|_| Rule::V4Shape)
}

#[cfg(test)]
#[path = "logout_tests.rs"]
mod tests;
