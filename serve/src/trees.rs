//! Trees in memory: made once, shared, forgotten when others are wanted more.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use reposnap::Digest;
use reposnap::error::{Error, Kind};
use reposnap::progress::Monitor;
use reposnap::publish::{IndexFormat, Input, Options as Publishing, render_signed, render_verbatim};
use reposnap::snapshot::Snapshot;
use reposnap::store::Store;
use tokio::sync::Semaphore;

use crate::flight::{Flights, Shared};
use crate::limits::RENDERS;
use crate::metrics::Metrics;
use crate::tree::Tree;

/// The trees of a store, all of one sort.
///
/// A snapshot never changes, so neither does its tree; what is forgotten is made again, to the same bytes.
#[derive(Debug)]
pub struct Trees {
    store: Store,
    verbatim: bool,
    formats: Vec<IndexFormat>,
    limit: u64,
    kept: Mutex<Kept>,
    flights: Flights<Digest, Arc<Tree>>,
    gate: Arc<Semaphore>,
    metrics: Arc<Metrics>,
}

#[derive(Debug, Default)]
struct Kept {
    trees: HashMap<Digest, (Arc<Tree>, u64, u64)>,
    bytes: u64,
    clock: u64,
}

impl Trees {
    /// No trees yet; at most `limit` bytes of them, or one.
    pub fn new(store: Store, verbatim: bool, formats: Vec<IndexFormat>, limit: u64, metrics: Arc<Metrics>) -> Self {
        let gate = Arc::new(Semaphore::new(RENDERS));
        Self { store, verbatim, formats, limit, kept: Mutex::default(), flights: Flights::default(), gate, metrics }
    }

    /// The tree of a snapshot, where it is in memory.
    pub fn cached(&self, snapshot: Digest) -> Option<Arc<Tree>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clock += 1;
        let now = kept.clock;
        let (tree, used, _) = kept.trees.get_mut(&snapshot)?;
        *used = now;
        Some(tree.clone())
    }

    /// What `look` finds in one of the trees that are in memory.
    pub fn look<T>(&self, look: impl Fn(&Tree) -> Option<T>) -> Option<(Arc<Tree>, T)> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.trees.values().find_map(|(tree, _, _)| look(tree).map(|found| (tree.clone(), found)))
    }

    /// The tree of a snapshot.
    pub async fn get(&self, snapshot: Digest) -> Shared<Arc<Tree>> {
        if let Some(tree) = self.cached(snapshot) {
            return Ok(tree);
        }
        let work = || {
            let (store, verbatim, formats) = (self.store.clone(), self.verbatim, self.formats.clone());
            let (gate, metrics) = (self.gate.clone(), self.metrics.clone());
            async move {
                let _permit = gate.acquire().await;
                let began = Instant::now();
                let tree = make(&store, snapshot, verbatim, formats).await?;
                metrics.render(began.elapsed());
                Ok(Arc::new(tree))
            }
        };
        let (_, made) = self.flights.run(snapshot, work).await;
        let tree = made?;
        self.keep(snapshot, &tree);
        Ok(tree)
    }

    fn keep(&self, snapshot: Digest, tree: &Arc<Tree>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.trees.contains_key(&snapshot) {
            return;
        }
        kept.clock += 1;
        let (now, weight) = (kept.clock, tree.weight());
        kept.trees.insert(snapshot, (tree.clone(), now, weight));
        kept.bytes += weight;
        while kept.bytes > self.limit && kept.trees.len() > 1 {
            let oldest = kept.trees.iter().min_by_key(|(_, (_, used, _))| *used).map(|(digest, _)| *digest);
            let Some((_, _, weight)) = oldest.and_then(|digest| kept.trees.remove(&digest)) else { break };
            kept.bytes -= weight;
        }
        self.metrics.cache_bytes.store(kept.bytes, Ordering::Relaxed);
    }
}

async fn make(store: &Store, id: Digest, verbatim: bool, formats: Vec<IndexFormat>) -> Result<Tree, Error> {
    let snapshot = Snapshot::open(store, id).await?;
    let monitor = Monitor::silent();
    if verbatim {
        let suites = render_verbatim(&snapshot, &monitor).await?;
        return Ok(Tree::verbatim(snapshot, suites));
    }
    // Neither the suite nor the date has a say in the indexes.
    let suite = "any".parse().map_err(|_| Error::new(Kind::Internal, "a plain word is a suite"))?;
    let options = Publishing { formats, ..Publishing::new(suite, jiff::Timestamp::UNIX_EPOCH) };
    let rendered = render_signed(&[Input::keep(snapshot.clone())], &options, &monitor).await?;
    Ok(Tree::signed(snapshot, rendered))
}
