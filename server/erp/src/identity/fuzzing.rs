//! What reads bytes of the identity provider, or of a browser that claims to come from it, laid open to `fuzz`: each function takes
//! anything, must not panic, and checks that what was accepted is what may be accepted.
//!
//! Compiled for tests, which replay the corpus, and with the feature `fuzzing`.

use openidconnect::core::CoreJsonWebKeySet;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use time::OffsetDateTime;
use url::Url;
use vitrina::text::Language;

use super::{
    Attempt, Callback, ResponseMode, keys, logout,
    person::Told,
    provider, tokens,
    verify::{self, Claims, Rule, Settings},
};
use crate::config::ResponseType;

/// The issuer that tokens must name.
pub const ISSUER: &str = "https://shop.my.erp.net/id";
/// The client that tokens must be for.
pub const CLIENT: &str = "portal.example.com";
/// The nonce of the attempt.
pub const NONCE: &str = "n-0S6_WzA2Mj";
/// When it is.
pub const NOW: i64 = 1_795_000_000;
const STATE: &str = "af0ifjsldkj";
const CODE: &str = "SplxlOBeZQQYbYS6WxSbIA";

const SETTINGS: Settings<'_> = Settings {
    issuer: ISSUER,
    client_id: CLIENT,
    response_type: ResponseType::CodeIdToken,
    max_age: Some(std::time::Duration::from_hours(1)),
    plain_logout_tokens: true,
};

fn attempt() -> Option<Attempt> {
    Some(Attempt {
        state: STATE.to_owned().into(),
        nonce: NONCE.to_owned().into(),
        verifier: "v".repeat(64).into(),
        redirect_uri: Url::parse("https://portal.example.com/signin-callback").ok()?,
        language: Language::ENGLISH,
    })
}

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// The fields of a callback, as a form or a query.
pub fn callback(form: &[u8]) {
    let fields: Vec<(String, String)> = form_urlencoded::parse(form).into_owned().collect();
    let read = Callback::read(
        ResponseMode::FormPost,
        fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    if let Ok(callback) = read {
        let state = callback.state.expose_secret();
        assert!((1..=300).contains(&state.len()), "V1: a state that is none");
        let named = |name: &str| fields.iter().filter(|(one, _)| one == name).count();
        assert_eq!(named("state"), 1, "V1");
        assert!(named("code") + named("error") == 1, "V1, V2");
    }
}

/// Any text as each kind of token, against any key set. Whoever calls it has signed nothing.
pub fn token(text: &str, key_set: &[u8]) {
    let Ok(keys) = keys::read(key_set) else {
        return;
    };
    for accepted in outcomes(text, &keys) {
        assert!(accepted.is_err(), "V8: a token that nobody has signed");
    }
}

/// A token with these claims, soundly signed by the only key of the set.
pub fn signed_token(text: &str, key_set: &[u8], claims: &[u8]) {
    let Ok(keys) = keys::read(key_set) else {
        return;
    };
    let claims: Value = serde_json::from_slice(claims).unwrap_or_default();
    let told = |name: &str| claims.get(name).and_then(Value::as_str);
    for accepted in outcomes(text, &keys).into_iter().flatten() {
        let audience = claims.get("aud").map(ToString::to_string);
        assert_eq!(told("iss"), Some(ISSUER), "V9");
        assert!(
            audience.is_some_and(|audience| audience.contains(CLIENT)),
            "V10"
        );
        match accepted {
            Accepted::Identity => assert_eq!(told("nonce"), Some(NONCE), "V15"),
            Accepted::Logout => assert!(claims.get("nonce").is_none(), "B2"),
        }
    }
}

/// As what a token was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Accepted {
    Identity,
    Logout,
}

fn outcomes(text: &str, keys: &CoreJsonWebKeySet) -> Vec<Result<Accepted, Rule>> {
    let Some(attempt) = attempt() else {
        return Vec::new();
    };
    let token: SecretString = text.to_owned().into();
    let code = CODE.to_owned().into();
    let front = verify::front(&attempt, &token, &code, keys, now(), &SETTINGS);
    let tokens = tokens::UserTokens {
        id_token: text.to_owned().into(),
        access_token: Some(text.to_owned().into()),
    };
    let back = verify::back(
        &attempt,
        front.as_ref().ok(),
        &tokens,
        keys,
        now(),
        &SETTINGS,
    );
    let person = Claims {
        subject: "maria".to_owned(),
        ..Claims::default()
    };
    let _opaque = verify::access(&token, &person, keys, now(), &SETTINGS);
    let logout = logout::token(&token, keys, now(), &SETTINGS);
    vec![
        front.map(|_| Accepted::Identity),
        back.map(|_| Accepted::Identity),
        logout.map(|_| Accepted::Logout),
    ]
}

/// A key set, and a token that names one of its keys.
pub fn key_set(body: &[u8]) {
    if let Ok(keys) = keys::read(body) {
        assert!(keys.keys().len() <= 64, "more keys than are looked at");
    }
    // Header `{"alg":"RS256","kid":"A1"}`, payload `{}`, some signature.
    token("eyJhbGciOiJSUzI1NiIsImtpZCI6IkExIn0.e30.AAAA", body);
    token("eyJhbGciOiJSUzI1NiJ9.e30.AAAA", body);
}

/// A discovery document.
pub fn discovery(body: &[u8]) {
    let here = |address: &Url| address.origin().ascii_serialization() == "https://shop.my.erp.net";
    if let Ok(provider) = provider::read(body, ISSUER.to_owned(), here) {
        assert_eq!(provider.issuer, ISSUER, "S9");
        let needed = [&provider.authorize, &provider.token, &provider.jwks];
        assert!(needed.into_iter().all(here), "S9: an endpoint elsewhere");
    }
}

/// An answer of the token endpoint, and of userinfo.
pub fn token_answer(body: &[u8]) {
    for status in [200, 400] {
        if let Ok(answer) = tokens::read(status, body) {
            let _service = tokens::service_grant(answer, "read update");
        }
        if let Ok(answer) = tokens::read(status, body)
            && let Ok(tokens) = tokens::user_tokens(answer)
            && let Some(access) = tokens.access_token
        {
            let header = http::HeaderValue::from_str(access.expose_secret());
            assert!(header.is_ok(), "a token that no header can hold");
        }
    }
    let told = Told::read(&serde_json::from_slice(body).unwrap_or_default());
    let shown = verify::displayable(told.name.as_deref().unwrap_or_default());
    assert!(shown.chars().count() <= 100, "V24");
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use ring::signature::RSA_PKCS1_SHA256;
    use serde_json::json;

    use super::{
        super::minted::{KEYS, sign},
        *,
    };

    type Target = fn(&[u8]);

    /// Every file of a corpus.
    fn corpus(target: &str) -> Vec<Vec<u8>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fuzz/corpus")
            .join(target);
        let mut files: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        files.sort();
        assert!(files.len() >= 5, "{target}: a corpus of {}", files.len());
        files.iter().map(|file| fs::read(file).unwrap()).collect()
    }

    #[test]
    fn the_corpus_of_everything_that_was_tried_does_no_harm() {
        let targets: [(&str, Target); 4] = [
            ("callback", callback),
            ("key_set", key_set),
            ("discovery", discovery),
            ("token_answer", token_answer),
        ];
        for (target, function) in targets {
            for file in corpus(target) {
                function(&file);
            }
        }
        let published = json!({"keys": [KEYS[0].public]}).to_string();
        for file in corpus("token") {
            token(&String::from_utf8_lossy(&file), published.as_bytes());
        }
        for file in corpus("claims") {
            let Ok(claims) = serde_json::from_slice::<Value>(&file) else {
                continue;
            };
            for typ in ["JWT", "at+jwt", "logout+jwt"] {
                let header = json!({"alg": "RS256", "kid": "A1", "typ": typ});
                let signed = sign(&header, &claims, &KEYS[0], &RSA_PKCS1_SHA256);
                signed_token(signed.expose_secret(), published.as_bytes(), &file);
            }
        }
    }

    #[test]
    fn sound_claims_of_the_corpus_are_accepted() {
        // Or the target would try nothing behind the first rule.
        let published = json!({"keys": [KEYS[0].public]}).to_string();
        let keys = keys::read(published.as_bytes()).unwrap();
        let accepted: Vec<_> = corpus("claims")
            .iter()
            .filter_map(|file| serde_json::from_slice::<Value>(file).ok())
            .flat_map(|claims| {
                let header = json!({"alg": "RS256", "kid": "A1", "typ": "JWT"});
                let signed = sign(&header, &claims, &KEYS[0], &RSA_PKCS1_SHA256);
                outcomes(signed.expose_secret(), &keys)
            })
            .flatten()
            .collect();
        assert!(accepted.contains(&Accepted::Identity) && accepted.contains(&Accepted::Logout));
    }
}
