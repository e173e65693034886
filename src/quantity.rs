//! How many of which unit.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{UnitCategoryId, UnitId},
    money::format_decimal,
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

    /// What a person typed. A comma is a decimal point, spaces are ignored; exponents and signs are no numbers here, but a
    /// leading minus is understood as "less than zero".
    pub fn parse(typed: &str, divisible: bool) -> Result<Self, QuantityProblem> {
        let typed: String = typed
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| if c == ',' { '.' } else { c })
            .take(40)
            .collect();
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

    /// As people of a language write it, without superfluous places.
    pub fn format(self, language: Language) -> String {
        format_decimal(self.0, self.0.normalize().scale(), language)
    }
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
            ("2.000", Ok("2"), Ok("2")),
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
            let read =
                |divisible| Quantity::parse(typed, divisible).map(|quantity| quantity.to_string());
            assert_eq!(read(false), whole.map(str::to_owned), "{typed:?} whole");
            assert_eq!(
                read(true),
                divisible.map(str::to_owned),
                "{typed:?} divisible"
            );
        }
    }

    #[test]
    fn adding_stops_at_the_most() {
        let most = Quantity::new(Decimal::from(MOST)).unwrap();
        assert_eq!(most.plus(Quantity::ONE), Err(QuantityProblem::TooMany));
    }
}
