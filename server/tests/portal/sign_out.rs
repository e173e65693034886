//! Signing out (O1–O3).

use http::StatusCode;

use crate::test_portal::TestPortal;

/// Test 25 of the forty; the back button is end2end/tests/sessions.spec.ts.
#[tokio::test]
async fn o1_signing_out_ends_the_session_here_and_leads_to_the_instance() {
    let shop = TestPortal::start().await;
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    let session = maria.cookie("session").unwrap();
    let answer = maria.post("/sign-out", &[("return", "/bg")]).await;
    let to = answer.leads_to();
    assert!(
        to.starts_with(&format!("{}/id/connect/endsession?", shop.demo.root())),
        "{to}"
    );
    for part in [
        "id_token_hint=ey",
        "post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fsignout-callback",
        "state=bg.",
    ] {
        assert!(to.contains(part), "{part} in {to}");
    }
    assert_eq!(answer.header("clear-site-data"), "\"cache\"");
    assert!(maria.cookie("session").is_none());
    // A copy of the cookie is worth nothing.
    let thief = shop.visitor();
    thief.set_cookie("session", &session);
    assert!(!thief.get("/en").await.body.contains("Мария Иванова"));
}

#[tokio::test]
async fn o1_another_site_cannot_sign_anybody_out() {
    let shop = TestPortal::start().await;
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    assert_eq!(
        maria.post_from_elsewhere("/sign-out", &[]).await.status,
        StatusCode::FORBIDDEN
    );
    assert!(maria.get("/en").await.body.contains("Мария Иванова"));
}

/// Test 25 of the forty: right, other and missing `state`.
#[tokio::test]
async fn o2_the_way_back_shows_the_same_page_whatever_the_state() {
    let shop = TestPortal::start().await;
    let visitor = shop.visitor();
    for (query, to) in [
        ("", "/en/signed-out"),
        ("?state=bg.x", "/bg/signed-out"),
        ("?state=other", "/en/signed-out"),
        ("?state=//evil.example", "/en/signed-out"),
    ] {
        let answer = visitor.get(&format!("/signout-callback{query}")).await;
        assert_eq!(answer.leads_to(), to, "{query}");
    }
    assert_eq!(visitor.get("/en/signed-out").await.status, StatusCode::OK);
}

#[tokio::test]
async fn o3_without_the_instance_the_sign_out_here_stands() {
    let shop = TestPortal::start().await;
    // A guest has nothing to end elsewhere.
    let guest = shop.visitor();
    assert_eq!(
        guest
            .post("/sign-out", &[("return", "/bg")])
            .await
            .leads_to(),
        "/bg/signed-out"
    );
}

#[tokio::test]
async fn o3_an_instance_that_went_away_meanwhile_holds_no_sign_out_up() {
    let shop = TestPortal::start().await;
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    let before = maria.cookie("session").unwrap();
    shop.demo.set_answering(demo::Answering::Unavailable);
    let out = maria.post("/sign-out", &[("return", "/en")]).await;
    // To the instance, whose address is known, or to our own page; either way it is over here.
    assert!(!out.leads_to().is_empty());
    assert!(maria.cookie("session").is_none());
    let thief = shop.visitor();
    thief.set_cookie("session", &before);
    assert!(
        !thief
            .get("/en/signed-out")
            .await
            .body
            .contains("Мария Иванова")
    );
}

#[tokio::test]
async fn the_https_cookies_carry_the_prefix_and_are_removed_as_browsers_accept() {
    // The visitor checks every cookie that is set: prefix, Secure, Path, SameSite.
    let shop = TestPortal::at("https://shop.example").await;
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    assert_eq!(maria.cookie_names(), ["__Host-session"]);
    maria.post("/sign-out", &[]).await.leads_to();
    assert!(maria.cookie_names().is_empty());
}
