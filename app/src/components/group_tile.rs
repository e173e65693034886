//! Groups that can be opened.

use leptos::prelude::*;
use vitrina::catalog::view::GroupTile;

use super::{Picture, Role};
use crate::here::Here;

/// Groups as tiles.
#[component]
pub(crate) fn GroupTiles(
    /// The request.
    here: Here,
    /// The groups.
    groups: Vec<GroupTile>,
) -> impl IntoView {
    let tiles: Vec<_> = groups
        .into_iter()
        .map(|group| {
            let href = here.to_group(group.path);
            view! {
                <li class="group-tile">
                    <Picture picture=group.picture role=Role::Card/>
                    <a class="group-tile-name" href=href>{group.name}</a>
                    <span class="group-tile-count">{here.words.products(group.products)}</span>
                </li>
            }
        })
        .collect();
    view! { <ul class="group-tiles">{tiles}</ul> }
}
