//! Stores with snapshots of packages that are told in a few words.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use reposnap::Digest;
use reposnap::environment::{Change, Environment};
use reposnap::snapshot::manifest::{Layout, List, Made, Manifest, Part, Release};
use reposnap::snapshot::{Entry, Snapshot, SnapshotWriter};
use reposnap::source::mirror::{Config, FolderConfig, State};
use reposnap::store::Store;
use reposnap::store::refs::{Log, MIRROR, Note};
use reposnap_image::inventory::{Database, Evidence, Inventory, Layer};
use reposnap_image::package::{Family, Package, Source, State as Installed};

/// Pseudo random numbers, the same in each run.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((value ^ (value >> 31)) % below.max(1) as u64) as usize
    }
}

/// A package of an index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Indexed {
    pub name: String,
    pub architecture: String,
    pub version: String,
    /// Further lines of its stanza.
    pub more: String,
}

pub fn indexed(name: &str, version: &str) -> Indexed {
    Indexed {
        name: name.to_owned(),
        architecture: "amd64".to_owned(),
        version: version.to_owned(),
        more: String::new(),
    }
}

impl Indexed {
    pub fn of(mut self, architecture: &str) -> Self {
        self.architecture = architecture.to_owned();
        self
    }

    pub fn with(mut self, more: &str) -> Self {
        self.more = more.to_owned();
        self
    }

    pub fn stanza(&self) -> String {
        let Self { name, architecture, version, more } = self;
        format!("Package: {name}\nVersion: {version}\nArchitecture: {architecture}\n{more}")
    }

    pub fn entry(&self) -> Entry {
        let bytes = |text: &str| Bytes::copy_from_slice(text.as_bytes());
        Entry::new(bytes(&self.name), bytes(&self.version), bytes(&self.architecture), self.stanza().into())
    }
}

/// A suite with one list: its name, further lines of its Release, and its packages.
pub struct Suite {
    pub name: &'static str,
    pub release: &'static str,
    pub packages: Vec<Indexed>,
}

pub fn suite(name: &'static str, packages: Vec<Indexed>) -> Suite {
    Suite { name, release: "", packages }
}

/// Writes a snapshot.
pub async fn snapshot(store: &Store, base: Option<&Snapshot>, suites: &[Suite]) -> Snapshot {
    let bases: Vec<Snapshot> = base.cloned().into_iter().collect();
    let mut writer = SnapshotWriter::new(store, &bases);
    let mut parts = Vec::new();
    for suite in suites {
        let mut entries: Vec<Entry> = suite.packages.iter().map(Indexed::entry).collect();
        entries.sort_by(|a, b| a.key.order().cmp(&b.key.order()));
        let path = "main/binary-amd64/Packages";
        let replaces = base
            .and_then(|base| base.manifest().lists().find(|(part, list)| part.name == suite.name && list.path == path));
        let listed = writer.list(entries, replaces.map(|(_, list)| list.root)).await.unwrap();
        let list = List {
            component: "main".into(),
            architecture: "amd64".into(),
            path: path.into(),
            root: listed.root,
            entries: listed.entries,
            bytes: listed.bytes,
            layout: Layout::default(),
            sha256: None,
        };
        let release = match suite.name {
            "" => None,
            name => {
                let text = format!("Codename: {name}\n{}", suite.release);
                Some(Release {
                    files: vec![writer.file("InRelease", text.into(), None).await.unwrap()],
                    date: None,
                    valid_until: None,
                    suite: None,
                    codename: Some(name.into()),
                    version: None,
                    origin: None,
                    label: None,
                    signers: Vec::new(),
                })
            }
        };
        parts.push(Part { name: suite.name.into(), release, lists: vec![list], ..Part::default() });
    }
    let made = Made::Mirror { mirror: "test".into(), filter: None };
    let parents = base.map(Snapshot::id).into_iter().collect();
    writer.commit(Manifest { format: 1, made, parents, parts }).await.unwrap()
}

/// The moment that is so many days after the first of 2026.
pub fn day(day: i64) -> Timestamp {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    Timestamp::from_second(start.as_second() + day * 24 * 3600).unwrap()
}

/// Appends a snapshot to the log of a mirror.
pub async fn mirrored(store: &Store, mirror: &str, snapshot: Digest, time: Timestamp) {
    let log = Log::<State>::open(store.objects(), MIRROR, mirror).unwrap();
    let config = Config::Folder(FolderConfig { directory: "/nowhere".into(), component: "main".into() });
    let state = State { snapshot: Some(snapshot), config, suites: BTreeMap::new() };
    let head = log.head_if_exists().await.unwrap();
    log.append(head.map(|head| head.position()), state, &Note::new("test", "").at(time)).await.unwrap();
}

/// Makes an environment a snapshot.
pub async fn promoted(store: &Store, environment: &str, snapshot: Digest, time: Timestamp) {
    let environment = Environment::open(store, environment).unwrap();
    let note = Note::new("test", "").at(time);
    match environment.log().head_if_exists().await.unwrap() {
        None => drop(environment.create(Change::created(snapshot), &note).await.unwrap()),
        Some(_) => drop(environment.promote(Change::promoted(snapshot, "test"), None, &note).await.unwrap()),
    }
}

/// A package as dpkg's status has it.
pub fn installed(package: &Indexed) -> Package {
    let stanza = package.stanza().replacen('\n', "\nStatus: install ok installed\n", 1);
    of_status(stanza.as_bytes())
}

/// A package of a stanza of dpkg's status.
pub fn of_status(stanza: &[u8]) -> Package {
    let parsed = reposnap::deb::stanza::Stanza::parse(stanza).unwrap();
    let field = |name: &str| String::from_utf8(parsed.get(name).unwrap_or_default().to_vec()).unwrap();
    let (name, version, source) = (field("Package"), field("Version"), field("Source"));
    let (source_name, source_version) = match source.split_once(" (") {
        Some((name, version)) => (name.to_owned(), version.trim_end_matches(')').to_owned()),
        None if source.is_empty() => (name.clone(), version.clone()),
        None => (source, version.clone()),
    };
    let status = field("Status");
    let words: Vec<&str> = status.split_whitespace().collect();
    Package {
        family: Family::Deb,
        architecture: field("Architecture"),
        source: Source { name: source_name, version: source_version },
        layer: Some(0),
        state: Installed { want: words[0].into(), flag: words[1].into(), status: words[2].into() },
        built_using: Vec::new(),
        static_built_using: Vec::new(),
        installed_at: None,
        vendor: None,
        proof: None,
        place: "var/lib/dpkg/status".into(),
        stanza: Arc::from(stanza),
        md5sums: None,
        name,
        version,
    }
}

/// An image with layers of these names.
pub fn image(reference: &str, layers: &[&str], packages: Vec<Package>) -> Inventory {
    let layer = |name: &&str| Layer {
        digest: Digest::of(format!("blob {name}").as_bytes()),
        diff_id: Digest::of(name.as_bytes()),
        size: 1,
        created_by: None,
        created: None,
        packages: 0,
        removed: Vec::new(),
    };
    Inventory {
        reference: reference.to_owned(),
        digest: Some(Digest::of(format!("{layers:?}").as_bytes())),
        platform: None,
        created: None,
        labels: BTreeMap::new(),
        os: None,
        layers: layers.iter().map(layer).collect(),
        databases: vec![Database {
            family: Family::Deb,
            path: "var/lib/dpkg/status".into(),
            format: "status".into(),
            packages: packages.len(),
        }],
        packages,
        evidence: Evidence::default(),
        files: None,
    }
}
