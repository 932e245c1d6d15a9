//! What is in a container image, in a root folder, or on this machine: layers folded as a runtime would, the package
//! databases of dpkg and rpm read, and nothing unpacked, followed out of the image or believed unchecked.
//!
//! | module | subject |
//! |---|---|
//! | [`mod@inspect`] | the way in: a reference, and what is there |
//! | [`state`] | what was there after each layer |
//! | [`reference`](mod@reference) | how images are named |
//! | [`layout`], [`archive`] | images in folders and files: OCI layouts, `docker save` |
//! | [`manifest`] | manifests, indexes and configurations; which image of an index is meant |
//! | [`cache`] | what was learned of layers, kept by their digests |
//! | [`rpm_files`] | the bytes of rpm databases |
//! | [`blobs`] | where manifests and layers lie |
//! | [`package`] | a package as an image has it, of either family |
//! | [`rpm`] | the databases of rpm, and what they alone prove |
//! | [`inventory`] | what an image was found to hold |
//! | [`limits`] | how much is read before it counts as an attack |
//! | [`referrers`] | what is attached to an image |
//! | [`layout_referrers`] | the same in an OCI layout |
//! | [`registry`] | images in registries |

#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used, unreachable_pub)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod archive;
pub mod blobs;
pub mod cache;
mod check;
mod dpkg;
mod evidence;
mod files;
mod fold;
pub mod inspect;
pub mod inventory;
mod layer;
pub mod layout;
pub mod layout_referrers;
pub mod limits;
pub mod manifest;
mod os_release;
pub mod package;
pub mod reference;
pub mod referrers;
pub mod registry;
mod root;
pub mod rpm;
pub mod rpm_files;
pub mod state;
mod tar;
mod way;

pub use inspect::inspect;
pub use inventory::Inventory;
pub use package::Package;
pub use reference::Reference;
