//! OCI layouts (image specification 1.1, `image-layout.md`), in a folder or as a tar archive.

use std::fmt;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use reposnap::worker::blocking;
use reposnap::{Digest, Error, Kind, Result};
use serde::Deserialize;

use crate::archive::Archive;
use crate::blobs::{Blobs, Descriptor, Document, MAX_DOCUMENT};
use crate::layer::stream::digest_name;
use crate::limits::MAX_MANIFESTS;
use crate::manifest::{OCI_INDEX, is_artifact, json};
use crate::root::Root;

/// The annotation with an image's tag.
pub const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// An OCI layout. Nothing is followed out of it; what it hands out is verified by whoever the trait says.
///
/// ```no_run
/// # async fn example() -> reposnap::Result<()> {
/// use reposnap_image::layout::Layout;
/// use reposnap_image::manifest::select;
/// let layout = Layout::open("images".as_ref(), Some("base:1.0"))?;
/// println!("{} layers", select(&layout, None).await?.manifest.layers.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Layout {
    files: Arc<dyn Parts>,
    name: String,
    tag: Option<String>,
}

/// Files by name.
pub(crate) trait Parts: Send + Sync {
    /// The file called `name`, and its size.
    fn open(&self, name: &str) -> Result<Option<(Box<dyn Read + Send>, u64)>>;
}

impl Parts for Root {
    fn open(&self, name: &str) -> Result<Option<(Box<dyn Read + Send>, u64)>> {
        Ok(self.file(name.as_bytes())?.map(|(file, size)| (Box::new(file) as _, size)))
    }
}

/// A file of at most [`MAX_DOCUMENT`] bytes.
pub(crate) fn read(parts: &dyn Parts, name: &str) -> Result<Option<Bytes>> {
    let Some((file, size)) = parts.open(name)? else { return Ok(None) };
    if size > MAX_DOCUMENT {
        let message = format!("the document has {size} bytes; at most {MAX_DOCUMENT} are read");
        return Err(Error::new(Kind::Limit, message).path(name));
    }
    let mut bytes = Vec::with_capacity(size as usize);
    file.take(MAX_DOCUMENT).read_to_end(&mut bytes).map_err(|error| Error::io(name, error))?;
    Ok(Some(bytes.into()))
}

impl Layout {
    /// The layout in a folder. `tag` is that of an image in it, or `@sha256:` and the digest of a manifest that its index
    /// lists; without one its only image is meant.
    ///
    /// # Errors
    /// [`Kind::NotFound`] and its like where there is no such folder, and no layout in it.
    pub fn open(directory: &Path, tag: Option<&str>) -> Result<Self> {
        Self::of(Arc::new(Root::open(directory)?), directory, tag)
    }

    /// The same as a tar archive.
    ///
    /// # Errors
    /// As [`Layout::open`], and those of tar archives.
    pub fn open_archive(file: &Path, tag: Option<&str>) -> Result<Self> {
        Self::of(Arc::new(Archive::open(file)?), file, tag)
    }

    fn of(files: Arc<dyn Parts>, path: &Path, tag: Option<&str>) -> Result<Self> {
        let name = path.display().to_string();
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Version {
            image_layout_version: String,
        }
        let Some(bytes) = read(&*files, "oci-layout")? else {
            let error = Error::new(Kind::NotFound, "it is no OCI layout: it has no file oci-layout").path(name);
            return Err(error.help("docker-archive:FILE reads what docker save writes, dir:ROOT a root folder"));
        };
        let version: Version = json(&bytes, "oci-layout").map_err(|error| error.path(format!("{name}/oci-layout")))?;
        if version.image_layout_version.split('.').next() != Some("1") {
            let message = format!("the layout is of version {:?}; 1 is read", version.image_layout_version);
            return Err(Error::new(Kind::Unsupported, message).path(format!("{name}/oci-layout")));
        }
        Ok(Self { files, name, tag: tag.map(str::to_owned) })
    }

    fn index(&self) -> Result<(Bytes, Vec<Descriptor>)> {
        let path = || format!("{}/index.json", self.name);
        #[derive(Deserialize)]
        struct Index {
            #[serde(default)]
            manifests: Vec<Descriptor>,
        }
        let bytes = read(&*self.files, "index.json")?
            .ok_or_else(|| Error::new(Kind::NotFound, "the layout has no index").path(path()))?;
        let index: Index = json(&bytes, "the index").map_err(|error| error.path(path()))?;
        if index.manifests.len() > MAX_MANIFESTS {
            let message = format!("the index lists {} images; at most {MAX_MANIFESTS} are read", index.manifests.len());
            return Err(Error::new(Kind::Limit, message).path(path()));
        }
        Ok((bytes, index.manifests))
    }

    fn find_root(&self) -> Result<Document> {
        let (bytes, manifests) = self.index()?;
        let tag_of = |entry: &Descriptor| entry.annotations.get(REF_NAME).cloned();
        let fits = |entry: &&Descriptor| match &self.tag {
            None => true,
            Some(tag) => match tag.strip_prefix('@') {
                Some(digest) => digest_name(&entry.digest) == digest,
                None => tag_of(entry).as_ref() == Some(tag),
            },
        };
        let mut found: Vec<&Descriptor> = manifests.iter().filter(fits).collect();
        if self.tag.is_none() {
            // What is attached to images lies beside them.
            found.retain(|entry| !is_attached(entry));
            let named: Vec<&Descriptor> = found.iter().copied().filter(|entry| tag_of(entry).is_some()).collect();
            if !named.is_empty() {
                found = named;
            }
        }
        match &found[..] {
            [first, rest @ ..] if rest.iter().all(|entry| entry.digest == first.digest) => self.read_document(first),
            // The layout is one image for several platforms.
            [first, ..] if self.tag.is_none() && tag_of(first).is_none() => {
                Ok(Document { media_type: OCI_INDEX.to_owned(), digest: Digest::of(&bytes), bytes })
            }
            found => {
                let tags: Vec<String> = manifests.iter().filter_map(tag_of).take(20).collect();
                let message = match (&self.tag, found.len()) {
                    (Some(tag), 0) => format!("the layout has no image {tag:?}"),
                    (Some(tag), _) => format!("the layout has several images {tag:?}"),
                    (None, 0) => "the layout has no image".to_owned(),
                    (None, _) => "the layout has several images".to_owned(),
                };
                let kind = if found.is_empty() { Kind::NotFound } else { Kind::Usage };
                let error = Error::new(kind, message).path(self.name.clone());
                Err(if tags.is_empty() { error } else { error.help(format!("it has {}", tags.join(", "))) })
            }
        }
    }

    fn read_document(&self, descriptor: &Descriptor) -> Result<Document> {
        let name = blob(&descriptor.digest);
        let path = || format!("{}/{name}", self.name);
        let bytes = read(&*self.files, &name)?.ok_or_else(|| absent().path(path()))?;
        verified(descriptor, bytes).map_err(|error| error.path(path()))
    }
}

/// Whether an entry is no image but attached to one, as its type or its tag tells: `sha256-` and a digest, with an ending or
/// without (OCI distribution specification, "Referrers Tag Schema"; cosign's tags).
fn is_attached(entry: &Descriptor) -> bool {
    let is_digest = |tag: &str| tag.strip_prefix("sha256-").is_some_and(|rest| rest.len() >= 64);
    is_artifact(entry) || entry.annotations.get(REF_NAME).is_some_and(|tag| is_digest(tag))
}

/// A document, compared with its descriptor.
///
/// # Errors
/// [`Kind::Verification`] with the rules `size-mismatch` and `digest-mismatch`.
pub(crate) fn verified(descriptor: &Descriptor, bytes: Bytes) -> Result<Document> {
    if bytes.len() as u64 != descriptor.size {
        let error = Error::new(Kind::Verification, "a document has another size than its descriptor says");
        let found = format!("{} bytes", bytes.len());
        return Err(error.rule("size-mismatch").mismatch(format!("{} bytes", descriptor.size), found));
    }
    let digest = Digest::of(&bytes);
    if digest != descriptor.digest {
        let error = Error::new(Kind::Verification, "a document has another digest than its descriptor says");
        return Err(error.rule("digest-mismatch").mismatch(digest_name(&descriptor.digest), digest_name(&digest)));
    }
    Ok(Document { media_type: descriptor.media_type.clone(), digest, bytes })
}

fn blob(digest: &Digest) -> String {
    format!("blobs/sha256/{digest}")
}

fn absent() -> Error {
    Error::new(Kind::NotFound, "the layout lacks a blob that it names").help("copy the image again: it is not whole")
}

impl Blobs for Layout {
    fn root(&self) -> BoxFuture<'_, Result<Document>> {
        let layout = self.clone();
        Box::pin(blocking(move || layout.find_root()))
    }

    fn document<'a>(&'a self, descriptor: &'a Descriptor) -> BoxFuture<'a, Result<Document>> {
        let (layout, descriptor) = (self.clone(), descriptor.clone());
        Box::pin(blocking(move || layout.read_document(&descriptor)))
    }

    fn open<'a>(&'a self, descriptor: &'a Descriptor) -> BoxFuture<'a, Result<Box<dyn Read + Send>>> {
        let (layout, descriptor) = (self.clone(), descriptor.clone());
        Box::pin(blocking(move || {
            let name = blob(&descriptor.digest);
            let path = || format!("{}/{name}", layout.name);
            let (file, size) = layout.files.open(&name)?.ok_or_else(|| absent().path(path()))?;
            same_size(&descriptor, size).map_err(|error| error.path(path()))?;
            Ok(file)
        }))
    }
}

/// Fails where a blob has another size than its descriptor says.
pub(crate) fn same_size(descriptor: &Descriptor, size: u64) -> Result<()> {
    if size == descriptor.size {
        return Ok(());
    }
    let error = Error::new(Kind::Verification, "a layer has another size than its manifest says").rule("size-mismatch");
    Err(error.mismatch(format!("{} bytes", descriptor.size), format!("{size} bytes")))
}

impl fmt::Debug for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layout").field("name", &self.name).field("tag", &self.tag).finish_non_exhaustive()
    }
}
