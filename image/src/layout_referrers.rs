//! What is attached to the images of an OCI layout in a folder (OCI image specification, `image-layout.md`): manifests with
//! a `subject` that `index.json` lists.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::future::BoxFuture;
use reposnap::worker::blocking;
use reposnap::{Digest, Error, Kind, Result};
use serde::Deserialize;

use crate::blobs::{Descriptor, MAX_DOCUMENT};
use crate::layout::REF_NAME;
use crate::referrers::{self, Artifact, Attached, EMPTY, Manifest, Referrers, fallback_tag};
use crate::registry::media;

/// The most bytes of manifests that are read to find the referrers of an image.
pub const MOST_LISTED_BYTES: u64 = 256 << 20;
/// The version of layouts that is known.
const LAYOUT_VERSION: &str = "1.0.0";

/// The referrers of the images of a layout.
///
/// ```
/// # fn main() -> reposnap::Result<()> {
/// use reposnap_image::layout_referrers::LayoutReferrers;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path();
/// # std::fs::write(path.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
/// # std::fs::write(path.join("index.json"), r#"{"schemaVersion":2,"manifests":[]}"#).unwrap();
/// use reposnap_image::referrers::Referrers;
/// let layout = LayoutReferrers::new(path)?;
/// let subject = reposnap::Digest::of(b"an image that is not there");
/// assert!(futures::executor::block_on(layout.list(&subject, None))?.is_empty());
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct LayoutReferrers {
    folder: PathBuf,
}

impl LayoutReferrers {
    /// Of the layout in `folder`. [`Kind::NotFound`] or [`Kind::Format`] where there is none, or one of another version.
    pub fn new(folder: impl Into<PathBuf>) -> Result<Self> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Marker {
            image_layout_version: String,
        }
        let layout = Self { folder: folder.into() };
        let path = layout.folder.join("oci-layout");
        let marker: Option<Marker> = serde_json::from_slice(&read(&path, 64 << 10)?).ok();
        match marker {
            Some(marker) if marker.image_layout_version == LAYOUT_VERSION => Ok(layout),
            _ => Err(Error::new(Kind::Format, format!("the layout is not of version {LAYOUT_VERSION}"))
                .path(path.display().to_string())),
        }
    }

    fn blob_path(&self, digest: &Digest) -> PathBuf {
        self.folder.join("blobs/sha256").join(digest.to_string())
    }

    /// A blob that is verified, of `size` bytes where that is known.
    fn blob(&self, digest: &Digest, size: Option<u64>) -> Result<Bytes> {
        let path = self.blob_path(digest);
        let bytes = read(&path, size.unwrap_or(MAX_DOCUMENT).min(MAX_DOCUMENT))?;
        let wrong = |rule, expected: String, found: String| {
            Err(Error::new(Kind::Verification, "a blob is not what points at it says")
                .rule(rule)
                .mismatch(expected, found)
                .path(path.display().to_string()))
        };
        let found = Digest::of(&bytes);
        if found != *digest {
            return wrong("digest-mismatch", format!("sha256:{digest}"), format!("sha256:{found}"));
        }
        match size {
            Some(size) if size != bytes.len() as u64 => {
                wrong("size-mismatch", size.to_string(), bytes.len().to_string())
            }
            _ => Ok(bytes.into()),
        }
    }

    fn list_now(&self, subject: &Digest, artifact_type: Option<&str>) -> Result<Vec<Descriptor>> {
        let path = self.folder.join("index.json");
        let here = |error: Error| error.path(path.display().to_string());
        let mut entries = referrers::entries(&read(&path, MAX_DOCUMENT)?, None).map_err(here)?;
        // Some tools keep in layouts the index that stands in for the list of a registry.
        let tag = fallback_tag(subject);
        let stand_in =
            |entry: &&Descriptor| media::is_index(&entry.media_type) && entry.annotations.get(REF_NAME) == Some(&tag);
        let indexes: Vec<Descriptor> = entries.iter().filter(stand_in).cloned().collect();
        for index in indexes {
            entries.extend(referrers::entries(&self.blob(&index.digest, Some(index.size))?, None)?);
            referrers::too_many(entries.len()).map_err(here)?;
        }
        let mut seen = std::collections::BTreeSet::new();
        let mut read = 0u64;
        let mut found = Vec::new();
        for mut entry in entries {
            if !media::is_manifest(&entry.media_type) || !seen.insert(entry.digest) {
                continue;
            }
            read = read.saturating_add(entry.size);
            if read > MOST_LISTED_BYTES {
                return Err(here(
                    Error::new(Kind::Limit, "the layout has too many bytes of manifests")
                        .mismatch(format!("at most {MOST_LISTED_BYTES}"), "more"),
                ));
            }
            let bytes = match self.blob(&entry.digest, Some(entry.size)) {
                Ok(bytes) => bytes,
                // A layout need not have all that it names.
                Err(error) if error.kind() == Kind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let Ok(manifest) = Manifest::parse(&bytes) else { continue };
            let kind = manifest.kind();
            if manifest.check_subject(subject).is_ok() && artifact_type.is_none_or(|wanted| wanted == kind) {
                entry.artifact_type = Some(kind.to_owned());
                entry.annotations = manifest.annotations;
                found.push(entry);
            }
        }
        Ok(found)
    }

    fn attach_now(&self, subject: &Digest, artifact: &Artifact) -> Result<Descriptor> {
        let bytes = self.blob(subject, None)?;
        let media_type =
            media::judge(None, &bytes).map_err(|error| error.path(self.blob_path(subject).display().to_string()))?;
        let made = referrers::make(referrers::descriptor(media_type, &bytes), artifact)?;
        let _lock = Lock::take(&self.folder)?;
        let folder = self.folder.join("blobs/sha256");
        fs::create_dir_all(&folder).map_err(|error| Error::io(folder.display(), error))?;
        for bytes in [EMPTY, &artifact.payload, &made.manifest] {
            let digest = Digest::of(bytes);
            if self.blob(&digest, Some(bytes.len() as u64)).is_err() {
                self.write(&self.blob_path(&digest), bytes)?;
            }
        }
        self.add(&made.descriptor)?;
        Ok(made.descriptor)
    }

    /// Lists `entry` in `index.json`, unless it is there.
    fn add(&self, entry: &Descriptor) -> Result<()> {
        let path = self.folder.join("index.json");
        // As it is: others' entries may have fields that mean nothing here.
        let mut index: serde_json::Value = serde_json::from_slice(&read(&path, MAX_DOCUMENT)?).map_err(|error| {
            Error::new(Kind::Malformed, format!("the index can't be understood: {error}"))
                .path(path.display().to_string())
        })?;
        let added = referrers::add(&mut index, entry).map_err(|error| error.path(path.display().to_string()))?;
        if !added {
            return Ok(());
        }
        let bytes = serde_json::to_vec(&index)
            .map_err(|error| Error::new(Kind::Internal, "the index can't be written").source(error))?;
        self.write(&path, &bytes)
    }

    /// Puts a whole file in place, or none.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.folder.join(format!(".reposnap-{}-{number}#", std::process::id()));
        let written = (|| {
            let mut file = File::options().write(true).create_new(true).open(&unfinished)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&unfinished, path)
        })();
        written.map_err(|error| {
            let _ = fs::remove_file(&unfinished);
            Error::io(path.display(), error)
        })
    }

    fn fetch_now(&self, subject: &Digest, referrer: &Descriptor) -> Result<Attached> {
        let bytes = self.blob(&referrer.digest, Some(referrer.size))?;
        let place = |error: Error| error.path(self.blob_path(&referrer.digest).display().to_string());
        let manifest = Manifest::parse(&bytes).map_err(place)?;
        manifest.check_subject(subject).map_err(place)?;
        let mut blobs = Vec::new();
        for layer in manifest.small_layers().map_err(place)? {
            if layer.size > MAX_DOCUMENT {
                return Err(place(
                    Error::new(Kind::Limit, "what is attached is too large")
                        .mismatch(format!("at most {MAX_DOCUMENT} bytes"), layer.size.to_string()),
                ));
            }
            blobs.push((layer.clone(), self.blob(&layer.digest, Some(layer.size))?));
        }
        Ok(Attached {
            descriptor: referrer.clone(),
            artifact_type: manifest.kind().to_owned(),
            annotations: manifest.annotations,
            blobs,
        })
    }
}

impl Referrers for LayoutReferrers {
    fn list<'a>(
        &'a self,
        subject: &'a Digest,
        artifact_type: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<Descriptor>>> {
        let (layout, subject, kind) = (self.clone(), *subject, artifact_type.map(str::to_owned));
        Box::pin(blocking(move || layout.list_now(&subject, kind.as_deref())))
    }

    /// Blobs first, then `index.json`, each whole or not at all, under a lock on `oci-layout` (flock(2)). Tools that do not
    /// know the lock can write `index.json` between reading and writing, and lose what they wrote.
    fn attach<'a>(&'a self, subject: &'a Digest, artifact: &'a Artifact) -> BoxFuture<'a, Result<Descriptor>> {
        let (layout, subject, artifact) = (self.clone(), *subject, artifact.clone());
        Box::pin(blocking(move || layout.attach_now(&subject, &artifact)))
    }

    fn fetch<'a>(&'a self, subject: &'a Digest, referrer: &'a Descriptor) -> BoxFuture<'a, Result<Attached>> {
        let (layout, subject, referrer) = (self.clone(), *subject, referrer.clone());
        Box::pin(blocking(move || layout.fetch_now(&subject, &referrer)))
    }
}

/// A regular file of at most `limit` bytes.
fn read(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let failed = |error| Error::io(path.display(), error);
    let meta = fs::metadata(path).map_err(failed)?;
    if !meta.is_file() {
        return Err(Error::new(Kind::Malformed, "not a regular file").path(path.display().to_string()));
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(Error::new(Kind::Limit, "the file is too large")
            .rule("size-limit")
            .mismatch(format!("at most {limit} bytes"), "more")
            .path(path.display().to_string()));
    }
    Ok(bytes)
}

/// Keeps other attachers away from a layout.
struct Lock(File);

impl Lock {
    fn take(folder: &Path) -> Result<Self> {
        let path = folder.join("oci-layout");
        let failed = |error: io::Error| Error::io(path.display(), error);
        let file = File::open(&path).map_err(failed)?;
        lock(&file).map_err(failed)?;
        Ok(Self(file))
    }
}

impl Drop for Lock {
    /// Closing the file would not do: a program that another thread is just starting has the file as well, until its exec.
    fn drop(&mut self) {
        unlock(&self.0);
    }
}

#[cfg(unix)]
fn lock(file: &File) -> io::Result<()> {
    use std::time::{Duration, Instant};
    /// How long others may hold it.
    const PATIENCE: Duration = Duration::from_secs(30);
    /// How often it is tried.
    const LOOK: Duration = Duration::from_millis(10);
    let end = Instant::now() + PATIENCE;
    loop {
        match rustix::fs::flock(file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(()),
            Err(rustix::io::Errno::WOULDBLOCK) if Instant::now() < end => std::thread::sleep(LOOK),
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(unix)]
fn unlock(file: &File) {
    let _ = rustix::fs::flock(file, rustix::fs::FlockOperation::Unlock);
}

#[cfg(not(unix))]
fn lock(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn unlock(_: &File) {}
