//! From what was typed in the checkout to what is asked for. Pure; limits are those of the instance's fields (entities.md §4.5,
//! §6.1).

use time::{Date, Duration, macros::format_description};
use vitrina::order::{Address, CheckoutField, CheckoutForm, Delivery, FieldProblem};

/// Characters of the buyer's own number.
const PURCHASE_ORDER: u32 = 20;
/// Characters of the note.
const NOTE: u32 = 2000;
/// Characters of a new address, its parts together.
const ADDRESS: u32 = 254;
/// How far ahead a delivery may be asked for.
const AHEAD: Duration = Duration::days(365);

/// What was typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Where to.
    pub delivery: Delivery,
    /// The buyer's own number.
    pub purchase_order: Option<String>,
    /// The requested day.
    pub requested_date: Option<Date>,
    /// The note.
    pub note: Option<String>,
}

/// The first and the last day one may ask for.
pub fn days(today: Date) -> (Date, Date) {
    (today, today.saturating_add(AHEAD))
}

/// Checks the form. `addresses` are the customer's; none where nothing needs delivery. Every problem is told, and what is in
/// order is kept all the same, so that a quote can be made of a form that is not finished.
pub fn check(
    form: &CheckoutForm,
    addresses: Option<&[Address]>,
    today: Date,
) -> (Checked, Vec<(CheckoutField, FieldProblem)>) {
    let mut problems = Vec::new();
    let delivery = addresses.map_or(Delivery::None, |addresses| {
        delivery(form, addresses, &mut problems)
    });
    let requested_date = day(&form.requested_date, today).unwrap_or_else(|problem| {
        problems.push((CheckoutField::RequestedDate, problem));
        None
    });
    let purchase_order = text(&form.purchase_order, PURCHASE_ORDER).unwrap_or_else(|problem| {
        problems.push((CheckoutField::PurchaseOrder, problem));
        None
    });
    let note = text(&form.note, NOTE).unwrap_or_else(|problem| {
        problems.push((CheckoutField::Note, problem));
        None
    });
    let checked = Checked {
        delivery,
        purchase_order,
        requested_date,
        note,
    };
    (checked, problems)
}

fn delivery(
    form: &CheckoutForm,
    addresses: &[Address],
    problems: &mut Vec<(CheckoutField, FieldProblem)>,
) -> Delivery {
    match form.address.trim() {
        "" => {
            problems.push((CheckoutField::Address, FieldProblem::Missing));
            Delivery::None
        }
        "new" => {
            let parts = [
                (CheckoutField::Street, &form.street),
                (CheckoutField::Postcode, &form.postcode),
                (CheckoutField::Town, &form.town),
            ];
            let before = problems.len();
            for (field, typed) in parts {
                if one_line(typed).is_empty() {
                    problems.push((field, FieldProblem::Missing));
                }
            }
            let address = format!(
                "{}, {} {}",
                one_line(&form.street),
                one_line(&form.postcode),
                one_line(&form.town)
            );
            if address.chars().count() > ADDRESS as usize {
                problems.push((CheckoutField::Street, FieldProblem::TooLong(ADDRESS)));
            }
            if problems.len() == before {
                Delivery::New(address)
            } else {
                Delivery::None
            }
        }
        chosen => {
            // K8: one of the customer's own, whatever was sent.
            let known = addresses
                .iter()
                .find(|address| address.id.to_string() == chosen);
            if known.is_none() {
                problems.push((CheckoutField::Address, FieldProblem::Unknown));
            }
            known.map_or(Delivery::None, |address| Delivery::Known(address.id))
        }
    }
}

fn day(typed: &str, today: Date) -> Result<Option<Date>, FieldProblem> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let day = Date::parse(typed, format_description!("[year]-[month]-[day]"))
        .map_err(|_| FieldProblem::NotADate)?;
    let (first, last) = days(today);
    if day < first {
        Err(FieldProblem::Past)
    } else if day > last {
        Err(FieldProblem::TooFar)
    } else {
        Ok(Some(day))
    }
}

fn text(typed: &str, most: u32) -> Result<Option<String>, FieldProblem> {
    let typed = typed.trim().replace("\r\n", "\n");
    if typed.chars().count() > most as usize {
        return Err(FieldProblem::TooLong(most));
    }
    let clean: String = typed
        .chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .collect();
    Ok((!clean.is_empty()).then_some(clean))
}

fn one_line(typed: &str) -> String {
    typed.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use time::macros::date;
    use vitrina::ids::AddressId;

    use super::*;

    const TODAY: Date = date!(2026 - 02 - 27);

    fn addresses() -> Vec<Address> {
        let id = AddressId(uuid::Uuid::from_u128(5));
        vec![Address {
            id,
            text: "Home".to_owned(),
            usual: true,
        }]
    }

    fn problems(form: &CheckoutForm) -> Vec<(CheckoutField, FieldProblem)> {
        check(form, Some(&addresses()), TODAY).1
    }

    fn with(change: impl FnOnce(&mut CheckoutForm)) -> CheckoutForm {
        let mut form = CheckoutForm {
            address: addresses()[0].id.to_string(),
            ..CheckoutForm::default()
        };
        change(&mut form);
        form
    }

    #[test]
    fn k8_an_address_is_the_customers_own_or_new() {
        use CheckoutField::{Address, Postcode, Street, Town};
        use FieldProblem::{Missing, TooLong, Unknown};
        assert_eq!(problems(&with(|_| {})), []);
        for (address, expected) in [
            ("", vec![(Address, Missing)]),
            (
                "00000000-0000-0000-0000-000000000006",
                vec![(Address, Unknown)],
            ),
            ("'; drop", vec![(Address, Unknown)]),
            (
                "new",
                vec![(Street, Missing), (Postcode, Missing), (Town, Missing)],
            ),
        ] {
            assert_eq!(
                problems(&with(|form| form.address = address.to_owned())),
                expected,
                "{address}"
            );
        }
        let new = |street: &str| {
            with(|form| {
                form.address = "new".to_owned();
                form.street = street.to_owned();
                form.postcode = " 1000 ".to_owned();
                form.town = "Sofia\n".to_owned();
            })
        };
        let (checked, none) = check(&new("1  Vitosha\tblvd"), Some(&addresses()), TODAY);
        assert_eq!(
            (checked.delivery, none),
            (
                Delivery::New("1 Vitosha blvd, 1000 Sofia".to_owned()),
                vec![]
            )
        );
        assert_eq!(problems(&new(&"ж".repeat(242))), []);
        assert_eq!(problems(&new(&"ж".repeat(243))), [(Street, TooLong(254))]);
    }

    #[test]
    fn nothing_to_deliver_needs_no_address() {
        let (checked, problems) = check(&CheckoutForm::default(), None, TODAY);
        assert_eq!((checked.delivery, problems), (Delivery::None, vec![]));
    }

    #[test]
    fn days_are_read_strictly() {
        for (typed, expected) in [
            ("", Ok(None)),
            ("2026-02-27", Ok(Some(TODAY))),
            ("2027-02-27", Ok(Some(date!(2027 - 02 - 27)))),
            ("2027-02-28", Err(FieldProblem::TooFar)),
            ("2026-02-26", Err(FieldProblem::Past)),
            ("2026-02-30", Err(FieldProblem::NotADate)),
            ("27.02.2026", Err(FieldProblem::NotADate)),
            ("tomorrow", Err(FieldProblem::NotADate)),
        ] {
            assert_eq!(day(typed, TODAY), expected, "{typed}");
        }
    }

    #[test]
    fn texts_are_bounded_in_characters() {
        assert_eq!(
            problems(&with(|form| form.purchase_order = "ж".repeat(20))),
            []
        );
        assert_eq!(
            problems(&with(|form| form.purchase_order = "ж".repeat(21))),
            [(CheckoutField::PurchaseOrder, FieldProblem::TooLong(20))]
        );
        assert_eq!(
            problems(&with(|form| form.note = "x".repeat(2001))),
            [(CheckoutField::Note, FieldProblem::TooLong(2000))]
        );
        assert_eq!(text(" a\r\nb\u{0}\u{1b} ", 9), Ok(Some("a\nb".to_owned())));
    }
}
