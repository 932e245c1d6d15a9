//! A year of six-hourly snapshots of 63,000 packages, and how long it takes to find what of it is garbage.
//!
//! Not run with the others, for it takes minutes: `REPOSNAP_YEAR=DIR cargo test -p reposnap --lib care::year -- --ignored
//! --nocapture`. The first run makes the store in `DIR`, each further one plans, so that memory is that of planning alone.

use std::path::PathBuf;

use bytes::Bytes;

use super::gc::{Options, collect};
use super::mark::Keep;
use super::retention::Retention;
use crate::digest::Digest;
use crate::environment::{Change, Environment};
use crate::progress::Monitor;
use crate::snapshot::manifest::{Layout, List, Made, Manifest, Part};
use crate::snapshot::{ChunkReader, Entry, Piece, Snapshot, SnapshotWriter, Want};
use crate::store::refs::Note;
use crate::store::{Store, layout};

const PACKAGES: u64 = 63_000;
const SNAPSHOTS: u64 = 1_460;
/// 0.2 % of the packages change with each.
const CHANGES: u64 = 126;

fn entry(name: &[u8], version: u64) -> Entry {
    let name = String::from_utf8_lossy(name).into_owned();
    let sha256 = Digest::of(format!("{name} {version}").as_bytes());
    let mut text = format!(
        "Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: The maintainers of {name} <{name}@example.org>\n\
         Filename: pool/main/{name}_{version}_all.deb\nSize: 1\nSHA256: {sha256}\nDescription: the package {name}\n"
    );
    let mut more = sha256;
    for _ in 0..6 {
        more = Digest::of(more.as_bytes());
        text.push_str(&format!(" {more}\n"));
    }
    let field = |text: &str| Bytes::copy_from_slice(text.as_bytes());
    Entry::new(field(&name), field(&version.to_string()), field("all"), text.into_bytes().into())
}

async fn make(store: &Store) {
    let name = |number: u64| format!("package-{number:06}").into_bytes();
    let entries: Vec<Entry> = (0..PACKAGES).map(|number| entry(&name(number), 0)).collect();
    let root = store.objects().local_path(crate::store::FORMAT_PATH).unwrap().parent().unwrap().to_owned();
    let keep = |entry: &Entry| {
        let sha256 = Digest::of(format!("{} {}", entry.key.name_str(), entry.key.version_str()).as_bytes());
        let file = root.join(layout::pool(sha256, "deb"));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, "x").unwrap();
    };
    entries.iter().for_each(keep);
    let mut pieces = vec![Piece::Entries(entries)];
    let mut base: Option<Snapshot> = None;
    let environment = Environment::open(store, "sid").unwrap();
    for number in 0..SNAPSHOTS {
        let mut writer = SnapshotWriter::new(store, base.as_slice());
        let replaces = base.as_ref().map(|base| base.manifest().parts[0].lists[0].root);
        let listed = writer.pieces(pieces, replaces).await.unwrap();
        let list = List {
            component: "main".to_owned(),
            architecture: "all".to_owned(),
            path: "main/binary-all/Packages".to_owned(),
            root: listed.root,
            entries: listed.entries,
            bytes: listed.bytes,
            layout: Layout::default(),
            sha256: None,
        };
        let part = Part { lists: vec![list.clone()], ..Part::default() };
        let made = Made::Filter { query: "x".to_owned() };
        let parents = base.iter().map(Snapshot::id).collect();
        let made = writer.commit(Manifest { format: 1, made, parents, parts: vec![part] }).await.unwrap();
        let time = jiff::Timestamp::from_second(1_800_000_000 + number as i64 * 6 * 3600).unwrap();
        let note = Note::new("ana", "").at(time);
        match number {
            0 => drop(environment.create(Change::created(made.id()), &note).await.unwrap()),
            _ => drop(environment.promote(Change::promoted(made.id(), "x"), None, &note).await.unwrap()),
        }
        let mut chunks: Vec<Piece> = made.chunks(&list).unwrap().iter().cloned().map(Piece::Chunk).collect();
        let (count, mut state) = (chunks.len() as u64, number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..CHANGES {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = ((state >> 33) % count) as usize;
            let Piece::Chunk(chunk) = &chunks[at] else { continue };
            let mut reader = ChunkReader::new(store, vec![chunk.clone()], Want::Entries);
            let read = reader.next_batch().await.unwrap().unwrap().remove(0);
            let mut entries: Vec<Entry> = read.into_entries().collect();
            let which = (state >> 17) as usize % entries.len();
            entries[which] = self::entry(&entries[which].key.name, number + 1);
            keep(&entries[which]);
            chunks[at] = Piece::Entries(entries);
        }
        pieces = chunks;
        base = Some(made);
    }
}

fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: unknown").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; it measures"]
async fn a_year() {
    let Some(folder) = std::env::var_os("REPOSNAP_YEAR").map(PathBuf::from) else { return };
    let store = folder.join("store");
    if !store.exists() {
        let begun = std::time::Instant::now();
        make(&Store::create(&store).await.unwrap()).await;
        println!("made in {:?}", begun.elapsed());
        return;
    }
    let store = Store::open(&store).await.unwrap();
    for retention in [Retention::default(), Retention { daily: Some(30), monthly: Some(12), ..Retention::default() }] {
        let begun = std::time::Instant::now();
        let keep = Keep { retention, ..Keep::default() };
        let report = collect(&store, Options { keep, dry_run: true, ..Options::default() }, &Monitor::silent()).await;
        let report = report.unwrap();
        println!(
            "{} snapshots, {} packages needed, {} retired, garbage {:?}: {:?}, {}",
            report.snapshots,
            report.packages,
            report.retired.len(),
            report.planned.map(|garbage| (garbage.objects, garbage.bytes)),
            begun.elapsed(),
            peak()
        );
    }
}
