//! The mirror: pages cost no call, outlive the instance, and follow what changes in it.

use axum::body::Body;
use http::{Request, StatusCode, header};
use server::{
    mirror::catalogue::Entry,
    portal::Portal,
    routes,
    settings::{Input, Settings},
};
use tower::ServiceExt;
use vitrina::{
    catalog::{listing::ListQuery, source::PartNumber},
    places::{Page, Place},
    text::Language,
};

use crate::{
    test_portal::TestPortal,
    visitor::{Answer, Visitor, read},
};

pub(crate) async fn filled() -> TestPortal {
    let shop = TestPortal::start().await;
    shop.portal.mirror.pull().await.unwrap();
    shop
}

/// The first product that may be put into a cart without picking anything, and that fits.
pub(crate) fn plain(shop: &TestPortal, fits: impl Fn(&Entry) -> bool) -> (String, String) {
    let snapshot = shop.portal.mirror.snapshot().unwrap();
    let entry = snapshot
        .catalogue
        .products()
        .iter()
        .find(|entry| entry.product.variants.is_empty() && entry.product.shipped && fits(entry))
        .unwrap();
    (
        entry.product.id.to_string(),
        entry.product.part_number.to_string(),
    )
}

pub(crate) async fn add(visitor: &Visitor<'_>, product: &str, quantity: &str) -> Answer {
    let fields = [
        ("product", product),
        ("quantity", quantity),
        ("back", "/en/cart"),
    ];
    visitor.post("/api/cart/add", &fields).await
}

fn first_picture(portal: &Portal) -> String {
    let key = portal.mirror.snapshot().unwrap().catalogue.warm_pictures()[0];
    portal.mirror.pictures().view(key).sources[0]
        .address
        .clone()
}

fn some_pages(portal: &Portal) -> Vec<String> {
    let snapshot = portal.mirror.snapshot().unwrap();
    let group = snapshot
        .catalogue
        .group(snapshot.catalogue.top()[0])
        .unwrap();
    let product = snapshot.catalogue.products()[0].product.part_number.clone();
    [
        Page::Group(group.group.path.clone(), ListQuery::default()),
        Page::Product(product),
        Page::Search("a".to_owned(), ListQuery::default()),
        Page::Home,
    ]
    .into_iter()
    .map(|page| Place::new(Language::ENGLISH, page).path())
    .collect()
}

#[tokio::test]
async fn two_hundred_page_views_cost_no_call() {
    let shop = filled().await;
    assert!(
        shop.portal
            .mirror
            .snapshot()
            .unwrap()
            .catalogue
            .products()
            .len()
            > 100
    );
    shop.demo.reset_calls();
    let guest = shop.visitor();
    for path in some_pages(&shop.portal).iter().cycle().take(200) {
        let answer = guest.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.body.contains("/en/product/"), "{path}");
    }
    assert_eq!(shop.demo.calls().total, 0);
}

#[tokio::test]
async fn the_shop_opens_from_the_kept_copy_while_the_instance_is_away() {
    let shop = filled().await;
    let paths = some_pages(&shop.portal);
    let before = shop.visitor().get(&paths[0]).await;
    let settings = shop.portal.settings.clone();
    let config = settings.config().unwrap();
    shop.demo.stop().await;

    let again = Portal::new(
        settings,
        config,
        shop.portal.leptos.clone(),
        shop.portal.world.clone(),
    )
    .unwrap();
    assert!(again.mirror.snapshot().is_none());
    again.mirror.open().await.unwrap();
    for path in &paths {
        let request = Request::get(path)
            .header(header::HOST, "localhost:3000")
            .header(header::ACCEPT, "text/html")
            .body(Body::empty())
            .unwrap();
        let answer = read(routes::router(&again).oneshot(request).await.unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
    let kept = again.mirror.snapshot().unwrap();
    let first = &shop.portal.mirror.snapshot().unwrap();
    assert_eq!(
        kept.catalogue.products().len(),
        first.catalogue.products().len()
    );
    let prices = |snapshot: &server::mirror::snapshot::Snapshot| {
        let sheet = snapshot.sheet(&snapshot.buyer(None, time::macros::date!(2026 - 06 - 01)));
        (0..snapshot.catalogue.products().len())
            .map(|at| snapshot.price(&sheet, at).cloned())
            .collect::<Vec<_>>()
    };
    assert_eq!(prices(&kept), prices(first));
    assert!(before.body.contains("/en/product/"));
}

#[tokio::test]
async fn a_copy_that_is_not_refreshed_is_told_to_be_old() {
    let shop = filled().await;
    assert_eq!(shop.portal.mirror.stale_since(), None);
    shop.clock
        .advance(shop.portal.settings.stale_after + std::time::Duration::from_mins(1));
    assert!(shop.portal.mirror.stale_since().is_some());
    shop.portal.mirror.pull().await.unwrap();
    assert_eq!(shop.portal.mirror.stale_since(), None);
}

#[tokio::test]
async fn pictures_are_served_small_and_for_ever_and_others_cost_no_call() {
    let shop = filled().await;
    let guest = shop.visitor();
    let address = first_picture(&shop.portal);
    let picture = guest.get(&address).await;
    assert_eq!(picture.status, StatusCode::OK);
    assert_eq!(picture.header("content-type"), "image/webp");
    assert!(picture.header("cache-control").contains("immutable"));

    shop.demo.reset_calls();
    assert_eq!(guest.get(&address).await.status, StatusCode::OK);
    for odd in [
        "/img/00000000-0000-0000-0000-000000000001-5-160.webp".to_owned(),
        address.replace("-160.webp", "-161.webp"),
        "/img/x".to_owned(),
    ] {
        assert_eq!(guest.get(&odd).await.status, StatusCode::NOT_FOUND, "{odd}");
    }
    assert_eq!(shop.demo.calls().total, 0);
}

#[tokio::test]
async fn a_picture_that_cannot_be_had_is_a_frame_and_is_asked_for_again() {
    let shop = filled().await;
    let guest = shop.visitor();
    let address = first_picture(&shop.portal);
    shop.demo.set_answering(demo::Answering::Unavailable);
    let frame = guest.get(&address).await;
    assert_eq!(frame.status, StatusCode::OK);
    assert_eq!(frame.header("content-type"), "image/svg+xml");
    assert!(!frame.header("cache-control").contains("immutable"));
}

#[tokio::test]
async fn a_product_withdrawn_while_in_the_cart_stays_visible_and_stops_the_order() {
    let shop = filled().await;
    let maria = shop.visitor();
    maria.sign_in("maria", "/en/cart").await;
    let (product, number) = plain(&shop, |_| true);
    add(&maria, &product, "3").await;
    let name = {
        let snapshot = shop.portal.mirror.snapshot().unwrap();
        let at = snapshot.catalogue.find(product.parse().unwrap()).unwrap();
        snapshot
            .catalogue
            .at(at)
            .unwrap()
            .product
            .name
            .get(Language::ENGLISH, Language::ENGLISH)
            .to_owned()
    };
    shop.demo.set_active(&number, false).unwrap();
    shop.portal.mirror.pull().await.unwrap();

    let page = Page::Product(PartNumber::new(&number).unwrap());
    let page = Place::new(Language::ENGLISH, page).path();
    assert_eq!(maria.get(&page).await.status, StatusCode::NOT_FOUND);
    let cart = maria.get("/en/cart").await;
    assert_eq!(cart.status, StatusCode::OK);
    assert!(cart.body.contains(&name), "{}", cart.body);
    let again = add(&maria, &product, "1").await;
    assert!(again.status != StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(shop.demo.orders().len(), 0);
}

#[tokio::test]
async fn a_round_brings_what_changed() {
    let shop = filled().await;
    let edition = shop.portal.mirror.edition();
    let product = {
        let snapshot = shop.portal.mirror.snapshot().unwrap();
        snapshot
            .catalogue
            .products()
            .iter()
            .find(|entry| entry.product.standard_price.is_some())
            .unwrap()
            .product
            .clone()
    };
    shop.demo
        .set_price(product.part_number.as_str(), 4321.into())
        .unwrap();
    shop.portal.mirror.pull().await.unwrap();
    let snapshot = shop.portal.mirror.snapshot().unwrap();
    let at = snapshot.catalogue.find(product.id).unwrap();
    let now = snapshot
        .catalogue
        .at(at)
        .unwrap()
        .product
        .standard_price
        .clone()
        .unwrap();
    assert_eq!(now.per_lot.amount, 4321.into());
    assert!(shop.portal.mirror.edition() > edition);
}

#[tokio::test]
async fn absurd_quantities_leave_the_cart_as_it_was() {
    let shop = filled().await;
    let guest = shop.visitor();
    let snapshot = shop.portal.mirror.snapshot().unwrap();
    let sold_whole = |entry: &Entry| {
        let unit = snapshot.catalogue.units.get(entry.product.unit);
        entry.least == 1.into() && unit.is_some_and(|unit| !unit.divisible)
    };
    let (product, _) = plain(&shop, sold_whole);
    for odd in ["0", "-1", "1e9", "1,5", "", "many", "100000"] {
        let answer = add(&guest, &product, odd).await;
        assert!(
            answer.status.is_client_error() || answer.status.is_redirection(),
            "{odd}: {}",
            answer.status
        );
        assert_eq!(
            guest.cookie("session"),
            None,
            "a guest without a cart is not remembered: {odd}"
        );
    }
    add(&guest, &product, "2").await;
    assert!(guest.get("/en/cart").await.body.contains("value=\"2\""));
}

#[tokio::test]
async fn the_shop_opens_without_the_settings_that_have_a_default() {
    let shop = TestPortal::start().await;
    let known = shop.demo.settings();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_string_lossy().into_owned();
    // The company has two warehouses, and nobody said which one counts.
    let settings = Settings::read(&Input::new([
        ("VITRINA_INSTANCE", shop.demo.root()),
        ("VITRINA_CLIENT_ID", shop.demo.client_id()),
        ("VITRINA_CLIENT_SECRET", shop.demo.client_secret()),
        ("VITRINA_COMPANY", &known.company_code),
        ("VITRINA_DATA", &data),
    ]))
    .unwrap();
    let config = settings.config().unwrap();
    let leptos = shop.portal.leptos.clone();
    let portal = Portal::new(settings, config, leptos, shop.portal.world.clone()).unwrap();
    portal.mirror.pull().await.unwrap();
    assert!(portal.mirror.snapshot().unwrap().catalogue.products().len() > 100);
}
