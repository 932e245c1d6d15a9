//! Dates as HTTP writes them.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::Offset;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Adds a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
pub fn put_http_date(out: &mut String, at: Timestamp) {
    let at = Offset::UTC.to_datetime(at);
    let day = DAYS[usize::from(at.weekday().to_monday_zero_offset().unsigned_abs()) % 7];
    let month = MONTHS[usize::from(at.month().unsigned_abs()).saturating_sub(1) % 12];
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    let _ = write!(out, "{day}, {:02} {month} {:04} {hour:02}:{minute:02}:{second:02} GMT", at.day(), at.year());
}

/// Reads what [`put_http_date`] writes; other forms count as none.
pub fn parse_http_date(text: &str) -> Option<Timestamp> {
    if text.len() != 29 || !text.ends_with(" GMT") {
        return None;
    }
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

/// The date that an answer given at `now` tells of what was made at `modified`, in whole seconds.
///
/// What may still change within the second in which it was made tells the second before: who asks again with that date gets
/// it again, and never keeps what was replaced in the same second (RFC 9110, section 8.8.2.2).
pub fn last_modified(modified: Timestamp, now: Timestamp) -> Timestamp {
    let second = modified.as_second();
    let told = if second < now.as_second() { second } else { second.saturating_sub(1) };
    Timestamp::from_second(told).unwrap_or(modified)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_change_in_the_same_second_tells_the_one_before() {
        let at = |milliseconds| Timestamp::from_millisecond(milliseconds).unwrap();
        assert_eq!(last_modified(at(5_300), at(5_900)), at(4_000));
        assert_eq!(last_modified(at(5_300), at(6_000)), at(5_000));
        // A clock that is behind.
        assert_eq!(last_modified(at(5_300), at(2_000)), at(4_000));
    }

    #[test]
    fn dates_come_back() {
        let at = Timestamp::from_second(784_111_777).unwrap();
        let mut text = String::new();
        put_http_date(&mut text, at);
        assert_eq!(text, "Sun, 06 Nov 1994 08:49:37 GMT");
        for day in 0..800 {
            let at = Timestamp::from_second(784_111_777 + day * 86_400).unwrap();
            let mut text = String::new();
            put_http_date(&mut text, at);
            assert_eq!(text, at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
        }
        assert_eq!(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(at));
        for other in ["", "now", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC"] {
            assert_eq!(parse_http_date(other), None, "{other}");
        }
    }
}
