//! What is asked of goods and places at release.

use serde_json::json;

use super::{AS_IT_IS, Change, LAMP, RELEASE, attempt, refused};
use crate::portal::Portal;

#[tokio::test]
async fn r23171_1_below_the_minimum_of_the_product() {
    let lines = &[("KG-ROS-25", 11, "pcs"), ("LT-ARK-SG", 1, "pcs")];
    refused("(Constraint R23171-1)", "000587", lines, RELEASE, AS_IT_IS).await;
    // The minimum is the order's, not the line's.
    let portal = Portal::start(|_| {}).await;
    let lines = &[
        ("KG-ROS-25", 6, "pcs"),
        ("KG-ROS-25", 6, "pcs"),
        ("LT-ARK-SG", 1, "pcs"),
    ];
    let released = attempt(&portal, "000587", lines, "Released", AS_IT_IS).await;
    assert!(released.is_ok(), "{released:?}");
}

#[tokio::test]
async fn r23171_2_below_the_minimum_of_the_channel() {
    let lines = &[("KG-ROS-40", 12, "pcs")];
    refused("(Constraint R23171-2)", "000587", lines, RELEASE, AS_IT_IS).await;
}

#[tokio::test]
async fn r28344_below_the_minimum_of_the_document_type() {
    let lines = &[("KM-RIN-CR", 1, "pcs")];
    refused("(Constraint R28344)", "000587", lines, RELEASE, AS_IT_IS).await;
}

#[tokio::test]
async fn r28427_bulgarian_company_without_registration_number() {
    let rule = "(Constraint R28427)";
    refused(rule, "000668", LAMP, RELEASE, AS_IT_IS).await;
}

#[tokio::test]
async fn r31213_warehouse_of_another_company() {
    refused(
        "(Constraint R31213)",
        "000587",
        LAMP,
        RELEASE,
        |body, rows| {
            // After the lines, which would take it over.
            body["Store"] = rows.plovdiv.clone();
        },
    )
    .await;
}

#[tokio::test]
async fn r31215_warehouse_of_a_line_of_another_company() {
    refused(
        "(Constraint R31215)",
        "000587",
        LAMP,
        RELEASE,
        |body, rows| {
            body["Lines"][0]["LineStore"] = rows.plovdiv.clone();
        },
    )
    .await;
}

#[tokio::test]
async fn only_what_can_be_promised_where_the_type_says_so() {
    let stocked: Change = |body, rows| {
        body["DocumentType"] = rows.stock.clone();
        body["Lines"][0]["LineStore"] = rows.central.clone();
    };
    let portal = Portal::start(|_| {}).await;
    // Seven in stock, one of them promised to others.
    for (quantity, fits) in [(7, false), (5, true), (2, false), (1, true)] {
        let lines = &[("LT-ARK-NV", quantity, "pcs")];
        let done = attempt(&portal, "000587", lines, "Released", stocked).await;
        assert_eq!(done.is_ok(), fits, "{quantity}: {done:?}");
        if let Err(said) = done {
            assert!(said.contains("CheckAvailableQuantity"), "{said}");
        }
    }
}

#[tokio::test]
async fn prices_do_not_fall_below_the_floors_of_product_and_channel() {
    let rule = "CheckMinimalSalesPrice";
    let cheaper: Change = |body, _| body["Lines"][0]["LineCustomDiscountPercent"] = json!(0.31);
    let lamp = &[("LT-ARK-GR", 1, "pcs")];
    refused(rule, "000587", lamp, RELEASE, cheaper).await;
    let mugs = &[("KM-RIN-CR", 6, "pcs")];
    refused(rule, "000587", mugs, RELEASE, cheaper).await;
}
