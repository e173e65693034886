//! Every page, rendered through a real router with an invented store behind it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod router;
mod store;

use std::sync::Arc;

use app::{FORM_TOKEN, Failure, FormToken, SignInKind, SignInTrouble, StaleForm};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use http_body_util::BodyExt;
use leptos::prelude::provide_context;
use store::{Mood, Store, acting, goods::euro, key, line_id, order_id, person};
use tower::ServiceExt;
use vitrina::{
    order::{CheckoutField, FieldProblem, PlacingView},
    trouble::Trouble,
    visitor::{Role, Standing, Visitor},
};

struct Page {
    status: StatusCode,
    location: Option<String>,
    html: String,
}

async fn send(store: Store, request: Request<Body>) -> Page {
    send_with(store, request, || ()).await
}

async fn send_with(
    store: Store,
    request: Request<Body>,
    more: impl Fn() + Clone + Send + Sync + 'static,
) -> Page {
    let answer = router::shop(Arc::new(store), more)
        .oneshot(request)
        .await
        .unwrap();
    let status = answer.status();
    let location = answer
        .headers()
        .get(header::LOCATION)
        .map(|location| location.to_str().unwrap().to_owned());
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    Page {
        status,
        location,
        html: String::from_utf8(body.to_vec()).unwrap(),
    }
}

fn get(path: &str) -> Request<Body> {
    Request::get(path)
        .header(header::ACCEPT, "text/html")
        .body(Body::empty())
        .unwrap()
}

async fn visit(store: Store, path: &str) -> Page {
    send(store, get(path)).await
}

fn buyer() -> Store {
    Store::new(acting(Role::OrdersWithPrices), Mood::Well)
}

fn guest() -> Store {
    Store::new(Visitor::Guest, Mood::Well)
}

fn visitors() -> Vec<(&'static str, Visitor)> {
    let standing = |standing| Visitor::SignedIn {
        person: person(),
        standing,
    };
    vec![
        ("guest", Visitor::Guest),
        ("buyer", acting(Role::OrdersWithPrices)),
        ("buyer without prices", acting(Role::Orders)),
        ("profile only", acting(Role::Basic)),
        ("without customer", standing(Standing::NoCustomer)),
        ("choosing", standing(Standing::Choosing)),
        ("unknown", standing(Standing::Unknown)),
    ]
}

fn paths() -> Vec<String> {
    vec![
        String::new(),
        "/group/10".to_owned(),
        "/group/30?sort=price&page=2".to_owned(),
        "/product/LAMP-01".to_owned(),
        "/product/CHAIR-02".to_owned(),
        "/product/SERV-06".to_owned(),
        "/search".to_owned(),
        "/search?q=lamp".to_owned(),
        "/search?q=lmap".to_owned(),
        "/search?q=nothing".to_owned(),
        "/cart".to_owned(),
        "/checkout".to_owned(),
        format!("/order/{}", key()),
        "/account/orders".to_owned(),
        format!("/account/orders/{}", order_id()),
        "/account/customers".to_owned(),
        "/account/sessions".to_owned(),
        "/account/waiting".to_owned(),
        "/signed-out".to_owned(),
        "/no/such/page".to_owned(),
    ]
}

/// The content of the first such element.
fn element<'a>(html: &'a str, tag: &str) -> Option<&'a str> {
    let start = html.find(&format!("<{tag}"))?;
    let inner = start + html[start..].find('>')? + 1;
    let end = inner + html[inner..].find(&format!("</{tag}>"))?;
    Some(&html[inner..end])
}

/// What must be true of every page.
fn check(page: &Page, language: &str, what: &str) {
    let html = &page.html;
    assert_eq!(html.matches("<h1").count(), 1, "{what}: one h1");
    assert_eq!(html.matches("<main").count(), 1, "{what}: one main");
    assert!(
        html.contains(&format!("<html lang=\"{language}\"")),
        "{what}: lang"
    );
    let title = element(html, "title").unwrap_or_default();
    assert!(title.contains("Nordwood"), "{what}: title {title:?}");
    assert!(html.contains("href=\"#content\""), "{what}: skip link");
    assert!(!html.contains(" style="), "{what}: inline style");
    assert!(
        !html.contains("<template"),
        "{what}: nothing may wait for script"
    );
    let ids: Vec<&str> = html
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len(), "{what}: ids are unique: {ids:?}");
    let mut last = 0;
    for heading in html.split("<h").skip(1) {
        if let Some(level @ '1'..='6') = heading.chars().next() {
            let level = level as u8 - b'0';
            assert!(level <= last + 1, "{what}: h{level} after h{last}");
            last = level;
        }
    }
}

#[tokio::test]
async fn every_page_is_whole_for_every_visitor_in_every_language() {
    for (name, visitor) in visitors() {
        for mood in [Mood::Well, Mood::Empty, Mood::Away] {
            for language in ["en", "bg"] {
                for path in paths() {
                    let path = format!("/{language}{path}");
                    let page = visit(Store::new(visitor.clone(), mood), &path).await;
                    check(&page, language, &format!("{path} for {name}, {mood:?}"));
                }
            }
        }
    }
}

#[tokio::test]
async fn statuses_tell_programs_what_the_pages_tell_people() {
    for (path, status) in [
        ("/en", 200),
        ("/en/group/10", 200),
        ("/en/group/99", 404),
        ("/en/group/10?page=2", 404),
        ("/en/group/10?page=0", 404),
        ("/en/group/10?page=x", 404),
        ("/en/group/10?sort=cheapest", 404),
        ("/en/product/NONE", 404),
        ("/en/search?q=nothing", 200),
        ("/de", 404),
        ("/xx/cart", 404),
        ("/en/nowhere", 404),
        ("/en/order/not-a-key", 404),
        ("/en/account/orders", 403),
        ("/en/account/sessions", 403),
        ("/en/checkout", 403),
        ("/en/cart", 200),
        ("/en/signed-out", 200),
        ("/en/cart?problem=full", 422),
        ("/en/product/LAMP-01?problem=gone", 422),
        ("/en/group/10?problem=busy", 503),
        ("/en/product/NONE?problem=full", 404),
        ("/en/cart?problem=nonsense", 200),
    ] {
        assert_eq!(visit(guest(), path).await.status, status, "{path}");
    }
    for (path, status) in [
        ("/en/account/orders", 200),
        ("/en/account/orders?page=2", 404),
        ("/en/account/sessions", 200),
        ("/en/account/orders?problem=too-often", 429),
        ("/en/checkout", 200),
        (
            "/en/checkout?problem=price-changed&typed=1490.00%20EUR",
            409,
        ),
    ] {
        assert_eq!(visit(buyer(), path).await.status, status, "{path}");
    }
    let away = Store::new(acting(Role::Owner), Mood::Away);
    assert_eq!(visit(away, "/en/account/orders").await.status, 503);
}

#[tokio::test]
async fn ones_own_sessions_are_listed_with_a_way_to_end_each() {
    let list = visit(buyer(), "/en/account/sessions").await.html;
    assert_eq!(
        list.matches("action=\"/api/account/end-session\"").count(),
        2
    );
    assert!(
        list.contains("aria-label=\"Sign out there: Safari, iPhone\""),
        "{list}"
    );
    assert!(list.contains("Unknown browser") && list.contains("This device"));
    assert!(list.contains("23 November 2026, 08:05"));
    assert!(list.contains("name=\"everywhere\" value=\"1\""));
    assert!(
        list.contains("href=\"/en/account/sessions\""),
        "in the menu"
    );
    let only = visit(
        Store::new(acting(Role::Owner), Mood::Empty),
        "/bg/account/sessions",
    )
    .await
    .html;
    assert!(only.contains("Не сте влезли никъде другаде.") && !only.contains("end-session"));
    let away = visit(
        Store::new(acting(Role::Owner), Mood::Away),
        "/en/account/sessions",
    )
    .await;
    assert_eq!(away.status, 503);
    let done = visit(buyer(), "/en/account/sessions?done=signed-out-there")
        .await
        .html;
    assert!(done.contains("That session is ended."));
}

#[tokio::test]
async fn who_is_no_longer_signed_in_is_told_with_a_way_back() {
    let ended = visit(guest().ended(), "/en/product/LAMP-01").await;
    assert_eq!(ended.status, 200);
    assert!(ended.html.contains("You are no longer signed in"));
    assert!(ended.html.contains("value=\"/en/product/LAMP-01\""));
    let personal = visit(guest().ended(), "/bg/account/orders").await;
    assert_eq!(personal.status, 403);
    let heading = element(&personal.html, "h1").unwrap();
    assert!(heading.contains("Вече не сте в профила си"), "{heading}");
    let told = visit(guest(), "/en/cart?problem=ended").await;
    assert_eq!(told.status, 200);
    assert!(told.html.contains("You are no longer signed in"));
    // Not to whoever is signed in, and not after signing out.
    for (store, path) in [
        (buyer(), "/en?problem=ended"),
        (guest().ended(), "/en/signed-out"),
        (guest(), "/en"),
    ] {
        assert!(
            !visit(store, path)
                .await
                .html
                .contains("You are no longer signed in"),
            "{path}"
        );
    }
    // A form that finds it out leads to a page that says so, and has done what it could.
    let lamp = store::goods::product_id(0);
    let body = format!("product={lamp}&quantity=1&back=%2Fen");
    let page = send(guest().ended(), post("/api/cart/add", &body)).await;
    assert_eq!(
        page.location.as_deref(),
        Some("/en?problem=ended&done=added")
    );
}

fn post(path: &str, body: &str) -> Request<Body> {
    Request::post(path)
        .header(header::ACCEPT, "text/html,application/xhtml+xml")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::REFERER, "https://elsewhere.example/")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

#[tokio::test]
async fn plain_forms_lead_to_a_place_of_ours() {
    let lamp = store::goods::product_id(0);
    let chair = store::goods::product_id(1);
    let line = line_id(0);
    let key = key();
    let back = "back=%2Fbg%2Fproduct%2FLAMP-01";
    let cart = "back=%2Fen%2Fcart";
    for (path, body, location) in [
        (
            "cart/add",
            format!("product={lamp}&quantity=1&{back}"),
            "/bg/product/LAMP-01?done=added".to_owned(),
        ),
        (
            "cart/add",
            format!("product={lamp}&quantity=1%2C5&{back}"),
            "/bg/product/LAMP-01?problem=not-whole&typed=1%2C5".to_owned(),
        ),
        (
            "cart/add",
            format!("product={lamp}&quantity=1e9&{back}"),
            "/bg/product/LAMP-01?problem=too-many&typed=1e9".to_owned(),
        ),
        (
            "cart/add",
            format!("product={chair}&quantity=1&{back}"),
            "/bg/product/LAMP-01?problem=pick-variant&typed=1".to_owned(),
        ),
        (
            "cart/add",
            format!("product=x&quantity=1&{back}"),
            "/bg/product/LAMP-01?problem=gone".to_owned(),
        ),
        ("cart/add", String::new(), "/en?problem=gone".to_owned()),
        (
            "cart/add",
            format!("product={lamp}&quantity=1&back=%2F%2Fevil.example"),
            "/en?done=added".to_owned(),
        ),
        (
            "cart/change",
            format!("line={line}&quantity=3&{cart}"),
            "/en/cart".to_owned(),
        ),
        (
            "cart/change",
            format!("line={line}&quantity=0&{cart}"),
            format!("/en/cart?problem=not-positive&typed=0&line={line}"),
        ),
        (
            "cart/change",
            format!("line={line}&quantity=zero&step=4&{cart}"),
            "/en/cart".to_owned(),
        ),
        (
            "cart/remove",
            format!("line={line}&{cart}"),
            "/en/cart?done=removed".to_owned(),
        ),
        ("cart/restore", cart.to_owned(), "/en/cart".to_owned()),
        (
            "checkout/place",
            format!("key={key}&seen=1500.48+EUR&form%5Bpurchase_order%5D=A&{cart}"),
            format!("/en/order/{key}"),
        ),
        (
            "checkout/place",
            format!("key={key}&seen=1490.00+EUR&{cart}"),
            "/en/checkout?problem=price-changed&typed=1490%2E00%20EUR".to_owned(),
        ),
        (
            "checkout/place",
            format!(
                "key={key}&form%5Bpurchase_order%5D={}&{cart}",
                "A".repeat(30)
            ),
            "/en/checkout?problem=fields".to_owned(),
        ),
        (
            "checkout/keep",
            format!("form%5Bnote%5D=Hello&{cart}"),
            "/en/checkout".to_owned(),
        ),
        (
            "account/choose",
            format!("customer=x&{cart}"),
            "/en/account/customers?problem=not-allowed".to_owned(),
        ),
        (
            "account/end-session",
            format!("session={line}&{cart}"),
            "/en/account/sessions?done=signed-out-there".to_owned(),
        ),
        (
            "account/end-session",
            format!("session=x&{cart}"),
            "/en/account/sessions?done=signed-out-there".to_owned(),
        ),
    ] {
        let page = send(buyer(), post(&format!("/api/{path}"), &body)).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path} {body}");
        assert_eq!(page.location, Some(location), "{path} {body}");
    }
}

#[tokio::test]
async fn an_island_gets_an_answer_and_no_redirect() {
    let lamp = store::goods::product_id(0);
    let mut request = post(
        "/api/cart/add",
        &format!("product={lamp}&quantity=2&back=%2Fbg"),
    );
    request
        .headers_mut()
        .insert(header::ACCEPT, "application/json".parse().unwrap());
    let page = send(guest(), request).await;
    assert_eq!((page.status, page.location), (StatusCode::OK, None));
    assert!(page.html.contains("\"lines\":5"), "{}", page.html);
    assert!(page.html.contains("е в количката"), "{}", page.html);
}

#[tokio::test]
async fn what_was_typed_comes_back_next_to_its_message() {
    let page = visit(guest(), "/en/product/LAMP-01?problem=not-whole&typed=1%2C5").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("value=\"1,5\""));
    assert!(page.html.contains("aria-describedby=\"quantity-problem\""));
    assert!(page.html.contains("Please enter a whole number."));

    let line = line_id(1);
    let page = visit(
        buyer(),
        &format!("/bg/cart?problem=not-positive&typed=-1&line={line}"),
    )
    .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("value=\"-1\""));
    assert!(
        page.html
            .contains("Моля, въведете число, по-голямо от нула.")
    );

    let store = buyer().problems(vec![(CheckoutField::Town, FieldProblem::Missing)]);
    let page = visit(store, "/en/checkout?problem=fields").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("aria-describedby=\"town-problem\""));
}

#[tokio::test]
async fn the_checkout_carries_the_total_it_shows() {
    let page = visit(buyer(), "/en/checkout").await;
    assert!(page.html.contains("€1,500.48"));
    assert!(
        page.html
            .contains("name=\"seen\" form=\"checkout\" value=\"1500.48 EUR\"")
    );
    let hidden = visit(Store::new(acting(Role::Orders), Mood::Well), "/en/checkout").await;
    assert!(!hidden.html.contains('€') && !hidden.html.contains("name=\"seen\""));
    let away = visit(Store::new(acting(Role::Owner), Mood::Away), "/en/checkout").await;
    assert!(away.html.contains("data-pending") && !away.html.contains("name=\"seen\""));
    assert!(
        away.html.contains("value=\"PO-2026/118\""),
        "what was typed is kept"
    );
}

#[tokio::test]
async fn those_without_prices_see_none() {
    for path in [
        "/en",
        "/en/group/10",
        "/en/product/LAMP-01",
        "/en/search?q=lamp",
        "/en/cart",
    ] {
        let page = visit(Store::new(acting(Role::Orders), Mood::Well), path).await;
        assert!(!page.html.contains('€'), "{path}");
        assert!(!page.html.contains("sort\" value=\"price"), "{path}");
    }
}

#[tokio::test]
async fn d7_what_has_no_price_has_a_kind_word_and_no_form() {
    for (visitor, english, bulgarian) in [
        (
            Visitor::Guest,
            "please sign in",
            "моля, влезте в профила си",
        ),
        (
            acting(Role::Orders),
            "ask the seller for a price",
            "поискайте цена от продавача",
        ),
    ] {
        for (language, word) in [("en", english), ("bg", bulgarian)] {
            let path = format!("/{language}/product/SERV-06");
            let page = visit(Store::new(visitor.clone(), Mood::Well), &path).await;
            check(&page, language, &path);
            assert!(page.html.contains(word), "{language}: {word}");
            assert!(!page.html.contains("class=\"add-form\""), "{language}");
            let path = format!("/{language}/product/LAMP-01");
            let page = visit(Store::new(visitor.clone(), Mood::Well), &path).await;
            assert!(page.html.contains("class=\"add-form\""), "{language}");
        }
    }
}

#[tokio::test]
async fn an_order_on_its_way_looks_again_by_itself() {
    let path = format!("/en/order/{}", key());
    for (placing, refreshes, status) in [
        (PlacingView::Placing, true, 200),
        (PlacingView::InDoubt, true, 200),
        (PlacingView::PlacedBriefly { number: None }, false, 200),
        (PlacingView::NotPlaced(Trouble::Away), false, 409),
        (price_changed(), false, 409),
    ] {
        let page = visit(buyer().placing(placing.clone()), &path).await;
        check(&page, "en", &format!("{placing:?}"));
        assert_eq!(
            page.html.contains("http-equiv=\"refresh\""),
            refreshes,
            "{placing:?}"
        );
        assert_eq!(page.status, status, "{placing:?}");
    }
}

fn price_changed() -> PlacingView {
    PlacingView::PriceChanged {
        seen: Some(euro("12.50")),
        now: euro("13.75"),
    }
}

#[tokio::test]
async fn k3_a_price_that_changed_while_placing_is_asked_for_again_in_both_languages() {
    for (language, title) in [
        ("en", "The total has changed"),
        ("bg", "Общата сума се промени"),
    ] {
        let path = format!("/{language}/order/{}", key());
        let page = visit(buyer().placing(price_changed()), &path).await;
        check(&page, language, &path);
        assert!(page.html.contains(title));
        assert!(page.html.contains("12") && page.html.contains("13"));
        // It leads to the checkout, which says the same and has the button for the new total.
        let checkout =
            format!("/{language}/checkout?problem=price-changed&amp;typed=12%2E50%20EUR");
        assert!(page.html.contains(&checkout), "{}", page.html);
        let checkout = visit(buyer(), &checkout.replace("&amp;", "&")).await;
        assert_eq!(checkout.status, 409);
        assert!(checkout.html.contains("name=\"seen\""));
    }
}

#[tokio::test]
async fn a_checkout_without_a_total_keeps_what_is_typed_when_asked_again() {
    for language in ["en", "bg"] {
        let page = visit(
            Store::new(acting(Role::Owner), Mood::Away),
            &format!("/{language}/checkout"),
        )
        .await;
        check(&page, language, "checkout without a total");
        // The button belongs to the form with what is typed, and not to one of its own.
        assert!(
            page.html
                .contains("form=\"checkout\" formaction=\"/api/checkout/keep\"")
        );
        assert!(
            !page.html.contains("name=\"seen\""),
            "nothing can be ordered without a total"
        );
    }
}

/// Test of point 11: whatever fails has a page that says what happened and offers a way on, in both languages.
#[tokio::test]
async fn failures_have_a_page_with_their_reference_in_both_languages() {
    let heading = |html: &str| element(html, "h1").unwrap().to_owned();
    for status in [400, 403, 404, 405, 408, 413, 415, 421, 429, 500, 503, 504] {
        let failure = Failure {
            status,
            reference: "r-4711".to_owned(),
        };
        let mut headings = Vec::new();
        for language in ["en", "bg"] {
            let failure = failure.clone();
            let more = move || provide_context(failure.clone());
            let page = send_with(guest(), get(&format!("/{language}/cart")), more).await;
            check(&page, language, &format!("failure {status}"));
            assert_eq!(page.status, status);
            let main = element(&page.html, "main").unwrap();
            // The first page is a way on from everywhere. What is not there is nothing to write to the seller about.
            assert!(main.contains(&format!("href=\"/{language}\"")), "{status}");
            assert_eq!(main.contains("r-4711"), status != 404, "{status}");
            assert!(main.contains("class=\"lead\""), "{status}");
            headings.push(heading(&page.html));
        }
        assert_ne!(headings[0], headings[1], "{status}");
    }
}

#[tokio::test]
async fn every_sign_in_that_fails_has_a_page_of_its_own_in_both_languages() {
    let mut headings = std::collections::HashSet::new();
    for &kind in SignInKind::ALL {
        for language in ["en", "bg"] {
            let trouble = SignInTrouble {
                kind,
                reference: "r-4712".to_owned(),
            };
            let more = move || provide_context(trouble.clone());
            let page = send_with(guest(), get(&format!("/{language}")), more).await;
            check(&page, language, &format!("{kind:?}"));
            assert!(page.status.is_client_error() || page.status.is_server_error());
            let main = element(&page.html, "main").unwrap();
            assert!(main.contains("r-4712"), "{kind:?}");
            // Two ways on: once more, or back to the shop.
            assert!(main.contains("action=\"/sign-in\""), "{kind:?}");
            assert!(main.contains(&format!("href=\"/{language}\"")), "{kind:?}");
            assert!(
                headings.insert(element(&page.html, "h1").unwrap().to_owned()),
                "{kind:?} says the same as another"
            );
        }
    }
}

#[tokio::test]
async fn c2_a_form_of_an_earlier_visit_is_sent_again_with_everything_in_it() {
    let form = StaleForm {
        action: "/api/checkout/place".to_owned(),
        fields: vec![
            ("key".to_owned(), "k-1".to_owned()),
            ("form[note]".to_owned(), "two\nlines & \"<b>\"".to_owned()),
        ],
    };
    for language in ["en", "bg"] {
        let form = form.clone();
        let more = move || {
            provide_context(form.clone());
            provide_context(FormToken("t-4713".to_owned()));
        };
        let page = send_with(buyer(), get(&format!("/{language}")), more).await;
        check(&page, language, "a stale form");
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        let main = element(&page.html, "main").unwrap();
        for part in [
            "action=\"/api/checkout/place\"",
            "name=\"form_token\" value=\"t-4713\"",
            "name=\"key\" value=\"k-1\"",
            "name=\"form[note]\" value=\"two\nlines &amp; &quot;&lt;b&gt;&quot;\"",
            "type=\"submit\"",
        ] {
            assert!(main.contains(part), "{part} in {main}");
        }
    }
}

#[tokio::test]
async fn c2_every_form_of_every_page_carries_the_token() {
    for (who, visitor) in visitors() {
        for path in paths() {
            let more = || provide_context(FormToken("t-4714".to_owned()));
            let store = Store::new(visitor.clone(), Mood::Well);
            let page = send_with(store, get(&format!("/en{path}")), more).await;
            let forms: Vec<_> = page.html.split("<form").skip(1).collect();
            assert!(!forms.is_empty(), "{who} {path}");
            for form in forms {
                let (form, _) = form.split_once("</form>").unwrap();
                let changes = form.contains("method=\"post\"");
                let field = format!("name=\"{FORM_TOKEN}\" value=\"t-4714\"");
                // What only asks must not put it into an address.
                assert_eq!(
                    form.matches(&field).count(),
                    usize::from(changes),
                    "{who} {path}: {form}"
                );
            }
        }
    }
}

/// One control writes forms that change something, so that none can forget the token.
#[test]
fn c2_one_place_writes_forms_that_change_something() {
    fn sources(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if std::fs::read_to_string(&path)
                .unwrap()
                .contains("method=\"post\"")
            {
                found.push(path);
            }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    assert_eq!(found, [root.join("controls/form.rs")]);
}

#[tokio::test]
async fn the_store_of_these_tests_has_every_availability() {
    let seen: std::collections::HashSet<_> = store::availabilities()
        .into_iter()
        .map(|availability| std::mem::discriminant(&availability))
        .collect();
    assert_eq!(seen.len(), 5);
}
