//! A folder of packages, such as the ones built in-house, into snapshots.
//!
//! The folder is searched with all below it for `*.deb`. Each package is read whole, its digest computed, a copy put
//! into the store's pool, and its stanza made as `dpkg-scanpackages` makes it. Names that begin with a dot are passed
//! over, and so are symbolic links: nothing outside the folder is looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};

use crate::deb::archive::{Archive, IndexFields, Limits, index_stanza};
use crate::digest::{Digest, Hasher};
use crate::error::{Error, Kind, Result};
use crate::progress::{Monitor, Unit};
use crate::snapshot::manifest::{Made, Part};
use crate::source::assemble::{Assembler, ListPlan};
use crate::source::fetch::Url;
use crate::source::mirror::{Config, Mirror, State};
use crate::store::refs::Note;
use crate::store::{Objects, layout};
use crate::worker::blocking;

/// How deep below the folder packages may lie.
pub const MAX_DEPTH: usize = 32;

/// How many packages a folder may have.
pub const MAX_PACKAGES: usize = 1_000_000;

const PHASE: &str = "packages";
const PIECE: usize = 1 << 20;
/// How many packages are on their way into a bucket at once.
const PARALLEL: usize = 16;

/// Reads the folder of a mirror and appends the snapshot of what is in it.
///
/// # Errors
/// [`Kind::NotFound`] without the folder; [`Kind::Malformed`] naming the file for a package that is damaged;
/// [`Kind::Conflict`] for two packages of one name, version and architecture with different bytes. The mirror stays as
/// it was.
pub async fn update(mirror: Mirror, note: &Note<'_>, monitor: &Monitor) -> Result<Mirror> {
    let Config::Folder(config) = mirror.config().clone() else {
        return Err(Error::new(Kind::Usage, format!("the mirror {} is not of a folder", mirror.name())));
    };
    let directory = PathBuf::from(&config.directory);
    let found = blocking(move || find(&directory)).await?;
    monitor.start(PHASE, Some(found.len() as u64), Unit::Items);
    let mut packages: BTreeMap<Identity, (PathBuf, Package)> = BTreeMap::new();
    let at_once = if mirror.store.objects().is_local() { 1 } else { PARALLEL };
    let root = PathBuf::from(&config.directory);
    let mut taken = stream::iter(found).map(|path| take(&mirror, &root, path, monitor)).buffered(at_once);
    while let Some((path, package)) = taken.try_next().await? {
        if let Some((other, known)) = packages.get(&package.identity)
            && known.sha256 != package.sha256
        {
            let (name, version, architecture) = &package.identity;
            return Err(Error::new(
                Kind::Conflict,
                format!("{} is also {name} {version} {architecture}, with other bytes", other.display()),
            )
            .path(path.display().to_string())
            .help("give one of them another version, or take it away"));
        }
        packages.entry(package.identity.clone()).or_insert((path, package));
        monitor.advance(PHASE, 1);
    }
    drop(taken);
    mirror.store.objects().barrier().await?;
    monitor.finish(PHASE);

    let base = mirror.snapshot().await?;
    let mut assembler = Assembler::new(&mirror.store, base.as_ref(), None);
    let uri = std::path::absolute(&config.directory).ok().and_then(|path| Url::from_directory_path(path).ok());
    let uri = uri.map(|uri| uri.to_string());
    assembler.begin(Part { name: "folder".to_owned(), uri, ..Part::default() });
    for architecture in architectures(packages.keys()) {
        let text = index(&architecture, packages.values().map(|(_, package)| package));
        let plan = ListPlan {
            component: config.component.clone(),
            path: format!("{}/binary-{architecture}/Packages", config.component),
            architecture,
            sha256: Digest::of(&text),
        };
        match assembler.unchanged(&plan) {
            Some(list) => assembler.keep(list).await?,
            None => assembler.add_list(&plan, text.into()).await?,
        }
    }
    let snapshot = assembler.finish(Made::Mirror { mirror: mirror.name().to_owned(), filter: None }).await?;
    let state = State { snapshot: Some(snapshot.id()), ..mirror.entry().body.clone() };
    mirror.advance(state, note).await
}

/// Name, version and architecture.
type Identity = (String, String, String);

struct Package {
    identity: Identity,
    size: u64,
    sha256: Digest,
    stanza: Vec<u8>,
}

/// Every package below `root`, by path relative to it, in order.
fn find(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![(PathBuf::new(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        if depth > MAX_DEPTH {
            return Err(Error::new(Kind::Limit, format!("more than {MAX_DEPTH} folders deep"))
                .path(root.join(folder).display().to_string()));
        }
        // Joining nothing would add a slash.
        let at = if depth == 0 { root.to_owned() } else { root.join(&folder) };
        let io = |error| Error::io(at.display(), error);
        for entry in std::fs::read_dir(&at).map_err(io)? {
            let entry = entry.map_err(io)?;
            let name = entry.file_name();
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let path = folder.join(&name);
            let kind = entry.file_type().map_err(io)?;
            if kind.is_dir() {
                folders.push((path, depth + 1));
            } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "deb") {
                if found.len() == MAX_PACKAGES {
                    return Err(Error::new(Kind::Limit, format!("more than {MAX_PACKAGES} packages"))
                        .path(root.display().to_string()));
                }
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn read(file: &Path, name: &Path) -> Result<Package> {
    let at = || file.display().to_string();
    let io = |error| Error::io(file.display(), error);
    let filename =
        name.to_str().ok_or_else(|| Error::new(Kind::Malformed, "the file's name is not UTF-8").path(at()))?;
    let mut open = File::open(file).map_err(io)?;
    let mut hasher = Hasher::new();
    let mut piece = vec![0; PIECE];
    let mut size = 0;
    loop {
        let length = open.read(&mut piece).map_err(io)?;
        if length == 0 {
            break;
        }
        hasher.update(&piece[..length]);
        size += length as u64;
    }
    let sha256 = hasher.finish();
    let archive = Archive::open(open, &Limits::default()).map_err(|error| error.path(at()))?;
    let fields = IndexFields { filename, size, sha256, md5: None, sha512: None };
    let stanza = index_stanza(archive.control(), &fields).map_err(|error| error.path(at()))?;
    let identity = identity(&stanza).map_err(|error| error.path(at()))?;
    Ok(Package { identity, size, sha256, stanza })
}

/// The package's identity, by the rules that hold for any index.
fn identity(stanza: &[u8]) -> Result<Identity> {
    use crate::snapshot::ingest::{Content, ingest};
    let ingested = ingest("control", &Bytes::copy_from_slice(stanza), Content::Binary)?;
    let [entry] = &ingested.entries[..] else {
        return Err(Error::new(Kind::Malformed, "the control file is not one stanza").field("control"));
    };
    let key = &entry.key;
    Ok((key.name_str().to_owned(), key.version_str().to_owned(), key.architecture_str().to_owned()))
}

/// Reads a package and copies it into the pool; a dry run has no use for the bytes.
async fn take(mirror: &Mirror, root: &Path, path: PathBuf, monitor: &Monitor) -> Result<(PathBuf, Package)> {
    monitor.check()?;
    let file = root.join(&path);
    let (read_from, name) = (file.clone(), path.clone());
    let package = blocking(move || read(&read_from, &name)).await?;
    if !mirror.store.is_rehearsal() {
        store_package(mirror.store.objects(), &file, &package).await?;
    }
    Ok((path, package))
}

/// Copies the package into the pool; what it read before must still be what is there.
async fn store_package(objects: &Objects, file: &Path, package: &Package) -> Result<()> {
    let path = layout::pool(package.sha256, "deb");
    if objects.size(&path).await? == Some(package.size) {
        return Ok(());
    }
    let mut source = tokio::fs::File::open(file).await.map_err(|error| Error::io(file.display(), error))?;
    let mut upload = objects.upload(&path).await?;
    let mut hasher = Hasher::new();
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        let read = tokio::io::AsyncReadExt::read_buf(&mut source, &mut piece).await;
        if read.map_err(|error| Error::io(file.display(), error))? == 0 {
            break;
        }
        hasher.update(&piece);
        upload.write(piece.into()).await?;
    }
    if hasher.finish() != package.sha256 {
        upload.abort().await?;
        return Err(Error::new(Kind::Conflict, "the file changed while it was read")
            .path(file.display().to_string())
            .help("run the update again once it is complete"));
    }
    upload.finish().await
}

/// The architectures that need an index of their own: each one met, or `all` where nothing else is.
fn architectures<'a>(identities: impl Iterator<Item = &'a Identity>) -> BTreeSet<String> {
    let mut met: BTreeSet<String> = identities.map(|(_, _, architecture)| architecture.clone()).collect();
    if met.len() > 1 {
        met.remove("all");
    }
    met
}

fn index<'a>(architecture: &str, packages: impl Iterator<Item = &'a Package>) -> Vec<u8> {
    let mut text = Vec::new();
    for package in packages.filter(|package| [architecture, "all"].contains(&package.identity.2.as_str())) {
        text.extend_from_slice(&package.stanza);
        text.push(b'\n');
    }
    text
}
