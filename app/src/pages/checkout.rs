//! The checkout: where to, when, under which number; the binding total; one button.

use http::StatusCode;
use leptos::prelude::*;
use vitrina::{
    money::Money,
    order::{CheckoutField, CheckoutView, Quote, QuoteView},
    places::Page,
    trouble::Trouble,
};

use super::settled;
use crate::{
    actions::checkout::{read_money, write_money},
    components::{Document, Totals, framed, later},
    controls::{Field, FieldProblemText, Hidden, Note, PostForm, Tone},
    here::Here,
    notice::Problem,
    words::{Saying, Words, machine_day},
};

/// The form's id, which the total's hidden field names.
const FORM: &str = "checkout";

pub(super) fn view(here: &Here) -> AnyView {
    let (asks, here) = (here.clone(), here.clone());
    later(
        async move { asks.store.checkout(asks.language()).await },
        move |checkout| settled(&here, checkout, show),
    )
}

fn show(here: &Here, checkout: CheckoutView) -> AnyView {
    let words = here.words;
    let content = if checkout.cart.lines.is_empty() {
        view! {
            <div class="empty">
                <p class="empty-title">{words.say(Saying::EmptyCart)}</p>
                <a class="button button-primary" href=here.to(Page::Home)>{words.say(Saying::KeepShopping)}</a>
            </div>
        }
        .into_any()
    } else {
        view! {
            {head_note(here, &checkout)}
            <div class="checkout">
                {form(here, &checkout)}
                {summary(here, &checkout)}
            </div>
        }
        .into_any()
    };
    let content = view! {
        <Document here=here.clone() title=words.say(Saying::CheckoutTitle)/>
        <h1>{words.say(Saying::CheckoutTitle)}</h1>
        <p class="lead">{words.about(Saying::ActingFor, &checkout.customer)}</p>
        {content}
    }
    .into_any();
    framed(here, "page-checkout", content)
}

/// What stopped the order the last time.
fn head_note(here: &Here, checkout: &CheckoutView) -> AnyView {
    let words = here.words;
    let text = match here.notice.problem {
        Some(Problem::PriceChanged) => {
            here.status(StatusCode::CONFLICT);
            words.price_changed(read_money(&here.notice.typed).as_ref())
        }
        Some(Problem::Fields) if !checkout.problems.is_empty() => {
            here.status(StatusCode::UNPROCESSABLE_ENTITY);
            words.say(Saying::FieldsTitle).to_owned()
        }
        _ => return ().into_any(),
    };
    view! { <Note tone=Tone::Bad><p>{text}</p></Note> }.into_any()
}

/// The words for what is wrong with a field.
fn problem(words: Words, checkout: &CheckoutView, field: CheckoutField) -> Option<String> {
    checkout
        .problems
        .iter()
        .find(|(wrong, _)| *wrong == field)
        .map(|(_, problem)| words.field_problem(*problem))
}

/// Far above what is taken (the store tells that, and keeps what was typed), far below what a request may hold.
const LONGEST_LINE: u32 = 500;
const LONGEST_NOTE: u32 = 5000;

fn form(here: &Here, checkout: &CheckoutView) -> AnyView {
    let words = here.words;
    let typed = &checkout.form;
    let wrong = |field| problem(words, checkout, field);
    let days = (machine_day(checkout.days.0), machine_day(checkout.days.1));
    PostForm::to("/api/checkout/place").class("checkout-form").id(FORM).keeps().around(view! {
            <Hidden name="key" value=checkout.key.to_string()/>
            <Hidden name="back" value=here.to(Page::Checkout)/>
            {checkout.needs_delivery.then(|| addresses(here, checkout))}
            <Field id="purchase-order" name="form[purchase_order]" label=words.say(Saying::PurchaseOrder)
                value=typed.purchase_order.clone() hint=words.say(Saying::PurchaseOrderHint).to_owned()
                problem=wrong(CheckoutField::PurchaseOrder) autocomplete="off" most=LONGEST_LINE/>
            <Field id="requested-date" name="form[requested_date]" label=words.say(Saying::RequestedDate) kind="date"
                value=typed.requested_date.clone() hint=words.say(Saying::RequestedDateHint).to_owned()
                problem=wrong(CheckoutField::RequestedDate) days=Some(days) requotes=true/>
            <Field id="note" name="form[note]" label=words.say(Saying::Note)
                value=typed.note.clone() hint=words.say(Saying::Optional).to_owned()
                problem=wrong(CheckoutField::Note) long=true most=LONGEST_NOTE/>
        })
}

/// The addresses on offer, and another one.
fn addresses(here: &Here, checkout: &CheckoutView) -> AnyView {
    let words = here.words;
    let typed = &checkout.form;
    let wrong = |field| problem(words, checkout, field);
    let usual = checkout
        .addresses
        .iter()
        .find(|address| address.usual)
        .or(checkout.addresses.first())
        .map(|address| address.id.to_string());
    let picked = if typed.address.is_empty() {
        usual.unwrap_or_else(|| "new".to_owned())
    } else {
        typed.address.clone()
    };
    let choices: Vec<_> = checkout
        .addresses
        .iter()
        .map(|address| {
            let id = address.id.to_string();
            let checked = id == picked;
            view! {
                <label class="choice choice-wide">
                    <input type="radio" name="form[address]" value=id checked=checked/>
                    <span>
                        {address.text.clone()}
                        {address.usual.then(|| view! { " " <em>{words.say(Saying::UsualAddress)}</em> })}
                    </span>
                </label>
            }
        })
        .collect();
    let none = checkout
        .addresses
        .is_empty()
        .then(|| view! { <p class="field-hint">{words.say(Saying::NoAddresses)}</p> });
    let problem = wrong(CheckoutField::Address);
    let described = problem.as_ref().map(|_| "address-problem");
    view! {
        <fieldset class="choices addresses" aria-describedby=described>
            <legend>{words.say(Saying::DeliveryAddress)}</legend>
            {none}
            {choices}
            <label class="choice choice-wide">
                <input type="radio" name="form[address]" value="new" id="address-new" checked=picked == "new"/>
                <span>{words.say(Saying::NewAddress)}</span>
            </label>
            <div class="address-new">
                <Field id="street" name="form[street]" label=words.say(Saying::Street) value=typed.street.clone()
                    problem=wrong(CheckoutField::Street) autocomplete="street-address" most=LONGEST_LINE/>
                <div class="address-new-row">
                    <Field id="postcode" name="form[postcode]" label=words.say(Saying::Postcode) value=typed.postcode.clone()
                        problem=wrong(CheckoutField::Postcode) autocomplete="postal-code" most=LONGEST_LINE/>
                    <Field id="town" name="form[town]" label=words.say(Saying::Town) value=typed.town.clone()
                        problem=wrong(CheckoutField::Town) autocomplete="address-level2" most=LONGEST_LINE/>
                </div>
            </div>
            {problem.map(|text| view! { <FieldProblemText id="address-problem" text/> })}
        </fieldset>
    }
    .into_any()
}

fn summary(here: &Here, checkout: &CheckoutView) -> AnyView {
    let words = here.words;
    let lines: Vec<_> = checkout
        .cart
        .lines
        .iter()
        .map(|line| {
            let unit = line.unit.as_ref().map(|unit| unit.name.clone());
            let quoted = match &checkout.quote {
                QuoteView::Binding(quote) => quote
                    .lines
                    .iter()
                    .find(|quoted| quoted.line == line.id)
                    .map(|quoted| quoted.amount.clone()),
                QuoteView::Hidden | QuoteView::Unavailable(_) => None,
            };
            let amount: Option<Money> = quoted.or_else(|| line.amount.clone());
            view! {
                <li>
                    <span>{line.name.clone()}</span>
                    <span class="summary-how-many">
                        {words.so_many(line.quantity.value(), &unit.unwrap_or_default())}
                    </span>
                    <span class="summary-amount">{amount.map(|amount| words.money(&amount))}</span>
                </li>
            }
        })
        .collect();
    view! {
        <section class="summary" aria-labelledby="summary-title">
            <div class="summary-head">
                <h2 id="summary-title">{words.say(Saying::YourOrder)}</h2>
                <a href=here.to(Page::Cart) aria-label=words.about(Saying::EditCart, words.say(Saying::CartTitle))>{words.say(Saying::EditCart)}</a>
            </div>
            <div id="quote" aria-live="polite">
                <ul class="summary-lines">{lines}</ul>
                {quote(here, &checkout.quote)}
            </div>
        </section>
    }
    .into_any()
}

/// The total with the button that orders for it, or why there is none and what can be done.
fn quote(here: &Here, quote: &QuoteView) -> AnyView {
    let words = here.words;
    match quote {
        QuoteView::Binding(quote) => view! {
            {totals(here, quote)}
            <p class="summary-hint">{words.say(Saying::BindingTotal)}</p>
            <input type="hidden" name="seen" form=FORM value=write_money(&quote.total)/>
            {place_button(words, Saying::PlaceOrder)}
        }
        .into_any(),
        QuoteView::Hidden => view! {
            <p class="summary-hint">{words.say(Saying::PriceHidden)}</p>
            {place_button(words, Saying::PlaceOrder)}
        }
        .into_any(),
        QuoteView::Unavailable(trouble) => {
            // Only these pass by themselves; the others need somebody to do something first.
            let passing = matches!(
                trouble,
                Trouble::Busy | Trouble::TooOften | Trouble::Away | Trouble::OrdersPaused
            );
            let title = match trouble {
                Trouble::OrdersPaused => words.trouble_title(trouble),
                _ => words.say(Saying::QuoteMissing),
            };
            view! {
                <div class="note note-bad" data-pending=passing.then_some("")>
                    <p><strong>{title}</strong></p>
                    <p>{words.trouble_text(trouble)}</p>
                    <p>{words.say(Saying::QuoteSaved)}</p>
                </div>
                // Part of the form, so that nothing typed is lost without script either.
                <button type="submit" form=FORM formaction="/api/checkout/keep" formnovalidate="" class="button">
                    {words.say(Saying::QuoteAgain)}
                </button>
            }
            .into_any()
        }
    }
}

fn totals(here: &Here, quote: &Quote) -> AnyView {
    let fallback = here.fallback();
    let on_top: Vec<_> = quote
        .on_top
        .iter()
        .map(|extra| {
            let name = extra.name.get(here.language(), fallback).to_owned();
            (name, extra.clone())
        })
        .collect();
    view! {
        <Totals words=here.words on_top net=Some(quote.net.clone()) total=Some(quote.total.clone()) sees_prices=true/>
    }
    .into_any()
}

fn place_button(words: Words, text: Saying) -> impl IntoView {
    view! {
        <button type="submit" form=FORM class="button button-primary button-wide">{words.say(text)}</button>
    }
}
