//! Plans of garbage collection: what is to be deleted, written down before anything is.
//!
//! A plan is `gc/<epoch>/plan`, created only where there is none. What it names is deleted a grace period later, if nothing
//! needs it by then and nobody wrote it again. So a writer that builds on an object that was there before it asks for the
//! plans, one listing, and makes the object younger than the plan; see [`crate::snapshot::hold`].
//!
//! | path | what |
//! |---|---|
//! | `gc/<epoch>/plan` | the plan |
//! | `gc/<epoch>/trash/<path>` | an object on its way out, until the sweep is over |
//! | `gc/<epoch>/done` | the sweep is over, and what it came to |
//! | `gc/clock` | written to ask the store what time it is |

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Objects;
use crate::error::{Error, Kind, Result};

/// The folder of plans.
pub const FOLDER: &str = "gc";
/// The format of plans.
pub const FORMAT: u32 = 1;
/// The most objects that one plan names; what is left over is for the next.
pub const MOST_PLANNED: usize = 500_000;
/// The largest plan, in bytes.
const LARGEST_PLAN: u64 = 256 << 20;
/// Written to ask the store for its time.
const CLOCK: &str = "gc/clock";

/// What is to be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The format, [`FORMAT`].
    pub format: u32,
    /// Its number, from 1.
    pub epoch: u64,
    /// Tells it from a plan that another process made at the same time.
    pub nonce: String,
    /// The objects, sorted, and the size of each in bytes.
    pub objects: BTreeMap<String, u64>,
}

/// A plan and where it stands.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its number.
    pub epoch: u64,
    /// When it was written, by the store's clock.
    pub written: Timestamp,
    /// When its sweep was over, by the store's clock; nothing before.
    pub done: Option<Timestamp>,
}

impl Planned {
    /// The folder of all that belongs to the plan.
    pub fn folder(epoch: u64) -> String {
        format!("{FOLDER}/{epoch:020}")
    }

    /// The path of the plan.
    pub fn path(epoch: u64) -> String {
        format!("{FOLDER}/{epoch:020}/plan")
    }

    /// The path of what tells that its sweep is over.
    pub fn done_path(epoch: u64) -> String {
        format!("{FOLDER}/{epoch:020}/done")
    }

    /// The folder of what is on its way out.
    pub fn trash(epoch: u64) -> String {
        format!("{FOLDER}/{epoch:020}/trash")
    }

    /// Reads the plan; nothing where it is gone by now.
    pub async fn read(&self, objects: &Objects) -> Result<Option<Plan>> {
        let path = Self::path(self.epoch);
        let bytes = match objects.get_limited(&path, LARGEST_PLAN).await {
            Err(error) if error.kind() == Kind::NotFound => return Ok(None),
            bytes => bytes?,
        };
        let malformed = |what: String| {
            Error::new(Kind::Malformed, what).path(&path).help("delete the plan; the next collection makes another")
        };
        let plan: Plan =
            serde_json::from_slice(&bytes).map_err(|error| malformed(format!("the plan can't be read: {error}")))?;
        if plan.format > FORMAT {
            return Err(Error::new(Kind::Format, "the plan has a newer format than this version can read")
                .path(&path)
                .mismatch(format!("at most {FORMAT}"), plan.format.to_string())
                .help("use a newer reposnap"));
        }
        if plan.epoch != self.epoch {
            return Err(malformed("the plan is another one".to_owned())
                .field("epoch")
                .mismatch(self.epoch.to_string(), plan.epoch.to_string()));
        }
        Ok(Some(plan))
    }
}

/// The plans of a store, the oldest first.
pub async fn list(objects: &Objects) -> Result<Vec<Planned>> {
    let names = objects.names(FOLDER).await?;
    let mut plans = Vec::new();
    for epoch in names.iter().filter_map(|name| epoch_of(name)) {
        let Some(plan) = objects.meta(&Planned::path(epoch)).await? else { continue };
        let done = objects.meta(&Planned::done_path(epoch)).await?.map(|done| done.modified);
        plans.push(Planned { epoch, written: plan.modified, done });
    }
    Ok(plans)
}

/// What time it is, by the store's clock.
pub async fn now(objects: &Objects) -> Result<Timestamp> {
    objects.put(CLOCK, super::probe::nonce()?.into()).await?;
    let found = objects.meta(CLOCK).await?;
    found.map(|object| object.modified).ok_or_else(|| {
        Error::new(Kind::Io, "the store does not show what was just written")
            .path(CLOCK)
            .help("a store has to show objects as soon as they are there; collect garbage where it does")
    })
}

fn epoch_of(name: &str) -> Option<u64> {
    (name.len() == 20 && name.bytes().all(|byte| byte.is_ascii_digit())).then(|| name.parse().ok()).flatten()
}

/// What tells a plan from another with the same number.
pub(crate) fn nonce() -> Result<String> {
    super::probe::nonce()
}
