//! Objects that come in pieces.

use std::sync::Arc;

use bytes::Bytes;
use object_store::ObjectStore;
use object_store::buffered::BufWriter;
use object_store::path::Path as Location;
use tokio::io::AsyncWriteExt;

use super::failure::from_store;
use super::local::{Local, Staged};
use crate::error::Result;
use crate::worker::compute;

/// Bytes gathered before another thread is asked to write them to a file.
const HOP: usize = 1 << 20;
/// Bytes of one part of an upload to a remote store (S3 wants at least 5 MiB, and at most 10,000 parts).
const PART: usize = 8 << 20;

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
    Remote(Box<BufWriter>),
}

impl Upload {
    pub(super) fn local(local: Local, path: &str) -> Self {
        Self { path: path.to_owned(), target: Target::File { local, staged: None, pieces: Vec::new(), gathered: 0 } }
    }

    pub(super) fn remote(store: Arc<dyn ObjectStore>, location: Location, path: &str) -> Self {
        let writer = BufWriter::with_capacity(store, location, PART).with_max_concurrency(4);
        Self { path: path.to_owned(), target: Target::Remote(Box::new(writer)) }
    }

    /// Adds the next piece.
    pub async fn write(&mut self, bytes: Bytes) -> Result<()> {
        match &mut self.target {
            Target::File { pieces, gathered, .. } => {
                *gathered += bytes.len();
                pieces.push(bytes);
                if *gathered >= HOP { self.flush().await } else { Ok(()) }
            }
            Target::Remote(writer) => writer.put(bytes).await.map_err(|error| from_store(&self.path, error)),
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
            Target::Remote(writer) => match writer.shutdown().await {
                Ok(()) => Ok(()),
                Err(error) => {
                    // The first failure is the one to tell.
                    let _ = writer.abort().await;
                    Err(super::failure::from_io(&self.path, error))
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
                    drop(staged);
                    Ok(())
                })
                .await
            }
            Target::Remote(writer) => writer.abort().await.map_err(|error| from_store(&self.path, error)),
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

fn append(local: &Local, path: &str, staged: Option<Staged>, pieces: &[Bytes]) -> Result<Staged> {
    let mut staged = match staged {
        Some(staged) => staged,
        None => Staged::create(local.file(path))?,
    };
    pieces.iter().try_for_each(|piece| staged.write(piece))?;
    Ok(staged)
}
