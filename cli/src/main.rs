//! The command `reposnap`: arguments in, tables or JSON out. All that it knows is in the library.

#![warn(clippy::unwrap_used)]

mod args;
mod commands;
mod context;
mod output;
mod progress;

use std::process::ExitCode;

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
}

/// The exit code of an error; clap uses it for arguments that can't be understood.
const EXIT_ERROR: u8 = 2;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return not_understood(&error),
    };
    let json = cli.json;
    let result = Context::new(cli.store, cli.json, cli.quiet, cli.actor)
        .and_then(|context| context.run(commands::run(&context, cli.command)));
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(error) => {
            output::error(&error, json);
            ExitCode::from(EXIT_ERROR)
        }
    }
}

/// Help and version where they were asked for; an error of arguments as any other error.
fn not_understood(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && std::env::args_os().any(|argument| argument == "--json") {
        output::error(&output::of_arguments(error), true);
    } else {
        // Who closed the pipe has seen enough.
        let _ = error.print();
    }
    if error.use_stderr() { ExitCode::from(EXIT_ERROR) } else { ExitCode::SUCCESS }
}
