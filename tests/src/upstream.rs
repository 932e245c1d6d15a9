//! Small APT repositories with successive states, honest or hostile, signed by the real gpg.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use crate::deb::{Compression, Package, sha256};
use crate::gnupg::GnuPg;

/// What an archive publishes for one suite at one time.
#[derive(Debug, Clone)]
pub struct Suite {
    /// `Suite`.
    pub suite: String,
    /// `Codename`; also the folder below `dists/`.
    pub codename: String,
    /// Further Release fields, in order, such as `Origin` or `Valid-Until`.
    pub fields: Vec<(String, String)>,
    /// `Date`; now when `None`.
    pub date: Option<String>,
    /// Architectures with an index of their own; packages of `all` are in each.
    pub architectures: Vec<String>,
    /// Components, in order.
    pub components: Vec<String>,
    /// The binary packages.
    pub packages: Vec<Package>,
    /// Source stanzas of the first component, each without its blank line.
    pub sources: Vec<String>,
    /// English descriptions of the first component (`Translation-en`), if any.
    pub translation: Option<String>,
    /// How indexes are offered.
    pub compressions: Vec<Compression>,
    /// Whether indexes are also found by their digests.
    pub by_hash: bool,
}

impl Suite {
    /// `stable`, codename `testname`, component `main`, architecture `amd64`, offered plain, gz and xz, by hash.
    pub fn new(packages: Vec<Package>) -> Self {
        let fields = [("Origin", "Test"), ("Label", "Test")];
        Self {
            suite: "stable".to_owned(),
            codename: "testname".to_owned(),
            fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            date: None,
            architectures: vec!["amd64".to_owned()],
            components: vec!["main".to_owned()],
            packages,
            sources: Vec::new(),
            translation: None,
            compressions: vec![Compression::None, Compression::Gzip, Compression::Xz],
            by_hash: true,
        }
    }

    /// Sets a Release field, replacing one of that name.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets `Date`, as RFC 5322 with `UTC`.
    #[must_use]
    pub fn date(mut self, date: &str) -> Self {
        self.date = Some(date.to_owned());
        self
    }

    /// The indexes, uncompressed, by their path below the suite's folder.
    pub fn indexes(&self) -> BTreeMap<String, Vec<u8>> {
        let mut indexes = BTreeMap::new();
        for (number, component) in self.components.iter().enumerate() {
            for architecture in &self.architectures {
                let mut text = String::new();
                for package in self.packages.iter().filter(|package| package.component_name() == component) {
                    if [architecture.as_str(), "all"].contains(&package.get("Architecture")) {
                        text.push_str(&package.stanza(&package.build()));
                        text.push('\n');
                    }
                }
                indexes.insert(format!("{component}/binary-{architecture}/Packages"), text.into_bytes());
            }
            if number == 0 && !self.sources.is_empty() {
                let text: String = self.sources.iter().map(|stanza| format!("{}\n\n", stanza.trim_end())).collect();
                indexes.insert(format!("{component}/source/Sources"), text.into_bytes());
            }
            if let (0, Some(translation)) = (number, &self.translation) {
                indexes.insert(format!("{component}/i18n/Translation-en"), translation.clone().into_bytes());
            }
        }
        indexes
    }
}

/// Changes that an attacker, or an accident, makes on the way; each step sees what the one before left.
#[derive(Default)]
pub struct Tampering<'a> {
    /// Changes the uncompressed indexes before they are compressed, hashed and signed.
    pub indexes: Option<Change<'a, BTreeMap<String, Vec<u8>>>>,
    /// Changes the Release text before it is signed.
    pub release: Option<Change<'a, String>>,
    /// Changes the files below the suite's folder after signing, InRelease and by-hash included.
    pub published: Option<Change<'a, BTreeMap<String, Vec<u8>>>>,
}

/// One change.
pub type Change<'a, T> = Box<dyn Fn(&mut T) + 'a>;

/// An archive in a folder, with the key that signs it.
pub struct Upstream<'a> {
    root: PathBuf,
    gpg: &'a GnuPg,
    keys: Vec<String>,
    generation: u64,
}

impl<'a> Upstream<'a> {
    /// An empty archive in `root`, to be signed by `key`.
    pub fn new(root: &Path, gpg: &'a GnuPg, key: &str) -> Self {
        Self::signed_by(root, gpg, &[key])
    }

    /// An empty archive in `root`, to be signed by all of `keys`.
    pub fn signed_by(root: &Path, gpg: &'a GnuPg, keys: &[&str]) -> Self {
        Self { root: root.to_owned(), gpg, keys: keys.iter().map(|&key| key.to_owned()).collect(), generation: 0 }
    }

    /// The folder that a web server serves.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of a suite.
    pub fn dist(&self, codename: &str) -> PathBuf {
        self.root.join("dists").join(codename)
    }

    /// Publishes `suite`, packages first; the suite's folder changes in one step.
    pub fn publish(&mut self, suite: &Suite) {
        self.publish_with(suite, &Tampering::default());
    }

    /// Like [`Upstream::publish`], tampered with on the way.
    pub fn publish_with(&mut self, suite: &Suite, tampering: &Tampering<'_>) {
        for package in &suite.packages {
            write(&self.root.join(package.pool_path()), &package.build());
        }
        let mut indexes = suite.indexes();
        apply(&tampering.indexes, &mut indexes);
        let mut files = BTreeMap::new();
        for (path, bytes) in &indexes {
            for compression in &suite.compressions {
                files.insert(format!("{path}{}", compression.extension()), compression.compress(bytes));
            }
        }
        let mut release = release(suite, &indexes, &files);
        apply(&tampering.release, &mut release);
        if suite.by_hash {
            let copies: Vec<_> = files.iter().map(|(path, bytes)| (by_hash(path, bytes), bytes.clone())).collect();
            files.extend(copies);
        }
        let keys: Vec<&str> = self.keys.iter().map(String::as_str).collect();
        let signing = crate::gnupg::Signing { keys: &keys, ..Default::default() };
        files.insert("InRelease".to_owned(), self.gpg.clearsign_as(&signing, release.as_bytes()));
        files.insert("Release.gpg".to_owned(), self.gpg.detach_sign_as(&signing, release.as_bytes()));
        files.insert("Release".to_owned(), release.into_bytes());
        apply(&tampering.published, &mut files);
        self.replace(&suite.codename, &files);
    }

    fn replace(&mut self, codename: &str, files: &BTreeMap<String, Vec<u8>>) {
        self.generation += 1;
        let time = distinct_time();
        let state = self.root.join("states").join(self.generation.to_string());
        for (path, bytes) in files {
            let path = state.join(path);
            write(&path, bytes);
            let file = fs::File::options().write(true).open(&path).expect("just written");
            file.set_modified(time).expect("setting a time");
        }
        let dists = self.root.join("dists");
        fs::create_dir_all(&dists).expect("making dists");
        let fresh = dists.join(format!("{codename}.new"));
        std::os::unix::fs::symlink(format!("../states/{}", self.generation), &fresh).expect("linking a state");
        fs::rename(fresh, dists.join(codename)).expect("moving the suite");
    }
}

/// A time of change, an hour ago or so, that no state of any archive of this process had before. A web server tells
/// versions of a file apart by its time in whole seconds and by its size; two archives with equal packages have files
/// of equal size.
fn distinct_time() -> SystemTime {
    static STATES: AtomicU64 = AtomicU64::new(0);
    let earlier = STATES.fetch_add(1, Ordering::SeqCst);
    SystemTime::now() - Duration::from_secs(3600) + Duration::from_secs(earlier)
}

/// A Date a minute ago or so, later than any that this gave before: two states of one Date must be the same state.
fn distinct_date() -> String {
    static LAST: AtomicI64 = AtomicI64::new(i64::MIN);
    let minute_ago = seconds_now() - 60;
    let next = |last: i64| Some(minute_ago.max(last.saturating_add(1)));
    let last = LAST.fetch_update(Ordering::SeqCst, Ordering::SeqCst, next).unwrap_or(i64::MIN);
    date_of(minute_ago.max(last.saturating_add(1)))
}

/// The current time as a Release file writes it, shifted by `seconds`.
pub fn date(seconds: i64) -> String {
    date_of(seconds_now() + seconds)
}

fn seconds_now() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock after 1970").as_secs() as i64
}

fn date_of(seconds: i64) -> String {
    let then = format!("@{seconds}");
    let mut command = std::process::Command::new("date");
    let output = crate::process::succeed(command.args(["-u", "-R", "-d", &then]).env("LC_ALL", "C"));
    output.text().trim_end().replace("+0000", "UTC")
}

/// A flat repository (no dists, no components) of `packages` in `root`, with a signed Release.
pub fn flat(root: &Path, packages: &[Package], gpg: &GnuPg, key: &str) {
    let mut text = String::new();
    for package in packages {
        let bytes = package.build();
        write(&root.join(package.file_name()), &bytes);
        text.push_str(&package.stanza(&bytes).replace(&package.pool_path(), &format!("./{}", package.file_name())));
        text.push('\n');
    }
    write(&root.join("Packages"), text.as_bytes());
    let release = format!("Date: {}\nSHA256:\n {} {} Packages\n", date(0), sha256(text.as_bytes()), text.len());
    write(&root.join("Release"), release.as_bytes());
    write(&root.join("InRelease"), &gpg.clearsign(key, release.as_bytes()));
}

fn release(suite: &Suite, indexes: &BTreeMap<String, Vec<u8>>, files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut release = String::new();
    let mut add = |name: &str, value: &str| release.push_str(&format!("{name}: {value}\n"));
    for (name, value) in &suite.fields {
        add(name, value);
    }
    add("Suite", &suite.suite);
    add("Codename", &suite.codename);
    add("Date", &suite.date.clone().unwrap_or_else(distinct_date));
    if suite.by_hash {
        add("Acquire-By-Hash", "yes");
    }
    add("Architectures", &suite.architectures.join(" "));
    add("Components", &suite.components.join(" "));
    release.push_str("SHA256:\n");
    // The uncompressed index is named even where only compressed ones are offered, as Debian does.
    let mut named: BTreeMap<&String, &Vec<u8>> = indexes.iter().collect();
    named.extend(files);
    for (path, bytes) in named {
        release.push_str(&format!(" {} {} {path}\n", sha256(bytes), bytes.len()));
    }
    release
}

fn by_hash(path: &str, bytes: &[u8]) -> String {
    let (folder, _) = path.rsplit_once('/').expect("indexes are in folders");
    format!("{folder}/by-hash/SHA256/{}", sha256(bytes))
}

fn apply<T>(change: &Option<Change<'_, T>>, value: &mut T) {
    if let Some(change) = change {
        change(value);
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("making a folder");
    fs::write(path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
