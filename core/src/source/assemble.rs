//! Puts verified indexes together into a snapshot, sharing all it can with the one before.

use bytes::Bytes;

use crate::digest::Digest;
use crate::error::Result;
use crate::snapshot::ingest::{Content, Ingested, ingest};
use crate::snapshot::manifest::{FORMAT, File, Layout, List, Made, Manifest, Part, Release};
use crate::snapshot::{Entry, Query, Snapshot, SnapshotWriter};
use crate::store::Store;

/// What an index of packages is, but for its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListPlan {
    /// The component; empty in a flat repository.
    pub(crate) component: String,
    /// The architecture whose index it is; `source` for Sources.
    pub(crate) architecture: String,
    /// Its path below the suite, without the ending of a compression.
    pub(crate) path: String,
    /// The SHA-256 of the uncompressed index.
    pub sha256: Digest,
}

impl ListPlan {
    /// What its stanzas describe.
    pub(crate) fn content(&self) -> Content {
        if self.architecture == "source" { Content::Source } else { Content::Binary }
    }
}

/// Makes one snapshot out of indexes, part by part.
pub(crate) struct Assembler {
    base: Option<Snapshot>,
    filter: Option<Query>,
    writer: SnapshotWriter,
    parts: Vec<Part>,
}

impl Assembler {
    /// An assembler that shares chunks with `base` and keeps the packages that pass `filter`.
    pub(crate) fn new(store: &Store, base: Option<&Snapshot>, filter: Option<Query>) -> Self {
        let bases: Vec<Snapshot> = base.into_iter().cloned().collect();
        Self { base: base.cloned(), filter, writer: SnapshotWriter::new(store, &bases), parts: Vec::new() }
    }

    /// Begins a part; what is added next belongs to it. Its `lists` and `files` are empty.
    pub(crate) fn begin(&mut self, part: Part) {
        self.parts.push(part);
    }

    /// The list that the base has of the very index that `plan` describes: it need not be fetched.
    pub(crate) fn unchanged(&self, plan: &ListPlan) -> Option<List> {
        if self.filter.is_some() {
            return None;
        }
        self.base_list(&plan.path).filter(|list| list.sha256 == Some(plan.sha256)).cloned()
    }

    /// Takes over a list that [`Assembler::unchanged`] gave.
    pub(crate) async fn keep(&mut self, list: List) -> Result<()> {
        let base = self.base.as_ref().map(|base| base.chunks(&list)).transpose()?.unwrap_or_default();
        let pieces = base.iter().cloned().map(crate::snapshot::Piece::Chunk).collect();
        self.writer.pieces(pieces, None).await?;
        if let Some(layout) = list.layout.explicit {
            self.writer.keep_blob(layout)?;
        }
        self.push_list(list);
        Ok(())
    }

    /// Adds the index `text`, whose digest the caller has verified.
    pub(crate) async fn add_list(&mut self, plan: &ListPlan, text: Bytes) -> Result<()> {
        let replaces = self.base_list(&plan.path).cloned();
        let (path, content) = (plan.path.clone(), plan.content());
        let filter = self.filter.take();
        let (ingested, filter) = crate::worker::blocking(move || {
            let mut ingested = ingest(&path, &text, content)?;
            if let Some(query) = &filter {
                keep_matching(&mut ingested, query);
            }
            Ok((ingested, filter))
        })
        .await?;
        let whole = filter.is_none();
        self.filter = filter;
        let Ingested { entries, layout, explicit } = ingested;
        let listed = self.writer.list(entries, replaces.as_ref().map(|list| list.root)).await?;
        if let (Some(digest), Some(bytes)) = (layout.explicit, explicit) {
            let replaces = replaces.and_then(|list| list.layout.explicit);
            self.writer.blob(bytes.into(), digest, replaces).await?;
        }
        self.push_list(List {
            component: plan.component.clone(),
            architecture: plan.architecture.clone(),
            path: plan.path.clone(),
            root: listed.root,
            entries: listed.entries,
            bytes: listed.bytes,
            layout,
            sha256: whole.then_some(plan.sha256),
        });
        Ok(())
    }

    /// The file that the base has at `path` of the current part, if its bytes are the same.
    pub(crate) fn unchanged_file(&self, path: &str, sha256: Digest) -> Option<File> {
        self.base_file(path).filter(|file| file.sha256 == sha256).cloned()
    }

    /// Takes over a file that [`Assembler::unchanged_file`] gave.
    pub(crate) fn keep_file(&mut self, file: File) -> Result<()> {
        self.writer.keep_blob(file.sha256)?;
        if let Some(part) = self.parts.last_mut() {
            part.files.push(file);
        }
        Ok(())
    }

    /// Keeps a file of the current part byte for byte.
    pub(crate) async fn add_file(&mut self, path: &str, bytes: Bytes) -> Result<()> {
        let replaces = self.base_file(path).cloned();
        let file = self.writer.file(path, bytes, replaces.as_ref()).await?;
        if let Some(part) = self.parts.last_mut() {
            part.files.push(file);
        }
        Ok(())
    }

    /// Keeps a file of the upstream's signed Release; the part's `release` refers to it.
    pub(crate) async fn add_release_file(&mut self, path: &str, bytes: Bytes) -> Result<()> {
        let replaces = self.base_file(path).cloned();
        let file = self.writer.file(path, bytes, replaces.as_ref()).await?;
        if let Some(release) = self.parts.last_mut().and_then(|part| part.release.as_mut()) {
            release.files.push(file);
        }
        Ok(())
    }

    /// Takes over a whole part of the base.
    pub(crate) async fn keep_part(&mut self, part: &Part) -> Result<()> {
        let release = part.release.clone().map(|release| Release { files: Vec::new(), ..release });
        self.begin(Part { release, lists: Vec::new(), files: Vec::new(), ..part.clone() });
        for list in &part.lists {
            self.keep(list.clone()).await?;
        }
        for file in part.release.iter().flat_map(|release| &release.files) {
            self.writer.keep_blob(file.sha256)?;
            if let Some(release) = self.parts.last_mut().and_then(|part| part.release.as_mut()) {
                release.files.push(file.clone());
            }
        }
        for file in &part.files {
            self.keep_file(file.clone())?;
        }
        Ok(())
    }

    /// Commits. Where nothing differs from the base, the result is the base.
    pub(crate) async fn finish(self, made: Made) -> Result<Snapshot> {
        if let Some(base) = &self.base
            && base.manifest().parts == self.parts
            && base.manifest().made == made
        {
            return Ok(base.clone());
        }
        let parents = self.base.iter().map(Snapshot::id).collect();
        self.writer.commit(Manifest { format: FORMAT, made, parents, parts: self.parts }).await
    }

    fn push_list(&mut self, list: List) {
        if let Some(part) = self.parts.last_mut() {
            part.lists.push(list);
        }
    }

    fn base_part(&self) -> Option<&Part> {
        let name = &self.parts.last()?.name;
        self.base.as_ref()?.manifest().parts.iter().find(|part| part.name == *name)
    }

    /// The list that the base has of the index at `path` of the current part.
    pub(crate) fn base_list(&self, path: &str) -> Option<&List> {
        self.base_part()?.lists.iter().find(|list| list.path == path)
    }

    fn base_file(&self, path: &str) -> Option<&File> {
        self.base_part()?.all_files().find(|file| file.path == path)
    }
}

/// A filtered list is no longer upstream's own: it stands in key order.
fn keep_matching(ingested: &mut Ingested, query: &Query) {
    let matches = |entry: &Entry| query.matches(&entry.key, &entry.text);
    ingested.entries.retain(matches);
    ingested.layout = Layout::default();
    ingested.explicit = None;
}
