//! The Release file of a suite: what it is, until when it holds, and the digest of every index.
//!
//! Facts: the Debian wiki's RepositoryFormat, apt-secure(8), sources.list(5), and what apt does.

mod date;
mod files;
mod flag;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

pub use date::{format_date, parse_date};
pub use files::{FILE_SIZE_LIMIT, FileHash};
pub(crate) use flag::parse_flag;
pub use write::ReleaseBuilder;

use super::stanza::Stanzas;
use crate::error::{Error, Kind, Result};
use files::Strength;

/// A Release file that verification has vouched for: there is no other way to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Every field but the lists of digests, in order.
    fields: Vec<(String, String)>,
    date: Option<Timestamp>,
    valid_until: Option<Timestamp>,
    architectures: Vec<String>,
    components: Vec<String>,
    files: BTreeMap<String, FileHash>,
    /// Paths with nothing better than MD5 or SHA-1.
    weak: BTreeSet<String>,
}

impl Release {
    /// Parses the text that a signature was verified for, and nothing around it.
    ///
    /// # Errors
    ///
    /// [`Kind::Malformed`] for what is not one stanza of fields. [`Kind::Verification`] with one of the rules
    /// `duplicate-field`, `date-format`, `duplicate-path`, `unsafe-path`, `size-limit`, `size-disagreement`,
    /// `digest-format`. A missing Date is for [`Release::required_date`] to refuse.
    pub(crate) fn parse(text: &[u8]) -> Result<Self> {
        let mut stanzas = Stanzas::new(text);
        let stanza = stanzas.next().transpose()?.ok_or_else(|| malformed("the Release file is empty"))?;
        if let Some(second) = stanzas.next().transpose()? {
            return Err(malformed("the Release file has a second stanza").line(second.line()));
        }
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut files = BTreeMap::new();
        let mut weak = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for field in stanza.fields() {
            let name = utf8(field.name)?;
            if !seen.insert(name.to_ascii_lowercase()) {
                return Err(broken_rule("duplicate-field", "the field appears twice").field(name));
            }
            let value = utf8(field.value).map_err(|error| error.field(name))?;
            match Strength::of_field(name) {
                Some(strength) => {
                    files::read(strength, value, &mut files, &mut weak).map_err(|error| error.field(name))?;
                }
                None => fields.push((name.to_owned(), value.to_owned())),
            }
        }
        weak.retain(|path| !files.contains_key(path));
        let find = |name: &str| find(&fields, name);
        let date =
            |name: &str| find(name).map(|value| parse_date(value).map_err(|error| error.field(name))).transpose();
        let words = |name: &str| find(name).unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect();
        let (date, valid_until) = (date("Date")?, date("Valid-Until")?);
        let (architectures, components) = (words("Architectures"), words("Components"));
        Ok(Self { date, valid_until, architectures, components, files, weak, fields })
    }

    /// A field by its name in any case, but for the lists of digests.
    pub fn get(&self, name: &str) -> Option<&str> {
        find(&self.fields, name)
    }

    /// Every field but the lists of digests, in order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Who made the repository.
    pub fn origin(&self) -> Option<&str> {
        self.get("Origin")
    }

    /// What the repository calls itself.
    pub fn label(&self) -> Option<&str> {
        self.get("Label")
    }

    /// The name of the suite, such as `stable`, which moves from release to release.
    pub fn suite(&self) -> Option<&str> {
        self.get("Suite")
    }

    /// The name of the release, such as `bookworm`, which stays.
    pub fn codename(&self) -> Option<&str> {
        self.get("Codename")
    }

    /// The version of the release, such as `12.5`.
    pub fn version(&self) -> Option<&str> {
        self.get("Version")
    }

    /// A line for people.
    pub fn description(&self) -> Option<&str> {
        self.get("Description")
    }

    /// Where changelogs are, with `@CHANGEPATH@` for the path of one, or `no`.
    pub fn changelogs(&self) -> Option<&str> {
        self.get("Changelogs")
    }

    /// Where older states of the suite are, with `@SNAPSHOTID@` for one, or `no`.
    pub fn snapshots(&self) -> Option<&str> {
        self.get("Snapshots")
    }

    /// When the file was made.
    pub fn date(&self) -> Option<Timestamp> {
        self.date
    }

    /// When the file was made.
    ///
    /// # Errors
    ///
    /// [`Kind::Verification`] with the rule `date-required`: without a date a replay of an old file can't be told.
    pub fn required_date(&self) -> Result<Timestamp> {
        self.date.ok_or_else(|| broken_rule("date-required", "the Release file has no Date"))
    }

    /// Until when the file may be used.
    pub fn valid_until(&self) -> Option<Timestamp> {
        self.valid_until
    }

    /// Whether indexes can be had by their digest, so that a change upstream never mixes two states.
    pub fn acquire_by_hash(&self) -> bool {
        self.flag("Acquire-By-Hash")
    }

    /// Whether packages are installed only when asked for (priority 1), as for experimental.
    pub fn not_automatic(&self) -> bool {
        self.flag("NotAutomatic")
    }

    /// Whether packages that were installed from here are upgraded from here (priority 100), as for backports.
    pub fn but_automatic_upgrades(&self) -> bool {
        self.flag("ButAutomaticUpgrades")
    }

    /// The architectures that the suite says it has; may be empty.
    pub fn architectures(&self) -> &[String] {
        &self.architectures
    }

    /// The components that the suite says it has; may be empty.
    pub fn components(&self) -> &[String] {
        &self.components
    }

    /// Whether the suite has `component`, as apt sees it.
    ///
    /// Security suites used to name `updates/main` where sources say `main`, and the indexes are in `main/`: what
    /// comes before the last slash does not count. A suite that names no components may have any.
    pub fn has_component(&self, component: &str) -> bool {
        let is = |own: &String| own == component || own.rsplit_once('/').is_some_and(|(_, last)| last == component);
        self.components.is_empty() || self.components.iter().any(is)
    }

    /// Whether packages of architecture `all` are only in the index of that name, not also in the others.
    ///
    /// `No-Support-for-Architecture-all: Packages` says that they are in the others, so that `binary-all` need not be read.
    pub fn has_index_for_all(&self) -> bool {
        let without = self.get("No-Support-for-Architecture-all");
        let without = without.is_some_and(|value| value.split_ascii_whitespace().any(|word| word == "Packages"));
        !without && self.architectures.iter().any(|architecture| architecture == "all")
    }

    /// The fingerprints of the keys that are to sign the next Release file; those of exact subkeys end in `!`.
    pub fn signed_by(&self) -> Vec<&str> {
        let words = self.get("Signed-By").unwrap_or_default();
        words.split([',', ' ', '\t', '\n']).filter(|word| !word.is_empty()).collect()
    }

    /// Every file with a digest that counts, by its path below the Release file.
    pub fn files(&self) -> &BTreeMap<String, FileHash> {
        &self.files
    }

    /// What must be true of the file at `path`; none where the Release file does not name it.
    ///
    /// # Errors
    ///
    /// [`Kind::Verification`] with the rule `strong-digest-required` where it names it only with MD5 or SHA-1.
    pub fn file(&self, path: &str) -> Result<Option<&FileHash>> {
        let file = self.files.get(path);
        if file.is_none() && self.weak.contains(path) {
            let message = "the Release file has neither SHA256 nor SHA512 for the file";
            return Err(broken_rule("strong-digest-required", message).path(path));
        }
        Ok(file)
    }

    fn flag(&self, name: &str) -> bool {
        self.get(name).and_then(parse_flag).unwrap_or(false)
    }
}

fn find<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
}

fn utf8(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| malformed("the text is not UTF-8"))
}

fn malformed(message: &str) -> Error {
    Error::new(Kind::Malformed, message)
}

fn broken_rule(rule: &'static str, message: &str) -> Error {
    Error::new(Kind::Verification, message).rule(rule)
}
