//! Walking through the packages of a snapshot.

use std::sync::{Arc, Mutex};

use reposnap::snapshot::Walk;
use reposnap::snapshot::{self, Query, Want};
use reposnap_api::blocking;

use crate::documents::Found;
use crate::failure::ReposnapError;
use crate::progress::ignore_poison;
use crate::store::Store;

/// A walk through the packages of a snapshot, which holds a few MiB at a time.
#[derive(uniffi::Object)]
pub struct PackageIterator {
    walk: Mutex<(Walk, std::vec::IntoIter<snapshot::Found>)>,
    stanzas: bool,
}

#[uniffi::export]
impl Store {
    /// Begins a walk through the packages of the snapshot that `rev` names, each once, list by list in order of their names.
    /// `query` keeps those that pass it. Their stanzas are read only where `stanzas` asks for them.
    #[uniffi::method(default(query = None, stanzas = false))]
    pub fn packages(
        &self,
        rev: String,
        query: Option<String>,
        stanzas: bool,
    ) -> Result<Arc<PackageIterator>, ReposnapError> {
        let query = query.as_deref().map(str::parse::<Query>).transpose()?;
        let session = self.session()?;
        let (_, snapshot) = blocking::wait(session.snapshot(&rev))?;
        let walk = Walk::new(snapshot, query, if stanzas { Want::Entries } else { Want::Keys })?;
        Ok(Arc::new(PackageIterator { walk: Mutex::new((walk, Vec::new().into_iter())), stanzas }))
    }
}

#[uniffi::export]
impl PackageIterator {
    /// The next packages, at most `most` of them; none at the end.
    pub fn next_batch(&self, most: u32) -> Result<Vec<Found>, ReposnapError> {
        let mut held = ignore_poison(self.walk.lock());
        let (walk, batch) = &mut *held;
        while batch.as_slice().is_empty() {
            match blocking::wait(walk.next_batch())? {
                Some(packages) => *batch = packages.into_iter(),
                None => return Ok(Vec::new()),
            }
        }
        batch.take(most.max(1) as usize).map(|found| self.record(&found)).collect()
    }
}

impl PackageIterator {
    fn record(&self, found: &snapshot::Found) -> Result<Found, ReposnapError> {
        let stanza = if self.stanzas { found.stanza()? } else { None };
        Ok(Found {
            name: found.key.name_str().to_owned(),
            version: found.key.version_str().to_owned(),
            architecture: found.key.architecture_str().to_owned(),
            part: found.part().to_owned(),
            component: found.component().to_owned(),
            stanza: stanza.map(|text| String::from_utf8_lossy(text).into_owned()),
        })
    }
}
