//! Something between portal and instance that changes answers, as a proxy, a database under load or a bad line would.

use std::sync::Arc;

use axum::{Router, body::Body, extract::State};
use erp::{Instance, config::Config};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;

use crate::test_portal::TestPortal;

/// What happens to a call.
pub(crate) enum Act {
    /// It is passed on.
    Pass,
    /// It is passed on, and the portal gets this instead of the answer.
    Answer(StatusCode, &'static str),
}

type Rule = Arc<dyn Fn(&str, &str) -> Act + Send + Sync>;

struct Proxy {
    own: String,
    there: String,
    client: reqwest::Client,
    rule: Rule,
}

/// The address of a proxy in front of the shop's instance. The rule is told method and address, and the body.
#[expect(
    clippy::disallowed_methods,
    reason = "a proxy, not the portal's client"
)]
pub(crate) async fn proxy(
    shop: &TestPortal,
    rule: impl Fn(&str, &str) -> Act + Send + Sync + 'static,
) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = format!("http://{}", listener.local_addr().unwrap());
    let proxy = Arc::new(Proxy {
        own: own.clone(),
        there: shop.demo.root().trim_end_matches('/').to_owned(),
        client: reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap(),
        rule: Arc::new(rule),
    });
    let app = Router::new().fallback(forward).with_state(proxy);
    tokio::spawn(async move { axum::serve(listener, app).await });
    own
}

#[expect(
    clippy::disallowed_methods,
    reason = "a proxy, not the portal's client"
)]
async fn forward(State(proxy): State<Arc<Proxy>>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let path = parts.uri.path_and_query().unwrap().as_str().to_owned();
    let act = (proxy.rule)(
        &format!("{} {path}", parts.method),
        &String::from_utf8_lossy(&body),
    );
    let mut asked = proxy
        .client
        .request(parts.method, format!("{}{path}", proxy.there))
        .body(body);
    for (name, value) in &parts.headers {
        if name != "host" && name != "content-length" && name != "accept-encoding" {
            asked = asked.header(name, value);
        }
    }
    let answer = asked.send().await.unwrap();
    let status = answer.status();
    let kind = answer.headers().get("content-type").cloned();
    let text = answer.text().await.unwrap();
    let (status, text) = match act {
        Act::Pass => (status, text.replace(&proxy.there, &proxy.own)),
        Act::Answer(status, text) => (status, text.to_owned()),
    };
    let mut response = Response::builder().status(status);
    if let Some(kind) = kind {
        response = response.header("content-type", kind);
    }
    response.body(Body::from(text)).unwrap()
}

/// A client of the instance at another address.
pub(crate) fn through(shop: &TestPortal, root: &str) -> Arc<Instance> {
    let config = Config {
        root: root.parse().unwrap(),
        ..shop.portal.settings.config().unwrap()
    };
    let world = &shop.portal.world;
    Arc::new(Instance::new(config, world.clock.clone(), world.random.clone()).unwrap())
}
