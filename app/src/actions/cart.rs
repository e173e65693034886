//! The cart's forms.

use leptos::prelude::*;

use super::{Answer, Caller};
#[cfg(feature = "ssr")]
use {
    super::reply::{Asked, badged},
    crate::{
        notice::{Done, Notice},
        words::Words,
    },
    vitrina::{
        backend::{CartTrouble, Wish},
        places::Page,
    },
};

/// Puts something into the cart. `once` names the wish: sent twice under one name it is one wish.
#[server(prefix = "/api", endpoint = "cart/add", client = Caller)]
pub async fn add_to_cart(
    #[server(default)] product: String,
    #[server(default)] variant: String,
    #[server(default)] unit: String,
    #[server(default)] quantity: String,
    #[server(default)] once: String,
    #[server(default)] back: String,
) -> Result<Answer, ServerFnError> {
    let asked = Asked::now(&back)?;
    let language = asked.language();
    let outcome = match read_wish(&product, &variant, &unit, &quantity, &once) {
        Some(wish) => asked.store.add_to_cart(language, wish).await,
        None => Err(CartTrouble::Gone),
    };
    Ok(match outcome {
        Ok(added) => {
            let answer = asked.lead(&asked.back, &Notice::done(Done::Added));
            let answer = badged(answer, added.badge.lines, language);
            Answer {
                said: Words::new(language).added(&added.name),
                ..answer
            }
        }
        Err(trouble) => asked.lead(&asked.back, &Notice::cart(&trouble, &quantity)),
    })
}

/// The ids of a form; none if one of them is none of ours.
#[cfg(feature = "ssr")]
fn read_wish(product: &str, variant: &str, unit: &str, quantity: &str, once: &str) -> Option<Wish> {
    let variant = match variant {
        "" => None,
        id => Some(id.parse().ok()?),
    };
    let unit = match unit {
        "" => None,
        id => Some(id.parse().ok()?),
    };
    Some(Wish {
        product: product.parse().ok()?,
        variant,
        unit,
        quantity: quantity.to_owned(),
        once: once.parse().ok(),
    })
}

/// Changes the quantity of a line. `step` is the quantity of the button that was pressed, if one was.
#[server(prefix = "/api", endpoint = "cart/change", client = Caller)]
pub async fn change_line(
    #[server(default)] line: String,
    #[server(default)] quantity: String,
    #[server(default)] step: String,
    #[server(default)] back: String,
) -> Result<Answer, ServerFnError> {
    let asked = Asked::now(&back)?;
    let wanted = if step.is_empty() { quantity } else { step };
    let id = line.parse().ok();
    let outcome = match id {
        Some(line) => {
            asked
                .store
                .change_line(asked.language(), line, &wanted)
                .await
        }
        None => Err(CartTrouble::Gone),
    };
    let notice = match outcome {
        Ok(()) => Notice::default(),
        Err(trouble) => Notice::cart(&trouble, &wanted).about(id),
    };
    let cart = asked.place(Page::Cart);
    Ok(asked.lead_with_badge(&cart, &notice).await)
}

/// Takes a line out.
#[server(prefix = "/api", endpoint = "cart/remove", client = Caller)]
pub async fn remove_line(
    #[server(default)] line: String,
    #[server(default)] back: String,
) -> Result<Answer, ServerFnError> {
    let asked = Asked::now(&back)?;
    let outcome = match line.parse() {
        Ok(line) => asked.store.remove_line(line).await,
        Err(_) => Err(CartTrouble::Gone),
    };
    let notice = match outcome {
        Ok(()) => Notice::done(Done::Removed),
        Err(trouble) => Notice::cart(&trouble, ""),
    };
    let cart = asked.place(Page::Cart);
    Ok(asked.lead_with_badge(&cart, &notice).await)
}

/// Puts the line that was last taken out back in.
#[server(prefix = "/api", endpoint = "cart/restore", client = Caller)]
pub async fn restore_line(#[server(default)] back: String) -> Result<Answer, ServerFnError> {
    let asked = Asked::now(&back)?;
    let notice = match asked.store.restore_line().await {
        Ok(()) => Notice::default(),
        Err(trouble) => Notice::cart(&trouble, ""),
    };
    let cart = asked.place(Page::Cart);
    Ok(asked.lead_with_badge(&cart, &notice).await)
}

/// What the cart's badge tells, for a page that comes from a cache.
#[server(prefix = "/api", endpoint = "cart/badge", client = Caller)]
pub async fn cart_badge(#[server(default)] back: String) -> Result<Answer, ServerFnError> {
    let asked = Asked::now(&back)?;
    let notice = Notice::default();
    Ok(asked.lead_with_badge(&asked.back, &notice).await)
}
