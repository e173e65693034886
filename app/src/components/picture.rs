//! Pictures in the size that is needed, with their room kept.

use leptos::prelude::*;
use vitrina::catalog::view::PictureView;

use crate::controls::{Icon, Shape};

/// What a picture is for: decides its size on the page and when it is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The main picture of a product's page.
    Main,
    /// One of many in a grid.
    Card,
    /// One of the first in a grid, visible at once.
    FirstCards,
    /// Beside a line of a cart or an order.
    Thumb,
}

impl Role {
    fn sizes(self) -> &'static str {
        match self {
            Self::Main => "(min-width: 60rem) 36rem, 100vw",
            Self::Card | Self::FirstCards => {
                "(min-width: 75rem) 17rem, (min-width: 40rem) 30vw, 46vw"
            }
            Self::Thumb => "5rem",
        }
    }
}

/// A picture, or an empty frame where there is none.
#[component]
pub(crate) fn Picture(
    /// The picture.
    picture: Option<PictureView>,
    /// What it is for.
    role: Role,
    /// What it shows; empty where the text beside it says so.
    #[prop(optional, into)]
    alt: String,
) -> impl IntoView {
    let largest = picture
        .as_ref()
        .and_then(|picture| picture.sources.last().cloned());
    let (Some(picture), Some(largest)) = (picture, largest) else {
        return view! { <span class="picture picture-none"><Icon shape=Shape::Frame/></span> }
            .into_any();
    };
    let srcset = picture
        .sources
        .iter()
        .map(|source| format!("{} {}w", source.address, source.width))
        .collect::<Vec<_>>()
        .join(", ");
    let height = (u64::from(largest.width) * 1000)
        .checked_div(u64::from(picture.aspect))
        .unwrap_or_else(|| largest.width.into());
    let (loading, priority) = match role {
        Role::Main => ("eager", Some("high")),
        Role::FirstCards => ("eager", None),
        Role::Card | Role::Thumb => ("lazy", None),
    };
    view! {
        <img class="picture" src=largest.address srcset=srcset sizes=role.sizes() width=largest.width
            height=height.to_string() alt=alt loading=loading decoding="async" fetchpriority=priority/>
    }
    .into_any()
}
