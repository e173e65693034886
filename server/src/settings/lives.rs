//! How long sessions live, by kind of person. The defaults' reasons stand in docs/operations.md (ASVS V7.1).

use time::Duration;

use super::reader::{Reader, positive};

pub(super) const EMPLOYEE_IDLE: &str = "VITRINA_EMPLOYEE_IDLE_MINUTES";
pub(super) const EMPLOYEE_WHOLE: &str = "VITRINA_EMPLOYEE_HOURS";
pub(super) const CUSTOMER_IDLE: &str = "VITRINA_CUSTOMER_IDLE_MINUTES";
pub(super) const CUSTOMER_WHOLE: &str = "VITRINA_CUSTOMER_HOURS";
pub(super) const GUEST: &str = "VITRINA_GUEST_DAYS";

/// Nobody stays signed in for longer than a week, whatever a setting says.
const MOST_HOURS: u32 = 7 * 24;
/// A guest's cart waits for a year at most, as a person's does.
const MOST_DAYS: u32 = 365;

/// How long the session of one kind of person lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// The longest pause between two requests.
    pub idle: Duration,
    /// The longest session, however busy.
    pub whole: Duration,
}

/// How long sessions live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lives {
    /// People who work for the seller.
    pub employee: Life,
    /// People who buy for a customer.
    pub customer: Life,
    /// How long a guest's cart waits for its guest.
    pub guest: Duration,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Lives> {
    let employee = life(reader, (EMPLOYEE_IDLE, "30"), (EMPLOYEE_WHOLE, "8"));
    let customer = life(reader, (CUSTOMER_IDLE, "30"), (CUSTOMER_WHOLE, "12"));
    let guest = reader.parsed(GUEST, "30", |text| at_most(text, MOST_DAYS));
    Some(Lives {
        employee: employee?,
        customer: customer?,
        guest: Duration::days(guest?.into()),
    })
}

fn life(
    reader: &mut Reader<'_>,
    (idle, idle_default): (&str, &str),
    (whole, whole_default): (&str, &str),
) -> Option<Life> {
    let hours = reader.parsed(whole, whole_default, |text| at_most(text, MOST_HOURS));
    let minutes = reader.parsed(idle, idle_default, positive);
    let life = Life {
        idle: Duration::minutes(minutes?.into()),
        whole: Duration::hours(hours?.into()),
    };
    if life.idle > life.whole {
        reader.mistake(
            idle,
            "is longer than the whole session",
            format!("make it shorter than {whole}"),
        );
        return None;
    }
    Some(life)
}

fn at_most(text: &str, most: u32) -> Result<u32, String> {
    positive(text)
        .ok()
        .filter(|number| *number <= most)
        .ok_or_else(|| format!("write a whole number from 1 to {most}"))
}
