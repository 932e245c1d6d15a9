//! Publications: publish, prune.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::keys::signer;
use super::operation::request;
use super::session::Session;
use reposnap::error::{Error, Kind, Result};
use reposnap::openpgp::Signer;
use reposnap::publish::{
    INVALIDATE_TIME, Input, Missing, Options, Place, Pruned, Publication, Resign, Upgrades, invalidate,
};

/// How long to wait for another publisher of the same place.
const WAIT: Duration = Duration::from_secs(60);

request! {
    /// Publishes snapshots as a signed tree that apt reads, in a directory that any web server can serve, or in a bucket.
    "publish"(Store) -> "Publication";
    pub struct Publish {
        required {
            /// The directory that a web server serves, or the URL of a bucket, such as `s3://BUCKET/PREFIX`.
            to: PathBuf,
            /// The suite, such as `stable`.
            suite: String,
            /// The signing key: a file, or `gpg:FINGERPRINT` for a key of gpg-agent.
            key: String,
        }
        optional {
            /// The snapshots; each package stays in its component.
            revs: Vec<String>,
            /// Snapshots by component: all packages of one go into that component.
            components: BTreeMap<String, String>,
            /// The file with the password of the key file.
            password_file: Option<PathBuf>,
            /// The Codename; none by default.
            codename: Option<String>,
            /// The Origin.
            origin: Option<String>,
            /// The Label.
            label: Option<String>,
            /// The Description.
            description: Option<String>,
            /// The Version of the suite.
            suite_version: Option<String>,
            /// For how many days the Release is valid.
            valid_for: Option<u64>,
            /// Have apt install from it only when asked to.
            not_automatic: bool,
            /// With `not_automatic`, have apt upgrade what was installed from it.
            but_automatic_upgrades: bool,
            /// Name the key in the Release, for apt to hold on to.
            sign_field: bool,
            /// Architectures to name beside those that the snapshots have.
            architectures: Vec<String>,
            /// The compressions of indexes: `gz`, `xz`, `zst`.
            compress: Vec<String>,
            /// Publish though packages are missing in the store.
            allow_missing: bool,
            /// Sign again though nothing changed.
            resign: bool,
            /// A program that tells a cache what changed: run where something was published, with the paths on its standard
            /// input, one on each line.
            invalidate: Option<PathBuf>,
            /// Say what would be done, and do nothing: only the outcome is looked at, not what becomes of packages.
            dry_run: bool,
        }
    }
}

request! {
    /// Publishes an upstream's own indexes and signature, byte for byte.
    "publish verbatim"(Store) -> "array of Publication";
    pub struct Verbatim {
        required {
            /// The snapshot of a mirror.
            rev: String,
            /// The directory that a web server serves, or the URL of a bucket, such as `s3://BUCKET/PREFIX`.
            to: PathBuf,
        }
        optional {
            /// Publish though packages are missing in the store.
            allow_missing: bool,
            /// A program that tells a cache what changed: run where something was published, with the paths on its standard
            /// input, one on each line.
            invalidate: Option<PathBuf>,
            /// Say what would be done, and do nothing: only the outcome is looked at, not what becomes of packages.
            dry_run: bool,
        }
    }
}

request! {
    /// Removes the packages of a published directory or bucket that neither the last nor the last but one publication of any
    /// suite names.
    "publish prune"(Nothing) -> "prune";
    pub struct Prune {
        required {
            /// The published directory, or the URL of the bucket.
            directory: PathBuf,
        }
        optional {
            /// Say what would be removed, and remove nothing.
            dry_run: bool,
        }
    }
}

/// Publishes snapshots as a signed tree.
pub async fn publish(session: &Session, request: Publish) -> Result<Publication> {
    let inputs = inputs(session, &request).await?;
    let signer = signer(&request.key, request.password_file.as_deref())?;
    let options = options(&request, signer.as_ref())?;
    let place = place(&request.to)?;
    if request.dry_run {
        return place.plan_signed(&inputs, &options, signer.as_ref()).await;
    }
    let publication = place.publish_signed(&inputs, &options, signer.as_ref(), session.progress()).await?;
    tell(request.invalidate.as_deref(), std::slice::from_ref(&publication)).await?;
    Ok(publication)
}

/// Publishes an upstream's own indexes and signature.
pub async fn verbatim(session: &Session, request: Verbatim) -> Result<Vec<Publication>> {
    let (_, snapshot) = session.snapshot(&request.rev).await?;
    let place = place(&request.to)?;
    if request.dry_run {
        return place.plan_verbatim(&snapshot).await;
    }
    let missing = missing(request.allow_missing);
    let publications = place.publish_verbatim(&snapshot, missing, WAIT, session.progress()).await?;
    tell(request.invalidate.as_deref(), &publications).await?;
    Ok(publications)
}

/// Removes the packages of a published directory that no publication names.
pub async fn prune(session: &Session, request: Prune) -> Result<Pruned> {
    let place = place(&request.directory)?;
    if request.dry_run {
        return place.plan_prune(session.progress()).await;
    }
    place.prune(WAIT, session.progress()).await
}

fn place(name: &Path) -> Result<Place> {
    Place::of(name, &reposnap::store::Options::default())
}

/// Has `program` tell a cache what other content there is now.
async fn tell(program: Option<&Path>, publications: &[Publication]) -> Result<()> {
    let Some(program) = program else { return Ok(()) };
    let changed: BTreeSet<&String> = publications.iter().flat_map(|publication| &publication.changed).collect();
    let changed: Vec<String> = changed.into_iter().cloned().collect();
    invalidate(program, &changed, INVALIDATE_TIME).await
}

fn missing(allow: bool) -> Missing {
    if allow { Missing::Allow } else { Missing::Refuse }
}

async fn inputs(session: &Session, request: &Publish) -> Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for rev in &request.revs {
        inputs.push(Input::keep(session.snapshot(rev).await?.1));
    }
    for (component, rev) in &request.components {
        inputs.push(Input::into_component(session.snapshot(rev).await?.1, component)?);
    }
    if inputs.is_empty() {
        return Err(
            Error::new(Kind::Usage, "there is nothing to publish").help("name a snapshot, or one for a component")
        );
    }
    Ok(inputs)
}

fn options(request: &Publish, signer: &dyn Signer) -> Result<Options> {
    let upgrades = match (request.not_automatic, request.but_automatic_upgrades) {
        (false, false) => Upgrades::Automatic,
        (true, false) => Upgrades::OnRequest,
        (true, true) => Upgrades::OnceInstalled,
        (false, true) => {
            return Err(Error::new(Kind::Usage, "apt upgrades automatically what is automatic")
                .field("but_automatic_upgrades")
                .help("leave it out, or say not_automatic too"));
        }
    };
    let formats = match request.compress.is_empty() {
        true => reposnap::publish::IndexFormat::defaults(),
        false => request.compress.iter().map(|format| format.parse()).collect::<Result<_>>()?,
    };
    Ok(Options {
        codename: request.codename.clone(),
        origin: request.origin.clone(),
        label: request.label.clone(),
        version: request.suite_version.clone(),
        description: request.description.clone(),
        valid_for: request.valid_for.map(|days| Duration::from_secs(days.saturating_mul(86_400))),
        upgrades,
        signed_by: if request.sign_field { vec![signer.fingerprint()] } else { Vec::new() },
        architectures: request.architectures.clone(),
        formats,
        missing: missing(request.allow_missing),
        resign: if request.resign { Resign::Always } else { Resign::WhenDue },
        lock_wait: WAIT,
        ..Options::new(request.suite.parse()?, Timestamp::now())
    })
}
