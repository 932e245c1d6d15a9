//! What a `Pin` line asks for, and whether a list or a version is that.

use super::pattern::Pattern;
use super::posix::Fault;
use crate::resolve::universe::Origin;

/// A `Pin` line.
#[derive(Clone, Debug)]
pub(super) enum Pin {
    /// `version`: versions by their number.
    Version(VersionPattern),
    /// `release`: lists by their Release file.
    Release(Box<Release>),
    /// `origin`: lists by the host that they are from.
    Origin(Pattern),
}

impl Pin {
    /// Reads the value of a `Pin` field; nothing where its first word is none that apt knows.
    pub(super) fn parse(value: &str) -> Result<Option<Self>, Fault> {
        let (word, rest) = value.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((value, ""));
        let rest = rest.trim_ascii();
        Ok(Some(if word.eq_ignore_ascii_case("version") {
            Self::Version(VersionPattern::parse(rest)?)
        } else if word.eq_ignore_ascii_case("release") {
            Self::Release(Box::new(Release::parse(rest)?))
        } else if word.eq_ignore_ascii_case("origin") {
            let bare = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            Self::Origin(Pattern::parse(bare.unwrap_or(rest))?)
        } else {
            return Ok(None);
        }))
    }

    /// Whether it is about a list; one that asks for versions is about none.
    pub(super) fn matches_list(&self, list: &Origin) -> bool {
        match self {
            Self::Version(_) => false,
            Self::Release(release) => release.matches(list),
            // A local archive has an empty host, and what is installed has none.
            Self::Origin(pattern) => !list.installed && pattern.matches(&list.site),
        }
    }
}

/// A version: the whole, a beginning before a `*`, or a pattern.
#[derive(Clone, Debug)]
pub(super) struct VersionPattern {
    /// What a version must begin with, where the text ends with a `*`.
    prefix: Option<String>,
    pattern: Pattern,
}

impl VersionPattern {
    fn parse(text: &str) -> Result<Self, Fault> {
        // To apt the last `*` is no part of a pattern: `5.?*` is `5.` and one character, or begins with `5.?`.
        let prefix = text.strip_suffix('*');
        Ok(Self { prefix: prefix.map(str::to_owned), pattern: Pattern::parse(prefix.unwrap_or(text))? })
    }

    pub(super) fn matches(&self, version: &str) -> bool {
        let begins = |prefix: &String| {
            version.as_bytes().get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()))
        };
        self.prefix.as_ref().is_some_and(begins) || self.pattern.matches(version)
    }
}

/// What a Release file must say. A condition that is named twice counts as it was named last.
#[derive(Clone, Debug, Default)]
pub(super) struct Release {
    /// A word without a letter before it: the suite or the codename.
    word: Option<Pattern>,
    suite: Option<Pattern>,
    codename: Option<Pattern>,
    version: Option<VersionPattern>,
    component: Option<Pattern>,
    origin: Option<Pattern>,
    label: Option<Pattern>,
    architecture: Option<Pattern>,
}

impl Release {
    /// Reads `a=stable, l=Debian`, `bookworm` or `12`.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let mut release = Self::default();
        if !text.contains('=') {
            if text.starts_with(|c: char| c.is_ascii_digit()) {
                release.set_version(text)?;
            } else if !text.is_empty() {
                release.word = Some(Pattern::parse(text)?);
            }
            return Ok(release);
        }
        for condition in text.split(',') {
            // Words, longer names and names without a value say nothing to apt.
            let Some((name, value)) = condition.trim_ascii().split_once('=') else { continue };
            if value.is_empty() {
                continue;
            }
            let field = match name.to_ascii_lowercase().as_str() {
                "v" => {
                    release.set_version(value)?;
                    continue;
                }
                "a" => &mut release.suite,
                "n" => &mut release.codename,
                "c" => &mut release.component,
                "o" => &mut release.origin,
                "l" => &mut release.label,
                "b" => &mut release.architecture,
                _ => continue,
            };
            *field = Some(Pattern::parse(value)?);
        }
        Ok(release)
    }

    /// `*` alone asks for nothing.
    fn set_version(&mut self, text: &str) -> Result<(), Fault> {
        self.version = if text == "*" { None } else { Some(VersionPattern::parse(text)?) };
        Ok(())
    }

    /// Whether a list's Release file says all of it; what asks for nothing is about what is installed.
    pub(super) fn matches(&self, list: &Origin) -> bool {
        let suite = if list.installed { "now" } else { &list.suite };
        let asked = [
            self.word.as_ref().map(|word| word.matches_field(suite) || word.matches_field(&list.codename)),
            self.suite.as_ref().map(|pattern| pattern.matches_field(suite)),
            self.codename.as_ref().map(|pattern| pattern.matches_field(&list.codename)),
            self.version.as_ref().map(|pattern| !list.version.is_empty() && pattern.matches(&list.version)),
            // A component may be empty, as that of a flat archive is.
            self.component
                .as_ref()
                .map(|pattern| pattern.matches(if list.installed { "now" } else { &list.component })),
            self.origin.as_ref().map(|pattern| pattern.matches_field(&list.origin)),
            self.label.as_ref().map(|pattern| pattern.matches_field(&list.label)),
            self.architecture.as_ref().map(|pattern| pattern.matches_field(&list.architecture)),
        ];
        let mut asked = asked.into_iter().flatten().peekable();
        if asked.peek().is_none() { list.installed } else { asked.all(|holds| holds) }
    }
}
