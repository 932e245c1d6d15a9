//! Tells a cache in front of what is published which files have other content now: a program of the user's does.

use std::io::{Read, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::error::{Error, Kind, Result};
use crate::worker::blocking;

/// How long the program may take.
pub const INVALIDATE_TIME: Duration = Duration::from_secs(300);

/// How often it is looked whether the program has ended.
const LOOK: Duration = Duration::from_millis(20);
/// How much of what it says on standard error is told, in characters: its end.
const TOLD: usize = 300;
/// The most bytes of that which are read; what comes after is thrown away.
const LARGEST_OUTPUT: u64 = 1 << 20;
/// How long its standard error is waited for after its end: what it has started may hold it open.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// The most paths that a failure names.
const NAMED: usize = 5;

/// Runs `program`, without arguments and without a shell, with `paths` on its standard input, one on each line, and waits for
/// its end, at most `time`. Nothing is run where there are no paths. What it prints is not shown.
///
/// # Errors
/// [`Kind::NotFound`] or [`Kind::ReadOnly`] where it can't be started; [`Kind::Io`] where it ends with another code than 0, or
/// not in time. What was published stays in place.
pub async fn invalidate(program: &Path, paths: &[String], time: Duration) -> Result<()> {
    if paths.is_empty() {
        return Ok(());
    }
    let (program, paths) = (program.to_owned(), paths.to_vec());
    blocking(move || run(&program, &paths, time).map_err(|error| error.help(advice(&paths)))).await
}

fn run(program: &Path, paths: &[String], time: Duration) -> Result<()> {
    let deadline = Instant::now() + time;
    let mut command = Command::new(program);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    // A group of its own, so that what it has started can be ended with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().map_err(|error| Error::io(program.display(), error))?;
    let mut lines: Vec<u8> = Vec::new();
    for path in paths {
        lines.extend_from_slice(path.as_bytes());
        lines.push(b'\n');
    }
    // Threads of their own: a program that does not read, or says much, must not hold up the look at the time.
    if let Some(mut stdin) = child.stdin.take() {
        std::thread::spawn(move || {
            // One that needs no paths may end before it has read them.
            let _ = stdin.write_all(&lines);
        });
    }
    let (sender, said) = mpsc::channel();
    if let Some(mut stderr) = child.stderr.take() {
        std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.by_ref().take(LARGEST_OUTPUT).read_to_end(&mut text);
            let _ = sender.send(text);
            let _ = std::io::copy(&mut stderr, &mut std::io::sink());
        });
    }
    let failed = |why: String| Error::new(Kind::Io, why).path(program.display().to_string()).rule("invalidate");
    match wait(&mut child, deadline).map_err(|error| Error::io(program.display(), error))? {
        Some(status) if status.success() => Ok(()),
        Some(status) => {
            let text = said.recv_timeout(LAST_WORDS).unwrap_or_default();
            Err(failed(format!(
                "all is published, but the program to invalidate caches failed ({status}){}",
                tail(&text)
            )))
        }
        None => {
            end(&mut child);
            Err(failed(format!("all is published, but the program to invalidate caches did not end within {time:?}")))
        }
    }
}

/// How the program ended; nothing where it did not in time.
fn wait(child: &mut Child, deadline: Instant) -> std::io::Result<Option<ExitStatus>> {
    loop {
        match child.try_wait()? {
            Some(status) => return Ok(Some(status)),
            None if Instant::now() >= deadline => return Ok(None),
            None => std::thread::sleep(LOOK),
        }
    }
}

/// Ends the program, and on Unix all that it has started.
fn end(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn tail(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let plain: Vec<char> = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let end: String = plain[plain.len().saturating_sub(TOLD)..].iter().collect();
    if end.is_empty() { end } else { format!(": {end}") }
}

fn advice(paths: &[String]) -> String {
    let mut named = paths[..paths.len().min(NAMED)].join(", ");
    if paths.len() > NAMED {
        named.push_str(&format!(" and {} more", paths.len() - NAMED));
    }
    format!("invalidate {named} by hand, or publish again with `resign`")
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::PathBuf;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// A program of this text.
    fn program(folder: &Path, text: &str) -> PathBuf {
        let path = folder.join("program");
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn paths() -> Vec<String> {
        vec!["dists/s/InRelease".to_owned(), "dists/s/Release; rm -rf x".to_owned()]
    }

    #[tokio::test]
    async fn paths_come_one_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let program = program(folder.path(), "cat > \"$0.out\"; echo $# >> \"$0.out\"; echo noise; echo noise >&2");
        invalidate(&program, &paths(), PATIENCE).await.unwrap();
        let found = std::fs::read_to_string(folder.path().join("program.out")).unwrap();
        assert_eq!(found, "dists/s/InRelease\ndists/s/Release; rm -rf x\n0\n");
        std::fs::remove_file(folder.path().join("program.out")).unwrap();
        invalidate(&program, &[], PATIENCE).await.unwrap();
        assert!(!folder.path().join("program.out").exists(), "nothing to tell");
    }

    #[tokio::test]
    async fn a_failure_is_told_with_its_code_and_words() {
        let folder = tempfile::tempdir().unwrap();
        let failing = program(folder.path(), "echo no such distribution >&2; exit 7");
        let error = invalidate(&failing, &paths(), PATIENCE).await.unwrap_err();
        assert_eq!((error.kind(), error.broken_rule()), (Kind::Io, Some("invalidate")));
        let told = error.to_string();
        for word in ["published", "7", "no such distribution", "dists/s/InRelease", "program"] {
            assert!(told.contains(word), "{word}: {told}");
        }
        let error = invalidate(&folder.path().join("none"), &paths(), PATIENCE).await.unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound);
    }

    #[tokio::test]
    async fn one_that_does_not_end_is_ended_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let text = "sleep 600 & echo $! > \"$0.child\"; mv \"$0.child\" \"$0.pid\"; wait";
        let slow = program(folder.path(), text);
        let run = tokio::spawn(async move { invalidate(&slow, &paths(), Duration::from_secs(3)).await });
        let error = run.await.unwrap().unwrap_err();
        assert!(error.to_string().contains("did not end within 3s"), "{error}");
        let pid = std::fs::read_to_string(folder.path().join("program.pid")).unwrap();
        let state = || std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
        let ended =
            || matches!(state().rsplit(") ").next().and_then(|rest| rest.chars().next()), None | Some('Z' | 'X'));
        let begun = Instant::now();
        while !ended() {
            assert!(begun.elapsed() < PATIENCE, "{}", state());
            std::thread::sleep(LOOK);
        }
    }
}
