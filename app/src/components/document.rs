//! What a page says of itself to browsers and search engines.

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{Link, Meta, Title};
use serde_json::Value;

use crate::here::Here;

/// Title, description and addresses of a page.
#[component]
pub(crate) fn Document(
    /// The request.
    here: Here,
    /// The page's title, without the shop's name.
    #[prop(into)]
    title: String,
    /// What the page is about, for those who find it.
    #[prop(optional, into)]
    description: Option<String>,
    /// The address of a picture of it.
    #[prop(optional_no_strip, into)]
    picture: Option<String>,
    /// Whether search engines may list it.
    #[prop(optional)]
    public: bool,
) -> impl IntoView {
    let shop = here.shop.name.clone();
    let full_title = if title == shop {
        title.clone()
    } else {
        format!("{title} · {shop}")
    };
    let path = here.place.path();
    let indexing = if public {
        let others = here.shop.languages.iter().map(|language| {
            let other = here.place.in_language(*language).path();
            let href = here.full(&other).unwrap_or(other);
            view! { <Link rel="alternate" hreflang=language.to_string() href/> }
        });
        let picture = picture.and_then(|path| here.full(&path));
        view! {
            <Link rel="canonical" href=here.full(&path).unwrap_or_else(|| path.clone())/>
            {others.collect::<Vec<_>>()}
            <Meta property="og:type" content="website"/>
            <Meta property="og:site_name" content=shop/>
            <Meta property="og:title" content=title/>
            <Meta property="og:locale" content=here.language().to_string()/>
            {here.full(&path).map(|url| view! { <Meta property="og:url" content=url/> })}
            {picture.map(|url| view! { <Meta property="og:image" content=url/> })}
        }
        .into_any()
    } else {
        view! { <Meta name="robots" content="noindex"/> }.into_any()
    };
    view! {
        <Title text=as_text(&full_title)/>
        {description.map(|text| {
            let text: String = text.chars().take(160).collect();
            view! { <Meta name="description" content=text/> }
        })}
        {indexing}
    }
}

/// `leptos_meta` writes a title as it is, unlike all other text: a name or a search could end the element, and begin others.
fn as_text(title: &str) -> String {
    title.replace('&', "&amp;").replace('<', "&lt;")
}

/// Structured data for search engines (JSON-LD). `<` is written as an escape, so that no text can end the element.
pub(crate) fn structured(data: &Value) -> impl IntoView + use<> {
    let json = data.to_string().replace('<', "\\u003c");
    view! { <script type="application/ld+json" nonce=use_nonce() inner_html=json></script> }
}
