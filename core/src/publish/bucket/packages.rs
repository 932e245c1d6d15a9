//! Packages from a store into the pool of a bucket.

use futures::stream::{self, StreamExt, TryStreamExt};
use tokio::sync::Semaphore;

use super::claim::Writer;
use super::headers;
use super::inventory::Inventory;
use crate::digest::Hasher;
use crate::error::Result;
use crate::progress::{Monitor, Unit};
use crate::publish::pool::{Brought, File, Job, There};
use crate::store::PART;
use crate::store::bucket::{Bucket as Files, Headers};

/// The phase of progress in which packages are uploaded; it counts files.
const PHASE: &str = "packages";
/// How many packages are uploaded at once. Each takes at most a part of memory, 8 MiB.
const PARALLEL: usize = 16;
/// How many of them go in parts, of which several are under way and in memory.
const LARGE: usize = 2;

/// What of `wanted` is not in the pool yet.
///
/// Of a path that tells its content it is enough that something is there. Elsewhere its digest has to be the same; where a
/// publisher was killed nobody knows it, and what was said with the object is asked for.
pub(super) async fn absent(
    files: &Files,
    inventory: &mut Inventory,
    wanted: Vec<File>,
    there: There,
) -> Result<Vec<File>> {
    if there == There::Keep {
        return Ok(wanted.into_iter().filter(|file| !inventory.has(&file.to)).collect());
    }
    let unknown = wanted.iter().filter(|file| inventory.has(&file.to) && inventory.sha256(&file.to).is_none());
    let unknown: Vec<String> = unknown.map(|file| file.to.clone()).collect();
    let mut said = stream::iter(unknown)
        .map(|path| async move { files.said_sha256(&path).await.map(|said| (path, said)) })
        .buffer_unordered(PARALLEL);
    while let Some((path, said)) = said.try_next().await? {
        if let Some(sha256) = said {
            inventory.learn(&path, sha256);
        }
    }
    Ok(wanted.into_iter().filter(|file| inventory.sha256(&file.to) != Some(file.named.wanted.digest)).collect())
}

/// Uploads what `jobs` say. What was uploaded before a failure is in the inventory of `writer`.
pub(super) async fn upload(
    writer: &mut Writer<'_>,
    jobs: Vec<Job>,
    there: There,
    monitor: &Monitor,
) -> Result<Brought> {
    monitor.start(PHASE, Some(jobs.len() as u64), Unit::Items);
    let mut inventory = writer.inventory().await?;
    let done = writer.during(upload_all(writer.files, jobs, there, &mut inventory, monitor)).await;
    writer.inventory = Some(inventory);
    monitor.finish(PHASE);
    done
}

async fn upload_all(
    files: &Files,
    jobs: Vec<Job>,
    there: There,
    inventory: &mut Inventory,
    monitor: &Monitor,
) -> Result<Brought> {
    let large = Semaphore::new(LARGE);
    let large = &large;
    let mut uploads = stream::iter(jobs)
        .map(|job| async move {
            monitor.check()?;
            let size = upload_one(files, &job, there, large).await?;
            Ok((job, size))
        })
        .buffer_unordered(PARALLEL);
    let mut brought = Brought::default();
    while let Some((job, size)) = uploads.try_next().await? {
        monitor.advance(PHASE, 1);
        brought.added += 1;
        brought.copied += 1;
        if inventory.has(&job.to) {
            brought.replaced.push(job.to.clone());
        }
        inventory.add(job.to, size, job.digest);
    }
    Ok(brought)
}

/// Uploads one file, verified before it is to be seen, and gives its size.
async fn upload_one(files: &Files, job: &Job, there: There, large: &Semaphore) -> Result<u64> {
    let headers = match there {
        There::Keep => headers::pool(&job.to),
        There::Compare => headers::upstream(&job.to, job.digest),
    };
    let mut pieces = job.objects.read(&job.object).await?;
    let mut hasher = Hasher::new();
    let mut begin = Vec::new();
    while begin.len() < PART {
        let Some(piece) = pieces.try_next().await? else {
            job.verify(hasher.finish())?;
            let size = begin.len() as u64;
            return files.put(&job.to, begin.into(), &headers).await.map(|()| size);
        };
        hasher.update(&piece);
        begin.extend_from_slice(&piece);
    }
    // The semaphore is never closed.
    let _permit = large.acquire().await;
    upload_large(files, job, &headers, begin, pieces, hasher).await
}

async fn upload_large(
    files: &Files,
    job: &Job,
    headers: &Headers,
    begin: Vec<u8>,
    mut pieces: stream::BoxStream<'static, Result<bytes::Bytes>>,
    mut hasher: Hasher,
) -> Result<u64> {
    let mut upload = files.upload(&job.to, headers)?;
    let sent = async {
        let mut size = begin.len() as u64;
        files.count(begin.len());
        upload.write(begin.into()).await?;
        while let Some(piece) = pieces.try_next().await? {
            hasher.update(&piece);
            size += piece.len() as u64;
            files.count(piece.len());
            upload.write(piece).await?;
        }
        job.verify(hasher.finish())?;
        Ok(size)
    }
    .await;
    match sent {
        Ok(size) => upload.finish().await.map(|()| size),
        Err(error) => {
            // The first failure is the one to tell.
            let _ = upload.abort().await;
            Err(error)
        }
    }
}
