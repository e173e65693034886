//! What is told of a sign-in that fails: to the person a page, to the operator a line with its kind and the request's reference, and to
//! neither a secret (Z3; test 39 of the forty, its logs).

use axum::{Router, body::Body, routing::get};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use demo::{Answering, Does, Fault, Meets};
use http::StatusCode;
use server::layers;
use sha2::{Digest, Sha256};
use tower::ServiceExt;

use crate::{
    journal::Journal,
    mirror::{add, filled, plain},
    orders::{checkout, place},
    test_portal::TestPortal,
    visitor::{Answer, Visitor, read},
};

/// The ways a secret may be written: as it is, in an address, in base64, and as its hash (Z2).
fn written(secret: &str) -> Vec<String> {
    let hash = Sha256::digest(secret.as_bytes());
    let whole = |text: String| text.trim_end_matches('=').to_owned();
    let mut ways = vec![
        secret.to_owned(),
        form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC)
            .to_string(),
        whole(STANDARD.encode(secret)),
        URL_SAFE_NO_PAD.encode(secret),
        whole(STANDARD.encode(hash)),
        URL_SAFE_NO_PAD.encode(hash),
    ];
    ways.push(
        hash.iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}")),
    );
    ways
}

fn must_not_tell(told: &str, secrets: &[String], what: &str) {
    for secret in secrets {
        assert!(
            secret.len() > 5,
            "{what}: {secret:?} would be found anywhere"
        );
        for way in written(secret) {
            assert!(!told.contains(&way), "{what}: {secret} in {told}");
        }
    }
}

fn line<'a>(told: &'a str, kind: &str) -> Option<&'a str> {
    told.lines()
        .find(|line| line.contains(&format!("kind=\"{kind}\"")))
}

/// A page for a person, with a way on; and a line for the operator with the kind and the reference the page shows.
fn check(what: &str, answer: &Answer, told: &str, kind: &str) {
    assert!(
        answer.status.is_client_error() || answer.status.is_server_error(),
        "{what}"
    );
    assert!(
        answer.body.contains("<h1") && answer.body.contains("action=\"/sign-in\""),
        "{what}"
    );
    let reference = answer.header("x-request-id");
    assert!(answer.body.contains(reference), "{what}: the page shows it");
    let line = line(told, kind).unwrap_or_default();
    assert!(
        line.contains(reference),
        "{what}: a line of kind {kind} with {reference} in {told}"
    );
}

#[tokio::test]
async fn every_sign_in_that_fails_is_told_with_its_kind_and_reference() {
    let shop = TestPortal::start().await;
    let mut secrets = secrets_of(&shop);
    let mut all = String::new();
    let journal = Journal::begin();
    let begin = async |visitor: &Visitor<'_>| visitor.until_callback("maria", "/bg").await;

    // Unknown to us.
    let stranger = shop.visitor();
    let answer = stranger
        .post_from_elsewhere(
            "/signin-callback",
            &[("state", "planted-state"), ("code", "planted-code")],
        )
        .await;
    let told = journal.read();
    check("unknown", &answer, &told, "callback_refused");
    all += &told;

    // Begun in another browser.
    let maria = shop.visitor();
    let fields = begin(&maria).await;
    secrets.extend(
        fields
            .iter()
            .filter(|(_, value)| value.len() > 20)
            .map(|(_, value)| value.clone()),
    );
    let parked = maria.call_back(&fields).await;
    let victim = shop.visitor();
    let answer = victim.get(parked.leads_to()).await;
    let told = journal.read();
    check("other browser", &answer, &told, "other_browser");
    all += &told;

    // Two people took part in it: it is worth nothing to who began, either.
    let answer = maria.get(parked.leads_to()).await;
    let told = journal.read();
    check("begun elsewhere", &answer, &told, "expired");
    all += &told;
    maria.sign_in("maria", "/en").await;
    secrets.push(maria.cookie("session").unwrap());
    all += &journal.read();

    // Finished in time, then once more by a browser that was signed out since.
    let again = shop.visitor();
    let fields = begin(&again).await;
    let parked = again.call_back(&fields).await;
    let name = again
        .cookie_names()
        .into_iter()
        .find(|name| name.starts_with("attempt-"))
        .unwrap();
    let proof = again.cookie(&name).unwrap();
    again.get(parked.leads_to()).await.leads_to();
    again.post("/sign-out", &[]).await.leads_to();
    again.set_cookie(&name, &proof);
    all += &journal.read();
    let answer = again.get(parked.leads_to()).await;
    let told = journal.read();
    check("used", &answer, &told, "already_used");
    all += &told;
    secrets.push(proof);

    // Too late.
    let late = shop.visitor();
    let fields = begin(&late).await;
    let parked = late.call_back(&fields).await;
    shop.clock.advance(std::time::Duration::from_mins(11));
    all += &journal.read();
    let answer = late.get(parked.leads_to()).await;
    let told = journal.read();
    check("too late", &answer, &told, "expired");
    all += &told;

    // The person or the instance said no.
    let denied = shop.visitor();
    let begun = denied.post("/sign-in", &[("return", "/bg")]).await;
    let state = url::Url::parse(begun.leads_to()).unwrap();
    let state = state
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned();
    let fields = [
        ("state".to_owned(), state.clone()),
        ("error".to_owned(), "access_denied".to_owned()),
    ];
    let parked = denied.call_back(&fields).await;
    all += &journal.read();
    let answer = denied.get(parked.leads_to()).await;
    let told = journal.read();
    check("denied", &answer, &told, "denied");
    all += &told;
    secrets.push(state);

    // Somebody changed the token on its way.
    let forged = shop.visitor();
    let mut fields = begin(&forged).await;
    for (name, value) in &mut fields {
        if name == "id_token" {
            secrets.push(value.clone());
            value.truncate(value.len() - 6);
            value.push_str("AAAAAA");
        }
    }
    let parked = forged.call_back(&fields).await;
    all += &journal.read();
    let answer = forged.get(parked.leads_to()).await;
    let told = journal.read();
    check("not accepted", &answer, &told, "rejected");
    all += &told;

    // The instance does not redeem the code.
    let unlucky = shop.visitor();
    let fields = begin(&unlucky).await;
    let parked = unlucky.call_back(&fields).await;
    let broken = shop
        .demo
        .bring_up(Fault::always(Meets::Token, Does::refuse(503)));
    all += &journal.read();
    let answer = unlucky.get(parked.leads_to()).await;
    let told = journal.read();
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    check("away", &answer, &told, "away");
    all += &told;
    shop.demo.clear_fault(broken);

    // It cannot even begin.
    let away = TestPortal::without_instance().await;
    let answer = away.visitor().post("/sign-in", &[("return", "/bg")]).await;
    let told = journal.read();
    check("cannot begin", &answer, &told, "away");
    all += &told;

    assert!(all.lines().count() > 20, "{all}");
    must_not_tell(&all, &secrets, "the log");
}

/// What stands for a secret or a person in a shop on the demo instance.
fn secrets_of(shop: &TestPortal) -> Vec<String> {
    let mut secrets = vec![shop.demo.client_secret().to_owned()];
    for person in shop.demo.people() {
        secrets.extend([
            person.login,
            person.name,
            person.password,
            person.id.to_string(),
        ]);
    }
    secrets
}

async fn panics() -> String {
    "9x".parse::<u8>()
        .map_err(|_| "planted-panic")
        .unwrap()
        .to_string()
}

/// Test 39 of the forty, its logs: a whole visit, a broken instance and a panic leave no secret, token, code, name or e-mail in any line.
#[tokio::test]
async fn z2_z3_the_log_of_a_whole_visit_holds_no_secret_and_no_person() {
    let journal = Journal::begin();
    let shop = filled().await;
    let mut secrets = secrets_of(&shop);
    let maria = shop.visitor();
    let fields = maria.until_callback("maria", "/en/cart").await;
    secrets.extend(
        fields
            .iter()
            .filter(|(_, value)| value.len() > 20)
            .map(|(_, value)| value.clone()),
    );
    let parked = maria.call_back(&fields).await;
    maria.get(parked.leads_to()).await.leads_to();
    let session = maria.cookie("session").unwrap();
    let (product, _) = plain(&shop, |entry| entry.least == 1.into());
    add(&maria, &product, "2").await;
    maria.get("/en/search?q=planted-search").await;
    let kept = [
        ("form[note]", "planted-note"),
        ("form[street]", "planted-street"),
    ];
    maria.post("/api/checkout/keep", &kept).await;
    let form = checkout(&maria).await;
    place(&maria, &form).await;
    maria.get("/en/account/orders").await;
    shop.demo.set_answering(Answering::Unavailable);
    maria.get("/en/account/orders").await;
    maria.post_plain("/sign-out", &[]).await;
    shop.demo.set_answering(Answering::Normally);
    let router = layers::around(&shop.portal, Router::new().route("/x", get(panics)));
    let request = maria
        .request("GET", "/x?planted-query")
        .body(Body::empty())
        .unwrap();
    let answer = read(router.oneshot(request).await.unwrap()).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!answer.body.contains("planted"), "{}", answer.body);
    maria.post("/sign-out", &[]).await;
    secrets.push(session);
    secrets.extend(
        [
            "planted-search",
            "planted-note",
            "planted-street",
            "planted-panic",
            "planted-query",
        ]
        .map(str::to_owned),
    );
    let told = journal.read();
    assert!(
        told.contains("a request panicked") && told.contains("stale_form"),
        "{told}"
    );
    must_not_tell(&told, &secrets, "the log");
    // A signed token of any kind.
    assert!(!told.contains("eyJ"), "{told}");
}
