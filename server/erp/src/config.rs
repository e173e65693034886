//! What a client of one instance must be told. Settings files and the environment are the server's business.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

/// Everything needed to talk to one instance.
#[derive(Debug, Clone)]
pub struct Config {
    /// Root address, such as `https://mycompany.my.erp.net`. https, or http on loopback.
    pub root: Url,
    /// `ApplicationUri` of the Trusted Application.
    pub client_id: String,
    /// Its secret, plain.
    pub client_secret: SecretString,
    /// Client id of the service flow where it differs (old instances: `{ApplicationUri}-service`, identity.md §3.5).
    pub service_client_id: Option<String>,
    /// How people sign in.
    pub response_type: ResponseType,
    /// Who may, and how strictly the provider's tokens are read.
    pub sign_in: SignInRules,
    /// What the service token may do.
    pub scope: Scope,
    /// The seller's side.
    pub seller: Seller,
    /// What the instance grants a session.
    pub limits: GateLimits,
}

/// What the authorize request asks for (identity.md §3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResponseType {
    /// `code id_token`: an ID token comes with the callback.
    #[default]
    CodeIdToken,
    /// `code`.
    Code,
}

/// Who may sign in, and how strictly the provider's tokens are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInRules {
    /// The kinds of users that may (V25).
    pub user_types: UserTypes,
    /// How long ago they may have given their password; none is any time (V21).
    pub max_age: Option<Duration>,
    /// Whether logout tokens may call themselves plain `JWT` (B2). The instance's software sends them so \[is4\].
    pub plain_logout_tokens: bool,
}

impl Default for SignInRules {
    fn default() -> Self {
        Self {
            user_types: UserTypes::default(),
            max_age: None,
            plain_logout_tokens: true,
        }
    }
}

/// The kinds of users that may sign in (V25, identity.md §6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserTypes {
    /// `InternalUser`: employees of the seller.
    pub internal: bool,
    /// `ExternalCommunityUser`: people of customers.
    pub community: bool,
    /// Those of whom the instance tells no type, as it may for community users (identity.md §6.2).
    pub untold: bool,
}

impl Default for UserTypes {
    fn default() -> Self {
        Self {
            internal: true,
            community: true,
            untold: true,
        }
    }
}

/// What the service token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// `read`: a shop for looking only.
    Read,
    /// `read update`.
    #[default]
    ReadUpdate,
}

impl Scope {
    /// The one that writing needs.
    pub(crate) const UPDATE: &'static str = "update";

    pub(crate) fn names(self) -> &'static [&'static str] {
        match self {
            Self::Read => &["read"],
            Self::ReadUpdate => &["read", Self::UPDATE],
        }
    }
}

/// The seller's side of orders, each by code or id. What is not given is taken from the instance where that leaves no choice.
#[derive(Debug, Clone, Default)]
pub struct Seller {
    /// The selling company, by the id of its `General_EnterpriseCompanies` record or by its party's code.
    pub company: Option<String>,
    /// Its location.
    pub location: Option<String>,
    /// The document type of orders.
    pub document_type: Option<String>,
    /// The distribution channel: a publishing switch and a mark on orders. Without one, products marked for catalogues show.
    pub channel: Option<String>,
    /// The warehouse.
    pub warehouse: Option<String>,
    /// How far an order is taken after it is placed.
    pub order_state: OrderState,
}

/// The state an order is taken to in a call of its own after it is placed (entities.md §7 step 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OrderState {
    /// It stays as it was created.
    New,
    /// `Planned`: the next planning run may delete it.
    Planned,
    /// `FirmPlanned`: staff see and confirm it. The default, because nothing else both survives planning and binds nobody.
    #[default]
    FirmPlanned,
    /// `Released`: binding at once.
    Released,
}

impl OrderState {
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::New => None,
            Self::Planned => Some("Planned"),
            Self::FirmPlanned => Some("FirmPlanned"),
            Self::Released => Some("Released"),
        }
    }
}

/// What the instance grants a session (domain-api.md §10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GateLimits {
    /// Calls at once; at least one.
    pub at_once: u32,
    /// Calls in any sixty seconds; at least one.
    pub a_minute: u32,
}

impl Default for GateLimits {
    fn default() -> Self {
        Self {
            at_once: 1,
            a_minute: 600,
        }
    }
}

/// A configuration that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The root is no https address, and not on loopback (S9).
    #[error("the instance's address must be https, or http on this machine: {0}")]
    Insecure(Url),
    /// A limit of zero.
    #[error("the calls at once and a minute must be at least 1")]
    NoCalls,
    /// The client id is blank.
    #[error("the client id is missing")]
    NoClientId,
    /// The HTTP client could not be built.
    #[error("the HTTP client cannot be built: {0}")]
    Http(reqwest::Error),
}

impl Config {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if !is_safe(&self.root) {
            return Err(ConfigError::Insecure(self.root.clone()));
        }
        if self.limits.at_once == 0 || self.limits.a_minute == 0 {
            return Err(ConfigError::NoCalls);
        }
        if self.client_id.trim().is_empty() {
            return Err(ConfigError::NoClientId);
        }
        Ok(())
    }

    pub(crate) fn service_client_id(&self) -> &str {
        self.service_client_id.as_deref().unwrap_or(&self.client_id)
    }
}

/// https, or http where the traffic does not leave the machine.
pub(crate) fn is_safe(address: &Url) -> bool {
    let loopback = match address.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => return false,
    };
    address.scheme() == "https" || (loopback && address.scheme() == "http")
}
