//! Many files with known digests, into a store.

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use url::Url;

use super::control::{Control, Gatherer};
use super::transfer::{Expected, Memory, Sink, transfer};
use super::{Fetcher, Net, until_cancelled};
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::progress::{Monitor, Unit};
use crate::store::{Objects, Upload};

/// Files up to this size, in bytes, are held in memory until they are checked; larger ones go to the store as they come.
pub const LARGEST_BUFFERED: u64 = 1 << 20;
/// Failures that are told one by one; of the others only the number.
pub const MOST_TOLD: usize = 10;
/// So many failures of the network in a row, and the rest is given up.
pub const MOST_IN_A_ROW: usize = 32;

/// The phases that [`Fetcher::download`] tells of: files, and their bytes.
const FILES: &str = "packages";
const BYTES: &str = "package bytes";

/// A file to bring into a store.
#[derive(Clone, Debug)]
pub struct Job {
    /// Where it is.
    pub url: Url,
    /// Its size in bytes.
    pub size: u64,
    /// What it has to be.
    pub sha256: Digest,
    /// The path of its object in the store.
    pub path: String,
    /// What the control file of a binary package has to agree with.
    pub control: Option<Control>,
}

/// How much there is to do, for progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Files.
    pub items: u64,
    /// Bytes of all files.
    pub bytes: u64,
}

/// What [`Fetcher::download`] brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Downloaded {
    /// Files.
    pub items: u64,
    /// Bytes of all files.
    pub bytes: u64,
}

impl Fetcher {
    /// Brings the files of `jobs` into `objects`, many at once; each is visible there only when its digest fits.
    ///
    /// All is durable when it returns. A file that can't be had does not stop the others; in the end one error names the
    /// first [`MOST_TOLD`] of them and how many there were, with the kind of the first. The rest is given up when the store
    /// fails, when `monitor` is cancelled, or after [`MOST_IN_A_ROW`] failures of the network with nothing in between.
    pub async fn download<I>(&self, jobs: I, totals: Totals, objects: &Objects, monitor: &Monitor) -> Result<Downloaded>
    where
        I: IntoIterator<Item = Job>,
    {
        monitor.start(FILES, Some(totals.items), Unit::Items);
        monitor.start(BYTES, Some(totals.bytes), Unit::Bytes);
        let result = until_cancelled(monitor, run(&self.0, jobs.into_iter(), objects, monitor)).await;
        // What is there is there, even when others failed.
        let durable = objects.barrier().await;
        monitor.finish(BYTES);
        monitor.finish(FILES);
        let downloaded = result?;
        durable?;
        Ok(downloaded)
    }
}

async fn run(
    net: &Net,
    mut jobs: impl Iterator<Item = Job>,
    objects: &Objects,
    monitor: &Monitor,
) -> Result<Downloaded> {
    let mut done = Downloaded::default();
    let mut failures = Failures::default();
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < net.options.parallel
            && !failures.are_too_many()
            && let Some(job) = jobs.next()
        {
            running.push(one(net, job, objects, monitor));
        }
        let Some(result) = running.next().await else { break };
        match result {
            Ok(bytes) => {
                done.items += 1;
                done.bytes += bytes;
                failures.in_a_row = 0;
                monitor.advance(FILES, 1);
            }
            Err(End::Store(error)) => return Err(error),
            Err(End::File(error)) => failures.add(error),
        }
    }
    failures.into_result(done)
}

/// Why a file did not come.
enum End {
    /// The store failed; so it will for others.
    Store(Error),
    /// The file can't be had.
    File(Error),
}

async fn one(net: &Net, job: Job, objects: &Objects, monitor: &Monitor) -> Result<u64, End> {
    let _permit = net.permit().await.map_err(End::Store)?;
    let expected = Expected::new(job.size, job.sha256);
    let candidates = std::slice::from_ref(&job.url);
    let advanced = |by| monitor.advance(BYTES, by);
    if job.size <= LARGEST_BUFFERED {
        let mut sink = Memory::new(job.size);
        transfer(net, candidates, &expected, &mut sink, advanced).await.map_err(End::File)?;
        let bytes = sink.into_bytes();
        if let Some(control) = &job.control {
            let read = control.check(&bytes, job.size);
            control.judge(read, &job.url, monitor).map_err(End::File)?;
        }
        objects.put_bulk(&job.path, bytes).await.map_err(End::Store)?;
        return Ok(job.size);
    }
    let gatherer = job.control.as_ref().map(|control| Gatherer::new(control, job.size));
    let mut sink = Streamed { objects, path: &job.path, upload: None, gatherer, failed: Failed::No };
    let mut result = transfer(net, candidates, &expected, &mut sink, advanced).await;
    // What the package says counts only once it is known to be the one that was signed.
    if let (Ok(()), Some(gatherer), Some(control)) = (&result, sink.gatherer.take(), &job.control) {
        result = control.judge(gatherer.verdict(), &job.url, monitor);
    }
    match (result, sink.upload) {
        (Ok(()), Some(upload)) => {
            upload.finish().await.map_err(End::Store)?;
            Ok(job.size)
        }
        (Ok(()), None) => Err(End::Store(Error::new(Kind::Internal, "a checked file has no bytes").path(job.path))),
        (Err(error), upload) => {
            if let Some(upload) = upload {
                // Nothing was visible, so nothing is lost if this fails.
                let _ = upload.abort().await;
            }
            Err(if sink.failed == Failed::Yes { End::Store(error) } else { End::File(error) })
        }
    }
}

/// A sink that writes to the store as bytes come.
struct Streamed<'a> {
    objects: &'a Objects,
    path: &'a str,
    upload: Option<Upload>,
    gatherer: Option<Gatherer<'a>>,
    failed: Failed,
}

/// Whether the store has failed.
#[derive(PartialEq, Eq)]
enum Failed {
    No,
    Yes,
}

impl Sink for Streamed<'_> {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        if let Some(gatherer) = &mut self.gatherer {
            gatherer.add(&bytes);
        }
        let result = async {
            if self.upload.is_none() {
                self.upload = Some(self.objects.upload(self.path).await?);
            }
            match &mut self.upload {
                Some(upload) => upload.write(bytes).await,
                None => Ok(()),
            }
        };
        let result = result.await;
        if result.is_err() {
            self.failed = Failed::Yes;
        }
        result
    }

    async fn restart(&mut self) -> Result<()> {
        if let Some(gatherer) = &mut self.gatherer {
            gatherer.restart();
        }
        match self.upload.take() {
            Some(upload) => upload.abort().await.inspect_err(|_| self.failed = Failed::Yes),
            None => Ok(()),
        }
    }
}

/// The failures of single files.
#[derive(Default)]
struct Failures {
    told: Vec<Error>,
    count: u64,
    in_a_row: usize,
}

impl Failures {
    fn add(&mut self, error: Error) {
        self.count += 1;
        if error.kind() == Kind::Network {
            self.in_a_row += 1;
        }
        if self.told.len() < MOST_TOLD {
            self.told.push(error);
        }
    }

    fn are_too_many(&self) -> bool {
        self.in_a_row >= MOST_IN_A_ROW
    }

    fn into_result(self, done: Downloaded) -> Result<Downloaded> {
        let given_up = self.are_too_many();
        let mut told = self.told.into_iter();
        let Some(first) = told.next() else { return Ok(done) };
        if self.count == 1 {
            return Err(first);
        }
        let mut text = format!("{} files could not be fetched ({} could):", self.count, done.items);
        let kind = first.kind();
        let rule = first.broken_rule();
        for error in std::iter::once(&first).chain(told.as_slice()) {
            text.push_str("\n  ");
            text.push_str(&error.to_string());
        }
        let untold = self.count.saturating_sub(MOST_TOLD as u64);
        if untold > 0 {
            text.push_str(&format!("\n  and {untold} more"));
        }
        if given_up {
            text.push_str("\n  the rest was given up, because nothing came any more");
        }
        let error = Error::new(kind, text).source(first);
        Err(match rule {
            Some(rule) => error.rule(rule),
            None => error,
        })
    }
}
