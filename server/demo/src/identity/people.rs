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
    /// Customers this person may act for, with the role: `(customer number, role)`.
    pub customers: Vec<(String, String)>,
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
        &'static [(&'static str, &'static str)],
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
            &[("000412", "OrdersWithPrices")],
            "Buyer of one customer, sees prices",
            "Купувач на един клиент, вижда цени",
        ),
        Entry(
            "james.porter@studio.example",
            "James Porter",
            External,
            "en",
            true,
            &[("000587", "OrdersWithPrices"), ("000593", "Billing")],
            "Buyer of two customers, chooses for whom to buy",
            "Купувач на двама клиенти, избира за кого купува",
        ),
        Entry(
            "elena.georgieva@harbour.example",
            "Елена Георгиева",
            External,
            "bg",
            true,
            &[("000412", "Owner")],
            "Owner of a customer's account",
            "Собственик на клиентски профил",
        ),
        Entry(
            "petar.dimitrov@lipa.example",
            "Петър Димитров",
            External,
            "bg",
            true,
            &[("000631", "Orders")],
            "Buyer who must not see prices",
            "Купувач без достъп до цени",
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
                    .map(|(number, role)| ((*number).to_owned(), (*role).to_owned()))
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
