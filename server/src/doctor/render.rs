//! The report for people, line by line as the walk goes on, and as JSON for programs.

use std::fmt::Write as _;

use serde_json::json;

use super::{Check, Outcome, Report, Severity};

/// Width of the column of steps.
const STEPS: usize = 23;
/// Where texts under a finding begin, and where lines end.
const INDENT: usize = 13;
const WIDTH: usize = 100;

/// Writes the report as the walk goes on. Steps that are skipped for the same reason share a line.
#[derive(Default)]
pub struct Lines {
    skipped: Vec<&'static str>,
    why: &'static str,
}

impl Lines {
    /// What there is to print after this step.
    pub fn after(&mut self, check: &Check) -> String {
        if let Outcome::Skipped(why) = check.outcome {
            let text = if why == self.why {
                String::new()
            } else {
                self.end()
            };
            self.why = why;
            self.skipped.push(check.what);
            return text;
        }
        self.end() + &step(check)
    }

    /// What there is to print after the last step.
    pub fn end(&mut self) -> String {
        let skipped = std::mem::take(&mut self.skipped);
        let mut text = String::new();
        match skipped.as_slice() {
            [] => {}
            [only] => line(&mut text, "skipped", only, self.why),
            [first, rest @ ..] => {
                let told = format!("{}; likewise {}", self.why, rest.join(", "));
                line(&mut text, "skipped", first, &told);
            }
        }
        self.why = "";
        text
    }
}

fn step(check: &Check) -> String {
    let mut text = String::new();
    match &check.outcome {
        Outcome::Well(what) => line(&mut text, "ok", check.what, what),
        Outcome::Unseen(what) => line(&mut text, "unseen", check.what, what),
        Outcome::Skipped(why) => line(&mut text, "skipped", check.what, why),
        Outcome::Found(findings) => {
            for finding in findings {
                let word = match finding.severity() {
                    Severity::Warning => "warning",
                    Severity::Problem => "PROBLEM",
                };
                line(&mut text, word, check.what, &finding.means());
                wrapped(&mut text, "change   ", INDENT, &finding.change());
            }
        }
    }
    text
}

/// How many of which.
pub fn summary(report: &Report) -> String {
    let (problems, warnings) = (
        report.count(Severity::Problem),
        report.count(Severity::Warning),
    );
    let skipped = report
        .checks
        .iter()
        .filter(|check| matches!(check.outcome, Outcome::Skipped(_)))
        .count();
    let many = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    };
    let mut text = match (problems, warnings) {
        (0, 0) => "All is well.".to_owned(),
        (0, warnings) => format!("No problems, {}.", many(warnings, "warning")),
        (problems, 0) => format!("{}.", many(problems, "problem")),
        (problems, warnings) => {
            format!(
                "{}, {}.",
                many(problems, "problem"),
                many(warnings, "warning")
            )
        }
    };
    if skipped > 0 {
        let _infallible = write!(
            text,
            " {} could not be made yet; ask again when the problems are mended.",
            many(skipped, "check")
        );
    }
    text
}

/// The same for programs.
pub fn json(report: &Report) -> String {
    let checks: Vec<_> = report
        .checks
        .iter()
        .map(|check| {
            let (outcome, text) = match &check.outcome {
                Outcome::Well(what) => ("ok", Some(what.as_str())),
                Outcome::Unseen(what) => ("unseen", Some(what.as_str())),
                Outcome::Skipped(why) => ("skipped", Some(*why)),
                Outcome::Found(_) => ("found", None),
            };
            let findings: Vec<_> = match &check.outcome {
                Outcome::Found(findings) => findings
                    .iter()
                    .map(|finding| {
                        json!({
                            "kind": finding.kind(),
                            "severity": finding.severity(),
                            "means": finding.means(),
                            "change": finding.change(),
                        })
                    })
                    .collect(),
                _ => Vec::new(),
            };
            json!({ "check": check.what, "outcome": outcome, "text": text, "findings": findings })
        })
        .collect();
    json!({
        "problems": report.count(Severity::Problem),
        "warnings": report.count(Severity::Warning),
        "checks": checks,
    })
    .to_string()
}

fn line(text: &mut String, word: &str, what: &str, told: &str) {
    let head = format!("{word:<9}{what:<STEPS$}");
    wrapped(text, &head, 0, told);
}

/// The text behind a head, in lines that end before the width and begin below the first.
fn wrapped(text: &mut String, head: &str, indent: usize, told: &str) {
    let start = indent + head.chars().count();
    let mut at = start;
    text.push_str(&" ".repeat(indent));
    text.push_str(head);
    for (number, word) in told.split_whitespace().enumerate() {
        let length = word.chars().count();
        if number > 0 && at + 1 + length > WIDTH {
            text.push('\n');
            text.push_str(&" ".repeat(start));
            at = start;
        } else if number > 0 {
            text.push(' ');
            at += 1;
        }
        // Names and errors are the instance's: what would steer the operator's terminal is left out (V24).
        text.extend(word.chars().filter(|character| !steers(*character)));
        at += length;
    }
    text.push('\n');
}

/// Control characters, and those that turn the direction of text.
fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Finding;

    #[test]
    fn a_report_reads_line_by_line_and_its_end_counts() {
        let report = Report {
            checks: vec![
                Check {
                    what: "Address",
                    outcome: Outcome::Well("as told by auto-discovery".to_owned()),
                },
                Check {
                    what: "Service token",
                    outcome: Outcome::Found(vec![Finding::ServiceNotAllowed]),
                },
                Check {
                    what: "Version",
                    outcome: Outcome::Skipped("it needs the service token"),
                },
                Check {
                    what: "Company",
                    outcome: Outcome::Skipped("it needs the service token"),
                },
                Check {
                    what: "Warehouse",
                    outcome: Outcome::Skipped("it needs the company"),
                },
            ],
            away: false,
        };
        let mut lines = Lines::default();
        let mut text: String = report
            .checks
            .iter()
            .map(|check| lines.after(check))
            .collect();
        text += &lines.end();
        insta::assert_snapshot!(format!("{text}\n{}", summary(&report)), @r"
        ok       Address                as told by auto-discovery
        PROBLEM  Service token          the application is known, but may not call the instance by itself
                     change   Trusted Application: SystemUserAllowed must be on, and SystemUser name an
                              internal user that is active
        skipped  Version                it needs the service token; likewise Company
        skipped  Warehouse              it needs the company

        1 problem. 3 checks could not be made yet; ask again when the problems are mended.
        ");
        let json: serde_json::Value = serde_json::from_str(&json(&report)).unwrap();
        assert_eq!(json["problems"], 1);
        assert_eq!(
            json["checks"][1]["findings"][0]["kind"],
            "service_not_allowed"
        );
    }

    #[test]
    fn v24_a_name_of_the_instance_does_not_steer_the_terminal() {
        let check = Check {
            what: "Company",
            outcome: Outcome::Well(
                "\u{1b}[2J\u{1b}]0;x\u{7}Nord\u{9b}1m \u{202e}wind\r\nAll is well.".to_owned(),
            ),
        };
        let text = Lines::default().after(&check);
        assert_eq!(
            text,
            "ok       Company                [2J]0;xNord1m wind All is well.\n"
        );
    }
}
