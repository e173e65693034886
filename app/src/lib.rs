//! What a visitor sees and does.
//!
//! | module | holds | builds for |
//! | --- | --- | --- |
//! | [`actions`] | server functions by topic: the targets of every form | both |
//! | [`islands`] | the few parts that run in the browser | both |
//! | `pages` | one view for each [`vitrina::places::Page`] | server |
//! | `components` | parts that know the store and no page | server |
//! | `controls` | parts that know no store | server |
//! | `words` | every word of the interface, in each of its languages | server |
//! | `shell`, `here` | the document around a page; what a page knows of its request | server |
//!
//! **Invariants.** Pages are complete as HTML: links and plain forms. Script makes them quicker and never possible, so the
//! browser gets islands only: no page, no word and no price rule is in the WASM. Nothing here sees cookies, sessions, tokens
//! or the instance; the one thing asked is [`vitrina::backend::Backend`], taken from context.

#![expect(
    unreachable_pub,
    reason = "the component macro makes public structs of properties"
)]

pub mod actions;
pub mod islands;

#[cfg(feature = "ssr")]
mod components;
#[cfg(feature = "ssr")]
mod controls;
#[cfg(feature = "ssr")]
mod here;
#[cfg(feature = "ssr")]
mod notice;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
pub mod words;

#[cfg(feature = "ssr")]
pub use crate::{
    components::in_frame::{ForHandOver, Framed, HandedOver, Ticket},
    controls::{FORM_TOKEN, FormToken},
    here::Origin,
    pages::trouble::{Failure, SignInKind, SignInTrouble, StaleForm},
    shell::{App, shell},
};
