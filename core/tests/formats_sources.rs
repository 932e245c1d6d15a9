//! Source files against apt itself: what it makes of each, and what it refuses.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use reposnap::Kind;
use reposnap::deb::sources::{ByHash, SignedBy, SourceEntry, SourceKind, check_conflicts, parse};

/// Reads the sources below a folder with libapt, prints each index with its local file, and fails where apt does.
const LIST_INDEXES: &str = r#"
import apt_pkg, sys
root = sys.argv[1]
apt_pkg.init_config()
for name, value in {
    "Dir::Etc::sourcelist": root + "/etc/sources.list", "Dir::Etc::sourceparts": root + "/etc/sources.list.d",
    "Dir::Etc::trusted": "/dev/null", "Dir::Etc::trustedparts": root + "/etc/trusted.gpg.d",
    "Dir::State": root, "Dir::State::lists": root + "/lists", "APT::Architecture": "amd64",
}.items():
    apt_pkg.config.set(name, value)
apt_pkg.config.clear("APT::Architectures")
apt_pkg.config.set("APT::Architectures::", "amd64")
apt_pkg.init_system()
sources = apt_pkg.SourceList()
sources.read_main_list()
for meta in sources.list:
    for index in meta.index_files:
        print(index.describe)
"#;

/// What apt and we must agree on: kind, URI, suite, component, architecture, folder of Release, trusted, by-hash, pdiffs, file, line.
type Row = [String; 11];

/// An apt with configuration and state of its own.
struct Apt {
    folder: tempfile::TempDir,
}

impl Apt {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["etc/sources.list.d", "etc/trusted.gpg.d", "lists/partial", "cache"] {
            fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a text in place as the only source file.
    fn put(&self, name: &str, text: &str) -> PathBuf {
        let _ = fs::remove_file(self.path("etc/sources.list"));
        for file in fs::read_dir(self.path("etc/sources.list.d")).unwrap() {
            fs::remove_file(file.unwrap().path()).unwrap();
        }
        let path = self.path("etc").join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn list_indexes(&self) -> Output {
        let root = self.folder.path();
        let output = Command::new("/usr/bin/python3").args(["-c", LIST_INDEXES]).arg(root).output();
        output.unwrap_or_else(|error| panic!("python3 with python3-apt is needed for this test: {error}"))
    }

    fn refuses(&self) -> bool {
        let output = self.list_indexes();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(!text.contains("ModuleNotFound"), "python3-apt is needed for this test");
        !output.status.success()
    }

    fn get(&self, arguments: &[&str]) -> String {
        let root = self.folder.path().display();
        let output = Command::new("apt-get")
            .args(["Dir::Etc::main=/dev/null", "Dir::Etc::parts=/dev/null"].iter().flat_map(|option| ["-o", option]))
            .args(["-o", &format!("Dir::Etc::sourcelist={root}/etc/sources.list")])
            .args(["-o", &format!("Dir::Etc::sourceparts={root}/etc/sources.list.d")])
            .args(["-o", &format!("Dir::Etc::trustedparts={root}/etc/trusted.gpg.d")])
            .args(["-o", &format!("Dir::State={root}"), "-o", &format!("Dir::State::lists={root}/lists")])
            .args(["-o", &format!("Dir::Cache={root}/cache"), "-o", "APT::Sandbox::User="])
            .args(["-o", "APT::Architecture=amd64", "-o", "APT::Architectures=amd64"])
            .args(arguments)
            .output()
            .expect("apt-get is needed for this test");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The indexes that apt would fetch.
    fn rows(&self) -> BTreeSet<Row> {
        let output = self.list_indexes();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // apt-get shows only the indexes that are there.
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let file = line.rsplit_once(" (").unwrap().1.trim_end_matches(')');
            fs::write(file, "Package: x\nVersion: 1\nArchitecture: amd64\nFilename: x\nSize: 1\n\n").unwrap();
        }
        let fields = [
            "CREATED_BY",
            "REPO_URI",
            "RELEASE",
            "COMPONENT",
            "ARCHITECTURE",
            "BASE_URI",
            "TRUSTED",
            "BY_HASH",
            "PDIFFS",
        ];
        let format = fields.map(|field| format!("$({field})|")).concat() + "$(SOURCESENTRY)";
        let mut rows = BTreeSet::new();
        for line in self.get(&["indextargets", "--format", &format]).lines() {
            let mut row: Vec<String> =
                line.split('|').map(|field| unset(field).replace("cdrom://", "cdrom:")).collect();
            let (file, number) =
                row.pop().unwrap().rsplit_once(':').map(|(file, line)| (file.to_owned(), line.to_owned())).unwrap();
            let number = if file.ends_with(".list") { number } else { String::new() };
            row.extend([file, number]);
            if row[0] == "Sources" {
                row[4].clear();
            }
            // apt asks for packages of all architectures wherever it can't know that there is no such index.
            if row[4] != "all" && matches!(&*row[0], "Packages" | "Sources") {
                rows.insert(row.try_into().unwrap());
            }
        }
        rows
    }
}

/// apt leaves a variable in place that has no value.
fn unset(field: &str) -> &str {
    if field.starts_with("$(") && !field.contains("ARCH)") {
        ""
    } else {
        field.strip_prefix("$(ARCHITECTURE)").unwrap_or(field)
    }
}

fn our_rows(entries: &[SourceEntry]) -> BTreeSet<Row> {
    let mut rows = BTreeSet::new();
    for entry in entries.iter().filter(|entry| entry.enabled) {
        let architectures = match entry.kind {
            SourceKind::Deb if !entry.is_flat() => entry.options.architectures.apply(&["amd64".to_owned()]),
            _ => vec![String::new()],
        };
        let components = if entry.is_flat() { vec![String::new()] } else { entry.components.clone() };
        for component in &components {
            for architecture in &architectures {
                let word = |yes: bool| if yes { "yes" } else { "no" };
                let by_hash = match entry.options.by_hash {
                    None | Some(ByHash::Yes) => "yes",
                    Some(ByHash::No) => "no",
                    Some(ByHash::Force) => "force",
                };
                rows.insert([
                    if entry.kind == SourceKind::Deb { "Packages" } else { "Sources" }.to_owned(),
                    entry.uri.clone(),
                    // apt has no name for the root of a repository.
                    if entry.suite == "/" { String::new() } else { entry.suite.clone() },
                    component.clone(),
                    architecture.clone(),
                    entry.release_url(""),
                    word(entry.options.trusted == Some(true)).to_owned(),
                    by_hash.to_owned(),
                    word(entry.options.pdiffs != Some(false)).to_owned(),
                    entry.file.clone(),
                    if entry.file.ends_with(".list") { entry.line.to_string() } else { String::new() },
                ]);
            }
        }
    }
    rows
}

fn read(path: &Path) -> reposnap::Result<Vec<SourceEntry>> {
    let entries = parse(path.to_str().unwrap(), &fs::read(path).unwrap(), "amd64")?;
    check_conflicts(&entries)?;
    Ok(entries)
}

#[test]
fn lines_mean_what_they_mean_to_apt() {
    let apt = Apt::new();
    for text in [
        "",
        "# nothing\n\n   \n",
        "deb http://h/x stable main",
        "deb http://h/x stable main contrib main\ndeb-src http://h/x/ stable main\n",
        "\tdeb\thttp://h/x\tstable\tmain\t",
        "deb http://h/x stable main # a comment\n# deb http://off/x stable main\n#deb-src http://off/x s m\n# deb is prose here\n",
        "deb [arch=amd64,armel] http://h/x stable main",
        "deb [ arch=armel arch=i386 ] http://h/x stable main",
        "deb [ arch-=amd64 arch+=i386,armel ] http://h/x stable main",
        "deb [arch=amd64,armel arch+=i386 arch-=armel] http://h/x stable main",
        "deb [arch=amd64 ]http://h/x stable main",
        "deb [arch=\"i386\"] http://h/x stable main",
        "deb [] http://h/x stable main",
        "deb [foo=bar Architectures=i386 ARCH=i386 target=Packages] http://h/x stable main",
        "deb [trusted=yes] http://h/x stable main\ndeb [trusted=no by-hash=no pdiffs=no] http://h/y stable main",
        "deb [trusted=true by-hash=force pdiffs=disable] http://h/x stable main",
        "deb [signed-by=/a.gpg,0123456789012345678901234567890123456789!] http://h/x stable main",
        "deb [check-date=no date-max-future=5 valid-until-max=9 inrelease-path=a/b] http://h/x stable main",
        "deb http://h/x stable/",
        "deb http://h/x /",
        "deb http://h/x ./\ndeb-src http://h/x ./",
        "deb http://h/x dists/stable/",
        "deb [arch=i386] http://h/universe unstable/binary-$(ARCH)/",
        "deb http://h/$(ARCH)/y stable main",
        "deb http://h/%78x sta%62le ma%69n",
        "deb \"http://h/with space\" stable main",
        "deb http://h//x//  stable main",
        "deb HTTP://h/x stable main",
        "deb http://user:secret@h:80/x stable main",
        "deb http://security.debian.org stable/updates main",
        "deb file:///srv/x stable main\ndeb file:/srv/y ./\ndeb copy:///srv/z stable main",
        "deb mirror+file:/etc/mirrors.txt stable main",
        "deb tor+https://h/x stable main",
        "deb cdrom:[Debian GNU/Linux 12 _Bookworm_ - Official amd64]/ bookworm main",
        "deb http://h/x stable main\r\ndeb http://h/y stable main\r\n",
    ] {
        let path = apt.put("sources.list", text);
        let entries = read(&path).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(our_rows(&entries), apt.rows(), "{text}");
    }
}

#[test]
fn stanzas_mean_what_they_mean_to_apt() {
    let apt = Apt::new();
    let one = "Types: deb\nURIs: http://h/x\nSuites: s\nComponents: main\n";
    for text in [
        "".to_owned(),
        "# nothing\n\n\n#\n".to_owned(),
        one.to_owned(),
        "Types: deb deb-src\nURIs: http://h/x http://i/y\nSuites: s t\nComponents: main contrib\n".to_owned(),
        "Types: deb\nURIs:\n http://h/x\n http://i/x\nSuites: s\nComponents:\n\tmain\n\tmain contrib\n".to_owned(),
        "types: deb\nURIS: http://h/x\nsuites: s\ncomponents: main\narchitectures: i386\n".to_owned(),
        "Types: deb\nURIs: http://h/x\nSuites: s,t\nComponents: main,contrib\n".to_owned(),
        format!("{one}Architectures: amd64,armel\n"),
        format!("{one}Architectures: amd64 armel\nArchitectures-Add: i386\nArchitectures-Remove: armel\n"),
        format!("{one}architectures-add: i386\n"),
        format!("{one}Architectures:\n"),
        format!("{one}Arch: i386\nX-Repolib-Name: a name\nDescription: words\n of two lines\n"),
        format!("{one}Enabled: no\n\n{one}Enabled: yes\nArchitectures: i386\n"),
        format!("{one}Enabled: maybe\n"),
        format!("{one}Enabled: false\n"),
        "Types: deb\nEnabled: no\n".to_owned(),
        format!("{one}Suites: z\n"),
        format!(
            "# a\n{one}# b\nArchitectures:\n# c\n i386\n# d\n armel\n\n\n# e\n\n# f\n\nTypes: deb\nURIs: http://h/y\nSuites: ./\n"
        ),
        format!(" \n{one} \nArchitectures: i386\n"),
        one.replace('\n', "\r\n"),
        "Types: deb\nURIs: http://h/$(ARCH)\nSuites: b-$(ARCH)/ c/\n".to_owned(),
        "Types: deb deb-src\nURIs: http://h/a+b~c_d\nSuites: e+f~g_é+h/ i+j~k:l/\n".to_owned(),
        "Types: deb\nURIs: http://h/a+b\nSuites: e+f~g_é:h\nComponents: i+j~k\n".to_owned(),
        "Types: deb\nURIs: http://h/%78\nSuites: %73\nComponents: ma%69n\n".to_owned(),
        "Types: deb-src\nURIs: file:///srv/x\nSuites: /\n".to_owned(),
        format!("{one}Trusted: yes\nBy-Hash: force\nPDiffs: no\nTargets: Packages\n"),
        format!(
            "{one}Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abcd\n -----END PGP PUBLIC KEY BLOCK-----\n"
        ),
        format!(
            "{one}Signed-By: /a.gpg /b.gpg,/c.gpg 0123456789012345678901234567890123456789!\nCheck-Valid-Until: no\n"
        ),
    ] {
        let path = apt.put("sources.list.d/test.sources", &text);
        let entries = read(&path).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(our_rows(&entries), apt.rows(), "{text}");
    }
}

#[test]
fn what_apt_refuses_is_refused_with_its_place() {
    let apt = Apt::new();
    for (line, text) in [
        (1, "deb"),
        (2, "\nrpm http://h/x stable main"),
        (1, "Deb http://h/x stable main"),
        (3, "# a\n\ndeb[arch=amd64] http://h/x stable main"),
        (1, "deb http://h/x"),
        (1, "deb http://h/x stable"),
        (1, "deb http://h/x stable/ main"),
        (1, "deb http://h/x#fragment stable main"),
        (1, "deb h/x stable main"),
        (1, "deb /srv/x stable main"),
        (1, "deb [arch=amd64 http://h/x stable main"),
        (1, "deb [arch = amd64] http://h/x stable main"),
        (1, "deb [nonsense] http://h/x stable main"),
        (1, "deb [arch=] http://h/x stable main"),
        (1, "deb [signed-by=01234567] http://h/x stable main"),
        (1, "deb [signed-by=a/b.gpg] http://h/x stable main"),
        (1, "deb \"http://h/x stable main"),
        (2, "deb [signed-by=/a.gpg] http://h/x s main\ndeb [signed-by=/b.gpg] http://h/x/ s contrib"),
        (2, "deb [signed-by=/a.gpg] http://h/x s main\ndeb http://h/x s contrib"),
        (2, "deb [trusted=yes] http://h/x s main\ndeb http://h/x s contrib"),
        (2, "deb [check-date=no] http://h/x s main\ndeb [check-date=yes] http://h/x s contrib"),
    ] {
        let path = apt.put("sources.list", text);
        assert!(apt.refuses(), "apt refuses {text}");
        let error = read(&path).expect_err(text);
        assert_eq!((error.kind(), error.at_line()), (Kind::Malformed, Some(line)), "{text}: {error}");
        assert_eq!(error.at_path(), path.to_str(), "{text}");
    }
    let one = "Types: deb\nURIs: http://h/x\nSuites: s\nComponents: main\n";
    for (line, text) in [
        (1, "URIs: http://h/x\nSuites: s\nComponents: main\n".to_owned()),
        (1, "Types: deb\nSuites: s\nComponents: main\n".to_owned()),
        (2, "\nTypes: deb\nURIs: http://h/x\nComponents: main\n".to_owned()),
        (2, "# comment\nTypes: deb\nURIs: http://h/x\nSuites: s\n".to_owned()),
        (1, "Types: deb\nURIs: http://h/x\nSuites: s/ t\nComponents: main\n".to_owned()),
        (1, "Types: deb bogus\nURIs: http://h/x\nSuites: s\nComponents: main\n".to_owned()),
        (1, "Types: deb\nURI: http://h/x\nSuite: s\nComponent: main\n".to_owned()),
        (8, format!("{one}Enabled: no\n\n# b\nTypes: nonsense\n")),
        (1, "Types: deb\nURIs: http://h/x h/y\nSuites: s\nComponents: main\n".to_owned()),
        (1, "Types: deb\nURIs: http://h/x # comment\nSuites: s\nComponents: main\n".to_owned()),
        (6, format!("{one}# comment\nno colon here\n")),
        (1, format!("{one}Signed-By: 0123\n")),
        (8, "Types: deb\nURIs: http://h/x\nSuites: s\nComponents: main\nSigned-By: /a.gpg\n# b\n\n".to_owned() + one),
    ] {
        let path = apt.put("sources.list.d/test.sources", &text);
        assert!(apt.refuses(), "apt refuses {text}");
        let error = read(&path).expect_err(&text);
        assert_eq!((error.kind(), error.at_line()), (Kind::Malformed, Some(line)), "{text}: {error}");
        assert_eq!(error.at_path(), path.to_str(), "{text}");
    }
}

#[test]
fn what_apt_ignores_and_we_refuse() {
    for (name, text, field) in [
        ("a.list", "deb [trusted=maybe] http://h/x s main", Some("trusted")),
        ("a.list", "deb [by-hash=sometimes] http://h/x s main", Some("by-hash")),
        ("a.list", "deb [valid-until-max=soon] http://h/x s main", Some("valid-until-max")),
        ("a.list", "deb http:// s main", None),
        ("a.list", "deb http://h/x s\u{1} main", None),
        ("a.list", "deb http://h/x s main\0", None),
        (
            "a.sources",
            "Types: deb\nURIs: http://h/x\nSuites: s\nComponents: main\nCheck-Date: perhaps\n",
            Some("Check-Date"),
        ),
    ] {
        let error = parse(name, text.as_bytes(), "amd64").expect_err(text);
        assert_eq!(
            (error.kind(), error.at_line(), error.at_field()),
            (Kind::Malformed, Some(1), field),
            "{text}: {error}"
        );
    }
    assert_eq!(parse("a.list", b"deb http://h/\xff s main", "amd64").unwrap_err().kind(), Kind::Malformed);
    assert_eq!(parse("a.list", &vec![b'#'; 5 << 20], "amd64").unwrap_err().kind(), Kind::Limit);
}

#[test]
fn options_are_kept() {
    let text = "Types: deb\nURIs: http://h/x\nSuites: s\nComponents: main\nLanguages: de,none fr\nTargets-Remove: DEP-11\n\
        Allow-Insecure: yes\nAllow-Weak: no\nAllow-Downgrade-To-Insecure: off\nCheck-Valid-Until: 0\nValid-Until-Min: 60\n\
        Valid-Until-Max: 3600\nDate-Max-Future: 7\nInRelease-Path: ../InRelease\nSnapshot: 20260711T101637Z\nInclude: a b\n\
        Exclude: c\nContents-deb: yes\nX-Mine: kept\n more\n";
    let entries = parse("x.sources", text.as_bytes(), "amd64").unwrap();
    let options = &entries[0].options;
    assert_eq!(options.languages.set.as_deref(), Some(&["de".to_owned(), "none".to_owned(), "fr".to_owned()][..]));
    assert_eq!(options.targets.remove, ["DEP-11"]);
    assert_eq!((options.allow_insecure, options.allow_weak), (Some(true), Some(false)));
    assert_eq!((options.allow_downgrade_to_insecure, options.check_valid_until), (Some(false), Some(false)));
    assert_eq!((options.valid_until_min, options.valid_until_max), (Some(60), Some(3600)));
    assert_eq!(options.date_max_future, Some(7));
    assert_eq!(options.inrelease_path.as_deref(), Some("../InRelease"));
    assert_eq!(options.snapshot.as_deref(), Some("20260711T101637Z"));
    assert_eq!(
        (&options.include[..], &options.exclude[..]),
        (&["a".to_owned(), "b".to_owned()][..], &["c".to_owned()][..])
    );
    let others = [("Contents-deb".to_owned(), "yes".to_owned()), ("X-Mine".to_owned(), "kept\n more".to_owned())];
    assert_eq!(options.others, others);
    let entries = parse("x.list", b"deb [foo+=x y-z=1 lang+=de] http://h/x s main", "amd64").unwrap();
    assert_eq!(entries[0].options.others, [("foo+".to_owned(), "x".to_owned()), ("y-z".to_owned(), "1".to_owned())]);
    assert_eq!(entries[0].options.languages.add, ["de"]);
}

#[test]
fn what_is_switched_off_is_shown_as_such() {
    let text = "# deb http://off/x s main # why\n#deb-src [arch=i386] http://off/y ./\n# deb is good\n## deb cdrom:[A B]/ s main\ndeb http://on/x s main\n";
    let entries = parse("sources.list", text.as_bytes(), "amd64").unwrap();
    let seen: Vec<_> = entries.iter().map(|entry| (entry.line, entry.enabled, &*entry.uri)).collect();
    assert_eq!(
        seen,
        [
            (1, false, "http://off/x/"),
            (2, false, "http://off/y/"),
            (4, false, "cdrom:[A B]/"),
            (5, true, "http://on/x/")
        ]
    );
}

/// `Signed-By` as apt hands it to the program that verifies.
#[test]
fn signed_by_means_the_same_to_apt() {
    let apt = Apt::new();
    let suite = apt.path("repository/dists/s");
    fs::create_dir_all(&suite).unwrap();
    fs::write(
        suite.join("InRelease"),
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nSuite: s\n-----BEGIN PGP SIGNATURE-----\n\nabcd\n-----END PGP SIGNATURE-----\n",
    )
    .unwrap();
    let uri = format!("file:{}", apt.path("repository").display());
    let digits = "0123456789abcdef0123456789abcdef01234567";
    let block = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEYCQjIxYJKwYBBAHaRw8BAQdAD\n =IE0r\n -----END PGP PUBLIC KEY BLOCK-----";
    for (name, text) in [
        ("sources.list", format!("deb [signed-by=/usr/share/a.gpg] {uri} s main\n")),
        ("sources.list", format!("deb [signed-by=/a.gpg,/b.asc,{digits},{digits}!] {uri} s main\n")),
        (
            "sources.list.d/a.sources",
            format!(
                "Types: deb\nURIs: {uri}\nSuites: s\nComponents: main\nSigned-By: /a.gpg /b.asc,{digits}!\n {digits}\n"
            ),
        ),
        (
            "sources.list.d/a.sources",
            format!("Types: deb\nURIs: {uri}\nSuites: s\nComponents: main\nSigned-By:\n {block}\n"),
        ),
    ] {
        let path = apt.put(name, &text);
        let entries = read(&path).unwrap();
        let log = {
            let _ = fs::remove_dir_all(apt.path("lists"));
            fs::create_dir_all(apt.path("lists/partial")).unwrap();
            let root = apt.folder.path().display();
            let output = Command::new("apt-get")
                .args([
                    "-o",
                    "Dir::Etc::main=/dev/null",
                    "-o",
                    "Dir::Etc::parts=/dev/null",
                    "-o",
                    "APT::Sandbox::User=",
                ])
                .args(["-o", &format!("Dir::Etc::sourcelist={root}/etc/sources.list")])
                .args(["-o", &format!("Dir::Etc::sourceparts={root}/etc/sources.list.d")])
                .args(["-o", &format!("Dir::State={root}"), "-o", &format!("Dir::State::lists={root}/lists")])
                .args(["-o", &format!("Dir::Cache={root}/cache"), "-o", "Debug::pkgAcquire::Worker=1", "update"])
                .output()
                .expect("apt-get is needed for this test");
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
        };
        let request = log.lines().find(|line| line.contains("gpgv:600")).unwrap_or_else(|| panic!("{text}: {log}"));
        // Keys in the source itself are quoted twice.
        let request = ["%25", "%20", "%0a"]
            .iter()
            .zip(["%", " ", "\n"])
            .fold(request.to_owned(), |text, (from, to)| text.replace(from, to));
        let theirs = request.split_once("Signed-By: ").unwrap_or_else(|| panic!("{text}: {request}")).1;
        // Keys come in any case, a block with a dot for its empty line.
        let theirs: BTreeSet<String> = if theirs.contains("BEGIN PGP") {
            let block = theirs.split_inclusive("END PGP PUBLIC KEY BLOCK-----").next().unwrap();
            [block.lines().map(|line| if line.trim() == "." { "" } else { line.trim() }).collect::<Vec<_>>().join("\n")
                + "\n"]
            .into()
        } else {
            theirs.split([',', ' ', '\n']).filter(|word| !word.is_empty()).map(upper).collect()
        };
        let ours: BTreeSet<String> = entries[0]
            .signed_by
            .iter()
            .map(|key| match key {
                SignedBy::File(path) => path.clone(),
                SignedBy::Fingerprint(digits) => digits.clone(),
                SignedBy::ExactFingerprint(digits) => format!("{digits}!"),
                SignedBy::Armored(block) => block.clone(),
            })
            .collect();
        assert_eq!(ours, theirs, "{text}");
    }
}

fn upper(word: &str) -> String {
    if word.starts_with('/') { word.to_owned() } else { word.to_uppercase() }
}

/// The sources of this machine, whatever they are.
#[test]
fn sources_of_this_machine() {
    let apt = Apt::new();
    let mut ours = BTreeSet::new();
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    files.extend(fs::read_dir("/etc/apt/sources.list.d").into_iter().flatten().flatten().map(|entry| entry.path()));
    for file in files {
        let extension = file.extension().and_then(|extension| extension.to_str());
        if !file.is_file() || !matches!(extension, Some("list" | "sources")) {
            continue;
        }
        let copy = match file.file_name().unwrap().to_str().unwrap() {
            "sources.list" => apt.path("etc/sources.list"),
            name => apt.path("etc/sources.list.d").join(name),
        };
        fs::copy(&file, &copy).unwrap();
        ours.extend(our_rows(&read(&copy).unwrap()));
    }
    assert_eq!(ours, apt.rows());
}
