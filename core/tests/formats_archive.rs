//! Packages against dpkg-deb, which writes and reads them.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs::{self, File};
use std::io::{Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::Command;

use reposnap::deb::archive::{Archive, DataMember, IndexFields, Limits, MemberKind, index_stanza};
use reposnap::{Digest, Kind};

const CONTROL: &str = "Package: fixture\nVersion: 1:2.0~rc1-3\nArchitecture: all\nMaintainer: A <a@example.org>\n\
    Depends: libc6 (>= 2.36), a | b\nDescription: short\n long\n .\n more\n";

/// Runs a program that must succeed; what it wrote.
fn run(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).env("LC_ALL", "C.UTF-8").env("TZ", "UTC").output();
    let output = output.unwrap_or_else(|error| panic!("{program} is needed for this test: {error}"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn build(folder: &Path, name: &str, arguments: &[&str]) -> PathBuf {
    let tree = folder.join("tree");
    if !tree.exists() {
        for directory in ["DEBIAN", "usr/bin", "usr/share/doc/fixture", "etc"] {
            fs::create_dir_all(tree.join(directory)).unwrap();
        }
        let long = "n".repeat(120);
        let deep = format!("usr/share/{}", "directory-with-a-name/".repeat(8));
        fs::create_dir_all(tree.join(&deep)).unwrap();
        let files = [
            ("DEBIAN/control", CONTROL.to_owned()),
            ("DEBIAN/conffiles", "/etc/fixture.conf\n".to_owned()),
            ("etc/fixture.conf", "key=value\n".to_owned()),
            ("usr/bin/fixture", "#!/bin/sh\n".to_owned()),
            ("usr/share/doc/fixture/empty", String::new()),
            ("usr/share/doc/fixture/with space and ümlaut", "x".repeat(70_000)),
            (&format!("usr/share/doc/fixture/{long}"), "long name\n".to_owned()),
            (&format!("{deep}{long}"), "deep\n".to_owned()),
        ];
        for (path, content) in &files {
            fs::write(tree.join(path), content).unwrap();
        }
        std::os::unix::fs::symlink("../share/doc", tree.join("usr/bin/link")).unwrap();
        std::os::unix::fs::symlink(format!("/{deep}{long}"), tree.join("usr/bin/long-link")).unwrap();
        fs::hard_link(tree.join("usr/bin/fixture"), tree.join("usr/bin/same")).unwrap();
        fs::hard_link(tree.join(format!("{deep}{long}")), tree.join("usr/zz-same")).unwrap();
        run("mkfifo", &[tree.join("usr/share/pipe").to_str().unwrap()]);
        run(
            "sh",
            &[
                "-c",
                &format!(
                    "cd '{}' && find etc usr -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums",
                    tree.display()
                ),
            ],
        );
    }
    let package = folder.join(name);
    let mut command = vec!["--root-owner-group"];
    command.extend_from_slice(arguments);
    command.extend(["-b", tree.to_str().unwrap(), package.to_str().unwrap()]);
    run("dpkg-deb", &command);
    package
}

/// A line as `tar tvv --numeric-owner --full-time --utc` has it.
fn line_of_tar(member: &DataMember) -> String {
    let path = String::from_utf8_lossy(&member.path).into_owned();
    let letter = match member.kind {
        MemberKind::File => '-',
        MemberKind::HardLink => 'h',
        MemberKind::SymbolicLink => 'l',
        MemberKind::Directory => 'd',
        MemberKind::CharacterDevice => 'c',
        MemberKind::BlockDevice => 'b',
        MemberKind::Fifo => 'p',
    };
    let mut mode = String::new();
    for (shift, special, lower, upper) in [(6, 0o4000, 's', 'S'), (3, 0o2000, 's', 'S'), (0, 0o1000, 't', 'T')] {
        let bits = member.mode >> shift;
        mode.push(if bits & 4 != 0 { 'r' } else { '-' });
        mode.push(if bits & 2 != 0 { 'w' } else { '-' });
        mode.push(match (member.mode & special != 0, bits & 1 != 0) {
            (false, false) => '-',
            (false, true) => 'x',
            (true, true) => lower,
            (true, false) => upper,
        });
    }
    let slash = if member.kind == MemberKind::Directory { "/" } else { "" };
    let root = if path.is_empty() { "." } else { "./" };
    let link = member.link.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    let link = match member.kind {
        MemberKind::SymbolicLink => format!(" -> {link}"),
        MemberKind::HardLink => format!(" link to ./{link}"),
        _ => String::new(),
    };
    let time = jiff::Timestamp::from_second(member.mtime).unwrap().strftime("%Y-%m-%d %H:%M:%S").to_string();
    format!("{letter}{mode} {}/{} {} {time} {root}{path}{slash}{link}", member.uid, member.gid, member.size)
}

/// Everything that dpkg-deb says about a package must be what we say.
fn agrees_with_dpkg(package: &Path) {
    let path = package.to_str().unwrap();
    let mut archive = Archive::open(File::open(package).unwrap(), &Limits::default())
        .unwrap_or_else(|error| panic!("{path}: {error}"));

    let control = run("dpkg-deb", &["-I", path, "control"]);
    assert_eq!(String::from_utf8_lossy(archive.control()), String::from_utf8_lossy(&control), "{path}");
    let names = run("sh", &["-c", "dpkg-deb --ctrl-tarfile \"$0\" | tar t", path]);
    let names = String::from_utf8(names).unwrap();
    let mut names: Vec<_> =
        names.lines().map(|name| name.trim_start_matches("./")).filter(|name| !name.is_empty()).collect();
    assert_eq!(archive.control_members().iter().map(|member| &*member.name).collect::<Vec<_>>(), names);
    for name in names.drain(..) {
        assert!(archive.control_member(name).unwrap() == run("dpkg-deb", &["-I", path, name]), "{path}: {name}");
    }

    let listing = run(
        "sh",
        &[
            "-c",
            "dpkg-deb --fsys-tarfile \"$0\" | tar tv --numeric-owner --full-time --utc --quoting-style=literal",
            path,
        ],
    );
    let expected: Vec<String> = String::from_utf8_lossy(&listing)
        .lines()
        .map(|line| {
            let mut fields = line.splitn(3, ' ');
            let (mode, owner, rest) = (fields.next().unwrap(), fields.next().unwrap(), fields.next().unwrap());
            format!("{mode} {owner} {}", rest.trim_start())
        })
        .collect();
    let sums = archive.md5sums().unwrap();
    let mut found = Vec::new();
    let mut hashed = Vec::new();
    let mut members = archive.data().unwrap();
    while let Some(member) = members.next() {
        let member = member.unwrap_or_else(|error| panic!("{path}: {error}"));
        found.push(line_of_tar(&member));
        if member.kind == MemberKind::File {
            let mut content = Vec::new();
            members.content().read_to_end(&mut content).unwrap();
            assert_eq!(content.len() as u64, member.size);
            hashed.push((member.path, content));
        }
    }
    assert_eq!(found, expected, "{path}");

    // The contents are right where md5sum says that they match md5sums.
    if let Some(sums) = sums {
        let folder = tempfile::tempdir().unwrap();
        let mut checked = 0;
        for sum in sums.iter().filter(|sum| hashed.iter().any(|(path, _)| *path == sum.path)).take(50) {
            let (_, content) = hashed.iter().find(|(path, _)| *path == sum.path).unwrap();
            let file = folder.path().join("content");
            fs::write(&file, content).unwrap();
            let output = String::from_utf8(run("md5sum", &[file.to_str().unwrap()])).unwrap();
            let digest: String = sum.md5.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(output.split(' ').next().unwrap(), digest, "{path}: {}", String::from_utf8_lossy(&sum.path));
            checked += 1;
        }
        assert!(checked > 0, "{path}: md5sums names files of the package");
    }
}

#[test]
fn packages_of_dpkg_deb_in_every_compression() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["-Zgzip"][..],
        &["-Zxz"],
        &["-Zzstd"],
        &["-Znone"],
        &["-Zxz", "-z9", "-Sextreme"],
        &["-Zgzip", "--no-uniform-compression"],
        &["-Znone", "--no-uniform-compression"],
    ] {
        agrees_with_dpkg(&build(folder.path(), "fixture.deb", arguments));
    }
}

/// The packages that apt keeps on this machine, and those of a folder that the caller names.
#[test]
fn packages_of_this_machine() {
    let named = std::env::var_os("REPOSNAP_TEST_DEBS").map(PathBuf::from);
    for folder in [Some(PathBuf::from("/var/cache/apt/archives")), named].into_iter().flatten() {
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut packages: Vec<_> =
            entries.filter(|path| path.extension().is_some_and(|extension| extension == "deb")).collect();
        packages.sort();
        for package in packages.iter().take(25) {
            agrees_with_dpkg(package);
        }
    }
}

/// Reads all of a package; how far it came.
fn read_all(bytes: &[u8]) -> reposnap::Result<usize> {
    let mut archive = Archive::from_bytes(bytes, &Limits::default())?;
    archive.md5sums()?;
    let mut members = archive.data()?;
    let mut count = 0;
    while let Some(member) = members.next() {
        let member = member?;
        let mut content = Vec::new();
        members.content().read_to_end(&mut content).map_err(|error| match error.downcast::<reposnap::Error>() {
            Ok(error) => error,
            Err(error) => panic!("an error of reading carries one of ours: {error}"),
        })?;
        assert_eq!(content.len() as u64, member.size);
        count += 1;
    }
    assert!(members.next().is_none());
    Ok(count)
}

#[test]
fn truncated_packages_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for kind in ["-Zgzip", "-Zxz", "-Zzstd", "-Znone"] {
        let bytes = fs::read(build(folder.path(), "fixture.deb", &[kind])).unwrap();
        read_all(&bytes).unwrap();
        // The last byte may be the filler, which dpkg does not ask for either.
        let ends = (0..200)
            .chain((200..bytes.len() - 2).step_by(bytes.len() / 300 + 1))
            .chain(bytes.len() - 60..bytes.len() - 1);
        for length in ends {
            let error = read_all(&bytes[..length]).expect_err(&format!("{kind}, cut to {length} of {}", bytes.len()));
            assert_eq!(error.kind(), Kind::Malformed, "{kind}, cut to {length}: {error}");
        }
    }
}

#[test]
fn damaged_packages_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    for kind in ["-Zgzip", "-Zxz", "-Zzstd", "-Znone"] {
        let bytes = fs::read(build(folder.path(), "fixture.deb", &[kind])).unwrap();
        let count = read_all(&bytes).unwrap();
        let mut refused = 0;
        let mut state = 1u64;
        let positions = (0..260).chain((260..bytes.len()).step_by(bytes.len() / 700 + 1));
        for position in positions.clone() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let mut damaged = bytes.clone();
            damaged[position] ^= ((state >> 33) as u8).max(1);
            match read_all(&damaged) {
                Ok(found) => assert!(found <= count, "{kind}: damage at {position} gave more members"),
                Err(error) => {
                    assert!(
                        matches!(error.kind(), Kind::Malformed | Kind::Unsupported | Kind::Limit),
                        "{kind} {position}: {error}"
                    );
                    refused += 1;
                }
            }
        }
        // What passes is in ar's times and owners, or, uncompressed, in the contents themselves.
        if kind != "-Znone" {
            assert!(refused * 10 > positions.count() * 8, "{kind}: {refused} refused");
        }
    }
}

/// A package put together by hand.
struct Parts(Vec<(String, Vec<u8>)>);

impl Parts {
    fn of(folder: &Path) -> Self {
        let package = build(folder, "parts.deb", &["-Znone"]);
        let package = package.to_str().unwrap();
        let part = |name: &str| (name.to_owned(), run("ar", &["p", package, name]));
        Self(vec![part("debian-binary"), part("control.tar"), part("data.tar")])
    }

    fn ar(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = b"!<arch>\n".to_vec();
        for (name, content) in parts {
            bytes.extend(format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 100_644, content.len()).bytes());
            bytes.extend(content);
            bytes.extend(b"\n".iter().take(content.len() % 2));
        }
        bytes
    }
}

#[test]
fn order_and_number_of_members() {
    let folder = tempfile::tempdir().unwrap();
    let Parts(parts) = Parts::of(folder.path());
    let own = |name: &str| (name.to_owned(), b"abc".to_vec());
    let [version, control, data] = [0, 1, 2].map(|index| parts[index].clone());
    let count = read_all(&Parts::ar(&parts)).unwrap();
    let dpkg = |bytes: &[u8]| {
        let path = folder.path().join("by-hand.deb");
        fs::write(&path, bytes).unwrap();
        let list =
            |option| Command::new("dpkg-deb").arg(option).arg(&path).output().expect("dpkg-deb runs").status.success();
        list("-c") && list("-I")
    };

    for (good, why) in [
        (vec![version.clone(), own("_gpg"), control.clone(), own("_x"), data.clone()], "underscores in between"),
        (vec![version.clone(), control.clone(), data.clone(), own("_gpgorigin"), own("anything")], "more at the end"),
        (
            vec![
                ("debian-binary/".into(), b"2.17\nmore\n".to_vec()),
                ("control.tar/".into(), control.1.clone()),
                data.clone(),
            ],
            "slashes, minor number",
        ),
    ] {
        let bytes = Parts::ar(&good);
        assert!(dpkg(&bytes), "dpkg-deb accepts {why}");
        assert_eq!(read_all(&bytes).unwrap_or_else(|error| panic!("{why}: {error}")), count);
    }
    for (bad, why) in [
        (vec![], "nothing"),
        (vec![control.clone(), data.clone()], "no debian-binary"),
        (vec![version.clone(), data.clone()], "no control"),
        (vec![version.clone(), control.clone()], "no data"),
        (vec![version.clone(), data.clone(), control.clone()], "data before control"),
        (vec![version.clone(), own("x"), control.clone(), data.clone()], "a stranger before control"),
        (vec![version.clone(), control.clone(), own("x"), data.clone()], "a stranger before data"),
        (vec![("debian-binary".into(), b"3.0\n".to_vec()), control.clone(), data.clone()], "version 3"),
        (vec![("debian-binary".into(), b"two\n".to_vec()), control.clone(), data.clone()], "version two"),
        (vec![version.clone(), ("control.tar.lz4".into(), b"x".to_vec()), data.clone()], "control in lz4"),
    ] {
        let bytes = Parts::ar(&bad);
        assert!(!dpkg(&bytes), "dpkg-deb refuses {why}");
        read_all(&bytes).expect_err(why);
    }
    // dpkg reads the first of two and ignores the other; which one is meant can't be told.
    for twice in [&control, &data, &version] {
        let bytes = Parts::ar(&[version.clone(), control.clone(), data.clone(), twice.clone()]);
        assert_eq!(read_all(&bytes).unwrap_err().kind(), Kind::Malformed, "a second {}", twice.0);
    }
    for name in ["data.tar.bz2", "data.tar.lzma"] {
        let error =
            read_all(&Parts::ar(&[version.clone(), control.clone(), (name.into(), data.1.clone())])).unwrap_err();
        assert_eq!(error.kind(), Kind::Unsupported, "{name}: {error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

/// A tar header.
fn header(path: &str, flag: u8, size: u64, link: &str) -> Vec<u8> {
    let mut block = vec![0; 512];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, path.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, &[flag]);
    put(157, link.as_bytes());
    put(257, b"ustar  \0");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

#[test]
fn hostile_data_archives() {
    let folder = tempfile::tempdir().unwrap();
    let Parts(mut parts) = Parts::of(folder.path());
    let mut attempt = |blocks: &[Vec<u8>]| {
        parts[2].1 = blocks.concat();
        read_all(&Parts::ar(&parts))
    };
    let end = vec![0; 1024];
    assert_eq!(attempt(&[header("./a", b'0', 0, ""), end.clone()]).unwrap(), 1);
    assert_eq!(attempt(&[header("./a", b'0', 3, ""), b"abc".to_vec(), vec![0; 509], end.clone()]).unwrap(), 1);
    // As dpkg, we take the end of the stream for the end of the archive.
    assert_eq!(attempt(&[header("./a", b'0', 0, "")]).unwrap(), 1);
    for (blocks, why) in [
        (vec![header("/etc/passwd", b'0', 0, "")], "an absolute path"),
        (vec![header("./../etc/passwd", b'0', 0, "")], "a path that leaves"),
        (vec![header("./a", b'1', 0, "../../etc/shadow")], "a hard link that leaves"),
        (vec![header("./a", b'1', 0, "/etc/shadow")], "an absolute hard link"),
        (vec![header("./a", b'2', 0, "")], "a symbolic link to nothing"),
        (vec![header("./", b'0', 0, "")], "a root that is a file"),
        (vec![header("", b'0', 0, "")], "no name"),
        (vec![header("./a", b'5', 5, ""), vec![0; 512]], "a directory with content"),
        (vec![header("./a", b'0', 513, ""), vec![0; 512]], "a size that lies"),
        (vec![header("./a", b'0', 0o77_777_777_777, ""), vec![0; 512]], "a size that lies a lot"),
        (vec![header("./a", b'0', 0, "")[..511].to_vec()], "half a header"),
        (vec![vec![7; 512]], "noise"),
        (vec![header("././@LongLink", b'L', 5, ""), b"./abc".to_vec(), vec![0; 507]], "a long name of nothing"),
        (
            vec![[header("x", b'L', 2, ""), b"./".to_vec(), vec![0; 510]].concat().repeat(2), header("a", b'0', 0, "")],
            "two long names",
        ),
        (vec![header("././@LongLink", b'L', 0, ""), header("a", b'0', 0, "")], "an empty long name"),
    ] {
        let error = attempt(&blocks).expect_err(why);
        assert_eq!(error.kind(), Kind::Malformed, "{why}: {error}");
    }
    for flag in [b'x', b'g', b'S', b'V', b'M', b'D', b'9'] {
        let error = attempt(&[header("./a", flag, 0, ""), end.clone()]).unwrap_err();
        assert_eq!(error.kind(), Kind::Unsupported, "type {}: {error}", char::from(flag));
    }
    let long =
        attempt(&[header("x", b'L', 5000, ""), vec![b'a'; 5120], header("a", b'0', 0, ""), end.clone()]).unwrap_err();
    assert_eq!(long.kind(), Kind::Limit, "{long}");
}

#[test]
fn hostile_control_archives() {
    let folder = tempfile::tempdir().unwrap();
    let Parts(mut parts) = Parts::of(folder.path());
    let mut attempt = |blocks: &[Vec<u8>]| {
        parts[1].1 = [blocks.concat(), vec![0; 1024]].concat();
        read_all(&Parts::ar(&parts))
    };
    let file = |path: &str| [header(path, b'0', 11, ""), b"Package: a\n".to_vec(), vec![0; 501]].concat();
    attempt(&[header("./", b'5', 0, ""), file("./control")]).unwrap();
    attempt(&[file("control")]).unwrap();
    for (blocks, why) in [
        (vec![file("./md5sum")], "no control file"),
        (vec![file("./control"), file("control")], "two control files"),
        (vec![header("./control", b'2', 0, "/etc/passwd")], "a link"),
        (vec![file("./../control")], "a path that leaves"),
        (vec![file("./control"), file("./md5sums")], "md5sums that are none"),
    ] {
        let error = attempt(&blocks).expect_err(why);
        assert_eq!(error.kind(), Kind::Malformed, "{why}: {error}");
    }
    let many: Vec<_> = (0..1100).map(|n| header(&format!("./f{n}"), b'0', 0, "")).collect();
    assert_eq!(attempt(&many).unwrap_err().kind(), Kind::Limit);
}

#[test]
fn limits_hold() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = fs::read(build(folder.path(), "fixture.deb", &["-Zgzip"])).unwrap();
    let read = |limits: &Limits| -> reposnap::Result<usize> {
        let mut archive = Archive::from_bytes(&bytes, limits)?;
        archive.data()?.try_fold(0, |count, member| member.map(|_| count + 1))
    };
    let count = read(&Limits::default()).unwrap();
    assert_eq!(read(&Limits { data_members: count as u64, ..Limits::default() }).unwrap(), count);
    for limits in [
        Limits { control_bytes: 100, ..Limits::default() },
        Limits { control_bytes: 2_000, ..Limits::default() },
        Limits { control_members: 2, ..Limits::default() },
        Limits { data_bytes: 80_000, ..Limits::default() },
        Limits { data_members: count as u64 - 1, ..Limits::default() },
        Limits { path_bytes: 100, ..Limits::default() },
    ] {
        let error = read(&limits).expect_err(&format!("{limits:?}"));
        assert_eq!(error.kind(), Kind::Limit, "{limits:?}: {error}");
    }
}

#[test]
fn only_what_is_asked_for_is_read() {
    struct Counting(Cursor<Vec<u8>>, u64);
    impl Read for Counting {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let length = self.0.read(buffer)?;
            self.1 += length as u64;
            Ok(length)
        }
    }
    impl Seek for Counting {
        fn seek(&mut self, position: std::io::SeekFrom) -> std::io::Result<u64> {
            self.0.seek(position)
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let Parts(mut parts) = Parts::of(folder.path());
    parts[2].1 = [header("./big", b'0', 50_000_000, ""), vec![1; 50_000_176], vec![0; 1024]].concat();
    let mut reader = Counting(Cursor::new(Parts::ar(&parts)), 0);
    Archive::open(&mut reader, &Limits::default()).unwrap();
    assert!(reader.1 < 40_000, "{} bytes were read to open the package", reader.1);
}

#[test]
fn index_stanzas_as_apt_ftparchive_and_dpkg_scanpackages_make_them() {
    let folder = tempfile::tempdir().unwrap();
    let pool = folder.path().join("pool");
    fs::create_dir(&pool).unwrap();
    build(folder.path(), "pool/fixture.deb", &["-Zxz"]);
    let bytes = fs::read(pool.join("fixture.deb")).unwrap();
    let archive = Archive::from_bytes(&bytes, &Limits::default()).unwrap();
    let md5 = String::from_utf8(run("md5sum", &[pool.join("fixture.deb").to_str().unwrap()])).unwrap();
    let md5: Vec<u8> = (0..32).step_by(2).map(|at| u8::from_str_radix(&md5[at..at + 2], 16).unwrap()).collect();
    let fields = IndexFields {
        filename: "pool/fixture.deb",
        size: bytes.len() as u64,
        sha256: Digest::of(&bytes),
        md5: Some(md5.try_into().unwrap()),
        sha512: None,
    };
    let ours = String::from_utf8(index_stanza(archive.control(), &fields).unwrap()).unwrap();
    assert!(ours.starts_with(CONTROL));
    // Fields with their values, in alphabetical order.
    let parse = |text: &str| {
        let text = text.trim_end().replace("\n ", "\0");
        let mut fields: Vec<_> = text
            .lines()
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .filter(|(name, _)| name != "sha1" && name != "sha512")
            .collect();
        fields.sort();
        fields
    };
    for tool in ["apt-ftparchive packages pool", "dpkg-scanpackages -m pool"] {
        let script = format!("cd '{}' && {tool} 2>/dev/null", folder.path().display());
        let theirs = String::from_utf8(run("sh", &["-c", &script])).unwrap();
        assert_eq!(parse(&ours), parse(&theirs), "{tool}");
    }
}
