//! Where the seller's clock hangs: which day it is decides prices, and orders carry it.

use jiff::{Timestamp, tz::TimeZone};
use time::{OffsetDateTime, UtcOffset};

/// The seller's time zone. ERP.net tells none.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of this name in the IANA database, such as `Europe/Sofia`.
    pub fn parse(text: &str) -> Result<Self, String> {
        TimeZone::get(text).map(Self).map_err(|_| {
            "write the name of a time zone, such as `Europe/Sofia` or `UTC`".to_owned()
        })
    }

    /// The same instant as the seller's clock shows it.
    pub fn local(&self, at: OffsetDateTime) -> OffsetDateTime {
        let offset = Timestamp::from_second(at.unix_timestamp())
            .ok()
            .map(|instant| self.0.to_offset(instant).seconds())
            .and_then(|seconds| UtcOffset::from_whole_seconds(seconds).ok());
        at.to_offset(offset.unwrap_or(UtcOffset::UTC))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn the_sellers_day_begins_before_or_after_the_one_in_utc() {
        for (zone, at, day) in [
            (
                "UTC",
                datetime!(2026-07-01 22:30 UTC),
                date!(2026 - 07 - 01),
            ),
            (
                "Europe/Sofia",
                datetime!(2026-07-01 20:59 UTC),
                date!(2026 - 07 - 01),
            ),
            (
                "Europe/Sofia",
                datetime!(2026-07-01 21:00 UTC),
                date!(2026 - 07 - 02),
            ),
            // In winter an hour later.
            (
                "Europe/Sofia",
                datetime!(2026-12-01 21:59 UTC),
                date!(2026 - 12 - 01),
            ),
            (
                "America/New_York",
                datetime!(2026-07-01 03:59 UTC),
                date!(2026 - 06 - 30),
            ),
        ] {
            assert_eq!(
                Zone::parse(zone).unwrap().local(at).date(),
                day,
                "{zone} {at}"
            );
        }
        for no_zone in ["", "Sofia", "+02:00", "Europe/Nowhere"] {
            assert!(Zone::parse(no_zone).is_err(), "{no_zone}");
        }
    }
}
