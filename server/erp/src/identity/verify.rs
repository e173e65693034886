//! Verification of sign-in answers: pure functions of (attempt, answer, keys, now, settings), each rule with its number in
//! `docs/security.md`. Logout tokens are next door, by the same rules.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use openidconnect::{
    AdditionalClaims, ClaimsVerificationError, ClientId, IdToken, IdTokenVerifier, IssuerUrl,
    JsonWebTokenType, Nonce, SignatureVerificationError,
    core::{
        CoreGenderClaim, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    },
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use time::OffsetDateTime;

use super::{Answer, Attempt, Callback, ResponseMode, person::Told, tokens::UserTokens};
use crate::config::ResponseType;

/// The rule a token or an answer broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The answer belongs to another attempt.
    V1State,
    /// The `iss` field names another issuer.
    V3IssuerField,
    /// The token is too long or has not three parts, or its claims are not what they should be.
    V4Shape,
    /// The algorithm is not RS256.
    V5Algorithm,
    /// The header is of another kind of token, or demands what we do not know.
    V6Header,
    /// The key is unknown.
    V7UnknownKey,
    /// Several keys would fit.
    V7AmbiguousKey,
    /// The signature is wrong.
    V8Signature,
    /// The issuer is another.
    V9Issuer,
    /// The audience is not us alone.
    V10Audience,
    /// The authorised party is another.
    V11AuthorizedParty,
    /// The token has expired.
    V12Expired,
    /// The token is from the future, or too old.
    V13IssuedAt,
    /// The token is not valid yet, or lives too long.
    V14NotBefore,
    /// The nonce is another.
    V15Nonce,
    /// The code's hash is missing or does not fit, or the token that should hold it is missing.
    V16CodeHash,
    /// The state's hash does not fit.
    V17StateHash,
    /// The back channel's token is missing, or of somebody else than the front channel's.
    V18BackToken,
    /// The access token's hash does not fit.
    V19AccessTokenHash,
    /// The subject is empty or too long.
    V20Subject,
    /// The person gave their password too long ago, or nobody says when.
    V21AuthTime,
    /// The token endpoint's answer is not of a bearer token.
    V22TokenAnswer,
    /// A logout token does not tell of a sign-out and of nothing else.
    B2Events,
    /// A logout token holds a nonce: it is an ID token.
    B2Nonce,
    /// A logout token names neither a session nor a person.
    B2Whose,
    /// A logout token has no id of its own.
    B2TokenId,
}

/// What tokens are compared with.
pub(crate) struct Settings<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    /// What was asked for.
    pub(crate) response_type: ResponseType,
    /// How long ago people may have given their password (V21).
    pub(crate) max_age: Option<std::time::Duration>,
    /// Whether logout tokens may call themselves plain `JWT` (B2).
    pub(crate) plain_logout_tokens: bool,
}

/// What is kept of a verified ID token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) subject: String,
    pub(crate) sid: Option<String>,
    pub(super) code_hash: Option<String>,
    pub(super) access_token_hash: Option<String>,
}

/// Claims beyond the crate's own. Numbers stay [`Value`]: with exact decimals switched on, serde's buffering cannot give plain
/// integers here.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct More {
    nbf: Option<Value>,
    sid: Option<String>,
    s_hash: Option<String>,
    /// Of access tokens only.
    client_id: Option<String>,
}

impl AdditionalClaims for More {}

type Token =
    IdToken<More, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

pub(super) const LONGEST_TOKEN: usize = 16 * 1024;
/// Clocks may differ by this many seconds.
pub(super) const LEEWAY: i64 = 60;
pub(super) const OLDEST: i64 = 600;
pub(super) const LONGEST_LIFE: i64 = 86_400;
/// Of a `sub`, a `sid`, a `jti` (V20).
pub(super) const MOST_CHARACTERS: usize = 255;

/// Checks the answer itself, before any token.
pub(crate) fn answer(
    attempt: &Attempt,
    callback: &Callback,
    issuer: Option<&str>,
    settings: &Settings<'_>,
) -> Result<(), Rule> {
    // V1: the portal has found the attempt by this state; a mix-up there must not pass here.
    if !same(
        attempt.state.expose_secret(),
        callback.state.expose_secret(),
    ) {
        return Err(Rule::V1State);
    }
    // V3.
    if issuer.is_some_and(|issuer| issuer != settings.issuer) {
        return Err(Rule::V3IssuerField);
    }
    // V16, F2: the printed GET brings a code alone also where both were asked for; a form that lacks the token was changed.
    let alone = matches!(callback.answer, Answer::Code { id_token: None, .. });
    if alone
        && callback.mode == ResponseMode::FormPost
        && settings.response_type == ResponseType::CodeIdToken
    {
        return Err(Rule::V16CodeHash);
    }
    Ok(())
}

/// The front channel's ID token.
pub(crate) fn front(
    attempt: &Attempt,
    token: &SecretString,
    code: &SecretString,
    keys: &CoreJsonWebKeySet,
    now: OffsetDateTime,
    settings: &Settings<'_>,
) -> Result<Claims, Rule> {
    let claims = id_token(attempt, token, keys, now, settings)?;
    // V16: in the front channel it must be there.
    match &claims.code_hash {
        Some(hash) if same(hash, &left_half(code.expose_secret())) => Ok(claims),
        _ => Err(Rule::V16CodeHash),
    }
}

/// The token endpoint's ID token.
pub(crate) fn back(
    attempt: &Attempt,
    front: Option<&Claims>,
    tokens: &UserTokens,
    keys: &CoreJsonWebKeySet,
    now: OffsetDateTime,
    settings: &Settings<'_>,
) -> Result<Claims, Rule> {
    let claims = id_token(attempt, &tokens.id_token, keys, now, settings)?;
    // V18: the issuers are equal, because both equal the configured one.
    if let Some(front) = front {
        let sessions_differ =
            matches!((&front.sid, &claims.sid), (Some(front), Some(back)) if front != back);
        if front.subject != claims.subject || sessions_differ {
            return Err(Rule::V18BackToken);
        }
    }
    // V19: may be missing.
    if let (Some(hash), Some(access)) = (&claims.access_token_hash, &tokens.access_token)
        && !same(hash, &left_half(access.expose_secret()))
    {
        return Err(Rule::V19AccessTokenHash);
    }
    Ok(claims)
}

/// The rules that hold for every ID token.
fn id_token(
    attempt: &Attempt,
    token: &SecretString,
    keys: &CoreJsonWebKeySet,
    now: OffsetDateTime,
    settings: &Settings<'_>,
) -> Result<Claims, Rule> {
    let text = token.expose_secret();
    // V4: before anything is parsed.
    if text.len() > LONGEST_TOKEN || text.split('.').count() != 3 {
        return Err(Rule::V4Shape);
    }
    let token: Token = text.parse().map_err(|_| Rule::V4Shape)?;
    // V7: a `kid` that is missing fits only where one key does; the crate refuses several.
    let verifier = IdTokenVerifier::new_public_client(
        ClientId::new(settings.client_id.to_owned()),
        IssuerUrl::new(settings.issuer.to_owned()).map_err(|_| Rule::V9Issuer)?,
        keys.clone(),
    )
    // V5: pinned by us; the crate would take it from the discovery document.
    .set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256])
    // V6.
    .set_allowed_jose_types(jose_type("JWT"))
    // V10: no second audience.
    .set_other_audience_verifier_fn(|_| false)
    // V12: with leeway, which the crate has none of.
    .set_time_fn(move || at(now.unix_timestamp() - LEEWAY))
    // V13 is checked below, so that it has a name of its own.
    .set_issue_time_verifier_fn(|_| Ok(()));
    // V15: compared in constant time by the crate's type.
    let nonce = Nonce::new(attempt.nonce.expose_secret().to_owned());
    let claims = token
        .claims(&verifier, &nonce)
        .map_err(|error| rule_of(&error))?;
    let more = claims.additional_claims();
    // V11.
    if claims
        .authorized_party()
        .is_some_and(|party| party.as_str() != settings.client_id)
    {
        return Err(Rule::V11AuthorizedParty);
    }
    // V13.
    let now = now.unix_timestamp();
    let issued = claims.issue_time().timestamp();
    if issued > now + LEEWAY || issued < now - OLDEST {
        return Err(Rule::V13IssuedAt);
    }
    // V14.
    let too_early = more
        .nbf
        .as_ref()
        .is_some_and(|nbf| seconds(Some(nbf)).is_none_or(|nbf| nbf > now + LEEWAY));
    if too_early || claims.expiration().timestamp() - issued > LONGEST_LIFE {
        return Err(Rule::V14NotBefore);
    }
    // V17: may be missing.
    if let Some(hash) = &more.s_hash
        && !same(hash, &left_half(attempt.state.expose_secret()))
    {
        return Err(Rule::V17StateHash);
    }
    // V20.
    let subject = claims.subject().as_str();
    if subject.trim().is_empty() || subject.chars().count() > MOST_CHARACTERS {
        return Err(Rule::V20Subject);
    }
    // V21: asked for, so it must be told.
    if let Some(max_age) = settings.max_age {
        let at = claims.auth_time().map(|at| at.timestamp());
        let fresh = at.is_some_and(|at| {
            let oldest = i64::try_from(max_age.as_secs()).unwrap_or(i64::MAX);
            at <= now + LEEWAY && now - LEEWAY <= at.saturating_add(oldest)
        });
        if !fresh {
            return Err(Rule::V21AuthTime);
        }
    }
    Ok(Claims {
        subject: subject.to_owned(),
        sid: more.sid.clone(),
        code_hash: claims.code_hash().map(|hash| hash.as_str().to_owned()),
        access_token_hash: claims
            .access_token_hash()
            .map(|hash| hash.as_str().to_owned()),
    })
}

/// What a user's access token tells, if it is one of ours, of this person, and signed (identity.md §5.1). It is opaque by
/// contract: none is no fault.
pub(crate) fn access(
    token: &SecretString,
    person: &Claims,
    keys: &CoreJsonWebKeySet,
    now: OffsetDateTime,
    settings: &Settings<'_>,
) -> Option<Told> {
    let text = token.expose_secret();
    if text.len() > LONGEST_TOKEN || text.split('.').count() != 3 {
        return None;
    }
    let parsed: Token = text.parse().ok()?;
    let verifier = IdTokenVerifier::new_public_client(
        ClientId::new(format!("{}/resources", settings.issuer)),
        IssuerUrl::new(settings.issuer.to_owned()).ok()?,
        keys.clone(),
    )
    .set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256])
    .set_allowed_jose_types(jose_type("at+jwt"))
    .set_time_fn(move || at(now.unix_timestamp() - LEEWAY))
    .set_issue_time_verifier_fn(|_| Ok(()));
    let claims = parsed.claims(&verifier, |_: Option<&Nonce>| Ok(())).ok()?;
    let ours = claims.additional_claims().client_id.as_deref() == Some(settings.client_id);
    if !ours || claims.subject().as_str() != person.subject {
        return None;
    }
    // Verified as a whole: the payload may now be read for members the crate does not know.
    let payload = URL_SAFE_NO_PAD.decode(text.split('.').nth(1)?).ok()?;
    serde_json::from_slice::<Value>(&payload)
        .ok()
        .map(|members| Told::read(&members))
}

/// An instant of a token, in whole seconds; none if it is no number, or none that a calendar knows.
pub(super) fn seconds(value: Option<&Value>) -> Option<i64> {
    const FARTHEST: f64 = 1e12;
    let number = value?.as_number()?;
    let near = |seconds: &i64| seconds.unsigned_abs() < 1_000_000_000_000;
    number.as_i64().filter(near).or_else(|| {
        let whole = number.as_f64()?.floor();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "far below the largest whole number"
        )]
        (whole.abs() < FARTHEST).then_some(whole as i64)
    })
}

fn jose_type(name: &str) -> Vec<openidconnect::NormalizedJsonWebTokenType> {
    JsonWebTokenType::new(name.to_owned())
        .normalize()
        .into_iter()
        .collect()
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// The crate's errors by kind: their texts quote tokens.
fn rule_of(error: &ClaimsVerificationError) -> Rule {
    match error {
        ClaimsVerificationError::Expired(_) => Rule::V12Expired,
        ClaimsVerificationError::InvalidAudience(_) => Rule::V10Audience,
        ClaimsVerificationError::InvalidIssuer(_) => Rule::V9Issuer,
        ClaimsVerificationError::InvalidNonce(_) => Rule::V15Nonce,
        ClaimsVerificationError::Unsupported(_) => Rule::V6Header,
        ClaimsVerificationError::SignatureVerification(error) => match error {
            SignatureVerificationError::NoMatchingKey => Rule::V7UnknownKey,
            SignatureVerificationError::AmbiguousKeyId(_) => Rule::V7AmbiguousKey,
            SignatureVerificationError::DisallowedAlg(_)
            | SignatureVerificationError::NoSignature
            | SignatureVerificationError::UnsupportedAlg(_) => Rule::V5Algorithm,
            _ => Rule::V8Signature,
        },
        _ => Rule::V4Shape,
    }
}

/// base64url of the left half of SHA-256: `c_hash`, `s_hash` and `at_hash` are all made so (identity.md §3.2).
pub(super) fn left_half(value: &str) -> String {
    let hash = Sha256::digest(value.as_bytes());
    let (left, _) = hash.split_at(16);
    URL_SAFE_NO_PAD.encode(left)
}

fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

/// V24: text from claims for display: bounded, without control characters and without those that reverse the direction.
pub(crate) fn displayable(text: &str) -> String {
    text.chars()
        .filter(|character| {
            !character.is_control()
                && !matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        })
        .take(100)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "conformance_tests.rs"]
mod conformance;
