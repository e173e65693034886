//! `GET /sign-in/finish/{landing}`: the browser, which brought the answer, proves that it also began (P5); the answer is redeemed
//! once (S4), a new session begins (S6).

use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use erp::identity::{Attempt, Callback, IdentityError, ProviderError, SignInError, SignedIn};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, SET_COOKIE},
};
use uuid::Uuid;
use vitrina::{
    places::{Page, Place},
    text::Language,
    visitor::Standing,
};

use super::{CALLBACK, Scene, callback::Answer, cookies, return_to};
use crate::{
    frames::{
        self,
        hand_over::{self, Handed, Window},
    },
    language,
    layers::{headers::Nonce, log::Reference, refusal::Refused},
    ledger::attempts::{Claim, Claimed},
    portal::Portal,
    routes::redirect,
    sessions::{self, CartOwner, PersonRecord, Visit, VisitError},
};

/// How long a sign-in takes at most (reference/security.md §14): who waits longer tries again, and makes it worse.
const LONGEST: Duration = Duration::from_secs(8);
/// How long the customers of the person are waited for at most, and at least. They can also be asked with the next page.
const CUSTOMERS_WAIT: (Duration, Duration) = (Duration::from_secs(3), Duration::from_millis(500));

/// Finishes a sign-in, and leads to where it was to return.
pub async fn get(
    State(portal): State<Arc<Portal>>,
    Path(landing): Path<String>,
    Reference(reference): Reference,
    Extension(nonce): Extension<Nonce>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
) -> Response {
    let until = portal.world.clock.elapsed() + LONGEST;
    let preferred = language::preferred(&headers, &portal.settings.languages);
    let scene = |language: Language| Scene {
        nonce: nonce.clone(),
        language,
        reference: reference.clone(),
    };
    let landed = match portal.ledger.landed(&landing).await {
        Ok(Some(landed)) => landed,
        Ok(None) => {
            tracing::info!(
                kind = "expired",
                "a sign-in took too long, or is none of ours"
            );
            return scene(preferred)
                .trouble(&portal, app::SignInKind::Expired)
                .await;
        }
        Err(error) => {
            tracing::error!(%error, "an attempt cannot be looked up");
            return Refused(StatusCode::SERVICE_UNAVAILABLE).into_response();
        }
    };
    let id = landed.id();
    let secret = cookies::attempts(&headers, &portal.settings.origin)
        .into_iter()
        .find_map(|(name, secret)| (name == id).then_some(secret));
    let framed = match portal.ledger.framed_attempt(id).await {
        Ok(framed) => framed,
        Err(error) => {
            tracing::error!(%error, "an attempt cannot be looked up");
            return Refused(StatusCode::SERVICE_UNAVAILABLE).into_response();
        }
    };
    let claim = portal
        .ledger
        .claim_attempt(&landed, secret.as_deref(), portal.world.clock.now())
        .await;
    let claimed = match claim {
        Ok(Claim::Yours(claimed)) => claimed,
        Ok(Claim::OtherBrowser) => {
            tracing::warn!(
                kind = "other_browser",
                "a sign-in came back to another browser than it began in"
            );
            return scene(preferred)
                .trouble(&portal, app::SignInKind::OtherBrowser)
                .await;
        }
        // P7: a reload, or the back button. Who is signed in goes on, others are told to start again.
        Ok(Claim::Used { return_to }) => {
            let place = place(&portal, &return_to, preferred);
            if framed.hand_over.is_some() {
                return hand_over::page(&portal, scene(place.language), None).await;
            }
            if visit.visitor().person().is_some() {
                return redirect(StatusCode::SEE_OTHER, &place.path(), &[]);
            }
            tracing::info!(
                kind = "already_used",
                "a sign-in was finished a second time"
            );
            return scene(place.language)
                .trouble(&portal, app::SignInKind::AlreadyUsed)
                .await;
        }
        Ok(Claim::Expired) => {
            tracing::info!(kind = "expired", "a sign-in took too long");
            return scene(preferred)
                .trouble(&portal, app::SignInKind::Expired)
                .await;
        }
        Err(error) => {
            tracing::error!(%error, "an answer cannot be claimed");
            return Refused(StatusCode::SERVICE_UNAVAILABLE).into_response();
        }
    };
    let mut place = place(&portal, &claimed.return_to, preferred);
    if framed.hand_over.is_some() {
        place = frames::framed_place(place);
    }
    let signed_out_before = claimed.signed_out_before;
    let outcome = redeem(&portal, claimed, place.language).await;
    if let Err(error) = portal.ledger.end_attempt(id, outcome.is_ok()).await {
        tracing::error!(%error, "an attempt cannot be ended");
    }
    let response = match (outcome, framed.hand_over) {
        (Ok(signed_in), Some(hand_over)) => {
            // The attempt's cookie stays: it proves who goes on in this window (X6).
            let scene = scene(place.language);
            let record = sessions::record_of(&portal, signed_in, &headers, signed_out_before);
            let (record, to) = onward(&portal, record, &place, until).await;
            let window = Window {
                hand_over: &hand_over,
                attempt: id,
                secret: secret.as_deref().unwrap_or_default(),
            };
            return hand_over::offer(&portal, scene, &window, &Handed { record, to }).await;
        }
        (Ok(signed_in), None) => {
            let record = sessions::record_of(&portal, signed_in, &headers, signed_out_before);
            match enter(&portal, &visit, record, (&place, until), framed.guest).await {
                Ok(to) => redirect(StatusCode::SEE_OTHER, &to, &[]),
                // B3: signed out everywhere while this was on its way.
                Err(VisitError::Ended) => {
                    tracing::info!(kind = "signed_out_meanwhile", "a sign-in was not finished");
                    scene(place.language)
                        .trouble(&portal, app::SignInKind::Expired)
                        .await
                }
                Err(error) => {
                    tracing::error!(%error, "a session cannot begin");
                    Refused(StatusCode::SERVICE_UNAVAILABLE).into_response()
                }
            }
        }
        (Err(kind), hand_over) => {
            scene(place.language)
                .trouble_for(&portal, kind, hand_over)
                .await
        }
    };
    // S6: the attempt's cookie goes, whatever came of it.
    with_cookie_dropped(response, cookies::drop(&portal.settings.origin, id))
}

fn with_cookie_dropped(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn place(portal: &Portal, path: &str, language: Language) -> Place {
    return_to(portal, path).unwrap_or_else(|| Place::new(language, Page::Home))
}

/// Redeems the answer. Called at most once for an attempt; a failed exchange is never repeated (S5).
async fn redeem(
    portal: &Portal,
    claimed: Claimed,
    language: Language,
) -> Result<SignedIn, app::SignInKind> {
    let Ok(answer) = serde_json::from_str::<Answer>(&claimed.answer) else {
        tracing::error!(kind = "unreadable", "a parked answer cannot be read");
        return Err(app::SignInKind::NotAccepted);
    };
    let Ok(callback) = Callback::read(answer.mode(), answer.fields()) else {
        // V1, V2.
        tracing::warn!(
            kind = "not_a_callback",
            "an answer holds too much or too little"
        );
        return Err(app::SignInKind::NotAccepted);
    };
    let attempt = Attempt {
        state: answer.state.clone().into(),
        nonce: claimed.nonce.into(),
        verifier: claimed.verifier.into(),
        redirect_uri: portal.settings.origin.address(CALLBACK),
        language,
    };
    let redeemed = portal.instance.identity().redeem(&attempt, &callback).await;
    redeemed.map_err(|error| {
        let (kind, advice) = (error.kind(), error.advice());
        if kind == "application_refused" {
            tracing::error!(kind, %error, advice, "nobody can sign in");
        } else {
            tracing::warn!(kind, %error, advice, "a sign-in was not accepted");
        }
        page_for(&error)
    })
}

/// The page somebody gets whose sign-in failed.
fn page_for(error: &SignInError) -> app::SignInKind {
    use app::SignInKind as Page;
    match error {
        SignInError::Provider(ProviderError::Denied) => Page::Denied,
        SignInError::Provider(ProviderError::InteractionNeeded | ProviderError::Other) => {
            Page::Unfinished
        }
        SignInError::Rejected(_) => Page::NotAccepted,
        // Too late, used twice, or the account was disabled meanwhile: the instance does not say which.
        SignInError::CodeRefused => Page::CodeRefused,
        SignInError::UserType => Page::UserType,
        SignInError::Identity(IdentityError::Refused(_)) => Page::NotSetUp,
        SignInError::Provider(ProviderError::Unavailable) | SignInError::Identity(_) => Page::Away,
    }
}

/// Begins the session (S6). A guest's cart comes along, also one from the frame that was left; another person's does not.
async fn enter(
    portal: &Portal,
    visit: &Visit,
    record: PersonRecord,
    (place, until): (&Place, Duration),
    brought: Option<Uuid>,
) -> Result<String, VisitError> {
    let guest = visit.guest_cart().map(CartOwner::Guest);
    let (record, to) = onward(portal, record, place, until).await;
    let guests = guest.into_iter().chain(brought.map(CartOwner::Guest));
    settle(portal, visit, record, guests).await?;
    Ok(to)
}

/// The record with the customer, if there is one only; and where it goes on. By then (by the portal's clock) it should be told.
async fn onward(
    portal: &Portal,
    mut record: PersonRecord,
    place: &Place,
    until: Duration,
) -> (PersonRecord, String) {
    let (most, least) = CUSTOMERS_WAIT;
    let left = until.saturating_sub(portal.world.clock.elapsed());
    let person = &record.person.id;
    let accesses = portal.access.fresh_within(person, left.clamp(least, most));
    let standing = match accesses.await {
        Ok(accesses) => sessions::standing(accesses, None),
        Err(error) => {
            tracing::warn!(
                kind = error.kind(),
                "the customers of a person cannot be read"
            );
            Standing::Unknown
        }
    };
    let language = place.language;
    let to = match &standing {
        Standing::Acting { access, .. } => {
            record.customer = Some(access.customer.id);
            place.path()
        }
        Standing::Unknown => place.path(),
        Standing::NoCustomer => Place::new(language, Page::Waiting).path(),
        Standing::Choosing => format!(
            "{}?return={}",
            Place::new(language, Page::Customers).path(),
            percent_encoding::utf8_percent_encode(
                &place.path(),
                percent_encoding::NON_ALPHANUMERIC
            )
        ),
    };
    (record, to)
}

/// Makes this visit's session the person's; these guests' carts join.
pub(crate) async fn settle(
    portal: &Portal,
    visit: &Visit,
    record: PersonRecord,
    guests: impl IntoIterator<Item = CartOwner>,
) -> Result<(), VisitError> {
    // B3: who was signed out everywhere meanwhile stays a guest, with the guest's cart.
    let (entry, since) = (record.entry(), record.signed_out_before);
    if portal.ledger.signed_out_since(&entry, since).await? {
        return Err(VisitError::Ended);
    }
    let now = portal.world.clock.now();
    let person = record.person.id.clone();
    if let Some(customer) = record.customer {
        sessions::bring_along(&portal.ledger, &person, customer, now).await?;
    }
    let owner = CartOwner::Person {
        person,
        customer: record.customer,
    };
    for guest in guests {
        portal.ledger.join_carts(&guest, &owner, now).await?;
    }
    let session = visit.session().ok_or(VisitError::NotYours)?;
    sessions::enter(&portal.ledger, session, record).await
}
