//! Where the files of a publication in the making lie: on disk beside the tree that they go to, or in memory.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::publish::groups::Groups;
use crate::publish::pieces::Earlier;
use crate::publish::tree::{Temporary, Tree};

/// Where files are made.
#[derive(Clone, Debug)]
pub(crate) enum Desk {
    /// On the disk of a tree, to be moved into it.
    Tree(Arc<Tree>),
    /// In memory, beside what was made there before.
    Memory(Option<Arc<Earlier>>),
}

/// A finished file without a place.
#[derive(Debug)]
pub(crate) enum Staged {
    File(Temporary),
    Memory(Vec<u8>),
}

/// A file that is being written.
#[derive(Debug)]
pub(crate) enum Draft {
    File(BufWriter<File>, Temporary),
    Memory(Vec<u8>),
}

impl Desk {
    /// The tree that the files go to, where there is one.
    pub(crate) fn tree(&self) -> Option<&Arc<Tree>> {
        match self {
            Desk::Tree(tree) => Some(tree),
            Desk::Memory(_) => None,
        }
    }

    /// The pieces that were made before; `published` is the file of a tree that has them, and its SHA-256.
    pub(crate) fn pieces(&self, published: Option<(String, Digest)>) -> Groups {
        match (self, published) {
            (Desk::Tree(tree), Some((path, sha256))) => Groups::load(tree, &path, sha256),
            (Desk::Memory(Some(earlier)), _) => Groups::Rendered(earlier.clone()),
            _ => Groups::None,
        }
    }

    /// A new file.
    pub(crate) fn draft(&self) -> Result<Draft> {
        Ok(match self {
            Desk::Tree(tree) => {
                let (file, temporary) = tree.temporary()?;
                Draft::File(BufWriter::with_capacity(64 << 10, file), temporary)
            }
            Desk::Memory(_) => Draft::Memory(Vec::new()),
        })
    }

    /// A finished file of `bytes`.
    pub(crate) fn whole(&self, bytes: &[u8]) -> Result<Staged> {
        Ok(match self {
            Desk::Tree(tree) => Staged::File(tree.temporary_with(bytes)?),
            Desk::Memory(_) => Staged::Memory(bytes.to_vec()),
        })
    }
}

impl Draft {
    pub(crate) fn finish(self) -> Result<Staged> {
        match self {
            Draft::File(mut file, temporary) => {
                file.flush().map_err(|error| Error::io("an index", error))?;
                Ok(Staged::File(temporary))
            }
            Draft::Memory(bytes) => Ok(Staged::Memory(bytes)),
        }
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Draft::File(file, _) => file.write(bytes),
            Draft::Memory(all) => all.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Draft::File(file, _) => file.flush(),
            Draft::Memory(_) => Ok(()),
        }
    }
}

impl Staged {
    /// Moves the file to `relative` in `tree`.
    pub(crate) fn place(self, tree: &Tree, relative: &str) -> Result<()> {
        match self {
            Staged::File(temporary) => tree.place(temporary, relative),
            Staged::Memory(bytes) => tree.place(tree.temporary_with(&bytes)?, relative),
        }
    }

    /// The bytes of a file in memory; none of one on disk.
    pub(crate) fn into_memory(self) -> Option<Vec<u8>> {
        match self {
            Staged::File(_) => None,
            Staged::Memory(bytes) => Some(bytes),
        }
    }
}
