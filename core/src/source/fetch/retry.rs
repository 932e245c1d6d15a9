//! Trying again: which failures may pass, and how long to wait.

use std::time::Duration;

use jiff::Timestamp;

use super::options::FetchOptions;
use crate::error::{Error, Kind};

/// A failure of one try, and whether another may do better.
#[derive(Debug)]
pub struct Failure {
    /// What failed.
    pub error: Error,
    /// Whether another try may do better.
    pub again: Again,
}

/// What may be gained by trying again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Nothing: the answer will be the same.
    Never,
    /// The connection broke; a new one may work at once.
    AtOnce,
    /// It may pass.
    Later,
    /// The server asked to wait so long.
    After(Duration),
}

impl Failure {
    /// One that another try will meet again.
    pub fn never(error: Error) -> Self {
        Self { error, again: Again::Never }
    }

    /// One that may pass.
    pub fn later(error: Error) -> Self {
        Self { error, again: Again::Later }
    }

    /// A broken connection.
    pub fn at_once(error: Error) -> Self {
        Self { error, again: Again::AtOnce }
    }
}

/// Counts the tries of one file.
#[derive(Debug)]
pub struct Tries<'a> {
    options: &'a FetchOptions,
    failed: u32,
}

impl<'a> Tries<'a> {
    /// None was made yet.
    pub fn new(options: &'a FetchOptions) -> Self {
        Self { options, failed: 0 }
    }

    /// Counts anew, after a try that got somewhere.
    pub fn reset(&mut self) {
        self.failed = 0;
    }

    /// Waits until the next try is due, or gives the error back where there is none.
    pub async fn wait(&mut self, failure: Failure) -> Result<(), Error> {
        let Failure { error, again } = failure;
        if again == Again::Never {
            return Err(error);
        }
        if self.failed >= self.options.retries {
            return Err(if self.failed == 0 { error } else { error.help(format!("tried {} times", self.failed + 1)) });
        }
        let wait = match again {
            Again::AtOnce if self.failed == 0 => Duration::ZERO,
            Again::After(wait) if wait > self.options.longest_wait => {
                return Err(error.help(format!("the server asks to come back in {} s", wait.as_secs())));
            }
            Again::After(wait) => wait.max(self.delay()),
            _ => self.delay(),
        };
        self.failed += 1;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }

    /// The back-off before the next try: doubled each time, and between a half of that and all of it.
    fn delay(&self) -> Duration {
        let full = self.options.backoff.saturating_mul(1 << self.failed.min(16)).min(self.options.longest_wait);
        let mut random = [0; 2];
        // Without randomness the wait is merely the same for everybody.
        let _ = getrandom::fill(&mut random);
        full / 2 + full.mul_f64(f64::from(u16::from_le_bytes(random)) / 131_072.0)
    }
}

/// What `Retry-After` asks for: seconds, or a date (RFC 9110, 10.2.3).
pub fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

/// The failure of a status that is no answer.
pub(super) fn refusal(status: u16, reason: &str, retry_after: Option<Duration>) -> Failure {
    let error = Error::new(Kind::Network, format!("the server answered {status} {reason}").trim_end().to_owned())
        .rule("http-status");
    match status {
        401 => Failure::never(error.help("the server wants a name and password; give them in auth.conf")),
        407 => Failure::never(error.help("the proxy wants a name and password; give them in auth.conf")),
        403 => Failure::never(error.help("the server does not let us read this")),
        408 | 425 | 429 | 500 | 502 | 503 | 504 => {
            Failure { error, again: retry_after.map_or(Again::Later, Again::After) }
        }
        _ => Failure::never(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_in_both_forms() {
        let now: Timestamp = "2015-10-21T07:28:00Z".parse().expect("a time");
        assert_eq!(retry_after(" 120 ", now), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:30:00 GMT", now), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:00:00 GMT", now), Some(Duration::ZERO));
        for bad in ["", "soon", "-5", "1e9", "99999999999999999999999"] {
            assert_eq!(retry_after(bad, now), None, "{bad:?}");
        }
    }

    #[test]
    fn waits_double_up_to_the_limit() {
        let options = FetchOptions {
            backoff: Duration::from_secs(1),
            longest_wait: Duration::from_secs(3),
            ..FetchOptions::default()
        };
        for (failed, full) in [(0, 1.0), (1, 2.0), (2, 3.0), (40, 3.0)] {
            for _ in 0..20 {
                let delay = Tries { options: &options, failed }.delay().as_secs_f64();
                assert!((full / 2.0..=full).contains(&delay), "{failed} {delay}");
            }
        }
    }
}
