//! Environments, and snapshots of any other name, as apt repositories.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reposnap::Digest;
use reposnap::environment::{self, Revision};
use reposnap::error::{Error, Kind};
use reposnap::openpgp::Signer;
use reposnap::publish::{Options as Publishing, Rendered, Suite};
use reposnap::store::{Store, layout};

use crate::flight::Shared;
use crate::http::{Body, Response};
use crate::limits::EARLIER_STATES;
use crate::options::Options;
use crate::packages::Packages;
use crate::target::Target;
use crate::tree::{IndexFile, Tree, pick};
use crate::trees::Trees;

/// What never changes may be kept for ever.
const IMMUTABLE: &str = "max-age=31536000, immutable";

/// How often a Release with an end is signed anew in its time.
const RENEWALS: u64 = 4;

/// All repositories of a store.
pub struct Repositories {
    store: Store,
    trees: Trees,
    packages: Packages,
    signing: Option<Signing>,
    verbatim: bool,
    /// `public` or `private`, for caches on the way.
    audience: &'static str,
    started: Timestamp,
}

/// How trees of one's own are signed.
struct Signing {
    signer: Arc<dyn Signer>,
    suite: Option<Suite>,
    origin: Option<String>,
    label: Option<String>,
    valid_for: Option<Duration>,
}

/// What the first part of a path names.
struct Base {
    revision: Revision,
    name: String,
}

type Answer = Result<Response, Arc<Error>>;

impl Repositories {
    /// The repositories of `store`.
    pub fn new(
        store: Store,
        trees: Trees,
        packages: Packages,
        signer: Option<Arc<dyn Signer>>,
        options: &Options,
    ) -> Self {
        let signing = signer.map(|signer| Signing {
            signer,
            suite: options.suite.clone(),
            origin: options.origin.clone(),
            label: options.label.clone(),
            valid_for: options.valid_for.filter(|time| !time.is_zero()),
        });
        let audience = if options.tokens.is_some() && !options.anonymous_read { "private" } else { "public" };
        let started = Timestamp::now();
        Self { store, trees, packages, signing, verbatim: options.verbatim, audience, started }
    }

    /// Answers for `target`, whose first part names a snapshot.
    pub async fn answer(&self, target: &Target) -> Response {
        match self.find(target).await {
            Ok(response) => response,
            Err(error) => Response::error(status_of(&error), &error),
        }
    }

    async fn find(&self, target: &Target) -> Answer {
        let Some((rev, rest)) = target.parts.split_first() else { return Ok(Response::not_found("there is nothing")) };
        if target.is_folder && !rest.is_empty() {
            return Ok(Response::not_found("folders are not listed"));
        }
        let path = rest.join("/");
        if let Some((object, digest)) = pooled(rest).filter(|_| !self.verbatim)
            && let Some((body, modified)) = self.packages.object(&object).await?
        {
            return Ok(self.fixed(body, digest, modified));
        }
        let base = self.base(rev).await?;
        if rest.is_empty() {
            return Ok(self.overview(&base));
        }
        match (&self.signing, self.verbatim) {
            (_, true) => self.verbatim(&base, &path).await,
            (Some(signing), false) => self.signed(signing, &base, rest, &path).await,
            (None, false) => Ok(Response::error(
                404,
                &Error::new(Kind::NotFound, "this server signs nothing")
                    .help("start it with --key to sign, or with --verbatim for upstream's own signatures"),
            )),
        }
    }

    async fn base(&self, rev: &str) -> Result<Base, Error> {
        let revision = environment::resolve(&self.store, rev).await?;
        let name = revision.name.clone().unwrap_or_else(|| "snapshot".to_owned());
        Ok(Base { revision, name })
    }

    fn overview(&self, base: &Base) -> Response {
        let document = serde_json::json!({
            "snapshot": base.revision.digest, "name": base.revision.name, "seq": base.revision.seq,
            "time": base.revision.time, "verbatim": self.verbatim, "suite": (!self.verbatim).then_some(&base.name),
        });
        Response::text(200, "application/json", format!("{document}\n")).field("Cache-Control", "no-cache")
    }

    /// A tree of one's own.
    async fn signed(&self, signing: &Signing, base: &Base, rest: &[String], path: &str) -> Answer {
        if let [name] = rest
            && let Some(suite) = name.strip_suffix(".asc")
            && self.suites(signing, base).any(|known| known.replace('/', "-") == suite)
        {
            return Ok(self.moving(Bytes::from(signing.signer.certificate()?), None, "application/pgp-keys"));
        }
        let Some(below) = path.strip_prefix("dists/") else { return self.package(base, path).await };
        let found = self.suites(signing, base).find_map(|suite| {
            let below = below.strip_prefix(suite)?.strip_prefix('/')?;
            Some((suite.to_owned(), below))
        });
        let Some((suite, below)) = found else { return Ok(Response::not_found("there is no such suite here")) };
        if let "InRelease" | "Release" | "Release.gpg" = below {
            let tree = self.trees.get(base.revision.digest).await?;
            let date = self.date(signing, base);
            let signatures =
                tree.signatures(&suite, date, |rendered| sign(signing, rendered, suite.clone(), date)).await?;
            return Ok(match pick(&signatures, below) {
                Some(bytes) => self.moving(bytes.clone(), Some(date), "text/plain; charset=utf-8"),
                None => Response::not_found("there is no such file"),
            });
        }
        match hash_of(below) {
            Some(digest) => self.by_hash(base, digest).await,
            None => {
                let tree = self.trees.get(base.revision.digest).await?;
                self.index(tree.index(below), "no-cache").await
            }
        }
    }

    /// An upstream's tree.
    async fn verbatim(&self, base: &Base, path: &str) -> Answer {
        if let Some(digest) = hash_of(path) {
            return self.by_hash(base, digest).await;
        }
        let tree = self.trees.get(base.revision.digest).await?;
        if let Some(bytes) = tree.upstream_signed(path) {
            return Ok(self.moving(bytes, base.revision.time, "text/plain; charset=utf-8"));
        }
        match tree.upstream_index(path) {
            Some(index) => self.index(Some(index), "no-cache").await,
            None => self.package(base, path).await,
        }
    }

    /// An index by its digest: of this state, of an earlier one, or of whatever else was served.
    async fn by_hash(&self, base: &Base, digest: Digest) -> Answer {
        let look = |tree: &Tree| tree.by_hash(digest);
        let found = match self.trees.look(look) {
            Some((_, index)) => Some(index),
            None => self.search(base, look).await?.map(|(_, index)| index),
        };
        self.index(found, IMMUTABLE).await
    }

    async fn index(&self, index: Option<IndexFile>, cache: &str) -> Answer {
        let Some(index) = index else { return Ok(Response::not_found("there is no such index")) };
        let digest = index.sha256;
        let read = tokio::task::spawn_blocking(move || index.read());
        let bytes =
            read.await.map_err(|error| Error::new(Kind::Internal, "an index can't be read").source(error))??;
        Ok(Response::new(200, Body::Bytes(bytes))
            .version(digest.to_string(), None)
            .field("Content-Type", "application/octet-stream")
            .field("Cache-Control", format!("{}, {cache}", self.audience)))
    }

    /// The file of a package.
    async fn package(&self, base: &Base, path: &str) -> Answer {
        let Some((tree, file)) = self.search(base, |tree| tree.package(path)).await? else {
            return Ok(Response::not_found("there is no such file"));
        };
        let object = file.object();
        let mut found = self.packages.object(&object).await?;
        if found.is_none() && self.packages.fetch(&tree, &file).await? {
            found = self.packages.object(&object).await?;
        }
        let Some((body, modified)) = found else {
            return Ok(Response::error(
                404,
                &Error::new(Kind::NotFound, "the store does not have the package, and no upstream is asked for it")
                    .path(path),
            ));
        };
        if self.verbatim {
            return Ok(Response::new(200, body)
                .version(file.sha256.to_string(), modified)
                .field("Content-Type", "application/octet-stream")
                .field("Cache-Control", format!("{}, no-cache", self.audience)));
        }
        Ok(self.fixed(body, file.sha256, modified))
    }

    /// What `look` finds in the tree that `base` is, or in one that it was a little earlier.
    async fn search<T>(&self, base: &Base, look: impl Fn(&Tree) -> Option<T>) -> Shared<Option<(Arc<Tree>, T)>> {
        let tree = self.trees.get(base.revision.digest).await?;
        if let Some(found) = look(&tree) {
            return Ok(Some((tree, found)));
        }
        let revision = &base.revision;
        let (Some(kind), Some(name)) = (revision.source.log_kind(), &revision.name) else { return Ok(None) };
        let mut last = revision.digest;
        for back in 1..=EARLIER_STATES {
            // A log that is shorter has no more; a mirror may begin with an entry without a snapshot.
            let Ok(earlier) = environment::resolve(&self.store, &format!("{kind}/{name}~{back}")).await else { break };
            if std::mem::replace(&mut last, earlier.digest) == earlier.digest {
                continue;
            }
            let tree = self.trees.get(earlier.digest).await?;
            if let Some(found) = look(&tree) {
                return Ok(Some((tree, found)));
            }
        }
        Ok(None)
    }

    fn suites<'a>(&self, signing: &'a Signing, base: &'a Base) -> impl Iterator<Item = &'a str> {
        signing.suite.iter().map(Suite::as_str).chain(std::iter::once(base.name.as_str()))
    }

    /// The Date of a Release: when the environment came to be this, so that it never goes back, though the environment may.
    fn date(&self, signing: &Signing, base: &Base) -> Timestamp {
        let whole = |at: Timestamp| Timestamp::from_second(at.as_second()).unwrap_or(at);
        let since = whole(base.revision.time.unwrap_or(self.started));
        let Some(valid_for) = signing.valid_for else { return since };
        let period = i64::try_from((valid_for.as_secs() / RENEWALS).max(1)).unwrap_or(i64::MAX);
        let now = Timestamp::now().as_second();
        Timestamp::from_second(now - now.rem_euclid(period)).map_or(since, |renewed| renewed.max(since))
    }

    /// A file that will be another some day.
    fn moving(&self, bytes: Bytes, modified: Option<Timestamp>, media: &str) -> Response {
        // While the second lasts, another state may get the same date.
        let modified = modified.filter(|at| at.as_second() < Timestamp::now().as_second());
        let digest = Digest::of(&bytes).to_string();
        Response::new(200, Body::Bytes(bytes))
            .version(digest, modified)
            .field("Content-Type", media)
            .field("Cache-Control", format!("{}, no-cache", self.audience))
    }

    /// A file whose name tells its content.
    fn fixed(&self, body: Body, digest: Digest, modified: Option<Timestamp>) -> Response {
        Response::new(200, body)
            .version(digest.to_string(), modified)
            .field("Content-Type", "application/octet-stream")
            .field("Cache-Control", format!("{}, {IMMUTABLE}", self.audience))
    }
}

async fn sign(
    signing: &Signing,
    rendered: Rendered,
    suite: String,
    date: Timestamp,
) -> Result<reposnap::publish::Signatures, Error> {
    let options = Publishing {
        origin: signing.origin.clone(),
        label: signing.label.clone(),
        valid_for: signing.valid_for,
        ..Publishing::new(suite.parse()?, date)
    };
    let signer = signing.signer.clone();
    // An agent may ask somebody for a password.
    let signed = tokio::task::spawn_blocking(move || rendered.sign(&options, signer.as_ref()));
    signed.await.map_err(|error| Error::new(Kind::Internal, "the signature could not be made").source(error))?
}

/// The digest in a path by hash.
fn hash_of(path: &str) -> Option<Digest> {
    let (_, digest) = path.rsplit_once("by-hash/SHA256/")?;
    digest.parse().ok()
}

/// The object of a store that a path of the pool is, and its digest.
fn pooled(parts: &[String]) -> Option<(String, Digest)> {
    let [pool, first, name] = parts else { return None };
    let (digest, extension) = name.split_once('.')?;
    let digest: Digest = digest.parse().ok()?;
    let object = layout::pool(digest, extension);
    (pool == "pool" && object == format!("pool/{first}/{name}") && layout::extension_of(name) == extension)
        .then_some((object, digest))
}

/// The status that tells of an error.
pub fn status_of(error: &Error) -> u16 {
    match error.kind() {
        Kind::Usage | Kind::Malformed => 400,
        Kind::ReadOnly => 403,
        Kind::NotFound => 404,
        Kind::AlreadyExists | Kind::Conflict => 409,
        Kind::Limit => 413,
        Kind::Unsupported | Kind::Unsatisfiable => 422,
        Kind::Verification | Kind::Network => 502,
        Kind::Io | Kind::Cancelled => 503,
        _ => 500,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_pool_are_objects() {
        let digest = Digest::of(b"");
        let parts = |first: &str, name: String| ["pool".to_owned(), first.to_owned(), name];
        let found = pooled(&parts("e3", format!("{digest}.deb"))).unwrap();
        assert_eq!(found, (format!("pool/e3/{digest}.deb"), digest));
        assert!(pooled(&parts("e4", format!("{digest}.deb"))).is_none());
        assert!(pooled(&parts("e3", format!("{digest}.tar.gz"))).is_none());
        assert!(pooled(&parts("e3", format!("{digest}"))).is_none());
        assert!(pooled(&parts("e3", "x.deb".into())).is_none());
    }
}
