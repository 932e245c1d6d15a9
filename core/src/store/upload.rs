//! Objects that come in pieces.

use std::sync::Arc;

use bytes::Bytes;
use object_store::buffered::BufWriter;
use object_store::path::Path as Location;
use object_store::{Attributes, ObjectStore, ObjectStoreExt};
use tokio::io::AsyncWriteExt;

use super::failure::{from_io, from_store};
use super::layout;
use super::local::{Local, Staged};
use super::partial;
use crate::error::{Error, Result};
use crate::worker::compute;

/// Bytes gathered before another thread is asked to write them to a file.
const HOP: usize = 1 << 20;
/// Bytes of one part of an upload to a remote store (S3 wants at least 5 MiB, and at most 10,000 parts).
pub(crate) const PART: usize = 8 << 20;
/// The most bytes that go to a remote store in one request; more of them go in parts, several at a time.
pub(super) const LARGEST_PUT: usize = 2 * PART;
/// How many parts of one upload are under way at once.
const PARALLEL: usize = 4;

/// An object being written piece by piece; see [`Objects::upload`](super::Objects::upload).
///
/// Durable as [`put_bulk`](super::Objects::put_bulk) is: after the next barrier.
#[must_use = "nothing is stored before finish()"]
pub struct Upload {
    path: String,
    target: Target,
}

enum Target {
    File { local: Local, staged: Option<Staged>, pieces: Vec<Bytes>, gathered: usize },
    Remote { writer: Box<BufWriter>, store: Arc<dyn ObjectStore>, location: Location, written: u64 },
}

impl Upload {
    pub(super) fn local(local: Local, path: &str) -> Self {
        Self { path: path.to_owned(), target: Target::File { local, staged: None, pieces: Vec::new(), gathered: 0 } }
    }

    /// Goes on with what an earlier run left, or begins anew.
    pub(super) async fn resume(local: Local, path: &str) -> Result<Self> {
        let (name, files) = (path.to_owned(), local.clone());
        let staged = compute(move || {
            Staged::resume(files.file(&name), partial::path_of(files.root(), &name)).map_err(|error| error.path(name))
        })
        .await?;
        Ok(Self { path: path.to_owned(), target: Target::File { local, staged, pieces: Vec::new(), gathered: 0 } })
    }

    pub(super) fn remote(store: Arc<dyn ObjectStore>, location: Location, path: &str) -> Self {
        Self::remote_with(store, location, path, Attributes::new())
    }

    /// The same, with what servers say with the object.
    pub(super) fn remote_with(
        store: Arc<dyn ObjectStore>,
        location: Location,
        path: &str,
        attributes: Attributes,
    ) -> Self {
        let writer = BufWriter::with_capacity(store.clone(), location.clone(), PART)
            .with_max_concurrency(PARALLEL)
            .with_attributes(attributes);
        Self { path: path.to_owned(), target: Target::Remote { writer: Box::new(writer), store, location, written: 0 } }
    }

    /// Adds the next piece.
    pub async fn write(&mut self, bytes: Bytes) -> Result<()> {
        match &mut self.target {
            Target::File { pieces, gathered, .. } => {
                *gathered += bytes.len();
                pieces.push(bytes);
                if *gathered >= HOP { self.flush().await } else { Ok(()) }
            }
            Target::Remote { writer, written, .. } => {
                *written += bytes.len() as u64;
                writer.put(bytes).await.map_err(|error| from_store(&self.path, error))
            }
        }
    }

    /// The next bytes of what an earlier run left; none at the end. To be called before the first [`write`](Self::write)
    /// until there are none.
    pub async fn kept(&mut self) -> Result<Bytes> {
        let Target::File { staged, .. } = &mut self.target else { return Ok(Bytes::new()) };
        let Some(mut file) = staged.take_if(|staged| staged.is_left()) else { return Ok(Bytes::new()) };
        let path = self.path.clone();
        let (file, bytes) = compute(move || {
            let bytes = file.read(HOP as u64).map_err(|error| error.path(path))?;
            Ok((file, bytes))
        })
        .await?;
        *staged = Some(file);
        Ok(bytes.into())
    }

    /// Forgets all that was written; gives nothing where another upload has to be begun.
    pub async fn clear(mut self) -> Result<Option<Self>> {
        if let Target::File { staged, pieces, gathered, .. } = &mut self.target
            && let Some(mut file) = staged.take_if(|staged| staged.is_left())
        {
            let path = self.path.clone();
            let cleared = compute(move || file.clear().map(|()| file).map_err(|error| error.path(path)));
            *staged = Some(cleared.await?);
            pieces.clear();
            *gathered = 0;
            return Ok(Some(self));
        }
        self.abort().await.map(|()| None)
    }

    /// Gives up for now: what was written stays for [`Objects::resume`](super::Objects::resume), where that is possible.
    pub async fn suspend(mut self) -> Result<()> {
        match &self.target {
            Target::File { staged: Some(staged), .. } if staged.is_left() => self.flush().await,
            _ => self.abort().await,
        }
    }

    /// Makes the object visible, whole.
    pub async fn finish(mut self) -> Result<()> {
        match &mut self.target {
            Target::File { local, staged, pieces, .. } => {
                let (local, staged, pieces) = (local.clone(), staged.take(), std::mem::take(pieces));
                let path = self.path;
                compute(move || {
                    let staged = append(&local, &path, staged, &pieces).map_err(|error| error.path(path.as_str()))?;
                    local.publish(staged).map_err(|error| error.path(path))
                })
                .await
            }
            Target::Remote { writer, store, location, written } => match writer.shutdown().await {
                Ok(()) => Ok(()),
                // The parts were joined, the answer was lost, and the server knew of no such upload any more when it was asked
                // again. What has its content's name and its size is what was sent.
                Err(_) if layout::is_named_by_content(&self.path) && size(store, location).await == Some(*written) => {
                    Ok(())
                }
                Err(error) => {
                    // The first failure is the one to tell.
                    let _ = writer.abort().await;
                    Err(failed(&self.path, error))
                }
            },
        }
    }

    /// Gives up; nothing stays in the store.
    pub async fn abort(mut self) -> Result<()> {
        match &mut self.target {
            Target::File { staged, .. } => {
                let staged = staged.take();
                compute(move || {
                    if let Some(staged) = staged {
                        staged.discard();
                    }
                    Ok(())
                })
                .await
            }
            Target::Remote { writer, .. } => writer.abort().await.map_err(|error| from_store(&self.path, error)),
        }
    }

    async fn flush(&mut self) -> Result<()> {
        if let Target::File { local, staged, pieces, gathered } = &mut self.target {
            *gathered = 0;
            let (local, file, pieces) = (local.clone(), staged.take(), std::mem::take(pieces));
            let path = self.path.clone();
            *staged =
                Some(compute(move || append(&local, &path, file, &pieces).map_err(|error| error.path(path))).await?);
        }
        Ok(())
    }
}

async fn size(store: &Arc<dyn ObjectStore>, location: &Location) -> Option<u64> {
    store.head(location).await.ok().map(|meta| meta.size)
}

/// The failure inside an I/O error, which is how a writer tells of it.
fn failed(path: &str, error: std::io::Error) -> Error {
    match error.downcast::<object_store::Error>() {
        Ok(error) => from_store(path, error),
        Err(error) => from_io(path, error),
    }
}

fn append(local: &Local, path: &str, staged: Option<Staged>, pieces: &[Bytes]) -> Result<Staged> {
    let mut staged = match staged {
        Some(staged) => staged,
        None => Staged::create(local.file(path))?,
    };
    pieces.iter().try_for_each(|piece| staged.write(piece))?;
    Ok(staged)
}
