//! The way in: a reference, and what is there.

mod build;
mod load;

use std::sync::Arc;

use reposnap::progress::Monitor;
use reposnap::worker::blocking;
use reposnap::{Error, Kind, Result};

use crate::archive::DockerArchive;
use crate::blobs::Blobs;
use crate::cache::FactCache;
use crate::inventory::{Inventory, Layer, Platform};
use crate::layer::facts::Facts;
use crate::layer::interest::Interest;
use crate::layout::Layout;
use crate::limits::MAX_ROUNDS;
use crate::manifest::{Selected, select};
use crate::package::Package;
use crate::reference::{Reference, Transport};
use crate::rpm_files::RpmDatabase;
use crate::state::LayerState;

/// What reads the packages of an rpm database: `crate::rpm`, or whatever else a caller prefers.
pub type ReadRpm = dyn Fn(&RpmDatabase) -> Result<Vec<Package>> + Send + Sync;

/// How to look at an image.
#[derive(Clone, Default)]
pub struct Options {
    /// Which image of an index; none: this machine's.
    pub platform: Option<Platform>,
    /// Whether every file is compared with what its package says of it. All of the image is hashed then.
    pub files: bool,
    /// What was learned of layers before; none: nothing is kept.
    pub cache: Option<Arc<dyn FactCache>>,
    /// Who hears of progress, and ends the work. The phase `layers` counts compressed bytes.
    pub monitor: Monitor,
    /// What reads rpm databases. Without it an image that has one is refused: it must not look empty.
    pub rpm: Option<Arc<ReadRpm>>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("platform", &self.platform)
            .field("files", &self.files)
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}

/// What was read.
#[derive(Clone, Debug)]
pub struct Read {
    /// What is there now.
    pub inventory: Inventory,
    /// What was there after each layer that touched the packages, the base first; the last one is what is there now. One for
    /// a root folder. Empty where no database is.
    pub states: Vec<LayerState>,
}

/// The image of a reference to a file or folder; none for registries, root folders and machines.
///
/// # Errors
/// Those of [`Layout::open`] and [`DockerArchive::open`].
pub async fn open(reference: &Reference) -> Result<Option<Arc<dyn Blobs>>> {
    let transport = reference.transport().clone();
    blocking(move || {
        Ok(Some(match transport {
            Transport::Oci { directory, tag } => Arc::new(Layout::open(&directory, tag.as_deref())?) as Arc<dyn Blobs>,
            Transport::OciArchive { file, tag } => Arc::new(Layout::open_archive(&file, tag.as_deref())?),
            Transport::DockerArchive { file, name } => Arc::new(DockerArchive::open(&file, name.as_deref())?),
            Transport::Docker(_) | Transport::Root(_) | Transport::Host => return Ok(None),
        }))
    })
    .await
}

/// Looks at an image, a root folder or this machine. `blobs` are where the image's parts lie, where the reference is of a
/// registry; for all else, none will do.
///
/// Nothing is unpacked. Every layer that the cache does not know is read once, as many at a time as there are processors, and
/// its digest, size and `diff_id` are verified as it passes. If links lead a database to where nobody would look for it, layers
/// are read again.
///
/// # Errors
/// - [`Kind::NotFound`] where there is no such image, or none for the platform;
/// - [`Kind::Verification`] where bytes are not those that their names say, and [`Kind::Malformed`] where formats are
///   broken: a layer that was cut off, a status file that ends in the middle, links in a circle;
/// - [`Kind::Limit`] beyond [`crate::limits`]; [`Kind::Unsupported`]; [`Kind::Cancelled`].
///
/// ```no_run
/// # async fn example() -> reposnap::Result<()> {
/// use reposnap_image::inspect::{Options, inspect};
/// let read = inspect(&"oci:images:base".parse()?, None, &Options::default()).await?;
/// for package in &read.inventory.packages {
///     println!("{} {} came with layer {:?}", package.name, package.version, package.layer);
/// }
/// # Ok(())
/// # }
/// ```
pub async fn inspect(reference: &Reference, blobs: Option<Arc<dyn Blobs>>, options: &Options) -> Result<Read> {
    let root = match reference.transport() {
        Transport::Root(root) => Some(root.clone()),
        Transport::Host => Some("/".into()),
        _ => None,
    };
    if let Some(root) = root {
        let (reference, options) = (reference.clone(), options.clone());
        return blocking(move || build::root(&reference, &root, &options)).await;
    }
    let mut is_made_up = false;
    let blobs = match (blobs, reference.transport()) {
        (Some(blobs), _) => blobs,
        (None, Transport::DockerArchive { file, name }) => {
            let (file, name) = (file.clone(), name.clone());
            let archive = blocking(move || DockerArchive::open(&file, name.as_deref())).await?;
            is_made_up = archive.is_made_up();
            Arc::new(archive)
        }
        (None, _) => open(reference).await?.ok_or_else(|| {
            Error::new(Kind::Usage, format!("{reference} is an image of a registry, and none was opened"))
        })?,
    };
    let selected = select(&*blobs, options.platform.as_ref()).await?;
    let mut interest = Interest::new(options.files);
    for _ in 0..MAX_ROUNDS {
        let facts = load::all(&blobs, &selected, &interest, options).await?;
        let (reference, options, selected) = (reference.clone(), options.clone(), selected.clone());
        let outcome = blocking(move || {
            let outcome = build::image(&reference, &selected, &facts, &interest, &options);
            Ok((outcome, interest))
        });
        let (outcome, before) = outcome.await?;
        interest = before;
        match outcome? {
            build::Outcome::Done(mut read) => {
                if is_made_up {
                    read.inventory.digest = None;
                }
                return Ok(*read);
            }
            build::Outcome::Needs(places) => {
                let mut is_new = false;
                for (path, rule) in places {
                    is_new |= interest.add(&path, rule)?;
                }
                if !is_new {
                    break;
                }
            }
        }
    }
    let message = format!("links lead a database through more places than can be followed in {MAX_ROUNDS} rounds");
    Err(Error::new(Kind::Limit, message).path(reference.to_string()))
}

/// The layers of an image, before anything is known of packages.
fn layers(selected: &Selected) -> Vec<Layer> {
    let config = &selected.config;
    let layers = selected.manifest.layers.iter().zip(&config.diff_ids).enumerate();
    layers
        .map(|(index, (descriptor, diff_id))| Layer {
            digest: descriptor.digest,
            diff_id: *diff_id,
            size: descriptor.size,
            created_by: config.history.get(index).and_then(|history| history.created_by.clone()),
            created: config.history.get(index).and_then(|history| history.created),
            packages: 0,
            removed: Vec::new(),
        })
        .collect()
}

/// The facts of an image's layers, the base first.
type AllFacts = Vec<Arc<Facts>>;
