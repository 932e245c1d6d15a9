//! Lists of packages into indexes.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use crate::digest::{Digest, Hasher};
use crate::error::{Error, Kind, Result};
use crate::progress::{Monitor, Unit};
use crate::publish::desk::Desk;
use crate::publish::format::IndexFormat;
use crate::publish::index::{IndexWriter, Mark, Written};
use crate::publish::pool::Present;
use crate::publish::stanza::{self, Wanted};
use crate::publish::state::Index;
use crate::snapshot::entry::MAX_ENTRIES;
use crate::snapshot::ingest::in_upstream_order;
use crate::snapshot::manifest::{List, Order};
use crate::snapshot::{Entry, Snapshot, Want};
use crate::worker::compute;

/// The phase of progress in which indexes are made; it counts bytes of stanzas.
const PHASE: &str = "indexes";

/// How much text is put together before it is hashed and compressed.
const BATCH: usize = 1 << 20;

/// An index to make, and the lists that it unites.
#[derive(Clone, Debug)]
pub(crate) struct ListPlan {
    pub(crate) path: String,
    pub(crate) content: Content,
    pub(crate) sources: Vec<(Snapshot, List)>,
}

/// What an index lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Binary packages: a Packages index.
    Binary,
    /// Source packages: a Sources index.
    Source,
}

/// A made index and what its packages need.
pub(crate) struct WrittenList {
    pub(crate) written: Written,
    /// The files that the tree does not have.
    pub(crate) wanted: Vec<Named>,
    /// How many files its packages have, those that the tree has among them.
    pub(crate) files: u64,
    /// How many packages had the name, version and architecture of an earlier one, but not its content.
    pub(crate) differing: u64,
}

/// A file with the package that it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) wanted: Wanted,
    /// Name and version of the package.
    pub(crate) package: Box<str>,
}

impl Named {
    pub(crate) fn new(wanted: Wanted, name: &[u8], version: &[u8]) -> Self {
        let package = format!("{} {}", String::from_utf8_lossy(name), String::from_utf8_lossy(version));
        Self { wanted, package: package.into() }
    }
}

impl ListPlan {
    /// The digest of all that the index is made from, its formats among it.
    pub(crate) fn source(&self, formats: &[IndexFormat]) -> Result<Digest> {
        let mut hasher = Hasher::new();
        hasher.update(b"list 1\n");
        formats.iter().for_each(|format| hasher.update(format!("{format}\n").as_bytes()));
        for (_, list) in &self.sources {
            let layout = serde_json::to_vec(&list.layout)
                .map_err(|error| Error::new(Kind::Internal, "a layout can't be written").source(error))?;
            hasher.update(list.root.as_bytes());
            hasher.update(&layout);
        }
        Ok(hasher.finish())
    }

    /// Makes the index. `before` is the one published before, with the directory of its suite.
    pub(crate) async fn write(
        &self,
        desk: &Desk,
        formats: &[IndexFormat],
        before: Option<(&str, &Index)>,
        present: &Arc<Present>,
        monitor: &Monitor,
    ) -> Result<WrittenList> {
        let bytes = self.sources.iter().map(|(_, list)| list.bytes).sum();
        monitor.start(PHASE, Some(bytes), Unit::Bytes);
        let mut maker = Maker::new(self, IndexWriter::new(desk, formats, before)?, present, monitor);
        for (snapshot, list) in &self.sources {
            let mut reader = snapshot.read(list, Want::Entries)?;
            let mut held = Vec::new();
            if list.layout.order != Order::Key {
                held.reserve_exact(usize::try_from(list.entries).unwrap_or(0).min(MAX_ENTRIES));
            }
            while let Some(chunks) = reader.next_batch().await? {
                monitor.check()?;
                let entries: Vec<Entry> = chunks.into_iter().flat_map(|chunk| chunk.into_entries()).collect();
                if has_doubles(&entries) {
                    maker.look_for_doubles();
                }
                if list.layout.order == Order::Key {
                    maker = maker.add(entries).await?;
                } else {
                    held.extend(entries);
                }
            }
            if !held.is_empty() {
                let explicit = match list.layout.explicit {
                    Some(digest) => Some(snapshot.blob(digest).await?),
                    None => None,
                };
                let layout = list.layout.clone();
                let ordered = compute(move || in_upstream_order(held, &layout, explicit.as_deref())).await?;
                maker = maker.add(ordered).await?;
            }
        }
        monitor.finish(PHASE);
        let source = self.source(formats)?;
        compute(move || maker.finish(source)).await
    }
}

/// Whether one name, version and architecture stands there twice. Entries come in key order, and all of one name and
/// architecture in one batch, for they are in one chunk.
fn has_doubles(entries: &[Entry]) -> bool {
    let name = |entry: &Entry| (entry.key.name.clone(), entry.key.architecture.clone(), entry.key.version.clone());
    entries.windows(2).any(|pair| pair[0].key.name == pair[1].key.name && name(&pair[0]) == name(&pair[1]))
}

/// The state of making an index; moves to a worker thread and back.
struct Maker {
    path: String,
    content: Content,
    writer: IndexWriter,
    monitor: Monitor,
    text: Vec<u8>,
    marks: Vec<Mark>,
    present: Arc<Present>,
    wanted: Vec<Named>,
    files: u64,
    packages: u64,
    /// What was there already, where several lists are united or one has something twice.
    seen: Option<HashMap<[Bytes; 3], Digest>>,
    differing: u64,
}

impl Maker {
    fn new(plan: &ListPlan, writer: IndexWriter, present: &Arc<Present>, monitor: &Monitor) -> Self {
        Self {
            path: plan.path.clone(),
            content: plan.content,
            writer,
            monitor: monitor.clone(),
            text: Vec::with_capacity(BATCH + (64 << 10)),
            marks: Vec::new(),
            present: present.clone(),
            wanted: Vec::new(),
            files: 0,
            packages: 0,
            seen: (plan.sources.len() > 1).then(HashMap::new),
            differing: 0,
        }
    }

    async fn add(mut self, entries: Vec<Entry>) -> Result<Self> {
        compute(move || {
            for entry in entries {
                self.add_entry(&entry)?;
                if self.text.len() >= BATCH {
                    self.monitor.check()?;
                    self.flush()?;
                }
            }
            Ok(self)
        })
        .await
    }

    /// Takes each name, version and architecture once from now on, the first.
    fn look_for_doubles(&mut self) {
        self.seen.get_or_insert_default();
    }

    fn add_entry(&mut self, entry: &Entry) -> Result<()> {
        let start = self.text.len();
        let files = match self.content {
            Content::Binary => stanza::binary(&entry.text, &mut self.text).map(One::Binary),
            Content::Source => stanza::source(&entry.text, &mut self.text).map(One::Source),
        };
        let files = files.map_err(|error| self.of_package(entry, error))?;
        if let Some(seen) = &mut self.seen {
            let name = [entry.key.name.clone(), entry.key.version.clone(), entry.key.architecture.clone()];
            let content = files.main();
            match seen.entry(name) {
                std::collections::hash_map::Entry::Occupied(before) if *before.get() == content => {
                    self.text.truncate(start);
                    return Ok(());
                }
                std::collections::hash_map::Entry::Occupied(_) => self.differing += 1,
                std::collections::hash_map::Entry::Vacant(free) => drop(free.insert(content)),
            }
        }
        self.text.push(b'\n');
        self.marks.push(Mark { end: self.text.len(), digest: entry.key.digest, cut: cut(&entry.key.name) });
        self.packages += 1;
        let named = |wanted| Named::new(wanted, &entry.key.name, &entry.key.version);
        match files {
            One::Binary(wanted) => {
                self.files += 1;
                if !self.present.has(&wanted) {
                    self.wanted.push(named(wanted));
                }
            }
            One::Source(files) => {
                self.files += files.len() as u64;
                self.wanted.extend(files.into_iter().map(named));
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        self.writer.add(&self.text, &self.marks)?;
        self.monitor.advance(PHASE, self.text.len() as u64);
        self.text.clear();
        self.marks.clear();
        Ok(())
    }

    fn finish(mut self, source: Digest) -> Result<WrittenList> {
        self.flush()?;
        let written = self.writer.finish(&self.path, source, self.packages)?;
        Ok(WrittenList { written, wanted: self.wanted, files: self.files, differing: self.differing })
    }

    fn of_package(&self, entry: &Entry, error: Error) -> Error {
        let mut named = Error::new(
            error.kind(),
            format!("{} {}: {}", entry.key.name_str(), entry.key.version_str(), error.message()),
        )
        .path(&self.path);
        if let Some(field) = error.at_field() {
            named = named.field(field);
        }
        match error.broken_rule() {
            Some(rule) => named.rule(rule),
            None => named,
        }
    }
}

/// The files of one stanza.
enum One {
    Binary(Wanted),
    Source(Vec<Wanted>),
}

impl One {
    /// The digest that tells the package: of the .deb, or of all files of a source package.
    fn main(&self) -> Digest {
        match self {
            One::Binary(wanted) => wanted.digest,
            One::Source(files) => {
                let mut hasher = Hasher::new();
                files.iter().for_each(|file| hasher.update(file.digest.as_bytes()));
                hasher.finish()
            }
        }
    }
}

/// A number of a package's name with well-mixed bits: FNV-1a, then the finalizer of `SplitMix64`.
fn cut(name: &[u8]) -> u64 {
    let fnv = name
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |state: u64, byte| (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let value = (fnv ^ (fnv >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
