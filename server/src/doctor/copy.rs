//! What the shop last wrote of its copy of the catalogue, read without touching it.

use std::{collections::BTreeMap, io, path::Path};

use serde::Deserialize;
use time::OffsetDateTime;

use super::{Finding, Outcome};

/// As much of `copy/report.json` as a doctor needs.
#[derive(Deserialize)]
struct File {
    instance: String,
    records: Records,
}

#[derive(Deserialize)]
struct Records {
    #[serde(default)]
    parts: BTreeMap<String, Part>,
    #[serde(default)]
    left_out: BTreeMap<String, LeftOut>,
}

#[derive(Deserialize)]
struct Part {
    records: usize,
    fresh: Option<i64>,
    trouble: Option<String>,
}

#[derive(Deserialize)]
struct LeftOut {
    count: usize,
    #[serde(default)]
    first: Vec<Odd>,
}

#[derive(Deserialize)]
struct Odd {
    why: String,
}

/// Reasons that are told of one sort of records.
const REASONS: usize = 3;

/// What the folder tells of the copy of this instance.
pub(super) fn look(
    folder: &Path,
    instance: &str,
    now: OffsetDateTime,
    stale_after_minutes: i64,
) -> Outcome {
    let path = folder.join("copy").join("report.json");
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Outcome::Well("none yet: the shop has not run here".to_owned());
        }
        Err(_) => return Outcome::Found(vec![Finding::CopyUnreadable]),
    };
    match serde_json::from_str::<File>(&text) {
        Ok(file) if file.instance != instance => {
            Outcome::Well("of another instance: it is pulled anew".to_owned())
        }
        Ok(file) => read(&file.records, now, stale_after_minutes),
        Err(_) => Outcome::Found(vec![Finding::CopyUnreadable]),
    }
}

fn read(records: &Records, now: OffsetDateTime, stale_after_minutes: i64) -> Outcome {
    let age = records
        .parts
        .values()
        .filter_map(|part| part.fresh)
        .min()
        .map(|fresh| (now.unix_timestamp() - fresh) / 60);
    let mut findings = Vec::new();
    if let Some(minutes) = age.filter(|minutes| *minutes > stale_after_minutes) {
        findings.push(Finding::CopyOld { minutes });
    }
    for (part, state) in &records.parts {
        if let Some(why) = &state.trouble {
            findings.push(Finding::CopyTrouble {
                part: part.clone(),
                why: why.clone(),
            });
        }
    }
    for (what, left_out) in &records.left_out {
        findings.push(Finding::LeftOut {
            what: what.clone(),
            count: left_out.count,
            why: reasons(&left_out.first),
        });
    }
    if !findings.is_empty() {
        return Outcome::Found(findings);
    }
    let count: usize = records.parts.values().map(|part| part.records).sum();
    Outcome::Well(match age {
        Some(age) => format!("{count} records, {age} minutes old, none left out"),
        None => "being pulled for the first time".to_owned(),
    })
}

/// The most frequent reasons first.
fn reasons(listed: &[Odd]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for odd in listed {
        *counts.entry(&odd.why).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(why, count)| (std::cmp::Reverse(*count), *why));
    let more = counts.len().saturating_sub(REASONS);
    let mut told: Vec<String> = counts
        .into_iter()
        .take(REASONS)
        .map(|(why, count)| format!("{why} ({count})"))
        .collect();
    if more > 0 {
        told.push(format!("{more} other reasons"));
    }
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str, now: i64) -> Outcome {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("copy")).unwrap();
        std::fs::write(folder.path().join("copy/report.json"), json).unwrap();
        let now = OffsetDateTime::from_unix_timestamp(now).unwrap();
        look(folder.path(), "https://e.net/", now, 30)
    }

    #[test]
    fn the_age_the_trouble_and_what_is_left_out_are_told() {
        let report = r#"{"format":1,"instance":"https://e.net/","taken":0,"records":{"parts":{
            "prices":{"records":7,"fresh":60,"took":1,"trouble":null},
            "stock":{"records":3,"fresh":600,"took":1,"trouble":TROUBLE}},"left_out":ODD}}"#;
        let sound = report.replace("TROUBLE", "null").replace("ODD", "{}");
        assert_eq!(
            told(&sound, 660),
            Outcome::Well("10 records, 10 minutes old, none left out".to_owned())
        );
        let spoiled = report.replace("TROUBLE", "\"away\"").replace(
            "ODD",
            r#"{"product":{"count":4,"first":[{"id":null,"name":"A","why":"no unit"},{"why":"no group"},{"why":"no unit"}]}}"#,
        );
        assert_eq!(
            told(&spoiled, 60 + 31 * 60),
            Outcome::Found(vec![
                Finding::CopyOld { minutes: 31 },
                Finding::CopyTrouble {
                    part: "stock".to_owned(),
                    why: "away".to_owned()
                },
                Finding::LeftOut {
                    what: "product".to_owned(),
                    count: 4,
                    why: "no unit (2), no group (1)".to_owned()
                },
            ])
        );
    }

    #[test]
    fn no_copy_one_of_another_instance_and_a_broken_one_are_told_apart() {
        let now = OffsetDateTime::UNIX_EPOCH;
        let nowhere = tempfile::tempdir().unwrap();
        assert!(matches!(
            look(nowhere.path(), "https://e.net/", now, 30),
            Outcome::Well(text) if text.starts_with("none yet")
        ));
        let other = r#"{"instance":"https://other.net/","records":{}}"#;
        assert!(matches!(told(other, 0), Outcome::Well(text) if text.starts_with("of another")));
        assert_eq!(told("{", 0), Outcome::Found(vec![Finding::CopyUnreadable]));
    }
}
