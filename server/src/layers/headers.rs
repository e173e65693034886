//! Headers on every answer (reference/security.md §6).

use std::{fmt::Write, sync::Arc};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{
    HeaderName, HeaderValue,
    header::{self, CACHE_CONTROL},
};

use crate::{frames, portal::Portal, settings::Origin};

/// One year.
const STRICT_TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=31536000");
/// Everything a shop does not need.
const PERMISSIONS: HeaderValue = HeaderValue::from_static(
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), \
     gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), \
     publickey-credentials-get=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()",
);

/// The number that only scripts and styles of this answer know.
#[derive(Clone)]
pub struct Nonce(pub Arc<str>);

impl Nonce {
    /// The nonce among these extensions of a request.
    pub fn of(extensions: &http::Extensions) -> Self {
        extensions
            .get::<Self>()
            .cloned()
            .unwrap_or_else(|| Self("".into()))
    }
}

/// Sets them.
pub async fn set(State(portal): State<Arc<Portal>>, mut request: Request, next: Next) -> Response {
    let mut bytes = [0; 18];
    portal.world.random.fill(&mut bytes);
    let nonce: Arc<str> = URL_SAFE_NO_PAD.encode(bytes).into();
    request.extensions_mut().insert(Nonce(Arc::clone(&nonce)));
    let framed = frames::may_be_framed(request.uri());
    let opener = frames::opener_policy(&portal.settings, request.headers(), request.uri());
    let mut response = next.run(request).await;
    let parents: &[Origin] = if framed {
        &portal.settings.frame_parents
    } else {
        &[]
    };
    let policy = content_security_policy(&portal, &nonce, parents);
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if portal.settings.origin.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            opener,
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    // What did not say otherwise may be personal.
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// `'self'` stands beside the nonce because preloaded modules carry none. `form-action` names the instance because browsers
/// check it on the redirects that follow a form: signing in and out both lead there.
fn content_security_policy(portal: &Portal, nonce: &str, parents: &[Origin]) -> String {
    let mut policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data:; object-src 'none'; base-uri 'none'"
    );
    let mut add = |directive: &str, sources: &mut dyn Iterator<Item = String>| {
        let _infallible = write!(policy, "; {directive}");
        for source in sources {
            let _infallible = write!(policy, " {source}");
        }
    };
    let own = || std::iter::once("'self'".to_owned());
    let reload = (portal.settings.origin.is_loopback() && portal.settings.reloads).then(|| {
        format!(
            "ws://127.0.0.1:{0} ws://localhost:{0}",
            portal.leptos.reload_port
        )
    });
    add("connect-src", &mut own().chain(reload));
    add(
        "form-action",
        &mut own().chain([portal.instance.identity().origin()]),
    );
    // X1: nobody, or those that a setting lists; not we ourselves.
    let nobody = parents.is_empty().then(|| "'none'".to_owned());
    let listed = parents.iter().map(|parent| parent.as_str().to_owned());
    add("frame-ancestors", &mut nobody.into_iter().chain(listed));
    policy
}
