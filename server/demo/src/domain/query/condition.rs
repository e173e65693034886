//! `$filter`: `eq`, `ge`, `le`, `in`, joined by `and`, and six functions — nothing else (domain-api.md §4).

use std::cmp::Ordering;
use std::iter::Peekable;
use std::vec::IntoIter;

use super::literal::{Literal, bare, parse_reference};
use super::{Served, unknown};
use crate::domain::fault::Fault;
use crate::domain::language::Language;
use crate::domain::schema::{Attribute, EQ, Filter, GE, IN, Kind, LE, LIKE, entity as entity_of};
use crate::domain::store::{Database, Row};
use crate::domain::value::{Value, day};

/// What is asked of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Test {
    Equal,
    AtLeast,
    AtMost,
    In,
    Contains,
    StartsWith,
    EndsWith,
    EqualOrNull,
    AtMostOrNull,
    AtLeastOrNull,
}

impl Test {
    /// The operator of the model that must be permitted, and how errors call the test.
    const fn needs(self) -> (Filter, &'static str) {
        match self {
            Self::Equal => (EQ, "eq"),
            Self::AtLeast => (GE, "ge"),
            Self::AtMost => (LE, "le"),
            Self::In => (IN, "in"),
            Self::Contains => (LIKE, "contains"),
            Self::StartsWith => (LIKE, "startswith"),
            Self::EndsWith => (LIKE, "endswith"),
            Self::EqualOrNull => (EQ, "equalnull"),
            Self::AtMostOrNull => (LE, "lessequalnull"),
            Self::AtLeastOrNull => (GE, "greaterequalnull"),
        }
    }
}

/// One condition; all of a filter must hold.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    /// References to follow first, then the attribute itself.
    path: Vec<&'static Attribute>,
    attribute: &'static Attribute,
    test: Test,
    literals: Vec<Literal>,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
    Comma,
}

fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' | '\r' | '\n' => {}
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            ',' => tokens.push(Token::Comma),
            '\'' => {
                let mut quoted = String::new();
                loop {
                    match letters.next() {
                        Some('\'') if letters.next_if_eq(&'\'').is_some() => quoted.push('\''),
                        Some('\'') => break,
                        Some(other) => quoted.push(other),
                        None => {
                            return Err(Fault::unsupported(
                                "There is an unterminated string literal in the filter.",
                            ));
                        }
                    }
                }
                // A typed literal of an enumeration: Erp.Type'Member'.
                if matches!(tokens.last(), Some(Token::Word(word)) if word.starts_with("Erp.")) {
                    tokens.pop();
                }
                tokens.push(Token::Text(quoted));
            }
            first => {
                let mut word = String::from(first);
                while let Some(next) =
                    letters.next_if(|next| !matches!(next, ' ' | '(' | ')' | ',' | '\''))
                {
                    word.push(next);
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Ok(tokens)
}

/// Reads a filter and checks each attribute's permission.
pub(super) fn parse(of: Served, text: &str) -> Result<Vec<Condition>, Fault> {
    let mut reader = Reader {
        of,
        tokens: tokens(text)?.into_iter().peekable(),
        found: Vec::new(),
    };
    reader.conjunction()?;
    match reader.tokens.next() {
        None => Ok(reader.found),
        Some(token) => Err(syntax(&token)),
    }
}

struct Reader {
    of: Served,
    tokens: Peekable<IntoIter<Token>>,
    found: Vec<Condition>,
}

fn syntax(token: &Token) -> Fault {
    match token {
        Token::Word(word) => unsupported_operator(word),
        other => Fault::unsupported(format!("Syntax error at {other:?} in the filter.")),
    }
}

/// `or`, `ne`, `gt`, … by the name under which the server knows them (sample 52).
fn unsupported_operator(word: &str) -> Fault {
    let name = match word {
        "or" => "Or",
        "not" => "Not",
        "ne" => "NotEqual",
        "gt" => "GreaterThan",
        "lt" => "LessThan",
        "add" | "sub" | "mul" | "div" | "mod" | "has" | "any" | "all" => word,
        other => return Fault::unsupported(format!("Syntax error at '{other}' in the filter.")),
    };
    Fault::unsupported(format!("Operator '{name}' is not supported."))
}

impl Reader {
    fn conjunction(&mut self) -> Result<(), Fault> {
        loop {
            self.condition()?;
            match self.tokens.next_if(|token| !matches!(token, Token::Close)) {
                None => return Ok(()),
                Some(Token::Word(word)) if word == "and" => {}
                Some(other) => return Err(syntax(&other)),
            }
        }
    }

    fn condition(&mut self) -> Result<(), Fault> {
        let word = match self.next()? {
            Token::Open => {
                self.conjunction()?;
                return self.expect(&Token::Close);
            }
            Token::Word(word) => word,
            other => return Err(syntax(&other)),
        };
        let function = match word.as_str() {
            "contains" => Some(Test::Contains),
            "startswith" => Some(Test::StartsWith),
            "endswith" => Some(Test::EndsWith),
            "equalnull" => Some(Test::EqualOrNull),
            "lessequalnull" => Some(Test::AtMostOrNull),
            "greaterequalnull" => Some(Test::AtLeastOrNull),
            "not" => return Err(unsupported_operator("not")),
            _ => None,
        };
        if self.tokens.peek() == Some(&Token::Open) {
            let Some(test) = function else {
                return Err(Fault::unsupported(format!(
                    "Function '{word}' is not supported."
                )));
            };
            self.expect(&Token::Open)?;
            let Token::Word(path) = self.next()? else {
                return Err(Fault::unsupported(
                    "The first argument of a function must be an attribute.",
                ));
            };
            self.expect(&Token::Comma)?;
            let literal = self.literal()?;
            self.expect(&Token::Close)?;
            return self.keep(&path, test, vec![literal]);
        }
        let Token::Word(operator) = self.next()? else {
            return Err(Fault::unsupported(format!(
                "An operator is missing after '{word}'."
            )));
        };
        let test = match operator.as_str() {
            "eq" => Test::Equal,
            "ge" => Test::AtLeast,
            "le" => Test::AtMost,
            "in" => {
                self.expect(&Token::Open)?;
                let mut literals = vec![self.literal()?];
                while self.tokens.next_if_eq(&Token::Comma).is_some() {
                    literals.push(self.literal()?);
                }
                self.expect(&Token::Close)?;
                return self.keep(&word, Test::In, literals);
            }
            other => return Err(unsupported_operator(other)),
        };
        let literal = self.literal()?;
        self.keep(&word, test, vec![literal])
    }

    fn next(&mut self) -> Result<Token, Fault> {
        self.tokens
            .next()
            .ok_or_else(|| Fault::unsupported("The filter ends too early."))
    }

    fn expect(&mut self, wanted: &Token) -> Result<(), Fault> {
        let token = self.next()?;
        if token == *wanted {
            Ok(())
        } else {
            Err(syntax(&token))
        }
    }

    fn literal(&mut self) -> Result<Literal, Fault> {
        match self.next()? {
            Token::Text(text) => Ok(Literal::Text(text)),
            Token::Word(word) => {
                bare(&word).ok_or_else(|| Fault::unsupported(format!("'{word}' is not a literal.")))
            }
            other => Err(syntax(&other)),
        }
    }

    fn keep(&mut self, path: &str, test: Test, literals: Vec<Literal>) -> Result<(), Fault> {
        let condition = resolve(self.of, path, test, literals)?;
        self.found.push(condition);
        Ok(())
    }
}

/// Finds the attribute behind a path and checks that it may be tested so.
fn resolve(of: Served, path: &str, test: Test, literals: Vec<Literal>) -> Result<Condition, Fault> {
    let mut owner = of;
    let mut steps = Vec::new();
    let mut names = path.split('/').peekable();
    let attribute = loop {
        let name = names.next().unwrap_or_default();
        let last = names.peek().is_none();
        let attribute = match owner.attribute(name) {
            Ok(attribute) if last && matches!(attribute.kind, Kind::Amount | Kind::Quantity) => {
                return Err(Fault::unsupported(format!(
                    "Attribute '{name}' cannot be filtered; use '{name}Value'."
                )));
            }
            Ok(attribute) => attribute,
            // Amounts and quantities are filtered by their value (§4).
            Err(_) if last => name
                .strip_suffix("Value")
                .and_then(|name| owner.attribute(name).ok())
                .filter(|attribute| matches!(attribute.kind, Kind::Amount | Kind::Quantity))
                .ok_or_else(|| unknown(owner, name))?,
            Err(fault) => return Err(fault),
        };
        if last {
            break attribute;
        }
        let Kind::Reference(set) = attribute.kind else {
            return Err(Fault::unsupported(format!(
                "'{name}' of '{}' is not a reference.",
                owner.set()
            )));
        };
        let next = owner.target(set).filter(|_| attribute.path);
        owner = next.ok_or_else(|| {
            Fault::unsupported(format!(
                "Reference '{name}' of entity '{}' is not filterable.",
                owner.set()
            ))
        })?;
        steps.push(attribute);
    };
    let (needed, name) = test.needs();
    // The display text of a reference may always be searched (§4).
    let by_display = test == Test::Contains && matches!(attribute.kind, Kind::Reference(_));
    let only_contains = matches!(attribute.kind, Kind::Ml(_)) && test != Test::Contains;
    if (attribute.filter & needed == 0 && !by_display) || only_contains {
        return Err(Fault::unsupported(format!(
            "Filter '{name}' on attribute '{}' of entity '{}' is not supported.",
            attribute.name,
            owner.set()
        )));
    }
    let literals = literals
        .into_iter()
        .map(|literal| typed(of, test, attribute, literal))
        .collect::<Result<_, _>>()?;
    Ok(Condition {
        path: steps,
        attribute,
        test,
        literals,
    })
}

/// A literal must fit the attribute's type; times lose their time of day (§4).
fn typed(
    of: Served,
    test: Test,
    attribute: &Attribute,
    literal: Literal,
) -> Result<Literal, Fault> {
    if let (Kind::Reference(_), Literal::Text(link)) = (attribute.kind, &literal)
        && test != Test::Contains
    {
        let reference = parse_reference(of.version, link).map(Literal::Reference);
        return reference.ok_or_else(|| {
            Fault::unsupported(format!("'{link}' is not a reference to an object."))
        });
    }
    let fits = match (attribute.kind, &literal) {
        (_, Literal::Null)
        | (Kind::Bool, Literal::Bool(_))
        | (Kind::Int | Kind::Decimal | Kind::Amount | Kind::Quantity, Literal::Number(_))
        | (Kind::Text(_) | Kind::Ml(_) | Kind::Custom(_) | Kind::Reference(_), Literal::Text(_))
        | (Kind::Id, Literal::Id(_)) => true,
        (Kind::Member(of), Literal::Text(name)) => of.member(name).is_some(),
        (Kind::Date | Kind::DateTime, Literal::Time(time)) => return Ok(Literal::Time(day(*time))),
        _ => false,
    };
    if fits {
        return Ok(literal);
    }
    Err(Fault::unsupported(format!(
        "The literal does not fit the type of attribute '{}'.",
        attribute.name
    )))
}

/// Whether a row fulfils all conditions.
pub(crate) fn matches(
    database: &Database,
    language: Language,
    row: &Row,
    conditions: &[Condition],
) -> bool {
    conditions
        .iter()
        .all(|condition| holds(database, language, row, condition))
}

fn holds(database: &Database, language: Language, row: &Row, condition: &Condition) -> bool {
    let mut row = row;
    for step in &condition.path {
        match database.follow(row.get(step.name)) {
            Some(next) => row = next,
            None => return false,
        }
    }
    let id = Value::Reference(row.reference());
    let value = if condition.attribute.kind == Kind::Id {
        &id
    } else {
        row.get(condition.attribute.name)
    };
    let kind = condition.attribute.kind;
    condition
        .literals
        .iter()
        .any(|literal| match condition.test {
            Test::Equal | Test::In => equal(kind, value, literal),
            Test::EqualOrNull => *value == Value::Null || equal(kind, value, literal),
            Test::AtLeast => compare(kind, value, literal).is_some_and(Ordering::is_ge),
            Test::AtMost => compare(kind, value, literal).is_some_and(Ordering::is_le),
            Test::AtLeastOrNull => {
                *value == Value::Null || compare(kind, value, literal).is_some_and(Ordering::is_ge)
            }
            Test::AtMostOrNull => {
                *value == Value::Null || compare(kind, value, literal).is_some_and(Ordering::is_le)
            }
            Test::Contains => like(database, language, value, literal, |text, part| {
                text.contains(part)
            }),
            Test::StartsWith => like(database, language, value, literal, |text, part| {
                text.starts_with(part)
            }),
            Test::EndsWith => like(database, language, value, literal, |text, part| {
                text.ends_with(part)
            }),
        })
}

fn equal(kind: Kind, value: &Value, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::Null, Literal::Null) => true,
        (Value::Bool(truth), Literal::Bool(wanted)) => truth == wanted,
        // Unverified: texts are compared without regard to case, as the database below usually does.
        (Value::Text(text) | Value::Custom { value: text, .. }, Literal::Text(wanted)) => {
            text.to_lowercase() == wanted.to_lowercase()
        }
        (Value::Reference(reference), Literal::Id(id)) => reference.id == *id,
        (Value::Reference(reference), Literal::Reference(wanted)) => {
            wanted.id == reference.id
                && (wanted.set == reference.set
                    || entity_of(reference.set)
                        .is_some_and(|entity| entity.base == Some(wanted.set)))
        }
        _ => compare(kind, value, literal) == Some(Ordering::Equal),
    }
}

fn compare(kind: Kind, value: &Value, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Value::Time(time), Literal::Time(wanted)) => Some(day(*time).cmp(wanted)),
        (Value::Member(name), Literal::Text(wanted)) => {
            let Kind::Member(of) = kind else { return None };
            Some(of.number(name)?.cmp(&of.number(wanted)?))
        }
        (value, Literal::Number(wanted)) => Some(value.number()?.cmp(wanted)),
        _ => None,
    }
}

fn like(
    database: &Database,
    language: Language,
    value: &Value,
    literal: &Literal,
    test: fn(&str, &str) -> bool,
) -> bool {
    let Literal::Text(part) = literal else {
        return false;
    };
    let part = part.to_lowercase();
    match value {
        Value::Text(text) => test(&text.to_lowercase(), &part),
        Value::Ml(ml) => {
            ml.0.iter()
                .any(|(_, text)| test(&text.to_lowercase(), &part))
        }
        Value::Int(number) => test(&number.to_string(), &part),
        Value::Member(name) => test(&name.to_lowercase(), &part),
        reference @ Value::Reference(_) => database
            .follow(reference)
            .is_some_and(|row| test(&database.display(row, language).to_lowercase(), &part)),
        _ => false,
    }
}
