//! A product: what it is, what it costs this visitor, how to get it.

use http::StatusCode;
use leptos::prelude::*;
use serde_json::{Value, json};
use vitrina::{
    catalog::{
        source::{PartNumber, RelationKind},
        view::{Availability, PictureView, PriceView, ProductCard, ProductView},
    },
    text::CleanHtml,
};

use super::settled;
use crate::{
    components::{
        AddForm, Breadcrumb, Document, Picture, PriceBreaks, PriceTag, ProductGrid, Role, framed,
        on_request, stock, structured,
    },
    here::Here,
    notice::Problem,
    words::Saying,
};

pub(super) fn view(here: &Here, part_number: &PartNumber) -> AnyView {
    settled(here, here.store.product(here.language(), part_number), show)
}

fn show(here: &Here, product: ProductView) -> AnyView {
    let words = here.words;
    let card = product.card.clone();
    let problem = here
        .notice
        .problem
        .map(|problem| (problem, here.notice.typed.clone()));
    if matches!(
        problem,
        Some((Problem::Quantity(_) | Problem::PickVariant, _))
    ) {
        here.status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let breaks = match &card.price {
        PriceView::Known(price) => Some(price.clone()),
        PriceView::OnRequest | PriceView::Hidden => None,
    };
    let summary = (!product.description.trim().is_empty())
        .then(|| view! { <p class="product-summary">{product.description.clone()}</p> });
    let description = if product.description.trim().is_empty() {
        card.name.clone()
    } else {
        product.description.clone()
    };
    let add = if card.has_price {
        view! { <AddForm words product=product.clone() back=here.place.clone() problem/> }
            .into_any()
    } else {
        on_request(here)
    };
    let main = product
        .pictures
        .first()
        .and_then(|picture| picture.sources.last())
        .map(|source| source.address.clone());
    let data = structured_product(here, &product);
    let content = view! {
        <Document here=here.clone() title=card.name.clone() description picture=main public=true/>
        {structured(&data)}
        <Breadcrumb here=here.clone() above=product.above.clone() name=card.name.clone()/>
        <div class="product">
            {gallery(here, &card.name, product.pictures.clone())}
            <div class="product-main">
                <h1>{card.name.clone()}</h1>
                <p class="product-code">{words.say(Saying::Code)}" "{card.part_number.as_str().to_owned()}</p>
                <PriceTag words price=card.price.clone() unit=card.unit.clone()/>
                {breaks.map(|price| view! { <PriceBreaks words price unit=card.unit.clone()/> })}
                {stock(words, card.availability)}
                {add}
                {summary}
            </div>
        </div>
        {details(here, &product)}
        {related(here, product.related)}
    }
    .into_any();
    framed(here, "page-product", content)
}

/// All pictures side by side, moved by swiping or by their links; one alone needs neither.
fn gallery(here: &Here, name: &str, pictures: Vec<PictureView>) -> AnyView {
    let words = here.words;
    let count = pictures.len();
    if count == 0 {
        return view! {
            <div class="gallery gallery-none">
                <Picture picture=None role=Role::Main/>
                <p>{words.say(Saying::NoPicture)}</p>
            </div>
        }
        .into_any();
    }
    let thumbs = (count > 1).then(|| {
        let links: Vec<_> = pictures
            .iter()
            .cloned()
            .enumerate()
            .map(|(index, picture)| {
                let at = index + 1;
                view! {
                    <li>
                        <a href=format!("#picture-{at}") aria-label=words.picture_of(at, count)>
                            <Picture picture=Some(picture) role=Role::Thumb/>
                        </a>
                    </li>
                }
            })
            .collect();
        view! { <ul class="gallery-thumbs">{links}</ul> }
    });
    let views: Vec<_> = pictures
        .into_iter()
        .enumerate()
        .map(|(index, picture)| {
            let at = index + 1;
            let role = if index == 0 { Role::Main } else { Role::Card };
            let alt = if count == 1 {
                name.to_owned()
            } else {
                format!("{name}, {}", words.picture_of(at, count))
            };
            view! { <li id=format!("picture-{at}")><Picture picture=Some(picture) role alt/></li> }
        })
        .collect();
    // What scrolls must be reachable by keyboard; a single picture does not scroll.
    let focusable = (count > 1).then_some("0");
    view! {
        <section class="gallery" aria-label=words.say(Saying::Pictures)>
            <ul class="gallery-views" tabindex=focusable>{views}</ul>
            {thumbs}
        </section>
    }
    .into_any()
}

/// Staff's own text, codes, warranty.
fn details(here: &Here, product: &ProductView) -> AnyView {
    let words = here.words;
    let html = product.html.as_ref().map(CleanHtml::as_str).map(|html| {
        view! {
            <h2>{words.say(Saying::Description)}</h2>
            <div class="prose" inner_html=html.to_owned()></div>
        }
    });
    let codes = (!product.codes.is_empty()).then(|| {
        view! {
            <div><dt>{words.say(Saying::OtherCodes)}</dt><dd>{product.codes.join(", ")}</dd></div>
        }
    });
    let warranty = product.warranty_days.map(|days| {
        view! { <div><dt>{words.say(Saying::Warranty)}</dt><dd>{words.days(days)}</dd></div> }
    });
    let facts = (codes.is_some() || warranty.is_some()).then(|| {
        view! {
            <h2>{words.say(Saying::Details)}</h2>
            <dl class="facts">{codes}{warranty}</dl>
        }
    });
    (html.is_some() || facts.is_some())
        .then(|| view! { <section class="section product-details">{html}{facts}</section> })
        .into_any()
}

/// Related products, by how they are related.
fn related(here: &Here, related: Vec<(RelationKind, ProductCard)>) -> AnyView {
    let mut kinds: Vec<(Saying, Vec<ProductCard>)> = vec![
        (Saying::Accessories, Vec::new()),
        (Saying::Similar, Vec::new()),
        (Saying::Related, Vec::new()),
    ];
    for (kind, card) in related {
        let title = match kind {
            RelationKind::Merchandising | RelationKind::Fitment => Saying::Accessories,
            RelationKind::Replacement => Saying::Similar,
            RelationKind::Generic => Saying::Related,
        };
        if let Some((_, cards)) = kinds.iter_mut().find(|(known, _)| *known == title) {
            cards.push(card);
        }
    }
    kinds
        .into_iter()
        .filter(|(_, cards)| !cards.is_empty())
        .map(|(title, cards)| {
            view! {
                <section class="section">
                    <h2>{here.words.say(title)}</h2>
                    <ProductGrid here=here.clone() cards/>
                </section>
            }
        })
        .collect::<Vec<_>>()
        .into_any()
}

/// The product for search engines.
fn structured_product(here: &Here, product: &ProductView) -> Value {
    let card = &product.card;
    let mut data = json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": card.name,
        "sku": card.part_number.as_str(),
    });
    let Some(fields) = data.as_object_mut() else {
        return data;
    };
    if !product.description.is_empty() {
        fields.insert("description".to_owned(), json!(product.description));
    }
    let images: Vec<String> = product
        .pictures
        .iter()
        .filter_map(|picture| here.full(&picture.sources.last()?.address))
        .collect();
    if !images.is_empty() {
        fields.insert("image".to_owned(), json!(images));
    }
    if let PriceView::Known(price) = &card.price {
        let availability = match card.availability {
            Availability::Out => "https://schema.org/BackOrder",
            Availability::Few(_) => "https://schema.org/LimitedAvailability",
            _ => "https://schema.org/InStock",
        };
        fields.insert(
            "offers".to_owned(),
            json!({
                "@type": "Offer",
                "price": price.each.amount.to_string(),
                "priceCurrency": price.each.currency.sign(),
                "availability": availability,
                "url": here.full(&here.place.path()),
            }),
        );
    }
    data
}
