//! The cart: lines, their problems in words, the way to the checkout or to signing in.

use http::StatusCode;
use leptos::prelude::*;
use rust_decimal::Decimal;
use vitrina::{
    cart::{CartView, LineView},
    places::Page,
    quantity::typed_decimal,
    visitor::{Standing, Visitor},
};

use super::settled;
use crate::{
    components::{Document, Picture, Role, SignInForm, framed, in_frame::Framed, later, stock},
    controls::{Button, Hidden, Kind, LinkButton, Note, PostForm, Tone},
    here::Here,
    notice::{Done, Problem},
    words::{Saying, Words},
};

pub(super) fn view(here: &Here) -> AnyView {
    let (asks, here) = (here.clone(), here.clone());
    later(
        async move { asks.store.cart(asks.language()).await },
        move |cart| settled(&here, cart, show),
    )
}

fn show(here: &Here, cart: CartView) -> AnyView {
    let words = here.words;
    if matches!(
        here.notice.problem,
        Some(Problem::Quantity(_) | Problem::Cart)
    ) {
        here.status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let undo = (here.notice.done == Some(Done::Removed)).then(|| {
        let back = here.to(Page::Cart);
        view! {
            <Note tone=Tone::Good>
                <p>{words.say(Saying::Removed)}</p>
                {PostForm::to("/api/cart/restore").send("restore").around(view! {
                    <Hidden name="back" value=back/>
                    <Button kind=Kind::Quiet>{words.say(Saying::Undo)}</Button>
                })}
            </Note>
        }
    });
    let content = if cart.lines.is_empty() {
        view! {
            <div class="empty">
                <p class="empty-title">{words.say(Saying::EmptyCart)}</p>
                <p>{words.say(Saying::EmptyCartHint)}</p>
                <LinkButton kind=Kind::Primary href=here.to(Page::Home)>{words.say(Saying::KeepShopping)}</LinkButton>
            </div>
        }
        .into_any()
    } else {
        let lines: Vec<_> = cart
            .lines
            .iter()
            .map(|line| self::line(here, line))
            .collect();
        view! {
            <div class="cart">
                <ul class="cart-lines">{lines}</ul>
                {summary(here, &cart)}
            </div>
        }
        .into_any()
    };
    let content = view! {
        <Document here=here.clone() title=words.say(Saying::CartTitle)/>
        <h1>{words.say(Saying::CartTitle)}</h1>
        {undo}
        {content}
    }
    .into_any();
    framed(here, "page-cart", content)
}

fn line(here: &Here, line: &LineView) -> AnyView {
    let words = here.words;
    let unit = line
        .unit
        .as_ref()
        .map(|unit| unit.name.clone())
        .unwrap_or_default();
    let name = match &line.part_number {
        Some(part_number) => {
            let href = here.to(Page::Product(part_number.clone()));
            view! { <a href=href>{line.name.clone()}</a> }.into_any()
        }
        None => line.name.clone().into_any(),
    };
    let problem = line.problem.map(|problem| {
        view! { <p class="cart-line-problem">{words.line_problem(problem, &unit)}</p> }
    });
    let each = line.each.as_ref().map(|each| {
        view! { <p class="cart-line-each">{words.money(each)}" "{words.per(&unit)}</p> }
    });
    view! {
        <li class="cart-line">
            <Picture picture=line.picture.clone() role=Role::Thumb/>
            <div class="cart-line-what">
                <h2 class="cart-line-name">{name}</h2>
                {line.variant.clone().map(|variant| view! { <p class="cart-line-variant">{variant}</p> })}
                {each}
                {stock(words, line.availability)}
                {problem}
            </div>
            {line.unit.is_some().then(|| quantity(here, line, &unit))}
            <p class="cart-line-amount">{line.amount.as_ref().map(|amount| words.money(amount))}</p>
            {PostForm::to("/api/cart/remove").class("cart-line-remove").send("remove").around(view! {
                <Hidden name="line" value=line.id.to_string()/>
                <Hidden name="back" value=here.to(Page::Cart)/>
                <Button kind=Kind::Quiet label=words.about(Saying::Remove, &line.name)>{words.say(Saying::Remove)}</Button>
            })}
        </li>
    }
    .into_any()
}

/// The quantity of a line: a field, and buttons that send the next whole number up or down.
fn quantity(here: &Here, line: &LineView, unit: &str) -> AnyView {
    let words = here.words;
    let mine = here.notice.line == Some(line.id);
    let problem = match here.notice.problem {
        Some(Problem::Quantity(problem)) if mine => Some(words.quantity_problem(problem)),
        _ => None,
    };
    let value = match (&problem, here.notice.typed.as_str()) {
        (Some(_), typed) if !typed.is_empty() => typed.to_owned(),
        _ => line.quantity.typed(words.language()),
    };
    let id = format!("quantity-{}", line.id);
    let problem_id = format!("{id}-problem");
    let described = problem.is_some().then(|| problem_id.clone());
    let less = line.quantity.value() - Decimal::ONE;
    PostForm::to("/api/cart/change").class("cart-line-quantity").send("change").around(view! {
            <Hidden name="line" value=line.id.to_string()/>
            <Hidden name="back" value=here.to(Page::Cart)/>
            <label class="visually-hidden" for=id.clone()>{words.about(Saying::Quantity, &line.name)}</label>
            <div class="stepper">
                // First in the form, so that Enter in the field sends what is typed and not a step.
                <button type="submit" class="visually-hidden" tabindex="-1" aria-hidden="true"></button>
                {if less > Decimal::ZERO {
                    step(words, Saying::Less, "−", less, line).into_any()
                } else {
                    // Nothing is less than the least: its room stays, so that lines keep aligned.
                    view! { <span class="stepper-step"></span> }.into_any()
                }}
                <input class="input" id=id name="quantity" value=value inputmode="decimal" autocomplete="off"
                    maxlength="12" aria-describedby=described aria-invalid=problem.is_some().then_some("true")/>
                {step(words, Saying::More, "+", line.quantity.value() + Decimal::ONE, line)}
            </div>
            <span class="cart-line-unit">{unit.to_owned()}</span>
            <button type="submit" class="button without-script">{words.say(Saying::Update)}</button>
            {problem.map(|text| view! { <p class="field-problem" id=problem_id>{text}</p> })}
        })
}

fn step(
    words: Words,
    what: Saying,
    sign: &'static str,
    value: Decimal,
    line: &LineView,
) -> impl IntoView + use<> {
    view! {
        <button type="submit" class="stepper-step" name="step" value=typed_decimal(value, words.language())
            aria-label=words.about(what, &line.name)>{sign}</button>
    }
}

fn summary(here: &Here, cart: &CartView) -> AnyView {
    let words = here.words;
    let subtotal = cart.subtotal.as_ref().map(|subtotal| {
        view! {
            <dl class="totals">
                <div class="totals-total">
                    <dt>{words.say(Saying::Subtotal)}</dt>
                    <dd>{words.money(subtotal)}</dd>
                </div>
            </dl>
        }
    });
    let incomplete = (cart.incomplete && here.visitor().sees_prices())
        .then(|| view! { <p class="summary-hint">{words.say(Saying::SubtotalIncomplete)}</p> });
    view! {
        <aside class="summary" aria-label=words.say(Saying::Subtotal)>
            {subtotal}
            {incomplete}
            {way_on(here, cart)}
            <p><a href=here.to(Page::Home)>{words.say(Saying::KeepShopping)}</a></p>
        </aside>
    }
    .into_any()
}

/// What the visitor can do next, or why they cannot order.
fn way_on(here: &Here, cart: &CartView) -> AnyView {
    let words = here.words;
    if !here.shop.takes_orders {
        let trouble = vitrina::trouble::Trouble::OrdersOff;
        return view! { <p class="summary-hint">{words.trouble_text(&trouble)}</p> }.into_any();
    }
    let blocked = (!cart.orderable())
        .then(|| view! { <p class="summary-hint">{words.say(Saying::MendCart)}</p> });
    match here.visitor() {
        Visitor::Guest => {
            let checkout = here.place.in_language(here.language());
            let checkout = vitrina::places::Place {
                page: Page::Checkout,
                ..checkout
            };
            view! {
                {blocked}
                <SignInForm back=checkout kind=Kind::Primary text=words.say(Saying::SignInToOrder)/>
                <p class="summary-hint">{words.say(Saying::SignInToOrderHint)}</p>
            }
            .into_any()
        }
        Visitor::SignedIn { standing, .. } => match standing {
            Standing::Acting { access, .. } if access.role.may_order() => {
                if cart.orderable() {
                    view! {
                        {to_checkout(here)}
                        <p class="summary-hint">{words.say(Saying::VatAtCheckout)}</p>
                    }
                    .into_any()
                } else {
                    blocked.into_any()
                }
            }
            Standing::Acting { .. } => {
                let trouble = vitrina::trouble::Trouble::NotAllowed;
                view! { <p class="summary-hint">{words.trouble_text(&trouble)}</p> }.into_any()
            }
            Standing::Choosing => view! {
                <LinkButton kind=Kind::Primary href=here.to(Page::Customers)>{words.say(Saying::ChooseCustomerFirst)}</LinkButton>
            }
            .into_any(),
            Standing::NoCustomer => {
                view! { <p class="summary-hint">{words.say(Saying::WaitForCustomer)}</p> }.into_any()
            }
            Standing::Unknown => {
                let trouble = vitrina::trouble::Trouble::Away;
                view! { <p class="summary-hint">{words.trouble_text(&trouble)}</p> }.into_any()
            }
        },
    }
}

/// The checkout may not be framed: from a frame its link leads out.
fn to_checkout(here: &Here) -> AnyView {
    let (href, text) = (here.to(Page::Checkout), here.words.say(Saying::ToCheckout));
    match use_context::<Framed>() {
        None => view! { <LinkButton kind=Kind::Primary href>{text}</LinkButton> }.into_any(),
        Some(framed) => view! {
            <a class="button button-primary" href=href target=framed.target() rel="noopener" data-leaves="">{text}</a>
        }
        .into_any(),
    }
}
