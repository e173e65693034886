//! Every page as a value, to and from its path. No other code writes an address of a page.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::{
    catalog::{
        listing::{ListQuery, Sort},
        source::{GroupPath, PartNumber},
    },
    ids::OrderId,
    order::OrderKey,
    text::Language,
};

/// What stays readable in a path segment (RFC 3986 unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// A page in a language.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The language.
    pub language: Language,
    /// The page.
    pub page: Page,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Page {
    /// The first page.
    Home,
    /// A group.
    Group(GroupPath, ListQuery),
    /// A product.
    Product(PartNumber),
    /// A search.
    Search(String, ListQuery),
    /// The cart.
    Cart,
    /// The checkout.
    Checkout,
    /// An order that was sent.
    Placing(OrderKey),
    /// The customer's orders, from this page on.
    Orders(u32),
    /// One of the customer's orders.
    Order(OrderId),
    /// The choice of a customer.
    Customers,
    /// The person's own sessions.
    Sessions,
    /// For people without a customer.
    Waiting,
    /// After signing out.
    SignedOut,
}

impl Place {
    /// The page in the language.
    pub fn new(language: Language, page: Page) -> Self {
        Self { language, page }
    }

    /// The path, with the query: starts with a slash and holds ASCII only, so it is always a valid header value.
    pub fn path(&self) -> String {
        let mut path = format!("/{}", self.language);
        match &self.page {
            Page::Home => {}
            Page::Group(group, query) => {
                path.push_str("/group");
                for code in group.codes() {
                    path.push('/');
                    path.push_str(&segment(code));
                }
                path.push_str(&list_query(None, *query));
            }
            Page::Product(part_number) => {
                path.push_str("/product/");
                path.push_str(&segment(part_number.as_str()));
            }
            Page::Search(text, query) => {
                path.push_str("/search");
                path.push_str(&list_query(Some(text), *query));
            }
            Page::Cart => path.push_str("/cart"),
            Page::Checkout => path.push_str("/checkout"),
            Page::Placing(key) => path = format!("{path}/order/{key}"),
            Page::Orders(1) => path.push_str("/account/orders"),
            Page::Orders(page) => path = format!("{path}/account/orders?page={page}"),
            Page::Order(id) => path = format!("{path}/account/orders/{id}"),
            Page::Customers => path.push_str("/account/customers"),
            Page::Sessions => path.push_str("/account/sessions"),
            Page::Waiting => path.push_str("/account/waiting"),
            Page::SignedOut => path.push_str("/signed-out"),
        }
        path
    }

    /// The page at a path with its query, as [`Self::path`] writes it; whatever does not lead to a page of ours is none
    /// (S3): other hosts, `//`, backslashes, control characters, fragments, unknown pages.
    pub fn parse(address: &str) -> Option<Self> {
        let clean = address.len() <= 1024
            && address.starts_with('/')
            && !address.starts_with("//")
            && address
                .bytes()
                .all(|b| b.is_ascii_graphic() && b != b'\\' && b != b'#');
        if !clean {
            return None;
        }
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let mut segments = path.split('/').skip(1);
        let written = segments.next()?;
        let language: Language = written.parse().ok()?;
        if language.as_str() != written {
            return None;
        }
        let rest: Vec<String> = segments.map(unsegment).collect::<Option<_>>()?;
        let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
        let page = match rest.as_slice() {
            [] | [""] => Page::Home,
            ["group", codes @ ..] => Page::Group(
                GroupPath::from_codes(codes.iter().map(|&code| code.to_owned()).collect())?,
                read_list_query(query)?,
            ),
            ["product", part_number] => Page::Product(PartNumber::new(part_number)?),
            ["search"] => Page::Search(
                parameter(query, "q")?.unwrap_or_default(),
                read_list_query(query)?,
            ),
            ["cart"] => Page::Cart,
            ["checkout"] => Page::Checkout,
            ["order", key] => Page::Placing(key.parse().ok()?),
            ["account", "orders"] => Page::Orders(read_page(query)?),
            ["account", "orders", id] => Page::Order(id.parse().ok()?),
            ["account", "customers"] => Page::Customers,
            ["account", "sessions"] => Page::Sessions,
            ["account", "waiting"] => Page::Waiting,
            ["signed-out"] => Page::SignedOut,
            _ => return None,
        };
        Some(Self { language, page })
    }

    /// The same page in another language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> Self {
        Self {
            language,
            page: self.page.clone(),
        }
    }
}

/// A text as one path segment. A slash becomes `~2F` and a tilde `~7E`, since routers and proxies may take an encoded slash
/// for a real one; and dots alone `~2E`, since browsers take them for a step up, encoded or not.
fn segment(text: &str) -> String {
    let mut safe = text.replace('~', "~7E").replace('/', "~2F");
    if matches!(text, "." | "..") {
        safe = safe.replace('.', "~2E");
    }
    safe.split('~')
        .map(|part| utf8_percent_encode(part, SEGMENT).to_string())
        .collect::<Vec<_>>()
        .join("~")
}

/// The text of a path segment, percent-encoded or already decoded once by a router.
pub fn unsegment(segment: &str) -> Option<String> {
    let text = percent_decode_str(segment).decode_utf8().ok()?;
    if text.contains('/') || text.contains('\\') || text.chars().any(char::is_control) {
        return None;
    }
    Some(
        text.replace("~2F", "/")
            .replace("~2E", ".")
            .replace("~7E", "~"),
    )
}

fn list_query(text: Option<&str>, query: ListQuery) -> String {
    let mut parts = Vec::new();
    if let Some(text) = text {
        parts.push(format!("q={}", utf8_percent_encode(text, SEGMENT)));
    }
    if query.sort != Sort::default() {
        parts.push(format!("sort={}", query.sort.word()));
    }
    if query.page != 1 {
        parts.push(format!("page={}", query.page));
    }
    if parts.is_empty() {
        String::new()
    } else {
        format!("?{}", parts.join("&"))
    }
}

/// The value of a parameter of a query, decoded; the outer `None` means that it is no valid UTF-8.
pub fn parameter(query: &str, name: &str) -> Option<Option<String>> {
    for pair in query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if key == name {
            let spaced = value.replace('+', " ");
            return percent_decode_str(&spaced)
                .decode_utf8()
                .ok()
                .map(|text| Some(text.into_owned()));
        }
    }
    Some(None)
}

fn read_page(query: &str) -> Option<u32> {
    match parameter(query, "page")? {
        None => Some(1),
        Some(page) => page.parse().ok().filter(|page| *page > 0),
    }
}

/// Reads page and sort of a list; an unknown sort or page is none.
pub fn read_list_query(query: &str) -> Option<ListQuery> {
    let sort = match parameter(query, "sort")? {
        None => Sort::default(),
        Some(word) => Sort::from_word(&word)?,
    };
    Some(ListQuery {
        page: read_page(query)?,
        sort,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Page> {
        let group = |codes: &[&str]| {
            GroupPath::from_codes(codes.iter().map(|&c| c.to_owned()).collect()).unwrap()
        };
        let key = "b7d3f1e0-52c4-4c0e-9a77-3f8f1d2c6a90";
        vec![
            Page::Home,
            Page::Group(group(&["10", "1001"]), ListQuery::default()),
            Page::Group(
                group(&["КУХ ня", "a/b~c"]),
                ListQuery {
                    page: 3,
                    sort: Sort::PriceDown,
                },
            ),
            Page::Group(group(&["..", ".", "a.b"]), ListQuery::default()),
            Page::Product(PartNumber::new("NW-LAMP-01").unwrap()),
            Page::Product(PartNumber::new("..").unwrap()),
            Page::Product(PartNumber::new("~2E").unwrap()),
            Page::Product(PartNumber::new("а б/в?&#%~2F").unwrap()),
            Page::Search(String::new(), ListQuery::default()),
            Page::Search(
                "лампа & co + 1".to_owned(),
                ListQuery {
                    page: 2,
                    sort: Sort::Name,
                },
            ),
            Page::Cart,
            Page::Checkout,
            Page::Placing(key.parse().unwrap()),
            Page::Orders(1),
            Page::Orders(7),
            Page::Order(key.parse().unwrap()),
            Page::Customers,
            Page::Sessions,
            Page::Waiting,
            Page::SignedOut,
        ]
    }

    #[test]
    fn s3_every_page_survives_its_path() {
        for page in all() {
            let place = Place::new(Language::BULGARIAN, page);
            let path = place.path();
            assert!(path.is_ascii() && path.starts_with("/bg"), "{path}");
            assert!(
                !path.split('/').any(|part| matches!(part, "." | "..")),
                "{path}"
            );
            assert_eq!(Place::parse(&path), Some(place), "{path}");
        }
    }

    #[test]
    fn s3_addresses_that_lead_elsewhere_are_no_place() {
        for address in [
            "",
            "en",
            "//evil.example/en",
            "/\\evil.example",
            "https://evil.example/en",
            "https:evil",
            "javascript:alert(1)",
            "/%2F%2Fevil.example",
            "/%09/evil.example",
            "/en/product/a%2Fb",
            "/en#x",
            "/en/\nSet-Cookie: a",
            "/EN",
            "/nowhere",
            "/en/nowhere",
            "/en/group",
            "/en/group/10?page=0",
            "/en/group/10?sort=evil",
            "/en/order/1",
            "/en/search?q=%FF",
        ] {
            assert_eq!(Place::parse(address), None, "{address:?}");
        }
        assert_eq!(
            Place::parse(&format!("/en/search?q={}", "a".repeat(2000))),
            None
        );
    }
}
