//! A repository of one's own.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::digest::{Digest, Hasher};
use crate::error::Result;
use crate::openpgp::Signer;
use crate::progress::Monitor;
use crate::publish::commit::Commit;
use crate::publish::desk::Desk;
use crate::publish::indexes::Work;
use crate::publish::options::{Input, Options, Resign};
use crate::publish::plan::Plan;
use crate::publish::pool::{PoolPlan, Present, There, absent, note_of_missing};
use crate::publish::release::{self, Content};
use crate::publish::report::{Made, Outcome, Publication};
use crate::publish::signatures::Signed;
use crate::publish::state::{Generation, Index};
use crate::publish::tree::Tree;
use crate::store::Objects;
use crate::worker::blocking;

/// What is signed, under its three names.
pub(crate) const OWN_FILES: [&str; 3] = ["Release", "Release.gpg", "InRelease"];

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
    let desk = Desk::Tree(tree.clone());
    let (formats, suite) = (&options.formats[..], commit.suite_directory());
    let work = Work { plan: &plan, formats, desk, suite, present, monitor };
    let mut made = work.indexes(live.as_ref(), &|index| commit.has_index(index)).await?;
    let pool = PoolPlan::make(
        made.wanted,
        |files| {
            let tree = tree.clone();
            blocking(move || absent(&tree, files))
        },
        &stores(inputs),
        options.missing,
        monitor,
    )
    .await?;
    let (packages, missing) = (made.packages, pool.missing);

    let signed = sign(&plan, options, signer, &made.indexes)?;
    monitor.check()?;
    let brought = pool.bring(&tree, There::Keep, monitor).await?;
    made.notes.extend(note_of_missing(missing));
    let generation = Generation {
        in_release: signed.clients_see(),
        release: signed.text(),
        request,
        date: options.date,
        valid_until: release::valid_until(options)?,
        missing,
        indexes: made.indexes,
    };
    let report = Publication {
        certificate: Some(commit.certificate()),
        changed: commit.changed(&generation, &signed, brought.replaced)?,
        packages,
        added: brought.added,
        copied: brought.copied,
        missing,
        notes: made.notes,
        ..Publication::of(commit.suite(), Outcome::Published, &generation, &made.now)
    };
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
    let foretold =
        |outcome| Publication { notes: plan.notes.clone(), ..Publication::foretold(options.suite.as_str(), outcome) };
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

/// Whether what is asked for is what clients see, whole.
fn is_in_place(live: &Generation, request: Digest, commit: &Commit) -> bool {
    live.request == request && live.missing == 0 && commit.is_whole(live, &OWN_FILES) && commit.has_certificate()
}

/// What is to be done where the content is in place.
pub(crate) fn renewal(live: &Generation, options: &Options) -> Outcome {
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

/// The content is in place: signs it anew where that is due.
fn renew(
    live: &Generation,
    commit: Commit,
    plan: &Plan,
    options: &Options,
    signer: &dyn Signer,
) -> Result<Publication> {
    let made = vec![Made::Before; live.indexes.len()];
    let told = |outcome, generation: &Generation| Publication {
        certificate: Some(commit.certificate()),
        notes: plan.notes.clone(),
        ..Publication::of(commit.suite(), outcome, generation, &made)
    };
    if renewal(live, options) == Outcome::Unchanged {
        return Ok(told(Outcome::Unchanged, live));
    }
    let signed = sign(plan, options, signer, &live.indexes)?;
    let generation = signed_again(live, &signed, options)?;
    let report = Publication {
        changed: commit.changed(&generation, &signed, Vec::new())?,
        ..told(Outcome::Resigned, &generation)
    };
    commit.finish(generation, Vec::new(), &signed)?;
    Ok(report)
}

/// The indexes of `live`, signed anew.
pub(crate) fn signed_again(live: &Generation, signed: &Signed, options: &Options) -> Result<Generation> {
    Ok(Generation {
        in_release: signed.clients_see(),
        release: signed.text(),
        date: options.date,
        valid_until: release::valid_until(options)?,
        ..live.clone()
    })
}

/// Whether half of the time between Date and Valid-Until has passed.
fn is_due(live: &Generation, now: jiff::Timestamp) -> bool {
    live.valid_until.is_some_and(|until| now.as_second() - live.date.as_second() >= until.as_second() - now.as_second())
}

pub(crate) fn sign(plan: &Plan, options: &Options, signer: &dyn Signer, indexes: &[Index]) -> Result<Signed> {
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
pub(crate) fn request(plan: &Plan, options: &Options, signer: &str) -> Result<Digest> {
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
pub(crate) fn stores(inputs: &[Input]) -> Vec<Objects> {
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
