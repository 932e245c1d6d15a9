//! Trees before somebody asks for them: at the start, and whenever the store has something new.

use std::collections::HashSet;
use std::sync::Arc;

use reposnap::Digest;
use reposnap::environment;
use reposnap::error::Result;
use reposnap::snapshot::Snapshot;
use reposnap::store::Store;
use reposnap::store::refs::{self, ENVIRONMENT, MIRROR, SNAPSHOT};
use serde_json::json;
use tokio::sync::watch;

use crate::limits::{EARLIER_STATES, LOOK_EVERY};
use crate::log;
use crate::options::Ahead;
use crate::repository::Repositories;

/// Makes trees ahead until `stop` says so, one at a time. What is asked for most comes first: what environments are now, what
/// they were a little earlier, what mirrors and named snapshots are; then all other snapshots, as long as there is room.
pub async fn run(store: Store, repositories: Arc<Repositories>, ahead: Ahead, mut stop: watch::Receiver<bool>) {
    // Those that can't be made are tried once: a filtered mirror has no upstream's tree.
    let mut done = HashSet::new();
    while ahead != Ahead::None && !*stop.borrow() {
        let wanted = wanted(&store, ahead).await.unwrap_or_default();
        let mut made = 0_u64;
        for (snapshot, is_needed) in wanted {
            if *stop.borrow() {
                return;
            }
            if done.contains(&snapshot) || !(is_needed || repositories.trees().has_room()) {
                continue;
            }
            match repositories.trees().prepare(snapshot).await {
                Ok(is_new) => made += u64::from(is_new),
                Err(error) => {
                    log::event("tree-not-made", json!({ "snapshot": snapshot.to_string(), "why": error.to_string() }))
                }
            }
            done.insert(snapshot);
        }
        if made > 0 {
            log::event("trees-made", json!({ "trees": made }));
        }
        let _ = tokio::time::timeout(LOOK_EVERY, stop.wait_for(|stop| *stop)).await;
    }
}

/// The snapshots whose trees are wanted, and whether they are worth that others go for them.
async fn wanted(store: &Store, ahead: Ahead) -> Result<Vec<(Digest, bool)>> {
    let mut wanted = Vec::new();
    let mut seen = HashSet::new();
    let mut add = |snapshot: Digest, is_needed: bool| {
        if seen.insert(snapshot) {
            wanted.push((snapshot, is_needed));
        }
    };
    for back in 0..=EARLIER_STATES {
        for name in refs::names(store.objects(), ENVIRONMENT).await? {
            if let Ok(revision) = environment::resolve(store, &format!("{ENVIRONMENT}/{name}~{back}")).await {
                add(revision.digest, true);
            }
        }
    }
    for kind in [MIRROR, SNAPSHOT] {
        for name in refs::names(store.objects(), kind).await? {
            // A mirror may have no snapshot yet.
            if let Ok(revision) = environment::resolve(store, &format!("{kind}/{name}")).await {
                add(revision.digest, true);
            }
        }
    }
    if ahead == Ahead::All {
        Snapshot::list(store).await?.into_iter().for_each(|snapshot| add(snapshot, false));
    }
    Ok(wanted)
}
