//! The verification table: tokens made by hand, each spoiled in one way, with the rule it must break.

use ring::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA384};
use serde_json::json;

use super::{
    super::{
        Answer, ProviderError,
        minted::{
            CLIENT, CODE, ISSUER, KEYS, Key, NOW, SETTINGS, STATE, attempt, back_claims, both,
            check_back, check_front, claims_break, claims_pass, forged, front_claims, header, keys,
            now, sign, sign_with_secret, spoiled, unsigned,
        },
    },
    *,
};

#[test]
fn sound_tokens_pass() {
    claims_pass(json!({}));
}

#[test]
fn v1_v3_the_answer_is_of_this_attempt_and_this_issuer() {
    let callback = |state: &str| Callback {
        state: state.to_owned().into(),
        mode: ResponseMode::Query,
        answer: Answer::Code {
            code: CODE.to_owned().into(),
            id_token: None,
            issuer: None,
        },
    };
    let outcome = |state, issuer| answer(&attempt(), &callback(state), issuer, &SETTINGS);
    assert_eq!(outcome(STATE, None), Ok(()));
    assert_eq!(outcome(STATE, Some(ISSUER)), Ok(()));
    assert_eq!(outcome("other", None), Err(Rule::V1State));
    assert_eq!(
        outcome(STATE, Some("https://evil.net/id")),
        Err(Rule::V3IssuerField)
    );
    assert_eq!(
        outcome(STATE, Some("https://shop.my.erp.net/id/")),
        Err(Rule::V3IssuerField)
    );
}

#[test]
fn v16_f2_a_form_brings_both_where_both_were_asked_for() {
    for (asked, mode, id_token, expected) in [
        (
            ResponseType::CodeIdToken,
            ResponseMode::FormPost,
            true,
            Ok(()),
        ),
        (
            ResponseType::CodeIdToken,
            ResponseMode::FormPost,
            false,
            Err(Rule::V16CodeHash),
        ),
        // The printed GET.
        (
            ResponseType::CodeIdToken,
            ResponseMode::Query,
            false,
            Ok(()),
        ),
        (ResponseType::Code, ResponseMode::FormPost, false, Ok(())),
        (ResponseType::Code, ResponseMode::Query, false, Ok(())),
    ] {
        let callback = Callback {
            state: STATE.to_owned().into(),
            mode,
            answer: Answer::Code {
                code: CODE.to_owned().into(),
                id_token: id_token.then(|| "a.b.c".to_owned().into()),
                issuer: None,
            },
        };
        let settings = Settings {
            response_type: asked,
            ..SETTINGS
        };
        assert_eq!(
            answer(&attempt(), &callback, None, &settings),
            expected,
            "{asked:?} {mode:?} {id_token}"
        );
    }
}

fn read(fields: &[(&'static str, &'static str)]) -> Option<Callback> {
    Callback::read(ResponseMode::FormPost, fields.iter().copied()).ok()
}

#[test]
fn v1_fields_come_once_and_are_bounded() {
    let long: &'static str = Box::leak("x".repeat(2049).into_boxed_str());
    let whole = read(&[
        ("code", "c"),
        ("state", "s"),
        ("id_token", "t"),
        ("scope", "openid"),
        ("session_state", "x"),
    ]);
    assert!(whole.is_some());
    // F2: the printed GET.
    assert!(read(&[("code", "c"), ("state", "s")]).is_some());
    for bad in [
        &[][..],
        &[("code", "c")],
        &[("state", "s")],
        &[("state", "s"), ("id_token", "t")],
        &[("code", "c"), ("state", "")],
        &[("code", ""), ("state", "s")],
        &[("code", "c"), ("state", long)],
        &[("code", long), ("state", "s")],
        &[("code", "c"), ("code", "d"), ("state", "s")],
        &[("code", "c"), ("state", "s"), ("state", "s")],
        &[
            ("code", "c"),
            ("state", "s"),
            ("id_token", "t"),
            ("id_token", "t"),
        ],
        &[("code", "c"), ("state", "s"), ("iss", "i"), ("iss", "i")],
        &[("error", "access_denied")],
        &[("error", "a"), ("error", "b"), ("state", "s")],
    ] {
        assert!(read(bad).is_none(), "{bad:?}");
    }
}

#[test]
fn v1_errors_are_known_by_their_code_and_their_text_is_dropped() {
    use ProviderError::{Denied, InteractionNeeded, Other, Unavailable};
    for (code, expected) in [
        ("access_denied", Denied),
        ("login_required", InteractionNeeded),
        ("consent_required", InteractionNeeded),
        ("interaction_required", InteractionNeeded),
        ("account_selection_required", InteractionNeeded),
        ("temporarily_unavailable", Unavailable),
        ("server_error", Other),
        ("<script>alert(1)</script>", Other),
    ] {
        let callback = read(&[
            ("error", code),
            ("error_description", "<b>hush</b>"),
            ("state", "s"),
        ])
        .unwrap();
        assert!(
            matches!(&callback.answer, Answer::Error(error) if *error == expected),
            "{code}"
        );
        let told = format!("{callback:?}");
        assert!(!told.contains("hush") && !told.contains("script"), "{told}");
    }
}

#[test]
fn v2_an_error_with_a_code_as_well_is_refused() {
    for bad in [
        &[("code", "c"), ("state", "s"), ("error", "access_denied")][..],
        &[("error", ""), ("code", "c"), ("state", "s")],
    ] {
        assert!(read(bad).is_none(), "{bad:?}");
    }
}

#[test]
fn v4_a_token_is_bounded_and_has_three_parts() {
    let keys = keys(&[&KEYS[0].public]);
    for token in [
        "",
        "a.b",
        "a.b.c.d",
        "a.b.c",
        "..",
        &format!("{}.b.c", "a".repeat(20_000)),
    ] {
        assert_eq!(
            check_front(&token.to_owned().into(), &keys).err(),
            Some(Rule::V4Shape)
        );
    }
    claims_break(json!({"iat": null}), Rule::V4Shape);
    claims_break(json!({"exp": null}), Rule::V4Shape);
    claims_break(json!({"iss": null}), Rule::V4Shape);
}

/// Test 11 of the forty, the part without a network.
#[test]
fn v5_only_rs256() {
    let all = keys(&[&KEYS[0].public]);
    let rejected = |token: SecretString, what: &str| {
        let front = check_front(&token, &all).err();
        assert_eq!(front, Some(Rule::V5Algorithm), "{what}, front");
        let back = check_back(token, &all).err();
        assert_eq!(back, Some(Rule::V5Algorithm), "{what}, back");
    };
    rejected(unsigned(&front_claims()), "none");
    // What the crate would accept where discovery offers HS256: a token signed with the client's secret.
    rejected(
        sign_with_secret(&front_claims(), "the client secret"),
        "HS256 by the secret",
    );
    // And with the public key as if it were a secret.
    let modulus = KEYS[0].public["n"].as_str().unwrap();
    rejected(
        sign_with_secret(&front_claims(), modulus),
        "HS256 by the key",
    );
    for algorithm in ["HS256", "RS384", "RS512", "ES256", "PS256", "EdDSA"] {
        let header = json!({"alg": algorithm, "kid": "A1"});
        let token = sign(&header, &front_claims(), &KEYS[0], &RSA_PKCS1_SHA384);
        rejected(token, algorithm);
    }
}

#[test]
fn v6_the_header_is_of_an_id_token_and_demands_nothing() {
    for change in [
        json!({"typ": "at+jwt"}),
        json!({"crit": ["x"]}),
        json!({"cty": "JWT"}),
    ] {
        for outcome in both(&change, &json!({})) {
            assert_eq!(outcome.err(), Some(Rule::V6Header), "{change}");
        }
    }
    for change in [
        json!({"typ": null}),
        json!({"jku": "https://evil.net/keys", "jwk": {"kty": "RSA"}}),
    ] {
        for outcome in both(&change, &json!({})) {
            assert!(outcome.is_ok(), "{change}");
        }
    }
}

#[test]
fn v7_the_key_is_found_by_its_id_or_is_the_only_one() {
    let one = keys(&[&KEYS[0].public]);
    let two = keys(&[&KEYS[0].public, &KEYS[1].public]);
    let unnamed = sign(
        &json!({"alg": "RS256"}),
        &front_claims(),
        &KEYS[0],
        &RSA_PKCS1_SHA256,
    );
    assert!(check_front(&unnamed, &one).is_ok());
    assert_eq!(
        check_front(&unnamed, &two).err(),
        Some(Rule::V7AmbiguousKey)
    );
    let other = sign(
        &json!({"alg": "RS256", "kid": "C3"}),
        &front_claims(),
        &KEYS[0],
        &RSA_PKCS1_SHA256,
    );
    assert_eq!(check_front(&other, &two).err(), Some(Rule::V7UnknownKey));
    let encryption = spoiled(KEYS[0].public.clone(), &json!({"use": "enc"}));
    let token = sign(&header(), &front_claims(), &KEYS[0], &RSA_PKCS1_SHA256);
    assert!(check_front(&token, &keys(&[&encryption])).is_err());
    // Two keys under one id: nobody says which, so neither.
    let twin = spoiled(KEYS[1].public.clone(), &json!({"kid": "A1"}));
    assert_eq!(
        check_front(&token, &keys(&[&KEYS[0].public, &twin])).err(),
        Some(Rule::V7AmbiguousKey)
    );
    let no_use = spoiled(KEYS[0].public.clone(), &json!({"use": null}));
    assert!(check_front(&token, &keys(&[&no_use])).is_ok());
    // Unknown kinds of keys beside a good one do no harm.
    assert!(
        check_front(
            &token,
            &keys(&[&json!({"kty": "XYZ", "kid": "A1"}), &KEYS[0].public])
        )
        .is_ok()
    );
}

#[test]
fn v8_the_signature_must_fit() {
    let both = keys(&[&KEYS[0].public, &KEYS[1].public]);
    let by_another = sign(&header(), &front_claims(), &KEYS[1], &RSA_PKCS1_SHA256);
    assert_eq!(
        check_front(&by_another, &both).err(),
        Some(Rule::V8Signature)
    );
    let token = sign(&header(), &front_claims(), &KEYS[0], &RSA_PKCS1_SHA256);
    let text = token.expose_secret();
    let (signed, _) = text.rsplit_once('.').unwrap();
    let unsigned: SecretString = format!("{signed}.").into();
    assert!(check_front(&unsigned, &both).is_err());
    let other = spoiled(front_claims(), &json!({"sub": "admin"}));
    assert_eq!(
        check_front(&forged(&token, &other), &both).err(),
        Some(Rule::V8Signature)
    );
}

#[test]
fn v9_issuer_is_compared_byte_for_byte() {
    for issuer in [
        "https://shop.my.erp.net/id/",
        "https://SHOP.my.erp.net/id",
        "https://evil.net/id",
    ] {
        claims_break(json!({"iss": issuer}), Rule::V9Issuer);
    }
}

#[test]
fn v10_the_audience_is_us_alone() {
    claims_pass(json!({"aud": [CLIENT]}));
    for audience in [
        json!("other"),
        json!([]),
        json!([CLIENT, "other"]),
        json!(null),
    ] {
        claims_break(json!({"aud": audience}), Rule::V10Audience);
    }
}

#[test]
fn v11_the_authorised_party_is_us() {
    claims_pass(json!({"azp": CLIENT}));
    claims_break(json!({"azp": "other"}), Rule::V11AuthorizedParty);
}

#[test]
fn v12_expired_with_a_minute_of_leeway() {
    claims_pass(json!({"iat": NOW - 300, "nbf": NOW - 300, "exp": NOW - 59}));
    claims_break(
        json!({"iat": NOW - 300, "nbf": NOW - 300, "exp": NOW - 60}),
        Rule::V12Expired,
    );
}

#[test]
fn v13_issued_neither_tomorrow_nor_last_week() {
    claims_pass(json!({"iat": NOW + 60}));
    claims_pass(json!({"iat": NOW - 600}));
    claims_break(json!({"iat": NOW + 61}), Rule::V13IssuedAt);
    claims_break(json!({"iat": NOW - 601}), Rule::V13IssuedAt);
    claims_break(json!({"iat": NOW - 604_800}), Rule::V13IssuedAt);
}

#[test]
fn v14_valid_already_and_not_for_ever() {
    claims_pass(json!({"nbf": null}));
    claims_pass(json!({"nbf": NOW + 60}));
    claims_break(json!({"nbf": NOW + 61}), Rule::V14NotBefore);
    claims_break(json!({"exp": NOW + 86_401}), Rule::V14NotBefore);
}

#[test]
fn v15_the_nonce_is_ours_in_both_tokens() {
    claims_break(json!({"nonce": "another"}), Rule::V15Nonce);
    claims_break(json!({"nonce": null}), Rule::V15Nonce);
}

#[test]
fn v16_the_front_token_binds_the_code() {
    for hash in [json!(null), json!(left_half("another")), json!("")] {
        let [front, _] = both(&json!({}), &json!({"c_hash": hash}));
        assert_eq!(front.err(), Some(Rule::V16CodeHash));
    }
}

#[test]
fn v17_the_state_hash_fits_if_it_is_there() {
    claims_pass(json!({"s_hash": null}));
    claims_break(json!({"s_hash": left_half("another")}), Rule::V17StateHash);
}

#[test]
fn v18_both_tokens_are_of_the_same_person_and_session() {
    for (change, sound) in [
        (json!({"sub": "admin"}), false),
        (json!({"sid": "FFFF"}), false),
        (json!({"sid": null}), true),
    ] {
        let [_, back] = both(&json!({}), &json!({}));
        assert!(back.is_ok());
        let keys = keys(&[&KEYS[0].public]);
        let token = sign(
            &header(),
            &spoiled(back_claims(), &change),
            &KEYS[0],
            &RSA_PKCS1_SHA256,
        );
        let outcome = check_back(token, &keys);
        assert_eq!(outcome.is_ok(), sound, "{change}");
        assert!(sound || outcome.err() == Some(Rule::V18BackToken));
    }
}

#[test]
fn v19_the_access_token_hash_fits_if_it_is_there() {
    let outcome = |hash: Value| both(&json!({}), &json!({"at_hash": hash}))[1].clone();
    assert!(outcome(json!(null)).is_ok());
    assert_eq!(
        outcome(json!(left_half("another"))).err(),
        Some(Rule::V19AccessTokenHash)
    );
}

#[test]
fn v19_the_hash_of_the_instances_own_sample_fits() {
    // The pair of the documents' sample that does belong together (identity.md §3.2).
    assert_eq!(left_half(SAMPLE_ACCESS_TOKEN), "0ajX6HX83mnbU5XqT5-QFw");
}

#[test]
fn v20_the_subject_is_there_and_bounded() {
    let [front, back] = both(&json!({}), &json!({"sub": null}));
    assert!(front.is_err() && back.is_err());
    for subject in [String::new(), " ".to_owned(), "x".repeat(256)] {
        let [front, _] = both(&json!({}), &json!({"sub": subject}));
        assert_eq!(front.err(), Some(Rule::V20Subject), "{}", subject.len());
    }
}

#[test]
fn v21_where_an_age_is_asked_for_the_password_was_given_lately() {
    let keys = keys(&[&KEYS[0].public]);
    let settings = Settings {
        max_age: Some(std::time::Duration::from_mins(10)),
        ..SETTINGS
    };
    for (told, fresh) in [
        (json!(NOW), true),
        (json!(NOW - 600), true),
        (json!(NOW - 660), true),
        (json!(NOW - 661), false),
        (json!(NOW + 60), true),
        (json!(NOW + 61), false),
        (json!(null), false),
    ] {
        let claims = spoiled(front_claims(), &json!({ "auth_time": told }));
        let token = sign(&header(), &claims, &KEYS[0], &RSA_PKCS1_SHA256);
        let code = CODE.to_owned().into();
        let outcome = front(&attempt(), &token, &code, &keys, now(), &settings);
        assert_eq!(outcome.is_ok(), fresh, "{told}");
        assert!(fresh || outcome.err() == Some(Rule::V21AuthTime));
        // Not asked for, so not looked at.
        assert!(check_front(&token, &keys).is_ok());
    }
}

#[test]
fn v24_names_are_shown_inert() {
    assert_eq!(displayable(" Ева\u{202e}\r\n<b>\u{0} "), "Ева<b>");
    assert_eq!(displayable(&"x".repeat(5000)).chars().count(), 100);
}

#[test]
fn v23_an_access_token_tells_only_what_is_signed_for_us_and_this_person() {
    let keys = keys(&[&KEYS[0].public]);
    let person = check_back(
        sign(&header(), &back_claims(), &KEYS[0], &RSA_PKCS1_SHA256),
        &keys,
    )
    .unwrap();
    let header = json!({"alg": "RS256", "kid": "A1", "typ": "at+jwt"});
    let claims = json!({
        "nbf": NOW, "exp": NOW + 3600, "iat": NOW, "iss": ISSUER, "aud": format!("{ISSUER}/resources"),
        "client_id": CLIENT, "sub": "maria", "id": "15ea3c7f-9086-4cb1-9f4e-c3628a015501", "name": "Мария",
        "email_verified": "false", "is_admin": "true", "user_type": "ExternalCommunityUser", "locale": "bg",
        "email": "m@example.com", "scope": ["openid", "profile"],
    });
    let told = |header: &Value, change: &Value, key: &Key| {
        let token = sign(
            header,
            &spoiled(claims.clone(), change),
            key,
            &RSA_PKCS1_SHA256,
        );
        access(&token, &person, &keys, now(), &SETTINGS)
    };
    let sound = told(&header, &json!({}), &KEYS[0]).unwrap();
    assert_eq!(
        sound.id.unwrap().to_string(),
        "15ea3c7f-9086-4cb1-9f4e-c3628a015501"
    );
    assert_eq!(sound.name.as_deref(), Some("Мария"));
    for change in [
        json!({"sub": "admin"}),
        json!({"client_id": "other"}),
        json!({"aud": "DomainAPI"}),
        json!({"iss": "https://evil.net/id"}),
        json!({"exp": NOW - 61}),
    ] {
        assert_eq!(told(&header, &change, &KEYS[0]), None, "{change}");
    }
    assert_eq!(told(&header, &json!({}), &KEYS[1]), None);
}

const SAMPLE_ACCESS_TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjVCMjc5MjBFNjUzREQ3QUM2N0QyRjY0QjMyQTE3OTkyIiwidHlwIjoiYXQrand0In0.eyJuYmYiOjE3NjY0OTM3ODEsImV4cCI6MTc2NjQ5NzM4MSwiaXNzIjoiaHR0cHM6Ly9lMS1kZXYubG9jYWwvaWQiLCJhdWQiOiJodHRwczovL2UxLWRldi5sb2NhbC9pZC9yZXNvdXJjZXMiLCJjbGllbnRfaWQiOiJQSyIsInN1YiI6ImFkbWluIiwiYXV0aF90aW1lIjoxNzY2NDkzNDk1LCJpZHAiOiJsb2NhbCIsImlkIjoiOWRhNjQ4MzktYThkMC00OTFkLWFlYmItNGQxOGZhNDJiMDE0IiwibmFtZSI6IkpvaG4gRG9lIiwiZW1haWwiOiJhZG1pbkBtYWlsLmNvbSIsInVzZXJfdHlwZSI6IkludGVybmFsVXNlciIsImlzX2FkbWluIjoidHJ1ZSIsImVtYWlsX3ZlcmlmaWVkIjoiZmFsc2UiLCJkYiI6IkUxX0RFVi0xIFRlc3QiLCJsb2NhbGUiOiJiZyIsImp0aSI6IkM4MTcxRjlFQ0FEN0U2OThEMjBFN0Q2Qjc5ODQyMjYwIiwic2lkIjoiRDFGRkVERkU0Q0IzMjMwMEQyNkMyNjVCOUJEMzc0RkIiLCJpYXQiOjE3NjY0OTM3ODEsInNjb3BlIjpbIm9wZW5pZCIsInByb2ZpbGUiXSwiYW1yIjpbInB3ZCJdfQ.TWePn6yinGcAaItZzfmNM9en3ESfGFhcLulTR7U7wfVK86RW9s8LlsgqoAc2SkigH2cXrovnADCe8uwp7BFSKbQBsN18vH5GmidFpILEr-M_WnOWfFZt941SA04vXpBzDJaiunzRl4FAEMd4RKXJ2L_wCZW8DNaKmsZfS9SH8N6QAYABrNoHZbrRV83pUh7suUnsBF_Ps-jdFNTnuxoj4UooRghAp7dn6LYw3MBcTb3GNdrJosb63DXpQY-Kq58gbYrov0Of4H_RD6lEaKcFbRVmIpg5S1UoM2DFaS-PWxKN_DF9_4A8zazBHM8BgGN4hA7JPOv6W7waODLvNqhnzQ";
