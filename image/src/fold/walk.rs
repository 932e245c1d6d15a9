//! Paths followed inside an image that is put together from layers.

use reposnap::Result;

use super::tree::{Folded, NodeKind};
use crate::layer::interest::Rule;
use crate::way::Way;

/// Where a path leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// With all links followed.
    pub(super) path: Vec<u8>,
    pub(super) is_folder: bool,
}

/// How following a path ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    At(Target),
    /// Nothing is there.
    Missing,
    /// It leads to this path, and the facts do not tell what is there.
    Unknown(Vec<u8>),
}

impl Folded<'_> {
    /// Follows a path; the link at its end only with `through`.
    ///
    /// # Errors
    /// [`reposnap::Kind::Malformed`] for links in a circle.
    pub(super) fn walk(&self, path: &[u8], through: bool) -> Result<End> {
        let mut way = Way::new(path);
        let mut is_folder = true;
        while let Some(next) = way.step() {
            if !is_folder {
                return Ok(End::Missing);
            }
            match self.nodes.get(&next).map(|node| &node.what) {
                None if !self.covers(&next) => return Ok(End::Unknown(way.with_rest(&next))),
                None => return Ok(End::Missing),
                Some(NodeKind::SymbolicLink(target)) if through || !way.is_last() => way.follow(path, target)?,
                Some(what) => {
                    is_folder = matches!(what, NodeKind::Directory);
                    way.at = next;
                }
            }
        }
        Ok(End::At(Target { path: way.at, is_folder }))
    }

    /// Where a folder is that a layer names: as [`Self::walk`], but what is not there will be.
    ///
    /// # Errors
    /// As [`Self::walk`].
    pub(super) fn place(&self, folder: &[u8]) -> Result<Vec<u8>> {
        let mut way = Way::new(folder);
        while let Some(next) = way.step() {
            match self.nodes.get(&next).map(|node| &node.what) {
                Some(NodeKind::SymbolicLink(target)) => way.follow(folder, target)?,
                what => {
                    // There may be a link there that was not kept.
                    if what.is_none() && !self.covers(&next) {
                        self.need(way.with_rest(&next), Rule::Name);
                    }
                    way.at = next;
                }
            }
        }
        Ok(way.at)
    }
}
