//! Damaged and forged databases: no panic, no endless work, and no package that is called signed and is another.

mod rpm_support;

use std::path::PathBuf;
use std::sync::OnceLock;

use jiff::Timestamp;
use reposnap_image::package::{Package, Proof};
use reposnap_image::rpm::{self, Files, Header, Trust, files, proof};
use rpm_support::*;

/// rpm's own database with three packages, one of which took the place of another. Debian's rpm can't write it: made once with
/// the `lib/backend/ndb/rpmpkg.c` of rpm 4.18.
const NDB: &[u8] = include_bytes!("data/Packages.db");

/// One small package in every format, with the log of the first.
struct Small {
    name: &'static str,
    main: Vec<u8>,
    wal: Option<Vec<u8>>,
}

impl Small {
    fn files(&self) -> Files<'_> {
        Files { wal: self.wal.as_deref(), ..Files::new(self.name, &self.main) }
    }
}

fn small() -> &'static [Small] {
    static SMALL: OnceLock<Vec<Small>> = OnceLock::new();
    SMALL.get_or_init(make_small)
}

fn make_small() -> Vec<Small> {
    let world = world();
    let blob = world.blob("demo-epoch");
    let dir = world.dir.join("small");
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    let file = dir.join("rpmdb.sqlite");
    let insert = format!("INSERT INTO Packages VALUES (7, x'{}')", hex(&blob));
    let create = "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)";
    sqlite3(&file, &format!("PRAGMA page_size=512; {create}; {insert};"));
    let sqlite = Small { name: "sqlite", main: std::fs::read(&file).unwrap(), wal: None };

    // The package only in the log.
    let script = r"
import shutil, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in ['PRAGMA page_size=512', 'PRAGMA journal_mode=WAL'] + sys.argv[3:]:
    db.execute(statement).fetchall()
for end in ['', '-wal']:
    shutil.copy(sys.argv[1] + end, sys.argv[2] + end)
";
    let (open, copy): (PathBuf, PathBuf) = (dir.join("open.sqlite"), dir.join("copy.sqlite"));
    run(std::process::Command::new("python3").args(["-c", script]).args([&open, &copy]).args([create, &insert]));
    let wal = Small {
        name: "wal",
        main: std::fs::read(&copy).unwrap(),
        wal: Some(std::fs::read(dir.join("copy.sqlite-wal")).unwrap()),
    };
    assert!(rpm::read(&Files::new("wal", &wal.main), None).is_err());

    let file = bdb(&dir.join("bdb"), "db_pagesize=512\n", false, &[(7, blob)]);
    let bdb = Small { name: "bdb", main: std::fs::read(file).unwrap(), wal: None };
    vec![sqlite, wal, bdb, Small { name: "ndb", main: NDB.to_vec(), wal: None }]
}

/// What of a package is signed.
fn identity(package: &Package) -> (String, String, String, String) {
    let Package { name, version, architecture, source, .. } = package.clone();
    (name, version, architecture, format!("{} {}", source.name, source.version))
}

#[test]
fn ndb_is_read() {
    let read = rpm::read(&Files::new("Packages.db", NDB), None).unwrap();
    let told: Vec<String> = read.packages.iter().map(|p| format!("{} {}", p.name, p.version)).collect();
    assert_eq!(told, ["demo 1.0~rc1-1", "demo-caret 2.0^git5-0.1", "demo-weak 1.0~rc1-1"]);
    assert_eq!(read.format, rpm::Format::Ndb);
    let numbers: Vec<u32> = rpm::blobs(&Files::new("x", NDB)).unwrap().1.iter().map(|blob| blob.number).collect();
    assert_eq!(numbers, [1, 3, 4], "number 2 was removed");
}

#[test]
fn every_byte_is_flipped() {
    let world = world();
    let keyring = world.keyring();
    let trust = Trust::new(Some(&keyring), Timestamp::now());
    for small in small() {
        let before = rpm::read(&small.files(), Some(&trust)).unwrap().packages;
        assert!(!before.is_empty(), "{}", small.name);
        let signed: Vec<_> = before.iter().map(identity).collect();
        let mut errors = 0;
        let mut check = |files: &Files<'_>, at: usize| match rpm::read(files, Some(&trust)) {
            Ok(read) => {
                for package in &read.packages {
                    if matches!(package.proof, Some(Proof::Signed { .. })) {
                        assert!(signed.contains(&identity(package)), "{} at {at}: {package:?}", small.name);
                    }
                }
            }
            Err(error) => {
                assert_eq!(error.at_path(), Some(small.name));
                errors += 1;
            }
        };
        let mut main = small.main.clone();
        for at in 0..main.len() {
            let mask = [0x01, 0x80, 0xff][at % 3];
            main[at] ^= mask;
            check(&Files { main: &main, ..small.files() }, at);
            main[at] ^= mask;
        }
        let mut wal = small.wal.clone().unwrap_or_default();
        for at in 0..wal.len() {
            let mask = [0x01, 0x80, 0xff][at % 3];
            wal[at] ^= mask;
            check(&Files { wal: Some(&wal), ..small.files() }, at);
            wal[at] ^= mask;
        }
        assert!(errors > 100, "{}: only {errors} flips were noticed", small.name);
    }
}

#[test]
fn every_cut_is_noticed() {
    for small in small() {
        for length in 0..small.main.len() {
            let files = Files { main: &small.main[..length], ..small.files() };
            let read = rpm::read(&files, None);
            // All pages of this one are in its log.
            if small.name != "wal" {
                assert!(read.is_err(), "{} of {length} bytes", small.name);
            }
        }
        for length in 0..small.wal.as_ref().map_or(0, Vec::len) {
            let wal = small.wal.as_ref().map(|wal| &wal[..length]);
            let read = rpm::read(&Files { wal, ..small.files() }, None);
            assert!(read.is_err() || read.is_ok_and(|read| read.packages.is_empty()), "log of {length} bytes");
        }
    }
}

/// Numbers that look random and are the same on every run (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

#[test]
fn numbers_that_lie() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for small in small() {
        for _ in 0..20_000 {
            let (mut main, mut wal) = (small.main.clone(), small.wal.clone());
            for _ in 0..=random.below(3) {
                let target = match &mut wal {
                    Some(wal) if random.below(2) == 0 => wal,
                    _ => &mut main,
                };
                let at = random.below(target.len() - 4) & !1;
                let small_number = random.below(40) as u32;
                let number = [0, 1, 0x7fff_ffff, 0x8000_0000, u32::MAX, small_number][random.below(6)];
                let bytes = if random.below(2) == 0 { number.to_be_bytes() } else { number.to_le_bytes() };
                let width = [1, 2, 4][random.below(3)];
                target[at..at + width].copy_from_slice(&bytes[4 - width..]);
            }
            let _ = rpm::read(&Files { path: "x", main: &main, wal: wal.as_deref(), journal: None }, None);
        }
    }
}

#[test]
fn headers_alone() {
    let world = world();
    let keyring = world.keyring();
    let trust = Trust::new(Some(&keyring), Timestamp::now());
    for name in ["demo", "demo-epoch"] {
        let blob = world.blob(name);
        let look = |blob: &[u8]| -> reposnap::Result<Proof> {
            let header = Header::parse(blob)?;
            let _ = files::files(&header).map(|file| file.path().len()).sum::<usize>();
            (0..6000).for_each(|tag| {
                let _ = (header.strings(tag).map(Iterator::count), header.number(tag), header.binary(tag));
            });
            Ok(proof::prove(&header, &trust))
        };
        assert!(matches!(look(&blob), Ok(Proof::Signed { .. })));
        for length in 0..blob.len() {
            assert!(look(&blob[..length]).is_err(), "{name} of {length} bytes");
        }
        let region = Header::parse(&blob).unwrap().region().unwrap().signed_bytes();
        // Where the entries of the region lie in the blob: behind its two counts. One of these flipped is never signed.
        let entries = u32::from_be_bytes(region[8..12].try_into().unwrap()) as usize;
        let mut changed = blob.clone();
        for at in 0..blob.len() {
            changed[at] ^= 0x41;
            let proof = look(&changed);
            changed[at] ^= 0x41;
            if (8..8 + entries * 16).contains(&at) {
                assert!(!matches!(proof, Ok(Proof::Signed { .. })), "{name} at {at}");
            }
        }
    }
}

/// The big-endian number at `at`.
fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

#[test]
fn cycles_and_shared_pages() {
    let world = world();
    // SQLite: an interior page that is its own last child; an overflow page that is its own next one.
    let file = world.copy("cycles");
    sqlite3(
        &file,
        "PRAGMA journal_mode=DELETE; PRAGMA page_size=512; VACUUM;
         WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
         INSERT INTO Packages(hnum, blob) SELECT i, zeroblob(300) FROM n",
    );
    let main = std::fs::read(&file).unwrap();
    assert!(rpm::blobs(&Files::new("x", &main)).is_ok());
    let root: usize =
        sqlite3(&file, "SELECT rootpage FROM sqlite_schema WHERE name = 'Packages'").trim().parse().unwrap();
    let mut cyclic = main.clone();
    let at = (root - 1) * 512;
    assert_eq!(cyclic[at], 5, "the root is an interior page");
    cyclic[at + 8..at + 12].copy_from_slice(&u32::try_from(root).unwrap().to_be_bytes());
    let error = rpm::blobs(&Files::new("x", &cyclic)).unwrap_err();
    assert!(error.message().contains(&format!("two places of the database point at page {root}")), "{error}");
    // Two rows on a page at the same place.
    let mut at = at;
    while main[at] == 5 {
        at = (number(&main, at + 8) as usize - 1) * 512;
    }
    assert!(main[at] == 13 && main[at + 4] >= 1, "a leaf with rows");
    let mut shared = main.clone();
    shared[at + 4] += 1;
    let pointers = at + 8 + 2 * (usize::from(shared[at + 4]) - 1);
    shared.copy_within(pointers - 2..pointers, pointers);
    let error = rpm::blobs(&Files::new("x", &shared)).unwrap_err();
    assert!(error.message().contains("out of order") || error.message().contains("share bytes"), "{error}");

    // Berkeley DB: chains that come back.
    let file = bdb(&world.dir.join("cycles-bdb"), "db_pagesize=512\n", false, &world.blobs());
    let main = std::fs::read(&file).unwrap();
    for (kind, name) in [(7, "overflow"), (13, "hash")] {
        let page = main.chunks(512).position(|page| page[25] == kind && page[8] != 0).unwrap();
        let mut cyclic = main.clone();
        let own: [u8; 4] = u32::try_from(page).unwrap().to_le_bytes();
        cyclic[page * 512 + 16..page * 512 + 20].copy_from_slice(&own);
        let error = rpm::blobs(&Files::new("x", &cyclic)).unwrap_err();
        assert!(error.message().contains("two places"), "{name}: {error}");
    }

    // ndb: two slots for one header.
    let mut shared = NDB.to_vec();
    let slot = |place: usize| 32 + 16 * place;
    let first: Vec<u8> = shared[slot(0)..slot(1)].to_vec();
    let free = (1..200).find(|place| shared[slot(*place) + 4..slot(*place) + 16] == [0; 12]).unwrap();
    shared[slot(free)..slot(free + 1)].copy_from_slice(&first);
    let error = rpm::blobs(&Files::new("x", &shared)).unwrap_err();
    assert!(error.message().contains("share bytes"), "{error}");
}
