//! The image that an image was made on, among those that are recorded.

use reposnap::Digest;
use reposnap_image::Inventory;

use crate::fleet::Fleet;
pub use crate::report::Base;

/// The recorded image with the most layers whose layers are the lowest of `inventory`, and not all of them.
///
/// Layers are compared by the digests of what they hold, uncompressed: one that was compressed anew is the same.
pub fn find(fleet: &Fleet, inventory: &Inventory) -> Option<Base> {
    let layers: Vec<Digest> = inventory.layers.iter().map(|layer| layer.diff_id).collect();
    let number = fleet.base_of(&layers)?;
    let image = fleet.image(number)?;
    Some(Base { digest: image.digest, names: fleet.names_of(number), layers: image.layers })
}
