//! A connection, in the clear or under TLS; no wait on it is without an end.

use std::fs::File;
use std::io;
use std::ops::Range;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;

use super::response::{Body, Response};
use crate::limits::{PIECE, WRITE_STALL};

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
    pub async fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = async {
                match self {
                    Stream::Plain(stream) => stream.write(bytes).await,
                    Stream::Tls(stream) => stream.write(bytes).await,
                }
            };
            match timeout(WRITE_STALL, written).await.map_err(|_| stalled())?? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                count => bytes = &bytes[count..],
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
                if body.len() <= 64 << 10 {
                    // One packet where it fits.
                    let mut whole = head.into_bytes();
                    whole.extend_from_slice(body);
                    self.write(&whole).await?;
                } else {
                    self.write(head.as_bytes()).await?;
                    self.write(body).await?;
                }
            }
            Body::File(file, _) => {
                self.write(head.as_bytes()).await?;
                self.send_file(file, range).await?;
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

    async fn send_file(&mut self, file: File, range: Range<u64>) -> io::Result<()> {
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
        let mut file = file;
        let mut at = range.start;
        while at < range.end {
            let count = (range.end - at).min(PIECE);
            let read = tokio::task::spawn_blocking(move || {
                use std::io::{Read as _, Seek as _, SeekFrom};
                let mut buffer = vec![0; usize::try_from(count).unwrap_or(0)];

                file.seek(SeekFrom::Start(at))?;
                file.read_exact(&mut buffer)?;
                io::Result::Ok((file, buffer))
            });
            let buffer;
            (file, buffer) = read.await.map_err(io::Error::other)??;
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

fn stalled() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the client takes nothing")
}
