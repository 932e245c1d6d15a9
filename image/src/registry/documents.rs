//! Manifests and small blobs, whole and verified.

use bytes::Bytes;
use reposnap::source::fetch::http::Failure;
use reposnap::source::fetch::redacted;
use reposnap::{Digest, Error, Kind, Result};
use reqwest::header::{ACCEPT, ETAG, HeaderName, HeaderValue};

use super::answer::Answer;
use super::link::{Ask, Link};
use super::media;
use crate::blobs::{Descriptor, Document, MAX_DOCUMENT};

/// The header in which registries say what a digest is.
pub(super) const CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");

/// A manifest, and what the registry calls its version.
pub(super) struct Found {
    pub(super) document: Document,
    pub(super) etag: Option<HeaderValue>,
}

/// The manifest or index that `target`, a tag or a digest, names; none where there is nothing. Its digest has to be
/// `expected`, where that is known.
pub(super) async fn manifest(link: &Link, target: &str, expected: Option<Digest>) -> Result<Option<Found>> {
    let once = || -> futures::future::BoxFuture<'_, _> { Box::pin(manifest_once(link, target, expected)) };
    link.patiently(once).await
}

async fn manifest_once(link: &Link, target: &str, expected: Option<Digest>) -> Result<Option<Found>, Failure> {
    let mut ask = Ask::get(link.url(&format!("manifests/{target}")).await?);
    ask.headers.insert(ACCEPT, HeaderValue::from_static(media::ACCEPTED));
    let mut answer = link.send(ask).await?;
    match answer.status() {
        200 => {}
        404 => return Ok(None),
        _ => return Err(Failure::never(answer.refused("does not give the manifest").await)),
    }
    let bytes = answer.whole(MAX_DOCUMENT).await?;
    let path = redacted(answer.url());
    let judged = (|| {
        let digest = check_digest(&bytes, expected, &answer)?;
        let media_type = media::judge(answer.media_type().as_deref(), &bytes)?.to_owned();
        Ok(Document { media_type, digest, bytes })
    })();
    let document = judged.map_err(|error: Error| Failure::never(error.path(path)))?;
    Ok(Some(Found { document, etag: answer.headers().get(ETAG).cloned() }))
}

/// A manifest that has to be there, and has to be what `descriptor` says.
pub(super) async fn described(link: &Link, descriptor: &Descriptor) -> Result<Document> {
    let target = format!("sha256:{}", descriptor.digest);
    let found = manifest(link, &target, Some(descriptor.digest)).await?;
    let document = found.ok_or_else(|| missing(link, &target))?.document;
    let size = document.bytes.len() as u64;
    if size != descriptor.size {
        return Err(wrong_size(descriptor.size, size).path(format!("{}@{target}", link.repository)));
    }
    if document.media_type != descriptor.media_type {
        return Err(Error::new(Kind::Verification, "a manifest is of another type than what points at it says")
            .rule("media-type")
            .mismatch(&descriptor.media_type, document.media_type)
            .path(format!("{}@{target}", link.repository)));
    }
    Ok(document)
}

/// A blob of at most [`MAX_DOCUMENT`] bytes, verified.
pub(super) async fn blob(link: &Link, descriptor: &Descriptor) -> Result<Bytes> {
    if descriptor.size > MAX_DOCUMENT {
        return Err(Error::new(Kind::Limit, "a part of the image is too large to be read whole")
            .rule("size-limit")
            .mismatch(format!("at most {MAX_DOCUMENT} bytes"), descriptor.size.to_string())
            .path(format!("{}@sha256:{}", link.repository, descriptor.digest)));
    }
    let once = || -> futures::future::BoxFuture<'_, _> { Box::pin(blob_once(link, descriptor)) };
    link.patiently(once).await
}

async fn blob_once(link: &Link, descriptor: &Descriptor) -> Result<Bytes, Failure> {
    let url = link.url(&format!("blobs/sha256:{}", descriptor.digest)).await?;
    let mut answer = link.send(Ask::get(url)).await?;
    if answer.status() != 200 {
        return Err(Failure::never(answer.refused("does not give the blob").await));
    }
    let path = redacted(answer.url());
    let size = descriptor.size;
    let found = answer.length().filter(|found| *found != size);
    if let Some(found) = found {
        return Err(Failure::never(wrong_size(size, found).path(path)));
    }
    let mut bytes = bytes::BytesMut::with_capacity(size as usize);
    while let Some(piece) = answer.chunk().await? {
        if (bytes.len() + piece.len()) as u64 > size {
            return Err(Failure::never(too_long(size).path(path)));
        }
        bytes.extend_from_slice(&piece);
    }
    if bytes.len() as u64 != size {
        let error = wrong_size(size, bytes.len() as u64).path(path);
        // Where nothing said how much would come, it may be the connection that broke.
        return Err(if answer.is_framed() { Failure::never(error) } else { Failure::at_once(error) });
    }
    let bytes = bytes.freeze();
    check_digest(&bytes, Some(descriptor.digest), &answer).map_err(|error| Failure::never(error.path(path)))?;
    Ok(bytes)
}

/// The digest of `bytes`, which is `expected` and what the registry itself says.
fn check_digest(bytes: &[u8], expected: Option<Digest>, answer: &Answer<'_>) -> Result<Digest> {
    let digest = Digest::of(bytes);
    if let Some(expected) = expected.filter(|expected| *expected != digest) {
        return Err(wrong_digest("the registry sent something else", &expected.to_string(), &digest.to_string()));
    }
    check_header(answer, digest)?;
    Ok(digest)
}

/// Whether the registry's own header says `digest`. It may be in another algorithm, of which nothing is known here.
pub(super) fn check_header(answer: &Answer<'_>, digest: Digest) -> Result<()> {
    let said = answer.header(&CONTENT_DIGEST).and_then(|value| value.trim().strip_prefix("sha256:"));
    match said {
        Some(said) if Digest::from_hex(said.as_bytes()) != Some(digest) => {
            let shown: String = said.chars().take(64).collect();
            Err(wrong_digest("the registry's Docker-Content-Digest is another", &digest.to_string(), &shown))
        }
        _ => Ok(()),
    }
}

fn wrong_digest(what: &str, expected: &str, found: &str) -> Error {
    Error::new(Kind::Verification, what.to_owned())
        .rule("digest-mismatch")
        .mismatch(format!("sha256:{expected}"), format!("sha256:{found}"))
}

pub(super) fn wrong_size(expected: u64, found: u64) -> Error {
    Error::new(Kind::Verification, "the registry sent another number of bytes than the manifest says")
        .rule("size-mismatch")
        .mismatch(expected.to_string(), found.to_string())
}

pub(super) fn too_long(expected: u64) -> Error {
    Error::new(Kind::Verification, "the registry sent another number of bytes than the manifest says")
        .rule("size-mismatch")
        .mismatch(expected.to_string(), "more")
}

pub(super) fn missing(link: &Link, target: &str) -> Error {
    let joint = if target.starts_with("sha256:") { '@' } else { ':' };
    Error::new(Kind::NotFound, "the registry has no such manifest").path(format!("{}{joint}{target}", link.repository))
}
