//! The objects of a bucket that others read, too: with headers, in versions, and with an account of what was asked.
//!
//! [`Objects`](super::Objects) is for stores, whose objects nobody but this program reads and which never change. What is
//! published for browsers and apt needs more of a bucket: headers for caches, writes that replace one known version alone, and
//! the deletion of many objects at once.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use object_store::path::Path as Location;
use object_store::{
    Attribute, Attributes, Error as StoreError, GetOptions, GetResult, ObjectMeta, ObjectStore, PutMode, PutOptions,
    UpdateVersion,
};

use super::failure::{from_store, is_missing};
use super::options::Options;
use super::remote;
use super::upload::Upload;
use super::url::Address;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};

/// The longest key of an object in a bucket, in bytes, prefix included (S3, GCS and Azure agree on it).
const LONGEST_KEY: usize = 1024;
/// How often a write that replaces one version is sent where the server leaves open whether it was done.
const ATTEMPTS: u32 = 4;
/// The name, in an object's own headers, of the SHA-256 of its content.
const SHA256: &str = "sha256";

/// What a text names that something is published to.
#[derive(Debug)]
pub(crate) enum Target {
    Directory(PathBuf),
    Bucket(Bucket),
}

/// A part of a bucket, below one prefix.
pub(crate) struct Bucket {
    store: Arc<dyn ObjectStore>,
    url: String,
    /// The longest path below the prefix.
    longest: usize,
    is_single: bool,
    requests: Arc<AtomicU64>,
    bytes: AtomicU64,
}

/// What was asked of a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spent {
    /// All requests, those that were sent again among them.
    pub(crate) requests: u64,
    /// The bytes of the objects that were uploaded.
    pub(crate) bytes: u64,
}

/// What is said with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Headers {
    pub(crate) content_type: &'static str,
    pub(crate) cache_control: &'static str,
    /// Kept with objects whose name does not tell their content.
    pub(crate) sha256: Option<Digest>,
}

/// A version of an object, or that there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Absent,
    Is(UpdateVersion),
}

/// What a listing says of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) path: String,
    pub(crate) size: u64,
}

impl Target {
    /// What `place` names. Nothing is asked of a server yet.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a URL or a variable that can't be used.
    pub(crate) fn of(place: &Path, options: &Options) -> Result<Self> {
        let bucket = match Address::of(place)? {
            Address::Directory(path) => return Ok(Self::Directory(path)),
            Address::Bucket(bucket) => bucket,
        };
        let requests = Arc::new(AtomicU64::new(0));
        let variables = options.known_variables();
        let is_single = super::gate(options)?.is_single();
        Ok(Self::Bucket(Bucket {
            store: remote::connect_counted(&bucket, &variables, requests.clone())?,
            longest: LONGEST_KEY - bucket.prefix.as_ref().len() - 1,
            url: bucket.url,
            is_single,
            requests,
            bytes: AtomicU64::new(0),
        }))
    }
}

impl Bucket {
    /// In memory; its requests are not counted.
    #[cfg(test)]
    pub(crate) fn memory() -> Self {
        let store = Arc::new(object_store::memory::InMemory::new());
        let (requests, bytes) = (Arc::default(), AtomicU64::new(0));
        Self { store, url: "memory://".to_owned(), longest: LONGEST_KEY, is_single: false, requests, bytes }
    }

    /// The URL of what lies at `path`.
    pub(crate) fn url_of(&self, path: &str) -> String {
        if path.is_empty() { self.url.clone() } else { format!("{}/{path}", self.url) }
    }

    /// Whether the caller promised that nobody else writes, so that nothing is asked of the server's conditions.
    pub(crate) fn is_single(&self) -> bool {
        self.is_single
    }

    /// What was asked so far.
    pub(crate) fn spent(&self) -> Spent {
        Spent { requests: self.requests.load(Ordering::Relaxed), bytes: self.bytes.load(Ordering::Relaxed) }
    }

    /// The object at `path` and its version, or nothing where there is none; [`Kind::Limit`] above `limit` bytes.
    pub(crate) async fn get(&self, path: &str, limit: u64) -> Result<Option<(Bytes, Version)>> {
        let Some(found) = self.ask(path, GetOptions::default()).await? else { return Ok(None) };
        if found.meta.size > limit {
            return Err(super::local::too_large(found.meta.size, limit).path(self.url_of(path)));
        }
        let version = Version::of(&found.meta);
        let bytes = found.bytes().await.map_err(|error| self.failed(path, error))?;
        Ok(Some((bytes, version)))
    }

    /// The SHA-256 that was said with the object at `path`, where it is there and something was.
    pub(crate) async fn said_sha256(&self, path: &str) -> Result<Option<Digest>> {
        let found = self.ask(path, GetOptions { head: true, ..GetOptions::default() }).await?;
        let said = |found: GetResult| found.attributes.get(&Attribute::Metadata(SHA256.into()))?.parse().ok();
        Ok(found.and_then(said))
    }

    /// Whether there is an object at `path`.
    pub(crate) async fn has(&self, path: &str) -> Result<bool> {
        Ok(self.ask(path, GetOptions { head: true, ..GetOptions::default() }).await?.is_some())
    }

    /// All objects below the folder `folder`, sorted by path.
    pub(crate) async fn list(&self, folder: &str) -> Result<Vec<Listed>> {
        let location = self.location(folder)?;
        let mut found = Vec::new();
        let mut stream = self.store.list(Some(&location));
        while let Some(meta) = stream.try_next().await.map_err(|error| self.failed(folder, error))? {
            found.push(Listed::of(&meta));
        }
        found.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    /// The objects in the prefix itself, and not those in folders below it.
    pub(crate) async fn list_top(&self) -> Result<Vec<Listed>> {
        let found = self.store.list_with_delimiter(None).await.map_err(|error| self.failed("", error))?;
        Ok(found.objects.iter().map(Listed::of).collect())
    }

    /// Writes an object over whatever is there, in one request.
    pub(crate) async fn put(&self, path: &str, bytes: Bytes, headers: &Headers) -> Result<()> {
        let location = self.location(path)?;
        self.count(bytes.len());
        let options = PutOptions { attributes: headers.attributes(), ..PutOptions::default() };
        self.store.put_opts(&location, bytes.into(), options).await.map_err(|error| self.failed(path, error))?;
        Ok(())
    }

    /// Begins an object that comes in pieces and goes in parts; nothing is to be seen of it before its end.
    pub(crate) fn upload(&self, path: &str, headers: &Headers) -> Result<Upload> {
        let location = self.location(path)?;
        Ok(Upload::remote_with(self.store.clone(), location, path, headers.attributes()))
    }

    /// Adds to the bytes that were uploaded.
    pub(crate) fn count(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Writes an object in the place of the version `was`, and gives the new one; nothing where another is there by now.
    ///
    /// After every answer but success the object is read: a request whose answer was lost may have been done. So `bytes` that
    /// two writers could agree on need a nonce.
    pub(crate) async fn replace(
        &self,
        path: &str,
        bytes: &Bytes,
        headers: &Headers,
        was: &Version,
    ) -> Result<Option<Version>> {
        let location = self.location(path)?;
        let mode = match was {
            _ if self.is_single => PutMode::Overwrite,
            Version::Absent => PutMode::Create,
            Version::Is(version) => PutMode::Update(version.clone()),
        };
        let mut attempt = 1;
        loop {
            self.count(bytes.len());
            let options = PutOptions { mode: mode.clone(), attributes: headers.attributes(), ..PutOptions::default() };
            let error = match self.store.put_opts(&location, bytes.clone().into(), options).await {
                Ok(result) => return Ok(Some(Version::Is(result.into()))),
                Err(error) => error,
            };
            if matches!(error, StoreError::NotImplemented { .. } | StoreError::NotSupported { .. })
                || super::answer::is_not_implemented(&error)
            {
                return Err(self.unsafe_for_many("it has no conditional writes").source(error));
            }
            let failure = self.failed(path, error);
            match self.get(path, bytes.len() as u64).await {
                Ok(Some((there, version))) if there == *bytes => return Ok(Some(version)),
                // Not done: the request did not arrive, or another one was just under way.
                Ok(found) if found.as_ref().map_or(&Version::Absent, |(_, version)| version) == was => {
                    if attempt == ATTEMPTS {
                        return Err(failure);
                    }
                    attempt += 1;
                }
                Ok(_) => return Ok(None),
                // Another's, since it is longer.
                Err(error) if error.kind() == Kind::Limit => return Ok(None),
                Err(_) => return Err(failure),
            }
        }
    }

    /// Deletes objects, many in one request where the server can; those that are not there are passed over.
    pub(crate) async fn delete(&self, paths: &[String]) -> Result<()> {
        let locations: Vec<Location> = paths.iter().map(|path| self.location(path)).collect::<Result<_>>()?;
        let locations: BoxStream<'static, object_store::Result<Location>> =
            stream::iter(locations.into_iter().map(Ok)).boxed();
        let mut deleted = self.store.delete_stream(locations);
        while let Some(done) = deleted.next().await {
            match done {
                Err(error) if !is_missing(&error) => return Err(self.failed("", error)),
                _ => {}
            }
        }
        Ok(())
    }

    /// That writers can't agree here.
    pub(crate) fn unsafe_for_many(&self, found: &str) -> Error {
        Error::new(Kind::Unsupported, format!("the bucket is not safe for several publishers: {found}"))
            .path(&self.url)
            .rule("conditional-write")
            .help(
                "take another server; or, if nobody else ever publishes here, ask for single-writer mode by name: \
                 REPOSNAP_WRITERS=single",
            )
    }

    async fn ask(&self, path: &str, options: GetOptions) -> Result<Option<GetResult>> {
        match self.store.get_opts(&self.location(path)?, options).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(self.failed(path, error)),
        }
    }

    fn location(&self, path: &str) -> Result<Location> {
        if path.len() > self.longest {
            return Err(Error::new(Kind::Limit, "the path is too long for a bucket").path(self.url_of(path)).mismatch(
                format!("at most {} bytes below the prefix", self.longest),
                format!("{} bytes", path.len()),
            ));
        }
        Location::parse(path).map_err(|error| Error::new(Kind::Malformed, error.to_string()).path(self.url_of(path)))
    }

    fn failed(&self, path: &str, error: StoreError) -> Error {
        from_store(&self.url_of(path), error)
    }
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Bucket").field(&self.url).finish()
    }
}

impl Headers {
    fn attributes(&self) -> Attributes {
        let mut all = Attributes::new();
        all.insert(Attribute::ContentType, self.content_type.into());
        all.insert(Attribute::CacheControl, self.cache_control.into());
        if let Some(sha256) = self.sha256 {
            all.insert(Attribute::Metadata(SHA256.into()), sha256.to_string().into());
        }
        all
    }
}

impl Version {
    fn of(meta: &ObjectMeta) -> Self {
        Self::Is(UpdateVersion { e_tag: meta.e_tag.clone(), version: meta.version.clone() })
    }
}

impl Listed {
    fn of(meta: &ObjectMeta) -> Self {
        Self { path: meta.location.to_string(), size: meta.size }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: Headers = Headers { content_type: "text/plain", cache_control: "no-cache", sha256: None };

    #[tokio::test]
    async fn one_version_alone_is_replaced() {
        let bucket = Bucket::memory();
        let first = bucket.replace("a", &"1".into(), &HEADERS, &Version::Absent).await.unwrap().unwrap();
        assert_eq!(bucket.replace("a", &"2".into(), &HEADERS, &Version::Absent).await.unwrap(), None);
        let second = bucket.replace("a", &"2".into(), &HEADERS, &first).await.unwrap().unwrap();
        assert_eq!(bucket.replace("a", &"3".into(), &HEADERS, &first).await.unwrap(), None);
        // An answer that was lost: what is there is what was to be.
        assert_eq!(bucket.replace("a", &"2".into(), &HEADERS, &first).await.unwrap(), Some(second.clone()));
        assert_eq!(bucket.get("a", 10).await.unwrap(), Some(("2".into(), second)));
        assert_eq!(bucket.get("a", 0).await.unwrap_err().kind(), Kind::Limit);
        assert_eq!(bucket.spent().bytes, 5);
    }

    #[tokio::test]
    async fn paths_stay_below_the_longest_key() {
        let bucket = Bucket::memory();
        let error = bucket.put(&"x".repeat(LONGEST_KEY + 1), Bytes::new(), &HEADERS).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Limit);
        for bad in ["a//b", "../a"] {
            assert!(bucket.put(bad, Bytes::new(), &HEADERS).await.is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn what_is_said_with_an_object_is_found_again() {
        let bucket = Bucket::memory();
        let digest = Digest::of(b"x");
        bucket.put("pool/x", "x".into(), &Headers { sha256: Some(digest), ..HEADERS }).await.unwrap();
        bucket.put("top", "x".into(), &HEADERS).await.unwrap();
        assert_eq!(bucket.said_sha256("pool/x").await.unwrap(), Some(digest));
        assert_eq!(bucket.said_sha256("top").await.unwrap(), None);
        assert_eq!(bucket.list("pool").await.unwrap(), [Listed { path: "pool/x".into(), size: 1 }]);
        assert_eq!(bucket.list_top().await.unwrap(), [Listed { path: "top".into(), size: 1 }]);
        bucket.delete(&["pool/x".into(), "pool/none".into()]).await.unwrap();
        assert!(!bucket.has("pool/x").await.unwrap());
    }
}
