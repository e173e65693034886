//! The ledger's compare-and-set steps under parallel use (S1), on SQLite and, where `VITRINA_TEST_POSTGRES` names a database, on
//! PostgreSQL.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::{path::PathBuf, sync::Arc};

use erp::world::{Clock, SystemClock};
use server::{
    ledger::{
        Ledger,
        attempts::{Claim, LIFE, MOST, MOST_FROM_A_SITE, MOST_FROM_ONE, NewAttempt, Parked},
        sessions::Sessions,
        sign_outs::Which,
    },
    settings::LedgerAddress,
};
use sqlx::Connection;
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
};

const NOW: OffsetDateTime = time::macros::datetime!(2126-11-23 10:00 UTC);

struct Database {
    ledger: Ledger,
    folder: TempDir,
}

async fn sqlite() -> Database {
    let folder = TempDir::new().unwrap();
    let inner = folder.path().join("a folder?");
    std::fs::create_dir(&inner).unwrap();
    let ledger = Ledger::new(&LedgerAddress::Sqlite(inner.join("ledger.sqlite"))).unwrap();
    ledger.migrate().await.unwrap();
    Database { ledger, folder }
}

#[expect(
    clippy::disallowed_methods,
    reason = "names the database of this test run; it is no setting"
)]
fn postgres() -> Option<String> {
    std::env::var("VITRINA_TEST_POSTGRES").ok()
}

async fn everywhere() -> Vec<Database> {
    let mut databases = vec![sqlite().await];
    if let Some(address) = postgres() {
        let ledger = Ledger::new(&LedgerAddress::parse(&address).unwrap()).unwrap();
        ledger.migrate().await.unwrap();
        let folder = TempDir::new().unwrap();
        databases.push(Database { ledger, folder });
    } else {
        println!("PostgreSQL: skipped, VITRINA_TEST_POSTGRES names no database");
    }
    databases
}

/// Fresh each time, so that a database may be used for more than one run.
fn attempt() -> NewAttempt {
    let unique = Id::default();
    NewAttempt {
        id: format!("id-{unique}"),
        state: format!("state-{unique}"),
        browser: format!("browser-{unique}"),
        nonce: "nonce".to_owned(),
        verifier: "verifier".to_owned(),
        return_to: "/en/cart".to_owned(),
        source: None,
    }
}

async fn begun(ledger: &Ledger) -> NewAttempt {
    let attempt = attempt();
    assert!(ledger.begin_attempt(&attempt, NOW).await.unwrap());
    attempt
}

fn landing_of(id: &str) -> String {
    format!("landing-{id}")
}

async fn park(ledger: &Ledger, attempt: &NewAttempt, answer: &str, now: OffsetDateTime) -> Parked {
    let landing = landing_of(&attempt.id);
    ledger
        .park_answer(&attempt.state, answer, &landing, now)
        .await
        .unwrap()
}

async fn answered(ledger: &Ledger) -> NewAttempt {
    let attempt = begun(ledger).await;
    assert_eq!(park(ledger, &attempt, "answer", NOW).await, Parked::Waits);
    attempt
}

async fn claim(
    ledger: &Ledger,
    id: &str,
    browser: Option<&str>,
    now: OffsetDateTime,
) -> &'static str {
    let Some(landed) = ledger.landed(&landing_of(id)).await.unwrap() else {
        return "expired";
    };
    assert_eq!(landed.id(), id);
    match ledger.claim_attempt(&landed, browser, now).await.unwrap() {
        Claim::Yours(claimed) => {
            assert_eq!(
                (claimed.answer.as_str(), claimed.nonce.as_str()),
                ("answer", "nonce")
            );
            "yours"
        }
        Claim::OtherBrowser => "other browser",
        Claim::Used { .. } => "used",
        Claim::Expired => "expired",
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s1_of_many_answers_at_once_one_is_parked() {
    for Database { ledger, .. } in everywhere().await {
        let attempt = begun(&ledger).await;
        let answers = (0..16).map(|number| {
            let (ledger, attempt) = (ledger.clone(), attempt.clone());
            tokio::spawn(
                async move { park(&ledger, &attempt, &format!("answer {number}"), NOW).await },
            )
        });
        let outcomes = futures::future::join_all(answers).await;
        let parked = outcomes
            .into_iter()
            .map(Result::unwrap)
            .filter(|outcome| *outcome != Parked::Refused);
        assert_eq!(parked.collect::<Vec<_>>(), [Parked::Waits]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s4_of_many_finishes_at_once_one_redeems() {
    for Database { ledger, .. } in everywhere().await {
        let attempt = answered(&ledger).await;
        let claims = (0..16).map(|_| {
            let (ledger, attempt) = (ledger.clone(), attempt.clone());
            tokio::spawn(
                async move { claim(&ledger, &attempt.id, Some(&attempt.browser), NOW).await },
            )
        });
        let outcomes = futures::future::join_all(claims).await;
        let mut outcomes: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
        outcomes.sort_unstable();
        assert_eq!(outcomes.pop(), Some("yours"));
        assert!(
            outcomes.iter().all(|outcome| *outcome == "used"),
            "{outcomes:?}"
        );
    }
}

/// B3: what is under way knows after how many sign-outs it began, also while many sign out.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn b3_of_many_sign_outs_at_once_each_has_a_number_of_its_own() {
    async fn number(ledger: &Ledger) -> i64 {
        let attempt = answered(ledger).await;
        let landing = landing_of(&attempt.id);
        let landed = ledger.landed(&landing).await.unwrap().unwrap();
        let claim = ledger.claim_attempt(&landed, Some(&attempt.browser), NOW);
        match claim.await.unwrap() {
            Claim::Yours(claimed) => claimed.signed_out_before,
            _ => panic!("the attempt is this browser's"),
        }
    }
    for Database { ledger, .. } in everywhere().await {
        let before = number(&ledger).await;
        let sign_outs = (0..16).map(|person| {
            let ledger = ledger.clone();
            tokio::spawn(async move {
                let login = format!("person {}", person % 4);
                ledger.end_sessions(Which::Login(&login), NOW).await
            })
        });
        for ended in futures::future::join_all(sign_outs).await {
            assert_eq!(ended.unwrap().unwrap(), 0);
        }
        assert_eq!(number(&ledger).await, before + 16);
    }
}

#[tokio::test]
async fn p3_what_belongs_to_no_attempt_is_refused() {
    for Database { ledger, .. } in everywhere().await {
        assert_eq!(park(&ledger, &attempt(), "x", NOW).await, Parked::Refused);
        let slow = begun(&ledger).await;
        assert_eq!(park(&ledger, &slow, "x", NOW + LIFE).await, Parked::Refused);
        // Slower than the two minutes for which some browsers send cookies all the same: still in time.
        let in_time = park(&ledger, &slow, "x", NOW + Duration::minutes(9)).await;
        assert_eq!(in_time, Parked::Waits);
    }
}

#[tokio::test]
async fn p5_who_began_brought_the_answer_and_finishes_is_one_browser() {
    for Database { ledger, .. } in everywhere().await {
        for browser in [None, Some(""), Some("guess")] {
            // Landed, but begun elsewhere: the answer is worth nothing from now on, whoever comes.
            let attempt = answered(&ledger).await;
            assert_eq!(
                claim(&ledger, &attempt.id, browser, NOW).await,
                "other browser"
            );
            assert_eq!(
                claim(&ledger, &attempt.id, Some(&attempt.browser), NOW).await,
                "expired"
            );
        }
        // Begun, but landed elsewhere: what is known to who began names no landing.
        let attempt = answered(&ledger).await;
        for known in [&attempt.id, &attempt.state, &attempt.browser, ""] {
            assert_eq!(ledger.landed(known).await.unwrap(), None, "{known}");
        }
        assert_eq!(
            claim(&ledger, &attempt.id, Some(&attempt.browser), NOW).await,
            "yours"
        );
    }
}

#[tokio::test]
async fn an_answer_waits_one_minute_for_its_browser() {
    for Database { ledger, .. } in everywhere().await {
        let attempt = answered(&ledger).await;
        let late = NOW + Duration::minutes(1);
        assert_eq!(
            claim(&ledger, &attempt.id, Some(&attempt.browser), late).await,
            "expired"
        );
        ledger.delete_expired(late).await.unwrap();
        assert_eq!(
            claim(&ledger, &attempt.id, Some(&attempt.browser), NOW).await,
            "expired"
        );
    }
}

#[tokio::test]
async fn p7_a_second_finish_is_told_what_became_of_the_first() {
    for Database { ledger, .. } in everywhere().await {
        for (succeeded, told) in [(true, "used"), (false, "expired")] {
            let attempt = answered(&ledger).await;
            assert_eq!(
                claim(&ledger, &attempt.id, Some(&attempt.browser), NOW).await,
                "yours"
            );
            ledger.end_attempt(&attempt.id, succeeded).await.unwrap();
            assert_eq!(
                claim(&ledger, &attempt.id, Some(&attempt.browser), NOW).await,
                told
            );
        }
    }
}

#[tokio::test]
async fn s2_neither_state_nor_cookie_is_stored_as_it_is() {
    let Database { ledger, folder } = sqlite().await;
    let attempt = answered(&ledger).await;
    // Open, but at rest: closing would tidy files away while they are read.
    let files = std::fs::read_dir(folder.path().join("a folder?")).unwrap();
    let paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    let stored: Vec<u8> = paths
        .iter()
        .flat_map(|path| std::fs::read(path).unwrap())
        .collect();
    let holds = |text: &str| {
        stored
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert!(
        holds(&attempt.id),
        "the test reads the right files: {paths:?}"
    );
    assert!(!holds(&attempt.state) && !holds(&attempt.browser));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn m7_migrations_run_once_however_many_portals_start() {
    let folder = TempDir::new().unwrap();
    let address = LedgerAddress::Sqlite(folder.path().join("ledger.sqlite"));
    let portals = (0..6).map(|_| {
        let ledger = Ledger::new(&address).unwrap();
        tokio::spawn(async move { ledger.migrate().await })
    });
    for outcome in futures::future::join_all(portals).await {
        outcome.unwrap().unwrap();
    }
}

/// Another program at the same file.
async fn beside(folder: &TempDir) -> sqlx::SqliteConnection {
    let file = folder.path().join("a folder?/ledger.sqlite");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap()
}

/// So many attempts at once from one site, that began so many seconds later.
async fn flood(folder: &TempDir, many: i64, site: &str, seconds: i64) {
    let mut beside = beside(folder).await;
    let expires = (NOW + LIFE).unix_timestamp();
    let began = (NOW.unix_timestamp() + seconds) * 1000;
    let many = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many}) \
         INSERT INTO attempts (id, state_hash, browser_hash, stage, nonce, verifier, return_to, answer, expires, site_hash, began) \
         SELECT 'id' || i, 'state' || i, '', 'begun', '', '', '/en', '', {expires}, '{site}', {began} FROM n",
    );
    sqlx::query(&many).execute(&mut beside).await.unwrap();
}

#[tokio::test]
async fn of_twenty_thousand_attempts_the_oldest_makes_room() {
    let Database { ledger, folder } = sqlite().await;
    let oldest = begun(&ledger).await;
    flood(&folder, MOST - 1, "", 1).await;
    // The twenty thousand and first.
    let latest = begun(&ledger).await;
    assert_eq!(
        park(&ledger, &oldest, "x", NOW).await,
        Parked::Refused,
        "it made room"
    );
    assert_eq!(park(&ledger, &latest, "x", NOW).await, Parked::Waits);
}

#[tokio::test]
async fn section_11_of_twenty_thousand_hand_overs_the_oldest_makes_room() {
    let Database { ledger, folder } = sqlite().await;
    let begin = async |id: &str, at: OffsetDateTime| {
        ledger.begin_hand_over(id, "frame", at).await.unwrap();
    };
    begin("oldest", NOW).await;
    begin("second", NOW + Duration::seconds(1)).await;
    let expires = (NOW + LIFE).unix_timestamp() + 2;
    let many = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 19998) \
         INSERT INTO hand_overs (id, stage, frame_hash, window_hash, ticket_hash, offer, expires) \
         SELECT 'id' || i, 'begun', '', '', '', '', {expires} FROM n",
    );
    let mut beside = beside(&folder).await;
    sqlx::query(&many).execute(&mut beside).await.unwrap();
    begin("latest", NOW + Duration::seconds(3)).await;
    for (id, waits) in [("oldest", false), ("second", true), ("latest", true)] {
        let found = ledger.hand_over_waits(id, NOW).await.unwrap();
        assert_eq!(found, waits, "{id}");
    }
}

/// Sessions, names and what people typed stand there.
#[cfg(unix)]
#[tokio::test]
async fn s7_nobody_else_on_the_machine_reads_the_ledger() {
    use std::os::unix::fs::PermissionsExt;

    let Database { ledger, folder } = sqlite().await;
    let attempt = begun(&ledger).await;
    for name in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"] {
        let file = folder.path().join("a folder?").join(name);
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert_eq!(park(&ledger, &attempt, "x", NOW).await, Parked::Waits);
}

#[tokio::test]
async fn section_11_a_flood_pushes_its_own_attempts_out_and_nobody_elses() {
    let Database { ledger, folder } = sqlite().await;
    let oldest = begun(&ledger).await;
    flood(&folder, MOST - 1, "a site with many networks", 1).await;
    // The next three make room.
    for _ in 0..3 {
        let latest = begun(&ledger).await;
        assert_eq!(park(&ledger, &latest, "x", NOW).await, Parked::Waits);
    }
    assert_eq!(
        park(&ledger, &oldest, "x", NOW).await,
        Parked::Waits,
        "older than the flood, and not pushed out by it"
    );
}

/// Who answers a flood of their own makes room all the same.
#[tokio::test]
async fn section_11_a_flood_that_is_answered_pushes_nobody_else_out() {
    let Database { ledger, folder } = sqlite().await;
    let honest = begun(&ledger).await;
    flood(&folder, MOST - 1, "a site", 1).await;
    let mut beside = beside(&folder).await;
    sqlx::query("UPDATE attempts SET stage = 'answered' WHERE site_hash = 'a site'")
        .execute(&mut beside)
        .await
        .unwrap();
    begun(&ledger).await;
    assert_eq!(park(&ledger, &honest, "x", NOW).await, Parked::Waits);
}

/// M3: a portal that freezes while it numbers a sign-out holds the others up for some seconds, and not for good.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn m3_a_portal_that_freezes_with_the_counter_locked_takes_nobody_along() {
    let Some(address) = postgres() else {
        println!("PostgreSQL: skipped, VITRINA_TEST_POSTGRES names no database");
        return;
    };
    let ledger = Ledger::new(&LedgerAddress::parse(&address).unwrap()).unwrap();
    ledger.migrate().await.unwrap();
    // As the portal's own connections are, up to the moment it freezes.
    let mut frozen = sqlx::PgConnection::connect(&address).await.unwrap();
    for statement in [
        "SET idle_in_transaction_session_timeout = '10s'",
        "BEGIN",
        "UPDATE sign_out_counter SET number = number + 1",
    ] {
        sqlx::query(statement).execute(&mut frozen).await.unwrap();
    }
    let sign_outs = (0..20).map(|_| {
        let ledger = ledger.clone();
        tokio::spawn(async move { ledger.end_sessions(Which::Login("maria"), NOW).await })
    });
    let ended = futures::future::join_all(sign_outs).await;
    assert!(ended.into_iter().any(|ended| ended.unwrap().is_err()));
    ledger.ping().await.unwrap();
    // The database lets the frozen one go, and sign-outs are possible again.
    let mut freed = false;
    for _ in 0..10 {
        freed = ledger
            .end_sessions(Which::Login("maria"), NOW)
            .await
            .is_ok();
        if freed {
            break;
        }
    }
    assert!(freed);
}

#[tokio::test]
async fn section_11_attempts_wait_by_network_and_by_site() {
    for Database { ledger, .. } in everywhere().await {
        // Another one each time, so that a database may be used for more than one run.
        let [a, b, ..] = Id::default().0.to_le_bytes();
        let from = |network: i64, host: u16| {
            let network = u16::try_from(network).unwrap();
            let site = u16::from_le_bytes([a, b]);
            NewAttempt {
                source: Some([0x2001, 0xdb8, site, network, 0, 0, 0, host].into()),
                ..attempt()
            }
        };
        let begins = async |attempt: NewAttempt| ledger.begin_attempt(&attempt, NOW).await.unwrap();
        let houses = MOST_FROM_A_SITE / MOST_FROM_ONE;
        for house in 0..houses {
            for _ in 0..MOST_FROM_ONE {
                assert!(begins(from(house, 1)).await);
            }
            assert!(!begins(from(house, 2)).await, "the house has all it may");
        }
        assert!(!begins(from(houses, 1)).await, "and so has the site");
        let mut elsewhere = from(0, 1);
        elsewhere.source = Some([0x2001, 0xdb8 + 1, 0, 0, 0, 0, 0, 1].into());
        assert!(begins(elsewhere).await);
        let mut unknown = from(0, 1);
        unknown.source = None;
        assert!(begins(unknown).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn b2_of_many_requests_with_one_logout_token_one_is_obeyed() {
    for Database { ledger, .. } in everywhere().await {
        let jti = format!("jti-{}", Id::default());
        let requests = (0..16).map(|_| {
            let (ledger, jti) = (ledger.clone(), jti.clone());
            tokio::spawn(async move {
                ledger.note_logout_token(&jti, NOW, NOW).await.unwrap()
                    && ledger.settle_logout_token(&jti).await.unwrap()
            })
        });
        let obeyed = futures::future::join_all(requests).await;
        let obeyed = obeyed
            .into_iter()
            .filter(|outcome| *outcome.as_ref().unwrap());
        assert_eq!(obeyed.count(), 1);
        // One that was noted and not done may come again; one that is done may not, for as long as its token lives.
        let again = format!("jti-{}", Id::default());
        for _ in 0..2 {
            assert!(ledger.note_logout_token(&again, NOW, NOW).await.unwrap());
        }
        assert!(ledger.settle_logout_token(&again).await.unwrap());
        assert!(!ledger.note_logout_token(&again, NOW, NOW).await.unwrap());
        let in_life = NOW + Duration::minutes(59);
        ledger.delete_expired(in_life).await.unwrap();
        assert!(
            !ledger
                .note_logout_token(&again, NOW, in_life)
                .await
                .unwrap()
        );
    }
}

#[tokio::test]
async fn an_older_ledger_is_brought_up_to_date_and_keeps_what_it_has() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("ledger.sqlite");
    // As the first two migrations left it.
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(true);
    let mut before = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    for sql in [
        include_str!("../migrations/0001_sign_in.sql"),
        include_str!("../migrations/0002_carts_and_orders.sql"),
        "INSERT INTO sessions (id_hash, data, expires) VALUES ('x', '{}', 9999999999)",
        include_str!("../migrations/0003_sessions.sql"),
    ] {
        sqlx::raw_sql(sql).execute(&mut before).await.unwrap();
    }
    let kept: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM sessions WHERE handle = '' AND person_hash = ''")
            .fetch_one(&mut before)
            .await
            .unwrap();
    assert_eq!(kept, 1);
}

fn record(expires_in: Duration) -> Record {
    let expiry = (SystemClock::new().now() + expires_in).unix_timestamp();
    Record {
        id: Id::default(),
        data: [("key".to_owned(), serde_json::json!({ "a": 1 }))].into(),
        expiry_date: OffsetDateTime::from_unix_timestamp(expiry).unwrap(),
    }
}

#[tokio::test]
async fn a_session_record_is_made_kept_and_never_revived() {
    for Database { ledger, .. } in everywhere().await {
        let store = Sessions::new(ledger, Arc::new(SystemClock::new()));
        // Beyond what the other tests of a shared database delete.
        let mut first = record(Duration::weeks(52 * 200));
        store.create(&mut first).await.unwrap();
        assert_eq!(store.load(&first.id).await.unwrap(), Some(first.clone()));

        // Creating never overwrites: the second gets an id of its own.
        let mut second = first.clone();
        second.data.clear();
        store.create(&mut second).await.unwrap();
        assert_ne!(second.id, first.id);
        assert_eq!(store.load(&first.id).await.unwrap(), Some(first.clone()));

        // Saving never revives what was signed out in another tab.
        store.delete(&first.id).await.unwrap();
        store.save(&first).await.unwrap();
        assert_eq!(store.load(&first.id).await.unwrap(), None);

        let mut over = record(-Duration::seconds(1));
        store.create(&mut over).await.unwrap();
        assert_eq!(store.load(&over.id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn m2_a_ledger_that_is_down_says_so() {
    let nowhere = LedgerAddress::parse("postgres://nobody@127.0.0.1:1/none").unwrap();
    let ledger = Ledger::new(&nowhere).unwrap();
    assert!(ledger.ping().await.is_err());
    let Err(error) = ledger.begin_attempt(&attempt(), NOW).await else {
        panic!("there is no database");
    };
    assert!(!error.to_string().contains("state-"), "{error}");
}
