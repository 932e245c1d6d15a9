//! Lock files: exactly which packages an environment has, as text that diffs read well.
//!
//! A lock is stanzas of deb822, like the files of apt: a head that tells what was asked, of which snapshot and how, and one
//! stanza for each package, sorted by name and architecture. The same lock has the same bytes everywhere: fields have one
//! order, lines end with a line feed, a field with several values has one on each line, and what is empty is left out.
//!
//! ```text
//! Format: reposnap-lock 1
//! Snapshot: 4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945
//! Architecture: amd64
//! Foreign-Architectures:
//!  i386
//! Solver: apt-classic
//! Recommends: no
//! Requested:
//!  git
//! Pins:
//!  Package: git
//!  Pin: release a=stable-backports
//!  Pin-Priority: 990
//! Default-Release: stable
//! Base: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
//! Remove:
//!  git-lfs
//!
//! Package: libpcre2-8-0
//! Version: 10.42-1
//! Architecture: amd64
//! Size: 261196
//! SHA256: 7f8ee7e5b0a4eb0bd5b6ff8ad3b5c9be8bd6a2cf1d0a3bbd0a2ba0a3e1ab4a0e
//! Filename: pool/main/p/pcre2/libpcre2-8-0_10.42-1_amd64.deb
//! Source: pcre2
//! From: bookworm/main
//! Automatic: yes
//! Reason: Depends libpcre2-8-0 (>= 10.34) of git
//! ```
//!
//! - `Foreign-Architectures`, `Pins`, `Default-Release`, `Base` (of a system that the packages go on top of) and `Remove`
//!   (of packages of that system) are left out where there are none, and so are, of a package, `Source` where it has the
//!   package's name and version, `From`, and `Reason`. In `Pins`, a full stop stands for an empty line.
//! - `Snapshot` of a package is there where it is in another snapshot than the head says, as after an update of some
//!   packages alone.
//! - `Automatic` is what `apt-mark` says: `no` for what was asked for.
//!
//! [`Lock::parse`] takes stanzas and fields in any order, as two that were merged may have them, and nothing that it does
//! not know: a lock is an answer, and half of it is another one.

mod check;
mod diff;
pub mod export;
mod graph;
mod head;
mod of;
mod package;
mod parse;
mod present;
mod update;
mod verify;
mod write;

pub use diff::{Changed, Diff};
pub use graph::Graph;
pub use head::Head;
pub use package::{Locked, Reason};
pub use update::{Move, Update, Updated, Why, moves};
pub use verify::{Fault, Problem};

use serde::Serialize;

use crate::digest::Digest;
use crate::error::{Error, Kind, Result};

/// The format that this version writes and reads.
const FORMAT: &str = "reposnap-lock 1";

/// The most packages of a lock.
pub const MAX_PACKAGES: usize = 1 << 17;

/// The most bytes of a lock: 128 MiB.
pub const MAX_BYTES: usize = 128 << 20;

/// A lock: what was asked, and exactly the packages that answer it.
///
/// Whatever is in one can be written and read again: there is no other way in than [`Lock::new`], which checks it.
///
/// ```
/// use reposnap::Digest;
/// use reposnap::resolve::lockfile::{Head, Lock, Locked};
/// let mut head = Head::new(Digest::of(b"a snapshot"), ["hello"]);
/// head.architecture = "amd64".into();
/// let hello = Locked::new("hello", "2.10-3", "amd64", 5, Digest::of(b"a deb"), "pool/hello_2.10-3_amd64.deb");
/// let lock = Lock::new(head, vec![hello])?;
/// assert!(lock.to_string().ends_with("Filename: pool/hello_2.10-3_amd64.deb\nAutomatic: no\n"));
/// assert_eq!(Lock::parse(&lock.to_string())?, lock);
/// # Ok::<(), reposnap::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lock {
    #[serde(flatten)]
    head: Head,
    packages: Vec<Locked>,
}

impl Lock {
    /// A lock of these packages, in any order.
    ///
    /// # Errors
    /// [`Kind::Malformed`] with the package and the field that no lock can have; [`Kind::Limit`].
    pub fn new(mut head: Head, mut packages: Vec<Locked>) -> Result<Self> {
        head.check()?;
        if packages.len() > MAX_PACKAGES {
            return Err(Error::new(Kind::Limit, format!("there are more than {MAX_PACKAGES} packages")));
        }
        for package in &packages {
            package.check().map_err(|error| error.path(package.name.clone()))?;
        }
        packages.sort_by(|a, b| (&a.name, &a.architecture).cmp(&(&b.name, &b.architecture)));
        let lock = Self { head, packages };
        match lock.check_architectures() {
            Some((at, error)) => Err(error.path(lock.packages[at].name.clone())),
            None => Ok(lock),
        }
    }

    /// The first package that is there twice, or of an architecture that the head does not name.
    fn check_architectures(&self) -> Option<(usize, Error)> {
        let native = self.native();
        let mut before: Option<&str> = None;
        let mut homes: Vec<&str> = Vec::new();
        for (at, package) in self.packages.iter().enumerate() {
            let home = package.home(native);
            if home != native && !self.head.foreign.iter().any(|foreign| foreign == home) {
                let message = format!("it is of {home}, which the head does not name");
                return Some((at, Error::new(Kind::Malformed, message).field("Architecture")));
            }
            if before != Some(&package.name) {
                homes.clear();
                before = Some(&package.name);
            }
            if homes.contains(&home) {
                return Some((at, Error::new(Kind::Malformed, "the package is there twice").field("Package")));
            }
            homes.push(home);
        }
        None
    }

    /// What it is an answer to.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Its packages, sorted by name and then by architecture.
    pub fn packages(&self) -> &[Locked] {
        &self.packages
    }

    /// The package of a name that is installed for an architecture.
    pub fn package(&self, name: &str, architecture: &str) -> Option<&Locked> {
        let start = self.packages.partition_point(|package| package.name.as_str() < name);
        let named = self.packages[start..].iter().take_while(|package| package.name == name);
        named.into_iter().find(|package| package.home(self.native()) == architecture)
    }

    /// The snapshots that its packages are in: the head's first, then others in the order of their digests.
    pub fn snapshots(&self) -> Vec<Digest> {
        let others: std::collections::BTreeSet<Digest> =
            self.packages.iter().filter_map(|package| package.snapshot).collect();
        std::iter::once(self.head.snapshot).chain(others).collect()
    }

    /// The digest of its text, which names it.
    pub fn digest(&self) -> Digest {
        Digest::of(self.to_string().as_bytes())
    }

    fn native(&self) -> &str {
        &self.head.architecture
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
