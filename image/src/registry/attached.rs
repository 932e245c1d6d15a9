//! Referrers in a registry: its own list of them, or, where it has none, an index under the fall-back tag (distribution
//! specification, "Listing Referrers" and "Referrers Tag Schema").

use bytes::Bytes;
use futures::future::BoxFuture;
use reposnap::source::fetch::http::Failure;
use reposnap::source::fetch::{LONGEST_URL, Url, redacted};
use reposnap::{Digest, Error, Kind, Result};
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue, LINK};

use super::link::{Ask, Link};
use super::push::{self, Pushed};
use super::{Registry, documents};
use crate::blobs::{Descriptor, MAX_DOCUMENT};
use crate::manifest::{OCI_INDEX, OCI_MANIFEST};
use crate::referrers::{self, Artifact, Attached, EMPTY, Manifest, Referrers, fallback_tag};

/// The most pages of a list of referrers.
pub const MOST_PAGES: usize = 64;
/// How often the index under the fall-back tag is written anew where somebody else writes it, too.
pub const MOST_RACES: usize = 8;

impl Referrers for Registry {
    fn list<'a>(
        &'a self,
        subject: &'a Digest,
        artifact_type: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<Descriptor>>> {
        Box::pin(list(self.link(), subject, artifact_type))
    }

    /// Where the registry does not list referrers itself, the index under the fall-back tag is read, added to, and written:
    /// with `If-Match`, which few registries heed. It is read again afterwards, and written again where another writer's
    /// version took its place. Two writers can still lose an entry, if one writes between the other's reading again and its
    /// end; the attached manifest is then there, and not listed.
    fn attach<'a>(&'a self, subject: &'a Digest, artifact: &'a Artifact) -> BoxFuture<'a, Result<Descriptor>> {
        Box::pin(attach(self.link(), subject, artifact))
    }

    fn fetch<'a>(&'a self, subject: &'a Digest, referrer: &'a Descriptor) -> BoxFuture<'a, Result<Attached>> {
        Box::pin(fetch(self.link(), subject, referrer))
    }
}

async fn list(link: &Link, subject: &Digest, artifact_type: Option<&str>) -> Result<Vec<Descriptor>> {
    let mut found = Vec::new();
    let mut next = None;
    for _ in 0..MOST_PAGES {
        let url = &next;
        let once = || -> BoxFuture<'_, _> { Box::pin(page(link, subject, artifact_type, url.clone())) };
        let Some(page) = link.patiently(once).await? else {
            return by_tag(link, subject, artifact_type).await;
        };
        found.extend(page.entries);
        referrers::too_many(found.len()).map_err(|error| error.path(link.repository.to_string()))?;
        match page.next {
            Some(url) => next = Some(url),
            None => return Ok(found),
        }
    }
    Err(Error::new(Kind::Limit, "the list of referrers has too many pages")
        .rule("referrers-limit")
        .mismatch(format!("at most {MOST_PAGES}"), "more")
        .path(link.repository.to_string()))
}

struct Page {
    entries: Vec<Descriptor>,
    next: Option<Url>,
}

/// One page of the registry's own list; none where it has no such lists.
async fn page(
    link: &Link,
    subject: &Digest,
    artifact_type: Option<&str>,
    url: Option<Url>,
) -> Result<Option<Page>, Failure> {
    let first = url.is_none();
    let url = match url {
        Some(url) => url,
        None => {
            let mut url = link.url(&format!("referrers/sha256:{subject}")).await?;
            if let Some(artifact_type) = artifact_type {
                url.query_pairs_mut().append_pair("artifactType", artifact_type);
            }
            url
        }
    };
    let mut ask = Ask::get(url);
    ask.headers.insert(ACCEPT, HeaderValue::from_static(OCI_INDEX));
    let mut answer = link.send(ask).await?;
    match answer.status() {
        200 => {}
        // Without the list, a registry knows no such path; some call that something else than not found.
        400 | 404 | 405 | 501 if first => return Ok(None),
        _ => return Err(Failure::never(answer.refused("does not list referrers").await)),
    }
    let kind = answer.media_type();
    let next = next_page(answer.url(), answer.headers()).map_err(Failure::never)?;
    if kind.as_deref() != Some(OCI_INDEX) {
        // A web page for everything is not a list either.
        if first && kind.as_deref() == Some("text/html") {
            return Ok(None);
        }
        let error =
            Error::new(Kind::Verification, "the registry's list of referrers is not an index").rule("media-type");
        let found = kind.unwrap_or_else(|| "nothing".to_owned());
        return Err(Failure::never(error.mismatch(OCI_INDEX, found).path(redacted(answer.url()))));
    }
    let bytes = answer.whole(MAX_DOCUMENT).await?;
    // Registries may filter, and need not.
    let entries = referrers::entries(&bytes, artifact_type)
        .map_err(|error| Failure::never(error.path(redacted(answer.url()))))?;
    Ok(Some(Page { entries, next }))
}

/// The URL with `rel="next"` of a `Link` header (RFC 8288), which has to be on the same server.
fn next_page(from: &Url, headers: &HeaderMap) -> Result<Option<Url>> {
    let Some(text) = headers.get(LINK).and_then(|value| value.to_str().ok()) else { return Ok(None) };
    for link in text.split('<').skip(1) {
        let Some((target, parameters)) = link.split_once('>') else { continue };
        let is_next = parameters.split([';', ',']).any(|parameter| {
            let parameter = parameter.trim();
            parameter.split_once('=').is_some_and(|(name, value)| {
                name.trim().eq_ignore_ascii_case("rel") && value.trim().trim_matches('"').eq_ignore_ascii_case("next")
            })
        });
        if !is_next {
            continue;
        }
        let url = (target.len() <= LONGEST_URL).then(|| from.join(target).ok()).flatten();
        return match url.filter(|url| url.origin() == from.origin()) {
            Some(url) => Ok(Some(url)),
            None => Err(Error::new(Kind::Verification, "the next page of the list of referrers is on another server")
                .rule("page-target")
                .path(redacted(from))),
        };
    }
    Ok(None)
}

async fn by_tag(link: &Link, subject: &Digest, artifact_type: Option<&str>) -> Result<Vec<Descriptor>> {
    let tag = fallback_tag(subject);
    let Some(found) = documents::manifest(link, &tag, None).await? else { return Ok(Vec::new()) };
    check_index(link, &tag, &found.document.media_type)?;
    referrers::entries(&found.document.bytes, artifact_type).map_err(|error| error.path(tagged(link, &tag)))
}

fn check_index(link: &Link, tag: &str, media_type: &str) -> Result<()> {
    if media_type == OCI_INDEX {
        return Ok(());
    }
    Err(Error::new(Kind::Verification, "the tag for the list of referrers names something else")
        .rule("media-type")
        .mismatch(OCI_INDEX, media_type)
        .path(tagged(link, tag)))
}

fn tagged(link: &Link, tag: &str) -> String {
    format!("{}:{tag}", link.repository)
}

async fn attach(link: &Link, subject: &Digest, artifact: &Artifact) -> Result<Descriptor> {
    let target = format!("sha256:{subject}");
    let found = documents::manifest(link, &target, Some(*subject)).await?;
    let document = found.ok_or_else(|| documents::missing(link, &target))?.document;
    let made = referrers::make(referrers::descriptor(&document.media_type, &document.bytes), artifact)?;
    push::blob(link, &Bytes::from_static(EMPTY)).await?;
    push::blob(link, &artifact.payload).await?;
    let target = format!("sha256:{}", made.descriptor.digest);
    let pushed = push::manifest(link, &target, OCI_MANIFEST, &made.manifest, None).await?;
    // Some say so and have no list.
    if pushed != (Pushed::Done { listed: true }) || !has_lists(link, subject).await? {
        add_to_index(link, subject, &made.descriptor).await?;
    }
    Ok(made.descriptor)
}

/// Whether the registry lists referrers by itself.
async fn has_lists(link: &Link, subject: &Digest) -> Result<bool> {
    let once = || -> BoxFuture<'_, _> { Box::pin(page(link, subject, None, None)) };
    Ok(link.patiently(once).await?.is_some())
}

async fn add_to_index(link: &Link, subject: &Digest, entry: &Descriptor) -> Result<()> {
    let tag = fallback_tag(subject);
    for _ in 0..MOST_RACES {
        let found = documents::manifest(link, &tag, None).await?;
        let (mut index, version) = match &found {
            Some(found) => {
                check_index(link, &tag, &found.document.media_type)?;
                // As it is: others' entries may have fields that mean nothing here.
                let index = serde_json::from_slice(&found.document.bytes).map_err(|error| {
                    Error::new(Kind::Malformed, format!("the list of referrers can't be understood: {error}"))
                        .path(tagged(link, &tag))
                })?;
                // A weak name is no condition (RFC 9110, 13.1.1).
                let strong = |etag: &&HeaderValue| !etag.as_bytes().starts_with(b"W/");
                (index, found.etag.as_ref().filter(strong))
            }
            None => (serde_json::json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}), None),
        };
        if !referrers::add(&mut index, entry).map_err(|error| error.path(tagged(link, &tag)))? {
            return Ok(());
        }
        let bytes = serde_json::to_vec(&index)
            .map_err(|error| Error::new(Kind::Internal, "the list of referrers can't be written").source(error))?;
        // Done or not, what is there now is what counts.
        push::manifest(link, &tag, OCI_INDEX, &bytes.into(), version).await?;
    }
    Err(Error::new(Kind::Conflict, "others write the list of referrers all the time")
        .path(tagged(link, &tag))
        .help("try again; what was to be attached is there, and not listed"))
}

async fn fetch(link: &Link, subject: &Digest, referrer: &Descriptor) -> Result<Attached> {
    let document = documents::described(link, referrer).await?;
    let place = |error: Error| error.path(format!("{}@sha256:{}", link.repository, referrer.digest));
    let manifest = Manifest::parse(&document.bytes).map_err(place)?;
    manifest.check_subject(subject).map_err(place)?;
    let mut blobs = Vec::new();
    for layer in manifest.small_layers().map_err(place)? {
        blobs.push((layer.clone(), documents::blob(link, layer).await?));
    }
    Ok(Attached {
        descriptor: referrer.clone(),
        artifact_type: manifest.kind().to_owned(),
        annotations: manifest.annotations,
        blobs,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_on_the_same_server() {
        let from = Url::parse("https://r.example/v2/a/referrers/sha256:00").unwrap();
        let next = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(LINK, HeaderValue::from_str(text).unwrap());
            next_page(&from, &headers).map(|url| url.map(|url| url.to_string())).map_err(|error| error.kind())
        };
        assert_eq!(next("</v2/a/x?n=2>; rel=\"next\""), Ok(Some("https://r.example/v2/a/x?n=2".to_owned())));
        assert_eq!(
            next("<x>; rel=prev, <y>; title=\"t\"; REL=next"),
            Ok(Some("https://r.example/v2/a/referrers/y".to_owned()))
        );
        assert_eq!(next("<x>; rel=prev"), Ok(None));
        assert_eq!(next("x; rel=next"), Ok(None));
        assert_eq!(next("<https://evil.example/>; rel=next"), Err(Kind::Verification));
        assert_eq!(next("<http://r.example/>; rel=next"), Err(Kind::Verification));
    }
}
