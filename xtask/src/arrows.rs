//! Who may know whom: the arrows of the architecture, checked on cargo's own trees.
//!
//! A rule names a tree (what cargo is asked) and the crates that must not be in it, each with the reason that a reader of
//! the failure needs.

use std::collections::BTreeSet;

use crate::lockfile;
use crate::process::Program;
use crate::workspace::Workspace;

/// One tree and what it must not hold.
struct Arrow {
    about: &'static str,
    /// Words after `cargo tree`.
    tree: &'static [&'static str],
    never: &'static [(&'static str, &'static str)],
}

const SECRETS: &str = "secrets and tokens stay on the server";
const SERVER_ONLY: &str = "the browser asks the portal, never ERP.net or a database";
const OURS: &str = "an arrow of the architecture points the other way";
const TWO_READINGS: &str = "the demo instance is a second reading of ERP.net's documents: a shared mistake would cancel out";

const ARROWS: &[Arrow] = &[
    Arrow {
        about: "what is sent to the browser",
        tree: &[
            "--package=frontend",
            "--target=wasm32-unknown-unknown",
            "--edges=normal",
        ],
        never: &[
            ("secrecy", SECRETS),
            ("openidconnect", SECRETS),
            ("oauth2", SECRETS),
            ("tower-sessions", SECRETS),
            ("tower-sessions-core", SECRETS),
            ("ring", SECRETS),
            ("rsa", SECRETS),
            ("reqwest", SERVER_ONLY),
            ("sqlx", SERVER_ONLY),
            ("sqlx-core", SERVER_ONLY),
            ("tokio", SERVER_ONLY),
            ("hyper", SERVER_ONLY),
            ("axum", SERVER_ONLY),
            ("rustls", SERVER_ONLY),
            (
                "leptos_axum",
                "the feature `ssr` of `app` must not reach the browser",
            ),
            ("erp", OURS),
            ("server", OURS),
            ("demo", OURS),
        ],
    },
    Arrow {
        about: "the pages, as the server renders them",
        tree: &["--package=app", "--features=ssr", "--edges=normal"],
        never: &[
            ("secrecy", SECRETS),
            ("openidconnect", SECRETS),
            ("tower-sessions", SECRETS),
            ("reqwest", "pages ask the store through its trait"),
            ("sqlx", "pages ask the store through its trait"),
            ("erp", OURS),
            ("server", OURS),
            ("demo", OURS),
        ],
    },
    Arrow {
        about: "the model of the store",
        tree: &["--package=vitrina", "--edges=normal"],
        never: &[
            ("leptos", "the model knows no framework"),
            ("axum", "the model knows no framework"),
            ("tokio", "the model does no input or output"),
            ("reqwest", "the model does no input or output"),
            ("secrecy", SECRETS),
            ("app", OURS),
            ("erp", OURS),
            ("server", OURS),
            ("demo", OURS),
        ],
    },
    Arrow {
        about: "the client of ERP.net",
        tree: &["--package=erp", "--edges=normal"],
        never: &[
            ("axum", "the client knows no visitors, cookies or pages"),
            ("leptos", "the client knows no visitors, cookies or pages"),
            (
                "tower-sessions",
                "the client knows no visitors, cookies or pages",
            ),
            ("app", OURS),
            ("server", OURS),
            ("demo", TWO_READINGS),
        ],
    },
    Arrow {
        about: "the demo instance, with its tests",
        tree: &["--package=demo", "--edges=normal,build,dev"],
        never: &[
            ("vitrina", TWO_READINGS),
            ("erp", TWO_READINGS),
            ("app", OURS),
            ("server", OURS),
        ],
    },
    Arrow {
        about: "the portal as it is released",
        tree: &[
            "--package=server",
            "--no-default-features",
            "--edges=normal",
        ],
        never: &[(
            "demo",
            "a release holds no identity provider with known passwords",
        )],
    },
];

/// Every arrow that points the wrong way, and every fault of the lock file.
///
/// # Errors
///
/// When cargo cannot be asked.
pub(crate) fn faults(workspace: &Workspace) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for arrow in ARROWS {
        let tree = Program::cargo(workspace)
            .args(["tree", "--locked", "--prefix=none", "--format={p}"])
            .args(arrow.tree)
            .read()?;
        found.extend(arrow.faults(&tree));
    }
    let lock = workspace.root().join("Cargo.lock");
    let lock =
        std::fs::read_to_string(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    found.extend(lockfile::faults(&lock));
    Ok(found)
}

impl Arrow {
    fn faults(&self, tree: &str) -> Vec<String> {
        let present: BTreeSet<&str> = tree
            .lines()
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        self.never
            .iter()
            .filter(|(name, _)| present.contains(name))
            .map(|(name, why)| {
                format!(
                    "{} ({}) must not hold {name}: {why}. `cargo tree {} --invert={name}` shows the way in.",
                    self.about,
                    self.tree.first().map_or("", |word| word.trim_start_matches("--package=")),
                    self.tree.join(" ")
                )
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrow(package: &str) -> &'static Arrow {
        ARROWS
            .iter()
            .find(|arrow| {
                arrow
                    .tree
                    .first()
                    .is_some_and(|word| *word == format!("--package={package}"))
            })
            .unwrap()
    }

    #[test]
    fn a_clean_tree_passes() {
        let tree = "frontend v0.1.0 (/shop/frontend)\napp v0.1.0 (/shop/app)\nleptos v0.8.23\nserde v1.0.0 (*)\n";
        assert_eq!(arrow("frontend").faults(tree), Vec::<String>::new());
    }

    #[test]
    fn each_forbidden_crate_is_found_wherever_it_comes_in() {
        for arrow in ARROWS {
            for (name, why) in arrow.never {
                let tree = format!("x v0.1.0\nserde v1.0.0\n{name} v1.2.3 (*)\n");
                let found = arrow.faults(&tree);
                assert_eq!(found.len(), 1, "{name}");
                assert!(found.concat().contains(why), "{name}");
            }
        }
    }

    #[test]
    fn a_name_that_only_begins_like_a_forbidden_one_is_not_found() {
        assert_eq!(
            arrow("frontend")
                .faults("reqwest-middleware v1.0.0\ntokio-stream v0.1.0\nerp-net v0.1.0\n"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn the_failure_says_where_why_and_how_to_look() {
        let found = arrow("server")
            .faults("server v0.1.0\ndemo v0.1.0\n")
            .concat();
        assert!(
            found.starts_with("the portal as it is released (server) must not hold demo:"),
            "{found}"
        );
        assert!(found.contains("--invert=demo"), "{found}");
    }
}
