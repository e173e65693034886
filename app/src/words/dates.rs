//! Days and instants as people write them.

use time::{Date, Month, OffsetDateTime};

use super::Words;

impl Words {
    fn month(self, month: Month) -> &'static str {
        let (english, bulgarian) = match month {
            Month::January => ("January", "януари"),
            Month::February => ("February", "февруари"),
            Month::March => ("March", "март"),
            Month::April => ("April", "април"),
            Month::May => ("May", "май"),
            Month::June => ("June", "юни"),
            Month::July => ("July", "юли"),
            Month::August => ("August", "август"),
            Month::September => ("September", "септември"),
            Month::October => ("October", "октомври"),
            Month::November => ("November", "ноември"),
            Month::December => ("December", "декември"),
        };
        self.pick(english, bulgarian)
    }

    /// A day: `5 March 2027`, `5 март 2027 г.`
    pub fn day(self, day: Date) -> String {
        let month = self.month(day.month());
        if self.bulgarian() {
            format!("{} {month} {}\u{a0}г.", day.day(), day.year())
        } else {
            format!("{} {month} {}", day.day(), day.year())
        }
    }

    /// An instant in the offset it carries, to the minute.
    pub fn instant(self, at: OffsetDateTime) -> String {
        let (hour, minute) = (at.hour(), at.minute());
        let zone = if at.offset().is_utc() { " UTC" } else { "" };
        format!("{}, {hour:02}:{minute:02}{zone}", self.day(at.date()))
    }
}

/// A day as machines write it: `2027-03-05`.
pub(crate) fn machine_day(day: Date) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        day.year(),
        u8::from(day.month()),
        day.day()
    )
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};
    use vitrina::text::Language;

    use super::*;

    #[test]
    fn days_and_instants() {
        let (en, bg) = (
            Words::new(Language::ENGLISH),
            Words::new(Language::BULGARIAN),
        );
        assert_eq!(en.day(date!(2027 - 03 - 05)), "5 March 2027");
        assert_eq!(bg.day(date!(2027 - 03 - 05)), "5 март 2027\u{a0}г.");
        assert_eq!(
            en.instant(datetime!(2027-03-05 7:05 UTC)),
            "5 March 2027, 07:05 UTC"
        );
        assert_eq!(machine_day(date!(2027 - 03 - 05)), "2027-03-05");
    }
}
