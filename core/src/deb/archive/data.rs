//! The data part of a package, streamed.

use std::io::{BufReader, Read, Take};

use super::{DataMember, Limits, tar};
use crate::deb::compress::Reader;
use crate::error::{Error, Kind, Result};

/// Iterates over the members of the data part, of which it holds one at a time.
///
/// After the last member it checks the rest of the stream, so only an iteration that ended without an error has seen
/// an intact package. Nothing follows an error.
pub struct DataMembers<'a, R: Read> {
    entries: tar::Entries<Stream<'a, R>>,
    left: u64,
    limit: u64,
    part: String,
    ended: bool,
}

type Stream<'a, R> = Reader<BufReader<Take<&'a mut R>>>;

impl<'a, R: Read> DataMembers<'a, R> {
    pub(super) fn new(stream: Stream<'a, R>, limits: &Limits, part: String) -> Self {
        let entries = tar::Entries::new(stream, limits.path_bytes);
        Self { entries, left: limits.data_members, limit: limits.data_members, part, ended: false }
    }

    /// The content of the member that came last: [`DataMember::size`] bytes, or an error where the archive ends too early.
    ///
    /// What is not read is skipped.
    pub fn content(&mut self) -> impl Read + use<'_, 'a, R> {
        self.entries.content()
    }

    fn step(&mut self) -> Result<Option<DataMember>> {
        let member = self.entries.next()?;
        if member.is_some() {
            self.left = self
                .left
                .checked_sub(1)
                .ok_or_else(|| Error::new(Kind::Limit, format!("it has more than {} members", self.limit)))?;
        }
        Ok(member)
    }
}

impl<R: Read> Iterator for DataMembers<'_, R> {
    type Item = Result<DataMember>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let step = self.step().map_err(|error| error.field(self.part.clone()));
        self.ended = !matches!(step, Ok(Some(_)));
        step.transpose()
    }
}

impl<R: Read> std::fmt::Debug for DataMembers<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DataMembers").field("part", &self.part).finish_non_exhaustive()
    }
}
