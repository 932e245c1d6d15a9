//! Release files for publishing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;

use super::files::check_path;
use super::format_date;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};

/// A Release file to be written and signed.
///
/// ```
/// use reposnap::{Digest, deb::release::{ReleaseBuilder, parse_date}};
/// let mut release = ReleaseBuilder {
///     suite: Some("stable".into()),
///     architectures: vec!["amd64".into()],
///     components: vec!["main".into()],
///     ..ReleaseBuilder::new(parse_date("Sat, 11 Jul 2026 10:16:37 UTC")?)
/// };
/// release.add_file("main/binary-amd64/Packages", 0, Digest::of(b""))?;
/// assert!(release.render()?.starts_with("Suite: stable\nDate: Sat, 11 Jul 2026 10:16:37 UTC\n"));
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseBuilder {
    /// Who made the repository.
    pub origin: Option<String>,
    /// What the repository calls itself.
    pub label: Option<String>,
    /// The name that moves, such as `stable`.
    pub suite: Option<String>,
    /// The version of the release.
    pub version: Option<String>,
    /// The name that stays, such as `bookworm`.
    pub codename: Option<String>,
    /// Where changelogs are.
    pub changelogs: Option<String>,
    /// Where older states are.
    pub snapshots: Option<String>,
    /// When it is made.
    pub date: Timestamp,
    /// Until when clients may use it.
    pub valid_until: Option<Timestamp>,
    /// Whether packages are installed only when asked for.
    pub not_automatic: bool,
    /// Whether packages from here are upgraded from here all the same.
    pub but_automatic_upgrades: bool,
    /// Whether indexes can be had by their digest.
    pub acquire_by_hash: bool,
    /// Whether packages of architecture `all` are in the index of each architecture, so that `binary-all` need not be read.
    pub all_in_each_index: bool,
    /// Fingerprints of the keys that are to sign the next Release file.
    pub signed_by: Vec<String>,
    /// The architectures.
    pub architectures: Vec<String>,
    /// The components.
    pub components: Vec<String>,
    /// A line for people.
    pub description: Option<String>,
    /// More fields, which come after the others and before the digests.
    pub others: Vec<(String, String)>,
    /// The files by their paths below the Release file, with size and digest.
    pub files: BTreeMap<String, (u64, Digest)>,
}

impl ReleaseBuilder {
    /// A Release file with nothing but its date, and indexes by digest.
    pub fn new(date: Timestamp) -> Self {
        Self {
            origin: None,
            label: None,
            suite: None,
            version: None,
            codename: None,
            changelogs: None,
            snapshots: None,
            date,
            valid_until: None,
            not_automatic: false,
            but_automatic_upgrades: false,
            acquire_by_hash: true,
            all_in_each_index: false,
            signed_by: Vec::new(),
            architectures: Vec::new(),
            components: Vec::new(),
            description: None,
            others: Vec::new(),
            files: BTreeMap::new(),
        }
    }

    /// Adds a file by its path below the Release file.
    ///
    /// # Errors
    ///
    /// [`Kind::Verification`] with the rule `unsafe-path` or `duplicate-path`.
    pub fn add_file(&mut self, path: &str, size: u64, sha256: Digest) -> Result<()> {
        check_path(path)?;
        if self.files.insert(path.to_owned(), (size, sha256)).is_some() {
            let error = Error::new(Kind::Verification, "the path is listed twice").rule("duplicate-path");
            return Err(error.path(path));
        }
        Ok(())
    }

    /// The text, in the order of fields that Debian's own files have, with paths in alphabetical order.
    ///
    /// # Errors
    ///
    /// [`Kind::Usage`] with the field whose value can't be one, or that appears twice; [`Kind::Verification`] with the rule
    /// `unsafe-path`.
    pub fn render(&self) -> Result<String> {
        let flag = |set: bool| set.then(|| "yes".to_owned());
        let words = |list: &[String], glue: &str| (!list.is_empty()).then(|| list.join(glue));
        let named = [
            ("Origin", self.origin.clone()),
            ("Label", self.label.clone()),
            ("Suite", self.suite.clone()),
            ("Version", self.version.clone()),
            ("Codename", self.codename.clone()),
            ("Changelogs", self.changelogs.clone()),
            ("Snapshots", self.snapshots.clone()),
            ("Date", Some(format_date(self.date))),
            ("Valid-Until", self.valid_until.map(format_date)),
            ("NotAutomatic", flag(self.not_automatic)),
            ("ButAutomaticUpgrades", flag(self.but_automatic_upgrades)),
            ("Acquire-By-Hash", flag(self.acquire_by_hash)),
            ("No-Support-for-Architecture-all", self.all_in_each_index.then(|| "Packages".to_owned())),
            ("Signed-By", words(&self.signed_by, ",")),
            ("Architectures", words(&self.architectures, " ")),
            ("Components", words(&self.components, " ")),
            ("Description", self.description.clone()),
        ];
        let mut text = String::with_capacity(1024 + self.files.len() * 140);
        for (index, (name, _)) in self.others.iter().enumerate() {
            let known = named.iter().map(|(known, _)| *known).chain(["MD5Sum", "SHA1", "SHA256", "SHA512"]);
            let earlier = self.others[..index].iter().map(|(other, _)| &**other);
            if known.chain(earlier).any(|other| other.eq_ignore_ascii_case(name)) {
                return Err(unusable(name, "the field appears twice"));
            }
        }
        let others = self.others.iter().map(|(name, value)| (&**name, Some(value.clone())));
        for (name, value) in named.into_iter().chain(others) {
            let Some(value) = value else { continue };
            check_field(name, &value)?;
            text.extend([name, ": ", &value, "\n"]);
        }
        for (list, name) in [(&self.architectures, "Architectures"), (&self.components, "Components")] {
            if list.iter().any(|word| word.is_empty() || word.contains(char::is_whitespace)) {
                return Err(unusable(name, "a name is empty or has a space in it"));
            }
        }
        text.push_str("SHA256:\n");
        for (path, (size, digest)) in &self.files {
            check_path(path)?;
            writeln!(text, " {digest} {size:>8} {path}").expect("writing to memory does not fail");
        }
        Ok(text)
    }
}

fn check_field(name: &str, value: &str) -> Result<()> {
    // Policy 5.1: printable ASCII without spaces and colons, and not a comment or an armor's dash at the beginning.
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b':';
    if name.is_empty() || !name.bytes().all(plain) || name.starts_with(['#', '-']) {
        return Err(unusable(name, "the name can't be that of a field"));
    }
    if value.trim().is_empty() || value.trim() != value || value.contains(char::is_control) {
        return Err(unusable(name, "the value is empty, has spaces around it or is more than one line"));
    }
    Ok(())
}

fn unusable(name: &str, why: &str) -> Error {
    Error::new(Kind::Usage, format!("the Release file can't be written: {why}")).field(name)
}
