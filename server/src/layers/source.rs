//! Where a request comes from. What a proxy tells counts only if it is one of the configured ones (`VITRINA_PROXIES`); what
//! anybody else writes into `X-Forwarded-*` goes no further than this file.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Once},
};

use axum::{
    extract::{FromRequestParts, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, header::HOST, request::Parts};

use crate::{portal::Portal, settings::Proxies};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const FORWARDED: HeaderName = HeaderName::from_static("forwarded");

/// The other end of the connection. Set where connections are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// Who sent the request, as far as that can be known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Source(pub Option<IpAddr>);

/// How many sources a site counts as at most: who has a whole site (an office, a provider's customer) has 65,536 networks at hand,
/// and could otherwise be as many sources.
pub const SHARES_OF_A_SITE: u32 = 4;

impl Source {
    /// What is counted together: an IPv4 address, or the IPv6 network that one connection commonly gets (/64).
    pub fn network(&self) -> Option<String> {
        Some(match self.0?.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
            }
        })
    }

    /// What is counted together beside that: the IPv6 networks that one customer of a provider may get (/48). IPv4 has no such.
    pub fn site(&self) -> Option<String> {
        match self.0?.to_canonical() {
            IpAddr::V4(_) => None,
            IpAddr::V6(address) => {
                let [a, b, c, ..] = address.segments();
                let network = Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0);
                Some(format!("{network}/48"))
            }
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Source {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or_default())
    }
}

/// Finds it, and takes away what must not be believed.
pub async fn find(State(portal): State<Arc<Portal>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get().map(|Peer(address)| *address);
    let source = settle(request.headers_mut(), peer, &portal.settings.proxies);
    request.extensions_mut().insert(source);
    next.run(request).await
}

fn settle(headers: &mut HeaderMap, peer: Option<IpAddr>, proxies: &Proxies) -> Source {
    let source = match peer {
        Some(peer) if proxies.include(peer) => {
            if let Some(host) = single(headers, &FORWARDED_HOST) {
                headers.insert(HOST, host);
            }
            sender(headers, peer, proxies)
        }
        other => {
            if other.is_some() && headers.contains_key(&FORWARDED_FOR) {
                // Once is enough, and anybody may send the header.
                static TOLD: Once = Once::new();
                TOLD.call_once(|| {
                    tracing::warn!(
                        kind = "unknown_proxy",
                        "X-Forwarded-For comes from an address that VITRINA_PROXIES does not name, and is not believed: if that is \
                         your proxy, all its visitors count as one"
                    );
                });
            }
            Source(other)
        }
    };
    // The shop's scheme and port are a setting, whoever tells otherwise.
    for name in [
        FORWARDED_FOR,
        FORWARDED_HOST,
        FORWARDED_PROTO,
        FORWARDED_PORT,
        FORWARDED,
    ] {
        headers.remove(name);
    }
    source
}

/// Each proxy adds its own peer at the end: read from there, the first that is none of ours is the sender. What stands before it
/// was written by the sender itself.
fn sender(headers: &HeaderMap, peer: IpAddr, proxies: &Proxies) -> Source {
    let told: Vec<&str> = headers
        .get_all(&FORWARDED_FOR)
        .iter()
        .map(|value| value.to_str().unwrap_or_default())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let mut last = peer;
    for text in told.into_iter().rev() {
        let Some(address) = address(text) else { break };
        last = address;
        if !proxies.include(address) {
            break;
        }
    }
    Source(Some(last.to_canonical()))
}

/// An address, as proxies write it: some with a port, some in brackets.
fn address(text: &str) -> Option<IpAddr> {
    text.parse()
        .ok()
        .or_else(|| Some(text.parse::<std::net::SocketAddr>().ok()?.ip()))
        .or_else(|| text.strip_prefix('[')?.strip_suffix(']')?.parse().ok())
}

/// The value of a header that is there once and names one thing.
fn single(headers: &HeaderMap, name: &HeaderName) -> Option<HeaderValue> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    let is_single = values.next().is_none() && !value.as_bytes().contains(&b',');
    is_single.then(|| value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(
        peer: Option<&str>,
        pairs: &[(&'static str, &'static str)],
    ) -> (Option<String>, HeaderMap) {
        let proxies = Proxies::parse("10.0.0.0/8").unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("inside:3000"));
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        let peer = peer.map(|peer| peer.parse().unwrap());
        let Source(source) = settle(&mut headers, peer, &proxies);
        (source.map(|source| source.to_string()), headers)
    }

    #[test]
    fn only_known_proxies_say_where_a_request_comes_from() {
        let for_ = "x-forwarded-for";
        for (peer, sent, source) in [
            (
                Some("10.0.0.1"),
                &[(for_, "203.0.113.9")][..],
                Some("203.0.113.9"),
            ),
            // The sender wrote the first two themselves.
            (
                Some("10.0.0.1"),
                &[(for_, "1.1.1.1, 2.2.2.2, 203.0.113.9")],
                Some("203.0.113.9"),
            ),
            (
                Some("10.0.0.1"),
                &[(for_, "1.1.1.1, 203.0.113.9, 10.0.0.2")],
                Some("203.0.113.9"),
            ),
            (
                Some("10.0.0.1"),
                &[(for_, "1.1.1.1"), (for_, "203.0.113.9")],
                Some("203.0.113.9"),
            ),
            (
                Some("10.0.0.1"),
                &[(for_, "203.0.113.9:4711")],
                Some("203.0.113.9"),
            ),
            (
                Some("10.0.0.1"),
                &[(for_, "[2001:db8::1]")],
                Some("2001:db8::1"),
            ),
            (
                Some("10.0.0.1"),
                &[(for_, "::ffff:203.0.113.9")],
                Some("203.0.113.9"),
            ),
            (
                Some("10.0.0.1"),
                &[(for_, "203.0.113.9, unknown")],
                Some("10.0.0.1"),
            ),
            (
                Some("10.0.0.1"),
                &[(for_, "203.0.113.9, unknown, 10.0.0.2")],
                Some("10.0.0.2"),
            ),
            (Some("10.0.0.1"), &[], Some("10.0.0.1")),
            (
                Some("198.51.100.1"),
                &[(for_, "203.0.113.9")],
                Some("198.51.100.1"),
            ),
            (None, &[(for_, "203.0.113.9")], None),
        ] {
            let (found, headers) = told(peer, sent);
            assert_eq!(found.as_deref(), source, "{peer:?} {sent:?}");
            assert!(!headers.contains_key(for_));
        }
    }

    #[test]
    fn only_known_proxies_say_for_which_host_a_request_is() {
        let host = |peer, pairs: &[_]| told(Some(peer), pairs).1[HOST].clone();
        let sent = [
            ("x-forwarded-host", "shop.example"),
            ("x-forwarded-proto", "http"),
        ];
        assert_eq!(host("10.0.0.1", &sent), "shop.example");
        assert_eq!(host("198.51.100.1", &sent), "inside:3000");
        let twice = [
            ("x-forwarded-host", "shop.example"),
            ("x-forwarded-host", "evil.example"),
        ];
        assert_eq!(host("10.0.0.1", &twice), "inside:3000");
        assert_eq!(
            host(
                "10.0.0.1",
                &[("x-forwarded-host", "evil.example, shop.example")]
            ),
            "inside:3000"
        );
        let (_, headers) = told(
            Some("10.0.0.1"),
            &[("forwarded", "for=203.0.113.9"), ("x-forwarded-port", "80")],
        );
        assert_eq!(headers.len(), 1, "{headers:?}");
    }

    #[test]
    fn a_house_with_ipv6_is_one_source() {
        let network = |text: &str| Source(Some(text.parse().unwrap())).network().unwrap();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("2001:db8:1:2::9"), "2001:db8:1:2::");
        assert_eq!(network("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(Source(None).network(), None);
        let site = |text: &str| Source(Some(text.parse().unwrap())).site();
        assert_eq!(site("2001:db8:1:2::9").as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(site("2001:db8:1::").as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(site("::ffff:203.0.113.9"), None);
        assert_eq!(Source(None).site(), None);
    }
}
