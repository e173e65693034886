//! The people who can sign in, and what each of them is there to show.

use uuid::Uuid;

use crate::seed::id;

/// The kinds of users that may sign in (identity.md §6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserType {
    /// An employee of the seller.
    InternalUser,
    /// A customer's or partner's person.
    ExternalCommunityUser,
}

impl UserType {
    /// The name as it stands in the `user_type` claim.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InternalUser => "InternalUser",
            Self::ExternalCommunityUser => "ExternalCommunityUser",
        }
    }
}

/// That a person may act for a customer (`CustomerExternalAccess`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerAccess {
    /// Number of the customer.
    pub customer: String,
    /// `Basic`, `Orders`, `OrdersWithPrices`, `Billing`, `Admin` or `Owner`.
    pub role: String,
    /// How many days back documents may be shown; `None` is all.
    pub days_back: Option<u16>,
}

/// Somebody with a login at the demo instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Row id of the user, the `id` claim.
    pub id: Uuid,
    /// Login name, the `sub` claim; looks like an e-mail address and is one.
    pub login: String,
    /// Password in the open: nobody real has it.
    pub password: String,
    /// Name for display, the `name` claim.
    pub name: String,
    /// Kind of user, the `user_type` claim.
    pub user_type: UserType,
    /// The user's language, the `locale` claim.
    pub locale: String,
    /// Whether the e-mail address was confirmed.
    pub email_verified: bool,
    /// Whether the user administers the instance.
    pub is_admin: bool,
    /// Customers this person may act for.
    pub customers: Vec<CustomerAccess>,
    /// What the person is there to show, in English.
    pub purpose: String,
    /// The same in Bulgarian.
    pub purpose_bg: String,
}

/// Everybody, in the order of the login page.
pub(crate) fn everybody() -> Vec<Person> {
    struct Entry(
        &'static str,
        &'static str,
        UserType,
        &'static str,
        bool,
        &'static [(&'static str, &'static str, Option<u16>)],
        &'static str,
        &'static str,
    );
    use UserType::{ExternalCommunityUser as External, InternalUser as Internal};
    [
        Entry(
            "maria.ivanova@harbour.example",
            "Мария Иванова",
            External,
            "bg",
            true,
            &[("000412", "OrdersWithPrices", Some(90))],
            "Buyer of one customer, sees prices",
            "Купувач на един клиент, вижда цени",
        ),
        Entry(
            "james.porter@studio.example",
            "James Porter",
            External,
            "en",
            true,
            &[
                ("000587", "OrdersWithPrices", Some(90)),
                ("000593", "Billing", Some(90)),
            ],
            "Buyer of two customers, chooses for whom to buy",
            "Купувач на двама клиенти, избира за кого купува",
        ),
        Entry(
            "elena.georgieva@harbour.example",
            "Елена Георгиева",
            External,
            "bg",
            true,
            &[("000412", "Owner", None)],
            "Owner of a customer's account",
            "Собственик на клиентски профил",
        ),
        Entry(
            "petar.dimitrov@lipa.example",
            "Петър Димитров",
            External,
            "bg",
            true,
            &[("000631", "Orders", Some(90))],
            "Buyer who must not see prices",
            "Купувач без достъп до цени",
        ),
        Entry(
            "stefan.nikolov@harbour.example",
            "Стефан Николов",
            External,
            "bg",
            true,
            &[("000412", "Billing", Some(30))],
            "Sees invoices and dues, thirty days back",
            "Вижда фактури и задължения, тридесет дни назад",
        ),
        Entry(
            "daniela.stoeva@harbour.example",
            "Даниела Стоева",
            External,
            "bg",
            true,
            &[("000412", "Admin", Some(365))],
            "Administers a customer's other people",
            "Управлява достъпа на останалите потребители",
        ),
        Entry(
            "lena.todorova@lipa.example",
            "Лена Тодорова",
            External,
            "bg",
            true,
            &[("000631", "Basic", Some(0))],
            "May see the company's profile and nothing else",
            "Вижда само профила на фирмата",
        ),
        Entry(
            "vera.koleva@obstacles.example",
            "Вера Колева",
            External,
            "en",
            true,
            &[
                ("000640", "OrdersWithPrices", Some(90)),
                ("000655", "OrdersWithPrices", Some(90)),
                ("000668", "OrdersWithPrices", Some(90)),
                ("000671", "OrdersWithPrices", Some(90)),
                ("000702", "Billing", None),
                ("000713", "OrdersWithPrices", Some(90)),
                ("000720", "OrdersWithPrices", Some(90)),
                ("000727", "OrdersWithPrices", Some(90)),
            ],
            "Buys for customers whose orders run into a rule each",
            "Купува за клиенти, чиито поръчки се спират от правила",
        ),
        Entry(
            "nora.lind@newcomer.example",
            "Nora Lind",
            External,
            "en",
            false,
            &[],
            "Registered herself, no customer yet",
            "Регистрирала се е сама, още няма клиент",
        ),
        Entry(
            "ivan.kolev@ognishte.example",
            "Иван Колев",
            Internal,
            "bg",
            true,
            &[],
            "Employee of the seller",
            "Служител на продавача",
        ),
    ]
    .into_iter()
    .map(
        |Entry(login, name, user_type, locale, email_verified, customers, purpose, purpose_bg)| {
            Person {
                id: id("Systems_Security_Users", login),
                login: login.to_owned(),
                password: format!("demo-{}", login.split('.').next().unwrap_or(login)),
                name: name.to_owned(),
                user_type,
                locale: locale.to_owned(),
                email_verified,
                is_admin: false,
                customers: customers
                    .iter()
                    .map(|(number, role, days_back)| CustomerAccess {
                        customer: (*number).to_owned(),
                        role: (*role).to_owned(),
                        days_back: *days_back,
                    })
                    .collect(),
                purpose: purpose.to_owned(),
                purpose_bg: purpose_bg.to_owned(),
            }
        },
    )
    .collect()
}

/// Login of the system user behind all service tokens (identity.md §5.2).
pub(crate) const SYSTEM_USER: &str = "svc.portal";
/// Name of the database, the `db` claim.
pub(crate) const DATABASE_NAME: &str = "OGNISHTE";
