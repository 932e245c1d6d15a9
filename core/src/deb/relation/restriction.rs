//! Lists of architectures and formulas of build profiles.

use std::fmt;

use super::architecture_is;

/// A name in a list, plain or negated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restriction<'a> {
    /// Whether `!` stands before it.
    pub negated: bool,
    /// The architecture, wildcard or build profile.
    pub name: &'a str,
}

impl fmt::Display for Restriction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.negated { "!" } else { "" }, self.name)
    }
}

/// A list of architectures, such as `[linux-any]` or `[!armel !armhf]`. Lists are equal if they are written alike.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ArchitectureList<'a>(pub(super) &'a str);

impl<'a> ArchitectureList<'a> {
    /// Its architectures and wildcards in order.
    pub fn iter(&self) -> impl Iterator<Item = Restriction<'a>> + use<'a> {
        restrictions(self.0)
    }

    /// Whether the list covers the architecture `host`.
    ///
    /// The first entry that matches decides; if none does, a list with a negated entry covers `host` and one without
    /// does not. So does dpkg, which looks at the names in lower case.
    pub fn includes(&self, host: &str) -> bool {
        let mut rest = false;
        for entry in self.iter() {
            let matches = if entry.name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                architecture_is(host, &entry.name.to_ascii_lowercase())
            } else {
                architecture_is(host, entry.name)
            };
            if matches {
                return !entry.negated;
            }
            rest |= entry.negated;
        }
        rest
    }
}

impl fmt::Display for ArchitectureList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        write_words(f, self.iter())?;
        f.write_str("]")
    }
}

impl fmt::Debug for ArchitectureList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A formula of build profiles, such as `<!nocheck stage1> <cross>`: any list, all of whose entries hold.
/// Formulas are equal if they are written alike.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ProfileFormula<'a>(pub(super) &'a str);

impl<'a> ProfileFormula<'a> {
    /// Its lists in order, each with its profiles in order.
    pub fn lists(&self) -> impl Iterator<Item = impl Iterator<Item = Restriction<'a>> + use<'a>> + use<'a> {
        self.0.split('<').skip(1).map(|list| restrictions(list.split('>').next().unwrap_or_default()))
    }

    /// Whether the formula holds while the build profiles `active` are on.
    pub fn holds(&self, active: &[&str]) -> bool {
        self.lists().any(|mut list| list.all(|entry| active.contains(&entry.name) != entry.negated))
    }
}

impl fmt::Display for ProfileFormula<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, list) in self.lists().enumerate() {
            f.write_str(if index == 0 { "<" } else { " <" })?;
            write_words(f, list)?;
            f.write_str(">")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ProfileFormula<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn restrictions(list: &str) -> impl Iterator<Item = Restriction<'_>> {
    list.split_ascii_whitespace().map(|word| match word.strip_prefix('!') {
        Some(name) => Restriction { negated: true, name },
        None => Restriction { negated: false, name: word },
    })
}

fn write_words<'a>(f: &mut fmt::Formatter<'_>, words: impl Iterator<Item = Restriction<'a>>) -> fmt::Result {
    for (index, word) in words.enumerate() {
        if index > 0 {
            f.write_str(" ")?;
        }
        write!(f, "{word}")?;
    }
    Ok(())
}
