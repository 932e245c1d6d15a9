//! A connection, in the clear or under TLS; no wait on it is without an end.

use std::fs::File;
use std::io::{self, IoSlice, Read};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use reposnap::deb::compress::Reader;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;

use super::response::{Body, Packed, PackedSource, Response};
use crate::limits::{PIECE, PLAIN_BYTES, WRITE_STALL};

/// Bodies up to this size are copied behind their head; larger ones are handed to the system beside it.
const COPIED: usize = 8 << 10;

/// A connection.
#[derive(Debug)]
pub enum Stream {
    /// In the clear.
    Plain(TcpStream),
    /// Under TLS.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// Adds what has come to `buffer`; nothing at the end.
    pub async fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        match self {
            Stream::Plain(stream) => stream.read_buf(buffer).await,
            Stream::Tls(stream) => stream.read_buf(buffer).await,
        }
    }

    /// Sends all of `bytes`, as long as some are taken every [`WRITE_STALL`].
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_both(bytes, &[]).await
    }

    /// Sends all of `first`, then all of `second`.
    async fn write_both(&mut self, first: &[u8], second: &[u8]) -> io::Result<()> {
        let whole = first.len() + second.len();
        let mut done = 0;
        while done < whole {
            let slices = [
                IoSlice::new(first.get(done..).unwrap_or_default()),
                IoSlice::new(second.get(done.saturating_sub(first.len())..).unwrap_or_default()),
            ];
            let written = async {
                match self {
                    Stream::Plain(stream) => stream.write_vectored(&slices).await,
                    Stream::Tls(stream) => stream.write_vectored(&slices).await,
                }
            };
            match timeout(WRITE_STALL, written).await.map_err(|_| stalled())?? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                count => done += count,
            }
        }
        Ok(())
    }

    /// Sends what is still held back.
    pub async fn flush(&mut self) -> io::Result<()> {
        let Stream::Tls(stream) = self else { return Ok(()) };
        timeout(WRITE_STALL, stream.flush()).await.map_err(|_| stalled())?
    }

    /// Sends the body of an answer behind its head; gives how many bytes of it went out.
    pub async fn send(&mut self, head: String, response: Response) -> io::Result<u64> {
        let range = response.range.clone().unwrap_or(0..response.body.size());
        let length = range.end - range.start;
        match response.body {
            Body::Bytes(bytes) => {
                let body = &bytes[range.start as usize..range.end as usize];
                if body.len() <= COPIED {
                    let mut whole = head.into_bytes();
                    whole.extend_from_slice(body);
                    self.write(&whole).await?;
                } else {
                    self.write_both(head.as_bytes(), body).await?;
                }
            }
            Body::File(file, _) => {
                self.write(head.as_bytes()).await?;
                self.send_file(file, range).await?;
            }
            Body::Packed(packed, _) => {
                self.write(head.as_bytes()).await?;
                self.unpack(packed, range).await?;
            }
            Body::Object(objects, path, _) => {
                self.write(head.as_bytes()).await?;
                let mut at = range.start;
                while at < range.end {
                    let end = range.end.min(at + 4 * PIECE);
                    let pieces = objects.get_ranges(&path, std::slice::from_ref(&(at..end))).await;
                    for piece in pieces.map_err(io::Error::other)? {
                        self.write(&piece).await?;
                    }
                    at = end;
                }
            }
        }
        self.flush().await?;
        Ok(length)
    }

    /// Decompresses, a piece at a time, and sends what lies in `range`.
    async fn unpack(&mut self, packed: Arc<Packed>, range: Range<u64>) -> io::Result<()> {
        let source: Box<dyn Read + Send> = match &packed.source {
            PackedSource::Bytes(bytes) => Box::new(io::Cursor::new(bytes.clone())),
            PackedSource::File(file, size) => Box::new(Positioned { file: file.clone(), at: 0, end: *size }),
        };
        let source = io::BufReader::with_capacity(PIECE as usize, source);
        let mut reader = Reader::new(packed.compression, source, PLAIN_BYTES).map_err(io::Error::other)?;
        let mut left = range.end - range.start;
        let mut skip = range.start;
        while left > 0 {
            // It computes, which is not for a thread that serves others.
            let read = tokio::task::spawn_blocking(move || {
                if skip > 0 {
                    io::copy(&mut (&mut reader).take(skip), &mut io::sink())?;
                }
                let mut buffer = Vec::with_capacity(left.min(PIECE) as usize);
                (&mut reader).take(left.min(PIECE)).read_to_end(&mut buffer)?;
                io::Result::Ok((reader, Bytes::from(buffer)))
            });
            let piece;
            (reader, piece) = read.await.map_err(io::Error::other)??;
            if piece.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            skip = 0;
            left -= piece.len() as u64;
            self.write(&piece).await?;
        }
        Ok(())
    }

    async fn send_file(&mut self, file: Arc<File>, range: Range<u64>) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        if let Stream::Plain(stream) = self {
            let mut at = range.start;
            while at < range.end {
                let count = usize::try_from((range.end - at).min(4 * PIECE)).unwrap_or(0);
                let sent = stream.async_io(tokio::io::Interest::WRITABLE, || {
                    rustix::fs::sendfile(&*stream, &file, Some(&mut at), count).map_err(io::Error::from)
                });
                if timeout(WRITE_STALL, sent).await.map_err(|_| stalled())?? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            return Ok(());
        }
        let mut at = range.start;
        while at < range.end {
            let (file, count) = (file.clone(), (range.end - at).min(PIECE));
            let read = tokio::task::spawn_blocking(move || {
                let mut buffer = Vec::with_capacity(count as usize);
                Positioned { file, at, end: at + count }.read_to_end(&mut buffer)?;
                io::Result::Ok(buffer)
            });
            let buffer = read.await.map_err(io::Error::other)??;
            if buffer.len() as u64 != count {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.write(&buffer).await?;
            at += count;
        }
        Ok(())
    }

    /// Says that nothing more comes, and lets the other side finish for a moment, so that it reads the last answer.
    pub async fn close(&mut self) {
        let _ = match self {
            Stream::Plain(stream) => stream.shutdown().await,
            Stream::Tls(stream) => stream.shutdown().await,
        };
        let mut rest = Vec::new();
        let drain = async { while rest.len() < 64 << 10 && self.read(&mut rest).await.is_ok_and(|count| count > 0) {} };
        let _ = timeout(std::time::Duration::from_millis(500), drain).await;
    }
}

/// All `size` bytes of a file that others read as well.
pub fn read_whole(file: &Arc<File>, size: u64) -> io::Result<Bytes> {
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    Positioned { file: file.clone(), at: 0, end: size }.read_to_end(&mut bytes)?;
    Ok(bytes.into())
}

/// A part of a file that others read as well.
struct Positioned {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Read for Positioned {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(usize::try_from(self.end - self.at).unwrap_or(usize::MAX));
        #[cfg(unix)]
        let count = std::os::unix::fs::FileExt::read_at(&*self.file, &mut buffer[..most], self.at)?;
        #[cfg(windows)]
        let count = std::os::windows::fs::FileExt::seek_read(&*self.file, &mut buffer[..most], self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

fn stalled() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the client takes nothing")
}
