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
    let cli = Cli::parse();
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
