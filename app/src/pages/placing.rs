//! An order that was sent: on its way, in doubt, placed, or certainly not.

use http::StatusCode;
use leptos::prelude::*;
use leptos_meta::Meta;
use vitrina::{
    order::{OrderKey, PlacingView},
    places::{Page, Place},
};

use super::{order, settled};
use crate::{
    actions::checkout::write_money,
    components::{Document, framed, later},
    controls::{Icon, Kind, LinkButton, Note, Shape, Tone},
    here::Here,
    notice::{Notice, Problem},
    words::Saying,
};

/// Seconds after which a page looks again: soon while it is being sent, seldom while in doubt.
const LOOK_AGAIN: (&str, &str) = ("2", "10");

pub(super) fn view(here: &Here, key: OrderKey) -> AnyView {
    let (asks, here) = (here.clone(), here.clone());
    later(
        async move { asks.store.placing(key).await },
        move |placing| settled(&here, placing, show),
    )
}

fn show(here: &Here, placing: PlacingView) -> AnyView {
    let words = here.words;
    let orders = || {
        view! {
            <LinkButton kind=Kind::Secondary href=here.to(Page::Orders(1))>{words.say(Saying::MyOrders)}</LinkButton>
            <LinkButton kind=Kind::Secondary href=here.to(Page::Home)>{words.say(Saying::KeepShopping)}</LinkButton>
        }
    };
    let (title, content) = match placing {
        PlacingView::Placing => (
            Saying::PlacingTitle,
            waiting(here, Saying::PlacingText, LOOK_AGAIN.0),
        ),
        PlacingView::InDoubt => (
            Saying::InDoubtTitle,
            waiting(here, Saying::InDoubtText, LOOK_AGAIN.1),
        ),
        PlacingView::Placed(placed) => (
            Saying::PlacedTitle,
            view! {
                <p class="lead">{words.order(&placed.summary.number)}". "{words.say(Saying::PlacedText)}</p>
                <p class="buttons">{orders()}</p>
                {order::body(here, placed)}
            }
            .into_any(),
        ),
        PlacingView::PlacedBriefly { number } => (
            Saying::PlacedTitle,
            view! {
                {number.map(|number| view! { <p class="lead">{words.order(&number)}</p> })}
                <p>{words.say(Saying::PlacedBrieflyText)}</p>
                <p class="buttons">{orders()}</p>
            }
            .into_any(),
        ),
        PlacingView::PriceChanged { seen, now } => {
            here.status(StatusCode::CONFLICT);
            // The checkout shows the total as it now is, what was typed, and the button that orders for it.
            let typed = seen.as_ref().map(write_money).unwrap_or_default();
            let checkout = Notice::problem(Problem::PriceChanged)
                .typed(&typed)
                .address(&Place::new(here.language(), Page::Checkout));
            (
                Saying::PriceChangedTitle,
                view! {
                    <Note tone=Tone::Bad>
                        <p>{words.price_changed(seen.as_ref())}</p>
                    </Note>
                    <p class="lead">{words.about(Saying::PriceChangedNow, &words.money(&now))}</p>
                    <p class="buttons">
                        <LinkButton kind=Kind::Primary href=checkout>{words.say(Saying::PriceChangedLook)}</LinkButton>
                        <LinkButton kind=Kind::Secondary href=here.to(Page::Cart)>{words.say(Saying::BackToCart)}</LinkButton>
                    </p>
                }
                .into_any(),
            )
        }
        PlacingView::NotPlaced(trouble) => {
            here.status(StatusCode::CONFLICT);
            (
                Saying::NotPlacedTitle,
                view! {
                    <Note tone=Tone::Bad>
                        <p><strong>{words.trouble_title(&trouble)}</strong></p>
                        <p>{words.trouble_text(&trouble)}</p>
                    </Note>
                    <p class="lead">{words.say(Saying::NotPlacedText)}</p>
                    <p class="buttons">
                        <LinkButton kind=Kind::Primary href=here.to(Page::Checkout)>{words.say(Saying::ToCheckout)}</LinkButton>
                        <LinkButton kind=Kind::Secondary href=here.to(Page::Cart)>{words.say(Saying::BackToCart)}</LinkButton>
                    </p>
                }
                .into_any(),
            )
        }
    };
    let mark = (title == Saying::PlacedTitle)
        .then(|| view! { <span class="placed-mark"><Icon shape=Shape::Tick/></span> });
    let content = view! {
        <Document here=here.clone() title=words.say(title)/>
        {mark}
        <h1>{words.say(title)}</h1>
        {content}
    }
    .into_any();
    framed(here, "page-placing", content)
}

/// The page looks again by itself, also without script.
fn waiting(here: &Here, text: Saying, seconds: &'static str) -> AnyView {
    let words = here.words;
    view! {
        <Meta http_equiv="refresh" content=seconds/>
        <p class="lead" role="status">{words.say(text)}</p>
        <span class="progress" aria-hidden="true"></span>
        <p><a class="button" href=here.place.path()>{words.say(Saying::LookAgain)}</a></p>
    }
    .into_any()
}
