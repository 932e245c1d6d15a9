//! A layer of memory over a store: what is written stays in the layer, what is read comes from both.
//!
//! Dry runs work on one: they do all that the real run does, and nothing of it reaches the store below.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt,
    PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use super::failure::is_missing;

/// Memory over a store that is read alone.
#[derive(Debug)]
pub(super) struct Layer {
    above: Arc<InMemory>,
    below: Arc<dyn ObjectStore>,
}

impl Layer {
    /// An empty layer over `below`.
    pub(super) fn over(below: Arc<dyn ObjectStore>) -> Self {
        Self { above: Arc::new(InMemory::new()), below }
    }

    /// What this layer has, over another store.
    pub(super) fn over_another(&self, below: Arc<dyn ObjectStore>) -> Self {
        Self { above: self.above.clone(), below }
    }

    async fn put_above(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        if options.mode == PutMode::Create && self.is_below(location).await? {
            let source = "the store below has it".into();
            return Err(Error::AlreadyExists { path: location.to_string(), source });
        }
        self.above.put_opts(location, payload, options).await
    }

    async fn is_below(&self, location: &Path) -> Result<bool> {
        match self.below.head(location).await {
            Ok(_) => Ok(true),
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn get_either(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        match self.above.get_opts(location, options.clone()).await {
            Err(error) if is_missing(&error) => self.below.get_opts(location, options).await,
            result => result,
        }
    }

    async fn ranges_of_either(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        match self.above.get_ranges(location, ranges).await {
            Err(error) if is_missing(&error) => self.below.get_ranges(location, ranges).await,
            result => result,
        }
    }

    async fn names_of_both(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let mut both = self.above.list_with_delimiter(prefix).await?;
        let below = self.below.list_with_delimiter(prefix).await?;
        let known: BTreeSet<Path> = both.objects.iter().map(|meta| meta.location.clone()).collect();
        both.objects.extend(below.objects.into_iter().filter(|meta| !known.contains(&meta.location)));
        both.common_prefixes.extend(below.common_prefixes);
        both.common_prefixes.sort();
        both.common_prefixes.dedup();
        Ok(both)
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Layer({})", self.below)
    }
}

// Written out as `async_trait` would.
impl ObjectStore for Layer {
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
        Box::pin(self.put_above(location, payload, options))
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
        self.above.put_multipart_opts(location, options)
    }

    fn get_opts<'a, 'b, 'c>(&'a self, location: &'b Path, options: GetOptions) -> BoxFuture<'c, Result<GetResult>>
    where
        'a: 'c,
        'b: 'c,
    {
        Box::pin(self.get_either(location, options))
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
        Box::pin(self.ranges_of_either(location, ranges))
    }

    /// Forgets what the layer has; what is below stays.
    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.above.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (above, below) = (self.above.list(prefix), self.below.list(prefix));
        let both = async move {
            let above: Vec<ObjectMeta> = above.try_collect().await?;
            let known: BTreeSet<Path> = above.iter().map(|meta| meta.location.clone()).collect();
            let rest = below.try_filter(move |meta| std::future::ready(!known.contains(&meta.location)));
            Ok::<_, Error>(stream::iter(above.into_iter().map(Ok)).chain(rest))
        };
        stream::once(both).try_flatten().boxed()
    }

    fn list_with_delimiter<'a, 'b, 'c>(&'a self, prefix: Option<&'b Path>) -> BoxFuture<'c, Result<ListResult>>
    where
        'a: 'c,
        'b: 'c,
    {
        Box::pin(self.names_of_both(prefix))
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
        self.above.copy_opts(from, to, options)
    }
}
