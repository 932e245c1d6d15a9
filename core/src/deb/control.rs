//! What a package's control file and its stanza in an index have to agree on.
//!
//! An index repeats the control file of each package: apt decides by the index what to install, and dpkg by the control
//! file what that does. Where the two differ, something else is installed than was decided.
//!
//! Compared are the fields that either of them acts on, with white space folded as in a field of one line (deb822(5)).
//! Left out is what archives change by right, through override files (apt-ftparchive(1), dpkg-scanpackages(1)) or for
//! their readers: `Section`, `Priority`, `Maintainer`, `Homepage`, `Description`, `Tag`, `Task`, `Bugs`, `Origin`,
//! `Phased-Update-Percentage` and fields that nobody acts on.

use super::stanza::{Selection, Stanza};
use crate::error::{Error, Kind};

/// How the values of a field are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// Byte by byte.
    Word,
    /// A word that may be left out for `no`.
    Choice,
    /// A list of packages, in which white space has no meaning.
    Relation,
    /// The name of the source package and perhaps its version, both those of the package where left out.
    Source,
    /// A word that an index may leave out.
    Extra,
}

const COUNT: usize = 18;

/// The fields that are compared, in the order in which they are told.
const FIELDS: [(&str, Sort); COUNT] = [
    ("Package", Sort::Word),
    ("Version", Sort::Word),
    ("Architecture", Sort::Word),
    ("Source", Sort::Source),
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
    ("Installed-Size", Sort::Extra),
];

/// Bytes of a value that an error repeats.
const SHOWN: usize = 200;

/// The fields of a stanza that its package has to agree with; the values alone, to be kept for many packages.
#[derive(Clone, PartialEq, Eq)]
pub struct Facts(Box<[u8]>);

impl Facts {
    /// The facts of a stanza, be it of an index or a control file.
    ///
    /// ```
    /// use reposnap::deb::{control::Facts, stanza::Stanza};
    /// let index = Stanza::parse(b"Package: a\nVersion: 1\nDepends: b,\n c\nSection: net\nFilename: a.deb\n")?;
    /// let control = Stanza::parse(b"Package: a\nVersion: 1\nSection: misc\nDepends: b, c\n")?;
    /// assert!(Facts::of(&index).agree(&Facts::of(&control)).is_ok());
    ///
    /// let other = Stanza::parse(b"Package: a\nVersion: 1\nDepends: b\n")?;
    /// let error = Facts::of(&index).agree(&Facts::of(&other)).unwrap_err();
    /// assert_eq!((error.at_field(), error.broken_rule()), (Some("Depends"), Some("control-mismatch")));
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    pub fn of(stanza: &Stanza<'_>) -> Self {
        let selection = Selection::new(FIELDS.map(|(name, _)| name));
        let mut text = Vec::with_capacity(stanza.raw().len().min(512));
        for value in stanza.select(&selection) {
            fold(value.unwrap_or_default(), &mut text);
            text.push(b'\n');
        }
        Self(text.into())
    }

    /// Fails where `control`, the facts of the package itself, differ from these, which are its stanza's.
    ///
    /// # Errors
    /// [`Kind::Verification`] with the rule `control-mismatch`, the field, and what both have in it.
    pub fn agree(&self, control: &Self) -> Result<(), Error> {
        if self == control {
            return Ok(());
        }
        let (stanza, control) = (self.values(), control.values());
        for (index, (name, sort)) in FIELDS.iter().enumerate() {
            let (ours, theirs) = (stanza[index], control[index]);
            let agree = ours == theirs
                || match sort {
                    Sort::Word => false,
                    Sort::Extra => ours.is_empty() || theirs.is_empty(),
                    Sort::Choice => chosen(ours) == chosen(theirs),
                    Sort::Relation => tight(ours) == tight(theirs),
                    Sort::Source => source(&stanza) == source(&control),
                };
            if !agree {
                return Err(Error::new(
                    Kind::Verification,
                    "the package's control file has another value than its stanza",
                )
                .rule(RULE)
                .field(*name)
                .mismatch(shown(ours), shown(theirs))
                .help("the repository's index is wrong, or somebody altered it; tell its owner"));
            }
        }
        Ok(())
    }

    fn values(&self) -> [&[u8]; COUNT] {
        let mut lines = self.0.split(|byte| *byte == b'\n');
        std::array::from_fn(|_| lines.next().unwrap_or_default())
    }
}

impl std::fmt::Debug for Facts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let values = self.values();
        let named = FIELDS.iter().zip(values).filter(|(_, value)| !value.is_empty());
        f.debug_map().entries(named.map(|((name, _), value)| (*name, shown(value)))).finish()
    }
}

/// The rule that a package breaks which differs from its stanza.
pub(crate) const RULE: &str = "control-mismatch";

/// Appends `value` with each run of white space made one space.
fn fold(value: &[u8], text: &mut Vec<u8>) {
    // Nearly all values are folded already.
    let is_plain = |pair: &[u8]| pair != b"  ";
    if !value.iter().any(|byte| matches!(byte, b'\t'..=b'\r')) && value.windows(2).all(is_plain) {
        text.extend_from_slice(value);
        return;
    }
    let words = value.split(|byte| matches!(byte, b' ' | b'\t'..=b'\r')).filter(|word| !word.is_empty());
    for (index, word) in words.enumerate() {
        if index > 0 {
            text.push(b' ');
        }
        text.extend_from_slice(word);
    }
}

fn chosen(value: &[u8]) -> &[u8] {
    if value.eq_ignore_ascii_case(b"no") { b"" } else { value }
}

/// A list without white space and without empty places, as `a,,b,` has them.
fn tight(value: &[u8]) -> Vec<Vec<u8>> {
    let items = value.split(|byte| *byte == b',');
    let item = |item: &[u8]| item.iter().copied().filter(|byte| *byte != b' ').collect::<Vec<u8>>();
    items.map(item).filter(|item| !item.is_empty()).collect()
}

/// The name and version of the source package.
fn source<'a>(values: &[&'a [u8]; COUNT]) -> (&'a [u8], &'a [u8]) {
    let [package, version, _, source, ..] = values;
    let mut parts = source.splitn(2, |byte| *byte == b'(');
    let name = parts.next().unwrap_or_default().trim_ascii();
    let told = parts.next().map(|rest| rest.strip_suffix(b")").unwrap_or(rest).trim_ascii());
    (if name.is_empty() { package } else { name }, told.unwrap_or(version))
}

fn shown(value: &[u8]) -> String {
    if value.is_empty() {
        return "nothing".to_owned();
    }
    let text = String::from_utf8_lossy(&value[..value.len().min(SHOWN)]);
    if value.len() > SHOWN { format!("{text:?}...") } else { format!("{text:?}") }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn judge(index: &str, control: &str) -> Option<String> {
        let facts = |text: &str| Facts::of(&Stanza::parse(text.as_bytes()).unwrap());
        facts(index).agree(&facts(control)).err().map(|error| error.to_string())
    }

    #[test]
    fn what_archives_may_change_is_no_matter() {
        let control =
            "Package: a\nVersion: 1\nArchitecture: all\nMaintainer: m\nInstalled-Size: 3\nDepends: b (>= 1), c\n";
        for index in [
            "package: a\nVersion: 1\nArchitecture: all\nDepends: b (>= 1),\n c\nSection: net\n",
            "Package: a\nVersion: 1\nArchitecture: all\nMulti-Arch: no\nEssential: no\nDepends: b(>=1),c,\n",
            "Package: a\nVersion: 1\nArchitecture: all\nSource: a\nDepends: b (>= 1), c\nTask: x\nSize: 7\n",
            "Package: a\nSource: a (1)\nVersion: 1\nArchitecture: all\nDepends: b (>= 1), c\nInstalled-Size: 3\n",
        ] {
            assert_eq!(judge(index, control), None, "{index}");
        }
    }

    #[test]
    fn each_field_counts_on_either_side() {
        let index = "Package: a\nVersion: 1\nArchitecture: all\n";
        for (name, sort) in &FIELDS[3..] {
            let more = format!("{index}{name}: yes\n");
            if *sort == Sort::Extra {
                assert_eq!(judge(index, &more), None);
                assert!(judge(&format!("{index}{name}: 2\n"), &more).is_some());
                continue;
            }
            let told = |expected: &str, found: &str| {
                format!(
                    "{name}: the package's control file has another value than its stanza: expected {expected}, found \
                     {found} [control-mismatch] (the repository's index is wrong, or somebody altered it; tell its owner)"
                )
            };
            assert_eq!(judge(index, &more).unwrap(), told("nothing", "\"yes\""));
            assert_eq!(judge(&more, index).unwrap(), told("\"yes\"", "nothing"));
        }
        assert!(judge(index, "Package: a\nVersion: 1.0\nArchitecture: all\n").unwrap().starts_with("Version: "));
        assert!(judge(index, "Package: a\nVersion: 1\nArchitecture: any\n").unwrap().starts_with("Architecture: "));
        assert!(judge(index, "Package: b\nVersion: 1\nArchitecture: all\n").unwrap().starts_with("Package: "));
    }

    #[test]
    fn a_source_of_another_version_is_another() {
        let rest = "Package: a\nVersion: 1+b1\nArchitecture: all\n";
        let with = |source: &str| format!("{rest}Source: {source}\n");
        assert_eq!(judge(&with("a (1)"), &with("a  (1)")), None);
        assert!(judge(&with("a (1)"), rest).is_some());
        assert!(judge(&with("a (1)"), &with("a (2)")).is_some());
        assert!(judge(&with("b"), rest).is_some());
    }

    #[test]
    fn long_values_are_cut_and_facts_are_small() {
        let long = format!("Package: a\nDepends: {}\n", "b, ".repeat(500));
        assert!(judge(&long, "Package: a\n").unwrap().contains("...,"));
        let shown = format!("{:?}", Facts::of(&Stanza::parse(b"Package: a\nDescription: x\n").unwrap()));
        assert_eq!(shown, r#"{"Package": "\"a\""}"#);
    }
}
