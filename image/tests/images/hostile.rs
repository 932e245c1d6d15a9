//! What somebody who means ill, or a tool that failed, makes of an image: an error that says what, and never a clean result.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use reposnap::progress::{Cancel, Monitor};
use reposnap::{Error, Kind};
use reposnap_image::inspect::Options;

use crate::support::*;

fn filtered(program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child =
        Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect(program);
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input).unwrap());
        child.wait_with_output().unwrap()
    });
    assert!(output.status.success());
    output.stdout
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    filtered("gzip", &["-nc"], bytes)
}

/// A tar archive of one status file.
fn archive(status: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("var/lib/dpkg")).unwrap();
    fs::write(folder.path().join("var/lib/dpkg/status"), status).unwrap();
    let file = folder.path().join("x.tar");
    run("tar", &["-C", text(folder.path()), "-cf", text(&file), "var"]);
    fs::read(&file).unwrap()
}

const STATUS: &str = "Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\n";

/// What comes of an image of these layers.
fn outcome(layers: &[(&str, &[u8], String)]) -> reposnap::Result<usize> {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::empty(folder.path());
    layout.write_image("x", layers);
    try_look(&layout.reference("x"), &Options::default()).map(|read| read.inventory.packages.len())
}

fn failure(layers: &[(&str, &[u8], String)]) -> Error {
    outcome(layers).expect_err("an error")
}

#[test]
fn layers_that_are_not_what_they_are_said_to_be() {
    let tar = archive(STATUS);
    let packed = gzip(&tar);
    assert_eq!(outcome(&[(GZIP, &packed, digest(&tar)), (PLAIN, &tar, digest(&tar))]).unwrap(), 1);
    let twice = [packed.clone(), gzip(&[0; 512])].concat();
    let both = [tar.clone(), vec![0; 512]].concat();
    assert_eq!(outcome(&[(GZIP, &twice, digest(&both))]).unwrap(), 1, "two members are one file");
    for (media_type, bytes, rule) in [(PLAIN, &packed, "media-type"), (GZIP, &tar, "media-type")] {
        assert_eq!(failure(&[(media_type, bytes, digest(&tar))]).broken_rule(), Some(rule));
    }
    assert_eq!(failure(&[(GZIP, &packed, digest(b""))]).broken_rule(), Some("diff-id"));
    let xz = filtered("xz", &["-c"], &tar);
    assert!(failure(&[(PLAIN, &xz, digest(&tar))]).to_string().contains("compressed with xz"));
    assert_eq!(failure(&[("application/vnd.example.chart", &tar, digest(&tar))]).kind(), Kind::Unsupported);
    let encrypted = format!("{GZIP}+encrypted");
    assert!(failure(&[(&encrypted, &packed, digest(&tar))]).to_string().contains("encrypted"));
}

#[test]
fn blobs_that_are_not_what_their_names_say() {
    let tar = archive(STATUS);
    let packed = gzip(&tar);
    // Another time in the header of gzip: the same archive, as many bytes, and another digest.
    let mut altered = packed.clone();
    altered[4] ^= 1;
    for (bytes, rule) in [
        (altered, "digest-mismatch"),
        (packed[..packed.len() - 1].to_vec(), "size-mismatch"),
        ([&packed[..], b"x"].concat(), "size-mismatch"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::empty(folder.path());
        layout.write_image("x", &[(GZIP, &packed, digest(&tar))]);
        fs::write(layout.blob(&digest(&packed)), bytes).unwrap();
        let error = try_look(&layout.reference("x"), &Options::default()).unwrap_err();
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Verification, Some(rule)), "{error}");
    }
    // A blob that is a link out of the layout is not there.
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::empty(folder.path());
    layout.write_image("x", &[(GZIP, &packed, digest(&tar))]);
    let blob = layout.blob(&digest(&packed));
    let outside = folder.path().join("outside");
    fs::rename(&blob, &outside).unwrap();
    std::os::unix::fs::symlink(&outside, &blob).unwrap();
    let error = try_look(&layout.reference("x"), &Options::default()).unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound, "{error}");
}

#[test]
fn layers_that_were_cut_off() {
    let tar = archive(STATUS);
    let end = tar.len() - tar.iter().rev().take_while(|byte| **byte == 0).count();
    let end = end.next_multiple_of(512);
    for cut in [&tar[..end], &tar[..end - 1], &tar[..end - 512], &tar[..512], &tar[..700], &[][..]] {
        let error = failure(&[(GZIP, &gzip(cut), digest(cut))]);
        assert_eq!(error.kind(), Kind::Malformed, "{}: {error}", cut.len());
        assert!(error.at_path().unwrap().starts_with("sha256:"), "{error}");
    }
    let packed = gzip(&tar);
    for cut in [&packed[..packed.len() - 1], &packed[..packed.len() / 2], &packed[..10]] {
        assert_eq!(failure(&[(GZIP, cut, digest(&tar))]).kind(), Kind::Malformed);
    }
    for more in
        [[&packed[..], b"garbage"].concat(), gzip(&[&tar[..], b"garbage"].concat()), gzip(&[&tar[..], &tar].concat())]
    {
        assert_eq!(failure(&[(GZIP, &more, digest(&tar))]).kind(), Kind::Malformed);
    }
}

#[test]
fn what_umoci_does_not_finish() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::with_base(folder.path());
    let tree = folder.path().join("tree");
    fs::create_dir_all(&tree).unwrap();
    fs::write(tree.join("file"), "content").unwrap();
    let inserted = attempt("umoci", &["insert", "--opaque", "--image", &layout.image("base"), text(&tree), "/opt"]);
    assert!(inserted.status.success());
    let error = try_look(&layout.reference("base"), &Options::default()).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Malformed, Some("truncated")), "{error}");
}

#[test]
fn bombs() {
    // 3 GiB of zeros in 3 MiB: a gigabyte is free, and then the ratio counts.
    let script = "import gzip,sys\nw=gzip.GzipFile('','wb',1,sys.stdout.buffer,0)\nb=bytes(1<<24)\nfor i in range(192): w.write(b)\nw.close()";
    let zeros = filtered("python3", &["-c", script], b"");
    assert!(zeros.len() < 16 << 20);
    // Zeros alone are an archive that has ended. A file of them is not.
    let mut header = archive(STATUS)[..512].to_vec();
    header[124..136].copy_from_slice(b"77777777777\0");
    header[156] = b'0';
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header[..100].fill(0);
    header[..4].copy_from_slice(b"bomb");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let bomb = [gzip(&header), zeros].concat();
    let error = failure(&[(GZIP, &bomb, digest(b""))]);
    assert_eq!(error.kind(), Kind::Limit, "{error}");
    assert!(error.to_string().contains("decompresses to more than"), "{error}");
}

#[test]
fn names_that_lead_out() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x"), "x").unwrap();
    for name in ["../x", "a/../../x", "usr/.."] {
        let file = folder.path().join("x.tar");
        run(
            "tar",
            &["-C", text(folder.path()), "-P", "--transform", &format!("s,^x$,{name},"), "-cf", text(&file), "x"],
        );
        let tar = fs::read(&file).unwrap();
        let error = failure(&[(PLAIN, &tar, digest(&tar))]);
        assert!(error.to_string().contains("leads out of the image"), "{error}");
    }
    // Hard links as well; symbolic ones lead nowhere but inside.
    let file = folder.path().join("l.tar");
    fs::hard_link(folder.path().join("x"), folder.path().join("y")).unwrap();
    run("tar", &["-C", text(folder.path()), "-P", "--transform", "s,^x$,../x,RSh", "-cf", text(&file), "x", "y"]);
    let tar = fs::read(&file).unwrap();
    assert_eq!(failure(&[(PLAIN, &tar, digest(&tar))]).kind(), Kind::Malformed);
}

#[test]
fn headers_and_counts_beyond_limits() {
    // A pax header of 2 MiB.
    let script = "import tarfile,sys,io\nt=tarfile.open(fileobj=sys.stdout.buffer,mode='w|',format=tarfile.PAX_FORMAT)\n\
                  i=tarfile.TarInfo('x')\ni.pax_headers={'SCHILY.xattr.user.a':'a'*(2<<20)}\nt.addfile(i)\nt.close()";
    let tar = filtered("python3", &["-c", script], b"");
    let error = failure(&[(PLAIN, &tar, digest(&tar))]);
    assert_eq!(error.kind(), Kind::Limit, "{error}");
    // Ordinary ones of Python's are fine: long names, times, large owners.
    let script = "import tarfile,sys,io\nt=tarfile.open(fileobj=sys.stdout.buffer,mode='w|',format=tarfile.PAX_FORMAT)\n\
                  i=tarfile.TarInfo('x'*300+'/'+'\\u00e9'*200)\ni.mtime=1.5\ni.uid=1<<40\nt.addfile(i)\n\
                  b=sys.argv[1].encode()\ni=tarfile.TarInfo('var/lib/dpkg/status')\ni.size=len(b)\ni.mtime=-1.5\nt.addfile(i,io.BytesIO(b))\nt.close()";
    let tar = filtered("python3", &["-c", script, STATUS], b"");
    assert_eq!(outcome(&[(PLAIN, &tar, digest(&tar))]).unwrap(), 1);

    let tar = archive(STATUS);
    let layers = vec![(PLAIN, &tar[..], digest(&tar)); 10_000];
    let error = failure(&layers);
    assert_eq!(error.kind(), Kind::Limit);
    assert!(error.to_string().contains("10000 layers"), "{error}");
}

#[test]
fn databases_that_are_not_whole() {
    let two = format!("{STATUS}{}", STATUS.replace("Package: a", "Package: b"));
    let of = |status: &str| {
        let tar = archive(status);
        outcome(&[(PLAIN, &tar, digest(&tar))])
    };
    assert_eq!(of(&two).unwrap(), 2);
    for half in [&two[..two.len() - 4], &two[..two.len() - 20], "Package: a\nStat"] {
        let error = of(half).unwrap_err();
        assert_eq!(
            (error.kind(), error.at_path()),
            (Kind::Malformed, Some("var/lib/dpkg/status")),
            "{half:?}: {error}"
        );
        assert!(error.at_line().is_some(), "{error}");
    }
    assert!(of(&STATUS.repeat(2)).unwrap_err().to_string().contains("a:all is there twice"));
    assert!(of("\0\0\0\0\n").is_err());

    // An empty one is a database that has none, and one that was cut off between stanzas lacks what has its sums there.
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    fs::create_dir_all(root.join("var/lib/dpkg/info")).unwrap();
    for name in ["a", "b"] {
        fs::write(root.join(format!("var/lib/dpkg/info/{name}.md5sums")), "").unwrap();
    }
    let reference = format!("dir:{}", text(&root));
    let write = |status: &str| fs::write(root.join("var/lib/dpkg/status"), status).unwrap();
    assert!(look(&reference).inventory.databases.is_empty());
    write("");
    let read = look(&reference);
    assert_eq!((read.inventory.databases[0].packages, read.inventory.packages.len()), (0, 0));
    write(&two);
    assert_eq!(look(&reference).inventory.packages.len(), 2);
    write(STATUS);
    let error = try_look(&reference, &Options::default()).unwrap_err();
    assert_eq!((error.kind(), error.broken_rule()), (Kind::Malformed, Some("half-a-database")));
    assert!(error.to_string().contains("it lacks b"), "{error}");
}

#[test]
fn damage_anywhere_is_an_error_or_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::empty(folder.path());
    let tar = archive(STATUS);
    let mut whole = 0;
    for at in (0..2560).step_by(3) {
        let mut damaged = tar.clone();
        damaged[at] ^= 1 << (at % 8);
        let tag = format!("t{at}");
        layout.write_image(&tag, &[(PLAIN, &damaged, digest(&damaged))]);
        match try_look(&layout.reference(&tag), &Options::default()) {
            // Names and values that carry no sense here, such as owners, are covered by the checksum of their header.
            Ok(read) => whole += read.inventory.packages.len(),
            Err(error) => {
                assert!(matches!(error.kind(), Kind::Malformed | Kind::Limit | Kind::Unsupported), "{at}: {error}")
            }
        }
        fs::write(layout.path.join("index.json"), r#"{"schemaVersion":2,"manifests":[]}"#).unwrap();
    }
    assert!(whole > 0, "padding is no content");
}

#[test]
fn work_that_is_cancelled_ends() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::with_base(folder.path());
    let cancel = Cancel::new();
    cancel.cancel();
    let options = Options { monitor: Monitor::cancelled_by(cancel), ..Options::default() };
    assert_eq!(try_look(&layout.reference("base"), &options).unwrap_err().kind(), Kind::Cancelled);
}

#[test]
fn what_is_not_there() {
    for reference in ["oci:/nowhere:x", "oci-archive:/nowhere", "docker-archive:/nowhere", "dir:/nowhere"] {
        let error = try_look(reference, &Options::default()).unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound, "{reference}: {error}");
        assert!(error.at_path().is_some());
    }
    assert_eq!(try_look("docker://localhost/x", &Options::default()).unwrap_err().kind(), Kind::Usage);
}
