//! Forms that put something into the cart. They hold no island: one listens for all of them (see `islands`).

use leptos::prelude::*;
use vitrina::{
    catalog::view::{ProductCard, ProductView},
    places::Place,
    quantity::typed_decimal,
};

use crate::{
    controls::{Button, Field, FieldProblemText, Hidden, Kind, PostForm},
    here::Here,
    notice::Problem,
    words::{Saying, Words},
};

const ACTION: &str = "/api/cart/add";

/// One click from a list: the least that may be ordered, in the selling unit.
pub(crate) fn quick_add(words: Words, card: &ProductCard, back: &Place) -> AnyView {
    PostForm::to(ACTION)
        .class("quick-add")
        .send("add")
        .around(view! {
            <Hidden name="product" value=card.id.to_string()/>
            <Hidden name="unit" value=card.unit.id.to_string()/>
            <Hidden name="quantity" value=card.least.normalize().to_string()/>
            <Hidden name="back" value=back.path()/>
            <Button kind=Kind::Secondary label=words.about(Saying::AddToCart, &card.name)>
                {words.say(Saying::AddToCart)}
            </Button>
        })
}

/// In place of a form where there is no price: how to come by one.
pub(crate) fn on_request(here: &Here) -> AnyView {
    let saying = if here.visitor().acting().is_some() {
        Saying::OnRequestOnly
    } else {
        Saying::OnRequestGuest
    };
    view! { <p class="on-request">{here.words.say(saying)}</p> }.into_any()
}

/// Variant, unit and quantity, on the product's own page.
#[component]
pub(crate) fn AddForm(
    /// The words.
    words: Words,
    /// The product.
    product: ProductView,
    /// This page.
    back: Place,
    /// What was wrong the last time, and what was typed.
    problem: Option<(Problem, String)>,
) -> impl IntoView {
    let card = &product.card;
    let (quantity_problem, variant_problem, typed) = match problem {
        Some((Problem::Quantity(problem), typed)) => {
            (Some(words.quantity_problem(problem)), None, Some(typed))
        }
        Some((Problem::PickVariant, typed)) => (
            None,
            Some(words.say(Saying::PickVariant)),
            (!typed.is_empty()).then_some(typed),
        ),
        _ => (None, None, None),
    };
    let least =
        (card.least > rust_decimal::Decimal::ONE).then(|| words.least(card.least, &card.unit.name));
    PostForm::to(ACTION).class("add-form").send("add").around(view! {
            <Hidden name="product" value=card.id.to_string()/>
            <Hidden name="back" value=back.path()/>
            {variants(words, &product, variant_problem)}
            {units(words, &product)}
            <div class="add-form-row">
                <Field id="quantity" name="quantity" label=words.say(Saying::Quantity) keyboard="decimal"
                    value=typed.unwrap_or_else(|| typed_decimal(card.least, words.language())) problem=quantity_problem
                    autocomplete="off" most=12u32 hint=least/>
                <Button kind=Kind::Primary>{words.say(Saying::AddToCart)}</Button>
            </div>
        })
}

/// The choice of a variant, none taken for granted.
fn variants(words: Words, product: &ProductView, problem: Option<&'static str>) -> AnyView {
    if product.variants.is_empty() {
        return ().into_any();
    }
    let described = problem.map(|_| "variant-problem");
    let choices: Vec<_> = product
        .variants
        .iter()
        .map(|variant| {
            view! {
                <label class="choice">
                    <input type="radio" name="variant" value=variant.id.to_string() required/>
                    <span>{variant.name.clone()}</span>
                </label>
            }
        })
        .collect();
    view! {
        <fieldset class="choices" aria-describedby=described>
            <legend>{words.say(Saying::Variant)}</legend>
            <div class="choices-row">{choices}</div>
            {problem.map(|text| view! { <FieldProblemText id="variant-problem" text/> })}
        </fieldset>
    }
    .into_any()
}

/// The choice of a unit; the selling unit is taken for granted, and alone it is no choice.
fn units(words: Words, product: &ProductView) -> AnyView {
    let selling = &product.card.unit;
    match product.units.as_slice() {
        [] | [_] => {
            let unit = product.units.first().map_or(selling, |choice| &choice.unit);
            view! { <Hidden name="unit" value=unit.id.to_string()/> }.into_any()
        }
        units => {
            let choices: Vec<_> = units
                .iter()
                .enumerate()
                .map(|(index, choice)| {
                    let text = if choice.unit.id == selling.id {
                        choice.unit.name.clone()
                    } else {
                        words.holds(&choice.unit.name, choice.holds, &selling.name)
                    };
                    view! {
                        <label class="choice">
                            <input type="radio" name="unit" value=choice.unit.id.to_string() checked=index == 0/>
                            <span>{text}</span>
                        </label>
                    }
                })
                .collect();
            view! {
                <fieldset class="choices">
                    <legend>{words.say(Saying::Unit)}</legend>
                    <div class="choices-row">{choices}</div>
                </fieldset>
            }
            .into_any()
        }
    }
}
