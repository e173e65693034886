//! What the doctor can find. What each finding means and what to change where stands in `words`.

use erp::{Version, examine::Need};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The shop runs, perhaps not as it was meant.
    Warning,
    /// Something of the shop does not work.
    Problem,
}

/// One mistake, of the settings, of the instance's registration or of its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Nobody answers at the instance's address.
    NoConnection {
        /// What came instead of an answer.
        why: String,
    },
    /// It answers that it is busy or restarting.
    Restarting {
        /// What was asked.
        what: String,
    },
    /// Something answers, and it is no ERP.net instance.
    NotAnInstance,
    /// Auto-discovery names a site on another host.
    SitesElsewhere {
        /// What it names.
        why: String,
    },
    /// There is no auto-discovery; the usual addresses do.
    NoAutoDiscovery,
    /// The provider says it is another issuer.
    OtherIssuer,
    /// The provider's documents or keys cannot be used.
    ProviderUnusable {
        /// Why.
        why: String,
    },
    /// Unknown or disabled application.
    ApplicationUnknown,
    /// The secret is wrong.
    WrongSecret,
    /// The setting holds the hash of the secret.
    HashPasted,
    /// The application may not act by itself.
    ServiceNotAllowed,
    /// A scope is not registered.
    ScopeRefused {
        /// What is asked for.
        scope: &'static str,
    },
    /// Less was granted than asked for (T6).
    ScopeMissing {
        /// What is missing.
        scopes: Vec<String>,
    },
    /// The token endpoint refuses or does not answer as it should.
    NoToken {
        /// Why.
        why: String,
    },
    /// The provider shows its error page instead of the login page.
    SignInRefused {
        /// The address that must be registered.
        address: String,
    },
    /// It accepts the sign-in with the other response type only.
    ResponseTypeRefused {
        /// What `VITRINA_RESPONSE_TYPE` should be.
        accepted: &'static str,
    },
    /// The address after sign-in is not in the registration.
    LoginNotRegistered {
        /// The address.
        address: String,
    },
    /// The address after sign-out is not in the registration.
    LogoutNotRegistered {
        /// The address.
        address: String,
    },
    /// Customers may not sign in.
    CustomersShutOut,
    /// The clocks differ by more than tokens allow.
    ClockOff {
        /// Seconds by which the instance is ahead.
        seconds: i64,
    },
    /// The clocks differ, and tokens still pass.
    ClockDrifts {
        /// Seconds by which the instance is ahead.
        seconds: i64,
    },
    /// The Domain API refuses a fresh token.
    TokenNotAccepted,
    /// No licence slot is free.
    NoLicence,
    /// More calls than granted.
    TooManyCalls,
    /// The settings use more than an instance grants by default.
    LimitsRaised,
    /// The instance does not tell its version.
    VersionUnknown,
    /// Customers' external access is not there yet.
    VersionTooOld {
        /// Its version.
        version: Version,
    },
    /// A right is missing.
    Forbidden {
        /// The set.
        set: String,
        /// What it is needed for; none for the seller's own records.
        need: Option<Need>,
    },
    /// A set is not there.
    NoSet {
        /// The set.
        set: String,
        /// What it is needed for.
        need: Option<Need>,
    },
    /// Attributes are not there.
    NoAttributes {
        /// The set.
        set: String,
        /// The attributes.
        attributes: Vec<String>,
        /// What they are needed for.
        need: Need,
        /// The instance's version.
        version: Option<Version>,
    },
    /// A question is refused or fails for another reason.
    Fails {
        /// What was asked, and what came.
        why: String,
    },
    /// No such company, or none at all.
    Company,
    /// Several companies, and none is named.
    CompanyOpen,
    /// The company has no base currency.
    NoCurrency,
    /// No such location.
    Location,
    /// Several locations, and none is named.
    LocationOpen,
    /// No such channel.
    Channel,
    /// No such warehouse.
    Warehouse,
    /// Several warehouses, and none is named.
    WarehouseOpen,
    /// No such document type, or none at all.
    DocumentType,
    /// Several document types, and none is named.
    DocumentTypeOpen,
    /// There is nothing to show.
    NothingPublished {
        /// Whether a channel publishes, and not the product's own mark.
        by_channel: bool,
    },
    /// No group is named in this language of the shop.
    LanguageMissing {
        /// The language.
        language: String,
    },
    /// A transaction cannot be begun.
    NoTransaction {
        /// Why.
        why: String,
    },
    /// The copy is older than shoppers are told.
    CopyOld {
        /// Minutes.
        minutes: i64,
    },
    /// A part of the copy could not be refreshed.
    CopyTrouble {
        /// The part.
        part: String,
        /// Why.
        why: String,
    },
    /// The report on the copy cannot be read.
    CopyUnreadable,
    /// Records are left out of the copy.
    LeftOut {
        /// What sort of records.
        what: String,
        /// How many.
        count: usize,
        /// The reasons, with how many of those that are listed have them.
        why: String,
    },
}

impl Finding {
    /// A word for logs and scripts.
    pub fn kind(&self) -> &'static str {
        self.words().kind
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.words().severity
    }

    /// What it means.
    pub fn means(&self) -> String {
        self.words().means
    }

    /// Which field of which record, or which setting, to change.
    pub fn change(&self) -> String {
        self.words().change
    }
}
