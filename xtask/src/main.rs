//! The project's tasks, one command each: `cargo xtask run`, `cargo xtask test`, … .
//!
//! On a machine with git, Rust and Node each command installs what it needs at pinned versions ([`tools`]), mostly into the
//! project's own folder `.tools`, and names every step with the time it took. Nothing here is part of the shop, and there are
//! deliberately no dependencies: the first `cargo xtask run` should talk to its reader after a second or two.
#![expect(clippy::print_stdout, reason = "a command speaks to its terminal")]

mod arrows;
mod checks;
mod lockfile;
mod ports;
mod process;
mod promises;
mod search;
mod shop;
mod sizes;
mod terminal;
mod tools;
mod workspace;

use std::process::ExitCode;

use workspace::Workspace;

/// What may follow `cargo xtask`, with the words that explain it.
const COMMANDS: &[Command] = &[
    Command {
        word: "run",
        about: "the shop at http://localhost:3000, and the demo ERP.net instance on an origin of its own",
        start: shop::run,
    },
    Command {
        word: "demo",
        about: "only the demo ERP.net instance",
        start: shop::demo,
    },
    Command {
        word: "watch",
        about: "like run, and rebuilds and reloads on every change of code or style",
        start: shop::watch,
    },
    Command {
        word: "test",
        about: "every check there is, browser tests included; ends with `N passed, N failed`",
        start: checks::test,
    },
    Command {
        word: "arrows",
        about: "only the check of who may depend on whom; takes a second",
        start: checks::arrows,
    },
    Command {
        word: "build",
        about: "the release build: server, site, sizes of what a first visit downloads",
        start: shop::build,
    },
    Command {
        word: "screenshots",
        about: "pictures of the main pages, phone and desktop, light and dark, in target/screenshots",
        start: shop::screenshots,
    },
    Command {
        word: "tools",
        about: "installs everything the other commands need, and says what is there",
        start: tools::all,
    },
];

struct Command {
    word: &'static str,
    about: &'static str,
    start: fn(&Workspace, &[String]) -> terminal::Outcome,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some((word, rest)) = words.split_first() else {
        println!("{}", usage());
        return ExitCode::from(2);
    };
    if matches!(word.as_str(), "help" | "--help" | "-h") {
        println!("{}", usage());
        return ExitCode::SUCCESS;
    }
    let Some(command) = COMMANDS.iter().find(|command| command.word == word) else {
        println!("There is no command “{word}”.\n\n{}", usage());
        return ExitCode::from(2);
    };
    let outcome = Workspace::find().and_then(|workspace| (command.start)(&workspace, rest));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal::failed(&failure);
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    let width = COMMANDS
        .iter()
        .map(|command| command.word.len())
        .max()
        .unwrap_or_default();
    let lines: Vec<String> = COMMANDS
        .iter()
        .map(|Command { word, about, .. }| format!("  {word:width$}  {about}"))
        .collect();
    format!(
        "Usage: cargo xtask <command>\n\n{}\n\nWords after `test` and `screenshots` go to Playwright, those after `demo` to the demo instance, those after `watch` to cargo-leptos.",
        lines.join("\n")
    )
}
