//! A full-scale upstream made from a real index: every package a tiny valid .deb, and several successive states of
//! which each bumps one package in a hundred. The same input gives the same bytes, signatures apart.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use flate2::Compression;
use md5::Digest as _;
use reposnap::Digest;
use reposnap_tests::gnupg::GnuPg;
use reposnap_tests::process::succeed;

use crate::index::{self, Package};

/// How many states are made, the first included.
pub(crate) const STATES: usize = 3;
/// One package in this many changes from a state to the next.
const CHANGED: u64 = 100;
/// The modification time of all members and files: 2023-06-05.
const MODIFIED: u64 = 1_686_000_000;
/// The date of state 0: 2025-06-15. Each state is a day younger.
const RELEASED: u64 = 1_750_000_000;
/// Fields of an index that are not in a package's own control file.
const INDEX_ONLY: [&str; 7] = ["Filename", "Size", "MD5sum", "SHA1", "SHA256", "Description-md5", "Tag"];

/// An upstream on disk, and the keys around it.
pub(crate) struct Upstream {
    /// Holds everything below; also the place for results.
    pub(crate) directory: PathBuf,
    /// How many packages each state has.
    pub(crate) packages: usize,
}

impl Upstream {
    /// The upstream of `limit` packages (all when `None`) under `directory`, made now unless it is there already.
    pub(crate) fn prepare(directory: &Path, limit: Option<usize>) -> Self {
        let directory = directory.join(limit.map_or("full".to_owned(), |limit| limit.to_string()));
        let count = directory.join("packages");
        if !count.exists() {
            eprintln!("making the upstream in {}", directory.display());
            drop(fs::remove_dir_all(&directory));
            fs::create_dir_all(&directory).expect("making a directory");
            let made = make(&directory, limit);
            fs::write(&count, made.to_string()).expect("writing");
        }
        let packages = fs::read_to_string(&count).ok().and_then(|text| text.parse().ok());
        let upstream = Self { directory, packages: packages.expect("the number of packages was written last") };
        upstream.show(0);
        upstream
    }

    /// What the web server serves.
    pub(crate) fn root(&self) -> PathBuf {
        self.directory.join("upstream")
    }

    /// The public key of the upstream, binary.
    pub(crate) fn keyring(&self) -> PathBuf {
        self.directory.join("archive.gpg")
    }

    /// The index of a state, uncompressed.
    pub(crate) fn index(&self, state: usize) -> PathBuf {
        self.root().join(format!("states/{state}/main/binary-amd64/Packages"))
    }

    /// Switches the suite to a state.
    pub(crate) fn show(&self, state: usize) {
        let dists = self.root().join("dists");
        fs::create_dir_all(&dists).expect("making dists");
        let fresh = dists.join("bookworm.new");
        drop(fs::remove_file(&fresh));
        std::os::unix::fs::symlink(format!("../states/{state}"), &fresh).expect("linking a state");
        fs::rename(fresh, dists.join("bookworm")).expect("moving the suite");
    }
}

/// A fresh GnuPG home that holds the upstream's public key and the publisher's secret key; and their fingerprints.
pub(crate) fn keys(upstream: &Upstream) -> (GnuPg, String, String) {
    let read = |name: &str| fs::read(upstream.directory.join(name)).expect("a file that the upstream was made with");
    let gpg = GnuPg::new();
    gpg.import(&read("archive.gpg"));
    gpg.import(&read("publisher.key"));
    let text = |name: &str| String::from_utf8(read(name)).expect("a fingerprint");
    (gpg, text("archive.fingerprint"), text("publisher.fingerprint"))
}

fn make(directory: &Path, limit: Option<usize>) -> usize {
    let gpg = GnuPg::new();
    let archive = gpg.generate_as("Synthetic Archive <archive@example.invalid>", "rsa3072", "never", None);
    let publisher = gpg.generate("Publisher <publisher@example.invalid>");
    let write = |name: &str, bytes: &[u8]| fs::write(directory.join(name), bytes).expect("writing a key");
    write("archive.gpg", &gpg.export(&archive));
    write("archive.fingerprint", archive.as_bytes());
    write("publisher.key", &gpg.export_secret(&publisher));
    write("publisher.gpg", &gpg.export(&publisher));
    write("publisher.fingerprint", publisher.as_bytes());

    let mut packages = index::packages(&index::largest(), limit);
    let root = directory.join("upstream");
    let all: Vec<usize> = (0..packages.len()).collect();
    build(&mut packages, &all, &root);
    eprintln!("  {} packages", packages.len());
    for state in 0..STATES {
        if state > 0 {
            let changed: Vec<usize> = all.iter().copied().filter(|&at| changes(&packages[at], state)).collect();
            changed.iter().for_each(|&at| bump(&mut packages[at], state));
            build(&mut packages, &changed, &root);
            eprintln!("  state {state}: {} changed", changed.len());
        }
        write_state(state, &packages, &root, &gpg, &archive);
    }
    packages.len()
}

fn changes(package: &Package, state: usize) -> bool {
    let name = package.get("Package").expect("a package has a name");
    let digest = Digest::of(format!("{name}/{state}").as_bytes()).to_string();
    let head = u64::from_str_radix(&digest[..16], 16).expect("a digest is hexadecimal");
    head < u64::MAX / CHANGED
}

fn bump(package: &mut Package, state: usize) {
    let version = format!("{}+s{state}", package.get("Version").expect("a package has a version"));
    let old = package.get("Filename").expect("an index names files").to_owned();
    let (stem, architecture) = old.rsplit_once('_').expect("name_version_architecture.deb");
    package.set("Filename", format!("{stem}+s{state}_{architecture}"));
    package.set("Version", version);
}

/// Writes the .debs of the packages at `which` and corrects their sizes and digests.
fn build(packages: &mut [Package], which: &[usize], root: &Path) {
    for &at in which {
        let package = &mut packages[at];
        let bytes = deb(package);
        let path = root.join(package.get("Filename").expect("an index names files"));
        fs::create_dir_all(path.parent().expect("a pool path has folders")).expect("making a pool folder");
        fs::write(&path, &bytes).expect("writing a package");
        package.set("Size", bytes.len().to_string());
        package.set("MD5sum", hex(&md5::Md5::digest(&bytes)));
        package.set("SHA256", Digest::of(&bytes).to_string());
    }
}

/// A valid package: the stanza as its control file, and one file that holds the version.
fn deb(package: &Package) -> Vec<u8> {
    let mut control = String::with_capacity(2048);
    package.render(&mut control, |name| !INDEX_ONLY.contains(&name));
    let name = package.get("Package").expect("a package has a name");
    let version = format!("{}\n", package.get("Version").expect("a package has a version"));
    let mut out = b"!<arch>\n".to_vec();
    for (member, bytes) in [
        ("debian-binary", b"2.0\n".to_vec()),
        ("control.tar.gz", archive("./control", control.as_bytes())),
        ("data.tar.gz", archive(&format!("./usr/share/doc/{name}/version"), version.as_bytes())),
    ] {
        out.extend(format!("{member:<16}{MODIFIED:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, "100644", bytes.len()).bytes());
        out.extend(&bytes);
        if bytes.len() % 2 == 1 {
            out.push(b'\n');
        }
    }
    out
}

fn archive(path: &str, bytes: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mtime(MODIFIED);
    header.set_mode(0o644);
    let encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::new(6));
    let mut builder = tar::Builder::new(encoder);
    builder.append_data(&mut header, path, bytes).expect("writing to memory");
    builder.into_inner().and_then(|encoder| encoder.finish()).expect("writing to memory")
}

fn write_state(state: usize, packages: &[Package], root: &Path, gpg: &GnuPg, key: &str) {
    let dist = root.join(format!("states/{state}"));
    let binary = dist.join("main/binary-amd64");
    fs::create_dir_all(&binary).expect("making a folder");
    let mut text = String::with_capacity(64 << 20);
    for package in packages {
        if !text.is_empty() {
            text.push('\n');
        }
        package.render(&mut text, |_| true);
    }
    let plain = binary.join("Packages");
    fs::write(&plain, &text).expect("writing an index");
    succeed(Command::new("xz").args(["-k", "-f", "-6", "-T1"]).arg(&plain));
    let file = File::create(binary.join("Packages.gz")).expect("writing an index");
    let mut encoder = flate2::write::GzEncoder::new(file, Compression::best());
    encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).expect("writing an index");
    let part = "Archive: stable\nOrigin: Synth\nLabel: Synth\nComponent: main\nArchitecture: amd64\n";
    fs::write(binary.join("Release"), part).expect("writing");

    let mut release = format!(
        "Origin: Synth\nLabel: Synth\nSuite: stable\nVersion: 12.{state}\nCodename: bookworm\nDate: {}\n\
         Acquire-By-Hash: yes\nArchitectures: all amd64\nComponents: main\nDescription: synthetic, state {state}\n",
        date(RELEASED + state as u64 * 86_400)
    );
    let files = ["Packages", "Packages.gz", "Packages.xz", "Release"].map(|name| {
        let bytes = fs::read(binary.join(name)).expect("just written");
        (name, bytes)
    });
    for (field, digest) in [("MD5Sum", md5_hex as fn(&[u8]) -> String), ("SHA256", sha256_hex)] {
        release.push_str(field);
        release.push_str(":\n");
        let by_hash = binary.join("by-hash").join(field);
        fs::create_dir_all(&by_hash).expect("making a folder");
        for (name, bytes) in &files {
            let digest = digest(bytes);
            release.push_str(&format!(" {digest} {:>8} main/binary-amd64/{name}\n", bytes.len()));
            let link = by_hash.join(digest);
            drop(fs::remove_file(&link));
            fs::hard_link(binary.join(name), link).expect("linking by hash");
        }
    }
    fs::write(dist.join("Release"), &release).expect("writing");
    fs::write(dist.join("Release.gpg"), gpg.detach_sign(key, release.as_bytes())).expect("writing");
    fs::write(dist.join("InRelease"), gpg.clearsign(key, release.as_bytes())).expect("writing");
    // A web server tells versions of a file apart by time and size: states must differ in time.
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(RELEASED + state as u64 * 86_400);
    for path in ["InRelease", "Release", "Release.gpg"].map(|name| dist.join(name)).iter().chain([&plain]) {
        File::options().write(true).open(path).and_then(|file| file.set_modified(time)).expect("setting a time");
    }
    for name in ["Packages.gz", "Packages.xz", "Release"] {
        let file = File::options().write(true).open(binary.join(name));
        file.and_then(|file| file.set_modified(time)).expect("setting a time");
    }
}

/// A date as RFC 5322 and Release files write it.
fn date(seconds: u64) -> String {
    let output = succeed(Command::new("date").args(["-u", "-R", "-d", &format!("@{seconds}")]).env("LC_ALL", "C"));
    output.text().trim_end().replace("+0000", "UTC")
}

fn md5_hex(bytes: &[u8]) -> String {
    hex(&md5::Md5::digest(bytes))
}

fn sha256_hex(bytes: &[u8]) -> String {
    Digest::of(bytes).to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
