//! The way from the first page to here.

use leptos::prelude::*;
use serde_json::{Value, json};
use vitrina::{catalog::view::Crumb, places::Page};

use super::structured;
use crate::{here::Here, words::Saying};

/// The groups above, and optionally the page itself, not as a link.
#[component]
pub(crate) fn Breadcrumb(
    /// The request.
    here: Here,
    /// The groups above, from the top down.
    above: Vec<Crumb>,
    /// The page's own name.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    let words = here.words;
    let mut steps = vec![(words.say(Saying::Home).to_owned(), here.to(Page::Home))];
    steps.extend(above.into_iter().map(|crumb| {
        let path = here.to_group(crumb.path);
        (crumb.name, path)
    }));
    let data = data(&here, &steps, &name);
    let links: Vec<_> = steps
        .into_iter()
        .map(|(name, href)| view! { <li><a href=href>{name}</a></li> })
        .collect();
    view! {
        <nav class="breadcrumb" aria-label=words.say(Saying::Breadcrumb)>
            <ol>
                {links}
                <li aria-current="page">{name}</li>
            </ol>
        </nav>
        {data.map(|data| structured(&data))}
    }
}

/// The same for search engines; they want full addresses.
fn data(here: &Here, steps: &[(String, String)], name: &str) -> Option<Value> {
    let own = (name.to_owned(), here.place.path());
    let items: Vec<Value> = steps
        .iter()
        .chain([&own])
        .enumerate()
        .map(|(index, (name, path))| {
            Some(json!({
                "@type": "ListItem",
                "position": index + 1,
                "name": name,
                "item": here.full(path)?,
            }))
        })
        .collect::<Option<_>>()?;
    Some(json!({
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": items,
    }))
}
