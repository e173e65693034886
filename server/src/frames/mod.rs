//! The shop in a frame of another site (reference/security.md §3, docs/decisions/0060).
//!
//! Who signs in leaves the frame: the sign-in goes on in the window around it (X2). Where that is forbidden, or the operator
//! wants the frame kept, a window of its own signs in and hands the session over:
//!
//! ```text
//! frame   POST /sign-in/hand-over ──▶ public id, partitioned cookie
//! window  POST /sign-in (id) ──▶ instance ──▶ … /sign-in/finish/{landing} ──▶ page with a ticket
//! window  ── postMessage {ticket}, to our own origin only ──▶ frame
//! frame   POST /sign-in/take (id, ticket) + cookie ──▶ session of the frame
//! ```
//!
//! A framed request is answered by the framed session only, any other by the ordinary one only (X7).

pub mod hand_over;
pub mod session;

use http::{HeaderMap, HeaderName, Uri};
use vitrina::places::{Page, Place};

use crate::settings::Settings;

/// What script of a framed page says with each request: that it is in a frame. Documents say so by `Sec-Fetch-Dest`.
pub const FRAMED: HeaderName = HeaderName::from_static("x-vitrina-frame");
const DESTINATION: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Whether the request is one of a frame. A document of a window of its own never is, whatever else it says (X7).
pub fn is_framed(settings: &Settings, headers: &HeaderMap) -> bool {
    if settings.frame_parents.is_empty() {
        return false;
    }
    let mut framed = headers.contains_key(FRAMED);
    for destination in headers.get_all(DESTINATION) {
        match destination.as_bytes() {
            b"document" => return false,
            b"iframe" | b"frame" | b"embed" | b"object" => framed = true,
            _ => {}
        }
    }
    framed
}

/// Whether the page may be framed by the sites that a setting lists (X1): what a shopper looks at and collects. Never what signs
/// in, places an order or hands a session over, and nothing that is no page.
pub fn may_be_framed(uri: &Uri) -> bool {
    let path = uri.path();
    // Answers to the forms of framed pages lead on to pages, or say that something went wrong.
    if path.starts_with("/api/cart/") || path.starts_with("/api/account/") || path == "/sign-out" {
        return true;
    }
    uri.path_and_query()
        .and_then(|address| Place::parse(address.as_str()))
        .is_some_and(|place| shows_in_a_frame(&place.page))
}

/// The same for a page of ours.
pub fn shows_in_a_frame(page: &Page) -> bool {
    match page {
        Page::Home
        | Page::Group(..)
        | Page::Product(_)
        | Page::Search(..)
        | Page::Cart
        | Page::Orders(_)
        | Page::Order(_)
        | Page::Customers
        | Page::Waiting
        | Page::SignedOut => true,
        // The button that orders, what came of it, and the buttons that end sessions.
        Page::Checkout | Page::Placing(_) | Page::Sessions => false,
    }
}

/// The page to show in a frame instead of one that may not be shown there.
#[must_use]
pub fn framed_place(place: Place) -> Place {
    if shows_in_a_frame(&place.page) {
        place
    } else {
        Place::new(place.language, Page::Cart)
    }
}

/// The opener policy of an answer: a window that signs in for a frame must keep its `opener`, through every step. Where the shop
/// cannot be framed there is no such window.
pub fn opener_policy(settings: &Settings, headers: &HeaderMap, uri: &Uri) -> &'static str {
    let path = uri.path();
    let signs_in = path == "/sign-in"
        || path.starts_with("/sign-in/")
        || path.trim_end_matches('/') == crate::sign_in::CALLBACK;
    let keeps_opener = !settings.frame_parents.is_empty()
        && path != "/sign-in/stay"
        && (signs_in || is_framed(settings, headers));
    if keeps_opener {
        "unsafe-none"
    } else {
        "same-origin"
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::settings::Input;

    fn settings(parents: &str) -> Settings {
        let input = Input::new([
            ("VITRINA_INSTANCE", "https://mycompany.my.erp.net"),
            ("VITRINA_CLIENT_ID", "shop"),
            ("VITRINA_CLIENT_SECRET", "secret"),
            ("VITRINA_FRAME_PARENTS", parents),
        ]);
        Settings::read(&input).unwrap()
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn x7_a_document_of_a_window_of_its_own_is_never_framed() {
        let open = settings("https://parent.example");
        let shut = settings("");
        for (sent, framed) in [
            (&[("sec-fetch-dest", "iframe")][..], true),
            (&[("sec-fetch-dest", "frame")], true),
            (&[("sec-fetch-dest", "embed")], true),
            (&[("sec-fetch-dest", "object")], true),
            (
                &[("sec-fetch-dest", "empty"), ("x-vitrina-frame", "1")],
                true,
            ),
            (&[("x-vitrina-frame", "1")], true),
            (&[("sec-fetch-dest", "empty")], false),
            (&[("sec-fetch-dest", "document")], false),
            (
                &[("sec-fetch-dest", "document"), ("x-vitrina-frame", "1")],
                false,
            ),
            (
                &[("sec-fetch-dest", "iframe"), ("sec-fetch-dest", "document")],
                false,
            ),
            (&[], false),
        ] {
            assert_eq!(is_framed(&open, &headers(sent)), framed, "{sent:?}");
            assert!(!is_framed(&shut, &headers(sent)), "{sent:?}");
        }
    }

    #[test]
    fn x1_what_signs_in_or_orders_is_never_framed() {
        for (address, may) in [
            ("/en", true),
            ("/bg/group/10", true),
            ("/en/product/NW-LAMP-01", true),
            ("/en/search?q=lamp", true),
            ("/en/cart", true),
            ("/en/account/orders", true),
            ("/en/account/customers", true),
            ("/en/account/waiting", true),
            ("/en/signed-out", true),
            ("/api/cart/add", true),
            ("/en/checkout", false),
            ("/en/account/sessions", false),
            ("/en/order/b7d3f1e0-52c4-4c0e-9a77-3f8f1d2c6a90", false),
            ("/api/checkout/place", false),
            ("/sign-in", false),
            ("/sign-in/finish/abc", false),
            ("/sign-in/hand-over", false),
            ("/sign-in/take", false),
            ("/sign-in/stay", false),
            ("/signin-callback", false),
            ("/signout-callback", false),
            ("/health/live", false),
            ("/en/no-such-page", false),
        ] {
            assert_eq!(may_be_framed(&address.parse().unwrap()), may, "{address}");
        }
        let checkout = Place::parse("/bg/checkout").unwrap();
        assert_eq!(framed_place(checkout).path(), "/bg/cart");
        let lamp = Place::parse("/bg/product/NW-LAMP-01").unwrap();
        assert_eq!(framed_place(lamp.clone()), lamp);
    }
}
