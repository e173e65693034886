//! The invented products.

use rust_decimal::Decimal;
use uuid::Uuid;
use vitrina::{
    catalog::{
        source::PartNumber,
        view::{
            Availability, Break, PictureSource, PictureView, Price, PriceView, ProductCard,
            UnitView,
        },
    },
    ids::{ProductId, UnitId},
    money::{Currency, Money},
    text::Language,
};

/// Euros.
pub(crate) fn euro(amount: &str) -> Money {
    Money::new(amount.parse().unwrap(), Currency::new("EUR").unwrap())
}

/// The text in the language.
pub(crate) fn in_language(language: Language, english: &str, bulgarian: &str) -> String {
    if language == Language::BULGARIAN {
        bulgarian
    } else {
        english
    }
    .to_owned()
}

/// A picture that the preview draws.
pub(crate) fn picture(name: &str) -> PictureView {
    PictureView {
        sources: [320, 640, 1280]
            .into_iter()
            .map(|width| PictureSource {
                width,
                address: format!("/img/{name}-{width}.svg"),
            })
            .collect(),
        aspect: 1000,
    }
}

/// The product at this place of the list.
pub(crate) fn product_id(at: u128) -> ProductId {
    ProductId(Uuid::from_u128(100 + at))
}

/// Piece, pack, metre.
pub(crate) fn units(language: Language) -> [UnitView; 3] {
    [
        ("pc", "бр.", false),
        ("pack", "пакет", false),
        ("m", "м", true),
    ]
    .map(|(english, bulgarian, divisible)| UnitView {
        id: UnitId(Uuid::from_u128(
            200 + english.len() as u128 * 2 + u128::from(divisible),
        )),
        name: in_language(language, english, bulgarian),
        divisible,
    })
}

/// The products: one for each face of price, stock, unit and picture.
pub(crate) fn cards(language: Language) -> Vec<ProductCard> {
    let [piece, _, metre] = units(language);
    let known = |each: &str, before: Option<&str>, breaks: &[(u32, &str)]| {
        PriceView::Known(Price {
            each: euro(each),
            before: before.map(euro),
            breaks: breaks
                .iter()
                .map(|(from, each)| Break {
                    from: Decimal::from(*from),
                    each: euro(each),
                })
                .collect(),
        })
    };
    let rows = [
        (
            "LAMP-01",
            "Desk lamp Aster",
            "Настолна лампа Астер",
            known("89.00", None, &[(10, "84.50"), (50, "79.90")]),
            Availability::InStock,
            false,
            1,
            &piece,
        ),
        (
            "CHAIR-02",
            "Chair Linden",
            "Стол Липа",
            known("148.00", Some("185.00"), &[]),
            Availability::Few(Decimal::from(4)),
            true,
            1,
            &piece,
        ),
        (
            "MUG-03",
            "Stoneware mug, 30 cl",
            "Керамична чаша, 30 cl",
            known("6.40", Some("8.00"), &[]),
            Availability::Out,
            false,
            1,
            &piece,
        ),
        (
            "PEN-04",
            "Ballpoint pen Comet, blue, medium point, refillable",
            "Химикалка Комета, синя, средна дебелина, с пълнител",
            known("0.03215", None, &[]),
            Availability::InStock,
            false,
            6,
            &piece,
        ),
        (
            "CLOTH-05",
            "Linen cloth, 140 cm wide",
            "Ленен плат, ширина 140 см",
            known("18.90", None, &[]),
            Availability::Unknown,
            false,
            1,
            &metre,
        ),
        (
            "SERV-06",
            "Assembly on site",
            "Монтаж на място",
            PriceView::OnRequest,
            Availability::NotStocked,
            false,
            1,
            &piece,
        ),
    ];
    rows.into_iter()
        .enumerate()
        .map(
            |(at, (code, english, bulgarian, price, availability, has_variants, least, unit))| {
                ProductCard {
                    id: product_id(at as u128),
                    part_number: PartNumber::new(code).unwrap(),
                    name: in_language(language, english, bulgarian),
                    // The last one has no picture.
                    picture: (at < 5).then(|| picture(&code.to_lowercase())),
                    has_price: price != PriceView::OnRequest,
                    price,
                    unit: unit.clone(),
                    availability,
                    has_variants,
                    least: Decimal::from(least),
                }
            },
        )
        .collect()
}
