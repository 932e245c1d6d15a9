//! The universe of a snapshot: made once, kept beside it.

use std::collections::BTreeSet;

use bytes::Bytes;

use super::universe::tables::FORMAT;
use super::universe::{Builder, Origin, Universe};
use crate::deb::release::Release;
use crate::digest::{Digest, Hasher};
use crate::error::{Error, Kind, Result};
use crate::openpgp::signed_text;
use crate::snapshot::ingest::in_upstream_order;
use crate::snapshot::manifest::{List, Part};
use crate::snapshot::{Entry, Snapshot, Want};
use crate::source::system;
use crate::store::layout;
use crate::worker::compute;

/// The architectures of a machine: its own, and those that it takes packages of besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Architectures {
    /// Its own.
    pub native: String,
    /// Foreign ones, the preferred first (dpkg's `--add-architecture`).
    pub foreign: Vec<String>,
}

impl Architectures {
    /// `native` and `foreign`; without a native one, the only one that `snapshot` has, or this machine's where it has that.
    ///
    /// # Errors
    /// [`Kind::Usage`] where the snapshot has several and none of them is this machine's.
    pub fn of(snapshot: &Snapshot, native: Option<&str>, foreign: &[String]) -> Result<Self> {
        let lists = snapshot.manifest().lists().map(|(_, list)| list.architecture.as_str());
        let known: BTreeSet<&str> = lists.filter(|name| *name != "source" && *name != "all").collect();
        let own = || system::architecture("/".as_ref()).ok().filter(|own| known.contains(own.as_str()));
        let native = match native {
            Some(native) => native.to_owned(),
            None => match known.iter().next() {
                Some(only) if known.len() == 1 => (*only).to_owned(),
                // Packages for all architectures alone: any will do.
                None => system::architecture("/".as_ref()).unwrap_or_else(|_| "amd64".to_owned()),
                Some(_) => own().ok_or_else(|| {
                    let known: Vec<&str> = known.iter().copied().collect();
                    Error::new(Kind::Usage, "the snapshot has packages of several architectures")
                        .help(format!("name one: {}", known.join(", ")))
                })?,
            },
        };
        Ok(Self { native, foreign: foreign.to_vec() })
    }
}

/// The universe of a snapshot for a machine of some architectures. It is kept in the store, where that may be written.
///
/// # Errors
/// Those of reading the snapshot, and of [`Builder::index`].
pub async fn universe(snapshot: &Snapshot, architectures: &Architectures) -> Result<Universe> {
    let path = layout::universe(name_of(snapshot, architectures));
    let objects = snapshot.store().objects();
    if let Some(bytes) = objects.get_if_exists(&path).await? {
        if let Ok(universe) = Universe::from_bytes(bytes) {
            return Ok(universe);
        }
        objects.doubt();
    }
    let universe = build(snapshot, architectures).await?;
    match objects.put(&path, universe.as_bytes().clone()).await {
        Err(error) if error.kind() != Kind::ReadOnly => Err(error),
        _ => Ok(universe),
    }
}

/// What universes of a snapshot are mostly kept under: for each of its architectures, alone or with one foreign one. One for
/// more is made anew where it was given up.
pub(crate) fn usual_names(snapshot: &Snapshot) -> Vec<Digest> {
    let lists = snapshot.manifest().lists().map(|(_, list)| list.architecture.as_str());
    let known: BTreeSet<&str> = lists.filter(|name| *name != "source" && *name != "all").collect();
    let mut names = Vec::new();
    for native in &known {
        let foreign = known.iter().filter(|other| *other != native).map(|other| vec![(*other).to_owned()]);
        for foreign in foreign.chain([Vec::new()]) {
            names.push(name_of(snapshot, &Architectures { native: (*native).to_owned(), foreign }));
        }
    }
    names
}

/// What a universe is kept under: what it is made from, and how.
fn name_of(snapshot: &Snapshot, architectures: &Architectures) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(format!("universe {FORMAT} {} {}", snapshot.id(), architectures.native).as_bytes());
    architectures.foreign.iter().for_each(|foreign| hasher.update(format!(" {foreign}").as_bytes()));
    hasher.finish()
}

async fn build(snapshot: &Snapshot, architectures: &Architectures) -> Result<Universe> {
    let builder = builder_of(std::slice::from_ref(snapshot), architectures).await?;
    compute(move || builder.finish()).await
}

/// The universe of several snapshots, as of several lines of sources.list: that of one alone is kept, another is made each
/// time.
///
/// # Errors
/// Those of [`universe`].
pub async fn universe_of(snapshots: &[Snapshot], architectures: &Architectures) -> Result<Universe> {
    match snapshots {
        [only] => universe(only, architectures).await,
        several => {
            let builder = builder_of(several, architectures).await?;
            compute(move || builder.finish()).await
        }
    }
}

/// A builder that has read the lists of some snapshots, for what else there is to read.
///
/// # Errors
/// Those of reading the snapshots, and of [`Builder::index`].
pub async fn builder_of(snapshots: &[Snapshot], architectures: &Architectures) -> Result<Builder> {
    let foreign: Vec<&str> = architectures.foreign.iter().map(String::as_str).collect();
    let mut builder = Builder::new(&architectures.native, &foreign)?;
    for snapshot in snapshots {
        for part in &snapshot.manifest().parts {
            builder = read_part(builder, snapshot, part, architectures).await?;
        }
    }
    Ok(builder)
}

async fn read_part(
    mut builder: Builder,
    snapshot: &Snapshot,
    part: &Part,
    architectures: &Architectures,
) -> Result<Builder> {
    let origin = origin_of(snapshot, part).await?;
    for list in part.lists.iter().filter(|list| wanted(list, architectures)) {
        let origin =
            Origin { component: list.component.clone(), architecture: list.architecture.clone(), ..origin.clone() };
        let entries = entries_of(snapshot, list).await?;
        builder = compute(move || {
            builder.indexes(origin, entries.iter().map(|entry| &*entry.text))?;
            Ok(builder)
        })
        .await
        .map_err(|error| error.path(list.path.clone()))?;
    }
    Ok(builder)
}

fn wanted(list: &List, architectures: &Architectures) -> bool {
    list.architecture == "all"
        || list.architecture == architectures.native
        || architectures.foreign.contains(&list.architecture)
}

async fn entries_of(snapshot: &Snapshot, list: &List) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut reader = snapshot.read(list, Want::Entries)?;
    while let Some(chunks) = reader.next_batch().await? {
        entries.extend(chunks.into_iter().flat_map(|chunk| chunk.into_entries()));
    }
    let explicit = match list.layout.explicit {
        Some(digest) => Some(snapshot.blob(digest).await?),
        None => None,
    };
    let layout = list.layout.clone();
    compute(move || in_upstream_order(entries, &layout, explicit.as_deref())).await
}

/// What the Release file of a part says of it.
async fn origin_of(snapshot: &Snapshot, part: &Part) -> Result<Origin> {
    let site = part.uri.as_deref().and_then(|uri| url::Url::parse(uri).ok());
    let site = site.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let Some(release) = &part.release else { return Ok(Origin { site, ..Origin::default() }) };
    let text = match release.files.first() {
        Some(file) => {
            let bytes: Bytes = snapshot.file(file).await?;
            if file.path.ends_with("InRelease") { signed_text(&bytes)? } else { bytes.to_vec() }
        }
        None => Vec::new(),
    };
    let text = Release::parse(&text).ok();
    let value = |value: &Option<String>| value.clone().unwrap_or_default();
    Ok(Origin {
        origin: value(&release.origin),
        label: value(&release.label),
        suite: value(&release.suite),
        codename: value(&release.codename),
        version: value(&release.version),
        site,
        not_automatic: text.as_ref().is_some_and(Release::not_automatic),
        but_automatic_upgrades: text.as_ref().is_some_and(Release::but_automatic_upgrades),
        ..Origin::default()
    })
}
