//! Amounts of money: exact decimals with their currency.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::text::Language;

/// A currency by its sign in the instance: the ISO 4217 code in practice, at most four characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Currency(String);

impl Currency {
    /// The currency with this sign; blank signs are none.
    pub fn new(sign: &str) -> Option<Self> {
        let sign = sign.trim();
        (!sign.is_empty() && sign.chars().count() <= 4).then(|| Self(sign.to_owned()))
    }

    /// The sign, such as `EUR`.
    pub fn sign(&self) -> &str {
        &self.0
    }

    fn symbol(&self) -> Option<&'static str> {
        match self.0.as_str() {
            "EUR" => Some("€"),
            "USD" => Some("$"),
            "GBP" => Some("£"),
            _ => None,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why two amounts have no sum.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSum {
    /// They are of different currencies.
    #[error("{left} and {right} cannot be added")]
    MixedCurrencies {
        /// Currency of the sum so far.
        left: Currency,
        /// Currency of the amount to add.
        right: Currency,
    },
    /// It is larger than a decimal holds: at least one of them is absurd.
    #[error("the sum is too large")]
    TooLarge,
}

/// An amount in a currency.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// How much, with as many places as its source gave.
    pub amount: Decimal,
    /// Of what.
    pub currency: Currency,
}

impl Money {
    /// This much of this currency.
    pub fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Rounded to cents, halves away from zero, as the instance rounds line amounts (entities.md §6.2).
    #[must_use]
    pub fn rounded(&self) -> Self {
        Self::new(round_to_cents(self.amount), self.currency.clone())
    }

    /// The sum of both.
    pub fn plus(&self, other: &Self) -> Result<Self, NoSum> {
        if self.currency != other.currency {
            return Err(NoSum::MixedCurrencies {
                left: self.currency.clone(),
                right: other.currency.clone(),
            });
        }
        self.amount
            .checked_add(other.amount)
            .map(|sum| Self::new(sum, self.currency.clone()))
            .ok_or(NoSum::TooLarge)
    }

    /// As people of a language write it: `€1,234.50`, `1 234,50 €`. At least two places, more only where the amount has
    /// them (unit prices may have five).
    pub fn format(&self, language: Language) -> String {
        let amount = self.amount.normalize();
        let places = amount.scale().clamp(2, 5);
        let number = format_decimal(amount, places, language);
        let symbol = self.currency.symbol();
        if language == Language::ENGLISH {
            match symbol {
                Some(symbol) => match number.strip_prefix('−') {
                    Some(positive) => format!("−{symbol}{positive}"),
                    None => format!("{symbol}{number}"),
                },
                None => format!("{}\u{a0}{number}", self.currency),
            }
        } else {
            format!("{number}\u{a0}{}", symbol.unwrap_or(self.currency.sign()))
        }
    }
}

/// Two places, halves away from zero.
pub fn round_to_cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// A decimal with exactly `places` places, grouped in thousands with the separators of the language.
pub fn format_decimal(value: Decimal, places: u32, language: Language) -> String {
    let (group, point) = if language == Language::ENGLISH {
        (',', '.')
    } else {
        ('\u{a0}', ',')
    };
    let rounded = value
        .abs()
        .round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    let plain = format!("{rounded:.*}", places as usize);
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut text = String::with_capacity(plain.len() + 4);
    if value.is_sign_negative() && !rounded.is_zero() {
        text.push('−');
    }
    for (index, digit) in whole.chars().enumerate() {
        // Bulgarian and most continental usage group from five digits on; English from four.
        if index > 0
            && (whole.len() - index).is_multiple_of(3)
            && (language == Language::ENGLISH || whole.len() > 4)
        {
            text.push(group);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(point);
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euro(text: &str) -> Money {
        Money::new(text.parse().unwrap(), Currency::new("EUR").unwrap())
    }

    #[test]
    fn money_reads_as_its_language_writes_it() {
        for (amount, english, bulgarian) in [
            ("0", "€0.00", "0,00\u{a0}€"),
            ("5", "€5.00", "5,00\u{a0}€"),
            ("1234.5", "€1,234.50", "1234,50\u{a0}€"),
            (
                "1234567.891",
                "€1,234,567.891",
                "1\u{a0}234\u{a0}567,891\u{a0}€",
            ),
            ("0.03215", "€0.03215", "0,03215\u{a0}€"),
            ("-2.5", "−€2.50", "−2,50\u{a0}€"),
        ] {
            assert_eq!(euro(amount).format(Language::ENGLISH), english);
            assert_eq!(euro(amount).format(Language::BULGARIAN), bulgarian);
        }
        let crowns = Money::new(Decimal::TEN, Currency::new("SEK").unwrap());
        assert_eq!(crowns.format(Language::ENGLISH), "SEK\u{a0}10.00");
        assert_eq!(crowns.format(Language::BULGARIAN), "10,00\u{a0}SEK");
    }

    #[test]
    fn cents_round_halves_away_from_zero() {
        for (from, to) in [
            ("1.005", "1.01"),
            ("-1.005", "-1.01"),
            ("1.0049", "1.00"),
            ("2.5", "2.5"),
        ] {
            assert_eq!(
                round_to_cents(from.parse().unwrap()),
                to.parse::<Decimal>().unwrap()
            );
        }
    }

    #[test]
    fn different_currencies_do_not_add() {
        let dollar = Money::new(Decimal::ONE, Currency::new("USD").unwrap());
        assert!(matches!(
            euro("1").plus(&dollar),
            Err(NoSum::MixedCurrencies { .. })
        ));
        assert_eq!(euro("1.10").plus(&euro("2.20")).unwrap(), euro("3.30"));
    }

    #[test]
    fn absurd_amounts_have_no_sum_and_stop_nothing() {
        let most = Money::new(Decimal::MAX, Currency::new("EUR").unwrap());
        assert_eq!(most.plus(&most), Err(NoSum::TooLarge));
    }
}
