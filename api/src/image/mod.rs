//! Images: what is in them, where that came from, and what is signed of it.

mod advice;
pub mod attest;
pub mod audit;
mod place;
mod reading;
pub mod report;
pub mod signatures;

use reposnap::error::Result;
use reposnap_image::Inventory;

use crate::session::Session;
pub(crate) use reading::{Reading, image_request};

image_request! {
    /// Looks into an image, a root folder or a machine: its packages and the layers that brought them. Nothing is unpacked.
    "image inspect"(Nothing) -> "Inventory";
    pub struct Inspect {
        required {}
        optional {}
    }
}

/// Looks into an image, a root folder or a machine.
///
/// # Errors
/// Those of [`reposnap_image::inspect()`].
pub async fn inspect(session: &Session, request: Inspect) -> Result<Inventory> {
    Ok(request.reading().read(session).await?.inventory)
}
