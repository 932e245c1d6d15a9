//! Answers that are ready: what was asked for before is sent again without finding it out again, as long as it is current.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reposnap::environment::{Following, Revision};
use reposnap::error::Error;
use reposnap::store::{FORMAT_PATH, Store};

use crate::http::{Body, Response};
use crate::limits::{CURRENT_FOR, CURRENT_IN_BUCKETS, NAMES, READY, READY_BYTES};

/// What names mean, as far as it was asked.
#[derive(Debug)]
pub struct Names {
    store: Store,
    followed: RwLock<HashMap<String, Arc<Followed>>>,
}

/// What a name means, and whether it still does.
#[derive(Debug)]
pub struct Followed {
    following: Following,
    /// How long it is taken for current without a look: in a bucket, where looking is asking for it again.
    lasts: Option<Duration>,
    started: Instant,
    /// When it was looked at last, in microseconds since the start.
    looked: AtomicU64,
}

/// Answers by the paths that they are for.
#[derive(Debug, Default)]
pub struct Answers(RwLock<Kept>);

#[derive(Debug, Default)]
struct Kept {
    ready: HashMap<Box<str>, Ready>,
    bytes: u64,
}

#[derive(Debug)]
struct Ready {
    response: Response,
    name: Arc<Followed>,
    until: Option<Timestamp>,
}

impl Names {
    /// Nothing is known yet.
    pub fn new(store: Store) -> Self {
        Self { store, followed: RwLock::default() }
    }

    /// What `rev` names.
    ///
    /// # Errors
    /// Those of [`Following::find`].
    pub async fn find(&self, rev: &str) -> Result<Arc<Followed>, Error> {
        let known = self.followed.read().unwrap_or_else(PoisonError::into_inner).get(rev).cloned();
        if let Some(known) = known.filter(|known| known.is_current()) {
            return Ok(known);
        }
        let following = Following::find(&self.store, rev).await?;
        let lasts = self.store.objects().local_path(FORMAT_PATH).is_none().then_some(CURRENT_IN_BUCKETS);
        let found = Arc::new(Followed { following, lasts, started: Instant::now(), looked: AtomicU64::new(0) });
        let mut followed = self.followed.write().unwrap_or_else(PoisonError::into_inner);
        if followed.len() >= NAMES {
            followed.clear();
        }
        followed.insert(rev.to_owned(), found.clone());
        Ok(found)
    }

    /// Forgets all of them.
    pub fn clear(&self) {
        self.followed.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Followed {
    /// What the name means.
    pub fn revision(&self) -> &Revision {
        &self.following.revision
    }

    /// Whether it still means that, or did a moment ago: [`CURRENT_FOR`], and in a bucket [`CURRENT_IN_BUCKETS`].
    fn is_current(&self) -> bool {
        if let Some(lasts) = self.lasts {
            return self.started.elapsed() < lasts;
        }
        let now = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let looked = self.looked.load(Ordering::Relaxed);
        if looked > 0 && now.saturating_sub(looked) < CURRENT_FOR.as_micros() as u64 {
            return true;
        }
        let is_current = self.following.is_current();
        self.looked.store(if is_current { now.max(1) } else { 0 }, Ordering::Relaxed);
        is_current
    }
}

impl Answers {
    /// The answer for `path`, where it is current.
    pub fn get(&self, path: &str) -> Option<Response> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let ready = kept.ready.get(path)?;
        let is_over = ready.until.is_some_and(|until| Timestamp::now() >= until);
        (!is_over && ready.name.is_current()).then(|| ready.response.clone())
    }

    /// Keeps an answer as long as `name` means what it means now, and no longer than `until`.
    pub fn put(&self, path: &str, response: &Response, name: &Arc<Followed>, until: Option<Timestamp>) {
        let bytes = match &response.body {
            Body::Bytes(bytes) => bytes.len() as u64,
            Body::File(..) => 0,
            Body::Object(..) | Body::Packed(..) => return,
        };
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.ready.len() >= READY || kept.bytes + bytes > READY_BYTES {
            *kept = Kept::default();
        }
        if bytes <= READY_BYTES {
            let ready = Ready { response: response.clone(), name: name.clone(), until };
            let before = kept.ready.insert(path.into(), ready);
            let gone = before.map_or(0, |ready| match ready.response.body {
                Body::Bytes(bytes) => bytes.len() as u64,
                _ => 0,
            });
            kept.bytes = kept.bytes + bytes - gone;
        }
    }

    /// Forgets all of them.
    pub fn clear(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Kept::default();
    }
}
