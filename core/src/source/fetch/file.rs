//! `file:` URLs.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use bytes::Bytes;
use url::Url;

use super::address::redacted;
use crate::error::{Error, Kind, Result};
use crate::worker::blocking;

/// Bytes read at a time.
const PIECE: usize = 1 << 20;

/// A file being read piece by piece.
pub(super) struct Pieces {
    file: File,
    name: String,
}

/// Opens the file of `url`; nothing where there is none.
pub(super) async fn open(url: &Url) -> Result<Option<Pieces>> {
    let name = redacted(url);
    let path = url.to_file_path().map_err(|()| Error::new(Kind::Usage, "names no file of this machine").path(&name))?;
    blocking(move || open_now(path, name)).await
}

/// The whole file of at most `limit` bytes; nothing where there is none.
pub(super) async fn read(url: &Url, limit: u64) -> Result<Option<Bytes>> {
    let name = redacted(url);
    let path = url.to_file_path().map_err(|()| Error::new(Kind::Usage, "names no file of this machine").path(&name))?;
    blocking(move || {
        let Some(pieces) = open_now(path, name)? else { return Ok(None) };
        let mut bytes = Vec::new();
        let most = limit.saturating_add(1);
        pieces.file.take(most).read_to_end(&mut bytes).map_err(|error| Error::io(&pieces.name, error))?;
        if bytes.len() as u64 > limit {
            return Err(super::too_large(limit).path(pieces.name));
        }
        Ok(Some(bytes.into()))
    })
    .await
}

impl Pieces {
    /// The next piece; empty at the end.
    pub(super) async fn next(self) -> Result<(Self, Bytes)> {
        blocking(move || {
            let mut bytes = Vec::with_capacity(PIECE);
            let mut pieces = self;
            (&mut pieces.file)
                .take(PIECE as u64)
                .read_to_end(&mut bytes)
                .map_err(|error| Error::io(&pieces.name, error))?;
            Ok((pieces, bytes.into()))
        })
        .await
    }
}

fn open_now(path: PathBuf, name: String) -> Result<Option<Pieces>> {
    // Asked before opening, because opening a named pipe waits for somebody to write to it.
    match std::fs::metadata(&path) {
        Ok(meta) if meta.is_file() => {}
        Ok(_) => return Err(Error::new(Kind::Io, "is not a regular file").path(name)),
        Err(error) if is_missing(&error) => return Ok(None),
        Err(error) => return Err(Error::io(name, error)),
    }
    match File::open(&path) {
        Ok(file) => Ok(Some(Pieces { file, name })),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(Error::io(name, error)),
    }
}

fn is_missing(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}
