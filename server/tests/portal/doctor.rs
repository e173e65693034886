//! The doctor at the bed of demo instances, each with another mistake.

use std::{
    collections::BTreeMap,
    process::Output,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use demo::{Demo, Does, Fault, Meets, Options, Registration, Version};
use erp::{Instance, world::SystemRandom};
use server::{
    doctor::{self, Depth, Doctor, Outcome, Report},
    portal::World,
    settings::{Input, Settings},
};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::{
    journal::Journal,
    test_portal::{MovedClock, TestPortal},
};

const ORIGIN: &str = "http://localhost:3000";
const SECRET: &str = "plain-secret-of-the-shop";

/// An instance, a shop's settings, and what is wrong with either.
struct Patient {
    demo: Demo,
    settings: BTreeMap<&'static str, String>,
    clock: Arc<MovedClock>,
    folder: TempDir,
}

impl Patient {
    /// Everything as it should be.
    async fn sound(change: impl FnOnce(&mut Options)) -> Self {
        let mut options = Options {
            client_secret: SECRET.to_owned(),
            portal_origins: vec![ORIGIN.to_owned()],
            ..Options::default()
        };
        change(&mut options);
        let demo = Demo::start(options).await.unwrap();
        let folder = TempDir::new().unwrap();
        let known = demo.settings();
        let settings = BTreeMap::from([
            ("VITRINA_INSTANCE", demo.root().to_owned()),
            ("VITRINA_CLIENT_ID", demo.client_id().to_owned()),
            ("VITRINA_CLIENT_SECRET", SECRET.to_owned()),
            ("VITRINA_COMPANY", known.company_code),
            ("VITRINA_LOCATION", known.location_code),
            ("VITRINA_DOCUMENT_TYPE", known.document_type),
            ("VITRINA_CHANNEL", known.channel),
            ("VITRINA_WAREHOUSE", known.warehouse),
            ("VITRINA_ORIGIN", ORIGIN.to_owned()),
            ("VITRINA_DATA", folder.path().to_string_lossy().into_owned()),
        ]);
        Self {
            demo,
            settings,
            clock: Arc::new(MovedClock::new()),
            folder,
        }
    }

    fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.settings.insert(name, value.into());
    }

    fn answers(&self, meets: Meets, status: u16, body: &str) {
        self.demo.bring_up(Fault::always(
            meets,
            Does::Answer {
                status,
                content_type: "application/json".to_owned(),
                body: body.to_owned(),
            },
        ));
    }

    /// The report, and all of it that is printed.
    async fn examined(&self) -> (Report, String) {
        let settings = Settings::read(&Input::new(self.settings.clone())).unwrap();
        let world = World {
            clock: Arc::clone(&self.clock) as Arc<dyn erp::world::Clock>,
            random: Arc::new(SystemRandom),
        };
        let instance = Instance::new(
            settings.config().unwrap(),
            Arc::clone(&world.clock),
            Arc::clone(&world.random),
        )
        .unwrap();
        let doctor = Doctor {
            instance: &instance,
            settings: &settings,
            world: &world,
            depth: Depth::Whole,
        };
        // Waiting for an instance that keeps the doctor waiting takes no time, once the clocks have been compared.
        let compared = AtomicBool::new(false);
        let mut lines = doctor::render::Lines::default();
        let mut text = String::new();
        let report = {
            let mut tell = |check: &doctor::Check| {
                text += &lines.after(check);
                compared.fetch_or(check.what == "Clock", Ordering::Relaxed);
            };
            let mut walk = std::pin::pin!(doctor.walk(&mut tell));
            tokio::select! {
                biased;
                report = &mut walk => report,
                () = until(&compared) => self.clock.hurry(walk).await,
            }
        };
        text += &lines.end();
        text += &doctor::render::summary(&report);
        text += &doctor::render::json(&report);
        (report, text)
    }

    /// The program itself.
    async fn command(&self, words: &[&str]) -> Output {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_server"));
        command
            .args(words)
            .env_clear()
            .envs(&self.settings)
            .current_dir(self.folder.path());
        tokio::task::spawn_blocking(move || command.output())
            .await
            .unwrap()
            .unwrap()
    }
}

async fn until(flag: &AtomicBool) {
    while !flag.load(Ordering::Relaxed) {
        tokio::task::yield_now().await;
    }
}

fn kinds(report: &Report) -> Vec<&'static str> {
    report.findings().map(doctor::Finding::kind).collect()
}

fn hash(secret: &str) -> String {
    STANDARD.encode(Sha256::digest(secret.as_bytes()))
}

/// A mistake, and what must be found: nothing less, nothing more.
struct Mistake {
    found: &'static [&'static str],
    options: fn(&mut Options),
    made: fn(&mut Patient),
}

const DISCOVERY: &str = "/id/.well-known/openid-configuration";
const ADDRESSES: &str = "General_Contacts_PartyContactMechanisms";

fn mistake(found: &'static [&'static str], made: fn(&mut Patient)) -> Mistake {
    Mistake {
        found,
        options: |_| {},
        made,
    }
}

fn registered(patient: &Patient, change: impl FnOnce(&mut Registration)) {
    let mut registration = Registration::default();
    change(&mut registration);
    patient.demo.register(registration);
}

fn of_the_way() -> Vec<Mistake> {
    vec![
        mistake(&["no_connection"], |patient| {
            patient.set("VITRINA_INSTANCE", "http://127.0.0.1:1");
        }),
        mistake(&["restarting"], |patient| {
            patient
                .demo
                .bring_up(Fault::always(Meets::Discovery, Does::refuse(503)));
        }),
        mistake(&["not_an_instance"], |patient| {
            patient
                .demo
                .bring_up(Fault::always(Meets::Discovery, Does::refuse(404)));
        }),
        mistake(&["sites_elsewhere"], |patient| {
            let alias = patient.demo.root().replace("127.0.0.1", "localhost");
            patient.set("VITRINA_INSTANCE", alias);
        }),
        mistake(&["no_auto_discovery"], |patient| {
            for path in ["/tools/auto-discovery", "/sys/auto-discovery"] {
                patient.demo.bring_up(Fault::always(
                    Meets::Path(path.to_owned()),
                    Does::refuse(404),
                ));
            }
        }),
        mistake(&["other_issuer"], |patient| {
            let root = patient.demo.root();
            let document = serde_json::json!({
                "issuer": "https://id.erp.net/id",
                "authorization_endpoint": format!("{root}/id/connect/authorize"),
                "token_endpoint": format!("{root}/id/connect/token"),
                "jwks_uri": format!("{root}{DISCOVERY}/jwks"),
                "response_types_supported": ["code", "code id_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            });
            patient.answers(
                Meets::Path(DISCOVERY.to_owned()),
                200,
                &document.to_string(),
            );
        }),
        mistake(&["provider_unusable"], |patient| {
            patient
                .demo
                .bring_up(Fault::always(Meets::Keys, Does::refuse(404)));
        }),
        mistake(&["clock_off"], |patient| {
            patient.clock.advance(Duration::from_secs(90));
        }),
        mistake(&["clock_drifts"], |patient| {
            patient.clock.advance(Duration::from_secs(30));
        }),
    ]
}

fn of_the_application() -> Vec<Mistake> {
    vec![
        mistake(&["application_unknown"], |patient| {
            registered(patient, |application| application.enabled = false);
        }),
        mistake(&["wrong_secret"], |patient| {
            patient.set("VITRINA_CLIENT_SECRET", "another-secret");
        }),
        mistake(&["hash_pasted"], |patient| {
            patient.set("VITRINA_CLIENT_SECRET", hash(SECRET));
        }),
        mistake(&["service_not_allowed"], |patient| {
            registered(patient, |application| {
                application.system_user_allowed = false;
            });
        }),
        mistake(&["scope_refused"], |patient| {
            registered(patient, |application| application.scope.truncate(1));
        }),
        mistake(&["scope_missing", "no_transaction"], |patient| {
            registered(patient, |application| {
                application.scope.truncate(1);
                application.leaves_out_scopes = true;
            });
        }),
        mistake(&["no_token"], |patient| {
            patient
                .demo
                .bring_up(Fault::always(Meets::Token, Does::refuse(500)));
        }),
        mistake(&["sign_in_refused"], |patient| {
            patient.set("VITRINA_ORIGIN", "http://localhost:3999");
        }),
        mistake(&["response_type_refused"], |patient| {
            registered(patient, |application| {
                application.response_types.retain(|kind| kind == "code");
            });
        }),
        mistake(&["logout_not_registered"], |patient| {
            let row = serde_json::json!({"value": [{
                "ImpersonateLoginUrl": format!("{ORIGIN}/signin-callback, https://other.example"),
                "ImpersonateLogoutUrl": "https://other.example",
                "ImpersonateAsCommunityUserAllowed": true,
            }]});
            let set = Meets::set("Systems_Security_TrustedApplications");
            patient.answers(set, 200, &row.to_string());
        }),
        mistake(&["login_not_registered", "customers_shut_out"], |patient| {
            let row = serde_json::json!({"value": [{
                "ImpersonateLoginUrl": null,
                "ImpersonateLogoutUrl": format!("{ORIGIN}/signout-callback"),
                "ImpersonateAsCommunityUserAllowed": false,
            }]});
            let set = Meets::set("Systems_Security_TrustedApplications");
            patient.answers(set, 200, &row.to_string());
        }),
    ]
}

fn of_the_api() -> Vec<Mistake> {
    vec![
        mistake(&["token_not_accepted"], |patient| {
            patient
                .demo
                .bring_up(Fault::always(Meets::Api, Does::refuse(401)));
        }),
        mistake(&["no_licence"], |patient| patient.demo.lose_licence()),
        Mistake {
            options: |options| options.version = Version::V27_1,
            ..mistake(&["no_licence"], |patient| patient.demo.lose_licence())
        },
        mistake(&["too_many_calls"], |patient| {
            let refusal = Does::refuse_for(429, "60");
            patient.demo.bring_up(Fault::always(Meets::Api, refusal));
        }),
        mistake(&["limits_raised"], |patient| {
            patient.set("VITRINA_CALLS_AT_ONCE", "5");
        }),
        Mistake {
            options: |options| options.version = Version::V24_1,
            ..mistake(&["version_too_old"], |_| {})
        },
        mistake(&["version_unknown"], |patient| {
            patient.demo.bring_up(Fault::always(
                Meets::call("GET GetVersion"),
                Does::refuse(404),
            ));
        }),
        mistake(&["forbidden"], |patient| {
            patient
                .demo
                .bring_up(Fault::always(Meets::set(ADDRESSES), Does::refuse(403)));
        }),
        mistake(&["no_such_set"], |patient| {
            patient
                .demo
                .bring_up(Fault::always(Meets::set(ADDRESSES), Does::refuse(404)));
        }),
        mistake(&["no_such_attribute"], |patient| {
            let body = r#"{"message":"There is no 'IsDefault' on it.","code":0,"type":"X"}"#;
            patient.answers(Meets::set(ADDRESSES), 500, body);
        }),
        mistake(&["fails"], |patient| {
            let body = r#"{"message":"Execution Timeout Expired.","code":0,"type":"SqlException"}"#;
            patient.answers(Meets::set(ADDRESSES), 500, body);
        }),
        mistake(&["no_transaction"], |patient| {
            patient.demo.bring_up(Fault::always(
                Meets::call("BeginTransaction"),
                Does::refuse(403),
            ));
        }),
    ]
}

fn of_the_seller() -> Vec<Mistake> {
    vec![
        mistake(&["company"], |patient| {
            patient.set("VITRINA_COMPANY", "NOBODY");
        }),
        mistake(&["company_open"], |patient| {
            patient.set("VITRINA_COMPANY", "");
        }),
        mistake(&["location"], |patient| {
            patient.set("VITRINA_LOCATION", "NOWHERE");
        }),
        mistake(&["location_open"], |patient| {
            patient.set("VITRINA_LOCATION", "");
        }),
        mistake(&["channel"], |patient| {
            patient.set("VITRINA_CHANNEL", "SMOKE");
        }),
        mistake(&["warehouse"], |patient| {
            patient.set("VITRINA_WAREHOUSE", "ATTIC");
        }),
        mistake(&["warehouse_open"], |patient| {
            patient.set("VITRINA_WAREHOUSE", "");
        }),
        mistake(&["document_type"], |patient| {
            patient.set("VITRINA_DOCUMENT_TYPE", "SO-NONE");
        }),
        mistake(&["document_type_open"], |patient| {
            patient.set("VITRINA_DOCUMENT_TYPE", "");
        }),
        mistake(&["nothing_published"], |patient| {
            patient.answers(
                Meets::call("GET General_Products_Products/$count"),
                200,
                "0",
            );
        }),
        mistake(&["language_missing"], |patient| {
            patient.set("VITRINA_LANGUAGES", "en,bg,de");
        }),
    ]
}

async fn all_are_found(mistakes: Vec<Mistake>) {
    for Mistake {
        found,
        options,
        made,
    } in mistakes
    {
        let mut patient = Patient::sound(options).await;
        made(&mut patient);
        let (report, text) = patient.examined().await;
        assert_eq!(kinds(&report), found, "{text}");
        let secret = patient.settings["VITRINA_CLIENT_SECRET"].clone();
        // Z1, T8: neither a secret, nor its hash, nor a token.
        for hidden in [SECRET, &secret, &hash(SECRET), "eyJ", "Bearer"] {
            assert!(!text.contains(hidden), "{found:?} prints {hidden}: {text}");
        }
    }
}

#[tokio::test]
async fn s9_mistakes_on_the_way_to_the_instance_are_found_and_no_others() {
    all_are_found(of_the_way()).await;
}

#[tokio::test]
async fn mistakes_of_the_trusted_application_are_found_and_no_others() {
    all_are_found(of_the_application()).await;
}

#[tokio::test]
async fn mistakes_of_rights_licences_limits_and_versions_are_found_and_no_others() {
    all_are_found(of_the_api()).await;
}

#[tokio::test]
async fn mistakes_of_the_seller_are_found_and_no_others() {
    all_are_found(of_the_seller()).await;
}

#[test]
fn each_mistake_has_a_finding_of_its_own() {
    let all = [
        of_the_way(),
        of_the_application(),
        of_the_api(),
        of_the_seller(),
    ];
    let mut first: Vec<_> = all
        .iter()
        .flatten()
        .map(|mistake| mistake.found[0])
        .collect();
    // The same with the words of another version.
    let licence = first.iter().filter(|kind| **kind == "no_licence").count();
    assert_eq!(licence, 2);
    first.sort_unstable();
    first.dedup();
    assert_eq!(first.len() + 1, all.iter().flatten().count());
    assert!(first.len() >= 12);
    let manual = include_str!("../../../docs/operations.md");
    for kind in all.iter().flatten().flat_map(|mistake| mistake.found) {
        assert!(
            manual.contains(&format!("`{kind}`")),
            "{kind} is not in the manual"
        );
    }
}

#[tokio::test]
async fn nothing_is_found_where_all_is_well() {
    for version in [
        Version::V25_1,
        Version::V26_2,
        Version::V26_3,
        Version::V27_1,
    ] {
        let patient = Patient::sound(|options| options.version = version).await;
        let (report, text) = patient.examined().await;
        assert_eq!(kinds(&report), [""; 0], "{version}: {text}");
        let skipped = report
            .checks
            .iter()
            .any(|check| matches!(check.outcome, Outcome::Skipped(_)));
        assert!(!skipped, "{version}: {text}");
        assert!(patient.demo.orders().is_empty());
        assert_eq!(patient.demo.seen().transactions, 0, "{version}");
    }
}

#[tokio::test]
async fn the_command_tells_by_its_status_and_prints_no_secret() {
    let mut patient = Patient::sound(|_| {}).await;
    let told = |output: &Output| {
        let all = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        let text = String::from_utf8(all).unwrap();
        assert!(!text.contains(SECRET) && !text.contains("eyJ"), "{text}");
        (output.status.code(), text)
    };
    let (status, text) = told(&patient.command(&["doctor"]).await);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("All is well."), "{text}");

    registered(&patient, |application| {
        application.system_user_allowed = false;
    });
    let (status, text) = told(&patient.command(&["doctor"]).await);
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("SystemUserAllowed"), "{text}");
    let (status, text) = told(&patient.command(&["doctor", "--json"]).await);
    assert_eq!(status, Some(1), "{text}");
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["problems"], 1);

    // All mistakes of the settings at once.
    patient.set("VITRINA_CALLS_AT_ONCE", "none");
    patient.set("VITRINA_ORIGIN", "shop");
    let (status, text) = told(&patient.command(&["doctor"]).await);
    assert_eq!(status, Some(2), "{text}");
    assert!(text.contains("VITRINA_CALLS_AT_ONCE") && text.contains("VITRINA_ORIGIN"));
}

#[tokio::test]
async fn m7_the_start_up_check_tells_each_finding_once_and_asks_little() {
    let journal = Journal::begin();
    let shop = TestPortal::start().await;
    shop.demo
        .bring_up(Fault::always(Meets::set(ADDRESSES), Does::refuse(403)));
    doctor::start::check(Arc::clone(&shop.portal)).await;
    let log = journal.read();
    let lines: Vec<_> = log
        .lines()
        .filter(|line| line.contains("start-up check"))
        .collect();
    assert_eq!(lines.len(), 1, "{log}");
    assert!(
        lines[0].contains("forbidden")
            && lines[0].contains(ADDRESSES)
            && lines[0].contains("Roles"),
        "{log}"
    );
    let seen = shop.demo.seen();
    assert!(seen.calls.total <= 50, "{seen:?}");
    assert_eq!(seen.transactions_begun, 0);
}

#[tokio::test]
async fn s9_the_start_up_check_comes_back_to_an_instance_that_was_away() {
    let journal = Journal::begin();
    let shop = TestPortal::start().await;
    let away = Fault::once(Meets::Discovery, Does::refuse(503));
    shop.demo.bring_up(away);
    shop.clock
        .hurry(doctor::start::check(Arc::clone(&shop.portal)))
        .await;
    let log = journal.read();
    let told = |kind: &str| {
        log.lines()
            .filter(|line| line.contains("start-up check") && line.contains(kind))
            .count()
    };
    assert_eq!(told("restarting"), 1, "{log}");
    assert!(shop.demo.calls().total > 10, "{log}");
}
