//! One file for each family of commands.

mod call;
mod check;
mod deb;
mod env;
mod fetch;
mod fleet;
mod graph;
mod image;
mod key;
mod lock;
mod manual;
mod mirror;
mod publish;
mod quickstart;
mod resolve;
mod search;
#[cfg(feature = "serve")]
mod serve;
mod snapshot;
mod store;
mod system;
mod verify;
mod version;

use clap::CommandFactory;
use reposnap::Result;

use crate::args::{Cli, Command};
use crate::context::Context;
use crate::{Outcome, output};

/// Runs a command.
pub async fn run(context: &Context, command: Command) -> Result<Outcome> {
    match command {
        Command::Quickstart(arguments) => quickstart::run(context, arguments).await,
        Command::Mirror(command) => mirror::run(context, command).await,
        Command::Snapshot(command) => snapshot::run(context, command).await,
        Command::Env(command) => env::run(context, command).await,
        Command::Publish(arguments) => publish::run(context, arguments).await,
        Command::Prune(arguments) => publish::prune(context, arguments).await,
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => serve::run(context, *arguments),
        Command::Search(arguments) => search::run(context, arguments).await,
        Command::Fetch(arguments) => fetch::run(context, arguments).await,
        Command::Resolve(arguments) => resolve::run(context, arguments).await,
        Command::Why(arguments) => resolve::why(context, arguments).await,
        Command::Upgrade(arguments) => resolve::upgrade(context, arguments).await,
        Command::BuildDeps(arguments) => resolve::build_deps(context, arguments).await,
        Command::Graph(arguments) => graph::run(context, arguments).await,
        Command::Check(arguments) => check::run(context, arguments).await,
        Command::Lock(command) => lock::run(context, command).await,
        Command::Image(command) => image::run(context, command).await,
        Command::Fleet(command) => fleet::run(context, command).await,
        Command::Store(command) => store::run(context, command).await,
        Command::Verify(command) => verify::run(context, command).await,
        Command::Version(command) => version::run(context, command).await,
        Command::Key(command) => key::run(context, command).await,
        Command::Keyring(command) => key::keyring(context, command).await,
        Command::Deb(command) => deb::run(context, command).await,
        Command::System(command) => system::run(context, command).await,
        Command::Operations => call::operations(context),
        Command::Call { operation, request } => call::call(context, &operation, &request).await,
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "reposnap", &mut script);
            output::text(&String::from_utf8_lossy(&script))?;
            Ok(Outcome::Done)
        }
        Command::Man => {
            output::text(&manual::page()?)?;
            Ok(Outcome::Done)
        }
    }
}
