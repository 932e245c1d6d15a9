//! What is in a container image, in a root folder, or on this machine: layers folded as a runtime would, the package
//! databases of dpkg and rpm read, and nothing unpacked, followed out of the image or believed unchecked.
//!
//! | module | subject |
//! |---|---|
//! | [`blobs`] | where manifests and layers lie |
//! | [`package`] | a package as an image has it, of either family |
//! | [`inventory`] | what an image was found to hold |
//! | [`referrers`] | what is attached to an image |
//! | [`layout_referrers`] | the same in an OCI layout |
//! | [`registry`] | images in registries |

#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used, unreachable_pub)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod beside;
pub mod blobs;
pub mod inventory;
pub mod layout_referrers;
pub mod package;
pub mod referrers;
pub mod registry;

pub use inventory::Inventory;
pub use package::Package;
