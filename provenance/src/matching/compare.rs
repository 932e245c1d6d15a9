//! An index's stanza of a package against what dpkg keeps of the package that is installed.
//!
//! dpkg's status has the fields of the package's control file, folded into its own form: relations with single blanks, `no`
//! left out, an epoch of zero left out, and beside them what dpkg knows itself. An index has the same fields with what the
//! archive adds, and with what it may override by right. On Debian 12, of 741 installed packages beside their stanzas, all
//! differences were these:
//!
//! | fields | where | rule |
//! |---|---|---|
//! | `Status`, `Config-Version`, `Conffiles`, `Triggers-Pending`, `Triggers-Awaited` | status alone | dpkg's own; left out |
//! | `Filename`, `Size`, `MD5sum`, `SHA1`, `SHA256`, `SHA512`, `Description-md5` | index alone | the archive's own; left out |
//! | `Section`, `Priority` | both, and not always equal | overridden by the archive (apt-ftparchive(1), "override file"); left out |
//! | `Tag`, `Task`, `Build-Essential`, `Bugs`, `Origin`, `Phased-Update-Percentage` | index | added by the archive; left out |
//! | `Description` | the index has the first line alone | see below |
//!
//! Of all other fields that dpkg acts on or that tell one build from another (`IDENTITY`), each has to be the same on both
//! sides. Fields that nobody acts on have to be the same where both sides have them: some archives drop them.
//!
//! Of `Description`, the whole counts where the index has `Description-md5`: the MD5 of the long description and a line end
//! (wiki.debian.org, RepositoryFormat). Where the index has several lines, these count. Where it has one line and no digest,
//! only the first line does.

use std::fmt;

use md5::{Digest as _, Md5};
use reposnap::deb::stanza::Stanza;
use serde::{Deserialize, Serialize};

/// What differs between a package and its stanza in an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differs {
    /// The field; `md5sums` for the list of the package's files.
    pub field: String,
    /// What the index, or the package's file, has, cut to a readable length.
    pub theirs: String,
    /// What the image has.
    pub ours: String,
}

impl fmt::Display for Differs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} instead of {}", self.field, self.ours, self.theirs)
    }
}

/// How the values of a field are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// With runs of white space as one blank.
    Text,
    /// A word that may be left out for `no`.
    Choice,
    /// A list of packages, in which white space has no meaning.
    Relation,
    /// A version, whose epoch may be left out where it is zero.
    Version,
    /// The name of the source package and perhaps its version, both those of the package where left out.
    Source,
    /// Has to be the same where both have it.
    Extra,
}

/// The fields that have to be the same, `Description` beside them.
const IDENTITY: [(&str, Sort); 22] = [
    ("Package", Sort::Text),
    ("Version", Sort::Version),
    ("Architecture", Sort::Text),
    ("Source", Sort::Source),
    ("Maintainer", Sort::Text),
    ("Installed-Size", Sort::Extra),
    ("Multi-Arch", Sort::Choice),
    ("Essential", Sort::Choice),
    ("Protected", Sort::Choice),
    ("Important", Sort::Choice),
    ("Pre-Depends", Sort::Relation),
    ("Depends", Sort::Relation),
    ("Recommends", Sort::Relation),
    ("Suggests", Sort::Relation),
    ("Enhances", Sort::Relation),
    ("Provides", Sort::Relation),
    ("Conflicts", Sort::Relation),
    ("Breaks", Sort::Relation),
    ("Replaces", Sort::Relation),
    ("Built-Using", Sort::Relation),
    ("Static-Built-Using", Sort::Relation),
    ("Homepage", Sort::Extra),
];

/// The fields that do not count, whatever they say.
const LEFT_OUT: [&str; 22] = [
    "Status",
    "Config-Version",
    "Conffiles",
    "Triggers-Pending",
    "Triggers-Awaited",
    "Filename",
    "Size",
    "MD5sum",
    "SHA1",
    "SHA256",
    "SHA512",
    "Description",
    "Description-md5",
    "Section",
    "Priority",
    "Tag",
    "Task",
    "Build-Essential",
    "Bugs",
    "Origin",
    "Phased-Update-Percentage",
    "Supported",
];

/// Characters of a value that are shown.
const SHOWN: usize = 120;

/// What differs between the stanza of an index and that of dpkg's status; nothing where they are of the same build.
///
/// ```
/// use reposnap_provenance::matching::compare::differences;
/// let index = b"Package: a\nVersion: 1\nSection: net\nDepends: b (>= 1),\n c\nSize: 700\n";
/// let status = b"Package: a\nStatus: install ok installed\nVersion: 1\nSection: misc\nDepends: b (>= 1), c\n";
/// assert!(differences(index, status).is_empty());
/// let other = b"Package: a\nStatus: install ok installed\nVersion: 1\nDepends: b (>= 2), c\n";
/// assert_eq!(differences(index, other)[0].field, "Depends");
/// ```
pub fn differences(index: &[u8], status: &[u8]) -> Vec<Differs> {
    let unreadable = || Differs { field: "Package".into(), theirs: "a stanza".into(), ours: "what is none".into() };
    let (Ok(index), Ok(status)) = (Stanza::parse(index), Stanza::parse(status)) else { return vec![unreadable()] };
    let mut differs = Vec::new();
    for (name, sort) in IDENTITY {
        let (theirs, ours) = (index.get(name).unwrap_or_default(), status.get(name).unwrap_or_default());
        if !agree(sort, (&index, theirs), (&status, ours)) {
            differs.push(Differs { field: name.to_owned(), theirs: shown(theirs), ours: shown(ours) });
        }
    }
    differs.extend(description(&index, &status));
    for field in status.fields() {
        let Ok(name) = std::str::from_utf8(field.name) else { continue };
        let is_judged = |known: &str| known.eq_ignore_ascii_case(name);
        if IDENTITY.iter().any(|(known, _)| is_judged(known)) || LEFT_OUT.into_iter().any(is_judged) {
            continue;
        }
        let theirs = index.get(name).unwrap_or_default();
        if !agree(Sort::Extra, (&index, theirs), (&status, field.value)) {
            differs.push(Differs { field: name.to_owned(), theirs: shown(theirs), ours: shown(field.value) });
        }
    }
    differs
}

/// A version without the epoch that says nothing: dpkg leaves out one of zero.
pub fn canonical(version: &str) -> &str {
    match version.split_once(':') {
        Some((epoch, rest)) if !epoch.is_empty() && epoch.bytes().all(|digit| digit == b'0') => rest,
        _ => version,
    }
}

fn agree(sort: Sort, (index, theirs): (&Stanza<'_>, &[u8]), (status, ours): (&Stanza<'_>, &[u8])) -> bool {
    if theirs == ours {
        return true;
    }
    match sort {
        Sort::Text => words(theirs).eq(words(ours)),
        Sort::Choice => chosen(theirs) == chosen(ours),
        Sort::Relation => items(theirs) == items(ours),
        Sort::Version => same_version(theirs, ours),
        Sort::Source => {
            let (theirs, ours) = (source(index), source(status));
            theirs.0 == ours.0 && same_version(theirs.1, ours.1)
        }
        Sort::Extra => theirs.is_empty() || ours.is_empty() || words(theirs).eq(words(ours)),
    }
}

fn words(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

fn chosen(value: &[u8]) -> &[u8] {
    if value.eq_ignore_ascii_case(b"no") { b"" } else { value }
}

fn same_version(a: &[u8], b: &[u8]) -> bool {
    match (std::str::from_utf8(a), std::str::from_utf8(b)) {
        (Ok(a), Ok(b)) => canonical(a) == canonical(b),
        _ => a == b,
    }
}

/// A list without white space and without empty places, as `a,,b,` has them.
fn items(value: &[u8]) -> Vec<Vec<u8>> {
    let item = |item: &[u8]| item.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect::<Vec<u8>>();
    value.split(|byte| *byte == b',').map(item).filter(|item| !item.is_empty()).collect()
}

/// The name and version of the source package.
fn source<'a>(stanza: &Stanza<'a>) -> (&'a [u8], &'a [u8]) {
    let mut parts = stanza.get("Source").unwrap_or_default().splitn(2, |byte| *byte == b'(');
    let name = parts.next().unwrap_or_default().trim_ascii();
    let version = parts.next().map(|rest| rest.strip_suffix(b")").unwrap_or(rest).trim_ascii());
    let name = if name.is_empty() { stanza.get("Package").unwrap_or_default() } else { name };
    (name, version.unwrap_or_else(|| stanza.get("Version").unwrap_or_default()))
}

fn description(index: &Stanza<'_>, status: &Stanza<'_>) -> Option<Differs> {
    let theirs = index.get("Description").unwrap_or_default();
    let ours = status.get("Description").unwrap_or_default();
    let first = |text: &[u8]| text.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii().to_vec();
    let is_same = match index.get("Description-md5") {
        Some(digest) => {
            let sum = Md5::new_with_prefix(ours).chain_update(b"\n").finalize();
            let hex: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
            digest.eq_ignore_ascii_case(hex.as_bytes())
        }
        None if theirs.contains(&b'\n') => words(theirs).eq(words(ours)),
        // An index without descriptions says nothing of them.
        None => theirs.is_empty() || first(theirs) == first(ours),
    };
    let differs = || Differs { field: "Description".into(), theirs: shown(theirs), ours: shown(ours) };
    (!is_same).then(differs)
}

fn shown(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    match text.chars().nth(SHOWN) {
        _ if text.is_empty() => "nothing".to_owned(),
        None => format!("{text:?}"),
        Some(_) => format!("{:?}...", text.chars().take(SHOWN).collect::<String>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = "Package: a\nSource: s (0:1)\nVersion: 0:1-1\nArchitecture: amd64\nMaintainer: M <m@x>\n\
                         Installed-Size: 7\nEssential: no\nDepends: b(>= 1),,c\nLua-Versions: 5.1\nSection: net\n\
                         Priority: optional\nTag: x::y\nDescription: short\nFilename: a.deb\n\
                         Description-md5: 6a5f8e9aa1b8ad8ee3c9d9d0eb77d4f4\n";
    const STATUS: &str = "Package: a\nStatus: install ok installed\nSource: s (1)\nVersion: 1-1\nArchitecture: amd64\n\
                          Maintainer: M <m@x>\nInstalled-Size: 7\nDepends: b (>= 1), c\nLua-Versions: 5.1\n\
                          Section: other\nConffiles:\n /etc/a 0\nDescription: short\n long\n";

    fn index() -> String {
        let sum = Md5::digest(b"short\n long\n");
        let hex: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
        INDEX.replace("6a5f8e9aa1b8ad8ee3c9d9d0eb77d4f4", &hex)
    }

    #[test]
    fn what_dpkg_and_archives_change_by_right_is_no_difference() {
        assert_eq!(differences(index().as_bytes(), STATUS.as_bytes()), []);
    }

    #[test]
    fn each_other_change_is_one() {
        for (from, to, field) in [
            ("Source: s (1)", "Source: s (2)", "Source"),
            ("Source: s (1)", "Source: t (1)", "Source"),
            ("Version: 1-1", "Version: 1-1a", "Version"),
            ("amd64", "arm64", "Architecture"),
            ("m@x", "evil@x", "Maintainer"),
            ("Installed-Size: 7", "Installed-Size: 8", "Installed-Size"),
            ("b (>= 1)", "b (>= 2)", "Depends"),
            ("Depends: b (>= 1), c\n", "", "Depends"),
            ("Status:", "Essential: yes\nStatus:", "Essential"),
            ("Status:", "Static-Built-Using: go (= 1)\nStatus:", "Static-Built-Using"),
            ("Lua-Versions: 5.1", "Lua-Versions: 5.4", "Lua-Versions"),
            (" long", " longer", "Description"),
            ("short", "shorter", "Description"),
        ] {
            let changed = STATUS.replacen(from, to, 1);
            assert_ne!(changed, STATUS, "{from}");
            let differs = differences(index().as_bytes(), changed.as_bytes());
            assert_eq!(differs.iter().map(|differs| &*differs.field).collect::<Vec<_>>(), [field], "{from} {to}");
        }
        assert_eq!(differences(index().as_bytes(), b"")[0].field, "Package");
    }

    #[test]
    fn descriptions_without_a_digest() {
        let judge = |theirs: &str, ours: &str| {
            let stanza = |text: &str| format!("Package: a\nDescription: {text}\n").into_bytes();
            differences(&stanza(theirs), &stanza(ours)).is_empty()
        };
        assert!(judge("short", "short\n long"));
        assert!(!judge("short", "other\n long"));
        assert!(judge("short\n long  words", "short\n long words"));
        assert!(!judge("short\n long", "short\n longer"));
    }
}
