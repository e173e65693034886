//! The way to sign in and back to where one was.

use leptos::prelude::*;
use vitrina::places::Place;

use super::in_frame::{ForHandOver, Framed};
use crate::controls::{Button, Hidden, Kind, PostForm};

/// A form that starts a sign-in. It leaves a frame, since the sign-in page does not allow itself to be framed (X2); a guest's cart
/// comes along.
#[component]
pub(crate) fn SignInForm(
    /// Where to come back to.
    back: Place,
    /// How loud the button is.
    kind: Kind,
    /// Its text.
    text: &'static str,
) -> impl IntoView {
    let framed = use_context::<Framed>();
    let target = framed.as_ref().map_or("_top", Framed::target);
    let bring = framed.and_then(|framed| framed.guest);
    let hand_over = use_context::<ForHandOver>().map(|ForHandOver(id)| id);
    PostForm::to("/sign-in").opens_in(target).around(view! {
        <Hidden name="return" value=back.path()/>
        {bring.map(|guest| view! { <Hidden name="bring" value=guest/> })}
        {hand_over.map(|id| view! { <Hidden name="hand_over" value=id/> })}
        <Button kind>{text}</Button>
    })
}
