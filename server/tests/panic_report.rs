//! What is told of a panic (Z2, test 39 of the forty). A program of its own: the report is one for the whole process.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{
    io, panic,
    sync::{Arc, Mutex},
};

const SECRET: &str = "Never+show/this=to~anyone&7f3a";

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn z2_a_panic_report_tells_the_place_and_the_request_and_nothing_that_was_said() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_writer(move || writer.clone())
        .finish();
    server::panics::tell_without_words();
    tracing::subscriber::with_default(subscriber, || {
        let span = tracing::info_span!("request", id = "4711");
        let _in = span.enter();
        let ended = panic::catch_unwind(|| panic!("the secret is {SECRET}"));
        assert!(ended.is_err());
        let owned = panic::catch_unwind(|| {
            SECRET.parse::<u8>().map_err(|_| SECRET).unwrap();
        });
        assert!(owned.is_err());
    });
    drop(panic::take_hook());
    let told = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert_eq!(told.lines().count(), 2, "{told}");
    for line in told.lines() {
        assert!(
            line.contains("panic_report.rs") && line.contains("4711"),
            "{line}"
        );
        assert!(line.contains("\"kind\":\"panic\""), "{line}");
        assert!(!line.contains(SECRET) && !line.contains("secret"), "{line}");
    }
}

/// A pipe that nobody reads any more makes whatever prints panic: a panic of the real program, in whichever command.
#[test]
fn z2_a_panic_of_any_command_tells_its_place_and_nothing_that_was_said() {
    let folder = tempfile::tempdir().unwrap();
    for words in [&["doctor"][..], &["secret"], &["--help"]] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let ended = std::process::Command::new(env!("CARGO_BIN_EXE_server"))
            .args(words)
            .env_clear()
            .env("VITRINA_INSTANCE", "http://127.0.0.1:1")
            .env("VITRINA_CLIENT_ID", "shop")
            .env("VITRINA_CLIENT_SECRET", SECRET)
            .current_dir(folder.path())
            .stdout(writer)
            .output()
            .unwrap();
        let told = String::from_utf8(ended.stderr).unwrap();
        assert!(!ended.status.success(), "{words:?}: {told}");
        assert_eq!(told.lines().count(), 1, "{words:?}: {told}");
        assert!(told.contains("please report the file and the line: "));
        // Neither the panic's own words nor ours.
        for said in ["panicked", "printing", "pipe", SECRET] {
            assert!(!told.contains(said), "{words:?}: {told}");
        }
    }
}
