//! An upstream's own tree, with its own signature.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::deb::compress::Compression;
use crate::deb::stanza::Stanzas;
use crate::digest::Digest;
use crate::error::{Error, Kind, Result};
use crate::progress::Monitor;
use crate::publish::again::{self, Recipes, TELLING};
use crate::publish::commit::Commit;
use crate::publish::desk::Desk;
use crate::publish::index::{IndexWriter, Written};
use crate::publish::lists::Named;
use crate::publish::options::{Missing, check_name};
use crate::publish::pool::{PoolPlan, There, note_of_missing};
use crate::publish::report::{Made, Outcome, Publication};
use crate::publish::signatures::Signed;
use crate::publish::signed::take;
use crate::publish::stanza;
use crate::publish::state::{Generation, Index};
use crate::publish::tree::Tree;
use crate::snapshot::ingest::render;
use crate::snapshot::manifest::{File, List, Part};
use crate::snapshot::{Snapshot, Want};
use crate::worker::blocking;

/// The architecture of a list of source packages.
const SOURCE: &str = "source";

/// Puts every upstream suite of `snapshot` back below `directory`: its own InRelease (or Release and Release.gpg), its
/// indexes byte for byte, its packages where its indexes say. Gives one report for each suite.
///
/// Clients verify the upstream's signature. Indexes are there uncompressed, and in xz where the bytes that upstream
/// signed can be made again: those of Debian's archive, of apt-ftparchive and of reprepro can. That takes a second of CPU
/// for each MiB that is new. Where they can't, a note says so, and apt reads the tree over http and `copy:`, but not over
/// `file:`. The order in which files come into place, and what stays for clients in mid-update, is that of
/// [`publish_signed`](super::publish_signed).
///
/// # Errors
/// [`Kind::Unsupported`] where the snapshot is no mirror, or a filtered one; [`Kind::Verification`] where an index does
/// not come out as it was signed; [`Kind::Malformed`] with the rule `path-safe` where a package would lie outside of
/// `directory`; otherwise as [`publish_signed`](super::publish_signed). What was published before is then untouched.
pub async fn publish_verbatim(
    snapshot: &Snapshot,
    directory: &Path,
    missing: Missing,
    lock_wait: Duration,
    monitor: &Monitor,
) -> Result<Vec<Publication>> {
    let places = places(snapshot)?;
    let tree = take(directory, lock_wait).await?;
    let mut publications = Vec::new();
    let mut ready = Vec::new();
    for (part, place) in &places {
        let commit = Commit::begin(&tree, &place.suite, &place.directory)?;
        let request = request(part)?;
        let live = commit.live().cloned();
        let signed = signed_files(snapshot, part).await?;
        if let Some(live) = live.filter(|live| is_in_place(live, request, &commit, part)) {
            let made = vec![Made::Before; live.indexes.len()];
            publications.push(Publication::of(commit.suite(), Outcome::Unchanged, &live, &made));
            continue;
        }
        let before = commit.live().map(|live| live.indexes.clone()).unwrap_or_default();
        let desk = Desk::Tree(tree.clone());
        let forms = Forms::new(desk, part, &signed, before, commit.suite_directory());
        let Indexes { files, wanted, lacking } = forms.write_all(snapshot, part, monitor).await?;
        let stores = [snapshot.store().objects().clone()];
        let pool = PoolPlan::make(wanted, |files| std::future::ready(Ok(files)), &stores, missing, monitor).await?;
        ready.push((commit, request, signed, files, pool, lacking));
    }
    for (commit, request, signed, files, pool, lacking) in ready {
        let (packages, missing) = (pool.files, pool.missing);
        let brought = pool.bring(&tree, There::Compare, monitor).await?;
        let indexes = files.iter().map(|written| written.index.clone()).collect();
        let generation = generation(&signed, request, missing, indexes);
        let made = vec![Made::Now; files.len()];
        publications.push(Publication {
            changed: commit.changed(&generation, &signed, brought.replaced)?,
            packages,
            added: brought.added,
            copied: brought.copied,
            missing,
            notes: notes(missing, lacking),
            ..Publication::of(commit.suite(), Outcome::Published, &generation, &made)
        });
        blocking(move || commit.finish(generation, files, &signed)).await?;
    }
    publications.sort_by(|a, b| a.suite.cmp(&b.suite));
    Ok(publications)
}

/// A publication of what upstream signed; it has no date of ours.
pub(crate) fn generation(signed: &Signed, request: Digest, missing: u64, indexes: Vec<Index>) -> Generation {
    Generation {
        in_release: signed.clients_see(),
        release: signed.text(),
        request,
        date: jiff::Timestamp::UNIX_EPOCH,
        valid_until: None,
        missing,
        indexes,
    }
}

/// What the user should know of packages that are missing, and of indexes that lack their compressed form.
pub(crate) fn notes(missing: u64, lacking: usize) -> Vec<String> {
    let mut notes: Vec<String> = note_of_missing(missing).into_iter().collect();
    if lacking > 0 {
        notes.push(format!(
            "{lacking} indexes are there uncompressed alone, because the compressed bytes that upstream signed can't be made \
             again; apt takes them over http and copy:, but not over file:"
        ));
    }
    notes
}

/// What [`publish_verbatim`] would do, without doing any of it. Whether indexes come out as they were signed, and what
/// becomes of packages, is not looked at, so of the reports only the suite, the outcome and the live Release say something.
///
/// # Errors
/// [`Kind::Unsupported`] and [`Kind::AlreadyExists`] as [`publish_verbatim`].
pub async fn plan_verbatim(snapshot: &Snapshot, directory: &Path) -> Result<Vec<Publication>> {
    let tree = Tree::look(directory).map(Arc::new);
    let mut publications = Vec::new();
    for (part, place) in places(snapshot)? {
        check_complete(part)?;
        let Some(tree) = &tree else {
            publications.push(Publication::foretold(&place.suite, Outcome::Published));
            continue;
        };
        let commit = Commit::begin(tree, &place.suite, &place.directory)?;
        let request = request(part)?;
        let outcome = match commit.live() {
            Some(live) if is_in_place(live, request, &commit, part) => Outcome::Unchanged,
            _ => Outcome::Published,
        };
        let release = commit.live().map(|live| live.release);
        publications.push(Publication { release, ..Publication::foretold(&place.suite, outcome) });
    }
    publications.sort_by(|a, b| a.suite.cmp(&b.suite));
    Ok(publications)
}

/// Whether what is asked for is what clients see, whole.
fn is_in_place(live: &Generation, request: Digest, commit: &Commit, part: &Part) -> bool {
    live.request == request && live.missing == 0 && commit.is_whole(live, &signed_names(part))
}

/// The names of what upstream signed.
pub(crate) fn signed_names(part: &Part) -> Vec<&str> {
    let files = part.release.iter().flat_map(|release| &release.files);
    files.filter_map(|file| file.path.rsplit('/').next()).collect()
}

/// Fails where the mirror has not all of what upstream signed.
pub(crate) fn check_complete(part: &Part) -> Result<()> {
    part.lists.iter().find(|list| list.sha256.is_none()).map_or(Ok(()), |list| Err(filtered(list)))
}

fn filtered(list: &List) -> Error {
    Error::new(Kind::Unsupported, "the mirror has a part of this index only, so upstream's signature does not cover it")
        .path(&list.path)
        .help("publish the snapshot signed by a key of your own")
}

/// Where a part lies, and the name under which its state is kept.
pub(crate) struct Place {
    pub(crate) suite: String,
    pub(crate) directory: String,
}

pub(crate) fn places(snapshot: &Snapshot) -> Result<Vec<(&Part, Place)>> {
    let mut places: Vec<(&Part, Place)> = Vec::new();
    for part in &snapshot.manifest().parts {
        let (Some(suite), Some(_)) = (&part.suite, &part.release) else {
            return Err(Error::new(
                Kind::Unsupported,
                "only a mirror has an upstream's signed Release to publish again",
            )
            .help("publish the snapshot signed by a key of your own"));
        };
        let place = place(suite)?;
        if places.iter().any(|(_, other)| other.directory == place.directory) {
            return Err(Error::new(Kind::Unsupported, format!("two upstreams of the snapshot have the suite {suite}"))
                .help("publish a snapshot of one of them, or signed by a key of your own"));
        }
        places.push((part, place));
    }
    Ok(places)
}

/// A flat repository, whose suite ends with `/`, lies below the root itself.
fn place(suite: &str) -> Result<Place> {
    let Some(flat) = suite.strip_suffix('/') else {
        check_name("suite", suite)?;
        return Ok(Place { suite: suite.to_owned(), directory: format!("dists/{suite}") });
    };
    let directory = flat.split('/').filter(|word| !word.is_empty() && *word != ".").collect::<Vec<_>>().join("/");
    if directory.is_empty() {
        return Ok(Place { suite: "flat".to_owned(), directory });
    }
    check_name("suite", &directory)?;
    Ok(Place { suite: format!("flat/{directory}"), directory })
}

/// The digest of all that is asked for.
pub(crate) fn request(part: &Part) -> Result<Digest> {
    let mut bytes = b"verbatim 1\n".to_vec();
    serde_json::to_writer(&mut bytes, part)
        .map_err(|error| Error::new(Kind::Internal, "a part can't be written").source(error))?;
    Ok(Digest::of(&bytes))
}

pub(crate) async fn signed_files(snapshot: &Snapshot, part: &Part) -> Result<Signed> {
    let mut signed = Signed::default();
    for file in part.release.iter().flat_map(|release| &release.files) {
        let bytes = Some(snapshot.file(file).await?.to_vec());
        match file.path.rsplit('/').next() {
            Some("InRelease") => signed.in_release = bytes,
            Some("Release") => signed.release = bytes,
            Some("Release.gpg") => signed.signature = bytes,
            _ => {
                return Err(Error::new(Kind::Malformed, "this is no name of a signed file").path(&file.path));
            }
        }
    }
    if signed.in_release.is_none() && (signed.release.is_none() || signed.signature.is_none()) {
        return Err(Error::new(Kind::Malformed, "the snapshot has no signed Release").path(&part.name));
    }
    Ok(signed)
}

/// An index of a part.
enum Item<'a> {
    List(&'a List),
    File(&'a File),
}

/// The indexes of a part, the smallest first: of it, what fits the others is learnt soonest.
fn items(part: &Part) -> Vec<Item<'_>> {
    let mut items: Vec<Item<'_>> = part.lists.iter().map(Item::List).chain(part.files.iter().map(Item::File)).collect();
    items.sort_by_key(|item| match item {
        Item::List(list) => list.bytes,
        Item::File(file) => file.size,
    });
    items
}

/// Makes an index as upstream has it, and says which packages it needs where.
async fn read_list(snapshot: &Snapshot, list: &List) -> Result<(Bytes, Vec<Named>)> {
    let expected = list.sha256.ok_or_else(|| filtered(list))?;
    let mut reader = snapshot.read(list, Want::Entries)?;
    let mut entries = Vec::with_capacity(list.entries as usize);
    while let Some(chunks) = reader.next_batch().await? {
        entries.extend(chunks.into_iter().flat_map(|chunk| chunk.into_entries()));
    }
    let explicit = match list.layout.explicit {
        Some(digest) => Some(snapshot.blob(digest).await?),
        None => None,
    };
    let (layout, path, is_source) = (list.layout.clone(), list.path.clone(), list.architecture == SOURCE);
    blocking(move || {
        let text = render(entries, &layout, explicit.as_deref())?;
        if Digest::of(&text) != expected {
            return Err(Error::new(Kind::Verification, "the index does not come out as it was signed")
                .rule("stored-digest")
                .path(path)
                .mismatch(expected.to_string(), Digest::of(&text).to_string()));
        }
        let text = Bytes::from(text);
        let wanted = wanted(&text, is_source).map_err(|error| error.path(path))?;
        Ok((text, wanted))
    })
    .await
}

/// The files that the stanzas of `text` name, where they name them.
fn wanted(text: &Bytes, is_source: bool) -> Result<Vec<Named>> {
    let mut all = Vec::new();
    for stanza in Stanzas::new(text) {
        let stanza = stanza?;
        let line = stanza.line();
        let word = |name| stanza.get(name).unwrap_or_default();
        let named = |wanted| Named::new(wanted, word("Package"), word("Version"));
        if is_source {
            all.extend(stanza::source_in_place(stanza.raw()).map_err(|error| error.line(line))?.into_iter().map(named));
        } else {
            all.push(named(stanza::binary_in_place(stanza.raw()).map_err(|error| error.line(line))?));
        }
    }
    Ok(all)
}

/// The indexes of a part.
pub(crate) struct Indexes {
    pub(crate) files: Vec<Written>,
    pub(crate) wanted: Vec<Named>,
    /// How many have a signed compressed form, but none here.
    pub(crate) lacking: usize,
}

/// Writes indexes in the forms that are signed of them.
pub(crate) struct Forms {
    desk: Desk,
    recipes: Recipes,
    /// Below the tree's root.
    directory: String,
    /// What was published before.
    before: Vec<Index>,
    /// The paths of what the snapshot keeps in a compressed form.
    kept: BTreeSet<String>,
    /// How many indexes have a signed compressed form, but none here.
    lacking: usize,
}

impl Forms {
    pub(crate) fn new(desk: Desk, part: &Part, signed: &Signed, before: Vec<Index>, directory: &str) -> Self {
        let stem = |file: &File| match Compression::from_path(&file.path) {
            (_, Compression::None) => None,
            (stem, _) => Some(stem.to_owned()),
        };
        let mut recipes = Recipes::new(signed);
        // What could not be made the last time, can't be now.
        let failed = |index: &Index| {
            index.source == source(index.sha256) && index.forms.len() == 1 && recipes.signed(&index.path).is_some()
        };
        if before.iter().filter(|index| index.size >= TELLING as u64).any(failed) {
            recipes.give_up();
        }
        let directory = directory.to_owned();
        let kept = part.files.iter().filter_map(stem).collect();
        Self { desk, recipes, directory, before, kept, lacking: 0 }
    }

    /// Writes all indexes of `part`.
    pub(crate) async fn write_all(self, snapshot: &Snapshot, part: &Part, monitor: &Monitor) -> Result<Indexes> {
        let mut forms = self;
        let mut files = Vec::new();
        let mut wanted = Vec::new();
        for item in items(part) {
            monitor.check()?;
            let (path, text, count) = match item {
                Item::List(list) => {
                    let (text, packages) = read_list(snapshot, list).await?;
                    wanted.extend(packages);
                    (&list.path, text, list.entries)
                }
                Item::File(file) => (&file.path, snapshot.file(file).await?, 0),
            };
            let path = super::tree::checked_path(path)?.to_owned();
            let written;
            (forms, written) = blocking(move || {
                let written = forms.write(&path, &text, count)?;
                Ok((forms, written))
            })
            .await?;
            files.push(written);
        }
        Ok(Indexes { files, wanted, lacking: forms.lacking })
    }

    /// Writes the index `text` at `path`.
    fn write(&mut self, path: &str, text: &[u8], packages: u64) -> Result<Written> {
        let writer = IndexWriter::new(&self.desk, &[], None)?;
        let mut files = vec![writer.as_it_is("", text)?];
        if !self.kept.contains(path) && Compression::from_path(path).1 == Compression::None {
            if let Some(bytes) = self.xz(path, text, files[0].form.sha256)? {
                files.push(writer.as_it_is(Compression::Xz.extension(), &bytes)?);
            } else if self.recipes.names_compressed(path) {
                self.lacking += 1;
            }
        }
        let mut written = writer.finish(path, source(files[0].form.sha256), packages)?;
        written.index.size = files[0].form.size;
        written.index.sha256 = files[0].form.sha256;
        written.index.forms = files.iter().map(|file| file.form.clone()).collect();
        written.files = files;
        Ok(written)
    }

    /// The xz form as it was signed, from the publication before or made again.
    fn xz(&mut self, path: &str, text: &[u8], sha256: Digest) -> Result<Option<Vec<u8>>> {
        let Some(signed) = self.recipes.signed(path) else { return Ok(None) };
        let same = |index: &&Index| index.path == path && index.sha256 == sha256;
        if let Some(index) = self.before.iter().find(same)
            && let Some(form) = index.forms.iter().find(|form| form.extension == Compression::Xz.extension())
            && let Some(tree) = self.desk.tree()
            && let Some(bytes) = tree.read(&format!("{}/{}", self.directory, index.by_hash(form)))?
            && again::fits(&bytes, &signed)
        {
            return Ok(Some(bytes));
        }
        self.recipes.make(text, &signed)
    }
}

/// What an index of a verbatim tree is made from: it, by these recipes.
pub(crate) fn source(sha256: Digest) -> Digest {
    Digest::of(format!("verbatim 1\n{sha256}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_repositories_lie_below_the_root() {
        for (suite, name, directory) in [
            ("bookworm", "bookworm", "dists/bookworm"),
            ("bookworm/updates", "bookworm/updates", "dists/bookworm/updates"),
            ("/", "flat", ""),
            ("./", "flat", ""),
            ("x86/", "flat/x86", "x86"),
        ] {
            let place = place(suite).unwrap();
            assert_eq!((place.suite.as_str(), place.directory.as_str()), (name, directory), "{suite}");
        }
        for bad in ["../x", "../", "a/../b/", ".reposnap/"] {
            assert!(place(bad).is_err(), "{bad}");
        }
    }
}
