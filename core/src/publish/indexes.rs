//! Which indexes of a publication are made now, and which stay as they are.

use std::sync::Arc;

use crate::digest::Digest;
use crate::error::Result;
use crate::progress::Monitor;
use crate::publish::desk::Desk;
use crate::publish::format::IndexFormat;
use crate::publish::index::Written;
use crate::publish::lists::Named;
use crate::publish::plan::Plan;
use crate::publish::pool::Present;
use crate::publish::report::Made;
use crate::publish::state::{Generation, Index};

/// What the indexes of a publication came to.
#[derive(Default)]
pub(crate) struct Indexes {
    pub(crate) indexes: Vec<Index>,
    /// The files of those that were made now.
    pub(crate) files: Vec<Written>,
    /// Whether each of `indexes` was made now.
    pub(crate) now: Vec<Made>,
    /// The packages of those that were made now that are not in the pool, as far as the pool was looked at.
    pub(crate) wanted: Vec<Named>,
    /// How many files the packages of those that were made now have.
    pub(crate) packages: u64,
    /// What the user should know.
    pub(crate) notes: Vec<String>,
}

/// What indexes are made with.
pub(crate) struct Work<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) formats: &'a [IndexFormat],
    pub(crate) desk: Desk,
    /// The directory of the suite, below the root.
    pub(crate) suite: &'a str,
    pub(crate) present: Arc<Present>,
    pub(crate) monitor: &'a Monitor,
}

impl Work<'_> {
    /// Makes the indexes that the `live` publication does not have, or whose files are not there any more.
    pub(crate) async fn indexes(
        &self,
        live: Option<&Generation>,
        is_there: &(dyn Fn(&Index) -> bool + Send + Sync),
    ) -> Result<Indexes> {
        let mut indexes = Indexes { notes: self.plan.notes.clone(), ..Indexes::default() };
        let before = |path: &str| live.and_then(|live| live.indexes.iter().find(|index| index.path == path));
        let same = |before: Option<&Index>, source: Digest| {
            before.filter(|index| index.source == source && is_there(index)).cloned()
        };
        // Packages that were missing may have come since.
        let is_whole = live.is_some_and(|live| live.missing == 0);
        for list in &self.plan.lists {
            let before = before(&list.path);
            if let Some(same) = same(before, list.source(self.formats)?).filter(|_| is_whole) {
                indexes.keep(same);
                continue;
            }
            let before = before.map(|index| (self.suite, index));
            let made = list.write(&self.desk, self.formats, before, &self.present, self.monitor).await?;
            indexes.packages += made.files;
            if made.differing > 0 {
                indexes.notes.push(format!(
                    "{}: {} packages have the name and version of others but not their content; the first is preferred",
                    list.path, made.differing
                ));
            }
            indexes.wanted.extend(made.wanted);
            indexes.add(made.written);
        }
        for file in &self.plan.files {
            self.monitor.check()?;
            let before = before(&file.stem);
            if let Some(same) = same(before, file.source(self.formats)) {
                indexes.keep(same);
                continue;
            }
            let before = before.map(|index| (self.suite, index));
            indexes.add(file.write(&self.desk, self.formats, before).await?);
        }
        Ok(indexes)
    }
}

impl Indexes {
    fn keep(&mut self, index: Index) {
        self.indexes.push(index);
        self.now.push(Made::Before);
    }

    fn add(&mut self, written: Written) {
        self.indexes.push(written.index.clone());
        self.now.push(Made::Now);
        self.files.push(written);
    }
}
