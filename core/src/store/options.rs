//! How a store is opened.

use super::cache::Cache;
use super::gate::Writers;
use super::variables::Variables;
use crate::error::Result;

/// How a store is opened or made; the default suits programs that say nothing about it.
///
/// ```
/// # fn main() -> reposnap::Result<()> {
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use reposnap::store::{Options, Store, Writers};
/// # let directory = tempfile::tempdir().unwrap();
/// # let directory = directory.path().join("store");
/// let store = Store::create_at(&directory, &Options::default().writers(Writers::Single)).await?;
/// let reader = Store::open_at(&directory, &Options::default().read_only()).await?;
/// # assert!(reader.objects().put("a", "".into()).await.is_err());
/// # Ok(()) })
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub(super) writers: Option<Writers>,
    pub(super) read_only: bool,
    pub(super) variables: Option<Variables>,
    cache: Option<Option<Cache>>,
}

impl Options {
    /// How many programs write; otherwise as the variable `REPOSNAP_WRITERS` says, and [`Writers::Many`] where it says
    /// nothing.
    #[must_use]
    pub fn writers(mut self, writers: Writers) -> Self {
        self.writers = Some(writers);
        self
    }

    /// Every write fails with [`Kind::ReadOnly`](crate::Kind::ReadOnly).
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Variables in the place of those of the environment.
    #[must_use]
    pub fn variables(mut self, variables: Variables) -> Self {
        self.variables = Some(variables);
        self
    }

    /// Where what is read from a bucket is kept on this machine, or that nothing is; otherwise as the variables
    /// `REPOSNAP_CACHE` and `REPOSNAP_CACHE_SIZE` say (see [`Cache`]). Directories are never cached.
    #[must_use]
    pub fn cache(mut self, cache: Option<Cache>) -> Self {
        self.cache = Some(cache);
        self
    }

    pub(super) fn known_cache(&self) -> Result<Option<Cache>> {
        match &self.cache {
            Some(cache) => Ok(cache.clone()),
            None => Cache::of(&self.known_variables()),
        }
    }

    pub(super) fn known_variables(&self) -> Variables {
        self.variables.clone().unwrap_or_else(Variables::of_environment)
    }
}
