//! What an operator's doctor asks of the instance: the whole connection step by step, each step by the code the shop itself uses.
//!
//! What is read is read by the shop's own questions ([`Question`]s are made where the verbs make theirs), so that a set or an
//! attribute the shop comes to need is examined without being listed here.

use std::{collections::BTreeSet, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use time::OffsetDateTime;
use url::Url;
use uuid::Uuid;
use vitrina::{
    catalog::source::Group,
    ids::{ChannelId, CompanyId, LocationId},
    text::{Language, Localized},
};

use crate::{
    Instance, ReadError,
    api::Turn,
    catalogue::Pull,
    config::ResponseType,
    error::Fault,
    gate::Priority,
    identity::{Attempt, IdentityError},
    odata::query::{Condition, Query, sets},
    orders::order_questions,
    people::people_questions,
    picture::picture_questions,
    prices::target_group_query,
    service_token::TokenError,
    transactions::Transaction,
};
pub use crate::{identity::door::Door, sites::SitesError};

/// An examination. It asks with the mirror's priority, one call after the other, so that nobody waits for it.
pub struct Examination<'a> {
    instance: &'a Instance,
}

/// What the front door shows.
#[derive(Debug, Clone, Copy)]
pub struct FrontDoor {
    /// What becomes of a sign-in as the settings say.
    pub door: Door,
    /// Where it is refused: whether it is accepted with the other response type.
    pub other: Option<Door>,
    /// By how much the provider's clock is ahead of ours.
    pub ahead: Option<time::Duration>,
}

/// The company that sells.
#[derive(Debug, Clone)]
pub struct Selling {
    /// Its record.
    pub company: CompanyId,
    /// Its name.
    pub name: Localized,
    /// Whether it has a base currency with a sign.
    pub has_currency: bool,
    legal: Option<Uuid>,
}

/// What is needed of the instance for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Groups, units and products, without which there is no shop.
    Catalogue,
    /// Pictures.
    Pictures,
    /// Prices, discounts and price lists.
    Prices,
    /// Prices for groups of customers.
    TargetGroups,
    /// What may be promised from the warehouse.
    Stock,
    /// Who may buy for which customer, and where to.
    Customers,
    /// Orders.
    Orders,
}

/// A question of the shop, to be asked for at most one record.
#[derive(Debug, Clone)]
pub struct Question {
    /// What it is needed for.
    pub need: Need,
    query: Query,
}

impl Question {
    /// The set it asks, by its name of today.
    pub fn set(&self) -> &'static str {
        self.query.set.0
    }
}

/// How a question was answered.
#[derive(Debug, Clone)]
pub enum Reading {
    /// As the shop needs it.
    Well,
    /// The system user or the scope may not.
    Forbidden,
    /// There is no such set.
    NoSet,
    /// The set has no such attributes.
    NoAttributes(Vec<String>),
    /// Something else is in the way, of the instance as a whole or of this question.
    Fault(Fault),
}

/// The Trusted Application as far as it can be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registration {
    /// `ImpersonateLoginUrl`.
    pub login: Vec<String>,
    /// `ImpersonateLogoutUrl`.
    pub logout: Vec<String>,
    /// Whether customers may sign in.
    pub community: Option<bool>,
}

impl Instance {
    /// An examination of this instance.
    pub fn examine(&self) -> Examination<'_> {
        Examination { instance: self }
    }
}

impl Examination<'_> {
    fn turn() -> Turn {
        Turn::patient(Priority::Mirror)
    }

    /// Whether auto-discovery tells where the sites are; false if it is not there, and the usual addresses are taken.
    pub async fn sites(&self) -> Result<bool, SitesError> {
        let addresses = self.instance.inner.api.sites().addresses().await?;
        Ok(addresses.told)
    }

    /// Whether the provider's documents and keys can be used (S9).
    pub async fn provider(&self) -> Result<(), IdentityError> {
        self.instance.identity().ready().await
    }

    /// Knocks at the front door: nobody signs in, and nothing remains of it.
    pub async fn front_door(&self, redirect_uri: &Url) -> Result<FrontDoor, IdentityError> {
        let identity = self.instance.identity();
        let attempt = self.attempt(redirect_uri);
        let own = identity.response_type();
        let knock = identity.knock(&attempt, own).await?;
        let other = match (knock.door, own) {
            (Door::Refuses, ResponseType::CodeIdToken) => Some(ResponseType::Code),
            (Door::Refuses, ResponseType::Code) => Some(ResponseType::CodeIdToken),
            _ => None,
        };
        Ok(FrontDoor {
            door: knock.door,
            other: match other {
                Some(other) => Some(identity.knock(&attempt, other).await?.door),
                None => None,
            },
            ahead: knock.date.map(|date| date - self.now()),
        })
    }

    fn attempt(&self, redirect_uri: &Url) -> Attempt {
        let random = |bytes: usize| {
            let mut buffer = vec![0; bytes];
            self.instance.inner.api.random().fill(&mut buffer);
            URL_SAFE_NO_PAD.encode(buffer).into()
        };
        Attempt {
            state: random(32),
            nonce: random(32),
            verifier: random(48),
            redirect_uri: redirect_uri.clone(),
            language: Language::ENGLISH,
        }
    }

    fn now(&self) -> OffsetDateTime {
        self.instance.inner.clock.now()
    }

    /// Whether the application gets a service token; the scopes it was not granted (T6).
    pub async fn service_token(&self) -> Result<Vec<String>, TokenError> {
        let token = self.instance.inner.api.service_token().await?;
        Ok(token.lacks.to_vec())
    }

    /// The Trusted Application, where the system user may read it. The security namespace is said to be ERP.net's own
    /// (identity.md §5.3): no answer is the usual case, and no mistake.
    pub async fn registration(&self) -> Option<Registration> {
        const SELECT: &str =
            "ImpersonateLoginUrl,ImpersonateLogoutUrl,ImpersonateAsCommunityUserAllowed";
        let api = &self.instance.inner.api;
        let id = self.instance.identity().client_id();
        let query = Query::list(sets::TRUSTED_APPLICATIONS, SELECT)
            .only(Condition::text("ApplicationUri", id))
            .top(1);
        let answer = api.read(Self::turn(), &query).await.ok()?;
        let row = crate::api::rows_of(&answer)?.into_iter().next()?;
        let list = |name: &str| {
            let text = row.get(name).and_then(serde_json::Value::as_str);
            text.unwrap_or_default()
                .split(',')
                .map(str::trim)
                .filter(|address| !address.is_empty())
                .map(str::to_owned)
                .collect()
        };
        Some(Registration {
            login: list("ImpersonateLoginUrl"),
            logout: list("ImpersonateLogoutUrl"),
            community: row
                .get("ImpersonateAsCommunityUserAllowed")
                .and_then(serde_json::Value::as_bool),
        })
    }

    /// The company that sells.
    pub async fn company(&self) -> Result<Selling, ReadError> {
        let company = self.instance.company(Self::turn()).await?;
        Ok(Selling {
            company: company.id,
            name: company.name,
            has_currency: company.currency.is_some() && company.sign.is_some(),
            legal: company.legal,
        })
    }

    /// Its location; none where it has none.
    pub async fn location(&self, selling: &Selling) -> Result<Option<LocationId>, ReadError> {
        self.instance.location(Self::turn(), selling.legal).await
    }

    /// The channel, where the settings name one.
    pub async fn channel(&self) -> Result<Option<ChannelId>, ReadError> {
        self.instance.channel(Self::turn()).await
    }

    /// Whether the company has a warehouse, the one that is meant.
    pub async fn warehouse(&self, selling: &Selling) -> Result<bool, ReadError> {
        let store = self.instance.store(Self::turn(), selling.company).await?;
        Ok(store.is_some())
    }

    /// Whether the document type of orders is there.
    pub async fn document_type(&self) -> Result<(), ReadError> {
        self.instance.document_type(Self::turn()).await.map(|_| ())
    }

    /// One of each question that the shop asks of this version of the instance.
    pub fn questions(&self, company: Option<CompanyId>, orders: bool) -> Vec<Question> {
        let instance = self.instance;
        let company = company.unwrap_or(CompanyId(Uuid::nil()));
        let publishing = instance.publishing_for(company, None);
        let mut questions = vec![
            (Need::Catalogue, instance.catalogue_questions(&publishing)),
            (Need::Pictures, picture_questions()),
            (Need::Prices, instance.price_questions()),
            (Need::TargetGroups, vec![target_group_query(&[Uuid::nil()])]),
            (
                Need::Stock,
                vec![instance.promise_query(Uuid::nil(), company)],
            ),
            (Need::Customers, people_questions()),
        ];
        if orders {
            questions.push((Need::Orders, order_questions()));
        }
        questions
            .into_iter()
            .flat_map(|(need, queries)| {
                queries.into_iter().map(move |query| Question {
                    need,
                    query: query.top(1),
                })
            })
            .collect()
    }

    /// Asks a question, for one record at most; what comes is not looked at.
    pub async fn ask(&self, question: &Question) -> Reading {
        match self
            .instance
            .inner
            .api
            .read(Self::turn(), &question.query)
            .await
        {
            Ok(_) => Reading::Well,
            Err(Fault::Forbidden { .. }) => Reading::Forbidden,
            Err(Fault::Missing { .. }) => Reading::NoSet,
            Err(Fault::Business { what, business }) => {
                let missing = named_in(&question.query, &business.message);
                if missing.is_empty() {
                    Reading::Fault(Fault::Business { what, business })
                } else {
                    Reading::NoAttributes(missing)
                }
            }
            Err(fault) => Reading::Fault(fault),
        }
    }

    /// The product groups, for what they are called.
    pub async fn groups(&self) -> Result<Pull<Group>, ReadError> {
        self.instance.groups().await
    }

    /// How many products there are to show.
    pub async fn products(&self) -> Result<u64, ReadError> {
        self.instance.product_count().await
    }

    /// Whether a transaction of orders can be begun; it is ended without having done anything.
    pub async fn transaction(&self) -> Result<(), Fault> {
        const PATIENCE: Duration = Duration::from_secs(30);
        let turn = Turn::within(Priority::Mirror, PATIENCE);
        Transaction::begin(&self.instance.inner.api, turn)
            .await?
            .roll_back()
            .await
    }
}

/// The names of ours that the instance's message speaks of: those it does not know. The message itself goes no further.
///
/// Unverified: that it names them; where it does not, the question is told as refused.
fn named_in(query: &Query, message: &str) -> Vec<String> {
    let words = |text: &str| -> BTreeSet<String> {
        text.split(|character: char| !(character.is_ascii_alphanumeric() || character == '_'))
            // Attributes begin with a capital; the dialect's own words do not.
            .filter(|word| word.starts_with(|first: char| first.is_ascii_uppercase()))
            .map(str::to_owned)
            .collect()
    };
    let told = words(message);
    query
        .attributes()
        .flat_map(words)
        .filter(|name| told.contains(name))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unknown_attributes_are_those_of_ours_that_the_message_names() {
        let query = Query::list(sets::PRODUCTS, "Id,Name,StandardPricePerLot")
            .expand("Relations($select=ToProduct;$expand=RelationType($select=SystemType))");
        for (message, names) in [
            (
                "Could not find a property named 'SystemType' on type 'X'.",
                &["SystemType"][..],
            ),
            (
                "'Relations', 'StandardPricePerLot'",
                &["Relations", "StandardPricePerLot"],
            ),
            ("'Names' and SystemTypes are no attributes", &[]),
            ("a secret of somebody else", &[]),
        ] {
            assert_eq!(named_in(&query, message), names, "{message}");
        }
    }

    #[test]
    fn every_set_is_examined_or_only_linked_to() {
        // Named in links and in what orders are made of; never read.
        const LINKED: [&str; 5] = [
            sets::VARIANTS.0,
            sets::CURRENCIES.0,
            sets::PAYMENT_TYPES.0,
            sets::USERS.0,
            sets::PARTIES.0,
        ];
        // Examined one by one, for which of their records is meant.
        const CHOSEN: [&str; 6] = [
            sets::COMPANIES.0,
            sets::LOCATIONS.0,
            sets::CHANNELS.0,
            sets::STORES.0,
            sets::DOCUMENT_TYPES.0,
            sets::TRUSTED_APPLICATIONS.0,
        ];
        let config = crate::Config {
            root: Url::parse("http://127.0.0.1:1").unwrap(),
            client_id: "x".to_owned(),
            client_secret: "x".to_owned().into(),
            service_client_id: None,
            response_type: ResponseType::Code,
            scope: crate::config::Scope::ReadUpdate,
            seller: crate::config::Seller::default(),
            limits: crate::config::GateLimits::default(),
            sign_in: crate::config::SignInRules::default(),
        };
        let clock = std::sync::Arc::new(crate::testing::Hand::default());
        let random = std::sync::Arc::new(crate::world::SystemRandom);
        let instance = Instance::new(config, clock, random).unwrap();
        let asked: BTreeSet<_> = instance
            .examine()
            .questions(None, true)
            .iter()
            .map(Question::set)
            .collect();
        for set in sets::ALL {
            let examined = asked.contains(set.0) || CHOSEN.contains(&set.0);
            assert_ne!(examined, LINKED.contains(&set.0), "{}", set.0);
        }
    }
}
