//! Every word of the interface: typed keys, English and Bulgarian. No other file holds a text that people read.
//!
//! A shop may have more languages than the interface; its catalogue is then in that language and the interface in English.
//! Names and texts of the catalogue come from the instance and are never here.

mod dates;
mod numbers;
mod sayings;
mod troubles;

use vitrina::text::Language;

pub(crate) use dates::machine_day;
pub use sayings::Saying;

/// The words of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    language: Language,
}

impl Words {
    /// The words for pages in this language.
    pub fn new(language: Language) -> Self {
        Self { language }
    }

    /// The language of the page, which numbers and amounts are written in.
    pub fn language(self) -> Language {
        self.language
    }

    fn bulgarian(self) -> bool {
        self.language == Language::BULGARIAN
    }

    /// The one that is in the language.
    fn pick<'a>(self, english: &'a str, bulgarian: &'a str) -> &'a str {
        if self.bulgarian() { bulgarian } else { english }
    }

    /// A fixed text.
    pub fn say(self, saying: Saying) -> &'static str {
        let (english, bulgarian) = saying.texts();
        self.pick(english, bulgarian)
    }
}

/// What a language calls itself; its subtag where we do not know.
pub fn own_name(language: Language) -> String {
    match language.as_str() {
        "en" => "English",
        "bg" => "Български",
        "de" => "Deutsch",
        "fr" => "Français",
        "es" => "Español",
        "it" => "Italiano",
        "ro" => "Română",
        "el" => "Ελληνικά",
        "tr" => "Türkçe",
        "sr" => "Српски",
        "mk" => "Македонски",
        other => return other.to_uppercase(),
    }
    .to_owned()
}
