//! `cargo xtask test`: every check, in the order in which they fail fastest.
//!
//! A check that fails does not stop the others, except those that need its result. The last line counts them all:
//! the tests that cargo and Playwright report, and one for each check that is a single question.

use std::path::PathBuf;

use crate::arrows as rules;
use crate::process::Program;
use crate::promises;
use crate::search;
use crate::shop;
use crate::terminal::{Outcome, say, step};
use crate::tools;
use crate::workspace::Workspace;

/// The crates that are built for the server, named one by one: together with `frontend` they would give `app` both of its
/// features. `app` is built as the server sees it.
const SERVER_SIDE: &[&str] = &[
    "--package=vitrina",
    "--package=app",
    "--package=erp",
    "--package=demo",
    "--package=server",
    "--package=xtask",
    "--features=app/ssr,server/demo",
];
/// The same pages as the browser sees them.
const BROWSER_SIDE: &[&str] = &[
    "--package=frontend",
    "--package=app",
    "--features=app/hydrate",
    "--target=wasm32-unknown-unknown",
];
const NO_WARNINGS: &[&str] = &["--", "--deny=warnings"];

/// How many tests went well and how many did not.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Count {
    passed: u64,
    failed: u64,
}

impl Count {
    const ONE_PASSED: Self = Self {
        passed: 1,
        failed: 0,
    };
}

/// What was found so far.
#[derive(Debug, Default)]
struct Report {
    total: Count,
    /// The failures again, for the end of a long page.
    failures: Vec<String>,
}

impl Report {
    /// One question with one answer.
    fn check(&mut self, name: &str, work: impl FnOnce() -> Outcome) -> bool {
        self.tests(name, || work().map(|()| (true, Count::ONE_PASSED)))
    }

    /// A runner that counts for itself.
    fn tests(&mut self, name: &str, work: impl FnOnce() -> Result<(bool, Count), String>) -> bool {
        let mut count = Count::default();
        let outcome = step(name, || {
            let (well, counted) = work()?;
            count = counted;
            match counted {
                Count {
                    passed: 0,
                    failed: 0,
                } => Err("no test was counted".to_owned()),
                Count { failed: 0, .. } if well => Ok(()),
                _ => Err("see above".to_owned()),
            }
        });
        self.total.passed += count.passed;
        match outcome {
            Ok(()) => true,
            Err(why) => {
                say(format!("{name}: {why}"));
                self.total.failed += count.failed.max(1);
                self.failures.push(format!(
                    "{name}: {}",
                    why.lines().next().unwrap_or_default()
                ));
                false
            }
        }
    }

    /// A check that could not be made because another failed.
    fn skipped(&mut self, name: &str, because: &str) {
        self.total.failed += 1;
        self.failures
            .push(format!("{name}: not done, because {because} failed"));
    }

    fn end(self) -> Outcome {
        for failure in &self.failures {
            say(failure);
        }
        // The last line of the output, failed or not, is this plain one.
        let closing = format!("{} passed, {} failed", self.total.passed, self.total.failed);
        if self.total.failed == 0 {
            say(&closing);
            Ok(())
        } else {
            Err(closing)
        }
    }
}

/// Everything; words are handed to Playwright.
pub(crate) fn test(workspace: &Workspace, words: &[String]) -> Outcome {
    if tools::is_first_start(workspace) {
        say(
            "the first run installs the tools and compiles everything: about half an hour on 2 cores. Later runs take minutes.",
        );
    }
    tools::for_site(workspace)?;
    tools::for_browser_tests(workspace)?;

    let mut report = Report::default();
    report.check("format", || {
        Program::cargo(workspace)
            .args(["fmt", "--all", "--check"])
            .run()
    });
    report.check("arrows between the crates", || arrows(workspace, &[]));
    report.check("what docs/security.md promises", || {
        none(promises::broken(workspace)?)
    });
    report.check("lints, server side", || {
        Program::cargo(workspace)
            .args(["clippy", "--locked", "--all-targets"])
            .args(SERVER_SIDE)
            .args(NO_WARNINGS)
            .run()
    });
    report.check("lints, browser side", || {
        Program::cargo(workspace)
            // The folder in which cargo-leptos builds the browser's part: macros are compiled once for both.
            .arg("clippy")
            .arg("--target-dir")
            .arg(workspace.target().join("front"))
            .args(["--locked"])
            .args(BROWSER_SIDE)
            .args(NO_WARNINGS)
            .run()
    });
    report.tests("tests of the crates", || {
        let (well, text) = Program::cargo(workspace)
            .args(["test", "--locked", "--no-fail-fast"])
            .args(SERVER_SIDE)
            .show_and_read()?;
        Ok((well, count_cargo(&text)))
    });
    let site = "the site and the portal";
    if report.check(site, || shop::build_for_browser_tests(workspace)) {
        report.check("words of the server in what is sent to the browser", || {
            none(search::findings(&workspace.site(), search::SERVER_WORDS)?)
        });
        report.check(
            "the secret of the build in what is sent to the browser",
            || {
                none(search::findings(
                    &workspace.site(),
                    search::SECRET_AS_WRITTEN,
                )?)
            },
        );
        report.check("types of the browser tests", || {
            Program::new(workspace, "npx")
                .folder(&workspace.end2end())
                .args(["--no-install", "tsc", "--noEmit"])
                .run()
        });
        report.tests("browser tests", || {
            let (well, text) = playwright(workspace)?.args(words).show_and_read()?;
            Ok((well, count_playwright(&text)))
        });
    } else {
        report.skipped("browser tests", site);
    }
    report.end()
}

/// `cargo xtask arrows`: who may depend on whom.
pub(crate) fn arrows(workspace: &Workspace, _: &[String]) -> Outcome {
    none(rules::faults(workspace)?)?;
    say("every crate depends only on what it may");
    Ok(())
}

/// Playwright in `end2end`, told where the portal and the browser are.
pub(crate) fn playwright(workspace: &Workspace) -> Result<Program, String> {
    let chromium: PathBuf = tools::chromium().ok_or("END2END_CHROMIUM names no file")?;
    Ok(Program::new(workspace, "npx")
        .folder(&workspace.end2end())
        .env("END2END_CHROMIUM", chromium)
        .env("END2END_PORTAL", workspace.target().join("debug/server"))
        .env("END2END_DEMO", workspace.target().join("debug/demo"))
        .env("END2END_SITE", workspace.site())
        .args(["--no-install", "playwright", "test"]))
}

fn none(faults: Vec<String>) -> Outcome {
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.join("\n"))
    }
}

/// Sums the lines `test result: ok. 12 passed; 0 failed; …`.
fn count_cargo(text: &str) -> Count {
    text.lines()
        .filter_map(|line| line.strip_prefix("test result: "))
        .fold(Count::default(), |sum, line| Count {
            passed: sum.passed + number_before(line, " passed"),
            failed: sum.failed + number_before(line, " failed"),
        })
}

/// Playwright closes with lines of the form `  12 passed (30.1s)` and `  1 failed`.
fn count_playwright(text: &str) -> Count {
    let closing = |word: &str| -> u64 {
        text.lines()
            .filter(|line| {
                line.trim_start()
                    .split_once(' ')
                    .is_some_and(|(number, rest)| {
                        number.parse::<u64>().is_ok() && rest.starts_with(word)
                    })
            })
            .map(|line| number_before(line, &format!(" {word}")))
            .sum()
    };
    Count {
        passed: closing("passed"),
        failed: closing("failed")
            + closing("did not run")
            + closing("interrupted")
            + closing("flaky"),
    }
}

/// The number that stands right before `word`.
fn number_before(line: &str, word: &str) -> u64 {
    line.split_once(word)
        .and_then(|(before, _)| before.rsplit(|sign: char| !sign.is_ascii_digit()).next())
        .and_then(|digits| digits.parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_all_test_binaries_are_added() {
        let text = "running 3 tests\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\n\ntest a ... FAILED\ntest result: FAILED. 12 passed; 2 failed; 0 ignored\n";
        assert_eq!(
            count_cargo(text),
            Count {
                passed: 15,
                failed: 2
            }
        );
    }

    #[test]
    fn the_closing_lines_of_playwright_are_read() {
        let text = "Running 20 tests using 2 workers\n  ✓  1 [en] › buy.spec.ts:3:1 › 7 passed by\n\n  1 failed\n    [en] › cart.spec.ts\n  2 did not run\n  17 passed (30.1s)\n";
        assert_eq!(
            count_playwright(text),
            Count {
                passed: 17,
                failed: 3
            }
        );
    }

    #[test]
    fn a_runner_that_counts_nothing_has_not_passed() {
        let mut report = Report::default();
        assert!(!report.tests("empty", || Ok((true, Count::default()))));
        assert_eq!(
            report.total,
            Count {
                passed: 0,
                failed: 1
            }
        );
        assert_eq!(report.end().unwrap_err(), "0 passed, 1 failed");
    }

    #[test]
    fn failures_of_a_runner_are_counted_one_by_one() {
        let mut report = Report::default();
        assert!(report.check("one", || Ok(())));
        assert!(!report.tests("several", || Ok((
            false,
            Count {
                passed: 5,
                failed: 3
            }
        ))));
        assert!(!report.check("broken", || Err("no".to_owned())));
        report.skipped("later", "broken");
        assert_eq!(report.end().unwrap_err(), "6 passed, 5 failed");
    }
}
