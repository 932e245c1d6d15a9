//! What every command needs: the session, and how to tell of progress and results.

use std::future::Future;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use reposnap::progress::{Cancel, Monitor};
use reposnap::{Error, Kind, Result};
use reposnap_api::Session;
use serde::Serialize;

use crate::output;
use crate::progress::{Bars, Notes};

/// What every command needs.
pub struct Context {
    directory: PathBuf,
    json: bool,
    session: Session,
    runtime: tokio::runtime::Runtime,
}

impl Context {
    /// A context as the global options say.
    pub fn new(directory: PathBuf, json: bool, quiet: bool, actor: Option<String>) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::new(Kind::Io, "the runtime can't be started").source(error))?;
        let monitor = match (quiet, std::io::stderr().is_terminal()) {
            (true, _) => Monitor::silent(),
            (false, true) => Monitor::new(Arc::new(Bars::new()), Cancel::new()),
            (false, false) => Monitor::new(Arc::new(Notes), Cancel::new()),
        };
        let mut session = Session::at(&directory).monitor(monitor);
        if let Some(actor) = actor {
            session = session.actor(&actor);
        }
        Ok(Self { directory, json, session, runtime })
    }

    /// Runs the work of a command.
    pub fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// The store's directory, or the URL of a bucket.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What operations work with.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Prints the result of a command: `document` with `--json`, else what `text` makes of it.
    pub fn print<T: Serialize>(&self, document: &T, text: impl FnOnce(&T) -> String) -> Result<()> {
        if self.json { output::json(document) } else { output::text(&text(document)) }
    }
}
