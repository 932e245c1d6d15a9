//! Packages of a snapshot: search, fetch, and walk through all of them.

use std::collections::HashSet;
use std::ops::Range;

use serde::Serialize;

use super::operation::request;
use super::session::Session;
use crate::digest::Digest;
use crate::error::Result;
use crate::snapshot::{self, ChunkReader, Found, Query, Snapshot, Want};
use crate::source::apt;
use crate::store::index::ChunkRef;

/// How many chunks [`Walk`] reads as one step: some 3 MiB of stanzas.
const STEP: usize = 128;

/// How many steps [`Walk`] reads at once.
const AT_ONCE: usize = 2;

request! {
    /// Finds the packages of a snapshot that pass a query.
    "search"(Store) -> "array of Found";
    pub struct Search {
        required {
            /// The snapshot.
            rev: String,
            /// The query.
            query: String,
        }
        optional {
            /// Give their stanzas too.
            stanzas: bool,
        }
    }
}

request! {
    /// Fetches packages that a mirror left where they are.
    "fetch"(Store) -> "fetch";
    pub struct Fetch {
        required {
            /// The snapshot.
            rev: String,
        }
        optional {
            /// Which packages; all by default.
            query: Option<String>,
            /// Say how much would be fetched, and fetch nothing.
            dry_run: bool,
        }
    }
}

/// A package that was found.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture.
    pub architecture: String,
    /// The part of the snapshot that has it; of several the first.
    pub part: String,
    /// The component that has it there.
    pub component: String,
    /// Its stanza, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stanza: Option<String>,
}

/// What was fetched, or would be.
#[derive(Clone, Copy, Debug, Serialize)]
#[non_exhaustive]
pub struct Fetched {
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
}

/// Finds the packages of a snapshot that pass a query, each once.
pub async fn search(session: &Session, request: Search) -> Result<Vec<Package>> {
    let query: Query = request.query.parse()?;
    let (_, snapshot) = session.snapshot(&request.rev).await?;
    let found = match request.stanzas {
        true => snapshot::search_entries(&snapshot, &query).await?,
        false => snapshot::search(&snapshot, &query).await?,
    };
    let package = |found: Found| Package {
        name: found.key.name_str().to_owned(),
        version: found.key.version_str().to_owned(),
        architecture: found.key.architecture_str().to_owned(),
        part: found.part,
        component: found.component,
        stanza: found.stanza.filter(|_| request.stanzas).map(|stanza| String::from_utf8_lossy(&stanza).into_owned()),
    };
    Ok(found.into_iter().map(package).collect())
}

/// Fetches packages that a mirror left where they are.
pub async fn fetch(session: &Session, request: Fetch) -> Result<Fetched> {
    let query = request.query.as_deref().map(str::parse::<Query>).transpose()?;
    let (_, snapshot) = session.snapshot(&request.rev).await?;
    if request.dry_run {
        let totals = apt::plan_packages(&snapshot, query.as_ref()).await?;
        return Ok(Fetched { files: totals.items, bytes: totals.bytes });
    }
    let done = apt::fetch_packages(&session.fetcher()?, &snapshot, query.as_ref(), session.progress()).await?;
    Ok(Fetched { files: done.items, bytes: done.bytes })
}

/// A walk through the packages of a snapshot, list by list in key order, each package once; a few MiB are held at a time.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> reposnap::Result<()> {
/// use reposnap::api::{Session, packages::Walk};
/// use reposnap::snapshot::Want;
/// # let folder = tempfile::tempdir().unwrap();
/// # let session = Session::at(&folder.path().join("store"));
/// # let request = reposnap::api::mirror::AddFolder {
/// #     name: "inhouse".into(), directory: folder.path().into(), ..Default::default()
/// # };
/// # reposnap::api::mirror::add_folder(&session, request).await?;
/// # reposnap::api::mirror::update(&session, reposnap::api::mirror::Update { name: "inhouse".into(), dry_run: false }).await?;
/// let (_, snapshot) = session.snapshot("inhouse").await?;
/// let mut walk = Walk::new(snapshot, None, Want::Keys)?;
/// while let Some(packages) = walk.next_batch().await? {
///     for package in packages {
///         println!("{} {}", package.key.name_str(), package.key.version_str());
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct Walk {
    snapshot: Snapshot,
    query: Option<Query>,
    want: Want,
    steps: Vec<Step>,
    next: usize,
    seen: HashSet<Digest>,
}

/// Some chunks of a list.
struct Step {
    part: String,
    component: String,
    root: Digest,
    chunks: Range<usize>,
}

impl Walk {
    /// Begins a walk through the packages of `snapshot` that pass `query`, or all, with stanzas or without.
    pub fn new(snapshot: Snapshot, query: Option<Query>, want: Want) -> Result<Self> {
        let want = if query.as_ref().is_some_and(Query::needs_stanza) { Want::Entries } else { want };
        let mut steps = Vec::new();
        for (part, list) in snapshot.manifest().lists() {
            let count = snapshot.chunks(list)?.len();
            steps.extend((0..count).step_by(STEP).map(|start| Step {
                part: part.name.clone(),
                component: list.component.clone(),
                root: list.root,
                chunks: start..count.min(start + STEP),
            }));
        }
        Ok(Self { snapshot, query, want, steps, next: 0, seen: HashSet::new() })
    }

    /// The snapshot that is walked through.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The next packages, perhaps none of some chunks, or nothing at the end.
    ///
    /// # Errors
    /// Those of reading the store: [`Kind::Verification`](crate::Kind::Verification) where it was altered.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Found>>> {
        // The first alone, for who wants the first packages alone; then several, each decoded by a thread of its own.
        let end = if self.next == 0 { 1 } else { self.next + AT_ONCE };
        let steps = &self.steps[self.next..end.min(self.steps.len())];
        if steps.is_empty() {
            return Ok(None);
        }
        self.next += steps.len();
        let mut reads = Vec::new();
        for step in steps {
            // Lists of one snapshot often share chunks: all of `all` in two architectures, or a suite in two parts.
            let mut chunks: Vec<ChunkRef> = self.snapshot.section(step.root)?[step.chunks.clone()].to_vec();
            chunks.retain(|chunk| self.seen.insert(chunk.digest));
            reads.push(read(&self.snapshot, step, chunks, self.want));
        }
        let mut packages: Vec<Found> = futures::future::try_join_all(reads).await?.into_iter().flatten().collect();
        if let Some(query) = &self.query {
            packages.retain(|found| query.matches(&found.key, found.stanza.as_deref().unwrap_or_default()));
        }
        // A stanza that two lists have in different chunks; its digest is of its whole text.
        packages.retain(|found| self.seen.insert(found.key.digest));
        Ok(Some(packages))
    }
}

/// Reads the packages of some chunks.
async fn read(snapshot: &Snapshot, step: &Step, chunks: Vec<ChunkRef>, want: Want) -> Result<Vec<Found>> {
    let mut reader = ChunkReader::new(snapshot.store(), chunks, want);
    let mut packages = Vec::new();
    while let Some(batch) = reader.next_batch().await? {
        for chunk in batch {
            let mut add = |key, stanza| {
                packages.push(Found { key, stanza, part: step.part.clone(), component: step.component.clone() });
            };
            match want {
                Want::Keys => chunk.block.keys.into_iter().for_each(|key| add(key, None)),
                Want::Entries => chunk.into_entries().for_each(|entry| add(entry.key, Some(entry.text))),
            }
        }
    }
    Ok(packages)
}
