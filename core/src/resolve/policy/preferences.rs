//! Files of preferences (apt_preferences(5)).

use super::names::Names;
use super::pin::Pin;
use super::posix::Fault;
use super::record::{Field, Reader};
use crate::error::{Error, Kind, Result};

/// The largest file of preferences, in bytes.
const MAX_FILE: usize = 1 << 20;

/// The most records of one file.
const MAX_RECORDS: usize = 4096;

/// The most words in the `Package` lines of one file.
const MAX_NAMES: usize = 65_536;

/// The most of those words that are patterns or sources, and the most regular expressions in its `Pin` lines.
const MAX_PATTERNS: usize = 1024;

/// What `Pin` may be.
const PINS: &str = "write `version`, `release` or `origin` and what it must be, as in `Pin: release n=bookworm`";

/// What one file of preferences says.
///
/// A machine has several: `/etc/apt/preferences`, then those of `/etc/apt/preferences.d` in the order of their names. Of
/// two records that match a version, the first one counts, so their order is that of [`Policy`](super::Policy)'s list.
///
/// ```
/// use reposnap::resolve::Preferences;
/// let text = b"Explanation: the database stays\nPackage: mariadb-* src:galera-4\nPin: version 10.11.*\nPin-Priority: 1001\n";
/// let preferences = Preferences::parse(text, "/etc/apt/preferences")?;
/// assert_eq!(preferences.len(), 1);
///
/// let error = Preferences::parse(b"Package: a\nPin: version 1\nPin-Priority: 0\n", "pins").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "pins:3: Pin-Priority: \"0\" is no priority (write a number from -32768 to 32767 that is not 0)"
/// );
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Preferences {
    pub(super) records: Vec<Record>,
    warnings: Vec<String>,
    /// How many patterns there are, of [`MAX_PATTERNS`].
    patterns: usize,
}

/// What one record says.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// The packages that it is about; nothing for `*`, which is about lists.
    pub(super) names: Option<Vec<Names>>,
    pub(super) pin: Pin,
    pub(super) priority: i16,
}

impl Preferences {
    /// Reads the text of a file; `file` is how messages call it.
    ///
    /// What apt reads over with a warning, a `Pin` that it does not know for one, is left out and told by
    /// [`Preferences::warnings`].
    ///
    /// # Errors
    /// [`Kind::Malformed`] with file, line and field for what apt refuses, and for a line without a colon;
    /// [`Kind::Unsupported`] for an expression that apt takes and this doesn't; [`Kind::Limit`] for more than 1 MiB, 4096
    /// records, 65,536 names or 1024 patterns.
    pub fn parse(text: &[u8], file: &str) -> Result<Self> {
        Self::read(text).map_err(|error| error.path(file)).map(|mut preferences| {
            preferences.warnings.iter_mut().for_each(|warning| warning.insert_str(0, &format!("{file}:")));
            preferences
        })
    }

    /// How many records count.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether no record counts.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// What was left out, each with file and line, as `pins:2: Pin: ...`.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn read(text: &[u8]) -> Result<Self> {
        if text.len() > MAX_FILE {
            return Err(Error::new(Kind::Limit, format!("the file is larger than {MAX_FILE} bytes")));
        }
        let text = String::from_utf8_lossy(text);
        let mut preferences = Self::default();
        let (mut records, mut names) = (0, 0);
        for record in Reader::new(&text) {
            let record = record?;
            records += 1;
            if records > MAX_RECORDS {
                return Err(Error::new(Kind::Limit, format!("there are more than {MAX_RECORDS} records"))
                    .line(record.line)
                    .help("name several packages in one record"));
            }
            let package = record.get("Package").filter(|field| !field.value.is_empty()).ok_or_else(|| {
                Error::new(Kind::Malformed, "a record does not say which packages it is about")
                    .line(record.line)
                    .field("Package")
                    .help("write `Package: *` for all of them, or their names")
            })?;
            names += package.value.split_ascii_whitespace().count();
            if names > MAX_NAMES {
                return Err(
                    Error::new(Kind::Limit, format!("there are more than {MAX_NAMES} names")).line(package.line)
                );
            }
            let Some(pin) = record.get("Pin") else {
                preferences.warn(record.line, "Pin: it is missing, and the record says nothing");
                continue;
            };
            preferences.record(package, pin, record.get("Pin-Priority").as_ref(), record.line)?;
        }
        Ok(preferences)
    }

    fn record(&mut self, package: Field, pin: Field, priority: Option<&Field>, line: u64) -> Result<()> {
        let is_general = package.value == "*";
        self.count(pin.value.matches('/').count() / 2, pin.line)?;
        let parsed = match Pin::parse(&pin.value) {
            Ok(Some(Pin::Version(_))) if is_general => {
                self.warn(pin.line, "Pin: apt pins no version of all packages: name some, or write `Package: *:any`");
                return Ok(());
            }
            Ok(None) => {
                self.warn(pin.line, &format!("Pin: {:?} is none that apt knows ({PINS})", pin.value));
                return Ok(());
            }
            Ok(Some(parsed)) => Some(parsed),
            Err(fault) => self.fault(fault, &pin.value, "Pin", pin.line).map(|()| None)?,
        };
        let priority = priority_of(priority, line)?;
        let mut names = Vec::new();
        for word in package.value.split_ascii_whitespace().filter(|_| !is_general) {
            match Names::parse(word) {
                Ok(word) => {
                    self.count(usize::from(word.is_slow()), package.line)?;
                    names.push(word);
                }
                Err(fault) => self.fault(fault, word, "Package", package.line)?,
            }
        }
        if let Some(pin) = parsed {
            self.records.push(Record { names: (!is_general).then_some(names), pin, priority });
        }
        Ok(())
    }

    fn count(&mut self, patterns: usize, line: u64) -> Result<()> {
        self.patterns += patterns;
        if self.patterns > MAX_PATTERNS {
            return Err(Error::new(Kind::Limit, format!("there are more than {MAX_PATTERNS} patterns"))
                .line(line)
                .help("name the packages, or join expressions as `/a|b/`"));
        }
        Ok(())
    }

    fn warn(&mut self, line: u64, message: &str) {
        self.warnings.push(format!("{line}: {message}"));
    }

    /// apt warns of a bad expression, and it matches nothing.
    fn fault(&mut self, fault: Fault, text: &str, field: &str, line: u64) -> Result<()> {
        match fault {
            Fault::Invalid(why) => {
                self.warn(line, &format!("{field}: {text:?} can't be read and matches nothing: {why}"));
                Ok(())
            }
            Fault::Unsupported(why) => Err(Error::new(Kind::Unsupported, format!("{text:?} can't be matched: {why}"))
                .line(line)
                .field(field)
                .help("name the packages, or use a simpler pattern")),
        }
    }
}

/// The number that a text begins with: what is behind it says nothing to apt.
fn priority_of(field: Option<&Field>, line: u64) -> Result<i16> {
    const HELP: &str = "write a number from -32768 to 32767 that is not 0";
    let (text, line) = field.map_or(("", line), |field| (field.value.as_str(), field.line));
    let error = |message: String| Error::new(Kind::Malformed, message).line(line).field("Pin-Priority").help(HELP);
    if field.is_none() {
        return Err(error("it is missing".to_owned()));
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut number = 0_i32;
    for digit in digits.bytes().take_while(u8::is_ascii_digit) {
        number = number.saturating_mul(10).saturating_add(i32::from(digit - b'0'));
    }
    let number = if negative { -number } else { number };
    match i16::try_from(number) {
        Ok(0) => Err(error(format!("{text:?} is no priority"))),
        // apt keeps the lowest one for itself.
        Ok(number) => Ok(number.max(-i16::MAX)),
        Err(_) => Err(error(format!("{text:?} is out of bounds"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Preferences {
        Preferences::parse(text.as_bytes(), "pins").unwrap()
    }

    fn record(package: &str, pin: &str, priority: &str) -> String {
        format!("Package: {package}\nPin: {pin}\nPin-Priority: {priority}\n")
    }

    #[test]
    fn priorities_are_what_apt_reads() {
        for (text, priority) in
            [("5x", 5), ("5 x", 5), ("+7", 7), ("007", 7), ("1e3", 1), ("-1", -1), ("32767", 32767), ("-32768", -32767)]
        {
            assert_eq!(parse(&record("a", "version 1", text)).records[0].priority, priority, "{text}");
        }
        for text in ["0", "-0", "", "abc", "0x10", "- 5", "--5", "32768", "-32769", "100000000000000000000"] {
            let error = Preferences::parse(record("a", "version 1", text).as_bytes(), "pins").unwrap_err();
            assert_eq!(
                (error.at_path(), error.at_line(), error.at_field()),
                (Some("pins"), Some(3), Some("Pin-Priority"))
            );
            assert!(error.advice().is_some());
        }
    }

    #[test]
    fn what_apt_reads_over_is_told() {
        for (text, warning) in [
            (record("*", "version 1", "700"), "pins:2: Pin: apt pins no version of all packages"),
            (record("a", "foo bar", "0"), "pins:2: Pin: \"foo bar\" is none that apt knows"),
            (record("a", "", "5"), "pins:2: Pin: \"\" is none"),
            (record("/*/", "version 1", "5"), "pins:1: Package: \"/*/\" can't be read"),
            (record("a", "version /(/", "5"), "pins:2: Pin: \"version /(/\" can't be read"),
            ("Package: a\nPin-Priority: 5\n".to_owned(), "pins:1: Pin: it is missing"),
        ] {
            let preferences = parse(&text);
            assert!(preferences.warnings()[0].starts_with(warning), "{:?}", preferences.warnings());
        }
    }

    #[test]
    fn faults_are_told_with_their_place() {
        for (text, told) in [
            ("Pin: version 1\nPin-Priority: 5\n", "pins:1: Package: a record does not say which packages"),
            ("Package: \nPin: version 1\nPin-Priority: 5\n", "pins:1: Package: "),
            ("Package: a\nPin: version 1\n", "pins:1: Pin-Priority: it is missing"),
            ("Package: a\ngarbage\n", "pins:2: \"garbage\" has no colon"),
            (
                "Package: /(a)\\1/\nPin: version 1\nPin-Priority: 5\n",
                "pins:1: Package: \"/(a)\\\\1/\" can't be matched",
            ),
        ] {
            let error = Preferences::parse(text.as_bytes(), "pins").unwrap_err();
            assert!(error.to_string().starts_with(told), "{error}");
        }
    }

    #[test]
    fn limits_hold() {
        let many = format!("{}\n", record("a", "version 1", "5")).repeat(MAX_RECORDS + 1);
        let names = record(&"a ".repeat(MAX_NAMES + 1), "version 1", "5");
        let patterns = record(&"a* ".repeat(MAX_PATTERNS + 1), "version 1", "5");
        let sources = record(&"src:a ".repeat(MAX_PATTERNS + 1), "version 1", "5");
        let expressions = format!("{}\n", record("a", "release a=/a/,n=/b/", "5")).repeat(MAX_PATTERNS / 2 + 1);
        let long = record(&"a".repeat(1025), "version 1", "5");
        for (text, kind) in [
            (many, Kind::Limit),
            (names, Kind::Limit),
            (patterns, Kind::Limit),
            (sources, Kind::Limit),
            (expressions, Kind::Limit),
            (" ".repeat(MAX_FILE + 1), Kind::Limit),
            (long, Kind::Unsupported),
        ] {
            assert_eq!(Preferences::parse(text.as_bytes(), "pins").unwrap_err().kind(), kind);
        }
    }
}
