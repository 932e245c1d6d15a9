//! Credential helpers: programs that keep passwords (docker-credential-helpers, "Development").

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use reposnap::{Error, Kind, Result};
use serde::Deserialize;

use super::authfile::Login;
use super::secret::Secret;

/// How long a helper may take. Some ask the user, or a service of a cloud.
pub const HELPER_TIME: Duration = Duration::from_secs(60);
/// The most bytes that a helper may say.
pub const HELPER_OUTPUT: u64 = 64 << 10;
/// How often it is looked whether the helper has ended.
const LOOK: Duration = Duration::from_millis(10);
/// The name that stands for: the secret is an identity token.
const TOKEN: &str = "<token>";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default)]
    username: String,
    #[serde(default)]
    secret: String,
}

/// What `docker-credential-NAME get` knows of `server`; none where it knows nothing. Blocks.
pub(super) fn get(name: &str, server: &str, time: Duration) -> Result<Option<Login>> {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if name.is_empty() || name.len() > 64 || !name.bytes().all(fine) {
        return Err(Error::new(Kind::Malformed, format!("{name:?} is not the name of a credential helper")));
    }
    let program = format!("docker-credential-{name}");
    let (output, success) = run(&program, server, time).map_err(|error| error.path(program.clone()))?;
    if !success {
        // The helpers' own words for that they have nothing.
        if String::from_utf8_lossy(&output).contains("credentials not found") {
            return Ok(None);
        }
        // What it said may hold a secret.
        return Err(Error::new(Kind::Io, format!("the credential helper failed for {server}"))
            .path(program.clone())
            .help(format!("try it: echo {server} | {program} get")));
    }
    // Nor is the parser's error kept: it quotes what it does not like.
    let answer: Answer = serde_json::from_slice(&output).map_err(|_| {
        Error::new(Kind::Malformed, "the credential helper does not answer with its JSON").path(program)
    })?;
    let secret = Secret::new(answer.secret);
    Ok(match answer.username.as_str() {
        _ if secret.is_empty() => None,
        TOKEN => Some(Login::Identity(secret)),
        user => Some(Login::Password { user: user.to_owned(), password: secret }),
    })
}

fn run(program: &str, input: &str, time: Duration) -> Result<(Vec<u8>, bool)> {
    let deadline = Instant::now() + time;
    let mut child = Command::new(program)
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| {
            Error::new(Kind::NotFound, format!("the credential helper can't be started: {error}"))
                .help("install it, or log in without it")
        })?;
    let result = talk(&mut child, input, deadline);
    if result.is_err() {
        let _ = child.kill();
        let _ = child.wait();
    }
    result
}

fn talk(child: &mut Child, input: &str, deadline: Instant) -> Result<(Vec<u8>, bool)> {
    // Fits into any pipe; a helper that does not read it is no failure yet.
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(input.as_bytes());
    }
    let (sender, receiver) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        // A thread of its own: who inherited the pipe from the helper may hold it open for ever.
        std::thread::spawn(move || {
            let mut output = Vec::new();
            let read = stdout.take(HELPER_OUTPUT + 1).read_to_end(&mut output);
            let _ = sender.send(read.map(|_| output));
        });
    }
    let late = || Error::new(Kind::Io, "the credential helper did not end in time").rule("helper-time");
    let output = match receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => return Err(Error::new(Kind::Io, error.to_string())),
        Err(_) => return Err(late()),
    };
    if output.len() as u64 > HELPER_OUTPUT {
        return Err(Error::new(Kind::Limit, "the credential helper says too much")
            .mismatch(format!("at most {HELPER_OUTPUT} bytes"), "more"));
    }
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok((output, status.success())),
            Ok(None) if Instant::now() >= deadline => return Err(late()),
            Ok(None) => std::thread::sleep(LOOK),
            Err(error) => return Err(Error::new(Kind::Io, error.to_string())),
        }
    }
}
