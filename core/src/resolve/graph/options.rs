//! What is asked of a graph: which relations, how far, whose.

use serde::{Deserialize, Serialize};

use super::super::universe::DepKind;
use crate::error::{Error, Kind, Result};

/// The most nodes of a graph, unless [`Options::max_nodes`] says otherwise: more than that, nobody looks at.
pub const MAX_NODES: usize = 2000;

/// A set of kinds of relations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// None.
    pub const NONE: Kinds = Kinds(0);
    /// `Pre-Depends` and `Depends`: what a package can't do without (policy 7.2), and what "depends on" means where
    /// nothing else is said. `apt-cache` calls it `--important`.
    pub const HARD: Kinds = Kinds(1 << DepKind::PreDepends as u8 | 1 << DepKind::Depends as u8);

    /// These and `kind`.
    #[must_use]
    pub const fn with(self, kind: DepKind) -> Self {
        Self(self.0 | 1 << kind as u8)
    }

    /// Whether `kind` is one of them.
    pub const fn has(self, kind: DepKind) -> bool {
        self.0 & 1 << kind as u8 != 0
    }

    /// Those of them that name what is wanted: all but `Conflicts` and `Breaks`.
    #[must_use]
    pub const fn positive(self) -> Self {
        Self(self.0 & !(1 << DepKind::Conflicts as u8 | 1 << DepKind::Breaks as u8))
    }

    /// The kinds of these words, which are the names of the fields in any case: `depends`, `Pre-Depends`.
    ///
    /// ```
    /// use reposnap::resolve::{DepKind, graph::Kinds};
    /// let kinds = Kinds::parse(&["depends", "Pre-Depends"])?;
    /// assert_eq!(kinds, Kinds::HARD);
    /// assert!(!kinds.has(DepKind::Recommends));
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Kind::Usage`] for another word.
    pub fn parse<S: AsRef<str>>(words: &[S]) -> Result<Self> {
        words.iter().try_fold(Self::NONE, |kinds, word| {
            let word = word.as_ref();
            match DepKind::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(word)) {
                Some(kind) => Ok(kinds.with(kind)),
                None => Err(Error::new(Kind::Usage, format!("{word:?} is no kind of relation"))
                    .help("the kinds are pre-depends, depends, recommends, suggests, conflicts, breaks")),
            }
        })
    }

    /// Each of them, in the order of [`DepKind::ALL`].
    pub fn iter(self) -> impl Iterator<Item = DepKind> {
        DepKind::ALL.into_iter().filter(move |kind| self.has(*kind))
    }
}

impl Default for Kinds {
    fn default() -> Self {
        Self::HARD
    }
}

/// Which way relations are followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// To what a package asks for.
    #[default]
    Dependencies,
    /// To who asks for a package.
    Dependents,
}

/// How far relations are followed, and which.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Which kinds; [`Kinds::HARD`] by default. A `Conflicts` or `Breaks` is shown, but what it leads to is not followed
    /// any further: nobody inherits a quarrel.
    pub kinds: Kinds,
    /// How many packages away from the roots at most; 1 is what stands in their own fields. No limit by default.
    pub depth: Option<u32>,
    /// Whether a package is also what it provides (policy 7.5). It is by default, as it is for who installs; `apt-cache
    /// rdepends` goes by names alone.
    pub providers: bool,
    /// Whether all versions count, not only those that are the candidates of their packages.
    pub all_versions: bool,
    /// The most nodes that a graph may have; [`MAX_NODES`] by default.
    pub max_nodes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { kinds: Kinds::HARD, depth: None, providers: true, all_versions: false, max_nodes: MAX_NODES }
    }
}
