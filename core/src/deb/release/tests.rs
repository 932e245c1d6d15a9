//! Release files against what apt writes and reads.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::*;
use crate::digest::Digest;

fn text(fields: &str) -> String {
    format!("Suite: stable\nDate: Sat, 11 Jul 2026 10:16:37 UTC\n{fields}")
}

fn sha256(path: &str, size: u64) -> String {
    format!(" {} {size} {path}\n", Digest::of(b""))
}

fn sha512(path: &str, size: u64) -> String {
    format!(" {} {size} {path}\n", "ab".repeat(64))
}

#[test]
fn fields_of_a_release() {
    let text = text(
        "Origin: O\nlabel: L L\nCodename: c\nVersion: 1.2\nValid-Until: Sat, 18 Jul 2026 10:16:37 +0000\nAcquire-By-Hash: yes\n\
         NotAutomatic: yes\nButAutomaticUpgrades: no\nArchitectures: all amd64\nComponents: updates/main updates/contrib\n\
         Signed-By: AAAA, BBBB!\nChangelogs: no\nX-Own: kept\nDescription: words\n",
    );
    let release = Release::parse(text.as_bytes()).unwrap();
    assert_eq!((release.origin(), release.label(), release.suite()), (Some("O"), Some("L L"), Some("stable")));
    assert_eq!((release.codename(), release.version()), (Some("c"), Some("1.2")));
    assert_eq!(release.required_date().unwrap().as_second(), 1_783_764_997);
    assert_eq!(release.valid_until().unwrap().as_second(), 1_783_764_997 + 7 * 86_400);
    assert!(release.acquire_by_hash() && release.not_automatic() && !release.but_automatic_upgrades());
    assert_eq!(release.architectures(), ["all", "amd64"]);
    assert!(
        release.has_component("main") && release.has_component("updates/main") && !release.has_component("non-free")
    );
    assert!(release.has_index_for_all());
    assert_eq!(release.signed_by(), ["AAAA", "BBBB!"]);
    assert_eq!((release.get("x-own"), release.changelogs(), release.snapshots()), (Some("kept"), Some("no"), None));
}

#[test]
fn files_of_a_release() {
    let path = "main/binary-amd64/Packages";
    let text = text(&format!(
        "MD5Sum:\n 0 1 weak/only\n 0 1 {path}\nSHA256:\n{}{}SHA512:\n{}{}",
        sha256(path, 7),
        sha256("a", 0),
        sha512(path, 7),
        sha512("b", 3)
    ));
    let release = Release::parse(text.as_bytes()).unwrap();
    assert_eq!(release.files().len(), 3);
    let expected = FileHash { size: 7, sha256: Some(Digest::of(b"")), sha512: Some([0xab; 64]) };
    assert_eq!(release.file(path).unwrap(), Some(&expected));
    assert_eq!(release.file("b").unwrap().unwrap().sha256, None);
    assert_eq!(release.file("c").unwrap(), None);
    assert_eq!(release.file("weak/only").unwrap_err().broken_rule(), Some("strong-digest-required"));
    assert_eq!(release.get("SHA256"), None);
}

#[test]
fn rules() {
    let one = sha256("a", 1);
    for (rule, fields) in [
        ("duplicate-path", format!("SHA256:\n{one}{one}")),
        ("duplicate-path", format!("SHA512:\n{}{}", sha512("a", 1), sha512("a", 2))),
        ("duplicate-field", format!("SHA256:\n{one}sha256:\n{}", sha256("b", 1))),
        ("duplicate-field", "suite: testing\n".to_owned()),
        ("size-disagreement", format!("SHA256:\n{one}SHA512:\n{}", sha512("a", 2))),
        ("size-limit", format!("SHA256:\n{}", sha256("a", FILE_SIZE_LIMIT + 1))),
        ("size-limit", format!("SHA256:\n{}", one.replace(" 1 ", " -1 "))),
        ("size-limit", format!("SHA256:\n{}", one.replace(" 1 ", " 99999999999999999999999 "))),
        ("digest-format", "SHA256:\n abcd 1 a\n".to_owned()),
        ("digest-format", format!("SHA512:\n{one}")),
        ("date-format", "Valid-Until: next week\n".to_owned()),
    ] {
        let error = Release::parse(text(&fields).as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some(rule)), "{fields}: {error}");
    }
    for path in ["../a", "a/../b", "/a", "a//b", "a/", "./a", ".", "a\u{7f}b", "a\\b", "a\u{a0}b"] {
        for list in ["MD5Sum", "SHA256"] {
            let error = Release::parse(text(&format!("{list}:\n{}", sha256(path, 1))).as_bytes()).unwrap_err();
            assert_eq!(error.broken_rule(), Some("unsafe-path"), "{list} {path:?}: {error}");
        }
    }
    let undated = Release::parse(b"Suite: stable\n").unwrap();
    assert_eq!(undated.required_date().unwrap_err().broken_rule(), Some("date-required"));
    for malformed in
        ["", "\n\n", "Suite: a\n\nSuite: b\n", "<html>\n", "Suite: a\nSHA256:\n a b\n", "Suite: a\nSHA256:\n a 1 b c\n"]
    {
        let error = Release::parse(malformed.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), Kind::Malformed, "{malformed}: {error}");
    }
    assert_eq!(Release::parse(b"Suite: \xff\n").unwrap_err().kind(), Kind::Malformed);
}

/// A tree with indexes, of which apt-ftparchive or we make the Release file.
fn tree(root: &Path) -> Vec<(String, Vec<u8>)> {
    let stanza = "Package: fixture\nVersion: 1\nArchitecture: amd64\nMaintainer: a\nFilename: pool/f.deb\nSize: 1\nDescription: x\n\
        SHA256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n\n";
    let folder = root.join("main/binary-amd64");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("Packages"), stanza).unwrap();
    let packed = crate::deb::compress::compress(crate::deb::compress::Compression::Gzip, None, stanza.as_bytes());
    fs::write(folder.join("Packages.gz"), &packed).unwrap();
    vec![("main/binary-amd64/Packages".into(), stanza.into()), ("main/binary-amd64/Packages.gz".into(), packed)]
}

#[test]
fn reads_what_apt_ftparchive_writes() {
    let folder = tempfile::tempdir().unwrap();
    let files = tree(folder.path());
    let option = |name: &str, value: &str| format!("APT::FTPArchive::Release::{name}={value}");
    let options = [
        option("Origin", "Some Origin"),
        option("Label", "Some Label"),
        option("Suite", "stable"),
        option("Codename", "codename"),
        option("Version", "12.5"),
        option("Architectures", "amd64 arm64"),
        option("Components", "main contrib"),
        option("Description", "What it is"),
        option("Acquire-By-Hash", "true"),
        option("NotAutomatic", "true"),
        option("ValidTime", "3600"),
    ];
    let output = Command::new("apt-ftparchive")
        .args(options.iter().flat_map(|option| ["-o", option]))
        .args(["release", "."])
        .current_dir(folder.path())
        .output()
        .expect("apt-ftparchive is needed for this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let release = Release::parse(&output.stdout).unwrap();
    assert_eq!((release.origin(), release.label()), (Some("Some Origin"), Some("Some Label")));
    assert_eq!(
        (release.suite(), release.codename(), release.version()),
        (Some("stable"), Some("codename"), Some("12.5"))
    );
    assert_eq!((release.architectures().len(), release.components().len()), (2, 2));
    assert!(release.acquire_by_hash() && release.not_automatic());
    let lifetime = release.valid_until().unwrap().as_second() - release.required_date().unwrap().as_second();
    assert_eq!(lifetime, 3600);
    for (path, content) in &files {
        let file = release.file(path).unwrap().unwrap();
        assert_eq!((file.size, file.sha256), (content.len() as u64, Some(Digest::of(content))), "{path}");
        assert!(file.sha512.is_some(), "{path}");
    }
}

/// The Release file of a suite with every field that can be set.
fn rendered(files: &[(String, Vec<u8>)]) -> String {
    let mut builder = ReleaseBuilder {
        origin: Some("Origin".into()),
        label: Some("Label".into()),
        suite: Some("stable".into()),
        version: Some("1.5".into()),
        codename: Some("codename".into()),
        changelogs: Some("no".into()),
        snapshots: Some("no".into()),
        valid_until: Some(parse_date("Sat, 18 Jul 2099 10:16:37 UTC").unwrap()),
        not_automatic: true,
        but_automatic_upgrades: true,
        all_in_each_index: true,
        signed_by: vec![
            "0123456789ABCDEF0123456789ABCDEF01234567".into(),
            "0123456789ABCDEF0123456789ABCDEF01234568!".into(),
        ],
        architectures: vec!["amd64".into(), "all".into()],
        components: vec!["main".into()],
        description: Some("words".into()),
        others: vec![("X-Own".into(), "kept: as it is".into())],
        ..ReleaseBuilder::new(parse_date("Wed, 1 Jul 2026 10:16:37 UTC").unwrap())
    };
    for (path, content) in files {
        builder.add_file(path, content.len() as u64, Digest::of(content)).unwrap();
    }
    builder.render().unwrap()
}

#[test]
fn apt_reads_what_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let suite = folder.path().join("repository/dists/stable");
    let files = tree(&suite);
    let text = rendered(&files);
    let release = Release::parse(text.as_bytes()).unwrap();
    assert_eq!(release.files().len(), files.len());
    assert_eq!(release.get("X-Own"), Some("kept: as it is"));
    assert!(!release.has_index_for_all());

    // Field by field, with libapt's own parser.
    let script = "import apt_pkg, sys\nfor name, value in [(n, s[n]) for s in apt_pkg.TagFile(sys.stdin) for n in s.keys()]:\n \
        print(name, repr(value.strip()))";
    let path = folder.path().join("Release");
    fs::write(&path, &text).unwrap();
    let output = Command::new("/usr/bin/python3").args(["-c", script]).stdin(fs::File::open(&path).unwrap()).output();
    let output = output.expect("python3 with python3-apt is needed for this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs = String::from_utf8(output.stdout).unwrap();
    let fields: Vec<_> = theirs.lines().filter(|line| !line.starts_with("SHA256 ")).collect();
    let ours: Vec<_> = release.fields().map(|(name, value)| format!("{name} '{value}'")).collect();
    assert_eq!(ours, fields);

    // The whole way, from a repository into apt's cache.
    fs::write(suite.join("Release"), &text).unwrap();
    for name in ["etc", "lists/partial", "cache"] {
        fs::create_dir_all(folder.path().join(name)).unwrap();
    }
    let root = folder.path().display();
    fs::write(
        folder.path().join("etc/sources.list"),
        format!("deb [trusted=yes] file:{root}/repository stable main\n"),
    )
    .unwrap();
    fs::write(folder.path().join("status"), "").unwrap();
    let apt = |program: &str, arguments: &[&str]| {
        let output = Command::new(program)
            .args(["-o", "Dir::Etc::main=/dev/null", "-o", "Dir::Etc::parts=/dev/null", "-o", "APT::Sandbox::User="])
            .args([
                "-o",
                &format!("Dir::Etc::sourcelist={root}/etc/sources.list"),
                "-o",
                "Dir::Etc::sourceparts=/dev/null",
            ])
            .args(["-o", &format!("Dir::State={root}"), "-o", &format!("Dir::State::lists={root}/lists")])
            .args(["-o", &format!("Dir::State::status={root}/status"), "-o", &format!("Dir::Cache={root}/cache")])
            .args(["-o", "APT::Architecture=amd64", "-o", "APT::Architectures=amd64"])
            .args(arguments)
            .env("LC_ALL", "C")
            .output()
            .unwrap_or_else(|error| panic!("{program} is needed for this test: {error}"));
        let all = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{program} {arguments:?}: {all}");
        all
    };
    apt("apt-get", &["update"]);
    let policy = apt("apt-cache", &["policy"]);
    assert!(policy.contains("release v=1.5,o=Origin,a=stable,n=codename,l=Label,c=main,b=amd64"), "{policy}");
    // Priority 100 is what both NotAutomatic and ButAutomaticUpgrades make.
    assert!(policy.contains(&format!(" 100 file:{root}/repository stable/main amd64 Packages")), "{policy}");
    assert!(apt("apt-cache", &["show", "fixture"]).contains("Package: fixture"));
}

#[test]
fn what_can_not_be_written() {
    let date = parse_date("Wed, 1 Jul 2026 10:16:37 UTC").unwrap();
    let new = || ReleaseBuilder::new(date);
    for builder in [
        ReleaseBuilder { origin: Some("a\nSuite: b".into()), ..new() },
        ReleaseBuilder { label: Some(String::new()), ..new() },
        ReleaseBuilder { description: Some(" x".into()), ..new() },
        ReleaseBuilder { components: vec!["a b".into()], ..new() },
        ReleaseBuilder { architectures: vec!["a".into(), String::new()], ..new() },
        ReleaseBuilder { others: vec![("suite".into(), "x".into())], ..new() },
        ReleaseBuilder { others: vec![("SHA256".into(), "x".into())], ..new() },
        ReleaseBuilder { others: vec![("A".into(), "x".into()), ("a".into(), "x".into())], ..new() },
        ReleaseBuilder { others: vec![("a b".into(), "x".into())], ..new() },
        ReleaseBuilder { others: vec![("-a".into(), "x".into())], ..new() },
    ] {
        assert_eq!(builder.render().unwrap_err().kind(), Kind::Usage, "{builder:?}");
    }
    let mut builder = new();
    builder.add_file("a", 1, Digest::of(b"")).unwrap();
    assert_eq!(builder.add_file("a", 1, Digest::of(b"")).unwrap_err().broken_rule(), Some("duplicate-path"));
    assert_eq!(builder.add_file("../a", 1, Digest::of(b"")).unwrap_err().broken_rule(), Some("unsafe-path"));
}

/// The Release files that apt keeps on this machine, compared with libapt's reading of them.
#[test]
fn release_files_of_this_machine() {
    let entries = fs::read_dir("/var/lib/apt/lists").into_iter().flatten().flatten().map(|entry| entry.path());
    for path in entries.filter(|path| path.to_string_lossy().ends_with("_InRelease")) {
        let message = fs::read_to_string(&path).unwrap();
        // Only for the test: these files are known to be well framed. Verification takes this apart with care.
        let signed = message.split_once("\n\n").unwrap().1.split_once("\n-----BEGIN PGP SIGNATURE").unwrap().0;
        let release =
            Release::parse(format!("{signed}\n").as_bytes()).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let lines = signed.split_once("\nSHA256:\n").unwrap().1.lines().take_while(|line| line.starts_with(' '));
        let mut count = 0;
        for line in lines {
            let words: Vec<_> = line.split_whitespace().collect();
            let file = release.file(words[2]).unwrap().unwrap();
            assert_eq!((file.sha256.unwrap().to_string(), file.size.to_string()), (words[0].into(), words[1].into()));
            count += 1;
        }
        assert_eq!(release.files().len(), count, "{path:?}");
        assert!(release.required_date().is_ok() && release.codename().is_some() && !release.components().is_empty());
        assert_eq!(format_date(release.required_date().unwrap()), release.get("Date").unwrap());
    }
}

/// Every spelling of a date means what it means to apt, or is refused.
#[test]
fn dates_against_apt() {
    let mut dates = Vec::new();
    for (day, month) in [
        ("1", "Jan"),
        ("01", "feb"),
        (" 9", "Mar"),
        ("29", "Feb"),
        ("30", "Jun"),
        ("31", "Dec"),
        ("00", "May"),
        ("32", "May"),
    ] {
        for time in ["00:00:00", "1:2:3", "23:59:60", "24:00:00", "12:60:00", "12:00:61", "12:00"] {
            for year in ["2024", "2026", "1970", "2100", "24"] {
                for zone in ["UTC", "GMT", "Z", "+0000", "-0000", "+0100", "CET", ""] {
                    dates.push(format!("Tue, {day} {month} {year} {time} {zone}").trim_end().to_owned());
                }
            }
        }
    }
    let script = "import apt_pkg, sys\nfor line in sys.stdin: print(apt_pkg.str_to_time(line.rstrip('\\n')))";
    let input = tempfile::NamedTempFile::new().unwrap();
    fs::write(input.path(), dates.join("\n")).unwrap();
    let output = Command::new("/usr/bin/python3").args(["-c", script]).stdin(input.reopen().unwrap()).output();
    let output = String::from_utf8(output.expect("python3 with python3-apt is needed for this test").stdout).unwrap();
    assert_eq!(output.lines().count(), dates.len());
    let mut agreed = 0;
    for (date, theirs) in dates.iter().zip(output.lines()) {
        match parse_date(date) {
            Ok(ours) => {
                assert_eq!(ours.as_second().to_string(), theirs, "{date}");
                agreed += 1;
            }
            // apt also takes days that no month has, a second leap second, and years of two digits for those of Christ's time.
            Err(_) => {
                let odd = date.contains("30 Feb")
                    || date.contains("00 May")
                    || date.contains("29 feb")
                    || date.contains(" 24 ")
                    || date.contains(":61");
                let odd = odd || date.contains("29 Feb") && !date.contains("2024");
                assert!(theirs == "None" || odd, "{date}: apt reads {theirs}");
            }
        }
    }
    assert!(agreed > 300, "{agreed} dates agree");
}
