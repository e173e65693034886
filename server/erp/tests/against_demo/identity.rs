//! Signing in against a provider that is old, thin, turning its keys, or evil (security.md §3–§5, §14, §15).

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
};
use demo::{Demo, Does, Fault, FaultId, Meets, Options, Rotation, Signing, Spoil, TokenChange};
use erp::{
    Config, Instance,
    config::{ResponseType, SignInRules, UserTypes},
    identity::{Attempt, SignInError, SignedIn, UserType},
    world::{Random, SystemRandom},
};
use serde_json::{Value, json};
use vitrina::{text::Language, visitor::PersonId};

use super::{callback, shop, sign_in, support};
use crate::support::{clock::Moved, config, random_text};

const MARIA: &str = "maria.ivanova@harbour.example";
const IVAN: &str = "ivan.kolev@ognishte.example";
const USERINFO: &str = "/id/connect/userinfo";
const PROFILE: &str = "/profile/me";

/// A client of the demo by other settings.
fn other(demo: &Demo, change: impl FnOnce(&mut Config)) -> Instance {
    let mut config = config(demo, demo.root());
    change(&mut config);
    Instance::new(config, support::clock(), Arc::new(SystemRandom)).unwrap()
}

async fn outcome(demo: &Demo, instance: &Instance, login: &str) -> Result<SignedIn, SignInError> {
    let (attempt, fields) = sign_in(demo, instance, login).await;
    instance
        .identity()
        .redeem(&attempt, &callback(&fields))
        .await
}

fn id_of(demo: &Demo, login: &str) -> PersonId {
    let people = demo.people();
    let person = people.iter().find(|person| person.login == login);
    PersonId::User(person.unwrap().id)
}

fn thin() -> TokenChange {
    TokenChange::claims(json!({"id": null, "name": null, "user_type": null, "locale": null}))
}

#[tokio::test]
async fn f2_both_flows_and_the_printed_get_after_a_hybrid_request() {
    let (demo, hybrid) = shop().await;
    let (attempt, fields) = sign_in(&demo, &hybrid, MARIA).await;
    assert!(fields.iter().any(|(name, _)| name == "id_token"));
    let printed: Vec<_> = fields
        .into_iter()
        .filter(|(name, _)| name == "code" || name == "state")
        .collect();
    let signed_in = hybrid
        .identity()
        .redeem(&attempt, &callback(&printed))
        .await;
    assert_eq!(signed_in.unwrap().person.id, id_of(&demo, MARIA));

    let code = other(&demo, |config| config.response_type = ResponseType::Code);
    let (attempt, fields) = sign_in(&demo, &code, IVAN).await;
    let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
    assert!(
        names.contains(&"code") && !names.contains(&"id_token"),
        "{names:?}"
    );
    let signed_in = code.identity().redeem(&attempt, &callback(&fields)).await;
    assert!(signed_in.unwrap().person.employee);
}

#[tokio::test]
async fn the_service_flow_of_old_instances_has_a_client_id_of_its_own() {
    let demo = Demo::start(Options {
        portal_origins: vec!["http://localhost:3000".to_owned()],
        service_client_id: Some("vitrina-demo-service".to_owned()),
        ..Options::default()
    })
    .await
    .unwrap();
    let with = other(&demo, |config| {
        config.service_client_id = Some("vitrina-demo-service".to_owned());
    });
    with.price_lists().await.unwrap();
    outcome(&demo, &with, MARIA).await.unwrap();
    let without = other(&demo, |_| {});
    assert_eq!(without.price_lists().await.unwrap_err().kind(), "token");
}

/// Test 16 of the forty.
#[tokio::test]
async fn v23_who_it_is_comes_from_the_first_source_that_knows_and_none_is_needed() {
    let (demo, instance) = shop().await;
    let whole = id_of(&demo, MARIA);
    let by_login = PersonId::Login(MARIA.to_owned());
    let off = |path: &str| Fault::always(Meets::Path(path.to_owned()), Does::refuse(503));
    for (userinfo, profile, access, expected, name) in [
        (true, true, TokenChange::default(), &whole, "Мария Иванова"),
        // F7: its flags are text.
        (true, true, thin(), &whole, "Мария Иванова"),
        (false, true, thin(), &whole, "Мария Иванова"),
        (false, false, thin(), &by_login, MARIA),
        (
            false,
            false,
            TokenChange::default(),
            &whole,
            "Мария Иванова",
        ),
        (
            false,
            false,
            TokenChange::claims(json!({"id": null})),
            &by_login,
            "Мария Иванова",
        ),
        // Not ours to read: its claims count for nothing.
        (
            false,
            false,
            TokenChange::signing(Signing::Stranger),
            &by_login,
            MARIA,
        ),
    ] {
        demo.clear_faults();
        demo.spoil(Spoil {
            access,
            ..Spoil::default()
        });
        for (path, there) in [(USERINFO, userinfo), (PROFILE, profile)] {
            if !there {
                demo.bring_up(off(path));
            }
        }
        let person = outcome(&demo, &instance, MARIA).await.unwrap().person;
        assert_eq!(
            &person.id, expected,
            "userinfo {userinfo}, profile {profile}"
        );
        assert_eq!(person.name, name);
    }
}

#[tokio::test]
async fn v23_userinfo_of_somebody_else_is_not_believed() {
    let (demo, instance) = shop().await;
    for userinfo in [
        json!({"sub": IVAN}),
        json!({"sub": null}),
        json!({"sub": "MARIA.IVANOVA@harbour.example"}),
        json!([]),
    ] {
        demo.clear_faults();
        demo.bring_up(Fault::always(
            Meets::Path(PROFILE.to_owned()),
            Does::refuse(404),
        ));
        demo.spoil(Spoil {
            access: thin(),
            userinfo: userinfo.clone(),
            ..Spoil::default()
        });
        let person = outcome(&demo, &instance, MARIA).await.unwrap().person;
        assert_eq!(person.id, PersonId::Login(MARIA.to_owned()), "{userinfo}");
    }
}

#[tokio::test]
async fn community_users_may_have_no_access_token_at_all() {
    let (demo, instance) = shop().await;
    demo.spoil(Spoil {
        answer: json!({"access_token": null}),
        back: TokenChange::claims(json!({"at_hash": null})),
        ..Spoil::default()
    });
    let signed_in = outcome(&demo, &instance, MARIA).await.unwrap();
    assert_eq!(signed_in.person.id, PersonId::Login(MARIA.to_owned()));
    assert_eq!(signed_in.user_type, UserType::Unknown);
    let strict = other(&demo, |config| {
        config.sign_in.user_types.untold = false;
    });
    let refused = outcome(&demo, &strict, MARIA).await;
    assert_eq!(refused.unwrap_err(), SignInError::UserType);
}

/// Test 17 of the forty.
#[tokio::test]
async fn f6_a_renamed_login_is_the_same_person() {
    let (demo, instance) = shop().await;
    let before = outcome(&demo, &instance, MARIA).await.unwrap();
    let renamed = || TokenChange::claims(json!({"sub": "maria.petrova@harbour.example"}));
    demo.spoil(Spoil {
        front: renamed(),
        back: renamed(),
        access: renamed(),
        ..Spoil::default()
    });
    let after = outcome(&demo, &instance, MARIA).await.unwrap();
    assert_eq!(before.person.id, after.person.id);
    assert_ne!(before.login, after.login);
}

#[tokio::test]
async fn v25_employees_customers_and_others_are_told_apart() {
    let (demo, instance) = shop().await;
    let staff = other(&demo, |config| {
        config.sign_in.user_types = UserTypes {
            internal: true,
            community: false,
            untold: false,
        };
    });
    for (login, employee) in [(MARIA, false), (IVAN, true)] {
        let person = outcome(&demo, &instance, login).await.unwrap().person;
        assert_eq!(person.employee, employee, "{login}");
        let refused = outcome(&demo, &staff, login).await.err();
        assert_eq!(refused, (!employee).then_some(SignInError::UserType));
    }
    demo.spoil(Spoil {
        access: TokenChange::claims(json!({"user_type": "SystemUserNoLogin"})),
        ..Spoil::default()
    });
    let refused = outcome(&demo, &instance, IVAN).await;
    assert_eq!(refused.unwrap_err(), SignInError::UserType);
}

#[tokio::test]
async fn a_person_who_was_disabled_meanwhile_is_refused_by_the_instance() {
    let (demo, instance) = shop().await;
    demo.bring_up(Fault::once(
        Meets::Token,
        Does::Answer {
            status: 400,
            content_type: "application/json".to_owned(),
            body: json!({"error": "invalid_grant"}).to_string(),
        },
    ));
    let refused = outcome(&demo, &instance, MARIA).await;
    assert_eq!(refused.unwrap_err(), SignInError::CodeRefused);
}

#[tokio::test]
async fn v21_an_age_is_asked_for_and_checked_where_the_setting_says_so() {
    let (demo, _) = shop().await;
    let instance = other(&demo, |config| {
        config.sign_in = SignInRules {
            max_age: Some(Duration::from_mins(10)),
            ..SignInRules::default()
        };
    });
    let attempt = Attempt {
        state: random_text().into(),
        nonce: random_text().into(),
        verifier: "v".repeat(64).into(),
        redirect_uri: "http://localhost:3000/signin-callback".parse().unwrap(),
        language: Language::ENGLISH,
    };
    let address = instance.identity().authorize(&attempt).await.unwrap();
    assert!(
        address
            .query_pairs()
            .any(|pair| pair == ("max_age".into(), "600".into()))
    );
    outcome(&demo, &instance, MARIA).await.unwrap();
    demo.spoil(Spoil {
        back: TokenChange::claims(json!({"auth_time": 1_500_000_000})),
        ..Spoil::default()
    });
    let refused = outcome(&demo, &instance, MARIA).await;
    assert_eq!(refused.unwrap_err().kind(), "rejected");
}

/// A fault that does no harm and counts.
fn count_key_fetches(demo: &Demo) -> FaultId {
    demo.bring_up(Fault::always(Meets::Keys, Does::Slow { milliseconds: 0 }))
}

fn met(demo: &Demo, id: FaultId) -> u32 {
    let faults = demo.faults();
    faults.iter().find(|fault| fault.id == id).unwrap().met
}

/// Test 15 of the forty: rotation before a sign-in and within one, with and without overlap.
#[tokio::test]
async fn v7_keys_may_turn_before_or_within_a_sign_in() {
    let clock = Arc::new(Moved::default());
    let demo = Demo::start(Options {
        portal_origins: vec!["http://localhost:3000".to_owned()],
        ..Options::default()
    })
    .await
    .unwrap();
    let config = config(&demo, demo.root());
    let instance = Instance::new(config, clock.clone(), Arc::new(SystemRandom)).unwrap();
    outcome(&demo, &instance, MARIA).await.unwrap();
    let fetches = count_key_fetches(&demo);
    for how in [Rotation::Overlap, Rotation::Abrupt] {
        // The tokens are good for five minutes, so the clock moves on by little.
        clock.advance(Duration::from_secs(61));
        demo.rotate_keys(how).unwrap();
        let before = met(&demo, fetches);
        outcome(&demo, &instance, MARIA).await.unwrap();
        assert_eq!(met(&demo, fetches), before + 1, "{how:?}: one fetch");
    }
    // Within: the front token is signed by the old key, the back one by the new.
    clock.advance(Duration::from_secs(61));
    let (attempt, fields) = sign_in(&demo, &instance, MARIA).await;
    demo.rotate_keys(Rotation::Abrupt).unwrap();
    let answer = callback(&fields);
    let before = met(&demo, fetches);
    instance.identity().redeem(&attempt, &answer).await.unwrap();
    assert_eq!(met(&demo, fetches), before + 1);
}

/// Test 15 of the forty: a storm of unknown keys, in callbacks and in logout tokens.
#[tokio::test]
async fn v7_b5_a_storm_of_unknown_keys_costs_one_fetch_a_minute() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let demo = Demo::start(Options {
        portal_origins: vec!["http://localhost:3000".to_owned()],
        ..Options::default()
    })
    .await
    .unwrap();
    let clock = Arc::new(Moved::default());
    let config = config(&demo, demo.root());
    let instance = Instance::new(config, clock.clone(), Arc::new(SystemRandom)).unwrap();
    let (attempt, fields) = sign_in(&demo, &instance, MARIA).await;
    instance.identity().ready().await.unwrap();
    let fetches = count_key_fetches(&demo);
    let mut kid = [0; 16];
    for round in 1..=2 {
        clock.advance(Duration::from_mins(1));
        for _ in 0..500 {
            SystemRandom.fill(&mut kid);
            let header = json!({"alg": "RS256", "kid": URL_SAFE_NO_PAD.encode(kid)}).to_string();
            let token = format!("{}.e30.AAAA", URL_SAFE_NO_PAD.encode(header));
            let logout = instance
                .identity()
                .logout_token(&token.clone().into())
                .await;
            assert_eq!(logout.unwrap_err().kind(), "rejected");
            let mut fields = fields.clone();
            fields.retain(|(name, _)| name != "id_token");
            fields.push(("id_token".to_owned(), token));
            let refused = instance
                .identity()
                .redeem(&attempt, &callback(&fields))
                .await;
            assert_eq!(refused.unwrap_err().kind(), "rejected");
        }
        assert_eq!(met(&demo, fetches), round, "1,000 tokens");
    }
    // None of them has cost the one who signs in anything.
    let signed_in = instance
        .identity()
        .redeem(&attempt, &callback(&fields))
        .await;
    assert!(signed_in.is_ok());
}

/// A key set that the provider would publish, changed.
async fn published(demo: &Demo, change: impl FnOnce(&mut Vec<Value>)) -> String {
    let address = format!("{}/id/.well-known/openid-configuration/jwks", demo.root());
    let mut set: Value = reqwest::get(address).await.unwrap().json().await.unwrap();
    change(set["keys"].as_array_mut().unwrap());
    set.to_string()
}

#[tokio::test]
async fn v7_odd_key_sets_are_bounded_work_and_no_way_in() {
    let (demo, _) = shop().await;
    let stranger = |kid: &str| {
        let modulus = format!("y{}", "A".repeat(85));
        json!({"kty": "RSA", "use": "sig", "kid": kid, "n": modulus, "e": "AQAB"})
    };
    for (what, set, sound) in [
        (
            "a thousand keys, ours first",
            published(&demo, |keys| {
                keys.extend((0..1000).map(|number| stranger(&number.to_string())));
            })
            .await,
            true,
        ),
        (
            "a thousand keys, ours last",
            published(&demo, |keys| {
                for number in 0..1000 {
                    keys.insert(0, stranger(&number.to_string()));
                }
            })
            .await,
            false,
        ),
        (
            "two keys under one name",
            published(&demo, |keys| {
                let kid = keys[0]["kid"].as_str().unwrap().to_owned();
                keys.push(stranger(&kid));
            })
            .await,
            false,
        ),
        (
            "a key that must not sign",
            published(&demo, |keys| keys[0]["use"] = json!("enc")).await,
            false,
        ),
        ("no keys", json!({"keys": []}).to_string(), false),
    ] {
        demo.clear_faults();
        let fault = demo.bring_up(Fault::always(
            Meets::Keys,
            Does::Answer {
                status: 200,
                content_type: "application/json".to_owned(),
                body: set,
            },
        ));
        let instance = other(&demo, |_| {});
        let outcome = outcome(&demo, &instance, MARIA).await;
        assert_eq!(outcome.is_ok(), sound, "{what}: {outcome:?}");
        assert!(met(&demo, fault) <= 2, "{what}: bounded work");
    }
}

#[tokio::test]
async fn b2_the_demos_own_logout_tokens_are_obeyed_and_no_other_token_is() {
    let (demo, instance) = shop().await;
    let signed_in = outcome(&demo, &instance, MARIA).await.unwrap();
    let token = demo.logout_token(MARIA).unwrap();
    let told = instance
        .identity()
        .logout_token(&token.into())
        .await
        .unwrap();
    assert_eq!(told.sid, signed_in.sid);
    assert_eq!(told.sub.as_deref(), Some(MARIA));
    let again = instance
        .identity()
        .logout_token(&demo.logout_token(MARIA).unwrap().into())
        .await
        .unwrap();
    assert_ne!(told.jti, again.jti);
    let wrong = instance.identity().logout_token(&signed_in.id_token).await;
    assert_eq!(wrong.unwrap_err().kind(), "rejected");
    let strict = other(&demo, |config| config.sign_in.plain_logout_tokens = false);
    let plain = demo.logout_token(MARIA).unwrap();
    let refused = strict.identity().logout_token(&plain.into()).await;
    assert_eq!(refused.unwrap_err().kind(), "rejected");
    demo.spoil(Spoil {
        logout: TokenChange::header(json!({"typ": "logout+jwt"})),
        ..Spoil::default()
    });
    let typed = demo.logout_token(MARIA).unwrap();
    assert!(strict.identity().logout_token(&typed.into()).await.is_ok());
}

/// An origin whose every answer never ends, and counts what was taken of it.
struct Endless {
    root: String,
    taken: Arc<AtomicUsize>,
}

const MIB: usize = 1 << 20;

impl Endless {
    /// At this path; the documents that lead there are sound.
    async fn at(path: &'static str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let root = format!("http://{}", listener.local_addr().unwrap());
        let taken = Arc::new(AtomicUsize::new(0));
        let state = (root.clone(), Arc::clone(&taken), path);
        let app = Router::new().fallback(endless).with_state(state);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { root, taken }
    }
}

async fn endless(
    State((root, taken, path)): State<(String, Arc<AtomicUsize>, &'static str)>,
    uri: Uri,
) -> Response {
    let issuer = format!("{root}/id");
    if uri.path() == path {
        let chunk = Bytes::from(vec![b' '; MIB]);
        let chunks = (0..512).map(move |_| {
            taken.fetch_add(1, Ordering::SeqCst);
            Ok::<_, std::io::Error>(chunk.clone())
        });
        return Body::from_stream(futures::stream::iter(chunks)).into_response();
    }
    match uri.path() {
        "/id/.well-known/openid-configuration" => Json(json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/connect/authorize"),
            "token_endpoint": format!("{issuer}/connect/token"),
            "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }))
        .into_response(),
        "/id/keys" => Json(json!({"keys": []})).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Test 13 of the forty: 512 MB at each endpoint of the provider; the reading stops at the limit, and what lies in the buffers of
/// the two sides is all that is ever held.
#[tokio::test]
async fn d3_512_megabytes_at_any_endpoint_of_the_provider_are_not_read() {
    let (demo, _) = shop().await;
    for path in [
        "/tools/auto-discovery",
        "/id/.well-known/openid-configuration",
        "/id/keys",
        "/id/connect/token",
    ] {
        let evil = Endless::at(path).await;
        let instance = other(&demo, |config| config.root = evil.root.parse().unwrap());
        let ready = instance.identity().ready().await;
        let token = instance.price_lists().await;
        let untouched = matches!(path, "/tools/auto-discovery" | "/id/connect/token");
        assert_eq!(ready.is_ok(), untouched, "{path}: {ready:?}");
        assert_eq!(token.unwrap_err().kind(), "token", "{path}");
        let taken = evil.taken.load(Ordering::SeqCst);
        assert!((1..64).contains(&taken), "{path}: {taken} MiB were taken");
    }
}

/// Test 13 of the forty, the bomb: sixteen megabytes in sixteen kilobytes, at each endpoint in turn.
#[tokio::test]
async fn d3_a_gzip_bomb_at_any_endpoint_of_the_provider_stops_at_the_limit() {
    let (demo, _) = shop().await;
    for (meets, passes) in [
        (Meets::Path("/tools/auto-discovery".to_owned()), true),
        (
            Meets::Path("/id/.well-known/openid-configuration".to_owned()),
            false,
        ),
        (Meets::Keys, false),
        (Meets::Token, false),
        // V23: a name is not worth a failure.
        (Meets::Path(USERINFO.to_owned()), true),
    ] {
        demo.clear_faults();
        demo.spoil(Spoil {
            access: thin(),
            ..Spoil::default()
        });
        let what = format!("{meets:?}");
        let sound = other(&demo, |_| {});
        let (attempt, fields) = sign_in(&demo, &sound, MARIA).await;
        let instance = other(&demo, |_| {});
        let bomb = demo.bring_up(Fault::always(meets, Does::Bomb));
        let outcome = instance
            .identity()
            .redeem(&attempt, &callback(&fields))
            .await;
        assert!(met(&demo, bomb) > 0, "{what}");
        assert_eq!(outcome.is_ok(), passes, "{what}: {outcome:?}");
    }
}
