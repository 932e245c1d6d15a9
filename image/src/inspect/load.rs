//! The facts of all layers: from the cache, or from the layers, several at a time.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use futures::stream::{StreamExt as _, TryStreamExt as _};
use reposnap::progress::Unit;
use reposnap::worker::blocking;
use reposnap::{Digest, Error, Kind, Result};

use super::{AllFacts, Options};
use crate::blobs::{Blobs, Descriptor};
use crate::layer::encode::{decode, encode};
use crate::layer::facts::Facts;
use crate::layer::interest::Interest;
use crate::layer::scan::scan;
use crate::layer::stream::{PHASE, compression, digest_name};
use crate::limits::MAX_KEPT_IMAGE;
use crate::manifest::Selected;

/// Part of the keys: facts of another format are others.
const FORMAT: &[u8] = b"reposnap layer facts 2\0";

/// The facts of the image's layers under an interest.
///
/// # Errors
/// Those of [`scan`]; [`Kind::Verification`] where a layer has another `diff_id` than the configuration says;
/// [`Kind::Limit`] where all that is kept is larger than [`MAX_KEPT_IMAGE`].
pub(super) async fn all(
    blobs: &Arc<dyn Blobs>,
    selected: &Selected,
    interest: &Interest,
    options: &Options,
) -> Result<AllFacts> {
    let layers = &selected.manifest.layers;
    // All of them, before the first is read: an image of which a part can't be read is refused at once.
    for layer in layers {
        compression(layer)?;
    }
    let interest = Arc::new(interest.clone());
    let fingerprint = interest.fingerprint();
    let kept = AtomicU64::new(0);
    let monitor = &options.monitor;
    monitor.start(PHASE, Some(layers.iter().map(|layer| layer.size).fold(0, u64::saturating_add)), Unit::Bytes);
    let stop = Stop(Arc::new(AtomicBool::new(false)));
    // A layer that is there twice, as empty ones are, is read once.
    let mut first: HashMap<Digest, usize> = HashMap::new();
    let distinct: Vec<(usize, &Descriptor)> = layers
        .iter()
        .enumerate()
        .filter(|(index, layer)| *first.entry(layer.digest).or_insert(*index) == *index)
        .collect();
    let work = distinct.into_iter().map(|(index, layer)| {
        let (interest, kept, stop) = (Arc::clone(&interest), &kept, &stop);
        async move {
            monitor.check()?;
            let facts = one(blobs, layer, interest, &fingerprint, stop, options).await?;
            let total = kept.fetch_add(facts.kept, Ordering::Relaxed).saturating_add(facts.kept);
            if total > MAX_KEPT_IMAGE {
                let message = format!("the databases and logs of all layers are larger than {MAX_KEPT_IMAGE} bytes");
                return Err(Error::new(Kind::Limit, message));
            }
            Ok((index, Arc::new(facts)))
        }
    });
    let found: HashMap<usize, Arc<Facts>> =
        futures::stream::iter(work).buffer_unordered(threads()).try_collect().await?;
    monitor.finish(PHASE);
    let mut all = Vec::with_capacity(layers.len());
    for (layer, diff_id) in layers.iter().zip(&selected.config.diff_ids) {
        let facts = first.get(&layer.digest).and_then(|index| found.get(index));
        let facts = facts.ok_or_else(|| Error::new(Kind::Internal, "a layer was not read"))?;
        if facts.diff_id != *diff_id {
            let error = Error::new(Kind::Verification, "a layer, uncompressed, is another than the configuration says");
            let error = error.rule("diff-id").path(digest_name(&layer.digest));
            return Err(error.mismatch(digest_name(diff_id), digest_name(&facts.diff_id)));
        }
        all.push(Arc::clone(facts));
    }
    Ok(all)
}

/// Ends the reading of layers once nobody waits for them: one has failed, or the whole was dropped.
struct Stop(Arc<AtomicBool>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

async fn one(
    blobs: &Arc<dyn Blobs>,
    layer: &Descriptor,
    interest: Arc<Interest>,
    fingerprint: &Digest,
    stop: &Stop,
    options: &Options,
) -> Result<Facts> {
    // The media type has a say in whether a layer is accepted at all.
    let size = layer.size.to_le_bytes();
    let key =
        [FORMAT, layer.media_type.as_bytes(), b"\0", &size, layer.digest.as_bytes(), fingerprint.as_bytes()].concat();
    let key = Digest::of(&key);
    if let Some(cache) = options.cache.clone() {
        let known = blocking(move || Ok(cache.get(&key).and_then(|bytes| decode(&bytes)))).await?;
        if let Some(facts) = known {
            options.monitor.advance(PHASE, layer.size);
            return Ok(facts);
        }
    }
    let blob = blobs.open(layer).await?;
    let stop = Arc::clone(&stop.0);
    let (layer, monitor, cache) = (layer.clone(), options.monitor.clone(), options.cache.clone());
    blocking(move || {
        let facts = scan(blob, &layer, &interest, &monitor, &stop)?;
        if let Some((cache, bytes)) = cache.and_then(|cache| Some((cache, encode(&facts)?))) {
            cache.put(&key, Bytes::from(bytes));
        }
        Ok(facts)
    })
    .await
}

/// How many threads are worth having.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
