//! What each finding means, and what to change where. The texts are for operators; none holds a secret, a token, or anything a
//! shopper typed.

use erp::examine::Need;

use super::finding::{Finding, Severity};

/// What a finding says: a name for scripts and logs, how bad it is, what it means, what to change.
pub(super) struct Words {
    pub(super) kind: &'static str,
    pub(super) severity: Severity,
    pub(super) means: String,
    pub(super) change: String,
}

fn problem(kind: &'static str, means: impl Into<String>, change: impl Into<String>) -> Words {
    Words {
        kind,
        severity: Severity::Problem,
        means: means.into(),
        change: change.into(),
    }
}

fn warning(kind: &'static str, means: impl Into<String>, change: impl Into<String>) -> Words {
    Words {
        severity: Severity::Warning,
        ..problem(kind, means, change)
    }
}

impl Finding {
    pub(super) fn words(&self) -> Words {
        match self {
            Self::NoConnection { .. }
            | Self::Restarting { .. }
            | Self::NotAnInstance
            | Self::SitesElsewhere { .. }
            | Self::NoAutoDiscovery
            | Self::OtherIssuer
            | Self::ProviderUnusable { .. } => self.of_the_way(),
            Self::ApplicationUnknown
            | Self::WrongSecret
            | Self::HashPasted
            | Self::ServiceNotAllowed
            | Self::ScopeRefused { .. }
            | Self::ScopeMissing { .. }
            | Self::NoToken { .. }
            | Self::SignInRefused { .. }
            | Self::ResponseTypeRefused { .. }
            | Self::LoginNotRegistered { .. }
            | Self::LogoutNotRegistered { .. }
            | Self::CustomersShutOut => self.of_the_application(),
            Self::Company
            | Self::CompanyOpen
            | Self::NoCurrency
            | Self::Location
            | Self::LocationOpen
            | Self::Channel
            | Self::Warehouse
            | Self::WarehouseOpen
            | Self::DocumentType
            | Self::DocumentTypeOpen
            | Self::NothingPublished { .. }
            | Self::LanguageMissing { .. } => self.of_the_seller(),
            Self::CopyOld { .. }
            | Self::CopyTrouble { .. }
            | Self::CopyUnreadable
            | Self::LeftOut { .. } => self.of_the_copy(),
            Self::ClockOff { .. }
            | Self::ClockDrifts { .. }
            | Self::TokenNotAccepted
            | Self::NoLicence
            | Self::TooManyCalls
            | Self::LimitsRaised
            | Self::VersionUnknown
            | Self::VersionTooOld { .. }
            | Self::Forbidden { .. }
            | Self::NoSet { .. }
            | Self::NoAttributes { .. }
            | Self::NoTransaction { .. }
            | Self::Fails { .. } => self.of_the_api(),
        }
    }

    fn of_the_way(&self) -> Words {
        match self {
            Self::NoConnection { why } => problem(
                "no_connection",
                format!("nobody answers at the instance's address ({why})"),
                "VITRINA_INSTANCE: the root address as the browser shows it; else the network between here and there: DNS, firewall, \
                 certificate",
            ),
            Self::Restarting { what } => problem(
                "restarting",
                format!("the instance answers that it cannot answer now ({what})"),
                "nothing, if it is restarting: ask again in a few minutes; else its administrator",
            ),
            Self::SitesElsewhere { why } => problem(
                "sites_elsewhere",
                format!(
                    "the instance says its sites are on another host ({why}); secrets go to the configured host only"
                ),
                "VITRINA_INSTANCE: the host that the instance itself names; else Web Sites in the instance: Url of the sites of type \
                 ID and DomainAPI",
            ),
            Self::NoAutoDiscovery => warning(
                "no_auto_discovery",
                "the instance does not tell where its sites are; the usual paths /id and /api/domain/odata are taken",
                "nothing while the rest is well; else Web Sites in the instance: the sites of type ID and DomainAPI must be public",
            ),
            Self::OtherIssuer => problem(
                "other_issuer",
                "the provider calls itself otherwise than the instance does, so that no token of it may be believed",
                "VITRINA_INSTANCE: the address under which the instance itself runs, not an alias; else Web Sites in the instance: Url \
                 of the site of type ID",
            ),
            Self::ProviderUnusable { why } => problem(
                "provider_unusable",
                format!("the provider's documents cannot be used ({why}); nobody can sign in"),
                "Web Sites in the instance: the site of type ID must be public and working; and no proxy between may answer for it",
            ),
            _ => problem(
                "not_an_instance",
                "something answers there, but neither auto-discovery nor the identity provider of ERP.net",
                "VITRINA_INSTANCE: the root address of the instance, such as https://mycompany.my.erp.net",
            ),
        }
    }

    fn of_the_application(&self) -> Words {
        match self {
            Self::ApplicationUnknown => problem(
                "application_unknown",
                "the provider does not know the application, or it is switched off (inferred: sign-in and service token are both refused)",
                "VITRINA_CLIENT_ID must be ApplicationUri of the Trusted Application, letter by letter; there IsEnabled must be on",
            ),
            Self::HashPasted => problem(
                "hash_pasted",
                "the secret is refused, and the setting has the shape of the secret's hash",
                "VITRINA_CLIENT_SECRET takes the plain secret, Trusted Application: ApplicationSecretHash takes the hash; `server secret` \
                 makes both anew",
            ),
            Self::ServiceNotAllowed => problem(
                "service_not_allowed",
                "the application is known, but may not call the instance by itself",
                "Trusted Application: SystemUserAllowed must be on, and SystemUser name an internal user that is active",
            ),
            Self::ScopeRefused { scope } => problem(
                "scope_refused",
                format!("the application may not ask for the scope `{scope}`"),
                format!(
                    "Trusted Application: Scope must hold `{scope}`; or VITRINA_SCOPE=read for a shop without orders"
                ),
            ),
            Self::ScopeMissing { scopes } => problem(
                "scope_missing",
                format!(
                    "the service token was granted without the scope `{}`",
                    scopes.join(" ")
                ),
                format!(
                    "Trusted Application: Scope must hold `{}` too; or VITRINA_SCOPE=read for a shop without orders",
                    scopes.join(" ")
                ),
            ),
            Self::NoToken { why } => problem(
                "no_token",
                format!(
                    "there is no service token ({why}); the shop cannot ask the instance anything"
                ),
                "Trusted Application: ClientType must be Confidential; else the instance's administrator, with the reason above",
            ),
            Self::SignInRefused { address } => problem(
                "sign_in_refused",
                "the provider shows its error page instead of the login page (inferred from where it leads a browser)",
                format!(
                    "Trusted Application: ImpersonateLoginUrl must hold {address}, letter by letter, and \
                     ImpersonateAsCommunityUserAllowed and ImpersonateAsInternalUserAllowed be on; VITRINA_ORIGIN must be what \
                     the browser shows"
                ),
            ),
            Self::ResponseTypeRefused { accepted } => problem(
                "response_type_refused",
                format!(
                    "the provider lets nobody sign in in the way that is set, but in the other one, `{accepted}` (inferred from where it leads a browser)"
                ),
                format!("VITRINA_RESPONSE_TYPE={accepted}"),
            ),
            Self::LoginNotRegistered { address } => problem(
                "login_not_registered",
                "the address to which people come back after signing in is not registered",
                format!(
                    "Trusted Application: ImpersonateLoginUrl must hold {address}, letter by letter"
                ),
            ),
            Self::LogoutNotRegistered { address } => warning(
                "logout_not_registered",
                "the address to which people come back after signing out is not registered; they end on the provider's page",
                format!(
                    "Trusted Application: ImpersonateLogoutUrl must hold {address}, letter by letter"
                ),
            ),
            Self::CustomersShutOut => problem(
                "customers_shut_out",
                "customers may not sign in to the application",
                "Trusted Application: ImpersonateAsCommunityUserAllowed must be on",
            ),
            _ => problem(
                "wrong_secret",
                "the application is known, and its secret is refused",
                "VITRINA_CLIENT_SECRET and Trusted Application: ApplicationSecretHash must belong together; `server secret` makes both \
                 anew. Where VITRINA_SERVICE_CLIENT_ID is set, it must be the ApplicationUri that the secret belongs to",
            ),
        }
    }

    fn of_the_api(&self) -> Words {
        match self {
            Self::ClockOff { seconds } => problem(
                "clock_off",
                format!("{}; sign-ins fail from 60 seconds on", apart(*seconds)),
                "the clock of this machine (NTP); if it is right, that of the instance's server",
            ),
            Self::ClockDrifts { seconds } => warning(
                "clock_drifts",
                format!("{}; from 60 seconds on sign-ins fail", apart(*seconds)),
                "the clock of this machine (NTP); if it is right, that of the instance's server",
            ),
            Self::TokenNotAccepted => problem(
                "token_not_accepted",
                "the Domain API refuses a token that the provider has just given",
                "Trusted Application: SystemUser must name an internal user that is active; the instance must have the licence of the \
                 Domain API (module X07)",
            ),
            Self::NoLicence => problem(
                "no_licence",
                "no licence slot is free for the shop's session",
                "Licences in the instance: a reserved seat for the system user of the Trusted Application; or fewer people at work",
            ),
            Self::LimitsRaised => warning(
                "limits_raised",
                "the settings use more than the one call at once and the 600 a minute that an instance grants by default; whether it \
                 grants more cannot be seen from here",
                "RateLimits in the instance must be raised as far; else VITRINA_CALLS_AT_ONCE=1 and VITRINA_CALLS_A_MINUTE=600",
            ),
            Self::VersionUnknown => warning(
                "version_unknown",
                "the instance does not tell its version; it is spoken to as to a present one",
                "nothing while the rest is well; else Roles in the instance: the system user must be allowed to call GetVersion",
            ),
            Self::VersionTooOld { version } => problem(
                "version_too_old",
                format!(
                    "version {version} knows no external access of people to customers: nobody can buy for anybody"
                ),
                "the instance: at least version 25.1.2.51; until then the shop shows its catalogue only",
            ),
            Self::Forbidden { set, need } => Words {
                severity: severity_for(*need),
                ..problem(
                    "forbidden",
                    format!("the system user may not read {set}, {}", needed(*need)),
                    format!(
                        "Roles and permissions in the instance: the system user of the Trusted Application must be allowed to read {set}"
                    ),
                )
            },
            Self::NoSet { set, need } => Words {
                severity: severity_for(*need),
                ..problem(
                    "no_such_set",
                    format!("the instance has no {set}, {}", needed(*need)),
                    "the instance: a newer version, or the module that brings it",
                )
            },
            Self::NoAttributes {
                set,
                attributes,
                need,
                version,
            } => Words {
                severity: severity_for(Some(*need)),
                ..problem(
                    "no_such_attribute",
                    format!(
                        "{set} has no {} in version {}, {}",
                        attributes.join(", "),
                        version
                            .map_or_else(|| "(unknown)".to_owned(), |version| version.to_string()),
                        needed(Some(*need))
                    ),
                    "the instance: a version that has it; and tell those who make this shop",
                )
            },
            Self::NoTransaction { why } => problem(
                "no_transaction",
                format!(
                    "a sales order cannot be begun ({why}): there are neither totals nor orders"
                ),
                "Trusted Application: Scope must hold `update`; the system user must be allowed to create Sales Orders. No other \
                 program may use the shop's application: an instance grants one open transaction",
            ),
            Self::Fails { why } => problem(
                "fails",
                format!("a question of the shop's is not answered ({why})"),
                "the instance's event log at this time; and tell those who make this shop",
            ),
            _ => problem(
                "too_many_calls",
                "the instance grants fewer calls than the settings say",
                "VITRINA_CALLS_AT_ONCE and VITRINA_CALLS_A_MINUTE: what the instance grants; or RateLimits in the instance. No other \
                 program may use the shop's application",
            ),
        }
    }

    fn of_the_seller(&self) -> Words {
        match self {
            Self::CompanyOpen => problem(
                "company_open",
                "the instance has several companies in use, and the settings name none",
                "VITRINA_COMPANY: the code of the party of the one that sells",
            ),
            Self::NoCurrency => problem(
                "no_currency",
                "the company has no base currency with a sign, so that standard prices are in none",
                "Enterprise Company: BaseCurrency; Currency: CurrencySign",
            ),
            Self::Location => problem(
                "location",
                "the settings name a location that the company does not have, or not in use",
                "VITRINA_LOCATION: the code of a Company Location of the selling company; there IsActive must be on",
            ),
            Self::LocationOpen => warning(
                "location_open",
                "the company has several locations and the settings name none: orders of customers without a location of their own \
                 are refused",
                "VITRINA_LOCATION: the code of the one that sells; or Customer: ServicedByEnterpriseCompanyLocation of each",
            ),
            Self::Channel => problem(
                "channel",
                "the settings name a distribution channel that is not there, or not in use",
                "VITRINA_CHANNEL: Code of a Distribution Channel; there IsActive must be on",
            ),
            Self::Warehouse => problem(
                "warehouse",
                "the settings name a warehouse that the company does not have, or not in use",
                "VITRINA_WAREHOUSE: Code of a Store of the company; there IsActive must be on",
            ),
            Self::WarehouseOpen => warning(
                "warehouse_open",
                "the company has several warehouses and the settings name none: no stock is shown",
                "VITRINA_WAREHOUSE: Code of the Store whose stock is shown",
            ),
            Self::DocumentType => problem(
                "document_type",
                "there is no such document type for sales orders: nothing can be ordered",
                "VITRINA_DOCUMENT_TYPE: Code of a Document Type; there EntityName must be Crm_Sales_Orders",
            ),
            Self::DocumentTypeOpen => problem(
                "document_type_open",
                "the instance has several document types for sales orders, and the settings name none: nothing can be ordered",
                "VITRINA_DOCUMENT_TYPE: Code of the one the shop's orders get",
            ),
            Self::NothingPublished { by_channel } => problem(
                "nothing_published",
                "the instance has no product to show",
                if *by_channel {
                    "Product: Active; and DistributionChannels of each product must hold the shop's channel (VITRINA_CHANNEL)"
                } else {
                    "Product: Active and ShowInCatalog; or VITRINA_CHANNEL, if a distribution channel publishes"
                },
            ),
            Self::LanguageMissing { language } => warning(
                "language_missing",
                format!(
                    "no product group is named in `{language}`, a language of the shop: its pages fall back to other languages"
                ),
                format!(
                    "Product Group and Product: Name in `{language}`; or VITRINA_LANGUAGES without it"
                ),
            ),
            _ => problem(
                "company",
                "the settings name a company that is not there, or not in use",
                "VITRINA_COMPANY: the code of the party of an Enterprise Company, or its id; there IsActive must be on",
            ),
        }
    }

    fn of_the_copy(&self) -> Words {
        match self {
            Self::CopyOld { minutes } => warning(
                "copy_old",
                format!("the copy of the catalogue is {minutes} minutes old"),
                "the shop, if it does not run; else what is found above",
            ),
            Self::CopyTrouble { part, why } => warning(
                "copy_trouble",
                format!(
                    "when the shop last tried, the copy of {part} could not be refreshed ({why})"
                ),
                "what is found above; if that is nothing, the shop mends it by itself",
            ),
            Self::LeftOut { what, count, why } => warning(
                "left_out",
                format!("{count} of the sort `{what}` left out of the shop: {why}"),
                "the records in the instance: copy/report.json in the data folder lists the first hundred of each sort",
            ),
            _ => warning(
                "copy_unreadable",
                "what the shop last wrote of its copy cannot be read",
                "copy/report.json in the data folder: its rights; the shop writes it anew with the next round",
            ),
        }
    }
}

/// Without these the shop still sells.
fn severity_for(need: Option<Need>) -> Severity {
    match need {
        Some(Need::TargetGroups | Need::Stock) => Severity::Warning,
        _ => Severity::Problem,
    }
}

fn needed(need: Option<Need>) -> &'static str {
    match need {
        None => "without which nothing can be shown or ordered",
        Some(Need::Catalogue) => "without which there is no catalogue",
        Some(Need::Pictures) => "without which products have no pictures",
        Some(Need::Prices) => "without which nobody sees the right price",
        Some(Need::TargetGroups) => "without which prices for groups of customers count for nobody",
        Some(Need::Stock) => "without which no stock is shown",
        Some(Need::Customers) => "without which nobody can buy for a customer",
        Some(Need::Orders) => "without which nobody can order or see orders",
    }
}

fn apart(seconds: i64) -> String {
    let way = if seconds > 0 { "ahead of" } else { "behind" };
    format!(
        "the instance's clock is {} seconds {way} this machine's",
        seconds.unsigned_abs()
    )
}
