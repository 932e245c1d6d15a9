//! A store that JavaScript holds, and the operations on it.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use napi::Env;
use napi::bindgen_prelude::Object;
use napi_derive::napi;
use reposnap::store::{Store, Writers};
use reposnap::{Error, Kind, Result};
use reposnap_api as api;

use crate::monitor::Monitor;
use crate::walk::Walk;
use crate::{outcome, work};

/// A store: none before `open` and after `close`.
#[napi]
pub struct Session {
    store: Arc<Mutex<Option<Store>>>,
    actor: Option<String>,
}

#[napi]
impl Session {
    /// Without a store yet; `actor` is who acts, for the history.
    #[napi(constructor)]
    pub fn new(actor: Option<String>) -> Self {
        Self { store: Arc::default(), actor }
    }

    /// Opens the store in `directory`; `how` is a word of `open` below. The outcome of null.
    #[napi]
    pub fn open<'env>(
        &self,
        env: &'env Env,
        how: String,
        directory: String,
        single_writer: bool,
    ) -> napi::Result<Object<'env>> {
        let place = self.store.clone();
        work::promise(env, async move || {
            let writers = if single_writer { Writers::Single } else { Writers::Many };
            let store = open(&how, Path::new(&directory), writers).await?;
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(store);
            Ok("null".to_owned())
        })
    }

    /// Lets go of the store. Work that runs goes on to its end.
    #[napi]
    pub fn close(&self) {
        self.store.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Runs an operation; its outcome.
    #[napi]
    pub fn call<'env>(
        &self,
        env: &'env Env,
        operation: String,
        request: String,
        monitor: &Monitor,
    ) -> napi::Result<Object<'env>> {
        let session = self.session(monitor);
        work::promise(env, async move || outcome::call(&session?, &operation, &request).await)
    }

    /// A walk through the packages of a snapshot that pass `query`, or all, with their stanzas or without.
    #[napi]
    pub fn walk(&self, rev: String, query: Option<String>, stanzas: bool, monitor: &Monitor) -> Walk {
        Walk::new(self.session(monitor), monitor.monitor(), rev, query, stanzas)
    }
}

impl Session {
    fn session(&self, monitor: &Monitor) -> Result<api::Session> {
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let store = store.ok_or_else(|| Error::new(Kind::Usage, "the store is closed").help("open it again"))?;
        let session = api::Session::with_store(store).monitor(monitor.monitor());
        Ok(match &self.actor {
            Some(actor) => session.actor(actor),
            None => session,
        })
    }
}

async fn open(how: &str, directory: &Path, writers: Writers) -> Result<Store> {
    match how {
        "open" => Store::open_with(directory, writers).await,
        "read-only" => Store::open_read_only(directory).await,
        "create" => Store::create_with(directory, writers).await,
        "open-or-create" => Store::open_or_create(directory).await,
        "memory" => Ok(Store::memory()),
        _ => Err(Error::new(Kind::Internal, format!("a store can't be opened {how:?}"))),
    }
}
