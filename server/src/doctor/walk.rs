//! The walk: from the address to the orders. A step that hangs on a failed one is skipped and says so; all others are made.

use erp::{
    IdentityError, TokenError,
    examine::{Door, Examination, FrontDoor, Need, SitesError},
};
use time::Duration;

use super::{Check, Depth, Doctor, Finding, Outcome, Report, copy};
use crate::sign_in;

/// V12: tokens are believed with so much between the clocks.
const LEEWAY: Duration = Duration::seconds(60);
const DRIFT: Duration = Duration::seconds(10);
/// What an instance grants by default (domain-api.md §10).
const AT_ONCE: u32 = 1;
const A_MINUTE: u32 = 600;

const NO_ADDRESS: &str = "it needs the instance's address";
const NO_PROVIDER: &str = "it needs the identity provider";
const NO_TOKEN: &str = "it needs the service token";

/// The steps by name, and what the later ones hang on.
const PROVIDER: &str = "Identity provider";
const SIGN_IN: &str = "Sign-in";
const CLOCK: &str = "Clock";
const TOKEN: &str = "Service token";
pub(super) const REGISTRATION: &str = "Registration";
pub(super) const VERSION: &str = "Version";
pub(super) const COMPANY: &str = "Company";
pub(super) const LOCATION: &str = "Location";
pub(super) const CHANNEL: &str = "Channel";
pub(super) const WAREHOUSE: &str = "Warehouse";
pub(super) const DOCUMENT_TYPE: &str = "Document type";
pub(super) const PRODUCTS: &str = "Products";
pub(super) const LANGUAGES: &str = "Languages";
pub(super) const TRANSACTION: &str = "Order transaction";

const NEEDS: [Need; 7] = [
    Need::Catalogue,
    Need::Pictures,
    Need::Prices,
    Need::TargetGroups,
    Need::Stock,
    Need::Customers,
    Need::Orders,
];

pub(super) fn name_of(need: Need) -> &'static str {
    match need {
        Need::Catalogue => "Reading products",
        Need::Pictures => "Reading pictures",
        Need::Prices => "Reading prices",
        Need::TargetGroups => "Reading target groups",
        Need::Stock => "Reading stock",
        Need::Customers => "Reading customers",
        Need::Orders => "Reading orders",
    }
}

pub(super) struct Walk<'a> {
    pub(super) doctor: &'a Doctor<'a>,
    pub(super) examination: Examination<'a>,
    pub(super) report: Report,
    tell: &'a mut (dyn FnMut(&Check) + Send),
}

impl Doctor<'_> {
    /// Walks the whole way; each step is handed to `tell` as soon as it is made.
    pub async fn walk(&self, tell: &mut (dyn FnMut(&Check) + Send)) -> Report {
        let mut walk = Walk {
            doctor: self,
            examination: self.instance.examine(),
            report: Report::default(),
            tell,
        };
        walk.whole().await;
        walk.report
    }
}

impl Walk<'_> {
    pub(super) fn note(&mut self, what: &'static str, outcome: Outcome) {
        let check = Check { what, outcome };
        (self.tell)(&check);
        self.report.checks.push(check);
    }

    pub(super) fn well(&mut self, what: &'static str, seen: impl Into<String>) {
        self.note(what, Outcome::Well(seen.into()));
    }

    pub(super) fn found(&mut self, what: &'static str, finding: Finding) {
        self.note(what, Outcome::Found(vec![finding]));
    }

    pub(super) fn skip(&mut self, steps: &[&'static str], why: &'static str) {
        for step in steps {
            self.note(step, Outcome::Skipped(why));
        }
    }

    /// Skips what hangs on a working Domain API and was not told yet.
    pub(super) fn skip_rest(&mut self, why: &'static str) {
        let mut rest = vec![
            VERSION,
            COMPANY,
            LOCATION,
            CHANNEL,
            WAREHOUSE,
            DOCUMENT_TYPE,
            PRODUCTS,
            LANGUAGES,
        ];
        rest.extend(self.needs().map(name_of));
        if self.doctor.depth == Depth::Whole {
            if self.takes_orders() {
                rest.push(TRANSACTION);
            }
            rest.push(REGISTRATION);
        }
        rest.retain(|step| !self.report.checks.iter().any(|check| check.what == *step));
        self.skip(&rest, why);
    }

    pub(super) fn needs(&self) -> impl Iterator<Item = Need> + use<> {
        let orders = self.takes_orders();
        NEEDS
            .into_iter()
            .filter(move |need| orders || *need != Need::Orders)
    }

    pub(super) fn takes_orders(&self) -> bool {
        self.doctor.settings.dealings.takes_orders()
    }

    async fn whole(&mut self) {
        if self.address().await {
            if self.provider().await {
                let door = self.sign_in().await;
                if self.token(door).await {
                    if self.questions().await.is_err() {
                        self.report.away = true;
                    }
                } else {
                    self.skip_rest(NO_TOKEN);
                }
            } else {
                self.skip(&[SIGN_IN, CLOCK, TOKEN], NO_PROVIDER);
                self.skip_rest(NO_PROVIDER);
            }
        } else {
            self.skip(&[PROVIDER, SIGN_IN, CLOCK, TOKEN], NO_ADDRESS);
            self.skip_rest(NO_ADDRESS);
        }
        self.limits();
        if self.doctor.depth == Depth::Whole {
            self.copy();
        }
    }

    async fn address(&mut self) -> bool {
        const ADDRESS: &str = "Address";
        match self.examination.sites().await {
            Ok(true) => {
                self.well(
                    ADDRESS,
                    "the instance answers and tells where its sites are",
                );
                true
            }
            // The next step shows whether there is an instance at all.
            Ok(false) => match self.examination.provider().await {
                Err(error) if error.is_not_there() => {
                    self.found(ADDRESS, Finding::NotAnInstance);
                    false
                }
                _ => {
                    self.found(ADDRESS, Finding::NoAutoDiscovery);
                    true
                }
            },
            Err(error) => {
                let why = error.to_string();
                let finding = match error {
                    SitesError::NoAnswer(_) => Finding::NoConnection { why },
                    SitesError::Status(_) => Finding::Restarting { what: why },
                    SitesError::Elsewhere(_) | SitesError::Broken(_) => {
                        Finding::SitesElsewhere { why }
                    }
                };
                self.report.away = !matches!(finding, Finding::SitesElsewhere { .. });
                self.found(ADDRESS, finding);
                false
            }
        }
    }

    async fn provider(&mut self) -> bool {
        match self.examination.provider().await {
            Ok(()) => {
                self.well(PROVIDER, "its documents and keys are those of the instance");
                true
            }
            Err(error) => {
                self.report.away = matches!(error, IdentityError::Http { .. });
                let finding = if error.is_other_issuer() {
                    Finding::OtherIssuer
                } else {
                    Finding::ProviderUnusable {
                        why: error.to_string(),
                    }
                };
                self.found(PROVIDER, finding);
                false
            }
        }
    }

    pub(super) fn address_after(&self, path: &str) -> String {
        self.doctor.settings.origin.join(path)
    }

    /// Knocks; what it means is told with the token, because a disabled application shows the same page as a wrong address.
    async fn sign_in(&mut self) -> Option<FrontDoor> {
        let redirect_uri = self.doctor.settings.origin.address(sign_in::CALLBACK);
        self.examination.front_door(&redirect_uri).await.ok()
    }

    fn tell_sign_in(&mut self, door: Option<FrontDoor>, application_unknown: bool) {
        let address = self.address_after(sign_in::CALLBACK);
        let outcome = match door.map(|door| (door.door, door.other)) {
            Some((Door::Opens, _)) => Outcome::Well(format!("the login page opens for {address}")),
            Some((Door::Refuses, _)) if application_unknown => {
                Outcome::Skipped("it needs an application that the provider knows")
            }
            Some((Door::Refuses, Some(Door::Opens))) => {
                Outcome::Found(vec![Finding::ResponseTypeRefused {
                    accepted: self.doctor.settings.dealings.other_response_type(),
                }])
            }
            Some((Door::Refuses, _)) => Outcome::Found(vec![Finding::SignInRefused { address }]),
            Some((Door::Unclear, _)) | None => Outcome::Unseen(format!(
                "the provider shows neither its login page nor a refusal; sign in once, and see that ImpersonateLoginUrl of the \
                 Trusted Application holds {address}"
            )),
        };
        self.note(SIGN_IN, outcome);
        match door.and_then(|door| door.ahead) {
            None => self.note(
                CLOCK,
                Outcome::Unseen("the provider's answer tells no time".to_owned()),
            ),
            Some(ahead) => {
                let seconds = ahead.whole_seconds();
                if ahead.abs() > LEEWAY {
                    self.found(CLOCK, Finding::ClockOff { seconds });
                } else if ahead.abs() > DRIFT {
                    self.found(CLOCK, Finding::ClockDrifts { seconds });
                } else {
                    self.well(CLOCK, "the same here and there");
                }
            }
        }
    }

    async fn token(&mut self, door: Option<FrontDoor>) -> bool {
        let token = self.examination.service_token().await;
        let finding = match &token {
            Ok(lacks) if lacks.is_empty() => None,
            Ok(lacks) => Some(Finding::ScopeMissing {
                scopes: lacks.clone(),
            }),
            Err(TokenError::Refused(code)) => Some(self.refused(code, door)),
            Err(TokenError::Unavailable(why)) => Some(Finding::NoToken { why: why.clone() }),
        };
        self.tell_sign_in(door, finding == Some(Finding::ApplicationUnknown));
        match finding {
            None => self.well(TOKEN, "granted, with every scope that was asked for"),
            Some(finding) => {
                self.report.away = matches!(finding, Finding::NoToken { .. });
                self.found(TOKEN, finding);
            }
        }
        token.is_ok()
    }

    fn refused(&self, code: &str, door: Option<FrontDoor>) -> Finding {
        let settings = self.doctor.settings;
        let shut =
            door.is_some_and(|door| door.door == Door::Refuses && door.other != Some(Door::Opens));
        match code {
            "invalid_client" if settings.secret_looks_hashed() => Finding::HashPasted,
            // Another application may have another fate.
            "invalid_client" if shut && !settings.dealings.has_service_client() => {
                Finding::ApplicationUnknown
            }
            "invalid_client" => Finding::WrongSecret,
            "unauthorized_client" => Finding::ServiceNotAllowed,
            "invalid_scope" => Finding::ScopeRefused {
                scope: settings.dealings.scope_name(),
            },
            other => Finding::NoToken {
                why: format!("the provider says {other}"),
            },
        }
    }

    fn limits(&mut self) {
        const LIMITS: &str = "Limits";
        let (at_once, a_minute) = self.doctor.settings.dealings.calls();
        if at_once > AT_ONCE || a_minute > A_MINUTE {
            self.found(LIMITS, Finding::LimitsRaised);
        } else {
            self.well(
                LIMITS,
                format!("{at_once} call at once, {a_minute} a minute: granted by default"),
            );
        }
    }

    fn copy(&mut self) {
        let settings = self.doctor.settings;
        let minutes = settings.stale_after.as_secs() / 60;
        let outcome = copy::look(
            &settings.data,
            self.doctor.instance.name(),
            self.doctor.world.clock.now(),
            i64::try_from(minutes).unwrap_or(i64::MAX),
        );
        self.note("Copy", outcome);
    }
}
