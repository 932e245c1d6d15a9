//! Databases of every format against rpm, SQLite and Berkeley DB, which wrote them.

mod rpm_support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use reposnap::Kind;
use reposnap_image::rpm::{self, Files, Format, Header, files, tag};
use rpm_support::*;

fn read(file: &Path) -> Vec<u8> {
    std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// A SQLite database's files as they lie.
struct Laid {
    path: String,
    main: Vec<u8>,
    wal: Option<Vec<u8>>,
}

impl Laid {
    fn at(file: &Path) -> Self {
        let path = file.display().to_string();
        Self { main: read(file), wal: std::fs::read(format!("{path}-wal")).ok(), path }
    }

    fn files(&self) -> Files<'_> {
        Files { wal: self.wal.as_deref(), ..Files::new(&self.path, &self.main) }
    }
}

#[test]
fn a_database_as_rpm_left_it() {
    let world = world();
    let laid = Laid::at(&world.dir.join("db/rpmdb.sqlite"));
    assert_eq!(rpm::detect(&laid.files()).unwrap(), Format::Sqlite);
    let lines = our_lines(&laid.files());
    assert_eq!(lines, rpm_lines(&mut world.rpm(&world.dir.join("db"))));
    assert_eq!(lines.len(), PACKAGES.len());
    let read = rpm::read(&laid.files(), None).unwrap();
    let named = |name: &str| read.packages.iter().find(|package| package.name == name).unwrap();
    assert_eq!(named("demo").version, "1.0~rc1-1");
    assert_eq!(named("demo-epoch").version, "3:1.0~rc1-1");
    assert_eq!(named("demo-caret").version, "2.0^git5-0.1");
    for package in &read.packages {
        assert_eq!((package.source.name.as_str(), package.source.version.as_str()), ("demo", "1.0~rc1-1"));
        assert!(package.proof.is_none() && package.state.has_files() && package.place == laid.path);
    }
    assert!(read.keys.is_empty());
}

#[test]
fn no_package_is_not_no_database() {
    let world = world();
    let db = world.dir.join("none");
    let _ = std::fs::remove_dir_all(&db);
    run(world.rpm(&db).arg("--initdb"));
    let laid = Laid::at(&db.join("rpmdb.sqlite"));
    assert!(rpm::read(&laid.files(), None).unwrap().packages.is_empty());

    // SQLite's, but not rpm's.
    let other = db.join("other.sqlite");
    sqlite3(&other, "CREATE TABLE packages_of_others(a)");
    let error = rpm::read(&Laid::at(&other).files(), None).unwrap_err();
    assert_eq!((error.kind(), error.at_path()), (Kind::Malformed, other.to_str()));
    assert!(rpm::read(&Files::new("x", b""), None).is_err());
    assert!(rpm::read(&Files::new("x", b"something else"), None).is_err());
}

#[test]
fn keys_are_listed_apart() {
    let world = world();
    let db = world.dir.join("keys");
    let _ = std::fs::remove_dir_all(&db);
    for key in [&world.rsa, &world.ed25519] {
        let file = world.dir.join("key.asc");
        std::fs::write(&file, key).unwrap();
        run(world.rpm(&db).arg("--import").arg(&file));
    }
    let laid = Laid::at(&db.join("rpmdb.sqlite"));
    let read = rpm::read(&laid.files(), None).unwrap();
    assert!(read.packages.is_empty());
    let listed = String::from_utf8(run(world.rpm(&db).args(["-qa", "--qf", "%{VERSION} %{SUMMARY}\n"]))).unwrap();
    let mut ours: Vec<String> =
        read.keys.iter().map(|key| format!("{} {}", key.id, key.user.as_deref().unwrap_or(""))).collect();
    ours.sort();
    let mut theirs: Vec<&str> = listed.lines().collect();
    theirs.sort_unstable();
    assert_eq!(ours, theirs);
    // The key is the one that was imported.
    let armored = |user: &str| {
        let key = read.keys.iter().find(|key| key.user.as_deref().unwrap_or("").contains(user)).unwrap();
        reposnap::openpgp::Keyring::from_bytes(key.armored.as_ref().unwrap().as_bytes()).unwrap().to_bytes().unwrap()
    };
    let plain = |key: &[u8]| reposnap::openpgp::Keyring::from_bytes(key).unwrap().to_bytes().unwrap();
    assert_eq!(armored("rsa@example.org"), plain(&world.rsa));
    assert_eq!(armored("ed@example.org"), plain(&world.ed25519));
}

#[test]
fn files_are_those_that_rpm_lists() {
    let world = world();
    let laid = Laid::at(&world.dir.join("db/rpmdb.sqlite"));
    let (_, blobs) = rpm::blobs(&laid.files()).unwrap();
    for blob in &blobs {
        let header = Header::parse(&blob.bytes).unwrap();
        let name = String::from_utf8(header.string(tag::NAME).unwrap().to_vec()).unwrap();
        let format =
            "[%{FILENAMES} %{FILEDIGESTS} %{FILEMODES} %{FILEFLAGS} %{FILESIZES} %{FILELINKTOS} %{FILESTATES}\n]";
        let told =
            String::from_utf8(run(world.rpm(&world.dir.join("db")).args(["-q", &name, "--qf", format]))).unwrap();
        let list = files::files(&header);
        assert!(list.is_whole());
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let ours: String = list
            .map(|file| {
                let (path, digest, target) = (text(&file.path()), text(file.digest), text(file.target));
                format!("/{path} {digest} {} {} {} {target} {}\n", file.mode, file.flags, file.size, file.state)
            })
            .collect();
        assert_eq!(ours, told, "{name}");
        let comparable = files::files(&header).filter(files::File::is_comparable).count();
        let expected = match name.as_str() {
            "demo" => 1,
            "demo-many" => 400,
            _ => 0,
        };
        assert_eq!(comparable, expected, "{name}");
        assert_eq!(files::digest_algorithm(&header), Some("sha256"), "{name}");
        assert!(files::are_from_region(&header));
        let built = run(world.rpm(&world.dir.join("db")).args(["-q", &name, "--qf", "%{BUILDTIME} %{PAYLOADDIGEST}"]));
        let payload = text(header.string(tag::PAYLOAD_DIGEST).unwrap());
        assert_eq!(text(&built), format!("{} {payload}", header.number(tag::BUILD_TIME).unwrap()));
        assert_eq!(header.binary(tag::SIG_MD5).map(<[u8]>::len), Some(16));
    }
}

#[test]
fn every_size_of_page() {
    let world = world();
    let expected = world.blobs();
    for size in [512, 1024, 4096, 32768, 65536] {
        for reserved in [0, 32] {
            let file = world.copy(&format!("pages-{size}-{reserved}"));
            let make = format!(
                "PRAGMA journal_mode=DELETE;\nPRAGMA page_size={size};\n.filectrl reserve_bytes {reserved}\nVACUUM;\n"
            );
            let mut shell =
                Command::new("sqlite3").arg(&file).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
            shell.stdin.take().unwrap().write_all(make.as_bytes()).unwrap();
            assert!(shell.wait().unwrap().success());
            let laid = Laid::at(&file);
            assert_eq!(laid.main[20], reserved, "reserved bytes");
            assert_eq!(u16::from_be_bytes([laid.main[16], laid.main[17]]), if size == 65536 { 1 } else { size as u16 });
            assert_eq!(our_blobs(&laid.files()).unwrap(), expected, "pages of {size} bytes, {reserved} reserved");
        }
    }
}

#[test]
fn a_deep_tree_with_gaps_and_free_pages() {
    let world = world();
    let file = world.copy("deep");
    // Rows of all sizes around what a page holds, then holes.
    sqlite3(
        &file,
        "PRAGMA journal_mode=DELETE; PRAGMA page_size=512; VACUUM;
         WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
         INSERT INTO Packages(hnum, blob) SELECT i * 3, zeroblob(i % 1200 + 1) FROM n;
         DELETE FROM Packages WHERE hnum % 7 = 0;",
    );
    let laid = Laid::at(&file);
    let ours = our_blobs(&laid.files()).unwrap();
    assert!(ours.len() > 3000);
    assert!(ours == sqlite_blobs(&file), "the rows differ");
}

/// Has Python's SQLite run statements on a database, and copies its files while they are still open.
fn with_open_database(file: &Path, statements: &str, copy: &Path) -> Laid {
    let script = r"
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2].split(';'):
    list(db.execute(statement))
print('ready', flush=True)
sys.stdin.readline()
";
    let _ = std::fs::remove_dir_all(copy);
    std::fs::create_dir_all(copy).unwrap();
    let mut python = Command::new("python3")
        .args(["-c", script])
        .arg(file)
        .arg(statements)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(python.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    for end in ["", "-wal", "-journal"] {
        let from = format!("{}{end}", file.display());
        if Path::new(&from).exists() {
            std::fs::copy(from, copy.join(format!("rpmdb.sqlite{end}"))).unwrap();
        }
    }
    drop(python.stdin.take());
    python.wait().unwrap();
    Laid::at(&copy.join("rpmdb.sqlite"))
}

const WAL: &str = "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=5";

#[test]
fn a_log_that_was_not_checkpointed() {
    let world = world();
    let file = world.copy("wal");
    let statements = format!(
        "{WAL}; DELETE FROM Packages WHERE hnum = 2; UPDATE Packages SET blob = (SELECT blob FROM Packages WHERE hnum = 4)
         WHERE hnum = 1; INSERT INTO Packages(hnum, blob) SELECT hnum + 100, blob FROM Packages"
    );
    let copy = world.dir.join("wal-copy");
    let laid = with_open_database(&file, &statements, &copy);
    assert!(laid.wal.as_ref().is_some_and(|wal| wal.len() > 4096));
    let stale = our_blobs(&Files::new("stale", &laid.main)).unwrap();
    let ours = our_blobs(&laid.files()).unwrap();
    assert_ne!(ours, stale);
    // SQLite's shell writes the log back, so it comes last.
    assert_eq!(ours, sqlite_blobs(&copy.join("rpmdb.sqlite")));
    assert_eq!(ours.len(), 8);
}

#[test]
fn a_log_that_rpm_left_behind() {
    let world = world();
    let file = world.copy("rpm-wal");
    // A reader that stays keeps rpm from taking the log away.
    let db = file.parent().unwrap();
    sqlite3(&file, "PRAGMA journal_mode=WAL");
    let script = "
import sqlite3, subprocess, sys, shutil
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute('BEGIN')
db.execute('SELECT count(*) FROM Packages').fetchall()
subprocess.run(sys.argv[3:], check=True)
shutil.copy(sys.argv[1], sys.argv[2])
shutil.copy(sys.argv[1] + '-wal', sys.argv[2] + '-wal')
";
    let copy = world.dir.join("rpm-wal-copy");
    let _ = std::fs::remove_dir_all(&copy);
    std::fs::create_dir_all(&copy).unwrap();
    run(Command::new("python3")
        .args(["-c", script])
        .arg(&file)
        .arg(copy.join("rpmdb.sqlite"))
        .args(["rpm", "--define", "_db_backend sqlite", "--dbpath"])
        .arg(db)
        .args(["-e", "--justdb", "--nodeps", "demo-many", "demo-weak"]));
    let laid = Laid::at(&copy.join("rpmdb.sqlite"));
    assert!(laid.wal.as_ref().is_some_and(|wal| !wal.is_empty()));
    assert_eq!(our_lines(&Files::new("stale", &laid.main)).len(), PACKAGES.len());
    let ours = our_lines(&laid.files());
    assert_eq!(ours.len(), PACKAGES.len() - 2);
    assert_eq!(ours, rpm_lines(&mut world.rpm(&copy)));
}

#[test]
fn a_transaction_that_was_broken_off() {
    let world = world();
    let file = world.copy("open");
    // Committed, then much that is not, so that it goes into the log all the same.
    let statements = format!(
        "{WAL}; DELETE FROM Packages WHERE hnum = 1; BEGIN; DELETE FROM Packages WHERE hnum = 2;
         WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
         INSERT INTO Packages(hnum, blob) SELECT i, zeroblob(9000) FROM n"
    );
    let copy = world.dir.join("open-copy");
    let laid = with_open_database(&file, &statements, &copy);
    assert!(laid.wal.as_ref().is_some_and(|wal| wal.len() > 500_000), "nothing uncommitted is in the log");
    let ours = our_blobs(&laid.files()).unwrap();
    assert_eq!(ours, sqlite_blobs(&copy.join("rpmdb.sqlite")));
    assert_eq!(ours.len(), 4);

    // The same with a rollback journal: SQLite would take the change back, and nothing is guessed here.
    let file = world.copy("hot");
    let statements = "PRAGMA journal_mode=DELETE; PRAGMA cache_size=5; BEGIN; DELETE FROM Packages WHERE hnum > 1;
         WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
         INSERT INTO Packages(hnum, blob) SELECT i, zeroblob(9000) FROM n";
    let copy = world.dir.join("hot-copy");
    let laid = with_open_database(&file, statements, &copy);
    let journal = read(&copy.join("rpmdb.sqlite-journal"));
    let error = rpm::read(&Files { journal: Some(&journal), ..laid.files() }, None).unwrap_err();
    assert!(error.message().contains("broken off"), "{error}");
    assert_eq!(sqlite_blobs(&copy.join("rpmdb.sqlite")), world.blobs());
}

/// Another machine's log: checksums of the other order of bytes, which the magic tells.
fn turned(wal: &[u8]) -> Vec<u8> {
    let word = |bytes: &[u8], at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!(word(wal, 0), 0x377f_0682, "written on a little-endian machine");
    let sum = |(mut a, mut b): (u32, u32), bytes: &[u8]| {
        for pair in bytes.chunks_exact(8) {
            a = a.wrapping_add(word(pair, 0)).wrapping_add(b);
            b = b.wrapping_add(word(pair, 4)).wrapping_add(a);
        }
        (a, b)
    };
    let mut wal = wal.to_vec();
    wal[3] = 0x83;
    let mut running = sum((0, 0), &wal[..24]);
    wal[24..28].copy_from_slice(&running.0.to_be_bytes());
    wal[28..32].copy_from_slice(&running.1.to_be_bytes());
    let page = word(&wal, 8) as usize;
    for frame in wal[32..].chunks_exact_mut(24 + page) {
        running = sum(sum(running, &frame[..8]), &frame[24..]);
        frame[16..20].copy_from_slice(&running.0.to_be_bytes());
        frame[20..24].copy_from_slice(&running.1.to_be_bytes());
    }
    wal
}

#[test]
fn logs_of_both_orders_and_damaged_ones() {
    let world = world();
    let file = world.copy("order");
    let statements = format!(
        "{WAL}; DELETE FROM Packages WHERE hnum = 1; DELETE FROM Packages WHERE hnum = 2; DELETE FROM Packages WHERE hnum = 3"
    );
    let copy = world.dir.join("order-copy");
    let laid = with_open_database(&file, &statements, &copy);
    let wal = laid.wal.clone().unwrap();
    let expected = our_blobs(&laid.files()).unwrap();
    assert_eq!(expected.len(), 2);

    let turned = turned(&wal);
    std::fs::write(copy.join("rpmdb.sqlite-wal"), &turned).unwrap();
    assert_eq!(our_blobs(&Files { wal: Some(&turned), ..laid.files() }).unwrap(), expected);
    assert_eq!(sqlite_blobs(&copy.join("rpmdb.sqlite")), expected, "SQLite takes the turned log as well");

    // A log that is cut tells of a state in between, as it does to SQLite; or of none at all.
    let mut counts = std::collections::BTreeSet::new();
    for length in (0..wal.len()).step_by(997).chain([wal.len()]) {
        match our_blobs(&Files { wal: Some(&wal[..length]), ..laid.files() }) {
            Ok(blobs) => {
                counts.insert(blobs.len());
            }
            Err(error) => assert!(length < 32, "{length}: {error}"),
        }
    }
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), [2, 3, 4, 5]);
    // A damaged frame before a commit is no end.
    for at in [33, 60, 32 + 24 + 100] {
        let mut damaged = wal.clone();
        damaged[at] ^= 1;
        let error = our_blobs(&Files { wal: Some(&damaged), ..laid.files() }).unwrap_err();
        assert!(error.message().contains("stands behind a frame"), "{error}");
    }
    for at in [0, 5, 10, 17, 25] {
        let mut damaged = wal.clone();
        damaged[at] ^= 1;
        assert!(our_blobs(&Files { wal: Some(&damaged), ..laid.files() }).is_err(), "byte {at} of the log's header");
    }
}

#[test]
fn half_a_database_is_an_error() {
    let world = world();
    let file = world.copy("half");
    let laid = Laid::at(&file);
    for length in (0..laid.main.len()).step_by(512) {
        assert!(rpm::read(&Files::new("half", &laid.main[..length]), None).is_err(), "{length}");
    }
    let hash = read(&bdb(&world.dir.join("half-bdb"), "db_pagesize=4096\n", false, &world.blobs()));
    for length in (0..hash.len()).step_by(512) {
        assert!(rpm::read(&Files::new("half", &hash[..length]), None).is_err(), "{length}");
    }
}

#[test]
fn hashes_of_berkeley_db() {
    let world = world();
    let blobs = world.blobs();
    let expected = rpm_lines(&mut world.rpm(&world.dir.join("db")));
    for (name, head, big_endian) in [
        ("bdb", "db_pagesize=4096\n", false),
        ("bdb-small", "db_pagesize=512\nh_ffactor=2\n", false),
        ("bdb-large", "db_pagesize=65536\n", false),
        ("bdb-big", "db_pagesize=4096\nh_ffactor=4\n", true),
    ] {
        let dir = world.dir.join(name);
        let file = bdb(&dir, head, big_endian, &blobs);
        let (path, bytes) = (file.display().to_string(), read(&file));
        let files = Files::new(&path, &bytes);
        assert_eq!(rpm::detect(&files).unwrap(), Format::BerkeleyDb);
        assert_eq!(our_blobs(&files).unwrap(), blobs, "{name}");
        assert_eq!(our_lines(&files), expected, "{name}");
        if name != "bdb-big" {
            // rpm itself can't read a database of a machine of the other order.
            assert_eq!(rpm_lines(&mut rpm_with("bdb_ro", &dir)), expected, "{name}");
        }
    }
    // Many headers, so that buckets have chains of pages.
    let many: Vec<(u32, Vec<u8>)> =
        (1..2000).map(|number| (number, vec![number as u8; number as usize % 700 + 1])).collect();
    let file = bdb(&world.dir.join("bdb-many"), "db_pagesize=1024\nh_ffactor=40\n", false, &many);
    let bytes = read(&file);
    assert!(our_blobs(&Files::new("many", &bytes)).unwrap() == many, "the headers differ");

    let none = read(&bdb(&world.dir.join("bdb-none"), "", false, &[]));
    assert!(rpm::read(&Files::new("none", &none), None).unwrap().packages.is_empty());
}

#[test]
fn other_files_of_berkeley_db() {
    let world = world();
    let dir = world.dir.join("btree");
    std::fs::create_dir_all(&dir).unwrap();
    let text = dir.join("dump");
    std::fs::write(&text, "VERSION=3\nformat=bytevalue\ntype=btree\nHEADER=END\n 01000000\n 00\nDATA=END\n").unwrap();
    run(Command::new("db5.3_load").arg("-f").arg(&text).arg(dir.join("Packages")));
    let bytes = read(&dir.join("Packages"));
    let error = rpm::read(&Files::new("Packages", &bytes), None).unwrap_err();
    assert_eq!(error.kind(), Kind::Unsupported, "{error}");
    let checked = bdb(&world.dir.join("checked"), "chksum=1\n", false, &world.blobs());
    let bytes = read(&checked);
    let error = rpm::read(&Files::new("Packages", &bytes), None).unwrap_err();
    assert_eq!(error.kind(), Kind::Unsupported, "{error}");
}
