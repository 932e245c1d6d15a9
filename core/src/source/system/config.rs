//! What the machine's apt is told: sources, keyrings, architectures.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::deb::sources::{self, SignedBy, SourceEntry, SourceKind};
use crate::deb::stanza::Stanzas;
use crate::error::{Error, Kind, Result};
use crate::openpgp::Keyring;

/// The largest source file, and the largest keyring.
const MAX_FILE: u64 = 16 << 20;

/// The largest dpkg status file.
const MAX_STATUS: u64 = 1 << 30;

/// A suite of a repository as the machine's sources ask for it.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) uri: String,
    pub(crate) suite: String,
    pub(crate) folder: String,
    pub(crate) components: Vec<String>,
    pub(crate) architectures: Vec<String>,
    pub(crate) sources: bool,
    pub(crate) signed_by: Vec<SignedBy>,
    /// The file and line that it is from.
    pub(crate) place: String,
}

/// The machine's architectures: its own, then foreign ones.
pub(crate) fn architectures(root: &Path) -> Result<Vec<String>> {
    let mut architectures = vec![architecture(root)?];
    let foreign = read_if_exists(&root.join("var/lib/dpkg/arch"), MAX_FILE)?.unwrap_or_default();
    for line in String::from_utf8_lossy(&foreign).split_whitespace() {
        if !architectures.iter().any(|known| known == line) {
            architectures.push(line.to_owned());
        }
    }
    Ok(architectures)
}

/// The architecture of the machine whose root is `root`: dpkg's own.
///
/// # Errors
/// [`Kind::NotFound`] where dpkg is not installed there.
pub fn architecture(root: &Path) -> Result<String> {
    let path = root.join("var/lib/dpkg/status");
    let at = path.display().to_string();
    let status = read_if_exists(&path, MAX_STATUS)?.ok_or_else(|| {
        Error::new(Kind::NotFound, "this machine has no packages of dpkg")
            .path(at.clone())
            .help("name the architecture, or use a Debian or Ubuntu machine")
    })?;
    for stanza in Stanzas::new(&status) {
        let stanza = stanza.map_err(|error| error.path(at.clone()))?;
        if stanza.get("Package") == Some(b"dpkg")
            && let Some(architecture) = stanza.get("Architecture")
        {
            return Ok(String::from_utf8_lossy(architecture).into_owned());
        }
    }
    Err(Error::new(Kind::NotFound, "dpkg is not installed on this machine").path(at))
}

/// The enabled sources, one for each repository and suite, in the order of the files.
pub(crate) fn sources(root: &Path, architectures: &[String]) -> Result<Vec<Source>> {
    let native = architectures.first().map_or("", String::as_str);
    let mut merged: Vec<Source> = Vec::new();
    for file in source_files(root)? {
        let name = file.display().to_string();
        let Some(text) = read_if_exists(&file, MAX_FILE)? else { continue };
        for entry in sources::parse(&name, &text, native)? {
            if entry.enabled {
                add(&mut merged, entry, architectures);
            }
        }
    }
    Ok(merged)
}

fn add(merged: &mut Vec<Source>, entry: SourceEntry, architectures: &[String]) {
    let binary = entry.kind == SourceKind::Deb;
    let own = if binary { entry.options.architectures.apply(architectures) } else { Vec::new() };
    let folder = entry.release_folder();
    if let Some(same) = merged.iter_mut().find(|source| source.uri == entry.uri && source.suite == entry.suite) {
        let extend = |into: &mut Vec<String>, more: Vec<String>| {
            for word in more {
                if !into.contains(&word) {
                    into.push(word);
                }
            }
        };
        extend(&mut same.components, entry.components);
        extend(&mut same.architectures, own);
        same.sources |= !binary;
        return;
    }
    merged.push(Source {
        place: format!("{}:{}", entry.file, entry.line),
        uri: entry.uri,
        suite: entry.suite,
        folder,
        components: entry.components,
        architectures: own,
        sources: !binary,
        signed_by: entry.signed_by,
    });
}

/// `sources.list`, then what `sources.list.d` has under names that apt reads (sources.list(5)).
fn source_files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut files = vec![root.join("etc/apt/sources.list")];
    files.extend(files_in(&root.join("etc/apt/sources.list.d"), &["list", "sources"])?);
    Ok(files)
}

fn files_in(folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::io(folder.display(), error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| Error::io(folder.display(), error))?.path();
        let plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        let named =
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| plain(name) && !name.starts_with('.'));
        let ends = path.extension().and_then(|end| end.to_str()).is_some_and(|end| extensions.contains(&end));
        if named && ends {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Keyrings by what a source says of its keys. Without `Signed-By`, apt trusts the keys in `trusted.gpg.d`, and this
/// machine's owner put them there.
#[derive(Debug, Default)]
pub(crate) struct Keyrings {
    known: BTreeMap<Vec<PathBuf>, Keyring>,
}

impl Keyrings {
    /// The keyring for a source and the fingerprints in it that count.
    pub(crate) fn of(&mut self, root: &Path, source: &Source) -> Result<(Keyring, Vec<String>)> {
        let (mut files, mut blocks, mut signers) = (Vec::new(), Vec::new(), Vec::new());
        for signed_by in &source.signed_by {
            match signed_by {
                SignedBy::File(path) => files.push(root.join(path.trim_start_matches('/'))),
                SignedBy::Fingerprint(fingerprint) => signers.push(fingerprint.clone()),
                SignedBy::ExactFingerprint(fingerprint) => signers.push(format!("{fingerprint}!")),
                SignedBy::Armored(block) => blocks.push(block.as_bytes()),
            }
        }
        let keyring = if !blocks.is_empty() {
            Keyring::from_parts(blocks)?
        } else {
            if files.is_empty() {
                files.extend(Some(root.join("etc/apt/trusted.gpg")).filter(|file| file.exists()));
                files.extend(files_in(&root.join("etc/apt/trusted.gpg.d"), &["gpg", "asc"])?);
            }
            self.read(files)?
        };
        Ok((keyring, signers))
    }

    fn read(&mut self, files: Vec<PathBuf>) -> Result<Keyring> {
        if let Some(keyring) = self.known.get(&files) {
            return Ok(keyring.clone());
        }
        let keyring = Keyring::from_files(&files)?;
        self.known.insert(files, keyring.clone());
        Ok(keyring)
    }
}

/// A file's bytes, or nothing where there is none.
pub(crate) fn read_if_exists(path: &Path, limit: u64) -> Result<Option<Vec<u8>>> {
    use std::io::Read;
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io(path.display(), error)),
    };
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| Error::io(path.display(), error))?;
    if bytes.len() as u64 > limit {
        return Err(
            Error::new(Kind::Limit, format!("the file is larger than {limit} bytes")).path(path.display().to_string())
        );
    }
    Ok(Some(bytes))
}
