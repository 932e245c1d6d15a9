//! Attestations of images: made, signed, attached, and believed by a policy.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use reposnap::digest::Digest;
use reposnap::environment::Environment;
use reposnap::error::{Error, Kind, Result};
use reposnap_image::referrers::Artifact;
use reposnap_image::registry::SignatureKind;
use reposnap_provenance::attest::attach::{ARTIFACT_TYPES, Attachment};
use reposnap_provenance::attest::bundle::Bundle;
use reposnap_provenance::attest::packages::IMAGE_PACKAGES;
use reposnap_provenance::attest::slsa::{Dependency, Provenance, SLSA_PROVENANCE};
use reposnap_provenance::attest::{self, Envelope, ImagePackages, Policy, dsse, packages};
use reposnap_provenance::history::{Histories, Lineage};
use reposnap_provenance::report::Verdict;
use reposnap_provenance::signing::{OpenPgpSigner, PrivateKey, Signer, SignerInfo};
use serde::Serialize;

use super::audit::audited;
use super::place::Place;
use super::reading::image_request;
use crate::keys;
use crate::session::Session;

/// The most bytes of a file with an attestation.
const MAX_FILE: u64 = 32 << 20;

/// The most moves of an environment that a policy's ages are counted by.
const MAX_MOVES: usize = 100_000;

image_request! {
    /// Attests what is in an image and from which snapshots, signed; attached to the image where that is asked for.
    "image attest"(Store) -> "image attest";
    pub struct Attest {
        required {
            /// The key: a file with a private key in PEM (Ed25519 or P-256), one with an OpenPGP key, or `gpg:FINGERPRINT` for one
            /// that gpg-agent has.
            key: String,
        }
        optional {
            /// The environment that the image is held against; its verdict goes into the attestation.
            rev: Option<String>,
            /// Who built the image, as a URI: SLSA provenance is attested as well.
            builder: Option<String>,
            /// For SLSA provenance, what the build was given.
            build_parameters: BTreeMap<String, String>,
            /// Where others find the store, as a URL, for the snapshots in SLSA provenance.
            store_url: Option<String>,
            /// Attach what was attested to the image.
            attach: bool,
            /// A file with the OpenPGP key's password.
            password_file: Option<PathBuf>,
            /// When it is attested; now by default.
            at: Option<Timestamp>,
        }
    }
}

image_request! {
    /// Tells whether a policy accepts an image, by what trusted keys attested of it.
    "image verify"(Store) -> "image verify";
    pub struct Verify {
        required {
            /// The policy's file.
            policy: PathBuf,
        }
        optional {
            /// Attestations, beside those that are attached to the image: files, or the JSON of a bundle, an envelope or
            /// several, line by line, which a `{` begins.
            attestations: Vec<String>,
            /// The moment that ages are counted to; now by default.
            at: Option<Timestamp>,
        }
    }
}

/// What was attested.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Attestations {
    /// The image, as it was named.
    pub reference: String,
    /// The digest of its manifest.
    pub digest: Digest,
    /// What came of looking at it.
    pub verdict: Verdict,
    /// How many packages it has.
    pub packages: usize,
    /// How the key is called in envelopes.
    pub key: String,
    /// What was attested.
    pub attestations: Vec<Attestation>,
    /// The manifests that were attached to the image.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attached: Vec<Digest>,
}

/// A signed statement.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Attestation {
    /// What it states.
    pub predicate_type: String,
    /// The envelope (DSSE), JSON.
    pub envelope: String,
    /// The same as Sigstore's tools take it, JSON; none where OpenPGP signed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<String>,
}

/// What a policy says of an image.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Decision {
    /// The image, as it was named.
    pub reference: String,
    /// The digest of its manifest.
    pub digest: Digest,
    /// Whether all holds that the policy asks for.
    pub accepted: bool,
    /// Why not.
    pub refusals: Vec<Refusal>,
    /// How many more reasons there are.
    pub more: usize,
    /// Who signed the attestation that was decided by.
    pub signers: Vec<SignerOf>,
    /// When that attestation was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_at: Option<Timestamp>,
}

/// Why a policy refuses an image.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Refusal {
    /// What does not hold.
    pub rule: &'static str,
    /// It in words.
    pub message: String,
    /// The package, as `name:architecture`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
}

/// Whose signature something bears.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SignerOf {
    /// `ed25519`, `ecdsa-p256`, `ecdsa-p384`, `rsa` or `openpgp`.
    pub algorithm: String,
    /// The SHA-256 of the public key, or the fingerprint of the certificate.
    pub key: String,
    /// The certificate's user ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
}

impl From<&SignerInfo> for SignerOf {
    fn from(info: &SignerInfo) -> Self {
        Self { algorithm: info.algorithm.clone(), key: info.key.clone(), user_id: info.user_id.clone() }
    }
}

/// Attests what is in an image and from which snapshots.
///
/// # Errors
/// Those of reading the image, the store and the key; [`Kind::Usage`] for what has no digest, or where nothing can be attached.
pub async fn attest(session: &Session, request: Attest) -> Result<Attestations> {
    let now = request.at.unwrap_or_else(Timestamp::now);
    let key = Key::open(&request.key, request.password_file.as_deref())?;
    let reading = request.reading();
    let place = reading.place(session)?;
    let referrers = if request.attach { Some(place.referrers()?) } else { None };
    let inventory = reading.read_at(&place, session).await?.inventory;
    let histories = Histories::of(&session.store().await?, session.progress()).await?;
    let report = audited(session, &histories, &inventory, request.rev.as_deref(), now).await?.report;
    let predicate = ImagePackages::of(&report, &inventory, &newest(&histories))?;
    let digest = report.digest.ok_or_else(|| Error::new(Kind::Internal, "an image without a digest was attested"))?;
    let snapshots: Vec<Digest> = predicate.snapshots.iter().map(|snapshot| snapshot.digest.sha256).collect();
    let mut envelopes = vec![(IMAGE_PACKAGES, predicate.into_statement().to_envelope()?)];
    if let Some(builder) = &request.builder {
        let at = request.store_url.as_deref().unwrap_or_default();
        let mut dependencies: Vec<Dependency> = snapshots.iter().map(|id| Dependency::snapshot(at, id)).collect();
        if let Some(base) = &report.base {
            let name = base.names.first().map_or("base", String::as_str);
            dependencies.push(Dependency::base(name, &base.digest));
        }
        let parameters = request.build_parameters.iter().map(|(name, value)| (name.clone(), value.as_str().into()));
        let provenance = Provenance::new(builder, dependencies, parameters.collect());
        envelopes.push((SLSA_PROVENANCE, provenance.into_statement(&report.reference, &digest).to_envelope()?));
    }
    let (mut attestations, mut attached) = (Vec::new(), Vec::new());
    for (predicate_type, envelope) in &mut envelopes {
        key.sign(envelope)?;
        attestations.push(Attestation {
            predicate_type: (*predicate_type).to_owned(),
            envelope: text(envelope.to_json()),
            bundle: match key.public() {
                Some(public) => Some(text(Bundle::of(envelope, public)?.to_json())),
                None => None,
            },
        });
        let Some(referrers) = &referrers else { continue };
        for attachment in Attachment::of(envelope, &key.public().into_iter().collect::<Vec<_>>())? {
            let mut artifact =
                Artifact::new(attachment.artifact_type, attachment.payload).media_type(attachment.media_type);
            for (name, value) in attachment.annotations {
                artifact = artifact.annotation(name, value);
            }
            attached.push(referrers.attach(&digest, &artifact).await?.digest);
        }
    }
    Ok(Attestations {
        reference: report.reference,
        digest,
        verdict: report.verdict,
        packages: report.packages.len(),
        key: key.name(),
        attestations,
        attached,
    })
}

/// Tells whether a policy accepts an image.
///
/// # Errors
/// Those of reading the policy, its keys, the image's manifest and what is attached to it. What the policy refuses is none.
pub async fn verify(session: &Session, request: Verify) -> Result<Decision> {
    let now = request.at.unwrap_or_else(Timestamp::now);
    let (policy, trust) = Policy::open(&request.policy)?;
    let reading = request.reading();
    let place = reading.place(session)?;
    let digest = place.digest(reading.platform).await?;
    let mut envelopes = Vec::new();
    for attestation in &request.attestations {
        envelopes.extend(if attestation.trim_start().starts_with('{') {
            dsse::read(attestation.as_bytes())?
        } else {
            dsse::read(&file_of(Path::new(attestation))?).map_err(|error| error.path(attestation.clone()))?
        });
    }
    if let Some(attached) = place.attachments() {
        envelopes.extend(self::attached(&place, &*attached, &digest).await?);
    }
    let snapshots = moments(session, &policy).await?;
    let decision = attest::verify(&digest, &envelopes, &policy, &trust, &snapshots, now)?;
    let refusals = decision.reasons().iter().map(|reason| Refusal {
        rule: reason.rule.as_str(),
        message: reason.message.clone(),
        package: reason.package.clone(),
    });
    Ok(Decision {
        reference: request.reference.clone(),
        digest,
        accepted: decision.accepted(),
        refusals: refusals.collect(),
        more: decision.more(),
        signers: decision.signers().iter().map(SignerOf::from).collect(),
        made_at: decision.made_at(),
    })
}

/// What is attached to an image, and cosign's attestations of it. What can't be read is nobody's that could be trusted.
async fn attached(
    place: &Place,
    referrers: &dyn reposnap_image::referrers::Referrers,
    image: &Digest,
) -> Result<Vec<Envelope>> {
    let mut envelopes = Vec::new();
    for artifact_type in ARTIFACT_TYPES {
        for referrer in referrers.list(image, Some(artifact_type)).await? {
            for (_, payload) in referrers.fetch(image, &referrer).await?.blobs {
                envelopes.extend(dsse::read(&payload).unwrap_or_default());
            }
        }
    }
    for found in place.signatures(image).await? {
        if found.kind == SignatureKind::Attestation {
            envelopes.extend(dsse::read(&found.payload).unwrap_or_default());
        }
    }
    Ok(envelopes)
}

/// The newest snapshot of each mirror and environment: what the packages were matched with.
fn newest(histories: &Histories) -> Vec<packages::Snapshot> {
    let newest = histories.all.iter().filter_map(|history| {
        let position = history.positions().last()?;
        Some(packages::Snapshot {
            digest: position.snapshot.into(),
            name: Some(history.name().to_owned()),
            time: Some(position.time),
        })
    });
    newest.collect()
}

/// The snapshots that packages may be of by a policy, and since when each was the environment's.
async fn moments(session: &Session, policy: &Policy) -> Result<BTreeMap<Digest, Timestamp>> {
    let store = session.store().await?;
    if let Some(name) = &policy.environment {
        let entries = Environment::open(&store, name)?.history(MAX_MOVES).await?;
        // The newest entry comes first, and counts.
        return Ok(entries.iter().rev().map(|entry| (entry.body.snapshot, entry.time)).collect());
    }
    let histories = Histories::of(&store, session.progress()).await?;
    let of = |lineage| histories.all.iter().filter(move |history| history.lineage() == lineage);
    let positions = of(Lineage::Mirror).chain(of(Lineage::Environment)).flat_map(|history| history.positions());
    let named = positions.filter(|position| policy.snapshots.contains(&position.snapshot));
    Ok(named.map(|position| (position.snapshot, position.time)).collect())
}

/// A key that signs attestations.
enum Key {
    Plain(Box<PrivateKey>),
    OpenPgp(Box<dyn reposnap::openpgp::Signer>),
}

impl Key {
    fn open(key: &str, password_file: Option<&Path>) -> Result<Self> {
        if !key.starts_with("gpg:") {
            let bytes = file_of(Path::new(key))?;
            let is_pem = String::from_utf8_lossy(&bytes).lines().any(|line| {
                line.starts_with("-----BEGIN ") && line.ends_with("PRIVATE KEY-----") && !line.contains(" PGP ")
            });
            if is_pem {
                return Ok(Self::Plain(Box::new(PrivateKey::open(key)?)));
            }
        }
        Ok(Self::OpenPgp(keys::signer(key, password_file)?))
    }

    fn sign(&self, envelope: &mut Envelope) -> Result<()> {
        match self {
            Self::Plain(key) => envelope.sign(&**key),
            Self::OpenPgp(key) => envelope.sign(&OpenPgpSigner::new(&**key)),
        }
    }

    fn public(&self) -> Option<&reposnap_provenance::signing::PublicKey> {
        match self {
            Self::Plain(key) => Some(key.public()),
            Self::OpenPgp(_) => None,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Plain(key) => key.key_id(),
            Self::OpenPgp(key) => key.fingerprint(),
        }
    }
}

pub(super) fn file_of(path: &Path) -> Result<Vec<u8>> {
    use std::io::Read as _;
    let io = |error| Error::io(path.display(), error);
    let mut bytes = Vec::new();
    std::fs::File::open(path).map_err(io)?.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(Error::new(Kind::Limit, format!("the file has more than {MAX_FILE} bytes"))
            .path(path.display().to_string()));
    }
    Ok(bytes)
}

fn text(json: Vec<u8>) -> String {
    String::from_utf8_lossy(&json).into_owned()
}
