//! Trees: found in memory or on the shelf, made where they are nowhere, forgotten when others are wanted more.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use reposnap::Digest;
use reposnap::error::{Error, Kind};
use reposnap::progress::Monitor;
use reposnap::publish::{Earlier, IndexFormat, Input, Options as Publishing, Pieces, render_signed, render_verbatim};
use reposnap::snapshot::Snapshot;
use reposnap::store::Store;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::flight::{Flights, Shared};
use crate::limits::RENDERS;
use crate::log;
use crate::metrics::{Metrics, count};
use crate::shelf::{MadeSuite, Shelf};
use crate::tree::Tree;

/// The trees of a store, all of one sort.
///
/// A snapshot never changes, so neither does its tree; what is forgotten is made again, to the same bytes.
#[derive(Debug)]
pub struct Trees {
    maker: Arc<Maker>,
    limit: u64,
    kept: Mutex<Kept>,
    flights: Flights<Digest, Arc<Tree>>,
    gate: Arc<Semaphore>,
}

/// What makes trees, and where they are kept.
#[derive(Debug)]
pub struct Maker {
    /// The store.
    pub store: Store,
    /// Whether they are upstream's own.
    pub verbatim: bool,
    /// How indexes of one's own are compressed.
    pub formats: Vec<IndexFormat>,
    /// Where they are kept; without one, in memory alone.
    pub shelf: Option<Arc<Shelf>>,
    /// The pieces of the tree that was made last: most of the next one is the same.
    pub last: Mutex<Option<Arc<Pieces>>>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

#[derive(Debug, Default)]
struct Kept {
    trees: HashMap<Digest, (Arc<Tree>, u64, u64)>,
    bytes: u64,
    clock: u64,
}

impl Trees {
    /// No trees yet; at most `limit` bytes of them in memory, or one. What takes long runs on `runtime`.
    pub fn new(maker: Maker, limit: u64, runtime: Handle) -> Self {
        let gate = Arc::new(Semaphore::new(RENDERS));
        let flights = Flights::new(runtime);
        Self { maker: Arc::new(maker), limit, kept: Mutex::default(), flights, gate }
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
            let (maker, gate) = (self.maker.clone(), self.gate.clone());
            async move {
                if let Some(tree) = maker.find(snapshot).await? {
                    return Ok(Arc::new(tree));
                }
                let _permit = gate.acquire().await;
                maker.make(snapshot).await.map(Arc::new)
            }
        };
        let (_, made) = self.flights.run(snapshot, work).await;
        let tree = made?;
        self.keep(snapshot, &tree);
        Ok(tree)
    }

    /// Makes the tree of a snapshot for the shelf, unless it is there; nothing where there is no shelf. Whether it was made.
    pub async fn prepare(&self, snapshot: Digest) -> Shared<bool> {
        let maker = &self.maker;
        let Some(shelf) = &maker.shelf else { return Ok(false) };
        if shelf.has(maker.key(snapshot)) || self.cached(snapshot).is_some() {
            return Ok(false);
        }
        let work = || {
            let (maker, gate) = (self.maker.clone(), self.gate.clone());
            async move {
                let _permit = gate.acquire().await;
                maker.make(snapshot).await.map(Arc::new)
            }
        };
        let (_, made) = self.flights.run(snapshot, work).await;
        made.map(|_| true)
    }

    /// Whether the shelf has room for more.
    pub fn has_room(&self) -> bool {
        self.maker.shelf.as_ref().is_some_and(|shelf| shelf.has_room())
    }

    /// Lets go of a tree whose files turned out not to be there.
    pub fn forget(&self, snapshot: Digest) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, _, weight)) = kept.trees.remove(&snapshot) {
            kept.bytes -= weight;
        }
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
        self.maker.metrics.cache_bytes.store(kept.bytes, Ordering::Relaxed);
    }
}

impl Maker {
    /// The name of a tree on the shelf.
    fn key(&self, snapshot: Digest) -> Digest {
        let formats: Vec<String> = self.formats.iter().map(ToString::to_string).collect();
        let how = if self.verbatim { "verbatim".to_owned() } else { formats.join(",") };
        Shelf::key(snapshot, &how)
    }

    /// The tree of a snapshot, where it is on the shelf.
    async fn find(&self, id: Digest) -> Result<Option<Tree>, Error> {
        let Some(shelf) = self.shelf.clone() else { return Ok(None) };
        let key = self.key(id);
        let read = tokio::task::spawn_blocking(move || shelf.suites(key).map(|suites| (suites, shelf)));
        let read = read.await.map_err(|error| Error::new(Kind::Internal, "a tree can't be read").source(error))?;
        let Some((suites, shelf)) = read else { return Ok(None) };
        let snapshot = Snapshot::open(&self.store, id).await?;
        count(&self.metrics.found);
        Ok(Some(Tree::on_shelf(snapshot, suites, shelf, key)))
    }

    /// Makes the tree of a snapshot, and keeps it.
    async fn make(&self, id: Digest) -> Result<Tree, Error> {
        let began = Instant::now();
        let snapshot = Snapshot::open(&self.store, id).await?;
        let made = self.render(&snapshot).await?;
        self.metrics.render(began.elapsed());
        let Some(shelf) = self.shelf.clone() else { return Ok(Tree::in_memory(snapshot, made)) };
        let key = self.key(id);
        let kept = tokio::task::spawn_blocking(move || match shelf.put(key, &made).map(|()| shelf.suites(key)) {
            Ok(Some(suites)) => Ok((suites, shelf)),
            Ok(None) => Err((made, None)),
            Err(error) => Err((made, Some(error))),
        });
        match kept.await.map_err(|error| Error::new(Kind::Internal, "a tree can't be kept").source(error))? {
            Ok((suites, shelf)) => {
                self.metrics.shelf_bytes.store(shelf.bytes(), Ordering::Relaxed);
                Ok(Tree::on_shelf(snapshot, suites, shelf, key))
            }
            Err((made, error)) => {
                // A full disk is no reason not to serve.
                let why = error.map_or_else(|| "it did not stay".to_owned(), |error| error.to_string());
                log::event("tree-not-kept", serde_json::json!({ "snapshot": id.to_string(), "why": why }));
                Ok(Tree::in_memory(snapshot, made))
            }
        }
    }

    async fn render(&self, snapshot: &Snapshot) -> Result<Vec<MadeSuite>, Error> {
        let monitor = Monitor::silent();
        if self.verbatim {
            let suites = render_verbatim(snapshot, &monitor).await?;
            return Ok(suites.into_iter().map(MadeSuite::from).collect());
        }
        // Neither the suite nor the date has a say in the indexes.
        let suite = "any".parse().map_err(|_| Error::new(Kind::Internal, "a plain word is a suite"))?;
        let options =
            Publishing { formats: self.formats.clone(), ..Publishing::new(suite, jiff::Timestamp::UNIX_EPOCH) };
        let earlier = self.earlier();
        let mut rendered = render_signed(&[Input::keep(snapshot.clone())], &options, earlier, &monitor).await?;
        let pieces = Arc::new(std::mem::take(&mut rendered.pieces));
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(pieces);
        Ok(vec![MadeSuite::own(rendered)])
    }

    /// What was made last, as long as the shelf has it.
    fn earlier(&self) -> Option<Arc<Earlier>> {
        let shelf = self.shelf.clone()?;
        let pieces = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        Some(Arc::new(Earlier::new(pieces, move |sha256| shelf.read(sha256).ok())))
    }
}
