//! Images as they are recorded in a store: what each was found to hold, and the names that they have had.
//!
//! `images/<digest>` is what an image was found to hold, by the digest of its manifest (of what has none, a root folder or a
//! machine: of the document itself), as JSON: [`Record`]. It is written once and never changes. `refs/image/<name>/<number>`
//! is the log of a name: which image it was from when on ([`Named`]). So recording an image twice changes nothing, and a
//! name that moves has another entry.

use std::collections::BTreeMap;

use reposnap::snapshot::hold;
use reposnap::store::refs::{IMAGE, Log, Note};
use reposnap::store::{Created, Store, layout, refs};
use reposnap::{Digest, Error, Kind, Result};
use reposnap_image::Inventory;
use reposnap_image::inventory::{Os, Platform};
use reposnap_image::package::{Family, Source};
use serde::{Deserialize, Serialize};

/// The format of records that this version writes.
pub const FORMAT: u32 = 1;

/// The largest record, in bytes.
pub const LARGEST_RECORD: u64 = 64 << 20;

/// The labels that name the image which one was made on (OCI image specification, annotations).
const BASE_DIGEST: &str = "org.opencontainers.image.base.digest";
const BASE_NAME: &str = "org.opencontainers.image.base.name";

/// The longest part of a name that its log's name begins with, where it can't be all of it.
const LONGEST_STEM: usize = 60;

/// What an image was found to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The format, [`FORMAT`].
    pub format: u32,
    /// The digest of the image's manifest; none for a root folder and a machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// What it runs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// The distribution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<Os>,
    /// The digests of its layers, uncompressed, the base first.
    pub layers: Vec<Digest>,
    /// The image that it was made on, as its labels claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<BaseClaim>,
    /// The packages whose files are there.
    pub packages: Vec<Recorded>,
}

/// The image that an image claims to be made on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseClaim {
    /// Its digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A package of a recorded image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Recorded {
    /// Whose it is.
    pub family: Family,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture.
    pub architecture: String,
    /// Its source package.
    pub source: Source,
    /// The layer that brought it, counted from the base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
}

/// What an entry of the log of a name says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The image, as its record is named.
    pub image: Digest,
    /// The whole name.
    pub reference: String,
}

/// What recording an image came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    /// The name.
    pub reference: String,
    /// The image.
    pub image: Digest,
    /// How many packages it has.
    pub packages: usize,
    /// The image that the name was before, where it was another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Digest>,
    /// Whether anything was written.
    pub changed: bool,
}

impl Record {
    /// The record of an image.
    pub fn of(inventory: &Inventory) -> Self {
        let mut packages: Vec<Recorded> = inventory
            .packages
            .iter()
            .filter(|package| package.state.has_files())
            .map(|package| Recorded {
                family: package.family,
                name: package.name.clone(),
                version: package.version.clone(),
                architecture: package.architecture.clone(),
                source: package.source.clone(),
                layer: package.layer,
            })
            .collect();
        packages.sort();
        let label = |name: &str| inventory.labels.get(name).cloned();
        let digest = label(BASE_DIGEST).and_then(|text| reposnap_image::blobs::oci_digest::parse(&text));
        let name = label(BASE_NAME);
        let base = (digest.is_some() || name.is_some()).then_some(BaseClaim { digest, name });
        Self {
            format: FORMAT,
            digest: inventory.digest,
            platform: inventory.platform.clone(),
            os: inventory.os.clone(),
            layers: inventory.layers.iter().map(|layer| layer.diff_id).collect(),
            base,
            packages,
        }
    }

    /// The distribution in one word or two: `debian 12`, `fedora 41`, `debian` where no version is told.
    pub fn system(&self) -> Option<String> {
        let os = self.os.as_ref()?;
        Some(match os.version.as_ref().or(os.codename.as_ref()) {
            Some(version) => format!("{} {version}", os.id),
            None => os.id.clone(),
        })
    }

    /// Its bytes, and the digest that it is named by.
    fn to_bytes(&self) -> Result<(Vec<u8>, Digest)> {
        let bytes = serde_json::to_vec(self)
            .map_err(|error| Error::new(Kind::Internal, "a record can't be written").source(error))?;
        if bytes.len() as u64 > LARGEST_RECORD {
            return Err(Error::new(Kind::Limit, format!("a record is larger than {LARGEST_RECORD} bytes")));
        }
        let name = self.digest.unwrap_or_else(|| Digest::of(&bytes));
        Ok((bytes, name))
    }

    /// Reads the record of an image.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where the image is not recorded, [`Kind::Malformed`] where the record is damaged.
    pub async fn read(store: &Store, image: Digest) -> Result<Self> {
        let path = layout::image(image);
        let bytes = store.objects().get_limited(&path, LARGEST_RECORD).await.map_err(|error| match error.kind() {
            Kind::NotFound => {
                Error::new(Kind::NotFound, format!("the image {image} is not recorded")).help("`fleet add` records it")
            }
            _ => error,
        })?;
        let damaged = |why: String| Error::new(Kind::Malformed, why).path(path.clone());
        let record: Self = serde_json::from_slice(&bytes)
            .map_err(|error| damaged(format!("the record of an image is damaged: {error}")).source(error))?;
        if record.format > FORMAT {
            return Err(Error::new(
                Kind::Format,
                format!("a record has format {}, newer than {FORMAT}", record.format),
            )
            .path(path)
            .help("use a newer reposnap"));
        }
        if record.digest.unwrap_or_else(|| Digest::of(&bytes)) != image {
            return Err(damaged("the record is of another image".to_owned()));
        }
        Ok(record)
    }
}

/// Records an image under a name. What is recorded already is left as it is.
///
/// # Errors
/// [`Kind::AlreadyExists`] where the image is recorded with other packages: the same image can't have changed, so one of the
/// two was read wrongly. Those of writing the store.
pub async fn add(store: &Store, reference: &str, inventory: &Inventory, note: &Note<'_>) -> Result<Added> {
    let record = Record::of(inventory);
    let (bytes, image) = record.to_bytes()?;
    let path = layout::image(image);
    let mut changed = !store.objects().exists(&path).await?;
    if store.objects().create(&path, bytes.into()).await? == Created::Exists {
        changed = false;
        if Record::read(store, image).await?.packages != record.packages {
            return Err(Error::new(Kind::AlreadyExists, "the image is recorded with other packages")
                .path(path)
                .help("look at both with `image inspect`; the record stays as it is"));
        }
    }
    let log = Log::<Named>::open(store.objects(), IMAGE, &log_name(reference))?;
    let mut before = None;
    let update = log.update(note, |head| {
        before = head.map(|head| head.body.image).filter(|before| *before != image);
        let is_same = head.is_some_and(|head| head.body.image == image);
        Ok((!is_same).then(|| Named { image, reference: reference.to_owned() }))
    });
    let entry = hold::appending(store, &[image], hold::Packages::IfThere, update).await?;
    changed |= entry.is_some();
    Ok(Added { reference: reference.to_owned(), image, packages: record.packages.len(), before, changed })
}

/// The name of the log of a reference. A log's name has letters, digits and `+._-` alone: all else is `+` and two
/// hexadecimal digits. One that gets too long, or begins with something else than a letter or a digit, is its beginning, two
/// `+`, and half of its SHA-256.
///
/// ```
/// use reposnap_provenance::fleet::log_name;
/// assert_eq!(log_name("docker://example.org/app:1.2"), "docker+3A+2F+2Fexample.org+2Fapp+3A1.2");
/// ```
pub fn log_name(reference: &str) -> String {
    let mut name = String::new();
    for byte in reference.bytes() {
        match byte {
            b'.' | b'_' | b'-' => name.push(byte.into()),
            byte if byte.is_ascii_alphanumeric() => name.push(byte.into()),
            byte => name.push_str(&format!("+{byte:02X}")),
        }
    }
    // A name of all digits of a digest would be refused as one.
    if refs::check_name(&name).is_ok() {
        return name;
    }
    let stem: String = reference.chars().filter(char::is_ascii_alphanumeric).take(LONGEST_STEM).collect::<String>();
    let digest = Digest::of(reference.as_bytes()).to_string();
    format!("{}++{}", if stem.is_empty() { "image" } else { &stem }, &digest[..32])
}

/// The newest number of the log of each name, by the log's name.
pub(super) async fn heads(store: &Store) -> Result<BTreeMap<String, u64>> {
    let mut heads = BTreeMap::new();
    for object in store.objects().list(&format!("refs/{IMAGE}")).await? {
        let mut parts = object.path.split('/').skip(2);
        let (Some(log), Some(number), None) = (parts.next(), parts.next(), parts.next()) else { continue };
        let number = number.parse::<u64>().ok().filter(|_| number.len() == 20).map(|number| u64::MAX - number);
        let Some(number) = number.filter(|number| *number > 0) else { continue };
        let head = heads.entry(log.to_owned()).or_insert(number);
        *head = number.max(*head);
    }
    Ok(heads)
}
