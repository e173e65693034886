//! Tokens made by hand, for tests: keys that sign, and a provider that they are of.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::core::CoreJsonWebKeySet;
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaEncoding, RsaKeyPair},
};
use rsa::{RsaPrivateKey, pkcs8::EncodePrivateKey, traits::PublicKeyParts};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{
    Attempt,
    tokens::UserTokens,
    verify::{Claims, Rule, Settings, back, front, left_half},
};
use crate::config::ResponseType;

pub(super) const ISSUER: &str = "https://shop.my.erp.net/id";
pub(super) const CLIENT: &str = "portal.example.com";
pub(super) const NOW: i64 = 1_795_000_000;

pub(super) struct Key {
    pair: RsaKeyPair,
    pub(super) public: Value,
}

/// Keys take long to make: once for all tests.
pub(super) static KEYS: LazyLock<[Key; 2]> = LazyLock::new(|| ["A1", "B2"].map(key));

fn key(kid: &str) -> Key {
    let private = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
    let encode = |number: &rsa::BigUint| URL_SAFE_NO_PAD.encode(number.to_bytes_be());
    Key {
        public: json!({
            "kty": "RSA", "use": "sig", "kid": kid, "alg": "RS256",
            "n": encode(private.n()), "e": encode(private.e()),
        }),
        pair: RsaKeyPair::from_pkcs8(private.to_pkcs8_der().unwrap().as_bytes()).unwrap(),
    }
}

/// A token with this header and these claims, whatever they are.
pub(super) fn sign(
    header: &Value,
    claims: &Value,
    key: &Key,
    scheme: &'static dyn RsaEncoding,
) -> SecretString {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let mut signature = vec![0; key.pair.public().modulus_len()];
    key.pair
        .sign(
            scheme,
            &SystemRandom::new(),
            signed.as_bytes(),
            &mut signature,
        )
        .unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)).into()
}

/// A token signed with a shared secret, as no provider of ours may (V5).
pub(super) fn sign_with_secret(claims: &Value, secret: &str) -> SecretString {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!(
        "{}.{}",
        part(&json!({"alg": "HS256", "typ": "JWT"})),
        part(claims)
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag)).into()
}

/// A token that is not signed at all.
pub(super) fn unsigned(claims: &Value) -> SecretString {
    format!(
        "{}.{}.",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    )
    .into()
}

/// The same token with other claims under the old signature.
pub(super) fn forged(token: &SecretString, claims: &Value) -> SecretString {
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    let mut parts: Vec<&str> = token.expose_secret().split('.').collect();
    parts[1] = &claims;
    parts.join(".").into()
}

pub(super) fn keys(of: &[&Value]) -> CoreJsonWebKeySet {
    serde_json::from_value(json!({"keys": of})).unwrap()
}

pub(super) const SETTINGS: Settings<'_> = Settings {
    issuer: ISSUER,
    client_id: CLIENT,
    response_type: ResponseType::CodeIdToken,
    max_age: None,
    plain_logout_tokens: true,
};

pub(super) fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW).unwrap()
}

/// Changes a value: an object's members are set, or removed where null.
pub(super) fn spoiled(mut value: Value, change: &Value) -> Value {
    for (name, change) in change.as_object().unwrap() {
        if change.is_null() {
            value.as_object_mut().unwrap().remove(name);
        } else {
            value[name] = change.clone();
        }
    }
    value
}

pub(super) const STATE: &str = "YzQ5ZDc4M2QxN2Q0NDU3YjlhM2Y5OWE1ZTY4OTc0ZGM";
pub(super) const NONCE: &str = "ZTRjOTM2M2Y0ODFhNGQ0NGE4NmU1N2ExYjY2NjE3ZmQ";
pub(super) const CODE: &str = "SplxlOBeZQQYbYS6WxSbIA";
pub(super) const ACCESS: &str = "an.access.token";

pub(super) fn header() -> Value {
    json!({"alg": "RS256", "kid": "A1", "typ": "JWT"})
}

pub(super) fn front_claims() -> Value {
    json!({
        "nbf": NOW, "exp": NOW + 300, "iss": ISSUER, "aud": CLIENT, "nonce": NONCE, "iat": NOW,
        "c_hash": left_half(CODE), "s_hash": left_half(STATE), "sid": "A1B2", "sub": "maria",
        "auth_time": NOW - 40, "idp": "local", "amr": ["pwd"],
    })
}

pub(super) fn back_claims() -> Value {
    let mut claims = front_claims();
    claims.as_object_mut().unwrap().remove("c_hash");
    claims["at_hash"] = json!(left_half(ACCESS));
    claims
}

pub(super) fn attempt() -> Attempt {
    Attempt {
        state: STATE.to_owned().into(),
        nonce: NONCE.to_owned().into(),
        verifier: "v".repeat(64).into(),
        redirect_uri: "https://portal.example.com/signin-callback"
            .parse()
            .unwrap(),
        language: vitrina::text::Language::ENGLISH,
    }
}

pub(super) fn check_front(token: &SecretString, keys: &CoreJsonWebKeySet) -> Result<Claims, Rule> {
    front(
        &attempt(),
        token,
        &CODE.to_owned().into(),
        keys,
        now(),
        &SETTINGS,
    )
}

pub(super) fn check_back(token: SecretString, keys: &CoreJsonWebKeySet) -> Result<Claims, Rule> {
    let first = sign(&header(), &front_claims(), &KEYS[0], &RSA_PKCS1_SHA256);
    let first = check_front(&first, keys)?;
    let tokens = UserTokens {
        id_token: token,
        access_token: Some(ACCESS.to_owned().into()),
    };
    back(&attempt(), Some(&first), &tokens, keys, now(), &SETTINGS)
}

/// Front and back outcomes with these changes to header and claims.
pub(super) fn both(header_change: &Value, change: &Value) -> [Result<Claims, Rule>; 2] {
    let keys = keys(&[&KEYS[0].public]);
    let header = spoiled(header(), header_change);
    let make = |claims: Value| {
        sign(
            &header,
            &spoiled(claims, change),
            &KEYS[0],
            &RSA_PKCS1_SHA256,
        )
    };
    [
        check_front(&make(front_claims()), &keys),
        check_back(make(back_claims()), &keys),
    ]
}

pub(super) fn claims_break(change: Value, rule: Rule) {
    for outcome in both(&json!({}), &change) {
        assert_eq!(outcome.err(), Some(rule), "{change}");
    }
}

pub(super) fn claims_pass(change: Value) {
    for outcome in both(&json!({}), &change) {
        assert_eq!(outcome.unwrap().subject, "maria", "{change}");
    }
}
