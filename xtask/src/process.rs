//! Calling other programs: with a clean environment, the project's own tools in front, and failures in words.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;

use crate::terminal::{Outcome, Progress};
use crate::workspace::Workspace;

/// A variable of the environment. The tasks have no settings of their own; this asks for those of cargo and the shell.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place of this program that reads the environment"
)]
pub(crate) fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// A program about to be called in the root of the checkout.
#[derive(Debug)]
pub(crate) struct Program {
    command: Command,
    line: String,
}

impl Program {
    pub(crate) fn new(workspace: &Workspace, name: impl AsRef<OsStr>) -> Self {
        let name = name.as_ref();
        let mut command = Command::new(name);
        command.current_dir(workspace.root());
        // `cargo run` describes this package to its child. Build scripts that look at these variables would run again on
        // each change between cargo and us.
        for (variable, _) in Self::inherited() {
            if describes_a_package(&variable) {
                command.env_remove(variable);
            }
        }
        let mut path = OsString::from(workspace.tools_bin());
        path.push(":");
        path.push(workspace.npm_bin());
        if let Some(rest) = environment("PATH") {
            path.push(":");
            path.push(rest);
        }
        command.env("PATH", path);
        Self {
            command,
            line: name.to_string_lossy().into_owned(),
        }
    }

    pub(crate) fn cargo(workspace: &Workspace) -> Self {
        Self::new(workspace, "cargo")
    }

    fn inherited() -> impl Iterator<Item = (String, OsString)> {
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
    }

    pub(crate) fn arg(mut self, word: impl AsRef<OsStr>) -> Self {
        self.line.push(' ');
        self.line.push_str(&word.as_ref().to_string_lossy());
        self.command.arg(word);
        self
    }

    pub(crate) fn args<T: AsRef<OsStr>>(self, words: impl IntoIterator<Item = T>) -> Self {
        words.into_iter().fold(self, Self::arg)
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs it before the reader's eyes.
    pub(crate) fn run(mut self) -> Outcome {
        let status = self
            .command
            .status()
            .map_err(|error| self.missing(&error))?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("`{}` ended with {status}", self.line))
        }
    }

    /// Gives this process to the program, so that Ctrl-C and every other signal reach it and nothing is left behind.
    pub(crate) fn become_it(mut self) -> Outcome {
        let error = self.command.exec();
        Err(self.missing(&error))
    }

    /// Runs it quietly and returns what it wrote.
    pub(crate) fn read(mut self) -> Result<String, String> {
        let output = self
            .command
            .output()
            .map_err(|error| self.missing(&error))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(format!(
                "`{}` ended with {}\n{}",
                self.line,
                output.status,
                String::from_utf8_lossy(&output.stderr).trim_end()
            ))
        }
    }

    /// Runs it with both streams shown and returns what it wrote, with the verdict beside: failing tests have words too.
    pub(crate) fn show_and_read(mut self) -> Result<(bool, String), String> {
        let mut child = self
            .command
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| self.missing(&error))?;
        let mut text = String::new();
        if let Some(stream) = child.stdout.take() {
            let mut out = std::io::stdout();
            for line in lines(stream) {
                // Written with the line end in one piece; the child's errors go to the terminal between lines.
                let _ = out.write_all(format!("{line}\n").as_bytes());
                text.push_str(&line);
                text.push('\n');
            }
        }
        let status = child.wait().map_err(|error| self.missing(&error))?;
        Ok((status.success(), text))
    }

    /// Runs something long: instead of its lines one line of progress, made by `news` from each line it writes to its error
    /// stream. When it fails, its last lines are shown.
    pub(crate) fn run_with_progress(
        mut self,
        mut news: impl FnMut(&str) -> Option<String>,
    ) -> Outcome {
        const KEPT: usize = 60;
        let mut child = self
            .command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| self.missing(&error))?;
        let (sender, receiver) = mpsc::channel();
        let reader = child.stderr.take().map(|stream| {
            std::thread::spawn(move || {
                for line in lines(stream) {
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            })
        });
        let mut progress = Progress::start();
        let mut text = String::from("starting");
        let mut last = std::collections::VecDeque::new();
        loop {
            match receiver.recv_timeout(Progress::TICK) {
                Ok(line) => {
                    if let Some(change) = news(&line) {
                        text = change;
                    }
                    if last.len() == KEPT {
                        last.pop_front();
                    }
                    last.push_back(line);
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
            progress.tick(&text);
        }
        progress.finish();
        if let Some(reader) = reader {
            reader
                .join()
                .map_err(|_| format!("reading from `{}` failed", self.line))?;
        }
        let status = child.wait().map_err(|error| self.missing(&error))?;
        if status.success() {
            return Ok(());
        }
        let tail: Vec<String> = last.into();
        Err(format!(
            "`{}` ended with {status}\n{}",
            self.line,
            tail.join("\n")
        ))
    }

    fn missing(&self, error: &std::io::Error) -> String {
        let name = self.command.get_program().to_string_lossy();
        if error.kind() == std::io::ErrorKind::NotFound {
            format!(
                "the program `{name}` is not installed, or not on PATH; it was needed for `{}`",
                self.line
            )
        } else {
            format!("`{}` could not be called: {error}", self.line)
        }
    }
}

/// Lines as far as they can be read; bytes that are no UTF-8 are replaced.
fn lines(stream: impl Read) -> impl Iterator<Item = String> {
    BufReader::new(stream)
        .split(b'\n')
        .map_while(Result::ok)
        .map(|line| {
            String::from_utf8_lossy(&line)
                .trim_end_matches('\r')
                .to_owned()
        })
}

fn describes_a_package(variable: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_"]
        .iter()
        .any(|start| variable.starts_with(start))
        || matches!(
            variable,
            "CARGO" | "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE" | "OUT_DIR"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_run_tells_about_xtask_is_not_handed_on() {
        for (variable, removed) in [
            ("CARGO_MANIFEST_DIR", true),
            ("CARGO_PKG_NAME", true),
            ("CARGO", true),
            ("CARGO_HOME", false),
            ("CARGO_TARGET_DIR", false),
            ("CARGO_TERM_COLOR", false),
        ] {
            assert_eq!(describes_a_package(variable), removed, "{variable}");
        }
    }
}
