//! Signing in and out, and tokens.

use crate::portal::Portal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::{LOCATION, SET_COOKIE};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) const VERIFIER: &str =
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXkdBjftJeZ4CVP-mB92K27u";
pub(crate) const CALLBACK: &str = "http://localhost:3000/signin-callback";

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

fn claims(token: &str) -> Value {
    serde_json::from_slice(
        &URL_SAFE_NO_PAD
            .decode(token.split('.').nth(1).unwrap())
            .unwrap(),
    )
    .unwrap()
}

fn header(token: &str) -> Value {
    serde_json::from_slice(
        &URL_SAFE_NO_PAD
            .decode(token.split('.').next().unwrap())
            .unwrap(),
    )
    .unwrap()
}

/// Values of the hidden inputs of a page with one form.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let after = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap()
        .1;
    after.split('"').next().unwrap().to_owned()
}

fn authorize(portal: &Portal, more: &[(&str, &str)]) -> String {
    let challenge = challenge();
    let mut pairs: Vec<(&str, &str)> = vec![
        ("client_id", portal.demo.client_id()),
        ("redirect_uri", CALLBACK),
        ("response_type", "code id_token"),
        ("response_mode", "form_post"),
        ("scope", "openid profile"),
        ("state", "state-1"),
        ("nonce", "nonce-1"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in more {
        pairs.retain(|(known, _)| known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    url::Url::parse_with_params(
        &format!("{}/id/connect/authorize", portal.demo.root()),
        pairs,
    )
    .unwrap()
    .to_string()
}

/// Signs in by the login page and returns the page that posts the answer, with the cookie.
pub(crate) async fn sign_in(portal: &Portal, login: &str) -> (String, String) {
    let to_login = portal
        .http
        .get(authorize(portal, &[]))
        .send()
        .await
        .unwrap();
    assert_eq!(to_login.status(), 303);
    let address = format!(
        "{}{}",
        portal.demo.root(),
        to_login.headers()[LOCATION].to_str().unwrap()
    );
    let page = portal
        .http
        .get(&address)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let back = hidden(&page, "ReturnUrl").replace("&amp;", "&");
    let person = portal
        .demo
        .people()
        .into_iter()
        .find(|person| person.login == login)
        .unwrap();
    let form = [
        ("ReturnUrl", back.as_str()),
        ("Login", login),
        ("Password", &person.password),
    ];
    let done = portal
        .http
        .post(format!("{}/id/account/login", portal.demo.root()))
        .form(&form)
        .send()
        .await
        .unwrap();
    assert_eq!(done.status(), 303);
    let cookie = done.headers()[SET_COOKIE]
        .to_str()
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let address = format!(
        "{}{}",
        portal.demo.root(),
        done.headers()[LOCATION].to_str().unwrap()
    );
    let page = portal
        .http
        .get(address)
        .header("cookie", &cookie)
        .send()
        .await
        .unwrap();
    assert_eq!(page.headers()["referrer-policy"], "no-referrer");
    (page.text().await.unwrap(), cookie)
}

#[tokio::test]
async fn the_hybrid_sign_in_gives_tokens_that_fit_together() {
    let portal = Portal::start(|_| {}).await;
    let (page, cookie) = sign_in(&portal, "maria.ivanova@harbour.example").await;
    let (code, front) = (hidden(&page, "code"), hidden(&page, "id_token"));
    assert_eq!(hidden(&page, "state"), "state-1");
    let half = |text: &str| URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..16]);
    assert_eq!(claims(&front)["c_hash"], half(&code));
    assert_eq!(claims(&front)["s_hash"], half("state-1"));
    assert_eq!(
        claims(&front)["exp"].as_i64().unwrap() - claims(&front)["iat"].as_i64().unwrap(),
        300
    );

    let wrong = [
        ("grant_type", "authorization_code"),
        ("code", "x"),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(
        portal.token_for(&wrong).await,
        json!({ "error": "invalid_grant" })
    );
    let redeem = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let tokens = portal.token_for(&redeem).await;
    let (id_token, access_token) = (
        tokens["id_token"].as_str().unwrap(),
        tokens["access_token"].as_str().unwrap(),
    );
    assert_eq!(claims(id_token)["at_hash"], half(access_token));
    assert_eq!(claims(id_token)["nonce"], "nonce-1");
    assert_eq!(claims(id_token)["sub"], claims(&front)["sub"]);
    assert!(
        claims(id_token).get("name").is_none(),
        "an ID token names nobody"
    );
    assert_eq!(header(access_token)["typ"], "at+jwt");
    let access = claims(access_token);
    assert_eq!(
        (
            &access["user_type"],
            &access["email_verified"],
            &access["is_admin"]
        ),
        (
            &json!("ExternalCommunityUser"),
            &json!("true"),
            &json!("false")
        )
    );
    assert_eq!(
        access["aud"],
        format!("{}/id/resources", portal.demo.root())
    );
    assert_eq!(
        portal.token_for(&redeem).await,
        json!({ "error": "invalid_grant" }),
        "a code works once"
    );

    let info: Value = portal
        .http
        .get(format!("{}/id/connect/userinfo", portal.demo.root()))
        .bearer_auth(access_token)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(info["id"], access["id"]);
    let api = format!(
        "{}/api/domain/odata/General_Products_Products?$top=1",
        portal.demo.root()
    );
    assert_eq!(
        portal
            .http
            .get(&api)
            .bearer_auth(access_token)
            .send()
            .await
            .unwrap()
            .status(),
        401,
        "a person's token opens nothing"
    );

    let found = portal.get(&format!("Crm_Sales_CustomerExternalAccess?$filter=User eq 'Systems_Security_Users({})'&$select=Role,DaysBackAccess,Customer&$expand=Customer($select=Id,Number;$expand=Party($select=PartyName))&$top=100", access["id"].as_str().unwrap())).await;
    assert_eq!(found["value"][0]["Customer"]["Number"], "000412");
    assert_eq!(
        found["value"][0]["Customer"]["Party"]["PartyName"]["BG"],
        "Харбър Хотелс ООД"
    );

    // The session lasts; `prompt=none` answers at once, `prompt=login` asks again, sign-out ends it.
    let silent = portal
        .http
        .get(authorize(&portal, &[("prompt", "none")]))
        .header("cookie", &cookie)
        .send()
        .await
        .unwrap();
    assert!(silent.text().await.unwrap().contains("name=\"code\""));
    assert_eq!(
        portal
            .http
            .get(authorize(&portal, &[("prompt", "login")]))
            .header("cookie", &cookie)
            .send()
            .await
            .unwrap()
            .status(),
        303
    );
    let out = url::Url::parse_with_params(
        &format!("{}/id/connect/endsession", portal.demo.root()),
        [
            ("id_token_hint", id_token),
            (
                "post_logout_redirect_uri",
                "http://localhost:3000/signout-callback",
            ),
            ("state", "s"),
        ],
    );
    let out = portal
        .http
        .get(out.unwrap())
        .header("cookie", &cookie)
        .send()
        .await
        .unwrap();
    assert_eq!(
        out.headers()[LOCATION],
        "http://localhost:3000/signout-callback?state=s"
    );
    let silent = portal
        .http
        .get(authorize(&portal, &[("prompt", "none")]))
        .header("cookie", &cookie)
        .send()
        .await
        .unwrap();
    assert_eq!(
        hidden(&silent.text().await.unwrap(), "error"),
        "login_required"
    );
}

#[tokio::test]
async fn a_faulty_authorize_request_never_goes_back() {
    let portal = Portal::start(|_| {}).await;
    for (name, value) in [
        ("client_id", "other"),
        ("redirect_uri", "http://localhost:3000/signin-callback/"),
        ("redirect_uri", "http://localhost:3001/signin-callback"),
        ("response_type", "token"),
        ("response_mode", "query"),
        ("scope", "profile"),
        ("scope", "openid update"),
        ("nonce", ""),
        ("code_challenge", ""),
        ("code_challenge_method", "plain"),
        ("prompt", "consent"),
    ] {
        let response = portal
            .http
            .get(authorize(&portal, &[(name, value)]))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 400, "{name}={value}");
        assert!(response.headers().get(LOCATION).is_none(), "{name}={value}");
    }
}

#[tokio::test]
async fn the_token_endpoint_refuses_as_documented() {
    let portal = Portal::start(|_| {}).await;
    for (fields, error) in [
        (
            vec![
                ("grant_type", "client_credentials"),
                ("scope", "read openid"),
            ],
            "invalid_scope",
        ),
        (
            vec![("grant_type", "client_credentials"), ("scope", "sec")],
            "invalid_scope",
        ),
        (vec![("grant_type", "password")], "unsupported_grant_type"),
        (vec![], "unsupported_grant_type"),
        (
            vec![("grant_type", "authorization_code")],
            "invalid_request",
        ),
        (
            vec![("grant_type", "authorization_code"), ("code", "x")],
            "unauthorized_client",
        ),
    ] {
        let response = portal.token_response(&fields).await;
        assert_eq!(response.status(), 400, "{fields:?}");
        assert_eq!(
            response.json::<Value>().await.unwrap(),
            json!({ "error": error }),
            "{fields:?}"
        );
    }
    let address = format!("{}/id/connect/token", portal.demo.root());
    let basic = |secret: &str| {
        portal
            .http
            .post(&address)
            .basic_auth(portal.demo.client_id(), Some(secret))
            .form(&[("grant_type", "client_credentials")])
            .send()
    };
    assert_eq!(
        basic("wrong").await.unwrap().json::<Value>().await.unwrap(),
        json!({ "error": "invalid_client" })
    );
    let tokens: Value = basic(portal.demo.client_secret())
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        tokens["scope"], "read update",
        "without a scope all scopes are granted"
    );
}

/// A portal's back channel: what is posted to it.
async fn back_channel() -> (
    String,
    tokio::sync::mpsc::UnboundedReceiver<(String, String)>,
) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (told, hears) = tokio::sync::mpsc::unbounded_channel();
    let app = axum::Router::new().fallback(move |uri: http::Uri, body: String| {
        told.send((uri.path().to_owned(), body)).unwrap();
        async {}
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    (origin, hears)
}

async fn end_session(portal: &Portal, cookie: &str, hint: &str) {
    let ended = portal
        .http
        .get(format!("{}/id/connect/endsession", portal.demo.root()))
        .query(&[("id_token_hint", hint)])
        .header("cookie", cookie)
        .send()
        .await
        .unwrap();
    assert_eq!(ended.status(), 200);
}

#[tokio::test]
async fn portals_are_told_of_a_sign_out_where_that_is_asked_for() {
    let (origin, mut hears) = back_channel().await;
    let portal = Portal::start(|options| {
        options.backchannel = true;
        options.portal_origins.push(origin);
    })
    .await;
    let document = format!("{}/id/.well-known/openid-configuration", portal.demo.root());
    let document: Value = reqwest::get(document).await.unwrap().json().await.unwrap();
    assert_eq!(document["backchannel_logout_supported"], true);

    let login = "maria.ivanova@harbour.example";
    assert_eq!(portal.demo.logout_token(login), None, "no session yet");
    let (page, cookie) = sign_in(&portal, login).await;
    let by_hand = claims(&portal.demo.logout_token(login).unwrap());
    let hint = hidden(&page, "id_token");
    end_session(&portal, &cookie, &hint).await;
    let (path, body) = hears.recv().await.unwrap();
    assert_eq!(path, "/backchannel-logout");
    let token = body.strip_prefix("logout_token=").unwrap();
    let told = claims(token);
    assert_eq!(header(token)["typ"], "JWT");
    assert_eq!(
        (&told["sub"], &told["sid"]),
        (&json!(login), &claims(&hint)["sid"])
    );
    assert_eq!(
        told["events"],
        json!({"http://schemas.openid.net/event/backchannel-logout": {}})
    );
    assert!(told.get("nonce").is_none());
    assert_eq!(by_hand["sid"], told["sid"]);
    assert_ne!(
        by_hand["jti"], told["jti"],
        "each token has an id of its own"
    );
    assert_eq!(portal.demo.logout_token(login), None, "the session is gone");
}

#[tokio::test]
async fn nobody_is_told_unless_asked_for() {
    let (origin, mut hears) = back_channel().await;
    let portal = Portal::start(|options| options.portal_origins.push(origin)).await;
    let (page, cookie) = sign_in(&portal, "maria.ivanova@harbour.example").await;
    end_session(&portal, &cookie, &hidden(&page, "id_token")).await;
    assert!(hears.try_recv().is_err());
}

#[tokio::test]
async fn what_is_said_is_spoiled_at_will_and_sound_again() {
    use demo::{Signing, Spoil, TokenChange};
    let portal = Portal::start(|_| {}).await;
    let login = "maria.ivanova@harbour.example";
    portal.demo.spoil(Spoil {
        front: TokenChange {
            header: json!({"typ": null, "jku": "x"}),
            claims: json!({"aud": ["other"], "nonce": null}),
            signing: Signing::Secret,
        },
        callback: json!({"iss": "somebody", "scope": null}),
        ..Spoil::default()
    });
    let (page, _) = sign_in(&portal, login).await;
    assert_eq!(hidden(&page, "iss"), "somebody");
    assert!(!page.contains("name=\"scope\""));
    let token = hidden(&page, "id_token");
    assert_eq!(header(&token), json!({"alg": "HS256", "jku": "x"}));
    assert_eq!(claims(&token)["aud"], json!(["other"]));
    assert!(claims(&token).get("nonce").is_none());

    portal.demo.spoil(Spoil {
        front: TokenChange::signing(Signing::Unsigned),
        ..Spoil::default()
    });
    let (page, _) = sign_in(&portal, login).await;
    let token = hidden(&page, "id_token");
    assert!(token.ends_with('.') && header(&token)["alg"] == "none");

    portal.demo.spoil(Spoil::default());
    let (page, _) = sign_in(&portal, login).await;
    let token = hidden(&page, "id_token");
    assert_eq!(header(&token)["alg"], "RS256");
    assert_eq!(claims(&token)["nonce"], "nonce-1");
}
