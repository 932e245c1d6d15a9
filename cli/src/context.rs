//! What every command needs: the store, who acts, how to tell of progress.

use std::future::Future;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

use reposnap::environment::{self, Revision};
use reposnap::progress::{Cancel, Monitor};
use reposnap::snapshot::Snapshot;
use reposnap::store::Store;
use reposnap::store::refs::Note;
use reposnap::{Error, Kind, Result};
use serde::Serialize;

use crate::output;
use crate::progress::{Bars, Notes};

/// What every command needs.
pub struct Context {
    store: PathBuf,
    json: bool,
    actor: String,
    monitor: Monitor,
    runtime: tokio::runtime::Runtime,
}

impl Context {
    /// A context as the global options say.
    pub fn new(store: PathBuf, json: bool, quiet: bool, actor: Option<String>) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::new(Kind::Io, "the runtime can't be started").source(error))?;
        let monitor = match (quiet, std::io::stderr().is_terminal()) {
            (true, _) => Monitor::silent(),
            (false, true) => Monitor::new(Arc::new(Bars::new()), Cancel::new()),
            (false, false) => Monitor::new(Arc::new(Notes), Cancel::new()),
        };
        let actor = actor.unwrap_or_else(whoami);
        Ok(Self { store, json, actor, monitor, runtime })
    }

    /// Runs the work of a command.
    pub fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// The store's directory.
    pub fn directory(&self) -> &PathBuf {
        &self.store
    }

    /// Opens the store.
    pub async fn open(&self) -> Result<Store> {
        Store::open(&self.store).await.map_err(|error| match error.kind() {
            Kind::NotFound => Error::new(Kind::NotFound, error.message())
                .path(self.store.display().to_string())
                .help("name it with --store; `mirror add` and `quickstart` make one"),
            _ => error,
        })
    }

    /// Opens the store, or makes it.
    pub async fn open_or_create(&self) -> Result<Store> {
        Store::open_or_create(&self.store).await
    }

    /// The snapshot that a revision names.
    pub async fn snapshot(&self, store: &Store, rev: &str) -> Result<(Revision, Snapshot)> {
        let revision = environment::resolve(store, rev).await?;
        let snapshot = Snapshot::open(store, revision.digest).await?;
        Ok((revision, snapshot))
    }

    /// A note for the history.
    pub fn note<'a>(&'a self, message: &'a str) -> Note<'a> {
        Note::new(&self.actor, message)
    }

    /// Where progress goes.
    pub fn monitor(&self) -> &Monitor {
        &self.monitor
    }

    /// Prints the result of a command: `document` with `--json`, else what `text` makes of it.
    pub fn print<T: Serialize>(&self, document: &T, text: impl FnOnce(&T) -> String) -> Result<()> {
        if self.json { output::json(document) } else { output::text(&text(document)) }
    }
}

fn whoami() -> String {
    ["SUDO_USER", "USER", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_else(|| "unknown".to_owned())
}
