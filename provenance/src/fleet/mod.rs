//! The images that a store has recorded, and which of them have which packages.
//!
//! [`add`] records an image under a name ([`record`]). A [`Fleet`] is all of them with an index: of each version of each
//! binary package, for each architecture and source, the set of images that have it. Versions of a package stand in their
//! order, so which images have `openssl` before a version is one binary search and the union of a run of sets.
//!
//! The index is kept in the store in segments, each of some images and of the names that were new or had moved; like those of
//! a [history](crate::history), few and made anew where they are missing. Opening a fleet looks at the logs of all names, and
//! reads the images that no segment has yet.
//!
//! Images have numbers, in the order in which the index came to know them; names lead to images, and an image that no name
//! is any more stays known, as a base of others.

mod draft;
mod open;
mod plan;
mod query;
pub mod record;
mod segment;
mod set;
mod within;

use std::collections::{BTreeMap, HashMap};

use reposnap::progress::Monitor;
use reposnap::store::Store;
use reposnap::{Digest, Result};
use roaring::RoaringBitmap;

pub use draft::Item;
pub use plan::{Plan, PlannedPackage, Reason, Step, Unplanned};
pub use query::{By, Fix, Hit, Newer, newer, promoted, restrict};
pub use record::{Added, BaseClaim, Named, Record, Recorded, add, log_name};
use segment::{Chain, Segment, chains};
pub use within::Within;

/// The paths of the segments that a fleet is read from; what else there is was taken into others.
///
/// # Errors
/// Those of reading the store.
pub async fn segments(store: &Store) -> Result<Vec<String>> {
    open::segments(store).await
}

/// The most images of a fleet.
pub const MAX_IMAGES: usize = 1 << 26;

/// A name of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The whole name.
    pub reference: String,
    /// The number of the newest entry of its log.
    pub number: u64,
    /// The image that it is now.
    pub image: usize,
}

/// A recorded image, as the index has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The digest that its record is named by.
    pub digest: Digest,
    /// How many layers it has.
    pub layers: usize,
    /// The image that it claims to be made on.
    pub claim: Option<Digest>,
    /// The distribution, as [`Record::system`] has it.
    pub system: Option<String>,
}

/// The recorded images of a store.
#[derive(Clone, Debug, Default)]
pub struct Fleet {
    segments: Vec<Segment>,
    images: usize,
    /// By the name of the log.
    names: BTreeMap<String, Name>,
    numbers: HashMap<Digest, usize>,
    /// The images that end with a layer.
    ends: HashMap<Chain, Vec<u32>>,
    /// The images that a name is now.
    current: RoaringBitmap,
    /// The names that an image has now.
    named: HashMap<usize, Vec<String>>,
    /// The logs that have ever named an image.
    logs: HashMap<usize, Vec<String>>,
}

impl Fleet {
    /// The fleet of a store, with all that is recorded by now. What the index lacks is added to it, and kept where the store
    /// may be written.
    ///
    /// # Errors
    /// Those of reading the store; [`Kind::Limit`](reposnap::Kind::Limit) beyond [`MAX_IMAGES`].
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use reposnap::{progress::Monitor, store::Store};
    /// use reposnap_image::package::Family;
    /// use reposnap_provenance::fleet::{Fix, Fleet};
    /// let fleet = Fleet::open(&Store::memory(), &Monitor::silent()).await?;
    /// let fix = Fix::of(Family::Deb, "openssl", "3.0.17-1~deb12u2");
    /// assert!(fleet.affected(&fix)?.is_empty());
    /// # Ok::<(), reposnap::Error>(()) }).unwrap();
    /// ```
    pub async fn open(store: &Store, monitor: &Monitor) -> Result<Self> {
        open::open(store, monitor).await
    }

    /// A fleet of images that are in memory: of each its names, its digest, its layers (uncompressed digests) and its
    /// packages. It is not kept.
    ///
    /// # Errors
    /// [`Kind::Limit`](reposnap::Kind::Limit) beyond what an index may be.
    pub fn of<'a, P: Iterator<Item = Item<'a>>>(
        images: impl Iterator<Item = (&'a str, Digest, &'a [Digest], P)>,
    ) -> Result<Self> {
        let mut draft = draft::Draft::new(0);
        for (name, digest, layers, packages) in images {
            let image = draft.len();
            draft.add(digest, layers, None, None, packages);
            let (log, reference) = (log_name(name), name.to_owned());
            draft.names.push(draft::NewName { log, reference, number: 1, image });
        }
        let (segment, _) = Segment::open(&draft.write(None)?)?;
        let mut fleet = Self::default();
        fleet.push(segment)?;
        fleet.recount();
        Ok(fleet)
    }

    /// How many images it has, those that no name is any more with them.
    pub fn len(&self) -> usize {
        self.images
    }

    /// Whether nothing is recorded.
    pub fn is_empty(&self) -> bool {
        self.images == 0
    }

    /// How many bytes its index takes.
    pub fn bytes(&self) -> usize {
        self.segments.iter().map(|segment| segment.bytes).sum()
    }

    /// An image.
    pub fn image(&self, number: usize) -> Option<Image> {
        let (segment, at) = self.place(number)?;
        Some(Image {
            digest: Segment::digest(&segment.images, at)?,
            layers: segment.chains_of(at).len(),
            claim: Segment::digest(&segment.claims, at),
            system: segment.system_of(at).map(str::to_owned),
        })
    }

    /// The images of each distribution, as [`Record::system`] has it.
    ///
    /// A version of one release of a distribution says nothing of those of another: [`Fleet::within`] asks about one alone.
    pub fn systems(&self) -> BTreeMap<String, RoaringBitmap> {
        let mut systems: BTreeMap<String, RoaringBitmap> = BTreeMap::new();
        for segment in &self.segments {
            for at in 0..segment.len() {
                let Some(system) = segment.system_of(at) else { continue };
                match systems.get_mut(system) {
                    Some(images) => drop(images.insert((segment.from + at) as u32)),
                    None => drop(systems.insert(system.to_owned(), [(segment.from + at) as u32].into())),
                }
            }
        }
        systems
    }

    /// The number of the image that `digest` names.
    pub fn number(&self, digest: Digest) -> Option<usize> {
        self.numbers.get(&digest).copied()
    }

    /// All names, by their logs.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.names.values()
    }

    /// The names that an image has now, sorted.
    pub fn names_of(&self, number: usize) -> Vec<String> {
        self.named.get(&number).cloned().unwrap_or_default()
    }

    /// The images that a name is now.
    pub fn current(&self) -> &RoaringBitmap {
        &self.current
    }

    /// The image that an image of `layers` (uncompressed digests, the base first) was made on: the one with the most layers
    /// whose layers are its lowest, and not all of them. Of several with the same layers one that has a name now, and then
    /// the one that came to be known last.
    pub fn base_of(&self, layers: &[Digest]) -> Option<usize> {
        self.base_of_chains(chains(layers).into_iter())
    }

    /// The image that a recorded one was made on: by its layers, or else as it claims.
    pub fn base(&self, number: usize) -> Option<usize> {
        let (segment, at) = self.place(number)?;
        let claimed = || self.number(Segment::digest(&segment.claims, at)?).filter(|claimed| *claimed != number);
        self.base_of_chains(segment.chains_of(at)).or_else(claimed)
    }

    /// What a name that an image once had is now; of several the image that came to be known last.
    fn successor(&self, number: usize) -> Option<usize> {
        self.logs.get(&number)?.iter().filter_map(|log| self.names.get(log)).map(|name| name.image).max()
    }

    fn base_of_chains(&self, chains: impl DoubleEndedIterator<Item = Chain>) -> Option<usize> {
        chains.rev().skip(1).find_map(|chain| {
            let images = self.ends.get(&chain)?.iter();
            images.max_by_key(|image| (self.current.contains(**image), **image)).map(|image| *image as usize)
        })
    }

    fn place(&self, number: usize) -> Option<(&Segment, usize)> {
        let after = self.segments.partition_point(|segment| segment.from <= number);
        // Segments of names alone have no images.
        let segment = self.segments[..after].iter().rev().find(|segment| number < segment.from + segment.len())?;
        Some((segment, number - segment.from))
    }

    /// Adds the segment that follows.
    fn push(&mut self, segment: Segment) -> Result<()> {
        if segment.from != self.images {
            return Err(crate::packed::damaged("its segments don't follow one another"));
        }
        for at in 0..segment.len() {
            let number = segment.from + at;
            if let Some(digest) = Segment::digest(&segment.images, at) {
                self.numbers.insert(digest, number);
            }
            if let Some(chain) = segment.chains_of(at).next_back() {
                self.ends.entry(chain).or_default().push(number as u32);
            }
        }
        self.images += segment.len();
        for at in 0..segment.logs.len() {
            let image = segment.named.get(at) as usize;
            if image >= self.images {
                return Err(crate::packed::damaged("a name leads to no image"));
            }
            let (log, reference) = (segment.logs.str(at).to_owned(), segment.references.str(at).to_owned());
            self.logs.entry(image).or_default().push(log.clone());
            self.names.insert(log, Name { reference, number: segment.numbers.get(at), image });
        }
        self.segments.push(segment);
        Ok(())
    }

    /// Counts names, once all segments are there.
    fn recount(&mut self) {
        self.current = self.names.values().map(|name| name.image as u32).collect();
        self.named.clear();
        for name in self.names.values() {
            self.named.entry(name.image).or_default().push(name.reference.clone());
        }
        self.named.values_mut().for_each(|names| names.sort());
    }
}
