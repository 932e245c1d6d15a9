//! Layers put on one another, as a runtime does (OCI image specification, `layer.md`, "Applying Changesets"), for the paths
//! that matter.
//!
//! What removes things of lower layers is applied before what a layer has, wherever it stands in the archive. An entry takes
//! the place of what was there, but a folder keeps what is in it. Where an entry's folder has no entry itself and a lower layer
//! has a link there, the link is followed inside the image, as umoci and containerd do.

mod alias;
mod tree;
mod walk;

pub(crate) use alias::Links;
pub(crate) use tree::Folded;
