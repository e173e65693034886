//! The customers, their addresses, and who may act for them.

use rust_decimal::Decimal;
use time::Duration;

use super::seller::{
    CHANNELS, COMPANIES, COUNTRIES, CURRENCIES, LOCATIONS, PARTY_COMPANIES, PAYMENT_TYPES,
    PRICE_LISTS,
};
use super::{SeedError, Sower, id, ml, text, to};
use crate::domain::schema::ROLE;
use crate::domain::value::{Reference, Value, day};
use crate::identity::people::everybody;

pub(super) const CUSTOMERS: &str = "Crm_Sales_Customers";
const MECHANISMS: &str = "General_Contacts_PartyContactMechanisms";

struct Customer {
    number: &'static str,
    name: (&'static str, &'static str),
    registration: &'static str,
    city: (&'static str, &'static str),
    term_days: i64,
    price_list: Option<&'static str>,
    addresses: &'static [&'static str],
    phone: &'static str,
}

const ALL: &[Customer] = &[
    Customer {
        number: "000412",
        name: ("Harbour Hotels Ltd", "Харбър Хотелс ООД"),
        registration: "203117842",
        city: ("Varna", "Варна"),
        term_days: 14,
        price_list: Some("Horeca"),
        addresses: &[
            "бул. „Приморски“ 12, 9000 Варна, България",
            "Хотел „Фар“, к.к. Св. св. Константин и Елена, 9006 Варна, България",
        ],
        phone: "+359 52 600 112",
    },
    Customer {
        number: "000587",
        name: ("Porter Interiors Ltd", "Портър Интериорс ЕООД"),
        registration: "204550918",
        city: ("Sofia", "София"),
        term_days: 7,
        price_list: None,
        addresses: &["ul. Shipka 34, 1504 Sofia, Bulgaria"],
        phone: "+359 2 943 1870",
    },
    Customer {
        number: "000593",
        name: ("Quay Cafe Ltd", "Кей Кафе ООД"),
        registration: "206093371",
        city: ("Burgas", "Бургас"),
        term_days: 0,
        price_list: Some("Horeca"),
        addresses: &[
            "ul. Knyaz Boris I 5, 8000 Burgas, Bulgaria",
            "Sea Garden, Pavilion 3, 8000 Burgas, Bulgaria",
        ],
        phone: "+359 56 841 205",
    },
    Customer {
        number: "000631",
        name: ("Lipa Guest House", "Къща за гости „Липа“"),
        registration: "175862209",
        city: ("Koprivshtitsa", "Копривщица"),
        term_days: 0,
        price_list: None,
        addresses: &["ул. „Ген. Скобелев“ 18, 2077 Копривщица, България"],
        phone: "+359 88 845 0631",
    },
];

pub(super) fn sow(sower: &mut Sower) -> Result<(), SeedError> {
    let since = Value::Time(day(sower.now - Duration::days(600)));
    for customer in ALL {
        let name = ml(customer.name.0, customer.name.1);
        sower.row(
            PARTY_COMPANIES,
            customer.number,
            vec![
                ("PartyCode", text(&format!("C{}", customer.number))),
                ("PartyName", name.clone()),
                ("PartyType", Value::Member("Company")),
                ("PartyUniqueNumber", text(customer.registration)),
                ("Name", name),
                ("RegistrationNumber", text(customer.registration)),
                (
                    "RegistrationVATNumber",
                    text(&format!("BG{}", customer.registration)),
                ),
                ("IsVATRegistered", Value::Bool(true)),
                ("City", ml(customer.city.0, customer.city.1)),
                ("Country", to(COUNTRIES, "BG")),
            ],
        )?;
        let addresses = customer
            .addresses
            .iter()
            .map(|address| ("Address", *address));
        for (order, (kind, line)) in addresses.chain([("Telephone", customer.phone)]).enumerate() {
            let key = format!("{} {line}", customer.number);
            sower.row(
                MECHANISMS,
                &key,
                vec![
                    ("Party", to(PARTY_COMPANIES, customer.number)),
                    ("ContactMechanismType", Value::Member(kind)),
                    ("Name", text(line)),
                    (
                        "ContactMechanism",
                        Value::Reference(Reference {
                            set: "General_Contacts_ContactMechanisms",
                            id: id(MECHANISMS, &key),
                        }),
                    ),
                    ("IsDefault", Value::Bool(order == 0)),
                    ("FromDate", since.clone()),
                    (
                        "LineOrd",
                        Value::Int(i64::try_from(order).unwrap_or_default() + 1),
                    ),
                ],
            )?;
        }
        sower.row(
            CUSTOMERS,
            customer.number,
            vec![
                ("Number", text(customer.number)),
                ("Party", to(PARTY_COMPANIES, customer.number)),
                ("EnterpriseCompany", to(COMPANIES, "ognishte")),
                ("FromDate", since.clone()),
                ("AllowUseAsPrimaryCustomer", Value::Bool(true)),
                ("AllowUseAsShipToCustomer", Value::Bool(true)),
                ("DefaultCurrency", to(CURRENCIES, "EUR")),
                (
                    "DefaultPriceList",
                    customer
                        .price_list
                        .map_or(Value::Null, |list| to(PRICE_LISTS, list)),
                ),
                ("DefaultDistributionChannel", to(CHANNELS, "WEB")),
                (
                    "DefaultPaymentType",
                    to(
                        PAYMENT_TYPES,
                        if customer.term_days > 0 {
                            "BANK"
                        } else {
                            "CASH"
                        },
                    ),
                ),
                ("DefaultPaymentTermDays", Value::Int(customer.term_days)),
                ("DefaultDeliveryTermDays", Value::Int(2)),
                (
                    "CreditLimit",
                    Value::Amount(Decimal::from(20_000), "EUR".to_owned()),
                ),
                ("GracePeriodDays", Value::Int(5)),
                (
                    "ServicedByEnterpriseCompanyLocation",
                    to(
                        LOCATIONS,
                        if customer.number == "000412" {
                            "varna"
                        } else {
                            "sofia"
                        },
                    ),
                ),
            ],
        )?;
    }
    for person in everybody() {
        for access in &person.customers {
            let role = ROLE
                .member(&access.role)
                .ok_or_else(|| SeedError::Unknown(format!("role {}", access.role)))?;
            let days = access
                .days_back
                .map_or(Value::Null, |days| Value::Int(days.into()));
            sower.row(
                "Crm_Sales_CustomerExternalAccess",
                &format!("{} {}", person.login, access.customer),
                vec![
                    ("Customer", to(CUSTOMERS, &access.customer)),
                    (
                        "User",
                        Value::Reference(Reference {
                            set: "Systems_Security_Users",
                            id: person.id,
                        }),
                    ),
                    ("Role", Value::Member(role)),
                    ("DaysBackAccess", days),
                ],
            )?;
        }
    }
    Ok(())
}
