//! A store on a real disk that fails: the kernel kills, refuses and fills up where `strace` and `mount` tell it to.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use bytes::Bytes;
use futures::FutureExt;
use reposnap::store::refs::{Log, Note};
use reposnap::store::{Created, Store};
use reposnap::{Digest, Error, Kind, Result};

const ROOT: &str = "REPOSNAP_TEST_ROOT";
/// Writes that the main thread of a test program makes at most, for its report.
const REPORTS: usize = 8;

#[test]
fn a_kill_in_any_system_call_leaves_the_old_state_or_the_new() {
    let (mut old, mut new) = (0, 0);
    for calls in [
        "?mkdir,?mkdirat",
        "write",
        "fsync",
        "syncfs",
        "?link,?linkat",
        "?rename,?renameat,?renameat2",
        "?unlink,?unlinkat",
    ] {
        every_nth(calls, "signal=SIGKILL", |output, moved| {
            assert!(!output.status.success() || moved);
            if moved { new += 1 } else { old += 1 }
        });
    }
    assert!(old > 20 && new >= 2, "{old} old, {new} new");
}

#[test]
fn an_error_of_any_system_call_is_told_and_leaves_the_old_state_or_the_new() {
    for (calls, error, may_pass) in [
        ("?mkdir,?mkdirat", "ENOSPC", false),
        ("write", "ENOSPC", false),
        ("fsync", "EIO", false),
        ("syncfs", "EIO", false),
        ("?rename,?renameat,?renameat2", "EIO", false),
        // A link that fails with no reason to look is read back, found missing, and told.
        ("?link,?linkat", "EIO", false),
        // A temporary file that can't be deleted is only litter.
        ("?unlink,?unlinkat", "EIO", true),
    ] {
        every_nth(calls, &format!("error={error}"), |output, moved| {
            let report = String::from_utf8_lossy(&output.stdout);
            assert!(!report.contains("panicked at core/src"), "{report}");
            if output.status.success() {
                assert!(moved && may_pass, "{calls}: an error was swallowed: {report}");
            }
        });
    }
}

#[test]
fn a_file_system_without_hard_links_is_refused_by_its_reason() {
    let directory = prepared();
    let trace = tempfile::NamedTempFile::new().unwrap();
    let inject = "inject=?link,?linkat:error=EPERM";
    let output = strace(&["-f", "-e", inject, "-o", trace.path().to_str().unwrap()], directory.path());
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && report.contains("perhaps the file system has no hard links"), "{report}");
    assert!(!check(directory.path()));
}

#[test]
fn what_killed_writers_left_is_deleted_when_it_is_old() {
    let directory = prepared();
    let root = directory.path();
    let leave = |name: &str| std::fs::write(root.join(name), "half").unwrap();
    leave("refs/env/stable/00000000000000000001#1");
    leave("snapshots/x#77");
    leave("snapshots/x#y");
    let store = now(Store::open(root)).unwrap();
    let hour = std::time::Duration::from_secs(3600);
    assert_eq!(now(store.objects().delete_unfinished(hour)).unwrap(), 0);
    let old = std::time::SystemTime::now() - 2 * hour;
    let file = std::fs::File::options().write(true).open(root.join("snapshots/x#77")).unwrap();
    file.set_modified(old).unwrap();
    assert_eq!(now(store.objects().delete_unfinished(hour)).unwrap(), 1);
    assert_eq!((unfinished(root), root.join("snapshots/x#y").exists()), (2, true));
    assert!(!check(root));
}

#[test]
fn all_is_on_disk_before_the_entry_is_linked() {
    let directory = prepared();
    let root = directory.path().canonicalize().unwrap();
    let trace = root.join("trace");
    let calls = "trace=fsync,fdatasync,syncfs,?link,?linkat,?rename,?renameat,?renameat2";
    let output = strace(&["-f", "-y", "-e", calls, "-o", trace.to_str().unwrap()], &root);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let trace = std::fs::read_to_string(trace).unwrap();
    let lines: Vec<&str> = trace.lines().filter(|line| line.contains("= 0")).collect();
    let position = |what: &str, parts: &[&str]| {
        lines
            .iter()
            .position(|line| parts.iter().all(|part| line.contains(part)))
            .unwrap_or_else(|| panic!("no {what} in\n{trace}"))
    };
    let entry = format!("{:020}", u64::MAX - 2);
    let bulk = lines.iter().rposition(|line| line.contains("rename") && line.contains("/pool/")).unwrap();
    let barrier = position("barrier", &["syncfs(", root.to_str().unwrap()]);
    let link = position("link", &["link", "/refs/env/stable/", &entry]);
    assert!(bulk < barrier && barrier < link, "packages after the barrier:\n{trace}");
    for object in ["/packs/one", "/snapshots/"] {
        let synced = position("fsync", &["fsync(", object, "#"]);
        let renamed = position("rename", &["rename", object]);
        let folder = object.rsplit_once('/').unwrap().0;
        let folder_synced =
            lines[renamed..].iter().position(|line| line.contains("fsync(") && line.contains(&format!("{folder}>")));
        assert!(synced < renamed && folder_synced.is_some_and(|after| renamed + after < link), "{object}:\n{trace}");
    }
    let synced = position("fsync of the entry", &["fsync(", &format!("/refs/env/stable/{entry}#")]);
    let folder = lines[link..].iter().any(|line| line.contains("fsync(") && line.contains("/refs/env/stable>"));
    assert!(synced < link && folder, "the entry itself:\n{trace}");
}

#[test]
fn a_full_disk_is_told_and_harms_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    mounted(root, &format!("mount -t tmpfs -o size=1m tmpfs {}", root.display()), "child_full_disk");
}

/// Run by the test above, on a file system of 1 MiB.
#[test]
fn child_full_disk() {
    let Some(root) = child_root() else { return };
    let root = Path::new(&root);
    now(Store::create(root)).unwrap();
    let store = now(Store::open(root)).unwrap();
    now(append(&store, "old")).unwrap();
    let objects = store.objects();
    let mut stored = 0;
    let full: Error = loop {
        match now(objects.put_bulk(&format!("pool/{stored}"), Bytes::from(vec![1; 40_000]))) {
            Ok(()) => stored += 1,
            Err(error) => break error,
        }
    };
    assert!((10..26).contains(&stored), "{stored}");
    let mut rest = 0;
    while now(objects.put_bulk(&format!("pool/small{rest}"), "x".into())).is_ok() {
        rest += 1;
    }
    let mut upload = now(objects.upload("pool/large")).unwrap();
    let large = now(async {
        for _ in 0..3 {
            upload.write(Bytes::from(vec![2; 1 << 20])).await?;
        }
        upload.finish().await
    });
    for error in [
        Err(full),
        large,
        now(objects.put_bulk("pool/x", "x".into())),
        now(objects.put("packs/x", "x".into())),
        now(objects.create("index/x", "x".into())).map(drop),
        now(append(&store, "new")),
    ] {
        let error = error.unwrap_err();
        assert_eq!(error.kind(), Kind::Io, "{error}");
        assert!(error.to_string().contains("free some space"), "{error}");
    }
    assert!(!check(root));
    assert_eq!(unfinished(root), 0, "unfinished files fill the disk");
    for path in ["pool/large", "pool/x", "packs/x", "index/x"] {
        assert!(!now(objects.exists(path)).unwrap(), "{path}");
    }
    for n in 0..stored {
        assert_eq!(now(objects.size(&format!("pool/{n}"))).unwrap(), Some(40_000));
        now(objects.delete(&format!("pool/{n}"))).unwrap();
    }
    now(append(&store, "new")).unwrap();
    assert!(check(root));
}

#[test]
fn a_read_only_disk_is_told_and_can_be_read() {
    let directory = prepared();
    let root = directory.path();
    let mount = format!("mount --bind {0} {0} && mount -o remount,bind,ro {0}", root.display());
    mounted(root, &mount, "child_read_only_disk");
}

/// Run by the test above, on a file system mounted for reading only.
#[test]
fn child_read_only_disk() {
    let Some(root) = child_root() else { return };
    let root = Path::new(&root);
    assert!(!check(root));
    let store = now(Store::open(root)).unwrap();
    let objects = store.objects();
    for error in [
        now(objects.put("a", "a".into())),
        now(objects.put_bulk("b/c", "a".into())),
        now(objects.create("d", "a".into())).map(drop),
        now(commit(&store)),
        now(Store::create(&root.join("inner"))).map(drop),
    ] {
        let error = error.unwrap_err();
        assert_eq!(error.kind(), Kind::ReadOnly, "{error}");
        assert!(error.to_string().contains("mounted read-only"), "{error}");
    }
    let plain = reposnap::store::Objects::local(root).unwrap();
    assert_eq!(now(plain.put_bulk("b/c", "a".into())).unwrap_err().kind(), Kind::ReadOnly);
    assert_eq!(now(plain.put("b/c", "a".into())).unwrap_err().kind(), Kind::ReadOnly);
    assert_eq!(now(plain.delete("reposnap.json")).unwrap_err().kind(), Kind::ReadOnly);
    assert!(!check(root));
}

/// Commits once, in a process of its own that is disturbed.
#[test]
fn child_commit() {
    let Some(root) = child_root() else { return };
    // The faults count the system calls of each thread; this one goes past what the main thread of the test program does.
    let mut nowhere = std::fs::OpenOptions::new().write(true).open("/dev/null").unwrap();
    for _ in 0..REPORTS {
        let _ = nowhere.write(b"x");
    }
    let done = now(async { commit(&Store::open(Path::new(&root)).await?).await });
    if let Err(error) = done {
        panic!("{error}");
    }
}

/// Runs a commit with a fault in the 1st, 2nd, 3rd ... of `calls`, until there is no such call, and looks at the store after each.
fn every_nth(calls: &str, fault: &str, mut look: impl FnMut(&Output, bool)) {
    let mut nth = if calls == "write" { REPORTS + 1 } else { 1 };
    let start = nth;
    loop {
        let directory = prepared();
        let root = directory.path();
        let trace = tempfile::NamedTempFile::new().unwrap();
        let inject = format!("inject={calls}:{fault}:when={nth}");
        let selected = format!("trace={calls}");
        let trace_path = trace.path().to_str().unwrap();
        let output = strace(&["-f", "-e", &selected, "-e", &inject, "-o", trace_path], root);
        let reached = std::fs::read_to_string(trace.path()).unwrap();
        let reached = reached.contains("(INJECTED)") || reached.contains("killed by SIGKILL");
        let moved = check(root);
        if reached {
            look(&output, moved);
        } else {
            assert!(output.status.success() && moved, "{calls} {nth}: {}", String::from_utf8_lossy(&output.stdout));
        }
        // The store is as good as before: the next writer goes on.
        now(async { commit(&Store::open(root).await?).await }).unwrap();
        assert!(check(root));
        if !reached {
            break;
        }
        nth += 1;
    }
    assert!(nth > start, "a commit makes no {calls}");
}

fn strace(arguments: &[&str], root: &Path) -> Output {
    Command::new("strace")
        .args(arguments)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "child_commit", "--test-threads=1"])
        .env(ROOT, root)
        .stderr(Stdio::null())
        .output()
        .expect("this test needs the program strace")
}

/// Runs the test `child` where `mount` has been run in a mount namespace of its own.
fn mounted(root: &Path, mount: &str, child: &str) {
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--map-root-user", "sh", "-ec", script]).env(ROOT, root);
        command.output().expect("this test needs the program unshare")
    };
    if !unshare("true").status.success() {
        // A container without the right to mount: the injected faults of the other tests have to do.
        eprintln!("nobody may mount here, so there is no such disk to try");
        return;
    }
    let program = std::env::current_exe().unwrap();
    let output = unshare(&format!("{mount}\nexec {} --exact {child} --nocapture", program.display()));
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn child_root() -> Option<String> {
    std::env::var(ROOT).ok()
}

fn prepared() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let store = now(Store::create(directory.path())).unwrap();
    now(append(&store, "old")).unwrap();
    directory
}

/// Without a runtime, and on a local store, everything is done when it is first asked for.
fn now<T>(work: impl Future<Output = T>) -> T {
    work.now_or_never().expect("local work never waits")
}

async fn append(store: &Store, name: &str) -> Result<()> {
    let body = Bytes::from(format!("the snapshot {name}"));
    let path = format!("snapshots/{}", Digest::of(&body));
    store.objects().put(&path, body).await?;
    let log = Log::<String>::open(store.objects(), "env", "stable")?;
    let head = log.head_if_exists().await?;
    log.append(head.map(|head| head.position()), path, &Note::new("ana", name)).await?;
    Ok(())
}

fn packages() -> BTreeMap<String, Bytes> {
    (0..3_u8).map(|n| (format!("pool/{n}{n}/package"), Bytes::from(vec![n; 10_000]))).collect()
}

async fn commit(store: &Store) -> Result<()> {
    let objects = store.objects();
    for (path, bytes) in packages() {
        objects.put_bulk(&path, bytes).await?;
    }
    let mut upload = objects.upload("pool/large").await?;
    upload.write(Bytes::from(vec![9; 3 << 20])).await?;
    upload.finish().await?;
    objects.barrier().await?;
    objects.put("packs/one", "pack".into()).await?;
    if objects.create("index/one", "index".into()).await? == Created::Exists {
        return Err(Error::new(Kind::Internal, "nobody else writes this"));
    }
    append(store, "new").await
}

/// Whether the head is past the old one; all that it stands for has to be there.
fn check(root: &Path) -> bool {
    let store = now(Store::open_read_only(root)).unwrap();
    let objects = store.objects();
    let entries = now(Log::<String>::open(objects, "env", "stable").unwrap().entries(100)).unwrap();
    assert!(!entries.is_empty());
    for entry in &entries {
        let body = now(objects.get(&entry.body)).unwrap();
        assert_eq!(entry.body, format!("snapshots/{}", Digest::of(&body)));
    }
    let moved = entries.len() > 1;
    if moved && now(objects.exists("index/one")).unwrap() {
        for (path, bytes) in packages() {
            assert_eq!(now(objects.get(&path)).unwrap(), bytes);
        }
        assert_eq!(now(objects.size("pool/large")).unwrap(), Some(3 << 20));
    }
    moved
}

fn unfinished(folder: &Path) -> usize {
    let entries = folder.read_dir().unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| match entry.file_type().unwrap().is_dir() {
            true => unfinished(&entry.path()),
            false => usize::from(entry.file_name().to_str().unwrap().contains('#')),
        })
        .sum()
}
