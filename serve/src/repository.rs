//! Environments, and snapshots of any other name, as apt repositories.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reposnap::Digest;
use reposnap::environment::{self, Revision};
use reposnap::error::{Error, Kind};
use reposnap::openpgp::Signer;
use reposnap::publish::{Options as Publishing, Outline, Suite};
use reposnap::store::{Store, layout};

use crate::answers::{Answers, Followed, Names};
use crate::flight::Shared;
use crate::http::{Body, Response};
use crate::limits::EARLIER_STATES;
use crate::options::Options;
use crate::packages::{Object, Packages};
use crate::target::Target;
use crate::tree::{IndexFile, Tree, pick};
use crate::trees::Trees;

/// How long caches may keep a file.
#[derive(Clone, Copy)]
enum Keep {
    /// What never changes may be kept for ever.
    Immutable,
    /// They have to ask each time whether it is still current.
    Ask,
}

/// The media type of what is signed.
const SIGNED_TEXT: &str = "text/plain; charset=utf-8";

/// How often a Release with an end is signed anew in its time.
const RENEWALS: u64 = 4;

/// All repositories of a store.
pub struct Repositories {
    store: Store,
    trees: Trees,
    packages: Packages,
    signing: Option<Signing>,
    verbatim: bool,
    /// Whether nobody may read without a token, which caches on the way have to know.
    is_private: bool,
    started: Timestamp,
    names: Names,
    answers: Answers,
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
    followed: Arc<Followed>,
    name: String,
}

impl Base {
    fn revision(&self) -> &Revision {
        self.followed.revision()
    }
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
        let is_private = options.tokens.is_some() && !options.anonymous_read;
        let (names, answers) = (Names::new(store.clone()), Answers::default());
        let started = Timestamp::now();
        Self { store, trees, packages, signing, verbatim: options.verbatim, is_private, started, names, answers }
    }

    /// The trees.
    pub fn trees(&self) -> &Trees {
        &self.trees
    }

    /// The answer for `path`, where it takes no wait: it was given before, or is a package in a directory.
    pub fn at_once(&self, path: &str) -> Option<Response> {
        if let Some(response) = self.answers.get(path) {
            return Some(response);
        }
        if self.verbatim || !path.contains("/pool/") {
            return None;
        }
        let target = Target::parse(path).ok().filter(|target| !target.is_folder)?;
        let (rev, rest) = target.parts.split_first()?;
        let (object, digest) = pooled(rest).filter(|_| rev != "api")?;
        let Object { body, modified } = self.packages.local(&object)?.ok()??;
        Some(self.fixed(body, digest, modified))
    }

    /// Forgets what was answered, after something was changed here.
    pub fn forget_answers(&self) {
        self.names.clear();
        self.answers.clear();
    }

    /// Answers for `target`, whose first part names a snapshot. `path` is the target as it was sent.
    pub async fn answer(&self, target: &Target, path: &str) -> Response {
        match self.find(target, path).await {
            Ok(response) => response,
            Err(error) => Response::error(status_of(&error), &error),
        }
    }

    async fn find(&self, target: &Target, sent: &str) -> Answer {
        let Some((rev, rest)) = target.parts.split_first() else { return Ok(Response::not_found("there is nothing")) };
        if target.is_folder && !rest.is_empty() {
            return Ok(Response::not_found("folders are not listed"));
        }
        let path = rest.join("/");
        if let Some((object, digest)) = pooled(rest).filter(|_| !self.verbatim)
            && let Some(Object { body, modified }) = self.packages.object(&object).await?
        {
            return Ok(self.fixed(body, digest, modified));
        }
        let base = self.base(rev).await?;
        if rest.is_empty() {
            return Ok(self.overview(&base));
        }
        let (response, until) = match (&self.signing, self.verbatim) {
            (_, true) => (self.verbatim(&base, &path).await?, None),
            (Some(signing), false) => (self.signed(signing, &base, rest, &path).await?, self.renewal(signing)),
            (None, false) => {
                return Ok(Response::error(
                    404,
                    &Error::new(Kind::NotFound, "this server signs nothing")
                        .help("start it with --key to sign, or with --verbatim for upstream's own signatures"),
                ));
            }
        };
        // Packages are found at once anyway, and there are many.
        if response.status == 200 && !path.contains("pool/") && !sent.contains(['%', '?']) {
            self.answers.put(sent, &response, &base.followed, until);
        }
        Ok(response)
    }

    async fn base(&self, rev: &str) -> Result<Base, Error> {
        let followed = self.names.find(rev).await?;
        let name = followed.revision().name.clone().unwrap_or_else(|| "snapshot".to_owned());
        Ok(Base { followed, name })
    }

    fn overview(&self, base: &Base) -> Response {
        let revision = base.revision();
        let document = serde_json::json!({
            "snapshot": revision.digest, "name": revision.name, "seq": revision.seq,
            "time": revision.time, "verbatim": self.verbatim, "suite": (!self.verbatim).then_some(&base.name),
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
            let tree = self.trees.get(base.revision().digest).await?;
            let date = self.date(signing, base);
            let signatures =
                tree.signatures(&suite, date, |outline| sign(signing, outline, suite.clone(), date)).await?;
            return Ok(match pick(&signatures, below) {
                Some(bytes) => self.moving(bytes.clone(), Some(date), SIGNED_TEXT),
                None => Response::not_found("there is no such file"),
            });
        }
        match hash_of(below) {
            Some(digest) => self.by_hash(base, digest).await,
            None => {
                let tree = self.trees.get(base.revision().digest).await?;
                let index = tree.index(below);
                self.index(index.map(|index| (tree, index)), Keep::Ask).await
            }
        }
    }

    /// An upstream's tree.
    async fn verbatim(&self, base: &Base, path: &str) -> Answer {
        if let Some(digest) = hash_of(path) {
            return self.by_hash(base, digest).await;
        }
        let tree = self.trees.get(base.revision().digest).await?;
        if let Some(bytes) = tree.upstream_signed(path) {
            return Ok(self.moving(bytes, base.revision().time, SIGNED_TEXT));
        }
        match tree.upstream_index(path) {
            Some(index) => self.index(Some((tree, index)), Keep::Ask).await,
            None => self.package(base, path).await,
        }
    }

    /// An index by its digest: of this state, of an earlier one, or of whatever else was served.
    async fn by_hash(&self, base: &Base, digest: Digest) -> Answer {
        if let Some(found) = self.trees.look(|tree| tree.by_hash(digest)) {
            return self.index(Some(found), Keep::Immutable).await;
        }
        let mut states = States::new(self, base);
        while let Some(tree) = states.next().await? {
            if let Some(index) = tree.by_hash(digest) {
                return self.index(Some((tree, index)), Keep::Immutable).await;
            }
        }
        self.index(None, Keep::Immutable).await
    }

    async fn index(&self, found: Option<(Arc<Tree>, IndexFile)>, keep: Keep) -> Answer {
        let Some((tree, index)) = found else { return Ok(Response::not_found("there is no such index")) };
        let body = match tree.body(&index).await {
            Ok(body) => body,
            // The disk was cleaned, or went bad: the tree is made again.
            Err(_) => self.again(&tree).await?.body(&index).await?,
        };
        Ok(Response::new(200, body)
            .version(index.sha256, None)
            .field("Content-Type", "application/octet-stream")
            .field("Cache-Control", self.cache(keep)))
    }

    /// The tree, made again because files of it are gone.
    async fn again(&self, tree: &Tree) -> Shared<Arc<Tree>> {
        let snapshot = tree.snapshot.id();
        self.trees.forget(snapshot);
        self.trees.get(snapshot).await
    }

    /// The file of a package.
    async fn package(&self, base: &Base, path: &str) -> Answer {
        let mut states = States::new(self, base);
        let (tree, file) = loop {
            let Some(tree) = states.next().await? else {
                return Ok(Response::not_found("there is no such file"));
            };
            let found = match tree.package(path).await {
                Ok(found) => found,
                Err(_) => self.again(&tree).await?.package(path).await?,
            };
            if let Some(file) = found {
                break (tree, file);
            }
        };
        let object = file.object();
        let mut found = self.packages.object(&object).await?;
        if found.is_none() && self.packages.fetch(&tree, &file).await? {
            found = self.packages.object(&object).await?;
        }
        let Some(Object { body, modified }) = found else {
            return Ok(Response::error(
                404,
                &Error::new(Kind::NotFound, "the store does not have the package, and no upstream is asked for it")
                    .path(path),
            ));
        };
        if self.verbatim {
            return Ok(Response::new(200, body)
                .version(file.sha256, modified)
                .field("Content-Type", "application/octet-stream")
                .field("Cache-Control", self.cache(Keep::Ask)));
        }
        Ok(self.fixed(body, file.sha256, modified))
    }

    fn suites<'a>(&self, signing: &'a Signing, base: &'a Base) -> impl Iterator<Item = &'a str> {
        signing.suite.iter().map(Suite::as_str).chain(std::iter::once(base.name.as_str()))
    }

    /// The Date of a Release: when the environment came to be this, so that it never goes back, though the environment may.
    fn date(&self, signing: &Signing, base: &Base) -> Timestamp {
        let whole = |at: Timestamp| Timestamp::from_second(at.as_second()).unwrap_or(at);
        let since = whole(base.revision().time.unwrap_or(self.started));
        match period(signing) {
            Some(period) => {
                let now = Timestamp::now().as_second();
                Timestamp::from_second(now - now.rem_euclid(period)).map_or(since, |renewed| renewed.max(since))
            }
            None => since,
        }
    }

    /// When a Release of now is signed anew.
    fn renewal(&self, signing: &Signing) -> Option<Timestamp> {
        let period = period(signing)?;
        let now = Timestamp::now().as_second();
        Timestamp::from_second(now - now.rem_euclid(period) + period).ok()
    }

    fn cache(&self, keep: Keep) -> &'static str {
        match (self.is_private, keep) {
            (false, Keep::Ask) => "public, no-cache",
            (true, Keep::Ask) => "private, no-cache",
            (false, Keep::Immutable) => "public, max-age=31536000, immutable",
            (true, Keep::Immutable) => "private, max-age=31536000, immutable",
        }
    }

    /// A file that will be another some day.
    fn moving(&self, bytes: Bytes, modified: Option<Timestamp>, media: &'static str) -> Response {
        let digest = Digest::of(&bytes);
        Response::new(200, Body::Bytes(bytes))
            .version(digest, modified)
            .field("Content-Type", media)
            .field("Cache-Control", self.cache(Keep::Ask))
    }

    /// A file whose name tells its content.
    fn fixed(&self, body: Body, digest: Digest, modified: Option<Timestamp>) -> Response {
        Response::new(200, body)
            .version(digest, modified)
            .field("Content-Type", "application/octet-stream")
            .field("Cache-Control", self.cache(Keep::Immutable))
    }
}

/// What a name is, and was a little earlier, as trees: the newest first.
struct States<'a> {
    repositories: &'a Repositories,
    base: &'a Base,
    last: Option<Digest>,
    back: usize,
}

impl<'a> States<'a> {
    fn new(repositories: &'a Repositories, base: &'a Base) -> Self {
        Self { repositories, base, last: None, back: 0 }
    }

    async fn next(&mut self) -> Shared<Option<Arc<Tree>>> {
        let revision = self.base.revision();
        while self.back <= EARLIER_STATES {
            let back = self.back;
            self.back += 1;
            let snapshot = match (back, revision.source.log_kind(), &revision.name) {
                (0, ..) => revision.digest,
                (_, Some(kind), Some(name)) => {
                    let earlier =
                        environment::resolve(&self.repositories.store, &format!("{kind}/{name}~{back}")).await;
                    // A log that is shorter has no more; a mirror may begin with an entry without a snapshot.
                    let Ok(earlier) = earlier else { break };
                    earlier.digest
                }
                _ => break,
            };
            if self.last.replace(snapshot) != Some(snapshot) {
                return self.repositories.trees.get(snapshot).await.map(Some);
            }
        }
        self.back = usize::MAX;
        Ok(None)
    }
}

/// In how many seconds a Release with an end is signed anew.
fn period(signing: &Signing) -> Option<i64> {
    let valid_for = signing.valid_for?;
    Some(i64::try_from((valid_for.as_secs() / RENEWALS).max(1)).unwrap_or(i64::MAX))
}

async fn sign(
    signing: &Signing,
    outline: Outline,
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
    let signed = tokio::task::spawn_blocking(move || outline.sign(&options, signer.as_ref()));
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
