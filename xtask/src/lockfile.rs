//! What may be in `Cargo.lock`: one of each of the crates whose types meet, and no second TLS.

use std::collections::BTreeMap;

/// Crates that must be there exactly once, because their types or their state would otherwise not be the same.
const ONCE: &[&str] = &[
    "axum",
    "http",
    "leptos",
    "reqwest",
    "rustls",
    "sqlx-core",
    "tokio",
    "tower-http",
    "tower-sessions-core",
    "wasm-bindgen",
];

/// Crates that must not be there, and why.
const NEVER: &[(&str, &str)] = &[
    (
        "openssl-sys",
        "TLS is rustls; the build needs no system library",
    ),
    (
        "native-tls",
        "TLS is rustls; the build needs no system library",
    ),
    ("aws-lc-rs", "the one provider of cryptography is ring"),
];

/// Every fault of a lock file, in words.
pub(crate) fn faults(lock: &str) -> Vec<String> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut name = None;
    for line in lock.lines() {
        if let Some(value) = value_of(line, "name") {
            name = Some(value);
        } else if let (Some(version), Some(name)) = (value_of(line, "version"), name.take()) {
            versions.entry(name).or_default().push(version);
        }
    }
    let copies = ONCE
        .iter()
        .filter_map(|name| match versions.get(name).map(Vec::as_slice) {
            Some([_]) => None,
            Some(several) => Some(format!(
                "{name} is there {} times: {}",
                several.len(),
                several.join(", ")
            )),
            None => Some(format!(
                "{name} is not there: the list in xtask/src/lockfile.rs is out of date"
            )),
        });
    let unwanted = NEVER
        .iter()
        .filter(|(name, _)| versions.contains_key(name))
        .map(|(name, why)| format!("{name} is there: {why}"));
    copies.chain(unwanted).collect()
}

fn value_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?
        .strip_prefix(" = \"")?
        .strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(packages: &[(&str, &str)]) -> String {
        let entries: Vec<String> = packages
            .iter()
            .map(|(name, version)| {
                format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\ndependencies = [\n \"x\",\n]\n")
            })
            .collect();
        entries.join("\n")
    }

    fn all_once() -> Vec<(&'static str, &'static str)> {
        ONCE.iter().map(|name| (*name, "1.0.0")).collect()
    }

    #[test]
    fn one_of_each_is_well() {
        assert_eq!(faults(&lock(&all_once())), Vec::<String>::new());
    }

    #[test]
    fn a_second_copy_and_an_unwanted_crate_are_faults() {
        let mut packages = all_once();
        packages.push(("axum", "0.7.9"));
        packages.push(("native-tls", "0.2.0"));
        let found = faults(&lock(&packages));
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(
            found.first().unwrap(),
            "axum is there 2 times: 1.0.0, 0.7.9"
        );
        assert!(
            found
                .get(1)
                .unwrap()
                .starts_with("native-tls is there: TLS is rustls")
        );
    }

    #[test]
    fn a_list_that_names_a_crate_nobody_uses_is_a_fault() {
        let packages = all_once();
        let (_, rest) = packages.split_first().unwrap();
        assert_eq!(faults(&lock(rest)).len(), 1);
    }
}
