//! What an operator tells the portal: `vitrina.toml`, and the environment, which wins.
//!
//! [`Settings::read`] is a pure function of a map, so that its rules are table tests; [`input`] is the only place of the
//! project that reads the environment. All mistakes are reported at once, each with what to do (M7).
//!
//! The client secret stays in the process environment when it came from there: removing it would need `unsafe`, which this
//! project forbids. `VITRINA_CLIENT_SECRET_FILE` keeps it out.

mod addresses;
pub mod input;
mod lives;
mod proxies;
mod reader;
mod sign_in;
mod zone;

use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use erp::config::{Config, GateLimits, OrderState, ResponseType, Scope, Seller, SignInRules};
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use vitrina::text::Language;

use self::reader::Reader;
pub use self::{
    addresses::{LedgerAddress, Origin},
    input::Input,
    lives::{Life, Lives},
    proxies::Proxies,
    reader::{Mistake, Mistakes},
    zone::Zone,
};

/// The names of all settings; in `vitrina.toml` they are written in lower case and without `VITRINA_`.
pub const NAMES: &[&str] = &[
    "VITRINA_NAME",
    "VITRINA_INSTANCE",
    "VITRINA_CLIENT_ID",
    "VITRINA_CLIENT_SECRET",
    "VITRINA_CLIENT_SECRET_FILE",
    "VITRINA_SERVICE_CLIENT_ID",
    "VITRINA_RESPONSE_TYPE",
    "VITRINA_USER_TYPES",
    "VITRINA_SIGN_IN_MAX_AGE_MINUTES",
    "VITRINA_LOGOUT_TOKEN_TYPES",
    "VITRINA_SCOPE",
    "VITRINA_ORIGIN",
    "VITRINA_LISTEN",
    "VITRINA_DEMO_LISTEN",
    "VITRINA_LEDGER",
    "VITRINA_DATA",
    "VITRINA_COMPANY",
    "VITRINA_LOCATION",
    "VITRINA_DOCUMENT_TYPE",
    "VITRINA_CHANNEL",
    "VITRINA_WAREHOUSE",
    "VITRINA_ORDER_STATE",
    "VITRINA_CALLS_AT_ONCE",
    "VITRINA_CALLS_A_MINUTE",
    "VITRINA_LANGUAGES",
    "VITRINA_TIME_ZONE",
    "VITRINA_FRAME_PARENTS",
    "VITRINA_FRAME_SIGN_IN",
    "VITRINA_STALE_AFTER_MINUTES",
    "VITRINA_PRICES_WITHIN_MINUTES",
    "VITRINA_PROXIES",
    "VITRINA_SIGN_INS_A_MINUTE",
    lives::EMPLOYEE_IDLE,
    lives::EMPLOYEE_WHOLE,
    lives::CUSTOMER_IDLE,
    lives::CUSTOMER_WHOLE,
    lives::GUEST,
];

/// Set by `cargo leptos watch`.
const WATCH: &str = "LEPTOS_WATCH";

/// Everything the portal was told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The shop's name, where the operator gave one; else it is the seller's.
    pub name: Option<String>,
    /// The instance.
    pub source: Source,
    /// How the instance is dealt with.
    pub dealings: Dealings,
    /// The shop's public origin.
    pub origin: Origin,
    /// Where connections are taken.
    pub listen: SocketAddr,
    /// The data folder.
    pub data: PathBuf,
    /// The ledger.
    pub ledger: LedgerAddress,
    /// The shop's languages, the first is the fallback; never empty.
    pub languages: Vec<Language>,
    /// Where the seller's clock hangs.
    pub zone: Zone,
    /// Origins that may frame what a shopper looks at and collects (X1).
    pub frame_parents: Vec<Origin>,
    /// Where somebody in a frame signs in.
    pub frame_sign_in: FrameSignIn,
    /// From which age of the copy on shoppers are told.
    pub stale_after: Duration,
    /// Within which time shoppers see that a price has changed.
    pub prices_within: Duration,
    /// How long sessions live.
    pub lives: Lives,
    /// Whose `X-Forwarded-*` headers are believed.
    pub proxies: Proxies,
    /// How many sign-ins may begin in a minute from one address.
    pub sign_ins_a_minute: NonZeroU32,
    /// Whether pages reload themselves when they are rebuilt (`cargo leptos watch` says so).
    pub reloads: bool,
    /// What the operator should look at, though the portal starts.
    pub warnings: Vec<String>,
}

/// Where somebody signs in who looks at the shop in a frame (X2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameSignIn {
    /// In the window around it, which the shop then fills.
    Top,
    /// In a window of its own; the frame stays.
    Popup,
}

/// Which instance.
#[derive(Debug, Clone)]
pub enum Source {
    /// The operator's.
    Given {
        /// Its root address.
        root: Url,
        /// `ApplicationUri` of the Trusted Application.
        client_id: String,
        /// Its plain secret.
        client_secret: SecretString,
    },
    /// The built-in demo instance, listening here.
    Demo(SocketAddr),
}

/// How the instance is dealt with, whichever it is.
#[derive(Debug, Clone)]
pub struct Dealings {
    service_client_id: Option<String>,
    response_type: ResponseType,
    sign_in: SignInRules,
    scope: Scope,
    seller: Seller,
    limits: GateLimits,
}

impl Dealings {
    /// The client's configuration for an instance.
    pub fn with(&self, root: Url, client_id: String, client_secret: SecretString) -> Config {
        Config {
            root,
            client_id,
            client_secret,
            service_client_id: self.service_client_id.clone(),
            response_type: self.response_type,
            sign_in: self.sign_in,
            scope: self.scope,
            seller: self.seller.clone(),
            limits: self.limits,
        }
    }

    /// The client's configuration for the demo instance, which has one of everything a seller chooses among.
    #[cfg(feature = "demo")]
    pub fn with_demo(&self, demo: &demo::Demo) -> Result<Config, url::ParseError> {
        let root = Url::parse(demo.root())?;
        let known = demo.settings();
        let secret = demo.client_secret().to_owned().into();
        let mut config = self.with(root, demo.client_id().to_owned(), secret);
        let seller = &mut config.seller;
        for (setting, code) in [
            (&mut seller.company, known.company_code),
            (&mut seller.location, known.location_code),
            (&mut seller.document_type, known.document_type),
            (&mut seller.channel, known.channel),
            (&mut seller.warehouse, known.warehouse),
        ] {
            setting.get_or_insert(code);
        }
        Ok(config)
    }

    /// Whether the service session has an application of its own.
    pub fn has_service_client(&self) -> bool {
        self.service_client_id.is_some()
    }

    /// What the service token is asked to allow, as the setting says it.
    pub fn scope_name(&self) -> &'static str {
        match self.scope {
            Scope::Read => "read",
            Scope::ReadUpdate => "read update",
        }
    }

    /// The way of signing in that is not set.
    pub fn other_response_type(&self) -> &'static str {
        match self.response_type {
            ResponseType::Code => "code id_token",
            ResponseType::CodeIdToken => "code",
        }
    }

    /// Calls at once, and calls a minute.
    pub fn calls(&self) -> (u32, u32) {
        (self.limits.at_once, self.limits.a_minute)
    }

    /// Whether orders are taken at all.
    pub fn takes_orders(&self) -> bool {
        self.scope == Scope::ReadUpdate
    }
}

impl Settings {
    /// Reads all settings, or tells all mistakes.
    pub fn read(input: &Input) -> Result<Self, Mistakes> {
        let mut reader = Reader::new(input);
        reader.refuse_unknown(NAMES);
        let mut warnings: Vec<String> = input
            .strange()
            .iter()
            .map(|name| format!("{name} is no setting; is it misspelt?"))
            .collect();
        let source = source(&mut reader, input, &mut warnings);
        let demo = matches!(source, Some(Source::Demo(_)));
        let reloads = reader.text(WATCH).is_some();
        let dealings = dealings(&mut reader);
        let data = data_folder(&mut reader);
        let listen = reader.parsed("VITRINA_LISTEN", "127.0.0.1:3000", addresses::socket);
        // A shop on another port is found at that port, as long as nobody says that something stands before it.
        let port = listen.map_or(3000, |listen| listen.port());
        let settings = (
            reader
                .text("VITRINA_NAME")
                .or(demo.then_some("Vitrina"))
                .map(str::to_owned),
            reader.parsed(
                "VITRINA_ORIGIN",
                &format!("http://localhost:{port}"),
                Origin::parse,
            ),
            reader.parsed(
                "VITRINA_LEDGER",
                &format!("sqlite:{}", data.join("ledger.sqlite").display()),
                LedgerAddress::parse,
            ),
            reader.parsed("VITRINA_LANGUAGES", "en,bg", languages),
            reader.parsed(
                "VITRINA_TIME_ZONE",
                if demo { "Europe/Sofia" } else { "UTC" },
                Zone::parse,
            ),
            (
                reader.parsed("VITRINA_FRAME_PARENTS", "", addresses::origins),
                reader.parsed("VITRINA_FRAME_SIGN_IN", "top", |text| match text {
                    "top" => Ok(FrameSignIn::Top),
                    "popup" => Ok(FrameSignIn::Popup),
                    _ => Err("write `top` or `popup`".to_owned()),
                }),
            ),
            (
                reader.parsed("VITRINA_STALE_AFTER_MINUTES", "30", reader::positive),
                reader.parsed("VITRINA_PRICES_WITHIN_MINUTES", "5", reader::positive),
            ),
        );
        let visits = (
            lives::read(&mut reader),
            reader.parsed("VITRINA_PROXIES", "127.0.0.0/8,::1", Proxies::parse),
            reader.parsed("VITRINA_SIGN_INS_A_MINUTE", "10", |text| {
                text.parse()
                    .map_err(|_| "write a whole number from 1 on".to_owned())
            }),
        );
        let (name, origin, ledger, languages, zone, frames, ages) = settings;
        let minutes = |minutes: u32| Duration::from_secs(60 * u64::from(minutes));
        match (
            reader.finish(),
            source,
            dealings,
            origin,
            listen,
            ledger,
            languages,
            zone,
            frames,
            ages,
            visits,
        ) {
            (
                Ok(()),
                Some(source),
                Some(dealings),
                Some(origin),
                Some(listen),
                Some(ledger),
                Some(languages),
                Some(zone),
                (Some(frame_parents), Some(frame_sign_in)),
                (Some(stale_after), Some(prices_within)),
                (Some(lives), Some(proxies), Some(sign_ins_a_minute)),
            ) => Ok(Self {
                name,
                source,
                dealings,
                origin,
                listen,
                data,
                ledger,
                languages,
                zone,
                frame_parents,
                frame_sign_in,
                stale_after: minutes(stale_after),
                prices_within: minutes(prices_within),
                lives,
                proxies,
                sign_ins_a_minute,
                reloads,
                warnings,
            }),
            // Whatever is missing above has left a mistake behind.
            (mistakes, ..) => Err(mistakes.err().unwrap_or_default()),
        }
    }

    /// The client's configuration for the operator's instance; none where it is the demo, which has to be started first.
    pub fn config(&self) -> Option<Config> {
        match &self.source {
            Source::Given {
                root,
                client_id,
                client_secret,
            } => Some(
                self.dealings
                    .with(root.clone(), client_id.clone(), client_secret.clone()),
            ),
            Source::Demo(_) => None,
        }
    }

    /// Whether the secret has the shape of what is to be registered (Z5).
    pub fn secret_looks_hashed(&self) -> bool {
        match &self.source {
            Source::Given { client_secret, .. } => looks_hashed(client_secret.expose_secret()),
            Source::Demo(_) => false,
        }
    }

    /// Whether the shop runs on the demo instance.
    pub fn is_demo(&self) -> bool {
        matches!(self.source, Source::Demo(_))
    }
}

/// All of the instance's three settings, or none: half an instance is never the demo.
fn source(reader: &mut Reader<'_>, input: &Input, warnings: &mut Vec<String>) -> Option<Source> {
    const HALF: &str = "an instance needs VITRINA_INSTANCE, VITRINA_CLIENT_ID and VITRINA_CLIENT_SECRET (or …_FILE)";
    let secret = secret(reader, input);
    let named = [
        "VITRINA_INSTANCE",
        "VITRINA_CLIENT_ID",
        "VITRINA_SERVICE_CLIENT_ID",
        "VITRINA_CLIENT_SECRET",
        "VITRINA_CLIENT_SECRET_FILE",
    ]
    .iter()
    .any(|name| reader.text(name).is_some());
    if !named {
        let listen = reader.parsed("VITRINA_DEMO_LISTEN", "127.0.0.1:4000", addresses::loopback)?;
        if cfg!(feature = "demo") {
            return Some(Source::Demo(listen));
        }
        reader.mistake(
            "VITRINA_INSTANCE",
            "is not set, and this build has no demo instance",
            HALF,
        );
        return None;
    }
    for name in ["VITRINA_INSTANCE", "VITRINA_CLIENT_ID"] {
        if reader.text(name).is_none() {
            reader.mistake(name, "is missing", HALF);
        }
    }
    if reader.text("VITRINA_CLIENT_SECRET").is_none()
        && reader.text("VITRINA_CLIENT_SECRET_FILE").is_none()
    {
        reader.mistake("VITRINA_CLIENT_SECRET", "is missing", HALF);
    }
    let root = reader.given("VITRINA_INSTANCE", addresses::instance);
    let client_id = reader.text("VITRINA_CLIENT_ID").map(str::to_owned);
    let client_secret = secret?;
    if looks_hashed(&client_secret) {
        warnings.push(
            "VITRINA_CLIENT_SECRET looks like the base64 of a SHA-256: the setting takes the plain secret, the hash belongs \
             into ERP.net (`server secret` makes both)"
                .to_owned(),
        );
    }
    Some(Source::Given {
        root: root?,
        client_id: client_id?,
        client_secret: client_secret.into(),
    })
}

fn secret(reader: &mut Reader<'_>, input: &Input) -> Option<String> {
    let given = reader.text("VITRINA_CLIENT_SECRET").map(str::to_owned);
    let Some(file) = reader.text("VITRINA_CLIENT_SECRET_FILE").map(PathBuf::from) else {
        return given;
    };
    if given.is_some() {
        reader.mistake(
            "VITRINA_CLIENT_SECRET_FILE",
            "is set together with VITRINA_CLIENT_SECRET",
            "set one of them",
        );
    }
    match input.secret_file(&file) {
        Ok(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Ok(_) => {
            reader.mistake(
                "VITRINA_CLIENT_SECRET_FILE",
                "names an empty file",
                "put the plain secret into it",
            );
            None
        }
        Err(error) => {
            reader.mistake(
                "VITRINA_CLIENT_SECRET_FILE",
                format!("names a file that cannot be read ({error})"),
                "check the path and its rights",
            );
            None
        }
    }
}

/// Whether a secret has the shape of what is to be registered (Z5).
fn looks_hashed(secret: &str) -> bool {
    secret.len() == 44 && STANDARD.decode(secret).is_ok_and(|bytes| bytes.len() == 32)
}

fn dealings(reader: &mut Reader<'_>) -> Option<Dealings> {
    let owned = |reader: &Reader<'_>, name| reader.text(name).map(str::to_owned);
    let response_type = reader.parsed(
        "VITRINA_RESPONSE_TYPE",
        "code id_token",
        |text| match text {
            "code id_token" | "id_token code" => Ok(ResponseType::CodeIdToken),
            "code" => Ok(ResponseType::Code),
            _ => {
                Err("write `code id_token` or `code`, as the Trusted Application allows".to_owned())
            }
        },
    );
    let sign_in = sign_in::rules(reader);
    let scope = reader.parsed("VITRINA_SCOPE", "read update", |text| match text {
        "read update" | "update read" => Ok(Scope::ReadUpdate),
        "read" => Ok(Scope::Read),
        _ => Err("write `read update`, or `read` for a shop without orders".to_owned()),
    });
    let order_state = reader.parsed("VITRINA_ORDER_STATE", "FirmPlanned", |text| match text {
        "New" => Ok(OrderState::New),
        "Planned" => Ok(OrderState::Planned),
        "FirmPlanned" => Ok(OrderState::FirmPlanned),
        "Released" => Ok(OrderState::Released),
        _ => Err("write `New`, `Planned`, `FirmPlanned` or `Released`".to_owned()),
    });
    let at_once = reader.parsed("VITRINA_CALLS_AT_ONCE", "1", reader::positive);
    let a_minute = reader.parsed("VITRINA_CALLS_A_MINUTE", "600", reader::positive);
    Some(Dealings {
        service_client_id: owned(reader, "VITRINA_SERVICE_CLIENT_ID"),
        response_type: response_type?,
        sign_in: sign_in?,
        scope: scope?,
        seller: Seller {
            company: owned(reader, "VITRINA_COMPANY"),
            location: owned(reader, "VITRINA_LOCATION"),
            document_type: owned(reader, "VITRINA_DOCUMENT_TYPE"),
            channel: owned(reader, "VITRINA_CHANNEL"),
            warehouse: owned(reader, "VITRINA_WAREHOUSE"),
            order_state: order_state?,
        },
        limits: GateLimits {
            at_once: at_once?,
            a_minute: a_minute?,
        },
    })
}

fn data_folder(reader: &mut Reader<'_>) -> PathBuf {
    let folder = reader.text("VITRINA_DATA").unwrap_or("data").to_owned();
    if folder.contains("://") {
        reader.mistake(
            "VITRINA_DATA",
            "is an address; only a folder is supported so far",
            "name a folder that the portal may write to",
        );
    }
    PathBuf::from(folder)
}

fn languages(text: &str) -> Result<Vec<Language>, String> {
    let mut languages = Vec::new();
    for tag in text.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
        let language = tag
            .parse()
            .map_err(|_| format!("`{tag}` is no language; write tags such as `en,bg`"))?;
        if !languages.contains(&language) {
            languages.push(language);
        }
    }
    if languages.is_empty() {
        return Err("name at least one language, such as `en`".to_owned());
    }
    Ok(languages)
}
