//! Packages that rpmbuild built and rpmsign signed, in databases that rpm, SQLite and Berkeley DB wrote.

// Not every test needs all of it.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use reposnap::openpgp::Keyring;
use reposnap_image::rpm::{self, Files, Header, tag};

/// What is made once for all tests.
pub struct World {
    pub dir: PathBuf,
    /// The armored keys that signed.
    pub rsa: Vec<u8>,
    pub ed25519: Vec<u8>,
}

const SPEC: &str = r"
Name: demo
Version: 1.0~rc1
Release: 1
Summary: A demonstration
License: MIT
Vendor: Example Vendor
BuildArch: noarch
%description
With files of all sorts.
%package epoch
Epoch: 3
Summary: With an epoch
%description epoch
Without files.
%package caret
Version: 2.0^git5
Release: 0.1
Summary: With a caret
%description caret
Without files.
%package many
Summary: Many files
%description many
So many that its header goes on on overflow pages.
%package weak
Summary: Signed by SHA-1
%description weak
Without files.
%install
mkdir -p %{buildroot}/etc %{buildroot}/usr/share/many
echo conf > %{buildroot}/etc/demo.conf
ln -s demo.conf %{buildroot}/etc/demo.link
cd %{buildroot}/usr/share/many
for i in $(seq 1 400); do mkdir -p d$((i % 7)); echo $i > d$((i % 7))/file-number-$i; done
%files
%config /etc/demo.conf
/etc/demo.link
%ghost /etc/demo.ghost
%files epoch
%files caret
%files many
/usr/share/many
%files weak
";

/// The packages of the world's database.
pub const PACKAGES: [&str; 5] = ["demo", "demo-caret", "demo-epoch", "demo-many", "demo-weak"];

pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        // Of each test's program its own: they may run side by side.
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"));
        let made = || Some((std::fs::read(dir.join("rsa.asc")).ok()?, std::fs::read(dir.join("ed25519.asc")).ok()?));
        if std::fs::read_to_string(dir.join("made-from")).is_ok_and(|spec| spec == SPEC)
            && let Some((rsa, ed25519)) = made()
        {
            return World { dir, rsa, ed25519 };
        }
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("demo.spec"), SPEC).unwrap();
        run(Command::new("rpmbuild")
            .args(["-bb", "--quiet", "--define", "_build_name_fmt %%{NAME}.rpm", "--define"])
            .arg(format!("_topdir {}", dir.display()))
            .arg(dir.join("demo.spec")));
        let (rsa, ed25519) = sign(&dir.join("RPMS"));
        let world = World { dir, rsa, ed25519 };
        let db = world.dir.join("db");
        let rpms: Vec<PathBuf> = PACKAGES.iter().map(|name| world.package(name)).collect();
        run(world.rpm(&db).args(["-i", "--nodeps", "--justdb", "--noscripts", "--notriggers"]).args(&rpms));
        std::fs::write(world.dir.join("rsa.asc"), &world.rsa).unwrap();
        std::fs::write(world.dir.join("ed25519.asc"), &world.ed25519).unwrap();
        std::fs::write(world.dir.join("made-from"), SPEC).unwrap();
        world
    })
}

/// Signs all but `demo-caret`, by GnuPG keys that are gone afterwards; the public keys.
fn sign(rpms: &Path) -> (Vec<u8>, Vec<u8>) {
    let home = tempfile::tempdir().unwrap();
    let gpg = |args: &[&str]| {
        let homed = ["--homedir", home.path().to_str().unwrap(), "--batch", "--quiet", "--passphrase", ""];
        run(Command::new("gpg").args(homed).args(args))
    };
    for (user, algorithm) in [("rsa@example.org", "rsa2048"), ("ed@example.org", "ed25519")] {
        gpg(&["--quick-gen-key", user, algorithm, "sign", "never"]);
    }
    let sign = |user: &str, digest: &str, names: &[&str]| {
        run(Command::new("rpmsign")
            .args(["--addsign", "--define", "__gpg /usr/bin/gpg", "--define", &format!("_gpg_name {user}"), "--define"])
            .arg(format!("_gpg_digest_algo {digest}"))
            .args(["--define", &format!("_gpg_path {}", home.path().display())])
            .args(names.iter().map(|name| rpms.join(format!("{name}.rpm"))))
            .env("GNUPGHOME", home.path()));
    };
    sign("rsa@example.org", "sha256", &["demo", "demo-many"]);
    sign("ed@example.org", "sha512", &["demo-epoch"]);
    sign("rsa@example.org", "sha1", &["demo-weak"]);
    let keys = ["rsa@example.org", "ed@example.org"].map(|user| gpg(&["--armor", "--export", user]));
    let _ = Command::new("gpgconf").args(["--kill", "all"]).env("GNUPGHOME", home.path()).status();
    let [rsa, ed25519] = keys;
    (rsa, ed25519)
}

impl World {
    /// The file of a package.
    pub fn package(&self, name: &str) -> PathBuf {
        self.dir.join(format!("RPMS/{name}.rpm"))
    }

    /// The header blob of a package.
    pub fn blob(&self, name: &str) -> Vec<u8> {
        let is_it = |blob: &Vec<u8>| Header::parse(blob).unwrap().string(tag::NAME) == Some(name.as_bytes());
        self.blobs().into_iter().map(|(_, blob)| blob).find(is_it).unwrap()
    }

    /// rpm on the database in `db`, of SQLite.
    pub fn rpm(&self, db: &Path) -> Command {
        rpm_with("sqlite", db)
    }

    /// Both keys.
    pub fn keyring(&self) -> Keyring {
        Keyring::from_parts([&self.rsa[..], &self.ed25519]).unwrap()
    }

    /// A copy of the world's database, as one file in a folder of this name.
    pub fn copy(&self, name: &str) -> PathBuf {
        let db = self.dir.join(name);
        let _ = std::fs::remove_dir_all(&db);
        std::fs::create_dir_all(&db).unwrap();
        let file = db.join("rpmdb.sqlite");
        // A copy that has all of the log in it, whatever rpm left behind.
        sqlite3(&self.dir.join("db/rpmdb.sqlite"), &format!("VACUUM INTO '{}'", file.display()));
        file
    }

    /// The header blobs of the world's database, as SQLite reads them.
    pub fn blobs(&self) -> Vec<(u32, Vec<u8>)> {
        sqlite_blobs(&self.dir.join("db/rpmdb.sqlite"))
    }
}

/// rpm on a database of some backend.
pub fn rpm_with(backend: &str, db: &Path) -> Command {
    let mut command = Command::new("rpm");
    command.arg("--dbpath").arg(db).arg("--define").arg(format!("_db_backend {backend}"));
    // The machine's own configuration has no say.
    command.env("HOME", "/nonexistent");
    command
}

/// Runs a command that must succeed; its output.
pub fn run(command: &mut Command) -> Vec<u8> {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What SQLite's own shell says. It waits for others: rpm, in another test, locks the whole database for a moment.
pub fn sqlite3(file: &Path, statement: &str) -> String {
    let mut command = Command::new("sqlite3");
    command.args(["-bail", "-cmd", ".timeout 60000"]).arg(file).arg(statement);
    String::from_utf8(run(&mut command)).unwrap()
}

/// The table of headers as SQLite reads it.
pub fn sqlite_blobs(file: &Path) -> Vec<(u32, Vec<u8>)> {
    let text = sqlite3(file, "SELECT hnum, hex(blob) FROM Packages ORDER BY hnum");
    text.lines()
        .map(|line| {
            let (number, hex) = line.split_once('|').unwrap();
            (number.parse().unwrap(), unhex(hex))
        })
        .collect()
}

/// The headers as they are read here.
pub fn our_blobs(files: &Files<'_>) -> reposnap::Result<Vec<(u32, Vec<u8>)>> {
    Ok(rpm::blobs(files)?.1.into_iter().map(|blob| (blob.number, blob.bytes().to_vec())).collect())
}

/// The packages as they are read here, a line each.
pub fn our_lines(files: &Files<'_>) -> Vec<String> {
    let read = rpm::read(files, None).unwrap();
    let mut lines: Vec<String> = read
        .packages
        .iter()
        .map(|package| {
            let installed = package.installed_at.map_or(0, |time| time.as_second());
            let vendor = package.vendor.as_deref().unwrap_or("(none)");
            let (name, version, architecture) = (&package.name, &package.version, &package.architecture);
            format!("{name} {version} {architecture} {installed} {vendor}")
        })
        .collect();
    lines.sort();
    lines
}

/// The packages as rpm reads them, in the same lines.
pub fn rpm_lines(command: &mut Command) -> Vec<String> {
    let text = run(command.args(["-qa", "--qf", "%{NAME} %{EVR} %{ARCH} %{INSTALLTIME} %{VENDOR}\n"]));
    let text = String::from_utf8(text).unwrap();
    let mut lines: Vec<String> =
        text.lines().filter(|line| !line.starts_with("gpg-pubkey ")).map(str::to_string).collect();
    lines.sort();
    lines
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn unhex(hex: &str) -> Vec<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16).unwrap() as u8;
    hex.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

/// A hash of Berkeley DB with these headers, written by `db5.3_load`; `head` has lines such as `db_pagesize=512`.
pub fn bdb(dir: &Path, head: &str, big_endian: bool, blobs: &[(u32, Vec<u8>)]) -> PathBuf {
    let _ = std::fs::remove_dir_all(dir);
    std::fs::create_dir_all(dir).unwrap();
    let key = |number: u32| hex(&if big_endian { number.to_be_bytes() } else { number.to_le_bytes() });
    let order = if big_endian { 4321 } else { 1234 };
    let mut dump = format!("VERSION=3\nformat=bytevalue\ntype=hash\ndb_lorder={order}\n{head}HEADER=END\n");
    // rpm's counter, then the headers.
    dump += &format!(" {}\n {}\n", key(0), key(blobs.len() as u32 + 1));
    for (number, blob) in blobs {
        dump += &format!(" {}\n {}\n", key(*number), hex(blob));
    }
    dump += "DATA=END\n";
    let (text, file) = (dir.join("dump"), dir.join("Packages"));
    std::fs::write(&text, dump).unwrap();
    run(Command::new("db5.3_load").arg("-f").arg(&text).arg(&file));
    file
}
