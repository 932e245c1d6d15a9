//! An object store that misbehaves on purpose.
#![allow(dead_code, unreachable_pub)]

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::stream::{BoxStream, StreamExt};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt,
    PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// What is wrong with a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twist {
    /// Nothing.
    None,
    /// The operation with this number, from 0, is not done and fails.
    FailBefore(usize),
    /// The operation with this number is done, and fails all the same.
    FailAfter(usize),
    /// From this operation on nothing is done and all fail, as after a crash of the process.
    CrashBefore(usize),
    /// The operation with this number is done, but it and all after it fail.
    CrashAfter(usize),
    /// "Only where there is none" is ignored.
    IgnoresCondition,
    /// Looks whether the object is there, and writes later.
    LooksThenWrites,
    /// Tells two racing writers the truth, but keeps the bytes of the loser.
    KeepsLoser,
    /// Has no conditional write.
    NoCondition,
    /// Lists the oldest first.
    ListsBackwards,
}

/// A store in memory with a [`Twist`]; clones of the inner store see what was stored.
#[derive(Debug)]
pub struct Twisted {
    pub inner: Arc<InMemory>,
    pub twist: Twist,
    pub operations: AtomicUsize,
}

type Boxed<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

impl Twisted {
    pub fn new(inner: &Arc<InMemory>, twist: Twist) -> Arc<Self> {
        Arc::new(Self { inner: inner.clone(), twist, operations: AtomicUsize::new(0) })
    }

    pub fn count(&self) -> usize {
        self.operations.load(Ordering::Relaxed)
    }

    async fn guard<T>(&self, operation: impl Future<Output = Result<T>>) -> Result<T> {
        let number = self.operations.fetch_add(1, Ordering::Relaxed);
        let broken =
            || Error::Generic { store: "Twisted", source: format!("operation {number} was made to fail").into() };
        match self.twist {
            Twist::FailBefore(at) if number == at => Err(broken()),
            Twist::CrashBefore(at) if number >= at => Err(broken()),
            Twist::CrashAfter(at) if number > at => Err(broken()),
            Twist::FailAfter(at) | Twist::CrashAfter(at) if number == at => {
                let _ = operation.await;
                Err(broken())
            }
            _ => operation.await,
        }
    }

    async fn put_twisted(&self, location: &Path, payload: PutPayload, mut opts: PutOptions) -> Result<PutResult> {
        if opts.mode == PutMode::Create {
            match self.twist {
                Twist::IgnoresCondition => opts.mode = PutMode::Overwrite,
                Twist::NoCondition => {
                    return Err(Error::NotImplemented { operation: "create".into(), implementer: "Twisted".into() });
                }
                Twist::LooksThenWrites => {
                    let there = self.inner.head(location).await.is_ok();
                    tokio::task::yield_now().await;
                    if !there {
                        opts.mode = PutMode::Overwrite;
                    }
                }
                Twist::KeepsLoser => {
                    let result = self.inner.put_opts(location, payload.clone(), opts).await;
                    if result.is_err() {
                        self.inner.put(location, payload).await?;
                    }
                    return result;
                }
                _ => {}
            }
        }
        self.inner.put_opts(location, payload, opts).await
    }
}

impl fmt::Display for Twisted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Twisted({:?})", self.twist)
    }
}

// Written out as `async_trait` would.
impl ObjectStore for Twisted {
    fn put_opts<'a, 'b, 'c>(&'a self, location: &'b Path, payload: PutPayload, opts: PutOptions) -> Boxed<'c, PutResult>
    where
        'a: 'c,
        'b: 'c,
    {
        Box::pin(self.guard(self.put_twisted(location, payload, opts)))
    }

    fn put_multipart_opts<'a, 'b, 'c>(
        &'a self,
        location: &'b Path,
        opts: PutMultipartOptions,
    ) -> Boxed<'c, Box<dyn MultipartUpload>>
    where
        'a: 'c,
        'b: 'c,
    {
        Box::pin(self.guard(self.inner.put_multipart_opts(location, opts)))
    }

    fn get_opts<'a, 'b, 'c>(&'a self, location: &'b Path, options: GetOptions) -> Boxed<'c, GetResult>
    where
        'a: 'c,
        'b: 'c,
    {
        Box::pin(self.guard(self.inner.get_opts(location, options)))
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        // One location at a time in these tests.
        match futures::FutureExt::now_or_never(self.guard(async { Ok(()) })) {
            Some(Ok(())) => self.inner.delete_stream(locations),
            _ => futures::stream::iter([Err(Error::Generic { store: "Twisted", source: "no delete".into() })]).boxed(),
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match futures::FutureExt::now_or_never(self.guard(async { Ok(()) })) {
            Some(Ok(())) if self.twist == Twist::ListsBackwards => {
                let all = self.inner.list(prefix).collect::<Vec<_>>();
                let mut all = futures::FutureExt::now_or_never(all).unwrap_or_default();
                all.reverse();
                futures::stream::iter(all).boxed()
            }
            Some(Ok(())) => self.inner.list(prefix),
            _ => futures::stream::iter([Err(Error::Generic { store: "Twisted", source: "no list".into() })]).boxed(),
        }
    }

    fn list_with_delimiter<'a, 'b, 'c>(&'a self, prefix: Option<&'b Path>) -> Boxed<'c, ListResult>
    where
        'a: 'c,
        'b: 'c,
    {
        Box::pin(self.guard(self.inner.list_with_delimiter(prefix)))
    }

    fn copy_opts<'a, 'b, 'c, 'd>(&'a self, from: &'b Path, to: &'c Path, options: CopyOptions) -> Boxed<'d, ()>
    where
        'a: 'd,
        'b: 'd,
        'c: 'd,
    {
        Box::pin(self.guard(self.inner.copy_opts(from, to, options)))
    }
}
