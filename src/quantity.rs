//! How many of which unit.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{UnitCategoryId, UnitId},
    text::{Language, Localized},
};

/// Decimal places of a quantity in the instance (entities.md §1.6).
pub const PLACES: u32 = 3;
/// The most of anything in one line (reference/security.md §11).
pub const MOST: u32 = 99_999;

/// A unit of measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its record.
    pub id: UnitId,
    /// The text that stands for it in quantities; instance data, may be Cyrillic.
    pub code: String,
    /// Its name.
    pub name: Localized,
    /// What it measures.
    pub category: UnitCategoryId,
    /// How many base units of the category one of these is.
    pub in_base: Decimal,
    /// Whether fractions are sold: false for pieces.
    pub divisible: bool,
}

/// How many of a unit: more than zero, at most [`MOST`], at most [`PLACES`] places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Decimal", into = "Decimal")]
pub struct Quantity(Decimal);

/// Why a quantity is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
pub enum QuantityProblem {
    /// Nothing was typed, or no number.
    #[error("not a number")]
    NotANumber,
    /// Zero or less.
    #[error("not more than zero")]
    NotPositive,
    /// More than [`MOST`].
    #[error("more than {MOST}")]
    TooMany,
    /// A part of something that is sold whole.
    #[error("not a whole number")]
    NotWhole,
    /// More than [`PLACES`] places.
    #[error("more than {PLACES} decimal places")]
    TooFine,
}

impl Quantity {
    /// One.
    pub const ONE: Self = Self(Decimal::ONE);

    /// A quantity of any unit.
    pub fn new(value: Decimal) -> Result<Self, QuantityProblem> {
        if value <= Decimal::ZERO {
            Err(QuantityProblem::NotPositive)
        } else if value > Decimal::from(MOST) {
            Err(QuantityProblem::TooMany)
        } else if value.normalize().scale() > PLACES {
            Err(QuantityProblem::TooFine)
        } else {
            Ok(Self(value.normalize()))
        }
    }

    /// A quantity of something that is sold in parts (`divisible`) or only whole.
    pub fn of(value: Decimal, divisible: bool) -> Result<Self, QuantityProblem> {
        let quantity = Self::new(value)?;
        if divisible || quantity.0.is_integer() {
            Ok(quantity)
        } else {
            Err(QuantityProblem::NotWhole)
        }
    }

    /// What a person typed on a page of this language. Comma and point both separate a fraction, but for the commas between
    /// the thousands of English; spaces are ignored; exponents and signs are no numbers here, but a leading minus is understood
    /// as "less than zero".
    ///
    /// `1,000` is a thousand to one reader and one to another. Where it would be *one piece*, it is refused rather than guessed.
    pub fn parse(
        typed: &str,
        divisible: bool,
        language: Language,
    ) -> Result<Self, QuantityProblem> {
        let mut typed: String = typed
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(40)
            .collect();
        if language == Language::ENGLISH && has_thousands(&typed) {
            typed.retain(|c| c != ',');
        }
        let typed = typed.replace(',', ".");
        let (negative, digits) = match typed.strip_prefix(['-', '−']) {
            Some(digits) => (true, digits),
            None => (false, typed.as_str()),
        };
        let is_number = digits.chars().any(|c| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
            && digits.matches('.').count() <= 1;
        if !is_number {
            // `1e9` is a number to a program; a person who types it is told the limit.
            return Err(match typed.parse::<f64>() {
                Ok(huge) if huge > f64::from(MOST) => QuantityProblem::TooMany,
                _ => QuantityProblem::NotANumber,
            });
        }
        if negative {
            return Err(QuantityProblem::NotPositive);
        }
        let whole_digits = digits
            .split('.')
            .next()
            .unwrap_or_default()
            .trim_start_matches('0')
            .len();
        if whole_digits > 9 {
            return Err(QuantityProblem::TooMany);
        }
        let value = digits
            .trim_end_matches('.')
            .parse::<Decimal>()
            .map_err(|_| QuantityProblem::TooFine)?;
        let looks_like_thousands = digits
            .split_once('.')
            .is_some_and(|(_, fraction)| fraction.len() == 3);
        if !divisible && looks_like_thousands {
            return Err(QuantityProblem::NotWhole);
        }
        Self::of(value, divisible)
    }

    /// The number.
    pub fn value(self) -> Decimal {
        self.0
    }

    /// Both together; more than [`MOST`] is refused.
    pub fn plus(self, other: Self) -> Result<Self, QuantityProblem> {
        Self::new(self.0 + other.0)
    }

    /// As a field holds it, for [`Quantity::parse`] to read back: the language's decimal separator, and no thousands.
    pub fn typed(self, language: Language) -> String {
        typed_decimal(self.0, language)
    }
}

/// A number as a field holds it: without what separates thousands.
pub fn typed_decimal(value: Decimal, language: Language) -> String {
    let plain = value.normalize().to_string();
    if language == Language::ENGLISH {
        plain
    } else {
        plain.replace('.', ",")
    }
}

/// Whether it is written like `1,000`, `12,345.6` or `1,234,567`.
fn has_thousands(typed: &str) -> bool {
    let whole = typed.split('.').next().unwrap_or_default();
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let is_first = (1..=3).contains(&first.len()) && !first.starts_with('0');
    let mut others = groups.peekable();
    is_first
        && others.peek().is_some()
        && whole
            .bytes()
            .all(|byte| byte == b',' || byte.is_ascii_digit())
        && others.all(|group| group.len() == 3)
}

impl TryFrom<Decimal> for Quantity {
    type Error = QuantityProblem;

    fn try_from(value: Decimal) -> Result<Self, QuantityProblem> {
        Self::new(value)
    }
}

impl From<Quantity> for Decimal {
    fn from(quantity: Quantity) -> Self {
        quantity.0
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.normalize().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_quantities() {
        use QuantityProblem::{NotANumber, NotPositive, NotWhole, TooFine, TooMany};
        for (typed, whole, divisible) in [
            ("1", Ok("1"), Ok("1")),
            (" 12 ", Ok("12"), Ok("12")),
            ("1,5", Err(NotWhole), Ok("1.5")),
            ("0.5", Err(NotWhole), Ok("0.5")),
            ("2.00", Ok("2"), Ok("2")),
            ("2.000", Err(NotWhole), Ok("2")),
            ("3.", Ok("3"), Ok("3")),
            ("0", Err(NotPositive), Err(NotPositive)),
            ("-1", Err(NotPositive), Err(NotPositive)),
            ("−2", Err(NotPositive), Err(NotPositive)),
            ("1e9", Err(TooMany), Err(TooMany)),
            ("1e2", Err(NotANumber), Err(NotANumber)),
            ("99999", Ok("99999"), Ok("99999")),
            ("100000", Err(TooMany), Err(TooMany)),
            (
                "99999999999999999999999999999999999",
                Err(TooMany),
                Err(TooMany),
            ),
            ("0.0001", Err(TooFine), Err(TooFine)),
            ("", Err(NotANumber), Err(NotANumber)),
            ("many", Err(NotANumber), Err(NotANumber)),
            ("1.2.3", Err(NotANumber), Err(NotANumber)),
            ("NaN", Err(NotANumber), Err(NotANumber)),
            ("inf", Err(TooMany), Err(TooMany)),
        ] {
            let read = |divisible| {
                Quantity::parse(typed, divisible, Language::ENGLISH)
                    .map(|quantity| quantity.to_string())
            };
            assert_eq!(read(false), whole.map(str::to_owned), "{typed:?} whole");
            assert_eq!(
                read(true),
                divisible.map(str::to_owned),
                "{typed:?} divisible"
            );
        }
    }

    #[test]
    fn a_thousand_is_never_one() {
        use QuantityProblem::{NotANumber, NotWhole, TooMany};
        let (en, bg) = (Language::ENGLISH, Language::BULGARIAN);
        for (typed, language, whole, divisible) in [
            ("1,000", en, Ok("1000"), Ok("1000")),
            ("12,345", en, Ok("12345"), Ok("12345")),
            ("12,345.5", en, Err(NotWhole), Ok("12345.5")),
            ("1,234,567", en, Err(TooMany), Err(TooMany)),
            ("0,500", en, Err(NotWhole), Ok("0.5")),
            ("1,50", en, Err(NotWhole), Ok("1.5")),
            ("1,0000", en, Ok("1"), Ok("1")),
            ("1,00,000", en, Err(NotANumber), Err(NotANumber)),
            ("1.000", en, Err(NotWhole), Ok("1")),
            ("1,000", bg, Err(NotWhole), Ok("1")),
            ("1.000", bg, Err(NotWhole), Ok("1")),
            ("1 000", bg, Ok("1000"), Ok("1000")),
            ("1\u{a0}000,5", bg, Err(NotWhole), Ok("1000.5")),
        ] {
            let read = |divisible| {
                Quantity::parse(typed, divisible, language).map(|quantity| quantity.to_string())
            };
            assert_eq!(read(false), whole.map(str::to_owned), "{typed:?} whole");
            assert_eq!(
                read(true),
                divisible.map(str::to_owned),
                "{typed:?} divisible"
            );
        }
    }

    #[test]
    fn what_a_field_holds_is_read_back() {
        for value in ["1", "1000", "99999", "1000.5", "1.125", "0.5", "12345.678"] {
            let quantity = Quantity::new(value.parse().unwrap()).unwrap();
            for language in [Language::ENGLISH, Language::BULGARIAN] {
                let field = quantity.typed(language);
                assert_eq!(
                    Quantity::parse(&field, true, language),
                    Ok(quantity),
                    "{field}"
                );
            }
        }
    }

    #[test]
    fn adding_stops_at_the_most() {
        let most = Quantity::new(Decimal::from(MOST)).unwrap();
        assert_eq!(most.plus(Quantity::ONE), Err(QuantityProblem::TooMany));
    }
}
