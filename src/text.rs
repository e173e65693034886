//! Languages, words by language, and HTML that has been cleaned.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A language by its primary subtag (BCP 47): two or three lower-case letters.
///
/// Instances write `EN`, browsers `en-GB`; both are `en` here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language([u8; 3]);

impl Language {
    /// English: the last resort before "any words at all".
    pub const ENGLISH: Self = Self(*b"en\0");
    /// Bulgarian.
    pub const BULGARIAN: Self = Self(*b"bg\0");

    /// The subtag, such as `bg`.
    pub fn as_str(&self) -> &str {
        let length = if self.0[2] == 0 { 2 } else { 3 };
        std::str::from_utf8(self.0.get(..length).unwrap_or_default()).unwrap_or("en")
    }
}

/// Text that names no language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a language tag")]
pub struct NotALanguage;

impl FromStr for Language {
    type Err = NotALanguage;

    fn from_str(text: &str) -> Result<Self, NotALanguage> {
        let primary = text.split(['-', '_']).next().unwrap_or_default();
        let mut letters = [0; 3];
        if !(2..=3).contains(&primary.len()) {
            return Err(NotALanguage);
        }
        for (slot, letter) in letters.iter_mut().zip(primary.bytes()) {
            if !letter.is_ascii_alphabetic() {
                return Err(NotALanguage);
            }
            *slot = letter.to_ascii_lowercase();
        }
        Ok(Self(letters))
    }
}

impl TryFrom<String> for Language {
    type Error = NotALanguage;

    fn try_from(text: String) -> Result<Self, NotALanguage> {
        text.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.as_str().to_owned()
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Words in each language in which they exist (a multi-language string of the instance).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Localized(BTreeMap<Language, String>);

impl Localized {
    /// The words in `language`; else in `fallback` (the shop's first language), else English, else any; else nothing.
    /// Blank words count as missing.
    pub fn get(&self, language: Language, fallback: Language) -> &str {
        [language, fallback, Language::ENGLISH]
            .iter()
            .filter_map(|wanted| self.0.get(wanted))
            .chain(self.0.values())
            .map(String::as_str)
            .find(|words| !words.trim().is_empty())
            .unwrap_or_default()
    }

    /// The words in exactly this language.
    pub fn exact(&self, language: Language) -> Option<&str> {
        self.0.get(&language).map(String::as_str)
    }

    /// Every language with its words.
    pub fn iter(&self) -> impl Iterator<Item = (Language, &str)> {
        self.0
            .iter()
            .map(|(language, words)| (*language, words.as_str()))
    }

    /// Whether no language has words.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|words| words.trim().is_empty())
    }
}

impl FromIterator<(Language, String)> for Localized {
    fn from_iter<I: IntoIterator<Item = (Language, String)>>(words: I) -> Self {
        Self(words.into_iter().collect())
    }
}

/// HTML that an allow-list cleaner has passed. Only a cleaner makes one; pages print it as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CleanHtml(String);

impl CleanHtml {
    /// Takes over what a cleaner has made. Dangerous with anything else: the text reaches the page unescaped.
    pub fn trusted_from_cleaner(html: String) -> Self {
        Self(html)
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_its_primary_subtag_in_lower_case() {
        for (text, subtag) in [
            ("EN", "en"),
            ("bg", "bg"),
            ("en-GB", "en"),
            ("pt_BR", "pt"),
            ("fil", "fil"),
        ] {
            assert_eq!(text.parse::<Language>().unwrap().as_str(), subtag, "{text}");
        }
        for text in ["", "e", "12", "engl", "б", "-en"] {
            assert_eq!(text.parse::<Language>(), Err(NotALanguage), "{text}");
        }
    }

    #[test]
    fn words_fall_back_to_the_shop_then_english_then_any() {
        let german: Language = "de".parse().unwrap();
        let words: Localized = [
            (Language::ENGLISH, "Chair".to_owned()),
            (Language::BULGARIAN, " ".to_owned()),
        ]
        .into_iter()
        .collect();
        assert_eq!(words.get(Language::BULGARIAN, german), "Chair");
        let only_german: Localized = [(german, "Stuhl".to_owned())].into_iter().collect();
        assert_eq!(
            only_german.get(Language::BULGARIAN, Language::ENGLISH),
            "Stuhl"
        );
        assert_eq!(Localized::default().get(german, german), "");
    }
}
