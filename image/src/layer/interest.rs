//! Which paths of a layer matter, and how much of their files is kept.
//!
//! Where nothing but plain folders leads to a database, these are known beforehand. Links lead elsewhere: whoever puts an
//! image together then asks for the place that a link names, and the layers are looked at once more.

use std::collections::{BTreeMap, HashSet};

use reposnap::{Digest, Error, Kind, Result};

use crate::limits::{MAX_LOG, MAX_PLACES, MAX_RPM, MAX_STATUS, MAX_TEXT};

/// What is wanted of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Keep {
    /// Its content. More than so many bytes is an error.
    Whole(u64),
    /// Its content, if it has at most so many bytes.
    UpTo(u64),
    /// That it is there.
    Name,
}

/// What is wanted of a place. The numbers are part of the cache's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Rule {
    /// A file: dpkg's `status`.
    Status = 0,
    /// A file of text that decides something.
    Text = 1,
    /// A file that is evidence, or a log.
    Log = 2,
    /// A file of an rpm database.
    Rpm = 3,
    /// A file that only has to be there, or anything that a link may lead through.
    Name = 4,
    /// A folder: `status.d` of distroless images.
    StatusD = 16,
    /// A folder: dpkg's `info`, its md5sums.
    Info = 17,
    /// A folder: dpkg's `info`, its md5sums and lists of files.
    InfoLists = 18,
    /// A folder: dpkg's `updates`, what it had not yet written into `status`.
    Updates = 19,
    /// A folder: apt's `sources.list.d`.
    Sources = 20,
    /// A folder: apt's `lists`.
    Lists = 21,
    /// A folder: `var/log`.
    Logs = 22,
    /// A folder: `var/log/apt`.
    AptLogs = 23,
}

impl Rule {
    /// What is wanted of a file at the place itself; none for a folder.
    pub(crate) fn file(self) -> Option<Keep> {
        match self {
            Rule::Status => Some(Keep::Whole(MAX_STATUS)),
            Rule::Text => Some(Keep::Whole(MAX_TEXT)),
            Rule::Log => Some(Keep::UpTo(MAX_LOG)),
            Rule::Rpm => Some(Keep::Whole(MAX_RPM)),
            Rule::Name => Some(Keep::Name),
            _ => None,
        }
    }

    /// The rule for what is called `name` in the folder; none for what does not matter there.
    pub(crate) fn child(self, name: &[u8]) -> Option<Rule> {
        let sums = name.ends_with(b".md5sums");
        match self {
            Rule::StatusD => Some(Rule::Text),
            Rule::Info => sums.then_some(Rule::Text),
            Rule::InfoLists => (sums || name.ends_with(b".list")).then_some(Rule::Text),
            Rule::Updates => (!name.is_empty() && name.iter().all(u8::is_ascii_digit)).then_some(Rule::Text),
            Rule::Sources => (name.ends_with(b".list") || name.ends_with(b".sources")).then_some(Rule::Log),
            Rule::Lists => Some(if name.ends_with(b"Release") { Rule::Log } else { Rule::Name }),
            Rule::Logs => is_log(name, b"dpkg.log").then_some(Rule::Log),
            Rule::AptLogs => is_log(name, b"history.log").then_some(Rule::Log),
            _ => None,
        }
    }
}

/// Whether `name` is the log `stem` or one that was put away: `stem.1`, `stem.2.gz`.
fn is_log(name: &[u8], stem: &[u8]) -> bool {
    let Some(rest) = name.strip_prefix(stem) else { return false };
    let rest = [&b".gz"[..], b".xz", b".zst"].iter().find_map(|end| rest.strip_suffix(*end)).unwrap_or(rest);
    rest.is_empty() || rest.strip_prefix(b".").is_some_and(|n| !n.is_empty() && n.iter().all(u8::is_ascii_digit))
}

/// The folders where rpm databases lie: that of Fedora and SUSE today, the old one, and that of rpm-ostree.
pub(crate) const RPM_FOLDERS: [&str; 3] = ["usr/lib/sysimage/rpm", "var/lib/rpm", "usr/share/rpm"];

/// Their files: SQLite with its write-ahead log, ndb, Berkeley DB.
pub(crate) const RPM_FILES: [&str; 5] =
    ["rpmdb.sqlite", "rpmdb.sqlite-wal", "rpmdb.sqlite-journal", "Packages.db", "Packages"];

/// The places of which everything is known beforehand.
const PLACES: [(&str, Rule); 12] = [
    ("etc/os-release", Rule::Text),
    ("usr/lib/os-release", Rule::Text),
    ("var/lib/dpkg/status", Rule::Status),
    ("var/lib/dpkg/status.d", Rule::StatusD),
    ("var/lib/dpkg/info", Rule::Info),
    ("var/lib/dpkg/updates", Rule::Updates),
    ("var/lib/dpkg/diversions", Rule::Text),
    ("etc/apt/sources.list", Rule::Log),
    ("etc/apt/sources.list.d", Rule::Sources),
    ("var/lib/apt/lists", Rule::Lists),
    ("var/log", Rule::Logs),
    ("var/log/apt", Rule::AptLogs),
];

/// Why a path matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relevance {
    /// It does not.
    None,
    /// It leads to a place, or is a folder whose files are wanted.
    Way,
    /// It is a file that is wanted.
    File(Rule),
}

/// The paths that matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Interest {
    places: BTreeMap<Vec<u8>, Rule>,
    ways: HashSet<Vec<u8>>,
    /// Every path, and the MD5 of every file.
    all: bool,
}

impl Interest {
    /// The places that are known beforehand; with `all`, every path.
    pub(crate) fn new(all: bool) -> Self {
        let mut interest = Self { places: BTreeMap::new(), ways: HashSet::new(), all };
        for (path, rule) in PLACES {
            let rule = if all && rule == Rule::Info { Rule::InfoLists } else { rule };
            interest.insert(path.as_bytes(), rule);
        }
        for folder in RPM_FOLDERS {
            for file in RPM_FILES {
                interest.insert(format!("{folder}/{file}").as_bytes(), Rule::Rpm);
            }
        }
        interest
    }

    /// Adds a place. False where it was there.
    ///
    /// # Errors
    /// [`Kind::Limit`] where links have led to more places than [`MAX_PLACES`].
    pub(crate) fn add(&mut self, path: &[u8], rule: Rule) -> Result<bool> {
        if self.places.get(path).is_some_and(|known| *known == rule || rule == Rule::Name) {
            return Ok(false);
        }
        if self.places.len() >= MAX_PLACES {
            return Err(Error::new(Kind::Limit, format!("links lead to more than {MAX_PLACES} places")));
        }
        self.insert(path, rule);
        Ok(true)
    }

    fn insert(&mut self, path: &[u8], rule: Rule) {
        for (at, _) in path.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            if !self.ways.contains(&path[..at]) {
                self.ways.insert(path[..at].to_vec());
            }
        }
        self.places.insert(path.to_vec(), rule);
    }

    /// Whether every path is recorded.
    pub(crate) fn is_all(&self) -> bool {
        self.all
    }

    /// What is wanted of the place at `path`.
    pub(crate) fn rule_at(&self, path: &[u8]) -> Option<Rule> {
        self.places.get(path).copied()
    }

    /// The place at `folder` and those in it: their paths from there, and what is wanted of them.
    pub(crate) fn below(&self, folder: &[u8]) -> Vec<(&[u8], Rule)> {
        if folder.is_empty() {
            return self.places.iter().map(|(path, rule)| (path.as_slice(), *rule)).collect();
        }
        let own = self.places.get(folder).map(|rule| (&b""[..], *rule));
        let (start, end) = ([folder, b"/"].concat(), [folder, b"0"].concat());
        let length = start.len();
        own.into_iter().chain(self.places.range(start..end).map(|(path, rule)| (&path[length..], *rule))).collect()
    }

    /// Why `path` matters.
    pub(crate) fn judge(&self, path: &[u8]) -> Relevance {
        match self.places.get(path) {
            Some(Rule::Name) => return Relevance::Way,
            Some(rule) if rule.file().is_some() => return Relevance::File(*rule),
            Some(_) => return Relevance::Way,
            None => {}
        }
        if path.is_empty() || self.ways.contains(path) {
            return Relevance::Way;
        }
        let Some(slash) = memchr::memrchr(b'/', path) else { return Relevance::None };
        match self.places.get(&path[..slash]).and_then(|rule| rule.child(&path[slash + 1..])) {
            Some(rule) => Relevance::File(rule),
            None => Relevance::None,
        }
    }

    /// Whether facts tell what is at `path`.
    pub(crate) fn covers(&self, path: &[u8]) -> bool {
        self.all || self.judge(path) != Relevance::None
    }

    /// Names this interest: facts are of a layer and an interest.
    pub(crate) fn fingerprint(&self) -> Digest {
        let mut bytes = vec![u8::from(self.all)];
        for (path, rule) in &self.places {
            bytes.push(*rule as u8);
            bytes.extend_from_slice(path);
            bytes.push(0);
        }
        Digest::of(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matters() {
        let mut interest = Interest::new(false);
        for (path, relevance) in [
            ("", Relevance::Way),
            ("var", Relevance::Way),
            ("var/lib/dpkg", Relevance::Way),
            ("var/lib/dpkg/info", Relevance::Way),
            ("var/lib/dpkg/status", Relevance::File(Rule::Status)),
            ("var/lib/dpkg/status-old", Relevance::None),
            ("var/lib/dpkg/status.d/base", Relevance::File(Rule::Text)),
            ("var/lib/dpkg/status.d/a/b", Relevance::None),
            ("var/lib/dpkg/info/a.md5sums", Relevance::File(Rule::Text)),
            ("var/lib/dpkg/info/a.list", Relevance::None),
            ("var/lib/dpkg/updates/0001", Relevance::File(Rule::Text)),
            ("var/lib/dpkg/updates/tmp.i", Relevance::None),
            ("var/log/dpkg.log", Relevance::File(Rule::Log)),
            ("var/log/dpkg.log.2.gz", Relevance::File(Rule::Log)),
            ("var/log/apt", Relevance::Way),
            ("var/log/apt/term.log", Relevance::None),
            ("var/lib/apt/lists/x_InRelease", Relevance::File(Rule::Log)),
            ("var/lib/apt/lists/x_Packages", Relevance::File(Rule::Name)),
            ("usr/lib/sysimage/rpm/rpmdb.sqlite-wal", Relevance::File(Rule::Rpm)),
            ("usr/lib/sysimage", Relevance::Way),
            ("usr/bin", Relevance::None),
        ] {
            assert_eq!(interest.judge(path.as_bytes()), relevance, "{path}");
        }
        let before = interest.fingerprint();
        assert!(interest.add(b"opt/db/status", Rule::Status).unwrap());
        assert!(!interest.add(b"opt/db/status", Rule::Status).unwrap());
        assert_eq!(interest.judge(b"opt/db"), Relevance::Way);
        assert_ne!(interest.fingerprint(), before);
    }
}
