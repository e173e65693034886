//! Suggestions while one types.

use leptos::prelude::*;
use vitrina::catalog::view::Suggestion;

use super::Caller;

#[cfg(feature = "ssr")]
use {super::reply::Asked, vitrina::catalog::listing::LONGEST_SEARCH};

/// A few products and groups that fit what is being typed.
#[server(prefix = "/api", endpoint = "search/suggest", client = Caller)]
pub async fn suggest(
    #[server(default)] text: String,
    #[server(default)] back: String,
) -> Result<Vec<Suggestion>, ServerFnError> {
    let asked = Asked::now(&back)?;
    let text: String = text.trim().chars().take(LONGEST_SEARCH).collect();
    Ok(if text.is_empty() {
        Vec::new()
    } else {
        asked.store.suggest(asked.language(), &text)
    })
}
