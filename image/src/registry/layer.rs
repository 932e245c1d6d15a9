//! Layers: downloaded beside whoever reads them, and gone on with where a connection broke.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use bytes::{Buf, Bytes};
use reposnap::source::fetch::http::{Failure, Tries};
use reposnap::source::fetch::redacted;
use reposnap::{Digest, Error, Kind, Result};
use reqwest::header::{ETAG, HeaderValue, IF_RANGE, RANGE};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::answer::Answer;
use super::documents::{check_header, too_long, wrong_size};
use super::link::{Ask, Link};

/// How many pieces (of some 8 to 256 KiB) are downloaded ahead of who reads.
pub const PIECES_AHEAD: usize = 32;
/// How much further a broken transfer has to have come for its tries to be counted anew, in bytes.
const PROGRESS: u64 = 1 << 20;

/// Begins to download the blob with this digest and size. Fails at once where there is none, or one of another size.
pub(super) async fn open(link: Arc<Link>, digest: Digest, size: u64) -> Result<Layer> {
    let (sender, receiver) = sync_channel(PIECES_AHEAD + 1);
    let room = Arc::new(Semaphore::new(PIECES_AHEAD));
    let patience = longest_silence(&link);
    let mut course = Course { link, digest, size, sent: 0, etag: None, sender, room: room.clone() };
    let (beginning, began) = tokio::sync::oneshot::channel();
    let task = tokio::spawn(async move { course.run(beginning).await });
    let layer = Layer { receiver, room, task, left: size, piece: Bytes::new(), patience, failed: false };
    match began.await {
        Ok(None) => Ok(layer),
        Ok(Some(error)) => Err(error),
        Err(_) => Err(Error::new(Kind::Internal, "the download ended without a word")),
    }
}

/// Longer than the download itself stays silent: it gives up before.
fn longest_silence(link: &Link) -> Duration {
    let options = &link.options.fetch;
    let one = options.connect_timeout + options.idle_timeout + options.longest_wait;
    // A try has its redirects, and perhaps a token to get.
    one.saturating_mul(options.retries + 1).saturating_mul(options.redirects + 3)
}

type Piece = Result<Bytes>;

/// The download.
struct Course {
    link: Arc<Link>,
    digest: Digest,
    size: u64,
    /// How much was handed over.
    sent: u64,
    /// What the first answer called the blob.
    etag: Option<HeaderValue>,
    sender: SyncSender<Piece>,
    room: Arc<Semaphore>,
}

/// Why a try ended.
enum Stop {
    /// The server or the network failed.
    Failed(Failure),
    /// Nobody reads any more.
    Unread,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failed(failure)
    }
}

impl Course {
    /// Tells `beginning` whether the first answer was good, and then the reader of everything else.
    async fn run(&mut self, beginning: tokio::sync::oneshot::Sender<Option<Error>>) {
        let link = self.link.clone();
        let mut tries = Tries::new(&link.options.fetch);
        let mut beginning = Some(beginning);
        loop {
            let reached = self.sent;
            let failure = match self.once(&link, &mut beginning).await {
                Ok(()) | Err(Stop::Unread) => return,
                Err(Stop::Failed(failure)) => failure,
            };
            if self.sent - reached >= PROGRESS {
                tries.reset();
            }
            if let Err(error) = tries.wait(failure).await {
                match beginning.take() {
                    Some(beginning) => drop(beginning.send(Some(error))),
                    // There is always room for this one.
                    None => drop(self.sender.try_send(Err(error))),
                }
                return;
            }
        }
    }

    async fn once(
        &mut self,
        link: &Link,
        beginning: &mut Option<tokio::sync::oneshot::Sender<Option<Error>>>,
    ) -> Result<(), Stop> {
        let mut answer = self.ask(link).await?;
        let mut skip = self.judge(&answer)?;
        if let Some(beginning) = beginning.take() {
            drop(beginning.send(None));
        }
        while let Some(mut bytes) = answer.chunk().await? {
            let known = skip.min(bytes.len() as u64);
            bytes.advance(known as usize);
            skip -= known;
            if bytes.len() as u64 > self.size - self.sent {
                return Err(Failure::never(too_long(self.size).path(redacted(answer.url()))).into());
            }
            if !bytes.is_empty() {
                self.hand_over(bytes).await?;
            }
        }
        if self.sent == self.size {
            return Ok(());
        }
        let url = redacted(answer.url());
        Err(Stop::Failed(if answer.is_framed() && skip == 0 {
            Failure::never(wrong_size(self.size, self.sent).path(url))
        } else {
            let error = Error::new(Kind::Network, "the connection closed early").rule("connection-broken");
            Failure::at_once(error.path(url))
        }))
    }

    async fn ask<'a>(&self, link: &'a Link) -> Result<Answer<'a>, Failure> {
        let mut ask = Ask::get(link.url(&format!("blobs/sha256:{}", self.digest)).await?);
        if self.sent > 0 {
            if let Ok(value) = HeaderValue::from_str(&format!("bytes={}-", self.sent)) {
                ask.headers.insert(RANGE, value);
            }
            if let Some(etag) = &self.etag {
                ask.headers.insert(IF_RANGE, etag.clone());
            }
        }
        link.send(ask).await
    }

    /// How many bytes of the answer we have already.
    fn judge(&mut self, answer: &Answer<'_>) -> Result<u64, Failure> {
        let never = |error: Error| Failure::never(error.path(redacted(answer.url())));
        match answer.status() {
            200 => {
                check_header(answer, self.digest).map_err(never)?;
                if let Some(found) = answer.length().filter(|found| *found != self.size) {
                    return Err(never(wrong_size(self.size, found)));
                }
                // A weak name says nothing of single bytes (RFC 9110, 13.1.5).
                let strong = |etag: &&HeaderValue| !etag.as_bytes().starts_with(b"W/");
                self.etag = answer.headers().get(ETAG).filter(strong).cloned();
                // A server without ranges sends it all again.
                Ok(self.sent)
            }
            206 if self.sent > 0 => match answer.content_range() {
                Some((first, total)) if first == self.sent && total.is_none_or(|total| total == self.size) => Ok(0),
                _ => {
                    let what = format!("the registry sent another part than that from byte {} on", self.sent);
                    Err(never(Error::new(Kind::Verification, what).rule("range-answer")))
                }
            },
            404 => {
                let what = "the registry does not have the layer that the manifest names";
                Err(never(Error::new(Kind::NotFound, what)))
            }
            status => {
                let what = format!("the registry answered {status} to a request for a layer");
                Err(never(Error::new(Kind::Network, what).rule("http-status")))
            }
        }
    }

    async fn hand_over(&mut self, bytes: Bytes) -> Result<(), Stop> {
        let length = bytes.len() as u64;
        // The reader gives the room back.
        self.room.acquire().await.map_err(|_| Stop::Unread)?.forget();
        self.sender.try_send(Ok(bytes)).map_err(|_| Stop::Unread)?;
        self.sent += length;
        Ok(())
    }
}

/// A layer as it comes, for a thread that may wait. Errors of the registry are inside the [`io::Error`]: see
/// [`error_of`](super::error_of).
#[derive(Debug)]
pub(super) struct Layer {
    receiver: Receiver<Piece>,
    room: Arc<Semaphore>,
    task: JoinHandle<()>,
    left: u64,
    piece: Bytes,
    patience: Duration,
    failed: bool,
}

impl Layer {
    fn next(&mut self) -> io::Result<()> {
        let fail = |kind, what: &str| Err(io::Error::other(Error::new(kind, what)));
        if self.failed {
            return fail(Kind::Network, "the download failed before");
        }
        match self.receiver.recv_timeout(self.patience) {
            Ok(Ok(piece)) => {
                self.room.add_permits(1);
                self.piece = piece;
                Ok(())
            }
            Ok(Err(error)) => {
                self.failed = true;
                Err(io::Error::other(error))
            }
            Err(RecvTimeoutError::Disconnected) => {
                self.failed = true;
                fail(Kind::Network, "the download was ended from outside")
            }
            Err(RecvTimeoutError::Timeout) => {
                self.failed = true;
                // As happens where the thread that is to download is the one that waits here.
                fail(Kind::Internal, "the download makes no headway")
            }
        }
    }
}

impl Read for Layer {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        if self.piece.is_empty() {
            self.next()?;
        }
        let length = self.piece.len().min(buffer.len());
        self.piece.copy_to_slice(&mut buffer[..length]);
        self.left -= length as u64;
        Ok(length)
    }
}

impl Drop for Layer {
    fn drop(&mut self) {
        self.room.close();
        self.task.abort();
    }
}
