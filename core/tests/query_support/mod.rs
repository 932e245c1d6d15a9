//! Snapshots made from indexes as text.

use bytes::Bytes;
use reposnap::Digest;
use reposnap::snapshot::ingest::{Content, ingest};
use reposnap::snapshot::manifest::{FORMAT, List, Made, Manifest, Part};
use reposnap::snapshot::{Snapshot, SnapshotWriter};
use reposnap::store::Store;

/// A snapshot with one list for each architecture given, all in the component `main`.
pub async fn snapshot(store: &Store, indexes: impl IntoIterator<Item = (&str, Content, Bytes)>) -> Snapshot {
    let mut writer = SnapshotWriter::new(store, &[]);
    let mut lists = Vec::new();
    for (architecture, content, text) in indexes {
        let ingested = ingest(architecture, &text, content).unwrap();
        let listed = writer.list(ingested.entries, None).await.unwrap();
        lists.push(List {
            component: "main".to_owned(),
            architecture: architecture.to_owned(),
            path: format!("main/{architecture}"),
            root: listed.root,
            entries: listed.entries,
            bytes: listed.bytes,
            layout: Default::default(),
            sha256: Some(Digest::of(&text)),
        });
    }
    let part = Part { name: "test".to_owned(), lists, ..Part::default() };
    let made = Made::Mirror { mirror: "test".to_owned(), filter: None };
    writer.commit(Manifest { format: FORMAT, made, parents: Vec::new(), parts: vec![part] }).await.unwrap()
}
