//! An upstream's own tree in a bucket.

use std::time::Duration;

use super::Bucket;
use super::claim::{Patience, Writer};
use super::commit::{Committed, Content, commit};
use super::ledger::Ledger;
use super::packages;
use super::suite::Suite;
use crate::digest::Digest;
use crate::error::Result;
use crate::progress::Monitor;
use crate::publish::desk::Desk;
use crate::publish::options::Missing;
use crate::publish::pool::{PoolPlan, There};
use crate::publish::report::{Made, Outcome, Publication};
use crate::publish::signatures::Signed;
use crate::publish::state::Index;
use crate::publish::verbatim::{
    Forms, Indexes, check_complete, generation, notes, places, request, signed_files, signed_names, source,
};
use crate::snapshot::Snapshot;
use crate::snapshot::manifest::Part;

/// A suite that is to be published.
struct Order<'a> {
    part: &'a Part,
    request: Digest,
    suite: Suite,
}

/// The same with all that it takes.
struct Ready {
    suite: Suite,
    request: Digest,
    signed: Signed,
    kept: Vec<Index>,
    made: Indexes,
    pool: PoolPlan,
}

impl Bucket {
    /// Puts every upstream suite of `snapshot` back below the prefix, as
    /// [`publish_verbatim`](crate::publish::publish_verbatim) does in a directory.
    ///
    /// # Errors
    /// Those of [`publish_verbatim`](crate::publish::publish_verbatim) and of [`publish_signed`](Self::publish_signed).
    pub async fn publish_verbatim(
        &self,
        snapshot: &Snapshot,
        missing: Missing,
        wait: Duration,
        monitor: &Monitor,
    ) -> Result<Vec<Publication>> {
        let spent = self.files.spent();
        let mut patience = Patience::new(self.lease, wait);
        let mut publications = loop {
            let seen = patience.ledger(&self.files, monitor).await?;
            let mut unchanged = Vec::new();
            let mut orders = Vec::new();
            for order in self.orders(snapshot, &seen.ledger).await? {
                match order.suite.live().filter(|_| order.is_in_place()) {
                    Some(live) => {
                        let made = vec![Made::Before; live.indexes.len()];
                        unchanged.push(Publication::of(&order.suite.state.suite, Outcome::Unchanged, live, &made));
                    }
                    None => orders.push(order),
                }
            }
            if orders.is_empty() {
                break unchanged;
            }
            let Some(mut writer) = seen.claim(&self.files, self.lease).await? else {
                patience.was_late(&self.files)?;
                continue;
            };
            let result = publish(&mut writer, snapshot, orders, missing, monitor).await;
            let mut published = writer.end(result).await?;
            published.extend(unchanged);
            break published;
        };
        publications.sort_by(|a, b| a.suite.cmp(&b.suite));
        // They are published together; the first tells of all.
        if let Some(first) = publications.first_mut() {
            first.uploaded = Some(self.uploaded(spent));
        }
        Ok(publications)
    }

    /// What [`publish_verbatim`](Self::publish_verbatim) would do, as [`plan_verbatim`](crate::publish::plan_verbatim) tells it.
    ///
    /// # Errors
    /// Those of [`plan_verbatim`](crate::publish::plan_verbatim).
    pub async fn plan_verbatim(&self, snapshot: &Snapshot) -> Result<Vec<Publication>> {
        let (ledger, _) = Ledger::load(&self.files).await?;
        let mut publications = Vec::new();
        for order in self.orders(snapshot, &ledger).await? {
            check_complete(order.part)?;
            let outcome = if order.is_in_place() { Outcome::Unchanged } else { Outcome::Published };
            let release = order.suite.live().map(|live| live.release);
            publications.push(Publication { release, ..Publication::foretold(&order.suite.state.suite, outcome) });
        }
        publications.sort_by(|a, b| a.suite.cmp(&b.suite));
        Ok(publications)
    }

    /// Looks at each suite of `snapshot`.
    async fn orders<'a>(&self, snapshot: &'a Snapshot, ledger: &Ledger) -> Result<Vec<Order<'a>>> {
        let mut orders = Vec::new();
        for (part, place) in places(snapshot)? {
            let suite = Suite::look(&self.files, ledger, &place.suite, &place.directory).await?;
            orders.push(Order { part, request: request(part)?, suite });
        }
        Ok(orders)
    }
}

impl Order<'_> {
    /// Whether what is asked for is what clients see, whole.
    fn is_in_place(&self) -> bool {
        let is_same = self.suite.live().is_some_and(|live| live.request == self.request);
        is_same && self.suite.is_whole(&signed_names(self.part))
    }

    /// The live index at `path`, where it has this content and is there, and its packages are.
    fn same(&self, path: &str, sha256: Option<Digest>) -> Option<Index> {
        let live = self.suite.live().filter(|live| !self.suite.is_mixed && live.missing == 0)?;
        let index = live.indexes.iter().find(|index| index.path == path)?;
        (index.source == source(sha256?) && self.suite.has(index)).then(|| index.clone())
    }

    /// The indexes that stay, and the part without them.
    fn split(&self) -> (Vec<Index>, Part) {
        let lists = self.part.lists.iter().filter_map(|list| self.same(&list.path, list.sha256));
        let files = self.part.files.iter().filter_map(|file| self.same(&file.path, Some(file.sha256)));
        let kept: Vec<Index> = lists.chain(files).collect();
        let is_new = |path: &str| kept.iter().all(|index| index.path != path);
        let mut rest = self.part.clone();
        rest.lists.retain(|list| is_new(&list.path));
        rest.files.retain(|file| is_new(&file.path));
        (kept, rest)
    }
}

/// Publishes all of `orders`; none where one of them can't be.
async fn publish(
    writer: &mut Writer<'_>,
    snapshot: &Snapshot,
    orders: Vec<Order<'_>>,
    missing: Missing,
    monitor: &Monitor,
) -> Result<Vec<Publication>> {
    let mut ready = Vec::new();
    for order in orders {
        check_complete(order.part)?;
        ready.push(prepare(writer, snapshot, order, missing, monitor).await?);
    }
    let mut publications = Vec::new();
    for Ready { suite, request, signed, kept, made, pool } in ready {
        let Indexes { files, lacking, .. } = made;
        let (packages, missing) = (pool.files, pool.missing);
        let brought = packages::upload(writer, pool.jobs, There::Compare, monitor).await?;
        let mut now = vec![Made::Before; kept.len()];
        now.resize(kept.len() + files.len(), Made::Now);
        let indexes = kept.into_iter().chain(files.iter().map(|written| written.index.clone())).collect();
        let generation = generation(&signed, request, missing, indexes);
        let report = Publication::of(&suite.state.suite, Outcome::Published, &generation, &now);
        let content = Content { generation, written: files, signed, replaced: brought.replaced };
        let Committed { changed, notes: more } = commit(writer, suite, content, monitor).await?;
        publications.push(Publication {
            changed,
            packages,
            added: brought.added,
            copied: brought.copied,
            missing,
            notes: [notes(missing, lacking), more].concat(),
            ..report
        });
    }
    Ok(publications)
}

/// Makes the indexes of a suite that are new, and finds what packages it takes.
async fn prepare(
    writer: &mut Writer<'_>,
    snapshot: &Snapshot,
    order: Order<'_>,
    missing: Missing,
    monitor: &Monitor,
) -> Result<Ready> {
    let signed = signed_files(snapshot, order.part).await?;
    let (kept, rest) = order.split();
    let before = order.suite.live().map(|live| live.indexes.clone()).unwrap_or_default();
    let forms = Forms::new(Desk::Memory(None), order.part, &signed, before, &order.suite.state.directory);
    let mut made = writer.during(forms.write_all(snapshot, &rest, monitor)).await?;
    let wanted = std::mem::take(&mut made.wanted);
    let mut inventory = writer.inventory().await?;
    let files = writer.files;
    let stores = [snapshot.store().objects().clone()];
    let held = &mut inventory;
    let pool = PoolPlan::make(
        wanted,
        |wanted| packages::absent(files, held, wanted, There::Compare),
        &stores,
        missing,
        monitor,
    );
    let pool = writer.during(pool).await?;
    writer.inventory = Some(inventory);
    Ok(Ready { suite: order.suite, request: order.request, signed, kept, made, pool })
}
