//! Which language a request without a page is answered in.

use http::{HeaderMap, Uri, header::ACCEPT_LANGUAGE};
use vitrina::text::Language;

/// The language the address begins with, else the one the browser likes best, else the shop's first.
pub fn of_request(uri: &Uri, headers: &HeaderMap, offered: &[Language]) -> Language {
    let first = uri.path().split('/').nth(1).unwrap_or_default();
    offered
        .iter()
        .copied()
        .find(|language| language.as_str() == first)
        .unwrap_or_else(|| preferred(headers, offered))
}

/// The offered language that `Accept-Language` (RFC 9110 §12.5.4) likes best, else the shop's first.
pub fn preferred(headers: &HeaderMap, offered: &[Language]) -> Language {
    let wishes = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|wishes| wishes.to_str().ok())
        .unwrap_or_default();
    let mut best = (0.0, None);
    for wish in wishes.split(',').take(20) {
        let mut parts = wish.split(';').map(str::trim);
        let language = parts.next().and_then(|tag| tag.parse().ok());
        let weight = parts
            .find_map(|part| part.strip_prefix("q="))
            .map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
        if let Some(language) = language
            && weight > best.0
            && offered.contains(&language)
        {
            best = (weight, Some(language));
        }
    }
    best.1
        .or_else(|| offered.first().copied())
        .unwrap_or(Language::ENGLISH)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_browsers_favourite_among_ours_is_taken() {
        let offered = [Language::ENGLISH, Language::BULGARIAN];
        for (wishes, language) in [
            ("bg", Language::BULGARIAN),
            ("bg-BG,bg;q=0.9,en;q=0.8", Language::BULGARIAN),
            ("de,en;q=0.5,bg;q=0.7", Language::BULGARIAN),
            ("bg;q=0,en;q=0.1", Language::ENGLISH),
            ("bg;q=x", Language::ENGLISH),
            ("bg;q=NaN", Language::ENGLISH),
            ("*", Language::ENGLISH),
            ("", Language::ENGLISH),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(wishes));
            assert_eq!(preferred(&headers, &offered), language, "{wishes:?}");
        }
    }
}
