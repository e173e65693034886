//! `$select` and nested `$expand` (domain-api.md §3).

use super::{Condition, Order, Served, condition, order, split_outside};
use crate::domain::fault::Fault;
use crate::domain::schema::{Attribute, Kind};

/// Which attributes of a row are returned.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    /// The default selection, alone or with `$select=default,…`.
    pub(crate) default: bool,
    /// Attributes that were named.
    pub(crate) named: Vec<&'static Attribute>,
    pub(crate) expansions: Vec<Expansion>,
}

/// One expanded reference or child list with its own options.
#[derive(Debug, Clone)]
pub(crate) struct Expansion {
    pub(crate) attribute: &'static Attribute,
    pub(crate) selection: Selection,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) order: Order,
    pub(crate) top: Option<usize>,
    pub(crate) skip: usize,
    /// `Lines/$ref`: links only.
    pub(crate) links_only: bool,
}

impl Selection {
    /// What a read without options returns.
    pub(crate) fn plain() -> Self {
        Self {
            default: true,
            ..Self::default()
        }
    }

    pub(super) fn parse(
        of: Served,
        select: Option<&str>,
        expand: Option<&str>,
    ) -> Result<Self, Fault> {
        let mut selection = Self {
            default: select.is_none(),
            ..Self::default()
        };
        for name in select
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            if name == "default" {
                selection.default = true;
            } else {
                selection.named.push(of.attribute(name)?);
            }
        }
        for part in split_outside(expand.unwrap_or_default(), ',')
            .into_iter()
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            selection.expansions.push(Expansion::parse(of, part)?);
        }
        Ok(selection)
    }

    /// Whether this attribute of a row is returned (expanded ones are, too).
    pub(crate) fn holds(&self, attribute: &Attribute) -> bool {
        (self.default && attribute.default)
            || self.named.iter().any(|named| named.name == attribute.name)
    }

    pub(crate) fn expansion(&self, name: &str) -> Option<&Expansion> {
        self.expansions
            .iter()
            .find(|expansion| expansion.attribute.name == name)
    }
}

impl Expansion {
    fn parse(of: Served, text: &str) -> Result<Self, Fault> {
        let (path, options) = match text.split_once('(') {
            Some((path, rest)) => {
                let options = rest.trim_end().strip_suffix(')');
                (
                    path.trim(),
                    options.ok_or_else(|| {
                        Fault::unsupported("A parenthesis is missing in $expand.")
                    })?,
                )
            }
            None => (text, ""),
        };
        let (name, links_only) = path
            .strip_suffix("/$ref")
            .map_or((path, false), |name| (name, true));
        let attribute = of.attribute(name)?;
        let (Kind::Reference(set) | Kind::Children { set, .. }) = attribute.kind else {
            let text = format!("Property '{name}' of '{}' cannot be expanded.", of.set());
            return Err(Fault::Unsupported(text));
        };
        let target = of.target(set).ok_or(Fault::Forbidden)?;
        let mut expansion = Self {
            attribute,
            selection: Selection::plain(),
            conditions: Vec::new(),
            order: Vec::new(),
            top: None,
            skip: 0,
            links_only,
        };
        let (mut select, mut expand) = (None, None);
        for option in split_outside(options, ';')
            .into_iter()
            .map(str::trim)
            .filter(|option| !option.is_empty())
        {
            let (key, value) = option.split_once('=').ok_or_else(|| {
                Fault::unsupported(format!("Invalid option '{option}' in $expand."))
            })?;
            let number = || {
                value
                    .trim()
                    .parse::<usize>()
                    .map_err(|_| Fault::unsupported(format!("Invalid value '{value}' for {key}.")))
            };
            match key.trim() {
                "$select" => select = Some(value),
                "$expand" => expand = Some(value),
                "$filter" => expansion.conditions = condition::parse(target, value)?,
                "$orderby" => expansion.order = order(target, value)?,
                "$top" => expansion.top = Some(number()?),
                "$skip" => expansion.skip = number()?,
                other => {
                    return Err(Fault::unsupported(format!(
                        "The option '{other}' is not supported in $expand."
                    )));
                }
            }
        }
        // References to an abstract set may name attributes of its subtypes only after a cast, which is not served.
        expansion.selection = Selection::parse(target, select, expand)?;
        Ok(expansion)
    }
}
