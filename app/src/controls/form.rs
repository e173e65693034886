//! Forms that change something. There is one such control, so that no form can forget what proves that it is ours.

use leptos::prelude::*;

use super::Hidden;

/// The name of the field that carries a [`FormToken`].
pub const FORM_TOKEN: &str = "form_token";

/// Proves that a form is on one of the pages made for this visit (C2). The portal puts it into context where the visit has
/// something to lose; guests' pages have none, so that they are the same for everybody.
#[derive(Clone, PartialEq, Eq)]
pub struct FormToken(pub String);

/// A form that changes something.
pub(crate) struct PostForm {
    action: String,
    class: Option<&'static str>,
    id: Option<&'static str>,
    send: Option<&'static str>,
    keeps: bool,
    target: Option<&'static str>,
}

impl PostForm {
    /// A form that goes there.
    pub(crate) fn to(action: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            class: None,
            id: None,
            send: None,
            keeps: false,
            target: None,
        }
    }

    /// What it looks like.
    #[must_use]
    pub(crate) fn class(mut self, class: &'static str) -> Self {
        self.class = Some(class);
        self
    }

    /// With an id, as controls elsewhere on the page belong to it.
    #[must_use]
    pub(crate) fn id(mut self, id: &'static str) -> Self {
        self.id = Some(id);
        self
    }

    /// What script does with it (see `islands`); otherwise the browser sends it.
    #[must_use]
    pub(crate) fn send(mut self, wish: &'static str) -> Self {
        self.send = Some(wish);
        self
    }

    /// Script keeps what is typed as it changes.
    #[must_use]
    pub(crate) fn keeps(mut self) -> Self {
        self.keeps = true;
        self
    }

    /// Its answer is shown in another window than its page's own.
    #[must_use]
    pub(crate) fn opens_in(mut self, target: &'static str) -> Self {
        self.target = Some(target);
        self
    }

    /// The form around its fields and buttons.
    pub(crate) fn around(self, content: impl IntoView + 'static) -> AnyView {
        let token = use_context::<FormToken>()
            .map(|FormToken(value)| view! { <Hidden name=FORM_TOKEN value=value/> });
        view! {
            <form class=self.class id=self.id method="post" action=self.action
                target=self.target
                data-send=self.send data-keep=self.keeps.then_some("")>
                {token}
                {content}
            </form>
        }
        .into_any()
    }
}
