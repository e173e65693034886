//! What a first visit downloads, against the budget.

use std::fs;
use std::path::Path;

/// Script and WASM of one page together, as sent (Brotli).
const SCRIPT_BUDGET: u64 = 150_000;
/// The style sheet, as sent (Brotli).
const STYLE_BUDGET: u64 = 12_000;

/// A file of the site with its sizes in bytes.
#[derive(Debug)]
pub(crate) struct Sized {
    pub(crate) name: String,
    pub(crate) raw: u64,
    pub(crate) gzip: u64,
    pub(crate) brotli: u64,
}

/// Script, WASM and styles below `pkg`, which was built with `--precompress`.
///
/// # Errors
///
/// In words, when a file or one of its compressed forms is not there.
pub(crate) fn of_site(pkg: &Path) -> Result<Vec<Sized>, String> {
    let entries = fs::read_dir(pkg).map_err(|error| format!("{}: {error}", pkg.display()))?;
    let mut sizes = Vec::new();
    for entry in entries {
        let path = entry
            .map_err(|error| format!("{}: {error}", pkg.display()))?
            .path();
        let kind = path
            .extension()
            .and_then(|kind| kind.to_str())
            .unwrap_or_default();
        if !matches!(kind, "js" | "wasm" | "css") {
            continue;
        }
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let size = |suffix: &str| {
            let file = pkg.join(format!("{name}{suffix}"));
            fs::metadata(&file)
                .map(|file| file.len())
                .map_err(|error| format!("{}: {error}", file.display()))
        };
        let sized = Sized {
            raw: size("")?,
            gzip: size(".gz")?,
            brotli: size(".br")?,
            name,
        };
        sizes.push(sized);
    }
    sizes.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(sizes)
}

/// Which budgets are broken, in words; a kind of file that is missing is a fault too.
pub(crate) fn faults(sizes: &[Sized]) -> Vec<String> {
    let sum = |kinds: &[&str]| -> u64 {
        sizes
            .iter()
            .filter(|file| kinds.iter().any(|kind| file.name.ends_with(kind)))
            .map(|file| file.brotli)
            .sum()
    };
    [
        ("script and WASM", sum(&[".js", ".wasm"]), SCRIPT_BUDGET),
        ("styles", sum(&[".css"]), STYLE_BUDGET),
    ]
    .into_iter()
    .filter_map(|(what, bytes, budget)| match bytes {
        0 => Some(format!("{what}: nothing was built")),
        bytes if bytes > budget => Some(format!(
            "{what}: {bytes} bytes (Brotli), the budget is {budget}"
        )),
        _ => None,
    })
    .collect()
}

/// A table for the terminal.
pub(crate) fn table(sizes: &[Sized]) -> String {
    let width = sizes
        .iter()
        .map(|file| file.name.len())
        .max()
        .unwrap_or_default();
    let mut lines = vec![format!(
        "{:width$} {:>10} {:>10} {:>10}",
        "file", "raw", "gzip", "brotli"
    )];
    lines.extend(sizes.iter().map(|file| {
        format!(
            "{:width$} {:>10} {:>10} {:>10}",
            file.name, file.raw, file.gzip, file.brotli
        )
    }));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, brotli: u64) -> Sized {
        Sized {
            name: name.to_owned(),
            raw: brotli * 4,
            gzip: brotli * 2,
            brotli,
        }
    }

    #[test]
    fn script_and_wasm_share_one_budget() {
        let fits = [
            file("vitrina.js", 50_000),
            file("vitrina.wasm", 100_000),
            file("vitrina.css", 12_000),
        ];
        assert_eq!(faults(&fits), Vec::<String>::new());
        let breaks = [
            file("vitrina.js", 50_001),
            file("vitrina.wasm", 100_000),
            file("vitrina.css", 12_000),
        ];
        assert_eq!(
            faults(&breaks),
            ["script and WASM: 150001 bytes (Brotli), the budget is 150000"]
        );
    }

    #[test]
    fn a_missing_style_sheet_does_not_pass_as_a_small_one() {
        assert_eq!(
            faults(&[file("vitrina.wasm", 10)]),
            ["styles: nothing was built"]
        );
    }
}
