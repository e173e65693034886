//! Promotional packages.

use serde_json::{Value, json};

use super::{RELEASE, attempt, refused};
use crate::portal::Portal;

const BREAKFAST: &[(&str, u32, &str)] = &[
    ("KM-RIN-CR", 8, "pcs"),
    ("KB-RIN-CR", 8, "pcs"),
    ("KT-RIN-CR", 8, "pcs"),
];

/// Two breakfasts for four.
fn breakfasts(body: &mut Value, package: &Value) {
    body["PromotionalPackages"] = json!([{ "PromotionalPackage": package, "Quantity": 2 }]);
    for line in body["Lines"].as_array_mut().unwrap() {
        line["PromotionalPackage"] = package.clone();
    }
}

#[tokio::test]
async fn packages_change_prices_and_discounts_of_their_lines() {
    let portal = Portal::start(|_| {}).await;
    attempt(&portal, "000593", BREAKFAST, "Released", |body, rows| {
        breakfasts(body, &rows.package);
    })
    .await
    .unwrap();
    let order = &portal.demo.orders()[0];
    let found: Vec<(String, String)> = order
        .lines
        .iter()
        .map(|line| {
            (
                line.unit_price.normalize().to_string(),
                line.discount.normalize().to_string(),
            )
        })
        .collect();
    // Horeca price 5.95 with 3 % and 5 % more; 20 % in place of 3 %; the package's own price, less 3 %.
    let price = |price: &str, discount: &str| (price.to_owned(), discount.to_owned());
    assert_eq!(found[0], price("5.95", "0.08"));
    assert_eq!(found[1].1, "0.2");
    assert_eq!(found[2], price("7.9", "0.03"));
}

#[tokio::test]
async fn r28393_a_line_of_a_package_is_missing() {
    refused(
        "(Constraint R28393)",
        "000587",
        &BREAKFAST[..2],
        RELEASE,
        |body, rows| breakfasts(body, &rows.package),
    )
    .await;
}

#[tokio::test]
async fn r28700_a_package_not_in_its_exact_multiple() {
    refused(
        "(Constraint R28700)",
        "000587",
        BREAKFAST,
        RELEASE,
        |body, rows| {
            breakfasts(body, &rows.package);
            body["Lines"][2]["Quantity"]["Value"] = json!(7);
        },
    )
    .await;
}

#[tokio::test]
async fn r28919_a_line_of_a_package_the_document_does_not_have() {
    refused(
        "(Constraint R28919)",
        "000587",
        BREAKFAST,
        RELEASE,
        |body, rows| {
            breakfasts(body, &rows.package);
            body["PromotionalPackages"] = json!([]);
        },
    )
    .await;
}

#[tokio::test]
async fn a_package_whose_time_is_over_cannot_be_sold() {
    let rule = "CheckPromotionalPackageValidity";
    refused(rule, "000587", BREAKFAST, RELEASE, |body, rows| {
        breakfasts(body, &rows.over);
    })
    .await;
}
