//! What snapshots need of their store: objects to the last package, each looked at once however many snapshots share it.
//!
//! A year of snapshots has hundreds of times the chunks of one, nearly all of them shared, and those that are new are coded
//! against others. So chunks are gathered first, as the frames of packs that they are; then each frame is decoded once,
//! from those that stand alone to those coded against them, and no more of them is in memory than one chain. Packages are
//! told by their digests alone, 32 bytes each.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use bytes::Bytes;
use futures::stream::{self, StreamExt};

use super::Snapshot;
use super::entry::KeyBlock;
use super::read::verify_stanzas;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::progress::{Monitor, Unit};
use crate::store::codec::Decoder;
use crate::store::index::{ChunkRef, Span};
use crate::store::{Store, layout};
use crate::worker::compute;

/// How many compressed bytes are fetched at a time, but for a single family of chunks that has more.
const BATCH: u64 = 8 << 20;
/// How many packs are read at the same time.
const PARALLEL: usize = 8;
/// Ranges of a pack that are closer than this are read as one. Far ones are not: all that is read is held until it is decoded.
const GAP: u64 = 256;
/// The most chunks that can be followed at once.
const MOST_FRAMES: usize = u32::MAX as usize - 1;

const PHASE: &str = "chunks";
const NONE: u32 = u32::MAX;

/// How closely chunks are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    /// For the digests of packages.
    Digests,
    /// For sizes too; the keys of each chunk are verified.
    Sizes,
    /// Every stanza is verified.
    Everything,
}

/// A package that some snapshot has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// Its size in bytes, where sizes were asked for.
    pub size: Option<u64>,
    /// Whether a snapshot has it that promises that the store has its packages.
    pub required: bool,
}

/// What some snapshots need.
#[derive(Debug, Default)]
pub struct Needs {
    /// The snapshots.
    pub snapshots: HashSet<Digest>,
    /// The snapshots whose chunk indexes are needed: their own, and those that they are coded against.
    pub indexes: HashSet<Digest>,
    /// The packs, and how long each must be.
    pub packs: HashMap<Digest, u64>,
    /// The packages, by their SHA-256.
    pub packages: HashMap<Digest, Package>,
    /// How many chunks the snapshots have together, each counted in each.
    pub chunk_uses: u64,
    names: Vec<Digest>,
    numbers: HashMap<Digest, u32>,
    nodes: Vec<Node>,
    places: HashMap<(u32, u32, u32), u32>,
}

/// A frame of a pack: a chunk, perhaps coded against another.
#[derive(Clone, Copy, Debug)]
struct Node {
    pack: u32,
    keys: Span,
    text: Span,
    parent: u32,
    /// The digest of the chunk; of zeros where no list has it, and it is needed for others alone.
    digest: Digest,
    entries: u32,
    required: bool,
    visited: bool,
}

/// The frames that are coded against others, as pairs of parent and child, and those that stand alone.
type Families = (Vec<(u32, u32)>, Vec<u32>);

impl Needs {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many chunks there are, each counted once.
    pub fn chunks(&self) -> u64 {
        self.nodes.iter().filter(|node| node.digest != zero()).count() as u64
    }

    /// How many bytes the chunks have once decoded, each counted once.
    pub fn chunk_bytes(&self) -> u64 {
        let chunks = self.nodes.iter().filter(|node| node.digest != zero());
        chunks.map(|node| u64::from(node.keys.raw) + u64::from(node.text.raw)).sum()
    }

    /// Adds what a snapshot needs, but for its packages, which [`find_packages`](Self::find_packages) tells. With
    /// `required`, the store has to have them.
    ///
    /// # Errors
    /// [`Kind::Malformed`] where its index does not have what its manifest names.
    pub fn add(&mut self, snapshot: &Snapshot, required: bool) -> Result<()> {
        let index = snapshot.stored_index();
        for digest in named(snapshot) {
            snapshot.section(digest)?;
        }
        self.snapshots.insert(snapshot.id());
        self.indexes.insert(snapshot.id());
        self.indexes.extend(&index.bases);
        for (_, chunks) in index.chunks.sections() {
            self.chunk_uses += chunks.len() as u64;
            for chunk in chunks {
                self.add_chunk(chunk, required)?;
            }
        }
        Ok(())
    }

    fn add_chunk(&mut self, chunk: &ChunkRef, required: bool) -> Result<()> {
        // Most chunks of a snapshot were in the one before it, too.
        if let Some(node) = self.known(chunk)
            && node.digest == chunk.digest
            && (node.required || !required)
        {
            return Ok(());
        }
        let mut parent = NONE;
        let last = chunk.frames.len().saturating_sub(1);
        for (position, frame) in chunk.frames.iter().rev().enumerate() {
            let pack = self.number(frame.pack)?;
            let end = |span: Span| u64::from(span.offset) + u64::from(span.length);
            let needed = self.packs.entry(frame.pack).or_default();
            *needed = (*needed).max(end(frame.keys)).max(end(frame.text));
            let place = (pack, frame.text.offset, frame.keys.offset);
            let number = match self.places.get(&place) {
                Some(number) => *number,
                None => {
                    if self.nodes.len() >= MOST_FRAMES {
                        return Err(Error::new(Kind::Limit, "the store has too many chunks"));
                    }
                    let number = self.nodes.len() as u32;
                    self.nodes.push(Node {
                        pack,
                        keys: frame.keys,
                        text: frame.text,
                        parent,
                        digest: zero(),
                        entries: 0,
                        required: false,
                        visited: false,
                    });
                    self.places.insert(place, number);
                    number
                }
            };
            if position == last {
                let node = &mut self.nodes[number as usize];
                if node.digest == zero() || (required && !node.required) {
                    // What is promised by nobody so far may be promised from now on, so it is looked at again.
                    node.visited = false;
                    node.required |= required;
                }
                (node.digest, node.entries) = (chunk.digest, chunk.entries);
            }
            parent = number;
        }
        Ok(())
    }

    /// The frame of a chunk that was added before.
    fn known(&self, chunk: &ChunkRef) -> Option<&Node> {
        let frame = chunk.frames.first()?;
        let pack = self.numbers.get(&frame.pack)?;
        let number = self.places.get(&(*pack, frame.text.offset, frame.keys.offset))?;
        self.nodes.get(*number as usize)
    }

    fn number(&mut self, pack: Digest) -> Result<u32> {
        if let Some(number) = self.numbers.get(&pack) {
            return Ok(*number);
        }
        let number =
            u32::try_from(self.names.len()).map_err(|_| Error::new(Kind::Limit, "the store has too many packs"))?;
        self.names.push(pack);
        self.numbers.insert(pack, number);
        Ok(number)
    }

    /// Finds the packages of all chunks that were added since the last time. `failed` is told of what can't be read; it
    /// may let the rest go on.
    ///
    /// # Errors
    /// What `failed` gives back, and cancellation.
    pub async fn find_packages(
        &mut self,
        store: &Store,
        look: Look,
        monitor: &Monitor,
        failed: &mut (dyn FnMut(Error) -> Result<()> + Send),
    ) -> Result<()> {
        let wanted = self.wanted(look);
        let (children, roots) = self.families(&wanted, failed)?;
        monitor.start(PHASE, Some(wanted.len() as u64), Unit::Items);
        let mut roots = roots.into_iter().peekable();
        while roots.peek().is_some() {
            monitor.check()?;
            let (mut batch, mut size) = (Vec::new(), 0);
            while let Some(root) = roots.next_if(|_| size < BATCH) {
                let start = batch.len();
                self.gather(root, &children, &mut batch);
                let length = |node: &u32| u64::from(self.nodes[*node as usize].text.length);
                size += batch[start..].iter().map(length).sum::<u64>();
            }
            let fetched = self.fetch(store, &batch, look, failed).await?;
            let nodes: Vec<(u32, Node)> = batch.iter().map(|node| (*node, self.nodes[*node as usize])).collect();
            let names: HashMap<u32, Digest> =
                nodes.iter().map(|(_, node)| (node.pack, self.names[node.pack as usize])).collect();
            let (found, errors) = compute(move || Ok(decode(&nodes, &fetched, &names, look))).await?;
            for (digest, found) in found {
                let package = self.packages.entry(digest).or_default();
                package.required |= found.required;
                package.size = package.size.or(found.size);
            }
            errors.into_iter().try_for_each(&mut *failed)?;
            for node in &batch {
                self.nodes[*node as usize].visited = true;
            }
            monitor.advance(PHASE, batch.len() as u64);
        }
        monitor.finish(PHASE);
        Ok(())
    }

    /// The frames to look at: of lists, or of files too where everything is, with all that they are coded against.
    fn wanted(&self, look: Look) -> Vec<u32> {
        let mut wanted = vec![false; self.nodes.len()];
        for (number, node) in self.nodes.iter().enumerate() {
            let is_it = node.digest != zero() && !node.visited && (node.entries > 0 || look == Look::Everything);
            let mut next = if is_it { number as u32 } else { NONE };
            while next != NONE && !wanted[next as usize] {
                wanted[next as usize] = true;
                next = self.nodes[next as usize].parent;
            }
        }
        (0..self.nodes.len() as u32).filter(|number| wanted[*number as usize]).collect()
    }

    /// What is coded against each frame, and the frames that stand alone.
    fn families(&self, wanted: &[u32], failed: &mut (dyn FnMut(Error) -> Result<()> + Send)) -> Result<Families> {
        let mut children: Vec<(u32, u32)> = Vec::new();
        let mut roots = Vec::new();
        for number in wanted {
            match self.nodes[*number as usize].parent {
                NONE => roots.push(*number),
                parent => children.push((parent, *number)),
            }
        }
        children.sort_unstable();
        // Nothing but damage is coded against itself; nobody would ever come to it.
        let mut reached = 0;
        let mut all = Vec::new();
        for root in &roots {
            all.clear();
            self.gather(*root, &children, &mut all);
            reached += all.len();
        }
        if reached != wanted.len() {
            failed(
                Error::new(Kind::Malformed, "the chunk indexes have chunks that are coded against themselves")
                    .path("index")
                    .help("restore the indexes from another copy of the store"),
            )?;
        }
        Ok((children, roots))
    }

    /// A frame and all that is coded against it, each behind what it is coded against.
    fn gather(&self, root: u32, children: &[(u32, u32)], into: &mut Vec<u32>) {
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            into.push(node);
            let start = children.partition_point(|(parent, _)| *parent < node);
            let of_it = children[start..].iter().take_while(|(parent, _)| *parent == node);
            open.extend(of_it.map(|(_, child)| *child));
        }
    }

    /// The compressed halves of some frames: keys, where they are looked at, and text.
    async fn fetch(
        &self,
        store: &Store,
        batch: &[u32],
        look: Look,
        failed: &mut (dyn FnMut(Error) -> Result<()> + Send),
    ) -> Result<HashMap<(u32, u32), Bytes>> {
        let mut spans: BTreeMap<u32, Vec<Span>> = BTreeMap::new();
        for number in batch {
            let node = &self.nodes[*number as usize];
            let wanted = spans.entry(node.pack).or_default();
            wanted.push(node.text);
            if look > Look::Digests {
                wanted.push(node.keys);
            }
        }
        let mut reads = stream::iter(spans.into_iter().map(|(pack, mut spans)| {
            let path = layout::pack(self.names[pack as usize]);
            async move {
                spans.retain(|span| span.length > 0);
                spans.sort_unstable_by_key(|span| (span.offset, span.length));
                spans.dedup();
                let wide = coalesce(&spans);
                let bytes = store.objects().get_ranges(&path, &wide).await.map_err(|error| error.path(&path))?;
                let mut parts = Vec::with_capacity(spans.len());
                for span in spans {
                    let start = u64::from(span.offset);
                    let at = wide.partition_point(|range| range.start <= start).saturating_sub(1);
                    let part = wide.get(at).zip(bytes.get(at)).and_then(|(range, bytes)| {
                        let from = usize::try_from(start.checked_sub(range.start)?).ok()?;
                        let to = from.checked_add(span.length as usize)?;
                        (to <= bytes.len()).then(|| bytes.slice(from..to))
                    });
                    parts.extend(part.map(|part| ((pack, span.offset), part)));
                }
                Ok::<_, Error>(parts)
            }
        }))
        .buffer_unordered(PARALLEL);
        let mut fetched = HashMap::new();
        while let Some(read) = reads.next().await {
            match read {
                Ok(parts) => fetched.extend(parts),
                Err(error) => failed(error)?,
            }
        }
        Ok(fetched)
    }
}

fn zero() -> Digest {
    Digest::from_bytes([0; 32])
}

/// What a manifest names of its index: lists, files and explicit layouts.
fn named(snapshot: &Snapshot) -> impl Iterator<Item = Digest> {
    let lists = snapshot.manifest().lists().flat_map(|(_, list)| [Some(list.root), list.layout.explicit]).flatten();
    let files = snapshot.manifest().parts.iter().flat_map(|part| part.all_files()).map(|file| file.sha256);
    lists.chain(files)
}

/// Joins neighbouring spans, which are sorted.
fn coalesce(spans: &[Span]) -> Vec<Range<u64>> {
    let mut ranges: Vec<Range<u64>> = Vec::new();
    for span in spans {
        let (start, end) = (u64::from(span.offset), u64::from(span.offset) + u64::from(span.length));
        match ranges.last_mut() {
            Some(last) if start <= last.end + GAP => last.end = last.end.max(end),
            _ => ranges.push(start..end),
        }
    }
    ranges
}

/// Decodes frames that stand behind what they are coded against; what can't be is told once for each pack.
fn decode(
    nodes: &[(u32, Node)],
    fetched: &HashMap<(u32, u32), Bytes>,
    names: &HashMap<u32, Digest>,
    look: Look,
) -> (HashMap<Digest, Package>, Vec<Error>) {
    let mut decoder = Decoder::new();
    // What the frames that follow are coded against: the way from one that stands alone.
    let mut chain: Vec<(u32, Bytes, Bytes)> = Vec::new();
    // What is coded against another has nearly all of its packages.
    let mut found: HashMap<Digest, Package> = HashMap::new();
    let mut packages = Vec::new();
    let mut errors: HashMap<u32, Error> = HashMap::new();
    for (number, node) in nodes {
        match chain.iter().rposition(|(above, _, _)| *above == node.parent) {
            Some(above) => chain.truncate(above + 1),
            None if node.parent == NONE => chain.clear(),
            // What it is coded against could not be read, and that was told.
            None => continue,
        }
        let (keys, text) = chain.last().map(|(_, keys, text)| (keys.clone(), text.clone())).unwrap_or_default();
        let mut half = |span: Span, prefix: &[u8]| -> Result<Bytes> {
            if span.length == 0 {
                return Ok(Bytes::new());
            }
            let compressed = fetched
                .get(&(node.pack, span.offset))
                .ok_or_else(|| Error::new(Kind::Malformed, "a pack is missing or shorter than its index says"))?;
            decoder.decode(compressed, prefix, span.raw as usize).map(Bytes::from)
        };
        let read = half(node.text, &text).and_then(|text| {
            let keys = if look > Look::Digests { half(node.keys, &keys)? } else { Bytes::new() };
            packages.clear();
            look_at(node, &keys, &text, look, &mut packages)?;
            Ok((keys, text))
        });
        match read {
            Ok((keys, text)) => {
                chain.push((*number, keys, text));
                for (digest, size) in packages.drain(..) {
                    let package = found.entry(digest).or_default();
                    package.required |= node.required;
                    package.size = package.size.or(size);
                }
            }
            Err(error) => {
                let path = names.get(&node.pack).map(|pack| layout::pack(*pack)).unwrap_or_default();
                errors
                    .entry(node.pack)
                    .or_insert_with(|| error.path(path).help("restore the object from another copy of the store"));
            }
        }
    }
    (found, errors.into_values().collect())
}

/// The packages of a chunk, verified as far as `look` says.
fn look_at(
    node: &Node,
    keys: &Bytes,
    text: &Bytes,
    look: Look,
    packages: &mut Vec<(Digest, Option<u64>)>,
) -> Result<()> {
    let is_list = node.entries > 0;
    if node.digest == zero() {
        return Ok(());
    }
    if look == Look::Digests {
        if is_list {
            scan(text, packages);
            packages.iter_mut().for_each(|(_, size)| *size = None);
        }
        return Ok(());
    }
    let altered = || {
        Error::new(Kind::Verification, format!("the stored chunk {} was altered", node.digest)).rule("stored-digest")
    };
    if Digest::of(if is_list { keys } else { text }) != node.digest {
        return Err(altered());
    }
    if is_list {
        let block = KeyBlock::decode(keys)?;
        if look == Look::Everything {
            let chunk =
                ChunkRef { digest: node.digest, first: Box::default(), entries: node.entries, frames: [].into() };
            verify_stanzas(&chunk, &block, text)?;
        }
        let mut rest = &text[..];
        for length in &block.lengths {
            let (stanza, after) = rest.split_at_checked(*length as usize).ok_or_else(altered)?;
            scan(stanza, packages);
            rest = after;
        }
    }
    Ok(())
}

/// The files that stanzas name by SHA-256, and for one stanza their sizes.
fn scan(text: &[u8], packages: &mut Vec<(Digest, Option<u64>)>) {
    let start = packages.len();
    let (mut size, mut binary) = (None, None);
    let mut in_checksums = false;
    for line in memchr::memchr_iter(b'\n', text).chain([text.len()]).scan(0, |from, to| {
        let line = text.get(*from..to);
        *from = to + 1;
        Some(line.unwrap_or_default())
    }) {
        match line.first() {
            Some(b' ' | b'\t') => {
                if in_checksums {
                    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
                    let digest = words.next().and_then(Digest::from_hex);
                    let size = words.next().and_then(number);
                    packages.extend(digest.map(|digest| (digest, size)));
                }
            }
            Some(b'S' | b's') => {
                in_checksums = false;
                if let Some(value) = field(line, b"sha256:") {
                    binary = Digest::from_hex(value);
                    packages.extend(binary.map(|digest| (digest, None)));
                } else if let Some(value) = field(line, b"size:") {
                    size = number(value);
                }
            }
            Some(b'C' | b'c') => in_checksums = field(line, b"checksums-sha256:").is_some(),
            _ => in_checksums = false,
        }
    }
    if binary.is_some()
        && let Some(package) = packages[start..].iter_mut().rev().find(|package| Some(package.0) == binary)
    {
        package.1 = size;
    }
}

fn field<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (start, value) = line.split_at_checked(name.len())?;
    start.eq_ignore_ascii_case(name).then(|| value.trim_ascii())
}

fn number(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stanzas_tell_their_files() {
        let (one, two) = (Digest::of(b"1"), Digest::of(b"2"));
        let mut found = Vec::new();
        scan(format!("Package: a\nsize: 12\nSHA256: {one}\nDescription: x\n Size: 9\n").as_bytes(), &mut found);
        assert_eq!(found, [(one, Some(12))]);
        found.clear();
        let source = format!("Package: a\nChecksums-Sha256:\n {one} 3 a.dsc\n {two} 4 a.tar.gz\nFiles:\n {two} 9 x\n");
        scan(source.as_bytes(), &mut found);
        assert_eq!(found, [(one, Some(3)), (two, Some(4))]);
        found.clear();
        scan(format!("Package: a\nSHA256: {one}\nPackage: b\nSHA256: {two}").as_bytes(), &mut found);
        assert_eq!(found.iter().map(|found| found.0).collect::<Vec<_>>(), [one, two]);
    }
}
