//! Runs outside programs and says clearly when one is missing or fails.

use std::io::{ErrorKind, Write};
use std::process::{Command, ExitStatus, Stdio};

/// What a program left behind.
#[derive(Debug, Clone)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output, byte for byte.
    pub stdout: Vec<u8>,
    /// Its standard error as text.
    pub stderr: String,
}

impl Finished {
    /// Standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// The exit code; panics when a signal ended the program.
    pub fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("ended by a signal: {}\n{}", self.status, self.stderr))
    }

    /// Standard output followed by standard error, for messages.
    pub fn transcript(&self) -> String {
        format!("{}{}", self.text(), self.stderr)
    }
}

/// Cargo, as it was found for this build, without what it said to this test of its package: build scripts that read the same
/// variables would be run again, and all that depends on them would be built again.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let is_of_package = |name: &str| ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| name.starts_with(start));
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_of_package) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs `command` to its end, with empty standard input; panics only when it can't be started.
pub fn capture(command: &mut Command) -> Finished {
    capture_with_input(command, b"")
}

/// Like [`capture`], with `input` on standard input.
pub fn capture_with_input(command: &mut Command, input: &[u8]) -> Finished {
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) if error.kind() == ErrorKind::NotFound => panic!(
            "{:?} is not installed; scripts/setup installs what the tests need",
            command.get_program().to_string_lossy()
        ),
        Err(error) => panic!("{command:?}: {error}"),
    };
    let mut stdin = child.stdin.take().expect("standard input was asked for");
    let output = std::thread::scope(|scope| {
        // A program may end without reading its input; that is its right.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().expect("waiting for a child that was just started")
    });
    Finished {
        status: output.status,
        stdout: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs `command` and panics with all that it printed unless it exits 0.
pub fn succeed(command: &mut Command) -> Finished {
    succeed_with_input(command, b"")
}

/// Like [`succeed`], with `input` on standard input.
pub fn succeed_with_input(command: &mut Command, input: &[u8]) -> Finished {
    let finished = capture_with_input(command, input);
    assert!(
        finished.status.success(),
        "{command:?}\nended with {}\n--- stdout\n{}\n--- stderr\n{}",
        finished.status,
        finished.text(),
        finished.stderr
    );
    finished
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_and_output_pass_through() {
        let finished = succeed_with_input(&mut Command::new("cat"), b"a\0b");
        assert_eq!(finished.stdout, b"a\0b");
    }

    #[test]
    fn a_program_may_ignore_its_input() {
        let input = vec![0u8; 1 << 20];
        assert_eq!(capture_with_input(&mut Command::new("false"), &input).code(), 1);
    }

    #[test]
    #[should_panic(expected = "is not installed; scripts/setup")]
    fn a_missing_program_is_named() {
        capture(&mut Command::new("no-such-program-here"));
    }
}
