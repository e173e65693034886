//! `demo`: the stand-in ERP.net instance as a process of its own.

use std::net::SocketAddr;
use std::process::ExitCode;

use demo::{Demo, NoVersion, Options};

const USAGE: &str = "demo [--listen ADDRESS:PORT] [--portal ORIGIN]… [--client-id ID] [--client-secret SECRET] [--version VERSION] [--sentinels] [--backchannel] [--products COUNT] [--open-to-network]";

#[tokio::main]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command speaks to the terminal"
)]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().init();
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(mistake) => {
            eprintln!("{mistake}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let portals = options.portal_origins.join(", ");
    let demo = match Demo::start(options).await {
        Ok(demo) => demo,
        Err(error) => {
            let cause = std::error::Error::source(&error)
                .map(|source| format!(": {source}"))
                .unwrap_or_default();
            eprintln!("The demo instance did not start: {error}{cause}");
            return ExitCode::FAILURE;
        }
    };
    println!("Demo ERP.net instance at {}", demo.root());
    println!("  issuer         {}/id", demo.root());
    println!("  Domain API     {}/api/domain/odata/", demo.root());
    println!("  client id      {}", demo.client_id());
    println!("  client secret  {}", demo.client_secret());
    println!(
        "  portals        {}",
        if portals.is_empty() {
            "none (use --portal)"
        } else {
            &portals
        }
    );
    println!("  faults at will {}/demo/control", demo.root());
    println!("\nPeople:");
    for person in demo.people() {
        println!(
            "  {:34} {:14} {}",
            person.login, person.password, person.purpose
        );
    }
    if tokio::signal::ctrl_c().await.is_err() {
        eprintln!("Interrupts cannot be heard; stopping.");
    }
    demo.stop().await;
    ExitCode::SUCCESS
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        listen: SocketAddr::from(([127, 0, 0, 1], 4000)),
        ..Options::default()
    };
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--listen" => {
                let text = value()?;
                options.listen = text
                    .parse()
                    .map_err(|_| format!("'{text}' is no address with a port"))?;
            }
            "--portal" => options.portal_origins.push(value()?),
            "--client-id" => options.client_id = value()?,
            "--client-secret" => options.client_secret = value()?,
            "--sentinels" => options.sentinels = true,
            "--backchannel" => options.backchannel = true,
            "--products" => {
                let text = value()?;
                options.products = text
                    .parse()
                    .map_err(|_| format!("'{text}' is no number of products"))?;
            }
            "--version" => {
                options.version = value()?
                    .parse()
                    .map_err(|error: NoVersion| error.to_string())?;
            }
            "--open-to-network" => options.open_to_network = true,
            other => return Err(format!("'{other}' is not known")),
        }
    }
    Ok(options)
}
