//! The care of a store through the command: garbage collected beside writers in other processes, kills, full disks.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use reposnap_tests::cli::{Reposnap, program};
use reposnap_tests::s3::S3;
use serde_json::Value;

/// Another number of seconds that each of the races goes on.
const SECONDS: &str = "REPOSNAP_TEST_SECONDS";

/// How long each of the races goes on.
fn lasts() -> Duration {
    Duration::from_secs(std::env::var(SECONDS).map_or(15, |seconds| seconds.parse().expect(SECONDS)))
}

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
                    if begun.elapsed() > lasts() {
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
    while begun.elapsed() < lasts() {
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
    kill_at_random(&Reposnap::new(&folder.path().join("store")), folder.path());
}

#[test]
fn killed_at_any_moment_with_a_store_in_a_bucket() {
    let folder = tempfile::tempdir().unwrap();
    let server = S3::serve();
    let reposnap = Reposnap::new(server.url("store").as_ref()).with_variables(server.variables());
    // What was kept before a kill is believed after it, too.
    let reposnap = reposnap.with_variable("REPOSNAP_CACHE", folder.path().join("cache").to_str().unwrap());
    kill_at_random(&reposnap, folder.path());
}

/// Kills updates, promotions and sweeps, and looks after each round whether all that was acknowledged is there.
fn kill_at_random(reposnap: &Reposnap, folder: &Path) {
    mirror(reposnap, folder, "x");
    reposnap.ok(["env", "create", "stable", "x"]);
    // How long an undisturbed run of each takes, so that kills fall anywhere in it.
    let mut longest = [Duration::ZERO; 3];
    let mut state = u64::from(std::process::id()) | 1;
    let (begun, lasts) = (Instant::now(), lasts());
    let (mut acknowledged, mut killed, mut rounds) = (Vec::new(), 0, 0);
    while begun.elapsed() < lasts {
        fill(&folder.join("x"), if rounds % 2 == 0 { "two" } else { "one" });
        let commands: [&[&str]; 3] = [
            &["--quiet", "mirror", "update", "x"],
            &["--quiet", "--json", "env", "promote", "stable", "x"],
            &["--quiet", "store", "gc", "--grace", "0s", "--keep-last", "1"],
        ];
        // Every third round is let finish.
        let is_left_alone = rounds % 3 == 0;
        for (arguments, longest) in commands.into_iter().zip(&mut longest) {
            let began = Instant::now();
            let mut command = reposnap.command(arguments);
            let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            if !is_left_alone {
                let most = u64::try_from(longest.as_micros()).unwrap().max(1);
                std::thread::sleep(Duration::from_micros(random(&mut state, most)));
                child.kill().unwrap();
            }
            let ended = child.wait_with_output().unwrap();
            if is_left_alone {
                assert!(ended.status.success(), "{arguments:?}");
                *longest = (*longest).max(began.elapsed());
            }
            killed += usize::from(ended.status.code().is_none());
            // It may have printed this and then been killed: that is an acknowledgement, too.
            if let Ok(document) = serde_json::from_slice::<Value>(&ended.stdout)
                && document["moved"] == true
            {
                acknowledged.push(document["after"].as_str().unwrap().to_owned());
            }
        }
        rounds += 1;
        let entries = log(reposnap, "stable");
        assert!(entries.iter().map(|(seq, _)| *seq).eq(1..=entries.len() as u64), "a line without gaps: {entries:?}");
        let mut entries = entries.iter().map(|(_, snapshot)| snapshot);
        assert!(acknowledged.iter().all(|snapshot| entries.any(|known| known == snapshot)), "{acknowledged:?}");
        assert_clean(reposnap);
    }
    println!("{rounds} rounds, {killed} killed, {} promotions acknowledged", acknowledged.len());
    assert!(killed > 3 && !acknowledged.is_empty(), "{killed} killed, {} acknowledged", acknowledged.len());
    // An interrupted sweep goes on.
    for _ in 0..2 {
        reposnap.ok(["--quiet", "store", "gc", "--grace", "0s", "--keep-last", "1"]);
    }
    assert_clean(reposnap);
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
