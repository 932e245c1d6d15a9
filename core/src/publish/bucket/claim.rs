//! One publisher at a time, without a lock: a claim in the ledger, which its holder renews, and which others take over from
//! one who says nothing.
//!
//! No clock of any machine is compared with another. Who waits looks whether the claim changes, by its own clock. Who holds it
//! learns that it was taken over from the next write of the ledger, which replaces its own version and no other; and InRelease
//! replaces the version that was seen, so that one who was taken over can't put its own there.

use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

use super::headers;
use super::inventory::Inventory;
use super::ledger::{Claim, Ledger, PATH};
use crate::error::{Error, Kind, Result};
use crate::progress::Monitor;
use crate::store::bucket::{Bucket as Files, Version};
use crate::store::{FORMAT_PATH, nonce};

/// In how many parts of the lease the claim is renewed.
const BEATS: u32 = 4;
/// How often somebody who waits looks, and the most often.
const LOOK: (Duration, Duration) = (Duration::from_secs(1), Duration::from_millis(20));

/// Waits for other publishers.
pub(super) struct Patience {
    lease: Duration,
    deadline: Instant,
    /// Whose claim was seen, and since when it is the same.
    seen: Option<(Claim, Instant)>,
}

/// The ledger where nobody is at it, or nobody alive.
pub(super) struct Seen {
    pub(super) ledger: Ledger,
    version: Version,
    /// Somebody was killed at it.
    is_abandoned: bool,
}

/// The one who publishes now.
pub(super) struct Writer<'a> {
    pub(super) files: &'a Files,
    pub(super) ledger: Ledger,
    /// What is known to lie in the pool, once it was asked for.
    pub(super) inventory: Option<Inventory>,
    /// Somebody was killed at it before, and may have left packages that no inventory has.
    pub(super) is_abandoned: bool,
    version: Version,
    lease: Duration,
    written: Instant,
}

impl Patience {
    /// Waits for at most `wait` for somebody who publishes, and for `lease` for one who says nothing.
    pub(super) fn new(lease: Duration, wait: Duration) -> Self {
        Self { lease, deadline: Instant::now() + wait, seen: None }
    }

    /// The ledger, once nobody is at it.
    ///
    /// # Errors
    /// [`Kind::Conflict`] where somebody still is when it has been waited for long enough.
    pub(super) async fn ledger(&mut self, files: &Files, monitor: &Monitor) -> Result<Seen> {
        loop {
            monitor.check()?;
            let (ledger, version) = Ledger::load(files).await?;
            let Some(claim) = &ledger.claim else { return Ok(Seen { ledger, version, is_abandoned: false }) };
            let now = Instant::now();
            let since = match &self.seen {
                Some((seen, since)) if seen == claim => *since,
                _ => now,
            };
            self.seen = Some((claim.clone(), since));
            if files.is_single() || now.duration_since(since) >= self.lease {
                return Ok(Seen { ledger, version, is_abandoned: true });
            }
            if now >= self.deadline {
                return Err(Error::new(Kind::Conflict, "somebody else is publishing into this bucket")
                    .path(files.url_of(PATH))
                    .help("try again when that is done"));
            }
            tokio::time::sleep((self.lease / 8).clamp(LOOK.1, LOOK.0)).await;
        }
    }

    /// Somebody else was faster: looks at the time.
    pub(super) fn was_late(&self, files: &Files) -> Result<()> {
        if Instant::now() < self.deadline {
            return Ok(());
        }
        Err(Error::new(Kind::Conflict, "others publish into this bucket all the time").path(files.url_of(PATH)))
    }
}

impl Seen {
    /// Begins to publish; nothing where somebody else did since the ledger was read.
    ///
    /// # Errors
    /// [`Kind::Unsupported`] where the bucket does not honour conditions of writes; [`Kind::Usage`] where a store is.
    pub(super) async fn claim<'a>(self, files: &'a Files, lease: Duration) -> Result<Option<Writer<'a>>> {
        let Self { mut ledger, version, is_abandoned } = self;
        if version == Version::Absent && files.has(FORMAT_PATH).await? {
            return Err(Error::new(Kind::Usage, "a store is here, and its pool would be taken for the published one")
                .path(files.url_of(""))
                .help("publish under another prefix, such as one beside it"));
        }
        ledger.turn += 1;
        ledger.claim = Some(Claim { nonce: nonce()?, beat: 0 });
        let bytes = ledger.to_bytes()?.into();
        let private = headers::private("application/json");
        let Some(claimed) = files.replace(PATH, &bytes, &private, &version).await? else { return Ok(None) };
        let mut writer =
            Writer { files, ledger, inventory: None, is_abandoned, version: claimed, lease, written: Instant::now() };
        if !writer.ledger.is_tried && !files.is_single() {
            match writer.try_out().await {
                // Another may publish by now: this one's claim is not there any more.
                Err(error) if error.kind() == Kind::Conflict => return Err(error),
                Err(error) => {
                    // The first failure is the one to tell.
                    let _ = writer.leave().await;
                    return Err(error);
                }
                Ok(()) => {}
            }
        }
        Ok(Some(writer))
    }
}

impl<'a> Writer<'a> {
    /// Writes the ledger as it is now, and so says that this publisher is alive.
    ///
    /// # Errors
    /// [`Kind::Conflict`] where somebody else took over.
    pub(super) async fn store(&mut self) -> Result<()> {
        if let Some(claim) = &mut self.ledger.claim {
            claim.beat += 1;
        }
        let bytes = self.ledger.to_bytes()?.into();
        let private = headers::private("application/json");
        match self.files.replace(PATH, &bytes, &private, &self.version).await? {
            Some(version) => self.version = version,
            None => return Err(self.lost()),
        }
        self.written = Instant::now();
        Ok(())
    }

    /// Says that this publisher is alive, where that is due.
    pub(super) async fn renew(&mut self) -> Result<()> {
        if self.written.elapsed() < self.lease / BEATS { Ok(()) } else { self.store().await }
    }

    /// Does `work`, and says now and then that this publisher is alive.
    pub(super) async fn during<T>(&mut self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let mut work = pin!(work);
        loop {
            let due = (self.lease / BEATS).saturating_sub(self.written.elapsed());
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = tokio::time::sleep(due) => self.store().await?,
            }
        }
    }

    /// What is known to lie in the pool.
    pub(super) async fn inventory(&mut self) -> Result<Inventory> {
        let (files, pool, is_abandoned) = (self.files, self.ledger.pool, self.is_abandoned);
        match self.inventory.take() {
            Some(inventory) => Ok(inventory),
            None => self.during(Inventory::load(files, pool, is_abandoned)).await,
        }
    }

    /// Makes others know what lies in the pool, with the next write of the ledger.
    pub(super) async fn save_inventory(&mut self) -> Result<()> {
        if let Some(inventory) = &mut self.inventory {
            self.ledger.pool = inventory.save(self.files).await?.or(self.ledger.pool);
        }
        Ok(())
    }

    /// Ends it, after work that came to `result`. After a failure what was uploaded is made known, and nobody has to wait.
    pub(super) async fn end<T>(mut self, result: Result<T>) -> Result<T> {
        let is_done = result.is_ok();
        let ended = async {
            // Where that fails, others list the pool's packages no worse than before.
            let saved = if is_done { Ok(()) } else { self.save_inventory().await };
            self.ledger.claim = None;
            self.store().await.and(saved)
        };
        // The first failure is the one to tell.
        match (result, ended.await) {
            (Ok(_), Err(error)) => Err(error),
            (result, _) => result,
        }
    }

    /// That somebody else took over.
    pub(super) fn lost(&self) -> Error {
        Error::new(Kind::Conflict, "somebody else publishes into this bucket by now and took over")
            .path(self.files.url_of(PATH))
            .help(format!("publish again; a publisher that says nothing for {:?} is taken for dead", self.lease))
    }

    /// Tries out on the ledger itself whether the bucket honours the conditions that all this rests on.
    async fn try_out(&mut self) -> Result<()> {
        let private = headers::private("application/json");
        let first = self.version.clone();
        self.store().await?;
        for (was, found) in [
            (Version::Absent, "an object was created where there was one already"),
            (first, "an object was replaced though it was not the version that was meant"),
        ] {
            let mut other = self.ledger.clone();
            other.claim = Some(Claim { nonce: nonce()?, beat: 0 });
            let bytes = other.to_bytes()?.into();
            if self.files.replace(PATH, &bytes, &private, &was).await?.is_some() {
                return Err(self.files.unsafe_for_many(found));
            }
        }
        self.ledger.is_tried = true;
        Ok(())
    }

    /// Leaves a bucket that can't be written safely as it was found.
    async fn leave(&mut self) -> Result<()> {
        if self.ledger.suites.is_empty() {
            return self.files.delete(&[PATH.to_owned()]).await;
        }
        // Somebody published here as the only one.
        self.ledger.claim = None;
        self.files.put(PATH, self.ledger.to_bytes()?.into(), &headers::private("application/json")).await
    }
}
