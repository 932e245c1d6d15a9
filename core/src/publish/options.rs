//! What a publication is to be.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::error::{Error, Kind, Result};
use crate::publish::format::IndexFormat;
use crate::snapshot::Snapshot;

/// How long another publisher of the same directory is waited for.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// The longest name of a suite or component, in bytes.
const LONGEST_NAME: usize = 200;

/// A snapshot to publish, and where its packages go.
#[derive(Clone, Debug)]
pub struct Input {
    pub(crate) snapshot: Snapshot,
    pub(crate) component: Option<String>,
}

impl Input {
    /// All of `snapshot`, each package in the component it is in; those of a flat repository go to `main`.
    pub fn keep(snapshot: Snapshot) -> Self {
        Self { snapshot, component: None }
    }

    /// All packages of `snapshot` in the one `component`.
    ///
    /// # Errors
    /// [`Kind::Usage`] where `component` is no name of one.
    pub fn into_component(snapshot: Snapshot, component: &str) -> Result<Self> {
        check_name("component", component)?;
        Ok(Self { snapshot, component: Some(component.to_owned()) })
    }
}

/// The name of a suite below `dists`: words of letters, digits and `.+~_-`, one or several with `/` between.
///
/// ```
/// use reposnap::publish::Suite;
/// assert_eq!("stable/updates".parse::<Suite>()?.as_str(), "stable/updates");
/// assert!("../stable".parse::<Suite>().is_err());
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Suite(String);

impl Suite {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Suite {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        check_name("suite", text)?;
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What to do where packages that the snapshots name are not in the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// Publish nothing and say which.
    #[default]
    Refuse,
    /// Publish the indexes all the same; the report counts the missing.
    Allow,
}

/// When to sign again although the content is what was published before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resign {
    /// Once half of the time up to Valid-Until has passed.
    #[default]
    WhenDue,
    /// Always.
    Always,
}

/// How apt treats the suite beside others: `NotAutomatic` and `ButAutomaticUpgrades` of the Release file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Upgrades {
    /// As any suite: priority 500.
    #[default]
    Automatic,
    /// Installed and upgraded only when asked for (`NotAutomatic: yes`): priority 1.
    OnRequest,
    /// Installed only when asked for, then upgraded (`ButAutomaticUpgrades: yes` too): priority 100.
    OnceInstalled,
}

/// What a publication says of itself, and how it is made.
///
/// ```
/// use reposnap::publish::{Options, Upgrades};
/// let options = Options {
///     origin: Some("Example".into()),
///     valid_for: Some(std::time::Duration::from_secs(7 * 86_400)),
///     upgrades: Upgrades::OnceInstalled,
///     ..Options::new("stable".parse()?, jiff::Timestamp::now())
/// };
/// # let _ = options;
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    /// The suite, both where the publication lies and what it calls itself.
    pub suite: Suite,
    /// Its Codename.
    pub codename: Option<String>,
    /// Its Origin.
    pub origin: Option<String>,
    /// Its Label.
    pub label: Option<String>,
    /// Its Version.
    pub version: Option<String>,
    /// Its Description.
    pub description: Option<String>,
    /// Its Date: now, as the caller knows it.
    pub date: jiff::Timestamp,
    /// How long after its Date clients may use it (Valid-Until); without end where there is none.
    pub valid_for: Option<Duration>,
    /// How apt treats it beside other suites.
    pub upgrades: Upgrades,
    /// The fingerprints that apt is to accept from now on (`Signed-By`).
    pub signed_by: Vec<String>,
    /// Architectures to name beside those that the snapshots have, with empty indexes.
    pub architectures: Vec<String>,
    /// How indexes are compressed; apt takes the one it likes best of xz, gz, zst, in this order.
    pub formats: Vec<IndexFormat>,
    /// What to do about packages that are not in the store.
    pub missing: Missing,
    /// When to sign what did not change.
    pub resign: Resign,
    /// How long to wait for another publisher of the same directory.
    pub lock_wait: Duration,
}

impl Options {
    /// The defaults for `suite`, dated `date`.
    pub fn new(suite: Suite, date: jiff::Timestamp) -> Self {
        Self {
            suite,
            codename: None,
            origin: None,
            label: None,
            version: None,
            description: None,
            date,
            valid_for: None,
            upgrades: Upgrades::default(),
            signed_by: Vec::new(),
            architectures: Vec::new(),
            formats: IndexFormat::defaults(),
            missing: Missing::default(),
            resign: Resign::default(),
            lock_wait: LOCK_WAIT,
        }
    }

    pub(crate) fn check(&self) -> Result<()> {
        let fields = [
            ("Codename", &self.codename),
            ("Origin", &self.origin),
            ("Label", &self.label),
            ("Version", &self.version),
            ("Description", &self.description),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                check_value(name, value)?;
            }
        }
        for architecture in &self.architectures {
            check_word("architecture", architecture)?;
            if architecture == "source" {
                return Err(Error::new(Kind::Usage, "`source` is no architecture of binary packages"));
            }
        }
        for fingerprint in &self.signed_by {
            let digits = fingerprint.strip_suffix('!').unwrap_or(fingerprint);
            if digits.len() < 40 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(Error::new(Kind::Usage, format!("{fingerprint:?} is no fingerprint of a key"))
                    .field("Signed-By")
                    .help("give all 40 or 64 hexadecimal digits"));
            }
        }
        if self.formats.is_empty() {
            return Err(
                Error::new(Kind::Usage, "no format of indexes is asked for").help("give at least one, such as gz")
            );
        }
        for (at, format) in self.formats.iter().enumerate() {
            if self.formats[..at].iter().any(|other| other.compression() == format.compression()) {
                return Err(Error::new(Kind::Usage, format!("the format {} is asked for twice", format.compression())));
            }
        }
        Ok(())
    }
}

/// A suite or component: words with `/` between.
pub(crate) fn check_name(what: &str, name: &str) -> Result<()> {
    if name.len() > LONGEST_NAME {
        return Err(Error::new(Kind::Usage, format!("the name of a {what} is longer than {LONGEST_NAME} bytes")));
    }
    name.split('/').try_for_each(|word| check_word(what, word)).map_err(|error| match error.kind() {
        Kind::Usage => not_a_name(what, name),
        _ => error,
    })
}

fn check_word(what: &str, word: &str) -> Result<()> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".+~_-".contains(&byte);
    if word.is_empty() || word.starts_with(['.', '-']) || !word.bytes().all(plain) || word == "by-hash" {
        return Err(not_a_name(what, word));
    }
    Ok(())
}

fn not_a_name(what: &str, name: &str) -> Error {
    Error::new(Kind::Usage, format!("{name:?} is no name of a {what}"))
        .help("use letters, digits and . + ~ _ -, not beginning with . or -, and / between words")
}

fn check_value(field: &str, value: &str) -> Result<()> {
    if value.is_empty() || value.trim() != value || value.chars().any(char::is_control) {
        return Err(Error::new(Kind::Usage, format!("{value:?} can't be the value of a field"))
            .field(field)
            .help("give one line without blanks at its ends"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_stay_below_their_directory() {
        for good in ["stable", "stable/updates", "bookworm-security", "1.0~rc1+x_y"] {
            assert_eq!(good.parse::<Suite>().unwrap().to_string(), good);
        }
        for bad in
            ["", "/", "/a", "a/", "a//b", ".", "..", "a/../b", ".hidden", "-x", "a b", "a\n", "ä", "a\\b", "by-hash"]
        {
            assert_eq!(bad.parse::<Suite>().unwrap_err().kind(), Kind::Usage, "{bad:?}");
        }
        assert!("a".repeat(201).parse::<Suite>().is_err());
    }

    #[test]
    fn values_are_one_line() {
        let mut options = Options::new("stable".parse().unwrap(), jiff::Timestamp::UNIX_EPOCH);
        options.check().unwrap();
        options.origin = Some("a\nSuite: evil".into());
        assert_eq!(options.check().unwrap_err().at_field(), Some("Origin"));
        options.origin = None;
        options.signed_by = vec!["abc".into()];
        assert_eq!(options.check().unwrap_err().at_field(), Some("Signed-By"));
        options.signed_by = vec!["A".repeat(40)];
        options.architectures = vec!["../x".into()];
        assert_eq!(options.check().unwrap_err().kind(), Kind::Usage);
        options.architectures = Vec::new();
        options.formats.extend(IndexFormat::defaults());
        assert_eq!(options.check().unwrap_err().kind(), Kind::Usage);
    }
}
