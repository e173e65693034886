//! What a form has to say on the page it leads to, carried in the address as codes: `?problem=not-whole&typed=1%2C5`.
//!
//! Never the words themselves: a link made by a stranger can show one of our messages, and nothing of theirs but what a
//! visitor could have typed.

use http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use vitrina::{
    backend::CartTrouble,
    cart::CartProblem,
    ids::LineId,
    places::{Place, parameter},
    quantity::QuantityProblem,
    trouble::{Refusal, Trouble},
};

use crate::here::status_of;

/// The longest text that is carried back.
const LONGEST_TYPED: usize = 60;

/// Why a form did not do as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The quantity is none.
    Quantity(QuantityProblem),
    /// The cart is full.
    Full,
    /// A variant must be picked.
    PickVariant,
    /// It is no longer offered.
    Gone,
    /// Something in the cart cannot be ordered as it stands.
    Cart,
    /// Fields of the checkout must be mended.
    Fields,
    /// The total is another than was shown; `typed` is what was shown.
    PriceChanged,
    /// There is no such thing, or not for this visitor.
    NotFound,
    /// One must sign in first.
    SignInNeeded,
    /// The person acts for no customer.
    NoCustomer,
    /// A customer must be chosen first.
    ChooseCustomer,
    /// The role does not allow it.
    NotAllowed,
    /// The session has ended.
    Ended,
    /// Too many wait.
    Busy,
    /// Too often in a short time.
    TooOften,
    /// The instance is away.
    Away,
    /// Orders are not taken.
    OrdersOff,
    /// Orders are not taken just now.
    OrdersPaused,
    /// The instance refuses.
    Refused(Refusal),
    /// The shop is being filled.
    Filling,
    /// Something is broken; `typed` is the reference.
    Internal,
}

impl Problem {
    const ALL: [(Self, &'static str); 33] = [
        (Self::Quantity(QuantityProblem::NotANumber), "not-a-number"),
        (Self::Quantity(QuantityProblem::NotPositive), "not-positive"),
        (Self::Quantity(QuantityProblem::TooMany), "too-many"),
        (Self::Quantity(QuantityProblem::NotWhole), "not-whole"),
        (Self::Quantity(QuantityProblem::TooFine), "too-fine"),
        (Self::Full, "full"),
        (Self::PickVariant, "pick-variant"),
        (Self::Gone, "gone"),
        (Self::Cart, "cart"),
        (Self::Fields, "fields"),
        (Self::PriceChanged, "price-changed"),
        (Self::NotFound, "not-found"),
        (Self::SignInNeeded, "sign-in"),
        (Self::NoCustomer, "no-customer"),
        (Self::ChooseCustomer, "choose-customer"),
        (Self::NotAllowed, "not-allowed"),
        (Self::Ended, "ended"),
        (Self::Busy, "busy"),
        (Self::TooOften, "too-often"),
        (Self::Away, "away"),
        (Self::OrdersOff, "orders-off"),
        (Self::OrdersPaused, "orders-paused"),
        (Self::Refused(Refusal::CustomerNotValid), "refused-customer"),
        (Self::Refused(Refusal::AddressNotYours), "refused-address"),
        (
            Self::Refused(Refusal::BelowMinimumQuantity),
            "refused-quantity",
        ),
        (Self::Refused(Refusal::BelowMinimumAmount), "refused-amount"),
        (Self::Refused(Refusal::Credit), "refused-credit"),
        (Self::Refused(Refusal::NotEnoughStock), "refused-stock"),
        (
            Self::Refused(Refusal::RegistrationNumber),
            "refused-registration",
        ),
        (Self::Refused(Refusal::NoPrice), "refused-price"),
        (Self::Refused(Refusal::Other), "refused"),
        (Self::Filling, "filling"),
        (Self::Internal, "internal"),
    ];

    fn code(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(problem, _)| *problem == self)
            .map_or("internal", |(_, code)| code)
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, known)| *known == code)
            .map(|(problem, _)| *problem)
    }

    /// The trouble it came from, with its reference; none for problems with what was typed.
    pub(crate) fn trouble(self, reference: &str) -> Option<Trouble> {
        Some(match self {
            Self::NotFound => Trouble::NotFound,
            Self::SignInNeeded => Trouble::SignInNeeded,
            Self::NoCustomer => Trouble::NoCustomer,
            Self::ChooseCustomer => Trouble::ChooseCustomer,
            Self::NotAllowed => Trouble::NotAllowed,
            Self::Busy => Trouble::Busy,
            Self::TooOften => Trouble::TooOften,
            Self::Away => Trouble::Away,
            Self::OrdersOff => Trouble::OrdersOff,
            Self::OrdersPaused => Trouble::OrdersPaused,
            Self::Refused(refusal) => Trouble::Refused(refusal),
            Self::Filling => Trouble::Filling,
            Self::Internal => Trouble::Internal {
                reference: reference.to_owned(),
            },
            Self::Quantity(_)
            | Self::Full
            | Self::PickVariant
            | Self::Gone
            | Self::Cart
            | Self::Fields
            | Self::PriceChanged
            | Self::Ended => return None,
        })
    }
}

/// What went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// Something is in the cart now.
    Added,
    /// A line was taken out; it can be put back.
    Removed,
    /// A session elsewhere is ended.
    SignedOutThere,
}

/// What the form that led to a page has to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Notice {
    /// What went wrong.
    pub(crate) problem: Option<Problem>,
    /// What was typed in the field that is wrong.
    pub(crate) typed: String,
    /// The line of the cart it is about.
    pub(crate) line: Option<LineId>,
    /// What went well.
    pub(crate) done: Option<Done>,
}

impl Notice {
    /// Something went well.
    pub(crate) fn done(done: Done) -> Self {
        Self {
            done: Some(done),
            ..Self::default()
        }
    }

    /// Something went wrong.
    pub(crate) fn problem(problem: Problem) -> Self {
        Self {
            problem: Some(problem),
            ..Self::default()
        }
    }

    /// The trouble, with its reference.
    pub(crate) fn trouble(trouble: &Trouble) -> Self {
        let (problem, typed) = match trouble {
            Trouble::NotFound => (Problem::NotFound, ""),
            Trouble::SignInNeeded => (Problem::SignInNeeded, ""),
            Trouble::NoCustomer => (Problem::NoCustomer, ""),
            Trouble::ChooseCustomer => (Problem::ChooseCustomer, ""),
            Trouble::NotAllowed => (Problem::NotAllowed, ""),
            Trouble::Busy => (Problem::Busy, ""),
            Trouble::TooOften => (Problem::TooOften, ""),
            Trouble::Away => (Problem::Away, ""),
            Trouble::OrdersOff => (Problem::OrdersOff, ""),
            Trouble::OrdersPaused => (Problem::OrdersPaused, ""),
            Trouble::Refused(refusal) => (Problem::Refused(*refusal), ""),
            Trouble::Filling => (Problem::Filling, ""),
            Trouble::Internal { reference } => (Problem::Internal, reference.as_str()),
        };
        Self::problem(problem).typed(typed)
    }

    /// What the cart has to say, and what was typed.
    pub(crate) fn cart(trouble: &CartTrouble, typed: &str) -> Self {
        match trouble {
            CartTrouble::Problem(CartProblem::Quantity(problem)) => {
                Self::problem(Problem::Quantity(*problem)).typed(typed)
            }
            CartTrouble::Problem(CartProblem::Full) => Self::problem(Problem::Full),
            CartTrouble::PickVariant => Self::problem(Problem::PickVariant).typed(typed),
            CartTrouble::Gone => Self::problem(Problem::Gone),
            CartTrouble::Trouble(trouble) => Self::trouble(trouble),
        }
    }

    /// With what was typed.
    #[must_use]
    pub(crate) fn typed(mut self, typed: &str) -> Self {
        self.typed = typed.chars().take(LONGEST_TYPED).collect();
        self
    }

    /// About this line.
    #[must_use]
    pub(crate) fn about(mut self, line: Option<LineId>) -> Self {
        self.line = line;
        self
    }

    /// Whether it concerns the whole page, not one of its fields.
    pub(crate) fn is_general(&self) -> bool {
        !matches!(
            self.problem,
            None | Some(
                Problem::Quantity(_)
                    | Problem::PickVariant
                    | Problem::Fields
                    | Problem::PriceChanged
                    | Problem::Ended
            )
        )
    }

    /// The status of the page that shows it.
    pub(crate) fn status(&self) -> StatusCode {
        match self.problem.map(|problem| problem.trouble(&self.typed)) {
            None => StatusCode::OK,
            Some(None) => StatusCode::UNPROCESSABLE_ENTITY,
            Some(Some(trouble)) => status_of(&trouble),
        }
    }

    /// The address of the place, with what there is to say.
    pub(crate) fn address(&self, place: &Place) -> String {
        let mut parts = Vec::new();
        if let Some(problem) = self.problem {
            parts.push(format!("problem={}", problem.code()));
        }
        if !self.typed.is_empty() {
            parts.push(format!(
                "typed={}",
                utf8_percent_encode(&self.typed, NON_ALPHANUMERIC)
            ));
        }
        if let Some(line) = self.line {
            parts.push(format!("line={line}"));
        }
        match self.done {
            Some(Done::Added) => parts.push("done=added".to_owned()),
            Some(Done::Removed) => parts.push("done=removed".to_owned()),
            Some(Done::SignedOutThere) => parts.push("done=signed-out-there".to_owned()),
            None => {}
        }
        let path = place.path();
        if parts.is_empty() {
            return path;
        }
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{path}{joint}{}", parts.join("&"))
    }

    /// What a query says; what is not ours is left out.
    pub(crate) fn read(query: &str) -> Self {
        let value = |name| parameter(query, name).flatten();
        let typed: String = value("typed")
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control())
            .take(LONGEST_TYPED)
            .collect();
        Self {
            problem: value("problem").and_then(|code| Problem::from_code(&code)),
            typed,
            line: value("line").and_then(|id| id.parse().ok()),
            done: match value("done").as_deref() {
                Some("added") => Some(Done::Added),
                Some("removed") => Some(Done::Removed),
                Some("signed-out-there") => Some(Done::SignedOutThere),
                _ => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use vitrina::{catalog::listing::ListQuery, places::Page, text::Language};

    use super::*;

    #[test]
    fn a_notice_survives_its_address() {
        let line = "b7d3f1e0-52c4-4c0e-9a77-3f8f1d2c6a90".parse().unwrap();
        let search = Place::new(
            Language::BULGARIAN,
            Page::Search("лампа & co".to_owned(), ListQuery::default()),
        );
        for (problem, _) in Problem::ALL {
            let notice = Notice::problem(problem)
                .typed("1,5 & \"<b>\"")
                .about(Some(line));
            for place in [Place::new(Language::ENGLISH, Page::Cart), search.clone()] {
                let address = notice.address(&place);
                assert_eq!(Place::parse(&address), Some(place), "{address}");
                let query = address.split_once('?').unwrap().1;
                assert_eq!(Notice::read(query), notice, "{address}");
            }
        }
        for done in [Done::Added, Done::Removed] {
            let address = Notice::done(done).address(&search);
            let query = address.split_once('?').unwrap().1;
            assert_eq!(Notice::read(query), Notice::done(done));
        }
    }

    #[test]
    fn codes_are_distinct_and_cover_every_problem() {
        let codes: HashSet<_> = Problem::ALL.iter().map(|(_, code)| code).collect();
        assert_eq!(codes.len(), Problem::ALL.len());
    }

    #[test]
    fn strangers_cannot_put_words_into_our_mouth() {
        assert_eq!(
            Notice::read("problem=You+have+won&done=paid&line=x"),
            Notice::default()
        );
        let long = format!("typed={}", "a".repeat(500));
        assert_eq!(Notice::read(&long).typed.len(), LONGEST_TYPED);
    }
}
