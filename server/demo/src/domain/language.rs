//! The language of a request (domain-api.md §8): it is heard in error messages, `DisplayText` and printouts. Texts in
//! several languages always come whole.

use axum::http::{HeaderMap, header};
use percent_encoding::percent_decode_str;

pub(crate) use crate::html::Language;

impl Language {
    /// The key of this language in multi-language values.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::English => "EN",
            Self::Bulgarian => "BG",
        }
    }

    /// `bg`, `bg-BG`, …; nothing for a language the instance does not speak.
    fn spoken(culture: &str) -> Option<Self> {
        let language = culture.split('-').next().unwrap_or_default().trim();
        [Self::English, Self::Bulgarian]
            .into_iter()
            .find(|spoken| spoken.key().eq_ignore_ascii_case(language))
    }

    /// `?culture=`, then the cookie `.AspNetCore.Culture`, then `Accept-Language`. A language that is not spoken here
    /// leaves the word to the next of them. Unverified: so does the web framework below.
    pub(crate) fn of_call(query: &str, headers: &HeaderMap) -> Self {
        let asked = form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "culture")
            .and_then(|(_, culture)| Self::spoken(&culture));
        asked
            .or_else(|| cookie(headers))
            .or_else(|| accepted(headers))
            .unwrap_or(Self::English)
    }
}

fn texts(headers: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
}

/// `c=bg|uic=bg`, usually percent-encoded; the second is the language of texts.
fn cookie(headers: &HeaderMap) -> Option<Language> {
    let value = texts(headers, header::COOKIE)
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(".AspNetCore.Culture="))?;
    let value = percent_decode_str(value).decode_utf8_lossy();
    let culture = |name: &str| value.split('|').find_map(|part| part.strip_prefix(name));
    culture("uic=")
        .or_else(|| culture("c="))
        .and_then(Language::spoken)
}

/// The most wanted of the languages spoken here; among equals the first.
fn accepted(headers: &HeaderMap) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for range in texts(headers, header::ACCEPT_LANGUAGE).flat_map(|line| line.split(',')) {
        let (culture, weight) = range.split_once(";q=").unwrap_or((range, "1"));
        let weight: f32 = weight.trim().parse().unwrap_or(0.0);
        if let Some(language) = Language::spoken(culture.trim())
            && weight > best.map_or(0.0, |(most, _)| most)
        {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_outranks_the_cookie_and_the_cookie_the_browser() {
        for (query, cookie, accept, wanted) in [
            ("", "", "", Language::English),
            ("culture=bg", "", "en", Language::Bulgarian),
            ("$top=1&culture=bg-BG", "", "", Language::Bulgarian),
            (
                "culture=en",
                ".AspNetCore.Culture=c%3Dbg%7Cuic%3Dbg",
                "bg",
                Language::English,
            ),
            (
                "",
                "a=b; .AspNetCore.Culture=c%3Den%7Cuic%3Dbg",
                "en",
                Language::Bulgarian,
            ),
            ("", "", "de, bg;q=0.8, en;q=0.5", Language::Bulgarian),
            ("", "", "bg;q=0.4,en-GB;q=0.9", Language::English),
            ("", "", "bg;q=0", Language::English),
            ("culture=de", "", "bg", Language::Bulgarian),
        ] {
            let mut headers = HeaderMap::new();
            if !cookie.is_empty() {
                headers.insert(header::COOKIE, cookie.parse().unwrap());
            }
            if !accept.is_empty() {
                headers.insert(header::ACCEPT_LANGUAGE, accept.parse().unwrap());
            }
            assert_eq!(
                Language::of_call(query, &headers),
                wanted,
                "{query} {cookie} {accept}"
            );
        }
    }
}
