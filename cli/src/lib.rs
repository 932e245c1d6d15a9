//! The command `reposnap`: arguments in, tables or JSON out. All that it knows is in the library.
//!
//! It is a library itself, so that packages of other languages can bring the command without a second copy of everything.

#![warn(clippy::unwrap_used)]

mod args;
mod commands;
mod context;
mod output;
mod progress;

use std::ffi::OsString;

use clap::Parser;

use args::Cli;
use context::Context;

/// How a command ended, but for errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// It was done, or holds: exit code 0.
    Done,
    /// It does not hold, or there are findings: exit code 1.
    Findings,
    /// Nobody can tell: exit code 3.
    Inconclusive,
}

/// The exit code of an error; clap uses it for arguments that can't be understood.
const EXIT_ERROR: u8 = 2;

/// Runs the command that `arguments`, the first of which is the program's name, ask for, and gives its exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return not_understood(&error, &arguments),
    };
    let json = cli.json;
    let result = Context::new(cli.store, cli.json, cli.quiet, cli.actor)
        .and_then(|context| context.run(commands::run(&context, cli.command)));
    match result {
        Ok(Outcome::Done) => 0,
        Ok(Outcome::Findings) => 1,
        Ok(Outcome::Inconclusive) => 3,
        Err(error) => {
            output::error(&error, json);
            EXIT_ERROR
        }
    }
}

/// Help and version where they were asked for; an error of arguments as any other error.
fn not_understood(error: &clap::Error, arguments: &[OsString]) -> u8 {
    if error.use_stderr() && arguments.iter().any(|argument| argument == "--json") {
        output::error(&output::of_arguments(error), true);
    } else {
        // Who closed the pipe has seen enough.
        let _ = error.print();
    }
    if error.use_stderr() { EXIT_ERROR } else { 0 }
}
