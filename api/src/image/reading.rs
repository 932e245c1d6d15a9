//! How operations read images: what all of them take, and the way from that to what is there.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use reposnap::error::Result;
use reposnap_image::cache::{DirectoryCache, FactCache};
use reposnap_image::inspect::{Options, Read, inspect};
use reposnap_image::inventory::Platform;
use reposnap_image::rpm;

use super::place::Place;
use crate::session::Session;
use crate::verify::keyring;

/// Declares a request that reads an image: to its own parameters come those of [`Reading`].
macro_rules! image_request {
    (
        $(#[doc = $summary:literal])+
        $name:literal($needs:ident) -> $result:literal;
        pub struct $Request:ident {
            required { $($required:tt)* }
            optional { $($optional:tt)* }
        }
    ) => {
        $crate::operation::request! {
            $(#[doc = $summary])+
            $name($needs) -> $result;
            pub struct $Request {
                required {
                    /// The image: `oci:DIR:TAG`, `docker-archive:FILE`, `docker://HOST/NAME:TAG`, `dir:ROOT` for a root folder, or
                    /// `host:` for this machine.
                    reference: String,
                    $($required)*
                }
                optional {
                    $($optional)*
                    /// Which image of an index, such as `linux/arm64`; this machine's by default.
                    platform: Option<String>,
                    /// Compare every file with what its package says of it; all of the image is hashed then.
                    files: bool,
                    /// Keyrings of those who sign the rpms.
                    rpm_keys: Vec<String>,
                    /// Talk to the registry without TLS where it has none, though others may listen.
                    plain_http: bool,
                    /// Read all layers, also those that were read before.
                    no_cache: bool,
                }
            }
        }

        impl $Request {
            fn reading(&self) -> $crate::image::Reading<'_> {
                $crate::image::Reading {
                    reference: &self.reference,
                    platform: self.platform.as_deref(),
                    files: self.files,
                    rpm_keys: &self.rpm_keys,
                    plain_http: self.plain_http,
                    no_cache: self.no_cache,
                }
            }
        }
    };
}
pub(crate) use image_request;

/// An image, and how to read it.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) reference: &'a str,
    pub(crate) platform: Option<&'a str>,
    pub(crate) files: bool,
    pub(crate) rpm_keys: &'a [String],
    pub(crate) plain_http: bool,
    pub(crate) no_cache: bool,
}

impl Reading<'_> {
    /// Where the image is.
    pub(super) fn place(&self, session: &Session) -> Result<Place> {
        Place::open(session, self.reference, self.plain_http)
    }

    /// What is there.
    pub(crate) async fn read(&self, session: &Session) -> Result<Read> {
        self.read_at(&self.place(session)?, session).await
    }

    /// What is at a place that is open.
    pub(super) async fn read_at(&self, place: &Place, session: &Session) -> Result<Read> {
        let rpm_keys = match self.rpm_keys {
            [] => None,
            keys => Some(keyring(keys)?),
        };
        let now = Timestamp::now();
        let mut options = Options {
            platform: self.platform.map(str::parse::<Platform>).transpose()?,
            files: self.files,
            monitor: session.progress().clone(),
            ..Options::default()
        };
        options.rpm = Some(Arc::new(move |database| {
            let files = rpm::Files {
                wal: database.wal.as_deref(),
                journal: database.journal.as_deref(),
                ..rpm::Files::new(&database.path, &database.main)
            };
            Ok(rpm::read(&files, Some(&rpm::Trust::new(rpm_keys.as_ref(), now)))?.packages)
        }));
        if !self.no_cache {
            options.cache = cache(session);
        }
        inspect(place.reference(), place.blobs(), &options).await
    }
}

/// What was learned of layers, kept for this user: in `$XDG_CACHE_HOME/reposnap/layers`, or in `~/.cache`. Where that can't be
/// had, nothing is kept.
fn cache(session: &Session) -> Option<Arc<dyn FactCache>> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))?;
    match DirectoryCache::open(home.join("reposnap/layers")) {
        Ok(cache) => Some(Arc::new(cache)),
        Err(error) => {
            session.progress().note(&format!("what is learned of layers is not kept: {error}"));
            None
        }
    }
}
