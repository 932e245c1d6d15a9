//! What stands between a handle and its first write.

use std::sync::Arc;

use object_store::ObjectStore;
use tokio::sync::OnceCell;

use super::probe;
use crate::error::{Error, Kind, Result};

/// How many programs write to a store at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Writers {
    /// Any number. The store has to honour "create only where there is none", and is tried out before the first write.
    #[default]
    Many,
    /// This handle alone, as the caller promises: two would overwrite each other on a store that ignores the condition.
    Single,
}

/// Lets writes through, or says why not.
pub(super) enum Gate {
    /// Nothing is asked.
    Open,
    /// The first write tries the store out.
    Probe(OnceCell<()>),
    /// Says in one sentence why nothing may be written, and what to do.
    Closed { why: &'static str, help: &'static str },
}

impl Gate {
    pub(super) fn of(writers: Writers) -> Self {
        match writers {
            Writers::Many => Gate::Probe(OnceCell::new()),
            Writers::Single => Gate::Open,
        }
    }

    pub(super) async fn pass(&self, store: &Arc<dyn ObjectStore>) -> Result<()> {
        match self {
            Gate::Open => Ok(()),
            Gate::Probe(done) => done.get_or_try_init(|| probe::create_only(store)).await.copied(),
            Gate::Closed { why, help } => Err(Error::new(Kind::ReadOnly, *why).help(*help)),
        }
    }
}
