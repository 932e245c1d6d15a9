//! The head of a lock: what was asked, of what, and how it was answered.

use serde::Serialize;

use super::check;
use crate::digest::Digest;
use crate::error::{Error, Result};

/// What a lock is an answer to. The same head gives the same packages, wherever it is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Head {
    /// The snapshot that the packages are in.
    pub snapshot: Digest,
    /// The machine's own architecture.
    pub architecture: String,
    /// Foreign architectures, the preferred ones first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub foreign: Vec<String>,
    /// The solver: `apt-classic` is apt's up to 3.0.
    pub solver: String,
    /// Whether what packages recommend was taken too.
    pub recommends: bool,
    /// What was asked for, as it was asked: `git`, `git:i386`, `git=1:2.39.5-0+deb12u2`. The order counts: of two that
    /// can't both be had, apt listens to the first.
    pub requested: Vec<String>,
    /// Pins: the text of an apt_preferences(5) file; empty for none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pins: String,
    /// The release that packages were preferred from, as of `APT::Default-Release`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_release: Option<String>,
    /// The SHA-256 of the dpkg status file that the packages go on top of; none for an empty system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Digest>,
    /// Packages of the base that have to go, in the words of apt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
}

impl Head {
    /// The head of an answer from `snapshot`, by the classic solver and without recommended packages; the rest is up to
    /// the caller, and the architectures to [`Lock::of`](super::Lock::of).
    pub fn new(snapshot: Digest, requested: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            snapshot,
            architecture: String::new(),
            foreign: Vec::new(),
            solver: "apt-classic".to_owned(),
            recommends: false,
            requested: requested.into_iter().map(Into::into).collect(),
            pins: String::new(),
            default_release: None,
            base: None,
            remove: Vec::new(),
        }
    }

    /// Fails with the field that can't be written; brings the rest into its one form.
    pub(super) fn check(&mut self) -> Result<()> {
        let at = |field: &'static str| move |error: Error| error.field(field);
        check::architecture(&self.architecture).map_err(at("Architecture"))?;
        check::names(&self.foreign, check::architecture).map_err(at("Foreign-Architectures"))?;
        check::word(&self.solver).map_err(at("Solver"))?;
        check::names(&self.requested, check::word).map_err(at("Requested"))?;
        self.pins = check::pins(&self.pins).map_err(at("Pins"))?;
        if let Some(release) = &self.default_release {
            check::word(release).map_err(at("Default-Release"))?;
        }
        self.remove.sort_unstable();
        check::names(&self.remove, check::package).map_err(at("Remove"))
    }
}
