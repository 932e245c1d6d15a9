//! What is in a container image, in a root folder, or on this machine: layers folded as a runtime would, the package
//! databases of dpkg and rpm read, and nothing unpacked, followed out of the image or believed unchecked.
//!
//! | module | subject |
//! |---|---|
//! | [`blobs`] | where manifests and layers lie |
//! | [`package`] | a package as an image has it, of either family |
//! | [`rpm`] | the databases of rpm, and what they alone prove |
//! | [`inventory`] | what an image was found to hold |

#![forbid(unsafe_code)]
#![warn(clippy::unwrap_used, unreachable_pub)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod blobs;
pub mod inventory;
pub mod package;
pub mod rpm;

pub use inventory::Inventory;
pub use package::Package;
