//! A bucket with a cache before it.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::{Bytes, BytesMut};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetRange, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use super::BLOCK;
use super::disk::{Disk, LARGEST_KEPT};
use super::entry::{Entry, Name};
use crate::worker::compute;

/// How many requests for parts of one object are under way at once.
const PARALLEL: usize = 8;
/// Blocks that are there are fetched once more where so many lie between two that are not: a request costs more.
const GAP: u64 = (1 << 20) / BLOCK;
/// Folders of objects whose names are the digests of their bytes, and of which blocks are kept.
const BLOCKS: [&str; 2] = ["packs/", "pool/"];
/// Folders of objects that are kept whole, as long as the bucket says that it has the same.
const WHOLE: [&str; 4] = ["index/", "universe/", "history/", "fleet/"];

/// A bucket, and what of it is kept on this machine.
#[derive(Debug)]
pub(in super::super) struct Cached {
    bucket: Arc<dyn ObjectStore>,
    disk: Arc<Disk>,
}

impl Cached {
    pub(in super::super) fn over(bucket: Arc<dyn ObjectStore>, disk: Disk) -> Self {
        Self { bucket, disk: Arc::new(disk) }
    }

    /// Deletes all that is kept.
    pub(in super::super) fn forget(&self) {
        self.disk.forget();
    }

    async fn get(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let is_plain = options.range.is_none() && !options.head && options.version.is_none();
        let is_conditional = options.if_match.is_some() || options.if_none_match.is_some();
        let is_timed = options.if_modified_since.is_some() || options.if_unmodified_since.is_some();
        let is_kept = WHOLE.iter().any(|folder| location.as_ref().starts_with(folder));
        if !is_kept || !is_plain || is_conditional || is_timed {
            return self.bucket.get_opts(location, options).await;
        }
        let Some(kept) = self.read(location.as_ref(), vec![0]).await.remove(&0) else {
            let found = self.bucket.get_opts(location, options).await?;
            return self.keep(location, found).await;
        };
        let asked = GetOptions { if_none_match: Some(kept.tag.clone()), ..options };
        match self.bucket.get_opts(location, asked).await {
            Err(Error::NotModified { .. }) => Ok(answer(location, kept)),
            Ok(found) => self.keep(location, found).await,
            Err(error) => Err(error),
        }
    }

    /// What the bucket answered, kept where it can be asked about again.
    async fn keep(&self, location: &Path, found: GetResult) -> Result<GetResult> {
        let Some(tag) = found.meta.e_tag.clone().filter(|_| found.meta.size <= LARGEST_KEPT) else { return Ok(found) };
        let size = found.meta.size;
        let entry = Entry { size, tag, bytes: found.bytes().await? };
        if entry.bytes.len() as u64 == size {
            self.write(location.as_ref(), vec![(0, entry.clone())]).await;
        }
        Ok(answer(location, entry))
    }

    /// The ranges of a pack or a package, put together from blocks.
    async fn ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let path = location.as_ref();
        let is_kept = BLOCKS.iter().any(|folder| path.starts_with(folder));
        if !is_kept || ranges.iter().any(|range| range.is_empty()) {
            return self.bucket.get_ranges(location, ranges).await;
        }
        let mut wanted: Vec<u64> =
            ranges.iter().flat_map(|range| range.start / BLOCK..=(range.end - 1) / BLOCK).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut blocks = self.read(path, wanted.clone()).await;
        wanted.retain(|block| !blocks.contains_key(block));
        let mut fetched =
            stream::iter(runs(&wanted).into_iter().map(|run| self.fetch(location, run))).buffer_unordered(PARALLEL);
        while let Some(fresh) = fetched.try_next().await? {
            self.write(path, fresh.clone()).await;
            blocks.extend(fresh);
        }
        drop(fetched);
        Ok(ranges.iter().map(|range| cut(&blocks, range)).collect())
    }

    /// A run of blocks in one request.
    async fn fetch(&self, location: &Path, run: Range<u64>) -> Result<Vec<(u64, Entry)>> {
        let range = GetRange::Bounded(run.start * BLOCK..run.end * BLOCK);
        let found = self.bucket.get_opts(location, GetOptions { range: Some(range), ..GetOptions::default() }).await?;
        let size = found.meta.size;
        let bytes = found.bytes().await?;
        let expected = (run.end * BLOCK).min(size).saturating_sub(run.start * BLOCK);
        if bytes.len() as u64 != expected {
            let source = format!("{} bytes came and {expected} were asked for", bytes.len()).into();
            return Err(Error::Generic { store: "cache", source });
        }
        let block = |number: u64| {
            let start = ((number - run.start) * BLOCK).min(expected) as usize;
            let end = ((number - run.start + 1) * BLOCK).min(expected) as usize;
            // Of its own, so that a block does not hold all that came with it.
            let bytes = Bytes::copy_from_slice(&bytes[start..end]);
            (number, Entry { size, tag: String::new(), bytes })
        };
        Ok(run.clone().map(block).collect())
    }

    async fn read(&self, path: &str, blocks: Vec<u64>) -> BTreeMap<u64, Entry> {
        let (disk, path) = (self.disk.clone(), path.to_owned());
        let read = compute(move || {
            let read = |block: u64| disk.read(Name { path: &path, block }).map(|entry| (block, entry));
            Ok(blocks.into_iter().filter_map(read).collect())
        });
        read.await.unwrap_or_default()
    }

    async fn write(&self, path: &str, entries: Vec<(u64, Entry)>) {
        let (disk, path) = (self.disk.clone(), path.to_owned());
        let written = compute(move || {
            entries.iter().for_each(|(block, entry)| disk.write(Name { path: &path, block: *block }, entry));
            Ok(())
        });
        let _ = written.await;
    }
}

/// Blocks in order, as runs that are fetched at once.
fn runs(blocks: &[u64]) -> Vec<Range<u64>> {
    let mut runs: Vec<Range<u64>> = Vec::new();
    for block in blocks {
        match runs.last_mut() {
            Some(last) if *block <= last.end + GAP => last.end = block + 1,
            _ => runs.push(*block..block + 1),
        }
    }
    runs
}

/// The bytes of a range, as far as there are any.
fn cut(blocks: &BTreeMap<u64, Entry>, range: &Range<u64>) -> Bytes {
    let part = |number: u64| {
        let bytes = blocks.get(&number).map(|entry| entry.bytes.clone()).unwrap_or_default();
        let start = range.start.saturating_sub(number * BLOCK).min(bytes.len() as u64);
        let end = (range.end - number * BLOCK).min(bytes.len() as u64);
        bytes.slice(start as usize..end as usize)
    };
    let numbers = range.start / BLOCK..=(range.end - 1) / BLOCK;
    if numbers.start() == numbers.end() {
        return part(*numbers.start());
    }
    let mut joined = BytesMut::with_capacity((range.end - range.start) as usize);
    numbers.for_each(|number| joined.extend_from_slice(&part(number)));
    joined.freeze()
}

fn answer(location: &Path, entry: Entry) -> GetResult {
    let meta = ObjectMeta {
        location: location.clone(),
        // Nobody who reads an object asks when it was written.
        last_modified: SystemTime::UNIX_EPOCH.into(),
        size: entry.size,
        e_tag: Some(entry.tag),
        version: None,
    };
    GetResult {
        range: 0..entry.size,
        payload: GetResultPayload::Stream(stream::iter([Ok(entry.bytes)]).boxed()),
        meta,
        attributes: Default::default(),
        extensions: Default::default(),
    }
}

impl fmt::Display for Cached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cached({})", self.bucket)
    }
}

// Written out as `async_trait` would.
impl ObjectStore for Cached {
    fn put_opts<'a, 'b, 'c>(
        &'a self,
        location: &'b Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> BoxFuture<'c, Result<PutResult>>
    where
        'a: 'c,
        'b: 'c,
    {
        self.bucket.put_opts(location, payload, options)
    }

    fn put_multipart_opts<'a, 'b, 'c>(
        &'a self,
        location: &'b Path,
        options: PutMultipartOptions,
    ) -> BoxFuture<'c, Result<Box<dyn MultipartUpload>>>
    where
        'a: 'c,
        'b: 'c,
    {
        self.bucket.put_multipart_opts(location, options)
    }

    fn get_opts<'a, 'b, 'c>(&'a self, location: &'b Path, options: GetOptions) -> BoxFuture<'c, Result<GetResult>>
    where
        'a: 'c,
        'b: 'c,
    {
        Box::pin(self.get(location, options))
    }

    fn get_ranges<'a, 'b, 'c, 'd>(
        &'a self,
        location: &'b Path,
        ranges: &'c [Range<u64>],
    ) -> BoxFuture<'d, Result<Vec<Bytes>>>
    where
        'a: 'd,
        'b: 'd,
        'c: 'd,
    {
        Box::pin(self.ranges(location, ranges))
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.bucket.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.bucket.list(prefix)
    }

    fn list_with_delimiter<'a, 'b, 'c>(&'a self, prefix: Option<&'b Path>) -> BoxFuture<'c, Result<ListResult>>
    where
        'a: 'c,
        'b: 'c,
    {
        self.bucket.list_with_delimiter(prefix)
    }

    fn copy_opts<'a, 'b, 'c, 'd>(
        &'a self,
        from: &'b Path,
        to: &'c Path,
        options: CopyOptions,
    ) -> BoxFuture<'d, Result<()>>
    where
        'a: 'd,
        'b: 'd,
        'c: 'd,
    {
        self.bucket.copy_opts(from, to, options)
    }
}
