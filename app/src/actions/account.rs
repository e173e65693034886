//! Choosing the customer one acts for; ending one's sessions elsewhere. Ending all of them is the portal's `/sign-out`, which also
//! leads through the instance.

use leptos::prelude::*;

use super::{Answer, Caller};
#[cfg(feature = "ssr")]
use {
    super::reply::Asked,
    crate::notice::{Done, Notice},
    vitrina::{places::Page, trouble::Trouble},
};

/// Acts for this customer from now on.
#[server(prefix = "/api", endpoint = "account/choose", client = Caller)]
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

/// Ends one of one's own sessions. A name that is none of one's own changes nothing, and is not told apart.
#[server(prefix = "/api", endpoint = "account/end-session", client = Caller)]
pub async fn end_session(
    #[server(default)] session: String,
    #[server(default)] back: String,
) -> Result<Answer, ServerFnError> {
    let asked = Asked::now(&back)?;
    let outcome = match session.parse() {
        Ok(session) => asked.store.end_session(session).await,
        Err(_) => Ok(()),
    };
    let notice = match outcome {
        Ok(()) => Notice::done(Done::SignedOutThere),
        Err(trouble) => Notice::trouble(&trouble),
    };
    Ok(asked.lead(&asked.place(Page::Sessions), &notice))
}
