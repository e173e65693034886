//! Back-channel sign-out: the provider tells portals that somebody has signed out.
//!
//! Off unless asked for: the real Trusted Application has no field for such an address (identity.md §10), though its software
//! can do it \[is4\]. Logout tokens call themselves plain `JWT`, as that software's do.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::keys::TokenType;
use super::{CODE_LIFE, SignedIn};
use crate::Demo;
use crate::instance::Instance;

/// Where portals are told, below their origins.
pub(crate) const PATH: &str = "/backchannel-logout";
/// How long a portal may take to listen.
const PATIENCE: Duration = Duration::from_secs(5);

/// A logout token for an ended session.
pub(crate) fn token(instance: &Instance, ended: &SignedIn) -> Option<String> {
    let now = instance.clock.now().unix_timestamp();
    let claims = json!({
        "nbf": now,
        "exp": now + CODE_LIFE.whole_seconds(),
        "iss": instance.issuer(),
        "aud": instance.application.id,
        "iat": now,
        "jti": instance.random.upper_hex(),
        "sub": instance.person(ended)?.login,
        "sid": ended.sid,
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
    let Value::Object(claims) = claims else {
        return None;
    };
    instance.sign_changed(TokenType::Identity, &claims, &instance.spoil().logout)
}

/// Tells every portal, without waiting for any.
pub(crate) fn tell(instance: &Arc<Instance>, ended: &SignedIn) {
    if !instance.tells_portals {
        return;
    }
    let Some(token) = token(instance, ended) else {
        return;
    };
    for origin in instance.application.origins() {
        let address = format!("{origin}{PATH}");
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("logout_token", &token)
            .finish();
        tokio::spawn(async move {
            match post(&address, form).await {
                Ok(status) => tracing::info!(%address, status, "a portal was told of a sign-out"),
                Err(error) => tracing::warn!(%address, %error, "a portal was not told"),
            }
        });
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the demo instance is not the portal's client"
)]
async fn post(address: &str, form: String) -> Result<u16, reqwest::Error> {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(PATIENCE)
        .build()?;
    let answer = client
        .post(address)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await?;
    Ok(answer.status().as_u16())
}

impl Demo {
    /// A logout token for the newest session of a person at the provider, as a portal would be sent it; none if the person has
    /// none. Each one has an id of its own.
    pub fn logout_token(&self, login: &str) -> Option<String> {
        let newest = {
            let memory = self.instance.memory();
            memory
                .sessions
                .values()
                .filter(|signed_in| {
                    self.instance
                        .person(signed_in)
                        .is_some_and(|person| person.login == login)
                })
                .max_by_key(|signed_in| signed_in.at)
                .cloned()
        }?;
        token(&self.instance, &newest)
    }
}
