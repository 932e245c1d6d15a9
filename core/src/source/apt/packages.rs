//! Which files of the pool a snapshot needs, and where its upstream has them.

use crate::deb::control::Facts;
use crate::deb::stanza::Stanzas;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::snapshot::Entry;
use crate::snapshot::entry::SOURCE;
use crate::snapshot::manifest::Part;
use crate::source::fetch::{self, Control, Job, Mismatch};
use crate::store::layout;

/// The largest package that is taken: 64 GiB.
const MAX_SIZE: u64 = 64 << 30;

/// A file that belongs to a package, as its stanza tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolFile {
    /// Its path below the repository's base.
    pub filename: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its digest.
    pub sha256: Digest,
    /// What its control file has to agree with; none for a file of a source package.
    pub facts: Option<Facts>,
}

impl PoolFile {
    /// The path of its object in a store.
    pub fn object(&self) -> String {
        layout::pool(self.sha256, layout::extension_of(&self.filename))
    }

    /// The job that fetches it from the upstream of `part`; `mismatch` is for a package that differs from its stanza.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where the part has no upstream to fetch from.
    pub fn job(&self, part: &Part, mismatch: Mismatch) -> Result<Job> {
        let uri = part.uri.as_deref().ok_or_else(|| {
            Error::new(Kind::NotFound, "the snapshot does not tell where its packages can be fetched")
                .path(&self.filename)
                .help("fetch them with the mirror that it was made of")
        })?;
        let base = fetch::parse_url(uri)?;
        let url = fetch::join(&base, &self.filename)?;
        let control = self.facts.clone().map(|facts| Control { facts, mismatch });
        Ok(Job { url, size: self.size, sha256: self.sha256, path: self.object(), control })
    }
}

/// The files of a package: one for a binary package, several for a source package.
///
/// # Errors
/// [`Kind::Malformed`] for a stanza that does not tell them; [`Kind::Verification`] with the rule `strong-digest` where
/// it has no SHA-256.
pub fn pool_files(entry: &Entry) -> Result<Vec<PoolFile>> {
    let stanza = Stanzas::new(&entry.text)
        .next()
        .transpose()?
        .ok_or_else(|| Error::new(Kind::Internal, "an entry has no stanza"))?;
    let of = |error: Error| error.path(format!("{} {}", entry.key.name_str(), entry.key.version_str()));
    let field = |name: &str| stanza.get(name).filter(|value| !value.is_empty());
    let text = |name: &'static str| {
        field(name)
            .and_then(|value| std::str::from_utf8(value).ok())
            .ok_or_else(|| of(Error::new(Kind::Malformed, format!("the stanza has no {name}")).field(name)))
    };
    let weak = || {
        of(Error::new(Kind::Verification, "the stanza has no SHA-256 of the package")
            .rule("strong-digest")
            .help("MD5 and SHA-1 prove nothing; ask the repository's owner for SHA256"))
    };
    if *entry.key.architecture == *SOURCE {
        let folder = text("Directory")?.trim_matches('/');
        let listed = field("Checksums-Sha256").ok_or_else(weak)?;
        return std::str::from_utf8(listed).ok().and_then(|listed| source_files(folder, listed)).ok_or_else(|| {
            of(Error::new(Kind::Malformed, "the list of files can't be read").field("Checksums-Sha256"))
        });
    }
    let filename = text("Filename")?.trim_start_matches("./").to_owned();
    let size = parse_size(text("Size")?)
        .ok_or_else(|| of(Error::new(Kind::Malformed, "it is not a size in bytes").field("Size")))?;
    let sha256 = Digest::from_hex(field("SHA256").ok_or_else(weak)?)
        .ok_or_else(|| of(Error::new(Kind::Malformed, "it is not a SHA-256").field("SHA256")))?;
    Ok(vec![PoolFile { filename, size, sha256, facts: Some(Facts::of(&stanza)) }])
}

fn source_files(folder: &str, listed: &str) -> Option<Vec<PoolFile>> {
    listed
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let mut words = line.split_ascii_whitespace();
            let (digest, size, name) = (words.next()?, words.next()?, words.next()?);
            if words.next().is_some() || name.contains('/') {
                return None;
            }
            let filename =
                if folder.is_empty() || folder == "." { name.to_owned() } else { format!("{folder}/{name}") };
            let sha256 = Digest::from_hex(digest.as_bytes())?;
            Some(PoolFile { filename, size: parse_size(size)?, sha256, facts: None })
        })
        .collect()
}

fn parse_size(text: &str) -> Option<u64> {
    text.parse().ok().filter(|size| *size <= MAX_SIZE)
}
