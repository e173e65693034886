//! The tools that the build and the tests need, at the versions they were tried with, installed where they are missing.
//!
//! A tool is looked for in the project's own folder and then on PATH, and asked for its version; so a second start takes
//! no time, and a machine that has the right ones already installs nothing.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{Program, environment};
use crate::terminal::{Outcome, say, step};
use crate::workspace::Workspace;

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// A command that `cargo install` compiles.
struct Compiled {
    package: &'static str,
    command: &'static str,
    version: &'static str,
    /// Crates it is made of, for the progress line.
    crates: usize,
    options: &'static [&'static str],
    /// Measured on two cores.
    minutes: &'static str,
}

const WASM_BINDGEN: Compiled = Compiled {
    package: "wasm-bindgen-cli",
    command: "wasm-bindgen",
    // Equal to the patch to the library `wasm-bindgen` in the root manifest; `wasm_bindgen_fits_the_library` compares.
    version: "0.2.130",
    crates: 165,
    // Not `--locked`: the lock file it was published with names a version that was withdrawn.
    options: &[],
    minutes: "2 minutes",
};

const CARGO_LEPTOS: Compiled = Compiled {
    package: "cargo-leptos",
    command: "cargo-leptos",
    version: "0.3.11",
    crates: 600,
    // One crate in its lock file claims to want a newer Rust than it does. `no_downloads`: what it misses is an error at
    // once instead of a download at the end of the build.
    options: &[
        "--locked",
        "--ignore-rust-version",
        "--features",
        "no_downloads",
    ],
    minutes: "5 minutes",
};

/// Unoptimised: these tools run for seconds, and optimising them takes longer than all the runs together.
const LIGHT: &[(&str, &str)] = &[
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
    ("CARGO_PROFILE_RELEASE_STRIP", "none"),
];

/// Where Debian and others put Chromium, in the order in which they are tried.
const CHROMIUM: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
];
const CHROMIUM_PACKAGES: &[&str] = &["chromium", "fonts-dejavu-core"];

/// What `cargo xtask tools` does: everything.
pub(crate) fn all(workspace: &Workspace, _: &[String]) -> Outcome {
    for_site(workspace)?;
    for_browser_tests(workspace)?;
    say("everything is there");
    Ok(())
}

/// What a debug build of the site needs: the WASM target, wasm-bindgen, cargo-leptos.
pub(crate) fn for_site(workspace: &Workspace) -> Outcome {
    wasm_target(workspace)?;
    let missing: Vec<&Compiled> = [&WASM_BINDGEN, &CARGO_LEPTOS]
        .into_iter()
        .filter(|tool| !is_there(workspace, tool))
        .collect();
    if !missing.is_empty() {
        let list: Vec<String> = missing
            .iter()
            .map(|tool| format!("{} {} (about {})", tool.package, tool.version, tool.minutes))
            .collect();
        say(format!(
            "installing into .tools, once, compiled from source: {}; times are for 2 cores",
            list.join(", ")
        ));
    }
    for tool in missing {
        install(workspace, tool)?;
    }
    Ok(())
}

/// What a release build needs besides: wasm-opt.
pub(crate) fn for_release(workspace: &Workspace) -> Outcome {
    for_site(workspace)?;
    npm_packages(workspace)
}

/// What the browser tests need besides the site: their npm packages and Chromium.
pub(crate) fn for_browser_tests(workspace: &Workspace) -> Outcome {
    npm_packages(workspace)?;
    if chromium().is_none() {
        install_chromium(workspace)?;
    }
    Ok(())
}

/// Whether the long first build is still to come.
pub(crate) fn is_first_start(workspace: &Workspace) -> bool {
    !is_there(workspace, &CARGO_LEPTOS)
}

/// The browser: `END2END_CHROMIUM`, else the first known name on PATH.
pub(crate) fn chromium() -> Option<PathBuf> {
    if let Some(named) = environment("END2END_CHROMIUM") {
        return Some(PathBuf::from(named)).filter(|path| path.is_file());
    }
    CHROMIUM.iter().find_map(|name| on_path(name))
}

fn wasm_target(workspace: &Workspace) -> Outcome {
    let sysroot = Program::new(workspace, "rustc")
        .args(["--print", "sysroot"])
        .read()?;
    let library = Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(WASM_TARGET)
        .join("lib");
    if library.is_dir() {
        return Ok(());
    }
    step("Rust's library for WebAssembly", || {
        Program::new(workspace, "rustup")
            .args(["target", "add", WASM_TARGET])
            .run()
    })
}

fn is_there(workspace: &Workspace, tool: &Compiled) -> bool {
    Program::new(workspace, tool.command)
        .arg("--version")
        .read()
        .is_ok_and(|answer| says_version(&answer, tool.version))
}

/// `wasm-bindgen 0.2.130`, `cargo-leptos 0.3.11`.
fn says_version(answer: &str, version: &str) -> bool {
    answer.split_whitespace().nth(1) == Some(version)
}

fn install(workspace: &Workspace, tool: &Compiled) -> Outcome {
    // A folder that stays when the installation is interrupted: the next start goes on where this one stopped.
    let build = workspace.tools().join("build");
    step(&format!("{} {}", tool.package, tool.version), || {
        let mut compiled = 0_usize;
        let program = LIGHT
            .iter()
            .fold(Program::cargo(workspace), |program, (name, value)| {
                program.env(name, value)
            })
            // Flags of the surrounding shell are for other programs.
            .env("RUSTFLAGS", "")
            .args(["install", "--root"])
            .arg(workspace.tools())
            .arg("--target-dir")
            .arg(&build)
            .args(tool.options)
            .args(["--version", tool.version, tool.package]);
        program.run_with_progress(|line| {
            let line = line.trim_start();
            if line.starts_with("Compiling ") {
                compiled += 1;
                Some(format!(
                    "{compiled} of about {} crates compiled",
                    tool.crates
                ))
            } else if line.starts_with("Downloading ") || line.starts_with("Updating ") {
                Some("downloading".to_owned())
            } else {
                None
            }
        })
    })?;
    if !is_there(workspace, tool) {
        return Err(format!(
            "{} was installed, but does not answer as version {}",
            tool.command, tool.version
        ));
    }
    // Hundreds of megabytes that nothing needs any more.
    fs::remove_dir_all(&build)
        .map_err(|error| format!("{} cannot be removed: {error}", build.display()))
}

/// The packages of `end2end/package-lock.json`: Playwright, axe, and Binaryen's wasm-opt.
fn npm_packages(workspace: &Workspace) -> Outcome {
    let lock = workspace.end2end().join("package-lock.json");
    let wanted =
        fs::read_to_string(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    // Inside node_modules, so that whoever removes that folder removes the mark too.
    let mark = workspace.end2end().join("node_modules/.installed-from");
    if fs::read_to_string(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    step("npm packages of end2end", || {
        Program::new(workspace, "npm")
            .folder(&workspace.end2end())
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
            .run()
    })?;
    fs::write(&mark, wanted).map_err(|error| format!("{}: {error}", mark.display()))
}

fn install_chromium(workspace: &Workspace) -> Outcome {
    let by_hand = format!(
        "apt-get update && apt-get install --yes --no-install-recommends {}",
        CHROMIUM_PACKAGES.join(" ")
    );
    let is_root = Program::new(workspace, "id").arg("-u").read()?.trim() == "0";
    if !is_root || on_path("apt-get").is_none() {
        return Err(format!(
            "the browser tests need Chromium, and it is installed by the system's administrator:\n\n    sudo sh -c '{by_hand}'\n\nor name a Chromium that is there: END2END_CHROMIUM=/path/to/chromium"
        ));
    }
    step("Chromium, from Debian", || {
        let apt = || Program::new(workspace, "apt-get").env("DEBIAN_FRONTEND", "noninteractive");
        apt().args(["update", "--quiet=2"]).run()?;
        apt()
            .args(["install", "--quiet=2", "--yes", "--no-install-recommends"])
            .args(CHROMIUM_PACKAGES)
            .run()
    })
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = environment("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_taken_only_at_its_exact_version() {
        assert!(says_version("wasm-bindgen 0.2.130\n", "0.2.130"));
        assert!(!says_version("wasm-bindgen 0.2.13\n", "0.2.130"));
        assert!(!says_version("wasm-bindgen 0.2.1300\n", "0.2.130"));
        assert!(!says_version("", "0.2.130"));
    }

    #[test]
    fn wasm_bindgen_fits_the_library() {
        let lock = include_str!("../../Cargo.lock");
        let entry = format!(
            "name = \"wasm-bindgen\"\nversion = \"{}\"",
            WASM_BINDGEN.version
        );
        assert!(
            lock.contains(&entry),
            "Cargo.lock holds another wasm-bindgen than {}",
            WASM_BINDGEN.version
        );
    }
}
