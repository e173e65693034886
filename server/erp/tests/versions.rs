//! The client against the demo instance as it was, is, and will be: every version is spoken to by the names it knows.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

#[expect(dead_code, reason = "shared with tests that need more")]
mod support;

use demo::{Demo, Options, Version};
use erp::{Cursor, Row};
use support::client;

#[tokio::test]
async fn the_catalogue_comes_over_from_every_version() {
    for version in [
        Version::V24_1,
        Version::V25_1,
        Version::V26_2,
        Version::V27_1,
    ] {
        let demo = Demo::start(Options {
            version,
            ..Options::default()
        })
        .await
        .unwrap();
        let instance = client(&demo, demo.root());
        let told = instance.learn().await.unwrap().unwrap();
        assert_eq!(told.to_string(), version.to_string());
        assert_eq!(instance.version(), Some(told));

        instance.seller().await.unwrap();
        assert!(
            instance.groups().await.unwrap().rows.len() > 10,
            "{version}"
        );
        assert!(instance.units().await.unwrap().rows.len() > 4, "{version}");
        let page = instance.products(&Cursor::default()).await.unwrap();
        let products = page.rows.rows;
        assert!(products.len() > 100, "{version}");
        assert!(products.iter().all(|product| product.changed.is_some()));
        let stamps = instance.product_stamps(None).await.unwrap();
        let shown = stamps.iter().filter(|stamp| stamp.shown).count();
        assert_eq!(shown, products.len(), "{version}");
        let changed = instance
            .product_stamps(Some(time::OffsetDateTime::UNIX_EPOCH))
            .await
            .unwrap();
        assert!(changed.len() >= products.len(), "{version}");

        let kinds = instance.price_kinds().await.unwrap();
        let prices = instance.prices(&Cursor::default(), &kinds).await.unwrap();
        let ranked = prices.rows.iter().filter(|change| match &change.row {
            Row::Used(row) => row.ordinal.is_some(),
            Row::Odd | Row::Unused => false,
        });
        assert_eq!(ranked.count(), prices.rows.len(), "{version}");
        let discounts = instance.discounts(&Cursor::default()).await.unwrap();
        assert!(!discounts.rows.is_empty(), "{version}");
        assert!(!instance.price_lists().await.unwrap().rows.is_empty());
        let counts = (prices.rows.len() as u64, discounts.rows.len() as u64);
        assert_eq!(instance.price_counts().await.unwrap(), counts, "{version}");
        let levels = instance.stock(&[products.first().unwrap().id]).await;
        assert_eq!(levels.unwrap().len(), 1, "{version}");
    }
}
