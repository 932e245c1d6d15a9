//! Packages and keys out of headers.

use std::sync::Arc;

use jiff::Timestamp;
use reposnap::{Error, Kind, Result};

use super::header::Header;
use super::tag;
use crate::package::{Family, Package, Source, State};

/// What rpm writes for a value that is not there.
const NONE: &str = "(none)";
/// The name of headers that hold a key that was imported.
const KEY_NAME: &[u8] = b"gpg-pubkey";

/// A key that somebody told this rpm to trust (`rpm --import`): a pseudo package named `gpg-pubkey`. It is a claim of the
/// image like all else in it; nothing here trusts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedKey {
    /// The package's version: the end of the key's ID or fingerprint.
    pub id: String,
    /// What it is called: its user ID.
    pub user: Option<String>,
    /// The armored key.
    pub armored: Option<String>,
    /// When it was imported.
    pub installed_at: Option<Timestamp>,
}

/// What a header is of.
pub(super) enum Content {
    Package(Box<Package>),
    Key(ImportedKey),
}

/// Reads what a header is of. The package has no proof yet.
pub(super) fn content(header: &Header<'_>, place: &str) -> Result<Content> {
    let text = |tag| header.string(tag).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let needed = |tag, name: &str| {
        text(tag).filter(|text| !text.is_empty()).ok_or_else(|| {
            Error::new(Kind::Malformed, format!("a package of the database has no {name}")).field(name.to_string())
        })
    };
    let time = |tag| {
        let seconds = i64::try_from(header.number(tag)?).ok()?;
        Timestamp::from_second(seconds).ok()
    };
    let (name, version) = (needed(tag::NAME, "NAME")?, needed(tag::VERSION, "VERSION")?);
    let release = needed(tag::RELEASE, "RELEASE")?;
    let installed_at = time(tag::INSTALL_TIME);
    // A key has no files and no architecture; under its name, nothing else shall hide.
    if name.as_bytes() == KEY_NAME && !header.has(tag::BASE_NAMES) && !header.has(tag::ARCH) {
        let (user, armored) = (text(tag::SUMMARY), text(tag::DESCRIPTION));
        return Ok(Content::Key(ImportedKey { id: version, user, armored, installed_at }));
    }

    let without_epoch = format!("{version}-{release}");
    let source = text(tag::SOURCE_RPM)
        .and_then(|file| source(&file))
        .unwrap_or_else(|| Source { name: name.clone(), version: without_epoch.clone() });
    Ok(Content::Package(Box::new(Package {
        family: Family::Rpm,
        name,
        version: match header.number(tag::EPOCH) {
            Some(epoch) => format!("{epoch}:{without_epoch}"),
            None => without_epoch,
        },
        architecture: text(tag::ARCH).unwrap_or_else(|| NONE.to_string()),
        source,
        layer: None,
        state: State::installed(),
        built_using: Vec::new(),
        static_built_using: Vec::new(),
        installed_at,
        vendor: text(tag::VENDOR).filter(|vendor| !vendor.is_empty()),
        proof: None,
        place: place.to_string(),
        stanza: Arc::default(),
        md5sums: None,
    })))
}

/// The source package of a file name such as `bash-5.1.8-6.el9.src.rpm`. The epoch is not in it.
pub(super) fn source(file: &str) -> Option<Source> {
    let stem = file.strip_suffix(".src.rpm").or_else(|| file.strip_suffix(".nosrc.rpm"))?;
    let (rest, release) = stem.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    (!name.is_empty() && !version.is_empty() && !release.is_empty())
        .then(|| Source { name: name.to_string(), version: format!("{version}-{release}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_file_names() {
        let told = source("java-1.8.0-openjdk-1.8.0.402.b06-2.el9.src.rpm").unwrap();
        assert_eq!((told.name.as_str(), told.version.as_str()), ("java-1.8.0-openjdk", "1.8.0.402.b06-2.el9"));
        assert_eq!(source("a-1-2.nosrc.rpm").unwrap().version, "1-2");
        for wrong in ["", "(none)", "a-1-2.rpm", "a-1.src.rpm", "-1-2.src.rpm", "a--2.src.rpm", ".src.rpm"] {
            assert_eq!(source(wrong), None, "{wrong}");
        }
    }
}
