//! The way to sign in and back to where one was.

use leptos::prelude::*;
use vitrina::places::Place;

use crate::controls::{Button, Hidden, Kind, PostForm};

/// A form that starts a sign-in. It leaves a frame, since the sign-in page does not allow itself to be framed.
#[component]
pub(crate) fn SignInForm(
    /// Where to come back to.
    back: Place,
    /// How loud the button is.
    kind: Kind,
    /// Its text.
    text: &'static str,
) -> impl IntoView {
    PostForm::to("/sign-in").leaves_frame().around(view! {
        <Hidden name="return" value=back.path()/>
        <Button kind>{text}</Button>
    })
}
