//! One source: a type, a URI and a suite.

use super::{SignedBy, SourceOptions, malformed};
use crate::error::Result;

/// One source, from either format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceEntry {
    /// Packages or sources.
    pub kind: SourceKind,
    /// The root of the repository; always ends with a slash.
    pub uri: String,
    /// The suite, or, where it ends with a slash, the folder of a flat repository.
    pub suite: String,
    /// The components, each once; none for a flat repository.
    pub components: Vec<String>,
    /// Which keys may sign; empty where the source does not say.
    pub signed_by: Vec<SignedBy>,
    /// All other options.
    pub options: SourceOptions,
    /// Whether the entry is in use.
    pub enabled: bool,
    /// The file it is from.
    pub file: String,
    /// The line it begins at, counted from 1.
    pub line: u64,
}

/// What a source offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceKind {
    /// `deb`: binary packages.
    Deb,
    /// `deb-src`: source packages.
    DebSrc,
}

impl SourceKind {
    /// The word for it in source files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deb => "deb",
            Self::DebSrc => "deb-src",
        }
    }

    pub(super) fn parse(word: &str) -> Result<Self> {
        match word {
            "deb" => Ok(Self::Deb),
            "deb-src" => Ok(Self::DebSrc),
            _ => Err(malformed(format!("the type {word:?} is not known")).help("the types are deb and deb-src")),
        }
    }
}

impl SourceEntry {
    /// Whether this is a flat repository, with its indexes beside the packages and without components.
    pub fn is_flat(&self) -> bool {
        self.suite.ends_with('/')
    }

    /// The folder of the Release file below [`SourceEntry::uri`]: `dists/SUITE/`, or that of a flat repository.
    /// Empty or ending with a slash.
    pub fn release_folder(&self) -> String {
        match &*self.suite {
            "/" => String::new(),
            flat if self.is_flat() => flat.to_owned(),
            suite => format!("dists/{suite}/"),
        }
    }

    /// The URL of a file by its path below the Release file, with the suite quoted as apt does.
    ///
    /// For `InRelease` itself mind [`SourceOptions::inrelease_path`].
    pub fn release_url(&self, path: &str) -> String {
        let mut url = self.uri.clone();
        for byte in self.release_folder().bytes() {
            if byte.is_ascii_graphic() && !b"%+~".contains(&byte) {
                url.push(char::from(byte));
            } else {
                url.push_str(&format!("%{byte:02x}"));
            }
        }
        url + path
    }
}

/// Checks a URI and brings it into its form: with a slash at the end, `file:` with one slash.
pub(super) fn parse_uri(text: &str, architecture: &str) -> Result<String> {
    let text = text.replace("$(ARCH)", architecture);
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let rest = text.get(scheme.len() + 1..).unwrap_or_default();
    if scheme.is_empty() || !scheme.bytes().all(plain) || rest.trim_matches('/').is_empty() && scheme != "file" {
        return Err(malformed(format!("{text:?} is not a URI")));
    }
    if text.contains(char::is_control) {
        return Err(malformed(format!("the URI {text:?} has a control character")));
    }
    let mut uri = match rest.strip_prefix("///") {
        Some(path) if matches!(scheme, "file" | "copy") => format!("{scheme}:/{path}"),
        _ => text,
    };
    if !uri.ends_with('/') {
        uri.push('/');
    }
    Ok(uri)
}

/// Checks a suite against its components, and fills in the architecture of a flat one.
pub(super) fn parse_suite(suite: &str, components: &[String], architecture: &str) -> Result<String> {
    if suite.contains(char::is_control) {
        return Err(malformed(format!("the suite {suite:?} has a control character")));
    }
    match (suite.ends_with('/'), components.is_empty()) {
        (true, true) => Ok(suite.replace("$(ARCH)", architecture)),
        (true, false) => Err(malformed(format!("the suite {suite:?} is a folder, which can't have components"))),
        (false, true) => Err(malformed(format!("the suite {suite:?} has no components"))
            .help("name components, or end the suite with a slash if the repository is flat")),
        (false, false) => Ok(suite.to_owned()),
    }
}

/// Keeps the first of each word.
pub(super) fn distinct<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for word in words {
        if !distinct.iter().any(|known| known == word) {
            distinct.push(word.to_owned());
        }
    }
    distinct
}
