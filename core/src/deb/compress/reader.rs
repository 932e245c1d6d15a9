//! Decompression of streams too large for memory.

use std::io::{self, BufRead, Read};

use super::codec::Codec;
use super::lz4::Lz4;
use super::{Compression, over_limit};
use crate::error::{Error, Kind, Result};

/// How much is decoded at once.
const CHUNK: usize = 128 << 10;

/// Decompresses while it is read, with the strictness of [`decompress`](super::decompress).
///
/// The [`io::Error`]s of reading carry a [`reposnap::Error`](crate::Error) inside. A file that is damaged at its end shows
/// it only at the end: act on what was read after the reader has said that there is no more.
///
/// ```
/// use std::io::Read;
/// use reposnap::deb::compress::{Compression, Reader, compress};
/// let packed = compress(Compression::Xz, None, b"Package: hello\n");
/// let mut text = String::new();
/// Reader::new(Compression::Xz, &packed[..], 1 << 20)?.read_to_string(&mut text).unwrap();
/// assert_eq!(text, "Package: hello\n");
/// # Ok::<(), reposnap::Error>(())
/// ```
pub struct Reader<R: BufRead> {
    kind: Compression,
    decoder: Decoder<R>,
    limit: u64,
    /// Bytes handed out.
    total: u64,
    /// The limit was passed, or the data is damaged; there is nothing more.
    failed: bool,
}

enum Decoder<R: BufRead> {
    Plain(R),
    Codec { codec: Codec, source: R, buffer: Vec<u8>, start: usize, done: bool },
    Lz4(Lz4<R>),
}

impl<R: BufRead> Reader<R> {
    /// Reads what `source` holds, compressed as `kind`, up to `limit` bytes of output.
    ///
    /// # Errors
    ///
    /// [`Kind::Limit`] when there is no memory for a decoder.
    pub fn new(kind: Compression, source: R, limit: u64) -> Result<Self> {
        let decoder = match Codec::new(kind)? {
            Some(codec) => Decoder::Codec { codec, source, buffer: Vec::with_capacity(CHUNK), start: 0, done: false },
            None if kind == Compression::Lz4 => Decoder::Lz4(Lz4::new(source)),
            None => Decoder::Plain(source),
        };
        Ok(Self { kind, decoder, limit, total: 0, failed: false })
    }

    fn fail<T>(&mut self, error: Error) -> io::Result<T> {
        self.failed = true;
        Err(into_io(error))
    }
}

impl<R: BufRead> BufRead for Reader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.failed {
            return Err(into_io(Error::new(
                Kind::Malformed,
                format!("the {} data was found unusable before", self.kind),
            )));
        }
        let filled = match &mut self.decoder {
            Decoder::Plain(source) => source.fill_buf().map(<[u8]>::len).map_err(from_io),
            Decoder::Codec { codec, source, buffer, start, done } => if *start == buffer.len() && !*done {
                *start = 0;
                refill(codec, source, buffer, done)
            } else {
                Ok(())
            }
            .map(|()| buffer.len() - *start),
            Decoder::Lz4(lz4) => lz4.fill(),
        };
        match filled {
            Ok(length) if length as u64 > self.limit - self.total => self.fail(over_limit(self.kind, self.limit)),
            Err(error) => self.fail(error),
            Ok(_) => match &mut self.decoder {
                Decoder::Plain(source) => source.fill_buf(),
                Decoder::Codec { buffer, start, .. } => Ok(&buffer[*start..]),
                Decoder::Lz4(lz4) => Ok(lz4.filled()),
            },
        }
    }

    fn consume(&mut self, amount: usize) {
        self.total += amount as u64;
        match &mut self.decoder {
            Decoder::Plain(source) => source.consume(amount),
            Decoder::Codec { buffer, start, .. } => *start = (*start + amount).min(buffer.len()),
            Decoder::Lz4(lz4) => lz4.consume(amount),
        }
    }
}

impl<R: BufRead> Read for Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut chunk = self.fill_buf()?;
        let length = chunk.read(buffer)?;
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> std::fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("kind", &self.kind).field("total", &self.total).finish_non_exhaustive()
    }
}

fn refill<R: BufRead>(codec: &mut Codec, source: &mut R, buffer: &mut Vec<u8>, done: &mut bool) -> Result<()> {
    buffer.clear();
    while buffer.is_empty() && !*done {
        let input = source.fill_buf().map_err(from_io)?;
        let step = codec.step(input, buffer, input.is_empty())?;
        *done = step.done;
        source.consume(step.consumed);
    }
    Ok(())
}

/// Puts an error of this library into one of reading.
pub(super) fn into_io(error: Error) -> io::Error {
    let kind = if error.kind() == Kind::Malformed { io::ErrorKind::InvalidData } else { io::ErrorKind::Other };
    io::Error::new(kind, error)
}

/// Takes the error of this library out of one of reading, or tells that reading failed.
pub(crate) fn from_io(error: io::Error) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => error,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Error::new(Kind::Malformed, "the data ends too early").source(error)
        }
        Err(error) => Error::new(Kind::Io, error.to_string()).source(error),
    }
}
