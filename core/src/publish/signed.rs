//! A repository of one's own.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::digest::{Digest, Hasher};
use crate::error::Result;
use crate::openpgp::Signer;
use crate::progress::Monitor;
use crate::publish::commit::{Commit, Signed};
use crate::publish::desk::Desk;
use crate::publish::index::Written;
use crate::publish::lists::Named;
use crate::publish::options::{Input, Options, Resign};
use crate::publish::plan::Plan;
use crate::publish::pool::{Brought, PoolPlan, Present, There};
use crate::publish::release::{self, Content};
use crate::publish::report::{Made, Outcome, Publication, PublishedIndex};
use crate::publish::state::{Generation, Index};
use crate::publish::tree::Tree;
use crate::store::Objects;
use crate::worker::blocking;

/// What is signed, under its three names.
const OWN_FILES: [&str; 3] = ["Release", "Release.gpg", "InRelease"];

/// Publishes `inputs` as one suite below `directory`, signed by `signer`.
///
/// Lists of one component and architecture are united: first those of the first input in the order that its upstream
/// has them (apt prefers the first of equal providers), then what the next adds. Stanzas are verbatim but for Filename
/// or Directory. Translations, Contents, `dep11` and `cnf` files are carried over where one suite alone has them;
/// translations of several are united.
///
/// Content that is in place already is not written again: an index whose lists did not change stays as it is, and where
/// nothing changed only a due signature is made. See the [module](super) for what clients see meanwhile.
///
/// # Errors
/// `Kind::Usage` for options that can't be meant; `Kind::NotFound` where packages are not in the store (see
/// [`Missing`](super::Missing)); `Kind::Malformed` for a stanza that can't be published; `Kind::AlreadyExists` where
/// something else published the suite; `Kind::Conflict` where somebody else is publishing into the directory. What was
/// published before is untouched after any of them.
///
/// ```
/// # fn main() -> reposnap::Result<()> {
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use reposnap::publish::{Input, Options, publish_signed};
/// use reposnap::snapshot::{Entry, SnapshotWriter, manifest::{List, Made, Manifest, Part, FORMAT}};
/// # use reposnap::{openpgp, progress::Monitor, store::{Store, layout}, Digest};
///
/// let store = Store::memory();
/// let package = b"(the bytes of hello_1.0_all.deb)";
/// store.objects().put(&layout::pool(Digest::of(package), "deb"), package[..].into()).await?;
///
/// let stanza = format!("Package: hello\nVersion: 1.0\nArchitecture: all\nSHA256: {}\n", Digest::of(package));
/// let mut writer = SnapshotWriter::new(&store, &[]);
/// let listed = writer.list(vec![Entry::new("hello".into(), "1.0".into(), "all".into(), stanza.into())], None).await?;
/// let list = List {
///     component: "main".into(),
///     architecture: "amd64".into(),
///     path: "main/binary-amd64/Packages".into(),
///     root: listed.root,
///     entries: listed.entries,
///     bytes: listed.bytes,
///     layout: Default::default(),
///     sha256: None,
/// };
/// let part = Part { lists: vec![list], ..Part::default() };
/// let made = Made::Filter { query: "hello".into() };
/// let snapshot = writer.commit(Manifest { format: FORMAT, made, parents: vec![], parts: vec![part] }).await?;
///
/// let date = jiff::Timestamp::now();
/// let key = openpgp::generate("Example <archive@example.org>", date, None)?;
/// let directory = tempfile::tempdir().unwrap();
/// let options = Options::new("stable".parse()?, date);
/// let published =
///     publish_signed(&[Input::keep(snapshot)], &options, directory.path(), &key, &Monitor::silent()).await?;
/// assert_eq!((published.packages, published.added), (1, 1));
/// assert!(directory.path().join("dists/stable/InRelease").exists());
/// # Ok(()) })
/// # }
/// ```
pub async fn publish_signed(
    inputs: &[Input],
    options: &Options,
    directory: &Path,
    signer: &dyn Signer,
    monitor: &Monitor,
) -> Result<Publication> {
    options.check()?;
    let plan = Plan::make(inputs, options)?;
    let tree = take(directory, options.lock_wait).await?;
    let commit = Commit::begin(&tree, options.suite.as_str(), &format!("dists/{}", options.suite))?;
    let request = request(&plan, options, &signer.fingerprint())?;

    let live = commit.live().cloned();
    if let Some(live) = live.as_ref().filter(|live| is_in_place(live, request, &commit)) {
        return renew(live, commit, &plan, options, signer);
    }

    let present = {
        let tree = tree.clone();
        Arc::new(blocking(move || Present::look(&tree)).await?)
    };
    let mut work =
        Work { present, plan: &plan, options, tree: &tree, commit: &commit, monitor, notes: plan.notes.clone() };
    let made = work.indexes(live.as_ref()).await?;
    let stores: Vec<Objects> = stores(inputs);
    let pool = PoolPlan::make(&tree, &stores, made.wanted, There::Keep, options.missing, monitor).await?;
    let (packages, missing) = (made.packages, pool.missing);

    let signed = sign(&plan, options, signer, &made.indexes)?;
    monitor.check()?;
    let brought = pool.bring(&tree, monitor).await?;
    if missing > 0 {
        work.notes.push(format!("{missing} packages are not in the store; clients can't fetch them from here"));
    }
    let notes = work.notes;
    let generation = Generation {
        in_release: signed.clients_see(),
        release: signed.text(),
        request,
        date: options.date,
        valid_until: release::valid_until(options)?,
        missing,
        indexes: made.indexes,
    };
    let counts = Counts { packages, missing, brought };
    let mut report = report(&generation, &made.now, Outcome::Published, &commit, counts, notes);
    report.certificate = Some(commit.certificate());
    blocking(move || commit.finish(generation, made.files, &signed)).await?;
    Ok(report)
}

/// What [`publish_signed`] would do, without doing any of it. What the packages would come to is not looked at, so of
/// the report only the suite, the outcome, the certificate, the notes and the live Release say something.
///
/// # Errors
/// Those of [`publish_signed`], but for packages that are not in the store.
pub async fn plan_signed(
    inputs: &[Input],
    options: &Options,
    directory: &Path,
    signer: &dyn Signer,
) -> Result<Publication> {
    options.check()?;
    let plan = Plan::make(inputs, options)?;
    let foretold = |outcome| Publication { notes: plan.notes.clone(), ..foretold(options.suite.as_str(), outcome) };
    let Some(tree) = Tree::look(directory).map(Arc::new) else { return Ok(foretold(Outcome::Published)) };
    let commit = Commit::begin(&tree, options.suite.as_str(), &format!("dists/{}", options.suite))?;
    let request = request(&plan, options, &signer.fingerprint())?;
    let outcome = match commit.live() {
        Some(live) if is_in_place(live, request, &commit) => renewal(live, options),
        _ => Outcome::Published,
    };
    Ok(Publication {
        release: commit.live().map(|live| live.release),
        certificate: commit.has_certificate().then(|| commit.certificate()),
        ..foretold(outcome)
    })
}

/// What a dry run tells of a suite: what would become of it, and nothing that only doing it tells.
pub(crate) fn foretold(suite: &str, outcome: Outcome) -> Publication {
    Publication {
        suite: suite.to_owned(),
        outcome,
        indexes: Vec::new(),
        packages: 0,
        added: 0,
        copied: 0,
        missing: 0,
        release: None,
        certificate: None,
        notes: Vec::new(),
    }
}

/// Whether what is asked for is what clients see, whole.
fn is_in_place(live: &Generation, request: Digest, commit: &Commit) -> bool {
    live.request == request && live.missing == 0 && commit.is_whole(live, &OWN_FILES) && commit.has_certificate()
}

/// What is to be done where the content is in place.
fn renewal(live: &Generation, options: &Options) -> Outcome {
    if options.resign == Resign::WhenDue && !is_due(live, options.date) {
        Outcome::Unchanged
    } else {
        Outcome::Resigned
    }
}

/// Takes the directory without holding up other work while somebody else has it.
pub(crate) async fn take(directory: &Path, wait: Duration) -> Result<Arc<Tree>> {
    let directory = directory.to_owned();
    blocking(move || Tree::take(&directory, wait)).await.map(Arc::new)
}

/// What the indexes of a publication came to.
struct Indexes {
    indexes: Vec<Index>,
    files: Vec<Written>,
    /// Whether each of `indexes` was made now.
    now: Vec<Made>,
    wanted: Vec<Named>,
    packages: u64,
}

struct Work<'a> {
    present: Arc<Present>,
    plan: &'a Plan,
    options: &'a Options,
    tree: &'a Arc<Tree>,
    commit: &'a Commit,
    monitor: &'a Monitor,
    notes: Vec<String>,
}

impl Work<'_> {
    /// Makes the indexes that the live publication does not have.
    async fn indexes(&mut self, live: Option<&Generation>) -> Result<Indexes> {
        let formats = &self.options.formats;
        let desk = Desk::Tree(self.tree.clone());
        let suite = self.commit.suite_directory();
        let mut indexes =
            Indexes { indexes: Vec::new(), files: Vec::new(), now: Vec::new(), wanted: Vec::new(), packages: 0 };
        for list in &self.plan.lists {
            let before = live.and_then(|live| live.indexes.iter().find(|index| index.path == list.path));
            // Packages that were missing may have come since.
            if let Some(same) =
                self.same(before, list.source(formats)?).filter(|_| live.is_some_and(|live| live.missing == 0))
            {
                indexes.indexes.push(same.clone());
                indexes.now.push(Made::Before);
                continue;
            }
            let before = before.map(|index| (suite, index));
            let made = list.write(&desk, formats, before, &self.present, self.monitor).await?;
            indexes.packages += made.files;
            if made.differing > 0 {
                self.notes.push(format!(
                    "{}: {} packages have the name and version of others but not their content; the first is preferred",
                    list.path, made.differing
                ));
            }
            indexes.wanted.extend(made.wanted);
            indexes.add(made.written);
        }
        for file in &self.plan.files {
            let before = live.and_then(|live| live.indexes.iter().find(|index| index.path == file.stem));
            if let Some(same) = self.same(before, file.source(formats)) {
                indexes.indexes.push(same.clone());
                indexes.now.push(Made::Before);
                continue;
            }
            let before = before.map(|index| (suite, index));
            indexes.add(file.write(&desk, formats, before).await?);
        }
        Ok(indexes)
    }

    fn same<'i>(&self, before: Option<&'i Index>, source: Digest) -> Option<&'i Index> {
        before.filter(|index| index.source == source && self.commit.has_index(index))
    }
}

impl Indexes {
    fn add(&mut self, written: Written) {
        self.indexes.push(written.index.clone());
        self.now.push(Made::Now);
        self.files.push(written);
    }
}

/// The content is in place: signs it anew where that is due.
fn renew(
    live: &Generation,
    commit: Commit,
    plan: &Plan,
    options: &Options,
    signer: &dyn Signer,
) -> Result<Publication> {
    let made = vec![Made::Before; live.indexes.len()];
    let notes = plan.notes.clone();
    if renewal(live, options) == Outcome::Unchanged {
        return Ok(report(live, &made, Outcome::Unchanged, &commit, Counts::default(), notes));
    }
    let signed = sign(plan, options, signer, &live.indexes)?;
    let generation = Generation {
        in_release: signed.clients_see(),
        release: signed.text(),
        date: options.date,
        valid_until: release::valid_until(options)?,
        ..live.clone()
    };
    let report = report(&generation, &made, Outcome::Resigned, &commit, Counts::default(), notes);
    commit.finish(generation, Vec::new(), &signed)?;
    Ok(report)
}

/// Whether half of the time between Date and Valid-Until has passed.
fn is_due(live: &Generation, now: jiff::Timestamp) -> bool {
    live.valid_until.is_some_and(|until| now.as_second() - live.date.as_second() >= until.as_second() - now.as_second())
}

fn sign(plan: &Plan, options: &Options, signer: &dyn Signer, indexes: &[Index]) -> Result<Signed> {
    let content = Content { components: &plan.components, architectures: &plan.architectures, indexes };
    sign_content(&content, options, signer)
}

pub(crate) fn sign_content(content: &Content<'_>, options: &Options, signer: &dyn Signer) -> Result<Signed> {
    let text = release::render(options, content)?;
    Ok(Signed {
        in_release: Some(signer.clearsign(text.as_bytes())?),
        signature: Some(signer.detach_sign(text.as_bytes())?),
        certificate: Some(signer.certificate()?),
        release: Some(text.into_bytes()),
    })
}

/// The digest of all that is asked for, but the date.
fn request(plan: &Plan, options: &Options, signer: &str) -> Result<Digest> {
    let mut hasher = Hasher::new();
    let timeless = Options { date: jiff::Timestamp::UNIX_EPOCH, ..options.clone() };
    let content = Content { components: &plan.components, architectures: &plan.architectures, indexes: &[] };
    hasher.update(release::render(&timeless, &content)?.as_bytes());
    hasher.update(signer.as_bytes());
    for list in &plan.lists {
        hasher.update(format!("\n{} {}", list.path, list.source(&options.formats)?).as_bytes());
    }
    for file in &plan.files {
        hasher.update(format!("\n{} {}", file.stem, file.source(&options.formats)).as_bytes());
    }
    Ok(hasher.finish())
}

/// The stores of the inputs, each once where that can be told.
fn stores(inputs: &[Input]) -> Vec<Objects> {
    let mut stores: Vec<Objects> = Vec::new();
    for input in inputs {
        let objects = input.snapshot.store().objects();
        let place = objects.local_path("pool");
        if place.is_none() || stores.iter().all(|known| known.local_path("pool") != place) {
            stores.push(objects.clone());
        }
    }
    stores
}

/// How many packages, as a report tells them.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) packages: u64,
    pub(crate) missing: u64,
    pub(crate) brought: Brought,
}

pub(crate) fn report(
    generation: &Generation,
    made: &[Made],
    outcome: Outcome,
    commit: &Commit,
    counts: Counts,
    notes: Vec<String>,
) -> Publication {
    let index = |(index, made): (&Index, &Made)| PublishedIndex {
        path: index.path.clone(),
        size: index.size,
        packages: index.packages,
        made: *made,
    };
    let mut indexes: Vec<PublishedIndex> = generation.indexes.iter().zip(made).map(index).collect();
    indexes.sort_by(|a, b| a.path.cmp(&b.path));
    Publication {
        suite: commit.suite().to_string(),
        outcome,
        indexes,
        packages: counts.packages,
        added: counts.brought.added,
        copied: counts.brought.copied,
        missing: counts.missing,
        release: Some(generation.release),
        certificate: commit.has_certificate().then(|| commit.certificate()),
        notes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_due_at_half_its_time() {
        let at = |second| jiff::Timestamp::from_second(second).unwrap();
        let mut live = Generation {
            in_release: Digest::of(b""),
            release: Digest::of(b""),
            request: Digest::of(b""),
            date: at(1000),
            valid_until: Some(at(2000)),
            missing: 0,
            indexes: Vec::new(),
        };
        assert!(!is_due(&live, at(1499)));
        assert!(is_due(&live, at(1500)));
        assert!(is_due(&live, at(9000)));
        live.valid_until = None;
        assert!(!is_due(&live, at(9000)));
    }
}
