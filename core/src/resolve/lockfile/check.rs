//! What may stand in a lock: one rule for each sort of word, for parsing and for making alike.
//!
//! They are as strict as dpkg is about what it installs, so that a word of a lock can go into a shell's line, a pin or a
//! URL without any further thought.

use crate::error::{Error, Kind, Result};

/// The most bytes of one line.
pub(super) const MAX_LINE: usize = 4096;

/// The most bytes of all pins.
pub(super) const MAX_PINS: usize = 1 << 20;

/// The most names in a field of the head.
pub(super) const MAX_NAMES: usize = 1 << 17;

fn all(text: &str, good: impl Fn(u8) -> bool) -> bool {
    text.bytes().all(good)
}

fn verdict(text: &str, good: bool, what: &str) -> Result<()> {
    if text.len() > MAX_LINE {
        return Err(Error::new(Kind::Limit, format!("{what} has more than {MAX_LINE} bytes")));
    }
    match good {
        true => Ok(()),
        false => Err(Error::new(Kind::Malformed, format!("{text:?} is no {what}"))),
    }
}

/// A package's name: policy 5.6.1, and the capitals and underscores that dpkg takes as well.
pub(super) fn name(text: &str) -> Result<()> {
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    verdict(text, first && all(text, |byte| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte)), "package name")
}

/// A version: what dpkg takes (deb-version(7)).
pub(super) fn version(text: &str) -> Result<()> {
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    verdict(text, first && all(text, |byte| byte.is_ascii_alphanumeric() || b"+-.:~".contains(&byte)), "version")
}

/// An architecture of packages, `all` among them.
pub(super) fn architecture(text: &str) -> Result<()> {
    let good = !text.is_empty() && all(text, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
    verdict(text, good && text != "any" && text != "source", "architecture of a package")
}

/// A path below the archive's root: it leads nowhere else.
pub(super) fn path(text: &str) -> Result<()> {
    let good = !text.is_empty() && !text.starts_with('/') && !text.split('/').any(|part| part == "..");
    verdict(text, good && all(text, |byte| byte > b' ' && byte != 0x7f && byte != b'\\'), "path of a package")
}

/// A word: something without blanks.
pub(super) fn word(text: &str) -> Result<()> {
    verdict(text, !text.is_empty() && all(text, |byte| byte > b' ' && byte != 0x7f), "word")
}

/// One line, with no white space around it.
pub(super) fn line(text: &str) -> Result<()> {
    verdict(text, !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control), "line of text")
}

/// Words of the head, none of them twice.
pub(super) fn names(names: &[String], each: impl Fn(&str) -> Result<()>) -> Result<()> {
    if names.len() > MAX_NAMES {
        return Err(Error::new(Kind::Limit, format!("there are more than {MAX_NAMES} names")));
    }
    let mut seen = std::collections::HashSet::new();
    for name in names {
        each(name)?;
        if !seen.insert(name.as_str()) {
            return Err(Error::new(Kind::Malformed, format!("{name:?} is there twice")));
        }
    }
    Ok(())
}

/// A package in the words of apt: `git`, or `git:i386`.
pub(super) fn package(text: &str) -> Result<()> {
    match text.split_once(':') {
        Some((before, behind)) => name(before).and_then(|()| architecture(behind)),
        None => name(text),
    }
}

/// Pins as they are kept: no blanks at line ends, one empty line between records, none around them.
pub(super) fn pins(text: &str) -> Result<String> {
    if text.len() > MAX_PINS {
        return Err(Error::new(Kind::Limit, format!("the pins have more than {MAX_PINS} bytes")));
    }
    let mut kept = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if line == "." || line.chars().any(|char| char.is_control() && char != '\t') {
            return Err(Error::new(Kind::Malformed, format!("{line:?} is no line of pins")));
        }
        if kept.is_empty() {
            if line.starts_with([' ', '\t']) {
                return Err(Error::new(Kind::Malformed, "the pins start with a line that continues a field"));
            }
        } else {
            kept.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        empty = 0;
        kept.push_str(line);
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for good in ["git", "libstdc++6", "0ad", "A_b.c-d"] {
            assert!(name(good).is_ok(), "{good}");
        }
        for bad in ["", "+a", "a b", "a/b", "a:b", "é", "a\n"] {
            assert!(name(bad).is_err(), "{bad:?}");
        }
        for good in ["1", "1:2.39.5-0+deb12u2", "3.0.17-1~deb12u2"] {
            assert!(version(good).is_ok(), "{good}");
        }
        for bad in ["", "~1", "1 2", "1;rm", "1$(x)", "1'", "-1", "1_2"] {
            assert!(version(bad).is_err(), "{bad:?}");
        }
        for bad in ["", "any", "source", "a b", "amd64/.."] {
            assert!(architecture(bad).is_err(), "{bad:?}");
        }
        for good in ["pool/main/g/git/git_1_amd64.deb", "./git.deb", "a..b"] {
            assert!(path(good).is_ok(), "{good}");
        }
        for bad in ["", "/etc/passwd", "../x", "a/../b", "a b", "a\\b", "a\n"] {
            assert!(path(bad).is_err(), "{bad:?}");
        }
        assert!(package("git:i386").is_ok() && package("git:any").is_err() && package("git:").is_err());
        assert_eq!(name(&"a".repeat(MAX_LINE + 1)).unwrap_err().kind(), Kind::Limit);
    }

    #[test]
    fn pins_have_one_form() {
        assert_eq!(pins("\r\nA: 1  \r\nB: 2\n\n\n\nA: 3\n\n").unwrap(), "A: 1\nB: 2\n\nA: 3");
        assert_eq!(pins("").unwrap(), "");
        assert!(pins("A: 1\n.\n").is_err());
        assert!(pins(" A: 1\n").is_err());
        assert!(pins("A: \u{1b}\n").is_err());
    }
}
