//! Intervals of `$apply=compute(…)`: coarser values to group by (domain-api.md §6).

use time::Date;

use crate::domain::fault::Fault;
use crate::domain::schema::Kind;
use crate::domain::value::{Value, day};

/// How a value is made coarser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interval {
    Year,
    YearMonth,
    Date,
    /// So many letters from this one on, counted from zero.
    Substring {
        start: usize,
        length: usize,
    },
}

impl Interval {
    /// `year(Path)`, `yearmonth(Path)`, `date(Path)`, `substring(Path,start,length)`: the path and the interval.
    pub(super) fn parse(call: &str) -> Result<(&str, Self), Fault> {
        let wrong = || Fault::unsupported(format!("Function '{call}' is not supported."));
        let (name, arguments) = call
            .split_once('(')
            .and_then(|(name, rest)| Some((name.trim(), rest.strip_suffix(')')?)))
            .ok_or_else(wrong)?;
        let arguments: Vec<&str> = arguments.split(',').map(str::trim).collect();
        match (name, arguments.as_slice()) {
            ("year", [path]) => Ok((path, Self::Year)),
            ("yearmonth", [path]) => Ok((path, Self::YearMonth)),
            ("date", [path]) => Ok((path, Self::Date)),
            // Unverified: the order of the arguments, and that letters are counted from zero.
            ("substring", [path, start, length]) => {
                let start = start.parse().map_err(|_| wrong())?;
                let length = length.parse().map_err(|_| wrong())?;
                Ok((path, Self::Substring { start, length }))
            }
            _ => Err(wrong()),
        }
    }

    /// Whether values of this type can be made coarser so.
    pub(super) fn is_of(self, kind: Kind) -> bool {
        match self {
            Self::Year | Self::YearMonth | Self::Date => {
                matches!(kind, Kind::Date | Kind::DateTime)
            }
            Self::Substring { .. } => matches!(kind, Kind::Text(1..)),
        }
    }

    /// The coarser value. Unverified: a month is written as one number, 202611.
    pub(super) fn of(self, value: &Value) -> Value {
        let dated = |part: fn(Date) -> i64| {
            value
                .time()
                .map_or(Value::Null, |time| Value::Int(part(time.date())))
        };
        match self {
            Self::Year => dated(|date| i64::from(date.year())),
            Self::YearMonth => {
                dated(|date| i64::from(date.year()) * 100 + i64::from(u8::from(date.month())))
            }
            Self::Date => value
                .time()
                .map_or(Value::Null, |time| Value::Time(day(time))),
            Self::Substring { start, length } => value.text().map_or(Value::Null, |text| {
                Value::Text(text.chars().skip(start).take(length).collect())
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn days_become_years_months_and_texts_their_parts() {
        let time = Value::Time(datetime!(2026-11-23 10:20 UTC));
        let text = Value::Text("Лампа".to_owned());
        for (call, value, wanted) in [
            ("year(At)", &time, Value::Int(2026)),
            ("yearmonth(At)", &time, Value::Int(202_611)),
            (
                "date(At)",
                &time,
                Value::Time(datetime!(2026-11-23 0:00 UTC)),
            ),
            ("substring(At, 1, 3)", &text, Value::Text("амп".to_owned())),
            ("substring(At,9,3)", &text, Value::Text(String::new())),
            ("year(At)", &Value::Null, Value::Null),
        ] {
            let (path, interval) = Interval::parse(call).unwrap();
            assert_eq!((path, interval.of(value)), ("At", wanted), "{call}");
        }
        for wrong in [
            "hour(At)",
            "year",
            "year(At",
            "substring(At)",
            "substring(At,x,1)",
        ] {
            assert!(Interval::parse(wrong).is_err(), "{wrong}");
        }
        assert!(!Interval::Year.is_of(Kind::Text(16)));
    }
}
