//! Choosing the customer one acts for.

use leptos::prelude::*;

use super::Answer;
#[cfg(feature = "ssr")]
use {
    super::reply::Asked,
    crate::notice::Notice,
    vitrina::{places::Page, trouble::Trouble},
};

/// Acts for this customer from now on.
#[server(prefix = "/api", endpoint = "account/choose")]
pub async fn choose_customer(
    #[server(default)] customer: String,
    #[server(default)] back: String,
) -> Result<Answer, ServerFnError> {
    let asked = Asked::now(&back)?;
    let outcome = match customer.parse() {
        Ok(customer) => asked.store.choose_customer(customer).await,
        Err(_) => Err(Trouble::NotAllowed),
    };
    Ok(match outcome {
        Ok(()) => asked.lead(&asked.back, &Notice::default()),
        Err(trouble) => asked.lead(&asked.place(Page::Customers), &Notice::trouble(&trouble)),
    })
}
