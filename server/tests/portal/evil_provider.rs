//! An evil, broken or slow identity provider, or somebody between (security.md §14): no session, a friendly page with a way on, one
//! line in the log with the kind, and the next sign-in works.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::Router;
use demo::{Does, Fault, Malformed, Meets, Signing, Spoil, TokenChange};
use erp::world::Clock;
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    journal::Journal,
    test_portal::TestPortal,
    visitor::{Answer, Visitor},
};

const DISCOVERY: &str = "/id/.well-known/openid-configuration";

/// A sign-in up to its last answer; time passes quickly while the portal waits.
async fn attempt(visitor: &Visitor<'_>) -> Answer {
    let fields = visitor.until_callback("maria", "/en").await;
    finish(visitor, &fields).await
}

async fn finish(visitor: &Visitor<'_>, fields: &[(String, String)]) -> Answer {
    let parked = visitor.call_back(fields).await;
    let shop = visitor.portal;
    let before = Clock::elapsed(&*shop.clock);
    let answer = shop.clock.hurry(visitor.get(parked.leads_to())).await;
    let waited = Clock::elapsed(&*shop.clock).saturating_sub(before);
    assert!(waited <= Duration::from_secs(8), "{waited:?}");
    answer
}

/// Nobody was signed in, and whoever tried is told so kindly.
fn refused(visitor: &Visitor<'_>, answer: &Answer, what: &str) {
    assert!(visitor.cookie("session").is_none(), "{what}: a session");
    assert!(
        matches!(
            answer.status,
            StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN | StatusCode::SERVICE_UNAVAILABLE
        ),
        "{what}: {}",
        answer.status
    );
    assert!(
        answer.body.contains("<h1") && answer.body.contains("action=\"/sign-in\""),
        "{what}: no way on: {}",
        answer.body
    );
    assert!(
        visitor
            .cookie_names()
            .iter()
            .all(|name| !name.starts_with("attempt-")),
        "{what}: the attempt's cookie is still there"
    );
}

/// One line tells of it, by its kind, and nothing that is nobody's business (Z3).
fn logged(journal: &Journal, shop: &TestPortal, kind: &str, what: &str) -> String {
    let text = journal.read();
    let lines: Vec<_> = text
        .lines()
        .filter(|line| line.contains(" WARN ") || line.contains("ERROR "))
        .filter(|line| line.contains("kind="))
        .collect();
    assert!(
        matches!(lines.as_slice(), [line] if line.contains(&format!("kind=\"{kind}\""))),
        "{what}: {kind} in {lines:#?}"
    );
    for secret in [shop.demo.client_secret(), "eyJ", "maria.ivanova"] {
        let told = text
            .lines()
            .find(|line| line.contains("server::") && line.contains(secret));
        assert_eq!(told, None, "{what}");
    }
    lines.concat()
}

async fn works_again(shop: &TestPortal, what: &str) {
    shop.demo.spoil(Spoil::default());
    shop.demo.clear_faults();
    let answer = attempt(&shop.visitor()).await;
    assert_eq!(
        answer.status,
        StatusCode::SEE_OTHER,
        "{what}: {}",
        answer.body
    );
}

fn claims(claims: Value) -> TokenChange {
    TokenChange::claims(claims)
}

/// Every breach that is one of a token, whichever of the two it is in, with the rule.
fn breaches(issuer: &str, now: i64) -> Vec<(&'static str, TokenChange)> {
    vec![
        ("V4Shape", claims(json!({"iss": null}))),
        ("V4Shape", claims(json!({"exp": null}))),
        ("V4Shape", claims(json!({"iat": null}))),
        ("V4Shape", claims(json!({"padding": "x".repeat(17_000)}))),
        ("V5Algorithm", TokenChange::signing(Signing::Secret)),
        ("V5Algorithm", TokenChange::signing(Signing::Unsigned)),
        ("V5Algorithm", TokenChange::header(json!({"alg": "ES256"}))),
        ("V5Algorithm", TokenChange::header(json!({"alg": "RS384"}))),
        ("V6Header", TokenChange::header(json!({"typ": "at+jwt"}))),
        ("V6Header", TokenChange::header(json!({"crit": ["exp"]}))),
        ("V6Header", TokenChange::header(json!({"cty": "JWT"}))),
        ("V7UnknownKey", TokenChange::header(json!({"kid": "F0"}))),
        ("V8Signature", TokenChange::signing(Signing::Forged)),
        ("V9Issuer", claims(json!({"iss": format!("{issuer}/")}))),
        (
            "V9Issuer",
            claims(json!({"iss": "https://evil.example/id"})),
        ),
        ("V10Audience", claims(json!({"aud": "other"}))),
        (
            "V10Audience",
            claims(json!({"aud": ["vitrina-demo", "other"]})),
        ),
        ("V10Audience", claims(json!({"aud": null}))),
        ("V11AuthorizedParty", claims(json!({"azp": "other"}))),
        (
            "V12Expired",
            claims(json!({"exp": now - 100, "nbf": now - 400, "iat": now - 400})),
        ),
        ("V13IssuedAt", claims(json!({"iat": now + 4000}))),
        ("V13IssuedAt", claims(json!({"iat": now - 604_800}))),
        ("V14NotBefore", claims(json!({"nbf": now + 4000}))),
        ("V14NotBefore", claims(json!({"exp": now + 200_000}))),
        ("V15Nonce", claims(json!({"nonce": "another"}))),
        ("V15Nonce", claims(json!({"nonce": null}))),
        ("V17StateHash", claims(json!({"s_hash": "another"}))),
        ("V20Subject", claims(json!({"sub": " "}))),
        ("V20Subject", claims(json!({"sub": "x".repeat(256)}))),
    ]
}

/// Tests 9, 10 and 11 of the forty, through the portal: each breach in the front, in the back, and in both.
#[tokio::test]
async fn v4_to_v20_a_spoiled_token_signs_nobody_in() {
    let shop = TestPortal::start().await;
    let issuer = format!("{}/id", shop.demo.root());
    let journal = Journal::begin();
    let now = Clock::now(&*shop.clock).unix_timestamp();
    for (rule, change) in breaches(&issuer, now) {
        let sound = TokenChange::default;
        for (place, front, back) in [
            ("front", change.clone(), sound()),
            ("back", sound(), change.clone()),
            ("both", change.clone(), change.clone()),
        ] {
            let what = format!("{rule} in {place}: {change:?}");
            shop.demo.spoil(Spoil {
                front,
                back,
                ..Spoil::default()
            });
            let visitor = shop.visitor();
            let _before = journal.read();
            let answer = attempt(&visitor).await;
            refused(&visitor, &answer, &what);
            let line = logged(&journal, &shop, "rejected", &what);
            // A key that signs for another in the back is the same breach, whoever finds it.
            assert!(line.contains(rule), "{what}: {line}");
        }
        works_again(&shop, rule).await;
    }
}

/// Tests 9 and 10 of the forty: breaches of one of the two tokens, and of what comes around them.
#[tokio::test]
async fn v1_to_v22_a_spoiled_answer_signs_nobody_in() {
    let shop = TestPortal::start().await;
    let journal = Journal::begin();
    let spoil = Spoil::default;
    let rows: Vec<(&str, &str, Spoil)> = vec![
        (
            "V2",
            "not_a_callback",
            Spoil {
                callback: json!({"error": "access_denied"}),
                ..spoil()
            },
        ),
        (
            "V3IssuerField",
            "rejected",
            Spoil {
                callback: json!({"iss": "https://evil.example/id"}),
                ..spoil()
            },
        ),
        (
            "V16CodeHash",
            "rejected",
            Spoil {
                front: claims(json!({"c_hash": null})),
                ..spoil()
            },
        ),
        (
            "V16CodeHash",
            "rejected",
            Spoil {
                front: claims(json!({"c_hash": "another"})),
                ..spoil()
            },
        ),
        (
            "V8Signature",
            "rejected",
            Spoil {
                front: TokenChange::signing(Signing::Stranger),
                ..spoil()
            },
        ),
        (
            "V18BackToken",
            "rejected",
            Spoil {
                back: claims(json!({"sub": "ivan.kolev@ognishte.example"})),
                ..spoil()
            },
        ),
        (
            "V18BackToken",
            "rejected",
            Spoil {
                front: claims(json!({"sid": "FFFF"})),
                ..spoil()
            },
        ),
        (
            "V18BackToken",
            "rejected",
            Spoil {
                answer: json!({"id_token": null}),
                ..spoil()
            },
        ),
        (
            "V19AccessTokenHash",
            "rejected",
            Spoil {
                back: claims(json!({"at_hash": "another"})),
                ..spoil()
            },
        ),
        (
            "V22TokenAnswer",
            "rejected",
            Spoil {
                answer: json!({"token_type": "Mac"}),
                ..spoil()
            },
        ),
        (
            "no token answer",
            "document",
            Spoil {
                answer: json!({"id_token": 7}),
                ..spoil()
            },
        ),
        (
            "no token answer",
            "document",
            Spoil {
                answer: json!([]),
                ..spoil()
            },
        ),
    ];
    for (said, kind, spoil) in rows {
        let what = format!("{said}: {spoil:?}");
        shop.demo.spoil(spoil);
        let visitor = shop.visitor();
        let _before = journal.read();
        let answer = attempt(&visitor).await;
        refused(&visitor, &answer, &what);
        let line = logged(&journal, &shop, kind, &what);
        assert!(kind == "not_a_callback" || line.contains(said), "{line}");
        works_again(&shop, &what).await;
    }
}

/// What is unusual and lawful: FAPI's and the basic suite's "accept" rows, F7, F8, and test 12 of the forty.
#[tokio::test]
async fn v22_unusual_answers_that_are_lawful_sign_in() {
    let shop = TestPortal::start().await;
    let spoil = Spoil::default;
    for spoil in [
        Spoil {
            answer: json!({"token_type": null}),
            ..spoil()
        },
        Spoil {
            answer: json!({"token_type": "bEARER", "scope": null, "expires_in": null}),
            ..spoil()
        },
        Spoil {
            answer: json!({"scope": ["openid", "other"], "unknown": {"a": 1}}),
            ..spoil()
        },
        Spoil {
            front: claims(json!({"s_hash": null, "aud": ["vitrina-demo"]})),
            back: claims(json!({"s_hash": null, "at_hash": null, "azp": "vitrina-demo"})),
            ..spoil()
        },
        Spoil {
            front: TokenChange::header(json!({"kid": null, "typ": null})),
            back: TokenChange::header(json!({"kid": null, "jku": "https://evil.example/keys"})),
            ..spoil()
        },
        Spoil {
            back: claims(json!({"email_verified": "false", "is_admin": "true", "unknown": [1]})),
            ..spoil()
        },
        // Test 12 of the forty: such a token can stand in no header, so nothing is asked with it.
        Spoil {
            answer: json!({"access_token": "a\r\nX-Evil: yes"}),
            ..spoil()
        },
        Spoil {
            callback: json!({"iss": format!("{}/id", shop.demo.root()), "unknown": "x"}),
            ..spoil()
        },
    ] {
        let what = format!("{spoil:?}");
        shop.demo.spoil(spoil);
        let answer = attempt(&shop.visitor()).await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "{what}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn v1_what_the_provider_says_is_told_in_our_own_words() {
    let shop = TestPortal::start().await;
    let journal = Journal::begin();
    for (error, kind, page) in [
        ("access_denied", "denied", "Sign-in was cancelled"),
        ("login_required", "provider_error", "stopped half-way"),
        ("temporarily_unavailable", "provider_error", "not reachable"),
        ("server_error", "provider_error", "stopped half-way"),
        (
            "<img src=x onerror=alert(1)>",
            "provider_error",
            "stopped half-way",
        ),
    ] {
        shop.demo.spoil(Spoil {
            callback: json!({
                "code": null, "id_token": null, "error": error,
                "error_description": format!("<script>evil()</script>{}", "x".repeat(30_000)),
            }),
            ..Spoil::default()
        });
        let visitor = shop.visitor();
        let _before = journal.read();
        let answer = attempt(&visitor).await;
        refused(&visitor, &answer, error);
        assert!(answer.body.contains(page), "{error}: {}", answer.body);
        assert!(!answer.body.contains("evil()") && !answer.body.contains("onerror"));
        logged(&journal, &shop, kind, error);
    }
    works_again(&shop, "errors").await;
}

#[tokio::test]
async fn v25_accounts_that_may_not_sign_in_have_a_page_of_their_own() {
    let shop = TestPortal::set(
        "http://localhost:3000",
        &[("VITRINA_USER_TYPES", "internal")],
    )
    .await;
    let journal = Journal::begin();
    for (place, said) in [
        ("/en", "This account cannot be used here"),
        ("/bg", "С този профил тук не може да се влезе"),
    ] {
        let visitor = shop.visitor();
        let fields = visitor.until_callback("maria", place).await;
        let _before = journal.read();
        let answer = finish(&visitor, &fields).await;
        refused(&visitor, &answer, place);
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.body.contains(said), "{}", answer.body);
        let line = logged(&journal, &shop, "user_type", place);
        assert!(line.contains("VITRINA_USER_TYPES"), "{line}");
    }
    assert_eq!(
        shop.visitor().sign_in("ivan", "/en").await,
        "/en/account/waiting"
    );
}

/// An origin that must never be called.
async fn trap() -> (String, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let root = format!("http://{}", listener.local_addr().unwrap());
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let app = Router::new().fallback(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        async { "{}" }
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    (root, calls)
}

fn says(status: u16, body: impl ToString) -> Does {
    Does::Answer {
        status,
        content_type: "application/json".to_owned(),
        body: body.to_string(),
    }
}

/// Test 14 of the forty is among these.
#[tokio::test]
async fn d1_whatever_the_token_endpoint_does_there_is_a_page_within_eight_seconds_and_the_secret_stays()
 {
    let shop = TestPortal::start().await;
    let (elsewhere, trapped) = trap().await;
    let own = format!("{}/id/connect/token", shop.demo.root());
    let journal = Journal::begin();
    let redirect = |status, location: &str| Does::Redirect {
        status,
        location: location.to_owned(),
    };
    let error = |code: &str| {
        says(
            400,
            json!({"error": code, "error_description": "<b>hush</b>"}),
        )
    };
    let rows = [
        (error("invalid_grant"), "code_refused"),
        (error("invalid_client"), "application_refused"),
        (error("unauthorized_client"), "application_refused"),
        (error("<script>evil()</script>"), "application_refused"),
        (says(400, "x".repeat(1 << 20)), "away"),
        (says(401, "<html>"), "application_refused"),
        (Does::refuse_for(429, "600"), "away"),
        (Does::refuse(500), "away"),
        (Does::refuse(503), "away"),
        (Does::Html, "document"),
        (Does::Malformed(Malformed::Half), "document"),
        (Does::Malformed(Malformed::Empty), "document"),
        (Does::Malformed(Malformed::Null), "document"),
        (Does::Malformed(Malformed::Deep), "document"),
        (Does::Malformed(Malformed::Utf8), "document"),
        (Does::Cut { after: 100 }, "away"),
        (Does::Lose, "away"),
        (Does::Drop, "away"),
        (Does::Huge { megabytes: 512 }, "away"),
        (Does::Bomb, "away"),
        (Does::Hang, "away"),
        (
            Does::Slow {
                milliseconds: 20_000,
            },
            "away",
        ),
        (
            Does::Drip {
                bytes: 16,
                milliseconds: 500,
            },
            "away",
        ),
        (
            redirect(307, &format!("{elsewhere}/id/connect/token")),
            "away",
        ),
        (redirect(302, &elsewhere), "away"),
        (redirect(307, &own), "away"),
    ];
    for (does, kind) in rows {
        let what: String = format!("{does:?}").chars().take(200).collect();
        let visitor = shop.visitor();
        let fields = visitor.until_callback("maria", "/en").await;
        shop.demo.bring_up(Fault::always(Meets::Token, does));
        let _before = journal.read();
        let answer = finish(&visitor, &fields).await;
        refused(&visitor, &answer, &what);
        assert!(!answer.body.contains("evil()") && !answer.body.contains("hush"));
        let line = logged(&journal, &shop, kind, &what);
        assert!(!line.contains("evil") && !line.contains("hush"), "{line}");
        works_again(&shop, &what).await;
    }
    assert_eq!(trapped.load(Ordering::SeqCst), 0, "the trap is not empty");
}

/// The provider's own discovery document.
async fn document(shop: &TestPortal) -> Value {
    let address = format!("{}{DISCOVERY}", shop.demo.root());
    let answer = reqwest::get(address).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "a test's own page")]
    let text = answer.text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Discovery documents that must not be used.
fn evil_documents(sound: &Value, elsewhere: &str) -> Vec<(&'static str, Does)> {
    let issuer = sound["issuer"].as_str().unwrap();
    let with = |name: &str, value: Value| {
        let mut document = sound.clone();
        document[name] = value;
        says(200, document)
    };
    let without = |name: &str| {
        let mut document = sound.clone();
        document.as_object_mut().unwrap().remove(name);
        says(200, document)
    };
    let there = |path: &str| json!(format!("{elsewhere}{path}"));
    vec![
        ("another issuer", with("issuer", there("/id"))),
        ("a slash added", with("issuer", json!(format!("{issuer}/")))),
        ("tokens elsewhere", with("token_endpoint", there("/token"))),
        ("keys elsewhere", with("jwks_uri", there("/keys"))),
        (
            "sign-in elsewhere",
            with("authorization_endpoint", there("/authorize")),
        ),
        (
            "userinfo elsewhere",
            with("userinfo_endpoint", there("/me")),
        ),
        (
            "sign-out elsewhere",
            with("end_session_endpoint", there("/bye")),
        ),
        (
            "script",
            with("authorization_endpoint", json!("javascript:alert(1)")),
        ),
        ("a file", with("jwks_uri", json!("file:///etc/passwd"))),
        ("no issuer", without("issuer")),
        ("no token endpoint", without("token_endpoint")),
        ("no keys", without("jwks_uri")),
        ("no sign-in", without("authorization_endpoint")),
        ("a web page", Does::Html),
        ("nothing", Does::Malformed(Malformed::Empty)),
        ("half of it", Does::Malformed(Malformed::Half)),
        ("huge", Does::Huge { megabytes: 512 }),
        ("a bomb", Does::Bomb),
        ("500", Does::refuse(500)),
        (
            "a redirect",
            Does::Redirect {
                status: 302,
                location: elsewhere.to_owned(),
            },
        ),
    ]
}

#[tokio::test]
async fn s9_an_evil_discovery_document_switches_signing_in_off_and_the_secret_goes_nowhere() {
    let shop = TestPortal::start().await;
    let (elsewhere, trapped) = trap().await;
    let journal = Journal::begin();
    let sound = document(&shop).await;
    for (what, does) in evil_documents(&sound, &elsewhere) {
        shop.demo
            .bring_up(Fault::always(Meets::Path(DISCOVERY.to_owned()), does));
        let visitor = shop.visitor();
        let _before = journal.read();
        let answer = visitor.post("/sign-in", &[("return", "/en")]).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{what}");
        refused(&visitor, &answer, what);
        let text = journal.read();
        assert!(text.contains("sign-in is not available"), "{what}: {text}");
        shop.demo.clear_faults();
        // A failure is remembered for two seconds.
        shop.clock.advance(Duration::from_secs(3));
    }
    assert_eq!(trapped.load(Ordering::SeqCst), 0, "the trap is not empty");
    works_again(&shop, "discovery").await;
}

#[tokio::test]
async fn s9_the_last_good_document_stays_in_use_while_an_evil_one_is_served() {
    let shop = TestPortal::start().await;
    let (elsewhere, trapped) = trap().await;
    works_again(&shop, "before").await;
    let sound = document(&shop).await;
    for (what, does) in evil_documents(&sound, &elsewhere) {
        let fault = Fault::always(Meets::Path(DISCOVERY.to_owned()), does);
        let fault = shop.demo.bring_up(fault);
        shop.clock.advance(Duration::from_mins(61));
        let answer = attempt(&shop.visitor()).await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "{what}: {}",
            answer.body
        );
        let faults = shop.demo.faults();
        let met = faults.iter().find(|state| state.id == fault).unwrap().met;
        assert_eq!(met, 1, "{what}: asked again once");
        shop.demo.clear_faults();
    }
    assert_eq!(trapped.load(Ordering::SeqCst), 0, "the trap is not empty");
}

/// Test 11 of the forty: HS256 offered by discovery and used.
#[tokio::test]
async fn v5_what_discovery_offers_does_not_count() {
    let shop = TestPortal::start().await;
    let mut offering = document(&shop).await;
    offering["id_token_signing_alg_values_supported"] = json!(["HS256", "none", "RS256", "XYZ"]);
    let offer = || Fault::always(Meets::Path(DISCOVERY.to_owned()), says(200, &offering));
    shop.demo.bring_up(offer());
    let answer = attempt(&shop.visitor()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "RS256 all the same");
    for signing in [Signing::Secret, Signing::Unsigned] {
        let change = || TokenChange::signing(signing);
        shop.demo.spoil(Spoil {
            front: change(),
            back: change(),
            ..Spoil::default()
        });
        let visitor = shop.visitor();
        let answer = attempt(&visitor).await;
        refused(&visitor, &answer, &format!("{signing:?}"));
    }
}

/// Test 7 of the forty.
#[tokio::test]
async fn s4_of_two_finishes_at_once_one_redeems() {
    let shop = TestPortal::start().await;
    let maria = shop.visitor();
    let fields = maria.until_callback("maria", "/en").await;
    let parked = maria.call_back(&fields).await;
    let before = shop.demo.calls().token_requests;
    let (one, other) = futures::join!(maria.get(parked.leads_to()), maria.get(parked.leads_to()));
    let statuses = [one.status, other.status];
    assert!(statuses.contains(&StatusCode::SEE_OTHER), "{statuses:?}");
    assert!(statuses.iter().all(|status| !status.is_server_error()));
    for answer in [&one, &other] {
        assert!(
            answer.status == StatusCode::SEE_OTHER || answer.body.contains("<h1"),
            "a calm page: {}",
            answer.body
        );
    }
    // One for the code, one for the portal's own token.
    assert!(shop.demo.calls().token_requests - before <= 2);
    assert!(maria.get("/en").await.body.contains("Мария Иванова"));
}

/// The whole takes eight seconds at most, also where the customers of the person are what hangs; they are asked for again later.
#[tokio::test]
async fn customers_that_are_not_told_hold_no_sign_in_up() {
    let shop = TestPortal::start().await;
    let maria = shop.visitor();
    shop.demo.bring_up(Fault::always(
        Meets::set("Crm_Sales_CustomerExternalAccess"),
        Does::Hang,
    ));
    let answer = attempt(&maria).await;
    assert_eq!(answer.leads_to(), "/en");
    let met = shop
        .demo
        .faults()
        .iter()
        .map(|fault| fault.met)
        .sum::<u32>();
    assert!(met > 0, "the right question hangs");
    shop.demo.clear_faults();
    assert!(maria.get("/en").await.body.contains("Мария Иванова"));
}

/// Both were asked for: a form that lost its token on the way was changed, while the printed GET has none (F2).
#[tokio::test]
async fn f2_a_form_without_its_token_is_refused_and_the_printed_get_is_not() {
    let shop = TestPortal::start().await;
    let maria = shop.visitor();
    let without_token = |fields: Vec<(String, String)>| -> Vec<_> {
        let left = fields.into_iter().filter(|(name, _)| name != "id_token");
        left.collect()
    };
    let fields = without_token(maria.until_callback("maria", "/en/cart").await);
    let parked = maria.call_back(&fields).await;
    let before = shop.demo.calls().token_requests;
    let refused = maria.get(parked.leads_to()).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(shop.demo.calls().token_requests, before, "not redeemed");
    assert!(!maria.get("/en").await.body.contains("Мария Иванова"));
    let fields = without_token(maria.until_callback("maria", "/en/cart").await);
    let pairs: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let printed = format!("/signin-callback?{}", crate::visitor::form(&pairs));
    let parked = maria.get(&printed).await;
    assert_eq!(maria.get(parked.leads_to()).await.leads_to(), "/en/cart");
}

#[tokio::test]
async fn f2_a_code_alone_comes_by_get_where_the_application_is_so() {
    let shop = TestPortal::set(
        "http://localhost:3000",
        &[("VITRINA_RESPONSE_TYPE", "code")],
    )
    .await;
    let maria = shop.visitor();
    let fields = maria.until_callback("maria", "/en/cart").await;
    let pairs: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let parked = maria
        .get(&format!(
            "/signin-callback?{}",
            crate::visitor::form(&pairs)
        ))
        .await;
    assert_eq!(maria.get(parked.leads_to()).await.leads_to(), "/en/cart");
}
