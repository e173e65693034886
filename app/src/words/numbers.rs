//! Texts with a number or a name in them, with the plurals of each language.

use rust_decimal::Decimal;
use vitrina::{
    cart::{LineProblem, MOST_LINES},
    catalog::{listing::Sort, view::Availability},
    money::{Money, format_decimal},
    order::{FieldProblem, OrderState},
    quantity::{MOST, PLACES, QuantityProblem},
    visitor::Role,
};

use super::{Saying, Words};

impl Words {
    /// A number without superfluous places.
    pub fn number(self, value: Decimal) -> String {
        format_decimal(value, value.normalize().scale(), self.language())
    }

    /// A whole number.
    pub fn count(self, count: impl Into<Decimal>) -> String {
        format_decimal(count.into(), 0, self.language())
    }

    /// An amount of money.
    pub fn money(self, money: &Money) -> String {
        money.format(self.language())
    }

    /// An amount that may be missing: for who may see amounts it is then unknown, which is not the same as nothing.
    pub(crate) fn amount(self, amount: Option<&Money>, sees_prices: bool) -> Option<String> {
        match amount {
            Some(amount) => Some(self.money(amount)),
            None => sees_prices.then(|| self.say(Saying::CannotBeShown).to_owned()),
        }
    }

    /// A fraction as percent: `20%`, `20 %`.
    pub fn percent(self, fraction: Decimal) -> String {
        let Some(percent) = fraction.checked_mul(Decimal::ONE_HUNDRED) else {
            return self.say(Saying::CannotBeShown).to_owned();
        };
        let number = self.number(percent);
        if self.bulgarian() {
            format!("{number}\u{a0}%")
        } else {
            format!("{number}%")
        }
    }

    /// One or many: both languages have two forms.
    fn plural<'a>(
        self,
        count: u32,
        english: (&'a str, &'a str),
        bulgarian: (&'a str, &'a str),
    ) -> String {
        let forms = if self.bulgarian() { bulgarian } else { english };
        let noun = if count == 1 { forms.0 } else { forms.1 };
        format!("{}\u{a0}{noun}", self.count(count))
    }

    /// So many products.
    pub fn products(self, count: u32) -> String {
        self.plural(count, ("product", "products"), ("продукт", "продукта"))
    }

    /// So many lines in the cart, for the badge.
    pub fn lines(self, count: u32) -> String {
        self.plural(count, ("item", "items"), ("артикул", "артикула"))
    }

    /// So many days.
    pub fn days(self, count: u32) -> String {
        self.plural(count, ("day", "days"), ("ден", "дни"))
    }

    /// A product went into the cart.
    pub fn added(self, name: &str) -> String {
        if self.bulgarian() {
            format!("„{name}“ е в количката.")
        } else {
            format!("“{name}” is in your cart.")
        }
    }

    /// The heading over what a search has found.
    pub fn found(self, count: u32, text: &str) -> String {
        let products = self.products(count);
        if self.bulgarian() {
            format!("{products} за „{text}“")
        } else {
            format!("{products} for “{text}”")
        }
    }

    /// The heading over an empty result.
    pub fn nothing_found(self, text: &str) -> String {
        if self.bulgarian() {
            format!("Няма нищо за „{text}“")
        } else {
            format!("Nothing found for “{text}”")
        }
    }

    /// Where in a list one is.
    pub fn page_of(self, page: u32, last: u32) -> String {
        let (page, last) = (self.count(page), self.count(last));
        if self.bulgarian() {
            format!("Страница {page} от {last}")
        } else {
            format!("Page {page} of {last}")
        }
    }

    /// The name of an order of a list.
    pub fn sort(self, sort: Sort, search: bool) -> &'static str {
        self.say(match sort {
            Sort::Recommended if search => Saying::SortBestMatch,
            Sort::Recommended => Saying::SortRecommended,
            Sort::Name => Saying::SortName,
            Sort::PriceUp => Saying::SortPriceUp,
            Sort::PriceDown => Saying::SortPriceDown,
            Sort::PartNumber => Saying::Code,
        })
    }

    /// Whether something can be had; nothing for what has no stock.
    pub fn availability(self, availability: Availability) -> Option<String> {
        Some(match availability {
            Availability::NotStocked => return None,
            Availability::InStock => self.say(Saying::InStock).to_owned(),
            Availability::Few(left) => {
                let left = self.number(left);
                if self.bulgarian() {
                    format!("Остават {left}")
                } else {
                    format!("Only {left} left")
                }
            }
            Availability::Out => self.say(Saying::OutOfStock).to_owned(),
            Availability::Unknown => self.say(Saying::StockUnknown).to_owned(),
        })
    }

    /// So many of a unit. Units are named by the instance in the singular only, which a sign bears and a sentence does not.
    pub fn so_many(self, quantity: Decimal, unit: &str) -> String {
        format!("{}\u{a0}×\u{a0}{unit}", self.number(quantity))
    }

    /// For how many of what a price is.
    pub fn per(self, unit: &str) -> String {
        if self.bulgarian() {
            format!("за {unit}")
        } else {
            format!("per {unit}")
        }
    }

    /// From how many on a price is another.
    pub fn from_quantity(self, from: Decimal) -> String {
        let from = self.number(from);
        if self.bulgarian() {
            format!("от {from} нагоре")
        } else {
            format!("{from} or more")
        }
    }

    /// How many of the selling unit another unit holds.
    pub fn holds(self, unit: &str, holds: Decimal, selling: &str) -> String {
        format!("{unit} ({})", self.so_many(holds, selling))
    }

    /// The least that one may order.
    pub fn least(self, least: Decimal, unit: &str) -> String {
        let least = self.so_many(least, unit);
        if self.bulgarian() {
            format!("Най-малкото количество е {least}.")
        } else {
            format!("The least quantity is {least}.")
        }
    }

    /// A picture's place in a gallery.
    pub fn picture_of(self, at: usize, of: usize) -> String {
        if self.bulgarian() {
            format!("Снимка {at} от {of}")
        } else {
            format!("Picture {at} of {of}")
        }
    }

    /// Names what a line's controls act on.
    pub fn about(self, what: Saying, name: &str) -> String {
        format!("{}: {name}", self.say(what))
    }

    /// What is wrong with a quantity, next to its field.
    pub fn quantity_problem(self, problem: QuantityProblem) -> String {
        let most = self.count(MOST);
        if self.bulgarian() {
            match problem {
                QuantityProblem::NotANumber => "Моля, въведете число, например 3.".to_owned(),
                QuantityProblem::NotPositive => {
                    "Моля, въведете число, по-голямо от нула.".to_owned()
                }
                QuantityProblem::TooMany => format!("Най-много {most} на ред."),
                QuantityProblem::NotWhole => {
                    "Продава се само цяло. Моля, въведете цяло число.".to_owned()
                }
                QuantityProblem::TooFine => {
                    format!("Най-много {PLACES} знака след десетичната запетая.")
                }
            }
        } else {
            match problem {
                QuantityProblem::NotANumber => "Please enter a number, such as 3.".to_owned(),
                QuantityProblem::NotPositive => {
                    "Please enter a number greater than zero.".to_owned()
                }
                QuantityProblem::TooMany => format!("At most {most} in one line."),
                QuantityProblem::NotWhole => {
                    "Sold whole only. Please enter a whole number.".to_owned()
                }
                QuantityProblem::TooFine => format!("At most {PLACES} decimal places."),
            }
        }
    }

    /// The cart holds as many lines as it can.
    pub fn cart_full(self) -> String {
        if self.bulgarian() {
            format!(
                "Количката побира най-много {MOST_LINES} реда. Моля, поръчайте или премахнете нещо."
            )
        } else {
            format!(
                "The cart holds at most {MOST_LINES} lines. Please order or remove something first."
            )
        }
    }

    /// Why a line cannot be ordered as it stands.
    pub fn line_problem(self, problem: LineProblem, unit: &str) -> String {
        match problem {
            LineProblem::Withdrawn => self.say(Saying::LineWithdrawn).to_owned(),
            LineProblem::ChoiceGone => self.say(Saying::LineChoiceGone).to_owned(),
            LineProblem::BelowMinimum(least) => self.least(least, unit),
            LineProblem::NotWhole => self.say(Saying::LineNotWhole).to_owned(),
            LineProblem::NoPrice => self.say(Saying::LineNoPrice).to_owned(),
        }
    }

    /// Why a field is refused.
    pub fn field_problem(self, problem: FieldProblem) -> String {
        match problem {
            FieldProblem::Missing => self.pick("Please fill this in.", "Моля, попълнете."),
            FieldProblem::TooLong(most) => {
                return if self.bulgarian() {
                    format!("Най-много {most} знака.")
                } else {
                    format!("At most {most} characters.")
                };
            }
            FieldProblem::NotADate => self.pick(
                "Please enter a date, such as 2026-12-31.",
                "Моля, въведете дата, например 2026-12-31.",
            ),
            FieldProblem::Past => self.pick(
                "This day has passed. Please choose a later one.",
                "Този ден е минал. Моля, изберете по-късен.",
            ),
            FieldProblem::TooFar => self.pick(
                "Please choose a day within a year.",
                "Моля, изберете ден в рамките на една година.",
            ),
            FieldProblem::Unknown => self.pick(
                "Please choose one of the addresses.",
                "Моля, изберете един от адресите.",
            ),
        }
        .to_owned()
    }

    /// The total has changed since it was shown.
    pub fn price_changed(self, seen: Option<&Money>) -> String {
        match (self.bulgarian(), seen.map(|seen| self.money(seen))) {
            (false, Some(seen)) => format!(
                "The total has changed: it was {seen} when you last saw it. Please check it and confirm again. Nothing was ordered yet."
            ),
            (false, None) => {
                "The total has changed. Please check it and confirm again. Nothing was ordered yet."
                    .to_owned()
            }
            (true, Some(seen)) => format!(
                "Общата сума се промени: последно видяхте {seen}. Моля, проверете я и потвърдете отново. Все още нищо не е поръчано."
            ),
            (true, None) => "Общата сума се промени. Моля, проверете я и потвърдете отново. Все още нищо не е поръчано.".to_owned(),
        }
    }

    /// An amount on top, such as VAT, with its percentage.
    pub fn on_top(self, name: &str, percent: Option<Decimal>) -> String {
        match percent {
            Some(percent) => format!("{name} {}", self.percent(percent)),
            None => name.to_owned(),
        }
    }

    /// Where an order stands.
    pub fn order_state(self, state: OrderState) -> &'static str {
        self.say(match state {
            OrderState::Arrived => Saying::StateArrived,
            OrderState::Received => Saying::StateReceived,
            OrderState::Confirmed => Saying::StateConfirmed,
            OrderState::Finished => Saying::StateFinished,
            OrderState::Cancelled => Saying::StateCancelled,
            OrderState::Other => Saying::StateOther,
        })
    }

    /// An order by its number.
    pub fn order(self, number: &str) -> String {
        if self.bulgarian() {
            format!("Поръчка {number}")
        } else {
            format!("Order {number}")
        }
    }

    /// Only orders since a day are shown.
    pub fn orders_since(self, since: &str) -> String {
        if self.bulgarian() {
            format!("Показани са поръчките от {since} насам.")
        } else {
            format!("Orders since {since} are shown.")
        }
    }

    /// What a person may do for a customer.
    pub fn role(self, role: Role) -> &'static str {
        self.say(match role {
            Role::Basic => Saying::RoleBasic,
            Role::Orders => Saying::RoleOrders,
            Role::OrdersWithPrices => Saying::RoleOrdersWithPrices,
            Role::Billing => Saying::RoleBilling,
            Role::Admin => Saying::RoleAdmin,
            Role::Owner => Saying::RoleOwner,
        })
    }
}

#[cfg(test)]
mod tests {
    use vitrina::text::Language;

    use super::*;

    #[test]
    fn plurals() {
        let (en, bg) = (
            Words::new(Language::ENGLISH),
            Words::new(Language::BULGARIAN),
        );
        for (count, english, bulgarian) in [
            (0, "0\u{a0}products", "0\u{a0}продукта"),
            (1, "1\u{a0}product", "1\u{a0}продукт"),
            (2, "2\u{a0}products", "2\u{a0}продукта"),
            (21, "21\u{a0}products", "21\u{a0}продукта"),
            (1234, "1,234\u{a0}products", "1234\u{a0}продукта"),
        ] {
            assert_eq!(en.products(count), english);
            assert_eq!(bg.products(count), bulgarian);
        }
        assert_eq!(bg.days(1), "1\u{a0}ден");
        assert_eq!(bg.days(30), "30\u{a0}дни");
    }

    #[test]
    fn d7_no_percentage_is_too_absurd_for_a_page() {
        let en = Words::new(Language::ENGLISH);
        assert_eq!(en.percent(Decimal::new(125, 3)), "12.5%");
        for absurd in [
            Decimal::MAX,
            Decimal::MIN,
            Decimal::from_i128_with_scale(10_i128.pow(27), 0),
        ] {
            assert_eq!(en.percent(absurd), "cannot be shown", "{absurd}");
        }
    }

    #[test]
    fn percentages_follow_the_language() {
        let fifth: Decimal = "0.2000".parse().unwrap();
        assert_eq!(Words::new(Language::ENGLISH).percent(fifth), "20%");
        assert_eq!(Words::new(Language::BULGARIAN).percent(fifth), "20\u{a0}%");
    }
}
