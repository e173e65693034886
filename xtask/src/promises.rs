//! What `docs/security.md` promises: every place it names is there, and so is every test.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::workspace::Workspace;

const PAGE: &str = "docs/security.md";
/// Where tests stand.
const FOLDERS: &[&str] = &["src", "app", "server", "xtask", "end2end/tests"];

/// Places and tests that are named and not there.
///
/// # Errors
///
/// In words, when the page or a source cannot be read, or the page names no test at all.
pub(crate) fn broken(workspace: &Workspace) -> Result<Vec<String>, String> {
    let root = workspace.root();
    let page = read(&root.join(PAGE))?;
    let mut sources = String::new();
    for folder in FOLDERS {
        collect(&root.join(folder), &mut sources)?;
    }
    let named = rows(&page);
    if named.iter().all(|row| row.tests.is_empty()) {
        return Err(format!("{PAGE} names no test"));
    }
    let mut broken = BTreeSet::new();
    for row in named {
        for place in &row.places {
            if !root.join(place).exists() {
                broken.insert(format!("{PAGE}, {}: {place} is not there", row.rule));
            }
        }
        for test in &row.tests {
            if !is_a_test(&sources, test) {
                broken.insert(format!("{PAGE}, {}: there is no test `{test}`", row.rule));
            }
        }
    }
    Ok(broken.into_iter().collect())
}

/// One line of a table `rule | what | where | test`.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    rule: String,
    places: Vec<String>,
    tests: Vec<String>,
}

fn rows(page: &str) -> Vec<Row> {
    page.lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.strip_prefix('|')?.split('|').map(str::trim).collect();
            let [rule, _, places, tests, ..] = cells.as_slice() else {
                return None;
            };
            Some(Row {
                rule: (*rule).to_owned(),
                places: quoted(places),
                tests: quoted(tests),
            })
        })
        .collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// A function of this name, or a browser test with this title.
fn is_a_test(sources: &str, name: &str) -> bool {
    let plain = name
        .chars()
        .all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_');
    if plain {
        sources.contains(&format!("fn {name}("))
    } else {
        sources.contains(&format!("\"{name}\""))
    }
}

fn collect(folder: &Path, into: &mut String) -> Result<(), String> {
    let say = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(say)? {
        let path = entry.map_err(say)?.path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() {
            // What a build or the fuzzer leaves behind is no source.
            if name != "target" && name != "node_modules" && name != "corpus" {
                collect(&path, into)?;
            }
        } else if is_source(&path) {
            into.push_str(&read(&path)?);
        }
    }
    Ok(())
}

fn is_source(path: &Path) -> bool {
    path.extension()
        .is_some_and(|end| end == "rs" || end == "ts")
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_tests_are_read_from_their_columns() {
        let page = "# Title\n\n| rule | what | where | test |\n| --- | --- | --- | --- |\n\
                    | V9 | `iss` is equal | `server/erp` | `v9_a`, `a title` |\n| short | row |\n";
        let rows = rows(page);
        assert_eq!(
            rows.last(),
            Some(&Row {
                rule: "V9".to_owned(),
                places: vec!["server/erp".to_owned()],
                tests: vec!["v9_a".to_owned(), "a title".to_owned()],
            })
        );
        assert!(rows.iter().rev().skip(1).all(|row| row.tests.is_empty()));
    }

    #[test]
    fn a_test_is_a_function_or_a_title() {
        let sources = "async fn v9_a() {}\ntest(\"a title\", async () => {})";
        for (name, there) in [
            ("v9_a", true),
            ("v9", false),
            ("v9_a_and_more", false),
            ("a title", true),
            ("a tit", false),
        ] {
            assert_eq!(is_a_test(sources, name), there, "{name}");
        }
    }

    #[test]
    fn the_page_keeps_its_promises() {
        assert_eq!(
            broken(&Workspace::find().unwrap()),
            Ok(Vec::<String>::new())
        );
    }
}
