//! The shop itself: run, watched, built, photographed.

use crate::checks;
use crate::ports;
use crate::process::Program;
use crate::search;
use crate::sizes;
use crate::terminal::{Outcome, say, step};
use crate::tools;
use crate::workspace::Workspace;

/// Where the shop listens; also `site-addr` in the root manifest.
const SHOP_PORT: u16 = 3000;
/// Where cargo-leptos tells the browser of changes; also `reload-port` in the root manifest.
const RELOAD_PORT: u16 = 3001;
/// Where the demo instance listens if the port is free.
const DEMO_PORT: u16 = 4000;

/// `cargo xtask run`: installs, builds, and becomes the portal, which starts the demo instance itself.
pub(crate) fn run(workspace: &Workspace, _: &[String]) -> Outcome {
    ports::must_be_free(SHOP_PORT)?;
    announce_first_start(workspace);
    tools::for_site(workspace)?;
    step("the site and the portal", || build_debug(workspace))?;
    let demo = ports::wanted_or_any(DEMO_PORT)?;
    say(format!(
        "starting: the shop will be at http://localhost:{SHOP_PORT}, the demo ERP.net instance at http://127.0.0.1:{demo}; Ctrl-C stops both"
    ));
    portal(workspace, SHOP_PORT, demo).become_it()
}

/// `cargo xtask demo`: only the stand-in for ERP.net.
pub(crate) fn demo(workspace: &Workspace, words: &[String]) -> Outcome {
    Program::cargo(workspace)
        .args(["run", "--package=demo", "--"])
        .args(words)
        .become_it()
}

/// `cargo xtask watch`: `cargo leptos watch` with everything it needs.
pub(crate) fn watch(workspace: &Workspace, words: &[String]) -> Outcome {
    ports::must_be_free(SHOP_PORT)?;
    ports::must_be_free(RELOAD_PORT)?;
    announce_first_start(workspace);
    tools::for_site(workspace)?;
    say(format!(
        "watching: the shop will be at http://localhost:{SHOP_PORT}; Ctrl-C stops it"
    ));
    Program::cargo(workspace)
        .env("VITRINA_DATA", workspace.root().join(".data"))
        .args(["leptos", "watch"])
        .args(words)
        .become_it()
}

/// `cargo xtask build`: what is released, and what it weighs.
pub(crate) fn build(workspace: &Workspace, _: &[String]) -> Outcome {
    tools::for_release(workspace)?;
    step("release build of the site and the portal", || {
        Program::cargo(workspace)
            .env("LEPTOS_HASH_FILES", "true")
            .args(["leptos", "build", "--release", "--precompress"])
            // In place of the `demo` of the root manifest: a release holds no demo instance.
            .args(["--bin-features", ""])
            .run()
    })?;
    let sizes = sizes::of_site(&workspace.site().join("pkg"))?;
    say(format!("sizes in bytes\n{}", sizes::table(&sizes)));
    let broken = sizes::faults(&sizes);
    if broken.is_empty() {
        say(format!(
            "portal: {}; site: {}",
            workspace.target().join("server-release/server").display(),
            workspace.site().display()
        ));
        Ok(())
    } else {
        Err(broken.join("\n"))
    }
}

/// `cargo xtask screenshots`: pages × widths × themes × languages.
pub(crate) fn screenshots(workspace: &Workspace, words: &[String]) -> Outcome {
    tools::for_site(workspace)?;
    tools::for_browser_tests(workspace)?;
    step("the site and the portal", || {
        build_for_browser_tests(workspace)
    })?;
    step("screenshots", || {
        checks::playwright(workspace)?
            .args(["--config=screenshots.config.ts"])
            .args(words)
            .run()
    })?;
    say(format!(
        "pictures: {}",
        workspace.root().join("target/screenshots").display()
    ));
    Ok(())
}

/// The site and the portal with the demo instance in it, as quickly as they compile.
pub(crate) fn build_debug(workspace: &Workspace) -> Outcome {
    Program::cargo(workspace).args(["leptos", "build"]).run()
}

/// The same beside a secret that must not get into it, and the demo instance as a program of its own: browser tests give it another
/// one that they can look for.
pub(crate) fn build_for_browser_tests(workspace: &Workspace) -> Outcome {
    let (name, secret) = search::SECRET_AT_BUILD;
    let with_secret = || Program::cargo(workspace).env(name, secret);
    with_secret().args(["leptos", "build"]).run()?;
    with_secret()
        .args(["build", "--locked", "--bins"])
        // Together, so that what both depend on is compiled with the features it has in the portal.
        .args([
            "--package=server",
            "--package=demo",
            "--no-default-features",
            "--features=server/demo",
        ])
        .run()
}

/// The built portal; everything cargo-leptos would tell it stands in the environment.
fn portal(workspace: &Workspace, port: u16, demo: u16) -> Program {
    Program::new(workspace, workspace.target().join("debug/server"))
        .env("LEPTOS_OUTPUT_NAME", "vitrina")
        .env("LEPTOS_SITE_ROOT", workspace.site())
        .env("LEPTOS_SITE_PKG_DIR", "pkg")
        .env("VITRINA_DATA", workspace.root().join(".data"))
        .env("VITRINA_LISTEN", format!("127.0.0.1:{port}"))
        .env("VITRINA_DEMO_LISTEN", format!("127.0.0.1:{demo}"))
}

fn announce_first_start(workspace: &Workspace) {
    if tools::is_first_start(workspace) {
        say(
            "the first start installs the tools and compiles everything: 10 to 15 minutes on 2 cores. Later starts take seconds.",
        );
    } else if !workspace.target().join("debug/server").exists() {
        say(
            "the first start compiles everything: about 5 minutes on 2 cores. Later starts take seconds.",
        );
    }
}
