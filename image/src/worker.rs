//! Work that must not hold up an event loop.

use reposnap::{Error, Kind, Result};
use tokio::runtime::Handle;

/// Runs work that waits for disks or computes, on a thread beside the runtime; right here where there is no runtime.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match Handle::try_current() {
        Ok(runtime) => match runtime.spawn_blocking(work).await {
            Ok(result) => result,
            Err(error) => Err(Error::new(Kind::Internal, "a worker thread failed").source(error)),
        },
        Err(_) => work(),
    }
}

/// How many threads are worth having.
pub(crate) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
