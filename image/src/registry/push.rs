//! Writing to a registry (distribution specification, "Push").

use bytes::Bytes;
use reposnap::source::fetch::http::Failure;
use reposnap::source::fetch::redacted;
use reposnap::{Digest, Error, Kind, Result};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue, IF_MATCH};

use super::documents::check_header;
use super::link::{Access, Ask, Link, next};
use crate::blobs::MAX_DOCUMENT;

/// The header by which a registry says that it lists the manifest as a referrer.
const OCI_SUBJECT: HeaderName = HeaderName::from_static("oci-subject");

/// What came of pushing a manifest.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// It is there.
    Done {
        /// Whether the registry lists it as a referrer of its subject by itself.
        listed: bool,
    },
    /// Somebody else was there before.
    Raced,
}

/// Brings a blob into the repository, unless it is there.
pub(super) async fn blob(link: &Link, bytes: &Bytes) -> Result<()> {
    too_large(bytes)?;
    let digest = Digest::of(bytes);
    let once = || -> futures::future::BoxFuture<'_, _> { Box::pin(blob_once(link, bytes, digest)) };
    link.patiently(once).await
}

async fn blob_once(link: &Link, bytes: &Bytes, digest: Digest) -> Result<(), Failure> {
    let there = link.url(&format!("blobs/sha256:{digest}")).await?;
    let mut ask = Ask::change(Method::HEAD, there);
    ask.access = Access::Push;
    let answer = link.send(ask).await?;
    match answer.status() {
        200 => return Ok(()),
        404 => {}
        _ => return Err(Failure::never(answer.refused("does not say whether it has the blob").await)),
    }
    let uploads = link.url("blobs/uploads/").await?;
    let mut ask = Ask::change(Method::POST, uploads);
    // Some servers want the length of nothing.
    ask.body = Some(Bytes::new());
    let answer = link.send(ask).await?;
    if answer.status() != 202 {
        return Err(Failure::never(answer.refused("does not take the blob").await));
    }
    // Relative as often as not, and it may have a query of its own.
    let mut place = next(answer.url(), answer.headers()).map_err(Failure::never)?;
    let query = match place.query() {
        Some(query) if !query.is_empty() => format!("{query}&digest=sha256:{digest}"),
        _ => format!("digest=sha256:{digest}"),
    };
    place.set_query(Some(&query));
    let mut ask = Ask::change(Method::PUT, place);
    ask.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    ask.body = Some(bytes.clone());
    let answer = link.send(ask).await?;
    if answer.status() != 201 {
        return Err(Failure::never(answer.refused("does not take the blob").await));
    }
    check_header(&answer, digest).map_err(|error| Failure::never(error.path(redacted(answer.url()))))
}

/// Brings a manifest into the repository under `target`, a tag or its digest; where `version` is given, only if that is
/// still what the tag names.
pub(super) async fn manifest(
    link: &Link,
    target: &str,
    media_type: &str,
    bytes: &Bytes,
    version: Option<&HeaderValue>,
) -> Result<Pushed> {
    too_large(bytes)?;
    let kind = HeaderValue::from_str(media_type)
        .map_err(|_| Error::new(Kind::Usage, format!("{media_type:?} is not a media type")).field("media_type"))?;
    let once = || -> futures::future::BoxFuture<'_, _> { Box::pin(manifest_once(link, target, &kind, bytes, version)) };
    link.patiently(once).await
}

async fn manifest_once(
    link: &Link,
    target: &str,
    kind: &HeaderValue,
    bytes: &Bytes,
    version: Option<&HeaderValue>,
) -> Result<Pushed, Failure> {
    let mut ask = Ask::change(Method::PUT, link.url(&format!("manifests/{target}")).await?);
    ask.headers.insert(CONTENT_TYPE, kind.clone());
    if let Some(version) = version {
        ask.headers.insert(IF_MATCH, version.clone());
    }
    ask.body = Some(bytes.clone());
    let answer = link.send(ask).await?;
    match answer.status() {
        200..=202 => {
            check_header(&answer, Digest::of(bytes))
                .map_err(|error| Failure::never(error.path(redacted(answer.url()))))?;
            Ok(Pushed::Done { listed: answer.headers().contains_key(OCI_SUBJECT) })
        }
        409 | 412 if version.is_some() => Ok(Pushed::Raced),
        _ => Err(Failure::never(answer.refused("does not take the manifest").await)),
    }
}

fn too_large(bytes: &Bytes) -> Result<()> {
    if bytes.len() as u64 <= MAX_DOCUMENT {
        return Ok(());
    }
    Err(Error::new(Kind::Limit, "too large to be pushed in one piece")
        .mismatch(format!("at most {MAX_DOCUMENT} bytes"), bytes.len().to_string()))
}
