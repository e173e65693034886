//! The conformance tests for relying parties as a table: which test of the suite, what is done to the token, and the outcome it
//! expects. The suite repeats its modules for the basic and the hybrid flow and for form post; here each row is tried on the token of
//! the front channel and on the one of the back.
//!
//! Rows about what happens around the tokens are tests of their own: discovery and rotation in `against_demo/identity.rs` and in the
//! portal's `evil_provider.rs`, sign-out in its `sign_out.rs`. `-client-secret-basic` is not offered: the instance asks for the secret
//! in the body.

use ring::signature::RSA_PKCS1_SHA256;
use serde_json::{Value, json};

use super::{
    super::{
        minted::{
            CLIENT, KEYS, NOW, back_claims, both, check_back, check_front, claims_break,
            claims_pass, forged, front_claims, header, keys, sign, sign_with_secret, spoiled,
            unsigned,
        },
        person::Told,
        tokens,
    },
    Rule,
};

#[test]
fn the_relying_party_conformance_tests_have_the_outcome_they_expect() {
    // Rejected in both channels, by the rule.
    for (test, change, rule) in [
        (
            "-invalid-iss",
            json!({"iss": "https://evil.net/id"}),
            Rule::V9Issuer,
        ),
        ("-invalid-aud", json!({"aud": "other"}), Rule::V10Audience),
        ("-missing-aud", json!({"aud": null}), Rule::V10Audience),
        ("-missing-iat", json!({"iat": null}), Rule::V4Shape),
        ("-missing-sub", json!({"sub": null}), Rule::V4Shape),
        (
            "-nonce-invalid",
            json!({"nonce": "another"}),
            Rule::V15Nonce,
        ),
    ] {
        for outcome in both(&json!({}), &change) {
            assert_eq!(outcome.err(), Some(rule), "oidcc-client-test{test}");
        }
    }
    let one = keys(&[&KEYS[0].public]);
    let two = keys(&[&KEYS[0].public, &KEYS[1].public]);
    let unnamed = |claims: &Value| {
        let header = json!({"alg": "RS256", "typ": "JWT"});
        sign(&header, claims, &KEYS[0], &RSA_PKCS1_SHA256)
    };
    let sound = sign(&header(), &front_claims(), &KEYS[0], &RSA_PKCS1_SHA256);
    let other = spoiled(front_claims(), &json!({"sub": "admin"}));
    let table = [
        ("-idtoken-sig-rs256", &two, sound.clone(), None),
        (
            "-kid-absent-single-jwks",
            &one,
            unnamed(&front_claims()),
            None,
        ),
        (
            "-kid-absent-multiple-jwks",
            &two,
            unnamed(&front_claims()),
            Some(Rule::V7AmbiguousKey),
        ),
        (
            "-idtoken-sig-none",
            &two,
            unsigned(&front_claims()),
            Some(Rule::V5Algorithm),
        ),
        (
            "-invalid-sig-rs256",
            &two,
            forged(&sound, &other),
            Some(Rule::V8Signature),
        ),
        (
            "-invalid-sig-hs256",
            &two,
            sign_with_secret(&front_claims(), "secret"),
            Some(Rule::V5Algorithm),
        ),
    ];
    for (test, keys, token, rule) in table {
        let front = check_front(&token, keys).err();
        assert_eq!(front, rule, "oidcc-client-test{test}, front");
        let back = check_back(token, keys).err();
        assert_eq!(back, rule, "oidcc-client-test{test}, back");
    }
    // The hybrid flow's own.
    for (test, hash) in [
        ("-invalid-chash", json!("another")),
        ("-missing-chash", json!(null)),
    ] {
        let [front, _] = both(&json!({}), &json!({"c_hash": hash}));
        assert_eq!(
            front.err(),
            Some(Rule::V16CodeHash),
            "oidcc-client-test{test}"
        );
    }
    let athash = |value: Value| {
        both(&json!({}), &json!({"at_hash": value}))[1]
            .clone()
            .err()
    };
    assert_eq!(
        athash(json!("another")),
        Some(Rule::V19AccessTokenHash),
        "-invalid-athash"
    );
    assert_eq!(
        athash(json!(null)),
        None,
        "-missing-athash: lawful without `token` in the response type"
    );
    // -scope-userinfo-claims: what userinfo tells is read.
    assert_eq!(
        Told::read(&json!({"name": "Maria"})).name.as_deref(),
        Some("Maria")
    );
}

#[test]
fn what_the_fapi_client_tests_add_has_the_outcome_they_expect() {
    // Rejected.
    claims_break(json!({"iat": NOW - 604_800}), Rule::V13IssuedAt);
    claims_break(
        json!({"iat": NOW - 400, "nbf": NOW - 400, "exp": NOW - 100}),
        Rule::V12Expired,
    );
    claims_break(json!({"exp": null}), Rule::V4Shape);
    claims_break(json!({"iss": null}), Rule::V4Shape);
    claims_break(json!({"aud": null}), Rule::V10Audience);
    claims_break(json!({"nonce": null}), Rule::V15Nonce);
    claims_break(json!({"s_hash": "another"}), Rule::V17StateHash);
    claims_break(json!({"aud": [CLIENT, "other"]}), Rule::V10Audience);
    for outcome in both(&json!({"alg": "PS256"}), &json!({})) {
        assert_eq!(outcome.err(), Some(Rule::V5Algorithm));
    }
    // Accepted.
    claims_pass(json!({"s_hash": null}));
    claims_pass(json!({"aud": [CLIENT]}));
    for answer in [
        json!({"id_token": "a.b.c", "access_token": "t", "token_type": "Bearer"}),
        json!({"id_token": "a.b.c", "access_token": "t", "token_type": "bEARER", "expires_in": 3600}),
    ] {
        let read = tokens::read(200, answer.to_string().as_bytes()).unwrap();
        assert!(tokens::user_tokens(read).is_ok(), "{answer}");
    }
    // FAPI 2: the issuer of the answer and the state are V3 and V1.
    assert!(
        check_back(
            sign(&header(), &back_claims(), &KEYS[0], &RSA_PKCS1_SHA256),
            &keys(&[&KEYS[0].public])
        )
        .is_ok()
    );
}
