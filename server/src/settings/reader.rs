//! Reads settings one by one and remembers what is wrong with them.

use std::fmt;

use super::Input;

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Its name.
    pub setting: String,
    /// What is wrong. Never holds the value of a secret.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

/// All mistakes of all settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the settings cannot be used:")?;
        for Mistake {
            setting,
            problem,
            remedy,
        } in &self.0
        {
            writeln!(f, "  {setting} {problem}; {remedy}")?;
        }
        Ok(())
    }
}

pub(super) struct Reader<'a> {
    input: &'a Input,
    mistakes: Vec<Mistake>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(input: &'a Input) -> Self {
        Self {
            input,
            mistakes: Vec::new(),
        }
    }

    pub(super) fn mistake(
        &mut self,
        setting: &str,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.mistakes.push(Mistake {
            setting: setting.to_owned(),
            problem: problem.into(),
            remedy: remedy.into(),
        });
    }

    /// A misspelt name is a setting that silently does nothing: refused where it can only be meant for us.
    pub(super) fn refuse_unknown(&mut self, known: &[&str]) {
        for name in self
            .input
            .names()
            .filter(|name| !known.contains(name) && name.starts_with("VITRINA_"))
        {
            self.mistakes.push(Mistake {
                setting: name.to_owned(),
                problem: "is no setting".to_owned(),
                remedy: "check its spelling".to_owned(),
            });
        }
    }

    /// The text of a setting; blank is the same as not set.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.input
            .get(name)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// A setting that is not needed; none also if it is wrong, which is then remembered.
    pub(super) fn given<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match read(self.text(name)?) {
            Ok(value) => Some(value),
            Err(remedy) => {
                self.mistake(name, "cannot be used", remedy);
                None
            }
        }
    }

    /// A setting with a default; none only if it is wrong, which is then remembered.
    pub(super) fn parsed<T>(
        &mut self,
        name: &str,
        default: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match read(self.text(name).unwrap_or(default)) {
            Ok(value) => Some(value),
            Err(remedy) => {
                self.mistake(name, "cannot be used", remedy);
                None
            }
        }
    }

    pub(super) fn finish(self) -> Result<(), Mistakes> {
        if self.mistakes.is_empty() {
            Ok(())
        } else {
            Err(Mistakes(self.mistakes))
        }
    }
}

/// A whole number from one on.
pub(super) fn positive(text: &str) -> Result<u32, String> {
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| "write a whole number from 1 on".to_owned())
}
