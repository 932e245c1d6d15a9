//! The care of a store through the command: garbage collected beside writers in other processes, kills, full disks.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use reposnap_tests::cli::{Reposnap, program};
use serde_json::Value;

/// How long each of the races goes on.
const LASTS: Duration = Duration::from_secs(15);

fn vectors(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/packages").join(name)
}

/// Makes a folder hold the packages of one of the vectors and nothing else.
fn fill(folder: &Path, name: &str) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).unwrap();
    for file in fs::read_dir(vectors(name)).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), folder.join(file.file_name())).unwrap();
    }
}

/// A store with a mirror `NAME` of the folder `FOLDER/NAME`, updated once.
fn mirror(reposnap: &Reposnap, folder: &Path, name: &str) {
    let packages = folder.join(name);
    fill(&packages, "one");
    reposnap.ok(["--quiet", "mirror", "add-folder", name, packages.to_str().unwrap()]);
    reposnap.ok(["--quiet", "mirror", "update", name]);
}

fn assert_clean(reposnap: &Reposnap) {
    let checked = reposnap.json(["store", "check", "--data"]);
    assert_eq!(checked["problems"], Value::Array(Vec::new()), "{checked:#}");
}

/// The snapshots of an environment, the oldest first.
fn log(reposnap: &Reposnap, name: &str) -> Vec<(u64, String)> {
    let log = reposnap.json(["env", "log", name, "--limit", "100000"]);
    let entry =
        |entry: &Value| (entry["seq"].as_u64().unwrap(), entry["snapshot"].as_str().unwrap_or_default().to_owned());
    let mut entries: Vec<(u64, String)> = log.as_array().unwrap().iter().map(entry).collect();
    entries.sort();
    entries
}

/// A number below `most` that is another each time.
fn random(state: &mut u64, most: u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state % most
}

#[test]
fn writers_in_other_processes_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let reposnap = Reposnap::new(&folder.path().join("store"));
    for name in ["x", "y"] {
        mirror(&reposnap, folder.path(), name);
        reposnap.ok(["env", "create", &format!("env-{name}"), name]);
    }
    let begun = Instant::now();
    let writers: Vec<_> = ["x", "y"]
        .into_iter()
        .map(|name| {
            let (reposnap, folder) = (reposnap.clone(), folder.path().to_owned());
            std::thread::spawn(move || {
                let (environment, mut done) = (format!("env-{name}"), Vec::new());
                for round in 0.. {
                    if begun.elapsed() > LASTS {
                        break;
                    }
                    // The same two states again and again: each was retired when it comes back.
                    fill(&folder.join(name), if round % 2 == 0 { "two" } else { "one" });
                    let updated = reposnap.run(["--quiet", "mirror", "update", name]);
                    assert!(updated.code() == 0 || updated.stderr.contains("do it again"), "{}", updated.transcript());
                    let promoted = reposnap.run(["--quiet", "--json", "env", "promote", &environment, name]);
                    assert!(
                        promoted.code() == 0 || promoted.transcript().contains("again"),
                        "{}",
                        promoted.transcript()
                    );
                    if promoted.code() == 0 {
                        let document: Value = serde_json::from_slice(&promoted.stdout).unwrap();
                        if document["moved"] == true {
                            done.push(document["after"].as_str().unwrap().to_owned());
                        }
                    }
                }
                (environment, done)
            })
        })
        .collect();
    let mut swept = 0;
    while begun.elapsed() < LASTS {
        let report = reposnap.json(["store", "gc", "--grace", "0s", "--keep-last", "1"]);
        let all = report["swept"].as_array().unwrap();
        swept += all.iter().filter_map(|swept| swept["objects"].as_u64()).sum::<u64>();
    }
    for writer in writers {
        let (environment, done) = writer.join().unwrap();
        let entries = log(&reposnap, &environment);
        assert!(!done.is_empty());
        // Every promotion that was acknowledged is there, in its place.
        let mut entries = entries.into_iter().map(|(_, snapshot)| snapshot);
        assert!(done.iter().all(|snapshot| entries.any(|known| known == *snapshot)), "{environment}");
    }
    assert!(swept > 0);
    assert_clean(&reposnap);
}

#[test]
fn killed_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let reposnap = Reposnap::new(&folder.path().join("store"));
    mirror(&reposnap, folder.path(), "x");
    reposnap.ok(["env", "create", "stable", "x"]);
    let mut state = u64::from(std::process::id()) | 1;
    let (begun, mut acknowledged, mut killed) = (Instant::now(), 0, 0);
    for round in 0.. {
        if begun.elapsed() > LASTS {
            break;
        }
        fill(&folder.path().join("x"), if round % 2 == 0 { "two" } else { "one" });
        let commands: [&[&str]; 3] = [
            &["--quiet", "mirror", "update", "x"],
            &["--quiet", "env", "promote", "stable", "x"],
            &["--quiet", "store", "gc", "--grace", "0s", "--keep-last", "1"],
        ];
        for arguments in commands {
            let mut command = reposnap.command(arguments);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            // The longest is the pause of a sweep.
            let most = if arguments[1] == "store" { 2500 } else { 60 };
            std::thread::sleep(Duration::from_millis(random(&mut state, most)));
            child.kill().unwrap();
            let ended = child.wait().unwrap();
            if ended.code().is_none() {
                killed += 1;
            } else if ended.success() && arguments[1] == "env" {
                acknowledged += 1;
            }
        }
        // One that is let finish, and so acknowledged.
        if round % 3 == 0 {
            let before = log(&reposnap, "stable").len();
            reposnap.ok(["--quiet", "mirror", "update", "x"]);
            reposnap.ok(["--quiet", "env", "promote", "stable", "x"]);
            assert!(log(&reposnap, "stable").len() >= before);
        }
        assert_clean(&reposnap);
    }
    assert!(killed > 3, "{killed} killed, {acknowledged} acknowledged");
    // An interrupted sweep goes on.
    for _ in 0..2 {
        reposnap.ok(["--quiet", "store", "gc", "--grace", "0s", "--keep-last", "1"]);
    }
    assert_clean(&reposnap);
}

/// A disk of its own, in a mount namespace of its own, that gets full.
#[test]
fn a_full_disk_leaves_the_old_state() {
    let folder = tempfile::tempdir().unwrap();
    fill(&folder.path().join("x"), "one");
    fill(&folder.path().join("y"), "two");
    let script = r#"
        set -eu
        mkdir "$F/disk"
        mount -t tmpfs -o size=400k tmpfs "$F/disk"
        export REPOSNAP_STORE="$F/disk/store"
        "$R" --quiet mirror add-folder x "$F/x"
        "$R" --quiet mirror update x
        "$R" --quiet env create stable x
        "$R" --quiet env create other x
        head -c 1M /dev/zero > "$F/disk/full" 2> /dev/null || true
        rm -rf "$F/x"; cp -r "$F/y" "$F/x"
        fails() { if "$@" > "$F/out" 2>&1; then cat "$F/out"; echo "it should fail: $*"; exit 1; fi; grep -q "disk-full\|No space\|full" "$F/out" || { cat "$F/out"; exit 1; }; }
        fails "$R" --quiet mirror update x
        fails "$R" --quiet store gc --grace 0s --keep-last 1
        rm "$F/disk/full"
        "$R" --quiet store check --data
        "$R" --quiet mirror update x
        "$R" --quiet env promote stable x
        "$R" --quiet env promote other x
        "$R" --quiet store gc --grace 0s --keep-last 1
        "$R" --quiet store check --data
    "#;
    let output = Command::new("unshare")
        .args(["-m", "sh", "-c", script])
        .env("F", folder.path())
        .env("R", program())
        .output()
        .expect("unshare(1), of util-linux; these tests run as root");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
    assert_eq!(text.matches("all is well").count(), 2, "{text}");
}

#[test]
fn problems_have_an_exit_code_and_are_mended_by_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    let reposnap = Reposnap::new(&folder.path().join("store"));
    mirror(&reposnap, folder.path(), "x");
    reposnap.ok(["env", "create", "stable", "x"]);
    let copy = folder.path().join("copy");
    reposnap.ok(["store", "copy", copy.to_str().unwrap()]);
    for pack in fs::read_dir(reposnap.store().join("packs")).unwrap() {
        fs::write(pack.unwrap().path(), "x").unwrap();
    }
    let checked = reposnap.run(["store", "check"]);
    assert_eq!(checked.code(), 1, "{}", checked.transcript());
    assert!(checked.transcript().contains("--repair-from"), "{}", checked.transcript());
    // What is damaged is not collected, and says so.
    assert!(reposnap.fails(2, ["store", "gc"]).contains("store check"));
    let mended = reposnap.run(["store", "check", "--repair-from", copy.to_str().unwrap()]);
    assert_eq!(mended.code(), 0, "{}", mended.transcript());
    assert!(mended.transcript().contains("all is well again"), "{}", mended.transcript());
    assert_clean(&reposnap);
    assert!(reposnap.store().join("damaged/packs").is_dir());
}

#[test]
fn packages_come_back_from_their_upstream() {
    let folder = tempfile::tempdir().unwrap();
    let reposnap = Reposnap::new(&folder.path().join("store"));
    mirror(&reposnap, folder.path(), "x");
    let pool = reposnap.store().join("pool");
    let first = fs::read_dir(&pool).unwrap().next().unwrap().unwrap().path();
    let package = fs::read_dir(first).unwrap().next().unwrap().unwrap().path();
    fs::write(&package, "x").unwrap();
    let checked = reposnap.run(["store", "check", "--repair-upstream"]);
    assert_eq!(checked.code(), 0, "{}", checked.transcript());
    assert!(fs::read(&package).unwrap().len() > 1);
    // What an upstream has not any more stays as it is.
    fs::write(&package, "y").unwrap();
    fs::remove_dir_all(folder.path().join("x")).unwrap();
    let checked = reposnap.run(["store", "check", "--repair-upstream"]);
    assert_eq!(checked.code(), 1, "{}", checked.transcript());
    assert_eq!(fs::read(&package).unwrap(), b"y");
    // What the mirror finds again, it brings again.
    fill(&folder.path().join("x"), "one");
    reposnap.ok(["--quiet", "mirror", "update", "x"]);
    assert_clean(&reposnap);
}
