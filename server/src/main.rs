//! The portal's command: serves the shop, examines its connection, or makes a secret.

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use erp::config::Config;
use server::{
    doctor::{self, Depth, Doctor},
    ending::{self, Running},
    panics,
    portal::{Portal, World},
    routes, serve,
    settings::{Input, Settings, Source},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// A quarter more pages a second than the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "\
Vitrina, an online store for companies that run on ERP.net

  server [serve]          serve the shop
  server doctor [--json]  examine the connection to ERP.net, and say what to change where
  server secret           make a client secret, and what ERP.net stores of it
  server --help           this text

The doctor ends with 0 if the shop can work, with 1 if something does not, with 2 if the settings cannot be used.

Settings come from `vitrina.toml` in the working folder (or the file named by VITRINA_SETTINGS) and from the environment, which
wins. Without an instance the shop runs on the built-in demo instance. docs/operations.md lists them all.
";

fn main() -> ExitCode {
    // Z2: whatever a command was told or asked, a panic repeats none of it.
    panics::print_without_words();
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["serve"] => run(),
        ["doctor"] => examine(Form::Lines),
        ["doctor", "--json"] => examine(Form::Json),
        ["secret"] => {
            make_secret();
            ExitCode::SUCCESS
        }
        ["--help" | "-h" | "help"] => {
            say(HELP);
            ExitCode::SUCCESS
        }
        _ => told("no such command; `--help` lists them"),
    }
}

#[expect(clippy::print_stdout, reason = "what a command was asked for")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stdout, reason = "what a command was asked for")]
fn say_lines(text: &str) {
    print!("{text}");
}

#[expect(clippy::print_stderr, reason = "why a command did nothing")]
fn told(text: &str) -> ExitCode {
    eprintln!("{text}");
    ExitCode::FAILURE
}

/// Z5: the setting takes the plain secret, the registration its hash.
fn make_secret() {
    use base64::{
        Engine,
        engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
    };
    use sha2::{Digest, Sha256};
    let mut bytes = [0; 32];
    World::system().random.fill(&mut bytes);
    let secret = URL_SAFE_NO_PAD.encode(bytes);
    let hash = STANDARD.encode(Sha256::digest(secret.as_bytes()));
    say(&format!(
        "VITRINA_CLIENT_SECRET   {secret}\nApplicationSecretHash   {hash}\n\n\
         The first goes into the shop's settings and nowhere else, the second into the Trusted Application in ERP.net."
    ));
}

fn settings() -> Result<Settings, ExitCode> {
    Input::gather()
        .and_then(|input| Settings::read(&input))
        .map_err(|mistakes| told(&mistakes.to_string()))
}

fn runtime() -> Result<tokio::runtime::Runtime, ExitCode> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| told(&format!("the run time cannot start: {error}")))
}

fn run() -> ExitCode {
    let settings = match settings() {
        Ok(settings) => settings,
        Err(code) => return code,
    };
    start_log();
    panics::tell_without_words();
    match runtime().map(|runtime| runtime.block_on(shop(settings))) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => told(&error.to_string()),
        Err(code) => code,
    }
}

/// How the doctor's report is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Lines,
    Json,
}

/// The doctor's status where the settings cannot be used.
const UNUSABLE: u8 = 2;

/// Nothing is logged: what the walk meets is what its report says.
fn examine(form: Form) -> ExitCode {
    let Ok(settings) = settings() else {
        return ExitCode::from(UNUSABLE);
    };
    match runtime().map(|runtime| runtime.block_on(visit(settings, form))) {
        Ok(Ok(false)) => ExitCode::SUCCESS,
        Ok(Ok(true)) => ExitCode::FAILURE,
        Ok(Err(error)) => {
            told(&error.to_string());
            ExitCode::from(UNUSABLE)
        }
        Err(code) => code,
    }
}

/// Whether there are problems.
async fn visit(settings: Settings, form: Form) -> Result<bool, Box<dyn std::error::Error>> {
    let stand = Stand::at(&settings).await?;
    let world = World::system();
    let instance = erp::Instance::new(
        stand.config(),
        Arc::clone(&world.clock),
        Arc::clone(&world.random),
    )?;
    if form == Form::Lines {
        say(&stand.heading());
        for warning in &settings.warnings {
            say(&format!("warning  Settings               {warning}"));
        }
    }
    let doctor = Doctor {
        instance: &instance,
        settings: &settings,
        world: &world,
        depth: Depth::Whole,
    };
    let mut lines = doctor::render::Lines::default();
    let report = doctor
        .walk(&mut |check| {
            if form == Form::Lines {
                say_lines(&lines.after(check));
            }
        })
        .await;
    match form {
        Form::Lines => say(&format!(
            "{}\n{}",
            lines.end(),
            doctor::render::summary(&report)
        )),
        Form::Json => say(&doctor::render::json(&report)),
    }
    stand.end().await;
    Ok(report.has_problems())
}

fn start_log() {
    use std::io::IsTerminal;
    use tracing_subscriber::{EnvFilter, fmt};
    // sqlx and the session layer say at lower levels what our own events say better.
    let filter = EnvFilter::builder()
        .with_default_directive(tracing::Level::INFO.into())
        .from_env_lossy()
        .add_directive(quiet("tower_sessions_core=error"))
        .add_directive(quiet("tower_sessions=error"));
    let terminal = std::io::stderr().is_terminal();
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if terminal {
        lines.compact().init();
    } else {
        lines.json().init();
    }
}

fn quiet(directive: &str) -> tracing_subscriber::filter::Directive {
    directive
        .parse()
        .unwrap_or_else(|_| tracing::Level::ERROR.into())
}

async fn shop(settings: Settings) -> Result<(), Box<dyn std::error::Error>> {
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    let stand = Stand::at(&settings).await?;
    let leptos = leptos::config::get_configuration(None)?.leptos_options;
    let listeners = serve::listen(settings.listen).await.map_err(|error| {
        format!(
            "{} cannot be listened on ({error}): another program has it; end that one, or set VITRINA_LISTEN",
            settings.listen
        )
    })?;
    let origin = settings.origin.clone();
    let portal = Portal::new(settings, stand.config(), leptos, World::system())?;
    if let Err(error) = portal.ledger.migrate().await {
        return Err(format!("{error}; check VITRINA_LEDGER, VITRINA_DATA and their rights").into());
    }
    // Before anybody is answered: a shop that was open once never says that it is opening.
    if let Err(error) = portal.mirror.open().await {
        tracing::warn!(%error, "the kept copy cannot be opened; it is pulled anew");
    }
    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    portal.start(&tasks, &stop);
    tasks.spawn(
        stop.clone()
            .run_until_cancelled_owned(doctor::start::check(Arc::clone(&portal))),
    );
    say(&format!(
        "\n  The shop       {origin}\n{}",
        stand.announcement()
    ));
    let router = routes::router(&portal);
    let serving = tokio::spawn(serve::serve(
        listeners,
        router,
        serve::Patience::default(),
        portal.settings.proxies.clone(),
        stop.clone(),
    ));
    let running = Running {
        serving,
        tasks,
        stop,
    };
    asked_to_end().await;
    let ending = async {
        ending::end(&portal, running).await;
        stand.end().await;
    };
    tokio::select! {
        () = ending => {}
        () = asked_to_end() => tracing::warn!("ended at once, as asked a second time"),
    }
    Ok(())
}

/// Waits for Ctrl-C, or for the signal by which services are ended.
async fn asked_to_end() {
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

/// Where the instance is: the operator's, or the demo that runs in this process.
struct Stand {
    config: Config,
    #[cfg(feature = "demo")]
    demo: Option<demo::Demo>,
}

impl Stand {
    async fn at(settings: &Settings) -> Result<Self, Box<dyn std::error::Error>> {
        match (&settings.source, settings.config()) {
            (Source::Demo(listen), _) => Self::demo(settings, *listen).await,
            (Source::Given { .. }, None) => Err("the instance is not set".into()),
            (Source::Given { .. }, Some(config)) => Ok(Self {
                config,
                #[cfg(feature = "demo")]
                demo: None,
            }),
        }
    }

    #[cfg(not(feature = "demo"))]
    async fn demo(_: &Settings, _: SocketAddr) -> Result<Self, Box<dyn std::error::Error>> {
        Err("this build has no demo instance; set VITRINA_INSTANCE".into())
    }

    /// The next free port is taken when another program has the one that was asked for.
    #[cfg(feature = "demo")]
    async fn demo(
        settings: &Settings,
        listen: SocketAddr,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let mut last = None;
        for port in listen.port()..listen.port().saturating_add(20) {
            let options = demo::Options {
                listen: SocketAddr::new(listen.ip(), port),
                portal_origins: vec![settings.origin.as_str().to_owned()],
                ..demo::Options::default()
            };
            match demo::Demo::start(options).await {
                Ok(demo) => {
                    let config = settings.dealings.with_demo(&demo)?;
                    return Ok(Self {
                        config,
                        demo: Some(demo),
                    });
                }
                Err(error @ demo::StartError::Listen { .. }) => last = Some(error),
                Err(error) => return Err(error.into()),
            }
        }
        Err(match last {
            Some(error) => format!("{error}; set VITRINA_DEMO_LISTEN to a free port").into(),
            None => "VITRINA_DEMO_LISTEN leaves no port".into(),
        })
    }

    fn config(&self) -> Config {
        self.config.clone()
    }

    /// What is examined.
    fn heading(&self) -> String {
        #[cfg(feature = "demo")]
        if self.demo.is_some() {
            return "This is the BUILT-IN DEMO INSTANCE: no instance is set (VITRINA_INSTANCE).\n"
                .to_owned();
        }
        format!("ERP.net at {}\n", self.config.root)
    }

    #[cfg(not(feature = "demo"))]
    fn announcement(&self) -> String {
        format!("  ERP.net        {}\n", self.config.root)
    }

    #[cfg(feature = "demo")]
    fn announcement(&self) -> String {
        use std::fmt::Write;
        let Some(demo) = &self.demo else {
            return format!("  ERP.net        {}\n", self.config.root);
        };
        let mut text = format!(
            "  DEMO ERP.net   {}\n\n  THIS IS THE BUILT-IN DEMO INSTANCE: nothing is real, nothing is kept when it ends.\n  \
             People who can sign in:\n\n",
            demo.root()
        );
        for person in demo.people() {
            let _infallible = writeln!(
                text,
                "    {:<34} {:<14} {}",
                person.login, person.password, person.purpose
            );
        }
        text
    }

    #[cfg(not(feature = "demo"))]
    async fn end(self) {}

    #[cfg(feature = "demo")]
    async fn end(self) {
        if let Some(demo) = self.demo {
            demo.stop().await;
        }
    }
}
