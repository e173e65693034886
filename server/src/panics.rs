//! What is told of a panic: where, and for which request. Never what it said: a message is made of values, and any of them may be a
//! secret, a token or a name (Z2, Z3).

use std::{
    io::Write,
    panic::{self, PanicHookInfo},
};

/// From now on panics of this process are told so, by the log alone.
pub fn tell_without_words() {
    panic::set_hook(Box::new(told));
}

/// The same for commands, which have no log.
pub fn print_without_words() {
    panic::set_hook(Box::new(|panic| {
        let (file, line) = place(panic);
        // Where nobody listens there is nobody to tell.
        let _unheard = writeln!(
            std::io::stderr(),
            "the program did what it never should; please report the file and the line: {file}:{line}"
        );
    }));
}

fn place<'a>(panic: &'a PanicHookInfo<'_>) -> (&'a str, u32) {
    panic
        .location()
        .map_or(("unknown", 0), |place| (place.file(), place.line()))
}

fn told(panic: &PanicHookInfo<'_>) {
    let (file, line) = place(panic);
    // The span of the request stands around it, with the correlation id.
    tracing::error!(
        kind = "panic",
        file,
        line,
        "the program did what it never should; please report the file and the line"
    );
}
