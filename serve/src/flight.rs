//! One piece of work for all who want its result at the same time.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use reposnap::error::{Error, Kind};
use tokio::runtime::Handle;
use tokio::sync::watch;

/// A result that many get.
pub type Shared<V> = Result<V, Arc<Error>>;

type Waiting<V> = watch::Receiver<Option<Shared<V>>>;

/// The pieces of work that are under way, by what they are for.
#[derive(Debug)]
pub struct Flights<K, V> {
    waiting: Arc<Mutex<HashMap<K, Waiting<V>>>>,
    runtime: Handle,
}

/// Whether a result was worked for here, or waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// This caller began the work.
    Began,
    /// Another did.
    Joined,
}

impl<K: Clone + Eq + Hash + Send + 'static, V: Clone + Send + Sync + 'static> Flights<K, V> {
    /// Nothing is under way; what will be runs on `runtime`.
    pub fn new(runtime: Handle) -> Self {
        Self { waiting: Arc::default(), runtime }
    }

    /// The result of the work for `key`, which `work` does unless it is under way. It goes on though who began it leaves.
    pub async fn run<F>(&self, key: K, work: impl FnOnce() -> F) -> (Part, Shared<V>)
    where
        F: Future<Output = Result<V, Error>> + Send + 'static,
    {
        let (part, mut waiting) = {
            let mut flights = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            match flights.get(&key) {
                Some(waiting) => (Part::Joined, waiting.clone()),
                None => {
                    let (done, waiting) = watch::channel(None);
                    flights.insert(key.clone(), waiting.clone());
                    let end = End(self.waiting.clone(), key);
                    let work = work();
                    self.runtime.spawn(async move {
                        // Dropped after the work however it ends, so that nobody waits for what failed.
                        let end = end;
                        let result = work.await.map_err(Arc::new);
                        drop(end);
                        done.send_replace(Some(result));
                    });
                    (Part::Began, waiting)
                }
            }
        };
        let result = match waiting.wait_for(Option::is_some).await {
            Ok(result) => result.clone(),
            Err(_) => None,
        };
        (part, result.unwrap_or_else(|| Err(Arc::new(Error::new(Kind::Internal, "the work ended without a result")))))
    }
}

struct End<K: Eq + Hash, V>(Arc<Mutex<HashMap<K, Waiting<V>>>>, K);

impl<K: Eq + Hash, V> Drop for End<K, V> {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}
