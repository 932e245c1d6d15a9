//! Which manifest of an index is meant.

use std::fmt;

use reposnap::{Error, Kind, Result};

use super::{Config, DOCKER_CONFIG, Manifest, OCI_CONFIG, Parsed, is_artifact, parse};
use crate::blobs::{Blobs, Descriptor, Document};
use crate::inventory::Platform;
use crate::limits::MAX_INDEX_DEPTH;

/// The annotation by which buildkit marks what describes another manifest of the index.
const REFERENCE_TYPE: &str = "vnd.docker.reference.type";

/// An image that was selected.
#[derive(Clone, Debug)]
pub struct Selected {
    /// The manifest's bytes and digest.
    pub document: Document,
    /// The same, read.
    pub manifest: Manifest,
    /// Its configuration.
    pub config: Config,
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}

impl std::str::FromStr for Platform {
    type Err = Error;

    /// `linux/arm64`, `linux/arm/v7`.
    ///
    /// # Errors
    /// [`Kind::Usage`] for all else.
    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.split('/').map(str::to_owned);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(os), Some(architecture), variant, None)
                if !os.is_empty() && !architecture.is_empty() && variant.as_deref() != Some("") =>
            {
                Ok(Self { os, architecture, variant })
            }
            _ => {
                Err(Error::new(Kind::Usage, format!("{text:?} is no platform"))
                    .help("write linux/amd64 or linux/arm/v7"))
            }
        }
    }
}

/// What this machine runs: Linux images of its own architecture, as Go names it.
pub fn host_platform() -> Platform {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "x86" => "386",
        "aarch64" => "arm64",
        "powerpc64" if cfg!(target_endian = "little") => "ppc64le",
        "powerpc64" => "ppc64",
        "mips64" if cfg!(target_endian = "little") => "mips64le",
        "loongarch64" => "loong64",
        other => other,
    };
    Platform { os: "linux".to_owned(), architecture: architecture.to_owned(), variant: None }
}

/// Whether an image for `found` is what was asked for. `arm64` is the same as `arm64/v8`.
fn matches(wanted: &Platform, found: &Platform) -> bool {
    let variant = |platform: &Platform| match (platform.architecture.as_str(), platform.variant.as_deref()) {
        ("arm64", Some("v8")) => None,
        (_, variant) => variant.map(str::to_owned),
    };
    wanted.os == found.os
        && wanted.architecture == found.architecture
        && (variant(wanted).is_none() || variant(wanted) == variant(found))
}

/// The image at the root of `blobs`: of an index the one for `platform`, or for this machine's where none is given. Entries that
/// only describe others (attestations) are passed over. A root that is a manifest is taken whatever it runs on, unless a
/// platform is given.
///
/// # Errors
/// [`Kind::NotFound`] with what there is where the platform is not; those of [`parse`] and of `blobs`; [`Kind::Limit`] for
/// indexes in indexes beyond [`MAX_INDEX_DEPTH`]; [`Kind::Unsupported`] for artifacts that are no images.
pub async fn select(blobs: &dyn Blobs, platform: Option<&Platform>) -> Result<Selected> {
    let mut document = blobs.root().await?;
    let wanted = platform.cloned().unwrap_or_else(host_platform);
    for _ in 0..=MAX_INDEX_DEPTH {
        match parse(&document)? {
            Parsed::Manifest(manifest) => {
                let config = config(blobs, &manifest).await?;
                if let Some(wanted) = platform.filter(|wanted| !matches(wanted, &config.platform)) {
                    return Err(absent(wanted, &[config.platform.to_string()]));
                }
                return Ok(Selected { document, manifest: *manifest, config });
            }
            Parsed::Index(entries) => document = blobs.document(choose(&entries, &wanted)?).await?,
        }
    }
    let message = format!("more than {MAX_INDEX_DEPTH} indexes lead to indexes");
    Err(Error::new(Kind::Limit, message).path(format!("sha256:{}", document.digest)))
}

async fn config(blobs: &dyn Blobs, manifest: &Manifest) -> Result<Config> {
    let media_type = manifest.config.media_type.as_str();
    if !matches!(media_type, OCI_CONFIG | DOCKER_CONFIG) {
        let message = format!("it is no image: its configuration is of the type {media_type:?}");
        return Err(Error::new(Kind::Unsupported, message));
    }
    Config::parse(&blobs.document(&manifest.config).await?, manifest.layers.len())
}

fn choose<'a>(entries: &'a [Descriptor], wanted: &Platform) -> Result<&'a Descriptor> {
    let is_image = |entry: &&Descriptor| {
        let unknown = |platform: &Platform| platform.os == "unknown" && platform.architecture == "unknown";
        let describes = entry.annotations.contains_key(REFERENCE_TYPE) || is_artifact(entry);
        !entry.platform.as_ref().is_some_and(unknown) && !describes
    };
    let images: Vec<&Descriptor> = entries.iter().filter(is_image).collect();
    let fits = |entry: &&&Descriptor| entry.platform.as_ref().is_some_and(|found| matches(wanted, found));
    match (images.iter().find(fits), &images[..]) {
        (Some(entry), _) => Ok(entry),
        // It does not say what it runs on; its configuration will.
        (None, [entry]) if entry.platform.is_none() => Ok(entry),
        _ => {
            let there = images.iter().map(|entry| match &entry.platform {
                Some(platform) => platform.to_string(),
                None => format!("sha256:{}", entry.digest),
            });
            Err(absent(wanted, &there.take(20).collect::<Vec<_>>()))
        }
    }
}

fn absent(wanted: &Platform, there: &[String]) -> Error {
    let error = Error::new(Kind::NotFound, format!("there is no image for {wanted}"));
    match there {
        [] => error.help("there is none for any platform"),
        _ => error.help(format!("there is {}", there.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use reposnap::Digest;

    use super::*;

    fn entry(platform: Option<&str>, name: &str) -> Descriptor {
        Descriptor {
            media_type: super::super::OCI_MANIFEST.into(),
            digest: Digest::of(name.as_bytes()),
            size: 1,
            platform: platform.map(|platform| platform.parse().unwrap()),
            artifact_type: None,
            annotations: Default::default(),
        }
    }

    #[test]
    fn the_right_one() {
        let mut entries = [
            Some("unknown/unknown"),
            Some("linux/amd64"),
            Some("linux/arm/v6"),
            Some("linux/arm/v7"),
            Some("linux/arm64/v8"),
        ]
        .map(|platform| entry(platform, platform.unwrap()))
        .to_vec();
        for (wanted, found) in [
            ("linux/amd64", "linux/amd64"),
            ("linux/arm", "linux/arm/v6"),
            ("linux/arm/v7", "linux/arm/v7"),
            ("linux/arm64", "linux/arm64/v8"),
            ("linux/arm64/v8", "linux/arm64/v8"),
        ] {
            assert_eq!(choose(&entries, &wanted.parse().unwrap()).unwrap().digest, Digest::of(found.as_bytes()));
        }
        let error = choose(&entries, &"linux/s390x".parse().unwrap()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no image for linux/s390x (there is linux/amd64, linux/arm/v6, linux/arm/v7, linux/arm64/v8)"
        );
        entries.truncate(1);
        entries.push(entry(None, "x"));
        assert_eq!(choose(&entries, &host_platform()).unwrap().digest, Digest::of(b"x"));
        entries.truncate(1);
        assert!(choose(&entries, &host_platform()).is_err());
    }

    #[test]
    fn platforms() {
        assert_eq!("linux/arm/v7".parse::<Platform>().unwrap().to_string(), "linux/arm/v7");
        for text in ["", "linux", "linux/", "/amd64", "a/b/c/d", "a/b/"] {
            assert_eq!(text.parse::<Platform>().unwrap_err().kind(), Kind::Usage, "{text}");
        }
    }
}
