//! Pages for what goes wrong: each says what happened and offers a way on.

use http::StatusCode;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use vitrina::{
    places::{Page, Place},
    trouble::Trouble,
};

use crate::{
    components::{Document, GroupTiles, SignInForm, TROUBLE, framed},
    controls::{Button, Kind, LinkButton, PostForm},
    here::Here,
    words::Saying,
};

/// An answer that is no page: the portal puts it into context, and the shell shows its page instead of a route's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The HTTP status: 403, 413, 429, 500, 503 …
    pub status: u16,
    /// The correlation id of the request.
    pub reference: String,
}

/// A sign-in that did not work: the portal puts it into context, and the shell shows its page instead of a route's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInTrouble {
    /// Why.
    pub kind: SignInKind,
    /// The correlation id of the request.
    pub reference: String,
}

/// Why a sign-in did not work, as a person may know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInKind {
    /// The person or the instance said no.
    Denied,
    /// It took too long.
    Expired,
    /// The answer came a second time.
    AlreadyUsed,
    /// It was begun in another browser, or cookies are off.
    OtherBrowser,
    /// The instance does not answer.
    Away,
    /// The answer did not pass verification.
    NotAccepted,
    /// The instance did not honour what it had just handed out: too late, or the account was disabled.
    CodeRefused,
    /// The instance stopped in the middle, for a reason of its own.
    Unfinished,
    /// Accounts of this kind may not sign in here.
    UserType,
    /// The instance refuses the shop itself; only its operator can mend that.
    NotSetUp,
}

/// A form from a page that was made for an earlier visit: before a sign-in, a sign-out, another customer (C2). The portal puts it
/// into context, and the shell shows the page that sends it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleForm {
    /// Where it was sent to.
    pub action: String,
    /// What stood in it.
    pub fields: Vec<(String, String)>,
}

impl SignInKind {
    /// Every one.
    pub const ALL: &[Self] = &[
        Self::Denied,
        Self::Expired,
        Self::AlreadyUsed,
        Self::OtherBrowser,
        Self::Away,
        Self::NotAccepted,
        Self::CodeRefused,
        Self::Unfinished,
        Self::UserType,
        Self::NotSetUp,
    ];
}

/// The reference, for those who write to the seller.
fn reference(here: &Here, reference: &str) -> AnyView {
    if reference.is_empty() {
        return ().into_any();
    }
    let words = here.words;
    view! {
        <p class="reference">
            {words.say(Saying::Reference)}": "<code>{reference.to_owned()}</code><br/>
            {words.say(Saying::ReferenceHint)}
        </p>
    }
    .into_any()
}

fn home_button(here: &Here, kind: Kind) -> AnyView {
    let text = here.words.say(Saying::ToHome);
    view! { <LinkButton kind href=here.to(Page::Home)>{text}</LinkButton> }.into_any()
}

/// A page whose question has no answer.
pub(crate) fn page(here: &Here, trouble: &Trouble) -> AnyView {
    here.troubled(trouble);
    if *trouble == Trouble::NotFound {
        return not_found(here);
    }
    let words = here.words;
    let way_on = match trouble {
        Trouble::SignInNeeded => view! {
            <SignInForm back=here.place.clone() kind=Kind::Primary text=words.say(Saying::SignIn)/>
        }
        .into_any(),
        Trouble::ChooseCustomer => {
            let back = utf8_percent_encode(&here.place.path(), NON_ALPHANUMERIC).to_string();
            let href = format!("{}?return={back}", here.to(Page::Customers));
            view! {
                <LinkButton kind=Kind::Primary href=href>{words.say(Saying::ChooseCustomerFirst)}</LinkButton>
            }
            .into_any()
        }
        Trouble::Refused(_) => view! {
            <LinkButton kind=Kind::Primary href=here.to(Page::Cart)>{words.say(Saying::BackToCart)}</LinkButton>
        }
        .into_any(),
        Trouble::Busy
        | Trouble::TooOften
        | Trouble::Away
        | Trouble::OrdersPaused
        | Trouble::Filling
        | Trouble::Internal { .. } => view! {
            <LinkButton kind=Kind::Primary href=here.place.path()>{words.say(Saying::TryAgain)}</LinkButton>
        }
        .into_any(),
        Trouble::NotFound | Trouble::NoCustomer | Trouble::NotAllowed | Trouble::OrdersOff => {
            ().into_any()
        }
    };
    let code = match trouble {
        Trouble::Internal { reference } => reference.as_str(),
        _ => "",
    };
    // Who was signed in a moment ago is told what happened.
    let (title, text) = if *trouble == Trouble::SignInNeeded && here.has_ended() {
        (words.say(Saying::EndedTitle), words.say(Saying::EndedText))
    } else {
        (words.trouble_title(trouble), words.trouble_text(trouble))
    };
    let content = view! {
        <Document here=here.clone() title=title/>
        <h1>{title}</h1>
        <p class="lead">{text}</p>
        <div class="buttons">{way_on}{home_button(here, Kind::Secondary)}</div>
        {reference(here, code)}
    }
    .into_any();
    framed(here, TROUBLE, content)
}

/// An address that leads to no page of ours.
pub(crate) fn lost(here: &Here) -> AnyView {
    here.status(StatusCode::NOT_FOUND);
    not_found(here)
}

fn not_found(here: &Here) -> AnyView {
    let words = here.words;
    let groups = here.store.menu(here.language());
    let groups = (!groups.is_empty()).then(|| {
        view! {
            <section class="section">
                <h2>{words.say(Saying::BrowseGroups)}</h2>
                <GroupTiles here=here.clone() groups/>
            </section>
        }
    });
    let content = view! {
        <Document here=here.clone() title=words.say(Saying::NotFoundTitle)/>
        <h1>{words.say(Saying::NotFoundTitle)}</h1>
        <p class="lead">{words.say(Saying::NotFoundText)}</p>
        <div class="buttons">{home_button(here, Kind::Primary)}</div>
        {groups}
    }
    .into_any();
    framed(here, TROUBLE, content)
}

/// The request in context, at the first page where its address is none of ours: a failure may come at any address.
pub(crate) fn anywhere() -> Option<Here> {
    let mut here = Here::now()?.unwrap_or_else(|lost| lost);
    here.place = Place::new(here.language(), Page::Home);
    Some(here)
}

/// The page for an answer that is none.
pub(crate) fn failure(failure: Failure) -> AnyView {
    let status = StatusCode::from_u16(failure.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(answer) = use_context::<ResponseOptions>() {
        answer.set_status(status);
    }
    let Some(here) = anywhere() else {
        return ().into_any();
    };
    if status == StatusCode::NOT_FOUND {
        return lost(&here);
    }
    let (title, text) = here.words.failure(failure.status);
    let content = view! {
        <Document here=here.clone() title=title/>
        <h1>{title}</h1>
        <p class="lead">{text}</p>
        <div class="buttons">{home_button(&here, Kind::Primary)}</div>
        {reference(&here, &failure.reference)}
    }
    .into_any();
    framed(&here, TROUBLE, content)
}

/// The page for a sign-in that did not work.
pub(crate) fn sign_in(trouble: SignInTrouble) -> AnyView {
    let Some(here) = anywhere() else {
        return ().into_any();
    };
    let status = match trouble.kind {
        SignInKind::Away | SignInKind::NotSetUp => StatusCode::SERVICE_UNAVAILABLE,
        SignInKind::Denied | SignInKind::UserType => StatusCode::FORBIDDEN,
        SignInKind::CodeRefused
        | SignInKind::Unfinished
        | SignInKind::Expired
        | SignInKind::AlreadyUsed
        | SignInKind::OtherBrowser
        | SignInKind::NotAccepted => StatusCode::BAD_REQUEST,
    };
    here.status(status);
    let words = here.words;
    let (title, text) = words.sign_in_trouble(trouble.kind);
    let content = view! {
        <Document here=here.clone() title=title/>
        <h1>{title}</h1>
        <p class="lead">{text}</p>
        <div class="buttons">
            <SignInForm back=here.place.clone() kind=Kind::Primary text=words.say(Saying::SignInAgain)/>
            {home_button(&here, Kind::Secondary)}
        </div>
        {reference(&here, &trouble.reference)}
    }
    .into_any();
    framed(&here, TROUBLE, content)
}

/// The page for a form of an earlier visit: nothing was done, everything that was typed is kept, one click sends it.
pub(crate) fn stale(form: StaleForm) -> AnyView {
    let Some(here) = anywhere() else {
        return ().into_any();
    };
    here.status(StatusCode::FORBIDDEN);
    let words = here.words;
    let fields: Vec<_> = form
        .fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect();
    let title = words.say(Saying::StaleFormTitle);
    let content = view! {
        <Document here=here.clone() title=title/>
        <h1>{title}</h1>
        <p class="lead">{words.say(Saying::StaleFormText)}</p>
        <div class="buttons">
            {PostForm::to(form.action).around(view! {
                {fields}
                <Button kind=Kind::Primary>{words.say(Saying::SendAgain)}</Button>
            })}
            {home_button(&here, Kind::Secondary)}
        </div>
    }
    .into_any();
    framed(&here, TROUBLE, content)
}
