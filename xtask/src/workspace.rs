//! Where things lie.

use std::path::{Path, PathBuf};

use crate::process;

/// The checkout this command works on.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The checkout that this program was compiled from.
    pub(crate) fn find() -> Result<Self, String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .ok_or("the folder xtask has no parent")?
            .to_path_buf();
        let target = process::environment("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |folder| root.join(folder));
        Ok(Self { root, target })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's artefacts; follows `CARGO_TARGET_DIR`.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// What this project installs for itself.
    pub(crate) fn tools(&self) -> PathBuf {
        self.root.join(".tools")
    }

    /// Commands that `cargo install` put there.
    pub(crate) fn tools_bin(&self) -> PathBuf {
        self.tools().join("bin")
    }

    /// The browser tests and their npm packages.
    pub(crate) fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// Commands of the npm packages.
    pub(crate) fn npm_bin(&self) -> PathBuf {
        self.end2end().join("node_modules/.bin")
    }

    /// The finished site: scripts, WASM, styles, public files. `site-root` in the root manifest, whatever the target folder.
    pub(crate) fn site(&self) -> PathBuf {
        self.root.join("target/site")
    }
}
