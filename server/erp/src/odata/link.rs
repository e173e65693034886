//! Where a page says the next one is (D4, F12): the token goes there only if it is the same set on the configured root.

use std::collections::HashSet;

use url::Url;

/// Why a link is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadLink {
    /// It is no address.
    Broken,
    /// It leads to another host, path or set.
    Elsewhere,
    /// It has been followed already.
    Seen,
}

impl BadLink {
    pub(crate) fn why(self) -> &'static str {
        match self {
            Self::Broken => "the link to the next page is no address",
            Self::Elsewhere => "the link to the next page leads elsewhere",
            Self::Seen => "the link to the next page leads in a circle",
        }
    }
}

/// The address of the next page: resolved against the page it stood on, then compared with the first one.
pub(crate) fn next(
    first: &Url,
    page: &Url,
    link: &str,
    seen: &mut HashSet<String>,
) -> Result<Url, BadLink> {
    let address = page.join(link).map_err(|_| BadLink::Broken)?;
    let same = address.origin() == first.origin()
        && address.path() == first.path()
        && address.username().is_empty()
        && address.password().is_none()
        && address.query().is_some();
    if !same {
        return Err(BadLink::Elsewhere);
    }
    if address == *first || !seen.insert(address.as_str().to_owned()) {
        return Err(BadLink::Seen);
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d4_links_are_followed_only_within_the_set() {
        let first: Url = "https://e.net/api/domain/odata/General_Products_Products?$top=2"
            .parse()
            .unwrap();
        let mut seen = HashSet::new();
        let mut follow = |link: &str| next(&first, &first, link, &mut seen);
        let absolute = "https://e.net/api/domain/odata/General_Products_Products?$top=2&$skip=2";
        assert_eq!(follow(absolute).unwrap().as_str(), absolute);
        // To itself, and in a circle.
        assert_eq!(follow(absolute), Err(BadLink::Seen));
        assert_eq!(follow(first.as_str()), Err(BadLink::Seen));
        // Relative is lawful (F12).
        assert_eq!(
            follow("General_Products_Products?$skip=4").unwrap().path(),
            first.path()
        );
        assert!(follow("?$skiptoken=x").is_ok());
        for elsewhere in [
            "https://evil.net/api/domain/odata/General_Products_Products?$skip=2",
            "//evil.net/api/domain/odata/General_Products_Products?$skip=2",
            "http://e.net/api/domain/odata/General_Products_Products?$skip=2",
            "https://e.net:444/api/domain/odata/General_Products_Products?$skip=2",
            "https://e.net@evil.net/api/domain/odata/General_Products_Products?$skip=2",
            "https://user@e.net/api/domain/odata/General_Products_Products?$skip=2",
            "Crm_Sales_Customers?$skip=2",
            "../odata/General_Products_Products/../Crm_Sales_Customers?$skip=2",
            "file:///etc/passwd?x",
            "javascript:alert(1)",
            "",
        ] {
            assert!(
                matches!(follow(elsewhere), Err(BadLink::Elsewhere | BadLink::Seen)),
                "{elsewhere}"
            );
        }
        assert_eq!(follow("https://[broken"), Err(BadLink::Broken));
    }
}
