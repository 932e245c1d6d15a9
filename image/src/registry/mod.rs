//! Images in registries: read, and given attachments (OCI distribution specification 1.1, and Docker Registry v2, which is
//! the same with other media types).
//!
//! Whatever a registry does: no more bytes than a manifest says or a limit allows are taken, no wait is without an end, TLS
//! is never left, and passwords and tokens go to the registry and its token endpoint alone, and into no message. A registry
//! whose bytes are other than the digests, sizes or media types that name them is [`Kind::Verification`].

mod answer;
mod attached;
mod auth;
mod authfile;
mod certs;
mod challenge;
mod cosign;
mod documents;
mod helper;
mod layer;
mod link;
pub(crate) mod media;
mod name;
mod options;
mod push;
mod secret;

use std::io::Read;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use reposnap::{Digest, Error, Kind, Result};

pub use attached::{MOST_PAGES, MOST_RACES};
pub use auth::LARGEST_TOKEN;
pub use authfile::{Credentials, LARGEST_AUTH_FILE};
pub use cosign::{FoundSignature, SignatureKind};
pub use helper::{HELPER_OUTPUT, HELPER_TIME};
pub use layer::PIECES_AHEAD;
pub use link::DOCUMENT_TIME;
pub use name::{DEFAULT_HOST, DEFAULT_TAG, LONGEST_NAME, LONGEST_TAG, Name, Repository};
pub use options::RegistryOptions;
pub use secret::Secret;

use crate::blobs::{Blobs, Descriptor, Document};
use crate::referrers;
use link::Link;
use push::Pushed;

/// An image in a registry. Cheap to clone; clones share connections and tokens.
///
/// Needs a tokio runtime with time and I/O enabled around its async methods. What [`Blobs::open`] gives is downloaded by that
/// runtime, so it is to be read on another thread (`spawn_blocking`).
///
/// ```no_run
/// # async fn example() -> reposnap::Result<()> {
/// use reposnap_image::blobs::Blobs;
/// use reposnap_image::registry::{Registry, RegistryOptions};
/// let registry = Registry::new("registry.example/team/app:1.2".parse()?, RegistryOptions::default())?;
/// let root = registry.root().await?;
/// println!("{} is sha256:{}", registry.name(), root.digest);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Registry {
    name: Name,
    link: Arc<Link>,
}

impl Registry {
    /// The image `name`. Asks nobody yet; reads the certificates that are kept for the registry.
    ///
    /// [`Kind::Usage`] where the options contradict themselves.
    pub fn new(name: Name, options: RegistryOptions) -> Result<Self> {
        let link = Arc::new(Link::new(name.repository().clone(), options)?);
        Ok(Self { name, link })
    }

    /// What it is called.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Another image of the same repository, over the same connections.
    ///
    /// [`Kind::Usage`] where `name` is of another repository.
    pub fn sibling(&self, name: Name) -> Result<Self> {
        if name.repository() != self.name.repository() {
            return Err(Error::new(Kind::Usage, format!("{name} is not in the repository {}", self.name.repository())));
        }
        Ok(Self { name, link: self.link.clone() })
    }

    /// Brings `bytes` into the repository as a blob, unless it is there; what points at it. At most
    /// [`MAX_DOCUMENT`](crate::blobs::MAX_DOCUMENT) bytes.
    pub async fn push_blob(&self, media_type: &str, bytes: Bytes) -> Result<Descriptor> {
        push::blob(&self.link, &bytes).await?;
        Ok(referrers::descriptor(media_type, &bytes))
    }

    /// Brings a manifest into the repository, under `tag` where one is given; what points at it. The blobs that it names
    /// have to be there. At most [`MAX_DOCUMENT`](crate::blobs::MAX_DOCUMENT) bytes.
    pub async fn push_manifest(&self, media_type: &str, bytes: Bytes, tag: Option<&str>) -> Result<Descriptor> {
        let target = match tag {
            Some(tag) if name::is_tag(tag) => tag.to_owned(),
            Some(tag) => return Err(Error::new(Kind::Usage, format!("{tag:?} is not a tag")).field("tag")),
            None => format!("sha256:{}", Digest::of(&bytes)),
        };
        match push::manifest(&self.link, &target, media_type, &bytes, None).await? {
            Pushed::Done { .. } | Pushed::Raced => Ok(referrers::descriptor(media_type, &bytes)),
        }
    }

    fn link(&self) -> &Link {
        &self.link
    }
}

impl Blobs for Registry {
    fn root(&self) -> BoxFuture<'_, Result<Document>> {
        Box::pin(async {
            let target = self.name.target();
            let found = documents::manifest(&self.link, &target, self.name.digest()).await?;
            Ok(found.ok_or_else(|| documents::missing(&self.link, &target))?.document)
        })
    }

    fn document<'a>(&'a self, descriptor: &'a Descriptor) -> BoxFuture<'a, Result<Document>> {
        Box::pin(async {
            if media::is_manifest(&descriptor.media_type) {
                return documents::described(&self.link, descriptor).await;
            }
            let bytes = documents::blob(&self.link, descriptor).await?;
            Ok(Document { media_type: descriptor.media_type.clone(), digest: descriptor.digest, bytes })
        })
    }

    /// Fails at once where the registry does not have the layer, or has it with another size. Errors on the way are
    /// [`io::Error`](std::io::Error)s with an [`Error`] inside: [`error_of`] has it.
    fn open<'a>(&'a self, descriptor: &'a Descriptor) -> BoxFuture<'a, Result<Box<dyn Read + Send>>> {
        Box::pin(async {
            let layer = layer::open(self.link.clone(), descriptor.digest, descriptor.size).await?;
            Ok(Box::new(layer) as Box<dyn Read + Send>)
        })
    }
}

/// The failure inside an error of reading a layer; where there is none, one of the kind `io`.
pub fn error_of(error: std::io::Error) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => error,
        Err(error) => Error::new(Kind::Io, error.to_string()).source(error),
    }
}
