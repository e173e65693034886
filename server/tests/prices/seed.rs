//! Every product of the seed, for a guest and for every customer.

use rust_decimal::Decimal;
use time::OffsetDateTime;
use vitrina::pricing::units;

use super::house::{House, Wish, differences};

#[tokio::test]
async fn lists_show_what_the_instance_charges_for_every_product_and_customer_of_the_seed() {
    let house = House::start().await;
    let snapshot = house.snapshot().await;
    let catalogue = &snapshot.catalogue;
    let mut wishes = Vec::new();
    for entry in catalogue.products() {
        for unit in units::choices(&entry.product, &catalogue.units) {
            let divisible = catalogue.units.get(unit).unwrap().divisible;
            for quantity in ["1", "2", "9", "10", "49", "50", "100", "0.25", "7.125"] {
                let quantity: Decimal = quantity.parse().unwrap();
                if divisible || quantity.is_integer() {
                    wishes.push(Wish {
                        product: entry.product.part_number.to_string(),
                        unit,
                        quantity,
                    });
                }
            }
        }
    }
    let day = OffsetDateTime::now_utc().date();
    let customers = house.customers().await;
    assert!(customers.len() >= 3, "{}", customers.len());
    assert!(
        customers
            .iter()
            .any(|customer| customer.price_list.is_some())
    );
    let mut compared = 0;
    let mut reduced = 0;
    for customer in std::iter::once(None).chain(customers.iter().map(Some)) {
        for wishes in wishes.chunks(200) {
            let shown: Vec<_> = wishes
                .iter()
                .map(|wish| House::shown(&snapshot, customer, day, wish))
                .collect();
            let charged = house.charged(&snapshot, customer, day, wishes).await;
            let who = customer.map(|customer| &customer.name);
            assert_eq!(
                differences(wishes, &shown, &charged),
                Vec::<String>::new(),
                "{who:?}"
            );
            reduced += charged
                .iter()
                .filter(|cost| !cost.cost.discount.is_zero())
                .count();
            compared += wishes.len();
        }
    }
    // A comparison of nothing would always agree.
    assert!(compared > 4_000 && reduced > 100, "{compared} {reduced}");
    println!("{compared} lines compared, {reduced} of them with a discount");
}
