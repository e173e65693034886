//! The checkout's form.

use leptos::prelude::*;
use vitrina::order::CheckoutForm;

use super::{Answer, Caller};
#[cfg(feature = "ssr")]
use {
    super::reply::Asked,
    crate::notice::{Notice, Problem},
    vitrina::{
        money::{Currency, Money},
        order::PlaceOutcome,
        places::Page,
        trouble::Trouble,
    },
};

/// Keeps what has been typed so far.
#[server(prefix = "/api", endpoint = "checkout/keep", client = Caller)]
pub async fn keep_checkout(
    #[server(default)] form: CheckoutForm,
    #[server(default)] back: String,
) -> Result<Answer, ServerFnError> {
    let asked = Asked::now(&back)?;
    let notice = match asked.store.keep_form(form).await {
        Ok(()) => Notice::default(),
        Err(trouble) => Notice::trouble(&trouble),
    };
    Ok(asked.lead(&asked.place(Page::Checkout), &notice))
}

/// Places the order (K1–K9). `seen` is the total that the page showed, such as `12.50 EUR`; empty if it showed none.
#[server(prefix = "/api", endpoint = "checkout/place", client = Caller)]
pub async fn place_order(
    #[server(default)] key: String,
    #[server(default)] form: CheckoutForm,
    #[server(default)] seen: String,
    #[server(default)] back: String,
) -> Result<Answer, ServerFnError> {
    let asked = Asked::now(&back)?;
    let checkout = asked.place(Page::Checkout);
    let outcome = match key.parse() {
        Ok(key) => asked.store.place(key, form, read_money(&seen)).await,
        Err(_) => Err(Trouble::NotFound),
    };
    Ok(match outcome {
        Ok(PlaceOutcome::Underway(key)) => {
            asked.lead(&asked.place(Page::Placing(key)), &Notice::default())
        }
        Ok(PlaceOutcome::Fields(_)) => asked.lead(&checkout, &Notice::problem(Problem::Fields)),
        Ok(PlaceOutcome::PriceChanged { seen, .. }) => {
            let seen = seen.as_ref().map(write_money).unwrap_or_default();
            asked.lead(
                &checkout,
                &Notice::problem(Problem::PriceChanged).typed(&seen),
            )
        }
        Ok(PlaceOutcome::CartProblem) => {
            asked.lead(&asked.place(Page::Cart), &Notice::problem(Problem::Cart))
        }
        Err(trouble) => asked.lead(&checkout, &Notice::trouble(&trouble)),
    })
}

/// An amount as the form carries it.
#[cfg(feature = "ssr")]
pub(crate) fn write_money(money: &Money) -> String {
    format!("{} {}", money.amount, money.currency)
}

/// An amount as the form carries it; anything else is none.
#[cfg(feature = "ssr")]
pub(crate) fn read_money(text: &str) -> Option<Money> {
    let (amount, currency) = text.split_once(' ')?;
    Some(Money::new(amount.parse().ok()?, Currency::new(currency)?))
}
