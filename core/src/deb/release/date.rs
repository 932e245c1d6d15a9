//! Dates as Release files write them (RFC 1123 in UTC).

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::broken_rule;
use crate::error::Result;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Parses a date such as `Sat, 11 Jul 2026 10:16:37 UTC`.
///
/// As apt, takes days and hours of one digit, `UTC`, `GMT`, `Z`, `+0000` and `-0000`, no other zone, and does not
/// mind a wrong day of the week. Unlike apt, refuses a day that the month does not have.
///
/// # Errors
///
/// [`Kind::Verification`](crate::Kind::Verification) with the rule `date-format`.
///
/// ```
/// use reposnap::deb::release::{format_date, parse_date};
/// let date = parse_date("Sat, 11 Jul 2026 10:16:37 +0000")?;
/// assert_eq!(format_date(date), "Sat, 11 Jul 2026 10:16:37 UTC");
/// # Ok::<(), reposnap::Error>(())
/// ```
pub fn parse_date(text: &str) -> Result<Timestamp> {
    parse(text).ok_or_else(|| {
        broken_rule("date-format", "the date can't be read")
            .mismatch("a date such as Sat, 11 Jul 2026 10:16:37 UTC", shorten(text))
    })
}

/// Writes a date as Release files have it.
pub fn format_date(date: Timestamp) -> String {
    date.strftime("%a, %d %b %Y %H:%M:%S UTC").to_string()
}

fn parse(text: &str) -> Option<Timestamp> {
    let mut words = text.split_ascii_whitespace();
    let mut next = || words.next();
    let (weekday, day, month, year, time, zone) = (next()?, next()?, next()?, next()?, next()?, next()?);
    let weekday = weekday.strip_suffix(',')?;
    if next().is_some() || !WEEKDAYS.iter().any(|name| name.eq_ignore_ascii_case(weekday)) {
        return None;
    }
    if !["UTC", "GMT", "Z", "+0000", "-0000"].contains(&zone) {
        return None;
    }
    let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(month))? as i8 + 1;
    let mut clock = time.split(':');
    let (hour, minute, second) = (clock.next()?, clock.next()?, clock.next()?);
    if clock.next().is_some() || year.len() != 4 {
        return None;
    }
    // 60 is a leap second, which counts as the second after it.
    let (second, leap) = match number(second, 2)? {
        60 => (59, 1),
        second => (second, 0),
    };
    let day = i8::try_from(number(day, 2)?).ok()?;
    let (hour, minute) = (i8::try_from(number(hour, 2)?).ok()?, i8::try_from(number(minute, 2)?).ok()?);
    let date = jiff::civil::Date::new(number(year, 4)?, month, day).ok()?;
    let time = jiff::civil::Time::new(hour, minute, i8::try_from(second).ok()?, 0).ok()?;
    let stamp = TimeZone::UTC.to_timestamp(date.to_datetime(time)).ok()?.as_second();
    // A repository has no date before 1970, but a file with a damaged one may.
    Timestamp::from_second(stamp + leap).ok().filter(|_| stamp >= 0)
}

fn number(digits: &str, most: usize) -> Option<i16> {
    let fits = (1..=most).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    digits.parse().ok().filter(|_| fits)
}

fn shorten(text: &str) -> String {
    format!("{:?}", text.chars().take(60).collect::<String>())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn dates_that_hold() {
        for text in [
            "Sat, 11 Jul 2026 10:16:37 UTC",
            "Sat, 11 Jul 2026 10:16:37 GMT",
            "Sat, 11 Jul 2026 10:16:37 Z",
            "Sat, 11 Jul 2026 10:16:37 +0000",
            "Sat, 11 Jul 2026 10:16:37 -0000",
            "Mon,  11 jul 2026  10:16:37  UTC",
        ] {
            assert_eq!(parse_date(text).unwrap().as_second(), 1_783_764_997, "{text}");
        }
        assert_eq!(parse_date("Wed, 1 Jul 2026 1:16:37 UTC").unwrap().as_second(), 1_782_868_597);
        assert_eq!(parse_date("Sat, 11 Jul 2026 23:59:60 UTC").unwrap().as_second(), 1_783_814_400);
    }

    #[test]
    fn dates_that_do_not() {
        for text in [
            "",
            "Sat, 11 Jul 2026 10:16:37",
            "Sat, 11 Jul 2026 10:16:37 +0200",
            "Sat, 11 Jul 2026 10:16:37 CEST",
            "Sat, 11 Jul 2026 10:16:37 UTC x",
            "11 Jul 2026 10:16:37 UTC",
            "Sat 11 Jul 2026 10:16:37 UTC",
            "Xyz, 11 Jul 2026 10:16:37 UTC",
            "Sat, 31 Feb 2026 10:16:37 UTC",
            "Sat, 11 Jul 2026 24:16:37 UTC",
            "Sat, 11 Jul 2026 10:16 UTC",
            "Sat, 11 Jul 2026 10:16:37:00 UTC",
            "Sat, 11 Jul 26 10:16:37 UTC",
            "Sat, 11 Jul 12026 10:16:37 UTC",
            "Sat, 11 Jul 1969 10:16:37 UTC",
            "Sat, +1 Jul 2026 10:16:37 UTC",
            "2026-07-11T10:16:37Z",
        ] {
            assert_eq!(parse_date(text).unwrap_err().broken_rule(), Some("date-format"), "{text}");
        }
    }
}
