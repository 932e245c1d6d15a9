//! What a check finds.

use super::why::{Explanation, Fact};

/// Which versions a check looks at; all of them may be chosen from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// The newest version of each package.
    #[default]
    Newest,
    /// All versions.
    All,
}

/// How a check goes about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What is looked at.
    pub which: Which,
    /// How much work is done before it gives up, in visits of relations: about 10⁸ a second. A check of all of Debian
    /// takes some 10⁷.
    pub work: u64,
    /// How much of that one version may take.
    pub work_each: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { which: Which::Newest, work: 1 << 31, work_each: 1 << 27 }
    }
}

/// A version that no consistent set of packages can install.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uninstallable {
    /// The version.
    pub version: u32,
    /// Why; none where that takes too much work to tell, or thousands of facts.
    pub why: Option<Explanation>,
    /// Its place in [`Report::causes`].
    pub cause: Option<usize>,
}

/// What makes versions uninstallable: told once for all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What is missing or can't be there together, as the first of the versions has it.
    pub facts: Vec<Fact>,
    /// The same in words.
    pub words: String,
    /// The versions, by name, architecture and version.
    pub versions: Vec<u32>,
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many versions were looked at.
    pub checked: usize,
    /// Those that can't be installed, by name, architecture, and the newest first.
    pub uninstallable: Vec<Uninstallable>,
    /// Those of which the work allowed did not tell.
    pub undecided: Vec<u32>,
    /// What makes them uninstallable, what concerns most of them first.
    pub causes: Vec<Cause>,
}
