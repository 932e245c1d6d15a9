//! Where an image lies: opened once, for reading it and for what is attached to it.

use std::path::PathBuf;
use std::sync::Arc;

use reposnap::digest::Digest;
use reposnap::error::{Error, Kind, Result};
use reposnap_image::Reference;
use reposnap_image::blobs::Blobs;
use reposnap_image::inventory::Platform;
use reposnap_image::layout_referrers::LayoutReferrers;
use reposnap_image::manifest::select;
use reposnap_image::reference::Transport;
use reposnap_image::referrers::Referrers;
use reposnap_image::registry::{FoundSignature, Name, Registry, RegistryOptions};

use crate::session::Session;

/// Where an image lies.
pub(super) struct Place {
    reference: Reference,
    registry: Option<Registry>,
}

impl Place {
    /// The place that a reference names. Asks nobody yet.
    pub(super) fn open(session: &Session, reference: &str, plain_http: bool) -> Result<Self> {
        let reference: Reference = reference.parse()?;
        let registry = match reference.transport() {
            Transport::Docker(name) => {
                let name: Name = name.parse()?;
                let mut options = RegistryOptions::default();
                options.fetch = session.fetcher()?.options().clone();
                if plain_http {
                    options.insecure.push(name.repository().host().to_owned());
                }
                Some(Registry::new(name, options)?)
            }
            _ => None,
        };
        Ok(Self { reference, registry })
    }

    pub(super) fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The parts of an image of a registry.
    pub(super) fn blobs(&self) -> Option<Arc<dyn Blobs>> {
        self.registry.clone().map(|registry| Arc::new(registry) as Arc<dyn Blobs>)
    }

    /// Where things can be attached to the image.
    pub(super) fn referrers(&self) -> Result<Arc<dyn Referrers>> {
        match (&self.registry, self.reference.transport()) {
            (Some(registry), _) => Ok(Arc::new(registry.clone())),
            (None, Transport::Oci { directory, .. }) => Ok(Arc::new(LayoutReferrers::new(PathBuf::from(directory))?)),
            _ => Err(Error::new(Kind::Usage, format!("nothing can be attached to {}", self.reference))
                .help("registries and OCI layouts take attachments")),
        }
    }

    /// Where things may be attached to the image; none where nothing can be.
    pub(super) fn attachments(&self) -> Option<Arc<dyn Referrers>> {
        self.referrers().ok()
    }

    /// The digest of the image's manifest, of an index that for the platform.
    pub(super) async fn digest(&self, platform: Option<&str>) -> Result<Digest> {
        let platform = platform.map(str::parse::<Platform>).transpose()?;
        let blobs = match self.blobs() {
            Some(blobs) => blobs,
            None => reposnap_image::inspect::open(&self.reference).await?.ok_or_else(|| {
                Error::new(Kind::Usage, format!("{} has no digest, and nothing is signed of it", self.reference))
                    .help("name an image of a layout, an archive or a registry")
            })?,
        };
        Ok(select(&*blobs, platform.as_ref()).await?.document.digest)
    }

    /// The signatures that cosign put beside an image of a registry.
    pub(super) async fn signatures(&self, image: &Digest) -> Result<Vec<FoundSignature>> {
        match &self.registry {
            Some(registry) => registry.signatures(image).await,
            None => Ok(Vec::new()),
        }
    }
}
