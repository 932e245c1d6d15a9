//! What `docker save` writes: `manifest.json` with the paths of a configuration and of layers, which are plain or compressed,
//! or links to those of other images (Docker image specification 1.2, "Combined Image JSON + Filesystem Changeset Format").
//! Newer ones are an OCI layout besides, and then both have to name the same image.

use std::collections::HashMap;
use std::fmt;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use reposnap::deb::compress::Compression;
use reposnap::digest::Hasher;
use reposnap::worker::blocking;
use reposnap::{Digest, Error, Kind, Result};
use serde::{Deserialize, Serialize};

use super::Archive;
use crate::blobs::{Blobs, Descriptor, Document};
use crate::layer::stream::{digest_name, magic};
use crate::layout::{Parts as _, read, same_size, verified};
use crate::limits::{MAX_INDEX_DEPTH, MAX_LAYERS, MAX_MANIFESTS};
use crate::manifest::{Config, DOCKER_CONFIG, DOCKER_MANIFEST, Parsed, json, parse};

/// An image in an archive of `docker save`, or of whoever writes the same.
#[derive(Clone)]
pub struct DockerArchive {
    archive: Arc<Archive>,
    name: String,
    root: Document,
    is_made_up: bool,
    config: Document,
    /// The layers' paths, by digest.
    layers: Arc<HashMap<Digest, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    config: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    #[serde(default)]
    layers: Option<Vec<String>>,
}

/// The manifest that an archive lacks.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MadeUp<'a> {
    schema_version: u64,
    media_type: &'a str,
    config: &'a Descriptor,
    layers: &'a [Descriptor],
}

impl DockerArchive {
    /// The image `name`, as `NAME:TAG`, of an archive; without a name its only one. Compressed layers are hashed: nothing else
    /// in the archive tells their digests.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where it is not there, with what is; [`Kind::Verification`] with the rule `two-images` where the
    /// archive names two different ones; those of tar archives.
    pub fn open(file: &Path, name: Option<&str>) -> Result<Self> {
        let shown = file.display().to_string();
        let archive = Archive::open(file)?;
        Self::read(archive, shown.clone(), name).map_err(|error| error.path(shown))
    }

    /// Whether the archive has no manifest of its own, and one was made up, as skopeo does. Its digest names nothing then.
    pub fn is_made_up(&self) -> bool {
        self.is_made_up
    }

    fn read(archive: Archive, shown: String, name: Option<&str>) -> Result<Self> {
        let Some(bytes) = read(&archive, "manifest.json")? else {
            let error = Error::new(Kind::NotFound, "it is no archive of docker save: it has no manifest.json");
            return Err(match read(&archive, "oci-layout")? {
                Some(_) => error.help("it is an OCI layout: write oci-archive:FILE:TAG"),
                None => error,
            });
        };
        let items: Vec<Item> = json(&bytes, "manifest.json")?;
        if items.len() > MAX_MANIFESTS {
            let message = format!("it has {} images; at most {MAX_MANIFESTS} are read", items.len());
            return Err(Error::new(Kind::Limit, message));
        }
        let item = choose(&items, name)?;
        let absent = |path: &str| Error::new(Kind::Malformed, format!("it names {path:?} and does not have it"));
        let config_bytes = read(&archive, &item.config)?.ok_or_else(|| absent(&item.config))?;
        let paths = item.layers.as_deref().unwrap_or_default();
        if paths.len() > MAX_LAYERS {
            let message = format!("the image has {} layers; at most {MAX_LAYERS} are read", paths.len());
            return Err(Error::new(Kind::Limit, message));
        }
        let config =
            Document { media_type: DOCKER_CONFIG.to_owned(), digest: Digest::of(&config_bytes), bytes: config_bytes };
        let parsed = Config::parse(&config, paths.len())?;
        let mut layers = Vec::with_capacity(paths.len());
        let mut by_digest = HashMap::new();
        for (path, diff_id) in paths.iter().zip(&parsed.diff_ids) {
            let layer = layer(&archive, path, diff_id)?.ok_or_else(|| absent(path))?;
            by_digest.insert(layer.digest, path.clone());
            layers.push(layer);
        }
        let (root, is_made_up) = match read(&archive, "index.json")? {
            Some(index) => (own_manifest(&archive, &index, &config, &layers)?, false),
            None => (made_up(&config, &layers)?, true),
        };
        Ok(Self { archive: Arc::new(archive), name: shown, root, is_made_up, config, layers: Arc::new(by_digest) })
    }
}

fn choose<'a>(items: &'a [Item], name: Option<&str>) -> Result<&'a Item> {
    let tags = |item: &Item| item.repo_tags.clone().unwrap_or_default();
    let fits = |item: &&Item| match name {
        None => true,
        Some(name) => tags(item).iter().any(|tag| tag == name || same_name(tag, name)),
    };
    let found: Vec<&Item> = items.iter().filter(fits).collect();
    if let [item] = found[..] {
        return Ok(item);
    }
    let (kind, message) = match (name, found.len()) {
        (None, 0) => (Kind::NotFound, "it has no image".to_owned()),
        (None, _) => (Kind::Usage, "it has several images".to_owned()),
        (Some(name), 0) => (Kind::NotFound, format!("it has no image {name:?}")),
        (Some(name), _) => (Kind::Malformed, format!("it has several images {name:?}")),
    };
    let all: Vec<String> = items.iter().flat_map(tags).take(20).collect();
    let error = Error::new(kind, message);
    Err(if all.is_empty() { error } else { error.help(format!("it has {}", all.join(", "))) })
}

/// Whether a short name means a long one: `debian:12` is `docker.io/library/debian:12`.
fn same_name(tag: &str, name: &str) -> bool {
    let short = |name: &str| {
        let name = name.strip_prefix("docker.io/").unwrap_or(name);
        let name = name.strip_prefix("library/").unwrap_or(name);
        let tagged = name.rsplit('/').next().is_some_and(|last| last.contains(':'));
        if tagged { name.to_owned() } else { format!("{name}:latest") }
    };
    short(tag) == short(name)
}

/// The descriptor of a layer; none where it is not there. A plain one is named by the `diff_id` that it is to have.
fn layer(archive: &Archive, path: &str, diff_id: &Digest) -> Result<Option<Descriptor>> {
    let Some((mut file, size)) = archive.open(path)? else { return Ok(None) };
    let failed = |error| Error::io(path, error);
    let mut buffer = vec![0; 64 << 10];
    let mut filled = 0;
    while filled < 16 {
        match file.read(&mut buffer[filled..]).map_err(failed)? {
            0 => break,
            length => filled += length,
        }
    }
    let (suffix, digest) = match magic(&buffer[..filled]).map_err(|error| error.path(path))? {
        Compression::None => ("", *diff_id),
        compression => {
            let mut hasher = Hasher::new();
            while filled > 0 {
                hasher.update(&buffer[..filled]);
                filled = file.read(&mut buffer).map_err(failed)?;
            }
            (if compression == Compression::Gzip { ".gzip" } else { ".zstd" }, hasher.finish())
        }
    };
    Ok(Some(Descriptor {
        media_type: format!("application/vnd.docker.image.rootfs.diff.tar{suffix}"),
        digest,
        size,
        platform: None,
        artifact_type: None,
        annotations: Default::default(),
    }))
}

fn descriptor_of(document: &Document) -> Descriptor {
    Descriptor {
        media_type: document.media_type.clone(),
        digest: document.digest,
        size: document.bytes.len() as u64,
        platform: None,
        artifact_type: None,
        annotations: Default::default(),
    }
}

fn made_up(config: &Document, layers: &[Descriptor]) -> Result<Document> {
    let config = descriptor_of(config);
    let made = MadeUp { schema_version: 2, media_type: DOCKER_MANIFEST, config: &config, layers };
    let bytes = serde_json::to_vec(&made).map_err(|error| Error::new(Kind::Internal, error.to_string()))?;
    Ok(Document { media_type: DOCKER_MANIFEST.to_owned(), digest: Digest::of(&bytes), bytes: bytes.into() })
}

/// The manifest, of those that the archive's layout lists, that has the same configuration and the same layers.
fn own_manifest(archive: &Archive, index: &Bytes, config: &Document, layers: &[Descriptor]) -> Result<Document> {
    #[derive(Deserialize)]
    struct Index {
        #[serde(default)]
        manifests: Vec<Descriptor>,
    }
    let index: Index = json(index, "index.json")?;
    let mut waiting: Vec<(Descriptor, usize)> = index.manifests.into_iter().map(|entry| (entry, 0)).collect();
    let mut looked_at = 0;
    while let Some((entry, depth)) = waiting.pop() {
        looked_at += 1;
        if looked_at > MAX_MANIFESTS || depth > MAX_INDEX_DEPTH {
            let message = format!("its indexes list more than {MAX_MANIFESTS} manifests, or are too deep");
            return Err(Error::new(Kind::Limit, message));
        }
        // Platforms of an index that were not saved are not there.
        let Some(bytes) = read(archive, &format!("blobs/sha256/{}", entry.digest))? else { continue };
        let document = verified(&entry, bytes)?;
        match parse(&document) {
            Ok(Parsed::Manifest(manifest)) if manifest.config.digest == config.digest => {
                let same = manifest.layers.iter().map(|layer| layer.digest).eq(layers.iter().map(|layer| layer.digest));
                if same {
                    return Ok(document);
                }
            }
            // Another image's.
            Ok(Parsed::Manifest(_)) => {}
            Ok(Parsed::Index(entries)) => waiting.extend(entries.into_iter().map(|entry| (entry, depth + 1))),
            Err(error) if error.kind() == Kind::Unsupported => {}
            Err(error) => return Err(error),
        }
    }
    let error = Error::new(Kind::Verification, "manifest.json and index.json of the archive name different images");
    Err(error.rule("two-images").help("tools would disagree on what is in it; save the image again"))
}

impl Blobs for DockerArchive {
    fn root(&self) -> BoxFuture<'_, Result<Document>> {
        Box::pin(async { Ok(self.root.clone()) })
    }

    fn document<'a>(&'a self, descriptor: &'a Descriptor) -> BoxFuture<'a, Result<Document>> {
        Box::pin(async {
            let document = [&self.root, &self.config].into_iter().find(|known| known.digest == descriptor.digest);
            match document {
                Some(document) => Ok(Document { media_type: descriptor.media_type.clone(), ..document.clone() }),
                None => Err(self.absent(&descriptor.digest)),
            }
        })
    }

    fn open<'a>(&'a self, descriptor: &'a Descriptor) -> BoxFuture<'a, Result<Box<dyn Read + Send>>> {
        let (archive, descriptor) = (self.clone(), descriptor.clone());
        Box::pin(blocking(move || {
            let absent = || archive.absent(&descriptor.digest);
            let path = archive.layers.get(&descriptor.digest).ok_or_else(absent)?;
            let (file, size) = archive.archive.open(path)?.ok_or_else(absent)?;
            same_size(&descriptor, size).map_err(|error| error.path(path.as_str()))?;
            Ok(file)
        }))
    }
}

impl DockerArchive {
    fn absent(&self, digest: &Digest) -> Error {
        Error::new(Kind::NotFound, format!("the archive has no {}", digest_name(digest))).path(self.name.clone())
    }
}

impl fmt::Debug for DockerArchive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DockerArchive").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (tag, name) in [
            ("docker.io/library/debian:12", "debian:12"),
            ("debian:latest", "debian"),
            ("a/b:1", "docker.io/a/b:1"),
            ("localhost:5000/a:1", "localhost:5000/a:1"),
        ] {
            assert!(same_name(tag, name), "{tag} {name}");
        }
        assert!(!same_name("debian:12", "debian:11") && !same_name("x/debian:12", "debian:12"));
    }
}
