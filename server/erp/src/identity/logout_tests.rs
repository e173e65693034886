//! The table of logout tokens: each spoiled in one way, with the rule it must break.

use ring::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA384};
use serde_json::json;

use super::{
    super::minted::{
        CLIENT, ISSUER, KEYS, NOW, SETTINGS, check_back, check_front, forged, front_claims, header,
        keys, now, sign, sign_with_secret, spoiled, unsigned,
    },
    *,
};

fn logout_header() -> Value {
    json!({"alg": "RS256", "kid": "A1", "typ": "logout+jwt"})
}

fn logout_claims() -> Value {
    json!({
        "nbf": NOW, "exp": NOW + 300, "iss": ISSUER, "aud": CLIENT, "iat": NOW, "jti": "C8171F9E",
        "sub": "maria", "sid": "A1B2", "events": {EVENT: {}},
    })
}

fn check(text: &SecretString) -> Result<LogoutToken, Rule> {
    let keys = keys(&[&KEYS[0].public, &KEYS[1].public]);
    token(text, &keys, now(), &SETTINGS)
}

fn with(header_change: &Value, change: &Value) -> Result<LogoutToken, Rule> {
    check(&sign(
        &spoiled(logout_header(), header_change),
        &spoiled(logout_claims(), change),
        &KEYS[0],
        &RSA_PKCS1_SHA256,
    ))
}

#[test]
fn b2_a_sound_token_tells_whose_session_ended_and_until_when_to_remember_it() {
    let told = with(&json!({}), &json!({})).unwrap();
    assert_eq!(
        told,
        LogoutToken {
            sid: Some("A1B2".to_owned()),
            sub: Some("maria".to_owned()),
            jti: "C8171F9E".to_owned(),
            expires: now() + Duration::seconds(360),
        }
    );
    for (change, sid, sub) in [
        (json!({"sub": null}), Some("A1B2"), None),
        (json!({"sid": null}), None, Some("maria")),
    ] {
        let told = with(&json!({}), &change).unwrap();
        assert_eq!((told.sid.as_deref(), told.sub.as_deref()), (sid, sub));
    }
}

/// The relying-party suite's `backchannel` tests (alg-none, no-event, with-nonce, wrong-alg, wrong-aud, wrong-event, wrong-iss)
/// are rows of this table.
#[test]
fn b2_every_breach_is_refused() {
    let event = |name: &str, value: Value| json!({"events": {name: value}});
    for (change, rule) in [
        (json!({"iss": "https://evil.net/id"}), Rule::V9Issuer),
        (json!({"iss": format!("{ISSUER}/")}), Rule::V9Issuer),
        (json!({"iss": null}), Rule::V9Issuer),
        (json!({"aud": "other"}), Rule::V10Audience),
        (json!({"aud": [CLIENT, "other"]}), Rule::V10Audience),
        (json!({"aud": []}), Rule::V10Audience),
        (json!({"aud": null}), Rule::V10Audience),
        (json!({"exp": NOW - 60}), Rule::V12Expired),
        (json!({"exp": null}), Rule::V12Expired),
        (json!({"exp": "soon"}), Rule::V12Expired),
        (json!({"iat": NOW + 61}), Rule::V13IssuedAt),
        (json!({"iat": NOW - 601}), Rule::V13IssuedAt),
        (json!({"iat": null}), Rule::V13IssuedAt),
        (json!({"exp": NOW + 86_401}), Rule::V14NotBefore),
        (json!({"events": null}), Rule::B2Events),
        (json!({"events": EVENT}), Rule::B2Events),
        (json!({"events": {}}), Rule::B2Events),
        (
            event("http://schemas.openid.net/event/other", json!({})),
            Rule::B2Events,
        ),
        (event(EVENT, json!(true)), Rule::B2Events),
        (
            json!({"events": {EVENT: {}, "another": {}}}),
            Rule::B2Events,
        ),
        (json!({"nonce": "n"}), Rule::B2Nonce),
        (json!({"sub": null, "sid": null}), Rule::B2Whose),
        (json!({"sub": ""}), Rule::B2Whose),
        (json!({"sub": "x".repeat(256)}), Rule::B2Whose),
        (json!({"sid": 7}), Rule::B2Whose),
        (json!({"jti": null}), Rule::B2TokenId),
        (json!({"jti": " "}), Rule::B2TokenId),
        (json!({"jti": 1}), Rule::B2TokenId),
    ] {
        assert_eq!(with(&json!({}), &change).err(), Some(rule), "{change}");
    }
    for (change, rule) in [
        (json!({"typ": "at+jwt"}), Rule::V6Header),
        (json!({"crit": ["x"]}), Rule::V6Header),
        (json!({"cty": "JWT"}), Rule::V6Header),
        (json!({"alg": "HS256"}), Rule::V5Algorithm),
        (json!({"alg": "none"}), Rule::V5Algorithm),
        (json!({"alg": null}), Rule::V4Shape),
        (json!({"kid": "C3"}), Rule::V7UnknownKey),
        (json!({"kid": "B2"}), Rule::V8Signature),
        (json!({"kid": null}), Rule::V7AmbiguousKey),
    ] {
        assert_eq!(with(&change, &json!({})).err(), Some(rule), "{change}");
    }
}

#[test]
fn b2_small_differences_that_are_allowed() {
    for change in [
        json!({"aud": [CLIENT]}),
        json!({"exp": NOW - 59}),
        json!({"iat": NOW - 600}),
        json!({"iat": NOW + 60}),
        json!({"unknown": {"nonce": 1}}),
    ] {
        assert!(with(&json!({}), &change).is_ok(), "{change}");
    }
    for change in [
        json!({"typ": "JWT"}),
        json!({"typ": "LOGOUT+JWT"}),
        json!({"typ": "application/logout+jwt"}),
        json!({"typ": null}),
        json!({"jku": "https://evil.net/keys", "jwk": {"kty": "RSA"}}),
    ] {
        assert!(with(&change, &json!({})).is_ok(), "{change}");
    }
}

#[test]
fn b2_plain_tokens_are_refused_where_the_setting_says_so() {
    let keys = keys(&[&KEYS[0].public]);
    let strict = Settings {
        plain_logout_tokens: false,
        ..SETTINGS
    };
    for (typ, accepted) in [
        (json!("logout+jwt"), true),
        (json!("JWT"), false),
        (json!(null), false),
    ] {
        let head = spoiled(logout_header(), &json!({ "typ": typ }));
        let text = sign(&head, &logout_claims(), &KEYS[0], &RSA_PKCS1_SHA256);
        let outcome = token(&text, &keys, now(), &strict);
        assert_eq!(outcome.is_ok(), accepted, "{typ}");
        assert!(accepted || outcome.err() == Some(Rule::V6Header));
    }
}

#[test]
fn b2_neither_shape_nor_signature_is_taken_on_trust() {
    let sound = sign(
        &logout_header(),
        &logout_claims(),
        &KEYS[0],
        &RSA_PKCS1_SHA256,
    );
    let other = spoiled(logout_claims(), &json!({"sub": "admin"}));
    assert_eq!(
        check(&forged(&sound, &other)).err(),
        Some(Rule::V8Signature)
    );
    let wrong_hash = sign(
        &logout_header(),
        &logout_claims(),
        &KEYS[0],
        &RSA_PKCS1_SHA384,
    );
    assert_eq!(check(&wrong_hash).err(), Some(Rule::V8Signature));
    assert_eq!(
        check(&unsigned(&logout_claims())).err(),
        Some(Rule::V5Algorithm)
    );
    assert_eq!(
        check(&sign_with_secret(&logout_claims(), "secret")).err(),
        Some(Rule::V5Algorithm)
    );
    let long = format!("{}.b.c", "a".repeat(20_000));
    for text in ["", ".", "..", "a.b", "a.b.c", "a.b.c.d", &long] {
        let text: SecretString = text.to_owned().into();
        assert_eq!(check(&text).err(), Some(Rule::V4Shape));
    }
}

#[test]
fn b2_id_tokens_and_logout_tokens_are_never_taken_for_each_other() {
    // An ID token, with the header of either.
    for typ in ["JWT", "logout+jwt"] {
        let head = spoiled(header(), &json!({ "typ": typ }));
        let claims = spoiled(front_claims(), &json!({"jti": "C8171F9E"}));
        let outcome = check(&sign(&head, &claims, &KEYS[0], &RSA_PKCS1_SHA256));
        assert_eq!(outcome.err(), Some(Rule::B2Events), "{typ}");
    }
    // A logout token, with the header of either.
    let keys = keys(&[&KEYS[0].public]);
    for (typ, rule) in [("JWT", Rule::V15Nonce), ("logout+jwt", Rule::V6Header)] {
        let head = spoiled(logout_header(), &json!({ "typ": typ }));
        let text = sign(&head, &logout_claims(), &KEYS[0], &RSA_PKCS1_SHA256);
        assert_eq!(check_front(&text, &keys).err(), Some(rule), "{typ}, front");
        assert_eq!(check_back(text, &keys).err(), Some(rule), "{typ}, back");
    }
}
