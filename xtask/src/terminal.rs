//! What the reader of the terminal sees: named steps with their time, and failures with the way out.

use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// A command either did its work or says in whole sentences why not and what to do.
pub(crate) type Outcome = Result<(), String>;

/// A line that stands out from the output of the programs called.
pub(crate) fn say(text: impl Display) {
    println!("{} {text}", paint("▸", "1;34"));
}

/// A failure, last thing on the screen.
pub(crate) fn failed(why: impl Display) {
    println!("\n{} {why}", paint("✗", "1;31"));
}

/// Does one named step and says how long it took.
///
/// # Errors
///
/// What the step itself answers.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    println!("{} {name} …", paint("▸", "1;34"));
    let start = Instant::now();
    let outcome = work();
    let took = elapsed(start.elapsed());
    match &outcome {
        Ok(_) => println!("{} {name}: {took}", paint("✓", "1;32")),
        Err(_) => println!("{} {name}: failed after {took}", paint("✗", "1;31")),
    }
    outcome
}

/// `2 min 5 s`, `7.3 s`.
pub(crate) fn elapsed(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

/// One line that is written over while something long is going on; outside a terminal it speaks up every half minute.
#[derive(Debug)]
pub(crate) struct Progress {
    start: Instant,
    spoke: Instant,
    interval: Duration,
    overwrite: bool,
}

impl Progress {
    pub(crate) fn start() -> Self {
        let now = Instant::now();
        let overwrite = std::io::stdout().is_terminal();
        Self {
            start: now,
            spoke: now,
            interval: Duration::from_secs(if overwrite { 1 } else { 30 }),
            overwrite,
        }
    }

    /// How long to wait for news before calling [`Progress::tick`] again.
    pub(crate) const TICK: Duration = Duration::from_secs(1);

    /// Shows `text` with the time gone by, if it is time to.
    pub(crate) fn tick(&mut self, text: impl Display) {
        if self.spoke.elapsed() < self.interval {
            return;
        }
        self.spoke = Instant::now();
        let time = elapsed(Duration::from_secs(self.start.elapsed().as_secs()));
        if self.overwrite {
            print!("\r\x1b[2K    {text}, {time}");
            // A terminal that went away is no reason to stop working.
            let _ = std::io::stdout().flush();
        } else {
            println!("    {text}, {time}");
        }
    }

    /// Leaves the line empty for what comes next.
    pub(crate) fn finish(&self) {
        if self.overwrite {
            print!("\r\x1b[2K");
            let _ = std::io::stdout().flush();
        }
    }
}

fn paint(text: &str, colour: &str) -> String {
    if std::io::stdout().is_terminal() {
        format!("\x1b[{colour}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_people_say_them() {
        let cases = [
            (Duration::from_millis(7_340), "7.3 s"),
            (Duration::from_secs(59), "59.0 s"),
            (Duration::from_mins(1), "1 min 0 s"),
            (Duration::from_secs(61 * 60 + 5), "61 min 5 s"),
        ];
        for (time, words) in cases {
            assert_eq!(elapsed(time), words);
        }
    }
}
