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
    /// This handle alone, as the caller promises. Nothing is asked of the store then, and two writers overwrite each other.
    Single,
}

/// Lets writes through, or says why not.
pub(super) enum Gate {
    /// Nothing is asked.
    Open,
    /// Nothing is asked, and there is no other writer.
    Single,
    /// The first write tries the store out.
    Probe(OnceCell<()>),
    /// Says in one sentence why nothing may be written, and what to do.
    Closed { why: &'static str, help: &'static str },
}

impl Gate {
    pub(super) fn of(writers: Writers) -> Self {
        match writers {
            Writers::Many => Gate::Probe(OnceCell::new()),
            Writers::Single => Gate::Single,
        }
    }

    pub(super) fn is_single(&self) -> bool {
        matches!(self, Gate::Single)
    }

    pub(super) async fn pass(&self, store: &Arc<dyn ObjectStore>) -> Result<()> {
        match self {
            Gate::Open | Gate::Single => Ok(()),
            Gate::Probe(done) => done.get_or_try_init(|| probe::create_only(store)).await.copied(),
            Gate::Closed { why, help } => Err(Error::new(Kind::ReadOnly, *why).help(*help)),
        }
    }
}
