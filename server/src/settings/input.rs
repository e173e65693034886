//! Where settings come from. The only place of the project that reads the environment.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    path::{Path, PathBuf},
};

use super::{Mistake, Mistakes, NAMES, WATCH};

/// The file that is read from the working folder unless `VITRINA_SETTINGS` names another.
const FILE: &str = "vitrina.toml";
const PREFIX: &str = "VITRINA_";
/// Names the file itself.
const FILE_SETTING: &str = "VITRINA_SETTINGS";

/// Settings by name, before they are understood; and the one file that a setting may name.
#[derive(Clone, Default)]
pub struct Input {
    values: BTreeMap<String, String>,
    files: HashMap<PathBuf, String>,
    /// Variables that look like settings and are none.
    strange: Vec<String>,
}

impl Input {
    /// These settings, by their full names.
    pub fn new<K: Into<String>, V: Into<String>>(values: impl IntoIterator<Item = (K, V)>) -> Self {
        Self {
            values: values
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            files: HashMap::new(),
            strange: Vec::new(),
        }
    }

    /// With a file that settings may name; others are read from the disk.
    #[must_use]
    pub fn with_file(mut self, path: impl Into<PathBuf>, content: impl Into<String>) -> Self {
        self.files.insert(path.into(), content.into());
        self
    }

    /// The settings of this process: the file, and the environment, which wins.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub fn gather() -> Result<Self, Mistakes> {
        Self::of_environment(std::env::vars(), |path| std::fs::read_to_string(path))
    }

    /// The settings among these variables, over the file. Others under our prefix may be anybody's (Kubernetes makes some of a
    /// service's name), so they are told and not refused; in the file every name is ours.
    pub fn of_environment(
        variables: impl IntoIterator<Item = (String, String)>,
        read: impl Fn(&Path) -> io::Result<String>,
    ) -> Result<Self, Mistakes> {
        let (known, others): (BTreeMap<_, _>, BTreeMap<_, _>) =
            variables.into_iter().partition(|(name, _)| {
                NAMES.contains(&name.as_str()) || name == FILE_SETTING || name == WATCH
            });
        let mut input = Self::layered(known, read)?;
        input.strange = others
            .into_keys()
            .filter(|name| name.starts_with(PREFIX))
            .collect();
        Ok(input)
    }

    /// The environment over the file.
    pub fn layered(
        mut environment: BTreeMap<String, String>,
        read: impl Fn(&Path) -> io::Result<String>,
    ) -> Result<Self, Mistakes> {
        let named = environment
            .remove(FILE_SETTING)
            .filter(|name| !name.trim().is_empty());
        let path = PathBuf::from(named.as_deref().unwrap_or(FILE));
        let mistake = |problem: String, remedy: &str| {
            Mistakes(vec![Mistake {
                setting: path.display().to_string(),
                problem,
                remedy: remedy.to_owned(),
            }])
        };
        let mut values = match read(&path) {
            Ok(text) => from_toml(&text)
                .map_err(|problem| mistake(problem, "write `name = \"value\"`, one a line"))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => {
                BTreeMap::new()
            }
            Err(error) => {
                return Err(mistake(
                    format!("cannot be read ({error})"),
                    "check the path and its rights",
                ));
            }
        };
        values.extend(environment);
        Ok(Self {
            values,
            files: HashMap::new(),
            strange: Vec::new(),
        })
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    pub(super) fn strange(&self) -> &[String] {
        &self.strange
    }

    pub(super) fn secret_file(&self, path: &Path) -> io::Result<String> {
        match self.files.get(path) {
            Some(content) => Ok(content.clone()),
            None => std::fs::read_to_string(path),
        }
    }
}

/// `client_id = "shop"` is `VITRINA_CLIENT_ID`; a list is its items with commas between.
fn from_toml(text: &str) -> Result<BTreeMap<String, String>, String> {
    // The parser's own message repeats the line, which may hold the secret.
    let table: toml::Table = text.parse().map_err(|_| "is no TOML".to_owned())?;
    table
        .into_iter()
        .map(|(name, value)| {
            let text = match value {
                toml::Value::Array(items) => items
                    .into_iter()
                    .map(|item| scalar(&name, item))
                    .collect::<Result<Vec<_>, _>>()?
                    .join(","),
                single => scalar(&name, single)?,
            };
            Ok((format!("{PREFIX}{}", name.to_uppercase()), text))
        })
        .collect()
}

fn scalar(name: &str, value: toml::Value) -> Result<String, String> {
    match value {
        toml::Value::String(text) => Ok(text),
        toml::Value::Integer(number) => Ok(number.to_string()),
        toml::Value::Boolean(flag) => Ok(flag.to_string()),
        _ => Err(format!(
            "has a value of `{name}` that is neither text nor number"
        )),
    }
}
