//! Sentinels: a product, a customer and a person for each fault, named for it. Whoever touches one brings its fault up; the
//! others do not notice. Sown on demand only.

use rust_decimal::Decimal;
use time::Duration;
use uuid::Uuid;

use super::catalogue::{GROUPS, PRODUCTS, eur};
use super::customers::CUSTOMERS;
use super::seller::{
    CATEGORIES, CHANNELS, COMPANIES, COUNTRIES, CURRENCIES, LOCATIONS, PARTY_COMPANIES,
    PAYMENT_TYPES, STORES, TYPES, UNITS,
};
use super::{SeedError, Sower, id, ml, text, to};
use crate::domain::value::{Reference, Value, day};
use crate::faults::{Does, Fault, Malformed, Meets};
use crate::identity::people::{CustomerAccess, Person, UserType};

const USERS: &str = "Systems_Security_Users";
const ROLE: &str = "OrdersWithPrices";

/// Code of the group of the sentinel products.
pub(super) const GROUP: &str = "99";

/// A fault by its name.
pub(crate) struct Sentinel {
    /// Part of numbers and logins: `slow` → product `SENTINEL-SLOW`, customer `S-SLOW`, person `slow@sentinel.example`.
    pub(crate) key: &'static str,
    /// What happens.
    pub(crate) english: &'static str,
    bulgarian: &'static str,
    does: Does,
    /// Only the call that saves is met, not every call about the row.
    at_commit: bool,
}

impl Sentinel {
    /// `PartNumber` of its product.
    pub(crate) fn product(&self) -> String {
        format!("SENTINEL-{}", self.key.to_uppercase())
    }

    /// `Number` of its customer.
    pub(crate) fn customer(&self) -> String {
        format!("S-{}", self.key.to_uppercase())
    }

    /// Login of its person; nobody saves anything by signing in.
    pub(crate) fn login(&self) -> Option<String> {
        (!self.at_commit).then(|| format!("{}@sentinel.example", self.key))
    }

    fn meets(&self, id: Uuid) -> Fault {
        let kind = if self.at_commit {
            Meets::CommitOf(id)
        } else {
            Meets::About(id)
        };
        Fault::always(kind, self.does.clone())
    }
}

/// All sentinels.
pub(crate) fn all() -> Vec<Sentinel> {
    let sentinel = |key, english, bulgarian, does| Sentinel {
        key,
        english,
        bulgarian,
        does,
        at_commit: false,
    };
    vec![
        sentinel(
            "slow",
            "answers 20 seconds late",
            "отговаря с 20 секунди закъснение",
            Does::Slow {
                milliseconds: 20_000,
            },
        ),
        sentinel("hang", "never answers", "никога не отговаря", Does::Hang),
        sentinel(
            "drip",
            "answers drop by drop",
            "отговаря капка по капка",
            Does::Drip {
                bytes: 16,
                milliseconds: 1_000,
            },
        ),
        sentinel(
            "cut",
            "breaks off inside of the answer",
            "прекъсва насред отговора",
            Does::Cut { after: 40 },
        ),
        sentinel(
            "lost",
            "does it and loses the answer",
            "изпълнява и губи отговора",
            Does::Lose,
        ),
        sentinel(
            "drop",
            "hangs up before anything is done",
            "затваря, преди да свърши нещо",
            Does::Drop,
        ),
        sentinel(
            "huge",
            "answers 64 MiB",
            "отговаря с 64 MiB",
            Does::Huge { megabytes: 64 },
        ),
        sentinel(
            "half",
            "answers half a JSON",
            "отговаря с половин JSON",
            Does::Malformed(Malformed::Half),
        ),
        sentinel(
            "html",
            "answers a web page",
            "отговаря с уеб страница",
            Does::Html,
        ),
        sentinel("401", "answers 401", "отговаря 401", Does::refuse(401)),
        sentinel("429", "answers 429", "отговаря 429", Does::refuse(429)),
        sentinel(
            "503",
            "answers 503 for five seconds",
            "отговаря 503 за пет секунди",
            Does::refuse_for(503, "5"),
        ),
        sentinel("licence", "has no licence", "няма лиценз", Does::NoLicence),
        Sentinel {
            key: "commit",
            english: "saves the order and loses the answer",
            bulgarian: "записва поръчката и губи отговора",
            does: Does::Lose,
            at_commit: true,
        },
    ]
}

/// What they bring up.
pub(crate) fn faults() -> Vec<Fault> {
    all()
        .iter()
        .flat_map(|sentinel| {
            let person = sentinel.login().map(|login| id(USERS, &login));
            let rows = [
                id(PRODUCTS, &sentinel.product()),
                id(CUSTOMERS, &sentinel.customer()),
            ];
            let all = rows.into_iter().chain(person);
            all.map(|id| sentinel.meets(id)).collect::<Vec<_>>()
        })
        .collect()
}

/// A person for each, whose own sign-in is met; one who may act for all sentinel customers; one for whom all rows are odd.
pub(crate) fn people() -> Vec<Person> {
    let person =
        |key: &str, name: String, customers: Vec<String>, purpose: &str, bulgarian: &str| {
            let login = format!("{key}@sentinel.example");
            Person {
                id: id(USERS, &login),
                login,
                password: format!("demo-{key}"),
                name,
                user_type: UserType::ExternalCommunityUser,
                locale: "en".to_owned(),
                email_verified: true,
                is_admin: false,
                customers: customers
                    .into_iter()
                    .map(|customer| CustomerAccess {
                        customer,
                        role: ROLE.to_owned(),
                        days_back: Some(90),
                    })
                    .collect(),
                purpose: purpose.to_owned(),
                purpose_bg: bulgarian.to_owned(),
            }
        };
    let sentinels = all();
    let mut people = vec![
        person(
            "everyone",
            "Sentinel for everyone".to_owned(),
            sentinels.iter().map(Sentinel::customer).collect(),
            "Sentinel: buys for customers that are faults",
            "Часовой: купува за клиенти, които са грешки",
        ),
        person(
            "odd",
            "<b>Odd</b> \u{202e}ddO & \"Sons\"".to_owned(),
            super::oddities::CUSTOMERS_OF_ODD
                .iter()
                .map(|number| (*number).to_owned())
                .collect(),
            "Sentinel: everything about this person is odd",
            "Часовой: всичко у този човек е странно",
        ),
    ];
    let signing_in = sentinels
        .iter()
        .filter(|sentinel| sentinel.login().is_some());
    people.extend(signing_in.map(|sentinel| {
        person(
            sentinel.key,
            format!("Sentinel {}", sentinel.key),
            vec!["000587".to_owned()],
            &format!("Sentinel: the sign-in {}", sentinel.english),
            &format!("Часовой: входът {}", sentinel.bulgarian),
        )
    }));
    people
}

pub(super) fn sow(sower: &mut Sower) -> Result<(), SeedError> {
    sower.row(
        GROUPS,
        GROUP,
        vec![
            ("Code", text(GROUP)),
            ("FullPath", text("/99/")),
            ("Name", ml("Sentinels", "Часовои")),
        ],
    )?;
    for sentinel in all() {
        sow_product(
            sower,
            &sentinel.product(),
            vec![(
                "Name",
                ml(
                    &format!("Sentinel: {}", sentinel.english),
                    &format!("Часовой: {}", sentinel.bulgarian),
                ),
            )],
        )?;
        let name = ml(
            &format!("Sentinel: {}", sentinel.english),
            &format!("Часовой: {}", sentinel.bulgarian),
        );
        sow_customer(sower, &sentinel.customer(), name, Vec::new())?;
    }
    for person in people() {
        for access in &person.customers {
            sow_access(sower, &person, &access.customer, Value::Member(ROLE))?;
        }
    }
    Ok(())
}

/// A product that is for sale and in stock, with these values over the usual ones.
pub(super) fn sow_product(
    sower: &mut Sower,
    number: &str,
    values: Vec<(&str, Value)>,
) -> Result<Reference, SeedError> {
    let pieces = |quantity| Value::Quantity(quantity, "pcs".to_owned());
    let mut all = vec![
        ("PartNumber", text(number)),
        ("Name", ml(number, number)),
        ("Active", Value::Bool(true)),
        ("ShowInCatalog", Value::Bool(true)),
        ("ProductGroup", to(GROUPS, GROUP)),
        ("ProductType", to(TYPES, "GOODS")),
        ("MeasurementUnit", to(UNITS, "pcs")),
        ("BaseMeasurementCategory", to(CATEGORIES, "pieces")),
        ("StandardPricePerLot", eur(Decimal::from(10))),
        ("StandardLotSizeBase", pieces(Decimal::ONE)),
        ("CostingCurrency", to(CURRENCIES, "EUR")),
        ("UpdateTime", Value::Time(sower.now)),
    ];
    all.extend(values);
    let product = sower.row(PRODUCTS, number, all)?;
    sower.row(
        "Crm_Marketing_ProductDistributionChannels",
        &format!("{number} WEB"),
        vec![
            ("Product", to(PRODUCTS, number)),
            ("DistributionChannel", to(CHANNELS, "WEB")),
            ("FromDate", Value::Time(day(sower.now - Duration::days(1)))),
        ],
    )?;
    let hundred = || pieces(Decimal::ONE_HUNDRED);
    sower.row(
        "Logistics_Inventory_DemandManagement_AvailableToPromise",
        number,
        vec![
            ("Product", to(PRODUCTS, number)),
            ("Store", to(STORES, "CENTRAL")),
            ("EnterpriseCompany", to(COMPANIES, "ognishte")),
            (
                "FromDate",
                Value::Time(time::macros::datetime!(2000-01-01 00:00 UTC)),
            ),
            ("ATPBase", hundred()),
            ("CurrentAvailabilityBase", hundred()),
            ("ProjectedAvailabilityBase", hundred()),
        ],
    )?;
    sower.row(
        "Logistics_Inventory_CurrentBalances",
        number,
        vec![
            ("Product", to(PRODUCTS, number)),
            ("Store", to(STORES, "CENTRAL")),
            ("EnterpriseCompany", to(COMPANIES, "ognishte")),
            ("QuantityBase", hundred()),
        ],
    )?;
    Ok(product)
}

/// A customer with one address, with these values over the usual ones.
pub(super) fn sow_customer(
    sower: &mut Sower,
    number: &str,
    name: Value,
    values: Vec<(&str, Value)>,
) -> Result<(), SeedError> {
    sower.row(
        PARTY_COMPANIES,
        number,
        vec![
            ("PartyCode", text(&format!("C{number}"))),
            ("PartyName", name.clone()),
            ("PartyType", Value::Member("Company")),
            ("PartyUniqueNumber", text(number)),
            ("Name", name),
            ("RegistrationNumber", text(number)),
            ("Country", to(COUNTRIES, "BG")),
        ],
    )?;
    sow_address(
        sower,
        number,
        text("1 Sentinel Street, 1000 Sofia, Bulgaria"),
    )?;
    let mut all = vec![
        ("Number", text(number)),
        ("Party", to(PARTY_COMPANIES, number)),
        ("EnterpriseCompany", to(COMPANIES, "ognishte")),
        (
            "FromDate",
            Value::Time(day(sower.now - Duration::days(100))),
        ),
        ("AllowUseAsPrimaryCustomer", Value::Bool(true)),
        ("AllowUseAsShipToCustomer", Value::Bool(true)),
        ("DefaultCurrency", to(CURRENCIES, "EUR")),
        ("DefaultDistributionChannel", to(CHANNELS, "WEB")),
        ("DefaultPaymentType", to(PAYMENT_TYPES, "CASH")),
        ("DefaultPaymentTermDays", Value::Int(0)),
        ("DefaultDeliveryTermDays", Value::Int(2)),
        (
            "ServicedByEnterpriseCompanyLocation",
            to(LOCATIONS, "sofia"),
        ),
    ];
    all.extend(values);
    sower.row(CUSTOMERS, number, all)?;
    Ok(())
}

/// An address of a customer's party.
pub(super) fn sow_address(
    sower: &mut Sower,
    number: &str,
    address: Value,
) -> Result<(), SeedError> {
    const MECHANISMS: &str = "General_Contacts_PartyContactMechanisms";
    let order = sower
        .database
        .children(MECHANISMS, "Party", id(PARTY_COMPANIES, number))
        .len();
    let key = format!("{number} {order}");
    sower.row(
        MECHANISMS,
        &key,
        vec![
            ("Party", to(PARTY_COMPANIES, number)),
            ("ContactMechanismType", Value::Member("Address")),
            ("Name", address),
            (
                "ContactMechanism",
                Value::Reference(Reference {
                    set: "General_Contacts_ContactMechanisms",
                    id: id(MECHANISMS, &key),
                }),
            ),
            ("IsDefault", Value::Bool(order == 0)),
            (
                "FromDate",
                Value::Time(day(sower.now - Duration::days(100))),
            ),
            (
                "LineOrd",
                Value::Int(i64::try_from(order).unwrap_or_default() + 1),
            ),
        ],
    )?;
    Ok(())
}

/// A person may act for a customer.
pub(super) fn sow_access(
    sower: &mut Sower,
    person: &Person,
    number: &str,
    role: Value,
) -> Result<(), SeedError> {
    sower.row(
        "Crm_Sales_CustomerExternalAccess",
        &format!("{} {number}", person.login),
        vec![
            ("Customer", to(CUSTOMERS, number)),
            (
                "User",
                Value::Reference(Reference {
                    set: USERS,
                    id: person.id,
                }),
            ),
            ("Role", role),
            ("DaysBackAccess", Value::Int(90)),
        ],
    )?;
    Ok(())
}
