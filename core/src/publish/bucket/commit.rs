//! The order in which a publication comes into place in a bucket.
//!
//! Packages are there before this begins. Files by hash and the inventory of the pool come first, then the ledger with what is
//! to come, indexes under their names, the certificate, Release, Release.gpg, and InRelease last. Each step is over before the
//! next begins. Only then does anything old go.

use std::collections::HashSet;

use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::claim::Writer;
use super::headers;
use super::suite::Suite;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::progress::Monitor;
use crate::publish::index::Written;
use crate::publish::signatures::Signed;
use crate::publish::state::{GENERATIONS, Generation, State, by_hash_directory, certificate_path};
use crate::store::bucket::{Bucket as Files, Headers};

/// How many files are uploaded at once; they are in memory already.
const PARALLEL: usize = 16;

/// What is to come into place.
pub(super) struct Content {
    pub(super) generation: Generation,
    /// The files of those of its indexes that are new.
    pub(super) written: Vec<Written>,
    pub(super) signed: Signed,
    /// The paths of packages that have other content now.
    pub(super) replaced: Vec<String>,
}

/// What came of it.
pub(super) struct Committed {
    /// The paths that have other content now.
    pub(super) changed: Vec<String>,
    /// What the user should know.
    pub(super) notes: Vec<String>,
}

/// A file to upload.
struct File {
    path: String,
    bytes: Bytes,
    headers: Headers,
}

/// Brings `content` into place in `suite`.
pub(super) async fn commit(
    writer: &mut Writer<'_>,
    mut suite: Suite,
    content: Content,
    monitor: &Monitor,
) -> Result<Committed> {
    let Content { generation, written, signed, replaced } = content;
    State::check_overlap(&suite.state.directory, &generation, &writer.ledger.states())?;
    let certificate = signed.certificate.as_deref().map(Digest::of);
    let is_new_certificate = certificate.is_some() && suite.certificate != certificate;
    let (name, directory) = (suite.state.suite.clone(), suite.state.directory.clone());
    let changed = signed.changed(&name, &directory, suite.live(), &generation, is_new_certificate, replaced);
    let (by_hash, named) = files(&suite, &generation, written)?;

    monitor.check()?;
    writer.during(put_all(writer.files, by_hash)).await?;
    writer.save_inventory().await?;

    // From here on a later publisher knows of the files, whatever happens to this one. And this one is sure, once more, that
    // nobody took over.
    monitor.check()?;
    suite.directories.extend(generation.indexes.iter().map(|index| by_hash_directory(&index.path)));
    suite.state.generations.insert(0, generation);
    writer.ledger.put(suite.entry());
    writer.store().await?;

    writer.during(put_all(writer.files, named)).await?;
    if let Some(bytes) = signed.certificate.as_ref().filter(|_| is_new_certificate) {
        let path = certificate_path(&name);
        writer.files.put(&path, Bytes::copy_from_slice(bytes), &headers::named(&path)).await?;
        suite.certificate = certificate;
    }
    sign(writer, &suite, &signed).await?;

    suite.state.generations.truncate(GENERATIONS);
    writer.ledger.put(suite.entry());
    let mut stale = suite.stale();
    stale.extend(writer.inventory.iter().flat_map(|inventory| inventory.superseded()));
    let mut notes = Vec::new();
    if !stale.is_empty()
        && let Err(error) = writer.during(writer.files.delete(&stale)).await
    {
        // All is in place, and the next publication finds them again.
        notes.push(format!("{} objects that nobody needs any more could not be removed: {error}", stale.len()));
    }
    Ok(Committed { changed, notes })
}

/// Replaces Release, Release.gpg and InRelease, in this order. InRelease replaces the version that was seen.
async fn sign(writer: &mut Writer<'_>, suite: &Suite, signed: &Signed) -> Result<()> {
    for (name, bytes) in [("Release", &signed.release), ("Release.gpg", &signed.signature)] {
        writer.renew().await?;
        replace(writer.files, suite, name, bytes.as_deref()).await?;
    }
    writer.renew().await?;
    let path = suite.path("InRelease");
    let Some(bytes) = &signed.in_release else { return replace(writer.files, suite, "InRelease", None).await };
    let bytes = Bytes::copy_from_slice(bytes);
    match writer.files.replace(&path, &bytes, &headers::named(&path), &suite.look.in_release).await? {
        Some(_) => Ok(()),
        None => Err(writer.lost()),
    }
}

/// Uploads a file of the suite, or removes it.
async fn replace(files: &Files, suite: &Suite, name: &str, bytes: Option<&[u8]>) -> Result<()> {
    let path = suite.path(name);
    match bytes {
        Some(bytes) => files.put(&path, Bytes::copy_from_slice(bytes), &headers::named(&path)).await,
        None if suite.look.has(&path, None) => files.delete(&[path]).await,
        None => Ok(()),
    }
}

/// The files by hash and under their names that are not there as they are to be.
fn files(suite: &Suite, generation: &Generation, written: Vec<Written>) -> Result<(Vec<File>, Vec<File>)> {
    let live = suite.live().filter(|_| !suite.is_mixed);
    let changed: HashSet<String> = generation.changed_since(live).map(|(index, form)| index.form_path(form)).collect();
    let (mut by_hash, mut named) = (Vec::new(), Vec::new());
    for made in written {
        for file in made.files {
            let bytes = file.file.into_memory().map(Bytes::from).ok_or_else(|| {
                Error::new(Kind::Internal, "an index that was made in memory is not there").path(&made.index.path)
            })?;
            let name = made.index.form_path(&file.form);
            let path = suite.path(&made.index.by_hash(&file.form));
            if !suite.look.has(&path, Some(file.form.size)) {
                by_hash.push(File { path, bytes: bytes.clone(), headers: headers::by_hash(&name) });
            }
            let path = suite.path(&name);
            if changed.contains(&name) || !suite.look.has(&path, Some(file.form.size)) {
                named.push(File { headers: headers::named(&path), path, bytes });
            }
        }
    }
    // Two indexes with the same content in one directory have one file by hash.
    by_hash.sort_by(|a, b| a.path.cmp(&b.path));
    by_hash.dedup_by(|a, b| a.path == b.path);
    Ok((by_hash, named))
}

async fn put_all(files: &Files, all: Vec<File>) -> Result<()> {
    let puts = stream::iter(all).map(|file| async move { files.put(&file.path, file.bytes, &file.headers).await });
    puts.buffer_unordered(PARALLEL).try_collect().await
}
