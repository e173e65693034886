//! What a real database holds and a tidy one does not, on every page that shows it: markup, Hebrew and Arabic, names of 254
//! letters, prices that are none.

use std::collections::BTreeSet;

use demo::{Does, Fault, Meets};
use http::StatusCode;
use vitrina::{
    catalog::listing::ListQuery,
    ids::OrderId,
    places::{Page, Place},
    text::Language,
    visitor::PersonId,
};

use crate::{
    headers::check_markup,
    journal::Journal,
    mirror::add,
    test_portal::TestPortal,
    visitor::{Answer, Visitor},
};

const LANGUAGES: [Language; 2] = [Language::ENGLISH, Language::BULGARIAN];

async fn odd_shop() -> TestPortal {
    let shop = TestPortal::with_demo(|options| options.sentinels = true).await;
    shop.portal.mirror.pull().await.unwrap();
    shop
}

/// A whole page in which nothing of the instance has come alive.
fn check(what: &str, page: &Answer) {
    assert_eq!(page.status, StatusCode::OK, "{what}");
    inert(what, page);
}

fn inert(what: &str, page: &Answer) {
    let policy = page.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).unwrap();
    check_markup(what, &page.body, nonce.split('\'').next().unwrap());
    assert!(page.body.contains("</html>"), "{what}");
}

async fn look(visitor: &Visitor<'_>, page: &Page) {
    for language in LANGUAGES {
        let path = Place::new(language, page.clone()).path();
        check(&path, &visitor.get(&path).await);
    }
}

/// Test 31 of the forty.
#[tokio::test]
async fn d7_v24_every_odd_product_renders_in_groups_search_and_cart_and_by_itself() {
    let shop = odd_shop().await;
    let snapshot = shop.portal.mirror.snapshot().unwrap();
    let guest = shop.visitor();
    let odd: Vec<_> = snapshot
        .catalogue
        .products()
        .iter()
        .filter(|entry| {
            let number = entry.product.part_number.as_str();
            number.starts_with("ODD") || number.starts_with("<b>") || number.starts_with('W')
        })
        .collect();
    assert!(odd.len() > 20, "{}", odd.len());
    let mut groups = BTreeSet::new();
    let mut carried = 0;
    for entry in odd {
        look(&guest, &Page::Product(entry.product.part_number.clone())).await;
        let added = add(&guest, &entry.product.id.to_string(), "1").await;
        assert_eq!(
            added.status,
            StatusCode::SEE_OTHER,
            "{:?}",
            entry.product.part_number
        );
        carried += usize::from(!added.leads_to().contains("problem"));
        for language in LANGUAGES {
            let name = entry.product.name.get(language, Language::ENGLISH);
            let text: String = name.chars().take(60).collect();
            look(&guest, &Page::Search(text, ListQuery::default())).await;
        }
    }
    for at in snapshot.catalogue.top() {
        let node = snapshot.catalogue.group(*at).unwrap();
        if node
            .group
            .path
            .codes()
            .iter()
            .any(|code| code.starts_with("ODD"))
        {
            groups.insert(node.group.path.clone());
        }
    }
    assert!(!groups.is_empty() && carried > 0);
    for path in groups {
        look(&guest, &Page::Group(path, ListQuery::default())).await;
    }
    look(&guest, &Page::Home).await;
    look(&guest, &Page::Cart).await;
}

/// Test 31 of the forty: the people, customers and documents.
#[tokio::test]
async fn d7_v24_odd_people_see_their_odd_orders() {
    let shop = odd_shop().await;
    let odd = shop.visitor();
    odd.sign_in("odd@sentinel.example", "/en").await;
    look(&odd, &Page::Customers).await;
    let page = odd.get("/en/account/customers").await.body;
    let customers: BTreeSet<String> = page
        .split("name=\"customer\" value=\"")
        .skip(1)
        .filter_map(|rest| Some(rest.split('"').next()?.to_owned()))
        .collect();
    assert!(customers.len() >= 3, "{customers:?}");
    let mut seen = 0;
    for customer in customers {
        let fields = [("customer", customer.as_str()), ("back", "/en")];
        let chosen = odd.post("/api/account/choose", &fields).await;
        assert_eq!(chosen.status, StatusCode::SEE_OTHER, "{customer}");
        look(&odd, &Page::Home).await;
        look(&odd, &Page::Orders(1)).await;
        let list = odd.get("/en/account/orders").await.body;
        let orders: BTreeSet<String> = list
            .split("href=\"/en/account/orders/")
            .skip(1)
            .filter_map(|rest| Some(rest.split('"').next()?.to_owned()))
            .collect();
        for order in orders {
            for language in LANGUAGES {
                let page = Page::Order(order.parse().unwrap());
                let path = Place::new(language, page).path();
                check(&path, &odd.get(&path).await);
                seen += 1;
            }
        }
    }
    assert!(seen > 0, "an odd order is shown");
}

#[tokio::test]
async fn d7_an_order_whose_amounts_nobody_can_read_is_a_page_that_says_so() {
    let shop = odd_shop().await;
    let maria = shop.visitor();
    maria.sign_in("maria", "/en").await;
    let people = shop.demo.people();
    let person = people
        .iter()
        .find(|person| person.login.starts_with("maria"))
        .map(|person| PersonId::User(person.id));
    let accesses = shop.portal.access.fresh(&person.unwrap()).await.unwrap();
    let customer = accesses[0].customer.id.0;
    let today = shop.portal.world.clock.now().date();
    let id = uuid::Uuid::from_u128(0xd7);
    let lamp = serde_json::json!({
        "LineNo": 10,
        "Product": { "@odata.id": format!("General_Products_Products({id})") },
        "ProductDescription": { "EN": "A lamp", "BG": "Лампа" },
        "Quantity": { "Value": 2, "Unit": "pcs" },
        "UnitPrice": { "Value": 5, "Currency": "EUR" },
        "LineAmount": { "Value": "ten", "Currency": [] },
    });
    let body = serde_json::json!({ "value": [{
        "@odata.id": format!("Crm_Sales_SalesOrders({id})"),
        "DocumentNo": "SO-ODD",
        "DocumentDate": format!("{today}T00:00:00Z"),
        "State": "Released",
        "Customer": { "@odata.id": format!("Crm_Customers({customer})") },
        "DocumentNotes": "Please ring twice.",
        "TotalLineAmount": { "Value": 10, "Currency": "EUR" },
        "AmountToPay": "ten euros",
        "Lines": [lamp, { "LineNo": 20, "Product": null }],
    }]});
    shop.demo.bring_up(Fault::always(
        Meets::set("Crm_Sales_SalesOrders"),
        Does::Answer {
            status: 200,
            content_type: "application/json".to_owned(),
            body: body.to_string(),
        },
    ));
    let journal = Journal::begin();
    for (language, unknown, part, name) in [
        (
            Language::ENGLISH,
            "cannot be shown",
            "Part of this order cannot be shown here.",
            "A lamp",
        ),
        (
            Language::BULGARIAN,
            "не може да се покаже",
            "Част от тази поръчка не може да се покаже тук.",
            "Лампа",
        ),
    ] {
        let path = Place::new(language, Page::Orders(1)).path();
        let list = maria.get(&path).await;
        check(&path, &list);
        let total = format!("order-row-total\">{unknown}<");
        assert!(list.body.contains("SO-ODD") && list.body.contains(&total));

        let path = Place::new(language, Page::Order(OrderId(id))).path();
        let page = maria.get(&path).await;
        check(&path, &page);
        let amount = format!("order-line-amount\">{unknown}<");
        let total = format!("<dd>{unknown}<");
        for words in ["Please ring twice.", name, part, &amount, &total] {
            assert!(page.body.contains(words), "{words} in {}", page.body);
        }
    }
    let told = journal.read();
    assert!(told.contains("order_in_part") && told.contains("SO-ODD"));
    assert!(told.contains("AmountToPay, LineAmount, Lines"), "{told}");
    assert!(
        !told.contains("ring twice") && !told.contains("maria"),
        "{told}"
    );
}

/// Test 30 of the forty.
#[tokio::test]
async fn d2_quotes_and_odd_characters_are_searched_for_as_they_are() {
    let shop = odd_shop().await;
    let guest = shop.visitor();
    shop.demo.reset_calls();
    for text in [
        "O'Neil",
        "\"",
        "''",
        "a' or 'a' eq 'a",
        "%",
        "%27",
        "*",
        "(",
        ")",
        "+",
        "-",
        "&",
        "=",
        "\\",
        "/",
        "#",
        "?",
        "<script>",
        "\u{202e}",
        "\u{0}",
        "лампа & стол",
        "AND OR NOT",
        "name:x",
        "a~2",
        "[a TO b]",
        "^",
        "{}",
        "🧑🏽‍🚀",
    ] {
        look(&guest, &Page::Search(text.to_owned(), ListQuery::default())).await;
    }
    assert_eq!(shop.demo.seen().calls.total, 0, "search asks our own copy");
}
