//! Lengths of time as policies write them: `3d`, `12h`, `1w2d`.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::error::{Error, Kind, Result};

/// The longest span, in seconds: ten years of 365 days.
pub const LONGEST_SPAN: u64 = 10 * 365 * 86_400;

/// The units, the largest first, and their seconds. A day has 86,400 seconds, whatever clocks do.
const UNITS: [(char, u64); 5] = [('w', 7 * 86_400), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// A length of time in whole seconds, at most [`LONGEST_SPAN`].
///
/// Written as numbers with a unit each, the largest unit first: `w` (7 days), `d` (24 hours), `h`, `m`, `s`.
///
/// ```
/// use reposnap::environment::gate::Span;
/// let span: Span = "1w2d".parse()?;
/// assert_eq!((span.seconds(), span.to_string()), (777_600, "9d".to_owned()));
/// assert!("3 days".parse::<Span>().is_err());
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(u64);

impl Span {
    /// So many seconds; [`LONGEST_SPAN`] where there are more.
    pub fn of_seconds(seconds: u64) -> Self {
        Self(seconds.min(LONGEST_SPAN))
    }

    /// From `since` to `now`; nothing where that is in the future.
    pub fn between(since: Timestamp, now: Timestamp) -> Self {
        Self::of_seconds(u64::try_from(now.duration_since(since).as_secs()).unwrap_or(0))
    }

    /// Its length in seconds.
    pub fn seconds(self) -> u64 {
        self.0
    }

    /// The moment that is so much later.
    pub(super) fn after(self, moment: Timestamp) -> Timestamp {
        let length = SignedDuration::from_secs(i64::try_from(self.0).unwrap_or(i64::MAX));
        moment.checked_add(length).unwrap_or(Timestamp::MAX)
    }
}

impl FromStr for Span {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || {
            Error::new(Kind::Usage, format!("{text:?} is no length of time"))
                .help("write numbers with a unit, the largest first, such as 3d, 12h or 1w2d; units are w, d, h, m, s")
        };
        let mut total = 0_u64;
        let mut units = UNITS.iter();
        let mut rest = text;
        if rest.is_empty() {
            return Err(wrong());
        }
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number: u64 = rest[..digits].parse().map_err(|_| wrong())?;
            let unit = rest[digits..].chars().next().ok_or_else(wrong)?;
            // Units that were passed don't come again.
            let (_, seconds) = units.find(|(name, _)| *name == unit).ok_or_else(wrong)?;
            total = number.checked_mul(*seconds).and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
            rest = &rest[digits + 1..];
        }
        if total > LONGEST_SPAN {
            return Err(Error::new(Kind::Usage, format!("{text:?} is longer than ten years")));
        }
        Ok(Self(total))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        // Weeks are for writing; people read days.
        for (unit, seconds) in &UNITS[1..] {
            if rest >= *seconds {
                write!(f, "{}{unit}", rest / seconds)?;
                rest %= seconds;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_written() {
        for (text, seconds, shown) in [
            ("0s", 0, "0s"),
            ("3d", 259_200, "3d"),
            ("90m", 5_400, "1h30m"),
            ("1d12h", 129_600, "1d12h"),
            ("2w", 1_209_600, "14d"),
            ("1h0m1s", 3_601, "1h1s"),
        ] {
            let span: Span = text.parse().expect(text);
            assert_eq!((span.seconds(), span.to_string().as_str()), (seconds, shown), "{text}");
            assert_eq!(shown.parse::<Span>().expect(shown), span);
        }
        for wrong in ["", "d", "3", "3 d", "-1d", "1h2d", "1d1d", "1y", "1.5d", "99999999999999999999s", "11000d", "3é"]
        {
            assert_eq!(wrong.parse::<Span>().expect_err(wrong).kind(), Kind::Usage, "{wrong:?}");
        }
    }

    #[test]
    fn a_future_is_no_age() {
        let (early, late) = (Timestamp::UNIX_EPOCH, Timestamp::from_second(90).expect("a moment"));
        assert_eq!(Span::between(early, late).seconds(), 90);
        assert_eq!(Span::between(late, early).seconds(), 0);
        assert_eq!(Span::of_seconds(90).after(early), late);
    }
}
