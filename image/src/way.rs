//! Paths followed inside a root, as path_resolution(7) tells, with that root for `/`: segments, links, and nothing that leads
//! out.

use reposnap::{Error, Kind, Result};

use crate::files::shown;
use crate::limits::{MAX_LINKS, MAX_PATH};

/// The segments of a path that are still to be followed, the next one last, and where the way has come to.
pub(crate) struct Way {
    pending: Vec<Vec<u8>>,
    pub(crate) at: Vec<u8>,
    links: usize,
}

impl Way {
    pub(crate) fn new(path: &[u8]) -> Self {
        let mut way = Self { pending: Vec::new(), at: Vec::new(), links: 0 };
        way.push(path);
        way
    }

    fn push(&mut self, path: &[u8]) {
        let segments = path.split(|byte| *byte == b'/').rev().filter(|segment| !matches!(*segment, b"" | b"."));
        self.pending.extend(segments.map(<[u8]>::to_vec));
    }

    /// The path one segment further. `..` is dealt with: of the root it is the root.
    pub(crate) fn step(&mut self) -> Option<Vec<u8>> {
        while let Some(segment) = self.pending.pop() {
            if segment == b".." {
                self.at.truncate(memchr::memrchr(b'/', &self.at).unwrap_or(0));
                continue;
            }
            let mut next = Vec::with_capacity(self.at.len() + 1 + segment.len());
            next.extend_from_slice(&self.at);
            if !next.is_empty() {
                next.push(b'/');
            }
            next.extend_from_slice(&segment);
            return Some(next);
        }
        None
    }

    /// Goes on along the target of a link that was found at the next step.
    ///
    /// # Errors
    /// [`Kind::Malformed`] with the rule `link-loop` for more than [`MAX_LINKS`] links.
    pub(crate) fn follow(&mut self, whole: &[u8], target: &[u8]) -> Result<()> {
        self.links += 1;
        if self.links > MAX_LINKS || self.rest_length() + target.len() > 2 * MAX_PATH {
            let message = format!("{:?} leads along more than {MAX_LINKS} links", shown(whole));
            return Err(Error::new(Kind::Malformed, message).rule("link-loop").help("links lead in a circle"));
        }
        if target.starts_with(b"/") {
            self.at.clear();
        }
        self.push(target);
        Ok(())
    }

    fn rest_length(&self) -> usize {
        self.pending.iter().map(|segment| segment.len() + 1).sum()
    }

    pub(crate) fn is_last(&self) -> bool {
        self.pending.is_empty()
    }

    /// `from`, and all segments that are still to come.
    pub(crate) fn with_rest(&self, from: &[u8]) -> Vec<u8> {
        let mut path = from.to_vec();
        for segment in self.pending.iter().rev() {
            if segment == b".." {
                path.truncate(memchr::memrchr(b'/', &path).unwrap_or(0));
                continue;
            }
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(segment);
        }
        path
    }
}
