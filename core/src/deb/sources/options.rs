//! The options of a source.

use super::{SignedBy, malformed, signed_by};
use crate::deb::release::parse_flag;
use crate::error::Result;

/// The options of a source, but `Signed-By`. What the source does not set is `None` or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceOptions {
    /// `Architectures` (arch): which to fetch indexes for.
    pub architectures: Edits,
    /// `Languages` (lang): which translations to fetch.
    pub languages: Edits,
    /// `Targets` (target): which kinds of index to fetch.
    pub targets: Edits,
    /// `PDiffs` (pdiffs): whether to update indexes by patches.
    pub pdiffs: Option<bool>,
    /// `By-Hash` (by-hash): whether to fetch indexes by their digest.
    pub by_hash: Option<ByHash>,
    /// `Allow-Insecure`: whether a repository without signature will do.
    pub allow_insecure: Option<bool>,
    /// `Allow-Weak`: whether weak digests and signatures will do.
    pub allow_weak: Option<bool>,
    /// `Allow-Downgrade-To-Insecure`: whether a repository may lose its signature.
    pub allow_downgrade_to_insecure: Option<bool>,
    /// `Trusted`: what to think of the repository whatever its signature says.
    pub trusted: Option<bool>,
    /// `Check-Valid-Until`: whether an expired Release file is refused.
    pub check_valid_until: Option<bool>,
    /// `Valid-Until-Min`, in seconds.
    pub valid_until_min: Option<u64>,
    /// `Valid-Until-Max`, in seconds.
    pub valid_until_max: Option<u64>,
    /// `Check-Date`: whether a Release file from the future is refused.
    pub check_date: Option<bool>,
    /// `Date-Max-Future`, in seconds.
    pub date_max_future: Option<u64>,
    /// `InRelease-Path`: where the InRelease file is, from its normal folder.
    pub inrelease_path: Option<String>,
    /// `Snapshot`: a snapshot's identifier, or a word for yes or no (apt 2.9).
    pub snapshot: Option<String>,
    /// `Include`: the only packages to take from here (apt 3.0).
    pub include: Vec<String>,
    /// `Exclude`: packages not to take from here (apt 3.0).
    pub exclude: Vec<String>,
    /// Options that are not known here, as they are: names of targets with yes or no, and what other programs keep.
    pub others: Vec<(String, String)>,
}

/// A list that replaces or alters a default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits {
    /// What replaces the default; may be an empty list.
    pub set: Option<Vec<String>>,
    /// What comes on top.
    pub add: Vec<String>,
    /// What goes at last.
    pub remove: Vec<String>,
}

impl Edits {
    /// The list that comes of `default`.
    ///
    /// ```
    /// use reposnap::deb::sources::Edits;
    /// let edits = Edits { add: vec!["i386".into()], ..Edits::default() };
    /// assert_eq!(edits.apply(&["amd64".into()]), ["amd64", "i386"]);
    /// ```
    pub fn apply(&self, default: &[String]) -> Vec<String> {
        let mut list: Vec<String> = Vec::new();
        for word in self.set.as_deref().unwrap_or(default).iter().chain(&self.add) {
            if !self.remove.contains(word) && !list.contains(word) {
                list.push(word.clone());
            }
        }
        list
    }
}

/// Whether indexes are fetched by their digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByHash {
    /// Where the repository offers it.
    Yes,
    /// Never.
    No,
    /// Always.
    Force,
}

/// How an option changes what was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Set,
    Add,
    Remove,
}

/// The name of an option in deb822 files, from that in brackets.
pub(super) fn long_name(short: &str) -> Option<&'static str> {
    Some(match short {
        "arch" => "Architectures",
        "lang" => "Languages",
        "target" => "Targets",
        _ => NAMES.iter().find(|name| name.to_ascii_lowercase() == short).copied()?,
    })
}

/// The options that have the same name in both formats, but for its case.
const NAMES: [&str; 17] = [
    "PDiffs",
    "By-Hash",
    "Allow-Insecure",
    "Allow-Weak",
    "Allow-Downgrade-To-Insecure",
    "Trusted",
    "Signed-By",
    "Check-Valid-Until",
    "Valid-Until-Min",
    "Valid-Until-Max",
    "Check-Date",
    "Date-Max-Future",
    "InRelease-Path",
    "Snapshot",
    "Include",
    "Exclude",
    "Enabled",
];

impl SourceOptions {
    /// Takes in one option by its deb822 name; false where no option has that name.
    pub(super) fn set(&mut self, name: &str, change: Change, value: &str, keys: &mut Vec<SignedBy>) -> Result<bool> {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        let edits = match name {
            _ if is("Architectures") => Some(&mut self.architectures),
            _ if is("Languages") => Some(&mut self.languages),
            _ if is("Targets") => Some(&mut self.targets),
            _ => None,
        };
        if let Some(edits) = edits {
            match change {
                Change::Set => edits.set = Some(words(value)),
                Change::Add => edits.add = words(value),
                Change::Remove => edits.remove = words(value),
            }
            return Ok(true);
        }
        if change != Change::Set {
            return Ok(false);
        }
        let flag = || {
            let parsed = parse_flag(value).map(Some);
            parsed
                .ok_or_else(|| malformed("the value is neither yes nor no").mismatch("yes or no", format!("{value:?}")))
        };
        let seconds = || {
            let parsed = value.parse().map(Some);
            parsed.map_err(|_| {
                malformed("the value is not a number of seconds").mismatch("seconds", format!("{value:?}"))
            })
        };
        match name {
            _ if is("PDiffs") => self.pdiffs = flag()?,
            _ if is("By-Hash") && value.eq_ignore_ascii_case("force") => self.by_hash = Some(ByHash::Force),
            _ if is("By-Hash") => self.by_hash = flag()?.map(|yes| if yes { ByHash::Yes } else { ByHash::No }),
            _ if is("Allow-Insecure") => self.allow_insecure = flag()?,
            _ if is("Allow-Weak") => self.allow_weak = flag()?,
            _ if is("Allow-Downgrade-To-Insecure") => self.allow_downgrade_to_insecure = flag()?,
            _ if is("Trusted") => self.trusted = flag()?,
            _ if is("Signed-By") => *keys = signed_by::parse(value)?,
            _ if is("Check-Valid-Until") => self.check_valid_until = flag()?,
            _ if is("Valid-Until-Min") => self.valid_until_min = seconds()?,
            _ if is("Valid-Until-Max") => self.valid_until_max = seconds()?,
            _ if is("Check-Date") => self.check_date = flag()?,
            _ if is("Date-Max-Future") => self.date_max_future = seconds()?,
            _ if is("InRelease-Path") => self.inrelease_path = Some(value.to_owned()),
            _ if is("Snapshot") => self.snapshot = Some(value.to_owned()),
            _ if is("Include") => self.include = words(value),
            _ if is("Exclude") => self.exclude = words(value),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// The words of a value, between spaces, line ends and commas.
fn words(value: &str) -> Vec<String> {
    let separator = |character: char| character == ',' || character.is_ascii_whitespace();
    value.split(separator).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
