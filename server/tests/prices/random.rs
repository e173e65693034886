//! Any price rows, discounts, lists and segments: the portal and the instance choose alike.
//!
//! What the documents leave open is left out: rows that are equal in all that decides between them (rank, priority, first day).

use std::collections::HashSet;

use demo::{Conditions, DiscountRow, PriceListRow, PriceRow, PriceRows, PriceTypeRow, SegmentRow};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use rust_decimal::Decimal;
use time::{Date, Duration, OffsetDateTime};
use vitrina::pricing::units;

use super::house::{House, Wish, differences};

/// Numbers of the seed's customers, products of several units, and groups from the top down.
struct World {
    customers: Vec<String>,
    products: Vec<String>,
    groups: Vec<String>,
    units: Vec<String>,
    today: Date,
}

const TYPES: [&str; 3] = ["T1", "T2", "T3"];
const LISTS: [&str; 2] = ["Pubs", "Schools"];
const KINDS: [&str; 2] = ["Large", "Small"];
const SEGMENTS: [&str; 2] = ["Loyal", "North"];
const PRIORITIES: [&str; 5] = ["Lowest", "Low", "Medium", "High", "Highest"];

/// Mostly none.
fn seldom<T: Strategy + 'static>(strategy: T) -> impl Strategy<Value = Option<T::Value>>
where
    T::Value: Clone + 'static,
{
    prop_oneof![9 => Just(None).boxed(), 1 => strategy.prop_map(Some).boxed()]
}

fn one_of(names: &[String]) -> impl Strategy<Value = String> + use<> {
    prop::sample::select(names.to_vec())
}

fn named(names: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(names).prop_map(str::to_owned)
}

fn day(today: Date) -> impl Strategy<Value = Option<Date>> {
    prop::option::weighted(
        0.4,
        (-3_i64..=5).prop_map(move |days| today + Duration::days(days)),
    )
}

fn bound(world: &World) -> impl Strategy<Value = (Decimal, String)> + use<> {
    (0_i64..=40_000, 0_u32..=3, one_of(&world.units))
        .prop_map(|(digits, places, unit)| (Decimal::new(digits, places), unit))
}

fn conditions(world: &World) -> impl Strategy<Value = Conditions> + use<> {
    let when = (
        prop::bool::weighted(0.9),
        day(world.today),
        day(world.today),
    );
    let quantities = (seldom(bound(world)), seldom(bound(world)));
    let whom = (
        seldom(named(&LISTS)),
        seldom(one_of(&world.customers)),
        seldom(named(&SEGMENTS)),
    );
    let place = (
        seldom(named(&["WEB", "CC"])),
        seldom(Just("OGN".to_owned())),
        seldom(named(&["OGN-SOF", "OGN-VAR"])),
    );
    let priority = prop::option::of(named(&PRIORITIES));
    (when, quantities, whom, place, priority).prop_map(
        |((active, from, thru), (min, max), whom, place, priority)| Conditions {
            active,
            from,
            thru,
            min,
            max,
            price_list: whom.0,
            customer: whom.1,
            target_group: whom.2,
            channel: place.0,
            company: place.1,
            location: place.2,
            priority,
        },
    )
}

fn price(world: &World) -> impl Strategy<Value = PriceRow> + use<> {
    let amount =
        (-200_i64..=99_999, 0_u32..=5).prop_map(|(digits, places)| Decimal::new(digits, places));
    let currency = prop_oneof![9 => Just("EUR"), 1 => Just("USD")].prop_map(str::to_owned);
    let per = (1_i64..=120, 0_u32..=2, one_of(&world.units))
        .prop_map(|(digits, places, unit)| (Decimal::new(digits, places), unit));
    (
        one_of(&world.products),
        amount,
        currency,
        per,
        seldom(one_of(&world.customers)),
        prop::option::of(named(&TYPES)),
        conditions(world),
    )
        .prop_map(
            |(product, price, currency, per, ship_to, price_type, conditions)| PriceRow {
                product,
                price,
                currency,
                per,
                ship_to,
                price_type,
                conditions,
            },
        )
}

fn discount(world: &World) -> impl Strategy<Value = DiscountRow> + use<> {
    let fraction = (0_i64..=600_000).prop_map(|millionths| Decimal::new(millionths, 6));
    (
        fraction,
        1_u8..=3,
        seldom(one_of(&world.products)),
        seldom(one_of(&world.groups)),
        seldom(named(&KINDS)),
        conditions(world),
    )
        .prop_map(
            |(fraction, level, product, group, customer_type, conditions)| DiscountRow {
                fraction,
                level,
                product,
                group,
                customer_type,
                conditions,
            },
        )
}

/// Each customer in one of the names or in none.
fn given(
    world: &World,
    names: &'static [&'static str],
) -> impl Strategy<Value = Vec<SegmentRow>> + use<> {
    let customers = world.customers.clone();
    prop::collection::vec(prop::option::of(0..names.len()), customers.len()).prop_map(move |of| {
        names
            .iter()
            .enumerate()
            .map(|(index, name)| SegmentRow {
                name: (*name).to_owned(),
                customers: customers
                    .iter()
                    .zip(&of)
                    .filter(|(_, of)| **of == Some(index))
                    .map(|(customer, _)| customer.clone())
                    .collect(),
            })
            .collect()
    })
}

fn rows(world: &World) -> impl Strategy<Value = PriceRows> + use<> {
    let today = world.today;
    let lists = (
        given(world, &LISTS),
        prop::collection::vec(
            (prop::bool::weighted(0.8), day(today), day(today), 1_u8..=3),
            LISTS.len(),
        ),
    )
        .prop_map(|(given, states)| {
            given
                .into_iter()
                .zip(states)
                .map(|(given, (active, from, thru, level))| PriceListRow {
                    name: given.name,
                    active,
                    from,
                    thru,
                    level,
                    customers: given.customers,
                })
                .collect::<Vec<_>>()
        });
    (
        prop::collection::vec(0_i64..=3, TYPES.len()),
        lists,
        given(world, &KINDS),
        given(world, &SEGMENTS),
        prop::collection::vec(price(world), 0..90),
        prop::collection::vec(discount(world), 0..32),
    )
        .prop_map(
            |(ordinals, lists, customer_types, target_groups, prices, discounts)| {
                let types: Vec<PriceTypeRow> = TYPES
                    .iter()
                    .zip(ordinals)
                    .map(|(code, ordinal)| PriceTypeRow {
                        code: (*code).to_owned(),
                        ordinal,
                    })
                    .collect();
                PriceRows {
                    prices: decided_prices(prices, &types),
                    discounts: decided_discounts(discounts),
                    types,
                    lists,
                    customer_types,
                    target_groups,
                }
            },
        )
}

/// Without rows between which nothing decides.
fn decided_prices(prices: Vec<PriceRow>, types: &[PriceTypeRow]) -> Vec<PriceRow> {
    let mut seen = HashSet::new();
    prices
        .into_iter()
        .filter(|row| {
            let kind = row.price_type.as_ref();
            let rank = kind.and_then(|code| types.iter().find(|kind| kind.code == *code));
            let priority = row.conditions.priority.as_deref().unwrap_or("Low");
            seen.insert((
                row.product.clone(),
                rank.map(|kind| kind.ordinal),
                priority.to_owned(),
                row.conditions.from,
            ))
        })
        .collect()
}

fn decided_discounts(discounts: Vec<DiscountRow>) -> Vec<DiscountRow> {
    let mut seen = HashSet::new();
    discounts
        .into_iter()
        .filter(|row| {
            let priority = row.conditions.priority.as_deref().unwrap_or("Medium");
            seen.insert((row.level, priority.to_owned(), row.conditions.from))
        })
        .collect()
}

/// How many lines were compared, and on how many of them a row or a discount had its say.
#[derive(Debug, Clone, Copy, Default)]
struct Compared {
    lines: usize,
    priced: usize,
    reduced: usize,
}

/// Compares every product in every unit it is sold in.
async fn compare(
    house: &House,
    world: &World,
    given: &PriceRows,
    compared: &mut Compared,
) -> Result<(), TestCaseError> {
    house.demo.sow_prices(given).unwrap();
    let snapshot = house.snapshot().await;
    let customers = house.customers().await;
    let mut wishes = Vec::new();
    for product in &world.products {
        let number = vitrina::catalog::source::PartNumber::new(product).unwrap();
        let at = snapshot.catalogue.find_part_number(&number).unwrap();
        let entry = snapshot.catalogue.at(at).unwrap();
        for unit in units::choices(&entry.product, &snapshot.catalogue.units) {
            for quantity in ["1", "3", "12.5", "40"] {
                let quantity: Decimal = quantity.parse().unwrap();
                if quantity.is_integer() || snapshot.catalogue.units.get(unit).unwrap().divisible {
                    wishes.push(Wish {
                        product: product.clone(),
                        unit,
                        quantity,
                    });
                }
            }
        }
    }
    for customer in std::iter::once(None).chain(customers.iter().map(Some)) {
        let shown: Vec<_> = wishes
            .iter()
            .map(|wish| House::shown(&snapshot, customer, world.today, wish))
            .collect();
        let charged = house
            .charged(&snapshot, customer, world.today, &wishes)
            .await;
        let differences = differences(&wishes, &shown, &charged);
        prop_assert!(
            differences.is_empty(),
            "{:?}: {differences:#?}",
            customer.map(|customer| &customer.number)
        );
        compared.lines += wishes.len();
        compared.priced += charged.iter().filter(|cost| cost.by_row).count();
        let reduced = charged.iter().filter(|cost| !cost.cost.discount.is_zero());
        compared.reduced += reduced.count();
    }
    Ok(())
}

/// `PROPTEST_CASES=1000 cargo test -p server --features server/demo --test prices random` compares more.
#[test]
fn the_portal_and_the_instance_agree_on_any_price_rows() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let (house, world) = runtime.block_on(async {
        let house = House::start().await;
        let snapshot = house.snapshot().await;
        let customers = house.customers().await;
        // Of each unit and conversion some, below different groups.
        let mut kinds = HashSet::new();
        let some: Vec<_> = snapshot
            .catalogue
            .products()
            .iter()
            .filter(|entry| {
                kinds.insert((
                    entry.product.unit,
                    entry.product.conversions.len(),
                    entry.groups[entry.groups.len() - 1],
                ))
            })
            .take(8)
            .collect();
        let groups: HashSet<String> = some
            .iter()
            .flat_map(|entry| entry.groups.iter())
            .filter_map(|group| snapshot.catalogue.group(*group))
            .filter_map(|node| node.group.path.codes().last().cloned())
            .collect();
        let mut groups: Vec<String> = groups.into_iter().collect();
        groups.sort();
        let world = World {
            customers: customers
                .into_iter()
                .map(|customer| customer.number)
                .collect(),
            products: some
                .iter()
                .map(|entry| entry.product.part_number.to_string())
                .collect(),
            groups,
            units: ["pcs", "box", "m", "km", "kg"].map(str::to_owned).to_vec(),
            today: OffsetDateTime::now_utc().date(),
        };
        (house, world)
    });
    assert!(world.customers.len() >= 3 && world.products.len() >= 6);
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::default()
    });
    let compared = std::cell::Cell::new(Compared::default());
    let cases = std::cell::Cell::new(0);
    let outcome = runner.run(&rows(&world), |given| {
        let mut so_far = compared.get();
        runtime.block_on(compare(&house, &world, &given, &mut so_far))?;
        compared.set(so_far);
        cases.set(cases.get() + 1);
        Ok(())
    });
    println!("{} cases, {:?}", cases.get(), compared.get());
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    // A comparison of standard prices alone would agree whatever the rules.
    let Compared {
        lines,
        priced,
        reduced,
    } = compared.get();
    assert!(priced * 6 > lines && reduced * 6 > lines);
}
