//! The part of the walk that asks the Domain API: version, the seller's records, each question of the shop's, orders.

use erp::{
    Fault, OperatorError, ReadError, Version,
    examine::{Need, Reading, Registration, Selling},
};
use vitrina::text::Language;

use super::{
    Depth, Finding, Outcome,
    walk::{
        CHANNEL, COMPANY, DOCUMENT_TYPE, LANGUAGES, LOCATION, PRODUCTS, REGISTRATION, TRANSACTION,
        VERSION, WAREHOUSE, Walk, name_of,
    },
};
use crate::sign_in;

const NO_ANSWERS: &str = "the instance answers no questions now";
const NO_COMPANY: &str = "it needs the company";

/// Why no further question is worth asking.
pub(super) struct Silent;

impl Walk<'_> {
    /// Everything that is asked of the Domain API; an error once it is silent.
    pub(super) async fn questions(&mut self) -> Result<(), Silent> {
        let version = match self.doctor.instance.learn().await {
            Ok(version) => version,
            Err(error) => {
                let finding = of_read(&error);
                self.found(VERSION, finding);
                self.skip_rest(NO_ANSWERS);
                return if is_silence(&error) {
                    Err(Silent)
                } else {
                    Ok(())
                };
            }
        };
        let too_old = version.is_some_and(|version| version < Version::WITH_ACCESS);
        match version {
            None => self.found(VERSION, Finding::VersionUnknown),
            Some(version) if too_old => self.found(VERSION, Finding::VersionTooOld { version }),
            Some(version) => self.well(VERSION, version.to_string()),
        }
        let selling = self.seller().await?;
        self.readings(selling.as_ref(), version, too_old).await?;
        if self.doctor.depth == Depth::Whole {
            if self.takes_orders() {
                self.transaction().await;
            }
            self.registration().await;
        }
        Ok(())
    }

    async fn seller(&mut self) -> Result<Option<Selling>, Silent> {
        let company = self.examination.company().await;
        self.listen(&company)?;
        let selling = match company {
            Ok(selling) => {
                if selling.has_currency {
                    let name = selling.name.get(Language::ENGLISH, Language::ENGLISH);
                    self.well(COMPANY, format!("\u{201c}{name}\u{201d}"));
                } else {
                    self.found(COMPANY, Finding::NoCurrency);
                }
                Some(selling)
            }
            Err(error) => {
                self.found(
                    COMPANY,
                    chosen(&error, Finding::Company, Finding::CompanyOpen),
                );
                None
            }
        };
        let mut whole = selling.is_some();
        if let Some(selling) = &selling {
            let location = self.examination.location(selling).await;
            self.listen(&location)?;
            match location {
                Ok(Some(_)) => self.well(LOCATION, "there"),
                Ok(None) => self.well(LOCATION, "the company has none"),
                Err(error) => {
                    let finding = chosen(&error, Finding::Location, Finding::LocationOpen);
                    whole &= finding == Finding::LocationOpen;
                    self.found(LOCATION, finding);
                }
            }
        } else {
            self.skip(&[LOCATION], NO_COMPANY);
        }
        let channel = self.examination.channel().await;
        self.listen(&channel)?;
        let by_channel = match channel {
            Ok(Some(_)) => {
                self.well(CHANNEL, "there");
                true
            }
            Ok(None) => {
                self.well(CHANNEL, "none: ShowInCatalog of each product publishes it");
                false
            }
            Err(error) => {
                whole = false;
                self.found(CHANNEL, chosen(&error, Finding::Channel, Finding::Channel));
                true
            }
        };
        if let Some(selling) = &selling {
            let warehouse = self.examination.warehouse(selling).await;
            self.listen(&warehouse)?;
            match warehouse {
                Ok(true) => self.well(WAREHOUSE, "there"),
                Ok(false) => self.well(WAREHOUSE, "the company has none: no stock is shown"),
                Err(error) => {
                    let finding = chosen(&error, Finding::Warehouse, Finding::WarehouseOpen);
                    whole &= finding == Finding::WarehouseOpen;
                    self.found(WAREHOUSE, finding);
                }
            }
        } else {
            self.skip(&[WAREHOUSE], NO_COMPANY);
        }
        if self.takes_orders() {
            let document_type = self.examination.document_type().await;
            self.listen(&document_type)?;
            match document_type {
                Ok(()) => self.well(DOCUMENT_TYPE, "there"),
                Err(error) => self.found(
                    DOCUMENT_TYPE,
                    chosen(&error, Finding::DocumentType, Finding::DocumentTypeOpen),
                ),
            }
        } else {
            self.well(DOCUMENT_TYPE, "none needed: the shop takes no orders");
        }
        self.shelf(whole, by_channel).await?;
        Ok(selling)
    }

    /// Whether there is something to show, and in which words.
    async fn shelf(&mut self, seller_is_whole: bool, by_channel: bool) -> Result<(), Silent> {
        if !seller_is_whole {
            self.skip(
                &[PRODUCTS, LANGUAGES],
                "it needs company, location, channel and warehouse",
            );
            return Ok(());
        }
        let products = self.examination.products().await;
        self.listen(&products)?;
        match products {
            Ok(0) => self.found(PRODUCTS, Finding::NothingPublished { by_channel }),
            Ok(count) if by_channel => self.well(
                PRODUCTS,
                format!("{count}, of which the channel shows its own"),
            ),
            Ok(count) => self.well(PRODUCTS, format!("{count} to show")),
            Err(error) => self.found(PRODUCTS, of_read(&error)),
        }
        let groups = self.examination.groups().await;
        self.listen(&groups)?;
        let groups = match groups {
            Ok(groups) => groups.rows,
            Err(error) => {
                self.found(LANGUAGES, of_read(&error));
                return Ok(());
            }
        };
        let languages = &self.doctor.settings.languages;
        let missing: Vec<Finding> = languages
            .iter()
            .filter(|language| {
                !groups.iter().any(|group| {
                    let words = group.name.exact(**language);
                    words.is_some_and(|words| !words.trim().is_empty())
                })
            })
            .map(|language| Finding::LanguageMissing {
                language: language.to_string(),
            })
            .collect();
        if missing.is_empty() || groups.is_empty() {
            let languages: Vec<_> = languages.iter().map(ToString::to_string).collect();
            self.well(LANGUAGES, languages.join(", "));
        } else {
            self.note(LANGUAGES, Outcome::Found(missing));
        }
        Ok(())
    }

    /// Each question of the shop's, for one record.
    async fn readings(
        &mut self,
        selling: Option<&Selling>,
        version: Option<Version>,
        too_old: bool,
    ) -> Result<(), Silent> {
        let company = selling.map(|selling| selling.company);
        let questions = self.examination.questions(company, self.takes_orders());
        for need in self.needs() {
            if too_old && need == Need::Customers {
                self.skip(
                    &[name_of(need)],
                    "the instance's version has no external access",
                );
                continue;
            }
            let mut findings: Vec<Finding> = Vec::new();
            let mut sets: Vec<&'static str> = Vec::new();
            for question in questions.iter().filter(|question| question.need == need) {
                let set = question.set();
                if !sets.contains(&set) {
                    sets.push(set);
                }
                let finding = match self.examination.ask(question).await {
                    Reading::Well => continue,
                    Reading::Forbidden => Finding::Forbidden {
                        set: set.to_owned(),
                        need: Some(need),
                    },
                    Reading::NoSet => Finding::NoSet {
                        set: set.to_owned(),
                        need: Some(need),
                    },
                    Reading::NoAttributes(attributes) => Finding::NoAttributes {
                        set: set.to_owned(),
                        attributes,
                        need,
                        version,
                    },
                    Reading::Fault(fault) => {
                        let error = ReadError::Fault(fault);
                        let finding = of_read(&error);
                        if is_silence(&error) {
                            findings.push(finding);
                            self.note(name_of(need), Outcome::Found(findings));
                            self.skip_rest(NO_ANSWERS);
                            return Err(Silent);
                        }
                        finding
                    }
                };
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
            if findings.is_empty() {
                self.well(name_of(need), sets.join(", "));
            } else {
                self.note(name_of(need), Outcome::Found(findings));
            }
        }
        Ok(())
    }

    async fn transaction(&mut self) {
        match self.examination.transaction().await {
            Ok(()) => self.well(TRANSACTION, "begun and ended without an order"),
            Err(fault) => self.found(
                TRANSACTION,
                Finding::NoTransaction {
                    why: fault.to_string(),
                },
            ),
        }
    }

    async fn registration(&mut self) {
        let login = self.address_after(sign_in::CALLBACK);
        let logout = self.address_after(sign_in::SIGN_OUT_CALLBACK);
        let Some(registration) = self.examination.registration().await else {
            self.note(
                REGISTRATION,
                Outcome::Unseen(format!(
                    "the system user may not read the Trusted Application, as is usual; see yourself that ImpersonateLogoutUrl \
                     holds {logout} and ImpersonateAsCommunityUserAllowed is on"
                )),
            );
            return;
        };
        let Registration {
            login: logins,
            logout: logouts,
            community,
        } = registration;
        let mut findings = Vec::new();
        if !logins.contains(&login) {
            findings.push(Finding::LoginNotRegistered { address: login });
        }
        if !logouts.contains(&logout) {
            findings.push(Finding::LogoutNotRegistered { address: logout });
        }
        if community == Some(false) {
            findings.push(Finding::CustomersShutOut);
        }
        if findings.is_empty() {
            self.well(
                REGISTRATION,
                "both addresses are registered, and customers may sign in",
            );
        } else {
            self.note(REGISTRATION, Outcome::Found(findings));
        }
    }

    /// Gives up where the instance is silent.
    fn listen<T>(&mut self, answer: &Result<T, ReadError>) -> Result<(), Silent> {
        match answer {
            Err(error) if is_silence(error) => {
                let step = self.next_step();
                self.found(step, of_read(error));
                self.skip_rest(NO_ANSWERS);
                Err(Silent)
            }
            _ => Ok(()),
        }
    }

    /// The step of the seller's side that is being made: the first that was not told yet.
    fn next_step(&self) -> &'static str {
        let told = |step: &&'static str| self.report.checks.iter().any(|check| check.what == *step);
        [
            COMPANY,
            LOCATION,
            CHANNEL,
            WAREHOUSE,
            DOCUMENT_TYPE,
            PRODUCTS,
        ]
        .into_iter()
        .find(|step| !told(step))
        .unwrap_or(LANGUAGES)
    }
}

/// Whether the instance cannot be asked anything at the moment, whatever the question.
fn is_silence(error: &ReadError) -> bool {
    match error {
        ReadError::NotFound | ReadError::Operator(_) => false,
        ReadError::Fault(fault) => match fault {
            Fault::Forbidden { .. }
            | Fault::Missing { .. }
            | Fault::Business { .. }
            | Fault::Unreadable { .. } => false,
            Fault::Status { status, .. } => *status >= 500,
            Fault::Gate(_)
            | Fault::Token(_)
            | Fault::Http { .. }
            | Fault::Resting
            | Fault::Sites(_)
            | Fault::Unauthorized { .. }
            | Fault::TooMany { .. }
            | Fault::Unavailable { .. }
            | Fault::Garbled { .. } => true,
        },
    }
}

/// What a choice among the seller's records failed of.
fn chosen(error: &ReadError, none: Finding, several: Finding) -> Finding {
    match error {
        ReadError::Operator(OperatorError::Several { .. }) => several,
        ReadError::Operator(_) => none,
        other => of_read(other),
    }
}

fn of_read(error: &ReadError) -> Finding {
    let why = error.to_string();
    let ReadError::Fault(fault) = error else {
        return Finding::Fails { why };
    };
    match fault {
        Fault::Unauthorized { .. } => Finding::TokenNotAccepted,
        Fault::Forbidden { what } => Finding::Forbidden {
            set: (*what).to_owned(),
            need: None,
        },
        Fault::Missing { what } => Finding::NoSet {
            set: (*what).to_owned(),
            need: None,
        },
        Fault::TooMany { .. } => Finding::TooManyCalls,
        Fault::Unavailable { licence: true, .. } => Finding::NoLicence,
        Fault::Unavailable { .. } => Finding::Restarting { what: why },
        Fault::Http { .. } | Fault::Sites(_) => Finding::NoConnection { why },
        Fault::Token(_) => Finding::NoToken { why },
        Fault::Gate(_)
        | Fault::Resting
        | Fault::Business { .. }
        | Fault::Garbled { .. }
        | Fault::Status { .. }
        | Fault::Unreadable { .. } => Finding::Fails { why },
    }
}
