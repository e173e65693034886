//! Whom one acts for; waiting to act for anybody; after signing out.

use http::StatusCode;
use leptos::prelude::*;
use vitrina::{
    places::{Page, Place},
    visitor::{Access, Standing, Visitor},
};

use super::settled;
use crate::{
    components::{Document, SignInForm, framed, later},
    controls::{Button, Hidden, Kind, LinkButton, PostForm},
    here::Here,
    words::Saying,
};

/// The choice of a customer.
pub(super) fn customers(here: &Here) -> AnyView {
    let (asks, here) = (here.clone(), here.clone());
    later(
        async move { asks.store.customers().await },
        move |customers| settled(&here, customers, show_customers),
    )
}

fn show_customers(here: &Here, customers: Vec<Access>) -> AnyView {
    let words = here.words;
    if customers.is_empty() {
        return waiting(here);
    }
    let onward = here
        .onward
        .clone()
        .unwrap_or_else(|| Place::new(here.language(), Page::Home))
        .path();
    let chosen = here.visitor().acting().map(|access| access.customer.id);
    let rows: Vec<_> = customers
        .into_iter()
        .map(|access| {
            let name = access.customer.name;
            let button = if chosen == Some(access.customer.id) {
                view! { <p class="state state-good">{words.say(Saying::Chosen)}</p> }.into_any()
            } else {
                PostForm::to("/api/account/choose").around(view! {
                        <Hidden name="customer" value=access.customer.id.to_string()/>
                        <Hidden name="back" value=onward.clone()/>
                        <Button kind=Kind::Primary label=words.about(Saying::Choose, &name)>{words.say(Saying::Choose)}</Button>
                    })
            };
            view! {
                <li class="customer">
                    <div>
                        <h2 class="customer-name">{name.clone()}</h2>
                        <p class="field-hint">
                            {words.about(Saying::CustomerNumber, &access.customer.number)}" · "{words.role(access.role)}
                        </p>
                    </div>
                    {button}
                </li>
            }
        })
        .collect();
    let content = view! {
        <Document here=here.clone() title=words.say(Saying::CustomersTitle)/>
        <h1>{words.say(Saying::CustomersTitle)}</h1>
        <p class="lead">{words.say(Saying::CustomersLead)}</p>
        <ul class="customers">{rows}</ul>
    }
    .into_any();
    framed(here, "page-customers", content)
}

/// For people without a customer.
pub(super) fn waiting(here: &Here) -> AnyView {
    let words = here.words;
    let content = match here.visitor() {
        Visitor::Guest => {
            here.status(StatusCode::FORBIDDEN);
            let home = Place::new(here.language(), Page::Home);
            view! {
                <Document here=here.clone() title=words.say(Saying::SignIn)/>
                <h1>{words.say(Saying::SignIn)}</h1>
                <SignInForm back=home kind=Kind::Primary text=words.say(Saying::SignIn)/>
            }
            .into_any()
        }
        Visitor::SignedIn { standing, .. } => {
            let ready = !matches!(standing, Standing::NoCustomer);
            view! {
                <Document here=here.clone() title=words.say(Saying::WaitingTitle)/>
                <h1>{words.say(Saying::WaitingTitle)}</h1>
                <p class="lead">{(!ready).then(|| words.say(Saying::WaitingLead))}</p>
                <p>{words.say(Saying::WaitingText)}</p>
                <p class="buttons">
                    <LinkButton kind=Kind::Primary href=here.to(Page::Home)>{words.say(Saying::LookAround)}</LinkButton>
                    <LinkButton kind=Kind::Secondary href=here.to(Page::Customers)>{words.say(Saying::CheckAgain)}</LinkButton>
                </p>
            }
            .into_any()
        }
    };
    framed(here, "page-waiting", content)
}

/// After signing out.
pub(super) fn signed_out(here: &Here) -> AnyView {
    let words = here.words;
    let home = Place::new(here.language(), Page::Home);
    let content = view! {
        <Document here=here.clone() title=words.say(Saying::SignedOutTitle)/>
        <h1>{words.say(Saying::SignedOutTitle)}</h1>
        <p class="lead">{words.say(Saying::SignedOutText)}</p>
        <div class="buttons">
            <SignInForm back=home kind=Kind::Primary text=words.say(Saying::SignInAgain)/>
            <LinkButton kind=Kind::Secondary href=here.to(Page::Home)>{words.say(Saying::LookAround)}</LinkButton>
        </div>
    }
    .into_any();
    framed(here, "page-signed-out", content)
}
