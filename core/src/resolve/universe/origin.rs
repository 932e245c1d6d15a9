//! Where a list of packages comes from: what apt's pins look at.

use serde::{Deserialize, Serialize};

/// Where a list of packages comes from, in the words of its Release file (apt_preferences(5)).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Origin {
    /// `Origin:`, pinned as `release o=`.
    pub origin: String,
    /// `Label:`, pinned as `release l=`.
    pub label: String,
    /// `Suite:`, the archive; pinned as `release a=`.
    pub suite: String,
    /// `Codename:`, pinned as `release n=`.
    pub codename: String,
    /// `Version:`, pinned as `release v=`.
    pub version: String,
    /// The component, pinned as `release c=`.
    pub component: String,
    /// The architecture of the index, pinned as `release b=`.
    pub architecture: String,
    /// The host that it was fetched from, pinned as `origin`; empty for a local one.
    pub site: String,
    /// `NotAutomatic: yes`: nothing is taken from it unless asked for.
    pub not_automatic: bool,
    /// `ButAutomaticUpgrades: yes`: what is installed from it is upgraded from it.
    pub but_automatic_upgrades: bool,
    /// It is the status of dpkg: what is installed.
    pub installed: bool,
}
